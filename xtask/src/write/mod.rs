//! The last pass and the only one that touches the disk: a crate's files are compared with what is there, and [swapped
//! in](Writer) as a whole.
//!
//! What a document says can never choose where something is written: the folder's name and every path in it are
//! [checked](names) here, whatever the passes before have made of them.

mod error;
mod names;
mod writer;

use crate::{
    fingerprint::hash,
    history::CHANGELOG,
    manifest::{self, Manifest},
};
use codegen::{cargo_toml, emit::CrateFiles, plain_file};
use error::io_error;
use names::check_paths;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

pub use error::WriteError;
pub use names::check_name;
pub use writer::Writer;

/// What a file is and becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its path in the crate, with `/`.
    pub path: String,
    /// Its content on the disk; `None` when it is new.
    pub before: Option<String>,
    /// Its content to be; `None` when it goes.
    pub after: Option<String>,
}

/// What is to be done to one crate's folder.
#[derive(Debug)]
pub struct Update {
    /// The crate's folder.
    pub folder: PathBuf,
    /// The files that differ, by path.
    pub changes: Vec<Change>,
    /// How many generated files are already as they should be.
    pub unchanged: usize,
    /// The files to take over from the old folder as they are: those that are by hand, and those that do not change.
    kept: Vec<String>,
    name: String,
}

/// A crate's folder as it is: looked through before anything in it is read.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    name: String,
    /// Its files but the manifest; those behind links are not its.
    files: BTreeMap<String, FileKind>,
    /// What it says of itself; nothing where there is no folder.
    former: Manifest,
}

impl Folder {
    /// Looks through the folder of a crate in `out`; one that is not there is empty.
    ///
    /// # Errors
    ///
    /// Fails for a name that no crate can have, for a folder that the generator did not make, and where something else is
    /// in the place of a file that it made.
    pub fn open(out: &Path, name: &str) -> Result<Self, WriteError> {
        check_name(name)?;
        let (path, name) = (out.join(name), name.to_owned());
        let Some(mut files) = existing_files(&path)? else {
            return Ok(Self { path, name, files: BTreeMap::new(), former: Manifest::default() });
        };
        check_kind(&path, manifest::FILE, files.remove(manifest::FILE))?;
        let former = match Manifest::read(&path) {
            Ok(Some(former)) => former,
            Ok(None) => return Err(WriteError::NotGenerated(path)),
            Err(error) => return Err(WriteError::Manifest { path: path.join(manifest::FILE), error }),
        };
        for file in former.files.keys() {
            check_kind(&path, file, files.get(file).copied())?;
        }
        Ok(Self { path, name, files, former })
    }

    /// What the crate says of itself.
    pub fn former(&self) -> &Manifest {
        &self.former
    }

    /// The files that were generated and are there, the manifest last.
    pub fn generated(&self) -> impl Iterator<Item = PathBuf> {
        let own = self.former.files.keys().map(String::as_str).filter(|file| self.files.contains_key(*file));
        own.chain([manifest::FILE]).map(|file| self.path.join(file))
    }

    /// Compares it with what the crate is to be. `manifest` comes without keys and files, which are filled in here.
    ///
    /// # Errors
    ///
    /// Fails when the crate cannot or must not be written there.
    pub fn plan(self, files: &CrateFiles, manifest: Manifest) -> Result<Update, WriteError> {
        let Self { path: folder, name, files: existing, former } = self;
        check_paths(files.files.keys())?;
        let mut wanted = files.files.clone();
        let keys = merge_cargo_toml(&folder, &mut wanted, &former, existing.contains_key("Cargo.toml"))?;
        let hashes = wanted.iter().map(|(path, text)| (path.clone(), hash(text.as_bytes()))).collect();
        let manifest = Manifest { cargo_toml: keys, files: hashes, ..manifest };
        let text =
            manifest.to_text().map_err(|error| WriteError::Manifest { path: folder.clone(), error: error.into() })?;
        let mut plan = Update { name, folder, changes: Vec::new(), unchanged: 0, kept: Vec::new() };
        plan.compare(&wanted, &existing, &former)?;
        plan.compare_one(manifest::FILE, Some(&text))?;
        Ok(plan)
    }
}

