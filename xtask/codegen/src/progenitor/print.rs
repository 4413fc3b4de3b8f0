//! What progenitor is shown of a plan: its structs and operations as an OpenAPI 3.0 document, as far as progenitor can say
//! them.
//!
//! Names are Rust names already. One that progenitor's own renaming would change is replaced by a number; polish knows
//! both spellings from [`type_key`] and [`field_key`].

use crate::plan::{BodyKind, Location, Operation, Payload, Plan, Presence, Success, TypeDef, TypeKind, TypeRef};
use heck::{ToSnakeCase, ToUpperCamelCase};
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, Components, Info, IntegerFormat, IntegerType, MediaType,
    NumberFormat, NumberType, ObjectType, OpenAPI, Parameter, ParameterData, ParameterSchemaOrContent, PathItem,
    PathStyle, Paths, QueryStyle, ReferenceOr, RequestBody, Response, Responses, Schema, SchemaData, SchemaKind,
    StatusCode, StringType, Type, VariantOrUnknownOrEmpty,
};

/// Where types are referred to.
pub const SCHEMAS: &str = "#/components/schemas/";

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
pub fn document(plan: &Plan) -> OpenAPI {
    let printer = Printer { plan };
    let operations = plan.operations.iter().enumerate();
    let paths = operations.map(|(index, operation)| {
        (printer.path(index, operation), ReferenceOr::Item(printer.path_item(index, operation)))
    });
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

fn json(schema: ReferenceOr<Schema>) -> (String, MediaType) {
    ("application/json".to_owned(), MediaType { schema: Some(schema), ..MediaType::default() })
}

struct Printer<'a> {
    plan: &'a Plan,
}

