//! Why a request with a good token is not granted, as the vendor says it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::wire;

/// An error as the vendor writes those that are not about single fields.
pub(crate) fn error(status: StatusCode, message: &str) -> Response {
    wire::json(status, &json!({ "message": message }))
}

pub(super) fn not_provided(singular: &str, name: &str) -> Value {
    fault(&format!("The {singular} {name} was not provided."), name)
}

pub(super) fn fault(title: &str, field: &str) -> Value {
    json!({ "title": title, "source": { "pointer": format!("/data/attributes/{field}") } })
}

pub(super) fn valid(faults: Vec<Value>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// Why a request with a good token is not granted.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("The request body is not valid JSON.")]
    NotJson,
    #[error("No Result found for {0} with id {1}")]
    NotFound(&'static str, String),
    #[error("The request is not valid.")]
    Invalid(Vec<Value>),
    #[error("The parameter {0} is not valid.")]
    Nonsense(&'static str),
}

impl From<wire::Nonsense> for Refusal {
    fn from(wire::Nonsense(name): wire::Nonsense) -> Self {
        Self::Nonsense(name)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match &self {
            Self::NotJson | Self::Nonsense(_) => error(StatusCode::BAD_REQUEST, &self.to_string()),
            Self::NotFound(..) => error(StatusCode::NOT_FOUND, &self.to_string()),
            Self::Invalid(faults) => wire::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "errors": faults })),
        }
    }
}
