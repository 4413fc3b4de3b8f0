//! From the JSON of a type to XML. quick-xml writes it; here is told what: names and namespaces, which property is an
//! attribute, and what a list or null comes to.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;
use serde_json::{Map, Value};

use super::{Content, Element, INSTANCE, Member, Members, Name, Node, TEXT_KEY, Union, objects};
use crate::parameter::scalar;

/// The document for a value.
///
/// # Errors
///
/// In words, what cannot stand in XML: characters that it forbids, keys that are no names, an object in an attribute.
pub(crate) fn from_json(value: &Value, root: &Element) -> Result<Vec<u8>, String> {
    let mut writing = Writing { writer: Writer::new(Vec::new()), scope: Vec::new() };
    writing.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut used = Vec::new();
    namespaces(value, root.name, root.content, &mut used);
    writing.element(root.name, value, root.content, &used)?;
    Ok(writing.writer.into_inner())
}

/// What a prefix stands for, here and within.
type Binding = (&'static str, &'static str);

/// What says that an element is null.
const NIL: Binding = ("xsi", INSTANCE);

/// The namespaces with prefixes that a value needs, each prefix once: they are declared at the root.
fn namespaces(value: &Value, name: Name, content: &'static Content, used: &mut Vec<Binding>) {
    let is_bound = !name.prefix.is_empty() && !name.namespace.is_empty();
    if is_bound && used.iter().all(|(prefix, _)| *prefix != name.prefix) {
        used.push((name.prefix, name.namespace));
    }
    match (content, value) {
        (_, Value::Null) if !used.contains(&NIL) => used.push(NIL),
        (Content::List(item), Value::Array(items)) => {
            items.iter().for_each(|value| namespaces(value, item.name, item.content, used));
        }
        (Content::Object(..) | Content::Union(_), Value::Object(object)) => {
            for (member, value) in fields(object, &members(object, content)) {
                let values = match (member.node, value) {
                    (Node::Attribute | Node::Group, Value::Null) => continue,
                    (Node::Items, Value::Array(items)) => items.as_slice(),
                    _ => std::slice::from_ref(value),
                };
                let name = if member.node == Node::Group { Name::local("") } else { member.name };
                values.iter().for_each(|value| namespaces(value, name, member.content, used));
            }
        }
        _ => {}
    }
}

/// The members of an object, of the shape that it is, or the shapes that it could be, the likeliest first.
fn members(object: &Map<String, Value>, content: &'static Content) -> Members {
    let Content::Union(union) = content else { return Members::of([content]) };
    let mut objects = objects(union);
    let told = told(object, union);
    let score = |(index, content): &(usize, &'static Content)| {
        let known = Members::of([*content]).listed.iter().filter(|member| object.contains_key(member.property)).count();
        (told.is_some_and(|told| told == *index), known)
    };
    objects.sort_by_key(|object| std::cmp::Reverse(score(object)));
    Members::of(objects.iter().map(|(_, object)| *object))
}

fn told(object: &Map<String, Value>, union: &Union) -> Option<usize> {
    let said = scalar(object.get(union.property)?)?;
    union.values.iter().find(|(value, _)| *value == said).map(|(_, index)| *index)
}

/// The known properties that are there, each with its member.
fn fields<'v>(object: &'v Map<String, Value>, members: &Members) -> Vec<(&'static Member, &'v Value)> {
    let listed = members.listed.iter().copied().enumerate();
    let first =
        listed.filter(|(at, member)| members.listed.iter().take(*at).all(|before| before.property != member.property));
    first.filter_map(|(_, member)| Some((member, object.get(member.property)?))).collect()
}

/// What stands in the element of an object: its known properties, those of what has no element of its own in its place, and
/// others, with how these stand.
struct Held<'v> {
    fields: Vec<(&'static Member, &'v Value)>,
    others: Vec<(&'v String, &'v Value, Option<&'static Member>)>,
}

impl<'v> Held<'v> {
    fn of(object: &'v Map<String, Value>, content: &'static Content) -> Self {
        let members = members(object, content);
        let is_known = |key: &str| members.listed.iter().any(|member| member.property == key);
        let others = object.iter().filter(|(key, _)| !is_known(key)).map(|(key, value)| (key, value, members.rest));
        let mut held = Self { fields: Vec::new(), others: others.collect() };
        for (member, value) in fields(object, &members) {
            match (member.node, value) {
                (Node::Group, Value::Object(inner)) => {
                    let inner = Self::of(inner, member.content);
                    held.fields.extend(inner.fields);
                    held.others.extend(inner.others);
                }
                _ => held.fields.push((member, value)),
            }
        }
        held
    }
}

