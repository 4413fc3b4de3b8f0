//! The workspace's lock file, as text: it is changed package by package, and whatever else is in it stays as cargo wrote it.

use codegen::diff::version::Version;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file.
pub const NAME: &str = "Cargo.lock";

/// What each package begins with.
const PACKAGE: &str = "[[package]]\n";

/// What the list of a package's dependencies begins with.
const DEPENDENCIES: &str = "dependencies = [\n";

/// The first line of the packages of a name.
fn first_line(name: &str) -> String {
    format!("name = \"{name}\"\n")
}

/// Whether a package is the workspace's own, which has no source there.
fn is_own(package: &str) -> bool {
    !package.contains("\nsource = \"")
}

/// The file with the workspace's own crates in these versions.
pub fn with_versions(lock: &str, versions: &BTreeMap<String, Version>) -> String {
    let packages = lock.split(PACKAGE).map(|package| {
        let field = |name: &str| package.lines().find_map(|line| line.strip_prefix(name)?.strip_suffix('"'));
        let name = field("name = \"").filter(|_| is_own(package));
        match name.and_then(|name| versions.get(name)).zip(field("version = \"")) {
            Some((is, was)) => package.replacen(&format!("version = \"{was}\""), &format!("version = \"{is}\""), 1),
            None => package.to_owned(),
        }
    });
    packages.collect::<Vec<_>>().join(PACKAGE)
}

/// The file with an own package in it, by its name and version, and among what `dependent` depends on. Nothing, where it needs a
/// package that the file has not, or has in several versions: of those cargo names the one, and which that is it alone knows.
pub fn with_package(lock: &str, own: (&str, &str), needs: &BTreeSet<String>, dependent: &str) -> Option<String> {
    let (name, version) = own;
    let mut packages: Vec<String> = lock.split(PACKAGE).map(str::to_owned).collect();
    let is_there_once = |need: &String| {
        let line = first_line(need);
        packages.iter().filter(|package| package.starts_with(&line)).count() == 1
    };
    if !needs.iter().all(is_there_once) {
        return None;
    }
    let line = first_line(name);
    packages.retain(|package| !(package.starts_with(&line) && is_own(package)));
    let needs: String = needs.iter().map(|need| format!(" \"{need}\",\n")).collect();
    let needs = if needs.is_empty() { needs } else { format!("{DEPENDENCIES}{needs}]\n") };
    // The first is what stands before all packages.
    let at = packages.iter().skip(1).position(|package| *package > line).map_or(packages.len(), |at| at + 1);
    packages.insert(at, format!("{line}version = \"{version}\"\n{needs}\n"));
    for package in packages.iter_mut().filter(|package| package.starts_with(&first_line(dependent))) {
        *package = depending_on(package, name);
    }
    Some(packages.join(PACKAGE).trim_end().to_owned() + "\n")
}

/// A package that depends on another one as well.
fn depending_on(package: &str, name: &str) -> String {
    let Some((before, rest)) = package.split_once(DEPENDENCIES) else {
        return format!("{}\n{DEPENDENCIES} \"{name}\",\n]\n\n", package.trim_end());
    };
    let Some((listed, after)) = rest.split_once("]\n") else { return package.to_owned() };
    let own = format!(" \"{name}\",\n");
    let lines: BTreeSet<&str> = listed.split_inclusive('\n').chain([own.as_str()]).collect();
    format!("{before}{DEPENDENCIES}{}]\n{after}", lines.into_iter().collect::<String>())
}

/// The file without an own package, which no other depends on any more.
pub fn without_package(lock: &str, name: &str) -> String {
    let line = first_line(name);
    let others = lock.split(PACKAGE).filter(|package| !(package.starts_with(&line) && is_own(package)));
    others.collect::<Vec<_>>().join(PACKAGE).replace(&format!("\n \"{name}\","), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, more: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n{more}")
    }

    fn list(names: &[&str]) -> String {
        let names: String = names.iter().map(|name| format!(" \"{name}\",\n")).collect();
        format!("dependencies = [\n{names}]\n")
    }

    #[test]
    fn a_package_comes_and_goes_as_cargo_would_have_it() {
        let facade = |names: &[&str]| package("facade", &list(names));
        let (runtime, serde) = (package("runtime", ""), package("serde", "source = \"registry\"\n"));
        let before = format!("version = 4\n\n{}\n{runtime}\n{serde}", facade(&["one", "runtime"]));
        let own = package("pet-store", &list(&["runtime", "serde"]));
        let after = format!("version = 4\n\n{}\n{own}\n{runtime}\n{serde}", facade(&["one", "pet-store", "runtime"]));
        let needs = BTreeSet::from(["runtime", "serde"].map(str::to_owned));
        let with = |lock: &str| with_package(lock, ("pet-store", "0.1.0"), &needs, "facade");
        assert_eq!(with(&before).as_deref(), Some(after.as_str()));
        assert_eq!(with(&after).as_deref(), Some(after.as_str()));
        assert_eq!(without_package(&after, "pet-store"), before);
        // Which version of two it is, or of one that is not there, only cargo knows.
        assert_eq!(with(&before.replace("name = \"serde\"", "name = \"other\"")), None);
        assert_eq!(with(&format!("{before}\n{serde}")), None);
    }

    #[test]
    fn a_crate_of_the_registry_keeps_its_version() {
        let versions = BTreeMap::from([("one".to_owned(), "0.2.0".parse().unwrap())]);
        let (own, other) = (package("one", ""), package("one", "source = \"registry\"\n"));
        let raised = with_versions(&format!("{own}\n{other}"), &versions);
        assert_eq!(raised, format!("{}\n{other}", own.replace("0.1.0", "0.2.0")));
    }
}
