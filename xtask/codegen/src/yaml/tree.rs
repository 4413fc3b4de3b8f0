//! The nodes of one YAML document, in a list: what the parser's events say, with their places.

use crate::{
    diagnostics::Diagnostic,
    load::{MAX_DEPTH, MAX_KEY},
};
use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, Tag as ParsedTag};
use std::{borrow::Cow, collections::HashMap, ops::Range};

/// A node's place in its tree.
pub type Id = usize;

/// One YAML document.
#[derive(Debug, Default)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
struct Node<'t> {
    range: Range<usize>,
    content: Content<'t>,
}

/// What a node is.
#[derive(Debug)]
pub enum Content<'t> {
    /// Text, a number, a boolean or null.
    Scalar(Scalar<'t>),
    /// A list.
    Sequence(Vec<Id>),
    /// Keys with their values.
    Mapping(Vec<(Id, Id)>),
    /// Another node, once more: `*name`.
    Alias(Id),
}

/// A scalar as it is written.
#[derive(Debug)]
pub struct Scalar<'t> {
    /// The text without quotes and escapes.
    pub text: Cow<'t, str>,
    /// Whether it stands there without quotes.
    pub plain: bool,
    /// What its tag makes of it.
    pub tag: Tag,
}

/// What a tag says of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// There is none: the text decides, where it is plain.
    None,
    /// `!!str`, `!`, and the tags of older YAML whose values are text here.
    Text,
    /// `!!null`, `!!bool`, `!!int` or `!!float`: the text decides, quoted or not.
    Plain,
    /// One that only some program knows.
    Unknown,
}

/// A sequence or mapping whose end has not come yet.
struct Open {
    id: Id,
    /// The key whose value comes next.
    key: Option<Id>,
}

impl<'t> Tree<'t> {
    /// The outermost node; `None` of an empty text.
    pub fn root(&self) -> Option<Id> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// What a node is, an alias being one itself.
    pub fn content(&self, id: Id) -> Option<&Content<'t>> {
        self.nodes.get(id).map(|node| &node.content)
    }

    /// What a node is, after its aliases: they only lead to nodes that stand before them.
    pub fn resolved(&self, id: Id) -> Option<&Content<'t>> {
        let mut content = self.content(id)?;
        while let Content::Alias(target) = content {
            content = self.content(*target)?;
        }
        Some(content)
    }

    /// The bytes that a node takes.
    pub fn range(&self, id: Id) -> Range<usize> {
        self.nodes.get(id).map(|node| node.range.clone()).unwrap_or_default()
    }
}

/// Why a text is not read.
pub(super) enum Unread {
    /// In a quoted scalar, what is here is indented less than YAML asks for (1.2.2, section 7.3.1).
    LessIndented(usize, Box<Diagnostic>),
    /// Anything else.
    Fault(Box<Diagnostic>),
}

impl From<Box<Diagnostic>> for Unread {
    fn from(fault: Box<Diagnostic>) -> Self {
        Self::Fault(fault)
    }
}

/// Reads a text as it is.
pub(super) fn read(text: &str) -> Result<Tree<'_>, Unread> {
    let mut reader = Reader { text, tree: Tree::default(), open: Vec::new(), anchors: HashMap::new(), documents: 0 };
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = event.map_err(|error| {
            let fault = Box::new(not_yaml(text, &error));
            match (error.kind(), fault.offset) {
                (ErrorKind::InvalidQuotedScalarIndent, Some(offset)) => Unread::LessIndented(offset, fault),
                _ => Unread::Fault(fault),
            }
        })?;
        reader.take(event, &span)?;
    }
    Ok(reader.tree)
}

impl Tree<'_> {
    /// The same, of no text in particular, with other places.
    pub(super) fn moved<'t>(self, place: impl Fn(usize) -> usize) -> Tree<'t> {
        let owned = |content| match content {
            Content::Scalar(Scalar { text, plain, tag }) => {
                Content::Scalar(Scalar { text: Cow::Owned(text.into_owned()), plain, tag })
            }
            Content::Sequence(items) => Content::Sequence(items),
            Content::Mapping(entries) => Content::Mapping(entries),
            Content::Alias(target) => Content::Alias(target),
        };
        let nodes = self.nodes.into_iter().map(|Node { range, content }| Node {
            range: place(range.start)..place(range.end),
            content: owned(content),
        });
        Tree { nodes: nodes.collect() }
    }
}

/// Whether a key is `<<`, by which a mapping takes over the entries of others (<https://yaml.org/type/merge.html>).
pub fn is_merge(key: &Content<'_>) -> bool {
    matches!(key, Content::Scalar(Scalar { text, plain: true, tag: Tag::None }) if text == "<<")
}

fn options() -> Options {
    let mut options = Options::default();
    options.set_emit_comments(false);
    // Keys that are too long, and what is too deep, are told with words of our own.
    options.simple_key_max_lookahead = MAX_KEY + 16;
    options.flow_nesting_limit = MAX_DEPTH + 1;
    options.block_nesting_limit = MAX_DEPTH + 1;
    options
}

struct Reader<'t> {
    text: &'t str,
    tree: Tree<'t>,
    open: Vec<Open>,
    /// Which node has an anchor, by the parser's number for it.
    anchors: HashMap<usize, Id>,
    documents: usize,
}

