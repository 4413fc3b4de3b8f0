//! `oneOf` and `anyOf`: one Rust type where the members are one, a scalar where they are primitives, else a union.
//!
//! A value that fits several members of `anyOf` is one of what these make together: see [`super::any_of`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::all_of::members;
use super::{Discriminator, EnumValue, Schemas, Shape, TextFormat, Typed, Union, Variant, enumeration};
use crate::diagnostics::{Diagnostic, last_token, pointer_join};
use crate::schema::references::mapped;

/// More variants than this are typed loosely: no reader could use them, and rustc could hardly compile them.
const MAX_VARIANTS: usize = 256;

impl Schemas<'_> {
    /// The union under `key`, unless its members only say which properties must be there.
    pub(super) fn alternatives(&mut self, schema: &Map<String, Value>, key: &str, pointer: &str) -> Option<Typed> {
        let place = pointer_join(pointer, key);
        let listed: Vec<(usize, &Value)> = members(schema, key).enumerate().collect();
        if listed.is_empty() {
            return None;
        }
        if listed.iter().all(|(_, member)| only_constrains(member)) {
            self.diagnostics.push(Diagnostic::adaptation(
                "required-alternatives",
                place,
                "which properties must be there together is left to the server to check",
            ));
            return None;
        }
        let mut nullable = false;
        let mut variants = Vec::new();
        let mut targets = Vec::new();
        for (index, member) in listed {
            if is_null(member) {
                nullable = true;
                continue;
            }
            let place = pointer_join(&place, &index.to_string());
            if self.demands_itself(&place) {
                continue;
            }
            let typed = self.parse(member, &place);
            targets.push(match &typed.shape {
                Shape::Ref(target) => Some(target.clone()),
                _ => None,
            });
            let name = match &typed.shape {
                Shape::Ref(target) => Some(last_token(target)),
                _ => typed.docs.title.clone(),
            };
            variants.push(Variant { name, typed });
        }
        let discriminator = discriminator(schema, &targets);
        if let Some(default) = lost_default(schema, discriminator.as_ref()) {
            self.diagnostics.push(Diagnostic::adaptation(
                "default-mapping",
                format!("{pointer}/discriminator/defaultMapping"),
                format!("`{default}` is none of the alternatives: what no value names is told by what it keeps"),
            ));
        }
        for (value, reference) in lost_mappings(schema, &targets) {
            self.diagnostics.push(Diagnostic::adaptation(
                "lost-mapping",
                pointer_join(&format!("{pointer}/discriminator/mapping"), value),
                format!("`{reference}` is none of the alternatives: `{value}` names nothing"),
            ));
        }
        let mut union = self.one_of(variants, discriminator, pointer);
        union.nullable |= nullable;
        if let Shape::Union(union) = &mut union.shape {
            union.any_of = key == "anyOf";
        }
        Some(union)
    }

    /// The type of values that fit one of `variants`.
    pub fn one_of(&mut self, variants: Vec<Variant>, discriminator: Option<Discriminator>, pointer: &str) -> Typed {
        let mut nullable = false;
        let mut distinct: Vec<Variant> = Vec::new();
        let mut indices = Vec::new();
        for mut variant in variants {
            nullable |= variant.typed.nullable;
            variant.typed.nullable = false;
            let known = distinct.iter().position(|known| known.typed.same_as(&variant.typed));
            indices.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(variant);
            }
        }
        let discriminator = discriminator.map(|found| found.moved(|index| indices.get(index).copied()));
        let mut typed = self.distinct(distinct, discriminator, pointer);
        typed.nullable |= nullable;
        typed
    }

    /// As [`Self::one_of`], of members that differ.
    fn distinct(&mut self, mut variants: Vec<Variant>, discriminator: Option<Discriminator>, pointer: &str) -> Typed {
        if variants.len() <= 1 {
            return variants.pop().map_or_else(|| Typed::new(Shape::Any, pointer), |only| only.typed);
        }
        let resolved: Vec<Typed> = variants.iter().map(|variant| self.resolved(&variant.typed)).collect();
        let nullable = resolved.iter().any(|typed| typed.nullable);
        let untyped = resolved.iter().any(|typed| typed.untyped);
        let numbers = enumeration::named_constants(&variants, &resolved).map(Shape::IntegerEnum);
        if let Some(shape) = numbers.or_else(|| common_primitive(&resolved)) {
            self.diagnostics.push(Diagnostic::adaptation(
                "primitive-union",
                pointer,
                "several primitive types are one type that holds them all",
            ));
            // A reference to an enum beside free text is that enum: it is open anyway.
            let named = variants
                .iter()
                .zip(&resolved)
                .find(|(variant, typed)| matches!(variant.typed.shape, Shape::Ref(_)) && typed.shape.same_as(&shape));
            let mut typed = named.map_or_else(|| Typed::new(shape, pointer), |(variant, _)| variant.typed.clone());
            typed.nullable = nullable;
            typed.docs.unsaid.extend(kinds(&resolved).map(|kinds| ("oneOf".to_owned(), kinds)));
            typed.values = resolved.iter().try_fold(Vec::new(), |mut all, member| {
                all.extend(member.values.iter().flatten().cloned());
                member.values.is_some().then_some(all)
            });
            return typed;
        }
        if resolved.iter().any(|typed| typed.shape == Shape::Any) || variants.len() > MAX_VARIANTS {
            let weight = if variants.len() > MAX_VARIANTS { Diagnostic::warning } else { Diagnostic::adaptation };
            self.diagnostics.push(weight(
                "loose-union",
                pointer,
                "one of the alternatives allows anything, or they are too many: typed as any JSON",
            ));
            return Typed::new(Shape::Any, pointer);
        }
        let union = Union { variants, discriminator, any_of: false };
        Typed { nullable, untyped, ..Typed::new(Shape::Union(union), pointer) }
    }
}

