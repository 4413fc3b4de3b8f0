//! The formats of texts that are checked, as strictly as judges check them, and a sample of each.

use super::pattern::matches;

/// The greatest integer up to which all are told apart by programs that know doubles only (RFC 8259, section 6).
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// How many characters each text of a format has, where that is one number.
pub fn length(format: &str) -> Option<u32> {
    match format {
        "date" => Some(10),
        "uuid" => Some(36),
        _ => None,
    }
}

/// The formats of which types of their own are made.
const TYPED: [&str; 4] = ["byte", "date", "date-time", "uuid"];

/// Whether a format says what texts a server takes, and no type of its own is made of it.
pub fn is_checked(format: &str) -> bool {
    !TYPED.contains(&format) && check(format).is_some()
}

/// Whether a text is of a format; what is not known here counts as kept to.
pub fn has(format: &str, text: &str) -> bool {
    check(format).is_none_or(|is_of_it| is_of_it(text))
}

/// What tells texts of a format (JSON Schema 2020-12 "Validation" section 7.3, and the OpenAPI format registry); nothing for one
/// that is not known here.
fn check(format: &str) -> Option<fn(&str) -> bool> {
    let check: fn(&str) -> bool = match format {
        "date-time" => is_date_time,
        "date" => is_date,
        "time" => is_time,
        "duration" => |text| matches(DURATION, text) && !text.ends_with(['P', 'T']),
        "uuid" => |text| matches("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$", text),
        "email" => is_email,
        "uri" => is_uri,
        // What stands for another alphabet counts as a letter.
        "idn-email" => |text| is_email(&in_ascii(text)),
        "iri" => |text| is_uri(&in_ascii(text)),
        "iri-reference" => |text| is_reference(&in_ascii(text)),
        "idn-hostname" => |text| is_hostname(&in_ascii(&text.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], "."))),
        "relative-json-pointer" => |text| matches("^(0|[1-9][0-9]*)(#|(/([^~/]|~[01])*)*)$", text),
        "uri-template" => |text| matches("^([^{}]|\\{[^{}]+\\})*$", text),
        "url" => is_url,
        "uri-reference" => is_reference,
        "hostname" => is_hostname,
        "ipv4" => |text| text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => |text| text.parse::<std::net::Ipv6Addr>().is_ok(),
        "byte" => |text| matches("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", text),
        "json-pointer" => |text| text.is_empty() || matches("^(/([^~/]|~[01])*)+$", text),
        "regex" => |text| regress::Regex::with_flags(text, "u").is_ok(),
        _ => return None,
    };
    Some(check)
}

/// RFC 3339, section 5.6.
const TIME: &str = "^([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?([zZ]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$";

