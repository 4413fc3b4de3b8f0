//! What OpenAPI 3.2 lets stand elsewhere and no pass behind has to look for: a media type whose content says `$ref` gets what
//! that leads to (section 4.14), and a security scheme that is named by a URI gets its name among the components (section
//! 4.30). And operations of an extension that stands for paths with a query.

use crate::{
    bundle::walk::{Slot, walk},
    diagnostics::{pointer_join, pointer_tokens},
    identify,
    load::Document,
    methods,
    objects::Kind,
    schema::references,
};
use serde_json::{Map, Value};

/// Where those stand whose paths differ in the query alone, so that a document of Swagger can have them.
const OVERLOADS: &str = "x-ms-paths";

/// Where Media Type Objects are shared.
const MEDIA_TYPES: &str = "/components/mediaTypes";

/// Where security schemes are.
const SCHEMES: &str = "/components/securitySchemes";

/// Puts both in their places. What leads nowhere stays, and the lint says so.
pub fn bring_in(document: &mut Document) {
    media_types(document);
    security(&mut document.value);
}

/// Puts the operations of an extension among the others, as far as there is none of their path.
pub fn overloads(document: &mut Document) {
    let Some(root) = document.value.as_object_mut() else { return };
    if !root.get(OVERLOADS).is_some_and(Value::is_object) || !root.get("paths").is_some_and(Value::is_object) {
        return;
    }
    let Some(Value::Object(items)) = root.shift_remove(OVERLOADS) else { return };
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else { return };
    let before = document.origins.clone();
    let (doubled, items): (Map<_, _>, Map<_, _>) = items.into_iter().partition(|(path, _)| paths.contains_key(path));
    for (path, item) in items {
        let from = pointer_join(&pointer_join("", OVERLOADS), &path);
        document.origins.moved(&pointer_join("/paths", &path), &before, &from);
        paths.insert(path, item);
    }
    if !doubled.is_empty() {
        root.insert(OVERLOADS.to_owned(), Value::Object(doubled));
    }
}

fn media_types(document: &mut Document) {
    let before = document.origins.clone();
    let found = walk("", Slot::One(Kind::Root), &document.value, false).found;
    let mut brought = Vec::new();
    for found in found.into_iter().filter(|found| found.slot == Slot::One(Kind::MediaType)) {
        let is_shared = found.pointer.rsplit_once('/').is_some_and(|(parent, _)| parent == MEDIA_TYPES);
        let target = document.value.pointer(&found.pointer).filter(|_| !is_shared);
        let target = target.and_then(|target| references::resolve(&document.value, target, &found.pointer));
        brought.extend(target.map(|(target, from)| (found.pointer.clone(), target.clone(), from)));
    }
    for (place, target, from) in brought {
        if let Some(there) = document.value.pointer_mut(&place) {
            *there = target;
            document.origins.moved(&place, &before, &from);
        }
    }
}

fn security(document: &mut Value) {
    let own = document.get("$self").and_then(Value::as_str).unwrap_or_default().to_owned();
    let schemes = document.pointer(SCHEMES).cloned().unwrap_or_default();
    let mut places = vec!["/security".to_owned()];
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let place = pointer_join("/paths", path);
        places.extend(methods::of(item).map(|found| format!("{place}{}/security", found.pointer)));
    }
    for place in places {
        let alternatives = document.pointer_mut(&place).and_then(Value::as_array_mut);
        for alternative in alternatives.into_iter().flatten().filter_map(Value::as_object_mut) {
            if alternative.keys().any(|key| key.contains('#')) {
                let named = std::mem::take(alternative).into_iter();
                let named = named.map(|(key, scopes)| (scheme_name(&key, &own, &schemes).unwrap_or(key), scopes));
                *alternative = named.collect::<Map<_, _>>();
            }
        }
    }
}

/// The name of the scheme that a URI in this document, which calls itself `own`, leads to. What is a name is no URI.
fn scheme_name(key: &str, own: &str, schemes: &Value) -> Option<String> {
    let (uri, _) = key.split_once('#').filter(|_| schemes.get(key).is_none())?;
    let is_here = uri.is_empty() || (!own.is_empty() && identify::join(own, uri) == own);
    let pointer = references::local_pointer(key.get(uri.len()..)?).filter(|_| is_here)?;
    let (section, _) = pointer.rsplit_once('/').filter(|(section, _)| *section == SCHEMES)?;
    let name = pointer_tokens(pointer.get(section.len()..)?).last()?;
    schemes.get(&name).is_some().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_of_the_extension_stand_among_the_others() {
        let value = json!({
            "paths": {"/a": {"get": {}}, "/a?b=2": {"put": {}}},
            "x-ms-paths": {"/a?b=1": {"get": {}}, "/a?b=2": {"get": {}}},
        });
        let mut document = Document { value, ..Document::default() };
        overloads(&mut document);
        let paths = json!({"/a": {"get": {}}, "/a?b=2": {"put": {}}, "/a?b=1": {"get": {}}});
        assert_eq!(document.value, json!({"paths": paths, "x-ms-paths": {"/a?b=2": {"get": {}}}}));
        assert_eq!(document.origins.resolve("/paths/~1a?b=1/get").pointer, "/x-ms-paths/~1a?b=1/get");
    }
}
