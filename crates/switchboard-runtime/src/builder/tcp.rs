//! What is said of how HTTP over TCP is done.

use crate::secret::SecretString;
use crate::transport::settings::ProxyChoice;

use super::ClientBuilder;

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
    ///
    /// With the feature `rustls` the reqwest that is re-exported here comes without a provider of cryptography, and its own
    /// `Client::builder().build()` panics unless the process has installed one (`CryptoProvider::install_default` of rustls)
    /// or another crate has turned one on in reqwest. The client that [`configure_http`](Self::configure_http) changes has one.
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
