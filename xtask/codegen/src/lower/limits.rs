//! What the schemas of a union's members forbid that their types do not know: other properties, properties together or without
//! others, sizes, numbers beyond bounds, and texts of other formats. The runtime chooses by these where nothing else tells two members apart.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use crate::plan::{Bound, Limit, Measure};
use crate::schema::flat::flatten;
use crate::schema::keywords::allows_nothing;
use crate::schema::references::{self, MAX_CHAIN};
use crate::schema::shape::{Typed, Union};

/// How many steps a size is away from the value that it tells something of.
const MAX_STEPS: usize = 3;

/// The keywords that say the least and the greatest size.
const SIZES: [(Measure, &str, &str); 3] = [
    (Measure::Members, "minProperties", "maxProperties"),
    (Measure::Items, "minItems", "maxItems"),
    (Measure::Characters, "minLength", "maxLength"),
];

/// What the members of `pairs` forbid, each with its index, as far as they are told apart by it.
pub fn limits(document: &Value, union: &Union, pairs: &[(usize, usize)]) -> Vec<(usize, Limit)> {
    let mut members: BTreeMap<usize, Vec<Limit>> = BTreeMap::new();
    let mut sizes = Sizes { document, known: HashMap::new() };
    for index in pairs.iter().flat_map(|(left, right)| [*left, *right]) {
        let Some(variant) = union.variants.get(index) else { continue };
        members.entry(index).or_insert_with(|| of_member(&mut sizes, &variant.typed));
    }
    // What one member is said to forbid, the others must be said to forbid as well: else they would seem to allow it.
    // A format tells only from another one that stands in its place.
    let differ = |limit: &Limit| match limit {
        Limit::Format { path, .. } => members
            .values()
            .flatten()
            .any(|other| matches!(other, Limit::Format { path: place, .. } if place == path && other != limit)),
        _ => members.values().any(|other| !other.contains(limit)),
    };
    let all = members.iter().flat_map(|(index, limits)| limits.iter().map(|limit| (*index, limit)));
    all.filter(|(_, limit)| differ(limit)).map(|(index, limit)| (index, limit.clone())).collect()
}

/// All that a member forbids.
fn of_member(sizes: &mut Sizes<'_>, typed: &Typed) -> Vec<Limit> {
    let document = sizes.document;
    let schemas: Vec<&Value> = typed.places().filter_map(|place| document.pointer(place)).collect();
    let mut parts = Vec::new();
    schemas.iter().for_each(|schema| gather(document, schema, MAX_CHAIN, &mut parts));
    let flat = flatten(document, &json!({"allOf": schemas}));
    let mut limits = sizes.of_value(&flat, MAX_STEPS);
    if parts.iter().any(|part| is_closed(part)) {
        let is_named = |part: &Map<String, Value>| part.get("properties").is_some_and(|named| *named != json!({}));
        limits.push(match parts.iter().any(|part| is_named(part)) {
            true => Limit::Closed,
            false => Limit::Size { measure: Measure::Members, path: Vec::new(), least: 0, most: Some(0) },
        });
    }
    let without = parts.iter().flat_map(|part| forbidden(document, part));
    limits.extend(without.map(Limit::Without));
    limits.extend(parts.iter().flat_map(|part| needed(part)).map(Limit::Needs));
    limits
}

/// The properties that are not there without others, each before those (`dependentRequired`; before JSON Schema 2019-09 a list
/// in `dependencies`).
fn needed(part: &Map<String, Value>) -> Vec<Vec<String>> {
    let all = ["dependentRequired", "dependencies"].iter().filter_map(|key| part.get(*key)?.as_object()).flatten();
    let groups = all.filter_map(|(name, others)| {
        let others: Vec<String> = others.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        (!others.is_empty()).then(|| std::iter::once(name.clone()).chain(others).collect())
    });
    groups.collect()
}

/// The bounds of a number: those that exclude themselves are numbers of their own, or, before OpenAPI 3.1, marked.
fn bounds(flat: &Map<String, Value>) -> Vec<(Bound, String)> {
    let sides = [
        ("minimum", "exclusiveMinimum", Bound::Least, Bound::Above),
        ("maximum", "exclusiveMaximum", Bound::Greatest, Bound::Below),
    ];
    let mut found = Vec::new();
    for (key, exclusive, inside, beyond) in sides {
        let number = |key: &str| flat.get(key).filter(|value| value.is_number()).map(ToString::to_string);
        let is_marked = flat.get(exclusive) == Some(&Value::Bool(true));
        found.extend(number(key).map(|of| (if is_marked { beyond } else { inside }, of)));
        found.extend(number(exclusive).map(|of| (beyond, of)));
    }
    found
}

