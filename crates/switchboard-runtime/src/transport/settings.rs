//! How HTTP over TCP is done: by whose HTTP client, by way of which proxy, trusting whom.

use std::time::Duration;

use url::Url;

use super::tcp::{Tcp, Way, cause};
use crate::builder::error::BuildError;
use crate::secret::SecretString;
use crate::server;
use crate::tls;

/// By way of which proxy calls go.
#[derive(Default)]
pub(crate) enum ProxyChoice {
    /// Those that the environment variables, and with the feature `system-proxy` the operating system, name.
    #[default]
    Environment,
    None,
    /// Its URL may hold a password.
    Url(SecretString),
}

impl ProxyChoice {
    fn way(&self) -> Way {
        match self {
            Self::Environment => Way::Environment,
            Self::None => Way::Untold,
            Self::Url(_) => Way::Proxy,
        }
    }
}

/// A change to the HTTP client's own settings.
pub(crate) type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// What was said of it.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) http: Option<reqwest::Client>,
    pub(crate) configure: Option<Configure>,
    pub(crate) trust: tls::Trust,
    pub(crate) proxy: ProxyChoice,
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
            Some(http) => Ok(Tcp { http, way: Way::Untold, connect_limit: None }),
            None => Ok(Tcp { way: self.proxy.way(), http: self.client(connect, base)?, connect_limit: connect }),
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
