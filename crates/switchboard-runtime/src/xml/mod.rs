//! Bodies in XML. One Rust type serves JSON and XML, so XML is read as the JSON of the type, and written from it, by a
//! table of how its values stand in XML: plain data, made at compile time, as OpenAPI's XML Object says it (3.0 section
//! 4.7.26, 3.2 section 4.26). What reads JSON then reads XML too, with the same repairs and the same exactness.

mod document;
mod read;
mod write;

pub(crate) use self::read::to_json;
pub(crate) use self::write::from_json;

/// A name in XML (Namespaces in XML 1.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name without its prefix.
    pub(crate) local: &'static str,
    /// The namespace's URI; empty for none that the document names.
    pub(crate) namespace: &'static str,
    /// What stands for the namespace where it is written; whoever reads goes by the namespace.
    pub(crate) prefix: &'static str,
}

impl Name {
    /// A name in no namespace of its own.
    pub const fn local(local: &'static str) -> Self {
        Self { local, namespace: "", prefix: "" }
    }

    /// A name in a namespace, with the prefix that it is written with; empty for none.
    pub const fn in_namespace(local: &'static str, namespace: &'static str, prefix: &'static str) -> Self {
        Self { local, namespace, prefix }
    }
}

/// An element with what it holds: the root of a body, or an item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// What it is called.
    pub(crate) name: Name,
    /// Whether the document calls it so. If not, an element of any name is read.
    pub(crate) is_named: bool,
    /// What it holds.
    pub(crate) content: &'static Content,
}

impl Element {
    /// An element that the document calls so.
    pub const fn new(name: Name, content: &'static Content) -> Self {
        Self { name, is_named: true, content }
    }

    /// The same, where the document does not call it so: an element of any name is read.
    #[must_use]
    pub const fn unnamed(self) -> Self {
        Self { is_named: false, ..self }
    }
}

/// How the values of a type stand in an element or an attribute.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content {
    /// Text to the letter.
    Text,
    /// Text that white space around it is no part of: dates, ids, known values.
    Token,
    /// A number.
    Number,
    /// `true` or `false`, 1 or 0 (XML Schema part 2, section 3.2.2).
    Boolean,
    /// Whatever it is: text, or an object of elements and attributes by their names, which are written as elements, with text
    /// beside them as `$text`.
    Any,
    /// A list whose items are elements.
    List(&'static Element),
    /// An object with the properties that are known, and, where any other may be there, how these stand: as elements that
    /// are called like their keys.
    Object(&'static [Member], Option<&'static Member>),
    /// One of several.
    Union(&'static Union),
}

/// A property of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its key in JSON.
    pub(crate) property: &'static str,
    /// Its name in XML.
    pub(crate) name: Name,
    /// As what it stands there.
    pub(crate) node: Node,
    /// Whether the object always has it. A list without items, or an empty text, leaves nothing in XML that tells.
    pub(crate) is_required: bool,
    /// What it holds; of a list without an element of its own, what an item holds.
    pub(crate) content: &'static Content,
}

impl Member {
    /// A property that is called in XML as it is in JSON, and need not be there.
    pub const fn new(property: &'static str, node: Node, content: &'static Content) -> Self {
        Self { property, name: Name::local(property), node, is_required: false, content }
    }

    /// The same under another name.
    #[must_use]
    pub const fn named(self, name: Name) -> Self {
        Self { name, ..self }
    }

    /// The same, where it is always there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }
}

/// As what a property stands in the element of its object (OpenAPI 3.2 section 4.26.1, `nodeType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Node {
    /// As an element.
    Element,
    /// As one element for each item of a list.
    Items,
    /// As an attribute.
    Attribute,
    /// As the element's text.
    Text,
    /// As the element's text, in a CDATA section.
    Cdata,
    /// Not at all: what the object that it is holds stands in the element itself.
    Group,
}

/// One of several shapes.
#[derive(Clone, Copy, Debug)]
pub struct Union {
    /// The shapes.
    pub(crate) variants: &'static [&'static Content],
    /// The property that tells them apart, and its values, each with the number of its shape; no values where nothing is
    /// known of that.
    pub(crate) property: &'static str,
    /// See `property`.
    pub(crate) values: &'static [(&'static str, usize)],
}

impl Union {
    /// One of some shapes of which nothing is known that tells them apart.
    pub const fn new(variants: &'static [&'static Content]) -> Self {
        Self { variants, property: "", values: &[] }
    }

    /// The same with the property that tells them apart, and its values, each with the number of its shape.
    #[must_use]
    pub const fn told_by(self, property: &'static str, values: &'static [(&'static str, usize)]) -> Self {
        Self { property, values, ..self }
    }
}

/// The key of the text that stands beside elements or attributes of which nothing is known.
const TEXT_KEY: &str = "$text";

/// The namespace of `xsi:nil` (XML Schema part 1, section 2.6.2).
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The objects among the variants of a union, through unions within it.
fn objects(union: &'static Union) -> Vec<(usize, &'static Content)> {
    fn add(content: &'static Content, index: usize, depth: usize, found: &mut Vec<(usize, &'static Content)>) {
        match content {
            Content::Object(..) => found.push((index, content)),
            Content::Union(inner) if depth < MAX_NESTED_UNIONS => {
                inner.variants.iter().for_each(|variant| add(variant, index, depth + 1, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    union.variants.iter().enumerate().for_each(|(index, variant)| add(variant, index, 0, &mut found));
    found
}

/// How many groups may stand directly within one another: one can contain itself.
const MAX_NESTED_GROUPS: usize = 8;

/// How many unions may stand directly within one another.
const MAX_NESTED_UNIONS: usize = 8;

/// The known properties of some objects, one after the other, and how others stand.
struct Members {
    listed: Vec<&'static Member>,
    rest: Option<&'static Member>,
    /// How many of the listed ones are the first object's.
    own: usize,
    /// How many groups they are in.
    depth: usize,
}

impl Members {
    fn of<'c>(objects: impl IntoIterator<Item = &'c Content>) -> Self {
        let mut all = Self { listed: Vec::new(), rest: None, own: 0, depth: 0 };
        for (at, object) in objects.into_iter().enumerate() {
            let Content::Object(members, rest) = object else { continue };
            all.listed.extend(*members);
            all.rest = all.rest.or(*rest);
            if at == 0 {
                all.own = all.listed.len();
            }
        }
        all
    }

    /// What a property holds that has no element of its own. Other elements are those of the object around.
    fn group(&self, member: &Member) -> Option<Self> {
        if member.node != Node::Group || self.depth >= MAX_NESTED_GROUPS {
            return None;
        }
        let inner = match member.content {
            Content::Union(union) => Self::of(objects(union).into_iter().map(|(_, object)| object)),
            content => Self::of([content]),
        };
        Some(Self { rest: None, depth: self.depth + 1, ..inner })
    }

    /// All of these.
    fn groups(&self) -> impl Iterator<Item = Self> {
        self.listed.iter().filter_map(|member| self.group(member))
    }
}

#[cfg(test)]
mod tests;
