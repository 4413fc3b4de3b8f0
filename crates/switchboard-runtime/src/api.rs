//! What a generated crate knows about its API before any call is made: plain static data, built by generated code as
//! `static`s, with const setters for what differs from the usual, and only ever read here. Keeping it data, not code, is what keeps generated crates cheap to compile.

use std::time::Duration;

use crate::form_part::FormPart;
use crate::parameter::Parameter;

/// One API, as its OpenAPI document describes it.
#[derive(Debug)]
pub struct Api {
    /// The name of the generated crate; the first half of the default `User-Agent`.
    pub(crate) name: &'static str,
    /// The version of the generated crate; the second half of the default `User-Agent`.
    pub(crate) version: &'static str,
    /// The document's servers (OpenAPI 3.0, section 4.7.5), in its order; the first is the default.
    pub(crate) servers: &'static [ServerTemplate],
    /// The document's security schemes (OpenAPI 3.0, section 4.7.27).
    pub(crate) schemes: &'static [SecurityScheme],
    /// The limit that the vendor publishes, if any. `None` sends as fast as the caller calls.
    pub(crate) rate_limit: Option<RateLimit>,
    /// By which methods of the builder the credential for a scheme is given.
    pub(crate) setters: &'static [Setter],
    /// The alternatives of all operations, each once, but for those without a credential.
    pub(crate) security: &'static [&'static [Requirement]],
    /// Whether some operation needs no credential. If not, a client that can meet none of the alternatives can make no call.
    pub(crate) anonymous: bool,
}

impl Api {
    /// An API of a crate, by the crate's name and version, without servers, security schemes and limits.
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            servers: &[],
            schemes: &[],
            rate_limit: None,
            setters: &[],
            security: &[],
            anonymous: false,
        }
    }

    /// The same with servers, the first of them the default.
    #[must_use]
    pub const fn servers(self, servers: &'static [ServerTemplate]) -> Self {
        Self { servers, ..self }
    }

    /// The same with security schemes.
    #[must_use]
    pub const fn schemes(self, schemes: &'static [SecurityScheme]) -> Self {
        Self { schemes, ..self }
    }

    /// The same with the limit that the vendor publishes.
    #[must_use]
    pub const fn rate_limit(self, limit: RateLimit) -> Self {
        Self { rate_limit: Some(limit), ..self }
    }

    /// The same with the methods by which credentials are given, which errors name.
    #[must_use]
    pub const fn setters(self, setters: &'static [Setter]) -> Self {
        Self { setters, ..self }
    }

    /// The same with the combinations of credentials that its operations ask for, each once.
    #[must_use]
    pub const fn security(self, security: &'static [&'static [Requirement]]) -> Self {
        Self { security, ..self }
    }

    /// The same, where some operation needs no credential.
    #[must_use]
    pub const fn anonymous(self) -> Self {
        Self { anonymous: true, ..self }
    }
}

/// A server's URL with its variables still open (OpenAPI 3.0, section 4.7.5).
#[derive(Debug)]
pub struct ServerTemplate {
    /// The URL, for example `https://{account}.example.com/api/3`.
    pub(crate) url: &'static str,
    /// The variables of `url`.
    pub(crate) variables: &'static [ServerVariable],
}

impl ServerTemplate {
    /// A server by its URL, which names its variables in braces.
    pub const fn new(url: &'static str) -> Self {
        Self { url, variables: &[] }
    }

    /// The same with the variables of its URL.
    #[must_use]
    pub const fn variables(self, variables: &'static [ServerVariable]) -> Self {
        Self { variables, ..self }
    }
}

/// One variable of a server's URL (OpenAPI 3.0, section 4.7.6).
#[derive(Debug)]
pub struct ServerVariable {
    /// The name between the braces.
    pub(crate) name: &'static str,
    /// What is used when the caller gives no value; none where the caller must give one. It may be empty.
    pub(crate) default: Option<&'static str>,
    /// The values allowed; empty allows any.
    pub(crate) values: &'static [&'static str],
}

impl ServerVariable {
    /// A variable to which the caller must give a value.
    pub const fn new(name: &'static str) -> Self {
        Self { name, default: None, values: &[] }
    }

    /// The same with what is used when the caller gives no value.
    #[must_use]
    pub const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// The same with the values that are allowed.
    #[must_use]
    pub const fn values(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }
}

/// A way to prove who is calling (OpenAPI 3.0, section 4.7.27).
#[derive(Debug)]
pub struct SecurityScheme {
    /// The key in `components.securitySchemes`.
    pub(crate) name: &'static str,
    /// What has to be sent.
    pub(crate) kind: SchemeKind,
}

impl SecurityScheme {
    const fn of(name: &'static str, kind: SchemeKind) -> Self {
        Self { name, kind }
    }

