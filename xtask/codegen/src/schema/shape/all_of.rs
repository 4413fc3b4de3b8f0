//! `allOf`, and composition in general: the members' properties become one object, because Rust has no intersection.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use serde_json::{Map, Value};

use super::null::Null;
use super::object::{is_express, strings};
use super::parse::leave_items_to_others;
use super::{EnumValue, Object, Origin, Property, Schemas, Shape, TextFormat, Typed, Union, Variant, annotations};
use crate::diagnostics::{Diagnostic, pointer_below, pointer_join};
use crate::schema::{
    families::Families,
    keywords::is_structural,
    references::{self, local_pointer},
};

/// How many variants a combination of unions may have, with those of the unions in them; beyond, it is typed loosely.
const MAX_VARIANTS: usize = 64;

/// How deep members may be merged into one another; beyond, properties that are in conflict are typed loosely.
const MAX_MERGE_DEPTH: usize = 48;

/// How many pairs of schemas are merged for one `allOf`; beyond, properties that are in conflict are typed loosely.
const MAX_MERGES: usize = 4096;

impl Schemas<'_> {
    /// A schema with `allOf`, `oneOf` or `anyOf`: what stands beside them, and every member, must hold at once.
    pub(super) fn composed(&mut self, schema: &Map<String, Value>, types: &[String], pointer: &str) -> Typed {
        let mut parts = Vec::new();
        let mut beside: Map<String, Value> = schema
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "allOf" | "oneOf" | "anyOf"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        leave_items_to_others(&mut beside);
        // `type: object` beside a union only repeats what its members say.
        let says_more = is_structural(&beside)
            && beside.keys().any(|key| key != "type" && is_structural(&Map::from_iter([(key.clone(), Value::Null)])));
        if says_more {
            parts.push(self.plain(&beside, types, pointer));
        }
        let place = pointer_join(pointer, "allOf");
        for (index, member) in members(schema, "allOf").enumerate() {
            let place = pointer_join(&place, &index.to_string());
            if let Some(parent) = self.parent_of_its_alternatives(member, pointer) {
                parts.push(parent);
            } else if !self.demands_itself(&place) {
                parts.push(self.parse(member, &place));
            }
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(union) = self.alternatives(schema, key, pointer) {
                parts.push(union);
            } else if !parts.is_empty()
                && let Some(named) = named_by_alternatives(schema, key, pointer)
            {
                parts.push(named);
            }
        }
        let typed = self.all_of(parts, pointer);
        match (&typed.shape, types) {
            (Shape::Any, [_]) => Typed { shape: self.plain(&beside, types, pointer).shape, ..typed },
            _ => typed,
        }
    }

    /// What the parent of the schema at `pointer` says beside its alternatives, where the schema is one of these, or what extends it
    /// is: then it is all that the parent demands, and the alternatives only name who extends it.
    fn parent_of_its_alternatives(&mut self, member: &Value, pointer: &str) -> Option<Typed> {
        let document = self.document;
        let (target, parent) = references::find(document, member.get("$ref")?.as_str()?)?;
        if !self.families.are_listed(document, parent, pointer) {
            return None;
        }
        let beside = references::beside_alternatives(parent.as_object()?);
        is_structural(&beside).then(|| self.parse(&Value::Object(beside), &target))
    }

    /// Whether the member at `place` leads back to what it is a member of: then it says nothing.
    pub(super) fn demands_itself(&mut self, place: &str) -> bool {
        let found = self.circles.contains(place);
        if found {
            self.diagnostics.push(Diagnostic::adaptation(
                "self-demand",
                place,
                "the schema demands itself here, which says nothing: the rest of it counts",
            ));
        }
        found
    }

    /// A schema inside of another's values: a property, an item. One that would merge a definition which is not finished
    /// yet becomes a reference to itself, and is understood when all definitions are.
    pub(super) fn nested(&mut self, schema: &Value, pointer: &str) -> Typed {
        if self.merges_unfinished(schema, &mut BTreeSet::new(), 0) {
            self.referred.insert(pointer.to_owned());
            let mut typed = Typed::new(Shape::Ref(pointer.to_owned()), pointer);
            if let Some(schema) = schema.as_object() {
                annotations::overlay(schema, &mut typed);
                typed.nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or(false);
            }
            return typed;
        }
        let typed = self.parse(schema, pointer);
        self.lifted(typed, pointer)
    }

    /// Whether understanding `schema` means to merge a definition that is being understood.
    fn merges_unfinished(&self, schema: &Value, seen: &mut BTreeSet<String>, depth: usize) -> bool {
        let Some(schema) = schema.as_object().filter(|_| depth <= MAX_MERGE_DEPTH && !self.in_progress.is_empty())
        else {
            return false;
        };
        let beside = schema
            .keys()
            .filter(|key| !matches!(key.as_str(), "type" | "allOf" | "oneOf" | "anyOf"))
            .any(|key| is_structural(&Map::from_iter([(key.clone(), Value::Null)])));
        let own = schema.get("$ref").filter(|_| self.modern && beside);
        let unions = ["oneOf", "anyOf"].map(|key| usize::from(members(schema, key).next().is_some()));
        let parts = members(schema, "allOf").count() + unions.iter().sum::<usize>() + usize::from(beside);
        let listed: Vec<&Value> = ["allOf", "oneOf", "anyOf"].iter().flat_map(|key| members(schema, key)).collect();
        let references = listed.iter().filter_map(|member| member.get("$ref")).chain(own);
        let mut targets = references.filter_map(Value::as_str).filter_map(local_pointer);
        targets.any(|target| {
            if self.in_progress.contains(&target) {
                return parts > 1 || own.is_some();
            }
            !self.definitions.contains_key(&target)
                && seen.insert(target.clone())
                && self.document.pointer(&target).is_some_and(|found| self.merges_unfinished(found, seen, depth + 1))
        }) || listed
            .iter()
            .filter(|member| member.get("$ref").is_none())
            .any(|member| self.merges_unfinished(member, seen, depth + 1))
    }

    /// What holds when all `parts` hold. Which way a value goes is said of it by any of them (JSON Schema 2020-12 validation,
    /// section 9.4), even by one that says nothing else; and so is what no type says.
    pub(super) fn all_of(&mut self, parts: Vec<Typed>, pointer: &str) -> Typed {
        let read_only = parts.iter().any(|part| part.docs.read_only);
        let write_only = parts.iter().any(|part| part.docs.write_only);
        let unsaid = parts.iter().flat_map(|part| part.docs.unsaid.clone()).collect();
        let mut merged = self.merged_all(parts, pointer);
        merged.docs.unsaid = unsaid;
        merged.docs.read_only |= read_only;
        merged.docs.write_only |= write_only;
        merged
    }

    fn merged_all(&mut self, mut parts: Vec<Typed>, pointer: &str) -> Typed {
        let speaks = |part: &Typed| part.shape != Shape::Any || part.name.is_some();
        parts.retain(|part| speaks(part) || part.nullable);
        let null = match parts.as_slice() {
            [] | [_] => None,
            several => several.to_vec().iter().map(|part| self.null(part)).reduce(Null::and),
        };
        parts.retain(speaks);
        let mut parts = parts.into_iter();
        let Some(mut merged) = parts.next() else {
            return Typed::new(Shape::Any, pointer).with_null(null.unwrap_or(Null::Unsaid));
        };
        let rest: Vec<Typed> = parts.collect();
        if rest.is_empty() {
            // One member alone keeps its identity: the type it refers to.
            merged.pointer = pointer.to_owned();
            return match null {
                Some(null) => merged.with_null(null),
                None => merged,
            };
        }
        self.diagnostics.push(Diagnostic::adaptation(
            "all-of",
            pointer,
            format!("{} schemas that must hold at once are one type", rest.len() + 1),
        ));
        let outer = std::mem::take(&mut self.effort);
        for part in rest {
            merged = self.merge(&merged, &part, pointer, 0);
        }
        if std::mem::replace(&mut self.effort, outer).gave_up {
            self.diagnostics.push(Diagnostic::warning(
                "all-of-too-large",
                pointer,
                "too many properties are of several of these schemas: some of them are typed as any JSON",
            ));
        }
        merged.name = None;
        merged.pointer = pointer.to_owned();
        merged.beside.clear();
        match null {
            Some(null) => merged.with_null(null),
            None => merged,
        }
    }

    /// What holds when both hold. For two definitions that is a definition of its own, so that it is understood once,
    /// and may contain itself; but at the root, which has a name already.
    fn merge(&mut self, left: &Typed, right: &Typed, pointer: &str, depth: usize) -> Typed {
        let typed = if depth == 0 || left.same_as(right) || right.shape == Shape::Any || left.shape == Shape::Any {
            self.merged(left, right, pointer, depth)
        } else {
            self.shared("allOf", &[left, right], |schemas| schemas.merged(left, right, pointer, depth))
        };
        // Also where one of them says nothing of values, or both the same: how these stand in XML may be said by either.
        Typed { beside: places_of_both(left, right, pointer), ..typed }
    }

    /// As [`Self::merge`], whatever was understood before.
    fn merged(&mut self, left: &Typed, right: &Typed, pointer: &str, depth: usize) -> Typed {
        let null = self.null(left).and(self.null(right));
        let values = match (self.values(left), self.values(right)) {
            (Some(left), Some(right)) => {
                let both: Vec<Value> = left.iter().filter(|value| right.contains(value)).cloned().collect();
                Some(if both.is_empty() { left } else { both })
            }
            (left, right) => left.or(right),
        };
        Typed { values, ..self.merge_shapes(left, right, pointer, depth).with_null(null) }
    }

    /// As [`Self::merge`], but for what they say of null.
    fn merge_shapes(&mut self, left: &Typed, right: &Typed, pointer: &str, depth: usize) -> Typed {
        // What items are called in XML may be said by one of two lists that are the same otherwise.
        let are_lists = matches!((&left.shape, &right.shape), (Shape::Array(_), Shape::Array(_)));
        if (left.same_as(right) && !are_lists) || right.shape == Shape::Any {
            return left.clone();
        }
        if left.shape == Shape::Any {
            return right.clone();
        }
        // What a definition makes of another is a type of its own.
        if depth > 0 || !is_definition(pointer) {
            let definition = self.defined_object(left, right).or_else(|| self.defined_object(right, left));
            if let Some(definition) = definition {
                return definition.clone();
            }
        }
        self.step();
        self.effort.merges += 1;
        if self.effort.merges > MAX_MERGES || depth > MAX_MERGE_DEPTH {
            self.effort.gave_up = true;
            return Typed { shape: Shape::Any, values: None, ..left.clone() };
        }
        let (left, right) = (self.resolved(left), self.resolved(right));
        if let (Shape::Ref(_), other) | (other, Shape::Ref(_)) = (&left.shape, &right.shape) {
            // A schema that demands itself demands nothing more.
            self.tell_itself(pointer);
            let shape = other.clone();
            return Typed { shape, ..left };
        }
        if let Some(other) = only_of_objects(&left, &right).or_else(|| only_of_objects(&right, &left)) {
            return other.clone();
        }
        let shape = match (&left.shape, &right.shape) {
            (Shape::Object(first), Shape::Object(second)) => {
                Shape::Object(self.merge_objects(first, second, pointer, depth))
            }
            (Shape::Object(object), Shape::Map(values)) | (Shape::Map(values), Shape::Object(object)) => {
                let mut object = object.clone();
                if is_express(values) {
                    object.additional.get_or_insert_with(|| values.clone());
                }
                Shape::Object(object)
            }
            (Shape::Union(union), _) => self.distribute(union, &right, true, pointer, depth),
            (_, Shape::Union(union)) => self.distribute(union, &left, false, pointer, depth),
            (Shape::Array(first), Shape::Array(second)) => {
                Shape::Array(Box::new(self.merge(first, second, pointer, depth + 1)))
            }
            (Shape::Map(first), Shape::Map(second)) => {
                Shape::Map(Box::new(self.merge(first, second, pointer, depth + 1)))
            }
            (first, second) => self.merge_primitives(first, second, pointer),
        };
        Typed { shape, ..left }
    }

    /// The definition of an object that `left` refers to, where `right` says no more than that it is one.
    fn defined_object<'t>(&mut self, left: &'t Typed, right: &Typed) -> Option<&'t Typed> {
        let says_no_more = matches!(&right.shape, Shape::Map(values) if !is_express(values));
        let may_be = says_no_more && matches!(left.shape, Shape::Ref(_));
        (may_be && matches!(self.resolved(left).shape, Shape::Object(_))).then_some(left)
    }

    /// All properties of both; where both have one, what holds for both.
    fn merge_objects(&mut self, first: &Object, second: &Object, pointer: &str, depth: usize) -> Object {
        // What extends a base is no base itself.
        let closed = first.closed || second.closed;
        let mut merged = Object { extended: false, closed, ..first.clone() };
        for (name, property) in &second.properties {
            let Some(known) = merged.properties.get(name).cloned() else {
                merged.properties.insert(name.clone(), property.clone());
                continue;
            };
            let (Origin::Described, Origin::Described) = (known.origin, property.origin) else {
                merged.properties.insert(name.clone(), self.either(&known, property));
                continue;
            };
            let required = known.required || property.required;
            let fixes = |schemas: &mut Self, property: &Property| schemas.values(&property.typed).is_some();
            if known.tag != property.tag && fixes(self, &known) && fixes(self, property) {
                // What tells a child of its parent apart is not what tells a child of the child apart.
                let mut own = if known.tag { property.clone() } else { known.clone() };
                own.typed.beside = places_of_both(&known.typed, &property.typed, pointer);
                merged.properties.insert(name.clone(), Property { required, ..own });
                continue;
            }
            let mut typed = self.merge(&known.typed, &property.typed, &property.typed.pointer, depth + 1);
            typed.beside = places_of_both(&known.typed, &property.typed, pointer);
            typed.docs.description = property.typed.docs.description.clone().or(known.typed.docs.description);
            // Whoever says it last or first: see `all_of`.
            typed.docs.read_only = known.typed.docs.read_only || property.typed.docs.read_only;
            typed.docs.write_only = known.typed.docs.write_only || property.typed.docs.write_only;
            let tag = known.tag || property.tag;
            merged.properties.insert(name.clone(), Property { typed, required, origin: Origin::Described, tag });
        }
        let describes = |object: &Object| object.properties.values().any(|known| known.origin == Origin::Described);
        let both = [(&first.additional, describes(second)), (&second.additional, describes(first))];
        // What is additional only because nothing is described is no more so beside what describes something.
        let mut additional = both.into_iter().filter_map(|(values, beside)| Some((values.as_ref()?, beside)));
        merged.additional =
            additional.find(|(values, beside)| is_express(values) || !beside).map(|(values, _)| values.clone());
        merged
    }

    /// Whether what `typed` refers to extends the schema at `pointer`: then it says all that the schema does beside its alternatives.
    fn extends(&self, typed: &Typed, pointer: &str) -> bool {
        let Shape::Ref(target) = &typed.shape else { return false };
        Families::reached(target, &self.families.parents).iter().any(|parent| parent == pointer)
    }

    /// A union and something that must hold whichever variant does.
    fn distribute(&mut self, union: &Union, common: &Typed, union_first: bool, pointer: &str, depth: usize) -> Shape {
        let listed: usize = union.variants.iter().map(|variant| self.variants_of(&variant.typed)).sum();
        let combined = listed.saturating_mul(self.variants_of(common));
        if combined > MAX_VARIANTS {
            self.diagnostics.push(Diagnostic::warning(
                "too-many-variants",
                pointer,
                format!("{combined} combinations: typed as any JSON"),
            ));
            return Shape::Any;
        }
        let union = self.possible(union, common);
        let mut variants = Vec::new();
        for variant in &union.variants {
            let typed = if depth == 0 && self.extends(&variant.typed, pointer) {
                variant.typed.clone()
            } else if union_first {
                self.merge(&variant.typed, common, pointer, depth + 1)
            } else {
                self.merge(common, &variant.typed, pointer, depth + 1)
            };
            let name = variant.name.clone().or_else(|| match &variant.typed.shape {
                Shape::Ref(target) => Some(crate::diagnostics::last_token(target)),
                _ => None,
            });
            variants.push(Variant {
                name,
                typed: Typed {
                    nullable: false,
                    pointer: variant.typed.pointer.clone(),
                    beside: [variant.typed.beside.clone(), places_beside(common, &variant.typed.pointer)].concat(),
                    name: None,
                    ..typed
                },
            });
        }
        match variants.as_slice() {
            [only] => only.typed.shape.clone(),
            _ => Shape::Union(Union { variants, ..union }),
        }
    }

    /// The union without the variants that nothing can be for which `common` holds too.
    fn possible(&mut self, union: &Union, common: &Typed) -> Union {
        let of_variants = union.variants.iter().enumerate();
        let kept: Vec<usize> = of_variants
            .filter(|(_, variant)| !self.contradict(&variant.typed, common))
            .map(|(index, _)| index)
            .collect();
        // Where nothing can be, the document contradicts itself: then it is read as if it did not.
        if kept.is_empty() {
            return union.clone();
        }
        let place = |index: usize| kept.iter().position(|known| *known == index);
        let discriminator = union.discriminator.clone().map(|found| found.moved(place));
        let variants = kept.iter().filter_map(|index| union.variants.get(*index).cloned()).collect();
        Union { variants, discriminator, ..union.clone() }
    }

    /// Whether nothing can be both: a property that one of them requires has other values in each.
    fn contradict(&mut self, left: &Typed, right: &Typed) -> bool {
        let (Shape::Object(left), Shape::Object(right)) = (self.resolved(left).shape, self.resolved(right).shape)
        else {
            return false;
        };
        left.properties.iter().any(|(name, one)| {
            let Some(other) = right.properties.get(name) else { return false };
            // What tells a child of its parent apart is not what tells a child of the child apart.
            (one.required || other.required)
                && one.tag == other.tag
                && match (self.values(&one.typed), self.values(&other.typed)) {
                    (Some(one), Some(other)) => !one.iter().any(|value| other.contains(value)),
                    _ => false,
                }
        })
    }

    /// How many variants there are in `typed`, with those of the unions in it; no more are counted than matter.
    fn variants_of(&mut self, typed: &Typed) -> usize {
        let mut found = 0;
        let mut open = vec![typed.clone()];
        while let Some(typed) = open.pop().filter(|_| found <= MAX_VARIANTS) {
            match self.resolved(&typed).shape {
                Shape::Union(union) if open.len() <= MAX_VARIANTS => {
                    open.extend(union.variants.into_iter().map(|variant| variant.typed));
                }
                _ => found += 1,
            }
        }
        found + open.len()
    }

    /// Two types of one value: the narrower where one includes the other, else any JSON.
    fn merge_primitives(&mut self, first: &Shape, second: &Shape, pointer: &str) -> Shape {
        match (first, second) {
            (Shape::Enum(left), Shape::Enum(right)) => Shape::Enum(common_values(left, right)),
            (Shape::IntegerEnum(left), Shape::IntegerEnum(right)) => Shape::IntegerEnum(common_values(left, right)),
            (Shape::IntegerEnum(values), Shape::Integer(_) | Shape::Number | Shape::Decimal)
            | (Shape::Integer(_) | Shape::Number | Shape::Decimal, Shape::IntegerEnum(values)) => {
                Shape::IntegerEnum(values.clone())
            }
            (Shape::Enum(values), Shape::Text(_)) | (Shape::Text(_), Shape::Enum(values)) => {
                Shape::Enum(values.clone())
            }
            (Shape::Text(TextFormat::Plain), Shape::Text(format)) | (Shape::Text(format), Shape::Text(_)) => {
                Shape::Text(*format)
            }
            (Shape::Integer(wide), Shape::Number | Shape::Decimal | Shape::Integer(_))
            | (Shape::Number | Shape::Decimal, Shape::Integer(wide)) => Shape::Integer(*wide),
            (Shape::Number, Shape::Decimal) | (Shape::Decimal, Shape::Number) => Shape::Decimal,
            (Shape::Scalar, other) | (other, Shape::Scalar) if other.is_primitive() => other.clone(),
            (first, second) if first.same_as(second) => first.clone(),
            _ => {
                self.diagnostics.push(Diagnostic::warning(
                    "all-of-conflict",
                    pointer,
                    "no value can be of all these types: typed as any JSON",
                ));
                Shape::Any
            }
        }
    }
}

