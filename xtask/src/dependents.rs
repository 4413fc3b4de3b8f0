//! What follows the generated crates in this repository: what the workspace asks for, the lock file, and the crates that show
//! programs the generated ones. They follow the versions, and break when generated crates do; and they take in a new API, and
//! let go of one that is gone.

use crate::{
    history::CHANGELOG,
    lock_file,
    write::{self, Change, WriteError},
};
use codegen::{
    diff::{
        self,
        change::{self, Bump, Class, Kind},
        changelog,
        version::{Version, Versions},
    },
    plain_file,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};
use toml_edit::{DocumentMut, Item, value};

/// The name of the file with what a dependent was released with, in its folder.
pub const FILE: &str = ".switchboard-facade.json";

/// What a crate was released with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Facade {
    /// The version of the last release.
    version: Version,
    /// The least version that it could have the last time: any other is by hand.
    made: Version,
    /// The generated crates that it shows, with their versions at the last release.
    dependencies: BTreeMap<String, Version>,
}

/// The files of a workspace, as they are and as they are to be.
struct Files<'a> {
    root: &'a Path,
    texts: BTreeMap<PathBuf, (Option<String>, String)>,
}

impl Files<'_> {
    fn get(&mut self, path: &Path) -> Result<Option<&mut String>, WriteError> {
        if !self.texts.contains_key(path) {
            let file = self.root.join(path);
            let text = match plain_file::read_to_string(&file) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(WriteError::Io { action: "read", path: file, error }),
            };
            self.texts.insert(path.to_path_buf(), (Some(text.clone()), text));
        }
        Ok(self.texts.get_mut(path).map(|(_, text)| text))
    }

    fn set(&mut self, path: &Path, text: String) -> Result<(), WriteError> {
        match self.get(path)? {
            Some(existing) => *existing = text,
            None => {
                self.texts.insert(path.to_path_buf(), (None, text));
            }
        }
        Ok(())
    }

    /// A file of TOML; what is none stays as it is, and cargo says so.
    fn toml(&mut self, path: &Path) -> Result<Option<DocumentMut>, WriteError> {
        Ok(self.get(path)?.and_then(|text| text.parse().ok()))
    }

    fn changes(self) -> Vec<Change> {
        let changed = self.texts.into_iter().filter(|(_, (before, after))| before.as_ref() != Some(after));
        let change = changed.map(|(path, (before, after))| Change {
            path: path.to_string_lossy().replace('\\', "/"),
            before,
            after: Some(after),
        });
        change.collect()
    }
}

/// What has to change in the workspace at `root` when the generated crates, whose folders are in `crates`, have these
/// versions. `as_released` is whether what is there now counts as released.
///
/// # Errors
///
/// Fails when a file cannot be read.
pub fn plan(
    root: &Path,
    crates: &str,
    versions: &BTreeMap<String, Version>,
    as_released: bool,
) -> Result<Vec<Change>, WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let mut all = versions.clone();
    for name in dependents(root, crates, versions) {
        if let Some(version) = dependent(&mut files, &Path::new(crates).join(&name), &all, as_released)? {
            all.insert(name, version);
        }
    }
    requirements(&mut files, &all)?;
    if let Some(lock) = files.get(Path::new(lock_file::NAME))? {
        *lock = lock_file::with_versions(lock, &all);
    }
    Ok(files.changes())
}

/// The crates that depend on generated ones, or on others that do, and are none: each behind those that it depends on, beside
/// that in the order of their names.
fn dependents(root: &Path, crates: &str, versions: &BTreeMap<String, Version>) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join(crates)) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let others = names.filter(|name| !versions.contains_key(name)).filter_map(|name| {
        let text = plain_file::read_to_string(&root.join(crates).join(&name).join("Cargo.toml")).ok()?;
        let manifest = text.parse::<DocumentMut>().ok()?;
        Some((name, needed(&manifest).map(str::to_owned).collect::<BTreeSet<_>>()))
    });
    let mut others: BTreeMap<String, BTreeSet<String>> = others.collect();
    let mut concerned: BTreeSet<String> = versions.keys().cloned().collect();
    // One that shows none any more has lost them.
    concerned.extend(others.keys().filter(|name| root.join(crates).join(name).join(FILE).is_file()).cloned());
    while let Some(more) =
        others.iter().find(|(name, needs)| !concerned.contains(*name) && !needs.is_disjoint(&concerned))
    {
        concerned.insert(more.0.clone());
    }
    others.retain(|name, _| concerned.contains(name));
    let mut ordered = Vec::new();
    // Cargo refuses circles: then none is in order, and none is settled.
    while let Some(next) = others
        .iter()
        .find(|(_, needs)| !needs.iter().any(|need| others.contains_key(need)))
        .map(|(name, _)| name.clone())
    {
        others.remove(&next);
        ordered.push(next);
    }
    ordered
}