/// Whether what is where the generator writes a file is one, if anything is there.
fn check_kind(folder: &Path, path: &str, kind: Option<FileKind>) -> Result<(), WriteError> {
    match kind {
        Some(FileKind::Link) => Err(WriteError::Link(folder.join(path))),
        Some(FileKind::Other) => Err(WriteError::InTheWay(folder.join(path))),
        Some(FileKind::File) | None => Ok(()),
    }
}

impl Update {
    fn compare(
        &mut self,
        wanted: &BTreeMap<String, String>,
        existing: &BTreeMap<String, FileKind>,
        former: &Manifest,
    ) -> Result<(), WriteError> {
        for (path, kind) in existing {
            let by_hand = !former.files.contains_key(path);
            match wanted.get(path) {
                Some(_) if *kind != FileKind::File => check_kind(&self.folder, path, Some(*kind))?,
                // It is merged: what is by hand in it is in the text.
                Some(_) if path == CHANGELOG => {}
                Some(text) if by_hand && !same(&read_text(&self.folder.join(path))?, text) => {
                    return Err(WriteError::InTheWay(self.folder.join(path)));
                }
                Some(_) => {}
                None if by_hand && is_in_the_way(path, wanted) => {
                    return Err(WriteError::InTheWay(self.folder.join(path)));
                }
                None if by_hand => self.kept.push(path.clone()),
                None => self.compare_one(path, None)?,
            }
        }
        for (path, text) in wanted {
            self.compare_one(path, Some(text))?;
        }
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn compare_one(&mut self, path: &str, after: Option<&str>) -> Result<(), WriteError> {
        let file = self.folder.join(path);
        let is_there = file.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir());
        let before = if is_there { Some(read_text(&file)?) } else { None };
        match (&before, after) {
            (Some(before), Some(after)) if same(before, after) => {
                self.unchanged += 1;
                self.kept.push(path.to_owned());
            }
            _ => self.changes.push(Change { path: path.to_owned(), before, after: after.map(str::to_owned) }),
        }
        Ok(())
    }
}

/// Whether two texts are the same but for their line ends.
fn same(a: &str, b: &str) -> bool {
    a == b || (a.contains('\r') && a.replace("\r\n", "\n") == b)
}

fn read_text(path: &Path) -> Result<String, WriteError> {
    let bytes = plain_file::read(path).map_err(io_error("read", path))?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn merge_cargo_toml(
    folder: &Path,
    wanted: &mut BTreeMap<String, String>,
    former: &Manifest,
    exists: bool,
) -> Result<Vec<String>, WriteError> {
    let Some(generated) = wanted.get_mut("Cargo.toml") else { return Ok(Vec::new()) };
    let path = folder.join("Cargo.toml");
    let existing = if exists { Some(read_text(&path)?.replace("\r\n", "\n")) } else { None };
    let merged = cargo_toml::merge(existing.as_deref(), generated, &former.cargo_toml)
        .map_err(|error| WriteError::CargoToml { path, error })?;
    *generated = merged.text;
    Ok(merged.keys)
}

/// Whether a file that is kept and a file that is generated would need the same name to be a file and a folder.
fn is_in_the_way(kept: &str, wanted: &BTreeMap<String, String>) -> bool {
    let inside = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    wanted.keys().any(|path| inside(path, kept) || inside(kept, path))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    File,
    Link,
    /// A pipe, a device, a socket.
    Other,
}

impl FileKind {
    fn of(file: fs::FileType) -> Self {
        match file {
            file if file.is_file() => Self::File,
            file if file.is_symlink() => Self::Link,
            _ => Self::Other,
        }
    }
}

/// All files below a crate's folder by path; `None` when there is no folder.
fn existing_files(folder: &Path) -> Result<Option<BTreeMap<String, FileKind>>, WriteError> {
    match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error("read", folder)(error)),
        Ok(metadata) if metadata.is_symlink() => return Err(WriteError::Link(folder.to_path_buf())),
        Ok(metadata) if !metadata.is_dir() => return Err(WriteError::NotGenerated(folder.to_path_buf())),
        Ok(_) => {}
    }
    let mut found = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let directory = folder.join(&prefix);
        for entry in fs::read_dir(&directory).map_err(io_error("list", &directory))? {
            let entry = entry.map_err(io_error("list", &directory))?;
            let kind = entry.file_type().map_err(io_error("read", &entry.path()))?;
            // A name that is no Unicode cannot be a generated one; it is kept under its own name.
            let Ok(name) = entry.file_name().into_string() else {
                return Err(WriteError::InTheWay(entry.path()));
            };
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if kind.is_dir() {
                open.push(path);
            } else {
                found.insert(path, FileKind::of(kind));
            }
        }
    }
    Ok(Some(found))
}

