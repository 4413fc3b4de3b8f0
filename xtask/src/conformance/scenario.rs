//! The suite's scenarios as data: what is sent and what must come back.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One scenario: it has passed when all its calls have gone as they are told here.
#[derive(Clone, Debug, Deserialize)]
pub struct Scenario {
    /// Its name, unique in the suite.
    pub name: String,
    /// The API that it belongs to, as the stem of its documents.
    pub api: String,
    /// When the server counts it as passed: `response-success`, `status-code`, or `by-key` where it knows requests.
    pub condition: String,
    /// The requests that the server has to have seen, by its words for them.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The calls, in their order.
    pub calls: Vec<Call>,
}

/// One request with its answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// Method in upper case.
    pub method: String,
    /// The path, as the server registers it.
    pub uri: String,
    /// What is sent.
    pub request: Request,
    /// What comes back.
    pub response: Response,
}

/// What is sent.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Request {
    /// Query parameters.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Headers.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The body.
    #[serde(default)]
    pub body: Option<Body>,
}

/// What comes back.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body.
    #[serde(default)]
    pub body: Option<Body>,
}

/// A body.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// The media type.
    pub content_type: String,
    /// Text, or bytes.
    #[serde(default)]
    pub content: Option<Content>,
    /// The values of a form.
    #[serde(default)]
    pub parts: Map<String, Value>,
    /// The files of a form.
    #[serde(default)]
    pub files: Vec<File>,
}

/// What a body holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// Bytes as hexadecimal digits.
#[derive(Clone, Debug, Deserialize)]
pub struct Bytes {
    /// Two digits for each byte.
    #[serde(rename = "$bytes")]
    pub hexadecimal: String,
}

/// A file in a form.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// The part's name.
    pub fieldname: String,
    /// The file's name.
    pub originalname: String,
    /// What it holds.
    pub buffer: Bytes,
    /// Its media type.
    pub mimetype: String,
}

impl Scenario {
    /// How often a stream has to be taken up again for the server to have seen all requests: those that no call of the
    /// scenario's stands for.
    pub fn reconnects(&self) -> usize {
        let is_stream = |body: &Body| body.essence() == "text/event-stream";
        let streams = self.calls.iter().any(|call| call.response.body.as_ref().is_some_and(is_stream));
        if streams { self.keys.len().saturating_sub(self.calls.len()) } else { 0 }
    }
}

impl Body {
    /// The content as text, where it is text.
    pub fn text(&self) -> Option<&str> {
        match self.content.as_ref()? {
            Content::Text(text) => Some(text),
            Content::Bytes(_) => None,
        }
    }

    /// The content as text, whatever it is given as.
    pub fn read_as_text(&self) -> String {
        let hexadecimal = self.hexadecimal();
        let byte = |at: usize| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..hexadecimal.len()).step_by(2).filter_map(byte).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The content as bytes, two hexadecimal digits each.
    pub fn hexadecimal(&self) -> String {
        match &self.content {
            Some(Content::Text(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            Some(Content::Bytes(bytes)) => bytes.hexadecimal.clone(),
            None => String::new(),
        }
    }

    /// The media type without its parameters, in lower case.
    pub fn essence(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}
