//! TLS by Cargo feature. `rustls` comes with ring, handed in ready-made: the HTTP client's own choice, aws-lc, needs a
//! C compiler for minutes, and a process-wide default provider is not a library's to install.

use crate::secret::SecretString;

use crate::builder::error::BuildError;

/// Whom to trust, and who is calling, beyond what the operating system knows.
#[derive(Default)]
pub(crate) struct Trust {
    /// Certificates of authorities, in PEM.
    pub(crate) roots: Vec<Vec<u8>>,
    /// The client's own chain of certificates, and its private key, in PEM.
    pub(crate) client: Option<(Vec<u8>, SecretString)>,
}

const ROOTS: &str = "the root certificate";
const CLIENT: &str = "the client certificate";

fn unusable(what: &'static str, reason: impl ToString) -> BuildError {
    BuildError::Certificate { what, reason: reason.to_string() }
}

#[cfg(feature = "rustls")]
pub(crate) use self::by_rustls::configure;

#[cfg(feature = "rustls")]
mod by_rustls {
    use std::sync::{Arc, OnceLock};

    use rustls::client::WantsClientCert;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;
    use url::Url;

    use super::{CLIENT, ROOTS, Trust, unusable};
    use crate::builder::error::BuildError;

    pub(crate) fn configure(
        builder: reqwest::ClientBuilder,
        base: Option<&Url>,
        trust: &Trust,
    ) -> Result<reqwest::ClientBuilder, BuildError> {
        let config = if trust.roots.is_empty() && trust.client.is_none() { shared(base)? } else { own(base, trust)? };
        Ok(builder.tls_backend_preconfigured(config))
    }

    /// Reading the system's root certificates takes milliseconds and memory, so all clients share one reading.
    fn shared(base: Option<&Url>) -> Result<ClientConfig, BuildError> {
        static SHARED: OnceLock<ClientConfig> = OnceLock::new();
        if let Some(config) = SHARED.get() {
            return Ok(config.clone());
        }
        match begin()?.with_platform_verifier() {
            Ok(verified) => Ok(SHARED.get_or_init(|| with_alpn(verified.with_no_client_auth())).clone()),
            Err(error) => Ok(without_roots(base, error)?.with_no_client_auth()),
        }
    }

    fn own(base: Option<&Url>, trust: &Trust) -> Result<ClientConfig, BuildError> {
        let verified = match trust.roots.is_empty() {
            true => begin()?.with_platform_verifier().or_else(|error| without_roots(base, error))?,
            false => with_roots(read_certificates(trust.roots.iter().map(Vec::as_slice), ROOTS)?)?,
        };
        let Some((chain, key)) = &trust.client else { return Ok(with_alpn(verified.with_no_client_auth())) };
        let chain = read_certificates([chain.as_slice()], CLIENT)?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes())
            .map_err(|_| unusable(CLIENT, "its private key is no PEM of a private key"))?;
        let config = verified.with_client_auth_cert(chain, key).map_err(|error| unusable(CLIENT, error))?;
        Ok(with_alpn(config))
    }

    fn begin() -> Result<ConfigBuilder<ClientConfig, rustls::WantsVerifier>, BuildError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        builder.map_err(|error| BuildError::Http(error.into()))
    }

    /// A system without any root certificates, such as a bare container, can still call a server without TLS.
    fn without_roots(
        base: Option<&Url>,
        error: rustls::Error,
    ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, BuildError> {
        if base.is_some_and(|base| base.scheme() == "http") {
            return Ok(begin()?.with_root_certificates(RootCertStore::empty()));
        }
        Err(BuildError::Http(error.into()))
    }

    /// These authorities, and those that the system trusts.
    #[cfg(not(target_os = "android"))]
    fn with_roots(
        roots: Vec<CertificateDer<'static>>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, BuildError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(roots, provider);
        let verifier = verifier.map_err(|error| unusable(ROOTS, error))?;
        Ok(begin()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
    }

    /// Android keeps to itself whom it trusts, so these authorities take the place of its own.
    #[cfg(target_os = "android")]
    fn with_roots(
        roots: Vec<CertificateDer<'static>>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, BuildError> {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root).map_err(|error| unusable(ROOTS, error))?;
        }
        Ok(begin()?.with_root_certificates(store))
    }

    /// All certificates of some PEM, of which there must be one at least.
    fn read_certificates<'a>(
        pems: impl IntoIterator<Item = &'a [u8]>,
        what: &'static str,
    ) -> Result<Vec<CertificateDer<'static>>, BuildError> {
        let mut all = Vec::new();
        for pem in pems {
            let before = all.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                all.push(certificate.map_err(|error| unusable(what, error))?);
            }
            if all.len() == before {
                return Err(unusable(what, "there is no certificate in the PEM"));
            }
        }
        Ok(all)
    }

    /// A configuration handed in ready-made has to name the protocols itself (RFC 7301).
    fn with_alpn(mut config: ClientConfig) -> ClientConfig {
        let protocols: &[&[u8]] = if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
pub(crate) fn configure(
    mut builder: reqwest::ClientBuilder,
    _: Option<&url::Url>,
    trust: &Trust,
) -> Result<reqwest::ClientBuilder, BuildError> {
    for pem in &trust.roots {
        let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| unusable(ROOTS, error))?;
        builder = builder.tls_certs_merge(roots);
    }
    if let Some((chain, key)) = &trust.client {
        let identity = reqwest::Identity::from_pkcs8_pem(chain, key.expose_secret().as_bytes());
        builder = builder.identity(identity.map_err(|error| unusable(CLIENT, error))?);
    }
    Ok(builder)
}

#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
    base: Option<&url::Url>,
    trust: &Trust,
) -> Result<reqwest::ClientBuilder, BuildError> {
    const NEEDED: &str = "https needs one of the features `rustls` and `native-tls`";
    match base {
        _ if !trust.roots.is_empty() => Err(unusable(ROOTS, NEEDED)),
        _ if trust.client.is_some() => Err(unusable(CLIENT, NEEDED)),
        Some(base) if base.scheme() == "https" => Err(BuildError::Http(NEEDED.into())),
        _ => Ok(builder),
    }
}

#[cfg(test)]
#[cfg(any(feature = "native-tls", feature = "rustls"))]
mod testing;

#[cfg(test)]
#[cfg(feature = "rustls")]
mod tests;

#[cfg(test)]
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
mod native_tests;
