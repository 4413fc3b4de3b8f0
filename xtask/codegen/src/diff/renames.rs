//! Types that are the same under another name, and operations that are the same in another place.

use std::collections::{BTreeMap, BTreeSet};

use super::relation::{Pair, is_made_alike};
use crate::path_template::shape;
use crate::plan::{Api, Docs, Operation, Parameter, Payload, Plan, Status, Success, TypeDef, TypeKind, TypeRef};

/// The types of the older plan that the newer one has under other names. A type is another's successor if both have a name in
/// their documents and are made alike, or if it stands where that stood and is much like it, and no third one is; types that hold
/// one another are found one after the other.
pub fn types(old: &Plan, new: &Plan) -> BTreeMap<String, String> {
    let operations = operations(old, new);
    let mut renamed = BTreeMap::new();
    loop {
        let pair = Pair { old, new, renamed: &renamed };
        let taken: BTreeSet<&str> = renamed.values().map(String::as_str).collect();
        let is_gone = |name: &String| !new.types.contains_key(name) && !renamed.contains_key(name);
        let is_new = |name: &String| !old.types.contains_key(name) && !taken.contains(name.as_str());
        let come: Vec<(&String, &TypeDef)> = new.types.iter().filter(|(name, _)| is_new(name)).collect();
        // Values such as `asc` and `desc` are those of many types: what has no name of its own is known by its place.
        let gone = old.types.iter().filter(|(name, was)| is_gone(name) && is_named(was));
        let alike = gone.flat_map(|(name, was)| {
            let is_alike =
                |is: &TypeDef| is_named(is) && is_made_alike(was, is, &mut |old, new| pair.is_same(old, new));
            let found = come.iter().filter(move |(_, is)| is_alike(is));
            found.map(|(successor, _)| (name.clone(), (*successor).clone()))
        });
        let mut more = one_to_one(alike.collect());
        if more.is_empty() {
            let placed = successors(&pair, &operations.both).into_iter();
            more = one_to_one(placed.filter(|(old, new)| is_gone(old) && is_new(new)).collect());
        }
        if more.is_empty() {
            return renamed;
        }
        renamed.extend(more);
    }
}

/// Whether the document gives a type its name.
fn is_named(definition: &TypeDef) -> bool {
    definition.pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'))
}

/// The names of the older API's credentials that are sent in the same way under other names in the newer one.
pub fn schemes(old: &Api, new: &Api) -> BTreeMap<String, String> {
    let is_of = |api: &Api, name: &str| api.schemes.iter().any(|scheme| scheme.name == name);
    let gone = old.schemes.iter().filter(|scheme| !is_of(new, &scheme.name));
    let alike = gone.flat_map(|was| {
        let come = new.schemes.iter().filter(|is| is.kind == was.kind && !is_of(old, &is.name));
        come.map(|is| (was.name.clone(), is.name.clone()))
    });
    one_to_one(alike.collect())
}

/// Whether what is new may be what is gone under another name, as far as names and words tell: it is described in the same
/// words, or has a word of the name.
pub fn may_be(was: (&str, &Docs), is: (&str, &Docs)) -> bool {
    let words = |ident: &str| -> BTreeSet<String> {
        ident.split('_').filter(|word| word.len() > 2).map(str::to_owned).collect()
    };
    let are_described_alike = was.1.description.is_some() && was.1.description == is.1.description;
    are_described_alike || !words(was.0).is_disjoint(&words(is.0))
}

/// The only one of `come` that may be `was`, where that may be no other of `gone`.
pub fn likely<'c, T>(was: &T, gone: &[&T], come: &[&'c T], may_be: impl Fn(&T, &T) -> bool) -> Option<&'c T> {
    let mut found = come.iter().filter(|is| may_be(was, is));
    let only = found.next().filter(|_| found.next().is_none())?;
    (gone.iter().filter(|other| may_be(other, only)).count() == 1).then_some(*only)
}

