//! Pages that make no sense, and lists that end without proof of their end.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::find_message;
use crate::context::Context;
use crate::paging::Position;
use crate::raw_response::RawResponse;
use crate::text::{LONGEST, cut};

/// How many characters of a position are shown: a cursor can be long.
const POSITION_SHOWN: usize = 200;

/// Why a list could not be read to its end. The pages that came before are as good as any; [`position`](Self::position)
/// says where a later stream takes the list up again.
pub struct PagingError(Box<Inner>);

struct Inner {
    operation: &'static str,
    problem: PagingProblem,
    page: u64,
    position: Option<Position>,
    answer: Option<(RawResponse, Context)>,
    message: Option<String>,
}

/// What kind of fault ended a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PagingErrorKind {
    /// A page has no list, and nothing that stands for an empty one.
    NoList,
    /// A page reports an error, though its status is a success.
    Reported,
    /// The list ends before what its pages promised: they told a greater total, or that there are more. Also
    /// where the caller began the list the other way than its pages lead on, and it is not at its end with the first.
    Unfinished,
    /// A page leads to one that was asked for already, or has come already.
    Repeated,
    /// Too many pages in a row were empty, and each led to another.
    EmptyPages,
    /// The time for the whole list is up.
    TimeLimit,
    /// The link to the next page cannot be read, or leads where it must not be followed.
    Link,
    /// What was read ahead came to no end.
    Interrupted,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PagingProblem {
    #[error("the body is empty where a page was to come")]
    EmptyBody,
    #[error("the body is no JSON that a list could be looked for in")]
    Unreadable,
    #[error("{} is null where the list was to come", place(.0))]
    Null(&'static str),
    #[error("{} is not there, and nothing tells that the list is at its end", place(.0))]
    Absent(&'static str),
    #[error("there is {found} where {} was to be the list", place(.list))]
    NoList { list: &'static str, found: &'static str },
    #[error("of the {expected} items of a page {read} can be read as such")]
    Lost { expected: u64, read: u64 },
    #[error("the page reports an error")]
    Reported,
    #[error("the list ends after {seen} of {total} items")]
    ShortOfTotal { seen: u64, total: u64 },
    #[error("the list ends after {seen} of {total} pages")]
    ShortOfPages { seen: u64, total: u64 },
    #[error("a page says that there are more, but not where")]
    MoreNowhere,
    #[error("a page says that there are more, but has no item to go on from")]
    MoreWithoutItems,
    #[error("the last item of a page lacks the value that the next page is asked for by")]
    NoLastValue,
    #[error(
        "`{said}` begins the list the other way than `{cursor}`, by which the next page would be asked for: there are more, \
         to be asked for page by page"
    )]
    OtherWay { said: &'static str, cursor: &'static str },
    #[error("the same page came twice: the API does not page the way it is described")]
    RepeatedPage,
    #[error(
        "the pages lead round in a circle, to one that was asked for already: the API does not page the way it is described"
    )]
    RepeatedPlace,
    #[error("{0} pages in a row are empty, and lead to another one")]
    EmptyPages(u32),
    #[error("timed out: the list was not at its end after {} s", .0.as_secs_f64())]
    TimeLimit(std::time::Duration),
    #[error("{0}")]
    Link(String),
    #[error("the runtime that read ahead was shut down before the list came to its end")]
    Interrupted,
}

/// How the place of a list is called.
fn place(pointer: &str) -> String {
    if pointer.is_empty() { "the body".to_owned() } else { format!("`{}`", crate::decode::path(pointer)) }
}

