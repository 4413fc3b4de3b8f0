//! What has to be true before anything is published. Each check is made, whatever the others say.

use super::{
    former,
    package::{Dependency, Package, cargo},
    plan::{ReleasePlan, Step},
    verdict::{Subject, Verdict, program},
};
use crate::{process::system::this_program, workspace};
use clap::ValueEnum;
use codegen::plain_file;
use std::{io, path::Path, process::Command};

/// The checks by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Check {
    /// Nothing in the work tree is uncommitted.
    CleanTree,
    /// The generated crates are what the documents make of them, in the versions that this asks for.
    Drift,
    /// Every package that has changed has another version.
    Versions,
    /// What the registry shows is there, and leads somewhere.
    Metadata,
    /// Each package has its licences' texts.
    Licences,
    /// Each package builds from what is packaged.
    Packages,
    /// What each package shows has changed no more than its version says, for cargo-semver-checks.
    Semver,
    /// The programs of each package's last release work with the new one, or its version says that they may not.
    OldPrograms,
    /// The documentation builds without warnings.
    Docs,
    /// The tests pass.
    Tests,
}

/// Hosts and words that stand in the place of an address that is still to come (RFC 2606, section 3).
const PLACEHOLDERS: &[&str] = &["example.com", "example.org", "example.net", "your-", "yourname", "todo", "localhost"];

impl Check {
    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Makes the check.
    pub fn run(self, subject: &Subject<'_>) -> Verdict {
        let releases: Vec<&Package> = subject.plan.releases().collect();
        let wrong = match self {
            Self::CleanTree => subject.repository.uncommitted().unwrap_or_else(|error| vec![error.to_string()]),
            Self::Drift => match own(subject.root, &["regen", "--check"]) {
                Ok(command) => program(command),
                Err(error) => vec![error.to_string()],
            },
            Self::Versions => stale(subject.plan),
            Self::Metadata => {
                let wrong = |package: &&Package| [metadata(package), sources(package, subject.registry)].concat();
                releases.iter().flat_map(wrong).collect()
            }
            Self::Licences => releases.iter().flat_map(|package| licences(subject.root, package)).collect(),
            Self::Packages if releases.is_empty() => Vec::new(),
            Self::Packages => packages(subject, &releases),
            Self::Docs if releases.is_empty() => Vec::new(),
            Self::Docs => {
                let mut command = cargo(subject.root, &["doc", "--locked", "--no-deps", "--quiet"], &releases);
                command.env("RUSTDOCFLAGS", "-D warnings");
                program(command)
            }
            Self::Semver => return former::semver(subject),
            Self::OldPrograms => return former::programs(subject),
            Self::Tests => program(cargo(subject.root, &["test", "--locked", "--workspace", "--quiet"], &[])),
        };
        if wrong.is_empty() { Verdict::Well(Vec::new()) } else { Verdict::Wrong(wrong) }
    }
}

/// Packs and builds what is to be released. Packages that need one another are built from a registry that cargo makes beside
/// its build, and what cargo has once unpacked of that it keeps by name and version: so each run has a place of its own.
fn packages(subject: &Subject<'_>, releases: &[&Package]) -> Vec<String> {
    let place = match tempfile::tempdir() {
        Ok(place) => place,
        Err(error) => return vec![format!("there is no room to build packages: {error}")],
    };
    let mut command = cargo(subject.root, &["package", "--locked"], releases);
    command.args(subject.registry.iter().flat_map(|registry| ["--registry", registry]));
    // As small as it can be: all that they depend on is built.
    command.env("CARGO_BUILD_BUILD_DIR", place.path()).env("CARGO_PROFILE_DEV_DEBUG", "false");
    program(command)
}

fn stale(plan: &ReleasePlan) -> Vec<String> {
    let stale = plan.steps.iter().filter(|(_, step)| *step == Step::Stale);
    let line =
        |package: &Package| format!("`{}` has changed since `{}`: raise its version", package.name, package.tag());
    stale.map(|(package, _)| line(package)).collect()
}