impl Printer<'_> {
    /// A path of the parameters alone: the real template stands in the plan.
    fn path(&self, index: usize, operation: &Operation) -> String {
        let mut path = format!("/{}", operation_key(index));
        for (index, parameter) in operation.parameters.iter().enumerate() {
            if parameter.location == Location::Path {
                path.push_str(&format!("/{{{}}}", field_key(&parameter.ident, index)));
            }
        }
        path
    }

    /// The operation under a method that progenitor knows: which one is sent stands in the plan.
    fn path_item(&self, index: usize, operation: &Operation) -> PathItem {
        let mut item = PathItem::default();
        let place = match operation.method.to_ascii_lowercase().as_str() {
            "get" => &mut item.get,
            "put" => &mut item.put,
            "delete" => &mut item.delete,
            "options" => &mut item.options,
            "head" => &mut item.head,
            "patch" => &mut item.patch,
            "trace" => &mut item.trace,
            _ => &mut item.post,
        };
        *place = Some(self.operation(index, operation));
        item
    }

    fn operation(&self, index: usize, operation: &Operation) -> openapiv3::Operation {
        let parameters = operation.parameters.iter().enumerate();
        let parameters = parameters.map(|(index, parameter)| ReferenceOr::Item(self.parameter(index, parameter)));
        let answer =
            Response { content: self.success(operation).map(json).into_iter().collect(), ..Response::default() };
        let responses = [(StatusCode::Code(200), ReferenceOr::Item(answer))];
        let body = operation.body.as_ref().map(|body| {
            let schema = match &body.kind {
                BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) | BodyKind::Lines(ty) => {
                    self.schema(ty)
                }
                BodyKind::Text | BodyKind::Binary | BodyKind::Multipart => text(),
            };
            let content = [json(schema)].into_iter().collect();
            ReferenceOr::Item(RequestBody { content, required: true, ..RequestBody::default() })
        });
        openapiv3::Operation {
            operation_id: Some(operation_key(index)),
            parameters: parameters.collect(),
            request_body: body,
            responses: Responses { responses: responses.into_iter().collect(), ..Responses::default() },
            ..openapiv3::Operation::default()
        }
    }

    fn parameter(&self, index: usize, parameter: &crate::plan::Parameter) -> Parameter {
        // progenitor does not expect objects here: polish knows the type from the plan.
        let schema = match &parameter.ty {
            TypeRef::Named(_) => ReferenceOr::Item(any()),
            other => self.schema(other),
        };
        let parameter_data = ParameterData {
            name: field_key(&parameter.ident, index),
            description: None,
            required: parameter.required,
            deprecated: None,
            format: ParameterSchemaOrContent::Schema(schema),
            example: None,
            examples: Default::default(),
            explode: None,
            extensions: Default::default(),
        };
        match parameter.location {
            Location::Path => Parameter::Path { parameter_data, style: PathStyle::default() },
            _ => Parameter::Query {
                parameter_data,
                allow_reserved: false,
                style: QueryStyle::default(),
                allow_empty_value: None,
            },
        }
    }

    fn success(&self, operation: &Operation) -> Option<ReferenceOr<Schema>> {
        match &operation.success {
            Success::One(Payload::Json(ty) | Payload::Xml(ty, _) | Payload::AsSaid(ty)) => Some(self.schema(ty)),
            Success::One(_) | Success::ByStatus { .. } => None,
        }
    }

    fn definition(&self, definition: &TypeDef) -> ReferenceOr<Schema> {
        match &definition.kind {
            TypeKind::Struct(structure) => {
                let mut object = ObjectType::default();
                for (index, field) in structure.fields.iter().enumerate() {
                    let key = field_key(&field.ident, index);
                    if matches!(field.presence, Presence::Required) {
                        object.required.push(key.clone());
                    }
                    object.properties.insert(key, boxed(self.schema(&field.ty)));
                }
                item(Type::Object(object))
            }
            // progenitor's enums are closed, and fall over names that collide: it sees placeholders, and polish makes
            // the types.
            TypeKind::Enum(_) | TypeKind::Union(_) => ReferenceOr::Item(any()),
            TypeKind::Newtype(ty) => self.schema(ty),
        }
    }

    /// The schema of a type where it is used.
    fn schema(&self, ty: &TypeRef) -> ReferenceOr<Schema> {
        match ty {
            // Formats with a type of their own in our runtime are text to progenitor.
            TypeRef::String
            | TypeRef::DateTime
            | TypeRef::Date
            | TypeRef::Uuid
            | TypeRef::Base64
            | TypeRef::Base64Url
            | TypeRef::DecimalText => text(),
            TypeRef::Integer => integer(VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64)),
            TypeRef::Unsigned => integer(VariantOrUnknownOrEmpty::Unknown("uint64".to_owned())),
            TypeRef::Number => {
                let format = VariantOrUnknownOrEmpty::Item(NumberFormat::Double);
                item(Type::Number(NumberType { format, ..NumberType::default() }))
            }
            TypeRef::Boolean => item(Type::Boolean(BooleanType::default())),
            TypeRef::Scalar | TypeRef::Decimal | TypeRef::Any => ReferenceOr::Item(any()),
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
            TypeRef::Map(values) => item(Type::Object(ObjectType {
                additional_properties: Some(AdditionalProperties::Schema(Box::new(self.schema(values)))),
                ..ObjectType::default()
            })),
            TypeRef::Nullable(inner) => self.schema(inner),
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
    fn structs_are_printed_with_names_that_come_back_and_what_progenitor_cannot_say_is_any_json() {
        let schemas = json!({"pet": {"type": "object", "required": ["id", "type"], "properties": {
            "id": {"type": "integer"}, "type": {"enum": ["cat", "dog"]}, "born": {"type": "string", "format": "date"},
            "Grün": {"type": "array", "items": {"$ref": "#/components/schemas/pet"}},
            "more": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        }}});
        let printed = printed(&json!({}), &schemas);
        let pet = printed.pointer("/components/schemas/Pet").unwrap();
        assert_eq!(pet["required"], json!(["id", "field_1_lowered"]));
        assert_eq!(
            pet["properties"],
            json!({
                "id": {"type": "integer", "format": "int64"},
                "field_1_lowered": {"$ref": "#/components/schemas/PetType"},
                "born": {"type": "string"},
                "field_3_lowered": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                "more": {"type": "object", "additionalProperties": {"type": "number", "format": "double"}},
            })
        );
        assert_eq!(printed.pointer("/components/schemas/PetType"), Some(&json!({})));
    }

    #[test]
    fn an_operation_is_printed_under_a_number_with_its_arguments() {
        let named = |name: &str, place: &str| json!({"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}});
        let paths = json!({"/pets/{id}": {"query": {
            "operationId": "find", "parameters": [named("id", "path"), named("Sort", "header")],
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "boolean"}}}}},
        }}});
        let printed = printed(&paths, &json!({}));
        let operation = printed.pointer("/paths/~1operation_0~1{id}/post").unwrap();
        assert_eq!(operation["operationId"], "operation_0");
        let places = |key: &str| [0, 1].map(|index| operation["parameters"][index][key].clone());
        assert_eq!(places("name"), [json!("id"), json!("sort")]);
        assert_eq!(places("in"), [json!("path"), json!("query")]);
        assert_eq!(operation["responses"]["200"]["content"]["application/json"]["schema"], json!({"type": "boolean"}));
    }
}
