//! From page to page: the request for each, what the answer says of the next, and the faults that end a list. Not generic,
//! so it is compiled once, here; streams add their types at the very edge.

use bytes::Bytes;
use reqwest::Url;

use super::facts::Facts;
use super::list::{Paging, Style};
use super::position::{Place, Position};
use super::rules::{Circle, Next, after};
use super::{argument, link, link_header};
use crate::client::{Client, refused};
use crate::engine::{Answer, Content, Mode};
use crate::error::{Context, Error, ErrorBody, Failure, InvalidRequest, PagingError};
use crate::request::Request;
use crate::response::RawResponse;

/// A page as it came.
pub(super) struct Page {
    pub(super) raw: RawResponse,
    pub(super) context: Context,
    /// Where it is.
    pub(super) place: Place,
    /// Where the page after it is; none if that makes no sense.
    pub(super) next: Option<Place>,
}

/// Why there is no page.
pub(super) enum Halt {
    /// The call failed.
    Failure(Failure),
    /// The answer reports no success.
    Refused(Box<Answer>),
    /// The pages make no sense.
    Fault(PagingError),
}

impl Halt {
    pub(super) fn into_error<E: ErrorBody>(self) -> Error<E> {
        match self {
            Self::Failure(failure) => failure.into(),
            Self::Refused(answer) => refused(*answer),
            Self::Fault(fault) => Error::Paging(Box::new(fault)),
        }
    }
}

/// A page, or why there is none.
pub(super) type Fetched = Result<Page, Halt>;

/// Fetches one page after the other.
pub(super) struct Walk {
    client: Client,
    paging: &'static Paging,
    operation: &'static str,
    /// The request for the first page; none after one that cannot be sent again.
    request: Option<Request>,
    /// Where the next page is.
    place: Place,
    /// How many items a full page has, if that is known.
    size: Option<u64>,
    /// The items of the page before, to notice a page that repeats.
    before: Option<Bytes>,
    circle: Circle,
    /// What comes in the place of the next page.
    fault: Option<PagingError>,
}

const REPEATED_PAGE: &str = "the same page came twice in a row: the API does not page the way it is described";
const REPEATED_PLACE: &str = "the pages lead round in a circle: the API does not page the way it is described";

impl Walk {
    /// Begins where the caller's request leads, with pages as long as the caller says.
    pub(super) fn new(client: Client, mut request: Request, paging: &'static Paging) -> Result<Self, InvalidRequest> {
        let number = |request: &Request, name: &str| argument::read(request, name)?.trim().parse::<u64>().ok();
        if let (Some(limit), Some(size)) = (paging.limit, paging.page_size)
            && argument::read(&request, limit).is_none()
        {
            argument::write(&mut request, limit, &size.to_string())?;
        }
        let size = match paging.limit {
            // A server may cut down what is asked of it above its own page size: then a short page says nothing.
            Some(limit) => {
                number(&request, limit).filter(|size| *size > 0 && paging.page_size.is_some_and(|usual| *size <= usual))
            }
            None => paging.page_size,
        };
        let place = match paging.style {
            Style::Offset { offset } => Place::Offset(number(&request, offset).unwrap_or(0)),
            Style::Page { page, first } => {
                let number = number(&request, page).unwrap_or(first);
                Place::Page { number, before: (number == first).then_some(0) }
            }
            Style::Cursor { .. } | Style::LastItem { .. } | Style::Link { .. } | Style::LinkHeader => Place::First,
        };
        let (operation, circle) = (request.operation().id, Circle::default());
        Ok(Self { client, paging, operation, request: Some(request), place, size, before: None, circle, fault: None })
    }

