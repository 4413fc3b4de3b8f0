//! What tells the members of a union apart: the values that they fix, by `const` or an `enum`, and what a `discriminator`
//! says beyond that (OpenAPI 3.0 section 4.7.25, 3.1 section 4.8.25).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use crate::plan::Discriminator;
use crate::schema::shape::{Object, Schemas, Shape, Typed, Union};

/// How deep unions in unions are looked into.
const MAX_DEPTH: usize = 8;

/// How many properties are looked at to tell members apart, beside the one that the document names.
const MAX_PROPERTIES: usize = 8;

/// How many steps a property is away from the value that it tells something of.
const MAX_STEPS: usize = 3;

/// How many pairs of members that nothing tells apart are looked at.
const MAX_PAIRS: usize = 4096;

/// What a member says about the value of one property.
#[derive(Clone, Debug, PartialEq)]
struct Fact {
    /// The values that it lists, as texts.
    values: Vec<String>,
    /// Whether it fixes them: it has no other.
    fixed: bool,
    /// Whether it requires the property.
    required: bool,
}

/// What a member says about its properties and about those of what they hold, by path.
type Facts = IndexMap<Vec<String>, Fact>;

/// The facts of definitions, each looked at once for all unions: by pointer, and how many steps and unions away it is.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<(String, usize, usize), Facts>);

/// The properties that tell the union's members apart, the most telling first.
pub fn discriminators(schemas: &mut Schemas<'_>, union: &Union, known: &mut Known) -> Vec<Discriminator> {
    let facts: Vec<Facts> = union.variants.iter().map(|variant| facts(schemas, &variant.typed, 0, 0, known)).collect();
    let mut found: Vec<Discriminator> = declared(schemas, union, &facts).into_iter().collect();
    let declared = found.first().map(|found| found.path.clone());
    let paths: IndexSet<&Vec<String>> =
        facts.iter().flat_map(IndexMap::keys).filter(|path| declared.as_ref() != Some(*path)).collect();
    let mut others: Vec<Discriminator> = paths.into_iter().filter_map(|path| by_values(path, &facts)).collect();
    others.sort_by_key(|found| std::cmp::Reverse((found.fixed.len(), found.required.len())));
    found.extend(others.into_iter().take(MAX_PROPERTIES));
    found
}

/// What the document's `discriminator` says: its mapping; what the members fix; for those that fix nothing, their names.
fn declared(schemas: &mut Schemas<'_>, union: &Union, facts: &[Facts]) -> Option<Discriminator> {
    let found = union.discriminator.as_ref()?;
    let path = vec![found.property.clone()];
    let fact_of = |index: usize| facts.get(index).and_then(|facts| facts.get(&path));
    let (mut mapping, mut aliases) = (found.mapping.clone(), Vec::new());
    for index in 0..union.variants.len() {
        let mapped = found.mapping.iter().any(|(_, mapped)| *mapped == index);
        let name = found.names.iter().find(|(_, named)| *named == index).map(|(name, _)| name);
        let own = match fact_of(index) {
            Some(fact) if fact.fixed => fact.values.clone(),
            // A list that several members share tells nobody apart.
            Some(fact) if !mapped && !name.is_some_and(|name| fact.values.contains(name)) => {
                let of_another = |value: &String| {
                    (0..union.variants.len())
                        .any(|other| other != index && fact_of(other).is_some_and(|fact| fact.values.contains(value)))
                };
                fact.values.iter().filter(|value| !of_another(value)).cloned().collect()
            }
            _ => Vec::new(),
        };
        // What the document maps goes before what its schemas say.
        let own: Vec<String> =
            own.into_iter().filter(|value| !found.mapping.iter().any(|(known, _)| known == value)).collect();
        if own.is_empty() && !mapped {
            mapping.extend(name.map(|name| (name.clone(), index)));
        }
        mapping.extend(own.into_iter().map(|value| (value, index)));
        // A name stands for its schema beside what is mapped to that (OpenAPI 3.1 section 4.8.25).
        if mapped && fact_of(index).is_none_or(|fact| !fact.fixed) {
            aliases.extend(name.map(|name| (name.clone(), index)));
        }
    }
    aliases.retain(|(name, _)| !mapping.iter().any(|(known, _)| known == name));
    // What does not have the property has no value but the one that stands for it; the default has any.
    let is_sent_for = |index: usize| found.default != Some(index) && mapping.iter().any(|(_, mapped)| *mapped == index);
    let lacking: Vec<usize> = (0..union.variants.len())
        .filter(|index| is_sent_for(*index) && lacks(schemas, union, *index, &found.property))
        .collect();
    let fixed = (0..union.variants.len())
        .filter(|index| fact_of(*index).is_some_and(|fact| fact.fixed) || lacking.contains(index))
        .collect();
    let required = (0..union.variants.len())
        .filter(|index| fact_of(*index).is_some_and(|fact| fact.fixed && fact.required))
        .collect();
    Some(Discriminator { path, mapping, aliases, is_said: true, fixed, required, default: found.default })
}

