//! Where a list goes on after a page, and where it ends. No other place decides that.
//!
//! What a vendor tells is believed over what can be seen: a page may have fewer items than were asked for, or none, and
//! still not be the last. Of what it tells, that there is more is believed first: it costs a call where it is wrong; to
//! believe the contrary could cost records. So an end that anything on the page speaks against is no end but a fault.

use super::asked::Asking;
use super::description::{Paging, PagingStyle};
use super::facts::{Facts, Listed};
use super::lack::Lack;
use super::position::Place;
use crate::error::PagingProblem;

/// Where a list goes on.
#[derive(Debug)]
pub(super) enum Next {
    /// At a page.
    At(Place),
    /// At a link, still to be looked at.
    Link(String),
    /// Nowhere.
    End,
    /// The page is none.
    NoPage(PagingProblem),
    /// Nowhere, and before this page: it has come already.
    EndBefore,
    /// The page makes no sense, or is no proof of the end that it seems to be.
    Fault(PagingProblem),
}

/// What is known of a list beside its page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// How many items a full page has.
    pub(super) size: Option<u64>,
    /// How many items come before the page where the caller's own request leads.
    pub(super) first: Option<u64>,
    /// The least total that any page told, none of nothing. It changes while a list is read: what was added meanwhile may
    /// stand before the pages that have come, and is not missing.
    pub(super) promised: Option<u64>,
}

impl Known {
    /// Takes note of what a page tells.
    pub(super) fn note(&mut self, facts: &Facts) {
        self.promised = [self.promised, told(facts.total)].into_iter().flatten().min();
    }

    /// How many items come before a page.
    fn before(&self, place: &Place) -> Option<u64> {
        match place {
            Place::Offset(offset) => Some(*offset),
            Place::Page { before, .. } | Place::Cursor { before, .. } | Place::Link { before, .. } => *before,
            Place::First => self.first,
            Place::End => None,
        }
    }

    /// How many items there are up to the end of a page.
    pub(super) fn seen(&self, place: &Place, facts: &Facts) -> Option<u64> {
        self.before(place).map(|before| before.saturating_add(facts.items()))
    }
}

/// Where the list goes on after the page at `place`.
pub(super) fn after(paging: &Paging, place: &Place, known: &Known, facts: &mut Facts) -> Next {
    if facts.failed {
        return Next::NoPage(PagingProblem::Reported);
    }
    if let Listed::Lacking(lack) = facts.list
        && let Some(next) = in_place_of_a_list(paging, lack)
    {
        return next;
    }
    let seen = known.seen(place, facts);
    // Beside an error a page may be short though it is not the last.
    let size = known.size.filter(|_| !facts.error_beside);
    let next = match (&paging.style, place) {
        (PagingStyle::Offset { .. }, Place::Offset(offset)) => after_offset(*offset, size, facts),
        (PagingStyle::Page { first, .. }, Place::Page { number, .. }) => after_page(*first, *number, seen, size, facts),
        (PagingStyle::Cursor { .. }, Place::First | Place::Cursor { .. }) => after_cursor(seen, facts),
        (PagingStyle::LastItem { .. }, Place::First | Place::Cursor { .. }) => after_last_item(seen, size, facts),
        (PagingStyle::Link { .. } | PagingStyle::LinkHeader, Place::First | Place::Link { .. }) => after_link(facts),
        // A place of another style is refused before anything is fetched.
        _ => Next::End,
    };
    match (next, contradiction(paging, place, known, seen, facts)) {
        (Next::End, Some(problem)) => Next::Fault(problem),
        (next, _) => next,
    }
}

/// What becomes of a list whose page leads to a place that was asked for already; `None` if it was not.
pub(super) fn repeated(paging: &Paging, place: &Place, known: &Known, facts: &Facts, asking: Asking) -> Option<Next> {
    let (seen, end) = match asking {
        Asking::New => return None,
        Asking::Again => (known.seen(place, facts), Next::End),
        Asking::SamePage => (known.before(place), Next::EndBefore),
    };
    let fault = |problem, end| if matches!(end, Next::End) { Next::Fault(problem) } else { Next::NoPage(problem) };
    if !paging.repeat_ends {
        let same = matches!(end, Next::EndBefore);
        return Some(fault(if same { PagingProblem::RepeatedPage } else { PagingProblem::RepeatedPlace }, end));
    }
    Some(match contradiction(paging, place, known, seen, facts) {
        Some(problem) => fault(problem, end),
        None => end,
    })
}

