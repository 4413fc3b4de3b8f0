//! Imports run one way: no module needs another that needs it.
//!
//! A module is a file. It needs the file that defines what a path in it leads to: in `use`, and in expressions, types and
//! patterns that begin with `crate`, `super`, `self`, or a module below. A `pub use` is a signpost: it is no need of the
//! module that has it, and who follows it needs what it leads to. `mod` needs nothing, tests do not count, and what
//! `quote!` holds is generated code. So a module below may use what its folder's `mod.rs` defines only if that uses nothing
//! of it. Methods are looked for nowhere: a type whose `impl` is spread over a folder is one thing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use syn::visit::{self, Visit};

/// A module's path from its crate's root, which has none.
type Module = Vec<String>;

/// What one file says.
#[derive(Default)]
struct File {
    /// The paths that it needs, from its own place, with how deep in modules of the same file they stand.
    paths: Vec<Vec<String>>,
    /// What names lead to that are brought into scope, signposts and uses alike.
    names: BTreeMap<String, Vec<String>>,
    /// The names of what it defines itself.
    items: BTreeSet<String>,
    /// Where all other names lead to: `pub use path::*`.
    others: Option<Vec<String>>,
    /// The modules below that only tests have.
    tests: BTreeSet<String>,
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test")))
    })
}

impl File {
    fn bring(&mut self, tree: &syn::UseTree, before: &[String], is_signpost: bool) {
        let mut path = before.to_vec();
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.bring(&part.tree, &path, is_signpost);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.bring(tree, before, is_signpost));
            }
            syn::UseTree::Glob(_) if is_signpost => {
                assert!(self.others.is_none(), "of two `pub use …::*` nobody can tell which a name comes from");
                self.others = Some(path);
            }
            syn::UseTree::Glob(_) => self.paths.push(path),
            syn::UseTree::Name(name) => {
                let name = name.ident.to_string();
                if name != "self" {
                    path.push(name.clone());
                }
                self.name(path.last().cloned().unwrap_or(name), path, is_signpost);
            }
            syn::UseTree::Rename(renamed) => {
                if renamed.ident != "self" {
                    path.push(renamed.ident.to_string());
                }
                self.name(renamed.rename.to_string(), path, is_signpost);
            }
        }
    }

    fn item(&mut self, item: &syn::Item) {
        let name = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Fn(item) => Some(&item.sig.ident),
            syn::Item::Static(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.items.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn name(&mut self, name: String, path: Vec<String>, is_signpost: bool) {
        if !is_signpost {
            self.paths.push(path.clone());
        }
        self.names.insert(name, path);
    }
}

impl<'a> Visit<'a> for File {
    fn visit_item(&mut self, item: &'a syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => return self.item(item),
        };
        if !is_test(attributes) {
            return self.item(item);
        }
        if let syn::Item::Mod(item) = item {
            self.tests.insert(item.ident.to_string());
        }
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.bring(&item.tree, &[], !matches!(item.vis, syn::Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        // What is one word is in scope already.
        if path.segments.len() > 1 {
            self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    /// Most macros hold expressions.
    fn visit_macro(&mut self, called: &'a syn::Macro) {
        let name = called.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if ["quote", "quote_spanned", "parse_quote"].contains(&name.as_str()) {
            return;
        }
        let parser = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        if let Ok(held) = called.parse_body_with(parser) {
            held.iter().for_each(|expression| self.visit_expr(expression));
        }
    }
}

/// All files of a crate.
struct Sources(BTreeMap<Module, File>);

impl Sources {
    fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        Self::collect(root, &[], &mut files);
        let is_test = |module: &Module| {
            let above = module.split_last().map(|(name, above)| (files.get(above), name));
            above.is_some_and(|(above, name)| above.is_some_and(|above| above.tests.contains(name)))
        };
        let tests: Vec<Module> = files.keys().filter(|module| is_test(module)).cloned().collect();
        files.retain(|module, _| !tests.contains(module));
        Self(files)
    }

    fn collect(folder: &Path, module: &[String], files: &mut BTreeMap<Module, File>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let below: Module = module.iter().cloned().chain([stem.clone()]).collect();
            if path.is_dir() {
                Self::collect(&path, &below, files);
            } else if stem != "main" && path.extension().is_some_and(|extension| extension == "rs") {
                let module = if ["mod", "lib"].contains(&stem.as_str()) { module.to_vec() } else { below };
                let mut file = File::default();
                file.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
                files.insert(module, file);
            }
        }
    }

    /// The module that defines what `path`, written in `from`, leads to; `None` for what is outside of the crate.
    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<Module> {
        let mut rest = path;
        let mut at = from.to_vec();
        let mut is_placed = false;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => {
                    at.pop();
                }
                _ => break,
            }
            is_placed = true;
            rest = others;
        }
        while let Some((first, others)) = rest.split_first() {
            let below: Module = at.iter().cloned().chain([first.clone()]).collect();
            if self.0.contains_key(&below) {
                (at, rest, is_placed) = (below, others, true);
                continue;
            }
            let file = self.0.get(&at)?;
            // Names in scope that are no paths of the place itself were needed where they were brought in.
            if depth < 8
                && is_placed
                && let Some(path) = file.names.get(first)
            {
                let path: Vec<String> = path.iter().chain(others).cloned().collect();
                return self.resolve(&at, &path, depth + 1);
            }
            if depth < 8
                && is_placed
                && !file.items.contains(first)
                && let Some(path) = &file.others
            {
                let path: Vec<String> = path.iter().chain(rest).cloned().collect();
                return self.resolve(&at, &path, depth + 1);
            }
            break;
        }
        is_placed.then_some(at)
    }

    /// Which modules each module needs, and by which paths.
    fn needs(&self) -> Needs<'_> {
        let mut needs = Needs::new();
        for (module, file) in &self.0 {
            let needed = needs.entry(module).or_default();
            for path in &file.paths {
                let found = self.resolve(module, path, 0).filter(|found| found != module && !found.is_empty());
                if let Some((found, _)) = found.and_then(|found| self.0.get_key_value(&found)) {
                    needed.entry(found).or_default().insert(path.join("::"));
                }
            }
        }
        needs
    }

    /// The groups of modules that all need each other, each with what one of them needs of another.
    fn circles(&self) -> Vec<Circle> {
        let needs = self.needs();
        let mut reached: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
        for start in needs.keys() {
            let (seen, mut open) = (reached.entry(start).or_default(), vec![*start]);
            while let Some(module) = open.pop() {
                open.extend(needs[module].keys().copied().filter(|needed| seen.insert(*needed)));
            }
        }
        let both = |module| reached[module].iter().copied().filter(|other| reached[other].contains(module)).collect();
        let circles: BTreeSet<BTreeSet<&Module>> = reached.keys().copied().map(both).collect();
        circles.into_iter().filter(|circle| !circle.is_empty()).map(|circle| Circle::new(&circle, &needs)).collect()
    }
}

