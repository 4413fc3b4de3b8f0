//! HTML in descriptions as Markdown (CommonMark 0.31 and the tables of GitHub's flavour): paragraphs, emphasis, code, links,
//! lists, tables and headings. What only looks like a tag, as in `Bearer <token>`, stays as it is.

/// Elements that mean nothing in Markdown, with what is in them kept.
const PLAIN: &[&str] = &[
    "abbr", "article", "big", "body", "caption", "center", "cite", "col", "colgroup", "del", "details", "dl", "font",
    "footer", "header", "html", "ins", "label", "mark", "nav", "q", "s", "section", "small", "span", "strike", "sub",
    "sup", "tbody", "tfoot", "thead", "u", "var",
];

/// Elements that need no end tag, or have none.
const UNPAIRED: &[&str] = &["br", "dd", "dt", "hr", "img", "li", "p", "td", "th", "tr"];

/// The text with its HTML as Markdown.
pub fn to_markdown(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut writer = Writer::default();
    let mut rest = text;
    let mut at_line_start = true;
    while let Some(character) = rest.chars().next() {
        if let Some(length) = code_length(rest, at_line_start && writer.open.is_empty()) {
            let (code, after) = rest.split_at(length);
            writer.text(code, true);
            (rest, at_line_start) = (after, false);
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if let Some((tag, after)) = tag(rest).filter(|(tag, _)| tag.is_html(text)) {
            rest = after;
            writer.tag(&tag);
            continue;
        }
        let (next, after) = rest.split_at(character.len_utf8());
        writer.text(next, false);
        (rest, at_line_start) = (after, character == '\n' || at_line_start && character == ' ');
    }
    writer.finish()
}

/// How long the code is that begins here: a fence up to its end, or a span.
fn code_length(text: &str, at_line_start: bool) -> Option<usize> {
    let fence = ["```", "~~~"].into_iter().find(|marker| at_line_start && text.starts_with(marker));
    if let Some(marker) = fence {
        // The end may stand further in than the beginning, or less: both are often indented with what is around them.
        let lines = text.split_inclusive('\n').scan(0, |end, line| {
            *end += line.len();
            Some((*end - line.len(), line))
        });
        let end = lines.skip(1).find(|(_, line)| line.trim_start().starts_with(marker));
        return Some(end.map_or(text.len(), |(at, line)| at + line.trim_end_matches(['\n', '\r']).len()));
    }
    let ticks = text.chars().take_while(|character| *character == '`').count();
    let marker = text.get(..ticks).filter(|marker| !marker.is_empty())?;
    let end = text.get(ticks..)?.find(marker)?;
    Some(end + 2 * ticks)
}

/// A tag.
struct Tag<'t> {
    name: String,
    /// The name as it is written.
    written: &'t str,
    closes: bool,
    attributes: &'t str,
}

impl Tag<'_> {
    /// Whether it is one of HTML, and no placeholder: what needs an end has one somewhere in `text`.
    fn is_html(&self, text: &str) -> bool {
        let name = self.name.as_str();
        if UNPAIRED.contains(&name) {
            return true;
        }
        let is_known = PLAIN.contains(&name)
            || matches!(
                name,
                "a" | "b"
                    | "blockquote"
                    | "code"
                    | "div"
                    | "em"
                    | "h1"
                    | "h2"
                    | "h3"
                    | "h4"
                    | "h5"
                    | "h6"
                    | "i"
                    | "kbd"
                    | "ol"
                    | "pre"
                    | "samp"
                    | "strong"
                    | "summary"
                    | "table"
                    | "tt"
                    | "ul"
            );
        let end = |name: &str| text.contains(&format!("</{name}"));
        if self.is_component() {
            return text.contains(&format!("<{}", self.written)) && end(&format!("{}>", self.written));
        }
        is_known && (self.closes || matches!(name, "col") || end(name) || end(&name.to_uppercase()))
    }

    /// Whether it may be an element of somebody's own: one of HTML, whose name has a hyphen (HTML, section 4.13.3), or one of
    /// JSX, whose name begins with a capital. They frame what is in them.
    fn is_component(&self) -> bool {
        let is_camel = self.written.starts_with(char::is_uppercase) && self.written.contains(char::is_lowercase);
        self.written.contains('-') || is_camel
    }

    /// The value of an attribute.
    fn attribute(&self, name: &str) -> Option<String> {
        let lower = self.attributes.to_ascii_lowercase();
        let at = lower.match_indices(name).find(|(at, _)| {
            let before = lower.get(..*at).and_then(|before| before.chars().next_back());
            before.is_none_or(char::is_whitespace)
        })?;
        let value = self.attributes.get(at.0 + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let found = match quote {
            Some(quote) => value.get(1..)?.split(quote).next()?,
            None => value.split_whitespace().next()?.trim_end_matches('/'),
        };
        Some(plain(found.trim()))
    }
}

