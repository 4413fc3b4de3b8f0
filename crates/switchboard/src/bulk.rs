//! Many connections at once, with an outcome for each.

use std::pin::Pin;

use futures_core::Stream;
use futures_util::StreamExt;

use crate::{Error, NewConnection, Switchboard, Upserted};

/// The outcomes of [`Switchboard::upsert_all`]: each with the number of what was to be upserted, from 0, as they come.
pub type Upserts<'a> = Pin<Box<dyn Stream<Item = (usize, Result<Upserted, Error>)> + Send + 'a>>;

/// See [`Switchboard::upsert_all`].
pub(crate) fn upsert_all<'a>(
    board: Switchboard,
    provider: String,
    new: impl Stream<Item = NewConnection> + Send + 'a,
    at_once: usize,
) -> Upserts<'a> {
    let outcomes = new
        .enumerate()
        .map(move |(number, new)| {
            let (board, provider) = (board.clone(), provider.clone());
            async move { (number, board.upsert(&provider, new).await) }
        })
        .buffer_unordered(at_once.max(1));
    Box::pin(outcomes)
}
