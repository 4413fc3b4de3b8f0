//! Modules in files by what they are compiled for: what a tag needs alone is in its tag's file, and what several need in one
//! of theirs, so that rustc reads only what is turned on. All of it is re-exported from the one module that users know.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};

use super::rust_type::ident;
use crate::lower::idents;
use crate::plan::{ALL_TAGS, Layout};

/// Files of at most so many features are named after them; those of more after what they hold first.
const MAX_NAMED: usize = 3;

/// Names that Windows has other uses for, whatever ending a file has.
const DEVICES: &[&str] = &["aux", "com1", "com2", "com3", "com4", "con", "lpt1", "lpt2", "lpt3", "nul", "prn"];

/// One item of a module with its implementations.
pub struct Part {
    /// Its name.
    pub name: String,
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
    let names: BTreeSet<String> = parts.iter().map(|part| part.name.clone()).collect();
    let mut groups: IndexMap<BTreeSet<String>, Vec<Part>> = IndexMap::new();
    for part in parts {
        groups.entry(part.features.clone()).or_default().push(part);
    }
    let mut taken = BTreeSet::new();
    let (mut root, mut files) = (Vec::new(), BTreeMap::new());
    for (features, parts) in groups {
        let name = file_name(&features, &parts, layout, &mut taken);
        let code = parts.into_iter().map(|part| part.code);
        let mut file: syn::File = syn::parse2(quote!(#(#code)*))?;
        import_siblings(&mut file, &names);
        let (cfg, name_ident) = (cfg(&features), ident(&name));
        root.push((name.clone(), quote!(#cfg mod #name_ident;), quote!(#cfg pub use self::#name_ident::*;)));
        files.insert(name, file);
    }
    root.sort_by(|left, right| left.0.cmp(&right.0));
    let (modules, uses) = (root.iter().map(|(_, module, _)| module), root.iter().map(|(.., all)| all));
    let root = (module.to_owned(), syn::parse2(quote!(#(#modules)* #(#uses)*))?);
    Ok(std::iter::once(root).chain(files.into_iter().map(|(name, file)| (format!("{module}/{name}"), file))).collect())
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
    quote!(#path #visibility mod #name_ident;)
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

fn file_name(features: &BTreeSet<String>, parts: &[Part], layout: &Layout, taken: &mut BTreeSet<String>) -> String {
    let module = |feature: &String| {
        let found = layout.tags.iter().find(|(_, tag)| tag.feature == *feature).map(|(module, _)| module.clone());
        found.unwrap_or_else(|| if feature == ALL_TAGS { "others".to_owned() } else { feature.replace('-', "_") })
    };
    let wanted = if (1..=MAX_NAMED).contains(&features.len()) {
        features.iter().map(module).collect::<Vec<_>>().join("_and_")
    } else {
        parts.first().map(|part| part.name.to_snake_case()).unwrap_or_default()
    };
    let wanted = file_stem(&idents::snake(&wanted));
    idents::unique([wanted.clone(), format!("{}_shared", wanted.trim_end_matches('_'))], taken)
}

/// Imports what `file` names of its siblings.
fn import_siblings(file: &mut syn::File, names: &BTreeSet<String>) {
    let mut named = Named { names, found: BTreeSet::new(), defined: BTreeSet::new() };
    named.visit_file(file);
    let imported: Vec<_> = named.found.difference(&named.defined).map(|name| ident(name)).collect();
    let import = match imported.as_slice() {
        [] => return,
        [only] => syn::parse_quote!(use super::#only;),
        several => syn::parse_quote!(use super::{#(#several),*};),
    };
    file.items.insert(0, import);
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
        Part { name: name.to_owned(), features: features.iter().map(|name| (*name).to_owned()).collect(), code }
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
                    use super::Two;
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
                    use super::Two;
                    pub type All = Two;
                ),
            ),
        ];
        let expected =
            expected.map(|(name, code)| (name.to_owned(), prettyplease::unparse(&syn::parse2(code).unwrap())));
        assert_eq!(printed(&layout(&["a-b", "c", "d", "e"])), expected);
        let flat = printed(&Layout::default());
        assert_eq!(flat.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["types"]);
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
