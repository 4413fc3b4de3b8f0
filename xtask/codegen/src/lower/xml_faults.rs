//! What the XML Objects of a document say and XML cannot: two properties of one name, names that are none, objects where only
//! text can be. The document is generated all the same; who sends or reads such a value should hear of it before.

use indexmap::IndexMap;
use serde_json::Value;

use super::types::Types;
use super::untyped;
use crate::diagnostics::Diagnostic;
use crate::plan::{Xml, XmlContent, XmlMember, XmlName, XmlNode, XmlShape};
use crate::schema::shape::{Shape, Typed};

/// How many lists and unions lead to what an attribute holds.
const MAX_DEPTH: usize = 16;

/// Tells that the body at `place` is text although its schema describes what is in it.
pub fn tell_text(object: &Value, place: &str, types: &mut Types<'_>) {
    if untyped::describes_in_vain(types.schemas.document(), object, place) {
        let message = "the schema does not say what the elements are: the body is the text of the XML document";
        types.schemas.diagnostics.push(Diagnostic::adaptation("untyped-body", place, message));
    }
}

/// Looks at the name of an element or an attribute.
pub fn check_name(name: &XmlName, typed: &Typed, types: &mut Types<'_>) {
    let faults = &mut types.xml.faults;
    let place = place(typed);
    if is_name(&name.prefix) && name.prefix != "xml" {
        if name.namespace.is_empty() {
            faults.unbound.entry(name.prefix.clone()).or_insert_with(|| place.clone());
        } else {
            faults.bound.insert(name.prefix.clone());
        }
    }
    let parts = [Some(&name.local), Some(&name.prefix).filter(|prefix| !prefix.is_empty())];
    let Some(wrong) = parts.into_iter().flatten().find(|part| !is_name(part)) else { return };
    let message = format!("`{wrong}` cannot be a name in XML: no answer has it, and a call that is to send it fails");
    let help = "say what it is called there: `\"xml\": {\"name\": …}`";
    types.schemas.diagnostics.push(Diagnostic::warning("xml-name", place, message).with_help(help));
}

/// Looks at what a property holds that stands as an attribute or as text.
pub fn check_text(node: XmlNode, typed: &Typed, types: &mut Types<'_>) {
    let what = match node {
        XmlNode::Attribute => "an attribute",
        XmlNode::Text | XmlNode::Cdata => "the text of an element",
        XmlNode::Element | XmlNode::Items | XmlNode::Group => return,
    };
    if may_be_text(typed, types, MAX_DEPTH) {
        return;
    }
    let message = format!(
        "{what} holds text, and this is an object, or a list of what is no text: a call that is to send it fails"
    );
    let help = "correct the schema, or let it be an element";
    types.schemas.diagnostics.push(Diagnostic::warning("xml-no-text", place(typed), message).with_help(help));
}

/// Whether any value can be written as text: plain ones can, and lists of these.
fn may_be_text(typed: &Typed, types: &mut Types<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match types.schemas.resolved(typed).shape {
        Shape::Object(_) | Shape::Map(_) => false,
        Shape::Array(items) => match types.schemas.resolved(&items).shape {
            Shape::Array(_) => false,
            _ => may_be_text(&items, types, depth),
        },
        Shape::Union(union) => union.variants.iter().any(|variant| may_be_text(&variant.typed, types, depth)),
        _ => true,
    }
}

/// Looks at the properties of an object, each with its schema.
pub fn check_members(members: &[(XmlMember, Typed)], types: &mut Types<'_>) {
    let mut nodes = Vec::new();
    for (member, typed) in members {
        gather(member, &place(typed), &types.xml.plan, MAX_DEPTH, &mut nodes);
    }
    let mut seen: IndexMap<Key, (String, String)> = IndexMap::new();
    for (key, property, place) in nodes {
        let Some((first, other)) = seen.get(&key) else {
            seen.insert(key, (property, place));
            continue;
        };
        let (what, name, _) = key;
        let name = if name.is_empty() { name } else { format!(" `{name}`") };
        let message = format!("`{property}` is {what}{name} in XML, and so is `{first}`: one is read for the other");
        let help = "give one of them another name there: `\"xml\": {\"name\": …}`";
        let found = Diagnostic::warning("xml-same-node", place, message).with_help(help);
        types.schemas.diagnostics.push(found.with_note(other.as_str(), "the other is here"));
    }
}

/// What a property is told apart by, its key, and the place that is told: of one without an element of its own, what it holds.
fn gather(member: &XmlMember, place: &str, xml: &Xml, depth: usize, nodes: &mut Vec<(Key, String, String)>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match (key(member), &member.content) {
        (Some(key), _) => nodes.push((key, member.property.clone(), place.to_owned())),
        (None, XmlContent::Shape(ident)) => {
            let Some(XmlShape::Object(members, _)) = xml.shapes.get(ident) else { return };
            members.iter().for_each(|member| gather(member, place, xml, depth, nodes));
        }
        (None, _) => {}
    }
}

