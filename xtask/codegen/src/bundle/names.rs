//! Names for what becomes a component.

use super::files::File;
use crate::diagnostics::pointer_tokens;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The longest name that is made, in bytes.
const MAX_NAME: usize = 128;

/// The names that are taken, by section.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashMap<&'static str, HashSet<String>>,
}

impl Names {
    /// A name that nothing in the section `section` has, also when case and punctuation do not count: that of the target,
    /// else with the name of the file or folder before it, else with a number behind it.
    pub fn unique(&mut self, section: &'static str, entries: Option<&Value>, file: &File, pointer: &str) -> String {
        let taken = self.taken.entry(section).or_insert_with(|| {
            entries.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| plain(name)).collect()
        });
        let (name, longer) = candidates(file, pointer);
        let numbered = (2_u64..).map(|number| format!("{longer}_{number}"));
        let mut names = [name.clone(), longer.clone()].into_iter().chain(numbered);
        names.find(|name| taken.insert(plain(name))).unwrap_or(name)
    }
}

/// What is left of a name when case and punctuation do not count, as in the Rust names that are made of it.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn candidates(file: &File, pointer: &str) -> (String, String) {
    let steps: Vec<&str> = file.relative.split('/').collect();
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let file_name = stem(steps.last().copied().unwrap_or_default());
    let folder = steps.iter().rev().nth(1).map(|folder| (*folder).to_owned());
    // `pets/index.yaml` is what `pets` stands for.
    let is_index = matches!(file_name.as_str(), "index" | "_index" | "main" | "schema");
    let whole = match &folder {
        Some(folder) if is_index => folder.clone(),
        _ => file_name.clone(),
    };
    let last = pointer_tokens(pointer).last();
    let (name, before) = match last {
        Some(last) => (last, Some(whole)),
        None => (whole, folder),
    };
    let longer = before.map_or_else(|| name.clone(), |before| format!("{before}_{name}"));
    (fit(&name), fit(&longer))
}

/// The text as a component's name (OpenAPI 3.1, section 4.8.7).
fn fit(text: &str) -> String {
    let is_fit = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    let fit: String = text.chars().map(|character| if is_fit(character) { character } else { '_' }).collect();
    let fit = fit.get(..MAX_NAME).unwrap_or(&fit);
    if fit.chars().any(|character| character.is_ascii_alphanumeric()) { fit.to_owned() } else { format!("Part{fit}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_those_of_the_target_until_they_are_taken() {
        let mut names = Names::default();
        let entries = json!({"pet": {}});
        let mut name = |relative: &str, pointer: &str| {
            let file = File { relative: relative.to_owned(), value: Value::Null };
            names.unique("schemas", Some(&entries), &file, pointer)
        };
        assert_eq!(name("common.yaml", "/Pet"), "common_Pet");
        assert_eq!(name("schemas/owner.yaml", ""), "owner");
        assert_eq!(name("other/Owner.json", ""), "other_Owner");
        assert_eq!(name("other/owner.yaml", ""), "other_owner_2");
        assert_eq!(name("toys/index.yaml", ""), "toys");
        assert_eq!(name("x.yaml", "/a b~1ü"), "a_b__");
        assert_eq!(name("x.yaml", "/ü"), "Part_");
    }
}
