//! How deep the crate's types stand in one another: rustc follows a type into what it holds, and gives up where that is
//! deeper than the crate says that it may be.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::usage;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Operation, ResponseHeader, TypeDef, TypeRef, Webhooks};

/// Types that stand deeper in one another than this may be more than rustc follows of its own accord.
const SHALLOW: usize = 16;

/// rustc's limit where a crate says nothing.
const DEFAULT_LIMIT: usize = 128;

/// What rustc needs at the most for one level: an option in a box in a struct, each with what it is made of.
const STEPS: usize = 8;

/// The `recursion_limit` that the crate needs; none where rustc's own is enough. Who uses the crate may need it, too.
pub fn recursion_limit(
    operations: &[Operation],
    headers: &IndexMap<String, Vec<ResponseHeader>>,
    webhooks: &Webhooks,
    types: &IndexMap<String, TypeDef>,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let of_operations = operations.iter().flat_map(|operation| {
        let answers = usage::responses(operation).into_iter();
        answers.chain(usage::requests(operation, |_| true))
    });
    let mut roots: Vec<&TypeRef> = of_operations.collect();
    roots.extend(headers.values().flatten().map(|header| &header.ty));
    roots.extend(webhooks.all.iter().map(|incoming| &incoming.ty));
    let depth = of(&roots, types);
    if depth <= SHALLOW {
        return None;
    }
    let limit = (DEFAULT_LIMIT + STEPS * depth).next_multiple_of(DEFAULT_LIMIT);
    diagnostics.push(Diagnostic::adaptation(
        "deep-types",
        "",
        format!("types stand in one another up to {depth} deep: rustc is told to follow {limit} steps"),
    ));
    Some(limit)
}

/// The most types, lists and maps that stand in one another, from any of `roots` or any named type. Types that contain one
/// another in a circle may be entered anywhere: all of them count.
fn of(roots: &[&TypeRef], types: &IndexMap<String, TypeDef>) -> usize {
    let circles = circles(types);
    let mut depths: Vec<usize> = vec![0; types.len()];
    // What a circle leads to comes before it.
    for circle in &circles {
        let below = circle.iter().flat_map(|index| types.get_index(*index)).flat_map(|(_, found)| found.kind.held());
        let wrapped = |ty: &TypeRef| {
            let inner = target(ty, types).filter(|target| !circle.contains(target));
            ty.nesting() + inner.and_then(|target| depths.get(target)).copied().unwrap_or_default()
        };
        let depth = circle.len() + below.map(wrapped).max().unwrap_or_default();
        for index in circle {
            if let Some(found) = depths.get_mut(*index) {
                *found = depth;
            }
        }
    }
    let of_root = |ty: &&TypeRef| ty.nesting() + target(ty, types).and_then(|found| depths.get(found)).unwrap_or(&0);
    roots.iter().map(of_root).chain(depths.iter().copied()).max().unwrap_or_default()
}

/// The named type that a type is, or is a list or map of.
fn target(ty: &TypeRef, types: &IndexMap<String, TypeDef>) -> Option<usize> {
    match ty {
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => target(inner, types),
        TypeRef::Named(name) => types.get_index_of(name),
        _ => None,
    }
}

/// How far the walk through the types has come with one of them.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// When it was met.
    order: usize,
    /// The first of those that are open and that it leads to.
    low: usize,
    /// Whether its group is not known yet.
    is_open: bool,
}

