//! What progenitor is shown of a plan: its structs, and what its operations answer, as an OpenAPI 3.0 document.
//!
//! Names are Rust names already. One that progenitor's own renaming would change is replaced by a number; polish knows
//! both spellings from [`type_key`] and [`field_key`]. What JSON Schema has no word for is named to typify: types of
//! the runtime, and a property that can be absent or null, by its extension [`x-rust-type`](RUST_TYPE).

use crate::plan::{Operation, Payload, Plan, Presence, StructDef, Success, TypeDef, TypeKind, TypeRef};
use heck::{ToSnakeCase, ToUpperCamelCase};
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, Components, Info, IntegerFormat, IntegerType, MediaType,
    NumberFormat, NumberType, ObjectType, OpenAPI, PathItem, Paths, ReferenceOr, Response, Responses, Schema,
    SchemaData, SchemaKind, StatusCode, StringType, Type, VariantOrUnknownOrEmpty,
};
use serde_json::json;

/// Where types are referred to.
pub const SCHEMAS: &str = "#/components/schemas/";

/// By which a schema names a type that is there already, to typify.
const RUST_TYPE: &str = "x-rust-type";

/// The crates that types are named of.
pub const CRATES: [&str; 2] = ["std", "switchboard_runtime"];

/// The name that progenitor sees for the type planned as number `index`.
pub fn type_key(name: &str, index: usize) -> String {
    if name.is_ascii() && name.to_upper_camel_case() == name && !name.ends_with('_') {
        name.to_owned()
    } else {
        format!("Type{index}Lowered")
    }
}

/// The name that progenitor sees for the field that is number `index`.
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

/// The method that progenitor makes for the operation that is number `index`.
pub fn operation_key(index: usize) -> String {
    format!("operation_{index}")
}

/// Prints the plan as OpenAPI 3.0.
pub fn document(plan: &Plan) -> OpenAPI {
    let printer = Printer { plan };
    let operations = plan.operations.iter().enumerate();
    let paths = operations.map(|(index, operation)| printer.path_item(index, operation));
    let types = plan.types.iter().enumerate();
    let schemas = types.map(|(index, (name, definition))| (type_key(name, index), printer.definition(definition)));
    OpenAPI {
        openapi: "3.0.3".to_owned(),
        info: Info { title: plan.api.title.clone(), version: plan.api.version.clone(), ..Info::default() },
        paths: Paths { paths: paths.collect(), ..Paths::default() },
        components: Some(Components { schemas: schemas.collect(), ..Components::default() }),
        ..OpenAPI::default()
    }
}

/// A schema of a kind, of which nothing else is said.
pub fn schema(schema_kind: SchemaKind) -> Schema {
    Schema { schema_data: SchemaData::default(), schema_kind }
}

/// Any JSON.
pub fn any() -> Schema {
    schema(SchemaKind::Any(AnySchema::default()))
}

fn item(kind: Type) -> ReferenceOr<Schema> {
    ReferenceOr::Item(schema(SchemaKind::Type(kind)))
}

fn text() -> ReferenceOr<Schema> {
    item(Type::String(StringType::default()))
}

/// The type at a path, with the types of its arguments.
fn rust_type(path: &str, arguments: &[ReferenceOr<Schema>]) -> ReferenceOr<Schema> {
    let name = path.split("::").next().unwrap_or_default();
    let named = json!({"crate": name, "version": "*", "path": path, "parameters": arguments});
    let schema_data =
        SchemaData { extensions: [(RUST_TYPE.to_owned(), named)].into_iter().collect(), ..SchemaData::default() };
    ReferenceOr::Item(Schema { schema_data, ..any() })
}

/// A type that can be absent, or null, or both.
fn wrapped(schema: ReferenceOr<Schema>, presence: Presence) -> ReferenceOr<Schema> {
    match presence {
        Presence::Required => schema,
        Presence::RequiredNullable | Presence::Optional => rust_type("std::option::Option", &[schema]),
        Presence::OptionalNullable => rust_type("switchboard_runtime::Nullable", &[schema]),
    }
}

struct Printer<'a> {
    plan: &'a Plan,
}

