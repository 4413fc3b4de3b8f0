//! The suite's schemas as OpenAPI 3.1 documents: a component for each, and an operation that answers with it.
//!
//! A component gets the `$id` that a schema has where it stands in a file of its own, unless it has one: references within
//! it keep their meaning then. Schemas of one file share a document unless they call parts of themselves alike, for a
//! document has each name once. What they refer to on the suite's server is bundled (JSON Schema 2020-12 section 9.3).

use super::suite::{Group, Suite};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Keywords by which schemas call themselves so that others can refer to them.
const NAMES: [&str; 2] = ["$id", "$dynamicAnchor"];

/// Schemas of one file that are made into one crate.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The document's name.
    pub stem: String,
    /// Which of the suite's schemas its operations answer with, in their order.
    pub groups: Vec<usize>,
    /// The document.
    pub document: Value,
}

/// The documents of the schemas that are `picked`, by their place in the suite.
pub fn documents(suite: &Suite, picked: &[usize]) -> Vec<Placed> {
    let mut files: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
    let mut names: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
    for (index, group) in picked.iter().filter_map(|index| Some((*index, suite.groups.get(*index)?))) {
        let own = own_names(&group.schema);
        let (documents, taken) = (files.entry(&group.keyword).or_default(), names.entry(&group.keyword).or_default());
        let free = taken.iter().position(|taken| taken.is_disjoint(&own));
        let at = free.unwrap_or(taken.len());
        if at == taken.len() {
            documents.push(Vec::new());
            taken.push(BTreeSet::new());
        }
        if let (Some(document), Some(taken)) = (documents.get_mut(at), taken.get_mut(at)) {
            document.push(index);
            taken.extend(own);
        }
    }
    let parts = files.into_iter().flat_map(|(keyword, documents)| {
        documents.into_iter().enumerate().map(move |(part, groups)| (keyword, part, groups))
    });
    parts.map(|(keyword, part, groups)| place(suite, &stem(keyword, part), groups)).collect()
}

/// A document's name, of which a package's can be made.
fn stem(keyword: &str, part: usize) -> String {
    let name: String = keyword.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    // By itself the name may be a word of Rust's, which no crate can have.
    if part == 0 { format!("suite-{name}") } else { format!("suite-{name}-part-{}", part + 1) }
}

/// One document of these schemas.
pub fn place(suite: &Suite, stem: &str, groups: Vec<usize>) -> Placed {
    let (mut schemas, mut paths) = (Map::new(), Map::new());
    for index in &groups {
        let Some(group) = suite.groups.get(*index) else { continue };
        let name = component(*index);
        paths.insert(format!("/{index}"), operation(&name, *index));
        schemas.insert(name, identified(&group.schema, &format!("https://suite.test/{stem}/{index}")));
    }
    let mut said: Vec<String> = schemas.values().map(Value::to_string).collect();
    let mut bundled = BTreeSet::new();
    while let Some(text) = said.pop() {
        for (number, (address, schema)) in suite.remotes.iter().enumerate() {
            let file = address.rsplit('/').next().unwrap_or(address);
            if text.contains(file) && bundled.insert(address) {
                schemas.insert(format!("Remote{number}"), retrieved(schema, address));
                said.push(schema.to_string());
            }
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": stem, "version": "1.0.0", "description": "Schemas of a test suite."},
        "servers": [{"url": "https://suite.test"}],
        "paths": paths,
        "components": {"schemas": schemas},
    });
    Placed { stem: stem.to_owned(), groups, document }
}

/// What a schema of the suite is called in its document.
pub fn component(index: usize) -> String {
    format!("Schema{index}")
}

fn operation(name: &str, index: usize) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{name}")});
    json!({"get": {
        "operationId": format!("get{index}"),
        "summary": "A value of the schema.",
        "responses": {"200": {"description": "The value.", "content": {"application/json": {"schema": schema}}}},
    }})
}

/// A schema that references within it are relative to.
fn identified(schema: &Value, id: &str) -> Value {
    let mut schema = schema.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.entry("$id").or_insert_with(|| Value::from(id));
    }
    schema
}

/// A schema as it is got from its address, which need not be what it calls itself.
fn retrieved(schema: &Value, address: &str) -> Value {
    match schema.get("$id").and_then(Value::as_str) {
        Some(id) if id != address => json!({"$id": address, "$ref": id, "$defs": {"bundled": schema}}),
        _ => identified(schema, address),
    }
}

/// All that the parts of a schema call themselves.
fn own_names(schema: &Value) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                names.extend(NAMES.iter().filter_map(|key| members.get(*key)?.as_str()));
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}

/// The groups of a suite, for those who pick among them.
impl Suite {
    /// The places of the schemas whose keyword is picked.
    pub fn pick(&self, is_picked: impl Fn(&Group) -> bool) -> Vec<usize> {
        let groups = self.groups.iter().enumerate().filter(|(_, group)| is_picked(group));
        groups.map(|(index, _)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(keyword: &str, schema: Value) -> Group {
        Group { keyword: keyword.to_owned(), description: "d".to_owned(), schema, values: Vec::new() }
    }

    #[test]
    fn schemas_of_a_file_share_a_document_unless_their_names_clash() {
        let suite = Suite {
            groups: vec![
                group("optional/a", json!({"$defs": {"x": {"$dynamicAnchor": "items"}}})),
                group("optional/a", json!(true)),
                group("optional/a", json!({"$dynamicAnchor": "items"})),
                group("b", json!({"$id": "items"})),
            ],
            remotes: BTreeMap::new(),
        };
        let placed = documents(&suite, &suite.pick(|_| true));
        let places: Vec<(&str, &[usize])> =
            placed.iter().map(|one| (one.stem.as_str(), one.groups.as_slice())).collect();
        assert_eq!(places, [("suite-b", &[3][..]), ("suite-optional-a", &[0, 1]), ("suite-optional-a-part-2", &[2])]);
        let schemas = &placed[1].document["components"]["schemas"];
        assert_eq!(schemas["Schema0"]["$id"], "https://suite.test/suite-optional-a/0");
        assert_eq!(schemas["Schema1"], json!(true));
        assert_eq!(placed[0].document["components"]["schemas"]["Schema3"]["$id"], "items");
    }

    #[test]
    fn what_is_referred_to_on_the_server_is_bundled_with_what_it_refers_to() {
        let remotes = [
            ("http://server.test/a.json", json!({"$ref": "b.json"})),
            ("http://server.test/b.json", json!({"$id": "urn:b"})),
            ("http://server.test/c.json", json!({})),
        ];
        let suite = Suite {
            groups: vec![group("k", json!({"$ref": "http://server.test/a.json"}))],
            remotes: remotes.into_iter().map(|(address, schema)| (address.to_owned(), schema)).collect(),
        };
        let placed = documents(&suite, &[0]);
        let schemas = &placed[0].document["components"]["schemas"];
        assert_eq!(schemas["Remote0"], json!({"$ref": "b.json", "$id": "http://server.test/a.json"}));
        let bundled =
            json!({"$id": "http://server.test/b.json", "$ref": "urn:b", "$defs": {"bundled": {"$id": "urn:b"}}});
        assert_eq!(schemas["Remote1"], bundled);
        assert_eq!(schemas.as_object().unwrap().len(), 3);
    }
}