/// What becomes of a list in whose place something stands, unless that stands for an empty one.
fn in_place_of_a_list(paging: &Paging, lack: Lack) -> Option<Next> {
    let (list, empty) = (paging.items, &paging.empty);
    match lack {
        Lack::EmptyBody => (!empty.body).then_some(Next::NoPage(PagingProblem::EmptyBody)),
        Lack::Null => (!empty.null).then_some(Next::NoPage(PagingProblem::Null(list))),
        Lack::Absent => (!empty.absent).then_some(Next::NoPage(PagingProblem::Absent(list))),
        Lack::Error => Some(Next::NoPage(PagingProblem::Reported)),
        // Whoever reads the page as its type can tell more of these, and goes first.
        Lack::Unreadable => Some(Next::Fault(PagingProblem::Unreadable)),
        Lack::Else(found) => Some(Next::Fault(PagingProblem::NoList { list, found })),
    }
}

/// What speaks against an end.
fn contradiction(
    paging: &Paging,
    place: &Place,
    known: &Known,
    seen: Option<u64>,
    facts: &Facts,
) -> Option<PagingProblem> {
    if facts.has_more == Some(true) {
        return Some(PagingProblem::MoreWithoutItems);
    }
    if let (PagingStyle::Page { first, .. }, Place::Page { number, .. }) = (&paging.style, place)
        && let Some(total) = told(facts.total_pages)
        && pages(*first, *number) < total
    {
        return Some(PagingProblem::ShortOfPages { seen: pages(*first, *number), total });
    }
    let (seen, total) = (seen?, known.promised?);
    (seen < total).then_some(PagingProblem::ShortOfTotal { seen, total })
}

fn after_offset(offset: u64, size: Option<u64>, facts: &Facts) -> Next {
    let at = offset.saturating_add(facts.items());
    // From where it is there is no way on without items, whatever else is told.
    let more = facts.items() > 0
        && match (facts.has_more, credible(facts.total, Some(at))) {
            (Some(more), _) => more,
            (None, Some(total)) => at < total,
            (None, None) => size.is_none_or(|size| facts.items() >= size),
        };
    if more { Next::At(Place::Offset(at)) } else { Next::End }
}

fn after_page(first: u64, number: u64, seen: Option<u64>, size: Option<u64>, facts: &Facts) -> Next {
    let pages = pages(first, number);
    let more = match (facts.has_more, credible(facts.total_pages, Some(pages)), credible(facts.total, seen)) {
        (Some(more), ..) => more,
        (None, Some(total_pages), _) => pages < total_pages,
        _ if facts.items() == 0 => false,
        // Who begins in the middle cannot tell how many came before: the list ends with an empty page.
        (None, None, Some(total)) => seen.is_none_or(|seen| seen < total),
        (None, None, None) => size.is_none_or(|size| facts.items() >= size),
    };
    if more { Next::At(Place::Page { number: number.saturating_add(1), before: seen }) } else { Next::End }
}

/// How many pages there are up to the one of a number.
fn pages(first: u64, number: u64) -> u64 {
    number.saturating_sub(first).saturating_add(1)
}

/// A total of zero beside items is no total.
fn told(total: Option<u64>) -> Option<u64> {
    total.filter(|total| *total > 0)
}

/// A total that is not less than what has come already. One that is less says something else, such as how many items are on
/// the page.
fn credible(total: Option<u64>, seen: Option<u64>) -> Option<u64> {
    told(total).filter(|total| seen.is_none_or(|seen| seen <= *total))
}

/// Many vendors always tell the last item's cursor, and beside it that there is nothing behind it.
fn after_cursor(seen: Option<u64>, facts: &mut Facts) -> Next {
    match (facts.has_more, facts.next.take()) {
        (Some(false), _) | (None, None) => Next::End,
        (_, Some(cursor)) => Next::At(Place::Cursor { cursor, before: seen }),
        (Some(true), None) => Next::Fault(PagingProblem::MoreNowhere),
    }
}

/// Nobody tells a link that leads nowhere.
fn after_link(facts: &mut Facts) -> Next {
    match (facts.has_more, facts.next.take()) {
        (_, Some(link)) => Next::Link(link),
        (Some(true), None) => Next::Fault(PagingProblem::MoreNowhere),
        (Some(false) | None, None) => Next::End,
    }
}

