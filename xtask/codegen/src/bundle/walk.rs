//! Where references stand in a document or a part of one: only where the specification has objects, for in examples and
//! extensions a `$ref` is data.

use crate::{
    diagnostics::pointer_join,
    objects::{Holding, Kind, child},
};
use serde_json::Value;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// An object.
    One(Kind),
    /// Objects by name.
    Map(Kind),
    /// A list of objects.
    List(Kind),
}

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The JSON pointer of the object that is the reference; of a discriminator's, that of the text itself.
    pub pointer: String,
    /// What the reference stands for.
    pub slot: Slot,
    /// The reference as it is written.
    pub reference: String,
    /// Whether it is one of a discriminator's `mapping`.
    pub is_mapping: bool,
    /// Whether it is a `$dynamicRef`.
    pub is_dynamic: bool,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// The references, in the document's order.
    pub found: Vec<Found>,
    /// The schemas' dynamic references, in the document's order.
    pub dynamic: Vec<Found>,
    /// The JSON pointers of schemas that have a name of their own, in the document's order.
    pub named: Vec<String>,
}

/// What the field `key` holds; Swagger 2.0 has some things elsewhere.
fn shape(kind: Kind, key: &str, is_swagger: bool) -> Option<Holding> {
    let older = match (kind, key) {
        (Kind::Root, "definitions") => Some(Holding::Map(Kind::Schema)),
        (Kind::Root, "parameters") => Some(Holding::Map(Kind::Parameter)),
        (Kind::Root, "responses") => Some(Holding::Map(Kind::Response)),
        (Kind::Response, "schema") => Some(Holding::One(Kind::Schema)),
        _ => None,
    };
    older.filter(|_| is_swagger).or_else(|| child(kind, key))
}

/// A node on the way: its parent, and its name there.
struct Link<'v> {
    parent: usize,
    name: Name<'v>,
}

#[derive(Clone, Copy)]
enum Name<'v> {
    Key(&'v str),
    Index(usize),
}

struct Walker<'v> {
    base: &'v str,
    is_swagger: bool,
    links: Vec<Link<'v>>,
    open: Vec<(usize, Slot, &'v Value)>,
    walk: Walk,
}

/// Finds every reference in `value`, which stands at `base` and is what `slot` says.
pub fn walk(base: &str, slot: Slot, value: &Value, is_swagger: bool) -> Walk {
    let root = Link { parent: 0, name: Name::Index(0) };
    let mut walker =
        Walker { base, is_swagger, links: vec![root], open: vec![(0, slot, value)], walk: Walk::default() };
    while let Some((link, slot, value)) = walker.open.pop() {
        let from = walker.open.len();
        walker.enter(link, slot, value);
        walker.open.get_mut(from..).unwrap_or_default().reverse();
    }
    walker.walk
}

