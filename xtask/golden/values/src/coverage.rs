//! No schema of a document goes untested.

use std::collections::BTreeSet;

use codegen::schema::json_schema::places::{Role, schemas};

use crate::documents::Document;

/// Every schema that describes a value has a type and is sampled by itself; the parts of one that only means something as a
/// whole are sampled with it.
pub(crate) fn every_schema_has_a_type(document: &Document) {
    let typed: BTreeSet<&str> = document.schemas.iter().map(|schema| schema.pointer).collect();
    let found = schemas(&document.effective);
    let untested: Vec<_> = found
        .iter()
        .filter(|(pointer, role)| match role {
            Role::Value => !typed.contains(pointer.as_str()),
            Role::PartOf(whole) => !typed.contains(whole.as_str()),
            Role::Condition | Role::OtherBody | Role::Header | Role::Unused => false,
        })
        .collect();
    assert!(untested.is_empty(), "schemas without a type: {untested:#?}");
    let unknown: Vec<_> = typed.iter().filter(|pointer| !found.contains_key(**pointer)).collect();
    assert!(unknown.is_empty(), "types without a schema: {unknown:#?}");
}
