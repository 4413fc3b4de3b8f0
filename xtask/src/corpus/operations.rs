//! Operations, counted twice: in the document, and in the code that was made of it.
//!
//! Both without the passes between, so that an operation that gets lost on the way is missed.

use codegen::schema::references;
use quote::ToTokens;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The methods that have a field of a path item (OpenAPI 3.2, "Path Item Object").
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// How many operations a document has: one for each method of each path, also where a path is only referred to.
pub fn in_document(document: &Value) -> usize {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else { return 0 };
    // A member that starts with `x-` is an extension and no path.
    paths.iter().filter(|(path, _)| !path.starts_with("x-")).map(|(_, item)| methods(document, item).len()).sum()
}

/// The methods of a path item as they are sent: `get` of other methods is not the field's, and what has a field is none of them.
fn methods<'a>(document: &'a Value, item: &'a Value) -> BTreeSet<Cow<'a, str>> {
    let mut found = BTreeSet::new();
    let mut next = item.as_object();
    for _ in 0..references::MAX_CHAIN {
        let Some(item) = next else { break };
        let own = METHODS.into_iter().filter(|method| item.get(*method).is_some_and(Value::is_object));
        found.extend(own.map(|method| Cow::Owned(method.to_ascii_uppercase())));
        let others = item.get("additionalOperations").and_then(Value::as_object).into_iter().flatten();
        let has_field = |method: &str| METHODS.iter().any(|field| field.to_ascii_uppercase() == method);
        let others = others.filter(|(method, operation)| operation.is_object() && !has_field(method));
        found.extend(others.map(|(method, _)| Cow::Borrowed(method.as_str())));
        let reference = item.get("$ref").and_then(Value::as_str);
        next = reference.and_then(|reference| references::find(document, reference)?.1.as_object());
    }
    found
}

/// How many operations a crate has: the public methods, outside of its types, that begin a call of one: those of its
/// `Client`, and of what that has for each tag. `None` when there is no `Client`, or a file that should have it is no Rust.
pub fn in_crate(files: &BTreeMap<String, String>) -> Option<usize> {
    // The document may well describe a `Client` itself: that one is among the types.
    let is_code = |path: &str| path.starts_with("src/") && path.ends_with(".rs") && !path.starts_with("src/types");
    let code = files.iter().filter(|(path, _)| is_code(path)).map(|(_, text)| text);
    let mut total = None;
    for text in code.filter(|text| text.contains("Call::new(") || text.contains("impl Client {")) {
        let methods = syn::parse_file(text).ok()?.items.iter().map(calls_begun).sum::<usize>();
        *total.get_or_insert(0) += methods;
    }
    total
}

/// How many methods of an implementation begin a call.
fn calls_begun(item: &syn::Item) -> usize {
    let syn::Item::Impl(block) = item else { return 0 };
    let begins_a_call = |item: &&syn::ImplItem| {
        let syn::ImplItem::Fn(method) = item else { return false };
        matches!(method.vis, syn::Visibility::Public(_))
            && method.block.to_token_stream().to_string().contains("Call :: new (")
    };
    block.items.iter().filter(begins_a_call).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_method_of_every_path_counts_also_by_reference() {
        let document = json!({
            "paths": {
                "/a": {"get": {}, "post": {}, "parameters": [], "summary": "get"},
                "/b": {"$ref": "#/components/pathItems/B%20b", "get": {}},
                "/c": {"$ref": "#/paths/~1a"},
                "/loop": {"$ref": "#/paths/~1loop", "trace": {}},
                "/null": {"get": null},
                "/others": {"get": {}, "additionalOperations": {"get": {}, "GET": {}, "MOVE": {}}},
                "/gone": {"$ref": "#/nowhere"},
                "x-internal": {"get": {}},
            },
            "webhooks": {"w": {"post": {}}},
            "components": {"pathItems": {"B b": {"put": {}, "get": {}}}},
        });
        assert_eq!(in_document(&document), 2 + 2 + 2 + 1 + 3);
        assert_eq!(in_document(&json!({"paths": null})), 0);
    }

    #[test]
    fn public_methods_that_begin_a_call_count() {
        let client = "
            pub struct Client { core: u8 }
            impl Client {
                pub fn builder() -> u8 { 0 }
                pub(crate) fn core(&self) -> u8 { Call::new(0) }
                pub fn with(&self) -> Self { Self { core: 0 } }
                pub fn list(&self) -> calls::List<'_> { calls::List(Call::new(&self.core)) }
                #[cfg(feature = \"pets\")]
                pub fn get(&self) -> calls::Get<'_> { calls::Get(Call::new(&self.core).path(1)) }
            }
            impl Clone for Client { fn clone(&self) -> Self { Self { core: 0 } } }";
        let files = |text: &str| BTreeMap::from([("src/client.rs".to_owned(), text.to_owned())]);
        assert_eq!(in_crate(&files(client)), Some(2));
        let types = ("src/types.rs".to_owned(), client.to_owned());
        assert_eq!(in_crate(&files(client).into_iter().chain([types.clone()]).collect()), Some(2));
        let tag = "impl<'a> Pets<'a> { pub fn get(&self) -> Get<'a> { Get(Call::new(self.core)) } }";
        let tag = ("src/calls/pets.rs".to_owned(), tag.to_owned());
        assert_eq!(in_crate(&files(client).into_iter().chain([tag]).collect()), Some(3));
        assert_eq!(in_crate(&[types].into()), None);
        assert_eq!(in_crate(&files("pub struct Other;")), None);
        assert_eq!(in_crate(&files("impl Client { fn")), None);
    }
}