    /// `type: apiKey`: the value as it is, in one named place.
    pub const fn api_key(name: &'static str, location: ApiKeyLocation, key: &'static str) -> Self {
        Self::of(name, SchemeKind::ApiKey { location, name: key })
    }

    /// `type: http`, `scheme: basic` (RFC 7617).
    pub const fn basic(name: &'static str) -> Self {
        Self::of(name, SchemeKind::Basic)
    }

    /// `type: http`, `scheme: bearer` (RFC 6750).
    pub const fn bearer(name: &'static str) -> Self {
        Self::of(name, SchemeKind::Bearer)
    }

    /// `type: http` with any other scheme, as the document spells it.
    pub const fn http(name: &'static str, scheme: &'static str) -> Self {
        Self::of(name, SchemeKind::HttpOther { scheme })
    }

    /// `type: oauth2` of which no flow works without a person present.
    pub const fn oauth2(name: &'static str) -> Self {
        Self::of(name, SchemeKind::OAuth2 { client_credentials: None })
    }

    /// `type: oauth2` with the flow that works without a person present (RFC 6749, section 4.4).
    pub const fn client_credentials(name: &'static str, flow: ClientCredentialsFlow) -> Self {
        Self::of(name, SchemeKind::OAuth2 { client_credentials: Some(flow) })
    }

    /// `type: openIdConnect`.
    pub const fn open_id_connect(name: &'static str) -> Self {
        Self::of(name, SchemeKind::OpenIdConnect)
    }

    /// `type: mutualTLS`.
    pub const fn mutual_tls(name: &'static str) -> Self {
        Self::of(name, SchemeKind::MutualTls)
    }
}

/// How the credential for a scheme is given.
#[derive(Debug)]
pub struct Setter {
    /// The [`SecurityScheme::name`].
    pub(crate) scheme: &'static str,
    /// The builder's methods, any of which will do.
    pub(crate) methods: &'static [&'static str],
}

impl Setter {
    /// The methods of the builder that take the credential for a scheme.
    pub const fn new(scheme: &'static str, methods: &'static [&'static str]) -> Self {
        Self { scheme, methods }
    }
}

/// What a security scheme puts on the wire.
#[derive(Debug)]
pub(crate) enum SchemeKind {
    /// `type: apiKey`: the value as it is, in one named place.
    ApiKey {
        /// Where the key goes.
        location: ApiKeyLocation,
        /// The header's, query parameter's or cookie's name.
        name: &'static str,
    },
    /// `type: http`, `scheme: basic` (RFC 7617).
    Basic,
    /// `type: http`, `scheme: bearer` (RFC 6750).
    Bearer,
    /// `type: http` with any other scheme: `Authorization: <scheme> <value>`, the value sent verbatim.
    HttpOther {
        /// The scheme's name as the document spells it.
        scheme: &'static str,
    },
    /// `type: oauth2`. Without a client credentials flow only a ready token can be given.
    OAuth2 {
        /// The flow that works without a person present (RFC 6749, section 4.4).
        client_credentials: Option<ClientCredentialsFlow>,
    },
    /// `type: openIdConnect`: sent as a bearer token.
    OpenIdConnect,
    /// `type: mutualTLS`: nothing is sent; the caller's own HTTP client presents the certificate.
    MutualTls,
}

/// Where an API key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKeyLocation {
    /// A request header.
    Header,
    /// A pair of the query.
    Query,
    /// A pair of the `Cookie` header.
    Cookie,
}

/// OAuth 2.0 client credentials (RFC 6749, section 4.4).
#[derive(Debug)]
pub struct ClientCredentialsFlow {
    /// Where tokens are had; absolute, or relative to the server.
    pub(crate) token_url: &'static str,
    /// The `audience` field, which some vendors ask for beyond the RFC.
    pub(crate) audience: Option<&'static str>,
    /// How the client shows who it is.
    pub(crate) client_auth: ClientAuth,
}

impl ClientCredentialsFlow {
    /// A flow whose client shows who it is by form fields.
    pub const fn new(token_url: &'static str) -> Self {
        Self { token_url, audience: None, client_auth: ClientAuth::Form }
    }

    /// The same with an `audience`.
    #[must_use]
    pub const fn audience(self, audience: &'static str) -> Self {
        Self { audience: Some(audience), ..self }
    }

    /// The same with another way to show who the client is.
    #[must_use]
    pub const fn client_auth(self, client_auth: ClientAuth) -> Self {
        Self { client_auth, ..self }
    }
}

/// How an OAuth client authenticates at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `client_id` and `client_secret` as form fields.
    Form,
    /// HTTP Basic.
    Basic,
}

/// So many requests in any stretch of time of so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests may start.
    pub(crate) requests: u32,
    /// In what stretch of time.
    pub(crate) per: Duration,
}

impl RateLimit {
    /// So many requests in so long.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }

    /// How many requests may start.
    pub const fn requests(&self) -> u32 {
        self.requests
    }

