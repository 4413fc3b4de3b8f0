//! What one call does otherwise than its client: limits, repeats, and what the document does not know of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::error::RequestProblem;
use crate::observe::{OnRepair, Repaired};
use crate::owned::{is_owned_by_transport, is_padded};
use crate::retry::RetryPolicy;
use crate::timeouts::Timeouts;

/// A server that is sent two requests with the same key does the work once (draft-ietf-httpapi-idempotency-key-header,
/// section 2), so a request that carries one may be repeated whatever its method.
pub(crate) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What differs from the client's own policies for one call. Whatever is not set stays as the client has it.
///
/// ```
/// use std::time::Duration;
///
/// use switchboard_runtime::{CallOptions, RetryPolicy};
///
/// let options = CallOptions::new()
///     .timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::none())
///     .idempotency_key("order-7");
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
#[must_use = "give it to a call"]
pub struct CallOptions(Option<Box<Settings>>);

/// The settings themselves, on the heap: most calls have none, and pay with one word for it.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    whole: Option<Option<Duration>>,
    attempt: Option<Option<Duration>>,
    idle: Option<Option<Duration>>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) repeatable: Option<bool>,
    pub(crate) strict: Option<bool>,
    pub(crate) follows: Option<bool>,
    pub(crate) base_url: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    /// Members of the body.
    pub(crate) members: Vec<(String, Value)>,
    pub(crate) on_repair: Option<OnRepair>,
    /// The first header that cannot be sent.
    unsendable: Option<Unsendable>,
}

/// Why a header cannot be sent, and its name.
#[derive(Clone)]
enum Unsendable {
    Invalid(String),
    Owned(String),
    Padded(String),
}

