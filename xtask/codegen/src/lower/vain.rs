//! What a document says in vain: words that have no effect where they stand, as OpenAPI itself says, and components that
//! nobody refers to. Whoever wrote them meant something, and should hear that nothing came of it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::told::Told;
use super::{names, parameters, styles};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join, pointer_tokens};
use crate::media::{self, Encoding};
use crate::objects::{Kind, visit};
use crate::plan::TypeDef;
use crate::schema::flat::flatten;
use crate::schema::keywords::allows_nothing;
use crate::schema::references;

/// The fields that say in which style a value is written.
const STYLE: [&str; 3] = ["style", "explode", "allowReserved"];

/// The sections of `components` that hold what is only there to be referred to. Schemas are types all the same.
const SECTIONS: [&str; 9] = [
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "links",
    "callbacks",
    "pathItems",
    "mediaTypes",
];

/// The most names that are told.
const MAX_NAMES: usize = 5;

/// Tells it.
pub fn tell(document: &Value, types: &IndexMap<String, TypeDef>, diagnostics: &mut Diagnostics) {
    let mut told = Told::default();
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| match kind {
        Kind::MediaType => media_type(document, fields, pointer, &mut told),
        Kind::Parameter => parameter(document, fields, pointer, &mut told),
        Kind::Schema => hint(fields, types, pointer, &mut told),
        _ => {}
    });
    told.tell(diagnostics);
    unused(document, diagnostics);
}

/// A name for the type of a schema of which none is made.
fn hint(fields: &Map<String, Value>, types: &IndexMap<String, TypeDef>, pointer: &str, told: &mut Told) {
    let names = names::of_hint(fields);
    if !names.is_empty() && !names.iter().any(|name| types.contains_key(name)) {
        const HINT: &str = "x-switchboard-name";
        note(told, HINT, "no type is made of the schema", pointer_join(pointer, HINT));
    }
}

/// Notes a field that has no effect, and why.
fn note(told: &mut Told, word: &str, why: &str, pointer: String) {
    told.note("vain-word", word, format!("`{word}` has no effect here: {why}"), pointer);
}

fn media_type(document: &Value, fields: &Map<String, Value>, pointer: &str, told: &mut Told) {
    let Some(encodings) = fields.get("encoding").and_then(Value::as_object) else { return };
    let place = pointer_join(pointer, "encoding");
    let name = pointer_tokens(pointer).last().unwrap_or_default();
    // Components of this kind have a name, and are of whatever media type refers to them.
    let written = if pointer.starts_with("/components/mediaTypes/") { None } else { Some(media::encoding(&name)) };
    if written.is_some_and(|written| !matches!(written, Encoding::Form | Encoding::Multipart)) {
        return note(told, "encoding", "only forms have parts (OpenAPI 3.0 section 4.7.14.1)", place);
    }
    let parts = fields.get("schema").and_then(|schema| parts(document, schema));
    for (part, encoding) in encodings {
        let place = pointer_join(&place, part);
        if parts.as_ref().is_some_and(|parts| !parts.contains(part)) {
            note(told, part, "the form has no part of this name", place);
            continue;
        }
        let says = |key: &str| encoding.get(key).is_some();
        let is_modern = references::siblings_count(document);
        let style = STYLE.into_iter().find(|key| says(key));
        match (written, style) {
            (Some(Encoding::Form), _) if says("headers") => {
                note(
                    told,
                    "headers",
                    "the fields of a form have none (OpenAPI 3.0 section 4.7.15.1)",
                    pointer_join(&place, "headers"),
                );
            }
            // A hint, or Swagger 2.0's way to write a list, gives parts a style in any version.
            (Some(Encoding::Multipart), Some(style))
                if !is_modern && !styles::is_hinted(encoding) && !is_as_ever(document, fields, part, encoding) =>
            {
                let why = "before OpenAPI 3.1 parts have a media type and no style (3.0 section 4.7.15.1)";
                note(told, style, why, pointer_join(&place, style));
            }
            (_, Some(_)) if is_modern && says("contentType") => {
                let why = "the style that is said beside it counts (OpenAPI 3.1 section 4.8.15.1)";
                note(told, "contentType", why, pointer_join(&place, "contentType"));
            }
            _ => {}
        }
    }
}

