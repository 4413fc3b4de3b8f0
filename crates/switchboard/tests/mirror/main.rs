//! A mirror of all connections against every fault that the sandbox knows, at every page, strict and not: whatever goes
//! wrong, no row is removed whose connection is there, and no run says that it was well while it was not whole.
//!
//! ```console
//! cargo test -p switchboard --test mirror -- --nocapture
//! ```

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

/// The program whose mirror is tested, as its users run it.
#[path = "../../examples/mirror.rs"]
#[allow(dead_code)]
mod example;
mod sides;
mod tally;
mod virtual_time;

use std::collections::{BTreeMap, BTreeSet};

use example::{Outcome, Removal, Table, mirror};
use serde_json::Value;
use sides::{RECORDS, Side, Sides, paged};
use switchboard::{Connection, Snapshot};
use switchboard_sandbox::{Fault, Misbehavior};
use tally::Tallies;

/// How many connections are asked for at once: three pages where an API pages, the last of which is not full.
const PAGE_SIZE: u32 = 3;

/// The ids of connections that were there once.
const GONE: [&str; 3] = ["gone-1", "gone-2", "gone-3"];

/// When a fault happens.
#[derive(Clone, Copy, Debug)]
enum When {
    /// To every request, those for a token included.
    Always,
    /// To the first request for a token.
    FirstToken,
    /// To the request for that page, but not when it is asked for again.
    Once(usize),
    /// To the request for that page and all that come after; from the first one on, that is to every one.
    From(usize),
}

impl When {
    /// Every time there is for a provider.
    fn all(side: &Side) -> Vec<Self> {
        let for_tokens: &[Self] = if side.wants_token { &[Self::Always, Self::FirstToken] } else { &[] };
        let at_pages = (1..=side.pages).flat_map(|page| [Self::Once(page), Self::From(page)]);
        for_tokens.iter().copied().chain(at_pages).collect()
    }

    fn happens(self, fault: Fault) -> Misbehavior {
        match self {
            Self::Always => fault.always(),
            Self::FirstToken => fault.on_path("/oauth/token"),
            Self::Once(page) => fault.on_path("/connection").nth(page),
            Self::From(page) => fault.on_path("/connection").nth(page).always(),
        }
    }
}

/// Whether what a fault makes of an answer is, word for word, the right answer of an API that has fewer connections. No
/// client can tell the two apart by the list alone: only ActiveCampaign tells a total beside each page, which may be wrong,
/// and a page that is not full is the end of Unified.to's list.
fn tells_nothing(side: &Side, fault: &Fault) -> bool {
    match fault {
        Fault::ShortList(_) => !side.tells_total,
        Fault::ReplacedList(list) => !side.tells_total && list.as_array().is_some_and(Vec::is_empty),
        Fault::ReplacedField { field, value } => field == "total" && value == "1",
        _ => false,
    }
}

/// A table that has all connections, found by a board to which nothing happens.
async fn whole_table(sides: &Sides) -> Table {
    let mut table = Table::new();
    let outcomes = mirror(&sides.board(true), &mut table, Some(PAGE_SIZE), Removal::Unlisted).await;
    assert!(outcomes.values().all(Result::is_ok), "{outcomes:?}");
    assert!(table.len() == sides.all.len() && table.values().all(|rows| rows.len() == RECORDS));
    table
}

/// The same with a few rows for each provider whose connections are no more.
fn with_rows_to_remove(mut table: Table) -> Table {
    for rows in table.values_mut() {
        let row = rows.values().next().unwrap().clone();
        rows.extend(GONE.map(|id| (id.to_owned(), row.clone())));
    }
    table
}

/// Those of every provider's faults that `is_meant` picks, each whenever it can happen, against a table that has all
/// connections and a few more.
async fn run(strict: bool, removal: Removal, is_meant: fn(&Side, &Fault) -> bool) -> Tallies {
    let sides = Sides::start().await;
    let whole = whole_table(&sides).await;
    let before = with_rows_to_remove(whole.clone());
    let healthy = sides.board(strict);
    let mut tallies = Tallies::default();
    for (side, fault, when) in sides.all.iter().flat_map(cases).filter(|(side, fault, _)| is_meant(side, fault)) {
        // What a client has learned from one run, such as a token or that the server is in trouble, is not for the next.
        let board = sides.board_with_fresh(&healthy, side, strict);
        let faults_before = side.api().fault_count();
        side.api().misbehave(when.happens(fault.clone()));
        let mut table = before.clone();
        let outcomes = mirror(&board, &mut table, Some(PAGE_SIZE), removal).await;
        side.api().behave();
        assert!(side.api().fault_count() > faults_before, "{}: {fault:?} {when:?} did not happen", side.name);
        others_are_well(side, &outcomes, &table, &whole);
        let case = format!("{}, {fault:?} {when:?}", side.name);
        tallies.add(fault.kind(), &case, &outcomes[side.name], &table[side.name], &whole[side.name]);
    }
    tallies
}

/// Every fault of a provider with every time that it can happen.
fn cases(side: &Side) -> impl Iterator<Item = (&Side, Fault, When)> {
    let faults = side.api().every_fault().into_iter();
    faults.flat_map(move |fault| When::all(side).into_iter().map(move |when| (side, fault.clone(), when)))
}

