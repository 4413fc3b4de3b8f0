//! What each feature of a crate whose operations stand by tag needs: the types and headers that its operations lead to,
//! directly or through other types, so that a tag alone compiles, and compiles nothing else.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{tags, usage};
use crate::plan::{ALL_TAGS, Layout, Operation, OperationTag, Origin, ResponseHeader, TypeDef, TypeRef, Webhooks};

/// The layout of a crate; without tags nothing is told apart.
pub fn layout(
    tags: IndexMap<String, OperationTag>,
    operations: &[Operation],
    webhooks: &Webhooks,
    headers: &IndexMap<String, Vec<ResponseHeader>>,
    types: &IndexMap<String, TypeDef>,
) -> Layout {
    let mut layout = Layout { tags, ..Layout::default() };
    if !layout.is_by_tag() {
        return layout;
    }
    let is_webhook = |origin: &Origin| matches!(origin, Origin::Webhook { .. });
    let has_webhooks = webhooks.all.iter().any(|incoming| is_webhook(&incoming.origin));
    layout.webhooks = has_webhooks.then(|| tags::WEBHOOKS.to_owned());
    let mut roots: BTreeMap<String, Vec<&TypeRef>> = BTreeMap::new();
    for operation in operations {
        let Some(feature) = layout.feature(operation).map(str::to_owned) else { continue };
        for name in operation.headers.iter().chain(&operation.error_headers) {
            layout.headers.entry(name.clone()).or_default().insert(feature.clone());
            let values = headers.get(name).into_iter().flatten().map(|header| &header.ty);
            roots.entry(feature.clone()).or_default().extend(values);
        }
        let of_feature = roots.entry(feature).or_default();
        of_feature.extend(usage::requests(operation, |_| true));
        of_feature.extend(usage::responses(operation));
    }
    for incoming in &webhooks.all {
        if let Some(feature) = layout.origin(&incoming.origin) {
            roots.entry(feature.to_owned()).or_default().push(&incoming.ty);
        }
    }
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (feature, roots) in &roots {
        for name in usage::reached(roots, types) {
            needed.entry(name).or_default().insert(feature.clone());
        }
    }
    // What no operation needs is there with all of them, and with it what it leads to.
    let left: Vec<TypeRef> =
        types.keys().filter(|name| !needed.contains_key(*name)).map(|name| TypeRef::Named(name.clone())).collect();
    for name in usage::reached(&left.iter().collect::<Vec<_>>(), types) {
        let features = needed.entry(name).or_default();
        // A tag is on wherever all of them are.
        if !features.iter().any(|feature| layout.is_of_tag(feature)) {
            features.insert(ALL_TAGS.to_owned());
        }
    }
    layout.types = needed;
    layout
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::lower;

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn content(name: &str) -> Value {
        json!({"description": "", "content": {"application/json": {"schema": to(name)}}})
    }

    fn holding(name: &str) -> Value {
        json!({"type": "object", "properties": {"a": {"type": "array", "items": to(name)}}})
    }

    #[test]
    fn a_type_is_needed_by_every_tag_that_leads_to_it() {
        let leaf = json!({"type": "object", "properties": {"b": {"type": "string"}}});
        let header = json!({"X-Kind": {"schema": to("Kind")}});
        let failing =
            json!({"description": "", "headers": header, "content": {"application/json": {"schema": to("Fault")}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "x-switchboard-layout": "tags",
            "paths": {
                "/a": {"get": {"operationId": "a", "tags": ["One"], "responses": {"200": content("Sent"), "400": failing}}},
                "/b": {"post": {"operationId": "b", "tags": ["Two"], "requestBody": content("Leaf"), "responses": {},
                    "callbacks": {"done": {"{$url}": {"post": {"requestBody": content("Done")}}}}}},
            },
            "webhooks": {"told": {"post": {"requestBody": content("Told")}}},
            "components": {"schemas": {
                "Sent": holding("Leaf"), "Leaf": leaf, "Fault": leaf, "Kind": {"enum": ["a", "b"], "type": "string"},
                "Done": holding("Fault"), "Told": holding("Hidden"), "Hidden": leaf, "Left": holding("Hidden"),
            }},
        });
        let layout = lower("t", &document, &mut Diagnostics::default()).layout;
        let needs = |name: &str| layout.types[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!((needs("Sent"), needs("Leaf")), (vec!["one"], vec!["one", "two"]));
        assert_eq!((needs("Fault"), needs("Kind"), needs("Done")), (vec!["one", "two"], vec!["one"], vec!["two"]));
        assert_eq!((needs("Told"), needs("Left")), (vec!["webhooks"], vec!["all-tags"]));
        assert_eq!(needs("Hidden"), ["all-tags", "webhooks"]);
        assert_eq!(layout.headers.values().flatten().collect::<Vec<_>>(), ["one"]);
    }
}