struct Writing {
    writer: Writer<Vec<u8>>,
    /// The prefixes that are declared, the innermost last; without a prefix, the default namespace.
    scope: Vec<(Cow<'static, str>, &'static str)>,
}

impl Writing {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        self.writer.write_event(event).map_err(|error| error.to_string())
    }

    /// An element with a value, and the namespaces that it is to declare for what is within.
    fn element(
        &mut self,
        name: Name,
        value: &Value,
        content: &'static Content,
        used: &[Binding],
    ) -> Result<(), String> {
        let outside = self.scope.len();
        let mut start = BytesStart::new(qualified(name.prefix, name.local)?);
        for binding in used {
            self.declare(&mut start, *binding);
        }
        self.declare(&mut start, (name.prefix, name.namespace));
        self.filled(start, value, content)?;
        self.scope.truncate(outside);
        Ok(())
    }

    /// An element that is called like a key of the data.
    fn keyed(&mut self, key: &str, value: &Value, content: &'static Content) -> Result<(), String> {
        let outside = self.scope.len();
        self.filled(BytesStart::new(checked(key)?.to_owned()), value, content)?;
        self.scope.truncate(outside);
        Ok(())
    }

    fn filled(
        &mut self,
        mut start: BytesStart<'static>,
        value: &Value,
        content: &'static Content,
    ) -> Result<(), String> {
        match value {
            Value::Null => {
                self.declare(&mut start, NIL);
                start.push_attribute(("xsi:nil", "true"));
                self.event(Event::Empty(start))
            }
            Value::Object(object) => self.object(start, object, content),
            Value::Array(items) if items.is_empty() => self.event(Event::Empty(start)),
            Value::Array(items) => {
                let item = item(content);
                let end = self.open(start)?;
                for value in items {
                    match item {
                        Some(item) => self.element(item.name, value, item.content, &[])?,
                        // A list where the document knows of none: its items are called like itself.
                        None => self.keyed(end.name().as_ref(), value, &Content::Any)?,
                    }
                }
                self.event(Event::End(end))
            }
            plain => {
                let text = text(plain)?;
                if text.is_empty() {
                    return self.event(Event::Empty(start));
                }
                let end = self.open(start)?;
                self.event(Event::Text(written(&text)))?;
                self.event(Event::End(end))
            }
        }
    }

    fn open(&mut self, start: BytesStart<'static>) -> Result<BytesEnd<'static>, String> {
        let end = start.to_end().into_owned();
        self.event(Event::Start(start))?;
        Ok(end)
    }

    /// Declares a prefix, unless it stands for the namespace here. What is in no namespace that the document names is in
    /// that of what it stands in.
    fn declare(&mut self, start: &mut BytesStart<'static>, (prefix, namespace): (&str, &'static str)) {
        if namespace.is_empty() || prefix == "xml" || self.bound(prefix) == Some(namespace) {
            return;
        }
        self.scope.push((prefix.to_owned().into(), namespace));
        let declaration = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        start.push_attribute((declaration.as_str(), namespace));
    }

    fn object(
        &mut self,
        mut start: BytesStart<'static>,
        object: &Map<String, Value>,
        content: &'static Content,
    ) -> Result<(), String> {
        let Held { fields, others } = Held::of(object, content);
        for (member, value) in fields.iter().filter(|(member, _)| member.node == Node::Attribute) {
            self.attribute(&mut start, member, value)?;
        }
        if others.is_empty() && fields.iter().all(|(member, value)| leaves_nothing(member, value)) {
            return self.event(Event::Empty(start));
        }
        let end = self.open(start)?;
        for (member, value) in fields {
            self.member(member, value)?;
        }
        for (key, value, rest) in others {
            self.other(key, value, rest)?;
        }
        self.event(Event::End(end))
    }

    fn attribute(&mut self, start: &mut BytesStart<'static>, member: &Member, value: &Value) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        let prefix = self.attribute_prefix(member.name);
        self.declare(start, (&prefix, member.name.namespace));
        let text = words(value)?;
        // A reader would take these for spaces.
        let text = quick_xml::escape::escape(&*text).replace('\n', "&#10;").replace('\t', "&#9;");
        let name = qualified(&prefix, member.name.local)?;
        start.push_attribute(Attribute { key: QName(&name), value: text.into() });
        Ok(())
    }

    /// The prefix of an attribute: its own, or another where that stands for another namespace here, as the element may need it
    /// to. Without a prefix it would be in no namespace, whatever its element is in.
    fn attribute_prefix(&self, name: Name) -> Cow<'static, str> {
        if name.namespace.is_empty() {
            return name.prefix.into();
        }
        let wanted = if name.prefix.is_empty() { "ns" } else { name.prefix };
        let is_free = |prefix: &str| self.bound(prefix).is_none_or(|bound| bound == name.namespace);
        let others = (2_u32..).map(|number| Cow::Owned(format!("{wanted}{number}")));
        let mut all = std::iter::once(Cow::Borrowed(wanted)).chain(others);
        all.find(|prefix| is_free(prefix)).unwrap_or(Cow::Borrowed(wanted))
    }

    /// The namespace that a prefix stands for here.
    fn bound(&self, prefix: &str) -> Option<&'static str> {
        self.scope.iter().rev().find(|(known, _)| known == prefix).map(|(_, namespace)| *namespace)
    }

    fn member(&mut self, member: &'static Member, value: &Value) -> Result<(), String> {
        match (member.node, value) {
            _ if leaves_nothing(member, value) => Ok(()),
            (Node::Items, Value::Array(items)) => {
                items.iter().try_for_each(|item| self.element(member.name, item, member.content, &[]))
            }
            (Node::Text | Node::Attribute, value) => self.event(Event::Text(written(&words(value)?))),
            (Node::Cdata, value) => {
                let text = words(value)?;
                BytesCData::escaped(&text).try_for_each(|part| self.event(Event::CData(part)))
            }
            (Node::Element | Node::Items | Node::Group, value) => self.element(member.name, value, member.content, &[]),
        }
    }

    /// A property that no member stands for, as an element of its name; of a list, as one for each item.
    fn other(&mut self, key: &str, value: &Value, rest: Option<&'static Member>) -> Result<(), String> {
        let content = rest.map_or(&Content::Any, |member| member.content);
        match value {
            text_beside if key == TEXT_KEY => self.event(Event::Text(written(&text(text_beside)?))),
            Value::Array(items) if item(content).is_none() => {
                items.iter().try_for_each(|item| self.keyed(key, item, content))
            }
            value => self.keyed(key, value, content),
        }
    }
}