/// The crates that a manifest depends on, but for its tests.
fn needed(manifest: &DocumentMut) -> impl Iterator<Item = &str> {
    let dependencies = manifest.get("dependencies").and_then(Item::as_table_like);
    dependencies.into_iter().flat_map(|table| table.iter().map(|(name, _)| name))
}

/// The crates of these that a manifest depends on, with their versions.
fn shown(manifest: &DocumentMut, versions: &BTreeMap<String, Version>) -> BTreeMap<String, Version> {
    needed(manifest).filter_map(|name| Some((name.to_owned(), versions.get(name)?.clone()))).collect()
}

/// Raises a dependent where what it shows is not what it was; its version then.
fn dependent(
    files: &mut Files<'_>,
    folder: &Path,
    versions: &BTreeMap<String, Version>,
    as_released: bool,
) -> Result<Option<Version>, WriteError> {
    let path = folder.join("Cargo.toml");
    let Some(mut manifest) = files.toml(&path)? else { return Ok(None) };
    let Some(given) = version_of(files, &manifest)? else { return Ok(None) };
    let mut now = shown(&manifest, versions);
    let noted = folder.join(FILE);
    let record = files.get(&noted)?.map(|text| serde_json::from_str::<Facade>(text)).transpose();
    let record = record.map_err(|error| WriteError::Manifest { path: noted, error: error.into() })?;
    let mut record = record.filter(|_| !as_released).unwrap_or_else(|| Facade {
        version: given.clone(),
        made: given.clone(),
        dependencies: now.clone(),
    });
    // A crate that cannot be told to be generated at the moment is there all the same, and as it was.
    let crates = folder.parent().unwrap_or(folder);
    for (name, version) in &record.dependencies {
        if needed(&manifest).any(|needed| needed == name)
            && files.root.join(crates).join(name).join("Cargo.toml").is_file()
        {
            now.entry(name.clone()).or_insert_with(|| version.clone());
        }
    }
    let broken = broken(&record.dependencies, &now);
    let decided = Versions {
        released: record.version.clone(),
        given: given.clone(),
        made: Some(record.made.clone()),
        allowed: None,
    };
    // What somebody gives it by hand is looked at when it is released.
    let bump = diff::bump(&broken);
    let version = decided.decide(bump).unwrap_or_else(|_| given.clone());
    record.made = decided.least(bump);
    if version != given {
        give(&mut manifest, &version);
        files.set(&path, manifest.to_string())?;
    }
    let changelog = folder.join(CHANGELOG);
    let existing = files.get(&changelog)?.cloned();
    let before = existing.clone().unwrap_or_else(|| changelog::first(&record.version.to_string()));
    files.set(&changelog, changelog::update(&before, &version.to_string(), &broken))?;
    let text = serde_json::to_string_pretty(&record).unwrap_or_default() + "\n";
    files.set(&folder.join(FILE), text)?;
    Ok(Some(version))
}

/// The version that a manifest gives its crate, or has from the workspace.
fn version_of(files: &mut Files<'_>, manifest: &DocumentMut) -> Result<Option<Version>, WriteError> {
    let inherited = files.toml(Path::new("Cargo.toml"))?;
    let inherited = inherited.as_ref().and_then(|root| root.get("workspace")?.get("package")?.get("version")?.as_str());
    let own = manifest.get("package").and_then(|package| package.get("version"));
    Ok(own.and_then(Item::as_str).or(inherited).and_then(|text| text.parse().ok()))
}

/// Writes a version into a manifest, where the others of its crate stand.
fn give(manifest: &mut DocumentMut, version: &Version) {
    if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_mut) {
        let position = package.position();
        package.insert("version", value(version.to_string()));
        package.set_position(position);
    }
}

