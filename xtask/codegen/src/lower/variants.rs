//! What the variants of unions are called: by the names that the document has for them, else by what tells them apart.

use super::idents;
use super::names::Names;
use crate::plan::Discriminator;
use crate::schema::shape::{Object, Shape, TextFormat, Typed, Union};

/// How many words a variant's name has at the most that is made of what tells it apart.
const MOST_WORDS: usize = 3;

/// The names that a variant could have, best first; `shapes` are the variants' with all references followed.
pub fn names(
    union: &Union,
    shapes: &[Typed],
    index: usize,
    discriminators: &[Discriminator],
    names: &Names,
) -> Vec<String> {
    let (Some(variant), Some(typed)) = (union.variants.get(index), shapes.get(index)) else { return Vec::new() };
    // A title that several have tells none of them.
    let alike = union.variants.iter().filter(|other| other.name == variant.name).count();
    if let Some(named) = &variant.name {
        match &variant.typed.shape {
            // A definition is called what its type is called.
            Shape::Ref(pointer) if *named == idents::shape_name(pointer) => return names.of_definition(pointer),
            _ if alike == 1 => return vec![idents::pascal(named)],
            _ => {}
        }
    }
    if !matches!(typed.shape, Shape::Array(_))
        && let Some(value) = own_value(index, discriminators)
    {
        return vec![idents::pascal(value)];
    }
    if let Shape::Ref(pointer) = &variant.typed.shape
        && pointer.rsplit_once('/').is_some_and(|(outer, _)| outer == "/components/schemas")
    {
        return names.of_definition(pointer);
    }
    let alike = |is_one: fn(&Shape) -> bool| shapes.iter().filter(|other| is_one(&other.shape)).count() > 1;
    let (lists, maps) =
        (alike(|shape| matches!(shape, Shape::Array(_))), alike(|shape| matches!(shape, Shape::Map(_))));
    let texts = alike(|shape| matches!(shape, Shape::Text(_)));
    let mut candidates = match &typed.shape {
        Shape::Object(object) => own_properties(object, index, shapes),
        _ if shapes.len() > 1 && fixed(typed).is_some() => fixed(typed).map(idents::pascal).into_iter().collect(),
        Shape::Array(_) if lists => vec![kind_of_list(typed)],
        Shape::Map(values) if maps => vec![format!("{}Map", kind_of_list(values))],
        Shape::Text(format) if texts => form(*format).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    };
    candidates.extend(variant.name.as_deref().map(idents::pascal));
    candidates.push(kind(typed).to_owned());
    if matches!(typed.shape, Shape::Enum(_)) {
        candidates.push("Word".to_owned());
    }
    candidates
}

/// The one value that a variant fixes, and shares with no other.
fn own_value(index: usize, discriminators: &[Discriminator]) -> Option<&String> {
    discriminators.iter().filter(|found| found.fixed.contains(&index)).find_map(|found| {
        let mut values = found.mapping.iter().filter(|(_, mapped)| *mapped == index).map(|(value, _)| value);
        let value = values.next().filter(|value| values.all(|other| other == *value))?;
        let shared = found.mapping.iter().any(|(known, mapped)| known == value && *mapped != index);
        (!shared).then_some(value)
    })
}

/// The properties that no other variant has, those that are required first; without one, what is required of this alone, or
/// what several together tell apart.
fn own_properties(object: &Object, index: usize, shapes: &[Typed]) -> Vec<String> {
    let others = shapes.iter().enumerate().filter(|(other, _)| *other != index);
    let others: Vec<&Object> = others
        .filter_map(|(_, typed)| match &typed.shape {
            Shape::Object(object) => Some(object),
            _ => None,
        })
        .collect();
    if others.is_empty() {
        return vec!["Object".to_owned()];
    }
    let has = |name: &String, must: bool| {
        others.iter().any(|other| other.properties.get(name).is_some_and(|property| property.required || !must))
    };
    let named = |must: bool, alone: bool| {
        let found = object.properties.iter().find(|(name, property)| (property.required || !must) && !has(name, alone));
        found.map(|(name, _)| idents::pascal(name))
    };
    let alone = [named(true, false), named(true, true), named(false, false)];
    // What has less than another is at least called what it has.
    let first: Vec<&str> = object.properties.keys().take(MOST_WORDS).map(String::as_str).collect();
    let first = (!first.is_empty()).then(|| idents::pascal(&first.join("_")));
    alone.into_iter().flatten().chain(together(object, others)).chain(first).collect()
}

