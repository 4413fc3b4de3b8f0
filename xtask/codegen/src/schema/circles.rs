//! Schemas that demand themselves: one of a schema's alternatives, or all that it is made of, is that schema again.
//!
//! Such a demand says nothing: a value fits if it fits (JSON Schema 2020-12 core, section 9.4.1, calls it undefined). It is
//! another thing that a schema contains itself in a property or an item, and that it is merged with something else.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    keywords::is_structural,
    references::{local_pointer, siblings_count, targets},
};
use crate::diagnostics::pointer_join;

/// A demand that leads back to where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Circle {
    /// The pointer of the member that leads back, of an `allOf`, `oneOf` or `anyOf`; of each of the schemas, where these are
    /// references and nothing else.
    pub member: String,
    /// The pointer of the schema that it leads back to.
    pub demanded: String,
    /// Whether references lead to one another, and nobody composes anything.
    pub is_of_references: bool,
}

/// A schema on the way, with what is left to look at below it.
struct Step {
    pointer: String,
    /// Whether it is a member of another one.
    is_member: bool,
    left: Vec<(String, bool)>,
}

/// One member for each circle of the document, and each reference of those that lead to nothing but one another: without these,
/// there is none.
pub fn find(document: &Value) -> Vec<Circle> {
    let mut found = BTreeSet::new();
    // Whether all that a schema leads to has been looked at.
    let mut done: BTreeMap<String, bool> = BTreeMap::new();
    for start in targets(document) {
        let mut way = vec![Step { left: demands(document, &start), pointer: start, is_member: false }];
        while let Some(step) = way.last_mut() {
            done.entry(step.pointer.clone()).or_insert(false);
            let Some((next, is_member)) = step.left.pop() else {
                done.insert(way.pop().map(|step| step.pointer).unwrap_or_default(), true);
                continue;
            };
            match done.get(&next) {
                Some(true) => {}
                Some(false) => found.extend(circle(&way, &next)),
                None => way.push(Step { left: demands(document, &next), pointer: next, is_member }),
            }
        }
    }
    found.into_iter().collect()
}

/// The circle that ends where `way` has come to: `demanded` is on it.
fn circle(way: &[Step], demanded: &str) -> Vec<Circle> {
    let begins = way.iter().position(|step| step.pointer == demanded);
    let steps = begins.and_then(|begins| way.get(begins..)).unwrap_or_default();
    let member = steps.iter().rposition(|step| step.is_member).and_then(|index| steps.get(index));
    let open = member.map_or(steps, std::slice::from_ref).iter();
    open.map(|step| Circle {
        member: step.pointer.clone(),
        demanded: demanded.to_owned(),
        is_of_references: member.is_none(),
    })
    .collect()
}