impl<'v> Walker<'v> {
    fn enter(&mut self, link: usize, slot: Slot, value: &'v Value) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str)
            && slot != Slot::One(Kind::Root)
        {
            let reference = reference.to_owned();
            let pointer = self.pointer(link);
            self.walk.found.push(Found { pointer, slot, reference, is_mapping: false, is_dynamic: false });
        }
        match (slot, value) {
            (Slot::One(kind), Value::Object(fields)) => {
                if kind == Kind::Schema {
                    self.schema(link, value);
                }
                for (key, field) in fields {
                    let slot = match (shape(kind, key, self.is_swagger), field) {
                        (Some(Holding::One(kind)), _) => Slot::One(kind),
                        (Some(Holding::Map(kind)), _) => Slot::Map(kind),
                        (Some(Holding::List(kind)), _) | (Some(Holding::OneOrList(kind)), Value::Array(_)) => {
                            Slot::List(kind)
                        }
                        (Some(Holding::OneOrList(kind)), _) => Slot::One(kind),
                        (None, _) => continue,
                    };
                    self.push(link, Name::Key(key), slot, field);
                }
            }
            (Slot::Map(kind), Value::Object(entries)) => {
                for (key, entry) in entries {
                    self.push(link, Name::Key(key), Slot::One(kind), entry);
                }
            }
            (Slot::List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.push(link, Name::Index(index), Slot::One(kind), item);
                }
            }
            _ => {}
        }
    }

    /// A schema's own name, its dynamic reference, and the schemas that its discriminator names.
    fn schema(&mut self, link: usize, schema: &'v Value) {
        if ["$id", "$anchor", "$dynamicAnchor"].iter().any(|key| schema.get(key).is_some_and(Value::is_string)) {
            self.walk.named.push(self.pointer(link));
        }
        if let Some(reference) = schema.get("$dynamicRef").and_then(Value::as_str) {
            let (pointer, slot, reference) = (self.pointer(link), Slot::One(Kind::Schema), reference.to_owned());
            self.walk.dynamic.push(Found { pointer, slot, reference, is_mapping: false, is_dynamic: true });
        }
        let said = |key: &str| schema.get("discriminator").and_then(|discriminator| discriminator.get(key));
        let mapping = said("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapping = mapping.map(|(name, reference)| (vec!["discriminator", "mapping", name], reference));
        let default = said("defaultMapping").map(|reference| (vec!["discriminator", "defaultMapping"], reference));
        for (below, reference) in mapping.chain(default) {
            // A plain name is that of a schema (OpenAPI 3.1, section 4.8.25).
            if let Some(reference) = reference.as_str().filter(|reference| reference.contains(['/', '#', '.'])) {
                let pointer = below.iter().fold(self.pointer(link), |pointer, token| pointer_join(&pointer, token));
                let slot = Slot::One(Kind::Schema);
                let reference = reference.to_owned();
                self.walk.found.push(Found { pointer, slot, reference, is_mapping: true, is_dynamic: false });
            }
        }
    }

    fn push(&mut self, parent: usize, name: Name<'v>, slot: Slot, value: &'v Value) {
        if value.is_object() || value.is_array() {
            self.links.push(Link { parent, name });
            self.open.push((self.links.len() - 1, slot, value));
        }
    }

    fn pointer(&self, link: usize) -> String {
        let mut names = Vec::new();
        let mut at = link;
        while let Some(link) = self.links.get(at).filter(|_| at != 0) {
            names.push(link.name);
            at = link.parent;
        }
        names.into_iter().rev().fold(self.base.to_owned(), |pointer, name| match name {
            Name::Key(key) => pointer_join(&pointer, key),
            Name::Index(index) => format!("{pointer}/{index}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointers(value: &Value, is_swagger: bool) -> Vec<String> {
        walk("", Slot::One(Kind::Root), value, is_swagger).found.into_iter().map(|found| found.pointer).collect()
    }

    #[test]
    fn references_are_found_where_the_specification_has_objects() {
        let document = json!({
            "paths": {"/a": {"$ref": "a.json"}, "/b": {"get": {"parameters": [{"$ref": "p.json"}], "responses": {"$ref": "r.json"}}}},
            "components": {"schemas": {
                "A": {"properties": {"$ref": {"type": "string"}, "x": {"$ref": "x.json"}}, "example": {"$ref": "no.json"}},
                "B": {"discriminator": {"propertyName": "t", "mapping": {"a": "A", "b": "b.json"}}}
            }},
            "definitions": {"C": {"$ref": "c.json"}}
        });
        let mut expected = vec![
            "/paths/~1a",
            "/paths/~1b/get/parameters/0",
            "/paths/~1b/get/responses",
            "/components/schemas/A/properties/x",
            "/components/schemas/B/discriminator/mapping/b",
        ];
        assert_eq!(pointers(&document, false), expected);
        expected.push("/definitions/C");
        assert_eq!(pointers(&document, true), expected);
    }
}
