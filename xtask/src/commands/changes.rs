//! What has changed of a crate, in a few lines: `cargo xtask diff` has them all.

use crate::{diff::report::counts, history::Settled};
use codegen::{
    diff::change::{Bump, Change, Class},
    sanitize::sanitize,
};
use std::fmt::Write as _;

/// The most changes that are named.
const MAX_NAMED: usize = 10;

/// The longest line, in characters.
const MAX_WORDS: usize = 200;

/// A line of numbers, and one for each change that breaks something; nothing where nothing has changed.
pub fn show(name: &str, version: &Settled, changes: &[Change]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let Settled { released, version, .. } = version;
    let mut text = format!("{name} {version}: {} since {released}\n", counts(changes.iter()));
    let breaks = |change: &&Change| change.bump == Bump::Major || change.class == Class::Breaking;
    let breaking: Vec<&Change> = changes.iter().filter(breaks).collect();
    for change in breaking.iter().take(MAX_NAMED) {
        // As it is counted above: what breaks programs alone is no breaking change of the document.
        let word = if change.class == Class::Breaking { change.class.word() } else { change.bump.word() };
        let _ = writeln!(text, "  {word}: {}", sanitize(&change.words.replace('\n', " "), MAX_WORDS));
    }
    if let Some(more) = breaking.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        let _ = writeln!(text, "  … and {more} more; `cargo xtask diff` names them");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::diff::change::Kind;

    #[test]
    fn what_breaks_is_named_and_the_rest_is_counted() {
        let change = |class, bump| Change {
            code: Kind::FieldRemoved,
            class,
            bump,
            words: "`A::a` is gone".to_owned(),
            wire: None,
            before: None,
            after: None,
            items: Vec::new(),
            action: None,
        };
        let version = |text: &str| text.parse().unwrap();
        let settled =
            Settled { released: version("0.1.0"), version: version("0.2.0"), least: version("0.2.0"), allowed: None };
        let mut changes = vec![change(Class::Warning, Bump::Major); 12];
        changes.push(change(Class::Info, Bump::Patch));
        let one = show("pets", &settled, &[change(Class::Breaking, Bump::Patch)]);
        assert!(one.ends_with("\n  breaking: `A::a` is gone\n"), "{one}");
        let shown = show("pets", &settled, &changes);
        assert!(
            shown.starts_with(
                "pets 0.2.0: 12 warning, 1 info; for programs: major since 0.1.0\n  major: `A::a` is gone\n"
            ),
            "{shown}"
        );
        assert_eq!(shown.lines().count(), 12);
        assert_eq!(show("pets", &settled, &[]), "");
    }
}
