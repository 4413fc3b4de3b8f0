//! A body that is read piece by piece, however long it is.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::stream;

use crate::context::Context;
use crate::engine::Streamed;
use crate::environment::Environment;
use crate::error::{Error, TransportError};
use crate::fault::{TransportErrorKind, TransportFault};

/// The body of an answer, unpacked, as it arrives.
///
/// Ends with an error if it breaks off, or is silent for longer than
/// [`Timeouts::idle`](crate::Timeouts::idle). Dropping it closes the connection.
pub struct ByteStream {
    inner: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
    length: Option<u64>,
    /// The longest item, in bytes, that whoever cuts the stream into items may gather.
    pub(super) max_item: usize,
}

impl ByteStream {
    pub(crate) fn new(
        streamed: Streamed,
        context: Context,
        environment: Arc<dyn Environment>,
        idle: Option<Duration>,
    ) -> Self {
        let length = streamed.response.length();
        let max_item = usize::try_from(streamed.max_item).unwrap_or(usize::MAX);
        let inner = Box::pin(stream::unfold(Some(streamed), move |state| {
            let environment = Arc::clone(&environment);
            let (operation, attempts) = (context.operation, context.attempts);
            async move {
                let mut streamed = state?;
                let piece = {
                    let next = pin!(streamed.response.next_piece());
                    match idle {
                        None => next.await,
                        Some(limit) => match select(next, environment.time_limit(limit)).await {
                            Either::Left((piece, _)) => piece,
                            Either::Right(((), _)) => Err(TransportFault::new(TransportErrorKind::IdleTimeout(limit))),
                        },
                    }
                };
                match piece {
                    Ok(Some(piece)) => Some((Ok(piece), Some(streamed))),
                    Ok(None) => None,
                    Err(fault) => {
                        let error = TransportError::new(operation, attempts, fault);
                        Some((Err(Error::Transport(Box::new(error))), None))
                    }
                }
            }
        }));
        Self { inner, length, max_item }
    }

    /// The length in bytes that the server announced. A packed body announces none.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if the body breaks off.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, Error> {
        futures_util::TryStreamExt::try_next(&mut self.inner).await
    }

    /// Reads the rest into memory.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if the body breaks off.
    pub async fn collect(mut self) -> Result<Bytes, Error> {
        let mut all = Vec::new();
        while let Some(piece) = self.try_next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(Bytes::from(all))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.as_mut().poll_next(cx)
    }
}

impl std::fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByteStream").field("length", &self.length).finish_non_exhaustive()
    }
}
