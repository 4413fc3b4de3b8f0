//! Text that fits an error message: cut to a length, and times in the units that people think in.

use std::borrow::Cow;
use std::time::Duration;

/// At most `limit` characters of `text`, on one line, with an ellipsis where something was left out.
pub(crate) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    let text = text.trim();
    // No text has more characters than bytes; most are short.
    let end = if text.len() <= limit { None } else { text.char_indices().nth(limit).map(|(at, _)| at) };
    let shown = end.and_then(|at| text.get(..at)).unwrap_or(text);
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if end.is_none() && (shown.bytes().all(plain) || !shown.contains(char::is_control)) {
        return Cow::Borrowed(shown);
    }
    let mut line: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end.is_some() {
        line.push('…');
    }
    Cow::Owned(line)
}

/// A length of time: `1.5s`, `50 min`, `2 h 5 min`, `12 d`.
pub(crate) fn span(time: Duration) -> String {
    const HUNDRED_YEARS: u64 = 36_525 * 86_400;
    // Rounded, for nobody wants to know of the nanoseconds.
    let rounded = Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let both = |(large, large_unit), (small, small_unit)| match small {
        0u64 => format!("{large} {large_unit}"),
        small => format!("{large} {large_unit} {small} {small_unit}"),
    };
    let seconds = rounded.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    if rounded.is_zero() {
        return format!("{time:?}");
    }
    match seconds {
        0..=120 => format!("{rounded:?}"),
        121..=7_199 => both((minutes, "min"), (seconds % 60, "s")),
        7_200..=172_799 => both((hours, "h"), (minutes % 60, "min")),
        172_800..HUNDRED_YEARS => format!("{} d", hours / 24),
        _ => "more than a hundred years".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{cut, span};

    #[test]
    fn times_are_told_in_the_units_of_people() {
        let told = [0.0, 0.0015, 1.5, 60.0, 121.0, 3000.0, 3661.0, 7500.0, 200_000.0, 1e9, 1e18]
            .map(|seconds| span(Duration::from_secs_f64(seconds)));
        let expected =
            ["0ns", "1ms", "1.5s", "60s", "2 min 1 s", "50 min", "61 min 1 s", "2 h 5 min", "2 d", "11574 d"];
        assert_eq!(told[..10], expected);
        assert_eq!(told[10], "more than a hundred years");
        assert_eq!((span(Duration::MAX), span(Duration::from_nanos(7))), (told[10].clone(), "7ns".to_owned()));
    }

    #[test]
    fn cuts_at_characters_and_keeps_to_one_line() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(cut(" a\nb\r\n", 10), "a b");
    }
}
