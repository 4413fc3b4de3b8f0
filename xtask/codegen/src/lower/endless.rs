//! Objects that require another of themselves, and that one another: no JSON is long enough. What servers send ends somewhere
//! all the same, and an empty value of such a type, from which reading begins, would have no end. So the property that leads
//! back is one that may be absent.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::{Presence, TypeDef, TypeKind, TypeRef};

/// Lets what leads back to its own type be absent.
pub fn mend(types: &mut IndexMap<String, TypeDef>, diagnostics: &mut Diagnostics) {
    let mut found = Search { types, done: BTreeSet::new(), way: Vec::new(), back: Vec::new() };
    let names: Vec<&String> = types.keys().collect();
    for name in names {
        found.visit(name);
    }
    for (name, index) in found.back {
        let Some(definition) = types.get_mut(&name) else { continue };
        let TypeKind::Struct(structure) = &mut definition.kind else { continue };
        let Some(field) = structure.fields.get_mut(index) else { continue };
        field.presence = Presence::Optional;
        let pointer = pointer_join(&pointer_join(&definition.pointer, "properties"), &field.wire);
        let message = format!("the property leads back to the object that requires it: `{}` may be absent", field.wire);
        diagnostics.push(Diagnostic::adaptation("endless-object", pointer, message));
    }
}

/// Goes from each type to those that it requires.
struct Search<'t> {
    types: &'t IndexMap<String, TypeDef>,
    done: BTreeSet<&'t str>,
    /// The types that led here.
    way: Vec<&'t str>,
    /// The properties that lead back, by their types and their indexes there.
    back: Vec<(String, usize)>,
}

impl<'t> Search<'t> {
    fn visit(&mut self, name: &'t str) {
        let Some(definition) = self.types.get(name).filter(|_| !self.done.contains(name)) else { return };
        self.way.push(name);
        match &definition.kind {
            TypeKind::Struct(structure) => {
                for (index, field) in structure.fields.iter().enumerate() {
                    let TypeRef::Named(next) = &field.ty else { continue };
                    if field.presence != Presence::Required {
                        continue;
                    }
                    if self.way.contains(&next.as_str()) {
                        self.back.push((name.to_owned(), index));
                    } else {
                        self.visit(next);
                    }
                }
            }
            TypeKind::Newtype(TypeRef::Named(next)) if !self.way.contains(&next.as_str()) => self.visit(next),
            TypeKind::Newtype(_) | TypeKind::Enum(_) | TypeKind::Union(_) => {}
        }
        self.way.pop();
        self.done.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::plan;
    use super::*;

    #[test]
    fn what_requires_itself_may_be_absent() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let object = |properties: serde_json::Value| {
            let required: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
            json!({"type": "object", "required": required, "properties": properties})
        };
        let schemas = json!({
            "Chain": object(json!({"next": to("Chain"), "id": {"type": "string"}})),
            "Ping": object(json!({"pong": to("Pong")})),
            "Pong": object(json!({"ping": to("Ping")})),
            "Tree": object(json!({"root": to("Leaf"), "trees": {"type": "array", "items": to("Tree")}})),
            "Leaf": object(json!({"id": {"type": "string"}})),
        });
        let body = |name: &str| json!({"description": "", "content": {"application/json": {"schema": to(name)}}});
        let get = |name: &str| json!({"get": {"operationId": name, "responses": {"200": body(name)}}});
        let paths = json!({"/c": get("Chain"), "/p": get("Ping"), "/t": get("Tree")});
        let plan = plan(&paths, &schemas);
        let optional: Vec<String> = plan
            .types
            .iter()
            .flat_map(|(name, definition)| {
                let TypeKind::Struct(structure) = &definition.kind else { return Vec::new() };
                let fields = structure.fields.iter().filter(|field| field.presence == Presence::Optional);
                fields.map(|field| format!("{name}.{}", field.wire)).collect()
            })
            .collect();
        assert_eq!(optional, ["Chain.next", "Pong.ping"]);
    }
}
