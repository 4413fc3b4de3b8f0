//! Places that stay the same while something is inserted before them. A parameter is told from the others of its operation by
//! where it is sent and its name (OpenAPI 3.1 section 4.8.12), a schema from those it stands among by its title, not by its
//! number among them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostics::{pointer_join, pointer_tokens};

/// A key or a number, and what stands there is called instead of the number.
type Step<'d> = (Cow<'d, str>, Option<String>);

/// What stands in the lists of a document, by what it is called.
#[derive(Debug, Default)]
pub struct Places {
    /// Names by places with numbers.
    names: BTreeMap<String, String>,
    /// Numbers by places with names.
    numbers: BTreeMap<String, String>,
}

impl Places {
    /// Looks for all lists of parameters and of schemas.
    pub fn new(document: &Value) -> Self {
        let mut found = Self::default();
        found.walk(document, &mut Vec::new());
        found
    }

    fn walk<'d>(&mut self, value: &'d Value, path: &mut Vec<Step<'d>>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    self.enter((key.into(), None), member, path);
                }
            }
            Value::Array(items) => {
                let names = names(path.last().map_or("", |(key, _)| key), items);
                for ((index, item), name) in items.iter().enumerate().zip(names) {
                    self.enter((index.to_string().into(), name), item, path);
                }
            }
            _ => {}
        }
    }

    fn enter<'d>(&mut self, step: Step<'d>, value: &'d Value, path: &mut Vec<Step<'d>>) {
        path.push(step);
        if let Some((number, Some(name))) = path.last() {
            let numbered = path.iter().fold(String::new(), |place, (token, _)| pointer_join(&place, token));
            let named = path
                .iter()
                .fold(String::new(), |place, (token, name)| pointer_join(&place, name.as_deref().unwrap_or(token)));
            self.names.insert(numbered, name.clone());
            self.numbers.insert(named, number.to_string());
        }
        self.walk(value, path);
        path.pop();
    }

    /// The place by names of what is at a place of today's document.
    pub fn named(&self, place: &str) -> String {
        replaced(&self.names, place)
    }

    /// The place in today's document of what is at a place by names.
    pub fn numbered(&self, place: &str) -> String {
        replaced(&self.numbers, place)
    }
}

/// What tells the items of the list under `key` from one another; none of an item that is called as another is.
fn names(key: &str, items: &[Value]) -> Vec<Option<String>> {
    let text = |item: &Value, field: &str| Some(item.get(field)?.as_str()?.to_owned());
    let name = |item: &Value| match key {
        "parameters" => Some(format!("{}:{}", text(item, "in")?, text(item, "name")?)),
        "oneOf" | "anyOf" | "allOf" => Some(format!("title:{}", text(item, "title")?)),
        _ => None,
    };
    let names: Vec<Option<String>> = items.iter().map(name).collect();
    let is_only = |name: &String| names.iter().flatten().filter(|other| *other == name).count() == 1;
    names.iter().map(|name| name.clone().filter(is_only)).collect()
}

fn replaced(known: &BTreeMap<String, String>, place: &str) -> String {
    let (mut at, mut found) = (String::new(), String::new());
    for token in pointer_tokens(place) {
        at = pointer_join(&at, &token);
        found = pointer_join(&found, known.get(&at).unwrap_or(&token));
    }
    found
}
