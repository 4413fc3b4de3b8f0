//! Which crates the generated code names. The manifest has those alone: whoever uses the crate fetches and compiles each that
//! it has.
//!
//! It is read off the code itself, for whatever decides what the code names would have to be decided here once more. Where it
//! cannot be told, a crate counts as named: one too many costs a build some time, one too few breaks it.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::polish::Modules;

/// What code may name beside the runtime, which every crate names.
const CRATES: [&str; 3] = ["serde", "serde_json", "tokio"];

/// The code that names a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The crate's own.
    Library,
    /// What stands beside it: its tests, its example, and those in its documentation.
    Tests,
}

/// Which crates are named, and by what.
pub type Used = BTreeMap<&'static str, By>;

/// Looks through a crate's code. `files` are its files by their paths, and `modules` the trees that some of them are printed
/// from.
pub fn used(modules: &Modules, files: &BTreeMap<String, String>) -> Used {
    CRATES.into_iter().filter_map(|name| Some((name, by(name, modules, files)?))).collect()
}

fn by(name: &str, modules: &Modules, files: &BTreeMap<String, String>) -> Option<By> {
    let mut found = None;
    // Most of the code holds no such word, and is not taken apart.
    for (path, text) in files.iter().filter(|(path, text)| path.ends_with(".rs") && holds(text, name)) {
        let stem = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs"));
        let by_file = match stem.and_then(|stem| modules.get(stem)) {
            Some(module) => strongest(module.items.iter().map(|item| by_code(name, item.to_token_stream()))),
            None => text.parse().map_or(Some(By::Library), |tokens| by_code(name, tokens)),
        };
        found = match by_file {
            Some(By::Library) if stem.is_some() => return by_file,
            Some(_) => Some(By::Tests),
            None => found,
        };
    }
    found
}

/// Whether a word stands anywhere in a text, and not as the beginning of a longer one.
fn holds(text: &str, word: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    text.match_indices(word).any(|(at, _)| text.get(at + word.len()..).is_some_and(|rest| !goes_on(rest)))
}

fn strongest(found: impl Iterator<Item = Option<By>>) -> Option<By> {
    let mut strongest = None;
    for by in found.flatten() {
        strongest = Some(by);
        if by == By::Library {
            break;
        }
    }
    strongest
}

/// What in a piece of code names a crate: itself, or the examples in its documentation.
fn by_code(name: &str, tokens: TokenStream) -> Option<By> {
    let mut docs = String::new();
    if names(name, tokens, &mut docs) {
        return Some(By::Library);
    }
    let is_named = |code: &String| match code.parse() {
        Ok(tokens) => names(name, tokens, &mut String::new()),
        Err(_) => code.contains(name),
    };
    examples(&docs).iter().any(is_named).then_some(By::Tests)
}

/// Whether a path in these tokens begins at the crate; what documents them is added to `docs`, and names nothing.
fn names(name: &str, tokens: TokenStream, docs: &mut String) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => {
            let text = (group.delimiter() == Delimiter::Bracket).then(|| documentation(group.stream())).flatten();
            let Some(text) = text else { return names(name, group.stream(), docs) };
            docs.push_str(&text);
            docs.push('\n');
            false
        }
        TokenTree::Ident(ident) if ident == name => {
            let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1..).unwrap_or_default());
            begins_path(before, after)
        }
        _ => false,
    })
}