/// As what a property stands, its name, and its namespace, or its prefix, where there is none.
type Key = (&'static str, String, String);

/// What a property is told apart by when it is read; nothing for what has no node of its own.
fn key(member: &XmlMember) -> Option<Key> {
    let XmlName { local, namespace, prefix } = &member.name;
    let told_by = if namespace.is_empty() { prefix } else { namespace };
    match member.node {
        XmlNode::Element | XmlNode::Items => Some(("the element", local.clone(), told_by.clone())),
        XmlNode::Attribute => Some(("the attribute", local.clone(), told_by.clone())),
        XmlNode::Text | XmlNode::Cdata => Some(("the text of the element", String::new(), String::new())),
        XmlNode::Group => None,
    }
}

/// Where a schema is in the document.
fn place(typed: &Typed) -> String {
    typed.places().rev().find(|place| place.starts_with('/')).cloned().unwrap_or_default()
}

/// Whether a text is a name without a colon (Namespaces in XML 1.0, production 4; what XML 1.0 allows beyond ASCII is allowed
/// as a whole).
fn is_name(text: &str) -> bool {
    let begins = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || !letter.is_ascii();
    let goes_on = |letter: char| begins(letter) || letter.is_ascii_digit() || matches!(letter, '-' | '.');
    text.starts_with(begins) && text.chars().all(goes_on)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::findings;

    /// Codes and places of what is told of an object with these properties, which is sent and read.
    fn told(properties: &Value) -> Vec<(String, String)> {
        let components = json!({
            "Whole": {"type": "object", "properties": properties}, "Pet": {"type": "object", "properties": {"id": {}}},
        });
        let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Whole"}}});
        let responses = json!({"200": {"description": "", "content": content}});
        let operation = json!({"operationId": "o", "requestBody": {"content": content}, "responses": responses});
        let found = findings(&json!({"/a": {"put": operation}}), &components);
        let found = found.iter().filter(|found| found.code.starts_with("xml-"));
        found
            .map(|found| (found.code.to_owned(), found.pointer.replace("/components/schemas/Whole/properties/", "")))
            .collect()
    }

    #[test]
    fn what_xml_cannot_say_is_told() {
        let (text, pet) = (json!({"type": "string"}), json!({"$ref": "#/components/schemas/Pet"}));
        let with = |schema: &Value, xml: Value| {
            let mut schema = schema.clone();
            schema["xml"] = xml;
            schema
        };
        let (named, attribute) = (json!({"name": "b"}), json!({"attribute": true}));
        let bound = json!({"prefix": "m", "namespace": "urn:m"});
        let group = json!({"type": "object", "properties": {"b": text}, "xml": {"nodeType": "none"}});
        let list = |items: &Value| json!({"type": "array", "items": items});
        for (properties, expected) in [
            (json!({"a": with(&text, named.clone()), "b": text}), Some(("xml-same-node", "b"))),
            (json!({"a": with(&list(&text), named.clone()), "b": text}), Some(("xml-same-node", "b"))),
            (json!({"b": text, "g": group}), Some(("xml-same-node", "g"))),
            (json!({"a": with(&text, json!({"name": "b", "attribute": true})), "b": text}), None),
            (json!({"a": with(&text, json!({"name": "b", "namespace": "urn:a"})), "b": text}), None),
            (json!({"a": with(&text, json!({"nodeType": "text"})), "b": text}), None),
            (
                json!({"a": with(&text, json!({"nodeType": "text"})), "b": with(&text, json!({"nodeType": "cdata"}))}),
                Some(("xml-same-node", "b")),
            ),
            (json!({"a": with(&text, json!({"name": "bad name"}))}), Some(("xml-name", "a"))),
            (json!({"@a": text}), Some(("xml-name", "@a"))),
            (json!({"a": with(&text, json!({"prefix": "1"}))}), Some(("xml-name", "a"))),
            (json!({"é-1.b": text}), None),
            (json!({"a": with(&pet, attribute.clone())}), Some(("xml-no-text", "a"))),
            (json!({"a": with(&list(&pet), attribute.clone())}), Some(("xml-no-text", "a"))),
            (json!({"a": with(&pet, json!({"nodeType": "text"}))}), Some(("xml-no-text", "a"))),
            (json!({"a": with(&list(&text), attribute.clone())}), None),
            (json!({"a": with(&json!({"oneOf": [pet, text]}), attribute)}), None),
            (
                json!({"a": with(&text, json!({"prefix": "m"})), "b": with(&text, json!({"name": "m:b"}))}),
                Some(("xml-prefix", "a")),
            ),
            (json!({"a": with(&text, json!({"prefix": "m"})), "b": with(&text, bound)}), None),
            (json!({"a": with(&text, json!({"name": "xml:lang", "attribute": true}))}), None),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(code, place)| (code.to_owned(), place.to_owned())).collect();
            assert_eq!(told(&properties), expected, "{properties}");
        }
    }
}
