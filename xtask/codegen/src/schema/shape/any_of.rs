//! `anyOf`: what fits several members at once.
//!
//! A value of `anyOf` may have the properties of several members that are objects. A union keeps a variant for each member,
//! which says what that member requires, and gets one more for the members together, so that all that comes is kept and all
//! can be sent. What is told apart, by a fixed value or by a property of another type, cannot hold together.

use super::{Object, Origin, Property, Schemas, Shape, Typed, Union, Variant};

/// How deep properties that several members have are put together.
const MAX_DEPTH: usize = 8;

/// More members than this are not compared with one another.
const MAX_MEMBERS: usize = 64;

/// A member that is an object, with the index of its variant.
struct Member {
    variant: usize,
    object: Object,
    pointer: String,
}

/// What several members of a union are at once.
#[derive(Clone, Debug)]
pub struct Together {
    /// The indexes of their variants.
    pub of: Vec<usize>,
    /// An object with the properties of all of them.
    pub typed: Typed,
}

impl Schemas<'_> {
    /// What fits several members of the union at once; nothing where members are told apart.
    pub fn together(&mut self, union: &Union) -> Vec<Together> {
        if !union.any_of || union.discriminator.is_some() || union.variants.len() > MAX_MEMBERS {
            return Vec::new();
        }
        let mut members = Vec::new();
        for (index, variant) in union.variants.iter().enumerate() {
            let typed = self.resolved(&variant.typed);
            if let Shape::Object(object) = typed.shape {
                members.push(Member { variant: index, object, pointer: typed.pointer });
            }
        }
        self.groups(&members).into_iter().filter_map(|group| self.joined(&members, &group, 0)).collect()
    }

    /// Members that can all hold at once: for each, in order, the largest such group that it begins or is not yet in.
    fn groups(&mut self, members: &[Member]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for first in 0..members.len() {
            if groups.iter().any(|group| group.contains(&first)) {
                continue;
            }
            let mut group = vec![first];
            for next in (0..members.len()).filter(|next| *next != first) {
                let fits = |schemas: &mut Self, known: usize| match (members.get(known), members.get(next)) {
                    (Some(known), Some(next)) => schemas.can_hold_both(&known.object, &next.object),
                    _ => false,
                };
                if group.clone().into_iter().all(|known| fits(self, known)) {
                    group.push(next);
                }
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }

    /// Whether one value can be both.
    fn can_hold_both(&mut self, left: &Object, right: &Object) -> bool {
        let knows = |one: &Object, other: &Object| {
            !one.closed
                || other.properties.iter().all(|(name, found)| !found.required || one.properties.contains_key(name))
        };
        knows(left, right)
            && knows(right, left)
            && left.properties.iter().all(|(name, property)| {
                let Some(other) = right.properties.get(name) else { return true };
                let fixed = (self.values(&property.typed), self.values(&other.typed));
                let apart =
                    matches!(&fixed, (Some(left), Some(right)) if !left.iter().any(|value| right.contains(value)));
                !apart && self.compatible(&property.typed, &other.typed)
            })
    }

    /// Whether values of both types may be the same, and one type holds both.
    pub fn compatible(&mut self, left: &Typed, right: &Typed) -> bool {
        if left.same_as(right) {
            return true;
        }
        let kind = |shape: &Shape| match shape {
            Shape::Text(_) | Shape::Enum(_) => 1,
            Shape::Integer(_) | Shape::IntegerEnum(_) | Shape::Number | Shape::Decimal => 2,
            Shape::Boolean => 3,
            Shape::Array(_) => 4,
            Shape::Map(_) | Shape::Object(_) => 5,
            Shape::Any | Shape::Scalar | Shape::Union(_) | Shape::Ref(_) => 0,
        };
        let (left, right) = (kind(&self.resolved(left).shape), kind(&self.resolved(right).shape));
        left == right || left == 0 || right == 0
    }

    /// What the members of a group are at once, unless one of them has all that the others have.
    fn joined(&mut self, members: &[Member], group: &[usize], depth: usize) -> Option<Together> {
        let members: Vec<&Member> = group.iter().filter_map(|index| members.get(*index)).collect();
        let objects: Vec<&Object> = members.iter().map(|member| &member.object).collect();
        let object = self.join_objects(&objects, depth);
        let holds_all = |member: &&Object| {
            member.additional.is_some()
                || (member.properties.len() == object.properties.len()
                    && member.properties.iter().all(|(name, found)| {
                        object.properties.get(name).is_some_and(|joined| joined.typed.same_as(&found.typed))
                    }))
        };
        if objects.len() < 2 || objects.iter().any(holds_all) {
            return None;
        }
        let pointer = members.first().map_or("", |member| member.pointer.as_str());
        let mut typed = Typed::new(Shape::Object(object), pointer);
        typed.docs.description = Some("What is of several of the shapes at once.".to_owned());
        Some(Together { of: members.iter().map(|member| member.variant).collect(), typed })
    }

    /// All properties of all the objects; what all of them require is required.
    fn join_objects(&mut self, objects: &[&Object], depth: usize) -> Object {
        let mut joined = Object::default();
        for (name, property) in objects.iter().flat_map(|object| &object.properties) {
            if joined.properties.contains_key(name) {
                continue;
            }
            let found: Vec<&Property> = objects.iter().filter_map(|object| object.properties.get(name)).collect();
            let required = found.len() == objects.len() && found.iter().all(|property| property.required);
            let typed = self.join_types(&found, depth);
            let typed = Typed { docs: property.typed.docs.clone(), ..typed };
            joined.properties.insert(name.clone(), Property::new(typed, required, Origin::Described));
        }
        joined.additional = objects.iter().find_map(|object| object.additional.clone());
        joined
    }

    /// The type of a property that several members have.
    fn join_types(&mut self, found: &[&Property], depth: usize) -> Typed {
        let Some((first, rest)) = found.split_first() else { return Typed::new(Shape::Any, "") };
        let rest: Vec<&&Property> = rest.iter().filter(|other| !other.typed.same_as(&first.typed)).collect();
        let typed: Vec<Typed> = std::iter::once(first).chain(rest).map(|property| property.typed.clone()).collect();
        if let [only] = typed.as_slice() {
            return only.clone();
        }
        let resolved: Vec<Typed> = typed.iter().map(|typed| self.resolved(typed)).collect();
        let objects: Option<Vec<&Object>> = resolved
            .iter()
            .map(|typed| match &typed.shape {
                Shape::Object(object) => Some(object),
                _ => None,
            })
            .collect();
        let nullable = resolved.iter().any(|typed| typed.nullable);
        match objects {
            Some(objects) if depth < MAX_DEPTH => {
                let parts: Vec<&Typed> = typed.iter().collect();
                self.shared("anyOf", &parts, |schemas| {
                    let shape = Shape::Object(schemas.join_objects(&objects, depth + 1));
                    Typed { nullable, ..Typed::new(shape, first.typed.pointer.clone()) }
                })
            }
            _ => {
                let variants = typed.into_iter().map(|typed| Variant { name: None, typed }).collect();
                self.one_of(variants, None, &first.typed.pointer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::properties;
    use super::*;
    use crate::diagnostics::Diagnostics;

    /// What fits several of the members at once: which, and its properties.
    fn together(members: &Value) -> Vec<(Vec<usize>, Vec<String>)> {
        let document = json!({"openapi": "3.1.0"});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let Shape::Union(union) = schemas.parse(&json!({"anyOf": members}), "/s").shape else { panic!("no union") };
        let found = schemas.together(&union);
        found.into_iter().map(|one| (one.of, properties(&one.typed.shape))).collect()
    }

    fn all(of: &[usize], properties: &[&str]) -> (Vec<usize>, Vec<String>) {
        (of.to_vec(), properties.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_can_hold_at_once_has_a_variant_with_all_properties() {
        let mail =
            json!({"properties": {"id": {"type": "string"}, "mail": {"type": "string"}}, "required": ["id", "mail"]});
        let phone = json!({"properties": {"id": {"type": "string"}, "phone": {"type": "string"}}, "required": ["id"]});
        assert_eq!(together(&json!([mail, phone])), [all(&[0, 1], &["id!", "mail", "phone"])]);
        let post = json!({"properties": {"street": {"type": "string"}}});
        assert_eq!(together(&json!([mail, phone, post])), [all(&[0, 1, 2], &["id", "mail", "phone", "street"])]);
    }

    #[test]
    fn what_is_told_apart_or_has_it_all_needs_none() {
        let tagged = |tag: &str, own: &str| json!({"properties": {"t": {"const": tag}, own: {"type": "string"}}});
        assert_eq!(together(&json!([tagged("a", "x"), tagged("b", "y")])), []);
        let numbered = json!({"properties": {"x": {"type": "integer"}, "y": {"type": "string"}}});
        assert_eq!(together(&json!([{"properties": {"x": {"type": "string"}}}, numbered])), []);
        assert_eq!(
            together(&json!([{"properties": {"y": {"type": "string"}}}, numbered])),
            [],
            "the second has it all"
        );
        let strict = |name: &str| json!({"properties": {name: {"type": "string"}}, "required": [name], "additionalProperties": false});
        assert_eq!(together(&json!([strict("a"), strict("b")])), []);
    }

    #[test]
    fn each_member_is_together_with_what_it_can_be_together_with() {
        let tagged = |tag: &str| json!({"properties": {"t": {"const": tag}, tag: {"type": "string"}}});
        let meta = json!({"properties": {"m": {"type": "string"}}});
        let found = together(&json!([tagged("a"), tagged("b"), meta]));
        assert_eq!(found, [all(&[0, 2], &["t", "a", "m"]), all(&[1, 2], &["t", "b", "m"])]);
    }

    #[test]
    fn properties_of_both_are_put_together_too() {
        let of = |name: &str| json!({"properties": {"meta": {"properties": {name: {"type": "string"}}}, name: {"type": "number"}}});
        let document = json!({"openapi": "3.1.0"});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let Shape::Union(union) = schemas.parse(&json!({"anyOf": [of("a"), of("b")]}), "/s").shape else { panic!() };
        let found = schemas.together(&union);
        let Shape::Object(object) = &found[0].typed.shape else { panic!("no object") };
        assert_eq!(properties(&object.properties["meta"].typed.shape), ["a", "b"]);
    }
}