/// What goes wrong with one provider is none of the others' business.
fn others_are_well(side: &Side, outcomes: &BTreeMap<String, Outcome>, table: &Table, whole: &Table) {
    for (name, outcome) in outcomes.iter().filter(|(name, _)| *name != side.name) {
        assert_eq!(outcome.as_ref().unwrap().removed, BTreeSet::from(GONE.map(str::to_owned)), "{name}");
        assert_eq!(table[name], whole[name]);
    }
}

async fn every_fault_that_can_be_told(strict: bool) {
    let tallies = run(strict, Removal::Unlisted, |side, fault| !tells_nothing(side, fault)).await;
    tallies.print(if strict { "strict clients, whose lists are believed" } else { "clients whose lists are believed" });
    assert!(tallies.wrong().is_empty(), "{:#?}", tallies.wrong());
}

#[tokio::test]
async fn no_row_is_removed_wrongly_and_no_run_is_well_that_is_not_whole() {
    every_fault_that_can_be_told(false).await;
}

#[tokio::test]
async fn nor_by_strict_clients() {
    every_fault_that_can_be_told(true).await;
}

#[tokio::test]
async fn what_no_list_can_tell_is_told_by_asking_before_a_row_is_removed() {
    for strict in [false, true] {
        let tallies = run(strict, Removal::Confirmed, tells_nothing).await;
        tallies
            .print("lists that are shorter than they should be and look right, and every row asked for before it goes");
        assert!(tallies.wrong().is_empty(), "{:#?}", tallies.wrong());
    }
}

#[tokio::test]
async fn a_connection_that_a_list_passed_over_is_not_removed_after_asking() {
    let sides = Sides::start().await;
    let before = with_rows_to_remove(whole_table(&sides).await);
    for side in &sides.all {
        side.api().misbehave(Fault::ShortList(1).on_path("/connection"));
    }
    let mut table = before.clone();
    let outcomes = mirror(&sides.board(false), &mut table, None, Removal::Confirmed).await;
    // The rest of ActiveCampaign's list is asked for, since there is a total.
    let left_out: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(name, _)| name).collect();
    assert_eq!(left_out, ["sitecore-personalize", "unified-to"]);
    for (name, outcome) in &outcomes {
        match outcome {
            Ok(changes) => assert_eq!(table[name].len(), before[name].len() - changes.removed.len()),
            Err(error) => {
                assert!(error.to_string().contains("the list left out a connection that is there: "), "{error}");
                assert_eq!(table[name], before[name]);
            }
        }
    }
}

#[tokio::test]
async fn what_was_made_up_is_not_written_over_what_is_known() {
    let sides = Sides::start().await;
    let before = whole_table(&sides).await;
    let [_, unified_to, _] = &sides.all;
    // The document demands it, so an empty text stands for it.
    unified_to.api().misbehave(Fault::missing_field("integration_type").on_path("/connection").nth(2));
    let mut table = before.clone();
    let outcomes = mirror(&sides.board(false), &mut table, Some(PAGE_SIZE), Removal::Unlisted).await;
    assert_eq!(outcomes[unified_to.name].as_ref().unwrap().kept.len(), PAGE_SIZE as usize);
    assert_eq!(table, before);
}

/// What `Switchboard::changes` makes of every fault: nothing is removed that is there, and without an error nothing is
/// left that is not.
#[tokio::test]
async fn changes_remove_nothing_that_is_there() {
    let sides = Sides::start().await;
    let healthy = sides.board(false);
    let (whole, errors) = healthy.snapshot().await;
    assert!(errors.is_empty() && whole.len() == sides.all.len() * RECORDS, "{errors:?}");
    let gone = whole.connections().flat_map(|connection| {
        let gone = GONE.map(|id| Connection::new(&connection.provider, id, Value::Null));
        [connection.clone()].into_iter().chain(gone)
    });
    let before = Snapshot::new(None, gone);
    let mut tallies = Tallies::default();
    for (side, fault, when) in sides.all.iter().flat_map(cases) {
        let board = paged(&sides.board_with_fresh(&healthy, side, false), PAGE_SIZE);
        let faults_before = side.api().fault_count();
        side.api().misbehave(when.happens(fault.clone()));
        let changes = board.changes(&before).await;
        side.api().behave();
        assert!(side.api().fault_count() > faults_before, "{}: {fault:?} {when:?} did not happen", side.name);
        let case = format!("{}, {fault:?} {when:?}", side.name);
        let rows = |snapshot: &Snapshot, name: &str| -> BTreeSet<String> {
            snapshot.connections().filter(|it| it.provider == name).map(|it| it.id.clone()).collect()
        };
        for other in sides.all.iter().filter(|other| other.name != side.name) {
            assert_eq!(rows(&changes.snapshot, other.name), rows(&whole, other.name), "{case}");
        }
        let is_well = changes.errors.is_empty();
        tallies.add_ids(fault.kind(), &case, is_well, &rows(&changes.snapshot, side.name), &rows(&whole, side.name));
    }
    tallies.print("changes, every row asked for before it goes");
    assert!(tallies.wrong().is_empty(), "{:#?}", tallies.wrong());
}