/// The tag that begins here, and what follows it.
fn tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let inside = text.strip_prefix('<')?;
    let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let length =
        inside.find(|character: char| !character.is_ascii_alphanumeric() && character != '-').unwrap_or(inside.len());
    let (name, rest) = inside.split_at(length);
    if !name.starts_with(|first: char| first.is_ascii_alphabetic())
        || !rest.starts_with(['>', '/', ' ', '\n', '\t', '\r'])
    {
        return None;
    }
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '>') => {
                let (attributes, after) = (rest.get(..at)?, rest.get(at + 1..)?);
                return Some((Tag { name: name.to_ascii_lowercase(), written: name, closes, attributes }, after));
            }
            (None, '<') => return None,
            _ => {}
        }
    }
    None
}

/// Text with its character references (HTML 5, section 13.5) as the characters: those that matter in code and addresses.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(reference, character);
    }
    plain
}

/// An element that is open, with where its content begins.
struct Open {
    name: String,
    start: usize,
    address: Option<String>,
    /// The number of the next item of a list.
    number: usize,
}

/// Markdown as it grows.
#[derive(Default)]
struct Writer {
    text: String,
    open: Vec<Open>,
    /// The cells of the row.
    cells: Vec<String>,
    /// Whether the table has its first row.
    has_head: bool,
    /// Whether white space is dropped: a block begins.
    at_start: bool,
}

impl Writer {
    fn is_in(&self, names: &[&str]) -> bool {
        self.open.iter().any(|open| names.contains(&open.name.as_str()))
    }

    /// Text that is no tag; `exact` for code.
    fn text(&mut self, text: &str, exact: bool) {
        if exact || self.is_in(&["pre"]) {
            self.at_start = false;
            self.text.push_str(text);
            return;
        }
        for character in text.chars() {
            let is_space = character.is_whitespace();
            if is_space && (self.at_start || self.is_between()) {
                continue;
            }
            // Lines of an element are one paragraph.
            let folds = is_space && self.is_in(&["li", "td", "th", "p", "div"]);
            match folds {
                true if self.text.ends_with([' ', '\n']) => {}
                true => self.text.push(' '),
                false => self.text.push(character),
            }
            self.at_start = false;
        }
    }

    /// Whether this is between rows or items, where nothing but white space is.
    fn is_between(&self) -> bool {
        self.open.last().is_some_and(|open| matches!(open.name.as_str(), "ul" | "ol" | "table" | "tr"))
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        match name {
            "br" if self.is_in(&["td", "th"]) => self.text.push(' '),
            "br" if self.is_in(&["li"]) => self.line(),
            "br" if self.text.rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('|')) => {
                self.text.push(' ');
            }
            "br" => self.blank(),
            "hr" => {
                self.blank();
                self.text.push_str("---");
                self.blank();
            }
            "img" => {
                let alternative = tag.attribute("alt").unwrap_or_default();
                self.text.push_str(&alternative);
            }
            "p" | "div" | "blockquote" | "dl" | "dd" | "details" | "section" | "center" => {
                self.close(&["p"]);
                self.blank();
                if matches!(name, "p" | "div") && !tag.closes {
                    self.begin(tag);
                } else if tag.closes {
                    self.close(&[name]);
                    self.blank();
                }
            }
            "ul" | "ol" => self.list(tag),
            "li" => self.item(tag),
            "table" | "tr" | "td" | "th" => self.table(tag),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "dt" | "summary" => self.block(tag),
            "b" | "strong" | "i" | "em" | "code" | "kbd" | "samp" | "tt" | "a" => self.inline(tag),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        let address = tag.attribute("href").filter(|_| tag.name == "a");
        self.open.push(Open { name: tag.name.clone(), start: self.text.len(), address, number: 1 });
        self.at_start =
            !matches!(tag.name.as_str(), "b" | "strong" | "i" | "em" | "code" | "kbd" | "samp" | "tt" | "a");
    }