/// Whether a member is an object without the property.
fn lacks(schemas: &mut Schemas<'_>, union: &Union, index: usize, property: &str) -> bool {
    let Some(variant) = union.variants.get(index) else { return false };
    matches!(&schemas.followed(&variant.typed).shape, Shape::Object(object) if !object.properties.contains_key(property))
}

/// What the values of a property say that the document names no discriminator: where members fix it, or list values that no
/// other member lists.
fn by_values(path: &Vec<String>, facts: &[Facts]) -> Option<Discriminator> {
    let of: Vec<Option<&Fact>> = facts.iter().map(|facts| facts.get(path)).collect();
    let known: Vec<(usize, &Fact)> =
        of.iter().enumerate().filter_map(|(index, fact)| Some((index, (*fact)?))).collect();
    let fixed: Vec<usize> = known.iter().filter(|(_, fact)| fact.fixed).map(|(index, _)| *index).collect();
    let mut seen = BTreeSet::new();
    let disjoint = known.len() > 1
        && known.iter().all(|(_, fact)| fact.required && fact.values.iter().all(|value| seen.insert(value)));
    let set = |fact: &Fact| fact.values.iter().cloned().collect::<BTreeSet<String>>();
    let differ = of.len() != known.len()
        || known.windows(2).any(|two| match two {
            [(_, left), (_, right)] => set(left) != set(right),
            _ => false,
        });
    if !differ || (fixed.is_empty() && !disjoint) {
        return None;
    }
    let mapping =
        known.iter().flat_map(|(index, fact)| fact.values.iter().map(|value| (value.clone(), *index))).collect();
    let required = known.iter().filter(|(_, fact)| fact.fixed && fact.required).map(|(index, _)| *index).collect();
    let (path, aliases) = (path.clone(), Vec::new());
    Some(Discriminator { path, mapping, aliases, is_said: false, fixed, required, default: None })
}

/// What a member says about its properties: if it is a union itself, what all of its members say; if it is a list, what it
/// says about its first item.
fn facts(schemas: &mut Schemas<'_>, typed: &Typed, steps: usize, depth: usize, known: &mut Known) -> Facts {
    schemas.step();
    let key = typed.shape.target().map(|target| (target.to_owned(), steps, depth));
    if let Some(found) = key.as_ref().and_then(|key| known.0.get(key)) {
        return found.clone();
    }
    let found = match &schemas.followed(typed).shape {
        Shape::Object(object) => of_object(schemas, object, steps, depth, known),
        Shape::Array(items) if steps < MAX_STEPS => below("0", facts(schemas, items, steps + 1, depth, known)),
        Shape::Union(union) if depth < MAX_DEPTH => {
            let mut members =
                union.variants.iter().map(|variant| facts(schemas, &variant.typed, steps, depth + 1, known));
            let first = members.next().unwrap_or_default();
            members.fold(first, in_common)
        }
        _ => Facts::new(),
    };
    if let Some(key) = key {
        known.0.insert(key, found.clone());
    }
    found
}

fn of_object(schemas: &mut Schemas<'_>, object: &Object, steps: usize, depth: usize, known: &mut Known) -> Facts {
    let (mut facts, mut deeper) = (Facts::new(), Facts::new());
    for (name, property) in &object.properties {
        match schemas.values(&property.typed) {
            Some(values) => {
                let texts: Option<Vec<String>> = values.iter().map(text).collect();
                if let Some(texts) = texts {
                    let fact = Fact { fixed: texts.len() == 1, values: texts, required: property.required };
                    facts.insert(vec![name.clone()], fact);
                }
            }
            // What may be left out tells too little for what it takes to look into it.
            None if property.required && steps + 1 < MAX_STEPS => {
                deeper.extend(below(name, self::facts(schemas, &property.typed, steps + 1, depth, known)));
            }
            None => {}
        }
    }
    facts.extend(deeper);
    facts
}