/// What the registry wants to know of a package (<https://doc.rust-lang.org/cargo/reference/manifest.html>).
fn metadata(package: &Package) -> Vec<String> {
    let name = &package.name;
    let texts = [
        ("description", &package.description),
        ("license", &package.license),
        ("repository", &package.repository),
        ("readme", &package.readme),
        ("rust-version", &package.rust_version),
    ];
    let mut wrong: Vec<String> =
        texts.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| format!("`{name}` has no `{key}`")).collect();
    let lists = [("keywords", &package.keywords), ("categories", &package.categories)];
    wrong.extend(lists.iter().filter(|(_, list)| list.is_empty()).map(|(key, _)| format!("`{name}` has no `{key}`")));
    let addresses = [&package.repository, &package.homepage, &package.documentation];
    for address in addresses.into_iter().flatten() {
        if PLACEHOLDERS.iter().any(|placeholder| address.to_lowercase().contains(placeholder)) {
            wrong.push(format!("`{name}` has the address `{address}`, which leads nowhere"));
        }
    }
    wrong
}

/// Whether a package that is published asks the same registry for the others of the workspace. Cargo takes what is in the
/// workspace from there, whatever the manifest says; those who depend on the package do not.
fn sources(package: &Package, registry: Option<&str>) -> Vec<String> {
    let own = package.dependencies.iter().filter(|needed| needed.path.is_some() && needed.req != "*");
    let strays = own.filter(|needed| needed.registry.is_some() != registry.is_some());
    let line = |needed: &Dependency| {
        let (name, needed) = (&package.name, &needed.name);
        match registry {
            Some(registry) => {
                format!("`{name}` asks crates.io for `{needed}`: write `registry = \"{registry}\"` beside its `path`")
            }
            None => format!("`{name}` asks another registry than crates.io for `{needed}`: take `registry` away"),
        }
    };
    strays.map(line).collect()
}

/// Whether a package has the text of each licence that the workspace has at its root, as it is there.
fn licences(root: &Path, package: &Package) -> Vec<String> {
    let texts = match workspace::licences(root) {
        Ok(texts) => texts,
        Err(error) => return vec![error.to_string()],
    };
    if texts.is_empty() {
        return vec![format!("`{}` has no licence file: the workspace has none", package.name)];
    }
    let is_there = |(name, text): &(&String, &String)| {
        plain_file::read_to_string(&package.folder().join(name)).is_ok_and(|own| own.replace("\r\n", "\n") == **text)
    };
    let missing = texts.iter().filter(|licence| !is_there(licence));
    missing.map(|(name, _)| format!("`{}` has no `{name}` as the workspace has it", package.name)).collect()
}

/// This program once more.
///
/// # Errors
///
/// Fails when the system does not tell where it is.
pub fn own(root: &Path, arguments: &[&str]) -> io::Result<Command> {
    let mut command = Command::new(this_program()?);
    command.current_dir(root).args(arguments);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_registry_shows_is_there_and_leads_somewhere() {
        let text = |text: &str| Some(text.to_owned());
        let package = Package {
            name: "x".to_owned(),
            description: text("d"),
            license: text("MIT"),
            repository: text("https://github.com/a/b"),
            readme: text("README.md"),
            rust_version: text("1.88"),
            keywords: vec!["k".to_owned()],
            categories: vec!["c".to_owned()],
            ..Package::default()
        };
        assert_eq!(metadata(&package), Vec::<String>::new());
        let bare = Package { keywords: Vec::new(), repository: text("https://example.com/x"), readme: None, ..package };
        let expected = [
            "`x` has no `readme`",
            "`x` has no `keywords`",
            "`x` has the address `https://example.com/x`, which leads nowhere",
        ];
        assert_eq!(metadata(&bare), expected);
    }

    #[test]
    fn packages_are_asked_for_where_they_are_published() {
        let needed = |name: &str, registry: Option<&str>, path: Option<&str>| Dependency {
            name: name.to_owned(),
            kind: None,
            req: "^0.1.0".to_owned(),
            path: path.map(Into::into),
            registry: registry.map(str::to_owned),
        };
        let of = |registry: Option<&str>| Package {
            name: "x".to_owned(),
            dependencies: vec![needed("serde", None, None), needed("y", registry, Some("/y"))],
            ..Package::default()
        };
        let (here, there) = (of(None), of(Some("https://registry.test/index")));
        assert_eq!((sources(&here, None), sources(&there, Some("test"))), (Vec::new(), Vec::new()));
        let line = "`x` asks crates.io for `y`: write `registry = \"test\"` beside its `path`";
        assert_eq!(sources(&here, Some("test")), [line]);
        assert_eq!(sources(&there, None), ["`x` asks another registry than crates.io for `y`: take `registry` away"]);
    }
}
