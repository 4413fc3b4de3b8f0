//! What came of many runs, counted by the kind of fault that happened in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::GONE;
use crate::example::{Outcome, Row};

/// The rows of one provider.
type Rows = BTreeMap<String, Row>;

/// What came of the runs with one kind of fault.
#[derive(Clone, Copy, Default)]
struct Tally {
    runs: usize,
    well: usize,
    failed: usize,
    /// Rows that were removed though their connections are there.
    wrongly_removed: usize,
    /// Runs that said Ok, though a connection was not in the table, or a row was that should be gone.
    incomplete: usize,
}

impl Tally {
    /// What came of one run: whether it was well, the ids that are left, and those that should be.
    fn of(well: bool, left: &BTreeSet<String>, whole: &BTreeSet<String>) -> Self {
        // Where it is not known what is gone, nothing is.
        assert!(well || GONE.iter().all(|id| left.contains(*id)), "{left:?}");
        Self {
            runs: 1,
            well: usize::from(well),
            failed: usize::from(!well),
            wrongly_removed: whole.difference(left).count(),
            incomplete: usize::from(well && left != whole),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            well: self.well + other.well,
            failed: self.failed + other.failed,
            wrongly_removed: self.wrongly_removed + other.wrongly_removed,
            incomplete: self.incomplete + other.incomplete,
        }
    }
}

/// The tallies of all kinds of faults, and what went wrong.
#[derive(Default)]
pub(crate) struct Tallies {
    of_kind: BTreeMap<&'static str, Tally>,
    wrong: Vec<String>,
}

impl Tallies {
    /// Counts a run in which a fault of this kind happened; `case` says more about it.
    pub(crate) fn add(&mut self, kind: &'static str, case: &str, outcome: &Outcome, rows: &Rows, whole: &Rows) {
        let ids = |rows: &Rows| rows.keys().cloned().collect();
        self.add_ids(kind, &format!("{case}: {outcome:?}"), outcome.is_ok(), &ids(rows), &ids(whole));
    }

    /// The same of whoever keeps ids: whether the run was well, the ids that are left, and those that should be.
    pub(crate) fn add_ids(
        &mut self,
        kind: &'static str,
        case: &str,
        well: bool,
        left: &BTreeSet<String>,
        whole: &BTreeSet<String>,
    ) {
        let run = Tally::of(well, left, whole);
        let tally = self.of_kind.entry(kind).or_default();
        *tally = tally.plus(run);
        if run.wrongly_removed > 0 || run.incomplete > 0 {
            self.wrong.push(format!("{case}, {} wrongly removed", run.wrongly_removed));
        }
    }

    /// The runs in which something was removed that is there, or that said Ok and were not whole.
    pub(crate) fn wrong(&self) -> &[String] {
        &self.wrong
    }

    pub(crate) fn print(&self, title: &str) {
        let line = |name: &str, Tally { runs, well, failed, wrongly_removed, incomplete }: &Tally| {
            format!("{name:20}{runs:6}{well:6}{failed:8}{wrongly_removed:22}{incomplete:22}\n")
        };
        let head = ["fault", "runs", "Ok", "failed", "rows wrongly removed", "Ok and incomplete"];
        let [fault, runs, well, failed, removed, incomplete] = head;
        let mut text = format!("\n{title}\n{fault:20}{runs:>6}{well:>6}{failed:>8}{removed:>22}{incomplete:>22}\n");
        text.extend(self.of_kind.iter().map(|(kind, tally)| line(kind, tally)));
        text.push_str(&line("all", &self.of_kind.values().copied().fold(Tally::default(), Tally::plus)));
        println!("{text}");
    }
}
