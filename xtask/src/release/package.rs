//! The packages of a workspace, as cargo sees them.

use serde::Deserialize;
use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use thiserror::Error;

/// Cargo, for these packages.
pub fn cargo(root: &Path, arguments: &[&str], packages: &[&Package]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    command
}

/// Why the packages are not known.
#[derive(Debug, Error)]
pub enum PackageError {
    /// Cargo cannot be run.
    #[error("cargo cannot be run: {0}")]
    Program(#[from] io::Error),
    /// Cargo cannot read the workspace.
    #[error("cargo cannot read the workspace: {0}")]
    Workspace(String),
    /// Cargo's answer is not understood.
    #[error("cargo's answer is not understood: {0}")]
    Answer(#[from] serde_json::Error),
    /// Packages depend on one another in a circle.
    #[error("`{0}` depends on itself")]
    Circle(String),
}

/// A package that can be published.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The registries that it may be published to: none where the list is empty, any where there is no list.
    pub publish: Option<Vec<String>>,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// One line about it.
    pub description: Option<String>,
    /// Its licences.
    pub license: Option<String>,
    /// Where its source is.
    pub repository: Option<String>,
    /// Its page.
    pub homepage: Option<String>,
    /// Its documentation.
    pub documentation: Option<String>,
    /// Its README.
    pub readme: Option<String>,
    /// What it is found by.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The registry's categories.
    #[serde(default)]
    pub categories: Vec<String>,
    /// The oldest Rust that builds it.
    pub rust_version: Option<String>,
    /// What is built of it.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// Something that is built of a package.
#[derive(Clone, Debug, Deserialize)]
pub struct Target {
    /// `lib`, `bin`, `test` and so on.
    pub kind: Vec<String>,
}

/// What a package depends on.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// The package.
    pub name: String,
    /// `dev`, `build`, or nothing.
    pub kind: Option<String>,
    /// The versions of it that will do.
    pub req: String,
    /// Where it is in the workspace, if it is.
    pub path: Option<PathBuf>,
    /// The address of the registry that has it; none for crates.io.
    pub registry: Option<String>,
}

impl Package {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }

    /// The tag of its release.
    pub fn tag(&self) -> String {
        format!("{}-v{}", self.name, self.version)
    }

    /// Whether others can use it from their code.
    pub fn has_library(&self) -> bool {
        self.targets.iter().flat_map(|target| &target.kind).any(|kind| kind == "lib")
    }

    /// The names of what has to be published before it. What only its tests need does not, where no version of it is asked for.
    fn needs(&self) -> impl Iterator<Item = &str> {
        let needed = self.dependencies.iter().filter(|found| found.kind.as_deref() != Some("dev") || found.req != "*");
        needed.map(|dependency| dependency.name.as_str())
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// The packages of the workspace at `root` that can be published, each behind those that it depends on.
///
/// # Errors
///
/// Fails when cargo does, and when there is a circle.
pub fn all(root: &Path) -> Result<Vec<Package>, PackageError> {
    let mut command = cargo(root, &["metadata", "--no-deps", "--format-version", "1", "--offline"], &[]);
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(PackageError::Workspace(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let is_published = |package: &Package| package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
    in_order(metadata.packages.into_iter().filter(is_published).collect())
}

/// Each package behind those that it needs; beside that, by name.
fn in_order(mut left: Vec<Package>) -> Result<Vec<Package>, PackageError> {
    left.sort_by(|a, b| a.name.cmp(&b.name));
    let mut ordered: Vec<Package> = Vec::new();
    while let Some(first) = left.first() {
        let is_ready = |package: &Package| {
            package.needs().all(|needed| needed == package.name || !left.iter().any(|other| other.name == needed))
        };
        let Some(at) = left.iter().position(is_ready) else { return Err(PackageError::Circle(first.name.clone())) };
        ordered.push(left.remove(at));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, needs: &[(&str, Option<&str>, &str)]) -> Package {
        let dependency = |(name, kind, req): &(&str, Option<&str>, &str)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            req: (*req).to_owned(),
            path: None,
            registry: None,
        };
        let dependencies = needs.iter().map(dependency).collect();
        Package { name: name.to_owned(), dependencies, ..Package::default() }
    }

    #[test]
    fn what_is_needed_comes_first() {
        let facade = package("a-facade", &[("client", None, "^0.1"), ("sandbox", Some("dev"), "*")]);
        let sandbox = package("sandbox", &[("a-facade", Some("dev"), "^0.1")]);
        let client = package("client", &[("runtime", None, "^0.1"), ("serde", None, "^1")]);
        let ordered = in_order(vec![facade, sandbox, client.clone(), package("runtime", &[])]).unwrap();
        let names: Vec<&str> = ordered.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["runtime", "client", "a-facade", "sandbox"]);
        let circle = vec![client, package("runtime", &[("client", None, "^0.1")])];
        assert!(matches!(in_order(circle), Err(PackageError::Circle(name)) if name == "client"));
    }
}
