//! How values stand in XML, as the XML Objects of their schemas say it (OpenAPI 3.0 section 4.7.26, 3.2 section 4.26).
//!
//! Types are the same in JSON and XML; what differs is in a table of its own, which follows the schemas and not the types:
//! schemas that mean the same values, and so are one type, can stand in XML in different ways. OpenAPI 3.2's `nodeType`
//! counts in every version, for it says what the older keywords cannot: that a property is its element's text.

use serde_json::{Map, Value};

use super::idents::shape_name;
use super::types::Types;
use super::{content, tell, xml_faults};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{TypeRef, XmlContent, XmlElement, XmlMember, XmlName, XmlNode, XmlShape};
use crate::schema::keywords::is_structural;
use crate::schema::references::local_pointer;
use crate::schema::shape::{Property, Shape, TextFormat, Typed, Union};

/// How many references and only members lead from a schema to its XML Object.
const MAX_DEPTH: usize = 16;

/// Whether bodies of a media type object in XML have a shape: else they are text, as a schema that says nothing, or only
/// that it is a string, leaves them.
pub fn is_typed(object: &Value, place: &str, types: &mut Types<'_>) -> bool {
    fn has_shape(shape: &Shape, types: &mut Types<'_>, depth: usize) -> bool {
        match shape {
            Shape::Object(_)
            | Shape::Integer(_)
            | Shape::IntegerEnum(_)
            | Shape::Number
            | Shape::Decimal
            | Shape::Boolean => true,
            Shape::Map(values) | Shape::Array(values) => types.schemas.resolved(values).shape != Shape::Any,
            Shape::Union(union) if depth > 0 => union.variants.iter().any(|variant| {
                let shape = types.schemas.resolved(&variant.typed).shape;
                has_shape(&shape, types, depth - 1)
            }),
            _ => false,
        }
    }
    let Some(shape) = content::shape(object, place, &mut types.schemas) else { return false };
    let is_named = || said_at(types.schemas.document(), [&pointer_join(place, "schema")]).name.is_some();
    let is_typed =
        (content::is_text(&shape) && !content::is_bytes(&shape) && is_named()) || has_shape(&shape, types, MAX_DEPTH);
    if !is_typed {
        xml_faults::tell_text(object, place, types);
    }
    is_typed
}

/// The static of a body's root: the element that a schema's values stand in; `ty` is their type.
pub fn root(typed: &Typed, ty: &TypeRef, types: &mut Types<'_>) -> String {
    let said = said(types.schemas.document(), typed);
    let component = typed.shape.target().map(shape_name);
    let is_list = matches!(types.schemas.resolved(typed).shape, Shape::Array(_));
    // The name of a list without an element of its own is not that of the root, which there is all the same.
    let own = said.name.clone().filter(|_| !is_list || said.is_wrapped());
    let is_named = own.is_some();
    let named = own.or(component).or_else(|| match ty {
        TypeRef::Named(name) => Some(name.clone()),
        _ => None,
    });
    if named.is_none() {
        types.schemas.diagnostics.push(Diagnostic::adaptation(
            "xml-root",
            typed.pointer.as_str(),
            "nothing says what the root element is called: it is written as `root`, and read under any name",
        ));
    }
    let name = said.named(named.unwrap_or_else(|| "root".to_owned()));
    xml_faults::check_name(&name, typed, types);
    let content = content_of(typed, None, types);
    let element = XmlElement { name, is_named, content };
    let shapes = &mut types.xml;
    if let Some((known, _)) = shapes.plan.roots.iter().find(|(_, known)| **known == element) {
        return known.clone();
    }
    let ident = shapes.reserve(&format!("{}-root", element.name.local));
    shapes.plan.roots.insert(ident.clone(), element);
    ident
}

/// What an element holds of a schema's values; items of a list that have no name take over `inherited`.
fn content_of(typed: &Typed, inherited: Option<&XmlName>, types: &mut Types<'_>) -> XmlContent {
    match &typed.shape {
        Shape::Any => XmlContent::Any,
        Shape::Integer(_) | Shape::IntegerEnum(_) | Shape::Number | Shape::Decimal => XmlContent::Number,
        Shape::Boolean => XmlContent::Boolean,
        Shape::Enum(_) => XmlContent::Token,
        Shape::Text(TextFormat::Plain | TextFormat::Binary) | Shape::Scalar => XmlContent::Text,
        Shape::Text(_) => XmlContent::Token,
        Shape::Ref(pointer) => definition(pointer, inherited, types),
        Shape::Array(_) | Shape::Object(_) | Shape::Map(_) | Shape::Union(_) => {
            let shape = shape_of(typed, inherited, types);
            XmlContent::Shape(types.xml.add(&shape_name(&typed.pointer), shape))
        }
    }
}