/// Whether a member says only that properties must, or must not, be there.
fn only_constrains(member: &Value) -> bool {
    member.as_object().is_some_and(|member| {
        !member.is_empty()
            && member.keys().all(|key| matches!(key.as_str(), "required" | "not" | "description" | "title"))
    })
}

/// Whether a member stands for `null` alone.
fn is_null(member: &Value) -> bool {
    let Some(member) = member.as_object() else { return false };
    let null_values = |key: &str| {
        member
            .get(key)
            .and_then(Value::as_array)
            .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
    };
    member.get("type").is_some_and(|name| name == "null" || name == &serde_json::json!(["null"]))
        || null_values("enum")
        || member.get("const").is_some_and(Value::is_null)
}

/// The one type of several primitives.
fn common_primitive(members: &[Typed]) -> Option<Shape> {
    if !members.iter().all(|member| member.shape.is_primitive()) {
        return None;
    }
    let text = members.iter().all(|member| matches!(member.shape, Shape::Text(_) | Shape::Enum(_)));
    if text {
        let values = distinct_values(members);
        return Some(if values.is_empty() { Shape::Text(TextFormat::Plain) } else { Shape::Enum(values) });
    }
    let is_whole = |member: &Typed| matches!(member.shape, Shape::Integer(_) | Shape::IntegerEnum(_));
    if members.iter().all(is_whole) {
        return Some(Shape::Integer(members.iter().any(|member| member.shape == Shape::Integer(true))));
    }
    let is_number = |member: &Typed| is_whole(member) || matches!(member.shape, Shape::Number | Shape::Decimal);
    if members.iter().all(is_number) {
        let is_exact = members.iter().any(|member| member.shape == Shape::Decimal);
        return Some(if is_exact { Shape::Decimal } else { Shape::Number });
    }
    Some(Shape::Scalar)
}

/// Of which types several primitives are that one type holds, if they are of several.
fn kinds(members: &[Typed]) -> Option<Value> {
    let kind = |member: &Typed| match member.shape {
        Shape::Boolean => "boolean",
        Shape::Integer(_) | Shape::IntegerEnum(_) => "integer",
        Shape::Number | Shape::Decimal => "number",
        Shape::Scalar => "several",
        _ => "string",
    };
    let kinds: BTreeSet<&str> = members.iter().map(kind).collect();
    (kinds.len() > 1).then(|| kinds.into_iter().map(Value::from).collect())
}

/// The values of all enums among the members, each once; what is said of a member with one value is said of that.
fn distinct_values(members: &[Typed]) -> Vec<EnumValue> {
    let mut seen = BTreeSet::new();
    let described = members.iter().filter_map(|member| match &member.shape {
        Shape::Enum(values) => Some((values, &member.docs)),
        _ => None,
    });
    let values = described.flat_map(|(values, docs)| {
        let is_one = values.len() == 1;
        values.iter().map(move |value| {
            let said = || docs.description.clone().or_else(|| docs.title.clone()).filter(|_| is_one);
            let description = value.description.clone().or_else(said);
            EnumValue { description, deprecated: value.deprecated || is_one && docs.deprecated, ..value.clone() }
        })
    });
    values.filter(|value| seen.insert(value.value.clone())).collect()
}