/// What is said of what stands one step below.
fn below(step: &str, facts: Facts) -> Facts {
    let path = |rest: Vec<String>| std::iter::once(step.to_owned()).chain(rest).collect();
    facts.into_iter().map(|(rest, fact)| (path(rest), fact)).collect()
}

fn in_common(left: Facts, mut right: Facts) -> Facts {
    let mut common = Facts::new();
    for (name, mut fact) in left {
        let Some(other) = right.swap_remove(&name) else { continue };
        let new: Vec<String> = other.values.into_iter().filter(|value| !fact.values.contains(value)).collect();
        fact.values.extend(new);
        fact.fixed &= other.fixed;
        fact.required &= other.required;
        common.insert(name, fact);
    }
    common
}

/// A value as the runtime compares it: the keys of a mapping are texts, whatever the property is.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        // `1` and `1.0` are one number.
        Value::Number(number) => Some(match number.as_f64() {
            Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < 1e15 => format!("{whole:.0}"),
            _ => number.to_string(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Every two members that one value can be, told apart by nothing: each is an object that has the properties which the other
/// requires, or both are lists, or texts.
pub fn undecided(schemas: &mut Schemas<'_>, union: &Union, discriminators: &[Discriminator]) -> Vec<(usize, usize)> {
    let mut members = Vec::new();
    for (index, variant) in union.variants.iter().enumerate() {
        members.extend(match schemas.resolved(&variant.typed).shape {
            Shape::Object(object) => Some((index, Member::Object(object))),
            Shape::Map(_) => {
                let additional = Some(Box::new(variant.typed.clone()));
                Some((index, Member::Object(Object { additional, ..Object::default() })))
            }
            Shape::Array(_) => Some((index, Member::List)),
            Shape::Text(_) => Some((index, Member::Text)),
            _ => None,
        });
    }
    let values: Vec<Values<'_>> =
        discriminators.iter().map(|found| values_of_members(found, union.variants.len())).collect();
    let mut pairs = Vec::new();
    for (position, (left, first)) in members.iter().enumerate() {
        for (right, second) in members.iter().skip(position + 1) {
            let apart = values.iter().any(|values| tells_apart(values, *left, *right));
            let undecided = !apart
                && match (first, second) {
                    (Member::Object(first), Member::Object(second)) => {
                        fits(schemas, first, second) && fits(schemas, second, first)
                    }
                    (Member::List, Member::List) | (Member::Text, Member::Text) => true,
                    _ => false,
                };
            pairs.extend(undecided.then_some((*left, *right)));
            if pairs.len() == MAX_PAIRS {
                return pairs;
            }
        }
    }
    pairs
}

/// What a member is, as far as it can be mixed up with others.
enum Member {
    Object(Object),
    List,
    Text,
}

/// The values that a schema lists for its properties, by the steps that lead to them.
pub fn listed(schemas: &mut Schemas<'_>, typed: &Typed) -> IndexMap<Vec<String>, Vec<String>> {
    let facts = facts(schemas, typed, 0, 0, &mut Known::default());
    facts.into_iter().map(|(path, fact)| (path, fact.values)).collect()
}

/// The values of a property by which each member is told.
type Values<'a> = Vec<BTreeSet<&'a str>>;

fn values_of_members(found: &Discriminator, members: usize) -> Values<'_> {
    let mut values = vec![BTreeSet::new(); members];
    for (value, index) in &found.mapping {
        if let Some(values) = values.get_mut(*index) {
            values.insert(value.as_str());
        }
    }
    values
}

fn tells_apart(values: &Values<'_>, left: usize, right: usize) -> bool {
    let (Some(left), Some(right)) = (values.get(left), values.get(right)) else { return false };
    !left.is_empty() && !right.is_empty() && left.is_disjoint(right)
}

/// Whether what has only the properties that `one` requires may be `other`.
fn fits(schemas: &mut Schemas<'_>, one: &Object, other: &Object) -> bool {
    one.properties.iter().filter(|(_, property)| property.required).all(|(name, property)| {
        match other.properties.get(name) {
            Some(known) => schemas.compatible(&property.typed, &known.typed),
            None => other.additional.is_some(),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostics::Diagnostics;

    /// What tells the members of `schema` apart, and whether it leaves two that nothing tells apart.
    fn told(schema: &Value) -> (Vec<Discriminator>, Option<(usize, usize)>) {
        let with = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        let components = json!({"A": {"type": "object"}, "B": {"type": "object"}, "C": with("c"), "D": with("d")});
        let document = json!({"openapi": "3.1.0", "components": {"schemas": components}, "s": schema});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let Shape::Union(union) = schemas.parse(schema, "/s").shape else { panic!("no union") };
        let found = discriminators(&mut schemas, &union, &mut Known::default());
        let ambiguous = undecided(&mut schemas, &union, &found).first().copied();
        (found, ambiguous)
    }

    #[test]
    fn unions_of_unions_are_each_looked_at_once_a_level() {
        let reference = |level: usize, index: usize| json!({"$ref": format!("#/components/schemas/S{level}-{index}")});
        let union = |level: usize| json!({"oneOf": (0..6).map(|index| reference(level, index)).collect::<Vec<_>>()});
        let mut components = serde_json::Map::new();
        for level in 0..8 {
            components.extend((0..6).map(|index| {
                let mut schema = union(level + 1);
                schema["title"] = json!(format!("{level} {index}"));
                (format!("S{level}-{index}"), schema)
            }));
        }
        for index in 0..6 {
            components.insert(format!("S8-{index}"), json!({"properties": {"kind": {"const": format!("{index}")}}}));
        }
        let document = json!({"openapi": "3.1.0", "components": {"schemas": components}});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let Shape::Union(root) = schemas.parse(&union(0), "/s").shape else { panic!("no union") };
        let before = schemas.work;
        discriminators(&mut schemas, &root, &mut Known::default());
        // Six to the power of eight ways lead to the end.
        assert!(schemas.work - before < 2_000, "{}", schemas.work - before);
    }

    fn member(property: &str, schema: &Value) -> Value {
        json!({"type": "object", "required": [property], "properties": {property: schema, "x": {"type": "string"}}})
    }

    fn found(property: &str, mapping: &[(&str, usize)], fixed: &[usize]) -> Discriminator {
        let mapping = mapping.iter().map(|(value, index)| ((*value).to_owned(), *index)).collect();
        let path = property.split('.').map(str::to_owned).collect();
        let (fixed, required) = (fixed.to_vec(), fixed.to_vec());
        Discriminator { path, mapping, aliases: Vec::new(), is_said: false, fixed, required, default: None }
    }

    /// The document's own.
    fn said(property: &str, mapping: &[(&str, usize)], fixed: &[usize], required: &[usize]) -> Discriminator {
        let required = required.to_vec();
        Discriminator { is_said: true, required, ..found(property, mapping, fixed) }
    }

    #[test]
    fn fixed_values_tell_members_apart_whatever_they_are() {
        for (first, second, texts) in [
            (json!({"const": "a"}), json!({"enum": ["b"]}), ["a", "b"]),
            (json!({"type": "integer", "enum": [1]}), json!({"const": 2.0}), ["1", "2"]),
            (json!({"const": true}), json!({"const": false}), ["true", "false"]),
            (json!({"allOf": [{"type": "string"}, {"const": "a"}]}), json!({"const": "b"}), ["a", "b"]),
        ] {
            let schema = json!({"oneOf": [member("t", &first), member("t", &second)]});
            assert_eq!(told(&schema), (vec![found("t", &[(texts[0], 0), (texts[1], 1)], &[0, 1])], None), "{schema}");
        }
    }

    #[test]
    fn a_discriminators_values_are_mapped_or_fixed_or_names() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let fixed = |value: &str| member("t", &json!({"const": value}));
        let schema = json!({
            "oneOf": [reference("A"), reference("B"), fixed("a"), fixed("c")],
            "discriminator": {"propertyName": "t", "mapping": {"a": "A"}},
        });
        let named = |name: &str| vec![(name.to_owned(), 0)];
        let expected = said("t", &[("a", 0), ("B", 1), ("c", 3)], &[2, 3], &[2, 3]);
        assert_eq!(told(&schema).0, [Discriminator { aliases: named("A"), ..expected }]);
        // What does not have the property has no other value than the one that stands for it, unless it is the default.
        let mut schema = json!({
            "oneOf": [reference("C"), reference("D")], "discriminator": {"propertyName": "t", "mapping": {"c": "C"}},
        });
        let expected = Discriminator { aliases: named("C"), ..said("t", &[("c", 0), ("D", 1)], &[0, 1], &[]) };
        assert_eq!(told(&schema).0, std::slice::from_ref(&expected));
        schema["discriminator"]["defaultMapping"] = json!("D");
        assert_eq!(told(&schema).0, [Discriminator { fixed: vec![0], default: Some(1), ..expected }]);
        let schema = json!({
            "oneOf": [member("t", &json!({"enum": ["a", "both"]})), member("t", &json!({"enum": ["b", "both"]}))],
            "discriminator": {"propertyName": "t"},
        });
        assert_eq!(told(&schema).0, [said("t", &[("a", 0), ("b", 1)], &[], &[])]);
        // A value that two members fix is of both, and of no other.
        let mut other = fixed("a");
        other["properties"]["more"] = json!({});
        let schema = json!({"oneOf": [fixed("a"), other, fixed("b")], "discriminator": {"propertyName": "t"}});
        let all = [0, 1, 2];
        assert_eq!(told(&schema).0, [said("t", &[("a", 0), ("a", 1), ("b", 2)], &all, &all)]);
    }

    #[test]
    fn several_properties_together_tell_apart_and_those_of_all_do_not() {
        let of = |role: &str| json!({"required": ["t", "r", "o"], "properties": {"o": {"const": "all"}, "t": {"const": "m"}, "r": {"const": role}}});
        let note = json!({"required": ["t"], "properties": {"o": {"const": "all"}, "t": {"const": "n"}}});
        let (apart, ambiguous) = told(&json!({"anyOf": [of("a"), of("b"), note]}));
        let names: Vec<&str> = apart.iter().map(|found| found.path[0].as_str()).collect();
        assert_eq!((names, ambiguous), (vec!["t", "r"], None));
    }

    #[test]
    fn what_members_hold_tells_them_apart_too() {
        let fixed = |value: &str| member("t", &json!({"const": value}));
        let holding = |value: &str| member("meta", &fixed(value));
        let list = |value: &str| json!({"type": "array", "items": fixed(value)});
        let mapping = [("a", 0), ("b", 1)];
        let apart = |schema: Value| told(&schema);
        assert_eq!(
            apart(json!({"oneOf": [holding("a"), holding("b")]})),
            (vec![found("meta.t", &mapping, &[0, 1])], None)
        );
        assert_eq!(apart(json!({"oneOf": [list("a"), list("b")]})).0, [found("0.t", &mapping, &[0, 1])]);
        let lists = [member("all", &list("a")), member("all", &list("b"))];
        assert_eq!(apart(json!({"oneOf": lists})).0, [found("all.0.t", &mapping, &[0, 1])]);
    }

    #[test]
    fn a_union_in_the_union_has_the_values_of_all_its_members() {
        let inner = json!({"oneOf": [member("t", &json!({"const": "a"})), member("t", &json!({"const": "b"}))]});
        let schema = json!({"oneOf": [inner, member("t", &json!({"const": "c"}))]});
        assert_eq!(told(&schema).0, [found("t", &[("a", 0), ("b", 0), ("c", 1)], &[0, 1])]);
    }

    #[test]
    fn lists_that_share_no_value_tell_apart_and_stay_open() {
        let schema =
            json!({"oneOf": [member("s", &json!({"enum": ["a", "b"]})), member("s", &json!({"enum": ["c", "d"]}))]});
        let mapping = [("a", 0), ("b", 0), ("c", 1), ("d", 1)];
        assert_eq!(told(&schema).0, [found("s", &mapping, &[])]);
    }

    #[test]
    fn members_that_nothing_tells_apart_are_found() {
        let plain = json!({"required": ["id"], "properties": {"id": {"type": "string"}, "a": {"type": "string"}}});
        let other = json!({"required": ["id"], "properties": {"id": {"type": "string"}, "b": {"type": "string"}}});
        let number = json!({"required": ["id"], "properties": {"id": {"type": "integer"}}});
        let more = json!({"required": ["id", "c"], "properties": {"id": {"type": "string"}, "c": {"type": "string"}}});
        for (members, ambiguous) in [
            (json!([plain, other]), Some((0, 1))),
            (json!([plain, number]), None),
            (json!([plain, more]), None),
            (json!([plain, {"type": "object", "additionalProperties": {"type": "string"}}]), Some((0, 1))),
            (json!([plain, {"type": "string"}]), None),
        ] {
            assert_eq!(told(&json!({"oneOf": members})).1, ambiguous, "{members}");
        }
    }
}
