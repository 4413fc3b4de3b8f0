//! The runtime's features, which each generated crate has under the same names: nobody should have to depend on the
//! runtime to choose a TLS library. The manifest and the README are both written from here.

/// One feature.
pub struct Feature {
    /// Its name, here and in the runtime.
    pub name: &'static str,
    /// Whether it is on unless the user says otherwise, as in the runtime itself.
    pub default: bool,
    /// What it does, in Markdown.
    pub does: &'static str,
}

const fn feature(name: &'static str, default: bool, does: &'static str) -> Feature {
    Feature { name, default, does }
}

/// All of them, as the README lists them: first those that are on.
pub const FEATURES: &[Feature] = &[
    feature("rustls", true, "TLS by rustls with ring, trusting what the operating system trusts"),
    feature("gzip", true, "asks for gzip and unpacks it"),
    feature("blocking", false, "`runtime::blocking::Wait`: waits for calls without an async runtime"),
    feature("http2", false, "HTTP/2 where the server offers it"),
    feature("native-tls", false, "TLS by the operating system's own library"),
    feature("system-proxy", false, "the proxy settings of macOS and Windows"),
    feature("tracing", false, "spans after OpenTelemetry's conventions for HTTP clients"),
];
