//! Which values are secret: `Debug` tells of them only that they are there.
//!
//! A schema may say it (`format: password`, `writeOnly`), and so may a property's name, where its value is a text. Names may
//! mislead: `x-switchboard-secret` says it either way.

use serde_json::Value;

#[path = "../../../../crates/switchboard-runtime/src/redact/names.rs"]
mod names;

use self::names::is_name_of_secret;
use crate::diagnostics::pointer_tokens;
use crate::plan::{Docs, TypeRef};
use crate::schema::shape::{Shape, Typed};

/// Whether values of a property, or a parameter, are secret.
pub fn is_secret(name: &str, typed: &Typed, ty: &TypeRef, docs: &Docs, document: &Value) -> bool {
    let definition = match &typed.shape {
        Shape::Ref(pointer) => Some(pointer.as_str()),
        _ => None,
    };
    let places = [Some(typed.pointer.as_str()), definition];
    let hint =
        places.into_iter().flatten().find_map(|place| document.pointer(place)?.get("x-switchboard-secret")?.as_bool());
    let is_text = is_text(ty);
    let called = definition.and_then(|pointer| pointer_tokens(pointer).last());
    let says = |name: &str| is_text && is_name_of_secret(name);
    hint.unwrap_or_else(|| docs.secret || docs.write_only || says(name) || called.is_some_and(|called| says(&called)))
}

/// Whether a type holds text, or what may be text.
fn is_text(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::String | TypeRef::Uuid | TypeRef::Base64 | TypeRef::Base64Url | TypeRef::Scalar | TypeRef::Any => true,
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => is_text(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower::testing::{operation, plan};
    use crate::plan::TypeKind;

    /// The properties of a schema that are secret.
    fn secret(properties: Value) -> Vec<String> {
        let schemas = json!({
            "A": {"type": "object", "properties": properties},
            "ApiKey": {"type": "string"}, "Parts": {"type": "object", "properties": {"a": {"type": "string"}}},
        });
        let plan = plan(&json!({}), &schemas);
        let TypeKind::Struct(found) = &plan.types["A"].kind else { panic!("no struct") };
        found.fields.iter().filter(|field| field.docs.secret).map(|field| field.wire.clone()).collect()
    }

    #[test]
    fn a_schema_or_its_name_says_that_it_is_secret() {
        let found = secret(json!({
            "a": {"type": "string", "format": "password"},
            "b": {"type": "object", "writeOnly": true, "properties": {"x": {"type": "string"}}},
            "c": {"type": "array", "items": {"type": "string", "format": "password"}},
            "token": {"type": ["string", "null"]}, "passwords": {"type": "array", "items": {"type": "string"}},
            "own": {"$ref": "#/components/schemas/ApiKey"}, "authorization": {},
            "tokens": {"type": "integer"}, "secret": {"type": "boolean"}, "password": {"enum": ["set", "unset"]},
            "credentials": {"$ref": "#/components/schemas/Parts"}, "name": {"type": "string"},
        }));
        assert_eq!(found, ["a", "b", "c", "token", "passwords", "own", "authorization"]);
    }

    #[test]
    fn a_hint_says_it_either_way() {
        let hinted = |is_secret: bool, mut schema: Value| {
            schema["x-switchboard-secret"] = json!(is_secret);
            schema
        };
        let found = secret(json!({
            "pin": hinted(true, json!({"type": "integer"})), "token": hinted(false, json!({"type": "string"})),
            "key": hinted(false, json!({"type": "string", "format": "password", "writeOnly": true})),
        }));
        assert_eq!(found, ["pin"]);
    }

    #[test]
    fn arguments_are_secret_as_well() {
        let text = json!({"type": "string"});
        let parameters = json!([
            {"name": "access_token", "in": "query", "schema": text}, {"name": "page_token", "in": "query", "schema": text},
        ]);
        let (found, _) = operation("/a", &json!({"operationId": "o", "responses": {}, "parameters": parameters}));
        let secret: Vec<bool> = found.parameters.iter().map(|parameter| parameter.docs.secret).collect();
        assert_eq!(secret, [true, false]);
    }
}
