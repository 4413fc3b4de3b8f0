//! Following a link to the next page. Credentials go where the request goes, so a link is followed only to where the page
//! came from; and what a vendor repeats of them in a link is left out of it, for they are added anew to each request, and
//! must not get into a saved position.

use url::Url;

use crate::api::{Api, ApiKeyLocation, SchemeKind};
use crate::exchange::same_place;

/// The URL that a page's link means (RFC 3986, section 5), or why it is not followed. It is relative to the URL that
/// answered, which redirects may have led to (section 5.1.3), and is followed to where the credentials of the request for
/// the page belong.
pub(super) fn follow(asked: &Url, answered: &Url, link: &str) -> Result<Url, String> {
    let mut target = answered.join(link).map_err(|error| format!("the link to the next page is no URL: {error}"))?;
    target.set_fragment(None);
    if !target.username().is_empty() || target.password().is_some() {
        return Err("the link to the next page holds a user name or password: it is not followed".to_owned());
    }
    if !same_place(asked, &target) {
        return Err(format!(
            "the link to the next page leads from {} to {}, where credentials must not go: it is not followed",
            place(asked),
            place(&target)
        ));
    }
    Ok(target)
}

/// Scheme, host and port.
fn place(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// Takes the pairs out of a URL's query that are the API's keys, by their names: they are added anew to each request. All
/// else stays as it was given.
pub(super) fn strip_keys(url: &mut Url, api: &Api) {
    let Some(query) = url.query() else { return };
    let is_key = |pair: &str| {
        let name = pair.split('=').next().unwrap_or(pair);
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        api.schemes.iter().any(|scheme| match scheme.kind {
            SchemeKind::ApiKey { location: ApiKeyLocation::Query, name: key } => key == name,
            _ => false,
        })
    };
    if !query.split('&').any(is_key) {
        return;
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
    let kept = (!kept.is_empty()).then(|| kept.join("&"));
    url.set_query(kept.as_deref());
}

/// A URL without what every URL of the list has in common. A path that begins with two slashes would be a host: the dot
/// before it keeps it a path (RFC 3986, section 4.2).
pub(super) fn path_and_query(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let dot = if url.path().starts_with("//") { "/." } else { "" };
    format!("{dot}{}{query}", url.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::API;

    fn followed(link: &str) -> Result<String, String> {
        let page = Url::parse("https://api.example.com/v3/things?page=1").unwrap();
        follow(&page, &page, link).map(|url| url.to_string())
    }

    #[test]
    fn links_are_relative_to_their_page() {
        for (link, expected) in [
            ("https://api.example.com:443/v3/things?page=2#top", "https://api.example.com/v3/things?page=2"),
            ("//api.example.com/other", "https://api.example.com/other"),
            ("/v3/things?page=2", "https://api.example.com/v3/things?page=2"),
            ("?page=2", "https://api.example.com/v3/things?page=2"),
            ("more?page=2", "https://api.example.com/v3/more?page=2"),
        ] {
            assert_eq!(followed(link).unwrap(), expected, "{link}");
        }
    }

    #[test]
    fn links_to_anywhere_else_are_not_followed() {
        let said = followed("https://evil.example.com/v3/things").unwrap_err();
        assert!(said.contains("from https://api.example.com to https://evil.example.com,"), "{said}");
        for link in [
            "http://api.example.com/v3/things",
            "https://api.example.com:8443/v3/things",
            "https://api.example.com.evil.com/",
            "//evil.com/",
            "ftp://api.example.com/",
            "https://user@api.example.com/",
            "https://api.example.com@evil.com/",
            "\\\\evil.com/",
            "data:text/plain,x",
            "https://",
        ] {
            assert!(followed(link).is_err(), "{link}");
        }
    }

    #[test]
    fn links_are_relative_to_what_answered_and_followed_to_what_was_asked() {
        let asked = Url::parse("https://api.example.com/things").unwrap();
        let follow = |answered: &str, link| follow(&asked, &Url::parse(answered).unwrap(), link);
        let found = follow("https://api.example.com/v2/all/things", "more?page=2").unwrap();
        assert_eq!(found.as_str(), "https://api.example.com/v2/all/more?page=2");
        let said = follow("https://eu.example.com/things", "?page=2").unwrap_err();
        assert!(said.contains("from https://api.example.com to https://eu.example.com,"), "{said}");
    }

    #[test]
    fn keys_in_a_link_are_left_out_and_nothing_else() {
        let stripped = |url: &str| {
            let mut url = Url::parse(url).unwrap();
            strip_keys(&mut url, &API);
            path_and_query(&url)
        };
        assert_eq!(stripped("https://a/x?api_key=k&a=%2Fb%20c&api%5Fkey=&d"), "/x?a=%2Fb%20c&d");
        assert_eq!(stripped("https://a/x?access_token=s3cret%2F&a=b"), "/x?access_token=s3cret%2F&a=b");
        assert_eq!(stripped("https://a/x?api_key=k"), "/x");
        assert_eq!(stripped("https://a/x"), "/x");
        assert_eq!(stripped("https://a/x?"), "/x?");
    }

    #[test]
    fn a_path_stays_a_path() {
        let page = Url::parse("https://api.example.com/v3/things").unwrap();
        for url in ["https://api.example.com//evil.com/x?a", "https://api.example.com///x", "https://api.example.com/"]
        {
            let kept = path_and_query(&Url::parse(url).unwrap());
            assert_eq!(follow(&page, &page, &kept).unwrap().as_str(), url);
        }
    }
}
