//! How syntax trees are laid out: prettyplease prints an item, what stands between items is set here.
//!
//! prettyplease sets no empty line between items, and fills the arguments of a macro it does not know as it fills prose, so
//! that an entry of a table breaks anywhere. Both are decided on the tree, never on printed text.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, File, ImplItem, ImplItemMacro, Item, ItemImpl, ItemMacro, Macro, MacroDelimiter};

use crate::polish::call_type::{Head, List, Send};

/// The longest line: prettyplease's.
const MARGIN: usize = 89;

const INDENT: &str = "    ";

/// The code of a file.
pub fn print(file: &File) -> String {
    let mut text = String::new();
    let items = file.items.iter().map(|item| Piece { text: print_item(item), is_use: matches!(item, Item::Use(_)) });
    spaced(&mut text, items);
    text
}

/// An item that is printed.
struct Piece {
    text: String,
    is_use: bool,
}

/// Puts one piece after the other: an empty line between them, but for those of one line each and for imports.
fn spaced(text: &mut String, pieces: impl Iterator<Item = Piece>) {
    let mut before: Option<Piece> = None;
    for piece in pieces {
        let is_close = before.as_ref().is_some_and(|before| {
            (before.is_use && piece.is_use)
                || (before.is_use == piece.is_use && before.text.lines().nth(1).or(piece.text.lines().nth(1)).is_none())
        });
        if before.is_some() && !is_close {
            text.push('\n');
        }
        text.push_str(&piece.text);
        before = Some(piece);
    }
}

fn print_item(item: &Item) -> String {
    match item {
        Item::Impl(block) => print_impl(block),
        Item::Macro(called) => print_table(called, MARGIN).unwrap_or_else(|| pretty_item(item.clone())),
        _ => pretty_item(item.clone()),
    }
}

/// What an `impl` holds is printed item by item as well, each in a block of its own, for lines are as long as they are indented.
fn print_impl(block: &ItemImpl) -> String {
    let head = ItemImpl { items: Vec::new(), ..block.clone() };
    let around = |items: Vec<ImplItem>| pretty_item(Item::Impl(ItemImpl { items, ..head.clone() }));
    let Some((first, _)) = block.items.split_first() else { return around(Vec::new()) };
    let first = around(vec![first.clone()]);
    let mut text: String = first.split_inclusive('\n').take(head_lines(&first)).collect();
    let pieces = block.items.iter().map(|item| {
        if let Some(text) = table_within(item) {
            return Piece { text, is_use: false };
        }
        let whole = around(vec![item.clone()]);
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        let inner = lines.get(head_lines(&whole)..lines.len().saturating_sub(1)).unwrap_or_default();
        Piece { text: inner.concat(), is_use: false }
    });
    spaced(&mut text, pieces);
    text.push_str("}\n");
    text
}

/// A table within an `impl`.
fn table_within(item: &ImplItem) -> Option<String> {
    let ImplItem::Macro(ImplItemMacro { attrs, mac, semi_token, .. }) = item else { return None };
    let called = ItemMacro { attrs: attrs.clone(), ident: None, mac: mac.clone(), semi_token: *semi_token };
    let text = print_table(&called, MARGIN - INDENT.len())?;
    Some(text.lines().map(|line| format!("{INDENT}{line}\n")).collect())
}

/// How many lines a printed `impl` has before what is in it: its brace is the first that ends a line of no indentation.
fn head_lines(printed: &str) -> usize {
    let opens = |line: &str| line.ends_with('{') && !line.starts_with([' ', '/', '#']);
    printed.lines().position(opens).map_or(0, |at| at + 1)
}