/// The text of `doc = "…"`, if these tokens are that.
fn documentation(tokens: TokenStream) -> Option<String> {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Ident(key)) = tokens.next() else { return None };
    match tokens.nth(1) {
        Some(TokenTree::Literal(text)) if key == "doc" => match syn::Lit::new(text) {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether what stands between these tokens is the first name of a path, and not a field's, a method's or a module's.
fn begins_path(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let is = |token: &TokenTree, mark: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark);
    let is_path = matches!(after, [first, second, ..] if is(first, ':') && is(second, ':'));
    let is_import = matches!(before, [.., TokenTree::Ident(word)] if word == "use" || word == "crate");
    let is_inner = match before {
        [.., TokenTree::Ident(outer), first, second] => is(first, ':') && is(second, ':') && names_module(outer),
        [.., dot] => is(dot, '.'),
        [] => false,
    };
    (is_path || is_import) && !is_inner
}

/// Whether a path goes on behind this word; behind any other that Rust keeps for itself it begins.
fn names_module(word: &Ident) -> bool {
    ["crate", "self", "super", "Self"].iter().any(|root| word == root) || syn::parse2::<Ident>(quote!(#word)).is_ok()
}

/// The code in documentation that rustdoc compiles. A vendor's is marked as text.
fn examples(docs: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in docs.lines() {
        let line = line.trim();
        if let Some(marked) = line.strip_prefix("```").or_else(|| line.strip_prefix("~~~")) {
            match open.take() {
                Some((is_code, code)) => examples.extend(is_code.then_some(code)),
                None => open = Some((marked != "text", String::new())),
            }
        } else if let Some((_, code)) = &mut open {
            // Rustdoc hides a line that begins so, and compiles it all the same.
            code.push_str(line.strip_prefix("# ").unwrap_or(line));
            code.push('\n');
        }
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Option<By> {
        by_code("serde_json", code.parse().unwrap())
    }

    #[test]
    fn a_crate_is_named_where_a_path_begins_with_it() {
        for code in [
            "use serde_json::Value;",
            "use serde_json as json;",
            "extern crate serde_json;",
            "use {serde_json::Value};",
            "struct A { b: Vec<Option<serde_json::Value>> }",
            "fn a() -> ::serde_json::Value { b() }",
            "fn a() { return ::serde_json::Value::Null; }",
            "table! { A; ..3 extra(serde_json::Value); }",
            "#[derive(serde_json::A)] struct B;",
        ] {
            assert_eq!(found(code), Some(By::Library), "{code}");
        }
    }

    #[test]
    fn the_word_alone_names_nothing() {
        for code in [
            "struct A { serde_json: u8 }",
            "fn a(b: B) { b.serde_json(1); b.serde_json::<u8>(); }",
            "use crate::serde_json::Value;",
            "use switchboard_runtime::serde_json::Value;",
            "const A: &str = \"serde_json::Value\";",
            "/// As `serde_json::Value`.\nstruct A;",
            "/// ```text\n/// serde_json::Value\n/// ```\nstruct A;",
        ] {
            assert_eq!(found(code), None, "{code}");
        }
    }

    #[test]
    fn an_example_in_documentation_is_a_test() {
        for code in [
            "//! ```no_run\n//! # fn a(b: serde_json::Value) {}\n//! ```",
            "/// ```text\n/// a\n/// ```\n///\n/// ```\n/// serde_json::to_string(&1);\n/// ```\nstruct A;",
            "call! { /// ```\n/// let a = serde_json::json!({});\n/// ```\n a(u8); }",
            "/// ```\n/// let broken = \"serde_json::Value;\n/// ```\nstruct A;",
        ] {
            assert_eq!(found(code), Some(By::Tests), "{code}");
        }
    }

    #[test]
    fn what_the_library_names_is_its_own_whatever_its_tests_name() {
        let module: syn::File = syn::parse_quote!(
            pub type A = serde_json::Value;
        );
        let files = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
        };
        let tests = ("tests/examples.rs", "use serde::Serialize; use serde_json::Value;");
        let example = ("examples/a.rs", "#[tokio::main] async fn main() {}");
        let modules = Modules::from([("types".to_owned(), module)]);
        let all = files(&[("README.md", "serde::x"), example, ("src/types.rs", "serde_json"), tests]);
        assert_eq!(
            used(&modules, &all),
            Used::from([("serde", By::Tests), ("serde_json", By::Library), ("tokio", By::Tests)])
        );
        assert_eq!(
            used(&Modules::new(), &files(&[tests])),
            Used::from([("serde", By::Tests), ("serde_json", By::Tests)])
        );
        assert_eq!(used(&Modules::new(), &files(&[("src/lib.rs", "mod types;")])), Used::new());
    }
}
