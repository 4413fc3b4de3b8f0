//! A crate's `CHANGELOG.md` (<https://keepachangelog.com/en/1.1.0/>): the entry of the next release is the generator's, and
//! whatever somebody adds to the file stays.

use std::fmt::Write as _;

use super::change::{Bump, Change, Class, Kind};

/// What the file begins with.
const HEADER: &str = "\
# Changelog

What has changed for those who use this crate. The form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/), and
versions follow [Semantic Versioning](https://semver.org/spec/v2.0.0.html).
";

/// Where the generator's part of an entry begins and ends.
const BEGIN: &str = "<!-- by `cargo xtask regen`, from here: add your own lines above or below -->";
const END: &str = "<!-- to here -->";

/// What an entry begins with that breaks programs.
pub const BREAKING: &str = "**Breaking:** ";

/// What stands in the place of the day of a release that is still to come.
const UNRELEASED: &str = "Unreleased";

/// The changelog of a crate that is new.
pub fn first(version: &str) -> String {
    format!("{HEADER}\n## [{version}]\n\nThe first release.\n")
}

/// The changelog with these changes in the entry of the next release, which will be `version`. Without changes there is no
/// such entry, unless somebody has written one.
pub fn update(existing: &str, version: &str, changes: &[Change]) -> String {
    let mut lines: Vec<&str> = existing.lines().collect();
    let at = lines.iter().position(|line| *line == BEGIN);
    if let Some(begin) = at {
        let length = lines.iter().skip(begin).position(|line| *line == END).map_or(1, |end| end + 1);
        lines.drain(begin..begin + length);
    }
    let heading = heading_of_next(&lines, at);
    let body = body(changes);
    let title = format!("## [{version}] - {UNRELEASED}");
    let mut text: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    match (heading, body.is_empty()) {
        (Some(heading), false) => {
            let at = at.unwrap_or(heading + 1);
            insert(&mut text, at, &body);
            if let Some(line) = text.get_mut(heading) {
                *line = title;
            }
        }
        (None, false) => {
            let at = text.iter().position(|line| line.starts_with("## ")).unwrap_or(text.len());
            insert(&mut text, at, &body);
            insert(&mut text, at, &[title]);
        }
        (Some(heading), true) => {
            let end = next_heading(&text, heading);
            let is_empty = text.iter().take(end).skip(heading + 1).all(|line| line.trim().is_empty());
            // A version that has an entry is out, and the next one is not known yet.
            let is_out = text.iter().skip(end).any(|line| is_heading_of(line, version));
            if is_empty {
                text.drain(heading..end);
            } else if let Some(line) = text.get_mut(heading) {
                *line = if is_out { format!("## [{UNRELEASED}]") } else { title };
            }
        }
        (None, true) => {}
    }
    tidy(&text)
}

/// The changelog once its next release is out: the entry has a day, and is nobody's any more.
pub fn release(existing: &str, version: &str, day: &str) -> String {
    let lines = existing
        .lines()
        .filter(|line| *line != BEGIN && *line != END)
        .map(|line| if is_heading_of(line, version) { format!("## [{version}] - {day}") } else { line.to_owned() });
    tidy(&lines.collect::<Vec<_>>())
}

/// The entries of one version, without the marks of a list.
pub fn entries(text: &str, version: &str) -> Vec<String> {
    let own = text.lines().skip_while(|line| !is_heading_of(line, version)).skip(1);
    let own = own.take_while(|line| !line.starts_with("## "));
    own.filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect()
}

/// Whether a version has the day of its release.
pub fn is_dated(text: &str, version: &str) -> bool {
    let heading = text.lines().find(|line| is_heading_of(line, version));
    let day = heading.and_then(|heading| heading.split_once("] - ")).map(|(_, day)| day.as_bytes());
    day.is_some_and(|day| day.first().is_some_and(u8::is_ascii_digit))
}

fn is_heading_of(line: &str, version: &str) -> bool {
    line.strip_prefix("## [").and_then(|rest| rest.strip_prefix(version)).is_some_and(|rest| rest.starts_with(']'))
}

/// The heading of the next release: what the generator's part stood below, else one that says that it is not released.
fn heading_of_next(lines: &[&str], at: Option<usize>) -> Option<usize> {
    let is_next = |line: &&str| line.starts_with("## ") && line.to_lowercase().contains("unreleased");
    let above = at.and_then(|at| lines.iter().take(at).rposition(|line| line.starts_with("## ")));
    above.or_else(|| lines.iter().position(is_next))
}

fn next_heading(lines: &[String], after: usize) -> usize {
    let found = lines.iter().skip(after + 1).position(|line| line.starts_with("## "));
    found.map_or(lines.len(), |found| after + 1 + found)
}

fn insert(text: &mut Vec<String>, at: usize, lines: &[String]) {
    let at = at.min(text.len());
    let with_space = std::iter::once(String::new()).chain(lines.iter().cloned()).chain([String::new()]);
    text.splice(at..at, with_space);
}

/// One empty line where there are several, and a newline at the end.
fn tidy(lines: &[String]) -> String {
    let mut text = String::new();
    let mut was_empty = true;
    for line in lines {
        let is_empty = line.trim().is_empty();
        if !(is_empty && was_empty) {
            let _ = writeln!(text, "{}", line.trim_end());
        }
        was_empty = is_empty;
    }
    text.trim_end().to_owned() + "\n"
}

/// The generator's part of an entry; nothing where nothing has changed.
fn body(changes: &[Change]) -> Vec<String> {
    if changes.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![BEGIN.to_owned()];
    for section in ["Changed", "Added", "Deprecated", "Removed"] {
        let mut entries: Vec<String> = Vec::new();
        let mut described = 0_usize;
        for change in changes.iter().filter(|change| self::section(change) == section) {
            if change.code == Kind::DocumentationChanged && change.class == Class::Info {
                described += 1;
                continue;
            }
            let entry = entry(change);
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        match described {
            0 => {}
            1 => entries.push("- The vendor describes one thing in other words.".to_owned()),
            more => entries.push(format!("- The vendor describes {more} things in other words.")),
        }
        if !entries.is_empty() {
            lines.extend([String::new(), format!("### {section}"), String::new()]);
            lines.append(&mut entries);
        }
    }
    lines.extend([String::new(), END.to_owned()]);
    lines
}

fn section(change: &Change) -> &'static str {
    use Kind::{
        BodyRemoved, ErrorRemoved, FieldRemoved, HeaderRemoved, ItemRemoved, OperationRemoved, ParameterRemoved,
        TypeRemoved, ValueRemoved, WebhookRemoved,
    };
    use Kind::{
        ErrorAdded, FieldAdded, HeaderAdded, ItemAdded, OperationAdded, ParameterAdded, TypeAdded, ValueAdded,
        WebhookAdded,
    };
    match change.code {
        Kind::DeprecationChanged => "Deprecated",
        OperationRemoved | ParameterRemoved | BodyRemoved | ErrorRemoved | HeaderRemoved | TypeRemoved
        | FieldRemoved | ValueRemoved | WebhookRemoved | ItemRemoved => "Removed",
        OperationAdded | ParameterAdded | ErrorAdded | HeaderAdded | TypeAdded | FieldAdded | ValueAdded
        | WebhookAdded | ItemAdded => "Added",
        _ => "Changed",
    }
}

/// A change as a line of the list: what breaks programs says so.
fn entry(change: &Change) -> String {
    let breaks = if change.bump == Bump::Major { BREAKING } else { "" };
    // A document's words are on one line, and begin no HTML.
    let words = change.words.split_whitespace().collect::<Vec<_>>().join(" ").replace("<!--", "&lt;!--");
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("- {breaks}{words}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(code: Kind, bump: Bump, words: &str) -> Change {
        let (class, words) = (Class::Info, words.to_owned());
        Change { code, class, bump, words, wire: None, before: None, after: None, items: Vec::new(), action: None }
    }

    fn changes() -> Vec<Change> {
        let said = |what: &str| change(Kind::DocumentationChanged, Bump::Patch, what);
        vec![
            change(Kind::FieldMadeOptional, Bump::Major, "`Pet::name` may now be absent"),
            change(Kind::OperationAdded, Bump::Minor, "new: `list_webhooks`"),
            said("`A` is described in other words"),
            said("`B` is described in other words"),
        ]
    }

    #[test]
    fn an_entry_is_made_updated_and_taken_back() {
        let first = first("0.1.0");
        let changed = update(&first, "0.2.0", &changes());
        let expected = format!(
            "{HEADER}\n## [0.2.0] - Unreleased\n\n{BEGIN}\n\n### Changed\n\n- **Breaking:** `Pet::name` may now be absent.\n- The vendor describes 2 things in other words.\n\n### Added\n\n- new: `list_webhooks`.\n\n{END}\n\n## [0.1.0]\n\nThe first release.\n"
        );
        assert_eq!(changed, expected);
        assert_eq!(update(&changed, "0.2.0", &changes()), changed);
        let less = update(&changed, "0.1.1", &changes()[1..2]);
        assert!(
            less.contains("## [0.1.1] - Unreleased") && !less.contains("0.2.0") && !less.contains("absent"),
            "{less}"
        );
        assert_eq!(update(&less, "0.1.0", &[]), first);
    }

    #[test]
    fn what_somebody_writes_stays() {
        let changed = update(&first("0.1.0"), "0.2.0", &changes());
        let with_mine = changed
            .replace(END, &format!("{END}\n\n### Security\n\n- Mine."))
            .replace("The first release.", "The very first.");
        let less = update(&with_mine, "0.1.1", &changes()[1..2]);
        assert!(less.contains("- Mine.") && less.contains("The very first.") && !less.contains("absent"), "{less}");
        let back = update(&less, "0.1.0", &[]);
        assert!(back.contains("## [Unreleased]\n\n### Security\n\n- Mine.\n\n## [0.1.0]\n\nThe very first."), "{back}");
        assert_eq!(update(&back, "0.1.0", &[]), back);
        assert!(update(&back, "0.2.0", &changes()).contains("## [0.2.0] - Unreleased\n\n<!--"));
        let own = "# My words\n\n## [Unreleased]\n\n- Mine.\n\n## 0.1.0\n\n- Old.\n";
        let updated = update(own, "0.2.0", &changes()[1..2]);
        assert!(updated.starts_with(&format!("# My words\n\n## [0.2.0] - Unreleased\n\n{BEGIN}\n")), "{updated}");
        assert!(updated.ends_with(&format!("{END}\n\n- Mine.\n\n## 0.1.0\n\n- Old.\n")), "{updated}");
        assert_eq!(update("# Changes\n", "0.1.0", &[]), "# Changes\n");
    }

    #[test]
    fn a_release_has_a_day_and_the_next_one_an_entry_of_its_own() {
        let released = release(&update(&first("0.1.0"), "0.2.0", &changes()), "0.2.0", "2026-11-29");
        assert!(
            released.contains("## [0.2.0] - 2026-11-29\n\n### Changed\n") && !released.contains("<!--"),
            "{released}"
        );
        assert!(is_dated(&released, "0.2.0") && !is_dated(&released, "0.1.0"));
        assert_eq!(entries(&released, "0.2.0").len(), 3);
        assert_eq!(entries(&released, "0.1.0"), Vec::<String>::new());
        let next = update(&released, "0.2.1", &changes()[1..2]);
        let heads: Vec<&str> = next.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(heads, ["## [0.2.1] - Unreleased", "## [0.2.0] - 2026-11-29", "## [0.1.0]"]);
    }

    #[test]
    fn what_a_document_says_begins_nothing() {
        let hostile = change(Kind::ItemAdded, Bump::Minor, "new: `a`\n<!-- to here -->\n## [9.9.9]");
        let text = update(&first("0.1.0"), "0.1.1", &[hostile]);
        assert_eq!(text.lines().filter(|line| line.starts_with("## ") || *line == END).count(), 3);
    }
}
