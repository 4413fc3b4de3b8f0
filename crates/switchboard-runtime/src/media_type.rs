//! What a `Content-Type` says (RFC 9110, section 8.3).

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The media type of some headers, without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    let essence = essence(headers.get(CONTENT_TYPE)?.to_str().ok()?);
    (!essence.is_empty()).then_some(essence)
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or(media_type).trim()
}

/// A parameter of the `Content-Type`, without quotes.
pub(crate) fn content_type_parameter<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn media_type_and_parameters() {
        let headers = typed("Application/JSON ; charset=\"UTF-8\"");
        assert_eq!(content_type(&headers), Some("Application/JSON"));
        assert_eq!(content_type_parameter(&headers, "Charset"), Some("UTF-8"));
        assert_eq!(content_type(&typed("")), None);
    }
}
