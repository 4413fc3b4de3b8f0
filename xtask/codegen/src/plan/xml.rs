//! How values stand in XML.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// How values stand in XML (OpenAPI 3.0 section 4.7.26, 3.2 section 4.26).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Xml {
    /// The roots of bodies, by the names of their statics.
    pub roots: IndexMap<String, XmlElement>,
    /// What is referred to from there, by the names of their statics.
    pub shapes: IndexMap<String, XmlShape>,
}

/// A name in XML.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct XmlName {
    /// The name without a prefix.
    pub local: String,
    /// The namespace's URI; empty for none.
    pub namespace: String,
    /// The prefix that it is written with; empty for none.
    pub prefix: String,
}

/// An element: the root of a body, or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct XmlElement {
    /// What it is called.
    pub name: XmlName,
    /// Whether the document says so.
    pub is_named: bool,
    /// What it holds.
    pub content: XmlContent,
}

/// What stands in an element or an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XmlContent {
    /// Text to the letter.
    Text,
    /// Text that white space around it is no part of.
    Token,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Anything.
    Any,
    /// What has a static of this name.
    Shape(String),
}

/// What needs a static: it may contain itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XmlShape {
    /// Items, each an element.
    List(XmlElement),
    /// Properties, and how others stand.
    Object(Vec<XmlMember>, Option<XmlMember>),
    /// One of several, and what tells them apart: a property and its values.
    Union(Vec<XmlContent>, Option<(String, Vec<(String, usize)>)>),
}

/// A property in XML.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct XmlMember {
    /// Its key in JSON.
    pub property: String,
    /// What it is called.
    pub name: XmlName,
    /// As what it stands there.
    pub node: XmlNode,
    /// Whether it is always there.
    pub required: bool,
    /// What it holds, or what an item of it does.
    pub content: XmlContent,
}

/// As what a property stands in the element of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XmlNode {
    /// An element.
    Element,
    /// An element for each item.
    Items,
    /// An attribute.
    Attribute,
    /// Text.
    Text,
    /// Text in a CDATA section.
    Cdata,
    /// Nothing of its own: its members stand in the element around.
    Group,
}
