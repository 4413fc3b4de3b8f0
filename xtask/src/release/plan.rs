//! What is to be released, in which order, and why.

use super::package::Package;
use crate::{
    git::{GitError, Repository},
    history::CHANGELOG,
};
use codegen::{diff::changelog, plain_file};
use std::fmt::Write as _;

/// What is to be done about one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is published and tagged.
    Release {
        /// Why.
        why: String,
    },
    /// Its version is tagged already.
    Done,
    /// Its version is tagged, and its files are others since: it needs another version.
    Stale,
}

/// All packages in the order of their release, with what is to be done about each.
pub struct ReleasePlan {
    /// The steps.
    pub steps: Vec<(Package, Step)>,
}

impl ReleasePlan {
    /// Looks at the tags of the repository, and into the changelogs of the packages.
    ///
    /// # Errors
    ///
    /// Fails when git does.
    pub fn new(packages: Vec<Package>, repository: &Repository) -> Result<Self, GitError> {
        let steps = packages.into_iter().map(|package| {
            let tag = package.tag();
            let step = if !repository.has_tag(&tag)? {
                Step::Release { why: why(&package, repository)? }
            } else if repository.has_changed_since(&tag, package.folder())? {
                Step::Stale
            } else {
                Step::Done
            };
            Ok((package, step))
        });
        Ok(Self { steps: steps.collect::<Result<_, GitError>>()? })
    }

    /// What is to be released.
    pub fn releases(&self) -> impl Iterator<Item = &Package> {
        self.steps.iter().filter(|(_, step)| matches!(step, Step::Release { .. })).map(|(package, _)| package)
    }

    /// The plan, a line for each package.
    pub fn show(&self) -> String {
        if self.steps.is_empty() {
            return "nothing to release: no package may be published\n".to_owned();
        }
        let width = |of: fn(&Package) -> usize| self.steps.iter().map(|(package, _)| of(package)).max().unwrap_or(0);
        let (names, versions) = (width(|package| package.name.len()), width(|package| package.version.len()));
        let mut text = String::new();
        for (number, (package, step)) in (1..).zip(&self.steps) {
            let Package { name, version, .. } = package;
            let words = match step {
                Step::Release { why } => format!("release: {why}"),
                Step::Done => "released already".to_owned(),
                Step::Stale => "has changed since it was released: raise its version".to_owned(),
            };
            let _ = writeln!(text, "{number:>3}  {name:<names$}  {version:<versions$}  {words}");
        }
        text
    }
}

/// Why a package is released: what its changelog says of the version.
fn why(package: &Package, repository: &Repository) -> Result<String, GitError> {
    if repository.tags(&format!("{}-v", package.name))?.is_empty() {
        return Ok("the first one".to_owned());
    }
    let text = plain_file::read_to_string(&package.folder().join(CHANGELOG)).unwrap_or_default();
    let entries = changelog::entries(&text, &package.version);
    let breaking = entries.iter().filter(|entry| entry.starts_with(changelog::BREAKING)).count();
    let Some(first) = entries.first() else { return Ok("its version is another".to_owned()) };
    Ok(match (entries.len(), breaking) {
        (1, _) => first.clone(),
        (all, 0) => format!("{all} changes"),
        (all, breaking) => format!("{all} changes, {breaking} of them breaking"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_packages_says_so() {
        assert_eq!(ReleasePlan { steps: Vec::new() }.show(), "nothing to release: no package may be published\n");
    }
}
