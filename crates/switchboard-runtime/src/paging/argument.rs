//! Where a list is told which page is wanted: in the query, in a header, or in a member of the request's JSON body.
//!
//! A name with a slash before it is a JSON pointer (RFC 6901) into the body, one behind `header:` that of a header, any
//! other that of a query parameter.

use http::header::{HeaderName, HeaderValue};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::body::{Body, Content};
use crate::error::InvalidRequest;
use crate::pointer::{Found, find, is_number, put};
use crate::request::Request;

/// What a body is that has to be made: a document that means another kind of JSON says that the body is required.
const JSON: &str = "application/json";

/// Whether an argument stands in the body: it is JSON there, and plain text in the query.
pub(super) fn is_in_body(name: &str) -> bool {
    name.starts_with('/')
}

/// The header that is meant, of the request or of the answer; `None` for what stands elsewhere.
pub(super) fn header(name: &str) -> Option<&str> {
    name.strip_prefix("header:")
}

/// Words of which one is in the name of what leads on through a list, and the other in that of what leads back.
const OPPOSITES: [(&str, &str); 3] = [("after", "before"), ("next", "previous"), ("next", "prev")];

/// Whether two arguments by their names lead through a list in opposite ways, as `after` and `before` do, and
/// `starting_after` and `ending_before`.
pub(super) fn are_opposite(one: &str, other: &str) -> bool {
    let bare = |name: &str| {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        ["starting", "start", "ending", "end"]
            .iter()
            .fold(plain.to_ascii_lowercase(), |name, word| name.replace(word, ""))
    };
    let (one, other) = (bare(one), bare(other));
    let turned = |name: &str, on: &str, back: &str| name.contains(on).then(|| name.replace(on, back));
    OPPOSITES.iter().any(|(on, back)| {
        turned(&one, on, back).is_some_and(|name| name == other)
            || turned(&other, on, back).is_some_and(|name| name == one)
    })
}

/// What the request says for an argument; `None` for nothing, null, and what is no text and no number.
pub(super) fn read(request: &Request, name: &str) -> Option<String> {
    if let Some(header) = header(name) {
        return request.headers.get(header)?.to_str().ok().map(str::to_owned);
    }
    if !is_in_body(name) {
        return request.query(name);
    }
    let Some(Body(Content::Bytes(body))) = &request.body else { return None };
    match find(body, [Some(name)])? {
        [Found::Value(Value::String(text), _)] => Some(text),
        [Found::Value(_, written)] if is_number(written) => std::str::from_utf8(written).ok().map(str::to_owned),
        _ => None,
    }
}

/// Whether the request says anything for an argument, of whatever kind.
pub(super) fn is_said(request: &Request, name: &str) -> bool {
    if let Some(header) = header(name) {
        return request.headers.contains_key(header);
    }
    if !is_in_body(name) {
        return request.query(name).is_some();
    }
    let Some(Body(Content::Bytes(body))) = &request.body else { return false };
    find(body, [Some(name)]).is_some_and(|[found]| !matches!(found, Found::Absent))
}