/// The last item always has its value, so it is no sign that there is more: where nothing is told, the items are counted.
fn after_last_item(seen: Option<u64>, size: Option<u64>, facts: &mut Facts) -> Next {
    let more = facts.has_more.unwrap_or(facts.items() > 0 && size.is_none_or(|size| facts.items() >= size));
    match facts.next.take() {
        _ if !more => Next::End,
        Some(cursor) => Next::At(Place::Cursor { cursor, before: seen }),
        None if facts.items() == 0 => Next::Fault(PagingProblem::MoreWithoutItems),
        None => Next::Fault(PagingProblem::NoLastValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::Empty;
    use crate::paging::tests::plain;

    const OFFSET: PagingStyle = PagingStyle::Offset { offset: "offset" };
    const PAGE: PagingStyle = PagingStyle::Page { page: "page", first: 1 };
    const CURSOR: PagingStyle = PagingStyle::Cursor { cursor: "after", next: "/next" };

    /// What comes after a page, in a form that compares.
    #[derive(Debug, PartialEq)]
    enum Shown {
        At(Place),
        End,
        Fault(String),
    }

    fn shown(style: PagingStyle, place: &Place, size: Option<u64>, mut facts: Facts) -> Shown {
        let mut known = Known { size, first: Some(0), promised: None };
        known.note(&facts);
        match after(&plain(style), place, &known, &mut facts) {
            Next::At(place) => Shown::At(place),
            Next::End => Shown::End,
            Next::NoPage(problem) | Next::Fault(problem) => Shown::Fault(problem.to_string()),
            other => panic!("{other:?}"),
        }
    }

    fn with(items: u64) -> Facts {
        Facts { list: Listed::Items(items), ..Facts::default() }
    }

    fn offset(size: Option<u64>, facts: Facts) -> Shown {
        shown(OFFSET, &Place::Offset(10), size, facts)
    }

    fn page(before: Option<u64>, size: Option<u64>, facts: Facts) -> Shown {
        shown(PAGE, &Place::Page { number: 2, before }, size, facts)
    }

    fn fault(said: &str) -> Shown {
        Shown::Fault(said.to_owned())
    }

    fn to(number: u64, before: Option<u64>) -> Shown {
        Shown::At(Place::Page { number, before })
    }

    #[test]
    fn offsets_go_on_by_what_came() {
        let on = |at| Shown::At(Place::Offset(at));
        assert_eq!(offset(Some(5), with(5)), on(15));
        assert_eq!(offset(Some(5), with(4)), Shown::End);
        assert_eq!(offset(None, with(1)), on(11));
        assert_eq!(offset(None, with(0)), Shown::End);
        assert_eq!(offset(Some(5), Facts { total: Some(20), ..with(4) }), on(14));
        assert_eq!(offset(Some(5), Facts { total: Some(15), ..with(5) }), Shown::End);
        assert_eq!(offset(Some(5), Facts { total: Some(0), ..with(5) }), on(15));
        assert_eq!(offset(Some(5), Facts { total: Some(5), ..with(5) }), on(15), "more have come than that");
        assert_eq!(offset(Some(5), Facts { total: Some(5), ..with(4) }), Shown::End);
        assert_eq!(offset(Some(5), Facts { total: Some(15), has_more: Some(true), ..with(5) }), on(15));
        assert_eq!(offset(Some(5), Facts { has_more: Some(false), ..with(5) }), Shown::End);
        assert_eq!(offset(Some(5), Facts { error_beside: true, ..with(4) }), on(14), "it may be short for that");
        let short = fault("the list ends after 15 of 99 items");
        assert_eq!(offset(Some(5), Facts { total: Some(99), has_more: Some(false), ..with(5) }), short);
        let short = fault("the list ends after 10 of 99 items");
        assert_eq!(offset(None, Facts { total: Some(99), ..with(0) }), short);
        let more = fault("a page says that there are more, but has no item to go on from");
        assert_eq!(offset(None, Facts { has_more: Some(true), ..with(0) }), more);
    }

    #[test]
    fn pages_go_on_by_their_number() {
        assert_eq!(page(Some(5), Some(5), with(5)), to(3, Some(10)));
        assert_eq!(page(Some(5), Some(5), with(4)), Shown::End);
        assert_eq!(page(Some(5), None, with(4)), to(3, Some(9)));
        assert_eq!(page(Some(5), None, with(0)), Shown::End);
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(5) }), Shown::End);
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(4) }), to(3, Some(9)));
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(5), ..with(5) }), to(3, Some(10)));
        assert_eq!(page(Some(5), Some(5), Facts { total_pages: Some(1), ..with(5) }), to(3, Some(10)));
        let short = fault("the list ends after 5 of 10 items");
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(0) }), short);
        assert_eq!(page(None, Some(5), Facts { total: Some(10), ..with(0) }), Shown::End);
        let short = fault("the list ends after 2 of 3 pages");
        assert_eq!(page(Some(5), None, Facts { total_pages: Some(3), has_more: Some(false), ..with(5) }), short);
        assert_eq!(page(None, Some(5), Facts { total: Some(10), ..with(4) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { total_pages: Some(2), ..with(5) }), Shown::End);
        assert_eq!(page(None, Some(5), Facts { total_pages: Some(3), ..with(0) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { has_more: Some(true), ..with(0) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { has_more: Some(false), ..with(5) }), Shown::End);
    }

    #[test]
    fn cursors_go_on_as_long_as_there_is_one() {
        let next = |place, facts| shown(CURSOR, &place, Some(5), facts);
        let told = |next: &str| Facts { next: Some(next.to_owned()), ..with(0) };
        assert_eq!(next(Place::First, told("b")), Shown::At(cursor("b", Some(0))));
        assert_eq!(next(cursor("a", Some(7)), told("b")), Shown::At(cursor("b", Some(7))));
        assert_eq!(next(cursor("a", None), with(5)), Shown::End);
        assert_eq!(next(Place::First, Facts { has_more: Some(false), ..told("b") }), Shown::End);
        assert!(matches!(next(Place::First, Facts { has_more: Some(true), ..with(5) }), Shown::Fault(_)));
        let total = Facts { total: Some(9), ..with(5) };
        assert_eq!(next(cursor("a", Some(3)), total), fault("the list ends after 8 of 9 items"));
        assert_eq!(next(cursor("a", None), Facts { total: Some(9), ..with(5) }), Shown::End);
    }

    #[test]
    fn only_what_stands_for_an_empty_list_ends_it() {
        let all = Empty { absent: true, null: true, body: true };
        for (lack, empty) in [
            (Lack::Absent, Some(Empty { absent: false, ..all })),
            (Lack::Null, Some(Empty { null: false, ..all })),
            (Lack::EmptyBody, Some(Empty { body: false, ..all })),
            (Lack::Error, None),
            (Lack::Unreadable, None),
            (Lack::Else("a text"), None),
        ] {
            let next = |empty| {
                let mut facts = Facts { list: Listed::Lacking(lack), ..Facts::default() };
                after(&Paging { empty, ..plain(CURSOR) }, &Place::First, &Known::default(), &mut facts)
            };
            assert_eq!(matches!(next(all), Next::End), empty.is_some(), "{lack:?}");
            assert!(matches!(next(empty.unwrap_or(all)), Next::NoPage(_) | Next::Fault(_)), "{lack:?}");
        }
        let mut facts = Facts { list: Listed::Lacking(Lack::Absent), has_more: Some(true), ..Facts::default() };
        let next = after(&Paging { empty: all, ..plain(OFFSET) }, &Place::Offset(1), &Known::default(), &mut facts);
        assert!(matches!(next, Next::Fault(_)), "{next:?}");
    }

    fn cursor(cursor: &str, before: Option<u64>) -> Place {
        Place::Cursor { cursor: cursor.to_owned(), before }
    }

    #[test]
    fn behind_the_last_item_it_goes_on_as_long_as_there_are_items() {
        const LAST: PagingStyle = PagingStyle::LastItem { cursor: "after", last: "/id" };
        let next = |size, facts| shown(LAST, &Place::First, size, facts);
        let last = |items| Facts { next: Some("b".to_owned()), ..with(items) };
        let on = |items| Shown::At(cursor("b", Some(items)));
        assert_eq!(next(None, last(1)), on(1));
        assert_eq!(next(None, with(0)), Shown::End);
        assert_eq!(next(Some(5), last(5)), on(5));
        assert_eq!(next(Some(5), last(4)), Shown::End);
        assert_eq!(next(Some(5), Facts { has_more: Some(true), ..last(4) }), on(4));
        for facts in [with(5), last(5), with(0)] {
            assert_eq!(next(None, Facts { has_more: Some(false), ..facts }), Shown::End);
        }
        for facts in [with(5), Facts { has_more: Some(true), ..with(5) }, Facts { has_more: Some(true), ..with(0) }] {
            assert!(matches!(next(None, facts), Shown::Fault(_)));
        }
    }
}
