//! The way from a schema to its shape: which rule is asked first, and the plain types.

use serde_json::{Map, Value};

use super::conditional::describes_objects;
use super::typed::IntoVariants;
use super::{Schemas, Shape, TextFormat, Typed, annotations, enumeration};
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::media;
use crate::schema::{
    keywords::{allows_nothing, is_structural},
    references,
};

/// Keywords of JSON Schema that constrain values in ways that a Rust type does not say.
const UNTYPED: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedItems",
    "contains",
    "propertyNames",
];

/// Keywords by which a schema evaluates items beside `prefixItems` and `items`, but for those that compose it.
const EVALUATES_ITEMS: &[&str] = &["if", "dependentSchemas", "contains"];

impl Schemas<'_> {
    /// Understands one schema.
    pub fn parse(&mut self, schema: &Value, pointer: &str) -> Typed {
        self.step();
        match schema {
            Value::Object(schema) if schema.get("$ref").is_some_and(Value::is_string) => {
                self.reference(schema, pointer)
            }
            Value::Object(schema) => self.described(schema, pointer),
            Value::Bool(true) => Typed::new(Shape::Any, pointer),
            Value::Bool(false) => {
                self.diagnostics.push(Diagnostic::adaptation(
                    "never-schema",
                    pointer,
                    "the schema `false` allows no value: typed as any JSON",
                ));
                Typed::new(Shape::Any, pointer)
            }
            _ => {
                self.diagnostics.push(Diagnostic::warning(
                    "not-a-schema",
                    pointer,
                    "a schema must be an object: typed as any JSON",
                ));
                Typed::new(Shape::Any, pointer)
            }
        }
    }

    /// A `$ref`, with what stands beside it.
    fn reference(&mut self, schema: &Map<String, Value>, pointer: &str) -> Typed {
        let reference = schema.get("$ref").and_then(Value::as_str).unwrap_or_default();
        let target = if self.circles.contains(pointer) { None } else { self.target(reference) };
        let mut typed = match target {
            Some(target) => Typed::new(Shape::Ref(target), pointer),
            None => {
                self.diagnostics.push(Diagnostic::warning(
                    "dangling-ref",
                    pointer_join(pointer, "$ref"),
                    format!("`{reference}` leads nowhere in this document: typed as any JSON"),
                ));
                Typed::new(Shape::Any, pointer)
            }
        };
        if is_structural(schema) {
            if references::siblings_count(self.document) {
                let mut rest = schema.clone();
                rest.remove("$ref");
                leave_items_to_others(&mut rest);
                let beside = self.described(&rest, pointer);
                typed = self.all_of(vec![typed, beside], pointer);
            } else {
                self.diagnostics.push(Diagnostic::adaptation(
                    "ref-siblings",
                    pointer,
                    "OpenAPI 3.0 ignores what stands beside a `$ref`; so does the crate",
                ));
            }
        }
        annotations::overlay(schema, &mut typed);
        if schema.get("nullable").and_then(Value::as_bool).unwrap_or(false) {
            typed.nullable = true;
            if !references::siblings_count(self.document) {
                self.diagnostics.push(Diagnostic::adaptation(
                    "ref-siblings",
                    pointer_join(pointer, "nullable"),
                    "`nullable` counts beside a `$ref`, which vendors mean, though OpenAPI 3.0 ignores it there",
                ));
            }
        }
        typed
    }

    /// The pointer of what `reference` means; references that only lead to another reference are followed.
    fn target(&mut self, reference: &str) -> Option<String> {
        let document = self.document;
        let (mut pointer, mut found) = references::find(document, reference)?;
        for _ in 0..references::MAX_CHAIN {
            match found.as_object().filter(|found| found.len() == 1).and_then(|found| found.get("$ref")?.as_str()) {
                Some(next) => (pointer, found) = references::find(document, next)?,
                None => {
                    self.referred.insert(pointer.clone());
                    return Some(pointer);
                }
            }
        }
        None
    }

    /// A schema that is not a reference.
    fn described(&mut self, schema: &Map<String, Value>, pointer: &str) -> Typed {
        self.note_untyped(schema, pointer);
        let (types, null_type) = self.types(schema, pointer);
        let nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or(false)
            || null_type
            || enumeration::allows_null(schema);
        let composed = ["allOf", "oneOf", "anyOf"]
            .iter()
            .any(|key| schema.get(*key).and_then(Value::as_array).is_some_and(|list| !list.is_empty()));
        let mut typed = if composed {
            let mut typed = self.composed(schema, &types, pointer);
            annotations::overlay(schema, &mut typed);
            typed.untyped &= types.is_empty();
            typed
        } else {
            let mut typed = self.plain(schema, &types, pointer);
            let constraints = std::mem::take(&mut typed.docs.constraints);
            typed.docs = annotations::docs(schema);
            typed.docs.constraints.extend(constraints);
            typed.name = annotations::name(schema);
            typed.example = annotations::example(schema);
            typed
        };
        typed.nullable |= nullable;
        typed.pointer = pointer.to_owned();
        typed
    }

    /// Tells that keywords were left out which no Rust type can say.
    fn note_untyped(&mut self, schema: &Map<String, Value>, pointer: &str) {
        for key in UNTYPED.iter().filter(|key| schema.contains_key(**key)) {
            self.diagnostics.push(Diagnostic::adaptation(
                "unchecked-keyword",
                pointer_join(pointer, key),
                format!("`{key}` constrains values in a way that types do not say; the server checks it"),
            ));
        }
    }

    /// The non-null names in `type`, and whether `null` is among them.
    fn types(&mut self, schema: &Map<String, Value>, pointer: &str) -> (Vec<String>, bool) {
        let listed: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let null = listed.contains(&"null");
        let mut types = Vec::new();
        for name in listed {
            match name {
                "null" => {}
                "string" | "integer" | "number" | "boolean" | "object" | "array" => types.push(name.to_owned()),
                // Swagger 2.0's word for raw bytes.
                "file" => types.push("string".to_owned()),
                other => self.diagnostics.push(Diagnostic::warning(
                    "unknown-type",
                    pointer_join(pointer, "type"),
                    format!("`{other}` is no JSON Schema type: typed by the rest of the schema, or as any JSON"),
                )),
            }
        }
        (types, null)
    }

    /// What a schema without composition means; the allowed values that are no Rust enum are in its docs.
    pub(super) fn plain(&mut self, schema: &Map<String, Value>, types: &[String], pointer: &str) -> Typed {
        if let Some((shape, listed)) = self.enumeration(schema, types, pointer) {
            let mut typed = Typed::new(shape, pointer);
            typed.docs.constraints.extend(listed);
            typed.values = enumeration::values(schema);
            return typed;
        }
        let shape = match types {
            [] => self.inferred(schema, pointer),
            [only] => self.of_type(only, schema, pointer),
            several => self.of_types(several, schema, pointer),
        };
        let untyped = !["type", "enum", "const"].iter().any(|key| schema.contains_key(*key));
        Typed { untyped, ..Typed::new(shape, pointer) }
    }

    /// The shape of a schema that names no type. Keywords that are for one type alone mean that type, though JSON Schema
    /// lets any other pass: but not where the schema's own default is of another.
    fn inferred(&mut self, schema: &Map<String, Value>, pointer: &str) -> Shape {
        let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
        let default_is =
            |is: fn(&Value) -> bool| schema.get("default").is_none_or(|value| is(value) || value.is_null());
        let is_object = has(&["properties", "additionalProperties", "patternProperties", "unevaluatedProperties"])
            || schema.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        let has_branches = !is_object && describes_objects(schema);
        if (is_object || has_branches) && default_is(Value::is_object) {
            match self.object(schema, pointer) {
                Shape::Map(_) if has_branches => Shape::Any,
                object => object,
            }
        } else if !is_object && has(&["items", "prefixItems"]) && default_is(Value::is_array) {
            self.array(schema, pointer)
        } else {
            match schema.get("format").and_then(Value::as_str) {
                Some("date-time" | "date" | "uuid" | "binary" | "byte" | "base64" | "base64url" | "email" | "uri") => {
                    Shape::Text(text_format(schema))
                }
                Some("int32" | "int64") => Shape::Integer(false),
                Some("float" | "double") => Shape::Number,
                _ => Shape::Any,
            }
        }
    }

    /// The shape of one JSON Schema type.
    fn of_type(&mut self, name: &str, schema: &Map<String, Value>, pointer: &str) -> Shape {
        match name {
            // A text that stands for either may be the number itself.
            "string" if schema.get("format").and_then(Value::as_str) == Some("int-or-string") => Shape::Scalar,
            "string" => Shape::Text(text_format(schema)),
            "integer" => self.integer(schema, pointer),
            "number" if says_decimal(schema) => Shape::Decimal,
            "number" if says_integer(schema) => self.integer(schema, pointer),
            "number" => Shape::Number,
            "boolean" => Shape::Boolean,
            "object" => self.object(schema, pointer),
            "array" => self.array(schema, pointer),
            _ => Shape::Any,
        }
    }

    /// Whole numbers, in the type that holds all of them.
    fn integer(&mut self, schema: &Map<String, Value>, pointer: &str) -> Shape {
        let wide = exceeds_i64(schema);
        let limit = |keys: [&str; 2]| keys.iter().find_map(|key| schema.get(*key)?.as_f64());
        let negative = limit(["minimum", "exclusiveMinimum"]).is_some_and(|limit| limit < 0.0);
        let huge = limit(["maximum", "exclusiveMaximum"]).is_some_and(|limit| limit > 18_446_744_073_709_551_615.0);
        if (wide && negative) || huge {
            self.diagnostics.push(Diagnostic::adaptation(
                "huge-integer",
                pointer,
                "no integer type of Rust's holds all values between the limits: typed as any JSON",
            ));
            return Shape::Any;
        }
        Shape::Integer(wide)
    }

    /// The shape of a type array (JSON Schema 2020-12 section 6.1.1).
    fn of_types(&mut self, names: &[String], schema: &Map<String, Value>, pointer: &str) -> Shape {
        let members: Vec<Typed> = names
            .iter()
            .map(|name| {
                Typed::new(self.of_type(name, schema, pointer), pointer_join(&pointer_join(pointer, "type"), name))
            })
            .collect();
        self.diagnostics.push(Diagnostic::adaptation(
            "type-array",
            pointer_join(pointer, "type"),
            format!("one of several types: {}", names.join(", ")),
        ));
        self.one_of(members.into_variants(), None, pointer).shape
    }

    /// Lists, and tuples as lists of what all their places hold.
    fn array(&mut self, schema: &Map<String, Value>, pointer: &str) -> Shape {
        let places = schema
            .get("prefixItems")
            .or_else(|| schema.get("items").filter(|items| items.is_array()))
            .and_then(Value::as_array);
        let items = match (places, schema.get("items")) {
            (Some(places), rest) => {
                self.diagnostics.push(Diagnostic::adaptation(
                    "tuple",
                    pointer,
                    "a list with a schema for each place: typed as a list of all of them",
                ));
                let place = pointer_join(pointer, "prefixItems");
                let mut members: Vec<Typed> = places
                    .iter()
                    .enumerate()
                    .map(|(index, schema)| self.parse(schema, &pointer_join(&place, &index.to_string())))
                    .collect();
                members.extend(self.behind_places(places.len(), schema, rest, pointer));
                // Beside what may be anything, what else there is says nothing.
                if members.iter().any(|member| member.shape == Shape::Any) {
                    return Shape::Array(Box::new(Typed::new(Shape::Any, place)));
                }
                self.one_of(members.into_variants(), None, &place)
            }
            (None, Some(items)) => self.nested(items, &pointer_join(pointer, "items")),
            (None, None) => {
                self.behind_places(0, schema, None, pointer).unwrap_or_else(|| Typed::new(Shape::Any, pointer))
            }
        };
        Shape::Array(Box::new(items))
    }

    /// What stands behind the places of a tuple: anything, unless the schema says otherwise (JSON Schema 2020-12 core,
    /// sections 10.3.1.1 and 11.2); nothing, where it forbids more.
    fn behind_places(
        &mut self,
        places: usize,
        schema: &Map<String, Value>,
        rest: Option<&Value>,
        pointer: &str,
    ) -> Option<Typed> {
        let most = schema.get("maxItems").and_then(Value::as_u64);
        // As a list, `items` is the places themselves: no version of OpenAPI has that, and who writes it means all of them.
        if most.is_some_and(|most| most <= places as u64) || rest.is_some_and(Value::is_array) {
            return None;
        }
        // What others evaluate, `unevaluatedItems` says nothing of.
        let is_alone = !EVALUATES_ITEMS.iter().any(|key| schema.contains_key(*key));
        let keys = ["items", "unevaluatedItems"].into_iter().take(if is_alone { 2 } else { 1 });
        match keys.into_iter().find_map(|key| Some((key, schema.get(key)?))) {
            Some((_, rest)) if allows_nothing(rest) => None,
            Some((key, rest)) => Some(self.nested(rest, &pointer_join(pointer, key))),
            None => Some(Typed::new(Shape::Any, pointer)),
        }
    }
}

