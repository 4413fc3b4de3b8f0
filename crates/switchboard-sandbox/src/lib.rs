//! Three APIs on a real HTTP server on loopback, for examples and tests: [ActiveCampaign v3], [Unified.to] and
//! [Sitecore Personalize].
//!
//! The server keeps state, asks for credentials, pages, filters, validates and answers as the vendors' documentation
//! says they do, and it can be told to misbehave. Nothing leaves the machine, nothing is random, and time can be moved
//! by hand, so that a test of a client needs neither an account nor patience.
//!
//! ```no_run
//! # async fn example() -> Result<(), switchboard_sandbox::StartError> {
//! use switchboard_sandbox::{Fault, Records, Sandbox};
//!
//! let sandbox = Sandbox::builder().records(Records::Generated { per_api: 250 }).start().await?;
//! let api = sandbox.activecampaign();
//! println!("give {} and {} to the client", api.base_url(), api.token());
//!
//! api.misbehave(Fault::too_many_requests("1")); // the next request, and only that one
//! // … let the client list the connections …
//! assert_eq!(api.requests().len(), 4); // three pages, one of them asked for twice
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! [ActiveCampaign v3]: https://developers.activecampaign.com/reference/overview
//! [Unified.to]: https://docs.unified.to/
//! [Sitecore Personalize]: https://doc.sitecore.com/personalize/en/developers/api/connection-rest-api.html
#![forbid(unsafe_code)]

mod activecampaign;
mod clock;
mod control;
mod faults;
mod journal;
mod lock;
mod rate_limit;
mod records;
mod server;
mod sitecore_personalize;
mod table;
#[cfg(test)]
mod testing;
mod types;
mod unified_to;
mod wire;

pub use clock::{Clock, ManualClock, SystemClock};
pub use control::InvalidFault;
pub use faults::{Fault, Misbehavior};
pub use journal::{Api, ReceivedRequest};
pub use records::Records;
pub use server::{ActiveCampaign, ApiHandle, Sandbox, SandboxBuilder, SitecorePersonalize, StartError, UnifiedTo};
