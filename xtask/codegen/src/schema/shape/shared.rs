//! What is made of several definitions at once is a definition of its own.
//!
//! Where `allOf` merges a property of two objects, and both refer to definitions, these have properties in common in their
//! turn: written out wherever they meet, that grows with every level, and has no end where they refer to themselves.

use super::{Schemas, Shape, Typed};
use crate::diagnostics::pointer_below;

/// The place of what `rule` makes of these definitions. It begins like no JSON pointer: nothing of the document is there.
fn place(rule: &str, targets: &[&str]) -> String {
    std::iter::once(rule).chain(targets.iter().copied()).collect::<Vec<_>>().join(" ")
}

/// How many shapes of other schemas are written out in an inline schema; with more, it is a definition of its own.
const MAX_FOREIGN: usize = 64;

/// How many schemas deep such shapes are written out in one another.
const MAX_FOREIGN_DEPTH: usize = 1;

impl Schemas<'_> {
    /// Whether nothing in the document refers to the definition at `pointer`, which is made of several or of an inline
    /// schema: it has no name of its own.
    pub fn is_made(&self, pointer: &str) -> bool {
        !pointer.starts_with('/') || (self.lifted.contains(pointer) && !self.referred.contains(pointer))
    }

    /// An inline schema as it is written into what it is a part of: itself, or a reference to it, where so much of other
    /// schemas stands in it that it would grow with each that it is merged into in its turn.
    pub(super) fn lifted(&mut self, typed: Typed, pointer: &str) -> Typed {
        let mut foreign = 0;
        if !has_much_foreign(&typed, pointer, 0, &mut foreign) {
            return typed;
        }
        if !self.definitions.contains_key(pointer) {
            self.lifted.insert(pointer.to_owned());
            self.definitions.insert(pointer.to_owned(), typed.clone());
        }
        typed.made_at(pointer.to_owned())
    }

    /// What `make` makes of `parts` by `rule`: made once, and referred to, if all of them are references.
    pub(super) fn shared(&mut self, rule: &str, parts: &[&Typed], make: impl FnOnce(&mut Self) -> Typed) -> Typed {
        let targets: Option<Vec<&str>> = parts.iter().map(|part| part.shape.target()).collect();
        let Some(place) = targets.map(|targets| place(rule, &targets)) else { return make(self) };
        if let Some(known) = self.definitions.get(&place) {
            return known.clone().made_at(place);
        }
        if !self.in_progress.insert(place.clone()) {
            // It contains itself.
            self.awaited.insert(place.clone());
            return Typed::new(Shape::Ref(place), parts.first().map_or("", |part| part.pointer.as_str()));
        }
        let typed = make(self);
        self.in_progress.remove(&place);
        let awaited = self.awaited.remove(&place);
        if !awaited && !matches!(typed.shape, Shape::Object(_) | Shape::Union(_)) {
            return typed;
        }
        self.definitions.insert(place.clone(), typed.clone());
        typed.made_at(place)
    }
}

/// Whether more of schemas that are no part of that at `owner` is written out in `typed` than may be.
fn has_much_foreign(typed: &Typed, owner: &str, depth: usize, found: &mut usize) -> bool {
    let is_own = pointer_below(&typed.pointer, owner).is_some();
    let (owner, depth) = if is_own { (owner, depth) } else { (typed.pointer.as_str(), depth + 1) };
    let mut within = |typed: &Typed| has_much_foreign(typed, owner, depth, found);
    let within = match &typed.shape {
        Shape::Array(items) | Shape::Map(items) => return within(items),
        Shape::Object(object) => object.properties.values().any(|property| within(&property.typed)),
        Shape::Union(union) => union.variants.iter().any(|variant| within(&variant.typed)),
        _ => return false,
    };
    *found += usize::from(!is_own);
    within || depth > MAX_FOREIGN_DEPTH || *found > MAX_FOREIGN
}