/// What a variant fixes and has that tells it apart from as many of the others as can be, in a few words: a value of a
/// property first, then properties, those that are required before the rest.
fn together(object: &Object, mut others: Vec<&Object>) -> Option<String> {
    let mut words = Vec::new();
    for (name, property) in &object.properties {
        let Some(value) = fixed(&property.typed) else { continue };
        let before = others.len();
        others.retain(|other| {
            other.properties.get(name).and_then(|property| fixed(&property.typed)).is_none_or(|other| other == value)
        });
        if others.len() < before {
            words.push(value.to_owned());
            break;
        }
    }
    while words.len() < MOST_WORDS && !others.is_empty() {
        let lacking = |name: &String| others.iter().filter(|other| !other.properties.contains_key(name)).count();
        // The first of those that tell most apart.
        let telling = object.properties.iter().rev().max_by_key(|(name, property)| (lacking(name), property.required));
        let Some((name, _)) = telling.filter(|(name, _)| lacking(name) > 0) else { break };
        others.retain(|other| other.properties.contains_key(name));
        words.push(name.clone());
    }
    (!words.is_empty()).then(|| idents::pascal(&words.join("_")))
}

/// The one value that a schema allows.
fn fixed(typed: &Typed) -> Option<&str> {
    match &typed.shape {
        Shape::Enum(values) | Shape::IntegerEnum(values) => match values.as_slice() {
            [only] => Some(only.name.as_deref().unwrap_or(&only.value)),
            _ => None,
        },
        _ => None,
    }
}

/// The same of a list, with what it is a list of.
fn kind_of_list(typed: &Typed) -> String {
    match &typed.shape {
        Shape::Array(items) => format!("{}List", kind_of_list(items)),
        _ => kind(typed).to_owned(),
    }
}

/// A word for what texts of a format are.
fn form(format: TextFormat) -> Option<&'static str> {
    match format {
        TextFormat::Plain | TextFormat::Binary => None,
        TextFormat::DateTime => Some("DateTime"),
        TextFormat::Date => Some("Date"),
        TextFormat::Uuid => Some("Uuid"),
        TextFormat::Base64 => Some("Base64"),
        TextFormat::Base64Url => Some("Base64Url"),
        TextFormat::Decimal => Some("Decimal"),
    }
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
        named("anyOf", members)
    }

    fn named(keyword: &str, members: Value) -> Vec<String> {
        let plan = plan(&json!({}), &json!({"U": {keyword: members}}));
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
        let map = |kind: &str| json!({"type": "object", "additionalProperties": {"type": kind}});
        assert_eq!(
            variants(json!([map("string"), {"type": "boolean"}, map("number")])),
            ["TextMap", "Boolean", "NumberMap"]
        );
        let date = json!({"type": "string", "format": "date-time"});
        assert_eq!(variants(json!([date, {"type": "string"}, list("string")])), ["DateTime", "Text", "List"]);
    }

    #[test]
    fn a_title_that_several_have_names_none_of_them() {
        let list = |title: &str, items: Value| json!({"type": "array", "title": title, "items": items});
        let (text, integer) = (json!({"type": "string"}), json!({"type": "integer"}));
        let lists = json!({"type": "array", "items": integer});
        assert_eq!(
            variants(json!([list("array", text.clone()), list("array", integer), list("array", lists)])),
            ["TextList", "IntegerList", "IntegerListList"]
        );
        let object = |name: &str| json!({"type": "object", "title": "Source", "properties": {name: text}});
        assert_eq!(named("oneOf", json!([object("url"), object("file")])), ["Url", "File"]);
        assert_eq!(named("oneOf", json!([list("Texts", text.clone()), object("file")])), ["Texts", "Source"]);
    }

    #[test]
    fn what_the_items_of_a_list_fix_is_not_the_name_of_the_list() {
        let chunk =
            |kind: &str| json!({"type": "object", "required": ["type"], "properties": {"type": {"const": kind}}});
        let chunks = json!({"type": "array", "items": {"oneOf": [chunk("text"), chunk("image")]}});
        assert_eq!(variants(json!([{"type": "string"}, chunks])), ["Text", "List"]);
        let texts = json!({"type": "array", "items": chunk("text")});
        assert_eq!(variants(json!([{"type": "string"}, texts])), ["Text", "List"]);
    }

    #[test]
    fn what_no_single_property_tells_apart_several_do() {
        let source = |kind: &str, others: &[&str]| {
            let mut properties = json!({"type": {"type": "string", "enum": [kind]}});
            for name in others {
                properties[*name] = json!({"type": "string"});
            }
            json!({"type": "object", "required": ["type"], "properties": properties})
        };
        let members = json!([
            source("git-hub", &["repo", "ref"]),
            source("git-hub", &["org", "repo"]),
            source("git-hub", &["org", "ref"]),
            source("lab", &["org", "ref"]),
            source("lab", &["org"]),
            source("lab", &[]),
        ]);
        let names = ["GitHubRepoRef", "GitHubOrgRepo", "GitHubOrgRef", "LabRef", "LabOrg", "Lab"];
        assert_eq!(named("oneOf", members), names);
    }
}
