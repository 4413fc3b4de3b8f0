//! Lists that come in pages: what the runtime needs to know of one.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Type, parse_quote};

use super::call_type::List;
use super::headers;
use super::rust_type::{From, ident, rust_type};
use crate::plan::{Empty, Operation, Paging, PagingStyle, Payload, Presence, Step, Success};

/// What the runtime makes `stream` and `pages` of, where the operation, with answers of this type, is known to page.
pub fn list(operation: &Operation, page: &Type) -> Option<List> {
    let paging = operation.paging.as_ref()?;
    let Success::One(success) = &operation.success else { return None };
    let item = rust_type(&paging.item, From::Outside);
    let (described, items) = (description(paging), items(&paging.path));
    let list = match success {
        Payload::Xml(_, root) => {
            let root = ident(root);
            let translate =
                quote!(|decoder| switchboard_runtime::codegen::v1::decode::xml_as_json(decoder, &crate::xml::#root));
            quote!(translated(&#described, |page| #items, #translate))
        }
        _ => quote!(json(&#described, |page| #items)),
    };
    let described = quote!(switchboard_runtime::codegen::v1::paging::List::#list);
    Some(List {
        item: parse_quote!(#item),
        page: page.clone(),
        headers: headers::success_type(operation).map(|headers| parse_quote!(#headers)),
        described: parse_quote!(#described),
    })
}

/// What differs from what the runtime takes for granted.
fn description(paging: &Paging) -> TokenStream {
    let style = style(&paging.style, &paging.items);
    let text = |setter: &str, text: &Option<String>| {
        let setter = ident(setter);
        text.as_ref().map(|text| quote!(.#setter(#text)))
    };
    let flag = |setter: &str, is_set: bool| {
        let setter = ident(setter);
        is_set.then(|| quote!(.#setter()))
    };
    let (limit, total) = (text("limit", &paging.limit), text("total", &paging.total));
    let (total_pages, has_more) = (text("total_pages", &paging.total_pages), text("has_more", &paging.has_more));
    let page_size = paging.page_size.map(|size| {
        let size = Literal::u64_unsuffixed(size);
        quote!(.page_size(#size))
    });
    let Empty { absent, null, body } = paging.empty;
    let empty = [flag("empty_if_absent", absent), flag("empty_if_null", null), flag("empty_if_no_body", body)];
    let empty = empty.iter().flatten();
    let (repeat_ends, links_by_get) =
        (flag("repeat_ends", paging.repeat_ends), flag("links_by_get", paging.links_by_get));
    let begins = &paging.begins;
    let begins = (!begins.is_empty()).then(|| quote!(.begins(&[#(#begins),*])));
    quote! {
        switchboard_runtime::codegen::v1::paging::Paging::#style #limit #page_size #total #total_pages #has_more
            #(#empty)* #repeat_ends #links_by_get #begins
    }
}

fn style(style: &PagingStyle, items: &str) -> TokenStream {
    match style {
        PagingStyle::Offset { offset } => quote!(offset(#items, #offset)),
        PagingStyle::Page { page, first } => {
            let first = Literal::u64_unsuffixed(*first);
            quote!(page(#items, #page, #first))
        }
        PagingStyle::Cursor { cursor, next } => quote!(cursor(#items, #cursor, #next)),
        PagingStyle::LastItem { cursor, last } => quote!(last_item(#items, #cursor, #last)),
        PagingStyle::Link { next } => quote!(link(#items, #next)),
        PagingStyle::LinkHeader => quote!(link_header(#items)),
    }
}

/// An expression on the way from a page to its items.
enum Place {
    /// A place of the value's own type.
    Value(TokenStream),
    /// A mutable reference to it.
    Reference(TokenStream),
    /// Perhaps a mutable reference to it.
    Maybe(TokenStream),
}

/// The items of a page, as an optional mutable reference; a field that is missing or null has none.
fn items(path: &[Step]) -> TokenStream {
    match path.iter().fold(Place::Reference(quote!(page)), step) {
        Place::Value(value) => quote!(Some(&mut #value)),
        Place::Reference(reference) => quote!(Some(#reference)),
        Place::Maybe(maybe) => maybe,
    }
}

fn step(place: Place, step: &Step) -> Place {
    let base = match place {
        Place::Value(value) | Place::Reference(value) => value,
        Place::Maybe(maybe) => quote!(#maybe?),
    };
    match step {
        Step::Field { ident: name, presence } => {
            let name = ident(name);
            match presence {
                Presence::Required => Place::Value(quote!(#base.#name)),
                _ => Place::Maybe(quote!(#base.#name.as_mut())),
            }
        }
        Step::Inner => Place::Value(quote!(#base.0)),
        Step::Nullable => Place::Maybe(quote!(#base.as_mut())),
        Step::Key(key) => Place::Maybe(quote!(#base.get_mut(#key))),
        Step::Any(pointer) if pointer.is_empty() => Place::Maybe(quote!(#base.as_array_mut())),
        Step::Any(pointer) => {
            Place::Maybe(quote!(#base.pointer_mut(#pointer).and_then(serde_json::Value::as_array_mut)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(ident: &str, presence: Presence) -> Step {
        Step::Field { ident: ident.to_owned(), presence }
    }

    #[test]
    fn the_way_to_the_items_ends_where_something_is_missing() {
        let found = |path: &[Step]| syn::parse2::<syn::Expr>(items(path)).expect("it is no expression");
        for (path, expected) in [
            (vec![], quote!(Some(page))),
            (vec![field("data", Presence::Required)], quote!(Some(&mut page.data))),
            (vec![field("data", Presence::OptionalNullable)], quote!(page.data.as_mut())),
            (
                vec![Step::Nullable, field("a", Presence::Optional), field("b", Presence::Required)],
                quote!(Some(&mut page.as_mut()?.a.as_mut()?.b)),
            ),
            (vec![Step::Inner], quote!(Some(&mut page.0))),
            (vec![Step::Key("a".to_owned())], quote!(page.get_mut("a"))),
            (
                vec![field("a", Presence::Optional), Step::Any("/b".to_owned())],
                quote!(page.a.as_mut()?.pointer_mut("/b").and_then(serde_json::Value::as_array_mut)),
            ),
            (vec![Step::Any(String::new())], quote!(page.as_array_mut())),
        ] {
            assert_eq!(found(&path), syn::parse2(expected).expect("no expression"), "{path:?}");
        }
    }
}
