//! OAuth 2.0 client credentials (RFC 6749, section 4.4): the request for a token and its answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::credential::Issued;
use super::token::Fetch;
use crate::api::{ClientAuth, ClientCredentialsFlow};
use crate::body::Body;
use crate::environment::BoxFuture;
use crate::error::{AuthProblem, TransportErrorKind, find_message};
use crate::percent::encode_form;
use crate::redact::Redactor;
use crate::response::RawResponse;
use crate::retry::{Outcome, told_pause};
use crate::text::cut;
use crate::transport::{Fault, Net, Outgoing};

/// How long a token is used whose answer does not say how long it lives (`expires_in` is only recommended by RFC 6749,
/// section 5.1): 5 minutes. A token that dies sooner is renewed on the 401.
pub const DEFAULT_TOKEN_LIFETIME: Duration = Duration::from_secs(300);

/// Token answers are small; anything longer, in bytes, is none.
const LARGEST_ANSWER: u64 = 1 << 20;

/// A client's id and secret, and what to ask for with them. What is left out comes from the document.
#[derive(Clone)]
pub struct ClientCredentials {
    client_id: String,
    client_secret: SecretString,
    token_url: Option<String>,
    scopes: Option<Vec<String>>,
    audience: Option<String>,
    client_auth: Option<ClientAuth>,
}

impl ClientCredentials {
    /// An id and its secret.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            token_url: None,
            scopes: None,
            audience: None,
            client_auth: None,
        }
    }

    /// The same with another place to have tokens from.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// The same with other scopes to ask for; none asks for none.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The same with another audience.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The same with another way to show who the client is.
    #[must_use]
    pub fn client_auth(mut self, how: ClientAuth) -> Self {
        self.client_auth = Some(how);
        self
    }

    /// The place to have tokens from, by the caller or else by the document.
    pub(crate) fn effective_token_url<'a>(&'a self, flow: Option<&'a ClientCredentialsFlow>) -> Option<&'a str> {
        self.token_url.as_deref().or(flow.map(|flow| flow.token_url)).filter(|url| !url.is_empty())
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCredentials([redacted])")
    }
}

/// Fetches tokens for one scheme.
pub(crate) struct TokenEndpoint {
    scheme: &'static str,
    url: Url,
    credentials: ClientCredentials,
    scope: String,
    audience: Option<String>,
    client_auth: ClientAuth,
    net: Arc<Net>,
    redactor: Redactor,
}

/// Why a try for a token failed, and whether another may fare better.
struct Refusal {
    problem: AuthProblem,
    outcome: Outcome,
    told: Option<Duration>,
}

impl TokenEndpoint {
    pub(crate) fn new(
        scheme: &'static str,
        url: Url,
        credentials: ClientCredentials,
        flow: Option<&ClientCredentialsFlow>,
        net: Arc<Net>,
    ) -> Self {
        let scope = match &credentials.scopes {
            Some(scopes) => scopes.join(" "),
            None => flow.map(|flow| flow.scopes.join(" ")).unwrap_or_default(),
        };
        let audience = credentials.audience.clone().or(flow.and_then(|flow| flow.audience).map(str::to_owned));
        let client_auth = credentials.client_auth.or(flow.map(|flow| flow.client_auth)).unwrap_or(ClientAuth::Form);
        let redactor = Redactor::new(vec![credentials.client_secret.clone()]);
        Self { scheme, url, credentials, scope, audience, client_auth, net, redactor }
    }

