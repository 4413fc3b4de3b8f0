//! Where a struct that holds itself needs a box: rustc has to know how large each type is (Rust Reference, "Recursive types").
//!
//! Lists and maps have their content elsewhere already, and unions box what they hold: only a property that is a struct leads
//! on. The property that closes a circle has the box, so that it takes no more of them than there are circles.

use indexmap::IndexMap;

use crate::plan::{TypeDef, TypeKind, TypeRef};

/// Marks the properties that close a circle of structs.
pub fn mark(types: &mut IndexMap<String, TypeDef>) {
    for (at, index) in closing(types) {
        if let Some((_, TypeDef { kind: TypeKind::Struct(structure), .. })) = types.get_index_mut(at)
            && let Some(field) = structure.fields.get_mut(index)
        {
            field.boxed = true;
        }
    }
}

/// How far the walk has come with a type.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Seen {
    Never,
    OnTheWay,
    Done,
}

/// The structs and properties, by their places, that lead back to a struct on the way to them. The walk has a way of its own
/// instead of a stack of calls: a chain of structs may be long.
fn closing(types: &IndexMap<String, TypeDef>) -> Vec<(usize, usize)> {
    let mut seen = vec![Seen::Never; types.len()];
    let mut found = Vec::new();
    for start in 0..types.len() {
        let mut way = vec![(start, 0)];
        while let Some((at, next)) = way.last_mut() {
            if *next == 0 {
                if seen.get(*at).is_none_or(|seen| *seen != Seen::Never) {
                    way.pop();
                    continue;
                }
                set(&mut seen, *at, Seen::OnTheWay);
            }
            let Some(target) = property(types, *at, *next) else {
                set(&mut seen, *at, Seen::Done);
                way.pop();
                continue;
            };
            let place = (*at, *next);
            *next += 1;
            match target.and_then(|target| Some((target, *seen.get(target)?))) {
                Some((target, Seen::Never)) => way.push((target, 0)),
                Some((_, Seen::OnTheWay)) => found.push(place),
                Some((_, Seen::Done)) | None => {}
            }
        }
    }
    found
}

fn set(seen: &mut [Seen], at: usize, to: Seen) {
    if let Some(known) = seen.get_mut(at) {
        *known = to;
    }
}

/// The struct that a property is, if it is one; `None` behind the last property.
fn property(types: &IndexMap<String, TypeDef>, at: usize, index: usize) -> Option<Option<usize>> {
    let (_, TypeDef { kind: TypeKind::Struct(structure), .. }) = types.get_index(at)? else { return None };
    let field = structure.fields.get(index)?;
    let TypeRef::Named(name) = &field.ty else { return Some(None) };
    Some(types.get_index_of(name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower::testing::plan;
    use crate::plan::TypeKind;

    /// The properties with a box, as `Type.property`.
    fn boxed(schemas: &Value) -> Vec<String> {
        let plan = plan(&json!({}), schemas);
        let fields = plan.types.iter().flat_map(|(name, definition)| match &definition.kind {
            TypeKind::Struct(structure) => {
                structure.fields.iter().map(|field| (name, field.ident.clone(), field.boxed)).collect()
            }
            _ => Vec::new(),
        });
        fields.filter(|(.., boxed)| *boxed).map(|(name, field, _)| format!("{name}.{field}")).collect()
    }

    fn object(properties: Value) -> Value {
        json!({"type": "object", "properties": properties})
    }

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn the_property_that_closes_a_circle_has_a_box() {
        let schemas = json!({
            "Tree": object(json!({"up": to("Tree"), "down": {"type": "array", "items": to("Tree")}})),
            "A": object(json!({"b": to("B"), "c": to("C")})),
            "B": object(json!({"c": to("C")})),
            "C": object(json!({"a": to("A"), "tree": to("Tree")})),
        });
        assert_eq!(boxed(&schemas), ["Tree.up", "C.a"]);
    }

    #[test]
    fn what_unions_lists_and_maps_hold_needs_none() {
        let schemas = json!({
            "A": object(json!({"union": to("U"), "map": {"type": "object", "additionalProperties": to("A")}, "list": to("L")})),
            "U": {"oneOf": [to("A"), {"type": "string"}]},
            "L": {"type": "array", "items": {"anyOf": [to("A"), to("L")]}},
        });
        assert_eq!(boxed(&schemas), [""; 0]);
    }

    #[test]
    fn a_chain_may_be_long() {
        let length = 20_000;
        let schemas: serde_json::Map<String, Value> = (0..length)
            .map(|index| (format!("T{index}"), object(json!({"next": to(&format!("T{}", (index + 1) % length))}))))
            .collect();
        assert_eq!(boxed(&Value::Object(schemas)), [format!("T{}.next", length - 1)]);
    }
}
