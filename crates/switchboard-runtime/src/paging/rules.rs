//! Where a list goes on after a page, and where it ends.
//!
//! What a vendor tells is believed over what can be seen: a page may have fewer items than were asked for, or none, and
//! still not be the last. Of what it tells, that there is more is believed first: it costs a call where it is wrong; to
//! believe the contrary could cost records.

use super::facts::Facts;
use super::list::{Paging, Style};
use super::position::Place;

/// Where a list goes on.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// At a page.
    At(Place),
    /// At a link, still to be looked at.
    Link(String),
    /// Nowhere.
    End,
    /// The page makes no sense.
    Fault(&'static str),
}

/// Where the list goes on after the page at `place`. `size` is how many items a full page has, if that is known.
pub(super) fn after(paging: &Paging, place: &Place, size: Option<u64>, facts: Facts) -> Next {
    match (&paging.style, place) {
        (Style::Offset { .. }, Place::Offset(offset)) => after_offset(*offset, size, &facts),
        (Style::Page { first, .. }, Place::Page { number, before }) => {
            after_page(*first, *number, *before, size, &facts)
        }
        (Style::Cursor { .. }, Place::First | Place::Cursor(_)) => {
            after_told(facts, |cursor| Next::At(Place::Cursor(cursor)))
        }
        (Style::LastItem { .. }, Place::First | Place::Cursor(_)) => after_last_item(size, facts),
        (Style::Link { .. } | Style::LinkHeader, Place::First | Place::Link(_)) => after_told(facts, Next::Link),
        // A place of another style is refused before anything is fetched.
        _ => Next::End,
    }
}

fn after_offset(offset: u64, size: Option<u64>, facts: &Facts) -> Next {
    let at = offset.saturating_add(facts.items);
    // From where it is there is no way on without items, whatever else is told.
    let more = facts.items > 0
        && match (facts.has_more, told(facts.total)) {
            (Some(more), _) => more,
            (None, Some(total)) => at < total,
            (None, None) => size.is_none_or(|size| facts.items >= size),
        };
    if more { Next::At(Place::Offset(at)) } else { Next::End }
}

fn after_page(first: u64, number: u64, before: Option<u64>, size: Option<u64>, facts: &Facts) -> Next {
    let seen = before.map(|before| before.saturating_add(facts.items));
    let pages = number.saturating_sub(first).saturating_add(1);
    let more = match (facts.has_more, told(facts.total_pages), told(facts.total)) {
        (Some(more), ..) => more,
        (None, Some(total_pages), _) => pages < total_pages,
        _ if facts.items == 0 => false,
        // Who begins in the middle cannot tell how many came before: the list ends with an empty page.
        (None, None, Some(total)) => seen.is_none_or(|seen| seen < total),
        (None, None, None) => size.is_none_or(|size| facts.items >= size),
    };
    if more { Next::At(Place::Page { number: number.saturating_add(1), before: seen }) } else { Next::End }
}

/// A total of zero beside items is no total.
fn told(total: Option<u64>) -> Option<u64> {
    total.filter(|total| *total > 0)
}

/// Many vendors always tell the last item's cursor, and beside it that there is nothing behind it.
fn after_told(facts: Facts, next: impl Fn(String) -> Next) -> Next {
    match (facts.has_more, facts.next) {
        (Some(false), _) | (None, None) => Next::End,
        (_, Some(told)) => next(told),
        (Some(true), None) => Next::Fault("a page says that there are more, but not where"),
    }
}

/// The last item always has its value, so it is no sign that there is more: where nothing is told, the items are counted.
fn after_last_item(size: Option<u64>, facts: Facts) -> Next {
    let more = facts.has_more.unwrap_or(facts.items > 0 && size.is_none_or(|size| facts.items >= size));
    match facts.next {
        _ if !more => Next::End,
        Some(value) => Next::At(Place::Cursor(value)),
        None if facts.items == 0 => Next::Fault("a page says that there are more, but has no item to go on from"),
        None => Next::Fault("the last item of a page lacks the value that the next page is asked for by"),
    }
}

/// Notices that a list goes round in a circle, however long, without keeping all that it has seen: it compares with the
/// place before, and with one further and further back (Brent's algorithm).
#[derive(Debug, Default)]
pub(super) struct Circle {
    before: Option<Place>,
    landmark: Option<Place>,
    steps: u64,
    until: u64,
}