/// Whether every file that a manifest lists is in `folder` with the content that it had. What is behind a link is not in it.
pub fn is_untouched(folder: &Path, manifest: &Manifest) -> bool {
    let Ok(Some(existing)) = existing_files(folder) else { return false };
    let is_file = |path: &str| existing.get(path) == Some(&FileKind::File);
    is_file(manifest::FILE)
        && manifest.files.iter().all(|(path, expected)| {
            is_file(path) && plain_file::read(&folder.join(path)).is_ok_and(|bytes| hash(&bytes) == *expected)
        })
}

/// The first line of a workspace's `Cargo.toml` that this generator wrote.
const WORKSPACE_HEADER: &str = "# Written by `cargo xtask regen`: do not edit.";

/// The `Cargo.toml` of a workspace in `out` with all generated crates that are there; `None` when it is as it should be.
///
/// # Errors
///
/// Fails when there is a `Cargo.toml` that somebody else wrote.
pub fn plan_workspace(out: &Path, members: &BTreeSet<String>) -> Result<Option<Change>, WriteError> {
    let path = out.join("Cargo.toml");
    let before = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => return Err(WriteError::Link(path)),
        Ok(_) => Some(read_text(&path)?),
        Err(_) => None,
    };
    if before.as_ref().is_some_and(|text| !text.starts_with(WORKSPACE_HEADER)) {
        return Err(WriteError::InTheWay(path));
    }
    let members: String = members.iter().map(|name| format!("    \"{name}\",\n")).collect();
    let after = format!("{WORKSPACE_HEADER}\n\n[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n");
    if before.as_ref().is_some_and(|before| same(before, &after)) {
        return Ok(None);
    }
    Ok(Some(Change { path: "Cargo.toml".to_owned(), before, after: Some(after) }))
}

/// Writes one file in one step: it is either the old or the new one.
///
/// # Errors
///
/// Fails, with the old file in place, when the system refuses.
pub fn write_file(path: &Path, text: &str) -> Result<(), WriteError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = new_file().tempfile_in(parent).map_err(io_error("write", path))?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(io_error("write", path))?;
    file.persist(path).map_err(|error| io_error("write", path)(error.error))?;
    Ok(())
}

/// A file for whoever may read the others: temporary ones are their owner's alone.
fn new_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

#[cfg(test)]
mod tests {
    use super::{writer::stage, *};
    use crate::{fingerprint::Inputs, manifest::Counts};
    use codegen::emit::Summary;

    const CARGO_TOML: &str = "[package]\nname = \"pets\"\nversion = \"0.1.0\"\n";

    fn files(list: &[(&str, &str)]) -> CrateFiles {
        let files = list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        CrateFiles { name: "pets".to_owned(), files, summary: Summary::default() }
    }

