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

/// The code of the crate's types that the unions lead to: a crate has many more, and each costs rustc time.
///
/// # Errors
///
/// Fails on what is no Rust.
pub fn types(text: &str, unions: &[Union]) -> syn::Result<String> {
    let mut used = Vec::new();
    // By the type that it defines, or is of.
    let mut of_type: BTreeMap<String, Vec<(TokenStream, BTreeSet<String>)>> = BTreeMap::new();
    for item in syn::parse_file(text)?.items {
        let name = match &item {
            Item::Struct(item) => item.ident.to_string(),
            Item::Enum(item) => item.ident.to_string(),
            Item::Impl(item) => last_name(item.self_ty.to_token_stream()).unwrap_or_default(),
            Item::Macro(item) => first_name(item.mac.tokens.clone()).unwrap_or_default(),
            Item::Use(_) => {
                used.push(item.to_token_stream().to_string());
                continue;
            }
            _ => continue,
        };
        let code = item.to_token_stream();
        let mut names = BTreeSet::new();
        collect_names(code.clone(), &mut names);
        of_type.entry(name).or_default().push((code, names));
    }
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = unions.iter().map(|union| union.name.clone()).collect();
    while let Some(name) = waiting.pop() {
        if let Some(items) = of_type.get(&name).filter(|_| reached.insert(name.clone())) {
            waiting.extend(items.iter().flat_map(|(_, names)| names).cloned());
        }
    }
    let items = reached.iter().filter_map(|name| of_type.get(name)).flatten().map(|(code, _)| code.to_string());
    Ok(used.into_iter().chain(items).map(|code| code + "\n").collect())
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
        let text = "use serde_json::Value; pub mod other; pub enum Pet { Cat(Box<Cat>) } impl Other { fn a() {} }
            impl Cat { fn b() -> Tail { Tail } }
            pub struct Cat; pub struct Tail; runtime::traits!(Tail); runtime::record! { Cat; 0 b \"b\" required; } pub struct Other;";
        let types = types(text, &[pet()]).unwrap();
        let code = "use serde_json :: Value ; pub struct Cat ; impl Cat { fn b () -> Tail { Tail } } pub enum Pet { Cat (Box < Cat >) } pub struct Tail ; runtime::traits!(Tail); runtime::record! { Cat; 0 b \"b\" required; }";
        let parsed = |text: &str| {
            let items = syn::parse_file(text).unwrap().items;
            let mut items: Vec<String> = items.iter().map(|item| item.to_token_stream().to_string()).collect();
            items.sort();
            items
        };
        assert_eq!(parsed(&types), parsed(code));
    }
}
