//! What the values of enums are called: by what the document says of each, without what repeats the enum's name, or where all
//! of them stand.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use super::idents;
use super::readable::LONGEST;
use crate::schema::shape::EnumValue;

/// Fewer values than this may share the first part of a path, or a word of the enum's name, by chance.
const FEWEST: usize = 3;

/// Words without which the rest says the opposite.
const NEGATIONS: &[&str] = &["no", "non", "not", "without"];

/// What each value is called in full.
pub fn full(values: &[EnumValue]) -> Vec<String> {
    values.iter().map(|value| idents::pascal(text(value))).collect()
}

/// What each value of the enum `name` is called in short: without the words that all begin with, where these are the enum's
/// name, or a part of it, or the first part of a path (`image/png`); and of a sentence no more than can be read.
pub fn short(name: &str, values: &[EnumValue]) -> Vec<String> {
    let full = full(values);
    let words: Vec<Vec<String>> = full.iter().map(|name| words(name)).collect();
    let cuts = (1..=common(&words)).rev().filter(|cut| repeats(name, *cut, &words) || is_path(*cut, values));
    let mut short = cuts.filter_map(|cut| without(cut, &words));
    let named = || values.iter().map(|value| symbols(text(value)).unwrap_or_else(|| idents::value(text(value))));
    let names = short.next().unwrap_or_else(|| named().collect());
    let readable: Vec<String> = names.iter().zip(values).map(|(name, value)| readable(name, text(value))).collect();
    if are_apart(&readable) { readable } else { names }
}

/// Whether a name is a shorter one for what is called this in full.
pub fn is_short(name: &str, full: &str) -> bool {
    name != full && (full.ends_with(name) || full.strip_suffix("Value") == Some(name))
}

/// What the document says of a value.
pub fn text(value: &EnumValue) -> &str {
    value.name.as_deref().unwrap_or(&value.value)
}

/// The words for what is but symbols that separate words elsewhere.
fn symbols(text: &str) -> Option<String> {
    let word = |character| {
        Some(match character {
            '\t' => "tab",
            '\n' => "newline",
            '\r' => "return",
            '\0' => "nul",
            '`' => "backtick",
            ' ' => "space",
            ',' => "comma",
            ';' => "semicolon",
            ':' => "colon",
            '|' => "pipe",
            '^' => "caret",
            '"' => "quote",
            '\\' => "backslash",
            _ => return None,
        })
    };
    let words: Vec<&str> = text.chars().map(word).collect::<Option<_>>()?;
    (!words.is_empty()).then(|| idents::pascal(&words.join("_")))
}

/// The words of a name.
fn words(name: &str) -> Vec<String> {
    name.to_snake_case().split('_').map(str::to_owned).collect()
}

fn are_apart(names: &[String]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() == names.len()
}

/// How many words all values begin with, and end with others.
fn common(words: &[Vec<String>]) -> usize {
    let [first, others @ ..] = words else { return 0 };
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    let alike = |index: usize| others.iter().all(|other| other.get(index) == first.get(index));
    if others.is_empty() { 0 } else { (0..shortest.saturating_sub(1)).take_while(|index| alike(*index)).count() }
}

/// Whether that many words are what the name of the enum begins or ends with, or end with all of it.
fn repeats(name: &str, cut: usize, values: &[Vec<String>]) -> bool {
    let name = words(name);
    let Some(cut) = values.first().and_then(|first| first.get(..cut)) else { return false };
    (name.starts_with(cut) && values.len() >= FEWEST) || name.ends_with(cut) || cut.ends_with(&name)
}

/// Whether that many words are a part of a path that all values are in, each with something else behind it.
fn is_path(cut: usize, values: &[EnumValue]) -> bool {
    let begins = |value: &EnumValue| {
        let ends = text(value).char_indices().filter(|(_, character)| ".:/".contains(*character));
        ends.filter_map(|(at, _)| text(value).get(..at)).any(|begin| words(&idents::pascal(begin)).len() == cut)
    };
    values.len() >= FEWEST && values.iter().all(begins)
}

/// The names without that many words; none where one of them is no name then, or as another one, or says something else.
fn without(cut: usize, words: &[Vec<String>]) -> Option<Vec<String>> {
    let is_negation =
        |words: &Vec<String>| words.get(cut.checked_sub(1)?).map(|word| NEGATIONS.contains(&word.as_str()));
    if words.iter().any(|words| is_negation(words).unwrap_or(true)) {
        return None;
    }
    let rest = |words: &Vec<String>| {
        let rest = words.get(cut..)?.join("_");
        rest.chars().next().is_some_and(char::is_alphabetic).then(|| idents::value(&rest))
    };
    let names = words.iter().map(rest).collect::<Option<Vec<_>>>()?;
    are_apart(&names).then_some(names)
}

