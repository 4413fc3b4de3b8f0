//! The document as a flat list of the objects that OpenAPI knows, in the document's order.
//!
//! What should be an object or a list and is not is a fault found on the way.

use super::fault::{Fault, Faults, Id, Rule};
use crate::{
    diagnostics::{pointer_join, pointer_tokens},
    load::kind as kind_of_value,
    objects::{Holding, Kind, child},
    schema::references,
    version::Version,
};
use serde_json::{Map, Value};

const WRONG_TYPE: Rule = Rule::survivable("wrong-type");

/// A node's name in its parent: a field and, in a list or map, an item of it.
#[derive(Clone, Copy, Debug)]
enum Step<'d> {
    Root,
    Field(&'d str),
    Item(&'d str, usize),
    Entry(&'d str, &'d str),
}

/// An object of the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'d> {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) parent: Id,
    pub(super) value: &'d Value,
    step: Step<'d>,
}

impl<'d> Node<'d> {
    /// The field `key`; `None` also for what is no object.
    pub(super) fn get(&self, key: &str) -> Option<&'d Value> {
        self.value.get(key)
    }

    /// The field `key`, where it is a string.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The fields; none for what is no object.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'d String, &'d Value)> + use<'d> {
        self.value.as_object().into_iter().flatten()
    }

    /// Whether the node only says that it stands elsewhere.
    pub(super) fn is_reference(&self) -> bool {
        self.get("$ref").is_some()
    }

    /// The node's name in the field of its parent that holds it.
    pub(super) fn name(&self) -> &'d str {
        match self.step {
            Step::Root | Step::Item(..) => "",
            Step::Field(name) | Step::Entry(_, name) => name,
        }
    }

    /// Whether the node is one of those that a field holds by name.
    pub(super) fn is_entry(&self) -> bool {
        matches!(self.step, Step::Entry(..))
    }

    /// The node's place in the list that holds it.
    pub(super) fn index(&self) -> Option<usize> {
        if let Step::Item(_, index) = self.step { Some(index) } else { None }
    }
}

/// What a `$ref` leads to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target<'d> {
    /// This value of the document.
    Found { pointer: String, value: &'d Value },
    /// A place of the document where nothing is.
    Dangling,
    /// Another document.
    External,
}

/// All objects of a document.
pub(super) struct Model<'d> {
    pub(super) document: &'d Value,
    pub(super) version: Version,
    nodes: Vec<Node<'d>>,
}

impl<'d> Model<'d> {
    /// Reads the document. Fields that should hold objects and do not are pushed to `faults`.
    pub(super) fn read(document: &'d Value, version: Version, faults: &mut Faults<'_>) -> Self {
        let mut model = Self { document, version, nodes: Vec::new() };
        let mut open = vec![(0, Kind::Root, Step::Root, document)];
        while let Some((parent, kind, step, value)) = open.pop() {
            let id = model.nodes.len();
            model.nodes.push(Node { id, kind, parent, value, step });
            let from = open.len();
            match value {
                Value::Object(fields) => model.open_fields(id, kind, fields, &mut open, faults),
                Value::Bool(_) if kind == Kind::Schema => {}
                other => faults.push(model.wrong_type(id, &[], "an object", other, faults)),
            }
            open.get_mut(from..).unwrap_or_default().reverse();
        }
        model
    }

    fn open_fields(
        &mut self,
        id: Id,
        kind: Kind,
        fields: &'d Map<String, Value>,
        open: &mut Vec<(Id, Kind, Step<'d>, &'d Value)>,
        faults: &mut Faults<'_>,
    ) {
        for (key, value) in fields {
            match (child(kind, key), value) {
                (None, _) => {}
                (Some(Holding::OneOrList(kind) | Holding::List(kind)), Value::Array(items)) => {
                    open.extend((0..).zip(items).map(|(index, item)| (id, kind, Step::Item(key, index), item)));
                }
                (Some(Holding::Map(kind)), Value::Object(entries)) => {
                    open.extend(entries.iter().map(|(name, entry)| (id, kind, Step::Entry(key, name), entry)));
                }
                (Some(Holding::One(kind) | Holding::OneOrList(kind)), value) => {
                    open.push((id, kind, Step::Field(key), value));
                }
                (Some(Holding::List(_)), other) => faults.push(self.wrong_type(id, &[key], "an array", other, faults)),
                (Some(Holding::Map(_)), other) => faults.push(self.wrong_type(id, &[key], "an object", other, faults)),
            }
        }
    }

    /// The fault that something is of another type than the specification says.
    pub(super) fn wrong_type(
        &self,
        node: Id,
        below: &[&str],
        expected: &str,
        found: &Value,
        faults: &Faults<'_>,
    ) -> Fault {
        let pointer = self.pointer_below(node, below);
        let name = pointer_tokens(&pointer).last().unwrap_or_default();
        let message = format!("`{name}` must be {expected}, it is {}", kind_of_value(found));
        Fault::at(WRONG_TYPE, node, pointer.clone(), message)
            .help("write what is meant, or leave it out")
            .repair_remove(faults, &pointer)
    }

