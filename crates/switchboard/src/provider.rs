//! The seam between the switchboard and the APIs: all that the one has to know of the others.

use std::fmt;
use std::time::Duration;

use futures_util::stream;
use serde_json::Value;
pub use switchboard_runtime::BoxFuture;

use crate::{Capabilities, Connection, ConnectionChange, ConnectionStream, Error, NewConnection, Operation, Query};

/// An API with connections.
///
/// Only [`name`](Self::name) must be written. The other methods answer [`Unsupported`](crate::ErrorKind::Unsupported)
/// unless they are, before anything is sent, so that a method that is new here breaks no provider;
/// [`capabilities`](Self::capabilities) should tell which ones were written.
///
/// ```
/// use switchboard::{BoxFuture, Capabilities, Connection, ConnectionProvider, Error, Operation, Switchboard};
///
/// struct Fixed;
///
/// impl ConnectionProvider for Fixed {
///     fn name(&self) -> &str {
///         "fixed"
///     }
///
///     fn capabilities(&self) -> Capabilities {
///         Capabilities::NONE.with(Operation::Get)
///     }
///
///     fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
///         Box::pin(async move { Ok(Connection::new("fixed", id, serde_json::json!({ "id": id }))) })
///     }
/// }
///
/// let board = Switchboard::builder().provider(Fixed).build();
/// assert!(board.provider("fixed").is_some_and(|fixed| !fixed.capabilities().can(Operation::Delete)));
/// ```
pub trait ConnectionProvider: Send + Sync {
    /// The name by which the provider is asked for, and which its connections and errors carry.
    fn name(&self) -> &str;

    /// The API behind it, as [`Record::api`](crate::Record::api) says it: several providers may have the same one.
    fn api(&self) -> &str {
        "other"
    }

    /// What the provider can do.
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    /// The connections that a query asks for, in the vendor's order. Nothing is sent until the stream is read, and
    /// nothing more once it is dropped. After an error it either ends or goes on with what is not affected.
    fn list(&self, query: &Query) -> ConnectionStream {
        let _ = query;
        Box::pin(stream::iter([Err(Error::unsupported(self.name(), Operation::List))]))
    }

    /// One connection.
    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        let _ = id;
        unsupported(self.name(), Operation::Get)
    }

    /// Creates a connection and returns it as the vendor answers, which may be less than a later `get` shows.
    fn create(&self, new: NewConnection) -> BoxFuture<'_, Result<Connection, Error>> {
        let _ = new;
        unsupported(self.name(), Operation::Create)
    }

    /// Changes a connection and returns it as the vendor answers, which may be less than a later `get` shows.
    fn update<'a>(&'a self, id: &'a str, change: ConnectionChange) -> BoxFuture<'a, Result<Connection, Error>> {
        let _ = (id, change);
        unsupported(self.name(), Operation::Update)
    }

    /// Deletes a connection.
    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        let _ = id;
        unsupported(self.name(), Operation::Delete)
    }

    /// Lets a connection rest, and returns it as the vendor answers.
    fn pause<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        let _ = id;
        unsupported(self.name(), Operation::Pause)
    }

    /// Takes a connection up again that rests, and returns it as the vendor answers.
    fn resume<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        let _ = id;
        unsupported(self.name(), Operation::Resume)
    }

    /// Has the vendor try out whether a connection works. That it does not is no error, but a [`TestReport`].
    fn test<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<TestReport, Error>> {
        let _ = id;
        unsupported(self.name(), Operation::Test)
    }
}

/// What came of trying out a connection.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct TestReport {
    /// Whether it works; `None` if the vendor does not say.
    pub works: Option<bool>,
    /// The HTTP status with which the outside service answered.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Option<Duration>,
    /// The vendor's own report. It may hold credentials, so `Debug` leaves it out.
    pub report: Value,
}

impl TestReport {
    /// The vendor's own report, of which nothing more is known yet, for providers to fill in.
    pub fn new(report: impl Into<Value>) -> Self {
        Self { works: None, status: None, took: None, report: report.into() }
    }
}

impl fmt::Debug for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { works, status, took, report: _ } = self;
        f.debug_struct("TestReport")
            .field("works", works)
            .field("status", status)
            .field("took", took)
            .finish_non_exhaustive()
    }
}

fn unsupported<'a, T: Send + 'a>(provider: &str, operation: Operation) -> BoxFuture<'a, Result<T, Error>> {
    Box::pin(std::future::ready(Err(Error::unsupported(provider, operation))))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    struct Nothing;

    impl ConnectionProvider for Nothing {
        fn name(&self) -> &str {
            "nothing"
        }
    }

    #[tokio::test]
    async fn what_is_not_written_is_unsupported() {
        let provider: &dyn ConnectionProvider = &Nothing;
        let errors = [
            provider.list(&Query::new()).next().await.unwrap().unwrap_err(),
            provider.get("1").await.unwrap_err(),
            provider.create(NewConnection::new()).await.unwrap_err(),
            provider.update("1", ConnectionChange::new()).await.unwrap_err(),
            provider.delete("1").await.unwrap_err(),
            provider.pause("1").await.unwrap_err(),
            provider.resume("1").await.unwrap_err(),
            provider.test("1").await.unwrap_err(),
        ];
        assert_eq!(errors.each_ref().map(Error::operation), Operation::ALL);
        assert!(errors.iter().all(|error| error.is_unsupported() && error.provider() == "nothing"));
        assert_eq!(provider.capabilities(), Capabilities::NONE);
    }
}
