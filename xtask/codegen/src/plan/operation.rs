//! Operations: what a method of the client is made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::{ExternalDocs, Server};
use super::body::{Body, FormPart};
use super::docs::Docs;
use super::paging::Paging;
use super::parameter::Parameter;
use super::response::{ErrorResponse, Status, Success};
use super::types::TypeRef;

/// What a call cannot do without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Required<'a> {
    /// A parameter.
    Parameter(&'a Parameter),
    /// A part of the only body, which is a form.
    Part(&'a FormPart),
    /// The body, in any of its media types.
    Body(&'a Body),
}

impl Required<'_> {
    /// The argument's name.
    pub fn ident(&self) -> &str {
        match self {
            Self::Parameter(parameter) => &parameter.ident,
            Self::Part(part) => &part.ident,
            Self::Body(body) => &body.ident,
        }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The operationId as documented (or as given to one that had none).
    pub id: String,
    /// The tag that it stands by; none where it stands on the client itself.
    pub tag: Option<TagPath>,
    /// Method name on the client, or on what stands there for its tag; `snake_case`.
    pub ident: String,
    /// The type of its calls, `PascalCase`.
    pub type_ident: String,
    /// What its errors and the types of its inline schemas are named after: no other operation of the crate has it.
    pub owner: String,
    /// The struct that holds what is required, where that is too much for arguments.
    pub required_ident: Option<String>,
    /// The arguments of its method by their names, in the order that programs give them in, where it is not the document's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The enum of its bodies, where there are several.
    pub body_ident: Option<String>,
    /// HTTP method as it is sent.
    pub method: String,
    /// Path template as documented.
    pub path: String,
    /// JSON pointer to the operation.
    pub pointer: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Parameters, path parameters first in template order.
    pub parameters: Vec<Parameter>,
    /// Request body, in the media type that can be typed best.
    pub body: Option<Body>,
    /// The same in other media types, for the caller to choose.
    pub other_bodies: Vec<Body>,
    /// What success means.
    pub success: Success,
    /// The statuses that mean it, as documented.
    pub success_statuses: Vec<Status>,
    /// What else success can mean, if the caller asks for another media type.
    pub other_successes: Vec<OtherSuccess>,
    /// Documented error statuses, exact ones before ranges and those before all others.
    pub errors: Vec<ErrorResponse>,
    /// What users call the type of its errors, whichever enum that is.
    pub error_ident: String,
    /// The enum that its errors are read into, if the document describes any: that of all operations that describe the same.
    pub error_enum: Option<String>,
    /// The type of the headers of a success, if the document describes any.
    pub headers: Option<String>,
    /// The type of the headers of an error, if the document describes any.
    pub error_headers: Option<String>,
    /// Alternatives of combinations of scheme names (with scopes); empty: send none.
    pub security: Vec<Vec<(String, Vec<String>)>>,
    /// Servers that replace the API's.
    pub servers: Vec<Server>,
    /// Value of the `Accept` header; empty for none.
    pub accept: String,
    /// Whether a repeat does no harm (RFC 9110 section 9.2.2, or the overlay says so).
    pub repeatable: bool,
    /// How its pages follow one another.
    pub paging: Option<Paging>,
    /// What ends its answer, if that is a stream and the document says so.
    pub stream_end: Option<StreamEnd>,
    /// Example bodies of its requests and responses.
    pub examples: Vec<Example>,
}

impl Operation {
    /// How its method is reached from a client: `issues().get`.
    pub fn method_path(&self) -> String {
        self.tag.as_ref().map_or_else(|| self.ident.clone(), |tag| format!("{}().{}", tag.module, self.ident))
    }

    /// The module of its call, below the crate's root: `calls::issues`.
    pub fn calls_module(&self) -> String {
        self.tag.as_ref().map_or_else(|| "calls".to_owned(), |tag| format!("calls::{}", tag.module))
    }

    /// Its method, below the crate's root: `Client::get`, `calls::issues::Issues::get`.
    pub fn method_item(&self) -> String {
        match &self.tag {
            Some(tag) => format!("{}::{}::{}", self.calls_module(), tag.type_ident, self.ident),
            None => format!("Client::{}", self.ident),
        }
    }

    /// How many arguments a method has at most; more are the fields of a struct, which say what they are where they are given.
    pub const MAX_ARGUMENTS: usize = 4;

    /// What the document requires of a call, in its order, the body last, or in that of its arguments from before; without what
    /// has but one value.
    pub fn required(&self) -> Vec<Required<'_>> {
        let parameters = self.parameters.iter().filter(|parameter| parameter.required && parameter.constant.is_none());
        let mut required: Vec<Required<'_>> = parameters.map(Required::Parameter).collect();
        match &self.body {
            Some(body) if !body.required => {}
            Some(body) if self.other_bodies.is_empty() && !body.parts.is_empty() => {
                required.extend(body.parts.iter().filter(|part| part.required).map(Required::Part));
            }
            Some(body) => required.push(Required::Body(body)),
            None => {}
        }
        required.sort_by_key(|one| self.arguments.iter().position(|name| name == one.ident()));
        required
    }

    /// The body in all its media types.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.body.iter().chain(&self.other_bodies)
    }
}

/// What ends a stream of events, or of lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StreamEnd {
    /// An event, or a line, that says just this.
    Data(String),
    /// An event of this kind.
    Event(String),
    /// Nothing but the end of the answer.
    Never,
}

/// An example body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Where it is from, as part of an identifier: `request`, `ok_result`.
    pub name: String,
    /// JSON pointer to it.
    pub pointer: String,
    /// What it is an example of.
    pub ty: TypeRef,
    /// The body.
    pub value: Value,
}

/// A success in a media type that the caller has to ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherSuccess {
    /// The method that asks for it.
    pub ident: String,
    /// The media type.
    pub media_type: String,
    /// What comes then.
    pub success: Success,
}

/// What one call carries that the vendor makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// What it is.
    pub origin: Origin,
    /// The name of the payload's type.
    pub ident: String,
    /// HTTP method in upper case.
    pub method: String,
    /// The payload's media type.
    pub media_type: String,
    /// The payload's type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
}

/// Where an operation stands that stands by a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagPath {
    /// The method of the client, and the module of the calls.
    pub module: String,
    /// The type that the operation's method is one of.
    pub type_ident: String,
}

/// Why the vendor makes a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Origin {
    /// By itself.
    Webhook {
        /// Key in `webhooks`.
        name: String,
    },
    /// On account of an operation.
    Callback {
        /// Key in `callbacks`.
        name: String,
        /// The operation's method.
        operation: String,
        /// The tag that the operation stands by.
        tag: Option<TagPath>,
        /// The URL, as a runtime expression.
        url: String,
    },
}
