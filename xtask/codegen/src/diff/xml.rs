//! What has changed of how values stand in XML (OpenAPI 3.0 section 4.7.26): names, namespaces, attributes and wrapping, which no
//! type shows.

use std::collections::BTreeSet;

use super::change::{Class, Kind};
use super::draft::Draft;
use crate::plan::{
    BodyKind, Operation, Payload, Plan, Success, XmlContent, XmlElement, XmlMember, XmlName, XmlNode, XmlShape,
};

/// What has changed in XML of what operations take and answer; each shape is told once.
pub fn compare(old: &Plan, new: &Plan, both: &[(&Operation, &Operation)]) -> Vec<Draft> {
    let mut walk = Walk { old, new, seen: BTreeSet::new(), place: Place::default(), found: Vec::new() };
    for (was, is) in both {
        let now = roots(is);
        for root in roots(was) {
            let Some(other) = now.iter().find(|other| other.of == root.of) else { continue };
            walk.place = Place { before: root.place, after: other.place.clone() };
            walk.root(root.name, other.name);
        }
    }
    walk.found
}

/// A body in XML.
struct Root<'a> {
    /// What tells it apart from others of its operation.
    of: String,
    /// The name of its static.
    name: &'a str,
    /// JSON pointer to what has it.
    place: String,
}

/// All that is in XML of what an operation takes and answers.
fn roots(operation: &Operation) -> Vec<Root<'_>> {
    let mut found = Vec::new();
    let body = |of: String, name| Root { of, name, place: format!("{}/requestBody", operation.pointer) };
    for taken in operation.bodies() {
        if let BodyKind::Xml(_, name) = &taken.kind {
            found.push(body(taken.media_type.clone(), name));
        }
        let parts = taken.parts.iter().filter_map(|part| Some((part, part.xml.as_ref()?)));
        found.extend(parts.map(|(part, name)| body(format!("{} {}", taken.media_type, part.name), name)));
    }
    let place = format!("{}/responses", operation.pointer);
    let mut answer = |of: String, payload| {
        if let Some(name) = static_of(payload) {
            found.push(Root { of, name, place: place.clone() });
        }
    };
    let others = operation.other_successes.iter().map(|other| (other.media_type.as_str(), &other.success));
    for (media_type, success) in std::iter::once(("", &operation.success)).chain(others) {
        match success {
            Success::One(payload) => answer(format!("answer {media_type}"), payload),
            Success::ByStatus { variants, .. } => variants.iter().for_each(|variant| {
                answer(format!("answer {media_type} {:?}", variant.status), &variant.payload);
            }),
        }
    }
    operation.errors.iter().for_each(|error| answer(format!("error {:?}", error.status), &error.payload));
    found
}

fn static_of(payload: &Payload) -> Option<&str> {
    if let Payload::Xml(_, name) = payload { Some(name) } else { None }
}

#[derive(Default)]
struct Place {
    before: String,
    after: String,
}

struct Walk<'a> {
    old: &'a Plan,
    new: &'a Plan,
    /// The statics that have been compared.
    seen: BTreeSet<(&'a str, &'a str)>,
    place: Place,
    found: Vec<Draft>,
}

impl<'a> Walk<'a> {
    fn root(&mut self, old: &str, new: &str) {
        let (Some(was), Some(is)) = (self.old.xml.roots.get(old), self.new.xml.roots.get(new)) else { return };
        self.element("the root", was, is);
    }

    fn element(&mut self, what: &str, old: &'a XmlElement, new: &'a XmlElement) {
        if old.name != new.name {
            let words = format!("in XML {what} is {}, it was {}", name_words(&new.name), name_words(&old.name));
            self.tell(words);
        }
        self.content(&new.name.local, &old.content, &new.content);
    }

    fn content(&mut self, element: &str, old: &'a XmlContent, new: &'a XmlContent) {
        let (XmlContent::Shape(old), XmlContent::Shape(new)) = (old, new) else { return };
        if !self.seen.insert((old, new)) {
            return;
        }
        match (self.old.xml.shapes.get(old), self.new.xml.shapes.get(new)) {
            (Some(XmlShape::List(old)), Some(XmlShape::List(new))) => {
                self.element(&format!("an item of `<{element}>`"), old, new);
            }
            (Some(XmlShape::Object(old, _)), Some(XmlShape::Object(new, _))) => {
                for was in old {
                    if let Some(is) = new.iter().find(|other| other.property == was.property) {
                        self.member(element, was, is);
                    }
                }
            }
            (Some(XmlShape::Union(old, _)), Some(XmlShape::Union(new, _))) => {
                old.iter().zip(new).for_each(|(old, new)| self.content(element, old, new));
            }
            _ => {}
        }
    }

    fn member(&mut self, element: &str, old: &'a XmlMember, new: &'a XmlMember) {
        if (&old.name, old.node) != (&new.name, new.node) {
            let (is, was) = (node_words(new), node_words(old));
            self.tell(format!("in XML `{}` of `<{element}>` is {is}, it was {was}", old.property));
        }
        self.content(&new.name.local, &old.content, &new.content);
    }

    fn tell(&mut self, words: String) {
        let draft = Draft::new(Kind::XmlChanged, Class::Breaking, words.clone());
        self.found.push(draft.at(&self.place.before, &self.place.after).on_the_wire(words));
    }
}

fn name_words(name: &XmlName) -> String {
    let local = match name.prefix.as_str() {
        "" => format!("`<{}>`", name.local),
        prefix => format!("`<{prefix}:{}>`", name.local),
    };
    if name.namespace.is_empty() { local } else { format!("{local} of `{}`", name.namespace) }
}

fn node_words(member: &XmlMember) -> String {
    match member.node {
        XmlNode::Element => format!("the element {}", name_words(&member.name)),
        XmlNode::Items => format!("an element {} for each item", name_words(&member.name)),
        XmlNode::Attribute => format!("the attribute `{}`", member.name.local),
        XmlNode::Text => "the element's text".to_owned(),
        XmlNode::Cdata => "the element's text as CDATA".to_owned(),
        XmlNode::Group => "what it holds, in no element of its own".to_owned(),
    }
}
