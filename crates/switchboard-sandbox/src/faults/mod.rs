//! Misbehaviour on demand: what can go wrong between a client and an API.
//!
//! When it shall go wrong, and how an answer is spoiled, are matters of their own: see the modules within.

mod examples;
mod misbehavior;
mod spoil;

use std::time::Duration;

use serde_json::Value;

pub use self::misbehavior::Misbehavior;
pub(crate) use self::{
    examples::examples,
    misbehavior::Faults,
    spoil::{Broken, amend, spoil, without_parameter},
};

/// Something that goes wrong with one request.
///
/// A fault is turned into a [`Misbehavior`], which says which requests it is for: without more words, the next one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes this much later, measured on the sandbox's [`Clock`](crate::Clock).
    Slow(Duration),
    /// The connection is reset (TCP RST) without an answer, and the request has no effect.
    Reset,
    /// The request has its effect, but the connection ends in the middle of the answer's body.
    CutOff,
    /// The request is not looked at; this is answered instead.
    Status {
        /// The HTTP status, e.g. 503. What is no status of an answer, such as 100, becomes 500.
        status: u16,
        /// Headers to send along, e.g. `Retry-After`, in place of the API's own of the same names. After a `Content-Length`
        /// that is not the body's the connection ends.
        headers: Vec<(String, String)>,
        /// The body, sent as `application/json`; `None` for an error body as the API in question writes it.
        body: Option<String>,
    },
    /// The request is not looked at; the API's own error of this status is answered, with status 200: what is known as a
    /// soft error.
    SoftError(u16),
    /// The API does not see the query parameter of this name, e.g. `offset`: it gives its first page again.
    IgnoredParameter(String),
    /// The body breaks off in the middle, in an HTTP message that is otherwise complete.
    MalformedJson,
    /// The answer has its status, but no body.
    EmptyBody,
    /// The answer's body is whole, and these bytes come behind it, beyond its `Content-Length`. Then the connection ends.
    LongerBody(String),
    /// The answer has this header, and no other one of the same name; the body stays as it is. `Content-Encoding: br` says
    /// a coding that the body does not have, `Link` a next page that the API does not. After a `Content-Length` that is not
    /// the body's the connection ends.
    Header {
        /// The header's name. What is no name of a header is left out.
        name: String,
        /// Its value. What is no value of a header is left out.
        value: String,
    },
    /// The body comes compressed by gzip, whether the client asked for it or not.
    Gzip {
        /// What `Content-Encoding` calls it: `gzip`, `GZIP`, `x-gzip`.
        coding: String,
        /// Into how many members the body is divided, one after the other (RFC 1952, 2.2). None counts as one.
        members: usize,
        /// What comes behind the last member, and belongs to none.
        rest: String,
    },
    /// The list that the answer holds gets this value: `null`, an empty list, an object. An answer that is the list itself
    /// is replaced as a whole; one that holds no list stays as it is.
    ReplacedList(Value),
    /// The list is taken out of the answer. An answer that is the list itself has no body then.
    MissingList,
    /// The list has at most this many items; what stands beside it, such as a total, stays as it is.
    ShortList(usize),
    /// Every property of this name in the answer, at any depth, gets a value that no document knows. In an array of
    /// values it is put behind those that are there.
    UnknownEnumValue {
        /// The property's name, e.g. `systemType`.
        field: String,
        /// The value to send.
        value: String,
    },
    /// Every property of this name is taken out of the answer, at any depth.
    MissingField(String),
    /// Every property of this name in the answer, at any depth, gets this value: `null`, or another type than promised.
    ReplacedField {
        /// The property's name.
        field: String,
        /// The value to send.
        value: Value,
    },
    /// Every property of this name in the answer, at any depth, gets this text as its value, whether that is JSON or not:
    /// a lone surrogate (`"\ud83d"`), a number of more digits than any type holds, `NaN`.
    RawField {
        /// The property's name.
        field: String,
        /// What to send behind the colon.
        text: String,
    },
    /// Every object in the answer gets one more property.
    ExtraField {
        /// The property's name.
        field: String,
        /// The value to send.
        value: Value,
    },
}

