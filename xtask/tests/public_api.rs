//! The public face of the runtime, as a file in the tree: each change of it is seen in review, and one that breaks published
//! crates is not made by accident. `UPDATE_GOLDEN=1 cargo test -p xtask --test public_api` writes the file anew.
//!
//! It is read from the source, by `syn`: what rustdoc knows is to be had of nightly toolchains alone, in a format that changes
//! with them, and this has to hold wherever the tests run. What a macro makes is listed as the macro's call.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemImpl, TraitItem, Type, UseTree, Visibility};

/// Crates whose types may stand in a signature: the standard library, and what is beyond version 1 or as good as.
const FREE: &[&str] =
    &["std", "core", "http", "bytes", "serde", "serde_json", "futures_core", "uuid", "crate", "self", "super"];

/// A module: its items, where it is.
struct Module {
    items: Vec<Item>,
    /// What its imports stand for: the first segment of each path.
    imports: BTreeMap<String, String>,
}

/// Modules by their path below the crate.
type Tree = BTreeMap<Vec<String>, Module>;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/switchboard-runtime/src")
}

fn conditions(attributes: &[Attribute]) -> Vec<String> {
    let cfgs = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    cfgs.map(|attribute| attribute.meta.to_token_stream().to_string()).collect()
}

/// Whether it is there in tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    conditions(attributes).iter().any(|cfg| cfg == "cfg (test)" || cfg.starts_with("cfg (all (test"))
}

/// The features of which it needs one, as they stand in the source.
fn feature(attributes: &[Attribute]) -> Option<String> {
    let cfg = conditions(attributes).into_iter().find(|cfg| cfg.contains("feature"))?;
    (!cfg.contains("not (")).then(|| cfg.split('"').nth(1).unwrap_or_default().to_owned())
}

fn is_hidden_twin(attributes: &[Attribute]) -> bool {
    conditions(attributes).iter().any(|cfg| cfg.contains("not ("))
}

fn load(file: &Path, folder: &Path, path: Vec<String>, tree: &mut Tree) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let items = syn::parse_file(&text).unwrap().items;
    let items: Vec<Item> =
        items.into_iter().filter(|item| !is_test(attributes(item)) && !is_hidden_twin(attributes(item))).collect();
    place(items, folder, path, tree);
}

fn place(items: Vec<Item>, folder: &Path, path: Vec<String>, tree: &mut Tree) {
    let mut imports = BTreeMap::new();
    for item in &items {
        match item {
            Item::Mod(module) => {
                let name = module.ident.to_string();
                let below = [path.clone(), vec![name.clone()]].concat();
                match &module.content {
                    Some((_, items)) => place(items.clone(), &folder.join(&name), below, tree),
                    None => {
                        let (own, inside) = (folder.join(format!("{name}.rs")), folder.join(&name));
                        let file = if own.exists() { own } else { inside.join("mod.rs") };
                        load(&file, &inside, below, tree);
                    }
                }
            }
            Item::Use(item) => {
                for (name, target) in leaves(&item.tree, &[]) {
                    imports.insert(name, target[0].clone());
                }
            }
            _ => {}
        }
    }
    tree.insert(path, Module { items, imports });
}

/// What a `use` names: each name, and the path that it stands for.
fn leaves(tree: &UseTree, before: &[String]) -> Vec<(String, Vec<String>)> {
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident)),
        UseTree::Name(name) if name.ident == "self" => vec![(before.last().unwrap().clone(), before.to_vec())],
        UseTree::Name(name) => vec![(name.ident.to_string(), with(&name.ident))],
        UseTree::Rename(rename) => vec![(rename.rename.to_string(), with(&rename.ident))],
        UseTree::Glob(_) => vec![("*".to_owned(), before.to_vec())],
        UseTree::Group(group) => group.items.iter().flat_map(|tree| leaves(tree, before)).collect(),
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Mod(item) => item.ident.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        _ => return None,
    })
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// One line of the face.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    path: String,
    text: String,
    feature: Option<String>,
}

/// What is public.
#[derive(Default)]
struct Face {
    lines: BTreeSet<Line>,
    /// Types and traits by their names, with the paths by which they are public.
    types: BTreeMap<String, Vec<(String, Option<String>)>>,
    /// What must not be: a dependency's type in a signature, an enum or a struct that cannot grow.
    faults: BTreeSet<String>,
}

/// Rust as a line reads it.
fn shown(tokens: impl ToTokens) -> String {
    codegen::diff::face::shown(&tokens.to_token_stream().to_string())
}

