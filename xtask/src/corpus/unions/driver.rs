//! The program that decodes samples: the crate's types, as far as its unions lead to them, and a table of the unions.

use super::members::Union;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;

/// The name of the program of a crate, and of its package.
pub fn package(package: &str) -> String {
    format!("unions-{package}")
}

/// `Cargo.toml` of the program.
pub fn manifest(crate_package: &str) -> String {
    format!(
        r#"[package]
name = "{package}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
switchboard-runtime = {{ workspace = true }}
unions-support = {{ path = "../unions-support" }}
"#,
        package = package(crate_package)
    )
}

/// `src/main.rs` of the program; the types are a file beside it.
pub fn program(crate_package: &str, unions: &[Union]) -> String {
    let entries: String = unions.iter().map(entry).collect();
    format!(
        "//! Decodes values as the unions of `{crate_package}`.\n\n#![allow(warnings)]\n\nmod types;\n\nfn main() -> \
         std::process::ExitCode {{\n    unions_support::run(&[\n{entries}    ])\n}}\n"
    )
}

/// One file of a crate's types.
#[derive(Default)]
struct File {
    uses: Vec<syn::ItemUse>,
    /// The items, by the types that they define or are of.
    items: BTreeMap<String, Vec<TokenStream>>,
}

/// The code of the crate's types that the unions lead to: a crate has many more, and each costs rustc time. What is in files of
/// their own is in modules here, whatever feature it is for.
///
/// # Errors
///
/// Fails on what is no Rust.
pub fn types(files: &BTreeMap<String, String>, unions: &[Union]) -> syn::Result<String> {
    let mut read: BTreeMap<&str, File> = BTreeMap::new();
    for (path, text) in files {
        let name = path.strip_prefix("src/types").and_then(|name| name.strip_suffix(".rs"));
        let Some(name) = name.filter(|name| name.is_empty() || name.starts_with('/')) else { continue };
        read.insert(name.trim_start_matches('/'), file(text)?);
    }
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = unions.iter().map(|union| union.name.clone()).collect();
    while let Some(name) = waiting.pop() {
        let items: Vec<&TokenStream> = read.values().filter_map(|file| file.items.get(&name)).flatten().collect();
        if !items.is_empty() && reached.insert(name) {
            let mut names = BTreeSet::new();
            items.into_iter().for_each(|code| collect_names(code.clone(), &mut names));
            waiting.extend(names);
        }
    }
    let mut text = String::new();
    for (name, file) in &read {
        let items = file.items.iter().filter(|(name, _)| reached.contains(*name)).flat_map(|(_, items)| items);
        let uses = file.uses.iter().filter_map(|item| kept(item, &reached));
        let code: String = uses.chain(items.cloned()).map(|code| code.to_string() + "\n").collect();
        if name.is_empty() {
            text.push_str(&code);
        } else {
            let module = name.replace('/', "__");
            text.push_str(&format!("mod {module} {{\n{code}}}\npub use self::{module}::*;\n"));
        }
    }
    Ok(text)
}

fn file(text: &str) -> syn::Result<File> {
    let mut file = File::default();
    for item in syn::parse_file(text)?.items {
        let name = match &item {
            Item::Struct(item) => item.ident.to_string(),
            Item::Enum(item) => item.ident.to_string(),
            Item::Impl(item) => last_name(item.self_ty.to_token_stream()).unwrap_or_default(),
            Item::Macro(item) => first_name(item.mac.tokens.clone()).unwrap_or_default(),
            Item::Use(item) => {
                file.uses.push(item.clone());
                continue;
            }
            _ => continue,
        };
        file.items.entry(name).or_default().push(item.to_token_stream());
    }
    Ok(file)
}

/// What a file imports, but for its own modules, and of other files' types those that are there.
fn kept(item: &syn::ItemUse, reached: &BTreeSet<String>) -> Option<TokenStream> {
    let syn::UseTree::Path(path) = &item.tree else { return Some(item.to_token_stream()) };
    match path.ident.to_string().as_str() {
        "self" => None,
        "crate" => {
            let mut names = BTreeSet::new();
            collect_names(path.tree.to_token_stream(), &mut names);
            let names = names.intersection(reached).map(|name| quote::format_ident!("{name}"));
            Some(quote::quote!(use crate::types::{#(#names),*};))
        }
        _ => Some(item.to_token_stream()),
    }
}

/// The last name of a path.
fn last_name(tokens: TokenStream) -> Option<String> {
    let names = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    names.last()
}

/// The name that what a macro makes begins with.
fn first_name(tokens: TokenStream) -> Option<String> {
    match tokens.into_iter().next()? {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(names.insert(ident.to_string())),
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A union, with the numbers of its variants.
fn entry(union: &Union) -> String {
    let name = &union.name;
    let variants = union.variants.iter().enumerate();
    let arms: String = variants
        .map(|(index, variant)| format!("            types::{name}::{}(_) => Some({index}),\n", variant.ident))
        .collect();
    format!(
        "        |value| unions_support::through(value, |value: &types::{name}| match value {{\n{arms}            \
         _ => None,\n        }}),\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::unions::members::Variant;

    fn pet() -> Union {
        let variants = ["Cat", "Dog"].map(|ident| Variant { ident: ident.to_owned(), schema: None });
        Union {
            name: "Pet".to_owned(),
            pointer: "/components/schemas/Pet".to_owned(),
            schema: None,
            variants: variants.into(),
            members: 2,
        }
    }

    #[test]
    fn a_program_is_rust_and_knows_every_variant() {
        let program = program("pets", &[pet()]);
        syn::parse_file(&program).unwrap_or_else(|error| panic!("{error}\n{program}"));
        assert!(program.contains("types::Pet::Cat(_) => Some(0)") && program.contains("types::Pet::Dog(_) => Some(1)"));
    }

    #[test]
    fn types_are_those_that_a_union_leads_to() {
        let text = "use serde_json::Value; pub mod other; pub use self::other::*; pub enum Pet { Cat(Box<Cat>) } impl Other { fn a() {} }
            impl Cat { fn b() -> Tail { Tail } }
            pub struct Cat; runtime::traits!(Tail); runtime::record! { Cat; 0 b \"b\" required; } pub struct Other;";
        let other = "use crate::types::{Cat, Other}; pub struct Tail(Cat); pub struct More(Other);";
        let files = [("src/types.rs", text), ("src/types/other.rs", other), ("src/typesetting.rs", "no Rust")];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let types = types(&files, &[pet()]).unwrap();
        let code = "use serde_json :: Value ; pub struct Cat ; impl Cat { fn b () -> Tail { Tail } } pub enum Pet { Cat (Box < Cat >) } mod other { use crate::types::{Cat}; pub struct Tail(Cat); } pub use self::other::*; runtime::traits!(Tail); runtime::record! { Cat; 0 b \"b\" required; }";
        let parsed = |text: &str| {
            let items = syn::parse_file(text).unwrap().items;
            let mut items: Vec<String> = items.iter().map(|item| item.to_token_stream().to_string()).collect();
            items.sort();
            items
        };
        assert_eq!(parsed(&types), parsed(code));
    }
}
