//! What an answer says of calling again: whether that may help, and how long to wait first.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use crate::span::span;

/// Statuses after which the same request may well succeed: 408 (RFC 9110), 425 (RFC 8470), 429 (RFC 6585) and the
/// passing faults among the 5xx.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// How long a server asks to wait, if it answers with an error and does. It asks by `Retry-After`, or by telling when a
/// limit that is used up is to be had again.
pub(crate) fn told_pause(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    // By the server's own clock, if it shows it: ours may be minutes off.
    let now = text(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    if let Some(pause) = retry_after(headers, now) {
        return Some(pause);
    }
    let quotas = LIMIT_HEADERS.iter().filter_map(|(remaining, reset)| {
        let used_up = text(remaining).is_some_and(is_nothing);
        Some(Quota { used_up, pause: wait(text(reset)?, now)? })
    });
    let field = text("ratelimit").unwrap_or_default();
    let quotas = quotas.chain(field.split(',').filter_map(move |policy| quota(policy, now)));
    asked_of(quotas.chain(whole_field(field, now)), status == StatusCode::TOO_MANY_REQUESTS)
}

/// Where servers ask to wait for so many milliseconds: Azure and OpenAI do, beside `Retry-After` or in its place.
const MILLISECONDS: [&str; 2] = ["retry-after-ms", "x-ms-retry-after-ms"];

/// How long a server asks to wait by `Retry-After`, or by what is more exact.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let lines = |name: &'static str| headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    let milliseconds = MILLISECONDS.into_iter().flat_map(lines).filter_map(|text| number(text.trim()));
    let milliseconds = milliseconds.map(|number| duration(number / 1000.0)).max();
    milliseconds.or_else(|| lines(RETRY_AFTER.as_str()).filter_map(|line| longest(line, now)).max())
}

/// The longest time in a line that should hold one. Each server on the way may have added its own, and a proxy joined the
/// lines (RFC 9110, section 5.3); to come back after the shortest would be too soon for the other.
fn longest(line: &str, now: SystemTime) -> Option<Duration> {
    let part = |part: &str| wait(part.split(';').next()?.trim(), now);
    wait(line.trim(), now).or_else(|| line.split(',').filter_map(part).max())
}

/// Whether a request was refused for a limit: by 429 (RFC 6585, section 4), or by a 403 that asks to wait, or says that
/// nothing is left of a limit, as GitHub's does ("Rate limits for the REST API").
pub(crate) fn is_limited(status: StatusCode, headers: &HeaderMap, asked: Option<Duration>) -> bool {
    let used_up = || {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        LIMIT_HEADERS.iter().any(|(remaining, _)| text(remaining).is_some_and(is_nothing))
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => asked.is_some() || used_up(),
        _ => false,
    }
}