/// A macro's call in braces whose arguments end with `;` each: lines are filled with whole arguments, but what documents one
/// stands above it alone.
fn print_table(called: &ItemMacro, margin: usize) -> Option<String> {
    if !matches!(called.mac.delimiter, MacroDelimiter::Brace(_)) || called.ident.is_some() {
        return None;
    }
    let mut text = String::new();
    let mut width = 0;
    for entry in entries(&called.mac.tokens)? {
        let (docs, entry) = documented(entry)?;
        let (head, entry) = print_entry(called, entry)?;
        if text.is_empty() {
            text.push_str(&head);
            width = margin;
        }
        for line in docs.lines() {
            text.extend(["\n", INDENT, line]);
        }
        let stands_alone = !docs.is_empty();
        if stands_alone || width + 1 + entry.len() > margin {
            text.push('\n');
            text.push_str(INDENT);
            width = INDENT.len();
        } else {
            text.push(' ');
            width += 1;
        }
        // One that is longer than a line is broken by prettyplease, and nothing follows it.
        width = if stands_alone || entry.contains('\n') { margin } else { width + entry.len() };
        text.push_str(&entry);
    }
    text.push_str("\n}\n");
    Some(text)
}

/// How a table begins, and one of its entries.
fn print_entry(called: &ItemMacro, entry: TokenStream) -> Option<(String, String)> {
    let laid_out = called.mac.path.segments.last().filter(|last| last.ident == "call").and_then(|_| {
        let head = syn::parse2(entry.clone()).ok().map(|head| print_call(&head));
        head.or_else(|| syn::parse2(entry.clone()).ok().map(|list| print_list(&list)))
    });
    let mac = Macro { tokens: entry, ..called.mac.clone() };
    let alone = pretty_item(Item::Macro(ItemMacro { mac, ..called.clone() }));
    let (head, entry) = alone.strip_suffix("\n}\n")?.split_once('\n')?;
    Some((head.to_owned(), laid_out.unwrap_or_else(|| entry.trim_start().to_owned())))
}

/// What a call answers and how it is sent, in a line or in several.
fn print_call(Head { name, once, answer, error, headers, send, .. }: &Head) -> String {
    let once = if *once { "(once)" } else { "" };
    let mut pieces = vec![format!("{name}{once} -> {},", print_type(answer)), print_type(error)];
    if let Some(headers) = headers {
        pieces.iter_mut().skip(1).for_each(|error| error.push(','));
        pieces.push(print_type(headers));
    }
    if let Some(Send { method, read }) = send {
        let read = read.as_ref().map(print_expr).unwrap_or_default();
        pieces.push(format!("= {method}({read})"));
    }
    let mut text = String::new();
    let mut width = 0;
    for piece in pieces {
        // The `;` at the end counts.
        if !text.is_empty() && width + piece.len() + 2 > MARGIN {
            text.extend(["\n", INDENT, INDENT]);
            width = 2 * INDENT.len();
        } else if text.is_empty() {
            width = INDENT.len();
        } else {
            text.push(' ');
            width += 1;
        }
        width += piece.len();
        text.push_str(&piece);
    }
    text.push(';');
    text
}

/// How the list of a call comes in pages.
fn print_list(List { item, page, headers, described }: &List) -> String {
    let described = print_expr(described).replace('\n', &format!("\n{INDENT}"));
    let headers = headers.as_ref().map(|headers| format!(", {}", print_type(headers))).unwrap_or_default();
    format!("..{}, {}{headers} = {described};", print_type(item), print_type(page))
}

