//! The `Link` header (RFC 8288): where the next page is, for APIs that say so beside the body.

use http::HeaderMap;
use http::header::LINK;

/// The target of the first link whose relation is `next`.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(parse).find(Link::is_next).map(|link| link.target.to_owned())
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

/// The links of one header (section 3 and appendix B.2); what comes after a fault is left out.
fn parse(header: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((target, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return links };
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
            return links;
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
    use http::HeaderValue;

    use super::*;

    fn found(values: &[&'static str]) -> Option<String> {
        let headers = values.iter().map(|value| (LINK, HeaderValue::from_static(value)));
        next(&headers.collect::<HeaderMap>())
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
            "https://a/x; rel=next",
            "<https://a/x; rel=next",
            "<https://a/x> rel=prev, <https://a/y>; rel=next",
        ] {
            assert_eq!(found(&[value]), None, "{value}");
        }
        assert_eq!(found(&["<https://a/x>; rel=\"next"]).as_deref(), Some("https://a/x"));
    }
}
