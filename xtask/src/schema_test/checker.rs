//! The generator's own validator before the suite: what it says of every value, valid or not. It decides what is sent and what is
//! made up, so it is held to what a judge says that nobody here wrote.

use super::{document::component, suite::Group};
use codegen::schema::valid;
use serde_json::{Value, json};

/// What the validator says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The value's name.
    pub name: String,
    /// Whether it is valid, as the suite says.
    pub is_valid: bool,
    /// What the validator finds wrong with it.
    pub fault: Option<String>,
}

impl Verdict {
    /// Whether the validator says what the suite says.
    pub fn agrees(&self) -> bool {
        self.is_valid == self.fault.is_none()
    }
}

/// What the validator says of the values of a schema, where it stands in its document.
pub fn verdicts<'a>(document: &'a Value, index: usize, group: &'a Group) -> impl Iterator<Item = Verdict> + use<'a> {
    let schema = json!({"$ref": format!("#/components/schemas/{}", component(index))});
    group.values.iter().map(move |instance| {
        let fault = match serde_json::from_str(&instance.text) {
            Ok(value) => valid::validate(document, &schema, &value).err().map(|fault| fault.to_string()),
            Err(error) => Some(format!("it cannot be read: {error}")),
        };
        Verdict { name: group.name(instance), is_valid: instance.is_valid, fault }
    })
}
