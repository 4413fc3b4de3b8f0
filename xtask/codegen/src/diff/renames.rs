//! Types that are the same under another name, and operations that are the same in another place.

use std::collections::{BTreeMap, BTreeSet};

use super::relation::Pair;
use crate::plan::{Operation, Plan, TypeDef, TypeKind};

/// The types of the older plan that the newer one has under other names. A type is another's successor if it is made
/// alike, and no third one is; types that hold one another are found one after the other.
pub fn types(old: &Plan, new: &Plan) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    loop {
        let pair = Pair { old, new, renamed: &renamed };
        let taken: BTreeSet<&str> = renamed.values().map(String::as_str).collect();
        let gone = old.types.iter().filter(|(name, _)| !new.types.contains_key(*name) && !renamed.contains_key(*name));
        let come: Vec<(&String, &TypeDef)> = new
            .types
            .iter()
            .filter(|(name, _)| !old.types.contains_key(*name) && !taken.contains(name.as_str()))
            .collect();
        let alike = |(_, definition): &&(&String, &TypeDef), found: &TypeDef| is_alike(&pair, found, definition);
        let mut more = BTreeMap::new();
        for (name, definition) in gone {
            let mut candidates = come.iter().filter(|candidate| alike(candidate, definition));
            if let (Some((successor, _)), None) = (candidates.next(), candidates.next()) {
                more.insert(name.clone(), (*successor).clone());
            }
        }
        // Two may be like one: then it is neither's successor.
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        more.values().for_each(|name| *counts.entry(name).or_default() += 1);
        let twice: BTreeSet<String> =
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name.clone()).collect();
        more.retain(|_, name| !twice.contains(name));
        if more.is_empty() {
            return renamed;
        }
        renamed.extend(more);
    }
}

/// Whether two types are the same but for what is said of them. What holds nothing is like too much else.
fn is_alike(pair: &Pair<'_>, old: &TypeDef, new: &TypeDef) -> bool {
    match (&old.kind, &new.kind) {
        (TypeKind::Struct(old), TypeKind::Struct(new)) => {
            !old.fields.is_empty()
                && old.fields.len() == new.fields.len()
                && old.fields.iter().zip(&new.fields).all(|(old, new)| {
                    (&old.wire, old.presence, &old.constant) == (&new.wire, new.presence, &new.constant)
                        && pair.is_same(&old.ty, &new.ty)
                })
        }
        (TypeKind::Enum(old), TypeKind::Enum(new)) => {
            let values = |found: &crate::plan::EnumDef| {
                found.variants.iter().map(|value| value.wire.clone()).collect::<Vec<_>>()
            };
            !old.variants.is_empty() && values(old) == values(new)
        }
        (TypeKind::Union(old), TypeKind::Union(new)) => {
            old.variants.len() == new.variants.len()
                && old.variants.iter().zip(&new.variants).all(|(old, new)| pair.is_same(&old.ty, &new.ty))
        }
        (TypeKind::Newtype(old), TypeKind::Newtype(new)) => pair.is_same(old, new),
        _ => false,
    }
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
        &|operation| format!("{} {}", operation.method, nameless(&operation.path)),
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

/// A path template without its parameters' names.
fn nameless(path: &str) -> String {
    let mut text = String::new();
    let mut is_inside = false;
    for character in path.chars() {
        match character {
            '{' => is_inside = true,
            '}' => is_inside = false,
            _ if is_inside => continue,
            _ => {}
        }
        text.push(character);
    }
    text
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
