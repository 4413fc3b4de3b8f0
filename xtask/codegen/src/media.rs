//! Media types: which encoding each one means to a client (RFC 9110 section 8.3.1, RFC 6839 for `+json`).

use crate::methods::is_token;

/// How a media type is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// Server-sent events.
    Events,
    /// JSON values one after the other: newline delimited, or as a JSON text sequence.
    Lines,
    /// XML.
    Xml,
    /// Text, YAML: characters that this crate does not interpret.
    Text,
    /// Bytes.
    Binary,
}

/// The encoding of a media type or range. Of its parameters one matters: JSON that is a `stream` comes one value a line.
pub fn encoding(media_type: &str) -> Encoding {
    let found = encoding_of_essence(media_type);
    let is_stream = |(name, value): &(String, String)| name == "stream" && value != "false";
    if found == Encoding::Json && parameters(media_type).iter().any(is_stream) { Encoding::Lines } else { found }
}

fn encoding_of_essence(media_type: &str) -> Encoding {
    match essence(media_type).to_ascii_lowercase().as_str() {
        "application/json" | "text/json" => Encoding::Json,
        _ if is_open(media_type) => Encoding::Json,
        "application/x-www-form-urlencoded" => Encoding::Form,
        "text/event-stream" => Encoding::Events,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/jsonlines"
        | "application/json-seq"
        | "application/stream+json"
        | "application/x-json-stream" => Encoding::Lines,
        "application/xml" | "text/xml" => Encoding::Xml,
        "application/yaml" | "application/x-yaml" | "application/javascript" | "application/graphql" => Encoding::Text,
        // Pages and pictures are not data in the shape of a schema.
        "application/xhtml+xml" => Encoding::Text,
        other if other.ends_with("+xml") => {
            if other.starts_with("image/") {
                Encoding::Text
            } else {
                Encoding::Xml
            }
        }
        // RFC 8091: the suffix of what is a JSON text sequence.
        other if other.ends_with("+json-seq") => Encoding::Lines,
        other if other.ends_with("+json") || other == "application/hal" => Encoding::Json,
        other if other.starts_with("multipart/") => Encoding::Multipart,
        other if other.starts_with("text/") || other.ends_with("+yaml") => Encoding::Text,
        _ => Encoding::Binary,
    }
}

/// Whether the media type leaves open whether a body is JSON at all: it is JSON only where the schema says no other thing.
pub fn is_open(media_type: &str) -> bool {
    matches!(essence(media_type).to_ascii_lowercase().as_str(), "*/*" | "*" | "application/*" | "")
}

/// Whether it is a range (RFC 9110 section 12.5.1), which nothing can be sent as.
pub fn is_range(media_type: &str) -> bool {
    is_open(media_type) || essence(media_type).contains('*')
}