    /// Closes the innermost element of these names with all that is in it, and returns its content.
    fn close(&mut self, names: &[&str]) -> Option<(Open, String)> {
        let at = self.open.iter().rposition(|open| names.contains(&open.name.as_str()))?;
        // An item or a cell does not end what it stands in.
        let barrier = |open: &Open| matches!(open.name.as_str(), "ul" | "ol" | "table");
        if matches!(names, ["li"] | ["td", "th"] | ["p"]) && self.open.iter().skip(at + 1).any(barrier) {
            return None;
        }
        let mut rest = self.open.split_off(at).into_iter();
        let open = rest.next()?;
        let content = self.text.get(open.start..).unwrap_or_default().to_owned();
        Some((open, content))
    }

    /// An empty line, or what parts paragraphs where there is none.
    fn blank(&mut self) {
        if self.is_in(&["td", "th"]) {
            self.text.push(' ');
        } else if self.is_in(&["li"]) {
            self.line();
        } else {
            let kept = self.text.trim_end_matches([' ', '\n']).len();
            self.text.truncate(kept.max(self.open.last().map_or(0, |open| open.start)));
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
        }
        self.at_start = true;
    }

    /// A line of its own, as far in as the items around it.
    fn line(&mut self) {
        let is_marked = self.text.trim_end().ends_with('-') || self.text.trim_end().ends_with(". ");
        if !self.at_start && !is_marked {
            let kept = self.text.trim_end_matches(' ').len();
            self.text.truncate(kept);
            self.text.push('\n');
            self.text.push_str(&" ".repeat(self.indent()));
        }
        self.at_start = true;
    }

    /// How far in the text of an item stands.
    fn indent(&self) -> usize {
        let lists = self.open.iter().filter(|open| matches!(open.name.as_str(), "ul" | "ol"));
        lists.map(|list| if list.name == "ul" { 2 } else { 3 }).sum()
    }

    fn list(&mut self, tag: &Tag<'_>) {
        if tag.closes {
            self.close(&[&tag.name]);
            if !self.is_in(&["ul", "ol"]) {
                self.blank();
            }
        } else {
            if !self.is_in(&["ul", "ol"]) {
                self.close(&["p"]);
                self.blank();
            }
            self.begin(tag);
        }
    }

    fn item(&mut self, tag: &Tag<'_>) {
        self.close(&["li"]);
        if tag.closes {
            return;
        }
        let inner = self.indent();
        let list = self.open.iter_mut().rev().find(|open| matches!(open.name.as_str(), "ul" | "ol"));
        let (marker, width) = match list {
            Some(list) if list.name == "ol" => {
                list.number += 1;
                (format!("{}. ", list.number - 1), 3)
            }
            Some(_) => ("- ".to_owned(), 2),
            None => ("- ".to_owned(), 0),
        };
        let kept = self.text.trim_end_matches([' ', '\n']).len();
        let parted = if self.text.get(kept..).is_some_and(|end| end.contains("\n\n")) { "\n\n" } else { "\n" };
        self.text.truncate(kept);
        if kept > 0 {
            self.text.push_str(parted);
        }
        self.text.push_str(&" ".repeat(inner.saturating_sub(width)));
        self.text.push_str(&marker);
        self.begin(tag);
    }

    fn table(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        self.cell();
        if matches!(name, "tr" | "table") {
            self.row();
        }
        match (name, tag.closes) {
            ("table", false) => {
                self.blank();
                self.has_head = false;
                self.begin(tag);
            }
            ("table", true) => {
                self.close(&["table"]);
                self.blank();
            }
            ("td" | "th", false) => self.begin(tag),
            _ => {}
        }
    }

    /// Ends a cell that is open.
    fn cell(&mut self) {
        if let Some((open, content)) = self.close(&["td", "th"]) {
            self.text.truncate(open.start);
            let words: Vec<&str> = content.split_whitespace().collect();
            self.cells.push(words.join(" ").replace('|', "\\|"));
        }
    }

