//! A difference as people and programs read it.

use codegen::{
    diff::{
        self,
        change::{Bump, Change, Class, ItemChange, Kind},
        face::below,
    },
    sanitize::sanitize,
};
use serde::Serialize;
use std::fmt::Write as _;

/// The longest line of text that is shown of a document, in characters.
const MAX_WORDS: usize = 600;

/// How many Rust items are listed of one change.
const MAX_ITEMS: usize = 6;

/// All APIs that were compared.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What the older state is called.
    pub old: String,
    /// What the newer state is called.
    pub new: String,
    /// The APIs by name.
    pub apis: Vec<ApiReport>,
}

/// How an API is in the two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// The newer state alone has it.
    Added,
    /// The older state alone has it.
    Removed,
    /// Both have it.
    Both,
}

/// One API.
#[derive(Debug, Serialize)]
pub struct ApiReport {
    /// Its name.
    pub name: String,
    /// In which of the states it is.
    pub presence: Presence,
    /// The greatest class among the changes; `null` where there is none.
    pub class: Option<Class>,
    /// The greatest bump among the changes; `null` where there is none.
    pub bump: Option<Bump>,
    /// The changes, what matters most first.
    pub changes: Vec<PlacedChange>,
}

/// A change with its places.
#[derive(Debug, Serialize)]
pub struct PlacedChange {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// Its place in the older files: path, line and column.
    pub old_place: Option<String>,
    /// Its place in the newer files.
    pub new_place: Option<String>,
}

impl ApiReport {
    /// An API that both states have.
    pub fn compared(name: String, changes: Vec<PlacedChange>) -> Self {
        let class = changes.iter().map(|placed| placed.change.class).max();
        let bump = changes.iter().map(|placed| placed.change.bump).max();
        Self { name, presence: Presence::Both, class, bump, changes }
    }

    /// An API that one state alone has.
    pub fn alone(name: String, presence: Presence) -> Self {
        let (class, bump) = match presence {
            Presence::Removed => (Class::Breaking, Bump::Major),
            Presence::Added | Presence::Both => (Class::Info, Bump::Minor),
        };
        Self { name, presence, class: Some(class), bump: Some(bump), changes: Vec::new() }
    }

    /// Whether a program may have to be changed, or a call that was right is not any more.
    pub fn is_breaking(&self) -> bool {
        self.class == Some(Class::Breaking) || self.bump == Some(Bump::Major)
    }
}

/// The counts of a list of changes: `2 breaking, 1 warning, 3 info; major`.
pub fn counts<'c>(changes: impl Iterator<Item = &'c Change> + Clone) -> String {
    let count = |class| changes.clone().filter(|change| change.class == class).count();
    let counted = [Class::Breaking, Class::Warning, Class::Info].map(|class| (count(class), class.word()));
    let counted = counted.into_iter().filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted.map(|(number, word)| format!("{number} {word}")).collect();
    match changes.clone().map(|change| change.bump).max() {
        Some(bump) => format!("{}; for programs: {}", counted.join(", "), bump.word()),
        None => "no changes".to_owned(),
    }
}

/// Whether a change is prose that is not shown one by one.
fn is_prose(change: &Change) -> bool {
    change.code == Kind::DocumentationChanged && change.class == Class::Info
}

/// For people at a terminal; descriptions are counted, unless they are wanted.
pub fn text(report: &Report, verbose: bool) -> String {
    let mut text = String::new();
    for api in &report.apis {
        let name = sanitize(&api.name, MAX_WORDS);
        let _ = match api.presence {
            Presence::Added => writeln!(text, "{name}: new"),
            Presence::Removed => writeln!(text, "{name}: gone"),
            Presence::Both => writeln!(text, "{name}: {}", counts(api.changes.iter().map(|placed| &placed.change))),
        };
        let (prose, shown): (Vec<_>, Vec<_>) =
            api.changes.iter().partition(|placed| !verbose && is_prose(&placed.change));
        shown.iter().for_each(|placed| change_text(&mut text, placed, verbose));
        if !prose.is_empty() {
            let _ = writeln!(text, "  … and {} described in other words; `--verbose` lists them", prose.len());
        }
    }
    text
}

