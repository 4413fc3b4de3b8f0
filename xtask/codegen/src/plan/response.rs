//! Answers: what success and failure mean, and what comes with them.

use serde::{Deserialize, Serialize};

use super::docs::Docs;
use super::types::TypeRef;

/// Which statuses one response stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Exactly this one.
    Code(u16),
    /// A class such as `4XX`, by its first digit.
    Range(u16),
    /// All the others.
    Default,
}

/// What a response's body is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Payload {
    /// JSON of a type.
    Json(TypeRef),
    /// XML of a type, with the name of its root's static; JSON, if the answer says that it is that.
    Xml(TypeRef, String),
    /// A type that holds text: JSON or the text itself, whichever the answer says that it is.
    AsSaid(TypeRef),
    /// Text.
    Text,
    /// Bytes, streamed where it is the only success.
    Binary,
    /// Where it stands, or, where the client goes there by itself, the bytes that are there.
    Redirect,
    /// `text/event-stream`.
    Events(Events),
    /// Newline delimited JSON items.
    Lines(TypeRef),
    /// Nothing.
    Empty,
}

impl Payload {
    /// The type of a body that is read as a whole.
    pub fn value(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::Xml(ty, _) | Self::AsSaid(ty) => Some(ty),
            _ => None,
        }
    }
}

/// A stream of events, by what their data is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// The type of the data.
    pub ty: TypeRef,
    /// How the data is read of events of no kind that is listed.
    pub data: EventData,
    /// The kinds of events that the document describes, whose data is read in ways of their own.
    pub kinds: Vec<EventKind>,
}

/// How the data of an event is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventData {
    /// As JSON, or as the text that it is: the document does not say.
    Unsaid,
    /// As JSON.
    Json,
    /// As text.
    Text,
}

/// One kind of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventKind {
    /// What its field `event` says.
    pub kind: String,
    /// The type of its data.
    pub ty: TypeRef,
    /// How its data is read.
    pub data: EventData,
    /// The variant for that, where the type of all events' data is a union that has one.
    pub variant: Option<String>,
}

/// What an operation's success yields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Success {
    /// The same for every success status.
    One(Payload),
    /// An enum by status.
    ByStatus {
        /// Its Rust name.
        ident: String,
        /// Its variants.
        variants: Vec<StatusVariant>,
    },
}

/// One status with what it carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusVariant {
    /// Which statuses.
    pub status: Status,
    /// Variant name.
    pub ident: String,
    /// Body.
    pub payload: Payload,
    /// Documentation.
    pub description: Option<String>,
}

/// A header of an answer (OpenAPI 3.0 section 4.7.21).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseHeader {
    /// Its name, as the document spells it.
    pub name: String,
    /// The method that reads it.
    pub ident: String,
    /// How it is written.
    pub form: HeaderForm,
    /// Whether every answer has it.
    pub required: bool,
    /// Its type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
}

/// How the value of a response header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderForm {
    /// In the style `simple`.
    Simple,
    /// The same, exploded.
    Exploded,
    /// As the items of a list with this character between them, which OpenAPI has no word for.
    Parted(char),
    /// As JSON.
    Json,
    /// A text a line.
    Lines,
}

/// One documented error.
pub type ErrorResponse = StatusVariant;
