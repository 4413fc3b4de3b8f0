//! Making a client. Whatever can be wrong with how it is set up is said here, once, and not by the first call.

pub(crate) mod error;
#[cfg(feature = "transport")]
mod tcp;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::secret::SecretString;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use self::error::BuildError;
use crate::api::{Api, ClientCredentialsFlow, RateLimit, SchemeKind, SecurityScheme, ServerTemplate};
use crate::auth::{
    ClientCredentials, Credential, CredentialSource, Credentials, FromSource, Held, TokenCache, TokenEndpoint,
    header_of,
};
use crate::client::Client;
use crate::engine::{Concurrency, Engine, Servers};
use crate::environment::{Environment, SystemEnvironment};
use crate::error::{Insecure, wanted};
use crate::exchange::Net;
use crate::observe::{Observer, OnRepair, Repaired};
use crate::owned::{is_owned_by_transport, is_padded, unpadded};
use crate::rate_limit::RateLimiter;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::server;
use crate::timeouts::Timeouts;
use crate::transport::Transport;

/// The longest body that is read into memory unless the client says otherwise: 64 MiB.
pub const DEFAULT_MAX_BODY: u64 = 64 << 20;

/// Headers that every call carries.
#[derive(Default)]
struct OwnHeaders {
    map: HeaderMap,
    secrets: Vec<SecretString>,
    /// Why one cannot be sent.
    problem: Option<BuildError>,
}

impl OwnHeaders {
    fn set(&mut self, name: &str, value: SecretString, sensitive: bool) {
        let parsed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value.expose_secret()));
        let problem = match parsed {
            (Ok(name), Ok(_)) if is_owned_by_transport(&name) => {
                BuildError::HeaderNotFree { name: name.as_str().to_owned() }
            }
            (Ok(name), Ok(mut parsed)) if !is_padded(&parsed) => {
                parsed.set_sensitive(sensitive);
                self.map.insert(name, parsed);
                if sensitive {
                    self.secrets.push(value);
                }
                return;
            }
            _ => BuildError::HeaderUnsendable { name: name.to_owned() },
        };
        self.problem.get_or_insert(problem);
    }
}

/// Makes a [`Client`].
#[must_use]
pub struct ClientBuilder {
    api: &'static Api,
    base_url: Option<String>,
    server: Option<(usize, Vec<(&'static str, String)>)>,
    credentials: Vec<(&'static str, Credential)>,
    headers: OwnHeaders,
    insecure_http: bool,
    no_credential: bool,
    timeouts: Timeouts,
    retry: RetryPolicy,
    limiter: Option<RateLimiter>,
    concurrency: Option<usize>,
    user_agent: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    #[cfg(feature = "transport")]
    tcp: crate::transport::settings::Settings,
    max_body: u64,
    strict: bool,
    environment: Arc<dyn Environment>,
    observer: Option<Arc<dyn Observer>>,
    on_repair: Option<OnRepair>,
}

impl Client {
    /// Begins a client.
    pub fn builder(api: &'static Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }
}

impl ClientBuilder {
    /// A client for an API, with its defaults.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            server: None,
            credentials: Vec::new(),
            headers: OwnHeaders::default(),
            insecure_http: false,
            no_credential: false,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            limiter: api.rate_limit.map(RateLimiter::new),
            concurrency: None,
            user_agent: None,
            transport: None,
            #[cfg(feature = "transport")]
            tcp: crate::transport::settings::Settings::default(),
            max_body: DEFAULT_MAX_BODY,
            strict: false,
            environment: Arc::new(SystemEnvironment),
            observer: None,
            on_repair: None,
        }
    }

    /// Sends every call to this URL, whatever servers the document names.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Uses one of the document's servers, counted from 0, with values for its variables.
    pub fn server(mut self, index: usize, variables: Vec<(&'static str, String)>) -> Self {
        self.server = Some((index, variables));
        self
    }

    /// The credential for a security scheme. The last one for a scheme is used.
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.credentials.push((scheme, credential));
        self
    }

    /// A header that every call carries, unless the call has one of the same name. It goes to the servers that the client
    /// calls; a redirect to another origin does not take it along. For what nobody may see there is
    /// [`sensitive_header`](Self::sensitive_header).
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.set(name, SecretString::from(value.into()), false);
        self
    }

    /// A [`header`](Self::header) whose value is a secret: a key that the document does not speak of. It shows nowhere, is
    /// looked for in what the server says as credentials are, and does not go over plain http to another machine. One that
    /// is sent where a security scheme's credential would be, such as `Authorization`, stands for that credential.
    pub fn sensitive_header(mut self, name: &str, value: impl Into<SecretString>) -> Self {
        self.headers.set(name, value.into(), true);
        self
    }

    /// Whether credentials may go over plain http to another machine than this one, where anybody on the way can read
    /// them. Unless this is set that is an error: of [`build`](Self::build), where the base URL or the token URL is such,
    /// else of the call. For networks that are secured by other means, such as those of containers.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.insecure_http = allow;
        self
    }