impl Fault {
    /// An error answer in the API's own words.
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: Vec::new(), body: None }
    }

    /// 429 with `Retry-After`: whole seconds, or an HTTP date (RFC 9110, 10.2.3).
    pub fn too_many_requests(retry_after: impl Into<String>) -> Self {
        Self::status(429).with_header("Retry-After", retry_after)
    }

    /// See [`Fault::Header`].
    pub fn header(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Header { name: name.into(), value: value.into() }
    }

    /// The body compressed by gzip in one member, under another name of that coding; see [`Fault::Gzip`].
    pub fn gzip(coding: impl Into<String>) -> Self {
        Self::Gzip { coding: coding.into(), members: 1, rest: String::new() }
    }

    /// See [`Fault::UnknownEnumValue`].
    pub fn unknown_enum_value(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self::UnknownEnumValue { field: field.into(), value: value.into() }
    }

    /// See [`Fault::MissingField`].
    pub fn missing_field(field: impl Into<String>) -> Self {
        Self::MissingField(field.into())
    }

    /// See [`Fault::ReplacedField`].
    pub fn replaced_field(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::ReplacedField { field: field.into(), value: value.into() }
    }

    /// See [`Fault::RawField`].
    pub fn raw_field(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self::RawField { field: field.into(), text: text.into() }
    }

    /// Adds a header to a [`Fault::Status`]; other faults stay as they are.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Gives a [`Fault::Status`] another body than the API's own; other faults stay as they are.
    #[must_use]
    pub fn with_body(mut self, text: impl Into<String>) -> Self {
        if let Self::Status { body, .. } = &mut self {
            *body = Some(text.into());
        }
        self
    }

    /// This fault for the first `times` requests.
    pub fn times(self, times: usize) -> Misbehavior {
        Misbehavior::from(self).times(times)
    }

    /// This fault for every request.
    pub fn always(self) -> Misbehavior {
        Misbehavior::from(self).always()
    }

    /// This fault for the `nth` request from now on, counted from 1.
    pub fn nth(self, nth: usize) -> Misbehavior {
        Misbehavior::from(self).nth(nth)
    }

    /// This fault for requests whose path contains `part`.
    pub fn on_path(self, part: impl Into<String>) -> Misbehavior {
        Misbehavior::from(self).on_path(part)
    }

    /// This fault for requests of that method.
    pub fn on_method(self, method: impl Into<String>) -> Misbehavior {
        Misbehavior::from(self).on_method(method)
    }
}

/// Names every kind of fault, once: a kind without a name does not compile, and a name that is here is in the list.
macro_rules! kinds {
    ($($kind:pat => $name:literal),* $(,)?) => {
        impl Fault {
            /// The names of all kinds of faults, in the order of the documentation.
            pub const KINDS: &[&str] = &[$($name),*];

            /// The name of this fault's kind, one of [`KINDS`](Self::KINDS).
            pub fn kind(&self) -> &'static str {
                match self {
                    $($kind => $name),*
                }
            }
        }
    };
}

kinds! {
    Self::Slow(_) => "slow",
    Self::Reset => "reset",
    Self::CutOff => "cut off",
    Self::Status { .. } => "status",
    Self::SoftError(_) => "soft error",
    Self::IgnoredParameter(_) => "ignored parameter",
    Self::MalformedJson => "malformed JSON",
    Self::EmptyBody => "empty body",
    Self::LongerBody(_) => "longer body",
    Self::Header { .. } => "header",
    Self::Gzip { .. } => "gzip",
    Self::ReplacedList(_) => "replaced list",
    Self::MissingList => "missing list",
    Self::ShortList(_) => "short list",
    Self::UnknownEnumValue { .. } => "unknown enum value",
    Self::MissingField(_) => "missing field",
    Self::ReplacedField { .. } => "replaced field",
    Self::RawField { .. } => "raw field",
    Self::ExtraField { .. } => "extra field",
}