/// Whether what stands here has a name that the document gives it.
fn is_definition(pointer: &str) -> bool {
    pointer.rsplit_once('/').is_some_and(|(outer, _)| outer == "/components/schemas")
}

/// The values of both enums; those of the first, if there are none.
fn common_values(left: &[EnumValue], right: &[EnumValue]) -> Vec<EnumValue> {
    let is_common = |value: &&EnumValue| right.iter().any(|other| other.value == value.value);
    let both: Vec<_> = left.iter().filter(is_common).cloned().collect();
    if both.is_empty() { left.to_vec() } else { both }
}

/// Where the schemas are that make up both, in the order in which they count: what the schema at `pointer` itself says of its
/// properties comes after what its members say of them.
fn places_of_both(left: &Typed, right: &Typed, pointer: &str) -> Vec<String> {
    let own = pointer_join(pointer, "properties");
    let (first, last) = if pointer_below(&left.pointer, &own).is_some() { (right, left) } else { (left, right) };
    let places: IndexSet<&String> = first.places().chain(last.places()).collect();
    places.into_iter().cloned().collect()
}

/// Where the schemas are that make up `typed`, but for those that what is at `own` is a part of.
fn places_beside(typed: &Typed, own: &str) -> Vec<String> {
    typed.places().filter(|place| pointer_below(own, place).is_none()).cloned().collect()
}

