//! Proves, by calling the crates in `golden/crates` over a socket, that the generator keeps the meaning of a document:
//! what goes over the wire, and what comes back, is what the document says, whatever it was rewritten to on the way.
//!
//! A module a document of `golden/specs`; a test a rule, named after it.

#![forbid(unsafe_code)]

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod compositions;
#[cfg(test)]
mod families;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod media;
#[cfg(test)]
mod names;
#[cfg(test)]
mod openapi_32;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod parameters;
pub mod refused;
#[cfg(test)]
mod responses;
#[cfg(test)]
mod schemas_30;
#[cfg(test)]
mod schemas_31;
#[cfg(test)]
mod server;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod xml;
