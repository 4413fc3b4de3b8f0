//! Modules in files by what they are compiled for: what a tag needs alone is in its tag's file, and what several need in one
//! of theirs, so that rustc reads only what is turned on. All of it is re-exported from the one module that users know.

use std::collections::BTreeSet;
use std::hash::Hash;

use heck::ToSnakeCase;
use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};

use super::{rust_type::ident, setters};
use crate::lower::idents;
use crate::plan::{ALL_TAGS, Layout};

/// Files of at most so many features are named after them; those of more after what they hold first.
const MAX_NAMED: usize = 3;

/// A file of more items than this is parted by whose they are.
const MAX_ITEMS: usize = 24;

/// Names that Windows has other uses for, whatever ending a file has.
const DEVICES: &[&str] = &["aux", "com1", "com2", "com3", "com4", "con", "lpt1", "lpt2", "lpt3", "nul", "prn"];

/// One item of a module with its implementations.
pub struct Part {
    /// Its name.
    pub name: String,
    /// Whose it is, where that parts a file that would hold too much.
    pub owner: String,
    /// The features any of which needs it; it is always there if there are none.
    pub features: BTreeSet<String>,
    /// Its code, as it would stand in one file with all others.
    pub code: TokenStream,
}

/// The files of a module: the one of its name alone, or files below it, where operations stand by tag.
pub fn files(module: &str, parts: Vec<Part>, layout: &Layout) -> syn::Result<Vec<(String, syn::File)>> {
    if !layout.is_by_tag() {
        let code = parts.into_iter().map(|part| part.code);
        return Ok(vec![(module.to_owned(), syn::parse2(quote!(#(#code)*))?)]);
    }
    let names = parts.iter().map(|part| part.name.clone()).collect();
    let mut files = Files { module, names, made: Vec::new() };
    let mut taken = BTreeSet::from([module.to_owned()]);
    let mut below = Vec::new();
    for (features, parts) in grouped(parts, |part| part.features.clone()) {
        let name = group_name(&features, &parts, layout, &mut taken);
        files.group(&format!("{module}/{name}"), parts)?;
        below.push((name, cfg(&features)));
    }
    files.parent(module, below)?;
    Ok(files.made)
}

/// The files of a module as they are made.
struct Files<'a> {
    module: &'a str,
    /// What the module holds.
    names: BTreeSet<String>,
    made: Vec<(String, syn::File)>,
}

impl Files<'_> {
    /// What is compiled for the same features: a file, or, where that would be too much for one, a file of each owner's.
    fn group(&mut self, path: &str, parts: Vec<Part>) -> syn::Result<()> {
        let is_large = parts.len() > MAX_ITEMS;
        let mut owners = grouped(parts, |part| if is_large { part.owner.clone() } else { String::new() });
        if owners.len() == 1 {
            return self.file(path, owners.pop().map(|(_, parts)| parts).unwrap_or_default());
        }
        let mut taken: BTreeSet<String> = path.split('/').map(str::to_owned).collect();
        let mut below = Vec::new();
        for (_, parts) in owners {
            let name = unique_stem(&first_name(&parts), &mut taken);
            self.file(&format!("{path}/{name}"), parts)?;
            below.push((name, None));
        }
        self.parent(path, below)
    }

    fn file(&mut self, path: &str, parts: Vec<Part>) -> syn::Result<()> {
        let code = parts.into_iter().map(|part| part.code);
        let mut file: syn::File = syn::parse2(quote!(#(#code)*))?;
        self.import(&mut file);
        self.made.push((path.to_owned(), file));
        Ok(())
    }

    /// The file of a module that has no items but those of the modules below it.
    fn parent(&mut self, path: &str, mut below: Vec<(String, Option<TokenStream>)>) -> syn::Result<()> {
        below.sort_by(|left, right| left.0.cmp(&right.0));
        let (idents, cfgs): (Vec<_>, Vec<_>) = below.into_iter().map(|(name, cfg)| (ident(&name), cfg)).unzip();
        let file = syn::parse2(quote!(#(#cfgs mod #idents;)* #(#cfgs pub use self::#idents::*;)*))?;
        self.made.push((path.to_owned(), file));
        Ok(())
    }

    /// Imports what `file` names of the module that it is a part of.
    fn import(&self, file: &mut syn::File) {
        let mut named = Named { names: &self.names, found: BTreeSet::new(), defined: BTreeSet::new() };
        named.visit_file(file);
        let imported: Vec<_> = named.found.difference(&named.defined).map(|name| ident(name)).collect();
        let module = ident(self.module);
        let import = match imported.as_slice() {
            [] => return,
            [only] => syn::parse_quote!(use crate::#module::#only;),
            several => syn::parse_quote!(use crate::#module::{#(#several),*};),
        };
        file.items.insert(0, import);
    }
}

/// The parts that have the same key, in the order in which the first of them come.
fn grouped<K: Hash + Eq>(parts: Vec<Part>, key: impl Fn(&Part) -> K) -> Vec<(K, Vec<Part>)> {
    let mut groups: IndexMap<K, Vec<Part>> = IndexMap::new();
    for part in parts {
        groups.entry(key(&part)).or_default().push(part);
    }
    groups.into_iter().collect()
}

/// The attribute of what is compiled for any of these features.
pub fn cfg(features: &BTreeSet<String>) -> Option<TokenStream> {
    let mut all = features.iter();
    match (all.next(), features.len()) {
        (None, _) => None,
        (Some(only), 1) => Some(quote!(#[cfg(feature = #only)])),
        _ => {
            let features = features.iter();
            Some(quote!(#[cfg(any(#(feature = #features),*))]))
        }
    }
}

/// The declaration of a module that `visibility` sees, whose file is called [`file_stem`] below that of `parent`.
pub fn module(visibility: &TokenStream, parent: &str, name: &str) -> TokenStream {
    let (stem, name_ident) = (file_stem(name), ident(name));
    let path = (stem != name).then(|| {
        let path = format!("{parent}/{stem}.rs");
        quote!(#[path = #path])
    });
    // A tag can be called as the module of all tags is.
    let inception = (parent == name).then(|| quote!(#[allow(clippy::module_inception)]));
    quote!(#path #inception #visibility mod #name_ident;)
}

/// What the file of a module is called: any system can have it.
pub fn file_stem(module: &str) -> String {
    let letter = |character: char| match character {
        _ if character.is_ascii() => character.to_string(),
        _ => format!("u{:x}", u32::from(character)),
    };
    let stem: String = module.chars().map(letter).collect();
    if DEVICES.contains(&stem.as_str()) { format!("{stem}_") } else { stem }
}

/// What the file of several features is called.
fn group_name(features: &BTreeSet<String>, parts: &[Part], layout: &Layout, taken: &mut BTreeSet<String>) -> String {
    let module = |feature: &String| {
        let found = layout.tags.iter().find(|(_, tag)| tag.feature == *feature).map(|(module, _)| module.clone());
        found.unwrap_or_else(|| if feature == ALL_TAGS { "others".to_owned() } else { feature.replace('-', "_") })
    };
    let wanted = if (1..=MAX_NAMED).contains(&features.len()) {
        features.iter().map(module).collect::<Vec<_>>().join("_and_")
    } else {
        first_name(parts)
    };
    unique_stem(&wanted, taken)
}

fn first_name(parts: &[Part]) -> String {
    parts.first().map(|part| part.name.to_snake_case()).unwrap_or_default()
}

fn unique_stem(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let wanted = file_stem(&idents::snake(wanted));
    idents::unique([wanted.clone(), format!("{}_shared", wanted.trim_end_matches('_'))], taken)
}

/// What a file defines, and what it names of the module that it is a part of.
struct Named<'a> {
    names: &'a BTreeSet<String>,
    found: BTreeSet<String>,
    defined: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Named<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let first = path.segments.first().filter(|_| path.leading_colon.is_none()).map(|first| first.ident.to_string());
        self.found.extend(first.filter(|name| self.names.contains(name)));
        visit::visit_path(self, path);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let defined = match item {
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.defined.extend(defined.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        setters::visit_types(&mut called.clone(), |ty| Visit::visit_type(self, ty));
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::OperationTag;

    fn layout(features: &[&str]) -> Layout {
        let tag = |feature: &&str| {
            let tag = OperationTag {
                name: None,
                type_ident: String::new(),
                feature: (*feature).to_owned(),
                description: None,
                external_docs: None,
            };
            (feature.replace('-', "_"), tag)
        };
        Layout { tags: features.iter().map(tag).collect(), ..Layout::default() }
    }

    fn part(name: &str, features: &[&str], code: TokenStream) -> Part {
        Part {
            name: name.to_owned(),
            owner: name.to_owned(),
            features: features.iter().map(|name| (*name).to_owned()).collect(),
            code,
        }
    }

    #[test]
    fn what_features_need_is_in_files_of_theirs() {
        let parts = || {
            vec![
                part(
                    "One",
                    &["a-b"],
                    quote!(
                        pub struct One {
                            two: Two,
                            one: Option<Box<One>>,
                        }
                    ),
                ),
                part(
                    "Two",
                    &["a-b", "c"],
                    quote!(
                        pub struct Two(std::string::String);
                    ),
                ),
                part(
                    "All",
                    &["a-b", "c", "d", "e"],
                    quote!(
                        pub type All = Two;
                    ),
                ),
            ]
        };
        let printed = |layout: &Layout| {
            let files = files("types", parts(), layout).unwrap().into_iter();
            files.map(|(name, file)| (name, prettyplease::unparse(&file))).collect::<Vec<_>>()
        };
        let expected = [
            (
                "types",
                quote!(
                    #[cfg(feature = "a-b")]
                    mod a_b;
                    #[cfg(any(feature = "a-b", feature = "c"))]
                    mod a_b_and_c;
                    #[cfg(any(feature = "a-b", feature = "c", feature = "d", feature = "e"))]
                    mod all;
                    #[cfg(feature = "a-b")]
                    pub use self::a_b::*;
                    #[cfg(any(feature = "a-b", feature = "c"))]
                    pub use self::a_b_and_c::*;
                    #[cfg(any(feature = "a-b", feature = "c", feature = "d", feature = "e"))]
                    pub use self::all::*;
                ),
            ),
            (
                "types/a_b",
                quote!(
                    use crate::types::Two;
                    pub struct One {
                        two: Two,
                        one: Option<Box<One>>,
                    }
                ),
            ),
            (
                "types/a_b_and_c",
                quote!(
                    pub struct Two(std::string::String);
                ),
            ),
            (
                "types/all",
                quote!(
                    use crate::types::Two;
                    pub type All = Two;
                ),
            ),
        ];
        let expected =
            expected.map(|(name, code)| (name.to_owned(), prettyplease::unparse(&syn::parse2(code).unwrap())));
        let mut found = printed(&layout(&["a-b", "c", "d", "e"]));
        found.sort();
        assert_eq!(found, expected);
        let flat = printed(&Layout::default());
        assert_eq!(flat.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["types"]);
    }

    #[test]
    fn what_is_too_much_for_a_file_is_parted_by_whose_it_is() {
        let parts = (0..=MAX_ITEMS).map(|number| {
            let name = format!("Type{number}");
            let ident = ident(&name);
            Part { owner: (number / 20).to_string(), ..part(&name, &["a"], quote!(pub struct #ident;)) }
        });
        let files = files("types", parts.collect(), &layout(&["a"])).unwrap();
        let found: Vec<_> = files.iter().map(|(name, file)| (name.as_str(), file.items.len())).collect();
        assert_eq!(found, [("types/a/type0", 20), ("types/a/type20", 5), ("types/a", 4), ("types", 2)]);
    }

    #[test]
    fn no_module_is_called_as_the_one_that_it_is_in() {
        let part = |name: &str| part(name, &["types"], quote!());
        let parts = vec![part("One"), Part { features: BTreeSet::from(["a".to_owned()]), ..part("Two") }];
        let files = files("types", parts, &layout(&["types", "a"])).unwrap();
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["types/types_shared", "types/a", "types"]);
        // That of calls is public, and has the tag's name all the same.
        let found = module(&quote!(pub), "calls", "calls").to_string();
        assert_eq!(
            found,
            quote!(
                #[allow(clippy::module_inception)]
                pub mod calls;
            )
            .to_string()
        );
    }

    #[test]
    fn a_file_can_be_had_on_any_system() {
        assert_eq!(
            module(&quote!(pub), "calls", "pets").to_string(),
            quote!(
                pub mod pets;
            )
            .to_string()
        );
        assert_eq!(
            module(&quote!(pub), "calls", "con").to_string(),
            quote!(
                #[path = "calls/con_.rs"]
                pub mod con;
            )
            .to_string()
        );
        assert_eq!(file_stem("été"), "ue9tue9");
    }
}