/// The same of a definition, of which there is one static however often it is referred to.
fn definition(pointer: &str, inherited: Option<&XmlName>, types: &mut Types<'_>) -> XmlContent {
    let Some(typed) = types.understood(pointer) else { return XmlContent::Any };
    if !matches!(typed.shape, Shape::Array(_) | Shape::Object(_) | Shape::Map(_) | Shape::Union(_)) {
        return content_of(&typed, inherited, types);
    }
    let takes_over = matches!(typed.shape, Shape::Array(_));
    let key = (pointer.to_owned(), inherited.filter(|_| takes_over).cloned());
    if let Some(known) = types.xml.definitions.get(&key) {
        return XmlContent::Shape(known.clone());
    }
    let ident = types.xml.reserve(&shape_name(pointer));
    types.xml.definitions.insert(key, ident.clone());
    let shape = shape_of(&typed, inherited, types);
    types.xml.insert(ident.clone(), shape);
    XmlContent::Shape(ident)
}

fn shape_of(typed: &Typed, inherited: Option<&XmlName>, types: &mut Types<'_>) -> XmlShape {
    match &typed.shape {
        Shape::Array(items) => XmlShape::List(item(items, inherited, types)),
        Shape::Map(values) => XmlShape::Object(Vec::new(), Some(other(values, types))),
        Shape::Object(object) => {
            let members: Vec<_> = object
                .properties
                .iter()
                .map(|(name, property)| (member(name, property, types), property.typed.clone()))
                .collect();
            xml_faults::check_members(&members, types);
            let members = members.into_iter().map(|(member, _)| member).collect();
            let any = || XmlMember { content: XmlContent::Any, ..unnamed() };
            let rest = object.additional.as_ref().map(|values| other(values, types));
            XmlShape::Object(members, rest.or_else(|| object.extended.then(any)))
        }
        Shape::Union(union) => union_of(union, inherited, types),
        _ => XmlShape::Object(Vec::new(), None),
    }
}

fn union_of(union: &Union, inherited: Option<&XmlName>, types: &mut Types<'_>) -> XmlShape {
    let found = tell::discriminators(&mut types.schemas, union, &mut types.told).into_iter().next();
    let telling =
        found.and_then(|mut found| Some((found.path.pop().filter(|_| found.path.is_empty())?, found.mapping)));
    let variants = union.variants.iter().map(|variant| content_of(&variant.typed, inherited, types)).collect();
    XmlShape::Union(variants, telling)
}

/// An item of a list. One without a name is called like the list (OpenAPI 3.0 section 4.7.26.2), or, where that has none, like
/// its component.
fn item(items: &Typed, inherited: Option<&XmlName>, types: &mut Types<'_>) -> XmlElement {
    let said = said(types.schemas.document(), items);
    let name = match (&said.name, inherited) {
        (Some(name), _) => said.named(name.clone()),
        (None, Some(name)) if said.namespace.is_empty() => name.clone(),
        (None, Some(name)) => said.named(name.local.clone()),
        (None, None) => said.named(items.shape.target().map_or_else(|| "item".to_owned(), shape_name)),
    };
    xml_faults::check_name(&name, items, types);
    let content = content_of(items, Some(&name), types);
    XmlElement { is_named: said.name.is_some(), name, content }
}

/// A property.
fn member(property: &str, known: &Property, types: &mut Types<'_>) -> XmlMember {
    let typed = &known.typed;
    let said = said(types.schemas.document(), typed);
    let name = said.named(said.name.clone().unwrap_or_else(|| property.to_owned()));
    let node = said.node.unwrap_or(XmlNode::Element);
    let shape = types.schemas.resolved(typed).shape;
    let (node, unwrapped) = match (node, shape) {
        // A list that is no node is its items.
        (XmlNode::Element | XmlNode::Group, Shape::Array(items)) if !said.is_wrapped() => (node, Some(items)),
        (XmlNode::Group, Shape::Object(_) | Shape::Union(_)) => (XmlNode::Group, None),
        // Names that are data would be those of the object around, and a plain value is a node in any case.
        (XmlNode::Group, _) => (XmlNode::Element, None),
        (node, _) => (node, None),
    };
    let (name, node, content) = match unwrapped {
        Some(items) => {
            let item = item(&items, Some(&name), types);
            (item.name, XmlNode::Items, item.content)
        }
        None => {
            if matches!(node, XmlNode::Element | XmlNode::Attribute) {
                xml_faults::check_name(&name, typed, types);
            }
            xml_faults::check_text(node, typed, types);
            let content = content_of(typed, Some(&name), types);
            (name, node, content)
        }
    };
    XmlMember { property: property.to_owned(), name, node, required: known.required, content }
}