/// What is left of both where `left` names no type, and speaks only of what objects have (`additionalProperties`), which
/// `right` is not: all of `right`.
fn only_of_objects<'t>(left: &Typed, right: &'t Typed) -> Option<&'t Typed> {
    let speaks_of_objects = left.untyped && matches!(left.shape, Shape::Object(_) | Shape::Map(_));
    let is_other = match right.shape {
        Shape::Any | Shape::Object(_) | Shape::Map(_) | Shape::Union(_) | Shape::Ref(_) => false,
        Shape::Text(_)
        | Shape::Integer(_)
        | Shape::Number
        | Shape::Decimal
        | Shape::Boolean
        | Shape::Scalar
        | Shape::Array(_)
        | Shape::Enum(_)
        | Shape::IntegerEnum(_) => true,
    };
    (speaks_of_objects && is_other).then_some(right)
}

/// Where alternatives only say which properties must be there: these, for they may be.
fn named_by_alternatives(schema: &Map<String, Value>, key: &str, pointer: &str) -> Option<Typed> {
    let mut object = Object::default();
    for name in members(schema, key).flat_map(|member| strings(member.get("required"))) {
        let typed = Typed::new(Shape::Any, pointer);
        object.properties.insert(name.to_owned(), Property::new(typed, false, Origin::Mentioned));
    }
    let declared = schema.get("properties").and_then(Value::as_object);
    object.properties.retain(|name, _| declared.is_none_or(|declared| !declared.contains_key(name)));
    let untyped = |shape| Typed { untyped: true, ..Typed::new(shape, pointer) };
    (!object.properties.is_empty()).then(|| untyped(Shape::Object(object)))
}

