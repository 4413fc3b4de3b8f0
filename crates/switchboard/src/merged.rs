//! The connections of several providers as one stream, and what became of each provider's list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, SelectAll};
use futures_util::{StreamExt, future};

use crate::{Connection, ConnectionStream, Error};

/// The connections of several providers; see [`Switchboard::connections`](crate::Switchboard::connections).
#[must_use = "nothing is fetched until the stream is read"]
pub struct Connections {
    streams: SelectAll<Pin<Box<dyn Stream<Item = Event> + Send>>>,
    listed: Vec<Listed>,
}

/// The number of a list, and what comes of it; at last, its end.
type Event = (usize, Option<Result<Connection, Error>>);

/// What became of one provider's list, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The name of the provider.
    pub provider: String,
    /// How many connections came.
    pub connections: usize,
    /// How many errors came.
    pub errors: usize,
    /// Whether the list was read to its end.
    pub ended: bool,
}

impl Listed {
    /// Whether the list came to its proven end without an error: what did not come is not there, as far as the vendor
    /// knows what it has.
    pub fn is_complete(&self) -> bool {
        self.ended && self.errors == 0
    }
}

impl Connections {
    /// Joins the lists of providers, each with the provider's name.
    pub(crate) fn merge(lists: impl IntoIterator<Item = (String, ConnectionStream)>) -> Self {
        let mut this = Self { streams: SelectAll::new(), listed: Vec::new() };
        for (number, (provider, list)) in lists.into_iter().enumerate() {
            let items = list.map(move |item| (number, Some(item)));
            this.streams.push(Box::pin(items.chain(stream::once(future::ready((number, None))))));
            this.listed.push(Listed { provider, connections: 0, errors: 0, ended: false });
        }
        this
    }

    /// The next connection, or a provider's error; `None` when all providers are done. An error is not the end.
    pub async fn next(&mut self) -> Option<Result<Connection, Error>> {
        StreamExt::next(self).await
    }

    /// What became of each provider's list so far: all there is to say of it, once the stream has ended.
    ///
    /// ```no_run
    /// # async fn run(board: switchboard::Switchboard) {
    /// let mut connections = board.connections(&switchboard::Query::new());
    /// while let Some(_item) = connections.next().await {}
    /// for listed in connections.listed().iter().filter(|listed| !listed.is_complete()) {
    ///     eprintln!("{} may have more than these {}", listed.provider, listed.connections);
    /// }
    /// # }
    /// ```
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// All connections there are, and what went wrong beside them, in memory.
    pub async fn collect_all(mut self) -> (Vec<Connection>, Vec<Error>) {
        let (mut connections, mut errors) = (Vec::new(), Vec::new());
        while let Some(item) = self.next().await {
            match item {
                Ok(connection) => connections.push(connection),
                Err(error) => errors.push(error),
            }
        }
        (connections, errors)
    }
}

impl Stream for Connections {
    type Item = Result<Connection, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some((number, item)) = std::task::ready!(self.streams.poll_next_unpin(cx)) else {
                return Poll::Ready(None);
            };
            if let Some(listed) = self.listed.get_mut(number) {
                match &item {
                    Some(Ok(_)) => listed.connections += 1,
                    Some(Err(_)) => listed.errors += 1,
                    None => listed.ended = true,
                }
            }
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("listed", &self.listed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ErrorKind, Operation};

    /// So many connections, and then an error if there is one to come.
    fn list(provider: &'static str, count: u32, fails: bool) -> (String, ConnectionStream) {
        let good = (0..count).map(move |id| Ok(Connection::new(provider, id.to_string(), json!({}))));
        let bad = fails.then(|| Err(Error::other(provider, Operation::List, ErrorKind::Api, "out of order")));
        (provider.to_owned(), Box::pin(stream::iter(good.chain(bad))))
    }

    #[tokio::test]
    async fn every_list_tells_whether_it_is_complete() {
        let mut connections = Connections::merge([list("a", 2, false), list("b", 1, true)]);
        let told = |it: &Connections| -> Vec<_> {
            it.listed().iter().map(|it| (it.connections, it.errors, it.is_complete())).collect()
        };
        assert_eq!(told(&connections), [(0, 0, false), (0, 0, false)]);
        assert!(connections.next().await.is_some_and(|item| item.is_ok()));
        assert_eq!(told(&connections), [(1, 0, false), (0, 0, false)]);
        while connections.next().await.is_some() {}
        assert_eq!(told(&connections), [(2, 0, true), (1, 1, false)]);
    }
}
