//! From a vendor's prose to rustdoc: Markdown that renders, links that rustdoc accepts, and nothing that is run as a test.
//!
//! Descriptions are written for other renderers, in Markdown or HTML, by whoever wrote the document: nothing in them may
//! become code, break the docs build, or hide what stands in the source (bidirectional marks).

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;

use crate::plan::{Docs, ExternalDocs, TagPath};

/// Doc attributes for some Markdown that is known to be clean, a line each.
pub fn lines(markdown: &str) -> TokenStream {
    let lines = markdown.trim_end().lines().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Attributes for a vendor's prose with what is known beside it; `fallback` if nothing is said. What is deprecated says so to
/// the compiler.
pub fn attributes(docs: &Docs, fallback: &str) -> TokenStream {
    if !docs.deprecated {
        return lines(&markdown(docs, fallback));
    }
    let lines = lines(&markdown(&Docs { deprecated: false, ..docs.clone() }, fallback));
    let deprecated = deprecated();
    quote!(#lines #deprecated)
}

/// Doc attributes, apart.
pub fn attributes_of(docs: TokenStream) -> Vec<syn::Attribute> {
    syn::Attribute::parse_outer.parse2(docs).unwrap_or_default()
}

/// The attribute of what the document deprecates.
pub fn deprecated() -> syn::Attribute {
    syn::parse_quote!(#[deprecated = "the vendor's document says so"])
}

/// A vendor's prose, cleaned, with defaults and constraints as sentences.
pub fn markdown(docs: &Docs, fallback: &str) -> String {
    let mut text = match (&docs.title, &docs.description) {
        (_, Some(description)) => clean(description),
        (Some(title), None) => clean(title),
        (None, None) => fallback.to_owned(),
    };
    if text.trim().is_empty() {
        fallback.clone_into(&mut text);
    }
    let mut facts = Vec::new();
    if docs.deprecated {
        facts.push("Deprecated by the vendor.".to_owned());
    }
    if docs.read_only {
        facts.push("Set by the server.".to_owned());
    }
    if docs.write_only {
        facts.push("Never sent back by the server.".to_owned());
    }
    if let Some(default) = &docs.default {
        facts.push(format!("The server's default: {}.", code(&default.to_string())));
    }
    if !docs.constraints.is_empty() {
        facts.push(format!("The server expects: {}.", clean(&docs.constraints.join(", "))));
    }
    if !facts.is_empty() {
        text = format!("{}\n\n{}", text.trim_end(), facts.join(" "));
    }
    text
}

/// The vendor's page about something, as a link where it is the address of one.
pub fn page(ExternalDocs { url, description }: &ExternalDocs) -> String {
    let is_address = url.starts_with("https://") || url.starts_with("http://");
    let is_link =
        is_address && !url.contains(|character: char| character.is_whitespace() || "<>`\\".contains(character));
    let shown = if is_link { format!("<{url}>") } else { code(url) };
    let said = description.as_deref().map(|text| clean(text).replace('\n', " "));
    let said = said.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "The vendor's page".to_owned());
    format!("{}: {shown}", said.trim_end_matches(['.', ':', ' ']))
}

/// A link to the method of an operation, on the client or what stands there for its tag.
pub fn method(tag: Option<&TagPath>, method: &str) -> String {
    match tag {
        Some(TagPath { module, type_ident }) => {
            format!("[`{type_ident}::{method}`](crate::calls::{module}::{type_ident}::{method})")
        }
        None => format!("[`Client::{method}`](crate::Client::{method})"),
    }
}

/// A value or a name as inline code, on one line and of sane length; in quotes where it has nothing to show.
pub fn code(value: &str) -> String {
    let mut shown: String =
        value.chars().filter(|character| !is_hidden(*character) && *character != '`').take(120).collect();
    if value.chars().count() > 120 {
        shown.push('…');
    }
    let shown = shown.replace(['\n', '\t'], " ");
    // A span of nothing but spaces would be shown as nothing at all.
    if shown.trim().is_empty() { format!("`\"{shown}\"`") } else { format!("`{shown}`") }
}

/// Characters that change how a line is shown without being seen.
fn is_hidden(character: char) -> bool {
    matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        || (character.is_control() && character != '\n' && character != '\t')
}

/// Prose as it may stand in a cell of a table.
pub fn cell(prose: &str) -> String {
    in_a_line(&clean(prose))
}

/// The first paragraph of prose, as it may stand in a cell of a table.
pub fn first_in_cell(prose: &str) -> String {
    in_a_line(clean(prose).split("\n\n").next().unwrap_or_default())
}

fn in_a_line(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Markdown or HTML from outside as Markdown that rustdoc takes without a word.
pub fn clean(text: &str) -> String {
    let text: String =
        text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|character| !is_hidden(*character)).collect();
    // A tab stands for four columns (CommonMark 0.31, section 2.2), and rustdoc's readers have none.
    let text = text.replace('\t', "    ");
    let mut cleaned = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    let mut item = Item::default();
    for line in fenced(text.trim()).lines() {
        let bare = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| bare.starts_with(marker));
        match (fence, marker) {
            // Every fence says `text`: rustdoc would run the others as tests.
            (None, Some(marker)) => {
                fence = Some(marker);
                cleaned.push_str(marker);
                cleaned.push_str("text");
            }
            (Some(open), Some(marker)) if open == marker => {
                fence = None;
                cleaned.push_str(marker);
            }
            (Some(_), _) => cleaned.push_str(line.trim_end()),
            (None, None) => cleaned.push_str(&item.indented(clean_line(line, item.deepest()))),
        }
        cleaned.push('\n');
    }
    if let Some(marker) = fence {
        cleaned.push_str(marker);
        cleaned.push('\n');
    }
    cleaned.trim_end().to_owned()
}

/// Code that is indented (CommonMark 0.31, section 4.4) between fences, where it is safe.
fn fenced(text: &str) -> String {
    const INDENT: &str = "    ";
    let mut fenced = String::with_capacity(text.len());
    let (mut is_fence, mut is_list, mut after_blank, mut is_code) = (false, false, false, false);
    let mut blanks = 0;
    for line in text.lines() {
        let bare = line.trim_start();
        if is_code && bare.is_empty() {
            blanks += 1;
            continue;
        }
        let is_indented = line.starts_with(INDENT);
        if is_code && !is_indented {
            fenced.push_str("```\n");
            is_code = false;
            after_blank = blanks > 0;
            fenced.extend(std::iter::repeat_n('\n', std::mem::take(&mut blanks)));
        }
        if is_code || is_indented && after_blank && !is_fence && !is_list {
            if !std::mem::replace(&mut is_code, true) {
                fenced.push_str("```\n");
            }
            fenced.extend(std::iter::repeat_n('\n', std::mem::take(&mut blanks)));
            fenced.push_str(line.get(INDENT.len()..).unwrap_or_default());
            fenced.push('\n');
            continue;
        }
        if bare.starts_with("```") || bare.starts_with("~~~") {
            is_fence = !is_fence;
        } else if marker_width(bare).is_some() {
            is_list = true;
        } else if after_blank && !bare.is_empty() && !line.starts_with("  ") {
            is_list = false;
        }
        after_blank = bare.is_empty();
        fenced.push_str(line);
        fenced.push('\n');
    }
    if is_code {
        fenced.push_str("```\n");
    }
    fenced
}

/// The item of a list that lines may belong to. What belongs to it begins where its text begins: CommonMark lets lines of a
/// paragraph begin anywhere, and readers of the source take them for what follows the list.
#[derive(Default)]
struct Item {
    /// Where its text begins.
    column: Option<usize>,
    after_blank: bool,
}

impl Item {
    /// How far in a line may begin and be no code.
    fn deepest(&self) -> usize {
        self.column.unwrap_or_default() + 3
    }

    /// A line with the indentation that it should have.
    fn indented(&mut self, line: String) -> String {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let after_blank = std::mem::replace(&mut self.after_blank, bare.is_empty());
        if let Some(width) = marker_width(bare) {
            self.column = Some(indent + width);
        } else if !bare.is_empty() {
            // A heading, a rule or a table ends the paragraph, and so does an empty line, unless what follows is indented.
            let ends = bare.starts_with(['#', '|']) || is_rule(bare) || after_blank && indent < 2;
            self.column = self.column.filter(|_| !ends);
            if let Some(column) = self.column {
                return format!("{}{bare}", " ".repeat(column));
            }
        }
        line
    }
}

/// How wide the marker of a list's item is with the spaces behind it (CommonMark 0.31, section 5.2); none for what is no
/// item.
fn marker_width(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match line.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let spaces = line.get(marker..)?.bytes().take_while(|byte| *byte == b' ').count();
    let is_rule = is_rule(line);
    ((1..=4).contains(&spaces) && !is_rule).then_some(marker + spaces)
}

/// `---`, `* * *` and the like (CommonMark 0.31, section 4.1).
fn is_rule(line: &str) -> bool {
    let marks: String = line.chars().filter(|character| *character != ' ').collect();
    marks.len() >= 3 && ["-", "*", "_"].into_iter().any(|mark| marks.replace(mark, "").is_empty())
}

/// A line outside a fence: no indented code, no HTML, no link that is none.
fn clean_line(line: &str, deepest: usize) -> String {
    let bare = line.trim();
    // Four columns more make a code block; three keep what nesting there was.
    let indent = line.chars().take_while(|character| *character == ' ').count().min(deepest);
    let indent = if bare.is_empty() { 0 } else { indent };
    let mut cleaned = " ".repeat(indent);
    let mut rest = bare;
    while let Some(character) = rest.chars().next() {
        if let Some((copied, after)) = code_span(rest).or_else(|| link(rest)).or_else(|| url(rest, &cleaned)) {
            cleaned.push_str(&copied);
            rest = after;
            continue;
        }
        match character {
            '\\' if rest.len() > 1 => {
                // An escape stays with what it escapes.
                let mut escaped = rest.chars();
                escaped.next();
                cleaned.push('\\');
                if let Some(next) = escaped.next() {
                    cleaned.push(next);
                }
                rest = escaped.as_str();
                continue;
            }
            '<' | '>' | '[' | ']' | '\\' => {
                cleaned.push('\\');
                cleaned.push(character);
            }
            '`' => cleaned.push('\''),
            other => cleaned.push(other),
        }
        rest = &rest[character.len_utf8()..];
    }
    cleaned.trim_end().to_owned()
}

/// `` `code` `` as it is.
fn code_span(text: &str) -> Option<(String, &str)> {
    let ticks = text.chars().take_while(|character| *character == '`').count();
    if ticks == 0 {
        return None;
    }
    let marker = text.get(..ticks)?;
    let inside = text.get(ticks..)?;
    let end = inside.find(marker)?;
    let (span, after) = (inside.get(..end)?, inside.get(end + ticks..)?);
    if after.starts_with('`') || span.trim().is_empty() {
        return None;
    }
    Some((format!("{marker}{span}{marker}"), after))
}

/// `[text](https://…)` as it is; a link to anywhere else keeps its text only.
fn link(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('!').unwrap_or(text);
    let inside = text.strip_prefix('[')?;
    let close = inside.find("](")?;
    let label = inside.get(..close)?;
    let target = inside.get(close + 2..)?;
    let end = target.find(')')?;
    let (address, after) = (target.get(..end)?, target.get(end + 1..)?);
    if label.contains(['[', ']', '\n']) || address.contains(['(', ' ', '<', '>', '\\']) {
        return None;
    }
    let label: String = label
        .chars()
        .flat_map(|character| if "<>`".contains(character) { vec!['\\', character] } else { vec![character] })
        .collect();
    let absolute = address.starts_with("https://") || address.starts_with("http://");
    Some((if absolute && !label.trim().is_empty() { format!("[{label}]({address})") } else { label }, after))
}

/// A bare URL in angle brackets.
fn url<'t>(text: &'t str, before: &str) -> Option<(String, &'t str)> {
    if !(text.starts_with("https://") || text.starts_with("http://"))
        || before.ends_with(|character: char| character.is_alphanumeric())
    {
        return None;
    }
    let end = text
        .find(|character: char| character.is_whitespace() || "<>\"'`()[]{}|\\^*".contains(character))
        .unwrap_or(text.len());
    let address = text.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?', '_']);
    let after = text.get(address.len()..)?;
    if address.ends_with("//") {
        return None;
    }
    Some((format!("<{address}>"), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_line_and_begins_with_the_first_paragraph() {
        assert_eq!(cell("a|b\nc"), "a\\|b c");
        for prose in ["A.\r\n\r\nB.", "\n\nA.\n\nB.", "A."] {
            assert_eq!(first_in_cell(prose), "A.", "{prose:?}");
        }
    }

    #[test]
    fn the_compiler_is_told_what_is_deprecated() {
        let docs = Docs { description: Some("Old.".to_owned()), deprecated: true, ..Docs::default() };
        let expected = quote!(#[doc = " Old."] #[deprecated = "the vendor's document says so"]);
        assert_eq!(attributes(&docs, "").to_string(), expected.to_string());
    }

    #[test]
    fn inline_code_shows_no_more_than_it_says() {
        for (value, expected) in [
            ("plain", "`plain`"),
            ("a`b\nc\u{202E}\u{0}", "`ab c`"),
            ("", "`\"\"`"),
            ("  ", "`\"  \"`"),
            ("\n", "`\" \"`"),
        ] {
            assert_eq!(code(value), expected, "{value:?}");
        }
        assert_eq!(code(&"x".repeat(200)).chars().count(), 123);
    }

    #[test]
    fn prose_becomes_markdown_that_rustdoc_takes() {
        for (vendor, expected) in [
            ("See [the docs](https://a.example/x).", "See [the docs](https://a.example/x)."),
            ("See [the docs](#section).", "See the docs."),
            ("Use `Vec<T>` and <b>bold</b>", "Use `Vec<T>` and \\<b\\>bold\\</b\\>"),
            ("At https://a.example/b.", "At <https://a.example/b>."),
            ("a [list]", "a \\[list\\]"),
            ("odd ` tick", "odd ' tick"),
            ("    let x = 1;", "let x = 1;"),
            ("```rust\npanic!()\n```", "```text\npanic!()\n```"),
            ("```\nnever closed", "```text\nnever closed\n```"),
            ("a\u{202E}b\r\nc", "ab\nc"),
            ("- a\n    - b\n        - c", "- a\n    - b\n        - c"),
            ("a\n\n    let x;\n\n      <y>\n\nb", "a\n\n```text\nlet x;\n\n  <y>\n```\n\nb"),
            ("a\n    b", "a\n   b"),
            ("- a\n\n    b\n\nc\n\n    d", "- a\n\n  b\n\nc\n\n```text\nd\n```"),
            ("| a | b |\n|---|---|\n| `<x>` | <y> |", "| a | b |\n|---|---|\n| `<x>` | \\<y\\> |"),
            ("a\tb", "a    b"),
            ("```\na\tb\n```", "```text\na    b\n```"),
            ("- a\nb\n\nc", "- a\n  b\n\nc"),
            ("10. a\n   b\n\n   c\n# d", "10. a\n    b\n\n    c\n# d"),
            ("* a\n***\nb", "* a\n***\nb"),
            ("**a**\nb", "**a**\nb"),
        ] {
            assert_eq!(clean(vendor), expected, "{vendor}");
        }
    }
}