/// Whether an encoding says of a part what holds without it: that each item of a list is a part of its own.
fn is_as_ever(document: &Value, fields: &Map<String, Value>, part: &str, encoding: &Value) -> bool {
    let says = |key: &str, value: &Value| encoding.get(key).is_none_or(|said| said == value);
    let form = fields.get("schema").map(|schema| flatten(document, schema)).unwrap_or_default();
    let schema = form.get("properties").and_then(|properties| properties.get(part));
    let is_list = schema.is_some_and(|schema| types(document, schema) == ["array"]);
    is_list && says("style", &"form".into()) && says("explode", &true.into()) && encoding.get("allowReserved").is_none()
}

/// The names of a form's parts, if the schema says all of them.
fn parts(document: &Value, schema: &Value) -> Option<BTreeSet<String>> {
    let flat = flatten(document, schema);
    let may_have_more = |key: &&str| flat.get(*key).is_some_and(|value| !allows_nothing(value));
    let more = ["additionalProperties", "patternProperties", "oneOf", "anyOf", "then", "else", "dependentSchemas"];
    let properties = flat.get("properties").and_then(Value::as_object)?;
    let is_whole = !more.iter().any(may_have_more);
    is_whole.then(|| properties.keys().cloned().collect())
}

fn parameter(document: &Value, fields: &Map<String, Value>, pointer: &str, told: &mut Told) {
    let place = |word: &str| pointer_join(pointer, word);
    if fields.contains_key("content") {
        for word in STYLE.into_iter().filter(|word| fields.contains_key(*word)) {
            note(
                told,
                word,
                "the media type says how the value is written (OpenAPI 3.0 section 4.7.12.2)",
                place(word),
            );
        }
    }
    let is_query = fields.get("in").is_some_and(|place| place == "query");
    let is_reserved = fields.get("allowReserved") == Some(&Value::Bool(true)) && !fields.contains_key("content");
    if is_reserved && !parameters::may_keep_reserved(is_query, document) {
        let why = "before OpenAPI 3.2 only query parameters have it (3.0 section 4.7.12.2)";
        note(told, "allowReserved", why, place("allowReserved"));
    }
    if !is_query && fields.get("allowEmptyValue") == Some(&Value::Bool(true)) {
        note(
            told,
            "allowEmptyValue",
            "only query parameters have it (OpenAPI 3.0 section 4.7.12.2)",
            place("allowEmptyValue"),
        );
    }
    let types = fields.get("schema").map(|schema| types(document, schema)).unwrap_or_default();
    let is_never = |name: &str| !types.is_empty() && !types.iter().any(|known| known == name);
    if is_query && fields.get("allowEmptyValue") == Some(&Value::Bool(true)) && is_never("string") {
        note(told, "allowEmptyValue", "only a text can be empty", place("allowEmptyValue"));
    }
    if is_query && fields.get("style").is_some_and(|style| style == "deepObject") && is_never("object") {
        let why = "`deepObject` is for objects (OpenAPI 3.0 section 4.7.12.3); items of a list have their index in brackets, \
                   and any other value is written as a pair";
        note(told, "style", why, place("style"));
    }
}