/// The `discriminator` of the document: explicit mappings, and the names of the schemas (OpenAPI 3.0 section 4.7.25).
fn discriminator(schema: &Map<String, Value>, targets: &[Option<String>]) -> Option<Discriminator> {
    let described = schema.get("discriminator")?;
    let property = described.get("propertyName")?.as_str()?.to_owned();
    let mut mapping = Vec::new();
    for (value, reference) in described.get("mapping").and_then(Value::as_object).into_iter().flatten() {
        let Some(reference) = reference.as_str() else { continue };
        mapping.extend(target_index(reference, targets).map(|index| (value.clone(), index)));
    }
    let default = described.get("defaultMapping").and_then(Value::as_str);
    let default = default.and_then(|reference| target_index(reference, targets));
    let named = targets.iter().enumerate().filter_map(|(index, target)| Some((last_token(target.as_ref()?), index)));
    let names = named.filter(|(name, _)| !mapping.iter().any(|(value, _)| value == name)).collect();
    Some(Discriminator { property, mapping, names, default })
}

/// A `defaultMapping` that is none of the alternatives.
fn lost_default<'v>(schema: &'v Map<String, Value>, read: Option<&Discriminator>) -> Option<&'v str> {
    let default = schema.get("discriminator")?.get("defaultMapping")?.as_str()?;
    read.is_none_or(|read| read.default.is_none()).then_some(default)
}

/// What a mapping names that is none of the alternatives.
fn lost_mappings<'v>(schema: &'v Map<String, Value>, targets: &[Option<String>]) -> Vec<(&'v str, &'v str)> {
    let mapping = schema.get("discriminator").and_then(|described| described.get("mapping")?.as_object());
    let named =
        mapping.into_iter().flatten().filter_map(|(value, reference)| Some((value.as_str(), reference.as_str()?)));
    named.filter(|(_, reference)| target_index(reference, targets).is_none()).collect()
}

