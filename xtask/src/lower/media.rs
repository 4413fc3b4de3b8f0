//! Media types: which encoding each one means to a client (RFC 9110 section 8.3.1, RFC 6839 for `+json`).

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
    /// Newline delimited JSON.
    Lines,
    /// Text, XML, YAML: characters that this crate does not interpret.
    Text,
    /// Bytes.
    Binary,
}

/// The encoding of a media type or range; parameters do not matter.
pub fn encoding(media_type: &str) -> Encoding {
    match essence(media_type).to_ascii_lowercase().as_str() {
        "application/json" | "text/json" | "*/*" | "application/*" | "" => Encoding::Json,
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
        "application/xml"
        | "application/yaml"
        | "application/x-yaml"
        | "application/javascript"
        | "application/graphql" => Encoding::Text,
        other if other.ends_with("+json") || other == "application/hal" => Encoding::Json,
        other if other.starts_with("multipart/") => Encoding::Multipart,
        other if other.starts_with("text/") || other.ends_with("+xml") || other.ends_with("+yaml") => Encoding::Text,
        _ => Encoding::Binary,
    }
}

/// What follows the slash, without parameters: what tells one kind of JSON from another.
pub fn subtype(media_type: &str) -> &str {
    let essence = essence(media_type);
    essence.split_once('/').map_or(essence, |(_, name)| name)
}

/// A media type without its parameters, which case does not matter to.
pub fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
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
        assert_eq!(encoding("application/x-ndjson"), Encoding::Lines);
    }
}