/// Those of the pairs whose halves are in no other one.
fn one_to_one(pairs: Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for (old, new) in &pairs {
        *counts.entry((false, old.clone())).or_default() += 1;
        *counts.entry((true, new.clone())).or_default() += 1;
    }
    let is_only = |key: (bool, &String)| counts.get(&(key.0, key.1.clone())) == Some(&1);
    pairs.into_iter().filter(|(old, new)| is_only((false, old)) && is_only((true, new))).collect()
}

/// What stands in the place of types that are gone, and is much like them: where a property, a body or an answer was of the
/// one, it is of the other.
fn successors(pair: &Pair<'_>, both: &[(&Operation, &Operation)]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut note = |old: &TypeRef, new: &TypeRef| {
        let (TypeRef::Named(old), TypeRef::Named(new)) = innermost(old, new) else { return };
        let (Some(was), Some(is)) = (pair.old.types.get(old), pair.new.types.get(new)) else { return };
        if is_much_like(was, is) && !found.contains(&(old.clone(), new.clone())) {
            found.push((old.clone(), new.clone()));
        }
    };
    for (old, new) in both {
        for parameter in &old.parameters {
            let is_same = |now: &&Parameter| (now.location, &now.name) == (parameter.location, &parameter.name);
            if let Some(now) = new.parameters.iter().find(is_same) {
                note(&parameter.ty, &now.ty);
            }
        }
        for body in old.bodies() {
            let now = new.bodies().find(|other| other.media_type == body.media_type);
            if let Some((was, is)) = now.and_then(|now| Some((body.kind.value()?, now.kind.value()?))) {
                note(was, is);
            }
        }
        for (status, payload) in answers(old) {
            let now = answers(new).into_iter().find(|(other, _)| *other == status);
            if let Some((was, is)) = now.and_then(|(_, now)| Some((payload.value()?, now.value()?))) {
                note(was, is);
            }
        }
    }
    for (name, old) in &pair.old.types {
        let Some(new) = pair.new.types.get(pair.name(name)) else { continue };
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(old), TypeKind::Struct(new)) => {
                for field in &old.fields {
                    if let Some(now) = new.fields.iter().find(|now| now.wire == field.wire) {
                        note(&field.ty, &now.ty);
                    }
                }
                if let Some(((_, was), (_, is))) = old.extra.as_ref().zip(new.extra.as_ref()) {
                    note(was, is);
                }
            }
            (TypeKind::Union(old), TypeKind::Union(new)) if old.variants.len() == new.variants.len() => {
                old.variants.iter().zip(&new.variants).for_each(|(was, is)| note(&was.ty, &is.ty));
            }
            (TypeKind::Newtype(was), TypeKind::Newtype(is)) => note(was, is),
            _ => {}
        }
    }
    found
}

/// What an operation answers by its statuses, the success without one.
fn answers(operation: &Operation) -> Vec<(Option<Status>, &Payload)> {
    let errors = operation.errors.iter().map(|error| (Some(error.status), &error.payload));
    let mut found: Vec<(Option<Status>, &Payload)> = errors.collect();
    match &operation.success {
        Success::One(payload) => found.push((None, payload)),
        Success::ByStatus { variants, .. } => {
            found.extend(variants.iter().map(|variant| (Some(variant.status), &variant.payload)));
        }
    }
    found
}

fn innermost<'a>(old: &'a TypeRef, new: &'a TypeRef) -> (&'a TypeRef, &'a TypeRef) {
    match (old, new) {
        (TypeRef::Array(old), TypeRef::Array(new))
        | (TypeRef::Map(old), TypeRef::Map(new))
        | (TypeRef::Nullable(old), TypeRef::Nullable(new)) => innermost(old, new),
        _ => (old, new),
    }
}

