//! Lengths of time in the units that people think in, for error messages.

use std::time::Duration;

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
    use super::*;

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
}