fn print_type(ty: &syn::Type) -> String {
    between(&pretty_item(syn::parse_quote!(type T = #ty;)), "type T = ")
}

fn print_expr(value: &syn::Expr) -> String {
    between(&pretty_item(syn::parse_quote!(const V: T = #value;)), "const V: T = ")
}

fn between(item: &str, before: &str) -> String {
    let inner = item.trim_end().strip_prefix(before).and_then(|inner| inner.strip_suffix(';'));
    inner.unwrap_or_default().to_owned()
}

/// The attributes of an argument that is documented, a line each, and what stands behind them.
fn documented(entry: TokenStream) -> Option<(String, TokenStream)> {
    let apart = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_outer)?, input.parse::<TokenStream>()?));
    let (attrs, rest) = apart.parse2(entry.clone()).ok()?;
    if !attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
        return Some((String::new(), entry));
    }
    let printed = pretty_item(syn::parse_quote!(#(#attrs)* struct Documented;));
    Some((printed.strip_suffix("struct Documented;\n")?.to_owned(), rest))
}

/// Arguments with the `;` that ends each; `None` if there are none, or what follows the last has no end.
fn entries(tokens: &TokenStream) -> Option<Vec<TokenStream>> {
    let mut entries = Vec::new();
    let mut open = Vec::new();
    for token in tokens.clone() {
        let ends = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ';');
        open.push(token);
        if ends {
            entries.push(open.drain(..).collect());
        }
    }
    (open.is_empty() && !entries.is_empty()).then_some(entries)
}

fn pretty_item(item: Item) -> String {
    prettyplease::unparse(&File { items: vec![item], ..syn::parse_quote!() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(file: File) -> Vec<String> {
        print(&file).lines().map(str::to_owned).collect()
    }

    #[test]
    fn items_are_apart_and_those_of_one_line_together() {
        let lines = printed(syn::parse_quote! {
            use a::b;
            use c::d;
            pub mod e;
            pub mod f;
            static G: u8 = 1;
            static H: &[&str] = &["a long line of text, which is broken", "for it is longer than what fits"];
            fn i() {}
        });
        let expected = [
            "use a::b;",
            "use c::d;",
            "",
            "pub mod e;",
            "pub mod f;",
            "static G: u8 = 1;",
            "",
            "static H: &[&str] = &[",
            "    \"a long line of text, which is broken\",",
            "    \"for it is longer than what fits\",",
            "];",
            "",
            "fn i() {}",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_an_impl_holds_is_apart_too_below_any_head() {
        let lines = printed(syn::parse_quote! {
            #[cfg(a)]
            impl<T> A<T> where T: B {
                methods!();
                r::table! { connection([String]), connection_null(); service(String); externalid([(String, types::External)]); }
                fn b(self) { c() }
                /// Why.
                const E: u8 = 1;
            }
            impl B for A<u8> {}
        });
        let expected = [
            "#[cfg(a)]",
            "impl<T> A<T>",
            "where",
            "    T: B,",
            "{",
            "    methods!();",
            "",
            "    r::table! {",
            "        connection([String]), connection_null(); service(String);",
            "        externalid([(String, types::External)]);",
            "    }",
            "",
            "    fn b(self) {",
            "        c()",
            "    }",
            "",
            "    /// Why.",
            "    const E: u8 = 1;",
            "}",
            "",
            "impl B for A<u8> {}",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_documents_an_entry_stands_above_it_alone() {
        let lines = printed(syn::parse_quote! {
            r::call! {
                /// What it is.
                Get -> A<B>, C = send(d);
                ..B, A<B> = e(&f::new("a long text that makes a long line of it", "and another"), |page| Some(page));
                /// How many.
                ///
                /// Or none.
                #[deprecated = "why"]
                limit(i64) = query "limit";
                offset(i64) = query "offset"; tag(String) = query "tag";
            }
        });
        let expected = [
            "r::call! {",
            "    /// What it is.",
            "    Get -> A<B>, C = send(d);",
            "    ..B, A<B> = e(",
            "        &f::new(\"a long text that makes a long line of it\", \"and another\"),",
            "        |page| Some(page),",
            "    );",
            "    /// How many.",
            "    ///",
            "    /// Or none.",
            "    #[deprecated = \"why\"]",
            "    limit(i64) = query \"limit\";",
            "    offset(i64) = query \"offset\"; tag(String) = query \"tag\";",
            "}",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_table_breaks_between_its_entries() {
        let lines = printed(syn::parse_quote! {
            r::table! {
                Connection; 0 id "id" optional; 1 service "service" optional; 2 externalid "externalid" optional;
                ..3 extra;
            }
        });
        let expected = [
            "r::table! {",
            "    Connection; 0 id \"id\" optional; 1 service \"service\" optional;",
            "    2 externalid \"externalid\" optional; ..3 extra;",
            "}",
        ];
        assert_eq!(lines, expected);
    }
}