impl Printer<'_> {
    /// The operation at a path and under a method that progenitor knows: where and how it is sent stands in the plan.
    fn path_item(&self, index: usize, operation: &Operation) -> (String, ReferenceOr<PathItem>) {
        let name = operation_key(index);
        let content = self
            .answer(operation)
            .map(|schema| ("application/json".to_owned(), MediaType { schema: Some(schema), ..MediaType::default() }));
        let answer = Response { content: content.into_iter().collect(), ..Response::default() };
        let responses = [(StatusCode::Code(200), ReferenceOr::Item(answer))].into_iter().collect();
        let path = format!("/{name}");
        let operation = openapiv3::Operation {
            operation_id: Some(name),
            responses: Responses { responses, ..Responses::default() },
            ..openapiv3::Operation::default()
        };
        (path, ReferenceOr::Item(PathItem { get: Some(operation), ..PathItem::default() }))
    }

    /// What an operation answers; none for nothing, and for one of several, which no method of progenitor's does.
    fn answer(&self, operation: &Operation) -> Option<ReferenceOr<Schema>> {
        let Success::One(payload) = &operation.success else { return None };
        match payload {
            Payload::Json(ty) | Payload::Xml(ty, _) | Payload::AsSaid(ty) => Some(self.schema(ty)),
            Payload::Text => Some(text()),
            Payload::Binary | Payload::Redirect => Some(rust_type("switchboard_runtime::ByteStream", &[])),
            Payload::Events(events) => Some(rust_type("switchboard_runtime::EventStream", &[self.schema(&events.ty)])),
            Payload::Lines(ty) => Some(rust_type("switchboard_runtime::JsonLines", &[self.schema(ty)])),
            Payload::Empty => None,
        }
    }

    fn definition(&self, definition: &TypeDef) -> ReferenceOr<Schema> {
        match &definition.kind {
            TypeKind::Struct(structure) => self.structure(structure),
            // progenitor's enums are closed, and fall over names that collide: it sees placeholders, and polish makes
            // the types.
            TypeKind::Enum(_) | TypeKind::Union(_) => ReferenceOr::Item(any()),
            TypeKind::Newtype(ty) => self.schema(ty),
        }
    }

    fn structure(&self, structure: &StructDef) -> ReferenceOr<Schema> {
        let fields = structure.fields.iter().map(|field| {
            let schema = self.schema(&field.ty);
            let schema = if field.boxed { rust_type("std::boxed::Box", &[schema]) } else { schema };
            (field.ident.as_str(), wrapped(schema, field.presence))
        });
        let extra = structure.extra.iter().map(|(ident, values)| (ident.as_str(), self.map(values)));
        let mut object = ObjectType::default();
        for (index, (ident, schema)) in fields.chain(extra).enumerate() {
            let key = field_key(ident, index);
            object.required.push(key.clone());
            object.properties.insert(key, boxed(schema));
        }
        item(Type::Object(object))
    }

    /// A map; one of any JSON would be serde_json's own to typify.
    fn map(&self, values: &TypeRef) -> ReferenceOr<Schema> {
        if *values == TypeRef::Any {
            return rust_type("std::collections::BTreeMap", &[text(), self.schema(values)]);
        }
        let values = self.schema(values);
        item(Type::Object(ObjectType {
            additional_properties: Some(AdditionalProperties::Schema(Box::new(values))),
            ..ObjectType::default()
        }))
    }

    /// The schema of a type where it is used.
    fn schema(&self, ty: &TypeRef) -> ReferenceOr<Schema> {
        match ty {
            TypeRef::String => text(),
            TypeRef::DateTime => rust_type("switchboard_runtime::DateTime", &[]),
            TypeRef::Date => rust_type("switchboard_runtime::Date", &[]),
            TypeRef::Uuid => rust_type("switchboard_runtime::Uuid", &[]),
            TypeRef::Base64 => rust_type("switchboard_runtime::Base64", &[]),
            TypeRef::Base64Url => rust_type("switchboard_runtime::Base64Url", &[]),
            TypeRef::DecimalText => rust_type("switchboard_runtime::DecimalText", &[]),
            TypeRef::Decimal => rust_type("switchboard_runtime::Decimal", &[]),
            TypeRef::Scalar => rust_type("switchboard_runtime::Scalar", &[]),
            TypeRef::Integer => integer(VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64)),
            TypeRef::Unsigned => integer(VariantOrUnknownOrEmpty::Unknown("uint64".to_owned())),
            TypeRef::Number => {
                let format = VariantOrUnknownOrEmpty::Item(NumberFormat::Double);
                item(Type::Number(NumberType { format, ..NumberType::default() }))
            }
            TypeRef::Boolean => item(Type::Boolean(BooleanType::default())),
            TypeRef::Any => ReferenceOr::Item(any()),
            TypeRef::Named(name) => match self.plan.types.get_index_of(name) {
                Some(index) => ReferenceOr::Reference { reference: format!("{SCHEMAS}{}", type_key(name, index)) },
                None => ReferenceOr::Item(any()),
            },
            TypeRef::Array(items) => item(Type::Array(ArrayType {
                items: Some(boxed(self.schema(items))),
                min_items: None,
                max_items: None,
                unique_items: false,
            })),
            TypeRef::Map(values) => self.map(values),
            TypeRef::Nullable(inner) => rust_type("std::option::Option", &[self.schema(inner)]),
        }
    }
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
        ReferenceOr::Item(schema) => ReferenceOr::boxed_item(schema),
    }
}

