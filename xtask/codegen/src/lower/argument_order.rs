//! The order of arguments: programs give them by their place alone. Where a vendor writes the same parameters or properties in
//! another order, a method that followed would take one for the other, and no compiler would mind if they are both text.

use indexmap::IndexMap;

use super::lock::Memory;
use crate::plan::{Operation, Required, TypeDef, TypeKind};

/// Keeps the order that arguments had, of methods and of constructors, and notes what it is.
pub fn keep(operations: &mut [Operation], types: &mut IndexMap<String, TypeDef>, memory: &mut Memory) {
    for operation in operations.iter_mut().filter(|operation| operation.required_ident.is_none()) {
        let given = operation.required().iter().map(Required::ident).map(str::to_owned).collect();
        operation.arguments = order(&operation.pointer, given, memory);
    }
    for (name, definition) in types.iter_mut().filter(|(_, definition)| definition.in_request) {
        let TypeKind::Struct(structure) = &mut definition.kind else { continue };
        if structure.required_ident.is_none() {
            let given = structure.required().iter().map(|field| field.ident.clone()).collect();
            structure.arguments = order(name, given, memory);
        }
    }
}

/// The order of the arguments `given` in the document's, where it is another: those that there were stand among themselves as
/// they did. What is new stands where the document has it, and so does what may be an older argument by another name.
fn order(of: &str, given: Vec<String>, memory: &mut Memory) -> Vec<String> {
    if given.len() < 2 {
        return Vec::new();
    }
    let before = memory.arguments(of).unwrap_or_default();
    let mut known = before.iter().filter(|name| given.contains(name));
    let next = |name: &String| if before.contains(name) { known.next().unwrap_or(name) } else { name }.clone();
    let kept: Vec<String> = given.iter().map(next).collect();
    memory.note_arguments(of, kept.clone());
    if kept == given { Vec::new() } else { kept }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{lower, lower_again, testing};
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::plan::Plan;

    /// A document whose operation sends a `Pet` that cannot do without these properties, to a path.
    fn document(path: &str, required: &[&str]) -> Value {
        let text = json!({"type": "string"});
        let names = path.split(['{', '}']).skip(1).step_by(2);
        let parameters: Vec<Value> =
            names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": text})).collect();
        let properties: serde_json::Map<String, Value> =
            required.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
        let body = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}});
        let operation = json!({"operationId": "put", "parameters": parameters, "requestBody": body, "responses": {"204": {"description": ""}}});
        testing::document(
            &json!({path: {"put": operation}}),
            &json!({"Pet": {"type": "object", "required": required, "properties": properties}}),
        )
    }

    /// What the method takes, and the constructor.
    fn arguments(plan: &Plan) -> [Vec<String>; 2] {
        let TypeKind::Struct(pet) = &plan.types["Pet"].kind else { panic!("no struct") };
        let method = plan.operations[0].required().iter().map(|one| one.ident().to_owned()).collect();
        [method, pet.required().iter().map(|field| field.ident.clone()).collect()]
    }

    fn again(before: &Plan, document: &Value) -> Plan {
        lower_again("t", document, before.names.clone(), &mut Diagnostics::default())
    }

    #[test]
    fn arguments_stand_in_the_order_that_they_had() {
        let first = lower("t", &document("/{shop}/{pet}", &["name", "kind"]), &mut Diagnostics::default());
        let as_ever = [vec!["shop", "pet", "body"], vec!["name", "kind"]];
        assert_eq!(arguments(&first), as_ever);
        let turned = again(&first, &document("/pets/{pet}/{shop}", &["kind", "name"]));
        assert_eq!(arguments(&turned), as_ever);
        // As it does from then on, in a document that has the operation at this path from the start.
        let later = again(&turned, &document("/pets/{pet}/{shop}", &["kind", "name"]));
        assert_eq!(arguments(&later), as_ever);
    }

    #[test]
    fn what_is_new_stands_where_the_document_has_it() {
        let first = lower("t", &document("/{shop}/{pet}", &["name", "kind"]), &mut Diagnostics::default());
        let more = again(&first, &document("/{shop}/{pet}", &["kind", "age", "name"]));
        assert_eq!(arguments(&more)[1], ["name", "age", "kind"]);
        // A variable that is called otherwise is at its place, the same as before.
        let renamed = again(&first, &document("/{shop_id}/{pet}", &["name"]));
        assert_eq!(arguments(&renamed)[0], ["shop_id", "pet", "body"]);
    }
}
