//! What would change on the disk, as a unified diff.

use crate::write::Change;
use codegen::sanitize::{path, sanitize};
use similar::{Algorithm, TextDiff};
use std::{path::Path, time::Duration};

/// How long one file may be compared; after that the diff is correct but longer than need be.
const PATIENCE: Duration = Duration::from_secs(5);

/// All changes below `folder`, ready for `patch`.
pub fn show(folder: &Path, changes: &[Change]) -> String {
    changes.iter().map(|change| show_one(folder, change)).collect()
}

fn show_one(folder: &Path, change: &Change) -> String {
    let file = path(&folder.join(&change.path));
    let header = |side: &Option<String>| if side.is_some() { file.clone() } else { "/dev/null".to_owned() };
    let text = |side: &Option<String>| side.as_deref().unwrap_or_default().replace("\r\n", "\n");
    let (before, after) = (text(&change.before), text(&change.after));
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).timeout(PATIENCE).diff_lines(&before, &after);
    let unified = diff.unified_diff().header(&header(&change.before), &header(&change.after)).to_string();
    let unified = if unified.is_empty() {
        format!("--- {}\n+++ {}\n", header(&change.before), header(&change.after))
    } else {
        unified
    };
    sanitize(&unified, usize::MAX).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_an_addition_and_a_removal() {
        let change = |before: Option<&str>, after: Option<&str>| Change {
            path: "src/lib.rs".to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let folder = Path::new("crates/x");
        let changed = show(folder, &[change(Some("a\nb\n"), Some("a\nc\n"))]);
        assert_eq!(changed, "--- crates/x/src/lib.rs\n+++ crates/x/src/lib.rs\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert!(show(folder, &[change(None, Some("a\n"))]).starts_with("--- /dev/null\n+++ crates/x/src/lib.rs\n"));
        assert!(show(folder, &[change(Some(""), None)]).starts_with("--- crates/x/src/lib.rs\n+++ /dev/null\n"));
    }
}