/// The first words of a name that is a sentence.
fn readable(name: &str, text: &str) -> String {
    if name.chars().count() <= LONGEST || !text.contains(char::is_whitespace) {
        return name.to_owned();
    }
    let mut words = words(name);
    while words.len() > 1 && words.concat().chars().count() > LONGEST {
        words.pop();
    }
    idents::pascal(&words.join("_"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again, testing};
    use crate::plan::{Lock, Plan, TypeKind};

    fn plan(name: &str, schema: &Value, before: Option<Lock>) -> Plan {
        let document = testing::document(&json!({}), &json!({name: schema}));
        match before {
            Some(before) => lower_again("t", &document, before, &mut Diagnostics::default()),
            None => lower("t", &document, &mut Diagnostics::default()),
        }
    }

    fn values(plan: &Plan) -> Vec<&str> {
        let Some(TypeKind::Enum(found)) = plan.types.values().next().map(|found| &found.kind) else {
            panic!("no enum")
        };
        found.variants.iter().map(|value| value.ident.as_str()).collect()
    }

    fn texts(values: &[&str]) -> Value {
        json!({"type": "string", "enum": values})
    }

    #[test]
    fn a_value_that_had_more_than_its_own_name_keeps_it() {
        let schema = |values: &[&str]| json!({"type": "string", "enum": values});
        let new = plan("Level", &schema(&["none", "some"]), None);
        assert_eq!(values(&new), ["None", "Some"]);
        assert_eq!(
            values(&plan("Level", &schema(&["ok", "none", "some"]), Some(new.names.clone()))),
            ["Ok", "None", "Some"]
        );
        // Of a crate whose generator took names for those of types.
        let mut old = new.names;
        old.members = Some(std::collections::BTreeMap::new());
        let kept = plan("Level", &schema(&["ok", "none", "some"]), Some(old));
        assert_eq!(values(&kept), ["OkValue", "NoneValue", "SomeValue"]);
    }

    #[test]
    fn values_do_not_repeat_the_name_of_their_enum() {
        for (name, all, expected) in [
            ("ArchivedState", &["ARCHIVED_STATE_NOT", "ARCHIVED_STATE_ALL"][..], &["Not", "All"][..]),
            ("V2SortDirection", &["SORT_DIRECTION_UP", "SORT_DIRECTION_DOWN"], &["Up", "Down"]),
            ("PortChangeType", &["PORT_NEW", "PORT_UPDATE", "PORT_DELETION"], &["New", "Update", "Deletion"]),
            ("WebSearchType", &["web_search", "web_search_of_today"], &["WebSearch", "WebSearchOfToday"]),
            ("Health", &["SERVICE_HEALTH_UP", "SERVICE_HEALTH_BAD"], &["Up", "Bad"]),
            // What is no name, or as another one, or would say something else.
            ("Version", &["version_1", "version_2"], &["Version1", "Version2"]),
            ("Version", &["version_a", "VERSION_A"], &["VersionA", "VersionAUppercase"]),
            ("Not", &["not_found", "not_there"], &["NotFound", "NotThere"]),
            ("State", &["state", "state_all"], &["State", "StateAll"]),
            ("Access", &["read_only", "read_write"], &["ReadOnly", "ReadWrite"]),
            ("State", &["state_all"], &["StateAll"]),
        ] {
            assert_eq!(values(&plan(name, &texts(all), None)), expected, "{name}");
        }
        let named = json!({"type": "integer", "enum": [1, 2], "x-enum-varnames": ["KindCat", "KindDog"]});
        assert_eq!(values(&plan("Kind", &named, None)), ["Cat", "Dog"]);
    }

    #[test]
    fn values_that_are_paths_are_called_without_what_all_are_in() {
        let paths = ["order.made", "order.paid", "order.sent_back"];
        assert_eq!(values(&plan("Event", &texts(&paths), None)), ["Made", "Paid", "SentBack"]);
        assert_eq!(values(&plan("Event", &texts(&paths[..2]), None)), ["OrderMade", "OrderPaid"]);
        let deep = ["urn:ietf:token-type:access", "urn:ietf:token-type:id", "urn:ietf:token-type:jwt"];
        assert_eq!(values(&plan("Event", &texts(&deep), None)), ["Access", "Id", "Jwt"]);
    }

    #[test]
    fn symbols_are_called_by_their_names() {
        assert_eq!(
            values(&plan("Delimiter", &texts(&[",", ";", "\t", ""]), None)),
            ["Comma", "Semicolon", "Tab", "Empty"]
        );
    }

    #[test]
    fn a_sentence_is_called_by_its_first_words() {
        let long = "The caller is not set up to be able to support a shipping type that is picked up in person.";
        assert_eq!(
            values(&plan("Description", &texts(&[long, "Other."]), None)),
            ["TheCallerIsNotSetUpToBeAbleToSupportAShippingTypeThatIs", "Other"]
        );
    }

    #[test]
    fn values_keep_the_names_that_they_have_whatever_comes() {
        let two = texts(&["STATE_OPEN", "STATE_ALL"]);
        let before = plan("State", &two, None);
        assert_eq!(values(&before), ["Open", "All"]);
        assert_eq!(plan("State", &two, Some(before.names.clone())), before);
        let more = texts(&["STATE_OPEN", "STATE_ALL", "STATE_NEW"]);
        assert_eq!(values(&plan("State", &more, Some(before.names.clone()))), ["Open", "All", "New"]);
        let other = texts(&["other", "STATE_OPEN", "STATE_ALL", "open"]);
        let grown = plan("State", &other, Some(before.names.clone()));
        assert_eq!(values(&grown), ["Other", "Open", "All", "OpenLowercase"]);
        assert_eq!(plan("State", &other, Some(grown.names.clone())), grown);
        // Named by the document.
        let named = |names: &[&str]| {
            let numbers: Vec<usize> = (0..names.len()).collect();
            json!({"type": "integer", "enum": numbers, "x-enum-varnames": names})
        };
        let before = plan("Kind", &named(&["KindCat", "KindDog"]), None);
        let grown = plan("Kind", &named(&["KindCat", "KindDog", "Other"]), Some(before.names));
        assert_eq!(values(&grown), ["Cat", "Dog", "Other"]);
        // Of a crate that is older than such names.
        let mut old = plan("State", &two, None).names;
        old.members = Some(std::collections::BTreeMap::new());
        let kept = plan("State", &more, Some(old));
        assert_eq!(values(&kept), ["StateOpen", "StateAll", "StateNew"]);
        assert_eq!(plan("State", &more, Some(kept.names.clone())), kept);
    }
}