/// Says something for an argument: text for the query and for a header, JSON for a body. The rest of a body stays as it is.
pub(super) fn write(request: &mut Request, name: &str, value: &str) -> Result<(), InvalidRequest> {
    let operation = request.operation().id;
    let invalid = |why: &str| InvalidRequest::new(operation, format!("the page is asked for by `{name}`, but {why}"));
    if let Some(header) = header(name) {
        let header = HeaderName::from_bytes(header.as_bytes()).map_err(|_| invalid("no header can have this name"))?;
        let value = HeaderValue::from_str(value).map_err(|_| invalid("no header can hold its value"))?;
        request.set_header(header, value);
        return Ok(());
    }
    if !is_in_body(name) {
        request.set_query(name, value.to_owned());
        return Ok(());
    }
    if serde_json::from_str::<&RawValue>(value).is_err() {
        return Err(invalid("the position holds no JSON for it"));
    }
    let body = match &request.body {
        None => {
            let body = put("null", name, value).map_err(|_| invalid("the body has no place for it"))?;
            request.body(JSON, Body::from(body));
            return Ok(());
        }
        Some(Body(Content::Bytes(body))) => body,
        Some(Body(Content::Stream { .. })) => return Err(invalid("the body is a stream")),
    };
    let body = std::str::from_utf8(body).map_err(|_| invalid("the body is no JSON"))?;
    let body = put(body, name, value).map_err(|_| invalid("the body has no place for it"))?;
    request.body = Some(Body::from(body));
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;

    use super::*;
    use crate::testing::POST;

    fn with(body: &'static str) -> Request {
        let mut request = Request::new(&POST);
        request.body("application/vnd.api+json", Body::from(body));
        request
    }

    fn body(request: &Request) -> &str {
        let Some(Body(Content::Bytes(bytes))) = &request.body else { panic!("no bytes") };
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_said_is_read_and_replaced_in_its_place() {
        let mut request = with(r#"{"q":1.50,"page":{"at":"x","size":10},"none":null}"#);
        assert_eq!(read(&request, "/page/at").as_deref(), Some("x"));
        assert_eq!(read(&request, "/page/size").as_deref(), Some("10"));
        for name in ["/none", "/page", "/other", "page"] {
            assert_eq!(read(&request, name), None, "{name}");
        }
        let said = ["/page/at", "/page", "/none", "/other", "page"].map(|name| is_said(&request, name));
        assert_eq!(said, [true, true, false, false, false]);
        write(&mut request, "/page/at", r#"["y",7]"#).unwrap();
        write(&mut request, "/none", "7").unwrap();
        assert_eq!(body(&request), r#"{"q":1.50,"page":{"at":["y",7],"size":10},"none":7}"#);
        assert_eq!(request.headers[CONTENT_TYPE], "application/vnd.api+json");
        write(&mut request, "page", "a b").unwrap();
        assert_eq!(read(&request, "page").as_deref(), Some("a b"));
    }

    #[test]
    fn headers_are_read_and_replaced_by_their_name_in_any_case() {
        let mut request = Request::new(&POST);
        assert_eq!((read(&request, "header:X-After"), is_said(&request, "header:X-After")), (None, false));
        write(&mut request, "header:X-After", "a b").unwrap();
        write(&mut request, "header:x-after", "c").unwrap();
        assert_eq!((read(&request, "header:X-AFTER").as_deref(), request.headers.len()), (Some("c"), 1));
        assert!(is_said(&request, "header:X-After") && request.query("header:X-After").is_none());
        for (name, value) in [("header:x-after", "a\nb"), ("header:", "a"), ("header:a b", "a")] {
            let error = write(&mut request, name, value).unwrap_err().to_string();
            assert!(error.contains(&format!("asked for by `{name}`, but no header can")), "{error}");
        }
    }

    #[test]
    fn names_tell_which_way_an_argument_leads() {
        for (one, other, expected) in [
            ("starting_after", "ending_before", true),
            ("before", "after", true),
            ("page[after]", "page[before]", true),
            ("startAfter", "endBefore", true),
            ("next_token", "prev_token", true),
            ("after", "after", false),
            ("cursor", "before", false),
            ("after", "created_before", false),
            ("after", "offset", false),
        ] {
            assert_eq!(are_opposite(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_body_that_is_not_there_is_made() {
        let mut request = Request::new(&POST);
        assert_eq!(read(&request, "/a"), None);
        write(&mut request, "/a/b", "7").unwrap();
        assert_eq!(
            (body(&request), &request.headers[CONTENT_TYPE]),
            (r#"{"a":{"b":7}}"#, &"application/json".parse().unwrap())
        );
    }

    #[test]
    fn a_body_without_a_place_for_it_is_an_error() {
        for body in ["[]", "a=b", r#"{"page":7}"#, ""] {
            let error = write(&mut with(body), "/page/at", "7").unwrap_err().to_string();
            assert_eq!(
                error, "createThing: the page is asked for by `/page/at`, but the body has no place for it",
                "{body}"
            );
        }
        let mut request = Request::new(&POST);
        request.body("application/json", Body::stream(futures_util::stream::iter([Ok::<_, std::io::Error>("{}")])));
        write(&mut request, "/page", "7").unwrap_err();
        write(&mut with("{}"), "/page", "a b").unwrap_err();
        write(&mut with("{}"), "/page", r#"7},{"a":1"#).unwrap_err();
    }
}