impl Circle {
    /// Takes note of a place; `true` if the list has been there.
    pub(super) fn closes(&mut self, place: &Place) -> bool {
        if [&self.before, &self.landmark].into_iter().any(|known| known.as_ref() == Some(place)) {
            return true;
        }
        self.steps += 1;
        if self.steps >= self.until {
            self.landmark = Some(place.clone());
            self.until = self.steps * 2;
        }
        self.before = Some(place.clone());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: Style = Style::Offset { offset: "offset" };
    const PAGE: Style = Style::Page { page: "page", first: 1 };
    const CURSOR: Style = Style::Cursor { cursor: "after", next: "/next" };

    fn paging(style: Style) -> Paging {
        Paging { style, limit: None, page_size: None, items: "", total: None, total_pages: None, has_more: None }
    }

    fn with(items: u64) -> Facts {
        Facts { items, ..Facts::default() }
    }

    fn offset(size: Option<u64>, facts: Facts) -> Next {
        after(&paging(OFFSET), &Place::Offset(10), size, facts)
    }

    fn page(before: Option<u64>, size: Option<u64>, facts: Facts) -> Next {
        after(&paging(PAGE), &Place::Page { number: 2, before }, size, facts)
    }

    fn to(number: u64, before: Option<u64>) -> Next {
        Next::At(Place::Page { number, before })
    }

    #[test]
    fn offsets_go_on_by_what_came() {
        let on = |at| Next::At(Place::Offset(at));
        assert_eq!(offset(Some(5), with(5)), on(15));
        assert_eq!(offset(Some(5), with(4)), Next::End);
        assert_eq!(offset(None, with(1)), on(11));
        assert_eq!(offset(None, with(0)), Next::End);
        assert_eq!(offset(Some(5), Facts { total: Some(20), ..with(4) }), on(14));
        assert_eq!(offset(Some(5), Facts { total: Some(15), ..with(5) }), Next::End);
        assert_eq!(offset(Some(5), Facts { total: Some(0), ..with(5) }), on(15));
        assert_eq!(offset(Some(5), Facts { total: Some(15), has_more: Some(true), ..with(5) }), on(15));
        assert_eq!(offset(Some(5), Facts { total: Some(99), has_more: Some(false), ..with(5) }), Next::End);
        assert_eq!(offset(None, Facts { total: Some(99), has_more: Some(true), ..with(0) }), Next::End);
    }

    #[test]
    fn pages_go_on_by_their_number() {
        assert_eq!(page(Some(5), Some(5), with(5)), to(3, Some(10)));
        assert_eq!(page(Some(5), Some(5), with(4)), Next::End);
        assert_eq!(page(Some(5), None, with(4)), to(3, Some(9)));
        assert_eq!(page(Some(5), None, with(0)), Next::End);
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(5) }), Next::End);
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(4) }), to(3, Some(9)));
        assert_eq!(page(Some(5), Some(5), Facts { total: Some(10), ..with(0) }), Next::End);
        assert_eq!(page(None, Some(5), Facts { total: Some(10), ..with(4) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { total_pages: Some(2), ..with(5) }), Next::End);
        assert_eq!(page(None, Some(5), Facts { total_pages: Some(3), ..with(0) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { has_more: Some(true), ..with(0) }), to(3, None));
        assert_eq!(page(None, Some(5), Facts { has_more: Some(false), ..with(5) }), Next::End);
    }

    #[test]
    fn cursors_go_on_as_long_as_there_is_one() {
        let next = |place, facts| after(&paging(CURSOR), &place, Some(5), facts);
        let told = |next: &str| Facts { next: Some(next.to_owned()), ..with(0) };
        assert_eq!(next(Place::First, told("b")), Next::At(Place::Cursor("b".to_owned())));
        assert_eq!(next(Place::Cursor("a".to_owned()), with(5)), Next::End);
        assert_eq!(next(Place::First, Facts { has_more: Some(false), ..told("b") }), Next::End);
        assert!(matches!(next(Place::First, Facts { has_more: Some(true), ..with(5) }), Next::Fault(_)));
    }

    #[test]
    fn behind_the_last_item_it_goes_on_as_long_as_there_are_items() {
        const LAST: Style = Style::LastItem { cursor: "after", last: "/id" };
        let next = |size, facts| after(&paging(LAST), &Place::First, size, facts);
        let last = |items| Facts { next: Some("b".to_owned()), ..with(items) };
        let on = Next::At(Place::Cursor("b".to_owned()));
        assert_eq!(next(None, last(1)), on);
        assert_eq!(next(None, with(0)), Next::End);
        assert_eq!(next(Some(5), last(5)), on);
        assert_eq!(next(Some(5), last(4)), Next::End);
        assert_eq!(next(Some(5), Facts { has_more: Some(true), ..last(4) }), on);
        for facts in [with(5), last(5), with(0)] {
            assert_eq!(next(None, Facts { has_more: Some(false), ..facts }), Next::End);
        }
        for facts in [with(5), Facts { has_more: Some(true), ..with(5) }, Facts { has_more: Some(true), ..with(0) }] {
            assert!(matches!(next(None, facts), Next::Fault(_)));
        }
    }

    #[test]
    fn circles_of_any_length_are_noticed() {
        for length in 1..=20 {
            for lead in [0, 3, 50] {
                let mut circle = Circle::default();
                let place = |step: u64| if step < lead { step } else { lead + (step - lead) % length };
                let closed = (0..1000).find(|step| circle.closes(&Place::Cursor(place(*step).to_string())));
                let closed = closed.expect("the circle was not noticed");
                assert!(closed <= 3 * (lead + length) + 3, "{lead}, {length}: {closed}");
            }
        }
        let mut circle = Circle::default();
        let steps = [0, 1, 2, 3, 4, 5, 5].map(|step| circle.closes(&Place::Cursor(step.to_string())));
        assert_eq!(steps, [false, false, false, false, false, false, true], "at once, where one repeats");
        let mut circle = Circle::default();
        assert!((0..1000).all(|step| !circle.closes(&Place::Cursor(step.to_string()))));
    }
}