    /// All nodes of a kind, in the document's order.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Node<'d>> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// All nodes, in the document's order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node<'d>> {
        self.nodes.iter()
    }

    /// The node that holds `node`; the root holds itself.
    pub(super) fn parent(&self, node: &Node<'d>) -> Option<&Node<'d>> {
        self.nodes.get(node.parent)
    }

    /// The operations that the API answers: those of `paths`, not of callbacks and webhooks.
    pub(super) fn operations(&self) -> impl Iterator<Item = ApiOperation<'_, 'd>> {
        self.of(Kind::Operation).filter_map(|operation| {
            let item = self.parent(operation)?;
            let paths = self.parent(item).filter(|paths| paths.kind == Kind::Paths)?;
            let _ = paths;
            Some(ApiOperation { operation, item })
        })
    }

    /// A node's JSON pointer.
    pub(super) fn pointer(&self, node: Id) -> String {
        self.pointer_below(node, &[])
    }

    /// The JSON pointer of what is at the path `below` a node.
    pub(super) fn pointer_below(&self, node: Id, below: &[&str]) -> String {
        let mut steps = Vec::new();
        let mut current = self.nodes.get(node);
        while let Some(node) = current.filter(|node| !matches!(node.step, Step::Root)) {
            steps.push(node.step);
            current = self.nodes.get(node.parent);
        }
        let mut pointer = String::new();
        for step in steps.into_iter().rev() {
            pointer = match step {
                Step::Root => pointer,
                Step::Field(key) => pointer_join(&pointer, key),
                Step::Item(key, index) => pointer_join(&pointer_join(&pointer, key), &index.to_string()),
                Step::Entry(key, name) => pointer_join(&pointer_join(&pointer, key), name),
            };
        }
        below.iter().fold(pointer, |pointer, token| pointer_join(&pointer, token))
    }

    /// Where a `$ref` leads, without following it further. Those by name have become pointers before.
    pub(super) fn target(&self, reference: &str) -> Target<'d> {
        if !reference.starts_with('#') {
            return Target::External;
        }
        match references::find(self.document, reference) {
            Some((pointer, value)) => Target::Found { pointer, value },
            None => Target::Dangling,
        }
    }

    /// What a value stands for, after all references; `None` when they lead nowhere, in a circle, or on and on.
    pub(super) fn resolve(&self, value: &'d Value) -> Option<&'d Value> {
        references::resolve(self.document, value, "").map(|(found, _)| found)
    }
}

/// An operation of the API with its path item.
#[derive(Clone, Copy)]
pub(super) struct ApiOperation<'m, 'd> {
    pub(super) operation: &'m Node<'d>,
    pub(super) item: &'m Node<'d>,
}

impl<'d> ApiOperation<'_, 'd> {
    /// The method as it is sent.
    fn method(&self) -> String {
        let name = self.operation.name();
        if self.operation.is_entry() { name.to_owned() } else { name.to_uppercase() }
    }

    /// `GET /pets/{id}`
    pub(super) fn display(&self) -> String {
        format!("{} {}", self.method(), self.item.name())
    }
}

impl Fault {
    /// A fault in the object `node`, at the path `below` it.
    pub(super) fn new(rule: Rule, model: &Model<'_>, node: Id, below: &[&str], message: impl Into<String>) -> Self {
        Self::at(rule, node, model.pointer_below(node, below), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(document: &Value) -> Model<'_> {
        Model::read(document, Version::V31, &mut Faults::new(document, false))
    }

    #[test]
    fn nodes_are_in_the_documents_order_and_know_their_pointers() {
        let document = json!({"paths": {"/a": {"get": {"parameters": [{"name": "x", "schema": {}}], "responses": {"200": {}}}}},
            "components": {"schemas": {"B": {"properties": {"$ref": {"type": "string"}}, "example": {"$ref": "#/no"}}}}});
        let model = read(&document);
        let pointers: Vec<String> = model.nodes().map(|node| model.pointer(node.id)).collect();
        assert_eq!(
            pointers,
            [
                "",
                "/paths",
                "/paths/~1a",
                "/paths/~1a/get",
                "/paths/~1a/get/parameters/0",
                "/paths/~1a/get/parameters/0/schema",
                "/paths/~1a/get/responses",
                "/paths/~1a/get/responses/200",
                "/components",
                "/components/schemas/B",
                "/components/schemas/B/properties/$ref",
            ]
        );
    }

    #[test]
    fn references_are_found_by_pointer() {
        let document = json!({"components": {"schemas": {"a/b c": {}}}});
        let model = read(&document);
        for reference in ["#/components/schemas/a~1b c", "#/components/schemas/a~1b%20c"] {
            let Target::Found { pointer, .. } = model.target(reference) else { panic!("{reference}") };
            assert_eq!(pointer, "/components/schemas/a~1b c");
        }
        assert_eq!(model.target("#nowhere"), Target::Dangling);
        assert_eq!(model.target("#/components/schemas/%zz"), Target::Dangling);
        assert_eq!(model.target("other.json#/a"), Target::External);
    }
}