/// Whether it is a type and a subtype (RFC 9110 section 8.3.1), of which ranges leave one open or both.
pub fn is_well_formed(media_type: &str) -> bool {
    essence(media_type).split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Whether it is a JSON patch (RFC 6902), which is a list of operations.
pub fn is_json_patch(media_type: &str) -> bool {
    essence(media_type).eq_ignore_ascii_case("application/json-patch+json")
}

/// Whether it is a merge patch (RFC 7396), in which null removes a member.
pub fn is_merge_patch(media_type: &str) -> bool {
    essence(media_type).to_ascii_lowercase().ends_with("merge-patch+json")
}

/// Whether it is a JSON text sequence (RFC 7464), in which a record separator stands before each value.
pub fn is_text_sequence(media_type: &str) -> bool {
    essence(media_type).to_ascii_lowercase().ends_with("json-seq")
}

/// A media type without its parameters, which case does not matter to.
pub fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The words that a method for the media type is named after: what follows the slash, and the parameters that tell it from
/// others.
pub fn words(media_type: &str) -> String {
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or(essence, |(_, name)| name);
    let parameters = parameters(media_type).into_iter().map(|(name, value)| format!("-{name}-{value}"));
    format!("{subtype}{}", parameters.collect::<String>()).replace('+', "-")
}

/// Whether two media types are versions of one thing, which whoever calls chooses between: they differ in a number, in a
/// word for a version, which one of them may lack, or in a parameter alone.
pub fn are_versions(left: &str, right: &str) -> bool {
    let kind = |media_type: &str| -> Vec<String> {
        let essence = essence(media_type).to_ascii_lowercase();
        let words = essence.split(['/', '.', '-', '+']).filter(|word| !is_version(word));
        words.map(|word| word.chars().filter(|letter| !letter.is_ascii_digit()).collect()).collect()
    };
    kind(left) == kind(right) && !are_same(left, right)
}

/// Whether a word, in lower case, is that of a version: `v2`, `2022`, `v2beta1`.
fn is_version(word: &str) -> bool {
    let number = word.strip_prefix('v').unwrap_or(word);
    let letters = number.trim_matches(|letter: char| letter.is_ascii_digit());
    number.starts_with(|first: char| first.is_ascii_digit())
        && ["", "alpha", "beta", "rc", "preview"].contains(&letters)
}

/// Whether two media types say the same of a body.
pub fn are_same(left: &str, right: &str) -> bool {
    essence(left).eq_ignore_ascii_case(essence(right)) && parameters(left) == parameters(right)
}

/// The parameters that say what a body is, in lower case: not how its characters or parts are written, nor how much it is
/// wanted (RFC 9110 sections 8.3.1 and 12.4.2; RFC 2046 section 5.1.1).
fn parameters(media_type: &str) -> Vec<(String, String)> {
    let mut quoted = false;
    let parts = media_type.split(move |letter: char| {
        quoted ^= letter == '"';
        letter == ';' && !quoted
    });
    let pairs = parts.skip(1).filter_map(|part| part.split_once('='));
    let plain = |text: &str| text.trim().trim_matches('"').to_ascii_lowercase();
    let mut found: Vec<(String, String)> = pairs.map(|(name, value)| (plain(name), plain(value))).collect();
    found.retain(|(name, _)| !matches!(name.as_str(), "charset" | "boundary" | "q"));
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structured_suffixes_and_parameters_are_understood() {
        assert_eq!(encoding("application/vnd.api+json; charset=utf-8"), Encoding::Json);
        assert_eq!(encoding("application/problem+json"), Encoding::Json);
        assert_eq!(encoding("Text/CSV"), Encoding::Text);
        assert_eq!(encoding("image/png"), Encoding::Binary);
        for lines in ["application/x-ndjson", "application/json-seq", "application/geo+json-seq"] {
            assert_eq!(encoding(lines), Encoding::Lines);
        }
    }

    #[test]
    fn parameters_tell_media_types_apart_but_for_those_of_the_writing() {
        assert_eq!(encoding("application/json;stream=watch"), Encoding::Lines);
        assert_eq!(encoding("application/json; stream=false"), Encoding::Json);
        assert_eq!(encoding("application/json; charset=utf-8"), Encoding::Json);
        assert_eq!(words("application/vnd.a+json; V=\"1;2\"; charset=x"), "vnd.a-json-v-1;2");
        for (left, right, expected) in [
            ("application/json", "application/json;version=4", true),
            ("application/json;version=3", "application/JSON; version=4", true),
            ("application/vnd.a.v1+json", "application/vnd.a.v2+json", true),
            ("application/vnd.a+json", "application/vnd.a.v2+json", true),
            ("application/vnd.a-v1+json", "application/vnd.a-v2beta1+json", true),
            ("application/vnd.a.v1+json", "application/vnd.b.v1+json", false),
            ("application/vnd.a.2022-11-28+json", "application/vnd.a.2023-01-05+json", true),
            ("application/vnd.v+json", "application/json", false),
            ("application/json;a=1;b=2", "application/json;b=2; a=\"1\"", false),
            ("application/json", "application/json;charset=utf-8", false),
            ("application/json", "text/json", false),
        ] {
            assert_eq!(are_versions(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn ranges_leave_open_what_a_body_is() {
        assert!(is_open("*/*") && is_open("") && is_open("application/*") && !is_open("application/*+json"));
        assert!(is_range("text/*") && is_range("application/*+json") && !is_range("text/plain"));
    }
}
