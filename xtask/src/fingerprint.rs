//! Hashes that tell whether a crate is still what its inputs make of it.
//!
//! Line ends are normalised first, so that a checkout on Windows has the same hashes.

use crate::compile::RuntimeDependency;
use serde::{Deserialize, Serialize};

/// The generator's identity: its sources and the versions of what shapes its output (see `build.rs`).
const GENERATOR: &str = env!("SWITCHBOARD_GENERATOR");

/// Everything that decides what a crate looks like, hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The document's file.
    pub document: String,
    /// The overlay's file, where there is one.
    pub overlay: Option<String>,
    /// The generator, and what it was asked for.
    pub generator: String,
}

impl Inputs {
    /// The fingerprint of one document.
    pub fn new(document: &str, overlay: Option<&str>, runtime: &RuntimeDependency) -> Self {
        Self {
            document: hash(document.as_bytes()),
            overlay: overlay.map(|text| hash(text.as_bytes())),
            generator: generator(runtime),
        }
    }
}

/// In its own repository the generator is known by its code alone; elsewhere the crates also hold the runtime's path.
fn generator(runtime: &RuntimeDependency) -> String {
    match runtime {
        RuntimeDependency::Workspace => GENERATOR.to_owned(),
        other => hash(format!("{GENERATOR} {other:?}").as_bytes()),
    }
}

/// The BLAKE3 hash of `bytes` with CRLF read as LF, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\r') {
        let (line, end) = rest.split_at(at);
        hasher.update(line);
        rest = end.get(1..).unwrap_or_default();
        if !rest.starts_with(b"\n") {
            hasher.update(b"\r");
        }
    }
    hasher.update(rest);
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_count_and_everything_else_does() {
        assert_eq!(hash(b"a\r\nb\r\n"), hash(b"a\nb\n"));
        assert_ne!(hash(b"a\rb"), hash(b"ab"));
        assert_ne!(hash(b"a\n"), hash(b"a"));
    }

    #[test]
    fn each_input_changes_the_fingerprint() {
        let base = Inputs::new("{}", None, &RuntimeDependency::Workspace);
        assert_ne!(base, Inputs::new("{ }", None, &RuntimeDependency::Workspace));
        assert_ne!(base, Inputs::new("{}", Some("{}"), &RuntimeDependency::Workspace));
        assert_eq!(base, Inputs::new("{}", None, &RuntimeDependency::Workspace));
    }
}
