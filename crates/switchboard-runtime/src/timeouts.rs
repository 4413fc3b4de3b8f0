//! How long a call may take. Three limits, because three different things go wrong: nobody answers the door
//! (connect), one try hangs (attempt), and tries and pauses add up (whole).

use std::time::Duration;

/// Time limits of a call. `None` turns a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For opening a connection, TLS included. 10 seconds by default. It belongs to the HTTP client, so it cannot be
    /// changed for one call, and a client handed in by the caller keeps its own.
    pub connect: Option<Duration>,
    /// For one attempt, from sending to the last byte of the answer; for a streamed answer to its headers.
    /// 60 seconds by default.
    pub attempt: Option<Duration>,
    /// For the whole call: every attempt, every pause, fetching a token. 180 seconds by default. For a streamed answer
    /// it ends with the headers.
    pub whole: Option<Duration>,
    /// For the next piece of a streamed answer. 60 seconds by default.
    pub idle: Option<Duration>,
    /// For the next piece of a stream of events, comments included. None by default, for events may rightly be long in
    /// coming; whoever sets [`idle`](Self::idle) sets this, too.
    pub idle_events: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            attempt: Some(Duration::from_secs(60)),
            whole: Some(Duration::from_secs(180)),
            idle: Some(Duration::from_secs(60)),
            idle_events: None,
        }
    }
}

impl Timeouts {
    /// No limit at all.
    pub const fn none() -> Self {
        Self { connect: None, attempt: None, whole: None, idle: None, idle_events: None }
    }

    /// The same with another limit for opening a connection.
    #[must_use]
    pub fn connect(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect = limit.into();
        self
    }

    /// The same with another limit for one attempt.
    #[must_use]
    pub fn attempt(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt = limit.into();
        self
    }

    /// The same with another limit for the whole call.
    #[must_use]
    pub fn whole(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.whole = limit.into();
        self
    }

    /// The same with another limit for the next piece of a streamed answer, events or not.
    #[must_use]
    pub fn idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle = limit.into();
        self.idle_events = self.idle;
        self
    }

    /// The same with another limit for the next piece of a stream of events only.
    #[must_use]
    pub fn idle_events(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_events = limit.into();
        self
    }
}