/// What the schema at `pointer` is, and nothing more: the pointers of what it refers to, of its alternatives, or of the one
/// member that it is made of; whether it is a member.
fn demands(document: &Value, pointer: &str) -> Vec<(String, bool)> {
    let Some(schema) = document.pointer(pointer).and_then(Value::as_object) else { return Vec::new() };
    if let Some(reference) = schema.get("$ref") {
        let is_alone = !is_structural(schema) || !siblings_count(document);
        let target = reference.as_str().filter(|_| is_alone).and_then(local_pointer);
        return target.map(|target| (target, false)).into_iter().collect();
    }
    let says_more =
        schema.keys().any(|key| !["type", "allOf", "oneOf", "anyOf"].contains(&key.as_str()) && is_word(key));
    let parts: Vec<Vec<String>> =
        ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| parts(schema, key, pointer)).collect();
    match parts.as_slice() {
        [only] if !says_more => only.iter().map(|member| (member.clone(), true)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a keyword says what values are.
fn is_word(key: &str) -> bool {
    is_structural(&Map::from_iter([(key.to_owned(), Value::Null)]))
}

/// The parts of which all must hold: each member of `allOf` that says something, and the alternatives of a union together.
fn parts(schema: &Map<String, Value>, key: &str, pointer: &str) -> Vec<Vec<String>> {
    let place = pointer_join(pointer, key);
    let members = schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
    let says =
        |member: &Value| member.as_object().is_none_or(|member| member.contains_key("$ref") || is_structural(member));
    let members = members.filter(|(_, member)| key != "allOf" || says(member));
    let members: Vec<String> = members.map(|(index, _)| pointer_join(&place, &index.to_string())).collect();
    match key {
        "allOf" => members.into_iter().map(|member| vec![member]).collect(),
        _ if members.is_empty() => Vec::new(),
        _ => vec![members],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn circles(schemas: &Value) -> Vec<(String, String)> {
        let found = find(&json!({"openapi": "3.1.0", "components": {"schemas": schemas}}));
        let short = |pointer: &str| pointer.trim_start_matches("/components/schemas/").to_owned();
        let composed = found.iter().filter(|circle| !circle.is_of_references);
        composed.map(|circle| (short(&circle.member), short(&circle.demanded))).collect()
    }

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn one(member: &str, demanded: &str) -> Vec<(String, String)> {
        vec![(member.to_owned(), demanded.to_owned())]
    }

    #[test]
    fn a_schema_that_is_its_own_member_is_a_circle() {
        let text = json!({"type": "string"});
        for key in ["oneOf", "anyOf"] {
            assert_eq!(circles(&json!({"T": {key: [text, to("T")]}})), one(&format!("T/{key}/1"), "T"));
            assert_eq!(circles(&json!({"T": {key: [to("T")]}})), one(&format!("T/{key}/0"), "T"));
        }
        assert_eq!(circles(&json!({"T": {"allOf": [to("T"), {"description": "more"}]}})), one("T/allOf/0", "T"));
        let nested = json!({"T": {"anyOf": [{"oneOf": [text, to("T")]}, {"type": "null"}]}});
        assert_eq!(circles(&nested), one("T/anyOf/0/oneOf/1", "T"));
    }

    #[test]
    fn circles_of_several_are_broken_in_one_place() {
        let object = json!({"type": "object"});
        let two = json!({"A": {"oneOf": [to("B"), object]}, "B": {"anyOf": [to("A"), object]}});
        assert_eq!(circles(&two), one("B/anyOf/0", "A"));
        let mixed = json!({"A": {"allOf": [to("B")]}, "B": to("C"), "C": {"oneOf": [object, to("A")]}});
        assert_eq!(circles(&mixed), one("C/oneOf/1", "A"));
        // The last member on the way may be another one's.
        let alias = json!({"A": {"oneOf": [to("B"), object]}, "B": to("A")});
        assert_eq!(circles(&alias), one("A/oneOf/0", "A"));
    }

    #[test]
    fn what_contains_itself_or_is_merged_is_none() {
        for schema in [
            json!({"properties": {"t": to("T")}}),
            json!({"items": to("T")}),
            json!({"oneOf": [{"items": to("T")}, {"type": "string"}]}),
            json!({"allOf": [to("T"), {"properties": {}}]}),
            json!({"oneOf": [to("Child")], "properties": {"kind": {}}}),
            to("T"),
        ] {
            let child = json!({"allOf": [to("T"), {"properties": {}}]});
            assert_eq!(circles(&json!({"T": schema, "Child": child})), [], "{schema}");
        }
    }

    #[test]
    fn references_that_lead_to_one_another_are_each_in_the_circle() {
        let mut described = to("B");
        described["description"] = json!("A");
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "A": described, "B": to("C"), "C": to("A"), "D": to("A"), "E": {"allOf": [to("D")]},
        }}});
        let found: Vec<_> =
            find(&document).into_iter().map(|circle| (circle.member, circle.is_of_references)).collect();
        assert_eq!(found, ["A", "B", "C"].map(|name| (format!("/components/schemas/{name}"), true)));
    }

    #[test]
    fn a_long_way_costs_what_its_length_does() {
        let levels = 20_000;
        let mut schemas: Map<String, Value> = (0..levels)
            .map(|level| (format!("L{level}"), json!({"oneOf": [to(&format!("L{}", level + 1)), to("End")]})))
            .collect();
        schemas.insert(format!("L{levels}"), to("L0"));
        assert_eq!(circles(&Value::Object(schemas)).len(), 1);
    }
}
