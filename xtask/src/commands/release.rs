//! `release`: plan, check and publish.

use crate::{
    git::{GitError, Repository},
    release::{
        checks::Check,
        execute::{self, ExecuteError, Manner},
        package::{self, PackageError},
        plan::ReleasePlan,
        verdict::{Subject, Verdict},
    },
    terminal::{Exit, complain, show},
    workspace,
};
use clap::{Args, ValueEnum};
use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};
use thiserror::Error;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Publish and tag, if all checks are well; a run that was stopped goes on where it was.
    #[arg(long)]
    execute: bool,
    /// Leave out a check; may be given several times.
    #[arg(long, value_enum, value_name = "CHECK")]
    skip: Vec<Check>,
    /// Publish to this registry of cargo's configuration instead of crates.io.
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    /// The day of the release, as `2026-11-29` [default: today, in UTC].
    #[arg(long, value_name = "DAY", value_parser = a_day)]
    day: Option<String>,
    /// The workspace [default: this repository].
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Why there is no release.
#[derive(Debug, Error)]
enum ReleaseError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// Shows the plan and what the checks say, and publishes if that is wanted.
pub fn run(arguments: &Arguments) -> Exit {
    release(arguments).unwrap_or_else(|error| {
        complain(&error);
        match error {
            ReleaseError::Execute(_) => Exit::Failed,
            _ => Exit::Usage,
        }
    })
}

fn release(arguments: &Arguments) -> Result<Exit, ReleaseError> {
    let root = arguments.root.clone().unwrap_or_else(workspace::repository);
    let repository = Repository::of(&root)?;
    let plan = ReleasePlan::new(package::all(&root)?, &repository)?;
    show(&plan.show());
    let registry = arguments.registry.as_deref();
    let subject = Subject { root: &root, repository: &repository, plan: &plan, registry };
    let mut is_well = true;
    for check in Check::value_variants() {
        // Only this repository's crates are made of documents that this program knows.
        let is_elsewhere = *check == Check::Drift && arguments.root.is_some();
        let is_left_out = is_elsewhere || arguments.skip.contains(check);
        let verdict = if is_left_out { Verdict::Skipped(None) } else { check.run(&subject) };
        is_well &= !matches!(verdict, Verdict::Wrong(_));
        show(&line(*check, &verdict));
    }
    if !is_well {
        return Ok(Exit::Failed);
    }
    if arguments.execute {
        let day = arguments.day.clone().unwrap_or_else(today);
        let manner = Manner { day: &day, registry, is_own: arguments.root.is_none() };
        execute::execute(&root, &repository, &plan, manner)?;
    }
    Ok(Exit::Done)
}

fn line(check: Check, verdict: &Verdict) -> String {
    let name = check.name();
    let listed = |lines: &[String]| lines.iter().map(|line| format!("  {line}\n")).collect::<String>();
    match verdict {
        Verdict::Well(notes) => format!("{name}: well\n{}", listed(notes)),
        Verdict::Skipped(None) => format!("{name}: left out\n"),
        Verdict::Skipped(Some(why)) => format!("{name}: left out: {why}\n"),
        Verdict::Wrong(lines) => format!("{name}: wrong\n{}", listed(lines)),
    }
}

/// A day as ISO 8601 writes it: it is what the changelogs will say.
fn a_day(text: &str) -> Result<String, String> {
    let plain = |length| move |part: &&str| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    let mut number = |length| parts.next().filter(plain(length))?.parse::<u64>().ok();
    let (year, month, day) = (number(4), number(2), number(2));
    let length = year
        .zip(month)
        .and_then(|(year, month)| lengths(year).get(usize::try_from(month).ok()?.checked_sub(1)?).copied());
    let is_day = length.zip(day).is_some_and(|(length, day)| (1..=length).contains(&day)) && parts.next().is_none();
    if is_day { Ok(text.to_owned()) } else { Err("this is no day of the form `2026-11-29`".to_owned()) }
}

/// Today in UTC, as ISO 8601 writes it.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    day(seconds / 86_400)
}

/// The day that is so many days after 1970-01-01, in the Gregorian calendar.
fn day(mut days: u64) -> String {
    let mut year = 1970;
    while days >= lengths(year).iter().sum() {
        days -= lengths(year).iter().sum::<u64>();
        year += 1;
    }
    let mut month = 1;
    for length in lengths(year) {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

/// How many days the months of a year have.
fn lengths(year: u64) -> [u64; 12] {
    let is_leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    [31, 28 + u64::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_day_is_written_into_changelogs() {
        assert_eq!(a_day("2024-02-29"), Ok("2024-02-29".to_owned()));
        for text in
            ["", "tomorrow", "2026-13-01", "2026-00-01", "2025-02-29", "2026-1-1", "2026-01-01-01", "+026-01-01"]
        {
            assert!(a_day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_counted_as_calendars_do() {
        let days = [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_786, "2026-11-29"),
        ];
        for (number, expected) in days {
            assert_eq!(day(number), expected);
        }
    }
}