impl<'t> Reader<'t> {
    fn take(&mut self, event: Event<'t>, span: &Span) -> Result<(), Box<Diagnostic>> {
        let range = self.range(span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Box::new(several_documents(range.start)));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let scalar = Scalar { text, plain, tag: tag.as_deref().map_or(Tag::None, scalar_tag) };
                self.add(Content::Scalar(scalar), range, anchor);
            }
            Event::SequenceStart(_, anchor, _) => self.start(Content::Sequence(Vec::new()), range, anchor)?,
            Event::MappingStart(_, anchor, _) => self.start(Content::Mapping(Vec::new()), range, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                let target = target.filter(|target| self.open.iter().all(|open| open.id != *target));
                let target = target.ok_or_else(|| Box::new(alias_in_itself(range.start)))?;
                self.add(Content::Alias(target), range, 0);
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, content: Content<'t>, range: Range<usize>, anchor: usize) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Box::new(too_deep(range.start)));
        }
        let id = self.add(content, range, anchor);
        self.open.push(Open { id, key: None });
        Ok(())
    }

    /// Adds a node, and says so to the sequence or mapping that it is in.
    fn add(&mut self, content: Content<'t>, range: Range<usize>, anchor: usize) -> Id {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node { range, content });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        if let Some(open) = self.open.last_mut()
            && let Some(parent) = self.tree.nodes.get_mut(open.id)
        {
            match &mut parent.content {
                Content::Sequence(items) => items.push(id),
                Content::Mapping(entries) => match open.key.take() {
                    Some(key) => entries.push((key, id)),
                    None => open.key = Some(id),
                },
                Content::Scalar(_) | Content::Alias(_) => {}
            }
        }
        id
    }

    /// The span in bytes, without the white space that may belong to its end.
    fn range(&self, span: &Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or_default();
        let written = self.text.get(range.clone()).unwrap_or_default().trim_end();
        range.start..range.start + written.len()
    }
}

fn scalar_tag(tag: &ParsedTag) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("str" | "binary" | "timestamp") => Tag::Text,
        Some("null" | "bool" | "int" | "float") => Tag::Plain,
        None if tag.handle().is_empty() && tag.suffix() == "!" => Tag::Text,
        _ => Tag::Unknown,
    }
}

pub(super) fn too_deep(offset: usize) -> Diagnostic {
    Diagnostic::error("too-deep", "", format!("mappings and sequences are nested more than {MAX_DEPTH} deep"))
        .at_offset(offset)
        .with_help("no real API is; move the inner schemas to `components/schemas` and use `$ref`")
}

fn several_documents(offset: usize) -> Diagnostic {
    Diagnostic::error("yaml-several-documents", "", "a second YAML document begins here")
        .at_offset(offset)
        .with_help("one file holds one document: give each its own, and remove this `---`")
}

fn alias_in_itself(offset: usize) -> Diagnostic {
    Diagnostic::error("not-yaml", "", "this alias leads to what it is a part of")
        .at_offset(offset)
        .with_help("JSON knows no such value; schemas that contain themselves use `$ref`")
}

fn not_yaml(text: &str, error: &ScanError) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let message = error.info();
    if message.contains("recursion limit") {
        return too_deep(offset);
    }
    let help = if text.trim_start().starts_with('<') {
        "this looks like HTML or XML: download the raw OpenAPI document, not the page that shows it"
    } else if message.contains(" tab") {
        "here or in the next line is a tab: YAML is indented with spaces only"
    } else {
        "repair the YAML at this place or just before, or fetch the file again"
    };
    Diagnostic::error("not-yaml", "", format!("the file is no YAML: {message}")).at_offset(offset).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (&'static str, Option<usize>) {
        let fault = Tree::parse(text).unwrap_err();
        (fault.code, fault.offset)
    }

    #[test]
    fn nodes_know_their_places() {
        let text = "a: &x\n  - 'b c'   # comment\n  - |\n    d\n\né: *x\n";
        let tree = Tree::parse(text).unwrap();
        let Some(Content::Mapping(entries)) = tree.content(tree.root().unwrap()) else { panic!() };
        let written = |id: Id| &text[tree.range(id)];
        assert_eq!((written(entries[0].0), written(entries[1].0), written(entries[1].1)), ("a", "é", "*x"));
        let Some(Content::Sequence(items)) = tree.resolved(entries[1].1) else { panic!() };
        assert_eq!(written(items[0]), "'b c'");
        assert!(written(items[1]).starts_with('|') || written(items[1]).starts_with('d'), "{}", written(items[1]));
    }

    #[test]
    fn what_cannot_be_read_is_placed() {
        assert_eq!(fault("a: b\n---\nc: d\n"), ("yaml-several-documents", Some(5)));
        assert_eq!(fault("a: [1, 2\nb: 3\n").0, "not-yaml");
        assert_eq!(fault("a: &x [*x]"), ("not-yaml", Some(7)));
        assert_eq!(fault("a: *missing").0, "not-yaml");
        let tab = Tree::parse("a:\n  b: 1\n\tc: 2\n").unwrap_err();
        assert!(tab.help.unwrap().contains("tab"));
        assert!(Tree::parse("<html><a: b: c").unwrap_err().help.unwrap().contains("HTML"));
    }

    #[test]
    fn deep_nesting_is_an_error_not_an_overflow() {
        for text in ["[".repeat(1 << 18), "{a: ".repeat(1 << 18), "- ".repeat(1 << 18), "? ".repeat(1 << 18)] {
            assert_eq!(fault(&text).0, "too-deep", "{}", &text[..4]);
        }
        let indented: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert_eq!(fault(&indented).0, "too-deep");
    }
}
