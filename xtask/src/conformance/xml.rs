//! The values that the suite's XML stands for, by the document's schemas. It reads XML by itself, so that what a crate reads
//! and writes is held against something else than itself; it knows as much of XML as the suite uses.

use codegen::schema::flat::flatten;
use quick_xml::{Reader, XmlVersion, events::Event};
use serde_json::{Map, Value, json};

/// An element.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    text: String,
}

/// The value of `schema` that a document in XML stands for.
///
/// # Errors
///
/// In words, what is wrong with the XML.
pub fn value(document: &Value, schema: &Value, text: &str) -> Result<Value, String> {
    Ok(read(document, schema, &parse(text)?))
}

fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Node::default()];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => {
                let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(|error| error.to_string())?;
                    let value =
                        attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
                    node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
                }
                open.push(node);
            }
            Event::End(_) => {
                let done = open.pop().ok_or("an element ends that did not begin")?;
                open.last_mut().ok_or("an element ends that did not begin")?.children.push(done);
            }
            Event::Text(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let root = open.pop().and_then(|mut top| top.children.pop());
    root.ok_or_else(|| "there is no element".to_owned())
}

fn read(document: &Value, schema: &Value, node: &Node) -> Value {
    let flat = flatten(document, schema);
    let kind = flat.get("type").and_then(Value::as_str).unwrap_or("string");
    match kind {
        "object" => object(document, &flat, node),
        "array" => {
            let items = flat.get("items").unwrap_or(&Value::Null);
            node.children.iter().map(|item| read(document, items, item)).collect()
        }
        _ => plain(kind, &node.text),
    }
}

fn plain(kind: &str, text: &str) -> Value {
    match kind {
        "string" => Value::from(text),
        _ => serde_json::from_str(text.trim()).unwrap_or_else(|_| json!(text)),
    }
}

fn object(document: &Value, flat: &Map<String, Value>, node: &Node) -> Value {
    let mut found = Map::new();
    let properties = flat.get("properties").and_then(Value::as_object);
    for (property, schema) in properties.into_iter().flatten() {
        let own = flatten(document, schema);
        let kind = own.get("type").and_then(Value::as_str).unwrap_or("string");
        let said = |key: &str| own.get("xml").and_then(|xml| xml.get(key));
        let name = said("name").and_then(Value::as_str).unwrap_or(property);
        let is_attribute = said("attribute") == Some(&Value::Bool(true));
        let is_wrapped = said("wrapped") == Some(&Value::Bool(true));
        let children = |name: &str| node.children.iter().filter(|child| child.name == name).collect::<Vec<_>>();
        let value = if said("nodeType").and_then(Value::as_str) == Some("text") {
            Some(plain(kind, &node.text))
        } else if is_attribute {
            node.attributes.iter().find(|(known, _)| known == name).map(|(_, text)| plain(kind, text))
        } else if kind == "array" && !is_wrapped {
            let items = own.get("items").cloned().unwrap_or_default();
            let flat = flatten(document, &items);
            let name = flat.get("xml").and_then(|xml| xml.get("name")?.as_str()).unwrap_or(property);
            Some(children(name).into_iter().map(|item| read(document, &items, item)).collect())
        } else {
            children(name).first().map(|child| read(document, schema, child))
        };
        found.extend(value.map(|value| (property.clone(), value)));
    }
    let others = ["additionalProperties", "unevaluatedProperties"].iter().find_map(|key| flat.get(*key));
    if let Some(others @ Value::Object(_)) = others {
        found.extend(node.children.iter().map(|child| (child.name.clone(), read(document, others, child))));
    }
    Value::Object(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_the_schema() {
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}}, "tags": {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}},
            "all": {"type": "array", "items": {"type": "integer"}, "xml": {"name": "All", "wrapped": true}},
            "note": {"type": "string", "xml": {"nodeType": "text"}}, "map": {"type": "object", "additionalProperties": {"type": "string"}},
        }});
        let text = "<a:r xmlns:a='u' id='3'>hi<tag>x</tag><tag/><All><n>1</n></All><map><K>v</K></map></a:r>";
        let expected = json!({"id": 3, "tags": ["x", ""], "all": [1], "note": "hi", "map": {"K": "v"}});
        assert_eq!(value(&json!({}), &schema, text), Ok(expected));
        assert!(value(&json!({}), &schema, "<a>").is_err() && value(&json!({}), &schema, "").is_err());
    }
}