/// Where servers tell what is left of a limit, and when it is whole again: the first drafts of the IETF's, and before
/// them everyone as they liked.
const LIMIT_HEADERS: [(&str, &str); 3] = [
    ("ratelimit-remaining", "ratelimit-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
];

/// What a server tells of one of its limits.
struct Quota {
    used_up: bool,
    /// Until it is whole again.
    pause: Duration,
}

/// All limits that are used up must be whole again. What of the others there is in an answer says nothing about its
/// failure, unless that is for a limit.
fn asked_of(quotas: impl Iterator<Item = Quota>, limited: bool) -> Option<Duration> {
    let (mut longest, mut first) = (None, None);
    for quota in quotas {
        first = first.or(Some(quota.pause));
        if quota.used_up {
            longest = longest.max(Some(quota.pause));
        }
    }
    longest.or(first.filter(|_| limited))
}

/// Whether nothing is left of a limit. Of several limits in one field the first is the one that is closest to its end
/// (draft-ietf-httpapi-ratelimit-headers-06, section 3).
fn is_nothing(remaining: &str) -> bool {
    let first = remaining.split([',', ';']).next().unwrap_or_default().trim();
    first.parse::<f64>().is_ok_and(|left| left <= 0.0)
}

/// One of the limits in `"default";r=0;t=1, "hour";r=7;t=900` (draft-ietf-httpapi-ratelimit-headers-08 and later).
fn quota(policy: &str, now: SystemTime) -> Option<Quota> {
    let parameter = |name: &str| {
        policy
            .split(';')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    Some(Quota { used_up: parameter("r").is_some_and(is_nothing), pause: wait(parameter("t")?, now)? })
}

/// The one limit of `limit=5, remaining=0, reset=1` (draft-ietf-httpapi-ratelimit-headers-07).
fn whole_field(field: &str, now: SystemTime) -> Option<Quota> {
    let member = |name: &str| {
        field
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    Some(Quota { used_up: member("remaining").is_some_and(is_nothing), pause: wait(member("reset")?, now)? })
}

/// A time to wait: seconds, with some vendors with a fraction, or a moment, as a date of HTTP (RFC 9110, section
/// 10.2.3), a date of RFC 3339, or seconds or milliseconds of Unix time. Vendors mix them up in all headers, and no
/// server asks to wait for thirty years.
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    const UNIX_SECONDS: std::ops::Range<f64> = 1e9..1e10;
    const UNIX_MILLISECONDS: std::ops::Range<f64> = 1e12..1e13;
    let moment = if let Some(number) = number(text) {
        let since_epoch = if UNIX_SECONDS.contains(&number) {
            number
        } else if UNIX_MILLISECONDS.contains(&number) {
            number / 1000.0
        } else {
            return Some(duration(number));
        };
        SystemTime::UNIX_EPOCH.checked_add(duration(since_epoch))?
    } else {
        let date = || chrono::DateTime::parse_from_rfc3339(text).ok().map(SystemTime::from);
        httpdate::parse_http_date(text).ok().or_else(date)?
    };
    Some(moment.duration_since(now).unwrap_or_default())
}

/// A number that is not below zero, infinite if it is too large for its type. What Rust reads as a number beside that
/// (`inf`, `nan`) is none.
fn number(text: &str) -> Option<f64> {
    let begins = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    text.parse().ok().filter(|_| begins)
}

/// So many seconds, or the longest time there is.
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// What a server asked for that answered with an error, and why the call did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) pause: Duration,
    pub(crate) unheeded: Option<Unheeded>,
}

/// Why a call did not wait for as long as the server asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unheeded {
    /// It is longer than the policy allows.
    TooLong(Duration),
    /// The call has so much time left.
    NoTime(Duration),
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asks to wait {}", span(self.pause))?;
        match self.unheeded {
            None => Ok(()),
            Some(Unheeded::TooLong(most)) => write!(f, ", longer than {} (`max_retry_after`)", span(most)),
            Some(Unheeded::NoTime(left)) => write!(f, ", and the call has {} left (`timeout`)", span(left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const NOW: SystemTime = UNIX_EPOCH;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn told(pairs: &[(&'static str, &str)]) -> Option<f64> {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        told_pause(StatusCode::TOO_MANY_REQUESTS, &headers(pairs), now).map(|pause| pause.as_secs_f64())
    }

    #[test]
    fn passing_statuses() {
        let passing: Vec<u16> = (100..600).filter(|code| is_passing(StatusCode::from_u16(*code).unwrap())).collect();
        assert_eq!(passing, [408, 425, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn retry_after_in_its_forms() {
        assert_eq!(told(&[("retry-after", "30")]), Some(30.0));
        assert_eq!(told(&[("retry-after", " 1.5 ")]), Some(1.5));
        assert_eq!(told(&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")]), Some(10.0));
        assert_eq!(told(&[("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")]), Some(0.0));
        let skewed = [("retry-after", "Fri, 01 Jan 2100 00:00:05 GMT"), ("date", "Fri, 01 Jan 2100 00:00:00 GMT")];
        assert_eq!(told(&skewed), Some(5.0));
        for nonsense in ["-1", "soon", "", "nan", "inf", "infinity", "+inf", "-0.5e", "1 s"] {
            assert_eq!(told(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn retry_after_as_it_comes_by_way_of_others() {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            assert_eq!(told(&[(name, "300")]), Some(0.3), "{name}");
            assert_eq!(told(&[("retry-after", "1"), (name, " 300 ")]), Some(0.3), "{name}: it is the more exact");
            assert_eq!(told(&[("retry-after", "1"), (name, "soon")]), Some(1.0), "{name}");
        }
        for joined in ["120, 60", "60,120", "60, soon, 120", "1, Sun", "120;x, 60"] {
            let longest = if joined == "1, Sun" { 1.0 } else { 120.0 };
            assert_eq!(told(&[("retry-after", joined)]), Some(longest), "{joined}");
        }
        assert_eq!(told(&[("retry-after", "1;x")]), Some(1.0));
        let mut lines = headers(&[("retry-after", "60")]);
        lines.append(RETRY_AFTER, "120".parse().unwrap());
        let pause = told_pause(StatusCode::TOO_MANY_REQUESTS, &lines, NOW);
        assert_eq!(pause, Some(Duration::from_secs(120)));
    }

    #[test]
    fn a_refusal_for_a_limit_is_known_as_such() {
        let limited = |status: u16, pairs: &[(&'static str, &str)]| {
            let (status, headers) = (StatusCode::from_u16(status).unwrap(), headers(pairs));
            is_limited(status, &headers, told_pause(status, &headers, NOW))
        };
        assert!(limited(429, &[]));
        for pairs in [
            &[("retry-after", "60")][..],
            &[("x-ratelimit-remaining", "0")],
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "60")],
            &[("ratelimit", "\"default\";r=0;t=4")],
        ] {
            assert!(limited(403, pairs) && !limited(401, pairs) && !limited(503, pairs), "{pairs:?}");
        }
        for pairs in [&[][..], &[("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "60")]] {
            assert!(!limited(403, pairs), "{pairs:?}");
        }
    }

    #[test]
    fn what_is_too_large_for_any_type_is_too_long_and_not_nonsense() {
        for large in ["1e30", "1e300", "1e400", "99999999999999999999", "253402300800", "Fri, 31 Dec 9999 23:59:59 GMT"]
        {
            let pause = told(&[("retry-after", large)]);
            assert!(pause.is_some_and(|pause| pause > 1e10), "{large}: {pause:?}");
            let pause = told(&[("ratelimit-reset", large)]);
            assert!(pause.is_some_and(|pause| pause > 1e10), "{large}: {pause:?}");
        }
    }

    #[test]
    fn a_moment_is_one_in_whatever_header_and_by_the_servers_clock() {
        let date = ("date", "Fri, 01 Jan 2100 00:00:00 GMT");
        for header in ["retry-after", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"] {
            for moment in
                ["4102444805", "4102444805000", "4102444805.0", "Fri, 01 Jan 2100 00:00:05 GMT", "2100-01-01T00:00:05Z"]
            {
                assert_eq!(told(&[(header, moment), date]), Some(5.0), "{header}: {moment}");
            }
            assert_eq!(told(&[(header, "4102444000"), date]), Some(0.0), "{header}: it is past");
        }
    }

    #[test]
    fn a_reset_matters_when_the_limit_is_used_up() {
        let told = |status: u16, pairs: &[(&'static str, &str)]| {
            told_pause(StatusCode::from_u16(status).unwrap(), &headers(pairs), NOW).map(|pause| pause.as_secs())
        };
        for family in ["ratelimit", "x-ratelimit", "x-rate-limit"] {
            let names: [&'static str; 2] = ["remaining", "reset"].map(|part| &*format!("{family}-{part}").leak());
            for (left, used_up) in
                [("4999", false), ("1", false), ("0", true), ("-3", true), ("0, 20", true), ("", false)]
            {
                for status in [408, 500, 502, 503, 504] {
                    let pairs = [(names[0], left), (names[1], "3000")];
                    assert_eq!(told(status, &pairs), used_up.then_some(3000), "{status} {pairs:?}");
                }
            }
            assert_eq!(told(503, &[(names[1], "3000")]), None, "{family}: nothing says that it is used up");
            assert_eq!(told(503, &[(names[1], "3000"), ("retry-after", "2")]), Some(2));
            assert_eq!(told(429, &[(names[0], "4999"), (names[1], "30")]), Some(30));
        }
        for (field, failed, limited) in [
            ("limit=5, remaining=0, reset=2", Some(2), Some(2)),
            ("limit=5, remaining=3, reset=2", None, Some(2)),
            ("\"default\";r=0;t=4", Some(4), Some(4)),
            ("\"default\";r=9;t=4", None, Some(4)),
            ("\"second\";r=9;t=1, \"hour\";r=0;t=40", Some(40), Some(40)),
            ("\"hour\";t=40;r=0, \"second\";r=0;t=1", Some(40), Some(40)),
            ("\"default\"; r=0; t=4", Some(4), Some(4)),
        ] {
            assert_eq!(told(502, &[("ratelimit", field)]), failed, "{field}");
            assert_eq!(told(429, &[("ratelimit", field)]), limited, "{field}");
        }
        let two = [
            ("ratelimit-remaining", "7"),
            ("ratelimit-reset", "1"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "60"),
        ];
        assert_eq!((told(503, &two), told(429, &two)), (Some(60), Some(60)), "the one that is used up");
    }

    #[test]
    fn rate_limit_headers_in_their_forms() {
        assert_eq!(told(&[("ratelimit-reset", "7")]), Some(7.0));
        assert_eq!(
            told(&[("x-ratelimit-reset", "784111780")]),
            Some(784_111_780.0),
            "seconds before 2001 are no moment"
        );
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for value in ["1700000003", "1700000003000"] {
            let headers = headers(&[("x-ratelimit-reset", value)]);
            let pause = told_pause(StatusCode::TOO_MANY_REQUESTS, &headers, now);
            assert_eq!(pause, Some(Duration::from_secs(3)));
        }
        assert_eq!(told(&[("retry-after", "1"), ("ratelimit-reset", "9")]), Some(1.0));
        assert_eq!(told_pause(StatusCode::OK, &headers(&[("ratelimit-reset", "7")]), NOW), None);
    }
}