/// Properties whose names are data: elements that are called like them, of a list one for each item.
fn other(values: &Typed, types: &mut Types<'_>) -> XmlMember {
    match types.schemas.resolved(values).shape {
        Shape::Array(items) => {
            let content = content_of(&items, None, types);
            XmlMember { node: XmlNode::Items, content, ..unnamed() }
        }
        _ => XmlMember { content: content_of(values, None, types), ..unnamed() },
    }
}

fn unnamed() -> XmlMember {
    XmlMember {
        property: String::new(),
        name: XmlName::default(),
        node: XmlNode::Element,
        required: false,
        content: XmlContent::Any,
    }
}

/// What XML Objects say of a schema.
#[derive(Debug, Default)]
struct Said {
    name: Option<String>,
    namespace: String,
    prefix: String,
    node: Option<XmlNode>,
    is_wrapped: Option<bool>,
}

impl Said {
    fn is_wrapped(&self) -> bool {
        self.is_wrapped.unwrap_or(false)
    }

    /// The name, of which some write the prefix with it.
    fn named(&self, written: String) -> XmlName {
        let (prefix, local) = match written.split_once(':') {
            Some((prefix, local)) if self.prefix.is_empty() || self.prefix == prefix => (prefix, local.to_owned()),
            _ => (self.prefix.as_str(), written.clone()),
        };
        XmlName { local, namespace: self.namespace.clone(), prefix: prefix.to_owned() }
    }
}

/// What the schemas of a value say of how it stands in XML, the last before those that it adds to.
fn said(document: &Value, typed: &Typed) -> Said {
    said_at(document, typed.places().rev())
}

/// What the schemas at `places` say of themselves, each what those before it do not.
fn said_at<'p>(document: &Value, places: impl IntoIterator<Item = &'p String>) -> Said {
    let mut found = Said::default();
    for schema in places.into_iter().filter_map(|place| document.pointer(place)) {
        found.add(document, schema, MAX_DEPTH);
    }
    found
}

