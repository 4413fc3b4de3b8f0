//! The connections of several APIs, as one. A *connection* is an account of an outside service that is joined to a
//! platform; every API has them in a way of its own. Here they are listed, looked up and changed in one way, without
//! hiding what only one vendor has: every [`Connection`] carries the vendor's own typed record.
//!
//! ```no_run
//! # #[cfg(all(feature = "activecampaign", feature = "unified-to"))]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use switchboard::{ActiveCampaign, Query, Switchboard, UnifiedTo, activecampaign, unified_to};
//!
//! let shops = activecampaign::Client::builder()
//!     .server(activecampaign::Server::new("acme"))
//!     .api_token("secret")
//!     .build()?;
//! let integrations = unified_to::Client::builder().server(unified_to::Server::eu()).jwt("secret").build()?;
//!
//! let board = Switchboard::builder()
//!     .provider(ActiveCampaign::new(shops))
//!     .provider(UnifiedTo::new(integrations))
//!     .build();
//!
//! let mut connections = board.connections(&Query::default()); // all providers at once
//! while let Some(item) = connections.next().await {
//!     match item {
//!         Ok(connection) => println!("{} {}: {}", connection.provider, connection.id, connection.state),
//!         Err(error) => eprintln!("{error}"), // one provider failed; the others go on
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! Each API is a feature, and all are on by default: `activecampaign`, `unified-to`, `sitecore-personalize`. A feature
//! brings the API's own client as a module of the same name, and its provider. Without any of them there is still the
//! model, for providers of your own: see [`ConnectionProvider`].
//!
//! How calls are made, for all APIs alike, choose `rustls` and `gzip`, which are on by default, `native-tls`, `http2`,
//! `system-proxy`, `tracing`, and `blocking`, with which [`runtime::blocking`](runtime) waits for calls without an async
//! runtime. `sqlite` adds a store of snapshots, and `testing` what authors of providers test theirs with.
//!
//! # Settings
//!
//! [`Switchboard::from_env`] takes credentials, addresses and how calls are made from the environment; [`Settings`] lists the
//! variables. [`Switchboard::from_accounts`] takes them from a text, and [`CallSettings`] are for what code says of calls.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accounts;
mod board;
mod bulk;
mod call_settings;
mod capabilities;
mod connection;
mod draft;
mod error;
mod merged;
mod provider;
mod providers;
mod query;
mod records;
mod settings;
mod state;
mod sync;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod timestamp;
mod upsert;

#[cfg(feature = "activecampaign")]
pub use activecampaign;
#[cfg(feature = "sitecore-personalize")]
pub use sitecore_personalize;
pub use switchboard_runtime::{self as runtime, Repair};
#[cfg(feature = "unified-to")]
pub use unified_to;

pub use self::accounts::AccountsError;
pub use self::board::{Switchboard, SwitchboardBuilder};
pub use self::bulk::Upserts;
pub use self::call_settings::CallSettings;
pub use self::capabilities::{AppliedBy, Capabilities, ExternalIds, Filter, Operation};
pub use self::connection::{CONNECTION_SCHEMA, Connection};
pub use self::draft::{ConnectionChange, NewConnection};
pub use self::error::{Error, ErrorKind};
pub use self::merged::{Connections, Listed};
pub use self::provider::{BoxFuture, ConnectionProvider, TestReport};
#[cfg(any(feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
pub use self::providers::*;
pub use self::query::{ConnectionStream, Query};
pub use self::records::{NewRecord, Record, RecordChange};
pub use self::settings::{Settings, SettingsError, SettingsGroup};
pub use self::state::{State, StateKind, UnknownState};
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use self::sync::SqliteStore;
pub use self::sync::{Change, Changes, Field, FileStore, Snapshot, SnapshotStore, StoreError, Watch, WatchHandle};
pub use self::timestamp::Timestamp;
pub use self::upsert::{UpsertOutcome, Upserted};

/// The examples of the README, compiled with the tests.
#[cfg(all(doctest, feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the book, which is beside the packages and not in them.
#[cfg(all(doctest, feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
#[doc = include_str!("../../../docs/src/calling.md")]
#[doc = include_str!("../../../docs/src/facade.md")]
#[doc = include_str!("../../../docs/src/lists.md")]
struct Book;
