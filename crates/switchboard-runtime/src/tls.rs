//! TLS by Cargo feature. `rustls` comes with ring, handed in ready-made: the HTTP client's own choice, aws-lc, needs a
//! C compiler for minutes, and a process-wide default provider is not a library's to install.

use reqwest::Url;

use crate::error::BoxError;

#[cfg(feature = "rustls")]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
    base: Option<&Url>,
) -> Result<reqwest::ClientBuilder, BoxError> {
    Ok(builder.tls_backend_preconfigured(config(base)?))
}

/// Reading the system's root certificates takes milliseconds and memory, so all clients share one reading.
#[cfg(feature = "rustls")]
fn config(base: Option<&Url>) -> Result<rustls::ClientConfig, BoxError> {
    use std::sync::{Arc, OnceLock};

    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;

    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = SHARED.get() {
        return Ok(config.clone());
    }
    let begin = || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    };
    match begin()?.with_platform_verifier() {
        Ok(verified) => Ok(SHARED.get_or_init(|| with_alpn(verified.with_no_client_auth())).clone()),
        // A system without any root certificates, such as a bare container, can still call a server without TLS.
        Err(_) if base.is_some_and(|base| base.scheme() == "http") => {
            Ok(begin()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        }
        Err(error) => Err(error.into()),
    }
}

/// A configuration handed in ready-made has to name the protocols itself (RFC 7301).
#[cfg(feature = "rustls")]
fn with_alpn(mut config: rustls::ClientConfig) -> rustls::ClientConfig {
    config.alpn_protocols =
        if cfg!(feature = "http2") { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    config
}

#[cfg(not(feature = "rustls"))]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
    base: Option<&Url>,
) -> Result<reqwest::ClientBuilder, BoxError> {
    if cfg!(not(feature = "native-tls")) && base.is_some_and(|base| base.scheme() == "https") {
        return Err("https needs one of the features `rustls` and `native-tls`".into());
    }
    Ok(builder)
}
