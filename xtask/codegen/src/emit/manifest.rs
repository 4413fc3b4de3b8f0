//! The generated part of `Cargo.toml`.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use super::features::{FEATURES, Feature, XML};
use super::runtime::RuntimeDependency;
use crate::plan::Plan;

/// The manifest; write merges it into the one that is there.
pub fn manifest(plan: &Plan, runtime: &RuntimeDependency) -> String {
    let inherits = matches!(runtime, RuntimeDependency::Workspace);
    let mut document = DocumentMut::new();
    document.insert("package", Item::Table(package(plan, inherits)));
    document.insert("features", Item::Table(runtime_features()));
    document.insert("dependencies", Item::Table(dependencies(plan, runtime)));
    document.insert("dev-dependencies", Item::Table(dev_dependencies(inherits)));
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
    package.insert("exclude", value(Array::from_iter([".switchboard.json"])));
    package
}

fn runtime_features() -> Table {
    let mut all: Vec<&Feature> = FEATURES.iter().collect();
    all.sort_by_key(|feature| feature.name);
    let mut features = Table::new();
    let on = all.iter().filter(|feature| feature.default).map(|feature| feature.name);
    features.insert("default", value(on.collect::<Array>()));
    for Feature { name, .. } in all {
        features.insert(name, value(Array::from_iter([format!("switchboard-runtime/{name}")])));
    }
    features
}

fn dependencies(plan: &Plan, runtime: &RuntimeDependency) -> Table {
    let needed: &[&str] = if plan.xml.roots.is_empty() { &[] } else { &[XML] };
    let mut dependencies = Table::new();
    match runtime {
        RuntimeDependency::Workspace => {
            for name in ["serde", "serde_json"] {
                dependencies.insert(name, workspace(&[]));
            }
            dependencies.insert("switchboard-runtime", workspace(needed));
        }
        RuntimeDependency::Path { path, version } => {
            dependencies.insert("serde", features("1", &["derive"]));
            dependencies.insert("serde_json", value("1"));
            let mut named = InlineTable::new();
            named.insert("path", path.to_string_lossy().as_ref().into());
            named.insert("version", version.as_str().into());
            named.insert("default-features", false.into());
            if !needed.is_empty() {
                named.insert("features", toml_edit::Value::Array(needed.iter().copied().collect()));
            }
            dependencies.insert("switchboard-runtime", value(named));
        }
    }
    dependencies
}

fn dev_dependencies(inherits: bool) -> Table {
    let mut dependencies = Table::new();
    if inherits {
        dependencies.insert("tokio", workspace(&["macros", "rt"]));
    } else {
        dependencies.insert("tokio", features("1", &["macros", "rt"]));
    }
    dependencies
}

fn features(version: &str, features: &[&str]) -> Item {
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