/// The types that a schema names; none where it leaves them open.
fn types(document: &Value, schema: &Value) -> Vec<String> {
    match flatten(document, schema).get("type") {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Tells the components that nothing in the document refers to.
fn unused(document: &Value, diagnostics: &mut Diagnostics) {
    let used = references::targets(document);
    let replaced = replaced(document);
    let components = |section: &str| document.pointer(&pointer_join("/components", section)).and_then(Value::as_object);
    for section in SECTIONS {
        let place = pointer_join("/components", section);
        let is_used = |name: &String| {
            let own = pointer_join(&place, name);
            replaced.contains(&own)
                || used
                    .iter()
                    .any(|target| *target == own || target.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/')))
        };
        let names: Vec<String> = components(section)
            .into_iter()
            .flat_map(Map::keys)
            .filter(|name| !name.starts_with("x-") && !is_used(name))
            .map(|name| format!("`{name}`"))
            .collect();
        let Some(shown) = names.get(..names.len().min(MAX_NAMES)).filter(|shown| !shown.is_empty()) else { continue };
        let more = match names.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("nothing refers to these: {}{more}", shown.join(", "));
        diagnostics.push(Diagnostic::adaptation("unused-component", place, message));
    }
}

/// The components that stand in the place of references to them already: media types, and what path items have in common
/// with a component because they were merged with it.
fn replaced(document: &Value) -> BTreeSet<String> {
    let components = |section: &str| {
        let place = pointer_join("/components", section);
        let named = document.pointer(&place).and_then(Value::as_object).into_iter().flatten();
        named.map(|(name, value)| (pointer_join(&place, name), value)).collect::<Vec<_>>()
    };
    let (media_types, path_items) = (components("mediaTypes"), components("pathItems"));
    let mut found = BTreeSet::new();
    if media_types.is_empty() && path_items.is_empty() {
        return found;
    }
    // Of a path item, its operations.
    let has_of = |fields: &Map<String, Value>, component: &Value| {
        let mut operations = component.as_object().into_iter().flatten().filter(|(_, operation)| operation.is_object());
        operations.any(|(method, operation)| fields.get(method) == Some(operation))
    };
    visit(Kind::Root, document, "", &mut |kind, fields, pointer| {
        let is_same = |(place, component): &&(String, &Value)| {
            place != pointer
                && match kind {
                    Kind::MediaType => component.as_object() == Some(fields),
                    _ => has_of(fields, component),
                }
        };
        let alike = match kind {
            Kind::MediaType => &media_types,
            Kind::PathItem => &path_items,
            _ => return,
        };
        found.extend(alike.iter().filter(is_same).map(|(place, _)| place.clone()));
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Codes and places of what is told of a document.
    fn told(version: &str, operation: &Value, components: &Value) -> Vec<(&'static str, String)> {
        let document = json!({"openapi": version, "paths": {"/a": {"post": operation}}, "components": components});
        let mut diagnostics = Diagnostics::default();
        tell(&document, &IndexMap::new(), &mut diagnostics);
        let place = |pointer: &str| pointer.replace("/paths/~1a/post/", "");
        diagnostics.iter().map(|found| (found.code, place(&found.pointer))).collect()
    }

    fn sent(media_type: &str, encoding: &Value) -> Value {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        json!({"requestBody": {"content": {media_type: {"schema": schema, "encoding": encoding}}}})
    }

    #[test]
    fn a_style_that_says_what_holds_anyway_is_not_told() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        for (schema, encoding, is_told) in [
            (&list, json!({"style": "form", "explode": true}), false),
            (&list, json!({"style": "form"}), false),
            (&list, json!({"style": "form", "explode": false}), true),
            (&list, json!({"style": "pipeDelimited"}), true),
            (&json!({"type": "object"}), json!({"style": "form", "explode": true}), true),
        ] {
            let schema = json!({"type": "object", "properties": {"a": schema}});
            let content = json!({"multipart/form-data": {"schema": schema, "encoding": {"a": encoding}}});
            let found = told("3.0.3", &json!({"requestBody": {"content": content}}), &json!({}));
            assert_eq!(found.len(), usize::from(is_told), "{schema} {encoding}: {found:?}");
        }
    }

    #[test]
    fn encodings_without_effect_are_told() {
        let place = |media_type: &str, rest: &str| {
            vec![("vain-word", format!("requestBody/content/{}/encoding{rest}", media_type.replace('/', "~1")))]
        };
        let (form, parts) = ("application/x-www-form-urlencoded", "multipart/form-data");
        for (version, media_type, encoding, expected) in [
            ("3.1.0", "application/json", json!({"a": {}}), place("application/json", "")),
            ("3.1.0", parts, json!({"b": {}}), place(parts, "/b")),
            ("3.1.0", form, json!({"a": {"headers": {}}}), place(form, "/a/headers")),
            ("3.0.3", parts, json!({"a": {"style": "form"}}), place(parts, "/a/style")),
            (
                "3.1.0",
                parts,
                json!({"a": {"explode": true, "contentType": "text/csv"}}),
                place(parts, "/a/contentType"),
            ),
            ("3.1.0", parts, json!({"a": {"style": "form", "headers": {}}}), vec![]),
            ("3.0.3", parts, json!({"a": {"style": "form", "x-switchboard-list": "comma"}}), vec![]),
            ("3.0.3", form, json!({"a": {"style": "form"}}), vec![]),
        ] {
            let found = told(version, &sent(media_type, &encoding), &json!({}));
            assert_eq!(found, expected, "{version} {media_type} {encoding}");
        }
    }

    #[test]
    fn a_form_that_may_have_more_parts_may_have_them_encoded() {
        let schema = json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}});
        let content = json!({"multipart/form-data": {"schema": schema, "encoding": {"b": {}}}});
        assert_eq!(told("3.1.0", &json!({"requestBody": {"content": content}}), &json!({})), []);
    }

    #[test]
    fn what_parameters_say_in_vain_is_told_once_a_word() {
        let with_content =
            |name: &str| json!({"name": name, "in": "query", "style": "form", "content": {"text/csv": {}}});
        let header = json!({"name": "h", "in": "header", "allowEmptyValue": true, "schema": {}});
        let parameters = json!({"parameters": [with_content("a"), with_content("b"), header]});
        assert_eq!(
            told("3.0.3", &parameters, &json!({})),
            [("vain-word", "parameters/0/style".to_owned()), ("vain-word", "parameters/2/allowEmptyValue".to_owned())]
        );
    }

    #[test]
    fn reserved_characters_that_are_encoded_all_the_same_are_told() {
        for (version, place, is_told) in
            [("3.0.3", "path", true), ("3.1.0", "header", true), ("3.1.0", "query", false), ("3.3.0", "path", false)]
        {
            let parameter = json!({"name": "a", "in": place, "allowReserved": true, "schema": {"type": "string"}});
            let found = told(version, &json!({"parameters": [parameter]}), &json!({}));
            let expected = is_told.then(|| ("vain-word", "parameters/0/allowReserved".to_owned()));
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{version} {place}");
        }
    }

    #[test]
    fn what_was_put_in_the_place_of_a_reference_is_used() {
        let media = json!({"schema": {"type": "integer"}});
        let operation = json!({"responses": {"200": {"content": {"application/json": media}}}});
        let components = json!({
            "mediaTypes": {"Used": media, "Unused": {"schema": {"type": "string"}}},
            "pathItems": {
                "Used": {"post": operation, "get": {"summary": "other"}}, "Unused": {"post": {"summary": "another"}},
            },
        });
        let document = json!({"openapi": "3.2.0", "paths": {"/a": {"post": operation}}, "components": components});
        let mut diagnostics = Diagnostics::default();
        tell(&document, &IndexMap::new(), &mut diagnostics);
        let messages: Vec<_> = diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(messages, ["nothing refers to these: `Unused`"; 2]);
    }

    #[test]
    fn words_for_other_values_than_a_parameter_has_are_told() {
        let of = |word: &str, value: Value, schema: Value| {
            let parameter = json!({"name": "a", "in": "query", word: value, "schema": schema});
            told("3.0.3", &json!({"parameters": [parameter]}), &json!({})).len()
        };
        for (schema, (is_text, is_object)) in [
            (json!({"type": "string"}), (true, false)),
            (json!({"type": ["string", "null"]}), (true, false)),
            (json!({"type": "integer"}), (false, false)),
            (json!({"type": "array", "items": {}}), (false, false)),
            (json!({"type": "object"}), (false, true)),
            (json!({"allOf": [{"type": "object"}]}), (false, true)),
            (json!({}), (true, true)),
        ] {
            assert_eq!(of("allowEmptyValue", json!(true), schema.clone()) == 0, is_text, "{schema}");
            assert_eq!(of("style", json!("deepObject"), schema.clone()) == 0, is_object, "{schema}");
            assert_eq!(of("allowEmptyValue", json!(false), schema.clone()), 0);
        }
    }

    #[test]
    fn components_that_nothing_refers_to_are_told() {
        let operation = json!({"parameters": [{"$ref": "#/components/parameters/Used"}]});
        let components = json!({
            "parameters": {"Used": {}, "Unused": {}}, "schemas": {"A": {}},
            "headers": {"H": {"schema": {"type": "string"}}},
            "responses": {"R": {"headers": {"H": {"$ref": "#/components/headers/H/schema"}}}},
        });
        assert_eq!(
            told("3.0.3", &operation, &components),
            [
                ("unused-component", "/components/responses".to_owned()),
                ("unused-component", "/components/parameters".to_owned()),
            ]
        );
    }
}