    /// Whether the client may have no credential although every operation needs one, which is an error of
    /// [`build`](Self::build) unless this is set: for programs whose calls each bring their own, by
    /// [`CallOptions::header`](crate::CallOptions::header) and [`query`](crate::CallOptions::query). A call that brings none is
    /// an error before anything is sent.
    pub fn allow_no_credential(mut self, allow: bool) -> Self {
        self.no_credential = allow;
        self
    }

    /// All time limits at once.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How long a call may take in all, pauses and repeats included; `None` for as long as it takes.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.whole = limit.into();
        self
    }

    /// How long one attempt may take; `None` for as long as it takes.
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.attempt = limit.into();
        self
    }

    /// How long opening a connection may take; `None` for as long as it takes.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.connect = limit.into();
        self
    }

    /// How long a streamed answer may be silent, one of events as well; `None` for as long as it likes. Unless this is
    /// set, streams of events may, and others for 60 seconds.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts = self.timeouts.idle(limit);
        self
    }

    /// When and how often calls are tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many requests may start in a stretch of time, in place of the API's own limit; `None` for no limit. Those that
    /// are too many wait for their turn, in the order of asking. A call whose turn would come only after its
    /// [`timeout`](Self::timeout) fails at once, with
    /// [`TransportErrorKind::RateLimit`](crate::TransportErrorKind::RateLimit).
    pub fn rate_limit(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.limiter = limit.into().map(RateLimiter::new);
        self
    }

    /// A limit that is shared with other clients, in place of one of its own: for clients of one account, whose requests the
    /// vendor counts together. What one of them is told to wait, all of them wait.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use switchboard_runtime::{RateLimit, RateLimiter};
    /// # use switchboard_runtime::codegen::v1::{Api, Client};
    /// # static API: Api = Api::new("example", "1");
    ///
    /// let limiter = RateLimiter::new(RateLimit::new(5, Duration::from_secs(1)));
    /// let contacts = Client::builder(&API).rate_limiter(limiter.clone());
    /// let deals = Client::builder(&API).rate_limiter(limiter);
    /// # let _ = (contacts, deals);
    /// ```
    pub fn rate_limiter(mut self, limiter: RateLimiter) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// How many requests may be under way at once; `None` for any number. The others wait, and fail with
    /// [`TransportErrorKind::Concurrency`](crate::TransportErrorKind::Concurrency) if they do until their
    /// [`timeout`](Self::timeout).
    pub fn concurrency(mut self, limit: impl Into<Option<usize>>) -> Self {
        self.concurrency = limit.into();
        self
    }

    /// Another `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Another way for requests to go out, in place of HTTP over TCP. What says how that is done, such as certificates and
    /// proxies, is then without effect, and so is the connect timeout.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The longest body, in bytes and unpacked, that is read into memory. Streamed answers have no limit.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Whether an answer that does not keep to the document is an error, even where a reasonable value exists. Unless
    /// this is set, a required property that is missing or null takes the empty value of its type, and texts, numbers
    /// and booleans that say the same are taken for one another; [`ResponseValue::repairs`](crate::ResponseValue::repairs)
    /// tells where. Unknown enum values and properties are no faults in either case, unless a property reports an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Another source of time, pauses and randomness.
    pub fn environment(mut self, environment: Arc<dyn Environment>) -> Self {
        self.environment = environment;
        self
    }

    /// Someone to be told of every attempt.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Someone to be told of what had to be made good in any answer: of each answer once, of each page of a list that is
    /// read as a stream, and of each event and line. Called while the answer is read, so it should be quick. Never called
    /// where the client is [strict](Self::strict).
    ///
    /// ```
    /// # use switchboard_runtime::codegen::v1::{Api, Client};
    /// # static API: Api = Api::new("example", "1");
    /// let client = Client::builder(&API).base_url("https://api.example.com").on_repair(|told| {
    ///     for repair in told.repairs {
    ///         eprintln!("{}: {repair}", told.operation); // listConnections: connections[3].name: is missing
    ///     }
    /// });
    /// # let _ = client;
    /// ```
    pub fn on_repair(mut self, hook: impl Fn(&Repaired<'_>) + Send + Sync + 'static) -> Self {
        self.on_repair = Some(Arc::new(hook));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if anything that was set cannot be, or cannot go together.
    pub fn build(mut self) -> Result<Client, BuildError> {
        self.check_limits()?;
        if let Some(problem) = self.headers.problem.take() {
            return Err(problem);
        }
        let user_agent = self.effective_user_agent()?;
        let servers = self.servers()?;
        let (transport, presents_certificates) = self.effective_transport(servers.base.as_deref())?;
        let net = Arc::new(Net {
            transport,
            environment: Arc::clone(&self.environment),
            retry: self.retry,
            timeouts: self.timeouts,
            user_agent,
        });
        let credentials = self.hold(&net, servers.base.as_deref(), presents_certificates)?;
        self.check_credentials(&credentials, servers.base.as_deref())?;
        Ok(Client::new(Engine {
            api: self.api,
            net,
            servers,
            credentials,
            headers: self.headers.map,
            insecure_http: self.insecure_http,
            budget: RetryBudget::default(),
            limiter: self.limiter,
            concurrency: self.concurrency.map(Concurrency::new),
            max_body: self.max_body,
            strict: self.strict,
            observer: self.observer,
            on_repair: self.on_repair,
        }))
    }

    fn check_limits(&self) -> Result<(), BuildError> {
        match () {
            () if self.concurrency == Some(0) => Err(BuildError::ZeroLimit("concurrency limit")),
            () if self.limiter.as_ref().is_some_and(|limiter| limiter.limit().requests == 0) => {
                Err(BuildError::ZeroLimit("rate limit"))
            }
            () if self.retry.max_attempts == 0 => Err(BuildError::ZeroLimit("number of attempts")),
            () => Ok(()),
        }
    }

    fn effective_user_agent(&self) -> Result<HeaderValue, BuildError> {
        let default = || format!("{}/{} switchboard/{}", self.api.name, self.api.version, env!("CARGO_PKG_VERSION"));
        let text = self.user_agent.clone().unwrap_or_else(default);
        HeaderValue::from_str(&text).map_err(|_| BuildError::UserAgent)
    }

    fn servers(&self) -> Result<Servers, BuildError> {
        let variables = self.server.as_ref().map(|(_, variables)| variables.clone()).unwrap_or_default();
        let base = match (&self.base_url, &self.server) {
            (Some(text), _) => Some(server::parse(text, None)?),
            (None, Some((index, _))) => {
                let count = self.api.servers.len();
                let unknown = BuildError::UnknownServer { index: *index, count };
                let template = self.api.servers.get(*index).ok_or(unknown)?;
                server::check_names(template, &variables)?;
                Some(from_template(template, &variables)?)
            }
            // An API without servers may have operations that name their own.
            (None, None) => match self.api.servers.first() {
                Some(template) => Some(from_template(template, &variables)?),
                None => None,
            },
        };
        Ok(Servers { base: base.map(Arc::new), fixed: self.base_url.is_some(), variables })
    }

    /// The transport, and whether it may present a certificate of the client's: one of the caller's own may.
    fn effective_transport(&mut self, base: Option<&Url>) -> Result<(Arc<dyn Transport>, bool), BuildError> {
        if let Some(transport) = self.transport.take() {
            return Ok((transport, true));
        }
        #[cfg(feature = "transport")]
        {
            let tcp = std::mem::take(&mut self.tcp);
            let presents_certificates = tcp.may_present_certificates();
            Ok((Arc::new(tcp.build(self.timeouts.connect, base)?), presents_certificates))
        }
        #[cfg(not(feature = "transport"))]
        {
            let _ = base;
            Err(BuildError::NoTransport)
        }
    }

    fn hold(
        &mut self,
        net: &Arc<Net>,
        base: Option<&Url>,
        presents_certificates: bool,
    ) -> Result<Credentials, BuildError> {
        let mut held = Credentials::default();
        held.set_by(self.api.setters);
        for (name, credential) in std::mem::take(&mut self.credentials) {
            let scheme = self.api.schemes.iter().find(|scheme| scheme.name == name);
            let scheme =
                scheme.ok_or_else(|| BuildError::UnknownScheme { scheme: name, known: self.known_schemes() })?;
            held.hold(scheme.name, accept(scheme, credential, net, base, self.insecure_http)?);
        }
        let given: Vec<_> = held.schemes().collect();
        for scheme in self.api.schemes.iter().filter(|scheme| !given.contains(&scheme.name)) {
            let by_certificate = presents_certificates && matches!(scheme.kind, SchemeKind::MutualTls);
            if by_certificate || header_of(&scheme.kind).is_some_and(|name| self.headers.map.contains_key(name)) {
                held.hold(scheme.name, Held::Elsewhere);
            }
        }
        if !self.headers.secrets.is_empty() {
            held.hold_headers(std::mem::take(&mut self.headers.secrets));
        }
        Ok(held)
    }

    /// Says at once what each call would say.
    fn check_credentials(&self, credentials: &Credentials, base: Option<&Url>) -> Result<(), BuildError> {
        let (needed, setters) = (self.api.security, self.api.setters);
        let may_lack = self.no_credential || self.api.anonymous || needed.is_empty();
        if !may_lack && !needed.iter().any(|combination| credentials.meet(combination)) {
            return Err(BuildError::NoCredential { wanted: wanted(needed, setters) });
        }
        match base.filter(|_| credentials.are_secret()) {
            Some(base) => Ok(check_secure(base, self.insecure_http)?),
            None => Ok(()),
        }
    }

    fn known_schemes(&self) -> String {
        self.api.schemes.iter().map(|scheme| scheme.name).collect::<Vec<_>>().join(", ")
    }
}

fn check_secure(url: &Url, allowed: bool) -> Result<(), Insecure> {
    match server::is_insecure(url) && !allowed {
        true => Err(Insecure(url.origin().ascii_serialization())),
        false => Ok(()),
    }
}

fn from_template(template: &ServerTemplate, variables: &[(&'static str, String)]) -> Result<Url, BuildError> {
    Ok(server::parse(&server::fill(template, variables)?, None)?)
}

/// Makes a credential ready for use, if it is of the kind that its scheme takes.
fn accept(
    scheme: &'static SecurityScheme,
    credential: Credential,
    net: &Arc<Net>,
    base: Option<&Url>,
    insecure_http: bool,
) -> Result<Held, BuildError> {
    let name = scheme.name;
    match (&scheme.kind, credential) {
        (SchemeKind::MutualTls, given) => Err(wrong_kind(scheme, &given)),
        (_, Credential::Source(source)) => Ok(from_source(name, source, net)),
        (SchemeKind::ApiKey { .. }, Credential::ApiKey(secret))
        | (SchemeKind::HttpOther { .. }, Credential::ApiKey(secret) | Credential::Bearer(secret))
        | (SchemeKind::Bearer | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect, Credential::Bearer(secret)) => {
            sendable(scheme, secret)
        }
        (SchemeKind::Basic, Credential::Basic { username, password }) => {
            // RFC 7617, section 2: the first colon ends the user name.
            if username.contains(':') || username.contains(char::is_control) {
                return Err(BuildError::CredentialUnsendable { scheme: name });
            }
            let secret = SecretString::from(format!("{username}:{}", password.expose_secret()));
            Ok(Held::fixed(scheme, secret))
        }
        (SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect, Credential::ClientCredentials(credentials)) => {
            let (url, flow) = token_url(scheme, &credentials, base)?;
            check_secure(&url, insecure_http)?;
            let endpoint = TokenEndpoint::new(name, url, credentials, flow, Arc::clone(net));
            Ok(Held::Fetched(Arc::new(TokenCache::new(Box::new(endpoint), Arc::clone(&net.environment)))))
        }
        (_, given) => Err(wrong_kind(scheme, &given)),
    }
}

fn sendable(scheme: &'static SecurityScheme, secret: SecretString) -> Result<Held, BuildError> {
    let text = secret.expose_secret();
    // What stands in a query is encoded; in a header it would arrive as another.
    let is_padded = unpadded(text) != text && header_of(&scheme.kind).is_some();
    if text.is_empty() || is_padded || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(BuildError::CredentialUnsendable { scheme: scheme.name });
    }
    Ok(Held::fixed(scheme, secret))
}

fn from_source(scheme: &'static str, source: Arc<dyn CredentialSource>, net: &Net) -> Held {
    let fetch = Box::new(FromSource { scheme, source });
    Held::Fetched(Arc::new(TokenCache::new(fetch, Arc::clone(&net.environment))))
}

/// Where tokens for a scheme are to be had, and what else its document says of that.
fn token_url(
    scheme: &'static SecurityScheme,
    credentials: &ClientCredentials,
    base: Option<&Url>,
) -> Result<(Url, Option<&'static ClientCredentialsFlow>), BuildError> {
    let name = scheme.name;
    let flow = match &scheme.kind {
        SchemeKind::OAuth2 { client_credentials } => client_credentials.as_ref(),
        _ => None,
    };
    let url = credentials.effective_token_url(flow).ok_or(BuildError::NoTokenUrl { scheme: name })?;
    let url = match (Url::parse(url), base) {
        (Ok(url), _) => Ok(url),
        (Err(_), Some(base)) => base.join(url),
        (Err(error), None) => Err(error),
    };
    let unusable = |reason: &str| BuildError::TokenUrl { scheme: name, reason: reason.to_owned() };
    let url = url.map_err(|error| unusable(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it must begin with http:// or https://, and hold no user name or password"));
    }
    Ok((url, flow))
}

fn wrong_kind(scheme: &'static SecurityScheme, given: &Credential) -> BuildError {
    let expected = match &scheme.kind {
        SchemeKind::ApiKey { .. } | SchemeKind::HttpOther { .. } => "an API key",
        SchemeKind::Basic => "a user name and password",
        SchemeKind::Bearer => "a bearer token",
        SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect => "a bearer token or client credentials",
        SchemeKind::MutualTls => "a certificate, set up in the HTTP client",
    };
    let given = match given {
        Credential::ApiKey(_) => "an API key",
        Credential::Bearer(_) => "a bearer token",
        Credential::Basic { .. } => "a user name and password",
        Credential::ClientCredentials(_) => "client credentials",
        Credential::Source(_) => "a credential source",
    };
    BuildError::CredentialKind { scheme: scheme.name, expected, given }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api.name)
            .field("server", &self.server.as_ref().map(|(index, _)| index))
            .field("credentials", &self.credentials)
            .field("headers", &self.headers.map.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