/// The members of `allOf` and its like.
pub(super) fn members<'v>(schema: &'v Map<String, Value>, key: &str) -> impl Iterator<Item = &'v Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{properties, understand};
    use super::*;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn what_any_member_says_of_the_direction_holds() {
        let components = json!({"Base": {
            "type": "object", "required": ["id", "key"],
            "properties": {"id": {"type": "string"}, "key": {"type": "string"}},
        }});
        let schema = json!({"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {
            "id": {"type": "string", "readOnly": true},
            "key": {"allOf": [{"type": "string"}, {"writeOnly": true}]},
        }}]});
        let (typed, _) = understand(&components, &schema);
        let Shape::Object(object) = typed.shape else { panic!("no object") };
        let docs = |name: &str| object.properties[name].typed.docs.clone();
        assert!(docs("id").read_only && !docs("id").write_only);
        assert!(docs("key").write_only && !docs("key").read_only);
    }

    #[test]
    fn one_member_keeps_its_identity() {
        let components = json!({"A": {"type": "object", "properties": {"a": {}}}});
        let (typed, _) = understand(
            &components,
            &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true, "description": "an A"}),
        );
        assert_eq!(typed.shape, Shape::Ref("/components/schemas/A".to_owned()));
        assert!(typed.nullable);
        assert_eq!(typed.docs.description.as_deref(), Some("an A"));
    }

    #[test]
    fn a_definition_is_no_other_beside_what_says_that_it_is_an_object() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let components = json!({
            "A": {"type": "object", "properties": {"a": {"type": "string"}}},
            "Base": {"type": "object", "properties": {"a": {"type": "object", "description": "Anything."}}},
        });
        for schema in [
            json!({"allOf": [to("Base"), {"properties": {"a": to("A")}}]}),
            json!({"allOf": [{"properties": {"a": to("A")}}, to("Base")]}),
            json!({"properties": {"a": {"type": "object", "allOf": [to("A")]}}}),
        ] {
            let Shape::Object(object) = understand(&components, &schema).0.shape else { panic!("no object") };
            assert_eq!(object.properties["a"].typed.shape, Shape::Ref("/components/schemas/A".to_owned()), "{schema}");
        }
        let more = json!({"allOf": [to("A"), {"type": "object", "additionalProperties": {"type": "string"}}]});
        let Shape::Object(object) = understand(&components, &more).0.shape else { panic!("no object") };
        assert!(object.additional.is_some());
    }

    #[test]
    fn members_and_siblings_are_one_object() {
        let components = json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}});
        let schema = json!({
            "allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"type": "string"}}}, {"required": ["a"]}],
            "properties": {"c": {"type": "string"}},
        });
        let (typed, codes) = understand(&components, &schema);
        assert_eq!(properties(&typed.shape), ["c", "a!", "b"]);
        assert!(codes.contains(&"all-of"));
    }

    #[test]
    fn additional_properties_are_kept_where_a_member_allows_them_expressly() {
        for (member, kept) in [(json!({"type": "object"}), false), (json!({"additionalProperties": true}), true)] {
            let schema = json!({"allOf": [{"properties": {"a": {}}}, member]});
            let Shape::Object(object) = understand(&json!({}), &schema).0.shape else { panic!("no object") };
            assert_eq!(object.additional.is_some(), kept, "{schema}");
        }
    }

    #[test]
    fn a_member_that_is_a_union_distributes() {
        let schema = json!({
            "allOf": [{"properties": {"id": {"type": "string"}}}, {"oneOf": [
                {"title": "Cat", "properties": {"lives": {"type": "integer"}}},
                {"title": "Dog", "properties": {"bark": {"type": "string"}}},
            ]}],
        });
        let (typed, _) = understand(&json!({}), &schema);
        let Shape::Union(union) = typed.shape else { panic!("no union") };
        let shapes: Vec<_> =
            union.variants.iter().map(|variant| (variant.name.clone(), properties(&variant.typed.shape))).collect();
        let expected = [("Cat", ["id", "lives"]), ("Dog", ["id", "bark"])];
        assert_eq!(shapes, expected.map(|(name, names)| (Some(name.to_owned()), names.map(str::to_owned).to_vec())));
    }

    #[test]
    fn variants_that_contradict_what_holds_beside_are_none() {
        let of = |kinds: &[&str], name: &str| {
            let properties = json!({"kind": {"enum": kinds}, name: {"type": "string"}});
            json!({"type": "object", "required": ["kind"], "properties": properties})
        };
        let members = json!([of(&["cat", "tiger"], "purr"), of(&["dog"], "bark")]);
        // The same twice is the same once.
        let (typed, _) = understand(&json!({}), &json!({"oneOf": members, "anyOf": members}));
        let Shape::Union(union) = typed.shape else { panic!("no union") };
        let shapes: Vec<_> = union.variants.iter().map(|variant| properties(&variant.typed.shape)).collect();
        assert_eq!(shapes, [["kind!", "purr"], ["kind!", "bark"]]);
        // One that is left is no union.
        let (typed, _) =
            understand(&json!({}), &json!({"oneOf": members, "properties": {"kind": {"enum": ["tiger"]}}}));
        assert_eq!(properties(&typed.shape), ["kind!", "purr"]);
        // The others are still told apart by their own values.
        let named = ["A", "B", "C"].map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
        let (typed, _) = understand(
            &json!({"A": of(&["a"], "a"), "B": of(&["b"], "b"), "C": of(&["c"], "c")}),
            &json!({
                "oneOf": named,
                "discriminator": {"propertyName": "kind", "mapping": {"b": "B", "c": "C"}},
                "properties": {"kind": {"enum": ["b", "c"]}},
            }),
        );
        let Shape::Union(union) = typed.shape else { panic!("no union") };
        let mapping = union.discriminator.map(|discriminator| discriminator.mapping);
        assert_eq!(mapping, Some(vec![("b".to_owned(), 0), ("c".to_owned(), 1)]));
    }

    #[test]
    fn what_is_said_of_objects_alone_leaves_other_types_as_they_are() {
        let schema = json!({"additionalProperties": true, "anyOf": [
            {"type": "object"}, {"type": "array", "items": {"type": "string"}}, {"type": "string"},
        ]});
        let (typed, _) = understand(&json!({}), &schema);
        let Shape::Union(union) = typed.shape else { panic!("no union") };
        let shapes: Vec<&Shape> = union.variants.iter().map(|variant| &variant.typed.shape).collect();
        assert!(matches!(shapes[..], [Shape::Map(_), Shape::Array(_), Shape::Text(_)]), "{shapes:?}");
    }

    #[test]
    fn who_extends_what_it_is_an_alternative_of_has_all_that_it_says() {
        let text = json!({"type": "string"});
        let child = |own: &str| json!({"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {own: text}}]});
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let told = json!({"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}});
        for key in ["oneOf", "anyOf"] {
            let pet = json!({
                "type": "object", "required": ["kind"], "properties": {"kind": text, "name": text},
                "discriminator": told, key: [to("Cat"), to("Dog")],
            });
            let components = json!({"Pet": pet, "Cat": child("meow"), "Dog": child("bark")});
            for first in ["Pet", "Cat"] {
                let schema = json!({"properties": {"first": to(first), "cat": to("Cat"), "pet": to("Pet")}});
                let document = json!({"openapi": "3.1.0", "components": {"schemas": components}, "s": schema});
                let mut diagnostics = Diagnostics::default();
                let mut schemas = Schemas::new(&document, &mut diagnostics);
                schemas.definition(&format!("/components/schemas/{first}"));
                let cat = schemas.definition("/components/schemas/Cat").unwrap().clone();
                assert_eq!(properties(&cat.shape), ["kind!", "name", "meow"], "{key} {first}");
                let Shape::Object(object) = &cat.shape else { panic!("no object") };
                assert_eq!(object.properties["kind"].typed.values, Some(vec![json!("cat")]), "{key} {first}");
                let pet = schemas.definition("/components/schemas/Pet").unwrap().clone();
                let Shape::Union(union) = pet.shape else { panic!("no union: {key} {first}") };
                let dog = schemas.resolved(&union.variants[1].typed);
                assert_eq!(properties(&dog.shape), ["kind!", "name", "bark"], "{key} {first}");
                assert!(!diagnostics.iter().any(|finding| finding.code == "recursive-all-of"), "{key} {first}");
            }
        }
    }

    #[test]
    fn recursion_through_all_of_ends() {
        let components = json!({"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"a": {"$ref": "#/components/schemas/A"}}}]}});
        let (typed, _) =
            understand(&components, &json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}}]}));
        assert_eq!(properties(&typed.shape), ["a", "b"]);
    }

    #[test]
    fn of_a_schema_that_is_itself_twice_nothing_is_left() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let components = json!({
            "A": {"allOf": [to("A"), to("A")]}, "B": {"allOf": [to("C"), to("C")]}, "C": {"allOf": [to("B"), to("B")]},
        });
        for name in ["A", "B", "C"] {
            let document = json!({"openapi": "3.1.0", "components": {"schemas": components}});
            let mut diagnostics = Diagnostics::default();
            let mut schemas = Schemas::new(&document, &mut diagnostics);
            let reference = Typed::new(Shape::Ref(format!("/components/schemas/{name}")), "");
            assert_eq!(schemas.resolved(&reference).shape, Shape::Any, "{name}");
            assert!(diagnostics.iter().any(|finding| finding.code == "recursive-all-of"), "{name}");
        }
    }

    #[test]
    fn a_property_that_merges_its_own_definition_has_all_of_it() {
        let components = json!({
            "A": {"type": "object", "properties": {
                "name": {"type": "string"},
                "direct": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}}]},
                "kinds": {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/C"}, {"$ref": "#/components/schemas/D"}]}},
            }},
            "C": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"c": {}}}]},
            "D": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"d": {}}}]},
        });
        let whole = ["name", "direct", "kinds"];
        for (pointer, own) in [("/components/schemas/A/properties/direct", "b"), ("/components/schemas/C", "c")] {
            let document = json!({"openapi": "3.0.3", "components": {"schemas": components}});
            let mut diagnostics = crate::diagnostics::Diagnostics::default();
            let mut schemas = Schemas::new(&document, &mut diagnostics);
            schemas.definition("/components/schemas/A");
            let shape = schemas.definition(pointer).map(|typed| typed.shape.clone());
            let expected: Vec<&str> = whole.into_iter().chain([own]).collect();
            assert_eq!(shape.map(|shape| properties(&shape)), Some(expected.iter().map(ToString::to_string).collect()));
        }
    }

    #[test]
    fn types_that_contradict_one_another_are_any_json() {
        let (typed, codes) =
            understand(&json!({}), &json!({"allOf": [{"type": "string"}, {"type": "array", "items": {}}]}));
        assert_eq!(typed.shape, Shape::Any);
        assert!(codes.contains(&"all-of-conflict"));
    }

    #[test]
    fn combinations_are_bounded() {
        let many = |letter: &str| -> Vec<_> {
            (0..20).map(|index| json!({"properties": {format!("{letter}{index}"): {"type": "string"}}})).collect()
        };
        let (typed, codes) = understand(&json!({}), &json!({"allOf": [{"oneOf": many("p")}, {"anyOf": many("q")}]}));
        assert!(typed.shape == Shape::Any);
        assert!(codes.contains(&"too-many-variants"));
    }
}
