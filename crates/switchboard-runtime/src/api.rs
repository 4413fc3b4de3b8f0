//! What a generated crate knows about its API before any call is made: plain static data, built by generated code as
//! `static`s and only ever read here. Keeping it data, not code, is what keeps generated crates cheap to compile.

use std::time::Duration;

/// One API, as its OpenAPI document describes it.
#[derive(Debug)]
pub struct Api {
    /// The name of the generated crate; the first half of the default `User-Agent`.
    pub name: &'static str,
    /// The version of the generated crate; the second half of the default `User-Agent`.
    pub version: &'static str,
    /// The document's servers (OpenAPI 3.0, section 4.7.5), in its order; the first is the default.
    pub servers: &'static [ServerTemplate],
    /// The document's security schemes (OpenAPI 3.0, section 4.7.27).
    pub schemes: &'static [SecurityScheme],
    /// The limit that the vendor publishes, if any. `None` sends as fast as the caller calls.
    pub rate_limit: Option<RateLimit>,
    /// Response headers that may carry the vendor's id for a request, most telling first. Empty means
    /// [`DEFAULT_REQUEST_ID_HEADERS`].
    pub request_id_headers: &'static [&'static str],
}

/// Where a request id is looked for when the API names no header of its own.
pub const DEFAULT_REQUEST_ID_HEADERS: &[&str] = &[
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-ms-request-id",
    "x-github-request-id",
    "x-trace-id",
    "cf-ray",
];

/// A server's URL with its variables still open (OpenAPI 3.0, section 4.7.5).
#[derive(Debug)]
pub struct ServerTemplate {
    /// The URL, for example `https://{account}.example.com/api/3`.
    pub url: &'static str,
    /// The document's description, or an empty string.
    pub description: &'static str,
    /// The variables of `url`.
    pub variables: &'static [ServerVariable],
}

/// One variable of a server's URL (OpenAPI 3.0, section 4.7.6).
#[derive(Debug)]
pub struct ServerVariable {
    /// The name between the braces.
    pub name: &'static str,
    /// What is used when the caller gives no value. An empty default means that the caller must give one.
    pub default: &'static str,
    /// The values allowed; empty allows any.
    pub values: &'static [&'static str],
}

/// A way to prove who is calling (OpenAPI 3.0, section 4.7.27).
#[derive(Debug)]
pub struct SecurityScheme {
    /// The key in `components.securitySchemes`.
    pub name: &'static str,
    /// What has to be sent.
    pub kind: SchemeKind,
}

/// What generated code knows of credentials beside the schemes themselves: what errors about a missing one need.
#[derive(Debug)]
pub struct CredentialFacts {
    /// By which methods of the builder the credential for a scheme is given.
    pub setters: &'static [Setter],
    /// The alternatives of all operations, each once. A client that can meet none of them can make no call. Empty if there
    /// is an operation that needs no credential.
    pub needed: &'static [&'static [Requirement]],
}

/// How the credential for a scheme is given.
#[derive(Debug)]
pub struct Setter {
    /// The [`SecurityScheme::name`].
    pub scheme: &'static str,
    /// The builder's methods, any of which will do.
    pub methods: &'static [&'static str],
}

/// What a security scheme puts on the wire.
#[derive(Debug)]
pub enum SchemeKind {
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
    pub token_url: &'static str,
    /// The scopes asked for unless the caller names others. Empty asks for none.
    pub scopes: &'static [&'static str],
    /// The `audience` field, which some vendors ask for beyond the RFC.
    pub audience: Option<&'static str>,
    /// How the client shows who it is.
    pub client_auth: ClientAuth,
}

/// How an OAuth client authenticates at the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub requests: u32,
    /// In what stretch of time.
    pub per: Duration,
}

/// One operation of the document (OpenAPI 3.0, section 4.7.10).
#[derive(Debug)]
pub struct Operation {
    /// The `operationId`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: HttpMethod,
    /// The path template as in the document, for example `/connections/{id}`.
    pub path: &'static str,
    /// Alternatives, each of them a combination. Empty sends no credentials; an empty combination allows a call
    /// without any.
    pub security: &'static [&'static [Requirement]],
    /// Servers of this operation alone. Empty means those of the [`Api`].
    pub servers: &'static [ServerTemplate],
    /// The value of `Accept`; empty sends the HTTP client's own `*/*`.
    pub accept: &'static str,
    /// Sending the request twice does no more than sending it once.
    pub repeatable: bool,
}

/// One scheme that a combination asks for (OpenAPI 3.0, section 4.7.30).
#[derive(Debug)]
pub struct Requirement {
    /// The [`SecurityScheme::name`].
    pub scheme: &'static str,
    /// The scopes that the operation needs, for OAuth 2.0 and OpenID Connect.
    pub scopes: &'static [&'static str],
}

/// The methods that a path item can have (OpenAPI 3.2, section 4.9), usable in a `static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
