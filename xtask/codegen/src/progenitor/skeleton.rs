//! What is read of progenitor's output: the structs and the client's methods that it could say.
//!
//! It is read as tokens: its syntax tree would be as large as the crate's own, and all of it but this thrown away.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What polish knows of progenitor's output.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// The structs with named fields of `mod types`, by the name that they were lowered under; what is none holds any JSON.
    pub structs: BTreeSet<String>,
    /// The client's methods, by the name that their operation was lowered under.
    pub calls: BTreeSet<String>,
}

/// Takes the output apart.
pub fn read(output: TokenStream) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for item in items(output) {
        let Some((head, body)) = item.parts() else { continue };
        match head.as_slice() {
            [.., keyword, name] if is(keyword, "mod") && is(name, "types") => {
                skeleton.structs.extend(items(body.stream()).filter_map(|item| item.public("struct")));
            }
            [keyword, name] if is(keyword, "impl") && is(name, "Client") => {
                skeleton.calls.extend(items(body.stream()).filter_map(|item| item.public("fn")));
            }
            _ => {}
        }
    }
    skeleton
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(found) if found == word)
}

/// An item without its attributes: what stands before a `;`, or up to and with a block.
struct Tokens(Vec<TokenTree>);

fn items(tokens: TokenStream) -> impl Iterator<Item = Tokens> {
    let mut tokens = tokens.into_iter();
    std::iter::from_fn(move || {
        let mut item = Vec::new();
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let _brackets = tokens.next();
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => return Some(Tokens(item)),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    item.push(token);
                    return Some(Tokens(item));
                }
                _ => item.push(token),
            }
        }
        None
    })
}

impl Tokens {
    /// What stands before its block, and the block.
    fn parts(self) -> Option<(Vec<TokenTree>, Group)> {
        let Self(mut tokens) = self;
        match tokens.pop()? {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some((tokens, body)),
            _ => None,
        }
    }

    /// The name of a public item with a block: what stands behind its keyword.
    fn public(self, keyword: &str) -> Option<String> {
        let (head, _) = self.parts()?;
        let name = head.iter().skip_while(|token| !is(token, keyword)).nth(1)?;
        head.first().is_some_and(|first| is(first, "pub")).then(|| name.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn of_progenitors_output_the_structs_and_the_methods_are_kept() {
        let skeleton = read(quote! {
            use progenitor_client::{encode_path};
            /// Types.
            pub mod types {
                pub mod error { pub struct ConversionError {} }
                #[derive(Clone)]
                pub struct Thing { #[serde(default)] pub a: String }
                pub struct Wrapped(pub String);
                pub struct Nothing;
                pub enum Other { One {} }
                impl Default for Thing { fn default() -> Self { todo!() } }
            }
            pub struct Client { pub(crate) baseurl: String }
            impl Client {
                pub fn new(baseurl: &str) -> Self { todo!() }
                /// Sends.
                #[allow(clippy::all)]
                pub async fn operation_0<'a>(&'a self, id: &'a str) -> Result<(), Error<()>> { let a = b; todo!() }
            }
            impl Default for Client { fn default() -> Self { todo!() } }
            impl Elsewhere { pub fn operation_1(&self) {} }
        });
        assert_eq!(skeleton.structs.into_iter().collect::<Vec<_>>(), ["Thing"]);
        assert_eq!(skeleton.calls.into_iter().collect::<Vec<_>>(), ["new", "operation_0"]);
    }
}