/// RFC 3339, appendix A.
const DURATION: &str = "^P(\\d+W|(\\d+Y)?(\\d+M)?(\\d+D)?(T(\\d+H)?(\\d+M)?(\\d+S)?)?)$";

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().unwrap_or(0)));
    let (Some((4, year)), Some((2, month)), Some((2, day)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_date_time(text: &str) -> bool {
    text.split_once(['T', 't']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// A leap second is the last one of a day in UTC (RFC 3339, section 5.7).
fn is_time(text: &str) -> bool {
    if !matches(TIME, text) {
        return false;
    }
    let number = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<i64>().ok());
    let (Some(hour), Some(minute), Some(second)) = (number(0), number(3), number(6)) else { return false };
    let east = match text.rsplit_once(['+', '-']).and_then(|(_, offset)| offset.split_once(':')) {
        Some((hours, minutes)) => hours.parse::<i64>().unwrap_or(0) * 60 + minutes.parse::<i64>().unwrap_or(0),
        None => 0,
    };
    let offset = if text.contains('-') { -east } else { east };
    second < 60 || (hour * 60 + minute - offset).rem_euclid(24 * 60) == 24 * 60 - 1
}

fn is_uri(text: &str) -> bool {
    matches("^[A-Za-z][A-Za-z0-9+.-]*:", text) && is_reference(text)
}

fn is_url(text: &str) -> bool {
    matches("^(https?|ftp)://[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}(:\\d{2,5})?([/?#]|$)", text)
        && is_reference(text)
}

fn is_hostname(text: &str) -> bool {
    text.len() <= 253
        && matches(
            "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?$",
            text,
        )
}

/// RFC 5321, section 4.1.2, but for quoted names and addresses in brackets, which judges refuse.
fn is_email(text: &str) -> bool {
    matches(
        "^[^@\\s\".]+(\\.[^@\\s\".]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$",
        text,
    )
}

fn in_ascii(text: &str) -> String {
    text.chars().map(|character| if character.is_ascii() { character } else { 'x' }).collect()
}

/// RFC 3986, as far as characters go.
fn is_reference(text: &str) -> bool {
    matches("^([A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$", text)
}

/// A text of a format; `turn` tells the items of a list apart.
pub fn sample(format: &str, turn: usize) -> Option<String> {
    Some(match format {
        "date-time" => format!("2024-01-{:02}T10:30:00Z", 15 + turn % 10),
        "date" => format!("2024-01-{:02}", 15 + turn % 10),
        "time" => format!("10:{:02}:00Z", 30 + turn % 10),
        "duration" => format!("P{}D", turn + 1),
        "uuid" => format!("123e4567-e89b-42d3-a456-{:012x}", 0x4266_1417_4000_u64 + turn as u64),
        "email" | "idn-email" => format!("sample{turn}@example.com"),
        "uri" | "url" | "iri" => format!("https://example.com/{turn}"),
        "uri-reference" | "iri-reference" | "json-pointer" => format!("/sample/{turn}"),
        "hostname" | "idn-hostname" => format!("sample{turn}.example.com"),
        "ipv4" => format!("192.0.2.{}", 1 + turn % 250),
        "ipv6" => format!("2001:db8::{:x}", 1 + turn % 60_000),
        "byte" => format!("c2FtcGx{}", turn % 10),
        "regex" => format!("^a{{{turn}}}$"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [(&str, &str, &str); 16] = [
        ("date-time", "2024-01-15T10:30:00.5+02:00", "2024-01-15 10:30:00"),
        ("date", "2024-02-29", "2023-02-29"),
        ("time", "23:59:60Z", "24:00:00Z"),
        ("duration", "P1DT2H", "P"),
        ("uuid", "123E4567-e89b-42d3-a456-426614174000", "123e4567"),
        ("email", "a.b+c@example.com", "a@b@c"),
        ("uri", "urn:isbn:0451450523", "/relative"),
        ("url", "https://example.com:8080/a?b", "http://localhost"),
        ("uri-reference", "../a#b", "a b"),
        ("hostname", "a-b.example", "-a"),
        ("ipv4", "192.0.2.1", "192.0.2.256"),
        ("ipv6", "2001:db8::1", "2001"),
        ("byte", "c2FtcGxlcw==", "…"),
        ("json-pointer", "/a~1b", "a"),
        ("regex", "^a$", "("),
        ("iri", "https://example.com/ö", "nothing"),
    ];

    #[test]
    fn what_is_of_a_format_and_what_is_not() {
        for (format, good, bad) in FORMATS {
            assert!(has(format, good), "{format}: {good}");
            assert!(!has(format, bad), "{format}: {bad}");
        }
        for (format, good, bad) in [
            ("time", "15:59:60-08:00", "22:59:60Z"),
            ("date-time", "1998-12-31T23:59:60Z", "1998-12-31T23:58:60Z"),
            ("email", "a.b@example.com", "a..b@example.com"),
            ("idn-email", "ö@例え.テスト", ".ö@example.com"),
            ("idn-hostname", "例え。テスト", "-例え"),
            ("relative-json-pointer", "120/foo/bar", "/foo"),
            ("relative-json-pointer", "0#", "01#"),
            ("uri-template", "/a/{b}{?c}", "/a/{b"),
        ] {
            assert!(has(format, good), "{format}: {good}");
            assert!(!has(format, bad), "{format}: {bad}");
        }
        assert!(has("password", "anything") && !has("date", "2024-13-01") && !has("date", "1-1-1"));
    }

    #[test]
    fn samples_are_of_their_formats_and_differ() {
        for (format, ..) in FORMATS {
            let [one, other] = [0, 1].map(|turn| sample(format, turn).unwrap());
            assert!(has(format, &one) && has(format, &other), "{format}: {one} {other}");
            assert_ne!(one, other, "{format}");
        }
        assert_eq!(sample("password", 0), None);
    }
}