    fn manifest() -> Manifest {
        Manifest::new("pets.json".to_owned(), Inputs::default(), false, Counts::default())
    }

    fn plan(out: &Path, list: &[(&str, &str)]) -> Result<Update, WriteError> {
        Folder::open(out, "pets")?.plan(&files(list), manifest())
    }

    fn write(out: &Path, list: &[(&str, &str)]) -> Result<usize, WriteError> {
        let plan = plan(out, list)?;
        Writer::open(out, &out.join(".staging"))?.commit(&plan)?;
        Ok(plan.changes.len())
    }

    fn tree(out: &Path) -> Vec<String> {
        let mut found: Vec<String> = existing_files(out).unwrap().unwrap().into_keys().collect();
        found.retain(|path| !path.ends_with(manifest::FILE));
        found
    }

    #[test]
    fn a_crate_is_written_compared_and_replaced_as_a_whole() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        assert_eq!(write(out, &[("Cargo.toml", CARGO_TOML), ("src/lib.rs", "a"), ("src/old.rs", "")]).unwrap(), 4);
        assert_eq!(write(out, &[("Cargo.toml", CARGO_TOML), ("src/lib.rs", "a"), ("src/old.rs", "")]).unwrap(), 0);
        fs::write(out.join("pets/CHANGELOG.md"), "by hand").unwrap();
        assert_eq!(write(out, &[("Cargo.toml", CARGO_TOML), ("src/lib.rs", "b")]).unwrap(), 3);
        assert_eq!(tree(out), ["pets/CHANGELOG.md", "pets/Cargo.toml", "pets/src/lib.rs"]);
        assert_eq!(fs::read_to_string(out.join("pets/src/lib.rs")).unwrap(), "b");
        assert!(is_untouched(&out.join("pets"), &Manifest::read(&out.join("pets")).unwrap().unwrap()));
        fs::write(out.join("pets/src/lib.rs"), "edited").unwrap();
        assert!(!is_untouched(&out.join("pets"), &Manifest::read(&out.join("pets")).unwrap().unwrap()));
    }

    #[test]
    fn a_system_without_exchange_has_the_same_result() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        write(out, &[("a", "old")]).unwrap();
        let plan = plan(out, &[("b", "new")]).unwrap();
        let writer = Writer::open(out, &out.join(".staging")).unwrap();
        let staged = out.join(".staging/pets.new");
        stage(&plan, &staged).unwrap();
        writer.swap_in_two_steps(&staged, &plan).unwrap();
        drop(writer);
        assert_eq!(tree(out), ["pets/b"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        write(out, &[("a", "old"), ("b", "kept")]).unwrap();
        let plan = plan(out, &[("a", "new"), ("b", "kept")]).unwrap();
        let writer = Writer::open(out, &out.join(".staging")).unwrap();
        // The system refuses a step in the middle: a file that is to be kept has gone.
        fs::remove_file(out.join("pets/b")).unwrap();
        assert!(matches!(writer.commit(&plan), Err(WriteError::Io { action: "keep", .. })));
        assert!(!out.join(".staging/pets.new").exists());
        drop(writer);
        assert!(!out.join(".staging").exists());
        assert_eq!(
            (tree(out), fs::read_to_string(out.join("pets/a")).unwrap()),
            (vec!["pets/a".to_owned()], "old".to_owned())
        );
    }

    #[test]
    fn files_that_do_not_change_keep_their_times() {
        let out = tempfile::tempdir().unwrap();
        let lib = out.path().join("pets/src/lib.rs");
        write(out.path(), &[("src/lib.rs", "a"), ("b", "1")]).unwrap();
        let before = fs::metadata(&lib).unwrap().modified().unwrap();
        write(out.path(), &[("src/lib.rs", "a"), ("b", "2")]).unwrap();
        assert_eq!(fs::metadata(&lib).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn nothing_is_written_outside_of_the_crate() {
        let out = tempfile::tempdir().unwrap();
        for path in
            ["../x", "/x", "a/../../x", "a//b", "", "a\\b", "C:x", "nul.rs", ".git/config", "a.", manifest::FILE, "é"]
        {
            let error = plan(out.path(), &[(path, "")]).unwrap_err();
            assert!(matches!(error, WriteError::UnsafePath(_)), "{path}");
        }
        let twice = plan(out.path(), &[("src/a.rs", ""), ("src/A.rs", "")]);
        assert!(matches!(twice, Err(WriteError::UnsafePath(_))));
    }

    #[test]
    fn what_is_by_hand_is_never_overwritten() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        fs::create_dir(out.join("pets")).unwrap();
        assert!(matches!(write(out, &[("a", "")]), Err(WriteError::NotGenerated(_))));
        fs::remove_dir(out.join("pets")).unwrap();
        write(out, &[("a", "")]).unwrap();
        fs::write(out.join("pets/b"), "by hand").unwrap();
        assert!(matches!(write(out, &[("a", ""), ("b", "generated")]), Err(WriteError::InTheWay(_))));
        assert!(matches!(write(out, &[("b/c", "")]), Err(WriteError::InTheWay(_))));
        assert_eq!(tree(out), ["pets/a", "pets/b"]);
        fs::write(out.join("pets").join(manifest::FILE), "<<<<<<<").unwrap();
        assert!(matches!(write(out, &[("a", "")]), Err(WriteError::Manifest { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_kept_where_they_are_by_hand_and_refused_elsewhere() {
        use std::os::unix::fs::symlink;
        let (out, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let out = out.path();
        write(out, &[("a", "1")]).unwrap();
        symlink("../LICENSE", out.join("pets/LICENSE")).unwrap();
        write(out, &[("a", "2")]).unwrap();
        assert_eq!(fs::read_link(out.join("pets/LICENSE")).unwrap(), Path::new("../LICENSE"));
        symlink(outside.path(), out.join("pets/src")).unwrap();
        assert!(matches!(write(out, &[("src/lib.rs", "")]), Err(WriteError::InTheWay(_))));
        fs::remove_file(out.join("pets/src")).unwrap();
        fs::remove_file(out.join("pets/a")).unwrap();
        symlink(outside.path().join("x"), out.join("pets/a")).unwrap();
        assert!(matches!(write(out, &[("a", "3")]), Err(WriteError::Link(_))));
        fs::rename(out.join("pets"), outside.path().join("pets")).unwrap();
        symlink(outside.path().join("pets"), out.join("pets")).unwrap();
        assert!(matches!(write(out, &[("a", "3")]), Err(WriteError::Link(_))));
    }

    #[test]
    fn what_a_killed_run_left_is_mended() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        write(out, &[("a", "old")]).unwrap();
        fs::create_dir_all(out.join(".staging/pets.new")).unwrap();
        fs::rename(out.join("pets"), out.join(".staging/pets.old")).unwrap();
        drop(Writer::open(out, &out.join(".staging")).unwrap());
        assert_eq!(tree(out), ["pets/a"]);
        fs::create_dir_all(out.join(".staging/pets.old/x")).unwrap();
        drop(Writer::open(out, &out.join(".staging")).unwrap());
        assert_eq!(tree(out), ["pets/a"]);
    }

    #[test]
    fn a_workspace_of_somebody_else_is_left_alone() {
        let out = tempfile::tempdir().unwrap();
        let change = plan_workspace(out.path(), &BTreeSet::from(["a".to_owned()])).unwrap().unwrap();
        write_file(&out.path().join("Cargo.toml"), &change.after.unwrap()).unwrap();
        assert_eq!(plan_workspace(out.path(), &BTreeSet::from(["a".to_owned()])).unwrap(), None);
        fs::write(out.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        assert!(matches!(plan_workspace(out.path(), &BTreeSet::new()), Err(WriteError::InTheWay(_))));
    }
}