/// Whether two types have at least half of what the larger one has in common.
fn is_much_like(old: &TypeDef, new: &TypeDef) -> bool {
    let parts = |definition: &TypeDef| -> BTreeSet<String> {
        match &definition.kind {
            TypeKind::Struct(found) => found.fields.iter().map(|field| field.wire.clone()).collect(),
            TypeKind::Enum(found) => found.variants.iter().map(|value| value.wire.clone()).collect(),
            TypeKind::Union(found) => found.variants.iter().map(|shape| shape.ident.clone()).collect(),
            TypeKind::Newtype(_) => BTreeSet::new(),
        }
    };
    let (was, is) = (parts(old), parts(new));
    let common = was.intersection(&is).count();
    std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind)
        && common > 0
        && common * 2 >= was.len().max(is.len())
}

/// The operations of two plans.
#[derive(Debug, Default)]
pub struct Operations<'a> {
    /// Those that both have.
    pub both: Vec<(&'a Operation, &'a Operation)>,
    /// Those that only the older one has.
    pub gone: Vec<&'a Operation>,
    /// Those that only the newer one has.
    pub new: Vec<&'a Operation>,
}

/// Brings operations together: by method and path, else by `operationId`, else by method and the path without the names of
/// its parameters, else by the method that programs call.
pub fn operations<'a>(old: &'a Plan, new: &'a Plan) -> Operations<'a> {
    let ways: [&dyn Fn(&Operation) -> String; 4] = [
        &|operation| format!("{} {}", operation.method, operation.path),
        &|operation| operation.id.clone(),
        &|operation| format!("{} {}", operation.method, shape(&operation.path)),
        &|operation| format!("{} {}", operation.method, operation.ident),
    ];
    let mut gone: Vec<&Operation> = old.operations.iter().collect();
    let mut come: Vec<&Operation> = new.operations.iter().collect();
    let mut both = Vec::new();
    for key in ways {
        let mut by_key: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
        come.iter().for_each(|operation| by_key.entry(key(operation)).or_default().push(operation));
        let mut met = BTreeSet::new();
        gone.retain(|operation| match by_key.get(&key(operation)).map(Vec::as_slice) {
            Some([only]) if met.insert(only.pointer.clone()) => {
                both.push((*operation, *only));
                false
            }
            _ => true,
        });
        come.retain(|operation| !met.contains(&operation.pointer));
    }
    Operations { both, gone, new: come }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lower::testing::plan;

    fn object(property: &str, ty: &Value) -> Value {
        json!({"type": "object", "properties": {property: ty}})
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn a_type_that_is_made_alike_is_the_same_under_another_name() {
        let text = json!({"type": "string"});
        let old = json!({"Outer": object("inner", &reference("Inner")), "Inner": object("a", &text), "Lone": object("b", &text)});
        let new =
            json!({"Case": object("inner", &reference("Core")), "Core": object("a", &text), "One": object("c", &text)});
        let found = types(&plan(&json!({}), &old), &plan(&json!({}), &new));
        let expected = [("Inner", "Core"), ("Outer", "Case")].map(|(old, new)| (old.to_owned(), new.to_owned()));
        assert_eq!(found, BTreeMap::from(expected));
        // Of two that are alike, neither is taken for the one that was.
        let two = json!({"A": object("a", &text), "B": {"type": "object", "required": ["a"], "properties": {"a": text}}, "C": object("a", &text)});
        let one = json!({"Inner": object("a", &text)});
        assert!(types(&plan(&json!({}), &one), &plan(&json!({}), &two)).len() < 2);
    }

    #[test]
    fn an_operation_is_known_by_its_place_or_its_name() {
        let get = |id: &str| json!({"get": {"operationId": id, "responses": {}}});
        let old = plan(&json!({"/a": get("a"), "/b": get("b"), "/c/{x}": get("c"), "/d": get("d")}), &json!({}));
        let new = plan(&json!({"/a": get("z"), "/bb": get("b"), "/c/{y}": get("q"), "/e": get("e")}), &json!({}));
        let found = operations(&old, &new);
        let pairs: Vec<(&str, &str)> = found.both.iter().map(|(old, new)| (old.id.as_str(), new.id.as_str())).collect();
        assert_eq!(pairs, [("a", "z"), ("b", "b"), ("c", "q")]);
        assert_eq!((found.gone[0].id.as_str(), found.new[0].id.as_str()), ("d", "e"));
    }
}
