//! A generated `Cargo.toml`, merged into the one that is there: the generator's keys win, and what somebody wrote by hand
//! stays, in its place and with its comments.

use std::collections::BTreeSet;
use thiserror::Error;
use toml_edit::{DocumentMut, Item, Table, TomlError};

/// Why there is no merged file.
#[derive(Debug, Error)]
pub enum MergeError {
    /// The existing file is broken.
    #[error("the existing `Cargo.toml` is no TOML: {0}")]
    Existing(TomlError),
    /// The generator wrote a broken one.
    #[error("the generated `Cargo.toml` is no TOML: {0}")]
    Generated(TomlError),
}

/// The merged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Its text.
    pub text: String,
    /// The keys in it that are the generator's, as dotted paths in order.
    pub keys: Vec<String>,
}

/// Merges `generated` into `existing`. `former` holds the keys that the generator wrote there the last time: those that
/// it does not write any more are removed.
///
/// # Errors
///
/// Fails when one of the two is no TOML.
pub fn merge(existing: Option<&str>, generated: &str, former: &[String]) -> Result<Merged, MergeError> {
    let new: DocumentMut = generated.parse().map_err(MergeError::Generated)?;
    let mut keys = BTreeSet::new();
    collect_keys(new.as_table(), "", &mut keys);
    let Some(existing) = existing else {
        return Ok(Merged { text: generated.to_owned(), keys: keys.into_iter().collect() });
    };
    let mut merged: DocumentMut = existing.parse().map_err(MergeError::Existing)?;
    let mut present = BTreeSet::new();
    collect_keys(merged.as_table(), "", &mut present);
    let by_hand = present.iter().any(|key| !former.contains(key));
    if !by_hand && !has_comments(existing, generated) {
        return Ok(Merged { text: generated.to_owned(), keys: keys.into_iter().collect() });
    }
    let gone: BTreeSet<&str> = former.iter().map(String::as_str).filter(|key| !keys.contains(*key)).collect();
    remove_keys(merged.as_table_mut(), "", &gone);
    merge_table(merged.as_table_mut(), new.as_table());
    Ok(Merged { text: merged.to_string(), keys: keys.into_iter().collect() })
}

/// Whether `existing` has a comment that `generated` has not.
fn has_comments(existing: &str, generated: &str) -> bool {
    let known: BTreeSet<&str> = generated.lines().map(str::trim).collect();
    existing.lines().map(str::trim).any(|line| line.contains('#') && !known.contains(line))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A value without the space and the comments around it, to tell whether two are the same.
fn plain(item: &Item) -> String {
    match item.clone().into_value() {
        Ok(mut value) => {
            value.decor_mut().clear();
            value.to_string()
        }
        Err(item) => item.to_string(),
    }
}

fn collect_keys(table: &Table, path: &str, keys: &mut BTreeSet<String>) {
    for (key, item) in table {
        let path = join(path, key);
        match item.as_table() {
            Some(inner) => collect_keys(inner, &path, keys),
            None => {
                keys.insert(path);
            }
        }
    }
}

fn remove_keys(table: &mut Table, path: &str, gone: &BTreeSet<&str>) {
    table.retain(|key, item| {
        let path = join(path, key);
        match item.as_table_mut() {
            Some(inner) => {
                let was_empty = inner.is_empty();
                remove_keys(inner, &path, gone);
                was_empty || !inner.is_empty()
            }
            None => !gone.contains(path.as_str()),
        }
    });
}

fn merge_table(existing: &mut Table, generated: &Table) {
    for (key, item) in generated {
        match (existing.get_mut(key), item) {
            (Some(Item::Table(old)), Item::Table(new)) => merge_table(old, new),
            (Some(old), new) => replace(old, new),
            (None, new) => insert(existing, generated, key, new),
        }
    }
}

/// Replaces a value and keeps the comment behind it.
fn replace(old: &mut Item, new: &Item) {
    if plain(old) == plain(new) {
        return;
    }
    let mut new = new.clone();
    if let (Some(old), Some(new)) = (old.as_value(), new.as_value_mut()) {
        *new.decor_mut() = old.decor().clone();
    }
    *old = new;
}

fn insert(existing: &mut Table, generated: &Table, key: &str, item: &Item) {
    let mut item = item.clone();
    if let Item::Table(table) = &mut item {
        forget_position(table);
    }
    match generated.key(key) {
        Some(key) => existing.insert_formatted(&key.clone(), item),
        None => existing.insert(key, item),
    };
}

/// A table's position is its place in the file it was read from, which means nothing in another file.
fn forget_position(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        if let Item::Table(inner) = item {
            forget_position(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\na = []\n\n[dependencies]\nserde = \"1\"\n";

    fn keys(text: &str) -> Vec<String> {
        merge(None, text, &[]).unwrap().keys
    }

    #[test]
    fn a_new_file_is_the_generators() {
        let merged = merge(None, GENERATED, &[]).unwrap();
        assert_eq!(merged.text, GENERATED);
        assert_eq!(
            merged.keys,
            ["dependencies.serde", "features.a", "package.edition", "package.name", "package.version"]
        );
    }

    #[test]
    fn what_is_by_hand_stays_with_its_order_and_comments() {
        let existing = "# mine\n[package]\nname = \"old\" # why\nhomepage = \"h\" # kept\nversion = \"0.7.3\"\nedition = \"2021\"\n\n[dependencies]\nlog = \"0.4\"\nserde = { version = \"1\" }\n\n[package.metadata.x]\ny = 1\n";
        let merged = merge(Some(existing), GENERATED, &keys(GENERATED)).unwrap();
        let expected = "# mine\n[package]\nname = \"x\" # why\nhomepage = \"h\" # kept\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nlog = \"0.4\"\nserde = \"1\"\n\n[features]\na = []\n\n[package.metadata.x]\ny = 1\n";
        assert_eq!(merged.text, expected);
        assert_eq!(merge(Some(expected), GENERATED, &merged.keys).unwrap().text, expected);
    }

    #[test]
    fn what_the_generator_wrote_and_no_longer_writes_goes() {
        let former = GENERATED.replace("a = []\n", "a = []\nb = []\n");
        assert_eq!(merge(Some(&former), GENERATED, &keys(&former)).unwrap().text, GENERATED);
        let by_hand = format!("{former}log = \"0.4\"\n");
        let merged = merge(Some(&by_hand), GENERATED, &keys(&former)).unwrap();
        assert_eq!(merged.text, format!("{GENERATED}log = \"0.4\"\n"));
    }

    #[test]
    fn a_table_that_becomes_empty_goes_with_its_last_key() {
        let without = GENERATED.replace("[features]\na = []\n\n", "");
        let existing = format!("# mine\n{GENERATED}");
        let merged = merge(Some(&existing), &without, &keys(GENERATED)).unwrap();
        assert_eq!(merged.text, format!("# mine\n{without}"));
    }

    #[test]
    fn broken_files_are_errors() {
        assert!(matches!(merge(Some("["), GENERATED, &[]), Err(MergeError::Existing(_))));
        assert!(matches!(merge(None, "=", &[]), Err(MergeError::Generated(_))));
    }
}
