#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(test, not(feature = "transport")))]
compile_error!("the tests of this crate go over sockets: they need the default features");

mod api;
mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod body;
mod builder;
mod builder_methods;
mod call;
mod call_type;
mod client;
#[doc(hidden)]
pub mod codegen;
mod coding;
mod compared;
mod context;
mod decode;
mod delivery;
mod digits;
mod engine;
mod environment;
mod error;
mod error_enum;
mod exchange;
mod fault;
mod form;
mod form_part;
mod headers;
mod integer_enum;
#[cfg(feature = "transport")]
mod lasting;
mod media_type;
mod members;
mod multipart;
mod observe;
mod options;
mod owned;
pub mod paging;
mod parameter;
mod percent;
mod pointer;
mod rate_limit;
mod raw;
mod raw_response;
mod redact;
mod reported;
mod request;
mod request_id;
mod response;
mod retry;
mod retry_after;
mod scan;
mod secret;
mod server;
mod setters;
mod span;
mod stream;
mod string_enum;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod timeouts;
#[cfg(feature = "transport")]
mod tls;
mod transport;
mod union;
mod values;
pub mod webhooks;
mod whole;
#[cfg(feature = "xml")]
mod xml;

pub use bytes::Bytes;
#[cfg(any(test, feature = "chrono-0-4"))]
pub use chrono;
pub use futures_core::Stream;
pub use http::header::{HeaderName, HeaderValue};
pub use http::{HeaderMap, Method, StatusCode};
#[cfg(any(test, feature = "reqwest-0-13"))]
pub use reqwest;
#[cfg(feature = "secrecy-0-10")]
pub use secrecy;
pub use uuid;

pub use self::api::{ClientAuth, RateLimit};
pub use self::auth::{ClientCredentials, Credential, CredentialSource, DEFAULT_TOKEN_LIFETIME, Issued};
pub use self::body::{Body, BodyStream};
pub use self::builder::error::BuildError;
pub use self::builder::{ClientBuilder, DEFAULT_MAX_BODY};
pub use self::client::Client;
pub use self::decode::{BodyError, Fault, Repair};
pub use self::delivery::Delivery;
pub use self::environment::{BoxFuture, Environment, SystemEnvironment};
pub use self::error::{
    AuthError, DecodeError, Error, ErrorBody, ErrorResponse, InvalidRequest, PagingError, PagingErrorKind,
    TransportError, Undescribed, Undocumented,
};
pub use self::fault::TransportErrorKind;
pub use self::headers::{ErrorHeaders, HeaderError, ResponseHeaders};
pub use self::multipart::{Multipart, Part};
pub use self::observe::{Attempt, AttemptResult, Observer, Repaired};
pub use self::options::CallOptions;
pub use self::paging::{Items, Pages};
pub use self::rate_limit::RateLimiter;
pub use self::raw::RawCall;
pub use self::raw_response::RawResponse;
pub use self::response::ResponseValue;
pub use self::retry::RetryPolicy;
pub use self::secret::SecretString;
pub use self::stream::{ByteStream, Event, EventStream, JsonLines};
pub use self::timeouts::Timeouts;
pub use self::transport::{Transport, TransportFailure, TransportRequest, TransportResponse};
pub use self::values::{Base64, Base64Url, Date, DateTime, Decimal, DecimalText, InvalidValue, Nullable, Scalar, Uuid};