    /// In what stretch of time.
    pub const fn per(&self) -> Duration {
        self.per
    }
}

/// One operation of the document (OpenAPI 3.0, section 4.7.10).
#[derive(Debug)]
pub struct Operation {
    /// The `operationId`.
    pub(crate) id: &'static str,
    /// The HTTP method.
    pub(crate) method: HttpMethod,
    /// The path template as in the document, for example `/connections/{id}`.
    pub(crate) path: &'static str,
    /// Alternatives, each of them a combination. Empty sends no credentials; an empty combination allows a call
    /// without any.
    pub(crate) security: &'static [&'static [Requirement]],
    /// Servers of this operation alone. Empty means those of the [`Api`].
    pub(crate) servers: &'static [ServerTemplate],
    /// The value of `Accept`; empty sends the HTTP client's own `*/*`.
    pub(crate) accept: &'static str,
    /// Sending the request twice does no more than sending it once.
    pub(crate) repeatable: bool,
    /// The parameters, in the document's order.
    pub(crate) parameters: &'static [Parameter],
    /// The media type of a body of several parts; empty for that of forms.
    pub(crate) form_type: &'static str,
    /// The parts of a form that the document names, in its order.
    pub(crate) form_parts: &'static [FormPart],
}

impl Operation {
    /// An operation without credentials and servers of its own, repeatable where its method is idempotent (RFC 9110,
    /// section 9.2.2).
    pub const fn new(id: &'static str, method: HttpMethod, path: &'static str) -> Self {
        let repeatable = method.is_idempotent();
        Self {
            id,
            method,
            path,
            security: &[],
            servers: &[],
            accept: "",
            repeatable,
            parameters: &[],
            form_type: "",
            form_parts: &[],
        }
    }

    /// The same with its parameters, in the order in which they stand on the wire.
    #[must_use]
    pub const fn parameters(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    /// The same with the parts of its form, in the order in which they stand on the wire.
    #[must_use]
    pub const fn form_parts(self, parts: &'static [FormPart]) -> Self {
        Self { form_parts: parts, ..self }
    }

    /// The same with the media type of its body of several parts, where that is no form.
    #[must_use]
    pub const fn form_type(self, media_type: &'static str) -> Self {
        Self { form_type: media_type, ..self }
    }

    /// The same with what it needs of credentials.
    #[must_use]
    pub const fn security(self, security: &'static [&'static [Requirement]]) -> Self {
        Self { security, ..self }
    }

    /// The same with servers of its own.
    #[must_use]
    pub const fn servers(self, servers: &'static [ServerTemplate]) -> Self {
        Self { servers, ..self }
    }

    /// The same with a value of `Accept`.
    #[must_use]
    pub const fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    /// The same, where the document knows better than the method whether it may be sent twice.
    #[must_use]
    pub const fn repeatable(self, repeatable: bool) -> Self {
        Self { repeatable, ..self }
    }

    /// The `operationId`.
    pub const fn id(&self) -> &'static str {
        self.id
    }
}

/// One scheme that a combination asks for (OpenAPI 3.0, section 4.7.30).
#[derive(Debug)]
pub struct Requirement {
    /// The [`SecurityScheme::name`].
    pub(crate) scheme: &'static str,
}

impl Requirement {
    /// A scheme by its name.
    pub const fn new(scheme: &'static str) -> Self {
        Self { scheme }
    }
}

/// The methods that a path item can have (OpenAPI 3.2, section 4.9), usable in a `static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HttpMethod {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `TRACE`
    Trace,
    /// `QUERY`: safe as `GET`, with a body (draft-ietf-httpbis-safe-method-w-body)
    Query,
    /// Any other, spelled as it is sent, for methods are told apart by case (RFC 9110, section 9.1). A call of what is no
    /// method fails before anything is sent.
    Other(&'static str),
}

impl HttpMethod {
    /// The name as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
            Self::Other(name) => name,
        }
    }

    /// Whether sending it twice does no more than sending it once (RFC 9110, section 9.2.2). Of methods that are not known
    /// here nothing is known.
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch | Self::Other(_))
    }
}

impl TryFrom<HttpMethod> for http::Method {
    type Error = http::method::InvalidMethod;

    fn try_from(method: HttpMethod) -> Result<Self, Self::Error> {
        Ok(match method {
            HttpMethod::Get => Self::GET,
            HttpMethod::Put => Self::PUT,
            HttpMethod::Post => Self::POST,
            HttpMethod::Delete => Self::DELETE,
            HttpMethod::Options => Self::OPTIONS,
            HttpMethod::Head => Self::HEAD,
            HttpMethod::Patch => Self::PATCH,
            HttpMethod::Trace => Self::TRACE,
            HttpMethod::Query | HttpMethod::Other(_) => Self::from_bytes(method.as_str().as_bytes())?,
        })
    }
}