/// Takes from a schema what it says of items that others do not evaluate: beside others, nobody knows which these are.
pub(super) fn leave_items_to_others(schema: &mut Map<String, Value>) {
    if let Some(unevaluated) = schema.get_mut("unevaluatedItems") {
        *unevaluated = Value::Bool(true);
    }
}

/// Which text format the schema asks for (OpenAPI format registry; 3.1 says binary by `contentMediaType`).
fn text_format(schema: &Map<String, Value>) -> TextFormat {
    let media_type = schema.get("contentMediaType").and_then(Value::as_str);
    let binary = schema.get("type").and_then(Value::as_str) == Some("file")
        || (media_type.is_some_and(|media_type| media::encoding(media_type) == media::Encoding::Binary)
            && !schema.contains_key("contentEncoding"));
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => TextFormat::DateTime,
        Some("date") => TextFormat::Date,
        Some("uuid") => TextFormat::Uuid,
        Some("binary") => TextFormat::Binary,
        _ if binary => TextFormat::Binary,
        _ if says_decimal(schema) => TextFormat::Decimal,
        format => {
            // The names of encodings have no case (RFC 2045, section 6.1).
            let encoding =
                schema.get("contentEncoding").and_then(Value::as_str).or(format).map(str::to_ascii_lowercase);
            match encoding.as_deref() {
                Some("base64" | "byte") => TextFormat::Base64,
                Some("base64url") => TextFormat::Base64Url,
                _ => TextFormat::Plain,
            }
        }
    }
}

