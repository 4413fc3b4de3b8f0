//! A schema beside the Rust type of its values: the one place that decodes and encodes.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use switchboard_runtime::{
    HeaderMap, RawResponse, StatusCode,
    codegen::v1::{Decoder, decode},
};

/// A schema of a document, with the type that the generator gave it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    /// The document's file name, without its ending.
    pub(crate) document: &'static str,
    /// The schema's JSON pointer in the effective document.
    pub(crate) pointer: &'static str,
    /// The type's name.
    pub(crate) ty: fn() -> &'static str,
    /// JSON to a value of the type, and that to JSON again.
    pub(crate) through: fn(&[u8], Mode) -> Result<Through, String>,
    /// What JSON is as a value of the type, as `Debug` shows it.
    pub(crate) shown: fn(&[u8], Mode) -> Result<String, String>,
}

/// What came of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Through {
    /// The value, encoded again.
    pub(crate) encoded: Vec<u8>,
    /// What had to be made good to decode it.
    pub(crate) repairs: Vec<String>,
}

/// How a body is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As a client does that was told to be strict.
    Strict,
    /// As a client does by default.
    Lenient,
}

impl Schema {
    pub(crate) const fn of<T: Debug + Serialize + DeserializeOwned>(
        document: &'static str,
        pointer: &'static str,
    ) -> Self {
        Self { document, pointer, ty: std::any::type_name::<T>, through: through::<T>, shown: shown::<T> }
    }
}

fn decoded<T: DeserializeOwned>(body: &[u8], mode: Mode) -> Result<(T, Vec<String>), String> {
    let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), body.to_vec());
    let decoder = Decoder::new(&response).strict(mode == Mode::Strict);
    let value = decode::json(&decoder).map_err(|error| error.to_string())?;
    Ok((value, decoder.into_repairs().iter().map(ToString::to_string).collect()))
}

fn through<T: Serialize + DeserializeOwned>(body: &[u8], mode: Mode) -> Result<Through, String> {
    let (value, repairs) = decoded::<T>(body, mode)?;
    let encoded = serde_json::to_vec(&value).map_err(|error| format!("cannot be encoded: {error}"))?;
    Ok(Through { encoded, repairs })
}

fn shown<T: Debug + DeserializeOwned>(body: &[u8], mode: Mode) -> Result<String, String> {
    Ok(format!("{:?}", decoded::<T>(body, mode)?.0))
}
