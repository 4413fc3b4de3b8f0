//! What concerns an API as a whole: where it is, who may call it, how its crate is called.

use serde::{Deserialize, Serialize};

use super::parameter::Location;

/// The API as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// Package name of the generated crate.
    pub crate_name: String,
    /// `info.title`.
    pub title: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: String,
    /// The servers of the document's root; never empty (OpenAPI 3.0 section 4.7.1: the default is `/`).
    pub servers: Vec<Server>,
    /// `components.securitySchemes`.
    pub schemes: Vec<SecurityScheme>,
    /// `externalDocs`: the vendor's page about the API.
    pub external_docs: Option<ExternalDocs>,
    /// The vendor's published limit, from `x-switchboard-rate-limit`.
    pub rate_limit: Option<RateLimit>,
    /// `x-switchboard-crate`: what Cargo.toml says.
    pub manifest: Manifest,
}

impl Api {
    /// The crate's name in code.
    pub fn crate_ident(&self) -> String {
        self.crate_name.replace('-', "_")
    }
}

/// Facts for the generated `Cargo.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// One line for the registry.
    pub description: Option<String>,
    /// At most five keywords.
    pub keywords: Vec<String>,
    /// Registry categories.
    pub categories: Vec<String>,
}

/// So many requests in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In how many milliseconds.
    pub milliseconds: u64,
}

/// One entry of `servers`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The URL template.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// `x-switchboard-name`, or a name from the description or host.
    pub ident: String,
    /// The template's variables.
    pub variables: Vec<ServerVariable>,
}

impl Server {
    /// Its URL with the defaults of the variables that `are_left`, where these have any.
    pub fn by_defaults(&self, mut are_left: impl FnMut(&ServerVariable) -> bool) -> String {
        let left = self.variables.iter().filter(|variable| are_left(variable));
        left.fold(self.url.clone(), |url, variable| match &variable.default {
            Some(default) => url.replace(&format!("{{{}}}", variable.name), default),
            None => url,
        })
    }
}

/// One variable of a server's URL template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerVariable {
    /// Name as in the template.
    pub name: String,
    /// The same as a Rust identifier.
    pub ident: String,
    /// Value when the user gives none, which may be empty; none where the user has to give one.
    pub default: Option<String>,
    /// Allowed values; empty for any.
    pub values: Vec<String>,
    /// What it means.
    pub description: Option<String>,
}

impl ServerVariable {
    /// Whether the default only holds the place of a value that each user has their own of.
    pub fn is_placeholder(&self) -> bool {
        let plain = |text: &str| {
            text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase()
        };
        let holds_a_place = |text: &str| {
            let default = plain(text);
            // An empty one is a value, one of mere dashes is none.
            !text.is_empty()
                && (default.is_empty()
                    || default == plain(&self.name)
                    || default.starts_with("your")
                    || text.starts_with(['<', '{']))
        };
        self.values.is_empty() && self.default.as_deref().is_none_or(holds_a_place)
    }
}

/// One security scheme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityScheme {
    /// Key in `components.securitySchemes`.
    pub name: String,
    /// The client builder's method for it.
    pub ident: String,
    /// What it is for.
    pub description: Option<String>,
    /// `deprecated`: credentials of another scheme are preferred.
    pub deprecated: bool,
    /// What its tokens can be asked for, whatever the flow.
    pub scopes: Vec<Scope>,
    /// How it goes over the wire.
    pub kind: SchemeKind,
}

impl SecurityScheme {
    /// The client builder's methods by which its credential is given, any of which will do.
    pub fn setters(&self) -> Vec<String> {
        match &self.kind {
            // The generated builder has none of its own: the certificate is the transport's.
            SchemeKind::MutualTls => vec!["client_certificate".to_owned()],
            SchemeKind::OAuth2 { client_credentials: Some(_) } => {
                vec![self.ident.clone(), format!("{}_token", self.ident.trim_end_matches('_'))]
            }
            _ => vec![self.ident.clone()],
        }
    }
}

/// What a token may be good for (RFC 6749, section 3.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub description: Option<String>,
}

/// How a credential goes over the wire (OpenAPI 3.1, Security Scheme Object).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SchemeKind {
    /// A key in a header, query parameter or cookie.
    ApiKey {
        /// Where it is put.
        location: Location,
        /// Name of the header, query parameter or cookie.
        name: String,
    },
    /// HTTP Basic.
    Basic,
    /// HTTP Bearer.
    Bearer,
    /// Another HTTP authentication scheme.
    HttpOther {
        /// Its name, as sent.
        scheme: String,
    },
    /// OAuth 2; without a client credentials flow the user brings the access token.
    OAuth2 {
        /// The flow that the client can run by itself.
        client_credentials: Option<ClientCredentialsFlow>,
    },
    /// OpenID Connect: the user brings the token.
    OpenIdConnect,
    /// A client certificate: a matter of the transport.
    MutualTls,
}

/// OAuth 2 client credentials (RFC 6749 section 4.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientCredentialsFlow {
    /// Where tokens are asked for.
    pub token_url: String,
    /// The `audience` parameter some vendors demand.
    pub audience: Option<String>,
    /// Whether client id and secret go by HTTP Basic rather than in the form.
    pub basic_auth: bool,
}

/// The vendor's page about something (OpenAPI 3.0 section 4.7.11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExternalDocs {
    /// Where it is.
    pub url: String,
    /// What it tells.
    pub description: Option<String>,
}
