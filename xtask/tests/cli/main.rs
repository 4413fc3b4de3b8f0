//! The program as its users meet it: its commands, run on small documents in folders of their own.

#![allow(unreachable_pub, reason = "nobody links to tests")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod add;
mod commands;
mod corpus;
mod diff;
mod hostile;
mod inputs;
mod processes;
mod regen;
mod release;
mod story;
mod support;
mod versions;