impl Said {
    /// Adds what a schema says, and, where it says nothing, the one that it refers to or only consists of.
    fn add(&mut self, document: &Value, schema: &Value, depth: usize) {
        if let Some(object) = schema.get("xml") {
            self.add_object(object);
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        let referred = schema.get("$ref").and_then(Value::as_str).and_then(local_pointer);
        if let Some(schema) = referred.and_then(|pointer| document.pointer(&pointer)) {
            return self.add(document, schema, depth);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            let members = schema.get(key).and_then(Value::as_array).into_iter().flatten();
            let members = members.filter(|member| member.get("type").and_then(Value::as_str) != Some("null"));
            // A member that says nothing of values speaks of what all of them are.
            let (words, members): (Vec<&Value>, Vec<&Value>) =
                members.partition(|member| key == "allOf" && member.as_object().is_some_and(only_describes));
            for schema in words.into_iter().rev() {
                self.add(document, schema, depth);
            }
            if let [only] = members.as_slice() {
                self.add(document, only, depth);
            }
        }
    }

    fn add_object(&mut self, object: &Value) {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let is_set = |key: &str| object.get(key).and_then(Value::as_bool).unwrap_or(false);
        self.name = self.name.take().or_else(|| text("name").map(str::to_owned));
        if self.namespace.is_empty() && self.prefix.is_empty() {
            self.namespace = text("namespace").unwrap_or_default().to_owned();
            self.prefix = text("prefix").unwrap_or_default().to_owned();
        }
        // Of the two ways to say it the nearest counts, and the newer one before the older (OpenAPI 3.2 section 4.26).
        self.is_wrapped = self.is_wrapped.or(match text("nodeType") {
            Some("element") => Some(true),
            Some("none") => Some(false),
            _ => object.get("wrapped").and_then(Value::as_bool),
        });
        self.node = self.node.or(match text("nodeType") {
            Some("element") => Some(XmlNode::Element),
            Some("none") => Some(XmlNode::Group),
            Some("attribute") => Some(XmlNode::Attribute),
            Some("text") => Some(XmlNode::Text),
            Some("cdata") => Some(XmlNode::Cdata),
            _ if is_set("attribute") => Some(XmlNode::Attribute),
            _ => None,
        });
    }
}

/// Whether a schema says nothing of values, and refers to none that does.
fn only_describes(schema: &Map<String, Value>) -> bool {
    !is_structural(schema) && !schema.contains_key("$ref")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{operation, plan};
    use super::*;
    use crate::plan::{BodyKind, Payload, Plan, Success};

    /// The table for an object with these properties.
    fn members(properties: &Value, components: &Value) -> Vec<XmlMember> {
        let mut components = components.clone();
        components["Whole"] = json!({"type": "object", "properties": properties});
        let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Whole"}}});
        let responses = json!({"200": {"description": "", "content": content}});
        let plan = plan(&json!({"/a": {"get": {"operationId": "o", "responses": responses}}}), &components);
        let Some(XmlShape::Object(members, None)) = plan.xml.shapes.get("WHOLE").cloned() else { panic!("no object") };
        members
    }

    /// Names of properties, as what they stand, and the items of those that are lists with an element of their own.
    fn shown(properties: &Value, components: &Value) -> Vec<String> {
        let spelled = |name: &XmlName| match (name.prefix.as_str(), name.namespace.as_str()) {
            ("", "") => name.local.clone(),
            (prefix, namespace) => format!("{{{namespace}}}{prefix}:{}", name.local),
        };
        members(properties, components)
            .iter()
            .map(|member| format!("{:?} {}", member.node, spelled(&member.name)))
            .collect()
    }

    #[test]
    fn lists_are_named_as_openapi_shows_it() {
        // The examples of OpenAPI 3.0 section 4.7.26.2, in their order.
        let list = |xml: Value, item: Value| {
            let mut list = json!({"type": "array", "items": {"type": "string", "xml": item}, "xml": xml});
            list.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            json!({"animals": list})
        };
        for (xml, item, outer, inner) in [
            (json!({}), json!({}), "Items animals", None),
            (json!({}), json!({"name": "animal"}), "Items animal", None),
            (json!({"name": "aliens"}), json!({"name": "animal"}), "Items animal", None),
            (json!({"wrapped": true}), json!({}), "Element animals", Some("animals")),
            (json!({"wrapped": true}), json!({"name": "animal"}), "Element animals", Some("animal")),
            (json!({"name": "aliens", "wrapped": true}), json!({"name": "animal"}), "Element aliens", Some("animal")),
            (json!({"name": "aliens", "wrapped": true}), json!({}), "Element aliens", Some("aliens")),
            // OpenAPI 3.2 section 4.26.1.
            (json!({"nodeType": "element"}), json!({"name": "animal"}), "Element animals", Some("animal")),
        ] {
            let properties = list(xml.clone(), item.clone());
            assert_eq!(shown(&properties, &json!({})), [outer], "{xml} {item}");
            let mut schema = properties["animals"].clone();
            schema["xml"]["name"] = schema["xml"].get("name").cloned().unwrap_or_else(|| json!("animals"));
            let Some(inner) = inner else { continue };
            let content = json!({"application/xml": {"schema": schema}});
            let plan = one(&content);
            let root = plan.xml.roots.values().next().unwrap();
            let XmlContent::Shape(name) = &root.content else { panic!("no list") };
            let Some(XmlShape::List(item)) = plan.xml.shapes.get(name) else { panic!("no list") };
            // At the root there is no property whose name could be taken over.
            let expected = if item.is_named { inner } else { "item" };
            assert_eq!(item.name.local, expected, "{xml}");
        }
    }

    /// The plan of one operation with this `content` both ways.
    fn one(content: &Value) -> Plan {
        let paths = json!({"/a": {"put": {
            "operationId": "o", "requestBody": {"content": content},
            "responses": {"200": {"description": "", "content": content}},
        }}});
        let components = json!({
            "Pet": {"type": "object", "properties": {"id": {"type": "integer"}}}, "Word": {"type": "string"},
            "Named": {"type": "object", "properties": {"id": {"type": "integer"}}, "xml": {"name": "named"}},
        });
        plan(&paths, &components)
    }

    #[test]
    fn what_a_reference_leads_to_says_what_the_place_does_not() {
        let components = json!({
            "Author": {"type": "object", "properties": {"name": {"type": "string"}}, "xml": {"name": "XmlAuthor", "namespace": "urn:a", "prefix": "a"}},
            "Ids": {"type": "array", "items": {"type": "integer", "xml": {"name": "id"}}, "xml": {"wrapped": true}},
        });
        let author = json!({"$ref": "#/components/schemas/Author"});
        let properties = json!({
            "plain": author,
            "own": {"allOf": [author], "xml": {"name": "own"}},
            "nullable": {"oneOf": [author, {"type": "null"}]},
            "beside": {"$ref": "#/components/schemas/Author", "xml": {"name": "beside", "namespace": "urn:b"}},
            "ids": {"$ref": "#/components/schemas/Ids"},
            "key": {"type": "string", "xml": {"attribute": true}},
            "word": {"type": "string", "xml": {"nodeType": "text"}},
            "raw": {"type": "string", "xml": {"nodeType": "cdata"}},
            "other": {"type": "string", "xml": {"nodeType": "attribute", "name": "o"}},
        });
        assert_eq!(
            shown(&properties, &components),
            [
                "Element {urn:a}a:XmlAuthor",
                "Element {urn:a}a:own",
                "Element {urn:a}a:XmlAuthor",
                "Element {urn:b}:beside",
                "Element ids",
                "Attribute key",
                "Text word",
                "Cdata raw",
                "Attribute o",
            ]
        );
    }

    #[test]
    fn all_that_hold_at_once_say_how_a_property_stands_and_the_last_counts() {
        let text = json!({"type": "string"});
        let of = |schema: Value| json!({"type": "object", "properties": {"kind": schema}});
        let with = |schema: &Value, xml: Value| {
            let mut schema = schema.clone();
            schema["xml"] = xml;
            schema
        };
        let referred = json!({"$ref": "#/components/schemas/Kind"});
        let components = json!({
            "Base": of(text.clone()), "Attribute": of(with(&text, json!({"attribute": true}))),
            "Named": of(with(&text, json!({"name": "k1"}))), "Kind": with(&text, json!({"name": "k0"})),
            "List": of(json!({"type": "array", "items": text})),
        });
        let base = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let second = json!({"attribute": true, "name": "k2"});
        let list = json!({"type": "array", "items": with(&text, json!({"name": "k2"}))});
        for (whole, expected) in [
            (json!({"allOf": [base("Base"), of(with(&text, second.clone()))]}), "Attribute k2"),
            (json!({"allOf": [base("Base"), of(json!({"xml": second}))]}), "Attribute k2"),
            (json!({"allOf": [base("Attribute"), of(with(&text, json!({"name": "k2"})))]}), "Attribute k2"),
            (json!({"allOf": [base("Attribute"), of(json!({"enum": ["a"]}))]}), "Attribute kind"),
            (json!({"allOf": [base("Named"), of(with(&text, json!({"name": "k2"})))]}), "Element k2"),
            (
                json!({"allOf": [base("Named")], "properties": {"kind": with(&text, json!({"name": "k2"}))}}),
                "Element k2",
            ),
            (json!({"allOf": [base("Named"), of(referred.clone())]}), "Element k0"),
            (json!({"allOf": [of(referred.clone()), base("Named")]}), "Element k1"),
            (json!({"allOf": [base("List"), of(list)]}), "Items k2"),
            (of(json!({"allOf": [referred, {"xml": second}]})), "Attribute k2"),
        ] {
            let response = json!({"200": {"description": "", "content": {"application/xml": {"schema": whole}}}});
            let plan = plan(&json!({"/a": {"get": {"operationId": "o", "responses": response}}}), &components);
            let members = plan.xml.shapes.values().find_map(|shape| match shape {
                XmlShape::Object(members, _) => Some(members),
                _ => None,
            });
            let [kind] = members.unwrap().as_slice() else { panic!("no property: {whole}") };
            assert_eq!(format!("{:?} {}", kind.node, kind.name.local), expected, "{whole}");
        }
    }

    #[test]
    fn a_prefix_may_be_written_with_the_name() {
        let properties = json!({
            "dc:title": {"type": "string"},
            "lang": {"type": "string", "xml": {"name": "xml:lang", "attribute": true}},
            "both": {"type": "string", "xml": {"name": "m:both", "prefix": "m", "namespace": "urn:m"}},
            "list": {"type": "array", "items": {"type": "string"}, "xml": {"name": "m:list"}},
        });
        assert_eq!(
            shown(&properties, &json!({})),
            ["Element {}dc:title", "Attribute {}xml:lang", "Element {urn:m}m:both", "Items {}m:list"]
        );
    }

    #[test]
    fn a_list_that_two_refer_to_has_items_of_the_names_of_both() {
        let components = json!({"Ids": {"type": "array", "items": {"type": "integer"}, "xml": {"wrapped": true}}});
        let ids = |namespace: &str| json!({"$ref": "#/components/schemas/Ids", "xml": {"name": "ids", "namespace": namespace}});
        let members = members(&json!({"a": ids("urn:a"), "b": ids("urn:b")}), &components);
        assert_ne!(members[0].content, members[1].content);
    }

    #[test]
    fn what_says_that_it_is_no_node_has_no_element() {
        let components = json!({
            "Name": {"type": "object", "properties": {"first": {"type": "string"}}, "xml": {"nodeType": "none"}},
            "Ids": {"type": "array", "items": {"type": "integer", "xml": {"name": "id"}}, "xml": {"wrapped": true}},
        });
        let name = json!({"$ref": "#/components/schemas/Name"});
        let ids = json!({"$ref": "#/components/schemas/Ids"});
        let properties = json!({
            "plain": name,
            "own": {"type": "object", "properties": {"a": {"type": "string"}}, "xml": {"nodeType": "none"}},
            "element": {"$ref": "#/components/schemas/Name", "xml": {"nodeType": "element"}},
            "ids": {"$ref": "#/components/schemas/Ids", "xml": {"nodeType": "none"}},
            "wrapped": ids,
            "map": {"type": "object", "additionalProperties": {"type": "string"}, "xml": {"nodeType": "none"}},
        });
        assert_eq!(
            shown(&properties, &components),
            ["Group plain", "Group own", "Element element", "Items id", "Element wrapped", "Element map"]
        );
    }

    #[test]
    fn what_has_a_shape_is_typed_and_what_has_none_is_text() {
        for (media_type, schema, is_typed) in [
            ("application/xml", json!({"$ref": "#/components/schemas/Pet"}), true),
            ("text/xml; charset=utf-8", json!({"$ref": "#/components/schemas/Pet"}), true),
            ("application/atom+xml", json!({"type": "array", "items": {"type": "string"}}), true),
            ("application/xml", json!({"type": "object", "additionalProperties": {"type": "string"}}), true),
            ("application/xml", json!({"oneOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "string"}]}), true),
            ("application/xml", json!({"type": "integer"}), true),
            ("application/xml", json!({"type": "string", "xml": {"name": "word"}}), true),
            ("application/xml", json!({"type": "string"}), false),
            ("application/xml", json!({"$ref": "#/components/schemas/Word"}), false),
            ("application/xml", json!({"type": "string", "format": "binary", "xml": {"name": "a"}}), false),
            ("application/xml", json!({"type": "object"}), false),
            ("application/xml", json!({}), false),
            ("image/svg+xml", json!({"$ref": "#/components/schemas/Pet"}), false),
            ("application/xhtml+xml", json!({"$ref": "#/components/schemas/Pet"}), false),
        ] {
            let plan = one(&json!({media_type: {"schema": schema}}));
            let found = &plan.operations[0];
            let sent = matches!(found.body.as_ref().unwrap().kind, BodyKind::Xml(..));
            let read = matches!(found.success, Success::One(Payload::Xml(..)));
            assert_eq!(
                (sent, read, !plan.xml.roots.is_empty()),
                (is_typed, is_typed, is_typed),
                "{media_type} {schema}"
            );
            assert!(is_typed || found.success == Success::One(Payload::Text), "{media_type} {schema}");
        }
    }

    #[test]
    fn a_body_that_is_text_though_its_schema_describes_it_is_told() {
        for (schema, is_told) in [
            (json!({"type": "array", "prefixItems": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}), true),
            (json!({"type": "array", "items": {"type": "integer"}}), false),
            (json!({"type": "object"}), false),
            (json!({"type": "string"}), false),
        ] {
            let content = json!({"application/xml": {"schema": schema}});
            let responses = json!({"200": {"description": "", "content": content}});
            let paths = json!({"/a": {"get": {"operationId": "o", "responses": responses}}});
            let found = super::super::testing::findings(&paths, &json!({"A": {"type": "object"}}));
            let told: Vec<_> = found.iter().filter(|found| found.code == "untyped-body").collect();
            assert_eq!(told.len(), usize::from(is_told), "{schema}: {told:?}");
        }
    }

    #[test]
    fn an_error_that_is_not_read_as_xml_has_no_root() {
        let object = |name: &str| json!({"schema": {"type": "object", "properties": {name: {"type": "string"}}}});
        let roots = |json: &str| {
            let error = json!({"application/json": object(json), "application/xml": object("a")});
            let responses = json!({"400": {"description": "", "content": error}, "200": {"description": ""}});
            plan(&json!({"/a": {"get": {"responses": responses}}}), &json!({})).xml.roots.len()
        };
        assert_eq!((roots("b"), roots("a")), (0, 1), "the same in XML is read as either");
    }

    #[test]
    fn roots_are_named_by_the_document_or_like_what_they_hold() {
        let named = |schema: Value| {
            let plan = one(&json!({"application/xml": {"schema": schema}}));
            let (_, root) = plan.xml.roots.first().unwrap();
            (root.name.local.clone(), root.is_named)
        };
        for (schema, name, is_named) in [
            (json!({"$ref": "#/components/schemas/Named"}), "named", true),
            (json!({"$ref": "#/components/schemas/Pet"}), "Pet", false),
            (json!({"type": "object", "properties": {"a": {}}}), "ORequest", false),
            (
                json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}, "xml": {"name": "pets", "wrapped": true}}),
                "pets",
                true,
            ),
            (
                json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}, "xml": {"name": "pet"}}),
                "root",
                false,
            ),
        ] {
            assert_eq!(named(schema.clone()), (name.to_owned(), is_named), "{schema}");
        }
        let list = json!({"type": "array", "items": {"type": "integer"}});
        let content = json!({"application/xml": {"schema": list}});
        let responses = json!({"200": {"description": "", "content": content}});
        let (_, codes) = operation("/a", &json!({"operationId": "o", "responses": responses}));
        assert_eq!(codes, ["xml-root"]);
    }

    #[test]
    fn what_contains_itself_has_a_table_that_does() {
        let components = json!({
            "Tree": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "tree": {"$ref": "#/components/schemas/Tree"}}},
        });
        let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Node"}}});
        let responses = json!({"200": {"description": "", "content": content}});
        let plan = plan(&json!({"/a": {"get": {"operationId": "o", "responses": responses}}}), &components);
        let Some(XmlShape::Object(members, _)) = plan.xml.shapes.get("NODE") else { panic!("no object") };
        assert_eq!(members[0].content, XmlContent::Shape("NODE".to_owned()));
        assert_eq!((members[1].node, members[1].name.local.as_str()), (XmlNode::Items, "tree"));
    }

    #[test]
    fn json_goes_first_and_an_error_may_be_either() {
        let pet = json!({"schema": {"$ref": "#/components/schemas/Pet"}});
        let both = json!({"application/xml": pet, "application/json": pet, "text/xml": pet});
        let responses =
            json!({"200": {"description": "", "content": both}, "400": {"description": "", "content": both}});
        let paths =
            json!({"/a": {"put": {"operationId": "o", "requestBody": {"content": both}, "responses": responses}}});
        let components = json!({"Pet": {"type": "object", "properties": {"id": {"type": "integer"}}}});
        let plan = plan(&paths, &components);
        let found = &plan.operations[0];
        let bodies = found.body.iter().chain(&found.other_bodies);
        let bodies: Vec<_> =
            bodies.map(|body| (body.ident.as_str(), body.media_type.as_str(), body.open_media_type)).collect();
        assert_eq!(bodies, [("body", "application/json", false), ("body_xml", "application/xml", true)]);
        assert!(matches!(found.success, Success::One(Payload::Json(_))));
        let others: Vec<_> =
            found.other_successes.iter().map(|other| (other.ident.as_str(), other.media_type.as_str())).collect();
        assert_eq!(others, [("send_xml", "application/xml"), ("send_text_xml", "text/xml")]);
        assert!(matches!(found.errors[0].payload, Payload::Xml(..)));
    }
}
