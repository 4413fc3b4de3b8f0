//! Places that stay the same while something is inserted before them. A parameter is told from the others of its operation by
//! where it is sent and its name (OpenAPI 3.1 section 4.8.12), a schema from those it stands among by its title, not by its
//! number among them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostics::{pointer_join, pointer_tokens};

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
        found.walk(document, &mut Vec::new(), &mut Vec::new());
        found
    }

    fn walk(&mut self, value: &Value, numbered: &mut Vec<String>, named: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    self.step(key.clone(), key.clone(), member, numbered, named);
                }
            }
            Value::Array(items) => {
                let names = names(numbered.last().map_or("", String::as_str), items);
                for ((index, item), name) in items.iter().enumerate().zip(names) {
                    let number = index.to_string();
                    self.step(number.clone(), name.unwrap_or(number), item, numbered, named);
                }
            }
            _ => {}
        }
    }

    fn step(
        &mut self,
        number: String,
        name: String,
        value: &Value,
        numbered: &mut Vec<String>,
        named: &mut Vec<String>,
    ) {
        let is_named = number != name;
        numbered.push(number);
        named.push(name);
        if is_named {
            self.names.extend(named.last().map(|name| (pointer(numbered), name.clone())));
            self.numbers.extend(numbered.last().map(|number| (pointer(named), number.clone())));
        }
        self.walk(value, numbered, named);
        numbered.pop();
        named.pop();
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

fn pointer(tokens: &[String]) -> String {
    tokens.iter().fold(String::new(), |place, token| pointer_join(&place, token))
}

fn replaced(known: &BTreeMap<String, String>, place: &str) -> String {
    let (mut at, mut found) = (String::new(), String::new());
    for token in pointer_tokens(place) {
        at = pointer_join(&at, &token);
        found = pointer_join(&found, known.get(&at).unwrap_or(&token));
    }
    found
}
