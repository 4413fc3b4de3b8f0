//! What is sent: bytes, or a stream of them. Only bytes can be sent a second time; a stream of which nothing was read
//! can still be sent a first time.

use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, stream};

/// A body piece by piece.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// The body of a request, and, where a transport makes one, of an answer.
pub struct Body(pub(crate) Content);

pub(crate) enum Content {
    Bytes(Bytes),
    Stream { source: BodyStream, length: Option<u64> },
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

    /// The whole body, if it is no stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Stream { .. } => None,
        }
    }

    /// The body piece by piece.
    pub fn into_stream(self) -> BodyStream {
        match self.0 {
            Content::Bytes(bytes) => Box::pin(stream::once(ready(Ok(bytes)))),
            Content::Stream { source, .. } => source,
        }
    }

    /// The body read to its end, all of it in memory.
    ///
    /// # Errors
    ///
    /// That of a stream that fails.
    pub async fn collect(self) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
        match self.0 {
            Content::Bytes(bytes) => Ok(bytes),
            Content::Stream { source, .. } => {
                let pieces: Vec<Bytes> = source.try_collect().await?;
                Ok(pieces.concat().into())
            }
        }
    }

    /// Hands the body over to be sent, and keeps what it takes to send it again.
    pub(crate) fn lend(self) -> (Self, Kept) {
        match self.0 {
            Content::Bytes(bytes) => (Self(Content::Bytes(bytes.clone())), Kept::Bytes(bytes)),
            Content::Stream { source, length } => {
                let slot = Arc::new(Mutex::new(Some(source)));
                let source = lent(Arc::clone(&slot));
                (Self(Content::Stream { source, length }), Kept::Stream { slot, length })
            }
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

/// A stream that is there until it is first read.
type Slot = Arc<Mutex<Option<BodyStream>>>;

/// What is kept of a body that was handed over to be sent.
pub(crate) enum Kept {
    Bytes(Bytes),
    Stream { slot: Slot, length: Option<u64> },
}

impl Kept {
    /// The body, to be sent again. A stream is only had back if the request was `not_sent`, and nothing of it was read.
    pub(crate) fn take_back(self, not_sent: bool) -> Option<Body> {
        match self {
            Self::Bytes(bytes) => Some(Body(Content::Bytes(bytes))),
            Self::Stream { slot, length } => {
                let source = take(&slot).filter(|_| not_sent)?;
                Some(Body(Content::Stream { source, length }))
            }
        }
    }
}

fn take(slot: &Slot) -> Option<BodyStream> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Takes the stream out of its slot when it is first read. One that was taken back in between fails instead of ending:
/// an end would pass for a whole body.
fn lent(slot: Slot) -> BodyStream {
    let mut taken: Option<BodyStream> = None;
    Box::pin(stream::poll_fn(move |cx: &mut task::Context<'_>| {
        if taken.is_none() {
            taken = take(&slot);
        }
        match &mut taken {
            Some(source) => source.as_mut().poll_next(cx),
            None => Poll::Ready(Some(Err("the body was taken back before it was sent".into()))),
        }
    }))
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

    #[test]
    fn a_stream_is_had_back_only_unread_and_unsent() {
        let stream = || Body::sized_stream(stream::iter([Ok::<_, std::io::Error>("abc")]), 3);
        let read = |body: Body| {
            let Content::Stream { source, .. } = body.0 else { panic!("no stream") };
            futures_util::FutureExt::now_or_never(source.collect::<Vec<_>>()).unwrap()
        };
        let (_, kept) = stream().lend();
        let back = kept.take_back(true).unwrap();
        assert_eq!(back.length(), Some(3));
        assert_eq!(read(back)[0].as_ref().unwrap(), "abc");

        let (_, kept) = stream().lend();
        assert!(kept.take_back(false).is_none());

        let (lent, kept) = stream().lend();
        assert_eq!(read(lent)[0].as_ref().unwrap(), "abc");
        assert!(kept.take_back(true).is_none());

        let (lent, kept) = stream().lend();
        let _back = kept.take_back(true);
        let Content::Stream { mut source, .. } = lent.0 else { panic!("no stream") };
        assert!(futures_util::FutureExt::now_or_never(source.next()).unwrap().unwrap().is_err());

        let (lent, kept) = Body::from("abc").lend();
        assert_eq!((lent.length(), kept.take_back(false).unwrap().length()), (Some(3), Some(3)));
    }
}
