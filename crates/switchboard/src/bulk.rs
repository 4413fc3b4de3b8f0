//! Many connections at once, with an outcome for each.

use std::pin::Pin;

use futures_core::Stream;
use futures_util::StreamExt;

use crate::{Error, NewConnection, Switchboard, Upserted};

/// The outcomes of [`Switchboard::upsert_all`]: each with the number of what was to be upserted, from 0, as they come.
pub type Upserts<'a> = Pin<Box<dyn Stream<Item = (usize, Result<Upserted, Error>)> + Send + 'a>>;

impl Switchboard {
    /// Upserts many connections of a provider, `at_once` of them at a time, and tells the outcome of each with its number in
    /// `new`, from 0, as soon as there is one. No more are taken from `new` than are under way, and an error ends only its own.
    ///
    /// Run again, after an interruption or for what has failed, it creates nothing twice: see [`upsert`](Self::upsert).
    ///
    /// ```no_run
    /// # async fn run(board: switchboard::Switchboard) {
    /// use futures_util::{StreamExt, stream};
    /// use switchboard::NewConnection;
    ///
    /// let shop = |id: u32| NewConnection::new().service("shopify").external_id(format!("{id}")).name(format!("Shop {id}"));
    /// let mut outcomes = board.upsert_all("activecampaign", stream::iter((0..1000).map(shop)), 4);
    /// while let Some((number, outcome)) = outcomes.next().await {
    ///     match outcome {
    ///         Ok(upserted) => println!("{number}: {}", upserted.outcome),
    ///         Err(error) => eprintln!("{number}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn upsert_all<'a>(
        &self,
        provider: impl Into<String>,
        new: impl Stream<Item = NewConnection> + Send + 'a,
        at_once: usize,
    ) -> Upserts<'a> {
        let (board, provider) = (self.clone(), provider.into());
        let outcomes = new
            .enumerate()
            .map(move |(number, new)| {
                let (board, provider) = (board.clone(), provider.clone());
                async move { (number, board.upsert(&provider, new).await) }
            })
            .buffer_unordered(at_once.max(1));
        Box::pin(outcomes)
    }
}