fn change_text(text: &mut String, placed: &PlacedChange, verbose: bool) {
    let change = &placed.change;
    let (class, bump) = (change.class.word(), change.bump.word());
    let words = sanitize(&change.words, MAX_WORDS);
    let _ = writeln!(text, "  {class:<8}  {bump:<5}  {words} [{}]", change.code.code());
    let places = [("was", &placed.old_place), ("is", &placed.new_place)];
    let places = places.iter().filter_map(|(word, place)| Some(format!("{word} at {}", place.as_ref()?)));
    let places: Vec<String> = places.collect();
    if !places.is_empty() {
        let _ = writeln!(text, "      document  {}", places.join(", "));
    }
    if let Some(wire) = change.wire.as_ref().filter(|wire| **wire != change.words) {
        let _ = writeln!(text, "      wire      {}", sanitize(wire, MAX_WORDS));
    } else if change.wire.is_some() {
        let _ = writeln!(text, "      wire      as above");
    }
    // The words of what no document shows are those of its items, but for the number of them.
    let is_said = matches!(change.code, Kind::ItemAdded | Kind::ItemRemoved | Kind::ItemChanged);
    if is_said && change.items.len() <= diff::NAMED {
        return;
    }
    // What comes or goes as a whole is one line.
    let is_part = |item: &&ItemChange| {
        change.items.iter().any(|outer| {
            let is_alike =
                (outer.before.is_none(), outer.after.is_none()) == (item.before.is_none(), item.after.is_none());
            let is_whole = outer.before.is_none() || outer.after.is_none();
            is_alike && is_whole && outer.path != item.path && below(&item.path, &outer.path).is_some()
        })
    };
    let items: Vec<&ItemChange> = change.items.iter().filter(|item| !is_part(item)).collect();
    let shown = if verbose || items.len() <= MAX_ITEMS + 1 { items.len() } else { MAX_ITEMS };
    for item in items.iter().take(shown) {
        let signature = match (&item.before, &item.after) {
            (Some(before), Some(after)) => format!("`{before}` is now `{after}`"),
            (None, _) => "new".to_owned(),
            (_, None) => "gone".to_owned(),
        };
        let _ = writeln!(text, "      rust      {} ({}): {signature}", item.path, item.bump.word());
    }
    if let Some(more) = items.len().checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(text, "      rust      … and {more} more; `--verbose` lists them");
    }
    if let Some(action) = &change.action {
        let _ = writeln!(text, "      to keep the name, add to the overlay:\n        {}", sanitize(action, MAX_WORDS));
    }
}

/// For the text of a pull request.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# API changes: {} → {}\n", inline(&report.old), inline(&report.new));
    for api in &report.apis {
        let _ = match api.presence {
            Presence::Added => writeln!(text, "\n## {}\n\nA new API.", inline(&api.name)),
            Presence::Removed => writeln!(text, "\n## {}\n\nThe API is gone.", inline(&api.name)),
            Presence::Both => {
                let counts = counts(api.changes.iter().map(|placed| &placed.change));
                writeln!(text, "\n## {}\n\n{counts}.", inline(&api.name))
            }
        };
        let groups: [Group; 3] = [
            ("Breaking", |change| change.class == Class::Breaking || change.bump == Bump::Major),
            ("New", |change| change.bump == Bump::Minor),
            ("Other", |_| true),
        ];
        let mut left: Vec<&PlacedChange> = api.changes.iter().collect();
        for (title, belongs) in groups {
            let (group, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|placed| belongs(&placed.change));
            left = others;
            if !group.is_empty() {
                let _ = writeln!(text, "\n### {title}\n");
                group_markdown(&mut text, &group);
            }
        }
    }
    text
}

