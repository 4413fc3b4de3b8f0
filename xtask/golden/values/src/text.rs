//! Sampled strings: what the format, the pattern and the length allow, in letters of all kinds.

use proptest::{
    strategy::{Strategy, ValueTree},
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value};

use crate::choices::Choices;

/// Strings that programs take for something else.
const TEXTS: &[&str] = &[
    "",
    "a",
    "null",
    "true",
    "0",
    "1.0",
    "-1",
    " ",
    "a b",
    "1970-01-01",
    "[]",
    "{\"a\":1}",
    "ünïcödé",
    "日本語",
    "👩‍👩‍👧",
    "e\u{301}",
    "\u{202e}abc",
    "\u{0}",
    "\u{feff}",
    "\"\\/\u{8}\u{c}\n\r\t",
    "\u{7f}\u{80}\u{2028}",
    "\u{10ffff}",
    "<a href=\"x\">&amp;",
    "%00",
    "$ref",
];

/// Letters of one to four bytes, and one that JSON escapes.
const LETTERS: &[char] = &['a', 'Z', '0', '-', ' ', '"', 'é', 'ß', '中', '\u{fffd}', '🦀'];

const DATE_TIMES: &[&str] = &[
    "2024-01-01T00:00:00Z",
    "2024-02-29T23:59:59.999999999+14:00",
    "1990-12-31T15:59:60-08:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2024-01-01t00:00:00z",
    "2013-06-22T20:12:15-05:00",
    "2024-01-01T00:00:00.000Z",
    "2024-01-01T00:00:00-00:00",
];
const DATES: &[&str] = &["2024-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "1970-01-01"];
const UUIDS: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67E55044-10B1-426F-9247-BB680E5FE0C8",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];
const EMAILS: &[&str] = &["a@example.com", "first.last+tag@sub.example.org"];
const URIS: &[&str] =
    &["https://example.com", "https://example.com/a%20b?c=d&e=%C3%BC#f", "urn:isbn:0451450523", "mailto:a@example.com"];
const ADDRESSES: &[&str] = &["127.0.0.1", "255.255.255.255"];
const LONG_ADDRESSES: &[&str] = &["::1", "2001:db8::8a2e:370:7334"];
const HOSTS: &[&str] = &["example.com", "localhost", "xn--nxasmq6b.example"];
const TIMES: &[&str] = &["00:00:00Z", "23:59:59.5+01:00"];
const BYTES: &[&str] = &["", "AA==", "aGVsbG8=", "/+8="];

/// A string that the schemas allow.
pub(crate) fn string(schemas: &[&Map<String, Value>], choices: &mut Choices<'_>) -> Option<String> {
    let texts = |key: &'static str| schemas.iter().filter_map(move |schema| schema.get(key)?.as_str());
    if let Some(pattern) = texts("pattern").next() {
        return matching(pattern, choices);
    }
    if let Some(listed) = texts("format").find_map(samples) {
        return choices.one(listed).map(|text| (*text).to_owned());
    }
    let lengths = |key: &'static str| schemas.iter().filter_map(move |schema| schema.get(key)?.as_u64());
    let shortest = lengths("minLength").max().unwrap_or(0);
    let longest = lengths("maxLength").min();
    if longest.is_some_and(|longest| longest < shortest) {
        return None;
    }
    let longest = longest.unwrap_or(u64::MAX).min(shortest.max(40));
    let fits = |text: &str| (shortest..=longest).contains(&(text.chars().count() as u64));
    let listed: Vec<&str> = TEXTS.iter().copied().filter(|text| fits(text)).collect();
    if !listed.is_empty() && !choices.flag() {
        return choices.one(&listed).map(|text| (*text).to_owned());
    }
    // The ends first: the shortest and the longest text allowed.
    let length = match choices.below(4) {
        0 => shortest,
        1 => longest,
        _ => shortest + u64::from(choices.number()) % (longest - shortest + 1),
    };
    let seed = choices.below(LETTERS.len());
    Some(
        (0..length as usize)
            .filter_map(|index| LETTERS.get((seed * (index + 1) + index / 3) % LETTERS.len()))
            .collect(),
    )
}

/// A string that matches the regular expression; none if strings cannot be made of it.
pub(crate) fn matching(pattern: &str, choices: &mut Choices<'_>) -> Option<String> {
    let strategy = string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).ok()?;
    let seed: Vec<u8> = (0..8).flat_map(|_| choices.number().to_le_bytes()).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).ok().map(|tree| tree.current())
}

fn samples(format: &str) -> Option<&'static [&'static str]> {
    Some(match format {
        "date-time" => DATE_TIMES,
        "date" => DATES,
        "time" => TIMES,
        "uuid" => UUIDS,
        "email" => EMAILS,
        "uri" | "url" => URIS,
        "ipv4" => ADDRESSES,
        "ipv6" => LONG_ADDRESSES,
        "hostname" => HOSTS,
        "byte" => BYTES,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reached(schema: &Value) -> Vec<String> {
        let mut found = Vec::new();
        for first in 0..60 {
            for second in 0..60 {
                found
                    .extend(string(&[schema.as_object().unwrap()], &mut Choices::new(&[first, second, first, second])));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn lengths_are_counted_in_characters_and_both_ends_are_reached() {
        let found = reached(&json!({"minLength": 2, "maxLength": 5}));
        let lengths: Vec<usize> = found.iter().map(|text| text.chars().count()).collect();
        assert_eq!((lengths.iter().min(), lengths.iter().max()), (Some(&2), Some(&5)));
        assert!(found.iter().any(|text| !text.is_ascii()));
        assert!(reached(&json!({"minLength": 9, "maxLength": 3})).is_empty());
    }

    #[test]
    fn formats_and_patterns_are_kept_to() {
        assert_eq!(reached(&json!({"format": "date"})).len(), DATES.len());
        assert!(reached(&json!({"pattern": "^[ab]$"})).iter().all(|text| ["a", "b"].contains(&text.as_str())));
        assert!(reached(&json!({"pattern": "^(?!a)b$"})).is_empty());
    }
}