/// Modules with the modules that they need, and the paths that say so.
type Needs<'f> = BTreeMap<&'f Module, BTreeMap<&'f Module, BTreeSet<String>>>;

/// Modules that all need each other.
struct Circle {
    modules: Vec<String>,
    needs: Vec<String>,
}

impl Circle {
    fn new(modules: &BTreeSet<&Module>, needs: &Needs<'_>) -> Self {
        let within = |module| needs[module].iter().filter(|(needed, _)| modules.contains(*needed));
        let said = |module: &Module, needed: &Module, paths: &BTreeSet<String>| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("{} needs {} for {}", module.join("::"), needed.join("::"), paths.join(", "))
        };
        let needs =
            modules.iter().flat_map(|module| within(*module).map(|(needed, paths)| said(module, needed, paths)));
        Self { modules: modules.iter().map(|module| module.join("::")).collect(), needs: needs.collect() }
    }
}

/// Writes files of a crate.
fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    Sources::read(written(files).path()).circles().into_iter().map(|circle| circle.modules).collect()
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let circle = [vec!["a".to_owned(), "b::c".to_owned()]];
    let a = ("a.rs", "use crate::b::C;");
    let b = ("b/mod.rs", "mod c; pub use c::C;");
    for c in ["use crate::a;", "fn f() { crate::a::g() }", "fn f() { println!(\"{}\", super::super::a::g()) }"] {
        assert_eq!(circles_of(&[a, b, ("b/c.rs", c)]), circle, "{c}");
    }
    for c in ["", "#[cfg(test)] mod tests { use crate::a; }", "fn f() { quote!(crate::a::g()) }", "use std::a;"] {
        assert!(circles_of(&[a, b, ("b/c.rs", c)]).is_empty(), "{c}");
    }
}

#[test]
fn a_folder_that_uses_what_uses_it_is_a_circle() {
    let child = ("a/b.rs", "use super::A; pub fn f() {}");
    assert_eq!(circles_of(&[("a/mod.rs", "mod b; pub struct A; fn f() { b::f() }"), child]), [["a", "a::b"]]);
    assert!(circles_of(&[("a/mod.rs", "mod b; pub use b::f; pub struct A;"), child]).is_empty());
}

#[test]
fn what_a_signpost_to_everything_leads_to_is_needed() {
    let (lib, b) = (("lib.rs", "mod a; mod b; pub use a::*; pub struct C;"), ("b.rs", "use crate::C; use crate::A;"));
    assert_eq!(circles_of(&[lib, ("a.rs", "use crate::b::B; pub struct A;"), b]), [["a", "b"]]);
    assert!(circles_of(&[lib, ("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", "use crate::C;")]).is_empty());
}

#[test]
fn no_module_needs_one_that_needs_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = String::new();
    for sources in [
        "codegen/src",
        "src",
        "../crates/switchboard/src",
        "../crates/switchboard-cli/src",
        "../crates/switchboard-runtime/src",
        "../crates/switchboard-sandbox/src",
    ] {
        for circle in Sources::read(&root.join(sources)).circles() {
            let Circle { modules, needs } = circle;
            let needs = needs.join("\n  ");
            found.push_str(&format!("{sources}, {} modules: {}\n  {needs}\n", modules.len(), modules.join(", ")));
        }
    }
    assert!(found.is_empty(), "modules that need each other:\n{found}");
}
