//! From a server's template to a base URL (OpenAPI 3.0, section 4.7.5), and on to that of a call.

use std::net::IpAddr;
use std::sync::Arc;

use url::Url;

use crate::api::{ServerTemplate, ServerVariable};

/// Why a server's URL cannot be made, or is none. Never shows a user name or password that is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ServerProblem {
    #[error("the server variable `{0}` needs a value")]
    MissingVariable(String),
    #[error("there is no server variable `{name}`; there are: {known}")]
    UnknownVariable { name: String, known: String },
    #[error("`{value}` is none of the values of the server variable `{name}`: {allowed}")]
    ValueNotAllowed { name: String, value: String, allowed: String },
    #[error(
        "the value of the server variable `{0}` holds a character that would change what the rest of the URL means"
    )]
    ValueBreaksOut(String),
    #[error("the server `{0}` is relative: give the client a base URL")]
    Relative(String),
    #[error("`{url}` is no base URL: {reason}")]
    Invalid { url: String, reason: String },
}

/// The URL of a template with its variables filled in. Variables that the template does not have are passed over.
pub(crate) fn fill(template: &ServerTemplate, values: &[(&str, String)]) -> Result<String, ServerProblem> {
    let mut url = String::with_capacity(template.url.len() + 16);
    let mut rest = template.url;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        url.push_str(before);
        let variable = template.variables.iter().find(|variable| variable.name == name);
        let in_host = url.split_once("://").is_some_and(|(_, after_scheme)| !after_scheme.contains('/'));
        // Of a URL, what stands before its path cannot be left empty (RFC 3986, section 3).
        let may_be_empty = !in_host && !url.is_empty() && !after.contains("://");
        let value = value_of(name, variable, values)
            .filter(|value| may_be_empty || !value.is_empty())
            .ok_or_else(|| ServerProblem::MissingVariable(name.to_owned()))?;
        check_allowed(name, variable, value)?;
        if value.contains(|c: char| "?#@\\".contains(c) || c.is_whitespace() || c.is_control() || (in_host && c == '/'))
        {
            return Err(ServerProblem::ValueBreaksOut(name.to_owned()));
        }
        url.push_str(value);
        rest = after;
    }
    url.push_str(rest);
    Ok(url)
}

/// The value given last, or else the default.
fn value_of<'a>(name: &str, variable: Option<&ServerVariable>, values: &'a [(&str, String)]) -> Option<&'a str> {
    let given = values.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    given.or(variable.and_then(|variable| variable.default))
}

fn check_allowed(name: &str, variable: Option<&ServerVariable>, value: &str) -> Result<(), ServerProblem> {
    let allowed = variable.map_or(&[][..], |variable| variable.values);
    if allowed.is_empty() || allowed.contains(&value) {
        return Ok(());
    }
    Err(ServerProblem::ValueNotAllowed { name: name.to_owned(), value: value.to_owned(), allowed: allowed.join(", ") })
}

/// Checks that every value given is for a variable that the template has.
pub(crate) fn check_names(template: &ServerTemplate, values: &[(&str, String)]) -> Result<(), ServerProblem> {
    let known = || template.variables.iter().map(|variable| variable.name).collect::<Vec<_>>().join(", ");
    let has = |name: &str| {
        template.variables.iter().any(|variable| variable.name == name) || template.url.contains(&format!("{{{name}}}"))
    };
    match values.iter().find(|(name, _)| !has(name)) {
        Some((name, _)) => Err(ServerProblem::UnknownVariable { name: (*name).to_owned(), known: known() }),
        None => Ok(()),
    }
}

