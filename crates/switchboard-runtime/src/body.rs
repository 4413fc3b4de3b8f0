//! What is sent: bytes, or a stream of them. Only bytes can be sent a second time.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;

use crate::error::BoxError;

/// A stream of bytes on its way out.
pub(crate) type ByteSource = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// The body of a request.
pub struct Body(pub(crate) Content);

pub(crate) enum Content {
    Bytes(Bytes),
    Stream { source: ByteSource, length: Option<u64> },
}

impl Body {
    /// A body that is read as it is sent. It cannot be sent twice, so a call with one is never repeated once anything
    /// may have been sent.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let source = Box::pin(stream.map(|piece| piece.map(Into::into).map_err(Into::into)));
        Self(Content::Stream { source, length: None })
    }

    /// The same with its length in bytes told beforehand, which some servers insist on.
    pub fn sized_stream<S, B, E>(stream: S, length: u64) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match Self::stream(stream).0 {
            Content::Stream { source, .. } => Self(Content::Stream { source, length: Some(length) }),
            content => Self(content),
        }
    }

    /// The length in bytes, if it is known.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Stream { length, .. } => *length,
        }
    }

    /// The same body once more, unless it is a stream.
    pub fn try_clone(&self) -> Option<Self> {
        match &self.0 {
            Content::Bytes(bytes) => Some(Self(Content::Bytes(bytes.clone()))),
            Content::Stream { .. } => None,
        }
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

/// The length only: what is sent may be secret.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Content::Stream { length: Some(length), .. } => write!(f, "Body(stream of {length} bytes)"),
            Content::Stream { length: None, .. } => f.write_str("Body(stream)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_can_be_sent_twice_and_streams_not() {
        let bytes = Body::from("abc");
        assert_eq!(bytes.try_clone().unwrap().length(), Some(3));
        let stream = Body::stream(futures_util::stream::iter([Ok::<_, std::io::Error>("abc")]));
        assert!(stream.try_clone().is_none() && stream.length().is_none());
        assert_eq!(format!("{bytes:?} {stream:?}"), "Body(3 bytes) Body(stream)");
    }
}