/// What breaks programs that see the generated crates through another one.
fn broken(before: &BTreeMap<String, Version>, now: &BTreeMap<String, Version>) -> Vec<change::Change> {
    let change = |code, bump, words: String| change::Change {
        code,
        class: Class::Info,
        bump,
        words,
        wire: None,
        before: None,
        after: None,
        items: Vec::new(),
        action: None,
    };
    let mut found = Vec::new();
    for (name, was) in before {
        match now.get(name) {
            Some(is) if is.is_compatible(was) => {}
            Some(is) => {
                let words = format!("`{name}` is of version {is}, it was {was}: see its changelog");
                found.push(change(Kind::ItemChanged, Bump::Major, words));
            }
            None => found.push(change(Kind::ItemRemoved, Bump::Major, format!("`{name}` is gone"))),
        }
    }
    let new = now.keys().filter(|name| !before.contains_key(*name));
    found.extend(new.map(|name| change(Kind::ItemAdded, Bump::Minor, format!("new: `{name}`"))));
    found
}

/// What the workspace asks for of its own crates.
fn requirements(files: &mut Files<'_>, versions: &BTreeMap<String, Version>) -> Result<(), WriteError> {
    let path = Path::new("Cargo.toml");
    let Some(mut root) = files.toml(path)? else { return Ok(()) };
    let dependencies = root.get_mut("workspace").and_then(|workspace| workspace.get_mut("dependencies"));
    let Some(dependencies) = dependencies.and_then(Item::as_table_like_mut) else { return Ok(()) };
    let mut is_changed = false;
    for (name, version) in versions {
        let Some(dependency) = dependencies.get_mut(name).and_then(Item::as_table_like_mut) else { continue };
        let text = version.to_string();
        if dependency.contains_key("path")
            && let Some(Item::Value(asked)) = dependency.get_mut("version")
            && asked.as_str().is_some_and(|asked| asked != text)
        {
            let decor = asked.decor().clone();
            *asked = text.into();
            *asked.decor_mut() = decor;
            is_changed = true;
        }
    }
    if is_changed { files.set(path, root.to_string()) } else { Ok(()) }
}

/// The facade of this repository.
const FACADE: &str = "crates/switchboard";

/// What in the workspace has a name that the crate of a new API would take from it.
///
/// # Errors
///
/// Fails when a file cannot be read.
pub fn owner(root: &Path, name: &str) -> Result<Option<&'static str>, WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let ident = |name: &str| name.replace('-', "_");
    let is_name = |other: &str| ident(other) == ident(name);
    let own = Path::new(FACADE);
    let manifests = (files.toml(Path::new("Cargo.toml"))?, files.toml(&own.join("Cargo.toml"))?);
    let (Some(mut workspace), Some(mut facade)) = manifests else { return Ok(None) };
    // What is left of an API of that name is no other's.
    let is_taken = |document: &mut DocumentMut, path: &[&str], left: &str| {
        let mut entries = table(document, path).into_iter().flat_map(|table| table.iter());
        entries.any(|(key, item)| is_name(key) && !item.to_string().contains(left))
    };
    if is_taken(&mut workspace, &["workspace", "dependencies"], &format!("\"crates/{name}\"")) {
        return Ok(Some("a dependency of the workspace"));
    }
    if is_taken(&mut facade, &["features"], &format!("\"dep:{name}\"")) {
        return Ok(Some("a feature of the facade"));
    }
    let source = files.get(&own.join("src/lib.rs"))?.cloned().unwrap_or_default();
    let module = |line: &str| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';').map(is_name);
    if source.lines().filter_map(module).any(|is_name| is_name) {
        return Ok(Some("a module of the facade"));
    }
    let members = workspace.get("workspace").and_then(|workspace| workspace.get("members")?.as_array());
    let members = members.into_iter().flatten().filter_map(|member| member.as_str());
    let is_member = members.flat_map(|member| folders(root, member)).any(|folder| {
        let manifest = plain_file::read_to_string(&folder.join("Cargo.toml")).ok();
        let manifest = manifest.and_then(|text| text.parse::<DocumentMut>().ok());
        let package = manifest.as_ref().and_then(|manifest| manifest.get("package")?.get("name")?.as_str());
        package.is_some_and(is_name) && folder != root.join("crates").join(name)
    });
    Ok(is_member.then_some("a package of the workspace"))
}