impl Typed {
    /// A reference to what this is, with the same words about it.
    fn made_at(self, place: String) -> Self {
        Self { shape: Shape::Ref(place), ..self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{properties, understand};
    use super::*;
    use crate::diagnostics::Diagnostics;

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn object(name: &str, rest: &[(&str, Value)]) -> Value {
        let mut object = json!({"type": "object", "properties": {name: {"type": "string"}}});
        for (name, schema) in rest {
            object["properties"][name] = schema.clone();
        }
        object
    }

    /// How many schemas are understood or merged, and how many shapes come out, for the components that `level` makes.
    fn cost(levels: usize, level: impl Fn(usize) -> Vec<(String, Value)>) -> (usize, usize) {
        let mut components = serde_json::Map::new();
        components.extend((0..=levels).flat_map(level));
        let names: Vec<String> = components.keys().cloned().collect();
        let document = json!({"openapi": "3.1.0", "components": {"schemas": components}});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        for name in &names {
            let _ = schemas.definition(&format!("/components/schemas/{name}"));
        }
        let size = schemas.definitions.values().map(|typed| size(&typed.shape)).sum();
        (schemas.work, size)
    }

    fn size(shape: &Shape) -> usize {
        1 + match shape {
            Shape::Array(items) | Shape::Map(items) => size(&items.shape),
            Shape::Object(object) => object.properties.values().map(|property| size(&property.typed.shape)).sum(),
            Shape::Union(union) => union.variants.iter().map(|variant| size(&variant.typed.shape)).sum(),
            _ => 0,
        }
    }

    /// Asserts that the second half of many levels costs about what the first does.
    fn assert_linear(what: &str, level: impl Fn(usize) -> Vec<(String, Value)>) {
        let [none, half, whole] = [8, 16, 24].map(|levels| cost(levels, &level));
        for (none, half, whole) in [(none.0, half.0, whole.0), (none.1, half.1, whole.1)] {
            assert!(whole - half <= 3 * (half - none) + 500, "{what}: {none}, {half}, {whole}");
            assert!(whole < 30_000, "{what}: {whole}");
        }
    }

    fn below(level: usize, prefix: &str) -> Value {
        level.checked_sub(1).map_or_else(|| json!({"type": "object"}), |below| reference(&format!("{prefix}{below}")))
    }

    #[test]
    fn alternatives_that_extend_the_next_schema_cost_what_their_size_does() {
        for key in ["oneOf", "anyOf"] {
            assert_linear(key, |level| {
                let of = |name: &str| json!({"allOf": [below(level, "L"), object(&format!("{name}{level}"), &[])]});
                vec![(format!("L{level}"), json!({key: [of("a"), of("b")]}))]
            });
        }
    }

    #[test]
    fn families_of_alternatives_cost_what_their_size_does() {
        assert_linear("family", |level| {
            let of = |name: &str| json!({"allOf": [below(level, "L"), object(&format!("{name}{level}"), &[])]});
            let alternatives = [format!("A{level}"), format!("B{level}")];
            let union = json!({"oneOf": alternatives.each_ref().map(|name| reference(name)), "discriminator": {"propertyName": "k"}});
            let [first, second] = alternatives;
            vec![(first, of("a")), (second, of("b")), (format!("L{level}"), union)]
        });
    }

    #[test]
    fn unions_that_must_hold_at_once_cost_what_their_size_does() {
        assert_linear("unions", |level| {
            let inner = json!({"oneOf": [below(level, "L"), object(&format!("a{level}"), &[])]});
            let outer = json!({"anyOf": [object(&format!("b{level}"), &[]), object(&format!("c{level}"), &[])]});
            vec![(format!("L{level}"), json!({"allOf": [inner, outer]}))]
        });
    }

    #[test]
    fn properties_that_two_definitions_have_in_common_cost_what_their_size_does() {
        for list in [false, true] {
            assert_linear("diamond", |level| {
                let of = |prefix: &str| {
                    let below = below(level, prefix);
                    let held = if list { json!({"type": "array", "items": below}) } else { below };
                    let name = format!("{prefix}{level}");
                    (name.clone(), object(&name, &["p", "q", "r"].map(|name| (name, held.clone()))))
                };
                let both = json!({"allOf": [reference(&format!("X{level}")), reference(&format!("Y{level}"))]});
                vec![of("X"), of("Y"), (format!("B{level}"), both)]
            });
        }
    }

    #[test]
    fn inline_schemas_that_extend_the_next_one_cost_what_their_size_does() {
        assert_linear("inline allOf", |level| {
            let of = |name: &str| json!({"allOf": [below(level, "L"), object(&format!("{name}{level}"), &[])]});
            vec![(format!("L{level}"), json!({"type": "object", "properties": {"a": of("a"), "b": of("b")}}))]
        });
        assert_linear("inline oneOf", |level| {
            let of = |name: &str| json!({"allOf": [below(level, "L"), object(&format!("{name}{level}"), &[])]});
            let list = json!({"type": "array", "items": {"oneOf": [of("a"), of("b")]}});
            vec![(format!("L{level}"), json!({"type": "object", "properties": {"p": list}}))]
        });
        assert_linear("beside $ref", |level| {
            let of = |name: &str| {
                let mut beside = below(level, "L");
                beside["required"] = json!([name]);
                beside
            };
            vec![(format!("L{level}"), json!({"type": "object", "properties": {"a": of("a"), "b": of("b")}}))]
        });
    }

    #[test]
    fn what_is_looked_at_under_conditions_costs_what_its_size_does() {
        assert_linear("then, else", |level| {
            let of = |name: &str| json!({"allOf": [below(level, "L"), object(&format!("{name}{level}"), &[])]});
            vec![(format!("L{level}"), json!({"type": "object", "then": of("a"), "else": of("b")}))]
        });
        assert_linear("conditions on unions", |level| {
            let of = |number: usize| json!({"oneOf": [below(level, &format!("L{number}-")), object("a", &[]), below(level, "L0-")]});
            let members: Vec<(String, Value)> =
                (0..8).map(|number| (format!("L{number}-{level}"), of(7 - number))).collect();
            let union = json!({"oneOf": members.iter().map(|(name, _)| reference(name)).collect::<Vec<_>>()});
            let under = json!({"type": "object", "then": reference(&format!("U{level}"))});
            members.into_iter().chain([(format!("U{level}"), union), (format!("C{level}"), under)]).collect()
        });
    }

    /// Two definitions whose properties `p` and `q` are themselves, and of their own one each.
    fn two_that_contain_themselves() -> Value {
        let of = |name: &str| object(&name.to_lowercase(), &[("p", reference(name)), ("q", reference(name))]);
        json!({"X": of("X"), "Y": of("Y")})
    }

    #[test]
    fn two_definitions_that_contain_themselves_are_one_that_does() {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": two_that_contain_themselves()}});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let root = schemas.parse(&json!({"allOf": [reference("X"), reference("Y")]}), "/schema");
        let Shape::Object(root) = root.shape else { panic!("no object") };
        let place = root.properties["p"].typed.shape.target().expect("a definition of its own").to_owned();
        let both = schemas.definition(&place).cloned().expect("it is understood").shape;
        assert_eq!(properties(&both), ["x", "p", "q", "y"]);
        let Shape::Object(both) = both else { panic!("no object") };
        assert_eq!(both.properties["q"].typed.shape, Shape::Ref(place));
    }

    #[test]
    fn two_lists_of_themselves_are_one_list_of_itself() {
        let list = |name: &str| json!({"type": "array", "items": reference(name)});
        let components = json!({
            "X": list("X"), "Y": list("Y"),
            "A": object("a", &[("p", reference("X"))]), "B": object("b", &[("p", reference("Y"))]),
        });
        let (typed, _) = understand(&components, &json!({"allOf": [reference("A"), reference("B")]}));
        let Shape::Object(object) = typed.shape else { panic!("no object") };
        assert!(object.properties["p"].typed.shape.target().is_some_and(|target| !target.starts_with('/')));
    }

    #[test]
    fn what_fits_two_that_contain_themselves_is_understood_once() {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": two_that_contain_themselves()}});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let Shape::Union(union) = schemas.parse(&json!({"anyOf": [reference("X"), reference("Y")]}), "/s").shape else {
            panic!("no union")
        };
        let together = schemas.together(&union);
        assert_eq!(together.iter().map(|one| properties(&one.typed.shape)).collect::<Vec<_>>(), [["x", "p", "q", "y"]]);
        assert_eq!(schemas.definitions.keys().filter(|place| schemas.is_made(place)).count(), 1);
    }

    #[test]
    fn what_is_given_up_is_told() {
        let deep = |name: &str| {
            (0..60).fold(object(name, &[]), |inner, _| json!({"type": "object", "properties": {"p": inner}}))
        };
        let (_, codes) = understand(&json!({}), &json!({"allOf": [deep("a"), deep("b")]}));
        assert_eq!(codes.iter().filter(|code| **code == "all-of-too-large").count(), 1);
    }
}