fn integer(format: VariantOrUnknownOrEmpty<IntegerFormat>) -> ReferenceOr<Schema> {
    item(Type::Integer(IntegerType { format, ..IntegerType::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::plan;
    use serde_json::{Value, json};

    fn printed(paths: &Value, schemas: &Value) -> Value {
        serde_json::to_value(document(&plan(paths, schemas))).unwrap()
    }

    #[test]
    fn structs_are_printed_with_names_that_come_back_and_types_that_json_schema_cannot_say() {
        let schemas = json!({"pet": {"type": "object", "required": ["id", "type"], "additionalProperties": {"type": "integer"}, "properties": {
            "id": {"type": "integer"}, "type": {"enum": ["cat", "dog"]}, "born": {"type": ["string", "null"], "format": "date"},
            "Grün": {"type": "array", "items": {"$ref": "#/components/schemas/pet"}},
        }}});
        let printed = printed(&json!({}), &schemas);
        let pet = printed.pointer("/components/schemas/Pet").unwrap();
        assert_eq!(pet["required"], json!(["id", "field_1_lowered", "born", "field_3_lowered", "extra"]));
        let named = |path: &str, parameters: Value| {
            let name = path.split("::").next();
            json!({"x-rust-type": {"crate": name, "version": "*", "path": path, "parameters": parameters}})
        };
        let pets = json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}});
        assert_eq!(
            pet["properties"],
            json!({
                "id": {"type": "integer", "format": "int64"},
                "field_1_lowered": {"$ref": "#/components/schemas/PetType"},
                "born": named("switchboard_runtime::Nullable", json!([named("switchboard_runtime::Date", json!([]))])),
                "field_3_lowered": named("std::option::Option", json!([pets])),
                "extra": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}},
            })
        );
        assert_eq!(printed.pointer("/components/schemas/PetType"), Some(&json!({})));
    }

    #[test]
    fn an_operation_is_printed_under_a_number_with_what_it_answers() {
        let answering =
            |content: Value| json!({"get": {"responses": {"200": {"description": "", "content": content}}}});
        let paths = json!({
            "/flag": answering(json!({"application/json": {"schema": {"type": "boolean"}}})),
            "/file": answering(json!({"application/octet-stream": {}})),
            "/none": {"get": {"responses": {"204": {"description": ""}}}},
        });
        let printed = printed(&paths, &json!({}));
        let answer = |index: usize| {
            let operation = printed.pointer(&format!("/paths/~1operation_{index}/get")).unwrap();
            assert_eq!(operation["operationId"], operation_key(index));
            operation["responses"]["200"].pointer("/content/application~1json/schema").cloned()
        };
        assert_eq!(answer(0), Some(json!({"type": "boolean"})));
        assert_eq!(answer(1).unwrap()["x-rust-type"]["path"], "switchboard_runtime::ByteStream");
        assert_eq!(answer(2), None);
    }
}
