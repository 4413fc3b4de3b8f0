//! What a long run shows while it works: a bar in a terminal, elsewhere a line for each document that is done.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The names of what is worked on must leave room for the bar.
const MAX_NAMES: usize = 3;

/// How far a part of the run is.
pub struct Progress {
    bar: ProgressBar,
    total: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: BTreeSet<String>,
    done: usize,
}

impl Progress {
    /// Starts at none of `total`; `what` says what is done to them.
    pub fn new(what: &'static str, total: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {elapsed} {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, total, state: Mutex::default() }
    }

    /// Shows nothing.
    pub fn silent() -> Self {
        Self { bar: ProgressBar::hidden(), total: 0, state: Mutex::default() }
    }

    fn change(&self, change: impl FnOnce(&mut State)) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        self.bar.set_message(names(&state.running));
        state.done
    }

    /// `name` is worked on.
    pub fn start(&self, name: &str) {
        self.change(|state| {
            state.running.insert(name.to_owned());
        });
    }

    /// These, and no others, are worked on.
    pub fn set_running(&self, names: Vec<String>) {
        self.change(|state| state.running = names.into_iter().collect());
    }

    /// `name` is done, as `line` tells; in a terminal only failures are worth a line.
    pub fn finish(&self, name: &str, line: &str, failed: bool) {
        let done = self.change(|state| {
            state.running.remove(name);
            state.done += 1;
        });
        self.bar.inc(1);
        if self.total == 0 {
            return;
        }
        if self.bar.is_hidden() {
            crate::terminal::show_findings(&format!("{done}/{} {name}: {line}\n", self.total));
        } else if failed {
            self.bar.println(format!("{name}: {line}"));
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn names(running: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = running.iter().take(MAX_NAMES).map(String::as_str).collect();
    match running.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_few() {
        let running: BTreeSet<String> = ["d", "a", "c", "b", "e"].map(str::to_owned).into();
        assert_eq!(names(&running), "a, b, c, and 2 more");
        assert_eq!(names(&BTreeSet::from(["x".to_owned()])), "x");
    }
}
