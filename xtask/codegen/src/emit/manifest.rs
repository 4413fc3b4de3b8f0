//! The generated part of `Cargo.toml`.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use super::example::Call;
use super::runtime::RuntimeDependency;
use super::used::{By, Used};
use crate::features::{FEATURES, Feature, WEBHOOKS, XML};
use crate::plan::{ALL_TAGS, CLIENT, Plan};

/// The manifest; write merges it into the one that is there. `used` is what the code names, `call` what the example makes, and
/// `has_tests` whether the document's examples are tests.
pub fn manifest(
    plan: &Plan,
    runtime: &RuntimeDependency,
    used: &Used,
    call: Option<Call<'_>>,
    has_tests: bool,
) -> String {
    let inherits = matches!(runtime, RuntimeDependency::Workspace);
    let mut document = DocumentMut::new();
    document.insert("package", Item::Table(package(plan, inherits)));
    document.insert("features", Item::Table(features(plan)));
    let mut dependencies = libraries(used, By::Library, inherits);
    dependencies.insert("switchboard-runtime", runtime_dependency(plan, runtime));
    document.insert("dependencies", Item::Table(dependencies));
    let for_tests = libraries(used, By::Tests, inherits);
    if !for_tests.is_empty() {
        document.insert("dev-dependencies", Item::Table(for_tests));
    }
    if let Some(call) = call {
        let needed = call.features(&plan.layout);
        document.insert("example", target(&plan.api.crate_ident(), needed.iter().map(String::as_str)));
    }
    if has_tests && plan.layout.is_by_tag() {
        document.insert("test", target(super::example_tests::NAME, [ALL_TAGS]));
    }
    if inherits {
        document.insert("lints", Item::Table(inherit("workspace")));
    }
    document.to_string()
}

fn package(plan: &Plan, inherits: bool) -> Table {
    let api = &plan.api;
    let mut package = Table::new();
    package.insert("name", value(api.crate_name.as_str()));
    package.insert("version", value("0.1.0"));
    if inherits {
        for key in ["edition", "rust-version", "license", "repository"] {
            let mut inherited = Table::new();
            inherited.set_dotted(true);
            inherited.insert("workspace", value(true));
            package.insert(key, Item::Table(inherited));
        }
    } else {
        package.insert("edition", value("2024"));
        package.insert("publish", value(false));
    }
    let description =
        api.manifest.description.clone().unwrap_or_else(|| format!("A client for {}", one_line(&api.title)));
    package.insert("description", value(one_line(&description)));
    package.insert("readme", value("README.md"));
    if !api.manifest.keywords.is_empty() {
        package.insert("keywords", value(api.manifest.keywords.iter().take(5).collect::<Array>()));
    }
    if !api.manifest.categories.is_empty() {
        package.insert("categories", value(api.manifest.categories.iter().collect::<Array>()));
    }
    package.insert("exclude", value(Array::from_iter([".switchboard*.json"])));
    package
}

/// The runtime's features, that of the client, and those of the tags.
fn features(plan: &Plan) -> Table {
    let layout = &plan.layout;
    let tags: BTreeSet<&str> = layout.tag_features().into_iter().collect();
    let mut features: BTreeMap<&str, Vec<String>> = BTreeMap::from([(CLIENT, Vec::new())]);
    let mut on = BTreeSet::from([CLIENT]);
    for Feature { name, default, .. } in FEATURES {
        features.insert(name, vec![format!("switchboard-runtime/{name}")]);
        on.extend(default.then_some(name));
    }
    if layout.is_by_tag() {
        features.insert(ALL_TAGS, tags.iter().map(|name| (*name).to_owned()).collect());
        on.insert(ALL_TAGS);
    }
    let webhooks = layout.webhooks.as_deref();
    on.extend(webhooks);
    features.extend(tags.into_iter().chain(webhooks).map(|name| (name, Vec::new())));
    let mut table = Table::new();
    table.insert("default", value(on.into_iter().collect::<Array>()));
    for (name, turned_on) in features {
        table.insert(name, value(turned_on.into_iter().collect::<Array>()));
    }
    table
}

/// An example or a test of its own, with the features that it needs.
fn target<'a>(name: &str, needed: impl IntoIterator<Item = &'a str>) -> Item {
    let mut target = Table::new();
    target.insert("name", value(name));
    target.insert("required-features", value(needed.into_iter().collect::<Array>()));
    Item::ArrayOfTables(ArrayOfTables::from_iter([target]))
}

/// What is named by one part of the code; of what two name, the crate's own has it for both.
fn libraries(used: &Used, by: By, inherits: bool) -> Table {
    let mut table = Table::new();
    for (name, _) in used.iter().filter(|(_, named_by)| **named_by == by) {
        let features: &[&str] = if *name == "tokio" { &["macros", "rt"] } else { &[] };
        table.insert(name, if inherits { workspace(features) } else { dependency("1", features) });
    }
    table
}

