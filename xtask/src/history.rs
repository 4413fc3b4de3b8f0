//! A crate's version and changelog: what it was when it was released, what has changed since, and what follows from that.
//!
//! What a crate was stands in its own folder, in a file that is not packaged: so a run needs neither a repository nor a
//! network, and gives the same everywhere.

use crate::manifest::Manifest;
use codegen::{
    diff::{
        bump,
        change::Change,
        changelog,
        face::Face,
        released::Released,
        version::{Lowered, NoVersion, Version, Versions},
    },
    emit::CrateFiles,
    plain_file,
    plan::Lock,
};
use serde_json::Value;
use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;
use toml_edit::{DocumentMut, value};

/// The name of the file with what was released, in a crate's folder.
pub const FILE: &str = ".switchboard-release.json";

/// The changelog's name in a crate's folder.
pub const CHANGELOG: &str = "CHANGELOG.md";

/// Why a crate's version cannot be told.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// A file cannot be read.
    #[error("`{}` cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The crate's `Cargo.toml` has a version that is none.
    #[error(transparent)]
    NoVersion(#[from] NoVersion),
    /// Somebody has lowered the version.
    #[error(transparent)]
    Lowered(#[from] Box<Lowered>),
}

impl HistoryError {
    /// The finding's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "unreadable-release",
            Self::NoVersion(_) => "not-a-version",
            Self::Lowered(_) => "version-lowered",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Read { .. } => "restore the file, or remove it: then what is generated now counts as released",
            Self::NoVersion(_) => "write `version = \"0.1.0\"` in the crate's `Cargo.toml`",
            Self::Lowered(_) => "raise the version in the crate's `Cargo.toml`, or run again with `--allow-breaking`",
        }
    }
}

/// A crate as it is generated now.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The names that it has given.
    pub names: Lock,
    /// What programs can name.
    pub face: Face,
    /// The document with its overlay applied.
    pub document: Value,
    /// What has changed since the last release.
    pub changes: Vec<Change>,
}

/// What the command line says about versions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Whether a version may be lower than what has changed asks for.
    pub allow_breaking: bool,
    /// Whether what is generated now counts as released.
    pub as_released: bool,
}

/// What the folder of a crate tells of its past.
#[derive(Clone, Debug, Default)]
pub struct History {
    released: Option<Released>,
    /// The file with that, which stays as it is until the next release.
    text: Option<String>,
    given: Option<Version>,
    changelog: Option<String>,
}

/// What follows from it.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The version of the last release.
    pub released: Version,
    /// The version that the crate has now.
    pub version: Version,
    /// The least that it could have.
    pub least: Version,
    /// A version that is too low, and allowed.
    pub allowed: Option<Version>,
}

impl History {
    /// Reads what is there; a folder that is not there has no past.
    ///
    /// # Errors
    ///
    /// Fails when a file is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Self, HistoryError> {
        let changelog = text(&folder.join(CHANGELOG))?.map(|text| text.replace("\r\n", "\n"));
        let manifest = text(&folder.join("Cargo.toml"))?;
        // What is wrong with a `Cargo.toml` is said where it is merged.
        let manifest = manifest.and_then(|text| text.parse::<DocumentMut>().ok());
        let version = manifest.as_ref().and_then(|manifest| manifest.get("package")?.get("version")?.as_str());
        let given = version.map(str::parse).transpose()?;
        Ok(Self { released: released(folder)?, text: text(&folder.join(FILE))?, given, changelog })
    }

    /// Gives the files of a crate its version, its changelog, and what was released. `former` is what the crate said of
    /// itself before.
    ///
    /// # Errors
    ///
    /// Fails when somebody has lowered the version.
    pub fn settle(
        &self,
        files: &mut CrateFiles,
        former: &Manifest,
        now: &Generated,
        wanted: Wanted,
    ) -> Result<Settled, HistoryError> {
        let given = self.given.clone().unwrap_or_else(Version::first);
        let Some(released) = self.released.as_ref().filter(|_| !wanted.as_released) else {
            let Generated { names, face, document, .. } = now.clone();
            let released = Released { version: given.clone(), names, face, document };
            let changelog = match &self.changelog {
                Some(existing) => changelog::update(existing, &given.to_string(), &[]),
                None => changelog::first(&given.to_string()),
            };
            insert(files, &given, changelog, to_text(&released));
            return Ok(Settled { released: given.clone(), version: given.clone(), least: given, allowed: None });
        };
        let versions = Versions {
            released: released.version.clone(),
            given: given.clone(),
            // A crate that says nothing of its version has the one that it was given when it was made.
            made: former.least_version.clone().or_else(|| former.version.is_none().then(|| given.clone())),
            allowed: former.allowed_version.clone(),
        };
        let least = versions.least(bump(&now.changes));
        let (version, allowed) = match versions.decide(bump(&now.changes)) {
            Ok(version) => {
                let allowed = former.allowed_version.clone().filter(|allowed| *allowed == version);
                (version, allowed)
            }
            Err(_) if wanted.allow_breaking => (given.clone(), Some(given)),
            Err(lowered) => return Err(lowered.into()),
        };
        let kept = self.text.clone().unwrap_or_else(|| to_text(released));
        let before = self.changelog.clone().unwrap_or_else(|| changelog::first(&released.version.to_string()));
        insert(files, &version, changelog::update(&before, &version.to_string(), &now.changes), kept);
        Ok(Settled { released: released.version.clone(), version, least, allowed })
    }
}