/// The types by their places, in groups that contain one another, each group after those that it leads to (Tarjan's
/// strongly connected components, without recursion: a chain of types may be long).
fn circles(types: &IndexMap<String, TypeDef>) -> Vec<Vec<usize>> {
    let edges = |at: usize| -> Vec<usize> {
        let held = types.get_index(at).into_iter().flat_map(|(_, found)| found.kind.held());
        held.filter_map(|ty| target(ty, types)).collect()
    };
    let mut marks: BTreeMap<usize, Mark> = BTreeMap::new();
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for start in 0..types.len() {
        // The types on the way, with those that are left to look at.
        let mut way: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut next = Some(start).filter(|start| !marks.contains_key(start));
        loop {
            if let Some(met) = next.take() {
                marks.insert(met, Mark { order: marks.len(), low: marks.len(), is_open: true });
                open.push(met);
                way.push((met, edges(met)));
            }
            let Some((at, left)) = way.last_mut() else { break };
            let at = *at;
            if let Some(to) = left.pop() {
                match marks.get(&to).copied() {
                    None => next = Some(to),
                    Some(known) if known.is_open => lower(&mut marks, at, known.order),
                    Some(_) => {}
                }
                continue;
            }
            way.pop();
            let mark = marks.get(&at).copied().unwrap_or_default();
            if let Some((parent, _)) = way.last() {
                lower(&mut marks, *parent, mark.low);
            }
            if mark.low == mark.order {
                let begins = open.iter().rposition(|index| *index == at).unwrap_or_default();
                let circle = open.split_off(begins);
                circle.iter().for_each(|index| marks.entry(*index).or_default().is_open = false);
                found.push(circle);
            }
        }
    }
    found
}

fn lower(marks: &mut BTreeMap<usize, Mark>, at: usize, low: usize) {
    let mark = marks.entry(at).or_default();
    mark.low = mark.low.min(low);
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;
    use serde_json::{Value, json};

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn planned(schemas: &Value, answer: &Value) -> crate::plan::Plan {
        let content = json!({"description": "", "content": {"application/json": {"schema": answer}}});
        plan(&json!({"/a": {"get": {"operationId": "a", "responses": {"400": content}}}}), schemas)
    }

    fn depth(schemas: &Value, answer: &Value) -> usize {
        let plan = planned(schemas, answer);
        of(&plan.operations.iter().flat_map(usage::responses).collect::<Vec<_>>(), &plan.types)
    }

    fn chain(length: usize, held: impl Fn(Value) -> Value) -> Value {
        let level = |level: usize| match level.checked_sub(1) {
            Some(below) => held(to(&format!("L{below}"))),
            None => json!({"type": "object", "properties": {"a": {"type": "string"}}}),
        };
        (0..length).map(|index| (format!("L{index}"), level(index))).collect::<serde_json::Map<_, _>>().into()
    }

    #[test]
    fn lists_objects_and_unions_add_up() {
        let lists = (0..5).fold(json!({"type": "string"}), |items, _| json!({"type": "array", "items": items}));
        assert_eq!(depth(&json!({}), &lists), 5);
        let objects = chain(7, |below| json!({"type": "object", "properties": {"a": below}}));
        assert_eq!(depth(&objects, &to("L6")), 7);
        let lists = (0..5).fold(to("L6"), |items, _| json!({"type": "array", "items": items}));
        assert_eq!(depth(&objects, &lists), 12);
        let unions = chain(7, |below| json!({"oneOf": [{"type": "array", "items": below}, {"type": "string"}]}));
        assert_eq!(depth(&unions, &to("L6")), 13);
        assert_eq!(depth(&json!({}), &json!({"type": "string"})), 0);
    }

    #[test]
    fn all_of_a_circle_count_once() {
        let mut circle = chain(4, |below| json!({"type": "object", "properties": {"a": below}}));
        circle["L0"]["properties"]["b"] = to("L3");
        circle["Out"] = json!({"type": "object", "properties": {"c": to("L1")}});
        assert_eq!(depth(&circle, &to("Out")), 5);
    }

    #[test]
    fn only_what_is_deep_asks_for_more_than_the_default() {
        let limit = |length: usize| {
            let objects = chain(length, |below| json!({"type": "object", "properties": {"a": below}}));
            planned(&objects, &to("L0")).recursion_limit
        };
        assert_eq!([16, 17, 60, 200].map(limit), [None, Some(384), Some(640), Some(1792)]);
    }

    #[test]
    fn a_long_chain_is_measured() {
        let objects = chain(3_000, |below| json!({"type": "object", "properties": {"a": below, "b": below}}));
        assert_eq!(depth(&objects, &to("L2999")), 3_000);
    }
}