fn runtime_dependency(plan: &Plan, runtime: &RuntimeDependency) -> Item {
    let needed = [(WEBHOOKS, plan.webhooks.signature.is_some()), (XML, !plan.xml.roots.is_empty())];
    let needed: Vec<&str> =
        needed.into_iter().filter_map(|(feature, is_needed)| is_needed.then_some(feature)).collect();
    let RuntimeDependency::Path { path, version } = runtime else { return workspace(&needed) };
    let mut named = InlineTable::new();
    named.insert("path", path.to_string_lossy().as_ref().into());
    named.insert("version", version.as_str().into());
    named.insert("default-features", false.into());
    if !needed.is_empty() {
        named.insert("features", toml_edit::Value::Array(needed.iter().copied().collect()));
    }
    value(named)
}

fn dependency(version: &str, features: &[&str]) -> Item {
    if features.is_empty() {
        return value(version);
    }
    let mut table = InlineTable::new();
    table.insert("version", version.into());
    table.insert("features", toml_edit::Value::Array(features.iter().copied().collect()));
    value(table)
}

fn workspace(features: &[&str]) -> Item {
    let mut table = InlineTable::new();
    table.insert("workspace", true.into());
    if !features.is_empty() {
        table.insert("features", toml_edit::Value::Array(features.iter().copied().collect()));
    }
    value(table)
}

fn inherit(key: &str) -> Table {
    let mut table = Table::new();
    table.insert(key, value(true));
    table
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::testing::plan;
    use crate::plan::Signature;

    #[test]
    fn in_a_workspace_all_is_inherited_and_elsewhere_said() {
        let plan = plan(&json!({}), &json!({}));
        let used = Used::from([("serde_json", By::Library), ("tokio", By::Tests)]);
        let read = |runtime| manifest(&plan, &runtime, &used, None, false).parse::<DocumentMut>().unwrap();
        let inside = read(RuntimeDependency::Workspace);
        assert_eq!(inside["package"]["edition"]["workspace"].as_bool(), Some(true));
        for (table, name) in
            [("dependencies", "switchboard-runtime"), ("dependencies", "serde_json"), ("dev-dependencies", "tokio")]
        {
            assert_eq!(inside[table][name]["workspace"].as_bool(), Some(true), "{name}");
        }
        let outside = read(RuntimeDependency::Path { path: "/r".into(), version: "0.3.1".to_owned() });
        assert_eq!(outside["package"]["publish"].as_bool(), Some(false), "a path is not for publishing");
        let runtime = &outside["dependencies"]["switchboard-runtime"];
        assert_eq!((runtime["version"].as_str(), runtime["default-features"].as_bool()), (Some("0.3.1"), Some(false)));
        assert_eq!(outside["dependencies"]["serde_json"].as_str(), Some("1"));
        assert_eq!(outside["dev-dependencies"]["tokio"]["version"].as_str(), Some("1"));
        assert!(outside.get("lints").is_none());
    }

    #[test]
    fn a_dependency_is_what_the_code_names_and_no_other() {
        let plan = plan(&json!({}), &json!({}));
        let names = |used: &Used, table: &str| -> Option<Vec<String>> {
            let text = manifest(&plan, &RuntimeDependency::Workspace, used, None, false);
            let found = text.parse::<DocumentMut>().unwrap();
            Some(found.get(table)?.as_table()?.iter().map(|(name, _)| name.to_owned()).collect())
        };
        let said = |list: &[&str]| Some(list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let both = Used::from([("serde", By::Tests), ("serde_json", By::Library), ("tokio", By::Tests)]);
        assert_eq!(names(&both, "dependencies"), said(&["serde_json", "switchboard-runtime"]));
        assert_eq!(names(&both, "dev-dependencies"), said(&["serde", "tokio"]));
        assert_eq!(names(&Used::new(), "dependencies"), said(&["switchboard-runtime"]));
        assert_eq!(names(&Used::new(), "dev-dependencies"), None);
    }

    #[test]
    fn xml_is_asked_for_where_a_body_is_xml() {
        let body = json!({"content": {"application/xml": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}});
        let operation = json!({"operationId": "add", "requestBody": body, "responses": {}});
        let features = |operation| {
            let text = manifest(
                &plan(&json!({"/a": {"post": operation}}), &json!({})),
                &RuntimeDependency::Workspace,
                &Used::new(),
                None,
                false,
            );
            let found = text.parse::<DocumentMut>().unwrap();
            found["dependencies"]["switchboard-runtime"].get("features").map(ToString::to_string)
        };
        assert_eq!(features(operation).as_deref().map(str::trim), Some("[\"xml\"]"));
        assert_eq!(features(json!({"operationId": "add", "responses": {}})), None);
    }

    #[test]
    fn webhooks_are_asked_for_where_they_are_signed() {
        let mut plan = plan(&json!({}), &json!({}));
        let asks = |plan: &Plan| {
            manifest(plan, &RuntimeDependency::Workspace, &Used::new(), None, false)
                .contains("features = [\"webhooks\"]")
        };
        assert!(!asks(&plan));
        plan.webhooks.signature = Some(Signature::Standard);
        assert!(asks(&plan));
    }
}
