//! The documents whose schemas are tested: the repository's own, and the small ones of the generator's tests.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use codegen::schema::{
    json_schema::{convert, located},
    references::local_pointer,
};
use serde_json::{Value, json};

use crate::{codec::Schema, judge::Judge, registry::SCHEMAS};

/// Keywords that only describe (JSON Schema 2020-12 validation, section 9; OpenAPI 3.1 section 4.8.24).
const PROSE: &[&str] = &[
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "example",
    "examples",
    "externalDocs",
    "xml",
    "$comment",
];

/// One document with its overlay applied.
pub(crate) struct Document {
    /// Its file's name, without the ending.
    pub(crate) name: &'static str,
    /// As the generator reads it.
    pub(crate) effective: Value,
    /// With its schemas in the dialect of JSON Schema 2020-12.
    pub(crate) converted: Value,
    pub(crate) judge: Judge,
    /// Its schemas that have a type.
    pub(crate) schemas: Vec<Schema>,
}

impl Document {
    pub(crate) fn load(name: &'static str) -> Self {
        let effective = xtask::golden::effective(&path(name)).unwrap_or_else(|findings| panic!("{findings}"));
        let converted = convert(&effective, can_match);
        let judge = Judge::new(&converted);
        let schemas = SCHEMAS.iter().filter(|schema| schema.document == name).copied().collect();
        Self { name, effective, converted, judge, schemas }
    }

    /// The schema's JSON pointer in the converted document.
    pub(crate) fn place(&self, schema: &Schema) -> String {
        located(&self.converted, schema.pointer)
    }

    /// The schemas of which each has something to test that no other one has: of those that are the same but for their
    /// prose, and have the same type, the first.
    pub(crate) fn distinct(&self) -> Vec<Schema> {
        let mut seen = BTreeSet::new();
        let is_new =
            |schema: &&Schema| seen.insert(((schema.ty)(), bare(&self.converted, &self.place(schema)).to_string()));
        self.schemas.iter().filter(is_new).copied().collect()
    }
}

/// The schema at the pointer without what does not matter to a value.
fn bare(document: &Value, pointer: &str) -> Value {
    let mut schema = resolved(document, pointer).1.clone();
    if let Value::Object(schema) = &mut schema {
        schema.retain(|key, _| !is_prose(key));
    }
    schema
}

/// What the schema at the pointer refers to, if it does nothing else, with its pointer.
pub(crate) fn resolved<'d>(document: &'d Value, pointer: &str) -> (String, &'d Value) {
    let mut pointer = pointer.to_owned();
    let mut found = document.pointer(&pointer).unwrap_or(&Value::Null);
    for _ in 0..64 {
        let Value::Object(schema) = found else { break };
        let alone = schema.keys().all(|key| key == "$ref" || is_prose(key));
        let Some(next) = schema.get("$ref").and_then(Value::as_str).filter(|_| alone).and_then(local_pointer) else {
            break;
        };
        let Some(referred) = document.pointer(&next) else { break };
        (pointer, found) = (next, referred);
    }
    (pointer, found)
}

/// Whether the judge takes a pattern.
fn can_match(pattern: &str) -> bool {
    jsonschema::options().offline().build(&json!({"pattern": pattern})).is_ok()
}

fn is_prose(key: &str) -> bool {
    PROSE.contains(&key) || key.starts_with("x-")
}

fn path(name: &str) -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let folders =
        ["specs", "xtask/golden/specs"].map(|folder| repository.join(folder).join(name).with_extension("json"));
    folders.into_iter().find(|path| path.exists()).unwrap_or_else(|| panic!("there is no document `{name}`"))
}
