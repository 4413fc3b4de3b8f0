//! Connections that fail however often they are tried: no trust in a certificate, a proxy that wants another password.
//! Whoever waits for a fourth attempt at these waits for nothing, and then reads of a connection where he should read of a
//! certificate. So they are told at once, with what can be done. Only what is certain to last is here; the rest is tried
//! again.

use std::error::Error;

use crate::fault::{BoxError, Told, TransportErrorKind};

/// A fault that lasts, and what is to be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lasting {
    pub(crate) kind: TransportErrorKind,
    advice: &'static str,
}

const fn lasting(kind: TransportErrorKind, advice: &'static str) -> Lasting {
    Lasting { kind, advice }
}

const PROXY: Lasting = lasting(
    TransportErrorKind::Proxy,
    "it asks for a user name and a password, or for others than those in the URL given to `proxy`",
);

const SCHEME: Lasting = lasting(
    TransportErrorKind::Url,
    "a client speaks http and https, and https only with one of the features `rustls` and `native-tls`",
);

const URL: Lasting = lasting(TransportErrorKind::Url, "is it right, and shorter than 64 KiB?");

impl Lasting {
    /// What lasts about an error of the HTTP client; nothing if another attempt may fare better.
    pub(crate) fn of(error: &reqwest::Error) -> Option<Self> {
        let found = causes(error).find_map(|cause| {
            let text = || cause.to_string();
            match () {
                () if error.is_builder() && text().ends_with("URL scheme is not allowed") => Some(SCHEME),
                // hyper-util keeps the types of these to itself.
                () if error.is_connect() && text().ends_with("scheme is not http") => Some(SCHEME),
                () if error.is_connect() && text().ends_with("proxy authorization required") => Some(PROXY),
                () => tls(cause, error.is_connect()),
            }
        });
        found.or_else(|| error.is_builder().then_some(URL))
    }

    /// The cause, with what can be done.
    pub(crate) fn told(self, cause: BoxError) -> BoxError {
        Told::of(self.advice, cause)
    }
}

/// An error and all that is behind it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| {
        let error: &'e (dyn Error + 'static) = *error;
        // What an I/O error was made of is not its source, but itself under another name.
        let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        within.map(|within| within as _).or_else(|| error.source())
    })
}

#[cfg(feature = "rustls")]
fn tls(error: &(dyn Error + 'static), connecting: bool) -> Option<Lasting> {
    use rustls::{AlertDescription as Alert, CertificateError as Invalid, Error as Tls};

    let tls = |advice| Some(lasting(TransportErrorKind::Tls, advice));
    match error.downcast_ref::<Tls>()? {
        Tls::InvalidCertificate(invalid) => match invalid {
            // Whoever was to tell whether it is revoked may be back soon.
            Invalid::UnknownRevocationStatus
            | Invalid::ExpiredRevocationList
            | Invalid::ExpiredRevocationListContext { .. }
            | Invalid::InvalidOcspResponse => None,
            Invalid::UnknownIssuer => tls(
                "nobody whom this client trusts vouches for the server's certificate; if it is to be trusted, give that \
                 of its authority to `root_certificates`",
            ),
            Invalid::NotValidForName | Invalid::NotValidForNameContext { .. } => {
                tls("the server's certificate is that of another host; is the base URL right?")
            }
            Invalid::Expired | Invalid::ExpiredContext { .. } => {
                tls("the server's certificate has expired, unless the clock here is wrong")
            }
            Invalid::NotValidYet | Invalid::NotValidYetContext { .. } => {
                tls("the server's certificate is not valid yet, unless the clock here is wrong")
            }
            _ => tls("the server's certificate is not valid"),
        },
        // By TLS 1.3 the server looks at the client's certificate when the request is on its way already, but reads the
        // request only afterwards (RFC 8446, section 4.4.2.4).
        Tls::AlertReceived(
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::CertificateRequired,
        ) => tls(
            "the server asks for a certificate of the client, or for another than that given to `client_certificate`",
        ),
        Tls::AlertReceived(
            Alert::HandshakeFailure
            | Alert::ProtocolVersion
            | Alert::InsufficientSecurity
            | Alert::NoApplicationProtocol,
        )
        | Tls::PeerIncompatible(_)
            if connecting =>
        {
            tls("the server and this client have no version or cipher of TLS in common")
        }
        Tls::AlertReceived(Alert::UnrecognisedName) if connecting => {
            tls("the server does not know the host that it is called by; is the base URL right?")
        }
        Tls::InvalidMessage(_) if connecting => {
            tls("the server does not speak TLS there; is the base URL right, its port, and https?")
        }
        _ => None,
    }
}

/// The operating system's own library has errors of its own on each, of which the words are all that is to be had.
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
fn tls(error: &(dyn Error + 'static), connecting: bool) -> Option<Lasting> {
    // OpenSSL: "certificate verify failed". macOS: "The certificate was not trusted." Windows: "A certificate chain
    // processed, but terminated in a root certificate which is not trusted by the trust provider."
    (connecting && error.to_string().to_ascii_lowercase().contains("certificate")).then_some(lasting(
        TransportErrorKind::Tls,
        "the server's certificate is not trusted, or is that of another host; if it is to be trusted, give that of its \
         authority to `root_certificates`",
    ))
}

#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
fn tls(_: &(dyn Error + 'static), _: bool) -> Option<Lasting> {
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::called::*;
    use crate::testing::*;
    use crate::*;

    #[tokio::test]
    async fn a_url_that_is_none_to_the_http_client_is_told_at_once() {
        let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().base_url(format!("http://127.0.0.1:9/{}", "a".repeat(1 << 16))));
        let outcome: Result<ResponseValue<()>, Error<crate::error::Undescribed>> =
            client.send(request, decode::empty).await;
        let Err(Error::Transport(error)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.attempts()), (TransportErrorKind::Url, 1), "{error}");
        assert!(
            error.to_string().starts_with("getThing: no such URL can be called: is it right, and shorter"),
            "{error}"
        );
    }

    #[cfg(not(any(feature = "native-tls", feature = "rustls")))]
    #[tokio::test]
    async fn https_without_tls_is_told_at_once() {
        let client = builder("http://127.0.0.1:9", VirtualClock::jumping()).build().unwrap();
        let mut request = Request::new(&GET);
        request.set_options(CallOptions::new().base_url("https://127.0.0.1:9"));
        let outcome: Result<ResponseValue<()>, Error> = client.send(request, decode::empty).await;
        let Err(Error::Transport(error)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.attempts()), (TransportErrorKind::Url, 1), "{error}");
    }
}