/// Which of the alternatives a mapping names: by reference, or by the bare name of a schema.
fn target_index(reference: &str, targets: &[Option<String>]) -> Option<usize> {
    let target = mapped(reference);
    targets.iter().position(|known| known.as_ref() == Some(&target))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{shape, understand};
    use super::*;

    fn union(components: &Value, schema: &Value) -> Union {
        match understand(components, schema).0.shape {
            Shape::Union(union) => union,
            other => panic!("no union: {other:?}"),
        }
    }

    fn pets() -> Value {
        json!({"Cat": {"type": "object", "properties": {"kind": {"type": "string"}}}, "Dog": {"type": "object", "properties": {"bark": {"type": "string"}}}})
    }

    #[test]
    fn what_is_said_of_a_constant_is_said_of_its_value() {
        let schema = json!({"oneOf": [
            {"const": "a", "title": "The first"}, {"const": "b", "description": "The second", "deprecated": true},
            {"enum": ["c", "d"], "description": "Others"},
        ]});
        let Shape::Enum(values) = shape(&schema) else { panic!("no enum") };
        let said: Vec<_> = values.iter().map(|value| (value.description.as_deref(), value.deprecated)).collect();
        assert_eq!(said, [(Some("The first"), false), (Some("The second"), true), (None, false), (None, false)]);
    }

    #[test]
    fn titled_numbers_are_an_enum() {
        let components = json!({"Low": {"const": 0, "description": "Least"}});
        for key in ["oneOf", "anyOf"] {
            let schema = json!({key: [
                {"$ref": "#/components/schemas/Low"}, {"type": "integer", "enum": [5], "title": "High", "deprecated": true},
                {"enum": [6, 7]}, {"type": "null"},
            ]});
            let (typed, codes) = understand(&components, &schema);
            let Shape::IntegerEnum(values) = &typed.shape else { panic!("no enum: {typed:?}") };
            let said = values.iter().map(|value| (&*value.value, value.name.as_deref(), value.deprecated));
            let expected =
                [("0", Some("Low"), false), ("5", Some("High"), true), ("6", None, false), ("7", None, false)];
            assert_eq!(said.collect::<Vec<_>>(), expected);
            assert_eq!(values[0].description.as_deref(), Some("Least"));
            assert_eq!((typed.nullable, codes), (true, vec!["primitive-union"]));
        }
        for plain in [json!([{"const": 1}, {"const": 2}]), json!([{"const": 1, "title": "One"}, {"type": "integer"}])] {
            assert_eq!(shape(&json!({"oneOf": plain})), Shape::Integer(false), "{plain}");
        }
    }

    #[test]
    fn primitives_are_one_type() {
        assert_eq!(
            shape(&json!({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]})),
            Shape::Text(TextFormat::Plain)
        );
        assert_eq!(shape(&json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]})), Shape::Scalar);
        let open = shape(&json!({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}));
        assert!(matches!(open, Shape::Enum(values) if values.len() == 1));
    }

    #[test]
    fn one_alternative_is_no_union_and_equal_ones_are_one() {
        assert_eq!(shape(&json!({"oneOf": [{"type": "integer"}]})), Shape::Integer(false));
        assert!(matches!(
            shape(&json!({"anyOf": [{"properties": {"a": {}}}, {"properties": {"a": {}}}]})),
            Shape::Object(_)
        ));
    }

    #[test]
    fn alternatives_that_only_require_are_no_union() {
        let schema = json!({"properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]});
        let (typed, codes) = understand(&json!({}), &schema);
        assert!(matches!(typed.shape, Shape::Object(_)));
        assert_eq!(codes, ["required-alternatives"]);
    }

    #[test]
    fn a_mapping_is_read_and_the_names_of_schemas_stand_in_for_it() {
        let of = json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]);
        let mapped = json!({"oneOf": of, "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat", "d": "Dog"}}});
        let found = union(&pets(), &mapped).discriminator.map(|found| (found.mapping, found.names));
        let names = vec![("Cat".to_owned(), 0), ("Dog".to_owned(), 1)];
        assert_eq!(found, Some((vec![("c".to_owned(), 0), ("d".to_owned(), 1)], names)));
        for default in ["Dog", "#/components/schemas/Dog"] {
            let with = json!({"oneOf": of, "discriminator": {"propertyName": "kind", "defaultMapping": default}});
            assert_eq!(union(&pets(), &with).discriminator.and_then(|found| found.default), Some(1));
        }
        let bare = json!({"oneOf": of, "discriminator": {"propertyName": "kind"}});
        let found = union(&pets(), &bare).discriminator.map(|found| (found.mapping, found.names));
        assert_eq!(found, Some((vec![], vec![("Cat".to_owned(), 0), ("Dog".to_owned(), 1)])));
    }

    #[test]
    fn a_default_that_is_none_of_the_alternatives_is_told() {
        let of = json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]);
        let with =
            |default: &str| json!({"oneOf": of, "discriminator": {"propertyName": "kind", "defaultMapping": default}});
        assert_eq!(understand(&pets(), &with("Dog")).1, [""; 0]);
        assert_eq!(understand(&pets(), &with("Cow")).1, ["default-mapping"]);
    }

    #[test]
    fn a_mapping_to_none_of_the_alternatives_is_told() {
        let of = json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]);
        let with = |mapping: Value| json!({"oneOf": of, "discriminator": {"propertyName": "kind", "mapping": mapping}});
        assert_eq!(understand(&pets(), &with(json!({"d": "Dog", "c": "#/components/schemas/Cat"}))).1, [""; 0]);
        assert_eq!(understand(&pets(), &with(json!({"d": "Dog", "o": "Cow"}))).1, ["lost-mapping"]);
    }

    #[test]
    fn what_demands_itself_is_what_is_left_of_it() {
        let a = json!({"$ref": "#/components/schemas/A"});
        let b = json!({"$ref": "#/components/schemas/B"});
        let left = |schema: Value, other: Value| {
            let (typed, codes) = understand(&json!({"A": schema, "B": other}), &json!({"allOf": [a, {"title": "t"}]}));
            let Shape::Ref(place) = &typed.shape else { panic!("no reference") };
            let document = json!({"openapi": "3.1.0", "components": {"schemas": {"A": schema, "B": other}}});
            let mut diagnostics = crate::diagnostics::Diagnostics::default();
            let mut schemas = Schemas::new(&document, &mut diagnostics);
            let shape = schemas.definition(place).map(|typed| typed.shape.clone());
            let _ = schemas.definition("/components/schemas/B");
            let told = diagnostics.iter().any(|found| found.code == "self-demand");
            (shape, told, codes)
        };
        let text = json!({"type": "string"});
        for (schema, other, expected) in [
            (json!({"oneOf": [a, text]}), json!({}), Shape::Text(TextFormat::Plain)),
            (json!({"anyOf": [a]}), json!({}), Shape::Any),
            (json!({"allOf": [a]}), json!({}), Shape::Any),
            (json!({"anyOf": [{"oneOf": [text, a]}, {"type": "null"}]}), json!({}), Shape::Text(TextFormat::Plain)),
            (json!({"oneOf": [b]}), json!({"allOf": [a]}), Shape::Ref("/components/schemas/B".to_owned())),
        ] {
            assert_eq!(left(schema.clone(), other), (Some(expected), true, vec![]), "{schema}");
        }
    }

    #[test]
    fn an_alternative_that_allows_anything_makes_it_any_json() {
        let (typed, codes) = understand(&pets(), &json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {}]}));
        assert_eq!((typed.shape, codes), (Shape::Any, vec!["loose-union"]));
    }
}
