//! What the structs are called that say by name what a constructor cannot do without, where that is too much for arguments.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::idents;
use super::lock::Memory;
use super::readable::readable;
use crate::plan::{Operation, TypeDef, TypeKind};

/// Names them, of the types that requests hold: what had a name keeps it, and no other takes it.
pub fn name(types: &mut IndexMap<String, TypeDef>, memory: &mut Memory) {
    let mut taken: BTreeSet<String> = types.keys().cloned().collect();
    let mut given = BTreeMap::new();
    let owners: Vec<String> = types.iter().filter(|(_, ty)| needs_one(ty)).map(|(name, _)| name.clone()).collect();
    for owner in &owners {
        let before = memory.required(owner).filter(|name| !taken.contains(*name)).map(str::to_owned);
        taken.extend(before.clone());
        given.extend(before.map(|name| (owner.clone(), name)));
    }
    for owner in owners {
        let name = given.remove(&owner).unwrap_or_else(|| idents::unique(candidates(&owner, memory), &mut taken));
        memory.note_required(&owner, &name);
        if let Some(TypeKind::Struct(structure)) = types.get_mut(&owner).map(|ty| &mut ty.kind) {
            structure.required_ident = Some(name);
        }
    }
}

fn needs_one(definition: &TypeDef) -> bool {
    match &definition.kind {
        TypeKind::Struct(structure) => definition.in_request && structure.required().len() > Operation::MAX_ARGUMENTS,
        _ => false,
    }
}

/// A type that is older than these names had the first of them, however long.
fn candidates(owner: &str, memory: &Memory) -> Vec<String> {
    let candidates = vec![format!("{owner}Required"), format!("{owner}RequiredFields")];
    if memory.had_type(owner) { candidates } else { readable(candidates) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{lower, lower_again, testing};
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::plan::Plan;

    /// A document whose operation sends an `A`, with other schemas beside it.
    fn document(owner: &str, others: &[&str]) -> Value {
        let (required, text) = (["a", "b", "c", "d", "e"], json!({"type": "string"}));
        let properties: serde_json::Map<_, _> =
            required.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
        let schema = json!({"type": "object", "required": required, "properties": properties});
        let mut schemas = json!({owner: schema});
        let mut paths = json!({"/": {"post": {"operationId": "send", "responses": {"204": {"description": ""}},
            "requestBody": {"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{owner}")}}}}}}});
        for other in others {
            schemas[other] = json!({"type": "object", "properties": {"x": text}});
            let answer = json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{other}")}}}, "description": ""});
            paths[format!("/{other}")] = json!({"get": {"operationId": other, "responses": {"200": answer}}});
        }
        testing::document(&paths, &schemas)
    }

    fn required_ident(plan: &Plan, owner: &str) -> Option<String> {
        match &plan.types.get(owner)?.kind {
            TypeKind::Struct(structure) => structure.required_ident.clone(),
            _ => None,
        }
    }

    #[test]
    fn a_schema_that_is_called_so_later_takes_no_name_away() {
        let first = lower("t", &document("A", &[]), &mut Diagnostics::default());
        assert_eq!(required_ident(&first, "A").as_deref(), Some("ARequired"));
        let both = document("A", &["ARequired"]);
        let again = lower_again("t", &both, first.names, &mut Diagnostics::default());
        assert_eq!(required_ident(&again, "A").as_deref(), Some("ARequired"));
        assert!(!again.types.contains_key("ARequired"), "{:?}", again.types.keys());
        let new = lower("t", &both, &mut Diagnostics::default());
        assert_eq!(required_ident(&new, "A").as_deref(), Some("ARequiredFields"));
    }

    #[test]
    fn no_name_is_too_long_that_the_document_does_not_write() {
        let owner = "A".to_owned() + &"Long".repeat(14);
        let plan = lower("t", &document(&owner, &[]), &mut Diagnostics::default());
        let name = required_ident(&plan, &owner).unwrap();
        assert_eq!(name, "Long".repeat(13) + "Required");
        // An older crate has the long one.
        let older = crate::plan::Lock { required: BTreeMap::new(), ..plan.names };
        let again = lower_again("t", &document(&owner, &[]), older, &mut Diagnostics::default());
        assert_eq!(required_ident(&again, &owner), Some(format!("{owner}Required")));
    }
}
