//! The bodies of requests.

use serde::{Deserialize, Serialize};

use super::docs::Docs;
use super::parameter::{FormField, Parameter};
use super::types::TypeRef;

/// The request body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Its name among the arguments: `body`, or with its kind behind it, where it is one of several.
    pub ident: String,
    /// The variant for it, where it is one of several.
    pub variant: String,
    /// Media type sent. A range such as `image/*` is refused until the caller names one of it.
    pub media_type: String,
    /// Whether the caller may name another media type: there are several, or a range.
    pub open_media_type: bool,
    /// The parts that the document names, if it is `multipart/form-data`.
    pub parts: Vec<FormPart>,
    /// How it is encoded.
    pub kind: BodyKind,
    /// Whether the request is invalid without it.
    pub required: bool,
    /// Documentation.
    pub description: Option<String>,
}

/// How a request body is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BodyKind {
    /// JSON of a type.
    Json(TypeRef),
    /// XML of a type, with the name of its root's static.
    Xml(TypeRef, String),
    /// `application/x-www-form-urlencoded`, with the fields that are not written in the default style.
    Form(TypeRef, Vec<FormField>),
    /// JSON values of a list of a type, one after the other.
    Lines(TypeRef),
    /// Text as it is.
    Text,
    /// Any bytes, possibly streamed.
    Binary,
    /// `multipart/form-data`, put together by the caller.
    Multipart,
}

impl BodyKind {
    /// The type of a body that is made of one value.
    pub fn value(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::Xml(ty, _) | Self::Form(ty, _) | Self::Lines(ty) => Some(ty),
            Self::Text | Self::Binary | Self::Multipart => None,
        }
    }
}

/// One part of `multipart/form-data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormPart {
    /// Its name on the wire.
    pub name: String,
    /// Setter and field name.
    pub ident: String,
    /// What it holds.
    pub content: PartContent,
    /// The media type that the document gives it.
    pub media_type: Option<String>,
    /// How its value is written, where that is in a style and not as a media type.
    pub style: Option<FormField>,
    /// The name of its root's static, where its value, or each item of its list, is written as XML.
    pub xml: Option<String>,
    /// Headers of its own.
    pub headers: Vec<PartHeader>,
    /// Whether the form is invalid without it.
    pub required: bool,
    /// Documentation.
    pub docs: Docs,
}

/// A header of a part (OpenAPI 3.0 section 4.7.15.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartHeader {
    /// The header, with a setter of its own.
    pub parameter: Parameter,
    /// Whether the part is invalid without it.
    pub required: bool,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PartContent {
    /// A file or other bytes.
    File,
    /// Several of them under one name.
    Files,
    /// A value, written as OpenAPI says for its type.
    Value(TypeRef),
}