/// Whether all digits of a number count, in JSON's own type or in text (OpenAPI format registry).
fn says_decimal(schema: &Map<String, Value>) -> bool {
    matches!(schema.get("format").and_then(Value::as_str), Some("decimal" | "decimal128"))
}

/// Whether the format of a number is one of whole numbers, of which a float does not hold all.
fn says_integer(schema: &Map<String, Value>) -> bool {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let bits = format.strip_prefix("int").or_else(|| format.strip_prefix("uint"));
    matches!(bits, Some("8" | "16" | "32" | "64"))
}

/// Whether values may be larger than `i64` holds. A float has not all digits of the limits next to that.
fn exceeds_i64(schema: &Map<String, Value>) -> bool {
    const LEAST_BEYOND: u64 = 1 << 63;
    let beyond = |key: &str, least: u64| {
        schema.get(key).is_some_and(|limit| match limit.as_u64() {
            Some(limit) => limit >= least,
            None => limit.as_f64().is_some_and(|limit| limit > 9_223_372_036_854_775_807.0),
        })
    };
    let is_excluded = schema.get("exclusiveMaximum") == Some(&Value::Bool(true));
    schema.get("format").and_then(Value::as_str) == Some("uint64")
        || beyond("maximum", LEAST_BEYOND + u64::from(is_excluded))
        || beyond("exclusiveMaximum", LEAST_BEYOND + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{shape, understand, understand_in};
    use super::*;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn every_spelling_of_null_is_a_flag() {
        for schema in [
            json!({"type": ["string", "null"]}),
            json!({"type": "string", "nullable": true}),
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
            json!({"anyOf": [{"type": "string"}, {"enum": [null]}]}),
            json!({"oneOf": [{"type": "string"}, {"const": null}]}),
        ] {
            let (typed, _) = understand(&json!({}), &schema);
            assert!(typed.nullable, "{schema}");
            assert_eq!(typed.shape, Shape::Text(TextFormat::Plain), "{schema}");
        }
    }

    #[test]
    fn a_type_array_of_primitives_is_a_scalar() {
        let (typed, codes) = understand(&json!({}), &json!({"type": ["string", "integer", "null"]}));
        assert_eq!((typed.shape, typed.nullable), (Shape::Scalar, true));
        assert!(codes.contains(&"type-array"));
        assert_eq!(shape(&json!({"type": ["integer", "number"]})), Shape::Number);
    }

    #[test]
    fn a_type_array_with_a_list_is_a_union() {
        let Shape::Union(union) = shape(&json!({"type": ["string", "array"], "items": {"type": "string"}})) else {
            panic!("no union")
        };
        assert_eq!(union.variants.len(), 2);
    }

    #[test]
    fn types_are_inferred_from_other_keywords() {
        assert!(matches!(shape(&json!({"properties": {"a": {}}})), Shape::Object(_)));
        assert!(matches!(shape(&json!({"items": {"type": "string"}})), Shape::Array(_)));
        assert!(matches!(shape(&json!({"items": {"type": "string"}, "default": []})), Shape::Array(_)));
        assert!(matches!(shape(&json!({"items": {"type": "string"}, "default": ""})), Shape::Any));
        assert!(matches!(shape(&json!({"properties": {"a": {}}, "default": 7})), Shape::Any));
        assert!(matches!(shape(&json!({"type": "object"})), Shape::Map(_)));
        assert_eq!(shape(&json!({"format": "date-time"})), Shape::Text(TextFormat::DateTime));
        assert_eq!(shape(&json!({})), Shape::Any);
        assert_eq!(shape(&json!(true)), Shape::Any);
    }

    #[test]
    fn a_format_of_whole_numbers_makes_a_number_one() {
        for (format, expected) in [
            ("int64", Shape::Integer(false)),
            ("uint64", Shape::Integer(true)),
            ("int32", Shape::Integer(false)),
            ("double", Shape::Number),
            ("decimal", Shape::Decimal),
        ] {
            assert_eq!(shape(&json!({"type": "number", "format": format})), expected, "{format}");
        }
        assert_eq!(shape(&json!({"type": "string", "format": "int-or-string"})), Shape::Scalar);
    }

    #[test]
    fn integers_beyond_i64_are_told_apart() {
        assert_eq!(shape(&json!({"type": "integer", "format": "uint64"})), Shape::Integer(true));
        assert_eq!(shape(&json!({"type": "integer", "maximum": 18_446_744_073_709_551_615_u64})), Shape::Integer(true));
        assert_eq!(shape(&json!({"type": "integer", "maximum": 7})), Shape::Integer(false));
        for (key, least) in
            [("maximum", 9_223_372_036_854_775_808_u64), ("exclusiveMaximum", 9_223_372_036_854_775_809)]
        {
            for (limit, is_beyond) in [(least, true), (least - 1, false)] {
                let schema = json!({"type": "integer", "minimum": 0, key: limit});
                assert_eq!(shape(&schema), Shape::Integer(is_beyond), "{schema}");
            }
        }
        for (minimum, maximum) in [(-1.0, 1e19), (0.0, 1e30)] {
            let schema = json!({"type": "integer", "minimum": minimum, "maximum": maximum});
            assert_eq!(shape(&schema), Shape::Any, "{schema}");
        }
    }

    #[test]
    fn bytes_are_told_by_format_or_media_type_unless_they_are_encoded_as_text() {
        for (schema, format) in [
            (json!({"type": "string", "format": "binary"}), TextFormat::Binary),
            (json!({"type": "string", "contentMediaType": "image/png"}), TextFormat::Binary),
            (
                json!({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}),
                TextFormat::Base64,
            ),
            (json!({"type": "string", "contentEncoding": "BASE64URL", "format": "byte"}), TextFormat::Base64Url),
            (json!({"type": "string", "contentEncoding": "quoted-printable"}), TextFormat::Plain),
            (json!({"type": "string", "format": "byte"}), TextFormat::Base64),
            (json!({"format": "base64url"}), TextFormat::Base64Url),
            (json!({"type": "string", "contentMediaType": "application/json"}), TextFormat::Plain),
        ] {
            assert_eq!(shape(&schema), Shape::Text(format), "{schema}");
        }
    }

    #[test]
    fn all_digits_of_a_decimal_count() {
        assert_eq!(shape(&json!({"type": "number", "format": "decimal"})), Shape::Decimal);
        assert_eq!(shape(&json!({"type": "string", "format": "decimal"})), Shape::Text(TextFormat::Decimal));
        assert_eq!(shape(&json!({"type": "integer", "format": "decimal"})), Shape::Integer(false));
        let exact = json!({"type": "number", "format": "decimal128"});
        for (schema, expected) in [
            (json!({"oneOf": [exact, {"type": "integer"}]}), Shape::Decimal),
            (json!({"allOf": [exact, {"type": "number"}]}), Shape::Decimal),
            (json!({"allOf": [exact, {"type": "integer"}]}), Shape::Integer(false)),
            (json!({"type": ["number", "string"], "format": "decimal"}), Shape::Scalar),
        ] {
            assert_eq!(shape(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn a_tuple_is_a_list_of_what_its_places_hold() {
        let places = json!([{"type": "string"}, {"type": "integer"}]);
        for closed in [
            json!({"items": false}),
            json!({"items": {"not": {}}}),
            json!({"maxItems": 2}),
            json!({"unevaluatedItems": false}),
            json!({"items": {"type": "boolean"}}),
            json!({"unevaluatedItems": {"type": "boolean"}}),
        ] {
            let mut schema = closed.clone();
            schema["prefixItems"] = places.clone();
            let Shape::Array(items) = shape(&schema) else { panic!("no list") };
            assert_eq!(items.shape, Shape::Scalar, "{closed}");
        }
        for schema in [
            json!({"type": "array", "items": places}),
            json!({"type": "array", "unevaluatedItems": {"type": ["string", "integer"]}}),
        ] {
            let Shape::Array(items) = shape(&schema) else { panic!("no list") };
            assert_eq!(items.shape, Shape::Scalar, "{schema}");
        }
    }

    #[test]
    fn behind_the_places_of_a_tuple_stands_whatever_is_not_forbidden() {
        for open in [
            json!({}),
            json!({"items": true}),
            json!({"items": {}}),
            json!({"maxItems": 3}),
            json!({"unevaluatedItems": true}),
            // What another member of the `allOf` describes is evaluated as well.
            json!({"unevaluatedItems": false, "allOf": [{"prefixItems": [true, {"type": "integer"}]}]}),
            json!({"unevaluatedItems": false, "contains": {"type": "integer"}}),
        ] {
            let mut schema = open.clone();
            schema["prefixItems"] = json!([{"type": "string"}]);
            let Shape::Array(items) = shape(&schema) else { panic!("no list: {open}") };
            assert_eq!(items.shape, Shape::Any, "{open}");
        }
    }

    #[test]
    fn what_stands_beside_a_ref_counts_in_3_1_only() {
        let components = json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let schema = json!({"$ref": "#/components/schemas/A", "required": ["a"]});
        let (modern, _) = understand(&components, &schema);
        assert!(matches!(modern.shape, Shape::Object(object) if object.properties["a"].required));
        let (classic, codes) = understand_in("3.0.3", &components, &schema);
        assert_eq!((classic.shape, codes), (Shape::Ref("/components/schemas/A".to_owned()), vec!["ref-siblings"]));
    }

    #[test]
    fn null_beside_a_ref_counts_and_is_told_where_openapi_ignores_it() {
        let components = json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let schema =
            |nullable: bool| json!({"$ref": "#/components/schemas/A", "nullable": nullable, "description": "an A"});
        let (classic, codes) = understand_in("3.0.3", &components, &schema(true));
        assert_eq!((classic.nullable, codes), (true, vec!["ref-siblings"]));
        let (_, codes) = understand_in("3.0.3", &components, &schema(false));
        assert_eq!(codes, Vec::<&str>::new());
    }

    #[test]
    fn refs_into_the_inside_of_a_schema_and_to_defs_are_followed() {
        let components = json!({"A": {"type": "object", "properties": {"b": {"type": "boolean"}}, "$defs": {"C": {"type": "number"}}}});
        let (typed, _) = understand(&components, &json!({"allOf": [{"$ref": "#/components/schemas/A/properties/b"}]}));
        assert_eq!(typed.shape, Shape::Ref("/components/schemas/A/properties/b".to_owned()));
        let (typed, codes) = understand(&components, &json!({"$ref": "#/components/schemas/A/$defs/D"}));
        assert_eq!((typed.shape, codes), (Shape::Any, vec!["dangling-ref"]));
    }

    #[test]
    fn references_that_lead_to_one_another_are_any_json_whatever_stands_beside_them() {
        let (t, b) = ("#/components/schemas/T", "#/components/schemas/B");
        let beside = [("3.0.3", json!({"$ref": b, "type": "object"})), ("3.1.0", json!({"$ref": b, "minimum": 1}))];
        for (version, described) in beside {
            let document = json!({"openapi": version, "components": {"schemas": {"T": described, "B": {"$ref": t}}}});
            let mut diagnostics = Diagnostics::default();
            let mut schemas = Schemas::new(&document, &mut diagnostics);
            let shape = schemas.definition("/components/schemas/T").map(|typed| typed.shape.clone());
            assert_eq!(shape, Some(Shape::Any), "{version}");
        }
    }

    #[test]
    fn unknown_types_and_unchecked_keywords_are_told() {
        let (typed, codes) = understand(&json!({}), &json!({"type": "datetime", "not": {}}));
        assert_eq!(typed.shape, Shape::Any);
        assert_eq!(codes, ["unchecked-keyword", "unknown-type"]);
    }
}