    /// Ends a row that is open.
    fn row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return;
        }
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if !std::mem::replace(&mut self.has_head, true) {
            self.text.push_str(&format!("|{}\n", " --- |".repeat(cells.len())));
        }
    }

    /// A heading, a term, or a block of code.
    fn block(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if !tag.closes {
            self.blank();
            self.begin(tag);
            return;
        }
        let Some((open, content)) = self.close(&[name]) else { return };
        self.text.truncate(open.start);
        let folded = content.split_whitespace().collect::<Vec<_>>().join(" ");
        let level = name.strip_prefix('h').and_then(|level| level.parse().ok());
        match level {
            _ if folded.is_empty() => {}
            _ if name == "pre" => {
                let code = plain(content.trim_matches('\n').trim_end());
                self.text.push_str(&format!("```\n{code}\n```"));
            }
            Some(level) if !self.is_in(&["li", "td", "th"]) => {
                self.text.push_str(&format!("{} {folded}", "#".repeat(level)));
            }
            _ => self.text.push_str(&format!("**{}**", folded.trim_matches('*'))),
        }
        self.blank();
    }

    /// Emphasis, code, or a link.
    fn inline(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if self.is_in(&["pre"]) {
            return;
        }
        if !tag.closes {
            self.begin(tag);
            return;
        }
        let Some((open, content)) = self.close(&[name]) else { return };
        let inside = content.trim();
        let wrapped = match name {
            _ if inside.is_empty() => return,
            // Emphasis and links end with their paragraph.
            _ if inside.contains("\n\n") => return,
            "b" | "strong" => format!("**{}**", inside.trim_matches('*')),
            "i" | "em" => format!("*{}*", inside.trim_matches('*')),
            "a" => match open.address.filter(|address| !address.is_empty()) {
                Some(address) => format!("[{inside}]({})", address.replace(' ', "%20")),
                None => inside.to_owned(),
            },
            _ if inside.contains('`') => inside.to_owned(),
            _ => format!("`{}`", plain(inside)),
        };
        let (before, after) = (content.len() - content.trim_start().len(), content.len() - content.trim_end().len());
        let around = |count: usize| if count > 0 { " " } else { "" };
        self.text.truncate(open.start);
        self.text.push_str(&format!("{}{wrapped}{}", around(before), around(after)));
    }

    fn finish(mut self) -> String {
        self.cell();
        self.row();
        let mut text = self.text;
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_markdown() {
        for (html, expected) in [
            ("<p>One <b>two</b> <em> three </em>four.</p><p>Five</p>", "One **two** *three* four.\n\nFive"),
            ("a<br>b<br/>c", "a\n\nb\n\nc"),
            ("Use <code>a &lt; b</code>.", "Use `a < b`."),
            ("<pre><code>x\n  y</code></pre>z", "```\nx\n  y\n```\n\nz"),
            (r#"See <a class="x" href="/docs?a=1&amp;b">the <i>docs</i></a>."#, "See [the *docs*](/docs?a=1&b)."),
            (
                "Some:<ul>\n  <li>one\n  two</li>\n  <li>three<ol><li>a</li><li>b</li></ol></li>\n</ul>then",
                "Some:\n\n- one two\n- three\n  1. a\n  2. b\n\nthen",
            ),
            ("<ul><li>a<li>b</ul>", "- a\n- b"),
            ("<ul><li><p>a</p></li><li>b</li></ul>", "- a\n- b"),
            (
                "<table><thead><tr><th>Name</th><th>What</th></tr></thead>\n<tbody><tr><td>a</td><td>x|y<br>z</td></tr></tbody></table>",
                "| Name | What |\n| --- | --- |\n| a | x\\|y z |",
            ),
            ("<h2>Title</h2>text", "## Title\n\ntext"),
            ("a <!-- hidden --> b", "a  b"),
            ("<span style=\"color: red\">x</span>", "x"),
            ("<details>\n\n  ```\n  <x>\n  ```\n\n</details>\nmore", "```\n  <x>\n  ```\n\nmore"),
            ("| a<br>b | c |\n|---|---|", "| a b | c |\n|---|---|"),
            ("<x-life><x-cycle class=\"ea\"></x-cycle></x-life>\n\nText.", "Text."),
            ("One.\n\n<Note>Two.</Note>", "One.\n\nTwo."),
            ("<Warning>\nOne.\n</Warning>\n\nTwo.", "One.\n\nTwo."),
        ] {
            assert_eq!(to_markdown(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_no_html_stays() {
        for text in [
            "Bearer <token>",
            "`<b>x</b>` and <label>:<value>",
            "a < b and b > c",
            "```\n<p>x</p>\n```\nmore",
            "```\n  <p>x</p>\n  ```\nmore",
            "<https://a.example>",
            "x <b",
            "<script>alert(1)</script>",
            "List<a>",
            "<section> of <id>",
            "Bearer <access-token> of <Name>",
            "[a](</core-api/b>)",
            "<TOKEN></TOKEN>",
        ] {
            assert_eq!(to_markdown(text), text);
        }
    }

    #[test]
    fn no_html_at_all_is_too_broken() {
        for text in [
            "</ul></li></td>",
            "<table><td>a<table><tr>",
            "<li><ul></li><li></ul>",
            "<a href>b</a><b><b></b>",
            "<p><pre></p>é</pre>",
        ] {
            to_markdown(text);
        }
    }
}
