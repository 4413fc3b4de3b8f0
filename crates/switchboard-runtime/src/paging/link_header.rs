//! The `Link` header (RFC 8288): where the next page is, for APIs that say so beside the body.

use std::borrow::Cow;

use http::header::LINK;
use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// What a header may hold that is not text, beside all above 0x7F.
const NOT_TEXT: &AsciiSet = &CONTROLS.remove(b'\t');

/// A `Link` header that cannot be read to its end, with no next link before that: there may be one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The target of the first link whose relation is `next`.
pub(super) fn next(headers: &HeaderMap) -> Result<Option<String>, Unreadable> {
    let mut whole = Ok(None);
    for value in headers.get_all(LINK) {
        let text = text(value);
        let (links, is_whole) = parse(&text);
        if let Some(link) = links.iter().find(|link| link.is_next()) {
            return Ok(Some(link.target.to_owned()));
        }
        if !is_whole {
            whole = Err(Unreadable);
        }
    }
    whole
}

/// A header as text. Bytes above 0x7F are legal in it (RFC 9110, section 5.5), in titles above all. Nobody says in what
/// encoding, so they are written as a URL writes them: in a target they are meant so, and elsewhere nobody reads them.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    match value.to_str() {
        Ok(text) => text.into(),
        Err(_) => percent_encode(value.as_bytes(), NOT_TEXT).to_string().into(),
    }
}

/// One link of the header.
#[derive(Debug, Default, PartialEq)]
struct Link<'h> {
    target: &'h str,
    /// The first `rel` parameter; a later one counts for nothing (section 3.3).
    relations: Option<String>,
    /// The link is from somewhere else than the page (section 3.2).
    anchored: bool,
}

impl Link<'_> {
    /// Relations are separated by spaces, and registered ones compare without regard to case (section 2.1.1).
    fn is_next(&self) -> bool {
        let relations = self.relations.as_deref().unwrap_or_default();
        !self.anchored && relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
    }
}

/// The links of one header (section 3 and appendix B.2), up to its end or to a fault; and whether that is the end.
fn parse(header: &str) -> (Vec<Link<'_>>, bool) {
    let mut links = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((target, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
            return (links, rest.is_empty());
        };
        let mut link = Link { target: target.trim(), ..Link::default() };
        rest = after.trim_start_matches([' ', '\t']);
        while let Some(after) = rest.strip_prefix(';') {
            let (name, value, after) = parameter(after);
            if name.eq_ignore_ascii_case("rel") {
                link.relations.get_or_insert(value);
            } else if name.eq_ignore_ascii_case("anchor") {
                link.anchored = true;
            }
            rest = after;
        }
        links.push(link);
        if !rest.starts_with(',') {
            return (links, rest.is_empty());
        }
    }
}

/// A parameter's name and value, and what comes behind it.
fn parameter(text: &str) -> (&str, String, &str) {
    let text = text.trim_start_matches([' ', '\t']);
    let end = text.find(['=', ';', ',', ' ', '\t']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start_matches([' ', '\t']);
    let Some(rest) = rest.strip_prefix('=') else { return (name, String::new(), rest) };
    let rest = rest.trim_start_matches([' ', '\t']);
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => unquote(quoted),
        None => {
            let (value, rest) = rest.split_at(rest.find([';', ',', ' ', '\t']).unwrap_or(rest.len()));
            (value.to_owned(), rest)
        }
    };
    (name, value, rest.trim_start_matches([' ', '\t']))
}

/// What stands before the closing quote (RFC 9110, section 5.6.4), and what comes behind it.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<Option<String>, Unreadable> {
        let headers = values.iter().map(|value| (LINK, HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        next(&headers.collect::<HeaderMap>())
    }

    fn found(values: &[&'static str]) -> Option<String> {
        read(values).unwrap()
    }

    #[test]
    fn the_next_link_is_found_wherever_it_stands() {
        for values in [
            &["<https://a/x?p=2>; rel=\"next\""][..],
            &["<https://a/x?p=2>;rel=next"],
            &["<https://a/x?p=2>; REL = NEXT ; title=\"x\""],
            &["<https://a/x?p=2>; title=\"last; rel=\\\"prev\\\", <y>\"; rel=\"next\""],
            &["<https://a/x?p=2>; rel=\"http://a/rel last next\""],
            &["<https://a/x?p=1>; rel=\"prev\", <https://a/x?p=2>; rel=\"next\", <https://a/x?p=9>; rel=\"last\""],
            &["<https://a/x?p=1>; rel=prev", "<https://a/x?p=2>; rel=next"],
            &[", ,<https://a/x?p=1>,<https://a/x?p=2>; crossorigin ; rel=next"],
            &["<https://a/x?p=2>; rel=next; rel=prev", "<https://a/x?p=3>; rel=next"],
            &["<https://a/x?p=2>; title=\"Übersicht\"; rel=next"],
            &["nonsense", "<https://a/x?p=2>; rel=next"],
        ] {
            assert_eq!(found(values).as_deref(), Some("https://a/x?p=2"), "{values:?}");
        }
        assert_eq!(found(&["</x?a=1,2;b=\">; rel=next"]).as_deref(), Some("/x?a=1,2;b=\""));
    }

    #[test]
    fn what_is_no_next_link_is_none() {
        for value in [
            "",
            "<https://a/x>",
            "<https://a/x>; rel=\"prev\"",
            "<https://a/x>; rel=\"prev\"; rel=\"next\"",
            "<https://a/x>; title=\"rel=next\"",
            "<https://a/x>; rel=nextish",
            "<https://a/x>; rel=next; anchor=\"/other\"",
            " , ",
        ] {
            assert_eq!(found(&[value]), None, "{value}");
        }
        for value in [
            "https://a/x; rel=next",
            "<https://a/x; rel=next",
            "<https://a/x> rel=prev, <https://a/y>; rel=next",
            "<https://a/x>; rel=prev, y",
        ] {
            assert_eq!(read(&[value]), Err(Unreadable), "{value}");
        }
        assert_eq!(found(&["<https://a/x>; rel=\"next"]).as_deref(), Some("https://a/x"));
    }
}
