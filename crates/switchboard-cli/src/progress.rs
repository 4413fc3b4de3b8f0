//! How far a list has come, for whoever waits at a terminal.

use std::fmt;
use std::io::{self, IsTerminal, Stderr, Write};

/// Connections between two signs of life.
const EVERY: usize = 100;

/// Counts connections on standard error, on one line that is written over.
pub(crate) struct Progress<W = Stderr> {
    err: W,
    tells: bool,
    /// Whether the last count stays: where nothing else on the terminal says how many there are.
    stays: bool,
    count: usize,
    /// What stands on the line now.
    line: String,
}

impl Progress {
    /// Where connections are written to a terminal as they come, they show as much themselves.
    pub(crate) fn new(as_they_come: bool) -> Self {
        let to_terminal = io::stdout().is_terminal();
        let tells = io::stderr().is_terminal() && !(as_they_come && to_terminal);
        Self::on(io::stderr(), tells, !to_terminal)
    }
}

impl<W: Write> Progress<W> {
    fn on(err: W, tells: bool, stays: bool) -> Self {
        Self { err, tells, stays, count: 0, line: String::new() }
    }

    /// One more.
    pub(crate) fn step(&mut self) {
        self.count += 1;
        if self.tells && self.count.is_multiple_of(EVERY) {
            self.tell();
        }
    }

    /// Writes a line to standard error, where a count may stand.
    pub(crate) fn complain(&mut self, line: impl fmt::Display) {
        self.clear();
        self.write(&format!("{line}\n"));
    }

    /// Nothing more comes.
    pub(crate) fn end(&mut self) {
        if self.stays && !self.line.is_empty() {
            self.tell();
            self.write("\n");
        } else {
            self.clear();
        }
    }

    fn tell(&mut self) {
        self.line = format!("{} connections", self.count);
        self.write(&format!("\r{}", self.line));
    }

    fn clear(&mut self) {
        if !self.line.is_empty() {
            let blank = " ".repeat(self.line.len());
            self.write(&format!("\r{blank}\r"));
            self.line.clear();
        }
    }

    /// That nobody reads it is no reason to stop half-way.
    fn write(&mut self, text: &str) {
        drop(self.err.write_all(text.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tells: bool, stays: bool) -> String {
        let mut progress = Progress::on(Vec::new(), tells, stays);
        (0..150).for_each(|_| progress.step());
        progress.complain("a: failed");
        (0..151).for_each(|_| progress.step());
        progress.end();
        String::from_utf8(progress.err).unwrap()
    }

    #[test]
    fn what_goes_wrong_stands_on_a_line_of_its_own() {
        let before = "\r100 connections\r               \ra: failed\n\r200 connections\r300 connections";
        assert_eq!(told(true, true), format!("{before}\r301 connections\n"));
        assert_eq!(told(true, false), format!("{before}\r               \r"));
        assert_eq!(told(false, true), "a: failed\n");
    }
}
