//! What is taken of progenitor's output: the structs that it makes of types, and what each of the client's methods answers.
//!
//! It is gone through as tokens, and only what is taken becomes syntax: the tree of all would be as large as the crate's own.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{GenericArgument, ItemStruct, PathArguments, ReturnType, Signature, Type};

/// What polish is given of progenitor's output, in the names that it was [printed](super::print) under.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// The structs of `mod types`, those with one field without a name too; a type that is none holds any JSON.
    pub structs: BTreeMap<String, ItemStruct>,
    /// The types of what the client's methods answer.
    pub answers: BTreeMap<String, Type>,
}

/// Takes the output apart.
///
/// # Errors
///
/// If what is taken is no Rust.
pub fn read(output: TokenStream) -> syn::Result<Skeleton> {
    let mut skeleton = Skeleton::default();
    for Item(mut item) in items(output) {
        let Some(TokenTree::Group(body)) = item.pop() else { continue };
        match item.as_slice() {
            [.., keyword, name] if is(keyword, "mod") && is(name, "types") => types(&body, &mut skeleton)?,
            [keyword, name] if is(keyword, "impl") && is(name, "Client") => methods(&body, &mut skeleton)?,
            _ => {}
        }
    }
    Ok(skeleton)
}

fn types(module: &Group, skeleton: &mut Skeleton) -> syn::Result<()> {
    for item in items(module.stream()).filter(|item| item.is_public("struct")) {
        let item: ItemStruct = syn::parse2(item.0.into_iter().collect())?;
        skeleton.structs.insert(item.ident.to_string(), item);
    }
    Ok(())
}

fn methods(client: &Group, skeleton: &mut Skeleton) -> syn::Result<()> {
    for Item(mut item) in items(client.stream()).filter(|item| item.is_public("fn")) {
        item.pop();
        let signature: Signature = syn::parse2(item.into_iter().skip(1).collect())?;
        if let Some(answer) = answer(&signature) {
            skeleton.answers.insert(signature.ident.to_string(), answer.clone());
        }
    }
    Ok(())
}

/// The `T` of a method that returns `Result<ResponseValue<T>, _>`.
fn answer(signature: &Signature) -> Option<&Type> {
    let ReturnType::Type(_, returned) = &signature.output else { return None };
    first_argument(first_argument(returned)?)
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(found) if found == word)
}

/// An item without its attributes: up to and with a `;` or a block.
struct Item(Vec<TokenTree>);

impl Item {
    /// Whether it is public, and of this kind.
    fn is_public(&self, keyword: &str) -> bool {
        let Self(tokens) = self;
        tokens.first().is_some_and(|first| is(first, "pub")) && tokens.iter().take(3).any(|token| is(token, keyword))
    }
}

fn items(tokens: TokenStream) -> impl Iterator<Item = Item> {
    let mut tokens = tokens.into_iter();
    std::iter::from_fn(move || {
        let mut item = Vec::new();
        while let Some(token) = tokens.next() {
            let is_end = match &token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let _brackets = tokens.next();
                    continue;
                }
                TokenTree::Punct(mark) => mark.as_char() == ';',
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            item.push(token);
            if is_end {
                return Some(Item(item));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::{ToTokens, quote};

    #[test]
    fn of_progenitors_output_the_structs_and_what_methods_answer_are_taken() {
        let skeleton = read(quote! {
            use progenitor_client::{encode_path};
            /// Types.
            pub mod types {
                pub mod error { pub struct ConversionError {} }
                #[derive(Clone)]
                pub struct Thing { #[serde(default)] pub a: String }
                pub struct Wrapped(pub String);
                pub enum Other { One {} }
                impl Default for Thing { fn default() -> Self { todo!() } }
            }
            pub struct Client { pub(crate) baseurl: String }
            impl Client {
                pub fn new(baseurl: &str) -> Self { todo!() }
                /// Sends.
                #[allow(clippy::all)]
                pub async fn operation_0<'a>(&'a self, id: &'a str) -> Result<ResponseValue<::std::vec::Vec<types::Thing>>, Error<()>> {
                    let a = b;
                    todo!()
                }
            }
            impl Default for Client { fn default() -> Self { todo!() } }
            impl Elsewhere { pub fn operation_1(&self) -> Result<ResponseValue<()>, ()> {} }
        })
        .unwrap();
        let structs: Vec<_> = skeleton.structs.into_iter().map(|(name, item)| (name, item.fields.len())).collect();
        assert_eq!(structs, [("Thing".to_owned(), 1), ("Wrapped".to_owned(), 1)]);
        let answers: Vec<_> =
            skeleton.answers.into_iter().map(|(name, ty)| (name, ty.into_token_stream().to_string())).collect();
        assert_eq!(answers, [("operation_0".to_owned(), quote!(::std::vec::Vec<types::Thing>).to_string())]);
    }
}