/// A schema and all that holds of whatever is valid by it.
fn gather<'d>(document: &'d Value, schema: &'d Value, depth: usize, parts: &mut Vec<&'d Map<String, Value>>) {
    let (Some(depth), Some(part)) = (depth.checked_sub(1), schema.as_object()) else { return };
    let target = part.get("$ref").and_then(Value::as_str).and_then(|target| references::find(document, target));
    if let Some((_, target)) = target {
        gather(document, target, depth, parts);
        if !references::siblings_count(document) {
            return;
        }
    }
    parts.push(part);
    let all = part.get("allOf").and_then(Value::as_array);
    all.into_iter().flatten().for_each(|schema| gather(document, schema, depth, parts));
}

/// Whether it allows no property but those that it names.
fn is_closed(part: &Map<String, Value>) -> bool {
    let is_shut = |key: &str| part.get(key).is_some_and(allows_nothing);
    (is_shut("additionalProperties") || is_shut("unevaluatedProperties")) && !part.contains_key("patternProperties")
}

/// The properties that must not be there, alone or together.
fn forbidden(document: &Value, part: &Map<String, Value>) -> Vec<Vec<String>> {
    let properties = part.get("properties").and_then(Value::as_object).into_iter().flatten();
    let gone = properties.filter(|(_, schema)| allows_nothing(schema));
    let mut groups: Vec<Vec<String>> = gone.map(|(name, _)| vec![name.clone()]).collect();
    groups.extend(part.get("not").into_iter().flat_map(|schema| demanded(document, schema, MAX_CHAIN)));
    groups
}

/// The properties that a schema, which says nothing else, requires together; several such lists, if any of them will do.
fn demanded(document: &Value, schema: &Value, depth: usize) -> Vec<Vec<String>> {
    let (Some(depth), Some((schema, _))) = (depth.checked_sub(1), references::resolve(document, schema, "")) else {
        return Vec::new();
    };
    let Some(schema) = schema.as_object() else { return Vec::new() };
    let says_nothing = |schema: &Value| match schema {
        Value::Object(schema) => schema.keys().all(|key| references::is_annotation(key)),
        schema => *schema == Value::Bool(true),
    };
    let is_vague = schema.iter().all(|(key, value)| match key.as_str() {
        "required" | "anyOf" => true,
        "type" => value == "object",
        "properties" => value.as_object().is_some_and(|named| named.values().all(says_nothing)),
        key => references::is_annotation(key),
    });
    match (schema.get("required").and_then(Value::as_array), schema.get("anyOf").and_then(Value::as_array)) {
        _ if !is_vague => Vec::new(),
        (Some(names), None) => vec![names.iter().filter_map(Value::as_str).map(str::to_owned).collect()],
        (None, Some(any)) => any.iter().flat_map(|schema| demanded(document, schema, depth)).collect(),
        _ => Vec::new(),
    }
}

/// Who looks for the sizes and formats of values, some steps away: what several of them hold is looked at once.
struct Sizes<'d> {
    document: &'d Value,
    /// What a schema says of a value, and of what that holds so many steps away.
    known: HashMap<(Value, usize), Vec<Limit>>,
}

impl Sizes<'_> {
    /// The sizes and the format of a value and, some steps away, of what it holds.
    fn of_value(&mut self, flat: &Map<String, Value>, steps: usize) -> Vec<Limit> {
        let mut limits = own(flat);
        let Some(steps) = steps.checked_sub(1) else { return limits };
        let properties = flat.get("properties").and_then(Value::as_object).into_iter().flatten();
        let properties = properties.map(|(name, schema)| (name.as_str(), schema));
        // Of a list the first item tells.
        for (step, schema) in properties.chain(flat.get("items").map(|items| ("0", items))) {
            limits.extend(self.of_schema(schema, steps).into_iter().map(|limit| within(step, limit)));
        }
        limits
    }

    fn of_schema(&mut self, schema: &Value, steps: usize) -> Vec<Limit> {
        let key = (schema.clone(), steps);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.of_value(&flatten(self.document, schema), steps);
        self.known.insert(key, found.clone());
        found
    }
}

