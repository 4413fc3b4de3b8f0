//! A client's list of records as a stream of connections.

use std::pin::Pin;
use std::task::{Poll, ready};

use futures_core::Stream;
use futures_util::stream;
use switchboard_runtime::{Error as CallError, ErrorBody, Items};

use super::made_good::told;
use crate::{Connection, Error};

/// The connections of a list, each with what had to be made good in its record, whose id is the property `id`.
pub(super) fn connections<T: Send + 'static, E: ErrorBody>(
    mut records: Items<T, E>,
    id: &'static str,
    unify: impl Fn(Result<T, CallError<E>>) -> Result<Connection, Error>,
) -> impl Stream<Item = Result<Connection, Error>> {
    stream::poll_fn(move |cx| {
        let record = ready!(Pin::new(&mut records).poll_next(cx));
        let unified = record.map(&unify);
        let told = |connection| told(connection, records.repairs().to_vec(), id);
        Poll::Ready(unified.map(|unified| unified.and_then(told)))
    })
}
