//! How syntax trees are laid out: prettyplease prints an item, what stands between items is set here.
//!
//! prettyplease sets no empty line between items, and fills the arguments of a macro it does not know as it fills prose, so
//! that an entry of a table breaks anywhere. Both are decided on the tree, never on printed text.

use proc_macro2::{TokenStream, TokenTree};
use syn::{File, ImplItem, ImplItemMacro, Item, ItemImpl, ItemMacro, Macro, MacroDelimiter};

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

/// A macro's call in braces whose arguments end with `;` each: lines are filled with whole arguments.
fn print_table(called: &ItemMacro, margin: usize) -> Option<String> {
    if !matches!(called.mac.delimiter, MacroDelimiter::Brace(_)) || called.ident.is_some() {
        return None;
    }
    let mut text = String::new();
    let mut width = 0;
    for entry in entries(&called.mac.tokens)? {
        let mac = Macro { tokens: entry, ..called.mac.clone() };
        let alone = pretty_item(Item::Macro(ItemMacro { mac, ..called.clone() }));
        let (head, entry) = alone.strip_suffix("\n}\n")?.split_once('\n')?;
        let entry = entry.trim_start();
        if text.is_empty() {
            text.push_str(head);
            width = margin;
        }
        if width + 1 + entry.len() > margin {
            text.push('\n');
            text.push_str(INDENT);
            width = INDENT.len();
        } else {
            text.push(' ');
            width += 1;
        }
        // One that is longer than a line is broken by prettyplease, and nothing follows it.
        width = if entry.contains('\n') { margin } else { width + entry.len() };
        text.push_str(entry);
    }
    text.push_str("\n}\n");
    Some(text)
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
