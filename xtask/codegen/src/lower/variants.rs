//! What the variants of unions are called: by the names that the document has for them, else by what tells them apart.

use super::idents;
use super::names::Names;
use crate::plan::Discriminator;
use crate::schema::shape::{Object, Shape, Typed, Union};

/// The names that a variant could have, best first; `shapes` are the variants' with all references followed.
pub fn names(
    union: &Union,
    shapes: &[Typed],
    index: usize,
    discriminators: &[Discriminator],
    names: &Names,
) -> Vec<String> {
    let (Some(variant), Some(typed)) = (union.variants.get(index), shapes.get(index)) else { return Vec::new() };
    if let Some(named) = &variant.name {
        return match &variant.typed.shape {
            // A definition is called what its type is called.
            Shape::Ref(pointer) if *named == idents::shape_name(pointer) => names.of_definition(pointer),
            _ => vec![idents::pascal(named)],
        };
    }
    if let Some(value) = own_value(index, discriminators) {
        return vec![idents::pascal(value)];
    }
    if let Shape::Ref(pointer) = &variant.typed.shape
        && pointer.rsplit_once('/').is_some_and(|(outer, _)| outer == "/components/schemas")
    {
        return names.of_definition(pointer);
    }
    let lists = shapes.iter().filter(|other| matches!(other.shape, Shape::Array(_))).count();
    let mut candidates = match &typed.shape {
        Shape::Object(object) => own_properties(object, index, shapes),
        Shape::Enum(values) | Shape::IntegerEnum(values) => match values.as_slice() {
            [only] if shapes.len() > 1 => vec![idents::pascal(only.name.as_deref().unwrap_or(&only.value))],
            _ => Vec::new(),
        },
        Shape::Array(items) if lists > 1 => vec![format!("{}List", kind(items))],
        _ => Vec::new(),
    };
    candidates.push(kind(typed).to_owned());
    if matches!(typed.shape, Shape::Enum(_)) {
        candidates.push("Word".to_owned());
    }
    candidates
}

/// A value that a variant fixes, and shares with no other.
fn own_value(index: usize, discriminators: &[Discriminator]) -> Option<&String> {
    discriminators.iter().filter(|found| found.fixed.contains(&index)).find_map(|found| {
        let (value, _) = found.mapping.iter().find(|(_, mapped)| *mapped == index)?;
        let shared = found.mapping.iter().any(|(known, mapped)| known == value && *mapped != index);
        (!shared).then_some(value)
    })
}

/// The properties that no other variant has, those that are required first; without one, what is required of this alone.
fn own_properties(object: &Object, index: usize, shapes: &[Typed]) -> Vec<String> {
    let others = || {
        let others = shapes.iter().enumerate().filter(|(other, _)| *other != index);
        others.filter_map(|(_, typed)| match &typed.shape {
            Shape::Object(object) => Some(object),
            _ => None,
        })
    };
    if others().next().is_none() {
        return vec!["Object".to_owned()];
    }
    let has = |name: &String, must: bool| {
        others().any(|other| other.properties.get(name).is_some_and(|property| property.required || !must))
    };
    let named = |must: bool, alone: bool| {
        let found = object.properties.iter().find(|(name, property)| (property.required || !must) && !has(name, alone));
        found.map(|(name, _)| idents::pascal(name))
    };
    [named(true, false), named(true, true), named(false, false)].into_iter().flatten().collect()
}

/// A word for a kind of values.
fn kind(typed: &Typed) -> &'static str {
    match &typed.shape {
        Shape::Text(_) | Shape::Enum(_) => "Text",
        Shape::Integer(_) | Shape::IntegerEnum(_) => "Integer",
        Shape::Number | Shape::Decimal => "Number",
        Shape::Boolean => "Boolean",
        Shape::Scalar => "Scalar",
        Shape::Array(_) => "List",
        Shape::Map(_) => "Map",
        Shape::Object(_) | Shape::Ref(_) => "Object",
        Shape::Union(_) => "Choice",
        Shape::Any => "Any",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower::testing::plan;
    use crate::plan::TypeKind;

    fn variants(members: Value) -> Vec<String> {
        let plan = plan(&json!({}), &json!({"U": {"anyOf": members}}));
        let TypeKind::Union(union) = &plan.types["U"].kind else { panic!("no union: {:?}", plan.types) };
        union.variants.iter().map(|variant| variant.ident.clone()).collect()
    }

    #[test]
    fn variants_without_a_name_are_called_what_tells_them_apart() {
        let object = |required: &[&str], all: &[&str]| {
            let properties: serde_json::Map<String, Value> =
                all.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
            json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
        };
        assert_eq!(
            variants(
                json!([object(&["id", "user"], &["id", "user"]), object(&["id", "team"], &["id", "team"]), {"type": "string"}])
            ),
            ["User", "Team", "Text"]
        );
        assert_eq!(variants(json!([object(&["id"], &["id"]), {"type": "integer"}])), ["Object", "Integer"]);
        let list = |kind: &str| json!({"type": "array", "items": {"type": kind}});
        assert_eq!(
            variants(json!([{"type": "boolean"}, list("string"), list("integer")])),
            ["Boolean", "TextList", "IntegerList"]
        );
        assert_eq!(variants(json!([list("string"), {"type": "boolean"}])), ["List", "Boolean"]);
    }
}
