//! A call, who judges it, and what they can say of it.

use super::calls::{self, Call};
use codegen::{
    plan::{Operation, Parameter, Style},
    schema::flat,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Answering {
    /// The judges alone, one after the other: they answer from the document.
    Mock,
    /// The sandbox, behind the judge that can stand before a server.
    Sandbox,
}

impl Answering {
    /// Who judges.
    pub fn judges(self) -> &'static [Judge] {
        match self {
            Self::Mock => &[Judge::Prism, Judge::Steady],
            Self::Sandbox => &[Judge::Prism],
        }
    }
}

/// A program that judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// `@stoplight/prism-cli`.
    Prism,
    /// `@stdy/cli`.
    Steady,
}

/// What a judge says of a call.
#[derive(Debug, Default)]
pub struct Words {
    /// Of the request.
    pub request: Vec<Complaint>,
    /// Of the answer.
    pub answer: Vec<Complaint>,
    /// Why it cannot serve the call.
    pub unserved: Vec<String>,
}

/// A call as it was meant.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The document that is served.
    pub document: &'a Value,
    /// The operation that is called.
    pub operation: &'a Operation,
    /// What it is called with.
    pub call: &'a Call,
    /// Names of the headers that the document describes, credentials included.
    pub headers: &'a [String],
}

impl Case<'_> {
    /// Whether an object goes as its properties, and has some that its schema does not name at its top.
    pub fn is_spread_freely(&self, parameter: &Parameter) -> bool {
        let object = calls::declared(self.document, self.operation, parameter);
        let schema = flat::resolve(self.document, object.get("schema").unwrap_or(&Value::Null));
        let properties = schema.get("properties");
        let is_at_top = |key: &String| properties.is_some_and(|properties| properties.get(key).is_some());
        let value = self.call.arguments.get(&parameter.ident).and_then(Value::as_object);
        let is_spread = parameter.style == Style::Form && parameter.explode;
        is_spread && value.is_some_and(|value| !value.keys().all(is_at_top))
    }

    /// The media types that the document has for the request's body.
    pub fn content(&self) -> Option<Map<String, Value>> {
        let body = self.document.pointer(&format!("{}/requestBody", self.operation.pointer))?;
        flat::resolve(self.document, body).get("content")?.as_object().cloned()
    }
}

/// Something that a judge complains of.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Complaint {
    /// The part of the message.
    #[serde(default)]
    pub location: Vec<String>,
    /// The keyword of the schema.
    #[serde(default)]
    pub code: String,
    /// What is wrong.
    #[serde(default)]
    pub message: String,
}

impl Complaint {
    /// The part of the request, without the word `request`, which is not always said.
    pub fn place(&self) -> Vec<&str> {
        let place = self.location.iter().map(String::as_str);
        place.skip_while(|word| *word == "request").collect()
    }
}

impl std::fmt::Display for Judge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Prism => "Prism",
            Self::Steady => "Steady",
        })
    }
}

/// Whose fault a complaint is, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excuse {
    /// The judge cannot read what is right.
    Judge(String),
    /// The document contradicts itself, or does not say.
    Document(String),
}