/// Reads a base URL; `base` resolves a relative one.
pub(crate) fn parse(text: &str, base: Option<&Url>) -> Result<Url, ServerProblem> {
    let invalid = |reason: &str| ServerProblem::Invalid { url: shown(text), reason: reason.to_owned() };
    let url = match Url::options().base_url(base).parse(text.trim()) {
        Ok(url) => url,
        Err(_) if !text.contains("://") => return Err(ServerProblem::Relative(shown(text))),
        Err(error) => return Err(invalid(&error.to_string())),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("it must begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("it must not hold a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it must not have a query or a fragment"));
    }
    Ok(url)
}

/// A URL as it may be shown: without what stands before an `@`, and behind a `?` or a `#`; nothing, where an `@` behind
/// one of those leaves open which is which.
pub(crate) fn shown(text: &str) -> String {
    let (place, rest) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
    let text = match place.rsplit_once('@') {
        _ if rest.contains('@') => String::new(),
        Some((_, after)) => format!("…@{after}"),
        None => place.to_owned(),
    };
    crate::text::cut(&format!("{text}{}", if rest.is_empty() { "" } else { "…" }), 200).into_owned()
}

/// What would be sent there could be read on the way: it is neither TLS nor within this machine (127/8 and ::1, RFC 6890;
/// `localhost` and what is below it, RFC 6761, section 6.3).
pub(crate) fn is_insecure(url: &Url) -> bool {
    url.scheme() != "https" && !url.host_str().is_some_and(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.trim_end_matches('.').rsplit('.').next() == Some("localhost"),
    }
}

/// A URL as it may be shown, where it is one: without user name, password, query and fragment.
pub(crate) fn without_secrets(url: &Url) -> String {
    let end = if url.query().is_some() || url.fragment().is_some() { "…" } else { "" };
    format!("{}{}{end}", url.origin().ascii_serialization(), url.path())
}

/// Where a call goes.
pub(crate) enum Target {
    /// To a URL.
    Url(Url),
    /// To a server, and there to a path, which is followed by a query after a `?` if there is one.
    Path(Arc<Url>, String),
}

impl Target {
    /// A path of a server, up to where an operation's own begins, which does so with a slash.
    pub(crate) fn begin(base: &Url) -> String {
        // Enough for most paths and queries, so that the text need not move.
        const ROOM: usize = 96;
        let path = base.path().trim_end_matches('/');
        let mut begun = String::with_capacity(path.len() + ROOM);
        begun.push_str(path);
        begun
    }

    /// The whole URL. What follows a `#` is not sent (RFC 9110, section 7.1), whatever it is there for.
    ///
    /// It is not read anew: most of that would go into the host, which is known already.
    pub(crate) fn url(&self) -> Url {
        let (base, target) = match self {
            Self::Url(url) => return url.clone(),
            Self::Path(base, target) => (base, target.split('#').next().unwrap_or(target)),
        };
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let mut url = Url::clone(base);
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Any URL of the server.
    pub(crate) fn server(&self) -> &Url {
        match self {
            Self::Url(url) => url,
            Self::Path(base, _) => base,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TEMPLATE: ServerTemplate = ServerTemplate {
        url: "https://{account}.example.com/{version}",
        variables: &[
            ServerVariable::new("account"),
            ServerVariable::new("version").default("v3").values(&["v2", "v3"]),
        ],
    };

    fn filled(values: &[(&str, &str)]) -> Result<String, ServerProblem> {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        check_names(&TEMPLATE, &values)?;
        fill(&TEMPLATE, &values)
    }

    #[test]
    fn variables_are_filled_in() {
        assert_eq!(filled(&[("account", "acme")]).unwrap(), "https://acme.example.com/v3");
        assert_eq!(filled(&[("account", "acme"), ("version", "v2")]).unwrap(), "https://acme.example.com/v2");
    }

    #[test]
    fn what_is_wrong_with_variables_is_said() {
        let said = |values| filled(values).unwrap_err().to_string();
        assert_eq!(said(&[]), "the server variable `account` needs a value");
        assert_eq!(said(&[("acount", "acme")]), "there is no server variable `acount`; there are: account, version");
        let text = said(&[("account", "a"), ("version", "v9")]);
        assert_eq!(text, "`v9` is none of the values of the server variable `version`: v2, v3");
        for value in ["evil.com/", "evil.com#", "evil.com?", "user@evil.com", "a b", "a\\b"] {
            assert!(filled(&[("account", value)]).is_err(), "{value}");
        }
    }

    #[test]
    fn an_empty_value_is_one_behind_the_host_alone() {
        const EMPTY: &[ServerVariable] = &[ServerVariable::new("a").default("")];
        static BEHIND: ServerTemplate = ServerTemplate { url: "https://x.com/{a}", variables: EMPTY };
        assert_eq!(fill(&BEHIND, &[]).unwrap(), "https://x.com/");
        assert_eq!(
            fill(&TEMPLATE, &[("account", "acme".to_owned()), ("version", String::new())]).unwrap_err().to_string(),
            "`` is none of the values of the server variable `version`: v2, v3"
        );
        static ASKED: ServerTemplate =
            ServerTemplate { url: "https://x.com/{a}", variables: &[ServerVariable::new("a")] };
        assert!(fill(&ASKED, &[]).is_err());
        assert_eq!(fill(&ASKED, &[("a", String::new())]).unwrap(), "https://x.com/");
        for url in ["https://{a}.x.com", "https://x.com:{a}/", "{a}://x.com", "{a}/v1"] {
            let template = ServerTemplate { url, variables: EMPTY };
            assert_eq!(fill(&template, &[]), Err(ServerProblem::MissingVariable("a".to_owned())), "{url}");
        }
    }

    #[test]
    fn base_urls() {
        let said = |text| parse(text, None).unwrap_err().to_string();
        assert_eq!(parse("http://127.0.0.1:8080/", None).unwrap().as_str(), "http://127.0.0.1:8080/");
        assert!(said("/api/v3").contains("is relative"));
        assert!(said("ftp://x").contains("http://"));
        assert!(said("https://u:hunter2@x.com").ends_with("it must not hold a user name or password"));
        assert!(!said("https://u:hunter2@x.com").contains("hunter2"));
        assert!(said("https://x.com?a=b").contains("query"));
        assert!(!said("https://x.com?key=hunter2#hunter2").contains("hunter2"));
        assert!(!said("https://x.com?key=a@hunter2").contains("hunter2"));
        assert!(!said("https://u:hunter?2@x.com").contains("hunter"));
        assert!(said("https://").contains("no base URL"));
        let base = Url::parse("https://x.com/a/").unwrap();
        assert_eq!(parse("/v2", Some(&base)).unwrap().as_str(), "https://x.com/v2");
    }

    #[test]
    fn paths_go_behind_the_base() {
        for base in ["https://x.com/api/3", "https://x.com/api/3/"] {
            assert_eq!(Target::begin(&Url::parse(base).unwrap()), "/api/3");
        }
        assert_eq!(Target::begin(&Url::parse("https://x.com").unwrap()), "");
    }

    #[test]
    fn a_target_is_read_as_the_end_of_a_whole_url_is() {
        let base = Arc::new(Url::parse("http://[::1]:8080/v1/").unwrap());
        for target in [
            "",
            "/",
            "/v1/things/a%2Fb%20c:check?x=1&y=%26",
            "/v1//things/?",
            "/v1/a b\\c/é;p=1,2?q=a b'é\"<>",
            "/v1/a/../b/./c?x=/../y",
            "/v1/x?a=1?b=2",
            "/v1/#Action=List?a=b",
            "/v1/x?a#b",
        ] {
            let mut whole = Url::parse(&format!("http://[::1]:8080{target}")).unwrap();
            whole.set_fragment(None);
            let target = Target::Path(Arc::clone(&base), target.to_owned());
            assert_eq!(target.url().as_str(), whole.as_str());
        }
    }
}
