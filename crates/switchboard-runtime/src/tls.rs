//! TLS by Cargo feature. `rustls` comes with ring, handed in ready-made: the HTTP client's own choice, aws-lc, needs a
//! C compiler for minutes, and a process-wide default provider is not a library's to install.

use reqwest::Url;

use crate::error::BoxError;

#[cfg(feature = "rustls")]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
    base: Option<&Url>,
) -> Result<reqwest::ClientBuilder, BoxError> {
    use std::sync::Arc;

    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;

    let versions = || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
    };
    let config = match versions()?.with_platform_verifier() {
        Ok(verified) => verified.with_no_client_auth(),
        // A system without any root certificates, such as a bare container, can still call a server without TLS.
        Err(_) if base.is_some_and(|base| base.scheme() == "http") => {
            versions()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
        Err(error) => return Err(error.into()),
    };
    #[cfg(feature = "http2")]
    let config = {
        let mut config = config;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config
    };
    Ok(builder.tls_backend_preconfigured(config))
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
