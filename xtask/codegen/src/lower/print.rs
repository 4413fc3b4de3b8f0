//! The lowered document: the plan's structs and operations, as far as progenitor can say them, for it to check, and to find
//! where types hold themselves.
//!
//! Names are Rust names already. One that progenitor's own renaming would change is replaced by a number; polish knows
//! both spellings from [`type_key`] and [`field_key`].

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};

use crate::plan::{BodyKind, Operation, Payload, Plan, Presence, Success, TypeDef, TypeKind, TypeRef};

/// The name that progenitor sees for the type planned as number `index`.
pub fn type_key(name: &str, index: usize) -> String {
    if name.is_ascii() && name.to_upper_camel_case() == name && !name.ends_with('_') {
        name.to_owned()
    } else {
        format!("Type{index}Lowered")
    }
}

/// The name that progenitor sees for the field or parameter that is number `index`.
pub fn field_key(ident: &str, index: usize) -> String {
    let safe = ident.is_ascii()
        && ident.to_snake_case() == ident
        && ident.starts_with(|first: char| first.is_ascii_lowercase());
    if safe && syn::parse_str::<syn::Ident>(ident).is_ok() {
        ident.to_owned()
    } else {
        format!("field_{index}_lowered")
    }
}

/// The builder type that progenitor makes for the operation that is number `index`.
pub fn operation_key(index: usize) -> String {
    format!("operation_{index}")
}

/// Prints the plan as OpenAPI 3.0.
pub fn document(plan: &Plan) -> Value {
    let printer = Printer { plan };
    let mut paths = Map::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        paths.insert(printer.path(index, operation), json!({ method(operation): printer.operation(index, operation) }));
    }
    let mut schemas = Map::new();
    for (index, (name, definition)) in plan.types.iter().enumerate() {
        schemas.insert(type_key(name, index), printer.definition(definition));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": plan.api.title, "version": plan.api.version},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// A method that progenitor knows: which one is sent stands in the plan.
fn method(operation: &Operation) -> &'static str {
    let known = ["get", "put", "delete", "options", "head", "patch", "trace"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(&operation.method)).unwrap_or("post")
}

struct Printer<'a> {
    plan: &'a Plan,
}

impl Printer<'_> {
    /// A path of the parameters alone: the real template stands in the plan.
    fn path(&self, index: usize, operation: &Operation) -> String {
        let mut path = format!("/{}", operation_key(index));
        for (index, parameter) in operation.parameters.iter().enumerate() {
            if parameter.location == crate::plan::Location::Path {
                path.push_str(&format!("/{{{}}}", field_key(&parameter.ident, index)));
            }
        }
        path
    }

    fn operation(&self, index: usize, operation: &Operation) -> Value {
        let parameters: Vec<Value> = operation
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let path = parameter.location == crate::plan::Location::Path;
                json!({
                    "name": field_key(&parameter.ident, index),
                    "in": if path { "path" } else { "query" },
                    "required": parameter.required,
                    "schema": self.parameter_schema(&parameter.ty),
                })
            })
            .collect();
        let mut printed = Map::from_iter([
            ("operationId".to_owned(), Value::String(operation_key(index))),
            ("parameters".to_owned(), Value::Array(parameters)),
            ("responses".to_owned(), json!({"200": self.success(operation)})),
        ]);
        if let Some(body) = &operation.body {
            let schema = match &body.kind {
                BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) => self.schema(ty),
                BodyKind::Text | BodyKind::Binary | BodyKind::Multipart => json!({"type": "string"}),
            };
            let content = json!({"required": true, "content": {"application/json": {"schema": schema}}});
            printed.insert("requestBody".to_owned(), content);
        }
        Value::Object(printed)
    }

    fn success(&self, operation: &Operation) -> Value {
        match &operation.success {
            Success::One(Payload::Json(ty) | Payload::Xml(ty, _) | Payload::AsSaid(ty)) => {
                json!({"description": "", "content": {"application/json": {"schema": self.schema(ty)}}})
            }
            Success::One(_) | Success::ByStatus { .. } => json!({"description": ""}),
        }
    }

    fn definition(&self, definition: &TypeDef) -> Value {
        match &definition.kind {
            TypeKind::Struct(structure) => {
                let mut properties = Map::new();
                let mut required = Vec::new();
                for (index, field) in structure.fields.iter().enumerate() {
                    let key = field_key(&field.ident, index);
                    if matches!(field.presence, Presence::Required) {
                        required.push(Value::String(key.clone()));
                    }
                    properties.insert(key, self.schema(&field.ty));
                }
                json!({"type": "object", "properties": properties, "required": required})
            }
            // progenitor's enums are closed, and fall over names that collide: it sees placeholders, and polish makes
            // the types.
            TypeKind::Enum(_) | TypeKind::Union(_) => json!({}),
            TypeKind::Newtype(ty) => self.schema(ty),
        }
    }

    /// The schema of a parameter. progenitor does not expect objects here: polish knows the type from the plan.
    fn parameter_schema(&self, ty: &TypeRef) -> Value {
        match ty {
            TypeRef::Named(_) => json!({}),
            other => self.schema(other),
        }
    }

    /// The schema of a type where it is used.
    fn schema(&self, ty: &TypeRef) -> Value {
        match ty {
            // Formats with a type of their own in our runtime are text to progenitor.
            TypeRef::String | TypeRef::DateTime | TypeRef::Date | TypeRef::Uuid => json!({"type": "string"}),
            TypeRef::Integer => json!({"type": "integer", "format": "int64"}),
            TypeRef::Unsigned => json!({"type": "integer", "format": "uint64"}),
            TypeRef::Number => json!({"type": "number", "format": "double"}),
            TypeRef::Boolean => json!({"type": "boolean"}),
            TypeRef::Scalar | TypeRef::Any => json!({}),
            TypeRef::Named(name) => match self.plan.types.get_index_of(name) {
                Some(index) => json!({"$ref": format!("#/components/schemas/{}", type_key(name, index))}),
                None => json!({}),
            },
            TypeRef::Array(items) => json!({"type": "array", "items": self.schema(items)}),
            TypeRef::Map(values) => json!({"type": "object", "additionalProperties": self.schema(values)}),
            TypeRef::Nullable(inner) => self.schema(inner),
        }
    }
}