/// The folders that a member of the workspace stands for.
fn folders(root: &Path, member: &str) -> Vec<PathBuf> {
    let Some(outer) = member.strip_suffix("/*") else { return vec![root.join(member)] };
    let entries = std::fs::read_dir(root.join(outer)).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Makes a generated crate known to the workspace, and a feature of the facade, which shows its client.
///
/// # Errors
///
/// Fails when a file cannot be read or written.
pub fn admit(root: &Path, name: &str) -> Result<(), WriteError> {
    list_in_readme(root, name, true)?;
    lock(root, name)?;
    change_facade(root, |workspace, facade, source| {
        let dependency =
            format!("{{ path = \"crates/{name}\", version = \"{}\", default-features = false }}", Version::first());
        put(workspace, &["workspace", "dependencies"], name, &dependency);
        put(facade, &["dependencies"], name, "{ workspace = true, features = [\"client\"], optional = true }");
        put(facade, &["features"], name, &format!("[\"dep:{name}\"]"));
        let shown = format!("#[cfg(feature = \"{name}\")]\npub use {};\n", name.replace('-', "_"));
        if source.contains(&shown) {
            return;
        }
        match place_to_show(source, &shown) {
            Some(at) => source.insert_str(at, &shown),
            None => source.push_str(&shown),
        }
    })
}

/// Puts a generated crate into the lock file, as cargo would: whoever builds with `--locked` goes on. A crate that needs what is
/// not in the file is left to cargo, which alone knows the version to take.
fn lock(root: &Path, name: &str) -> Result<(), WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let manifest = files.toml(&Path::new("crates").join(name).join("Cargo.toml"))?;
    let (Some(mut manifest), Some(lock)) = (manifest, files.get(Path::new(lock_file::NAME))?) else { return Ok(()) };
    let needs = needs(&mut manifest);
    let version = manifest.get("package").and_then(|package| package.get("version")?.as_str());
    let version = version.map_or_else(|| Version::first().to_string(), str::to_owned);
    if let Some(with) = lock_file::with_package(lock, (name, &version), &needs, "switchboard") {
        *lock = with;
    }
    commit(root, &files.changes())
}

/// The packages that a manifest depends on.
fn needs(manifest: &mut DocumentMut) -> BTreeSet<String> {
    let mut needs = BTreeSet::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (key, dependency) in table(manifest, &[section]).into_iter().flat_map(|table| table.iter()) {
            needs.insert(dependency.get("package").and_then(Item::as_str).unwrap_or(key).to_owned());
        }
    }
    needs
}

/// Where a crate is shown among those that are: behind what `rustfmt` puts before it.
fn place_to_show(source: &str, shown: &str) -> Option<usize> {
    let name_of = |lines: &str| {
        let line = lines.lines().find(|line| !line.starts_with("#["))?;
        line.strip_prefix("pub use ")?.strip_suffix(';').map(str::to_owned)
    };
    let mut at = first_shown(source)?;
    while let Some(rest) = source.get(at..)
        && name_of(rest).is_some_and(|other| Some(other) < name_of(shown))
    {
        let lines = rest.split_inclusive('\n').position(|line| line.starts_with("pub use ")).unwrap_or_default() + 1;
        at += rest.split_inclusive('\n').take(lines).map(str::len).sum::<usize>();
    }
    Some(at)
}

/// Where the first crate is shown in the facade's source: a whole crate behind a feature.
fn first_shown(source: &str) -> Option<usize> {
    source.match_indices("#[cfg(feature = ").map(|(at, _)| at).find(|at| {
        let shown = source.get(*at..).and_then(|rest| rest.lines().nth(1)?.strip_prefix("pub use ")?.strip_suffix(';'));
        shown.is_some_and(|name| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'))
    })
}

/// Undoes [`admit`].
///
/// # Errors
///
/// Fails when a file cannot be read or written.
pub fn dismiss(root: &Path, name: &str) -> Result<(), WriteError> {
    list_in_readme(root, name, false)?;
    unlock(root, name)?;
    change_facade(root, |workspace, facade, source| {
        take(workspace, &["workspace", "dependencies"], name);
        take(facade, &["dependencies"], name);
        take(facade, &["features"], name);
        if let Some(default) = table(facade, &["features"]).and_then(|features| features.get_mut("default"))
            && let Some(default) = default.as_array_mut()
        {
            default.retain(|feature| feature.as_str() != Some(name));
        }
        *source = source.replace(&format!("#[cfg(feature = \"{name}\")]\npub use {};\n", name.replace('-', "_")), "");
    })
}

/// Takes a package of the workspace out of the lock file.
fn unlock(root: &Path, name: &str) -> Result<(), WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let Some(lock) = files.get(Path::new(lock_file::NAME))? else { return Ok(()) };
    *lock = lock_file::without_package(lock, name);
    commit(root, &files.changes())
}

