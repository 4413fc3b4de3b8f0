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
    feature("chrono-0-4", true, "dates and times as those of chrono 0.4, re-exported as `runtime::chrono`"),
    feature("blocking", false, "`runtime::blocking::Wait`: waits for calls without an async runtime"),
    feature("http2", false, "HTTP/2 where the server offers it"),
    feature("transport", false, "HTTP over TCP, without TLS; whatever needs it turns it on"),
    feature(
        "reqwest-0-13",
        false,
        "takes, and configures, an HTTP client of reqwest 0.13, re-exported as `runtime::reqwest`",
    ),
    feature("secrecy-0-10", false, "takes secrets of secrecy 0.10, re-exported as `runtime::secrecy`"),
    feature("testing", false, "`runtime::testing`: tests without a socket"),
    feature("native-tls", false, "TLS by the operating system's own library"),
    feature("system-proxy", false, "the proxy settings of macOS and Windows"),
    feature("tracing", false, "spans after OpenTelemetry's conventions for HTTP clients"),
];

/// The runtime's features that are no choice: a crate turns one on if its document needs it.
pub const XML: &str = "xml";
/// See [`XML`].
pub const WEBHOOKS: &str = "webhooks";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The features, each with whether it is on by default.
    type Features = BTreeMap<String, bool>;

    fn runtime(file: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/switchboard-runtime").join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn here() -> Features {
        let chosen = FEATURES.iter().map(|feature| (feature.name.to_owned(), feature.default));
        chosen.chain([XML, WEBHOOKS].map(|name| (name.to_owned(), false))).collect()
    }

    #[test]
    fn the_runtime_has_these_features_and_no_others() {
        let manifest: toml_edit::DocumentMut = runtime("Cargo.toml").parse().unwrap();
        let features = manifest["features"].as_table().unwrap();
        let default: Vec<&str> =
            features["default"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
        let names = features.iter().map(|(name, _)| name).filter(|name| *name != "default");
        let found: Features = names.map(|name| (name.to_owned(), default.contains(&name))).collect();
        assert_eq!(found, here());
    }

    #[test]
    fn the_runtime_s_readme_lists_these_features_and_no_others() {
        let readme = runtime("README.md");
        let rows = readme.lines().skip_while(|line| *line != "## Features").filter_map(|line| line.strip_prefix("| `"));
        let found: Features = rows
            .map(|row| {
                let (name, rest) = row.split_once("` |").unwrap();
                (name.to_owned(), rest.trim_start().starts_with("yes"))
            })
            .collect();
        assert_eq!(found, here());
    }
}