impl CallOptions {
    /// No difference yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(self.0.get_or_insert_default());
        self
    }

    /// How long the call may take in all, pauses and repeats included; `None` for as long as it takes.
    pub fn timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.set(|settings| settings.whole = Some(limit.into()))
    }

    /// How long one attempt may take; `None` for as long as it takes.
    pub fn attempt_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.set(|settings| settings.attempt = Some(limit.into()))
    }

    /// How long a streamed answer may be silent, one of events as well; `None` for as long as it likes.
    pub fn idle_timeout(self, limit: impl Into<Option<Duration>>) -> Self {
        self.set(|settings| settings.idle = Some(limit.into()))
    }

    /// When and how often the call is tried again.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.set(|settings| settings.retry = Some(policy))
    }

    /// Whether sending the request twice does no more than sending it once, in place of what is known of the operation.
    pub fn repeatable(self, repeatable: bool) -> Self {
        self.set(|settings| settings.repeatable = Some(repeatable))
    }

    /// Sends the key in `Idempotency-Key`. The server, if it knows the header, does the same request once however often
    /// it comes, so the call may be repeated.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header(IDEMPOTENCY_KEY.as_str(), key)
    }

    /// Whether an answer that does not keep to the document is an error, in place of what the client says.
    pub fn strict(self, strict: bool) -> Self {
        self.set(|settings| settings.strict = Some(strict))
    }

    /// Whether the call goes where a redirect leads, as it does unless told otherwise. Of an operation that the document
    /// describes as a redirect and nothing else, one that does not is answered with the redirect itself:
    /// [`location`](crate::ResponseValue::location) tells where it leads. Of any other it is an error answer.
    pub fn follow_redirects(self, follow: bool) -> Self {
        self.set(|settings| settings.follows = Some(follow))
    }

    /// Sends the call to this URL in place of the client's or the operation's own server. The client's credentials go
    /// with it.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.set(|settings| settings.base_url = Some(url.into()))
    }

    /// Sends a header that the document does not know of, in place of one of the same name, be it a credential of the client's;
    /// of a `Cookie` each pair is in place of that of the same name. One that holds what a header must not hold, or begins or
    /// ends with white space, fails the call before it is sent, and so does one that says how the request is framed or where it
    /// goes, such as `Content-Length`, `Transfer-Encoding`, `Connection` and `Host`: those are the transport's.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.set(|settings| {
            match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
                (Ok(name), _) if is_owned_by_transport(&name) => {
                    settings.unsendable.get_or_insert(Unsendable::Owned(name.to_string()));
                }
                (Ok(name), Ok(value)) if is_padded(&value) => {
                    settings.unsendable.get_or_insert(Unsendable::Padded(name.to_string()));
                }
                (Ok(name), Ok(value)) => {
                    settings.headers.insert(name, value);
                }
                _ => {
                    settings.unsendable.get_or_insert(Unsendable::Invalid(name.to_owned()));
                }
            };
        })
    }

    /// Sends a pair of the query that the document does not know of, in place of those of the same name, be they a credential
    /// of the client's.
    pub fn query(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(|settings| settings.query.push((name.into(), value.into())))
    }

    /// A member of the body that the document does not know of: of an object in JSON, or of a form of pairs
    /// (`application/x-www-form-urlencoded`). One of the same name is replaced. Where the call has no body, it gets one of
    /// JSON. Any other body, such as a list, a file or a form of several parts, fails the call before anything is sent.
    ///
    /// ```
    /// use switchboard_runtime::CallOptions;
    ///
    /// let options = CallOptions::new().body_member("betaFlag", true);
    /// # let _ = options;
    /// ```
    pub fn body_member(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(|settings| settings.members.push((name.into(), value.into())))
    }

    /// Someone to be told of what had to be made good in the call's answers, beside the client's own
    /// [`on_repair`](crate::ClientBuilder::on_repair); see there.
    pub fn on_repair(self, hook: impl Fn(&Repaired<'_>) + Send + Sync + 'static) -> Self {
        self.set(|settings| settings.on_repair = Some(Arc::new(hook)))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// These options, and where they say nothing, those of `defaults`.
    pub(crate) fn or(self, defaults: Self) -> Self {
        Self(match (self.0, defaults.0) {
            (Some(own), Some(defaults)) => Some(Box::new(own.or(*defaults))),
            (own, defaults) => own.or(defaults),
        })
    }

    pub(crate) fn settings(self) -> Result<Option<Box<Settings>>, RequestProblem> {
        let Some(mut settings) = self.0 else { return Ok(None) };
        match settings.unsendable.take() {
            Some(Unsendable::Invalid(name)) => Err(RequestProblem::InvalidHeader { place: "header", name }),
            Some(Unsendable::Owned(name)) => Err(RequestProblem::OwnedHeader(name)),
            Some(Unsendable::Padded(name)) => Err(RequestProblem::PaddedHeader(name)),
            None => Ok(Some(settings)),
        }
    }
}

impl Settings {
    /// These settings, and where they say nothing, those of `defaults`.
    pub(crate) fn or(self, defaults: Self) -> Self {
        let mut headers = defaults.headers;
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        let (mut query, mut members) = (defaults.query, defaults.members);
        query.retain(|(name, _)| self.query.iter().all(|(own, _)| own != name));
        members.retain(|(name, _)| self.members.iter().all(|(own, _)| own != name));
        query.extend(self.query);
        members.extend(self.members);
        Self {
            whole: self.whole.or(defaults.whole),
            attempt: self.attempt.or(defaults.attempt),
            idle: self.idle.or(defaults.idle),
            retry: self.retry.or(defaults.retry),
            repeatable: self.repeatable.or(defaults.repeatable),
            strict: self.strict.or(defaults.strict),
            follows: self.follows.or(defaults.follows),
            base_url: self.base_url.or(defaults.base_url),
            headers,
            query,
            members,
            on_repair: self.on_repair.or(defaults.on_repair),
            unsendable: self.unsendable.or(defaults.unsendable),
        }
    }

    /// The limits of the call, given those of its client.
    pub(crate) fn timeouts(&self, client: Timeouts) -> Timeouts {
        Timeouts {
            connect: client.connect,
            attempt: self.attempt.unwrap_or(client.attempt),
            whole: self.whole.unwrap_or(client.whole),
            idle: self.idle.unwrap_or(client.idle),
            idle_events: self.idle.unwrap_or(client.idle_events),
        }
    }
}

/// Names of headers and query pairs, not their values, and no more of a URL than its place: the rest may be secret.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(settings) = &self.0 else { return f.write_str("CallOptions") };
        f.debug_struct("CallOptions")
            .field("timeout", &settings.whole)
            .field("attempt_timeout", &settings.attempt)
            .field("idle_timeout", &settings.idle)
            .field("retry", &settings.retry)
            .field("repeatable", &settings.repeatable)
            .field("strict", &settings.strict)
            .field("follow_redirects", &settings.follows)
            .field("base_url", &settings.base_url.as_deref().map(crate::server::shown))
            .field("headers", &settings.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("query", &settings.query.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .field("body", &settings.members.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .field("on_repair", &settings.on_repair.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_the_clients() {
        let client = Timeouts::default();
        let settings =
            CallOptions::new().timeout(Duration::from_secs(1)).idle_timeout(None).settings().unwrap().unwrap();
        let limits = settings.timeouts(client);
        assert_eq!(limits, Timeouts { whole: Some(Duration::from_secs(1)), idle: None, ..client });
        assert!(CallOptions::new().settings().unwrap().is_none());
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_an_error_and_no_value_is_shown() {
        let options = CallOptions::new().header("x-note", "a\nb");
        assert!(options.settings().is_err());
        let shown = format!("{:?}", CallOptions::new().header("x-token", "s3cr3t").query("key", "s3cr3t"));
        assert!(shown.contains("x-token") && shown.contains("\"key\"") && !shown.contains("s3cr3t"), "{shown}");
    }
    #[test]
    fn debug_shows_no_user_and_no_query_of_the_base_url() {
        for url in [
            "https://us3r:s3cr3t@x.com/a?key=s3cr3t#s3cr3t",
            "https://us3r:s3cr3t@x.com?key=a@s3cr3t",
            "us3r:s3cr3t@x.com/a",
            "https://x.com?s3cr3t",
        ] {
            let shown = format!("{0:?} {0:#?}", CallOptions::new().base_url(url));
            assert!(!shown.contains("s3cr3t") && !shown.contains("us3r"), "{shown}");
        }
        assert!(format!("{:?}", CallOptions::new().base_url("https://x.com/a")).contains("https://x.com/a"));
    }
}
