//! Several fragments of one API as one document: each says what it describes, and all say the same of what they share.

use serde_json::{Map, Value};

use super::settle::settle;
use crate::diagnostics::pointer_join;

/// A piece of a document, and where it is from.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// Its file.
    pub name: String,
    /// What it says.
    pub value: Value,
}

/// Something that two fragments say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Where, as a JSON pointer into either.
    pub pointer: String,
    /// The fragment that says something else than those before it.
    pub name: String,
    /// What those before it say.
    pub first: String,
    /// What it says.
    pub second: String,
}

/// The lists that are sets: what any fragment has of them, the document has.
const SETS: &[&str] = &["/servers", "/tags", "/schemes", "/consumes", "/produces"];

/// All fragments as one document, the first one's words first, and what they do not agree about. There the first one's
/// word stands.
pub fn merge(fragments: Vec<Fragment>) -> (Value, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    let mut merged = Value::Object(Map::new());
    for mut fragment in fragments {
        if let Some(conflict) = of_another_kind(&merged, &fragment) {
            conflicts.push(conflict);
            continue;
        }
        settle(&merged, &mut fragment.value);
        add(&mut merged, fragment.value, "", &fragment.name, &mut conflicts);
    }
    (merged, conflicts)
}

/// That a fragment is of Swagger 2.0 and those before it are of OpenAPI, or the reverse: the same is written in other places
/// there, so nothing of it is taken.
fn of_another_kind(merged: &Value, fragment: &Fragment) -> Option<Conflict> {
    let (first, second) = [("openapi", "swagger"), ("swagger", "openapi")]
        .into_iter()
        .find_map(|(first, second)| Some(((first, merged.get(first)?), (second, fragment.value.get(second)?))))?;
    let said = |(word, version): (&str, &Value)| format!("{word}: {version}");
    let pointer = pointer_join("", second.0);
    Some(Conflict { pointer, name: fragment.name.clone(), first: said(first), second: said(second) })
}

fn add(target: &mut Value, value: Value, pointer: &str, name: &str, conflicts: &mut Vec<Conflict>) {
    match (target, value) {
        (Value::Object(target), Value::Object(fields)) => {
            for (key, value) in fields {
                let below = pointer_join(pointer, &key);
                match target.get_mut(&key) {
                    Some(existing) => add(existing, value, &below, name, conflicts),
                    None => {
                        target.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(items)) if SETS.contains(&pointer) => {
            for item in items {
                if !target.contains(&item) {
                    target.push(item);
                }
            }
        }
        (target, value) if *target == value || pointer == "/openapi" && is_same_minor(target, &value) => {}
        (target, value) => conflicts.push(Conflict {
            pointer: pointer.to_owned(),
            name: name.to_owned(),
            first: target.to_string(),
            second: value.to_string(),
        }),
    }
}

/// Whether two versions of OpenAPI have the same features: they differ in the third number alone (OpenAPI 3.1, section 4.1).
fn is_same_minor(one: &Value, other: &Value) -> bool {
    let minor = |version: &Value| Some(version.as_str()?.rsplit_once('.')?.0.to_owned());
    minor(one).is_some() && minor(one) == minor(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fragment(name: &str, value: Value) -> Fragment {
        Fragment { name: name.to_owned(), value }
    }

    #[test]
    fn fragments_add_up_and_what_they_do_not_agree_about_is_told() {
        let head = |paths: Value| json!({"openapi": "3.1.0", "servers": [{"url": "/"}], "security": [{"k": []}], "paths": paths});
        let first = head(json!({"/a": {"get": {"operationId": "getA"}}}));
        let second = head(json!({"/a": {"post": {"operationId": "addA"}}, "/b": {}}));
        let (merged, conflicts) = merge(vec![fragment("one", first.clone()), fragment("two", second)]);
        let paths = json!({"/a": {"get": {"operationId": "getA"}, "post": {"operationId": "addA"}}, "/b": {}});
        assert_eq!((merged, conflicts), (head(paths), Vec::new()));

        let mut other = first.clone();
        other["paths"]["/a"]["get"]["operationId"] = json!("readA");
        other["openapi"] = json!("3.1.1");
        other["servers"] = json!([{"url": "/v2"}]);
        let (merged, conflicts) = merge(vec![fragment("one", first), fragment("two", other)]);
        assert_eq!(merged["servers"], json!([{"url": "/"}, {"url": "/v2"}]));
        let expected = Conflict {
            pointer: "/paths/~1a/get/operationId".to_owned(),
            name: "two".to_owned(),
            first: "\"getA\"".to_owned(),
            second: "\"readA\"".to_owned(),
        };
        assert_eq!(conflicts, [expected]);
    }

    #[test]
    fn fragments_of_swagger_and_of_openapi_make_no_document() {
        let openapi = json!({"openapi": "3.1.0", "paths": {"/a": {}}});
        let swagger = json!({"swagger": "2.0", "paths": {"/b": {}}});
        for (first, second) in [(&openapi, &swagger), (&swagger, &openapi)] {
            let (merged, conflicts) = merge(vec![fragment("one", first.clone()), fragment("two", second.clone())]);
            assert_eq!((&merged, conflicts.len()), (first, 1));
        }
    }
}
