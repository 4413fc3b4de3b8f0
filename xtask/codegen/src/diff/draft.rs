//! A change as the plans show it, before it is known what it means in Rust.

use serde_json::Value;

use super::change::{Class, Kind};
use crate::json_path::json_path_by_names;
use crate::plan::{Docs, TypeRef};
use crate::polish::spelled;

/// What is found in two plans.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What has changed.
    pub kind: Kind,
    /// What it means in the document.
    pub class: Class,
    /// The change in a changelog's words.
    pub words: String,
    /// What goes over the wire that did not, or not so.
    pub wire: Option<String>,
    /// JSON pointer into the older document.
    pub before: Option<String>,
    /// JSON pointer into the newer document.
    pub after: Option<String>,
    /// The Rust items that it may change: these and what is part of them.
    pub items: Vec<String>,
    /// An action for the overlay that undoes it in Rust.
    pub action: Option<String>,
    /// How it is told where it befalls many operations alike.
    pub alike: Option<Alike>,
}

/// The words of a change that many operations may have: `list` and so many more `document the error 429`.
#[derive(Clone, Debug)]
pub struct Alike {
    /// The operation.
    pub subject: String,
    /// What is said of it and others.
    pub words: String,
}

impl Draft {
    /// A change that stands nowhere yet.
    pub fn new(kind: Kind, class: Class, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { kind, class, words, wire: None, before: None, after: None, items: Vec::new(), action: None, alike: None }
    }

    /// The same at a place in both documents.
    #[must_use]
    pub fn at(mut self, before: &str, after: &str) -> Self {
        (self.before, self.after) = (Some(before.to_owned()), Some(after.to_owned()));
        self
    }

    /// The same at a place that only the older document has.
    #[must_use]
    pub fn before(mut self, pointer: &str) -> Self {
        self.before = Some(pointer.to_owned());
        self
    }

    /// The same at a place that only the newer document has.
    #[must_use]
    pub fn after(mut self, pointer: &str) -> Self {
        self.after = Some(pointer.to_owned());
        self
    }

    /// The same with what it does on the wire.
    #[must_use]
    pub fn on_the_wire(mut self, words: impl Into<String>) -> Self {
        self.wire = Some(words.into());
        self
    }

    /// The same with Rust items that it may change.
    #[must_use]
    pub fn of_items(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.items.extend(items);
        self
    }

    /// The same, told of `subject` and others as `words` where it befalls many operations.
    #[must_use]
    pub fn alike(mut self, subject: &str, words: impl Into<String>) -> Self {
        self.alike = Some(Alike { subject: subject.to_owned(), words: words.into() });
        self
    }

    /// The same with the action for the overlay that undoes it in Rust: what stands at `pointer` in the newer document keeps
    /// its name by the field `key`.
    #[must_use]
    pub fn kept_by(mut self, pointer: &str, key: &str, name: &str) -> Self {
        let (target, name) = (Value::from(json_path_by_names(pointer)), Value::from(name));
        self.action = Some(format!(r#"{{"target": {target}, "update": {{"{key}": {name}}}}}"#));
        self
    }
}

/// A type in words.
pub fn type_words(ty: &TypeRef) -> String {
    let text = spelled(ty, "types");
    let text = ["types::", "switchboard_runtime::", "serde_json::", "std::collections::"]
        .iter()
        .fold(text, |text, path| text.replace(path, ""));
    format!("`{text}`")
}

/// What is said of something that is gone, where it may be what is new.
pub fn proposed(ident: &str) -> String {
    format!("; `{ident}`, which is new, may be the same under another name")
}

/// What has changed of what the document says in prose of `what`, which stands at these places.
pub fn prose(what: &str, (before, old): (&str, &Docs), (after, new): (&str, &Docs)) -> Vec<Draft> {
    let mut found = Vec::new();
    if old.deprecated != new.deprecated {
        found.push(deprecation(what, new.deprecated).at(before, after));
    }
    if old.constraints != new.constraints {
        let limits =
            |docs: &Docs| if docs.constraints.is_empty() { "none".to_owned() } else { docs.constraints.join("; ") };
        let words = format!("the limits of {what} are other ones: {}; they were: {}", limits(new), limits(old));
        found.push(Draft::new(Kind::DocumentationChanged, Class::Warning, words).at(before, after));
    }
    found.extend(
        unsaid(what, old, new)
            .map(|words| Draft::new(Kind::DocumentationChanged, Class::Warning, words).at(before, after)),
    );
    if old.default != new.default {
        let words = match (&new.default, &old.default) {
            (Some(value), Some(was)) => {
                format!("where {what} is left out, the server takes `{value}` now, it was `{was}`")
            }
            (Some(value), None) => format!("where {what} is left out, the server takes `{value}` now"),
            (None, _) => format!("it is not documented any more what the server takes where {what} is left out"),
        };
        found.push(Draft::new(Kind::DocumentationChanged, Class::Warning, words).at(before, after));
    }
    let access = |docs: &Docs| (docs.read_only, docs.write_only, docs.secret);
    if access(old) != access(new) {
        let words = match access(new) {
            (_, _, true) if !old.secret => format!("{what} is kept secret now"),
            (true, ..) if !old.read_only => format!("{what} is only read now"),
            (_, true, _) if !old.write_only => format!("{what} is only written now"),
            _ if old.read_only && !new.read_only => format!("{what} is not only read any more"),
            _ if old.write_only && !new.write_only => format!("{what} is not only written any more"),
            _ => format!("{what} is not kept secret any more"),
        };
        found.push(Draft::new(Kind::DocumentationChanged, Class::Warning, words).at(before, after));
    }
    if (&old.title, &old.description) != (&new.title, &new.description) {
        found.push(redescribed(what).at(before, after));
    }
    found
}

/// What has changed of what the schema demands and no type says, by keyword.
fn unsaid<'a>(what: &'a str, old: &'a Docs, new: &'a Docs) -> impl Iterator<Item = String> + 'a {
    let gone = old.unsaid.keys().filter(|key| !new.unsaid.contains_key(*key));
    gone.chain(new.unsaid.keys()).filter_map(move |key| match (old.unsaid.get(key), new.unsaid.get(key)) {
        (was, is) if was == is => None,
        (Some(_), Some(_)) => Some(format!("`{key}` limits {what} in another way")),
        (None, _) => Some(format!("`{key}` limits {what} now, which the crate leaves to the server")),
        (_, None) => Some(format!("`{key}` does not limit {what} any more")),
    })
}

/// Something is described in other words.
pub fn redescribed(what: &str) -> Draft {
    Draft::new(Kind::DocumentationChanged, Class::Info, format!("{what} is described in other words"))
}

/// Something is deprecated, or not any more.
pub fn deprecation(what: &str, is_deprecated: bool) -> Draft {
    let words = if is_deprecated { "deprecated" } else { "not deprecated any more" };
    Draft::new(Kind::DeprecationChanged, Class::Info, format!("{what} is {words}"))
}
