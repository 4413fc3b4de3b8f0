//! Answers that are read as they come: bytes, server-sent events, lines of JSON.

mod bytes;
mod end;
mod lines;
mod sse;

pub use self::bytes::ByteStream;
pub use self::end::StreamEnd;
pub(crate) use self::lines::ItemMeta;
pub use self::lines::JsonLines;
pub(crate) use self::sse::Again;
pub use self::sse::{Event, EventData, EventStream, ReadEvent};

#[cfg(test)]
mod tests;
