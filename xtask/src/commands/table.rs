//! A run in a few lines: one per API, and one for all.

use crate::{manifest::Counts, report::Status};
use codegen::sanitize::sanitize;
use std::{fmt::Write as _, time::Duration};

/// One API's line.
#[derive(Clone, Debug)]
pub struct Row {
    /// The API's name.
    pub name: String,
    /// What its crate holds.
    pub counts: Counts,
    /// How it went.
    pub status: Status,
    /// How many files were written, or differ.
    pub files: usize,
    /// How many generated files were as they should be.
    pub unchanged: usize,
    /// How many faults there were.
    pub errors: usize,
    /// How long it took.
    pub time: Duration,
}

/// The columns of a row; the first is aligned to the left, numbers to the right.
type Cells = [String; 6];

/// All lines, their columns aligned.
pub fn show(rows: &[Row], time: Duration) -> String {
    let cells: Vec<Cells> = rows.iter().map(cells).collect();
    let width = |column: usize| {
        cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let [name, operations, types, adaptations, files, took] = [0, 1, 2, 3, 4, 5].map(width);
    let mut text = String::new();
    for [a, b, c, d, e, f] in &cells {
        let _ = writeln!(text, "{a:<name$}  {b:>operations$}  {c:>types$}  {d:>adaptations$}  {e:<files$}  {f:>took$}");
    }
    text.push_str(&total(rows, time));
    text
}

fn cells(row: &Row) -> Cells {
    let files = match row.status {
        Status::Written => format!("{} written, {} unchanged", row.files, row.unchanged),
        Status::Unchanged => "unchanged".to_owned(),
        Status::Skipped => "skipped, nothing has changed".to_owned(),
        Status::Differs if row.files == 1 => "1 file differs".to_owned(),
        Status::Differs => format!("{} files differ", row.files),
        Status::Failed => format!("failed, {}", counted(row.errors, "error")),
    };
    let files = match row.counts.warnings {
        0 => files,
        warnings => format!("{files}, {}", counted(warnings, "warning")),
    };
    let adaptations = row.counts.adaptations.values().sum();
    let number = |number, word| if row.status == Status::Failed { String::new() } else { counted(number, word) };
    [
        sanitize(&row.name, 100).into_owned(),
        number(row.counts.operations, "operation"),
        number(row.counts.types, "type"),
        number(adaptations, "adaptation"),
        files,
        duration(row.time),
    ]
}

fn total(rows: &[Row], time: Duration) -> String {
    let count = |status| rows.iter().filter(|row| row.status == status).count();
    let sum = |number: fn(&Counts) -> usize| rows.iter().map(|row| number(&row.counts)).sum::<usize>();
    let mut parts = vec![
        counted(rows.len(), "API"),
        counted(sum(|counts| counts.operations), "operation"),
        counted(sum(|counts| counts.types), "type"),
    ];
    for (status, word) in [
        (Status::Written, "written"),
        (Status::Differs, "different"),
        (Status::Unchanged, "unchanged"),
        (Status::Skipped, "skipped"),
        (Status::Failed, "failed"),
    ] {
        if count(status) > 0 {
            parts.push(format!("{} {word}", count(status)));
        }
    }
    format!("total: {}, in {}\n", parts.join(", "), duration(time))
}

/// `1 file`, `2 files`.
pub fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, status: Status, number: usize) -> Row {
        let adaptations = [("x".to_owned(), number)].into();
        let counts = Counts { operations: number, types: number, lines: 0, adaptations, warnings: 0 };
        Row {
            name: name.to_owned(),
            counts,
            status,
            files: 2,
            unchanged: 3,
            errors: 1,
            time: Duration::from_millis(1500),
        }
    }

    #[test]
    fn columns_are_aligned_and_summed_up() {
        let rows = [row("a", Status::Written, 12), row("longer", Status::Skipped, 1), row("x", Status::Failed, 0)];
        let expected = "\
a       12 operations  12 types  12 adaptations  2 written, 3 unchanged        1.50 s
longer    1 operation    1 type    1 adaptation  skipped, nothing has changed  1.50 s
x                                                failed, 1 error               1.50 s
total: 3 APIs, 13 operations, 13 types, 1 written, 1 skipped, 1 failed, in 12 ms
";
        assert_eq!(show(&rows, Duration::from_millis(12)), expected);
    }
}