/// The items of a list, which a union may have among its shapes.
fn item(content: &'static Content) -> Option<&'static Element> {
    match content {
        Content::List(item) => Some(item),
        Content::Union(union) => union.variants.iter().find_map(|variant| match variant {
            Content::List(item) => Some(*item),
            _ => None,
        }),
        _ => None,
    }
}

/// Whether a property leaves nothing within its element: an attribute, and what is null where nothing says that.
fn leaves_nothing(member: &Member, value: &Value) -> bool {
    match member.node {
        Node::Attribute => true,
        Node::Text | Node::Cdata => value.is_null() || value == "",
        Node::Items => value.is_null() || value.as_array().is_some_and(Vec::is_empty),
        Node::Group => value.is_null(),
        Node::Element => false,
    }
}

/// The text of a plain value.
fn text(value: &Value) -> Result<Cow<'_, str>, String> {
    if value.is_object() || value.is_array() {
        return Err("an object or a list stands where XML has room for text only".to_owned());
    }
    let text = scalar(value).unwrap_or_default();
    match text.chars().find(|letter| !is_char(*letter)) {
        Some(letter) => Err(format!("the character U+{:04X} cannot stand in XML", u32::from(letter))),
        None => Ok(text),
    }
}

/// The text of a plain value, or of a list of them, with spaces between (XML Schema part 2, section 2.5.1.2).
fn words(value: &Value) -> Result<Cow<'_, str>, String> {
    match value {
        Value::Array(items) => Ok(items.iter().map(text).collect::<Result<Vec<_>, _>>()?.join(" ").into()),
        plain => text(plain),
    }
}

/// Text with what XML wants escaped, and no more.
fn written(text: &str) -> BytesText<'_> {
    BytesText::from_escaped(quick_xml::escape::partial_escape(text))
}

/// XML 1.0, production 2.
fn is_char(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn qualified(prefix: &str, local: &str) -> Result<String, String> {
    let local = checked(local)?;
    Ok(if prefix.is_empty() { local.to_owned() } else { format!("{}:{local}", checked(prefix)?) })
}

/// A name, if it is one (Namespaces in XML 1.0, production 4; what XML 1.0 allows beyond ASCII is allowed as a whole).
fn checked(name: &str) -> Result<&str, String> {
    let begins = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || !letter.is_ascii();
    let goes_on = |letter: char| begins(letter) || letter.is_ascii_digit() || matches!(letter, '-' | '.' | ':');
    let is_name = name.starts_with(begins) && name.chars().all(|letter| goes_on(letter) && is_char(letter));
    if is_name { Ok(name) } else { Err(format!("`{name}` cannot be a name in XML")) }
}
