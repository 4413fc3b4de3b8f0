//! Which names a crate, and a file in it, can have: on every system, and for every program that uses the crate.

use super::error::WriteError;
use crate::manifest;
use std::collections::BTreeMap;

/// Names that a generated crate cannot have in Rust: cargo's build folder, names that its dependencies or Rust itself have, and
/// names that are devices on Windows.
const RESERVED_NAMES: [&str; 13] = [
    "alloc",
    "aux",
    "con",
    "core",
    "nul",
    "prn",
    "proc_macro",
    "serde",
    "serde_json",
    "std",
    "switchboard_runtime",
    "target",
    "test",
];

/// The longest package name, in bytes: the registry's limit.
const MAX_NAME: usize = 64;

/// Whether `name` can be a folder's name and a package's, on every system.
///
/// # Errors
///
/// Fails when it cannot.
pub fn check_name(name: &str) -> Result<(), WriteError> {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    // A keyword is no name that programs could use a crate by.
    let ident = name.replace('-', "_");
    let is_free = !RESERVED_NAMES.contains(&ident.as_str()) && syn::parse_str::<syn::Ident>(&ident).is_ok();
    if plain && name.len() <= MAX_NAME && is_free && !is_device(name) {
        Ok(())
    } else {
        Err(WriteError::PackageName(name.to_owned()))
    }
}

/// Whether Windows takes `name` for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        port => ["com", "lpt"]
            .iter()
            .any(|device| port.strip_prefix(device).is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))),
    }
}

/// Every path must stay inside of the crate, on every system, and no two may differ only in case.
pub(super) fn check_paths<'p>(paths: impl Iterator<Item = &'p String>) -> Result<(), WriteError> {
    let mut seen = BTreeMap::new();
    for path in paths {
        let fits = is_plain(path) && path != manifest::FILE;
        if !fits || seen.insert(path.to_lowercase(), path).is_some() {
            return Err(WriteError::UnsafePath(path.clone()));
        }
    }
    Ok(())
}

/// Whether a path stays inside of the crate, on every system.
fn is_plain(path: &str) -> bool {
    path.split('/').all(is_plain_component)
}

fn is_plain_component(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    !name.is_empty()
        && name.len() <= 200
        && name.chars().all(plain)
        && !name.ends_with('.')
        && !matches!(name, ".git" | ".cargo")
        && !is_device(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_are_checked() {
        let long = "a".repeat(65);
        for name in [
            "",
            "..",
            "a/b",
            "A",
            "1a",
            "-a",
            "target",
            "com1",
            "std",
            "é",
            "fn",
            "self",
            "async",
            "serde-json",
            long.as_str(),
        ] {
            assert!(matches!(check_name(name), Err(WriteError::PackageName(_))), "{name}");
        }
        assert!(check_name("unified-to_2").is_ok());
    }
}
