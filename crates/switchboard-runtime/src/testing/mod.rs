//! Testing code that makes calls, of any generated crate, without a socket and without waiting: a transport that answers from a
//! script, a recorder of what was sent, and a clock that goes where it is told.
//!
//! All else is as it is in production: credentials, retries, limits, paging, decoding.
//!
//! ```
//! use std::time::Duration;
//!
//! use switchboard_runtime::testing::{Answer, Recorder, Script, VirtualClock};
//! # use switchboard_runtime::codegen::v1::{Api, Client};
//! # static API: Api = Api::new("example", "1");
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The first attempt finds the server busy, the second gets the answer.
//! let recorder = Recorder::of(Script::new([
//!     Answer::status(503).header("Retry-After", "30"),
//!     Answer::json(200, r#"{"name": "Lenny"}"#),
//! ]));
//! let clock = VirtualClock::jumping();
//! # let builder = || Client::builder(&API);
//! let client = builder() // `Client::builder()` of a generated crate
//!     .base_url("https://api.test")
//!     .transport(recorder.clone())
//!     .environment(clock.clone())
//!     .build()?;
//!
//! let connection = client.request("GET", "/connections/7").send().await?;
//!
//! assert_eq!(connection.json::<serde_json::Value>()?["name"], "Lenny");
//! assert_eq!(clock.slept(), [Duration::from_secs(30)]);
//! let sent = recorder.sent();
//! assert_eq!(sent.len(), 2);
//! assert_eq!((sent[1].method(), sent[1].url()), ("GET", "https://api.test/connections/7"));
//! # Ok(())
//! # }
//! ```

mod clock;
mod recorder;
mod script;
#[cfg(test)]
mod socket;
#[cfg(test)]
#[cfg(feature = "tracing")]
pub(crate) mod spans;

pub use self::clock::VirtualClock;
pub use self::recorder::{Recorder, Sent};
pub use self::script::{Answer, Script};
#[cfg(test)]
pub(crate) use self::socket::*;