/// What a crate was when it was released; nothing where that is not known.
///
/// # Errors
///
/// Fails when the file is there and cannot be read.
pub fn released(folder: &Path) -> Result<Option<Released>, HistoryError> {
    let path = folder.join(FILE);
    let Some(text) = text(&path)? else { return Ok(None) };
    codegen::stack::on_large_stack("release", || parse(&text))
        .map(Some)
        .map_err(|error| HistoryError::Read { path, error: error.into() })
}

fn parse(text: &str) -> serde_json::Result<Released> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    serde::Deserialize::deserialize(&mut deserializer)
}

fn text(path: &Path) -> Result<Option<String>, HistoryError> {
    match plain_file::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HistoryError::Read { path: path.to_path_buf(), error }),
    }
}

fn insert(files: &mut CrateFiles, version: &Version, changelog: String, released: String) {
    if let Some(manifest) = files.files.get_mut("Cargo.toml")
        && let Ok(mut document) = manifest.parse::<DocumentMut>()
        && let Some(package) = document.get_mut("package").and_then(|package| package.as_table_mut())
    {
        package.insert("version", value(version.to_string()));
        *manifest = document.to_string();
    }
    files.files.insert(CHANGELOG.to_owned(), changelog);
    files.files.insert(FILE.to_owned(), released);
}

/// What was released as text: the face an item a line, so that it can be read, and the document as short as can be.
pub fn to_text(released: &Released) -> String {
    let line = |value: &Value| codegen::stack::on_large_stack("release", || value.to_string());
    let names = serde_json::to_value(&released.names).unwrap_or_default();
    let face = serde_json::to_string_pretty(&released.face).unwrap_or_default();
    format!(
        "{{\n\"version\": \"{}\",\n\"names\": {},\n\"face\": {face},\n\"document\": {}\n}}\n",
        released.version,
        line(&names),
        line(&released.document)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{
        diff::change::{Bump, Class, Kind},
        emit::Summary,
    };
    use serde_json::json;
    use std::fs;

    fn now(changes: Vec<Change>) -> Generated {
        Generated { names: Lock::default(), face: Face::default(), document: json!({"b": 1, "a": 2}), changes }
    }

    fn breaking() -> Vec<Change> {
        let words = "`A::a` may now be absent".to_owned();
        let code = Kind::FieldMadeOptional;
        let bump = Bump::Major;
        vec![Change {
            code,
            class: Class::Breaking,
            bump,
            words,
            wire: None,
            before: None,
            after: None,
            items: Vec::new(),
            action: None,
        }]
    }

    /// Settles a crate and writes it down; its version, or the code of what is wrong.
    fn settle(folder: &Path, changes: Vec<Change>, made: Option<&str>, wanted: Wanted) -> Result<String, &'static str> {
        let text = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n".to_owned();
        let files = [("Cargo.toml".to_owned(), text)].into();
        let mut files = CrateFiles { name: "x".to_owned(), files, summary: Summary::default() };
        let former = Manifest { least_version: made.map(|made| made.parse().unwrap()), ..Manifest::default() };
        let settled = History::read(folder)
            .and_then(|history| history.settle(&mut files, &former, &now(changes), wanted))
            .map_err(|error| error.code())?;
        for (path, text) in &files.files {
            fs::write(folder.join(path), text).unwrap();
        }
        Ok(settled.version.to_string())
    }

    #[test]
    fn a_version_follows_what_has_changed_since_the_release() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(settle(folder, Vec::new(), None, Wanted::default()).as_deref(), Ok("0.1.0"));
        let released = read(FILE);
        assert!(released.ends_with("\"document\": {\"b\":1,\"a\":2}\n}\n"), "{released}");
        assert_eq!(settle(folder, breaking(), Some("0.1.0"), Wanted::default()).as_deref(), Ok("0.2.0"));
        assert!(read(CHANGELOG).contains("## [0.2.0] - Unreleased") && read("Cargo.toml").contains("\"0.2.0\""));
        assert_eq!(read(FILE), released);
        // Somebody lowers it.
        fs::write(folder.join("Cargo.toml"), read("Cargo.toml").replace("0.2.0", "0.1.1")).unwrap();
        assert_eq!(settle(folder, breaking(), Some("0.2.0"), Wanted::default()), Err("version-lowered"));
        let allowed = Wanted { allow_breaking: true, ..Wanted::default() };
        assert_eq!(settle(folder, breaking(), Some("0.2.0"), allowed).as_deref(), Ok("0.1.1"));
        // Or says that this is what is released.
        let afresh = Wanted { as_released: true, ..Wanted::default() };
        assert_eq!(settle(folder, breaking(), Some("0.1.1"), afresh).as_deref(), Ok("0.1.1"));
        assert!(!read(CHANGELOG).contains("Unreleased") && read(FILE).contains("\"0.1.1\""));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "<<<<").unwrap();
        assert_eq!(settle(folder.path(), Vec::new(), None, Wanted::default()), Err("unreadable-release"));
        fs::remove_file(folder.path().join(FILE)).unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nversion = \"1\"\n").unwrap();
        assert_eq!(settle(folder.path(), Vec::new(), None, Wanted::default()), Err("not-a-version"));
    }
}
