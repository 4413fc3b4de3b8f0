//! An XML document as a tree: well-formed, or an error that says where it is not. quick-xml reads it; what it leaves to its
//! callers is done here: one root that is closed, no entities but those of XML itself, a limit to how deep it goes.

use std::borrow::Cow;
use std::rc::Rc;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, PrefixDeclaration, QName, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::INSTANCE;

/// How deep elements may stand within one another, as deep as JSON may.
pub(super) const MAX_DEPTH: usize = 120;

/// How many attributes an element may have: telling those that come twice takes the square of it.
const MAX_ATTRIBUTES: usize = 1024;

/// How many namespaces are looked through for one that is kept already.
const REMEMBERED: usize = 8;

/// An element as it came.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) local: Cow<'a, str>,
    pub(super) namespace: Option<Rc<str>>,
    pub(super) prefix: Cow<'a, str>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) children: Vec<Node<'a>>,
    /// The text that stands directly in it.
    pub(super) text: Cow<'a, str>,
    /// Whether it says that it is null (`xsi:nil`).
    pub(super) is_nil: bool,
}

/// An attribute as it came, but for those that are XML's own affair.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub(super) local: Cow<'a, str>,
    pub(super) namespace: Option<Rc<str>>,
    pub(super) prefix: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// Why a text is no XML that can be read.
#[derive(Debug)]
pub(crate) struct Unfit {
    pub(crate) message: String,
    /// The byte of the text where that shows.
    pub(crate) at: usize,
}

/// The root of a document.
pub(super) fn parse(text: &str) -> Result<Node<'_>, Unfit> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut tree = Tree { open: Vec::new(), root: None, names: Vec::new() };
    let mut version = XmlVersion::Implicit1_0;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let unfit = |message: String| Unfit { message, at };
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(at);
            Unfit { message: error.to_string(), at }
        })?;
        match event {
            Event::Start(start) => {
                let node = tree.node(&start, &reader, version).map_err(unfit)?;
                tree.begin(node).map_err(unfit)?;
            }
            // Empty elements come as a start and an end.
            Event::Empty(_) => {}
            Event::End(_) => tree.end(),
            Event::Text(text) => tree.text(text.xml_content(version)).map_err(unfit)?,
            Event::CData(text) => tree.text(text.xml_content(version)).map_err(unfit)?,
            Event::GeneralRef(reference) => tree.text(resolved(&reference).map_err(unfit)?).map_err(unfit)?,
            Event::Decl(declaration) => {
                version = declaration.xml_version().map_err(|error| unfit(error.to_string()))?
            }
            // A type definition is not read: what it defines is not known, and whoever uses it is told.
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let end = |message: String| Unfit { message, at: text.len() };
    if let Some(open) = tree.open.last() {
        return Err(end(format!("the document ends within the element `{}`", open.local)));
    }
    tree.root.ok_or_else(|| end("there is no element".to_owned()))
}

/// What a reference stands for (XML 1.0, section 4.6).
fn resolved(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter.to_string().into());
    }
    match quick_xml::escape::resolve_predefined_entity(reference) {
        Some(text) => Ok(text.into()),
        None => {
            Err(format!("the entity `{}` is not one of XML's own; definitions of others are not read", &**reference))
        }
    }
}

/// The tree as it grows.
struct Tree<'a> {
    open: Vec<Node<'a>>,
    root: Option<Node<'a>>,
    /// The namespaces so far, each kept once as long as it is in use.
    names: Vec<Rc<str>>,
}

impl<'a> Tree<'a> {
    fn node(
        &mut self,
        start: &BytesStart<'a>,
        reader: &NsReader<&'a [u8]>,
        version: XmlVersion,
    ) -> Result<Node<'a>, String> {
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let mut node = Node {
            local: Cow::Owned(local.as_ref().to_owned()),
            namespace: self.namespace(namespace),
            prefix: prefix(start.name()),
            ..Node::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if is_declaration(attribute.key.as_namespace_binding()) {
                continue;
            }
            if node.attributes.len() >= MAX_ATTRIBUTES {
                return Err(format!("the element `{}` has more than {MAX_ATTRIBUTES} attributes", node.local));
            }
            let value = attribute.normalized_value(version).map_err(|error| error.to_string())?;
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            if matches!(namespace, ResolveResult::Bound(Namespace(INSTANCE))) {
                node.is_nil |= local.as_ref() == "nil" && matches!(value.trim(), "true" | "1");
                continue;
            }
            node.attributes.push(Attribute {
                local: Cow::Owned(local.as_ref().to_owned()),
                namespace: self.namespace(namespace),
                prefix: prefix(attribute.key),
                value: Cow::Owned(value.into_owned()),
            });
        }
        Ok(node)
    }

    /// The namespace that a prefix stands for; a prefix that nothing is said of stands for none.
    fn namespace(&mut self, resolved: ResolveResult<'_>) -> Option<Rc<str>> {
        let ResolveResult::Bound(Namespace(uri)) = resolved else { return None };
        if let Some(known) = self.names.iter().rev().take(REMEMBERED).find(|known| &***known == uri) {
            return Some(Rc::clone(known));
        }
        let made: Rc<str> = Rc::from(uri);
        self.names.push(Rc::clone(&made));
        Some(made)
    }

    fn begin(&mut self, node: Node<'a>) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} elements stand within one another"));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(format!("a second root, `{}`, follows the first", node.local));
        }
        self.open.push(node);
        Ok(())
    }

    fn end(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), String> {
        match self.open.last_mut() {
            Some(node) if node.text.is_empty() => node.text = text,
            Some(node) => node.text.to_mut().push_str(&text),
            None if text.trim().is_empty() => {}
            None => return Err("text stands outside of the root element: this is no XML".to_owned()),
        }
        Ok(())
    }
}

/// The prefix that a name is written with; empty for none.
fn prefix(name: QName<'_>) -> Cow<'static, str> {
    name.prefix().map_or(Cow::Borrowed(""), |prefix| Cow::Owned(prefix.into_inner().to_owned()))
}

fn is_declaration(binding: Option<PrefixDeclaration<'_>>) -> bool {
    binding.is_some()
}
