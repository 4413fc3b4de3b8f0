//! Paths, shortened: what a module uses often is imported at its top, unless the module has a name like it itself.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{File, Ident, Item, Path, UseTree, parse_quote};

use super::{call_type, setters};

/// Paths that are imported up to and including their last segment here; `*` stands for one segment.
const IMPORTED: &[&[&str]] = &[
    &["switchboard_runtime", "codegen", "v1", "*"],
    &["switchboard_runtime", "*"],
    &["std", "borrow", "Cow"],
    &["std", "collections", "BTreeMap"],
    &["serde_json", "Value"],
    &["crate", "types"],
    &["crate", "operations"],
    &["crate", "errors"],
    &["crate", "headers"],
    &["crate", "responses"],
    &["crate", "calls"],
    &["crate", "Client"],
];

/// Imports what `file` uses and shortens its paths accordingly; it is the module `module`, as in `calls/pets`.
pub fn shorten(file: &mut File, module: &str) {
    let taken = defined(file);
    let own = std::iter::once("crate").chain(module.split('/')).map(str::to_owned).collect();
    let mut shortener = Shortener { own, taken, imports: BTreeMap::new() };
    shortener.visit_file_mut(file);
    // What a module has all of needs no import.
    let all: BTreeSet<String> = file.items.iter().filter_map(whole_module).collect();
    shortener.imports.retain(|_, path| !all.contains(&parent(path)));
    let first = file.items.iter().position(|item| !matches!(item, Item::Mod(_))).unwrap_or(0);
    let uses = grouped(shortener.imports.into_values());
    file.items.splice(first..first, uses);
}

/// The module that an import takes all of.
fn whole_module(item: &Item) -> Option<String> {
    let Item::Use(item) = item else { return None };
    let mut names = Vec::new();
    let mut tree = &item.tree;
    while let UseTree::Path(path) = tree {
        names.push(path.ident.to_string());
        tree = &path.tree;
    }
    matches!(tree, UseTree::Glob(_)).then(|| names.join("::"))
}

/// The module that a path leads into.
fn parent(path: &Path) -> String {
    let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    names.split_last().map(|(_, module)| module.join("::")).unwrap_or_default()
}

/// One `use` for each module that names come from.
fn grouped(paths: impl Iterator<Item = Path>) -> Vec<Item> {
    let mut modules: BTreeMap<String, (Path, Vec<Ident>)> = BTreeMap::new();
    for mut path in paths {
        let Some(name) = path.segments.pop().map(|last| last.ident) else { continue };
        path.segments.pop_punct();
        let key = path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::");
        modules.entry(key).or_insert_with(|| (path, Vec::new())).1.push(name);
    }
    modules
        .into_values()
        .map(|(module, names)| match names.as_slice() {
            [only] => parse_quote!(use #module::#only;),
            several => parse_quote!(use #module::{#(#several),*};),
        })
        .collect()
}

/// The names that the file defines or imports at its top.
fn defined(file: &File) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for item in &file.items {
        let ident = match item {
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Mod(item) => &item.ident,
            Item::Static(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Use(item) => {
                imported(&item.tree, &mut names);
                continue;
            }
            Item::Macro(item) => {
                names.extend(call_type::read(&item.mac).map(|told| told.head.name.to_string()));
                continue;
            }
            _ => continue,
        };
        names.insert(ident.to_string());
    }
    names
}

/// The names that a `use` brings in.
fn imported(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, names),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(renamed) => drop(names.insert(renamed.rename.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, names)),
        UseTree::Glob(_) => {}
    }
}

struct Shortener {
    /// The path of the module itself.
    own: Vec<String>,
    taken: BTreeSet<String>,
    imports: BTreeMap<String, Path>,
}

impl Shortener {
    /// How many leading segments of `path` an import stands for.
    fn importable(&self, path: &Path) -> Option<usize> {
        if path.leading_colon.is_some() {
            return None;
        }
        let fits = |pattern: &[&str]| {
            path.segments.len() >= pattern.len()
                && pattern.iter().zip(&path.segments).all(|(wanted, segment)| *wanted == "*" || segment.ident == wanted)
        };
        let pattern = IMPORTED.iter().find(|pattern| fits(pattern))?;
        let name = path.segments.iter().nth(pattern.len() - 1)?.ident.to_string();
        (!self.taken.contains(&name)).then_some(pattern.len())
    }
}

impl VisitMut for Shortener {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let is_own = path.segments.len() > self.own.len()
            && self.own.iter().zip(&path.segments).all(|(own, segment)| segment.ident == own);
        if is_own {
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(self.own.len()).collect();
            return;
        }
        let Some(length) = self.importable(path) else { return };
        let names: Vec<Ident> = path
            .segments
            .iter()
            .take(length)
            .map(|segment| Ident::new(&segment.ident.to_string(), Span::call_site()))
            .collect();
        let Some(last) = names.last() else { return };
        // Two different things of one name cannot both be imported.
        let imported: Path = parse_quote!(#(#names)::*);
        match self.imports.get(&last.to_string()) {
            Some(known) if *known != imported => return,
            Some(_) => {}
            None => {
                self.imports.insert(last.to_string(), imported);
            }
        }
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(length - 1).collect();
    }

    // What macros are told is read by others, who know nothing of the imports; but for some.
    fn visit_macro_mut(&mut self, called: &mut syn::Macro) {
        setters::visit_types(called, |ty| self.visit_type_mut(ty));
        call_type::visit(called, self);
        self.visit_path_mut(&mut called.path);
    }

    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}

    fn visit_item_use_mut(&mut self, _: &mut syn::ItemUse) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_imported_once_unless_it_is_the_modules_own_or_the_module_has_its_name() {
        let mut file: File = parse_quote! {
            pub struct Error;
            fn send(value: std::collections::BTreeMap<String, crate::types::Pet>) -> switchboard_runtime::ResponseValue<switchboard_runtime::Error> {}
            fn own(call: crate::calls::pets::Get) -> crate::calls::Other {}
        };
        shorten(&mut file, "calls/pets");
        let expected: File = parse_quote! {
            use crate::{calls, types};
            use std::collections::BTreeMap;
            use switchboard_runtime::ResponseValue;
            pub struct Error;
            fn send(value: BTreeMap<String, types::Pet>) -> ResponseValue<switchboard_runtime::Error> {}
            fn own(call: Get) -> calls::Other {}
        };
        assert_eq!(file, expected);
    }
}