impl Face {
    fn line(&mut self, path: &str, text: String, feature: &Option<String>) {
        self.lines.insert(Line { path: path.to_owned(), text, feature: feature.clone() });
    }

    /// Adds an item that is public under a path.
    fn add(&mut self, tree: &Tree, module: &[String], item: &Item, path: &str, feature: &Option<String>) {
        let feature = &feature.clone().or(self::feature(attributes(item)));
        let grows = attributes(item).iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
        let mark = if grows { "#[non_exhaustive] " } else { "" };
        match item {
            Item::Const(item) => self.line(path, format!("const {}: {}", item.ident, shown(&item.ty)), feature),
            Item::Fn(item) => {
                self.signature(tree, module, &item.sig, feature);
                self.line(path, shown(&item.sig), feature);
            }
            Item::Type(item) => self.line(path, format!("type {} = {}", shown(&item.ident), shown(&item.ty)), feature),
            Item::Macro(item) => {
                let body = item.mac.tokens.to_string();
                let methods = body.split("pub fn ").skip(1).filter_map(|rest| rest.split('{').next());
                self.line(path, "macro".to_owned(), feature);
                for method in methods {
                    let tokens: proc_macro2::TokenStream = method.parse().unwrap();
                    self.line(path, format!("defines fn {}", shown(tokens)), feature);
                }
            }
            Item::Struct(item) => {
                self.types.entry(item.ident.to_string()).or_default().push((path.to_owned(), feature.clone()));
                self.line(path, format!("{mark}struct {}{}", item.ident, shown(&item.generics)), feature);
                for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
                    let Some(ident) = &field.ident else { continue };
                    self.line(path, format!("field {ident}: {}", shown(&field.ty)), feature);
                    self.check(tree, module, &field.ty, feature, path);
                    if !grows {
                        self.faults.insert(format!("{path} has public fields and is not non-exhaustive"));
                    }
                }
                self.derives(&item.attrs, path, feature);
            }
            Item::Enum(item) => {
                self.types.entry(item.ident.to_string()).or_default().push((path.to_owned(), feature.clone()));
                self.line(path, format!("{mark}enum {}{}", item.ident, shown(&item.generics)), feature);
                for variant in &item.variants {
                    let mut variant = variant.clone();
                    variant.attrs.clear();
                    variant.fields.iter_mut().for_each(|field| field.attrs.clear());
                    self.check(tree, module, &variant.fields, feature, path);
                    self.line(path, format!("variant {}", shown(&variant)), feature);
                }
                if !grows && !["Nullable", "Scalar"].contains(&item.ident.to_string().as_str()) {
                    self.faults.insert(format!("{path} is an enum and not non-exhaustive"));
                }
                self.derives(&item.attrs, path, feature);
            }
            Item::Trait(item) => {
                self.types.entry(item.ident.to_string()).or_default().push((path.to_owned(), feature.clone()));
                self.line(
                    path,
                    format!("trait {}{}: {}", item.ident, shown(&item.generics), shown(&item.supertraits)),
                    feature,
                );
                for part in &item.items {
                    match part {
                        TraitItem::Fn(part) => {
                            self.signature(tree, module, &part.sig, feature);
                            let provided = if part.default.is_some() { "provided " } else { "required " };
                            self.line(path, format!("{provided}{}", shown(&part.sig)), feature);
                        }
                        TraitItem::Type(part) => {
                            self.line(path, format!("type {}: {}", part.ident, shown(&part.bounds)), feature)
                        }
                        _ => {}
                    }
                }
            }
            Item::Mod(_) => {
                let below = [module, &[name(item).unwrap()]].concat();
                self.module(tree, &below, path, feature);
            }
            _ => {}
        }
    }

    fn derives(&mut self, attributes: &[Attribute], path: &str, feature: &Option<String>) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let syn::Meta::List(list) = &attribute.meta else { continue };
            for derived in shown(&list.tokens).split(',').map(str::trim).filter(|name| !name.is_empty()) {
                self.line(path, format!("impl {}", derived.rsplit("::").next().unwrap()), feature);
            }
        }
    }

    /// All that is public of a module.
    fn module(&mut self, tree: &Tree, module: &[String], path: &str, feature: &Option<String>) {
        let joined = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
        for item in &tree[module].items {
            let public = match item {
                Item::Const(item) => &item.vis,
                Item::Enum(item) => &item.vis,
                Item::Fn(item) => &item.vis,
                Item::Mod(item) => &item.vis,
                Item::Static(item) => &item.vis,
                Item::Struct(item) => &item.vis,
                Item::Trait(item) => &item.vis,
                Item::Type(item) => &item.vis,
                Item::Use(item) => &item.vis,
                _ => continue,
            };
            if !is_public(public) {
                continue;
            }
            let feature = &feature.clone().or(self::feature(attributes(item)));
            match item {
                Item::Use(item) => {
                    for (name, target) in leaves(&item.tree, &[]) {
                        match resolve(tree, module, &target, 0) {
                            Some((home, found)) => self.add(tree, &home, found, &joined(&name), feature),
                            None => {
                                self.line(&joined(&name), format!("use {}", target.join("::")), feature);
                                self.root(&target[0], feature, &joined(&name));
                            }
                        }
                    }
                }
                item => self.add(tree, module, item, &joined(&name(item).unwrap()), feature),
            }
        }
    }

    /// Methods and traits of what is public.
    fn implementations(&mut self, tree: &Tree) {
        for (home, module) in tree {
            for item in &module.items {
                match item {
                    Item::Impl(found) => self.implementation(tree, home, found),
                    // A macro that makes impls of the type that it is called with.
                    Item::Macro(call) if call.ident.is_none() => {
                        let (made, of) = (shown(&call.mac.path), shown(&call.mac.tokens));
                        for (path, feature) in self.types.get(&of).cloned().unwrap_or_default() {
                            self.line(&path, format!("{made}!"), &feature);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn implementation(&mut self, tree: &Tree, home: &[String], found: &ItemImpl) {
        let Some(of) = named(&found.self_ty) else { return };
        let own = feature(&found.attrs);
        let Some(places) = self.types.get(&of).cloned() else { return };
        for (path, feature) in places {
            let feature = &feature.or(own.clone());
            if let Some((implemented, _)) = &found.trait_ {
                self.check(tree, home, implemented, feature, &path);
                let text =
                    format!("impl{} {} for {}", shown(&found.generics), shown(implemented), shown(&found.self_ty));
                self.line(&path, text, feature);
                continue;
            }
            for part in &found.items {
                match part {
                    ImplItem::Fn(method) if is_public(&method.vis) && !is_test(&method.attrs) => {
                        let feature = &feature.clone().or(self::feature(&method.attrs));
                        self.signature(tree, home, &method.sig, feature);
                        self.line(&path, shown(&method.sig), feature);
                    }
                    ImplItem::Const(constant) if is_public(&constant.vis) => {
                        self.line(&path, format!("const {}: {}", constant.ident, shown(&constant.ty)), feature);
                    }
                    _ => {}
                }
            }
        }
    }

    fn signature(&mut self, tree: &Tree, module: &[String], signature: &syn::Signature, feature: &Option<String>) {
        let place = signature.ident.to_string();
        self.check(tree, module, signature, feature, &place);
    }

    /// That no type of a dependency is named, but behind a feature.
    fn check(&mut self, tree: &Tree, module: &[String], part: &impl Visitable, feature: &Option<String>, place: &str) {
        let mut roots = Roots::default();
        part.visited(&mut roots);
        for root in roots.0 {
            let origin = tree[module].imports.get(&root).cloned().unwrap_or(root);
            self.root(&origin, feature, place);
        }
    }

    fn root(&mut self, root: &str, feature: &Option<String>, place: &str) {
        let is_dependency = DEPENDENCIES.contains(&root) && !FREE.contains(&root);
        if is_dependency && feature.is_none() {
            self.faults.insert(format!("{place} names what is {root}'s, and no feature does"));
        }
    }
}

/// What the runtime depends on.
const DEPENDENCIES: &[&str] = &[
    "base64",
    "chrono",
    "crc32fast",
    "fastrand",
    "flate2",
    "futures_util",
    "httpdate",
    "percent_encoding",
    "quick_xml",
    "reqwest",
    "rustls",
    "rustls_platform_verifier",
    "secrecy",
    "smallvec",
    "thiserror",
    "tokio",
    "tracing",
    "url",
];

/// The first segments of all paths.
#[derive(Default)]
struct Roots(BTreeSet<String>);

impl<'ast> Visit<'ast> for Roots {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.extend(path.segments.first().map(|segment| segment.ident.to_string()));
        visit::visit_path(self, path);
    }
}

trait Visitable {
    fn visited(&self, roots: &mut Roots);
}

impl Visitable for Type {
    fn visited(&self, roots: &mut Roots) {
        roots.visit_type(self);
    }
}

impl Visitable for syn::Path {
    fn visited(&self, roots: &mut Roots) {
        roots.visit_path(self);
    }
}

impl Visitable for syn::Fields {
    fn visited(&self, roots: &mut Roots) {
        roots.visit_fields(self);
    }
}

impl Visitable for syn::Signature {
    fn visited(&self, roots: &mut Roots) {
        roots.visit_signature(self);
    }
}

/// The name of a type, if it is a path.
fn named(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        Type::Reference(reference) => named(&reference.elem),
        _ => None,
    }
}

/// Finds what a path of a `use` leads to, by way of other uses; nothing if that is another crate's.
fn resolve<'t>(tree: &'t Tree, from: &[String], path: &[String], depth: usize) -> Option<(Vec<String>, &'t Item)> {
    assert!(depth < 16, "{path:?} leads nowhere");
    let (mut module, rest) = match path[0].as_str() {
        "crate" => (vec![], &path[1..]),
        "self" => (from.to_vec(), &path[1..]),
        "super" => (from[..from.len() - 1].to_vec(), &path[1..]),
        _ => return None,
    };
    let (last, before) = rest.split_last()?;
    module.extend(before.iter().cloned());
    let found = tree.get(&module)?;
    // A module that is private is not what is meant, where something else in it has its name.
    let is_meant = |item: &&Item| !matches!(item, Item::Mod(module) if !is_public(&module.vis));
    if let Some(item) = found.items.iter().filter(is_meant).find(|item| name(item).as_deref() == Some(last)) {
        return Some((module, item));
    }
    // Exported macros stand at the root, wherever they are written.
    let exported = tree.iter().flat_map(|(home, module)| module.items.iter().map(move |item| (home, item)));
    for (home, item) in exported {
        if matches!(item, Item::Macro(_)) && name(item).as_deref() == Some(last) {
            return Some((home.clone(), item));
        }
    }
    found.items.iter().find_map(|item| {
        let Item::Use(item) = item else { return None };
        let target = leaves(&item.tree, &[]).into_iter().find(|(name, _)| name == last)?.1;
        resolve(tree, &module, &target, depth + 1)
    })
}

fn face() -> Face {
    let mut tree = Tree::new();
    load(&source().join("lib.rs"), &source(), vec![], &mut tree);
    let mut face = Face::default();
    face.module(&tree, &[], "", &None);
    face.implementations(&tree);
    face
}

#[test]
fn the_public_face_is_the_one_in_the_tree() {
    let mut text = String::from(
        "# What is public of switchboard-runtime. Whatever is below `codegen` is for generated crates alone.\n\
         # Written by `UPDATE_GOLDEN=1 cargo test -p xtask --test public_api`.\n",
    );
    let mut last = "";
    let face = face();
    for Line { path, text: line, feature } in &face.lines {
        if path != last {
            text.push_str(&format!("\n{path}\n"));
            last = path;
        }
        let feature = feature.as_ref().map(|feature| format!("  [{feature}]")).unwrap_or_default();
        text.push_str(&format!("    {line}{feature}\n"));
    }
    let file = source().join("../public-api.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&file, &text).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (there.lines().collect(), text.lines().collect());
    assert!(
        there == text,
        "the public face has changed: see to it that no published crate breaks, and write the file anew, with UPDATE_GOLDEN=1\n\
         gone: {:#?}\nnew: {:#?}",
        old.difference(&new).collect::<Vec<_>>(),
        new.difference(&old).collect::<Vec<_>>(),
    );
}

#[test]
fn what_is_public_can_grow_and_names_no_dependency_unasked() {
    assert_eq!(face().faults, BTreeSet::new());
}

#[test]
fn no_method_of_a_response_hides_one_of_its_value() {
    let face = face();
    let methods = |of: &str| -> BTreeSet<String> {
        let own = face.lines.iter().filter(|line| line.path == of && line.text.contains("self"));
        own.filter_map(|line| {
            let name = line.text.split("fn ").nth(1)?.split(['(', '<']).next()?;
            Some(name.to_owned())
        })
        .collect()
    };
    let response = methods("ResponseValue");
    assert!(response.contains("status"), "{response:?}");
    for value in ["ByteStream", "EventStream", "JsonLines", "Nullable", "Scalar", "Date", "DateTime", "Uuid"] {
        let hidden: Vec<_> = methods(value).intersection(&response).cloned().collect();
        assert!(hidden.is_empty(), "{value}: {hidden:?}");
    }
    // Of the standard library, what values most often are.
    for name in ["as_ref", "map", "len", "iter", "get", "is_empty", "as_str", "is_some", "and_then", "unwrap", "take"] {
        assert!(!response.contains(name), "{name}");
    }
    assert!(!face.lines.iter().any(|line| line.path == "ResponseValue" && line.text.contains("AsRef")));
}
