//! How HTTP over TCP is done: by whose HTTP client, by way of which proxy, trusting whom.

use std::time::Duration;

use url::Url;

use super::tcp::{Tcp, cause};
use crate::builder::{BuildError, ClientBuilder};
use crate::secret::SecretString;
use crate::server;
use crate::tls;

/// By way of which proxy calls go.
#[derive(Default)]
enum ProxyChoice {
    /// Those that the environment variables, and with the feature `system-proxy` the operating system, name.
    #[default]
    Environment,
    None,
    /// Its URL may hold a password.
    Url(SecretString),
}

/// A change to the HTTP client's own settings.
type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// What was said of it.
#[derive(Default)]
pub(crate) struct Settings {
    http: Option<reqwest::Client>,
    configure: Option<Configure>,
    trust: tls::Trust,
    proxy: ProxyChoice,
}

impl Settings {
    /// Whether the HTTP client may show a certificate of its own: without these there is none to show.
    pub(crate) fn may_present_certificates(&self) -> bool {
        self.http.is_some() || self.configure.is_some() || self.trust.client.is_some()
    }

    /// The HTTP client, which opens connections within the limit, to a server that is known beforehand or not.
    pub(crate) fn build(mut self, connect: Option<Duration>, base: Option<&Url>) -> Result<Tcp, BuildError> {
        match self.http.take() {
            // Its own limit is not to be seen from here.
            Some(http) => Ok(Tcp { http, connect_limit: None }),
            None => Ok(Tcp { http: self.client(connect, base)?, connect_limit: connect }),
        }
    }

    fn client(&mut self, connect: Option<Duration>, base: Option<&Url>) -> Result<reqwest::Client, BuildError> {
        // Load balancers commonly close connections that were idle for 60 seconds (Elastic Load Balancing's default).
        // One that is closed just as it is used again fails a call that may not be repeated, so ours closes first.
        let mut builder = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(50));
        // Bodies are unpacked by the transport, even where another crate has the HTTP client built with codings of its own.
        builder = builder.no_gzip().no_brotli().no_zstd().no_deflate();
        // What HTTP/2 refuses is sent again by the HTTP client. Where there is none of it that client would copy every
        // request for nothing: what else is sent again is for our own policy to say.
        #[cfg(not(feature = "http2"))]
        {
            builder = builder.retry(reqwest::retry::never());
        }
        if let Some(limit) = connect {
            builder = builder.connect_timeout(limit);
        }
        builder = match &self.proxy {
            ProxyChoice::Environment => builder,
            ProxyChoice::None => builder.no_proxy(),
            ProxyChoice::Url(url) => builder.proxy(to_proxy(url)?),
        };
        builder = tls::configure(builder, base, &self.trust)?;
        if let Some(configure) = self.configure.take() {
            builder = configure(builder);
        }
        // Redirects are followed by the transport, which knows what is a credential.
        builder.redirect(reqwest::redirect::Policy::none()).build().map_err(|error| BuildError::Http(cause(error)))
    }
}

fn to_proxy(url: &SecretString) -> Result<reqwest::Proxy, BuildError> {
    let url = url.expose_secret();
    let unusable = |reason: &str| BuildError::Proxy { url: server::shown(url), reason: reason.to_owned() };
    let parsed = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(unusable("it must begin with http:// or https://"));
    }
    reqwest::Proxy::all(parsed).map_err(|_| unusable("the HTTP client does not take it"))
}

impl ClientBuilder {
    /// An HTTP client of the caller's own. It keeps its own connect timeout, proxies, TLS and redirects.
    ///
    /// What it does by itself cannot be protected:
    ///
    /// - If it follows redirects it takes custom headers, API keys among them, and with 307 and 308 the body, a client's
    ///   secret among them, to wherever it is sent. Make it with `redirect::Policy::none()`: redirects are then followed
    ///   without taking credentials to other origins. A token that comes from another origin is not used in any case.
    /// - Its default headers go to every server that it is used for: to where redirects lead, to the token endpoint, over
    ///   plain http. They are not known here, so they are not looked for in what errors show. Set them with
    ///   [`header`](Self::header) or [`sensitive_header`](Self::sensitive_header) instead.
    #[cfg(any(test, feature = "reqwest-0-13"))]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.tcp.http = Some(client);
        self
    }

    /// Trusts the servers whose certificates these authorities have signed, beside those that the operating system
    /// trusts: one or more certificates in PEM (RFC 7468). May be called more than once. Without effect beside
    /// `http_client`.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tcp.trust.roots.push(pem.as_ref().to_vec());
        self
    }

    /// Shows this certificate to servers that ask who is calling (mutual TLS): the chain of certificates, the client's
    /// own first, and its private key, both in PEM (RFC 7468; the key in PKCS#8, PKCS#1 or SEC1). Without effect beside
    /// `http_client`.
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl Into<SecretString>) -> Self {
        self.tcp.trust.client = Some((chain.as_ref().to_vec(), key.into()));
        self
    }

    /// Sends every call by way of this proxy, in place of those that the environment variables name:
    /// `http://user:password@proxy.example.com:3128`. Without effect beside `http_client`.
    pub fn proxy(mut self, url: impl Into<SecretString>) -> Self {
        self.tcp.proxy = ProxyChoice::Url(url.into());
        self
    }

    /// Sends calls by way of no proxy, whatever the environment variables say. Without effect beside
    /// `http_client`.
    pub fn no_proxy(mut self) -> Self {
        self.tcp.proxy = ProxyChoice::None;
        self
    }

    /// Changes the settings of the HTTP client that would be made, such as its local address. Those of its TLS are made
    /// beforehand: beside [`root_certificates`](Self::root_certificates) and
    /// [`client_certificate`](Self::client_certificate) they can only be replaced as a whole, by
    /// `tls_backend_preconfigured`. Without effect beside `http_client`.
    #[cfg(any(test, feature = "reqwest-0-13"))]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.tcp.configure = Some(Box::new(configure));
        self
    }
}
