//! From page to page: the request for each, what the answer says of the next, and the faults that end a list. Not generic,
//! so it is compiled once, here; streams add their types at the very edge.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{Either, select};
use url::Url;

use super::asked::{Asked, Came, is_one_value};
use super::description::{Paging, PagingStyle};
use super::facts::Facts;
use super::position::{Place, Position};
use super::rules::{Known, Next, after, repeated};
use super::{Translate, argument, link, link_header};
use crate::client::{Client, refused};
use crate::context::Context;
use crate::decode::Decoder;
use crate::engine::{Answer, Content, Mode};
use crate::error::{DecodeError, Error, ErrorBody, Failure, InvalidRequest, PagingError, PagingProblem};
use crate::raw_response::RawResponse;
use crate::redact::REDACTED;
use crate::request::Request;

/// A page as it came.
pub(super) struct Page {
    pub(super) raw: RawResponse,
    pub(super) context: Context,
    /// How many items it holds.
    pub(super) items: u64,
    /// Which page it is, counted from 1 for the first that was asked for.
    pub(super) number: u64,
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
    /// The pages make no sense, or end without proof.
    Fault(PagingError),
    /// The answer is not of the kind that pages are.
    Unread(Box<DecodeError>),
}

impl Halt {
    pub(super) fn into_error<E: ErrorBody>(self) -> Error<E> {
        match self {
            Self::Failure(failure) => failure.into(),
            Self::Refused(answer) => refused(*answer),
            Self::Fault(fault) => Error::Paging(Box::new(fault)),
            Self::Unread(error) => Error::Decode(error),
        }
    }
}

/// A page, or why there is none.
pub(super) type Fetched = Result<Page, Halt>;

/// How many empty pages in a row may lead to another one, unless the caller says otherwise.
pub(super) const MOST_EMPTY_PAGES: u32 = 100;

/// Fetches one page after the other.
pub(super) struct Walk {
    client: Client,
    paging: &'static Paging,
    translate: Option<Translate>,
    operation: &'static str,
    /// The request for the first page; none after one that cannot be sent again.
    request: Option<Request>,
    /// Where the next page is.
    place: Place,
    /// The link to it as it was given, where its place leaves a secret out.
    link: Option<String>,
    known: Known,
    /// How many items of the next page are done with: those of a position.
    taken: u64,
    /// Which page was asked for last, counted from 1.
    number: u64,
    /// The pages that have come, where places are counted: to notice a server that does not heed the count.
    came: Came,
    /// How often in a row it came again.
    repeats: u32,
    asked: Asked,
    empty: EmptyPages,
    time: Time,
    /// What comes in the place of the next page.
    fault: Option<PagingError>,
}

/// Empty pages in a row that lead to another one.
struct EmptyPages {
    most: u32,
    seen: u32,
}

/// How long the list may take in all, and when that is over.
#[derive(Default)]
struct Time {
    limit: Option<Duration>,
    end: Option<Instant>,
}

/// What came of the request for a page: the page, how many items it has, and where the next one is; nothing, if the list
/// was at its end before it.
type Turned = Result<Option<(RawResponse, Context, u64, Option<Place>)>, Halt>;