    /// RFC 6749, section 4.4.2.
    fn request(&self) -> Result<Outgoing, AuthProblem> {
        let id = &self.credentials.client_id;
        let secret = self.credentials.client_secret.expose_secret();
        let mut fields = vec![("grant_type", "client_credentials")];
        let mut headers = HeaderMap::new();
        match self.client_auth {
            ClientAuth::Form => fields.extend([("client_id", id.as_str()), ("client_secret", secret)]),
            ClientAuth::Basic => {
                headers.insert(AUTHORIZATION, basic(id, secret, self.scheme)?);
            }
        }
        fields.extend(self.audience.as_deref().map(|audience| ("audience", audience)));
        fields.extend((!self.scope.is_empty()).then_some(("scope", self.scope.as_str())));
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode_form(value))).collect();

        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.net.user_agent.clone());
        let body = Some(Body::from(form.join("&")));
        Ok(Outgoing { method: Method::POST, url: self.url.clone(), headers, body })
    }

    /// Asking for a token twice does no harm, so it is tried again as a repeatable operation is.
    async fn fetch_token(&self) -> Result<Issued, AuthProblem> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let refusal = match self.try_once().await {
                Ok(issued) => return Ok(issued),
                Err(refusal) => *refusal,
            };
            let pause = self.net.retry.pause(attempts, refusal.told, self.net.environment.random());
            match pause.filter(|_| refusal.outcome.may_repeat(true)) {
                Some(pause) => self.net.environment.sleep(pause).await,
                None => return Err(refusal.problem),
            }
        }
    }

    async fn try_once(&self) -> Result<Issued, Box<Refusal>> {
        let outgoing = self.request().map_err(|problem| {
            Box::new(Refusal { problem, outcome: Outcome::Failed(TransportErrorKind::RequestBody), told: None })
        })?;
        let limit = self.net.timeouts.attempt;
        let raw = self.net.fetch(outgoing, limit, LARGEST_ANSWER).await.map_err(|fault| self.unreachable(fault))?;
        if !raw.status().is_success() {
            return Err(self.refused(&raw));
        }
        read(&raw).map_err(|message| {
            let problem = AuthProblem::TokenUnreadable { scheme: self.scheme, message };
            Box::new(Refusal { problem, outcome: Outcome::Answer(StatusCode::OK), told: None })
        })
    }

    fn unreachable(&self, fault: Fault) -> Box<Refusal> {
        let (outcome, message) = (Outcome::Failed(fault.kind), fault.to_string());
        let Fault { kind, source, .. } = fault;
        let source = source.map(Arc::from);
        let problem = AuthProblem::TokenUnreachable { scheme: self.scheme, kind, message, source };
        Box::new(Refusal { problem, outcome, told: None })
    }

    fn refused(&self, raw: &RawResponse) -> Box<Refusal> {
        let message = find_message(raw).map(|message| cut(&self.redactor.clean(&message), 200).into_owned());
        let problem = AuthProblem::TokenRefused { scheme: self.scheme, status: raw.status(), message };
        let told = told_pause(raw.status(), raw.headers(), self.net.environment.system_time());
        Box::new(Refusal { problem, outcome: Outcome::Answer(raw.status()), told })
    }
}

impl Fetch for TokenEndpoint {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, AuthProblem>> {
        Box::pin(self.fetch_token())
    }
}

/// RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
fn basic(id: &str, secret: &str, scheme: &'static str) -> Result<HeaderValue, AuthProblem> {
    let joined = SecretString::from(format!("{}:{}", encode_form(id), encode_form(secret)));
    let encoded = SecretString::from(format!("Basic {}", STANDARD.encode(joined.expose_secret())));
    let mut value = HeaderValue::from_str(encoded.expose_secret()).map_err(|_| AuthProblem::Unsendable { scheme })?;
    value.set_sensitive(true);
    Ok(value)
}

/// RFC 6749, section 5.1. Some vendors write `expires_in` as a string.
fn read(raw: &RawResponse) -> Result<Issued, String> {
    // What cannot be read is not shown: it may hold a token.
    let answer: Value = serde_json::from_slice(raw.body()).map_err(|_| "the answer is not JSON".to_owned())?;
    let token = answer.get("access_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| "the answer holds no access_token".to_owned())?;
    let seconds =
        answer.get("expires_in").and_then(|value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()));
    let lifetime = seconds.map(|seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default());
    Ok(Issued::new(token).expires_in(lifetime.unwrap_or(DEFAULT_TOKEN_LIFETIME)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(answer: &'static str) -> Result<Duration, String> {
        let raw = RawResponse::new(StatusCode::OK, HeaderMap::new(), answer);
        read(&raw).map(|issued| issued.expires_in.unwrap())
    }

    #[test]
    fn lifetimes_in_their_forms() {
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":900}"#), Ok(Duration::from_secs(900)));
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":"900"}"#), Ok(Duration::from_secs(900)));
        assert_eq!(lifetime(r#"{"access_token":"t","expires_in":-1}"#), Ok(Duration::ZERO));
        assert_eq!(lifetime(r#"{"access_token":"t"}"#), Ok(DEFAULT_TOKEN_LIFETIME));
    }

    #[test]
    fn an_answer_without_a_token_is_not_shown() {
        assert_eq!(lifetime("<html>t0ken"), Err("the answer is not JSON".to_owned()));
        assert_eq!(lifetime(r#"{"token":"t0ken"}"#), Err("the answer holds no access_token".to_owned()));
    }

    #[test]
    fn basic_encodes_both_halves() {
        let value = basic("a:b", "c d", "oauth").unwrap();
        assert!(value.is_sensitive());
        assert_eq!(value.to_str().unwrap(), format!("Basic {}", STANDARD.encode("a%3Ab:c+d")));
    }
}