impl PagingProblem {
    fn kind(&self) -> PagingErrorKind {
        match self {
            Self::EmptyBody
            | Self::Unreadable
            | Self::Null(_)
            | Self::Absent(_)
            | Self::NoList { .. }
            | Self::Lost { .. } => PagingErrorKind::NoList,
            Self::Reported => PagingErrorKind::Reported,
            Self::ShortOfTotal { .. }
            | Self::ShortOfPages { .. }
            | Self::MoreNowhere
            | Self::MoreWithoutItems
            | Self::NoLastValue
            | Self::OtherWay { .. } => PagingErrorKind::Unfinished,
            Self::RepeatedPage | Self::RepeatedPlace => PagingErrorKind::Repeated,
            Self::EmptyPages(_) => PagingErrorKind::EmptyPages,
            Self::TimeLimit(_) => PagingErrorKind::TimeLimit,
            Self::Link(_) => PagingErrorKind::Link,
            Self::Interrupted => PagingErrorKind::Interrupted,
        }
    }
}

impl PagingError {
    /// At a page, counted from 1 for the first that the stream asked for.
    pub(crate) fn new(operation: &'static str, problem: PagingProblem, page: u64, position: Option<Position>) -> Self {
        Self(Box::new(Inner { operation, problem, page, position, answer: None, message: None }))
    }

    /// With the page that it is about. The vendor's words are only looked for where the page is an error.
    pub(crate) fn answered(mut self, raw: RawResponse, context: Context) -> Self {
        if self.kind() == PagingErrorKind::Reported {
            let message = find_message(&raw);
            self.0.message = message.map(|message| cut(&context.redactor.clean(&message), LONGEST).into_owned());
        }
        self.0.answer = Some((raw, context));
        self
    }

    /// The operation's id.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What kind of fault it is.
    pub fn kind(&self) -> PagingErrorKind {
        self.0.problem.kind()
    }

    /// Where a later stream takes the list up: behind the last item that was given, so that nothing is lost and nothing
    /// comes twice. What is at fault there is asked for once more. After [`EmptyPages`](PagingErrorKind::EmptyPages) it
    /// is the page that would have been the next. `None` only where the list never began.
    pub fn position(&self) -> Option<&Position> {
        self.0.position.as_ref()
    }

    /// Which page is at fault, counted from 1 for the first one that the stream asked for.
    pub fn page(&self) -> u64 {
        self.0.page
    }

    /// The vendor's own words, if the page reports an error and says any.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The status of the page at fault; none where there is no page, as after a time limit, or its items were given
    /// before.
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(RawResponse::status)
    }

    /// Its headers.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(RawResponse::headers)
    }

    /// Its body as it came.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.raw().map(RawResponse::body)
    }

    pub(crate) fn raw(&self) -> Option<&RawResponse> {
        self.0.answer.as_ref().map(|(raw, _)| raw)
    }

    /// The vendor's id for the request, if it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.answer.as_ref()?.1.request_id()
    }

    /// How many times the request for the page was sent.
    pub fn attempts(&self) -> u32 {
        self.0.answer.as_ref().map_or(1, |(_, context)| context.attempts)
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, problem, page, position, answer, message } = &*self.0;
        write!(f, "{operation}: {}", cut(&problem.to_string(), LONGEST))?;
        if let Some(message) = message {
            write!(f, ": {message}")?;
        }
        write!(f, " (page {page}")?;
        if let Some(position) = position {
            write!(f, ", position {}", cut(&position.to_string(), POSITION_SHOWN))?;
        }
        if let Some((_, context)) = answer {
            for part in context.shown() {
                write!(f, ", {part}")?;
            }
        }
        f.write_str(")")
    }
}

impl fmt::Debug for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagingError")
            .field("operation", &self.0.operation)
            .field("kind", &self.kind())
            .field("problem", &cut(&self.0.problem.to_string(), LONGEST))
            .field("page", &self.0.page)
            .field(
                "position",
                &self.0.position.as_ref().map(|position| cut(&position.to_string(), POSITION_SHOWN).into_owned()),
            )
            .field("message", &self.0.message)
            .field("raw", &self.raw())
            .finish()
    }
}

impl std::error::Error for PagingError {}