/// What the line of the README ends with that lists the generated crates.
const GENERATED: &str = " | generated |";

/// Puts a crate into the README's list of generated ones, or takes it out.
fn list_in_readme(root: &Path, name: &str, is_there: bool) -> Result<(), WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let Some(readme) = files.get(Path::new("README.md"))? else { return Ok(()) };
    let lines = readme.split_inclusive('\n').map(|line| {
        let listed = line.trim_end().strip_prefix("| ").and_then(|line| line.strip_suffix(GENERATED));
        let Some(listed) = listed else { return line.to_owned() };
        let own = format!("`crates/{name}`");
        let mut crates: Vec<&str> = listed.split(", ").filter(|listed| *listed != own).collect();
        crates.extend(is_there.then_some(own.as_str()));
        format!("| {}{GENERATED}\n", crates.join(", "))
    });
    *readme = lines.collect();
    commit(root, &files.changes())
}

fn change_facade(
    root: &Path,
    change: impl FnOnce(&mut DocumentMut, &mut DocumentMut, &mut String),
) -> Result<(), WriteError> {
    let mut files = Files { root, texts: BTreeMap::new() };
    let own = Path::new(FACADE);
    let (workspace, facade, source) = (Path::new("Cargo.toml"), own.join("Cargo.toml"), own.join("src/lib.rs"));
    let manifests = (files.toml(workspace)?, files.toml(&facade)?);
    let (Some(mut outer), Some(mut inner)) = manifests else { return Ok(()) };
    let Some(mut text) = files.get(&source)?.cloned() else { return Ok(()) };
    change(&mut outer, &mut inner, &mut text);
    files.set(workspace, outer.to_string())?;
    files.set(&facade, inner.to_string())?;
    files.set(&source, text)?;
    commit(root, &files.changes())
}

fn table<'d>(document: &'d mut DocumentMut, path: &[&str]) -> Option<&'d mut dyn toml_edit::TableLike> {
    let mut item = document.as_item_mut();
    for key in path {
        item = item.get_mut(key)?;
    }
    item.as_table_like_mut()
}

/// Sets a key to a value that is written so, unless it is there.
fn put(document: &mut DocumentMut, path: &[&str], name: &str, written: &str) {
    let Ok(written) = written.parse::<toml_edit::Value>() else { return };
    if let Some(table) = table(document, path).filter(|table| !table.contains_key(name)) {
        table.insert(name, Item::Value(written));
    }
}

fn take(document: &mut DocumentMut, path: &[&str], name: &str) {
    if let Some(table) = table(document, path) {
        table.remove(name);
    }
}