/// The sizes and the format of a value.
fn own(flat: &Map<String, Value>) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (measure, least, most) in SIZES {
        let bound = |key: &str| flat.get(key).and_then(Value::as_u64);
        // What no computer counts to is no limit.
        let countable = |bound: &u64| *bound < u64::from(u32::MAX);
        let (least, most) = (bound(least).filter(countable).unwrap_or_default(), bound(most).filter(countable));
        if least > 0 || most.is_some() {
            limits.push(Limit::Size { measure, path: Vec::new(), least, most });
        }
    }
    limits.extend(bounds(flat).into_iter().map(|(bound, of)| Limit::Number { path: Vec::new(), bound, of }));
    let format = flat.get("format").and_then(Value::as_str).filter(|format| Limit::FORMATS.contains(format));
    limits.extend(format.map(|format| Limit::Format { path: Vec::new(), format: format.to_owned() }));
    limits
}

/// What is said of a value, said of what it stands in.
fn within(step: &str, mut limit: Limit) -> Limit {
    if let Limit::Size { path, .. } | Limit::Number { path, .. } | Limit::Format { path, .. } = &mut limit {
        path.insert(0, step.to_owned());
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::plan;
    use crate::plan::TypeKind;

    /// What the members of a `oneOf` forbid, each with its index, as the runtime is told.
    fn told(schemas: &Value, members: &Value) -> Vec<(usize, Limit)> {
        let mut schemas = schemas.clone();
        schemas["U"] = json!({"oneOf": members});
        let plan = plan(&json!({}), &schemas);
        let TypeKind::Union(union) = &plan.types["U"].kind else { panic!("no union: {:?}", plan.types) };
        union.limits.clone()
    }

    fn without(names: &[&str]) -> Limit {
        Limit::Without(names.iter().map(ToString::to_string).collect())
    }

    fn size(measure: Measure, path: &[&str], least: u64, most: Option<u64>) -> Limit {
        Limit::Size { measure, path: path.iter().map(ToString::to_string).collect(), least, most }
    }

    fn text(name: &str) -> Value {
        json!({"type": "object", "properties": {name: {"type": "string"}}})
    }

    #[test]
    fn what_one_member_is_said_to_forbid_is_said_of_all_that_do() {
        let open = json!({"type": "object", "additionalProperties": true, "not": {"required": ["b"]}});
        let mut one = text("a");
        one["required"] = json!(["a"]);
        one["not"] = json!({"required": ["b"]});
        let mut several = text("b");
        several["required"] = json!(["b"]);
        assert_eq!(
            told(&json!({}), &json!([open, one, several])),
            [(0, without(&["b"])), (1, without(&["b"]))],
            "that the second allows it would be made up",
        );
    }

    #[test]
    fn bounds_and_what_is_needed_tell_members_apart() {
        let age = |other: &str, bound: Value| {
            let mut schema = text(other);
            schema["properties"]["age"] = bound;
            schema
        };
        let young = age("school", json!({"type": "integer", "maximum": 17}));
        let old = age("office", json!({"type": "integer", "exclusiveMinimum": 17}));
        let number = |bound| Limit::Number { path: vec!["age".to_owned()], bound, of: "17".to_owned() };
        let expected = [(0, number(Bound::Greatest)), (1, number(Bound::Above))];
        assert_eq!(told(&json!({}), &json!([young, old])), expected);
        let marked = json!({"minimum": 1.5, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false});
        let found = bounds(marked.as_object().unwrap());
        assert_eq!(found, [(Bound::Above, "1.5".to_owned()), (Bound::Greatest, "2".to_owned())]);

        let mut pair = text("a");
        pair["properties"]["b"] = json!({"type": "string"});
        pair["dependentRequired"] = json!({"a": ["b"], "b": []});
        let needs = Limit::Needs(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(told(&json!({}), &json!([pair, text("a")])), [(0, needs)]);
    }

    #[test]
    fn properties_that_must_not_be_there_are_told_however_the_schema_says_so() {
        let any = |more: Value| {
            let mut schema = json!({"type": "object", "additionalProperties": true});
            schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            schema
        };
        let schemas = json!({"NoB": {"not": {"$ref": "#/components/schemas/HasB"}}, "HasB": {"required": ["b"]}});
        for (member, expected) in [
            (any(json!({"not": {"required": ["a", "b"]}})), vec![without(&["a", "b"])]),
            (
                any(
                    json!({"not": {"anyOf": [{"required": ["a"]}, {"properties": {"b": {"x-y": 1}}, "required": ["b"]}]}}),
                ),
                vec![without(&["a"]), without(&["b"])],
            ),
            (any(json!({"allOf": [{"$ref": "#/components/schemas/NoB"}]})), vec![without(&["b"])]),
            (
                any(json!({"properties": {"a": false, "b": {"not": {}}, "c": {}}})),
                vec![without(&["a"]), without(&["b"])],
            ),
            (any(json!({"not": {"required": ["a"], "properties": {"a": {"const": 1}}}})), vec![]),
        ] {
            let found = told(&schemas, &json!([member, text("a")]));
            let expected: Vec<_> = expected.into_iter().map(|limit| (0, limit)).collect();
            assert_eq!(found, expected, "{member}");
        }
    }

    #[test]
    fn a_member_is_closed_where_another_one_that_could_be_meant_is_not() {
        let closed = |key: &str, by: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, key: by});
        for member in [
            closed("additionalProperties", json!(false)),
            closed("additionalProperties", json!({"not": {}})),
            closed("unevaluatedProperties", json!(false)),
            json!({"allOf": [text("a")], "unevaluatedProperties": false}),
        ] {
            assert_eq!(told(&json!({}), &json!([member, text("b")])), [(0, Limit::Closed)], "{member}");
        }
        let both = [text("a"), text("b")].map(|mut schema| {
            schema["additionalProperties"] = json!(false);
            schema
        });
        assert_eq!(told(&json!({}), &json!(both)), []);
        let empty = json!({"type": "object", "additionalProperties": false});
        assert_eq!(told(&json!({}), &json!([empty, text("b")])), [(0, size(Measure::Members, &[], 0, Some(0)))]);
    }

    #[test]
    fn sizes_are_told_where_they_differ_however_deep() {
        let text = |length: u64| json!({"type": "string", "maxLength": length});
        let branch =
            |length: u64| json!({"type": "array", "minItems": length, "maxItems": length, "items": {"type": "string"}});
        let sample = |own: &str, length: u64| json!({"type": "object", "required": ["branch"], "properties": {"branch": branch(length), own: text(9), "name": text(9)}});
        let items = |path: &[&str], length: u64| size(Measure::Items, path, length, Some(length));
        let characters = |path: &[&str]| size(Measure::Characters, path, 0, Some(9));
        assert_eq!(
            told(&json!({}), &json!([sample("a", 6), sample("b", 7)])),
            [(0, items(&["branch"], 6)), (0, characters(&["a"])), (1, items(&["branch"], 7)), (1, characters(&["b"])),]
        );
        let list = |own: &str, length: u64| json!({"type": "array", "items": sample(own, length)});
        let deeper = told(&json!({}), &json!([list("a", 6), list("b", 7)]));
        assert_eq!(deeper[0], (0, items(&["0", "branch"], 6)));
    }

    #[test]
    fn formats_are_told_where_they_differ() {
        let range = |format: &str| {
            let address = json!({"type": "string", "format": format});
            json!({"type": "object", "required": ["first"], "properties": {"first": address, "to": {"format": "uri"}}})
        };
        let format = |format: &str| Limit::Format { path: vec!["first".to_owned()], format: format.to_owned() };
        let schemas = json!({"V4": range("ipv4"), "V6": range("ipv6"), "Own": range("x-own")});
        let of = |names: [&str; 2]| {
            let members = names.map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
            told(&schemas, &json!(members))
        };
        assert_eq!(of(["V4", "V6"]), [(0, format("ipv4")), (1, format("ipv6"))]);
        assert_eq!(of(["V4", "Own"]), [], "of a format that nobody knows it may be as well");
    }

    #[test]
    fn what_is_told_apart_already_needs_no_limits() {
        let tagged = |tag: &str, length: u64| {
            let name = json!({"type": "string", "maxLength": length});
            json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": tag}, "name": name}})
        };
        assert_eq!(told(&json!({}), &json!([tagged("a", 1), tagged("b", 2)])), []);
    }
}
