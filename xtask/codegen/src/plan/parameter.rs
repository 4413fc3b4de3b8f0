//! Parameters: where they stand, and how they are written.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::docs::Docs;
use super::types::TypeRef;

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
    /// All of the query string.
    QueryString,
}

impl Location {
    /// The document's word for it: the value of `in` (OpenAPI 3.2 section 4.12).
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::QueryString => "querystring",
        }
    }

    /// The style when none is given (OpenAPI 3.2 section 4.12.2.2). The whole query has none: it is a text.
    pub fn default_style(self) -> Style {
        match self {
            Self::Path | Self::Header | Self::QueryString => Style::Simple,
            Self::Query | Self::Cookie => Style::Form,
        }
    }
}

/// How a parameter's value is written (OpenAPI 3.0 section 4.7.12.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    /// Comma separated.
    Simple,
    /// Dot prefixed.
    Label,
    /// Semicolon prefixed.
    Matrix,
    /// `name=value`.
    Form,
    /// As `Form`, and nothing is encoded.
    Cookie,
    /// Space separated.
    SpaceDelimited,
    /// Pipe separated.
    PipeDelimited,
    /// Tab separated: Swagger 2.0 has it, OpenAPI 3 has not.
    TabDelimited,
    /// `name[key]=value`.
    DeepObject,
    /// `content: application/json`.
    Json,
}

impl Style {
    /// Whether lists and objects are exploded when nothing is said of it (OpenAPI 3.2 section 4.12.2.2). Of `deepObject`
    /// there is but one way.
    pub fn explodes(self) -> bool {
        matches!(self, Self::Form | Self::Cookie | Self::DeepObject)
    }
}

/// How what stands within a list or an object is written, which OpenAPI leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nested {
    /// As most servers read it, by the style.
    Usual,
    /// As JSON.
    Json,
    /// Lists as pairs of the same name.
    Repeat,
    /// `name[]=value`, `name[key]=value`.
    Brackets,
    /// `name[0]=value`, `name[key]=value`.
    Index,
    /// Comma separated.
    Comma,
    /// Space separated.
    Space,
    /// Tab separated.
    Tab,
    /// Pipe separated.
    Pipe,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name on the wire.
    pub name: String,
    /// Setter and field name.
    pub ident: String,
    /// Where it goes.
    pub location: Location,
    /// How it is written.
    pub style: Style,
    /// Whether arrays and objects become several pairs.
    pub explode: bool,
    /// Whether RFC 3986's reserved characters stay as they are.
    pub allow_reserved: bool,
    /// Whether the slashes of a value in a path stay, for they part segments.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slashes: bool,
    /// How lists and objects within arrays and objects are written.
    pub nested: Nested,
    /// Of a form that is the whole query, the fields that are not written in the default style.
    pub fields: Vec<FormField>,
    /// Whether the request is invalid without it.
    pub required: bool,
    /// The only value that it can have, if it is always sent: nobody has to set it.
    pub constant: Option<Value>,
    /// Its type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
    /// JSON pointer to what describes it.
    pub pointer: String,
}

/// How one field of a form is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormField {
    /// Field name on the wire.
    pub name: String,
    /// Its style.
    pub style: Style,
    /// Whether arrays and objects become several pairs.
    pub explode: bool,
    /// Whether reserved characters stay.
    pub allow_reserved: bool,
    /// How lists and objects within arrays and objects are written.
    pub nested: Nested,
}