/// Writes what has changed, each file in one step.
///
/// # Errors
///
/// Fails when the system refuses.
pub fn commit(root: &Path, changes: &[Change]) -> Result<(), WriteError> {
    for change in changes {
        write::write_file(&root.join(&change.path), change.after.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ROOT: &str = "[workspace.package]\nversion = \"0.1.0\" # ours\n\n[workspace.dependencies]\none = { path = \"crates/one\", version = \"0.1.0\", default-features = false }\nfacade = { path = \"crates/facade\", version = \"0.1.0\" }\nserde = \"1\"\n";
    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\nsource = \"registry\"\n\n[[package]]\nname = \"facade\"\nversion = \"0.1.0\"\n";

    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", ROOT);
        write("Cargo.lock", LOCK);
        write(
            "crates/facade/Cargo.toml",
            "[package]\nname = \"facade\"\nversion.workspace = true\n\n[dependencies]\none = { workspace = true }\n",
        );
        write(
            "crates/a-program/Cargo.toml",
            "[package]\nname = \"a-program\"\nversion.workspace = true\n\n[dependencies]\nfacade = { workspace = true }\n",
        );
        write(
            "crates/other/Cargo.toml",
            "[package]\nname = \"other\"\n\n[dev-dependencies]\none = { workspace = true }\n",
        );
        root
    }

    fn settle(root: &Path, version: &str) -> Vec<String> {
        let versions = BTreeMap::from([("one".to_owned(), version.parse().unwrap())]);
        let changes = plan(root, "crates", &versions, false).unwrap();
        commit(root, &changes).unwrap();
        assert!(plan(root, "crates", &versions, false).unwrap().is_empty(), "a second run changes something");
        changes.into_iter().map(|change| change.path).collect()
    }

    #[test]
    fn an_api_is_locked_with_what_its_manifest_names() {
        let root = workspace();
        let root = root.path();
        let manifest = "[package]\nname = \"pet-store\"\nversion = \"0.1.0\"\n\n[dependencies]\nruntime = { workspace = true }\n\n[dev-dependencies]\njson = { package = \"serde\", workspace = true }\n";
        let folder = root.join("crates/pet-store");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        let [runtime, serde, facade] = ["runtime", "serde", "switchboard"]
            .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"));
        let before = format!("version = 4\n\n{runtime}\n{serde}\n{facade}dependencies = [\n \"runtime\",\n]\n");
        fs::write(root.join("Cargo.lock"), &before).unwrap();
        lock(root, "pet-store").unwrap();
        let read = || fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let own = "name = \"pet-store\"\nversion = \"0.1.0\"\ndependencies = [\n \"runtime\",\n \"serde\",\n]\n";
        assert!(read().contains(own) && read().contains(" \"pet-store\",\n \"runtime\",\n]"), "{}", read());
        unlock(root, "pet-store").unwrap();
        assert_eq!(read(), before);
    }

    #[test]
    fn an_api_is_admitted_and_dismissed() {
        let root = workspace();
        let root = root.path();
        let put = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        };
        let facade = "[package]\nname = \"switchboard\"\n\n[features]\ndefault = [\"one\"]\none = [\"dep:one\"]\n\n[dependencies]\none = { workspace = true, features = [\"client\"], optional = true }\n";
        put("crates/switchboard/Cargo.toml", facade);
        put(
            "crates/switchboard/src/lib.rs",
            "#[cfg(feature = \"sqlite\")]\npub mod a;\n\n#[cfg(feature = \"one\")]\npub use one;\npub use runtime::{self as rt, X};\n#[cfg(feature = \"two\")]\npub use two;\npub use x::Y;\n",
        );
        put("README.md", "# All\n\n| `crates/one` | generated |\n| `docs/` | the book |\n");
        let files = ["Cargo.toml", "crates/switchboard/Cargo.toml", "crates/switchboard/src/lib.rs", "README.md"];
        let read = || files.map(|path| fs::read_to_string(root.join(path)).unwrap());
        let before = read();
        admit(root, "pet-store").unwrap();
        let [workspace, facade, source, readme] = read();
        assert!(readme.contains("| `crates/one`, `crates/pet-store` | generated |\n| `docs/`"), "{readme}");
        assert!(
            workspace
                .contains("pet-store = { path = \"crates/pet-store\", version = \"0.1.0\", default-features = false }")
        );
        assert!(facade.contains("pet-store = { workspace = true, features = [\"client\"], optional = true }"));
        assert!(facade.contains("pet-store = [\"dep:pet-store\"]"));
        // Where `rustfmt` puts it.
        let own = "#[cfg(feature = \"pet-store\")]\npub use pet_store;\n";
        assert!(source.contains(&format!("pub use one;\n{own}pub use runtime::")), "{source}");
        let once = read();
        admit(root, "pet-store").unwrap();
        assert_eq!(read(), once);
        // Cargo has built it since.
        let depends = "dependencies = [\n \"one\",\n \"pet-store\",\n]\n\n";
        let package = "[[package]]\nname = \"pet-store\"\nversion = \"0.1.0\"\n\n";
        let facade = "[[package]]\nname = \"facade\"";
        put("Cargo.lock", &LOCK.replace(facade, &format!("{depends}{package}{facade}")));
        dismiss(root, "pet-store").unwrap();
        assert_eq!(read(), before);
        let depends = depends.replace("\n \"pet-store\",", "");
        let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
        assert_eq!(lock, LOCK.replace(facade, &format!("{depends}{facade}")));
        for (name, neighbours) in [("all", ["\n\n", "#[cfg(feature = \"one\")]"]), ("zoo", ["pub use x::Y;\n", ""])] {
            admit(root, name).unwrap();
            let own = format!("#[cfg(feature = \"{name}\")]\npub use {name};\n");
            assert!(read()[2].contains(&neighbours.join(&own)), "{}", read()[2]);
            dismiss(root, name).unwrap();
        }
    }

    #[test]
    fn the_name_of_something_else_is_not_taken() {
        let root = workspace();
        let root = root.path();
        fs::create_dir_all(root.join("crates/switchboard/src")).unwrap();
        let facade = "[package]\nname = \"switchboard\"\n\n[features]\nsql-lite = []\n";
        fs::write(root.join("crates/switchboard/Cargo.toml"), facade).unwrap();
        fs::write(root.join("crates/switchboard/src/lib.rs"), "pub mod testing;\nmod state;\n").unwrap();
        for (name, expected) in [
            ("serde", Some("a dependency of the workspace")),
            ("sql_lite", Some("a feature of the facade")),
            ("state", Some("a module of the facade")),
            ("testing", Some("a module of the facade")),
            ("pet-store", None),
        ] {
            assert_eq!(owner(root, name).unwrap(), expected, "{name}");
        }
        fs::write(root.join("Cargo.toml"), format!("[workspace]\nmembers = [\"crates/*\", \"tool\"]\n\n{ROOT}"))
            .unwrap();
        fs::create_dir(root.join("tool")).unwrap();
        fs::write(root.join("tool/Cargo.toml"), "[package]\nname = \"xtask\"\n").unwrap();
        assert_eq!(owner(root, "xtask").unwrap(), Some("a package of the workspace"));
        // What a run that was stopped has left of the API itself.
        admit(root, "pet-store").unwrap();
        assert_eq!(owner(root, "pet-store").unwrap(), None);
    }

    #[test]
    fn a_crate_that_is_there_is_not_told_to_be_gone() {
        let root = workspace();
        let root = root.path();
        settle(root, "0.1.0");
        let none = BTreeMap::new();
        fs::create_dir_all(root.join("crates/one")).unwrap();
        fs::write(root.join("crates/one/Cargo.toml"), "[package]\nname = \"one\"\n").unwrap();
        assert_eq!(plan(root, "crates", &none, false).unwrap(), []);
        fs::remove_dir_all(root.join("crates/one")).unwrap();
        assert!(!plan(root, "crates", &none, false).unwrap().is_empty());
    }

    #[test]
    fn a_facade_follows_what_breaks_and_nothing_else() {
        let root = workspace();
        let root = root.path();
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
        let made = [
            "crates/a-program/.switchboard-facade.json",
            "crates/a-program/CHANGELOG.md",
            "crates/facade/.switchboard-facade.json",
            "crates/facade/CHANGELOG.md",
        ];
        assert_eq!(settle(root, "0.1.0"), made);
        assert_eq!(settle(root, "0.1.1"), ["Cargo.lock", "Cargo.toml"]);
        settle(root, "0.2.0");
        // The workspace's own version stays: it is that of other crates, too.
        let required =
            |name: &str| (format!("{name}\", version = \"0.1.0\""), format!("{name}\", version = \"0.2.0\""));
        let [one, facade] = ["crates/one", "crates/facade"].map(required);
        assert_eq!(read("Cargo.toml"), ROOT.replace(&one.0, &one.1).replace(&facade.0, &facade.1));
        assert!(read("crates/facade/Cargo.toml").contains("version = \"0.2.0\"\n"));
        assert!(read("crates/facade/CHANGELOG.md").contains("- **Breaking:** `one` is of version 0.2.0, it was 0.1.0"));
        // So are those that the facade breaks.
        let program = read("crates/a-program/CHANGELOG.md");
        assert!(program.contains("- **Breaking:** `facade` is of version 0.2.0, it was 0.1.0"), "{program}");
        assert_eq!(read("Cargo.lock").matches("version = \"0.2.0\"").count(), 2);
        assert!(read("Cargo.lock").contains("version = \"0.1.0\"\nsource"), "a crate of the registry is another one");
        // And back again.
        settle(root, "0.1.0");
        assert!(read("crates/facade/Cargo.toml").contains("version = \"0.1.0\"\n"));
        assert!(!read("crates/facade/CHANGELOG.md").contains("Unreleased"));
    }
}
