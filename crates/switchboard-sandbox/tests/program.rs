//! The sandbox as a program, where nobody listens to what it says.

// What fails here fails a test.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

/// A run whose standard output nobody reads, and whose standard error, if it is so, neither.
fn unread(arguments: &[&str], and_errors: bool) -> Output {
    let pipe = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard-sandbox"));
    command.args(arguments).stdout(pipe());
    if and_errors {
        command.stderr(pipe());
    }
    command.output().unwrap()
}

#[test]
fn a_sandbox_that_cannot_say_where_it_is_ends_with_an_error() {
    for format in ["json", "env"] {
        let told = unread(&["--format", format], false);
        let error = String::from_utf8(told.stderr).unwrap();
        let is_told = error.starts_with("cannot write where the APIs are: ") && error.lines().count() == 1;
        assert!(told.status.code() == Some(1) && is_told, "{error}");
    }
    assert_eq!(unread(&["--help"], false).status.code(), Some(0));
}

#[test]
fn what_nobody_reads_changes_no_exit_code() {
    assert_eq!(unread(&[], true).status.code(), Some(1));
    assert_eq!(unread(&["--colour"], true).status.code(), Some(2));
}