const UNREADABLE_LINK: &str = "the header `Link` cannot be read";

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
            PagingStyle::Offset { offset } => Place::Offset(number(&request, offset).unwrap_or(0)),
            PagingStyle::Page { page, first } => {
                let number = number(&request, page).unwrap_or(first);
                Place::Page { number, before: (number == first).then_some(0) }
            }
            PagingStyle::Cursor { .. }
            | PagingStyle::LastItem { .. }
            | PagingStyle::Link { .. }
            | PagingStyle::LinkHeader => Place::First,
        };
        let cursor = match paging.style {
            PagingStyle::Cursor { cursor, .. } | PagingStyle::LastItem { cursor, .. } => Some(cursor),
            PagingStyle::Offset { .. }
            | PagingStyle::Page { .. }
            | PagingStyle::Link { .. }
            | PagingStyle::LinkHeader => None,
        };
        let elsewhere = cursor.into_iter().chain(paging.begins.iter().copied());
        let elsewhere = elsewhere.into_iter().any(|name| argument::is_said(&request, name));
        let mut asked = Asked::default();
        if let Some(cursor) = cursor.filter(|name| !argument::is_in_body(name)).and_then(|name| request.query(name)) {
            asked.note(&cursor, None);
        }
        Ok(Self {
            client,
            paging,
            translate: None,
            operation: request.operation().id,
            request: Some(request),
            place,
            link: None,
            known: Known { size, first: (!elsewhere).then_some(0), promised: None },
            taken: 0,
            number: 0,
            came: Came::default(),
            repeats: 0,
            asked,
            empty: EmptyPages { most: MOST_EMPTY_PAGES, seen: 0 },
            time: Time::default(),
            fault: None,
        })
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
        match &position.place {
            Place::Link { link, .. } if link.contains(REDACTED) => {
                let message = "the link at the position held a secret, which no position keeps: begin the list anew";
                return invalid(message.to_owned());
            }
            Place::Cursor { cursor: place, .. } | Place::Link { link: place, .. } => {
                self.asked.note(place, None);
            }
            Place::First | Place::Offset(_) | Place::Page { .. } | Place::End => {}
        }
        self.place = position.place.clone();
        self.taken = position.taken;
        Ok(())
    }

    /// How JSON is made of a page, if it is none.
    pub(super) fn translate(&mut self, translate: Option<Translate>) {
        self.translate = translate;
    }

    /// How many empty pages in a row may lead to another one.
    pub(super) fn max_empty_pages(&mut self, pages: u32) {
        self.empty.most = pages;
    }

    /// How long the list may take, from the first page that is asked for.
    pub(super) fn time_limit(&mut self, limit: Option<Duration>) {
        self.time.limit = limit;
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Where the next page is.
    pub(super) fn position(&self) -> Position {
        self.at(&self.place, self.taken)
    }

    fn at(&self, place: &Place, taken: u64) -> Position {
        let (api, operation) = (self.client.api().name.into(), self.operation.into());
        Position { api, operation, place: place.clone(), taken }
    }

    fn fault(&self, problem: PagingProblem, place: &Place, taken: u64) -> PagingError {
        PagingError::new(self.operation, problem, self.number, Some(self.at(place, taken)))
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
        // A request with a stream for a body cannot be kept: nobody asks for a list with one, but if so, it has one page.
        let kept = self.request.as_ref().and_then(Request::try_clone);
        let Some(request) = std::mem::replace(&mut self.request, kept) else {
            let message = "there is another page, but the request cannot be sent again: its body is a stream";
            return Some(Err(Halt::Failure(InvalidRequest::new(self.operation, message).into())));
        };
        self.number += 1;
        let turned = match self.time.limit {
            None => self.turn_to(request, &place).await,
            Some(limit) => self.turn_in_time(request, &place, limit).await,
        };
        self.taken = 0;
        let number = self.number;
        let page = |(raw, context, items, next)| Page { raw, context, items, number, place, next };
        turned.map(|turned| turned.map(page)).transpose()
    }

    /// Turns to a page, unless the time for the list runs out: also while a call hangs.
    async fn turn_in_time(&mut self, request: Request, place: &Place, limit: Duration) -> Turned {
        let environment = Arc::clone(&self.client.engine.net.environment);
        let now = environment.now();
        // A time beyond all that can be told never comes.
        let Some(end) = self.time.end.or_else(|| now.checked_add(limit)) else {
            return self.turn_to(request, place).await;
        };
        self.time.end = Some(end);
        let left = end.saturating_duration_since(now);
        if !left.is_zero() {
            let timer = pin!(async { environment.time_limit(left).await });
            let turn = pin!(self.turn_to(request, place));
            if let Either::Left((turned, _)) = select(turn, timer).await {
                return turned;
            }
        }
        Err(Halt::Fault(self.fault(PagingProblem::TimeLimit(limit), place, self.taken)))
    }

    async fn turn_to(&mut self, mut request: Request, place: &Place) -> Turned {
        let url = self.direct(&mut request, place);
        let url = url.map_err(|halt| match halt {
            Misdirected::Request(error) => Halt::Failure(error.into()),
            Misdirected::Place(problem) => Halt::Fault(self.fault(problem, place, self.taken)),
        })?;
        if let (Place::First, Some(url)) = (place, &url) {
            self.asked.note(&link::path_and_query(url), None);
        }
        let mode = if url.is_some() { Mode::Located } else { Mode::Whole };
        let answer = self.client.call(request, mode).await.map_err(Halt::Failure)?;
        let (raw, context) = match answer {
            Answer { context, content: Content::Whole(raw) } if raw.status().is_success() => (raw, context),
            answer => return Err(Halt::Refused(Box::new(answer))),
        };
        let raw = match self.translate {
            None => raw,
            Some(translate) => translated(raw, &context, translate)?,
        };
        match self.judge(place, url.as_ref(), &raw, &context) {
            Ok(turned) => Ok(turned.map(|(items, next)| (raw, context, items, next))),
            Err(problem) => Err(Halt::Fault(self.fault(problem, place, self.taken).answered(raw, context))),
        }
    }

    /// How many items a page holds, and where the list goes on behind it; `None` where it has come already and ends the
    /// list; or why it is no page. What is wrong behind its items comes after them.
    fn judge(
        &mut self,
        place: &Place,
        asked: Option<&Url>,
        raw: &RawResponse,
        context: &Context,
    ) -> Result<Option<(u64, Option<Place>)>, PagingProblem> {
        let mut facts = Facts::read(self.paging, raw.body());
        facts.read_headers(self.paging, raw.headers());
        let mut linked = Ok(());
        if let PagingStyle::LinkHeader = self.paging.style {
            match link_header::next(raw.headers()) {
                Ok(next) => facts.next = next,
                Err(link_header::Unreadable) => linked = Err(PagingProblem::Link(UNREADABLE_LINK.to_owned())),
            }
        }
        self.heeds_counts(facts.text.as_ref())?;
        self.known.note(&facts);
        let mut next = after(self.paging, place, &self.known, &mut facts);
        if let Next::Link(link) = next {
            let before = self.known.seen(place, &facts);
            next = self.follow(asked, raw, context, &link, before).map_or_else(Next::Fault, Next::At);
        }
        if let Next::At(to) = &next
            && let Some(name) = name(to, self.link.as_deref())
        {
            let known = self.asked.note(name, facts.text.as_deref());
            next = repeated(self.paging, place, &self.known, &facts, known).unwrap_or(next);
        }
        let items = facts.items();
        match next {
            Next::NoPage(problem) => Err(problem),
            Next::EndBefore => Ok(None),
            Next::Fault(problem) => Ok(Some((items, self.give_up(problem, place, items)))),
            Next::End => match linked {
                Ok(()) => Ok(Some((items, self.go_on(Place::End, items)))),
                Err(problem) => Ok(Some((items, self.give_up(problem, place, items)))),
            },
            Next::At(next) => Ok(Some((items, self.go_on(next, items)))),
            Next::Link(link) => Ok(Some((items, self.give_up(PagingProblem::Link(link), place, items)))),
        }
    }

    /// Where places are counted, a page that has come before says that the server does not heed the count: unless all that it
    /// holds is one number, which may fill some pages.
    fn heeds_counts(&mut self, page: Option<&Bytes>) -> Result<(), PagingProblem> {
        if !matches!(self.paging.style, PagingStyle::Offset { .. } | PagingStyle::Page { .. }) {
            return Ok(());
        }
        let repeats = page.is_some_and(|page| self.came.again(page));
        self.repeats = if repeats { self.repeats.saturating_add(1) } else { 0 };
        match page {
            Some(page) if repeats && (self.repeats > self.empty.most || !is_one_value(page)) => {
                Err(PagingProblem::RepeatedPage)
            }
            _ => Ok(()),
        }
    }

    /// Where a link leads.
    fn follow(
        &mut self,
        asked: Option<&Url>,
        raw: &RawResponse,
        context: &Context,
        link: &str,
        before: Option<u64>,
    ) -> Result<Place, PagingProblem> {
        let asked = asked.ok_or_else(|| PagingProblem::Link(UNREADABLE_LINK.to_owned()))?;
        let mut url = link::follow(asked, raw.url().unwrap_or(asked), link).map_err(PagingProblem::Link)?;
        link::strip_keys(&mut url, self.client.api());
        let given = link::path_and_query(&url);
        let link = context.redactor.clean(&given).into_owned();
        self.link = (link != given).then_some(given);
        Ok(Place::Link { link, before })
    }

    /// Goes on at a place, behind a page with so many items, unless that was one empty page too many.
    fn go_on(&mut self, next: Place, items: u64) -> Option<Place> {
        let is_empty = items == 0 && next != Place::End;
        self.empty.seen = if is_empty { self.empty.seen.saturating_add(1) } else { 0 };
        if self.empty.seen > self.empty.most {
            self.fault = Some(self.fault(PagingProblem::EmptyPages(self.empty.seen), &next, 0));
        } else {
            self.place = next.clone();
        }
        Some(next)
    }

    /// Has a fault come in place of the next page, behind the items of the one at `place`.
    fn give_up(&mut self, problem: PagingProblem, place: &Place, items: u64) -> Option<Place> {
        self.fault = Some(self.fault(problem, place, items));
        None
    }

    /// Makes the request for the first page that for the page at `place`; its URL, where links lead on from it.
    fn direct(&mut self, request: &mut Request, place: &Place) -> Result<Option<Url>, Misdirected> {
        match (&self.paging.style, place) {
            (PagingStyle::Offset { offset }, Place::Offset(at))
                if *at > 0 || argument::read(request, offset).is_some() =>
            {
                argument::write(request, offset, &at.to_string())
            }
            (PagingStyle::Page { page, first }, Place::Page { number, .. })
                if number != first || argument::read(request, page).is_some() =>
            {
                argument::write(request, page, &number.to_string())
            }
            (
                PagingStyle::Cursor { cursor, .. } | PagingStyle::LastItem { cursor, .. },
                Place::Cursor { cursor: next, .. },
            ) => {
                self.keeps_its_way(request, cursor).map_err(Misdirected::Place)?;
                argument::write(request, cursor, next)
            }
            _ => Ok(()),
        }
        .map_err(Misdirected::Request)?;
        if !matches!(self.paging.style, PagingStyle::Link { .. } | PagingStyle::LinkHeader) {
            return Ok(None);
        }
        let mut url = self.client.engine.target(request).map_err(Misdirected::Request)?.url();
        if let Place::Link { link, .. } = place {
            let given = self.link.take();
            let link = given.as_ref().unwrap_or(link);
            url = link::follow(&url, &url, link).map_err(|reason| Misdirected::Place(PagingProblem::Link(reason)))?;
            request.set_url(url.clone());
            if self.paging.links_by_get {
                request.make_get();
            }
        }
        Ok(Some(url))
    }

    /// A caller who began by what leads the other way is not led on: no page tells which item comes next there, and servers
    /// that are asked for both ways at once refuse, or answer with nothing, which looks like the end. Who says both asks
    /// for what is between, and goes on.
    fn keeps_its_way(&self, request: &Request, cursor: &'static str) -> Result<(), PagingProblem> {
        if argument::is_said(request, cursor) {
            return Ok(());
        }
        let turned = |name: &&str| argument::are_opposite(name, cursor) && argument::is_said(request, name);
        match self.paging.begins.iter().copied().find(turned) {
            Some(said) => Err(PagingProblem::OtherWay { said, cursor }),
            None => Ok(()),
        }
    }
}

/// The name of a place that pages lead to by one, where it is a link as it was given; none of those that are counted.
fn name<'p>(place: &'p Place, given: Option<&'p str>) -> Option<&'p str> {
    match place {
        Place::Cursor { cursor, .. } => Some(cursor),
        Place::Link { link, .. } => Some(given.unwrap_or(link)),
        Place::First | Place::Offset(_) | Place::Page { .. } | Place::End => None,
    }
}

/// Why there is no request for a page.
enum Misdirected {
    Request(InvalidRequest),
    Place(PagingProblem),
}

/// An answer with the JSON that it stands for.
fn translated(raw: RawResponse, context: &Context, translate: Translate) -> Result<RawResponse, Halt> {
    let decoder = Decoder::new(&raw).strict(context.strict);
    match translate(&decoder) {
        Ok(json) => {
            context.tell(&decoder.into_repairs());
            Ok(raw.with_body(json))
        }
        Err(error) => Err(Halt::Unread(Box::new(DecodeError::new(raw, context.clone(), error)))),
    }
}
