//! Places that stay the same while something is inserted before them. A parameter is told from the others of its operation by
//! where it is sent and its name (OpenAPI 3.1 section 4.8.12), not by its number among them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostics::pointer_join;
use crate::methods;

const LIST: &str = "/parameters/";

/// The parameters of a document.
#[derive(Debug, Default)]
pub struct Places {
    /// Their places by number, with those by name.
    named: BTreeMap<String, String>,
    /// The other way round.
    numbered: BTreeMap<String, String>,
}

impl Places {
    /// Looks for the parameters of all operations.
    pub fn new(document: &Value) -> Self {
        let mut found = Self::default();
        for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let place = pointer_join("/paths", path);
            found.list(&place, item);
            for method in methods::of(item) {
                found.list(&format!("{place}{}", method.pointer), method.operation);
            }
        }
        found
    }

    fn list(&mut self, place: &str, holder: &Value) {
        let list = format!("{place}/parameters");
        for (index, parameter) in holder.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let text = |field: &str| parameter.get(field).and_then(Value::as_str);
            let (Some(sent), Some(name)) = (text("in"), text("name")) else { continue };
            let (by_number, by_name) =
                (pointer_join(&list, &index.to_string()), pointer_join(&list, &format!("{sent}:{name}")));
            self.numbered.entry(by_name.clone()).or_insert_with(|| by_number.clone());
            self.named.insert(by_number, by_name);
        }
    }

    /// The place by name of what is at a place of today's document.
    pub fn named(&self, place: &str) -> String {
        replaced(&self.named, place).unwrap_or_else(|| place.to_owned())
    }

    /// The place in today's document of what is at a place by name.
    pub fn numbered(&self, place: &str) -> String {
        replaced(&self.numbered, place).unwrap_or_else(|| place.to_owned())
    }
}

fn replaced(known: &BTreeMap<String, String>, place: &str) -> Option<String> {
    let start = place.find(LIST)? + LIST.len();
    let end = place.get(start..)?.find('/').map_or(place.len(), |length| start + length);
    let (parameter, rest) = place.split_at_checked(end)?;
    Some(format!("{}{rest}", known.get(parameter)?))
}