    /// Begins at the page of a position instead.
    pub(super) fn start_at(&mut self, position: &Position) -> Result<(), InvalidRequest> {
        let invalid = |message: String| Err(InvalidRequest::new(self.operation, message));
        if position.api != self.client.api().name || position.operation != self.operation {
            let Position { api, operation, .. } = position;
            return invalid(format!("the position is one in another list: that of `{operation}` of `{api}`"));
        }
        if !position.place.suits(self.paging) {
            return invalid("the position is one in a list that was paged in another way".to_owned());
        }
        self.place = position.place.clone();
        Ok(())
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Where the next page is.
    pub(super) fn position(&self) -> Position {
        let (api, operation) = (self.client.api().name.into(), self.operation.into());
        Position { api, operation, place: self.place.clone(), taken: 0 }
    }

    /// The next page, or `None` after the last. After an error there is none.
    pub(super) async fn next(&mut self) -> Option<Fetched> {
        let place = std::mem::replace(&mut self.place, Place::End);
        if let Some(fault) = self.fault.take() {
            return Some(Err(Halt::Fault(fault)));
        }
        if place == Place::End {
            return None;
        }
        // A request with a stream for a body cannot be kept; nobody asks for a list with one, but if so, one page it is.
        let kept = self.request.as_ref().and_then(Request::try_clone);
        let request = std::mem::replace(&mut self.request, kept)?;
        Some(self.fetch(request, place).await)
    }

    async fn fetch(&mut self, mut request: Request, place: Place) -> Fetched {
        let operation = self.operation;
        let fault = |message: String| PagingError::new(operation, message);
        let url = self.direct(&mut request, &place).map_err(|halt| match halt {
            Misdirected::Request(error) => Halt::Failure(error.into()),
            Misdirected::Link(reason) => Halt::Fault(fault(reason)),
        })?;
        let answer = self.client.call(request, Mode::Whole).await.map_err(Halt::Failure)?;
        let (raw, context) = match answer {
            Answer { context, content: Content::Whole(raw) } if raw.status().is_success() => (raw, context),
            answer => return Err(Halt::Refused(Box::new(answer))),
        };
        let mut facts = Facts::read(self.paging, raw.body());
        if let Style::LinkHeader = self.paging.style {
            facts.next = link_header::next(raw.headers());
        }
        let text = facts.text.take();
        if text.is_some() && self.before == text {
            return Err(Halt::Fault(fault(REPEATED_PAGE.to_owned())));
        }
        self.before = text;
        let next = match after(self.paging, &place, self.size, facts) {
            Next::At(next) => Ok(next),
            Next::End => Ok(Place::End),
            Next::Fault(reason) => Err(reason.to_owned()),
            Next::Link(text) => url.ok_or_else(String::new).and_then(|url| {
                let mut url = link::follow(&url, &text)?;
                link::strip_credentials(&mut url, self.client.api(), &context.redactor);
                Ok(Place::Link(link::path_and_query(&url)))
            }),
        };
        let next = next.and_then(|next| match next {
            Place::Cursor(_) | Place::Link(_) if self.circle.closes(&next) => Err(REPEATED_PLACE.to_owned()),
            next => Ok(next),
        });
        let next = match next {
            Ok(next) => Some(next),
            Err(reason) => {
                self.fault = Some(fault(reason));
                None
            }
        };
        self.place = next.clone().unwrap_or(Place::End);
        Ok(Page { raw, context, place, next })
    }

    /// Makes the request for the first page that for the page at `place`; its URL, where links lead on from it.
    fn direct(&self, request: &mut Request, place: &Place) -> Result<Option<Url>, Misdirected> {
        match (&self.paging.style, place) {
            (Style::Offset { offset }, Place::Offset(at)) if *at > 0 || argument::read(request, offset).is_some() => {
                argument::write(request, offset, &at.to_string())
            }
            (Style::Page { page, first }, Place::Page { number, .. })
                if number != first || argument::read(request, page).is_some() =>
            {
                argument::write(request, page, &number.to_string())
            }
            (Style::Cursor { cursor, .. } | Style::LastItem { cursor, .. }, Place::Cursor(next)) => {
                argument::write(request, cursor, next)
            }
            _ => Ok(()),
        }
        .map_err(Misdirected::Request)?;
        if !matches!(self.paging.style, Style::Link { .. } | Style::LinkHeader) {
            return Ok(None);
        }
        let mut url = self.client.0.target(request).map_err(Misdirected::Request)?.url();
        if let Place::Link(text) = place {
            url = link::follow(&url, text).map_err(Misdirected::Link)?;
            request.set_url(url.clone());
        }
        Ok(Some(url))
    }
}

/// Why there is no request for a page.
enum Misdirected {
    Request(InvalidRequest),
    Link(String),
}