/// The title of a group of changes, and which belong to it of those that no group before it has.
type Group = (&'static str, fn(&Change) -> bool);

fn group_markdown(text: &mut String, group: &[&PlacedChange]) {
    let (prose, shown): (Vec<&PlacedChange>, Vec<&PlacedChange>) =
        group.iter().copied().partition(|placed| is_prose(&placed.change));
    for placed in shown {
        let change = &placed.change;
        let place = placed.new_place.as_ref().or(placed.old_place.as_ref());
        let place = place.map(|place| format!(", {}", inline(place))).unwrap_or_default();
        let (class, bump) = (change.class.word(), change.bump.word());
        let _ = writeln!(text, "- {} <sub>{}: {class}, {bump}{place}</sub>", inline(&change.words), change.code.code());
        if let Some(wire) = change.wire.as_ref().filter(|wire| **wire != change.words) {
            let _ = writeln!(text, "  - on the wire: {}", inline(wire));
        }
        if let Some(action) = &change.action {
            let _ = writeln!(text, "  - to keep the name: `{}`", inline(action).replace('`', "'"));
        }
    }
    if !prose.is_empty() {
        let _ = writeln!(text, "- {} described in other words", prose.len());
    }
}

/// Words of a document on one line of Markdown: nothing in them begins HTML.
fn inline(text: &str) -> String {
    sanitize(text, MAX_WORDS).replace('\n', " ").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let item = ItemChange {
            path: "types::Pet.name".to_owned(),
            before: Some("String".to_owned()),
            after: Some("Option<String>".to_owned()),
            bump: Bump::Major,
        };
        let change = Change {
            code: Kind::FieldMadeOptional,
            class: Class::Breaking,
            bump: Bump::Major,
            words: "`Pet::name` may now be absent".to_owned(),
            wire: None,
            before: Some("/a".to_owned()),
            after: Some("/b".to_owned()),
            items: vec![item],
            action: None,
        };
        let said = Change {
            code: Kind::DocumentationChanged,
            class: Class::Info,
            bump: Bump::Patch,
            words: "`Pet` is described in other words".to_owned(),
            items: Vec::new(),
            ..change.clone()
        };
        let placed = |change| PlacedChange {
            change,
            old_place: Some("a.json:1:2".to_owned()),
            new_place: Some("b.json:3:4".to_owned()),
        };
        let changed = ApiReport::compared("pets".to_owned(), vec![placed(change), placed(said)]);
        let apis = vec![changed, ApiReport::alone("shops".to_owned(), Presence::Removed)];
        Report { old: "v1".to_owned(), new: "now".to_owned(), apis }
    }

    #[test]
    fn people_see_all_three_layers() {
        let expected = "\
pets: 1 breaking, 1 info; for programs: major
  breaking  major  `Pet::name` may now be absent [field-made-optional]
      document  was at a.json:1:2, is at b.json:3:4
      rust      types::Pet.name (major): `String` is now `Option<String>`
  … and 1 described in other words; `--verbose` lists them
shops: gone
";
        assert_eq!(text(&report(), false), expected);
        assert!(text(&report(), true).contains("`Pet` is described in other words [documentation-changed]"));
    }

    #[test]
    fn what_changes_on_the_wire_alone_is_not_called_the_same() {
        let mut report = report();
        let change = &mut report.apis[0].changes[0].change;
        change.wire = Some(change.words.clone());
        assert!(text(&report, false).contains("\n      wire      as above\n"), "{}", text(&report, false));
    }

    #[test]
    fn what_the_words_of_items_say_is_not_said_again() {
        let mut report = report();
        report.apis[0].changes[0].change.code = Kind::ItemChanged;
        assert!(!text(&report, false).contains("\n      rust"), "{}", text(&report, false));
    }

    #[test]
    fn what_goes_as_a_whole_is_one_line() {
        let mut report = report();
        let gone = |path: &str| ItemChange {
            path: path.to_owned(),
            before: Some("x".to_owned()),
            after: None,
            bump: Bump::Major,
        };
        report.apis[0].changes[0].change.items =
            ["types::Pet", "types::Pet.name", "types::Pet: Clone", "types::Pets"].map(gone).to_vec();
        let shown = text(&report, false);
        let lines: Vec<&str> = shown.lines().filter(|line| line.contains("rust")).map(str::trim).collect();
        assert_eq!(lines, ["rust      types::Pet (major): gone", "rust      types::Pets (major): gone"]);
    }

    #[test]
    fn a_pull_request_gets_groups() {
        let text = markdown(&report());
        for line in [
            "# API changes: v1 → now",
            "## pets",
            "### Breaking",
            "- `Pet::name` may now be absent <sub>field-made-optional: breaking, major, b.json:3:4</sub>",
            "### Other",
            "- 1 described in other words",
            "The API is gone.",
        ] {
            assert!(text.lines().any(|other| other == line), "no `{line}` in:\n{text}");
        }
    }

    #[test]
    fn programs_get_everything() {
        let value = serde_json::to_value(report()).unwrap();
        let change = &value["apis"][0]["changes"][0];
        assert_eq!((&change["code"], &change["old_place"]), (&"field-made-optional".into(), &"a.json:1:2".into()));
        assert_eq!(value["apis"][1]["presence"], "removed");
    }
}
