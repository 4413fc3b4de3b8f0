//! What processes cost, and what they leave behind when somebody ends them.
#![cfg(target_os = "linux")]

use crate::support::{Playground, document};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Starts the program, with a folder of its own for temporary files.
fn start(playground: &Playground, arguments: &[&str]) -> Child {
    let temporary = playground.root().join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).current_dir(playground.root()).env("TMPDIR", temporary);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The most memory that a process has held so far, in bytes; `None` when it has ended.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The processes that `id` has started and that run.
fn children(id: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
fn what_a_document_costs_it_costs_a_process_of_its_own() {
    let playground = Playground::new();
    let size = 8 << 20;
    let list = format!("{{\"openapi\": \"3.0.3\", \"x-list\": [{}1]}}", "1,".repeat(size / 2));
    playground.spec("flat.json", &list);
    for arguments in [["lint", "--specs", "specs"].as_slice(), &["regen", "--specs", "specs", "--out", "out"]] {
        let mut program = start(&playground, arguments);
        let mut most = 0;
        while program.try_wait().unwrap().is_none() {
            most = most.max(peak(program.id()).unwrap_or_default());
            thread::sleep(Duration::from_millis(2));
        }
        assert!(most > 0 && most < 12 * size as u64, "{arguments:?}: {} MiB", most >> 20);
    }
}

#[test]
fn a_document_whose_process_dies_is_named_and_the_others_are_done() {
    let playground = Playground::new();
    playground.spec("sound.json", &document("Sound", "list"));
    // Takes long enough to be found at it.
    playground.spec("slow.json", &format!("{{\"openapi\": \"3.0.3\", \"x-list\": [{}1]}}", "1,".repeat(8 << 20)));
    let temporary = playground.root().join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["lint", "--specs", "specs"]).current_dir(playground.root()).env("TMPDIR", &temporary);
    let program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let killed = loop {
        let slow = children(program.id()).into_iter().find(|id| peak(*id).is_some_and(|bytes| bytes > 64 << 20));
        if slow.is_some() || Instant::now() > deadline {
            break slow;
        }
        thread::sleep(Duration::from_millis(1));
    };
    let killed = killed.expect("no process holds the document");
    assert!(Command::new("kill").args(["-KILL", &killed.to_string()]).status().unwrap().success());
    let output = program.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("error[process-died]") && errors.contains("--> specs/slow.json:1:1"), "{errors}");
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("2 documents, 1 error,"));
}

/// Every file below a folder, with its content.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![root.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => open.push(path),
                false => drop(found.insert(path.strip_prefix(root).unwrap().to_path_buf(), fs::read(&path).unwrap())),
            }
        }
    }
    found
}

/// The crate folders of a tree, each with its files.
fn crates(tree: &BTreeMap<PathBuf, Vec<u8>>) -> BTreeMap<PathBuf, BTreeMap<PathBuf, Vec<u8>>> {
    let mut found: BTreeMap<PathBuf, BTreeMap<PathBuf, Vec<u8>>> = BTreeMap::new();
    for (path, bytes) in tree {
        let name = path.components().next().unwrap();
        let hidden = name.as_os_str().to_string_lossy().starts_with('.');
        if !hidden && path.components().count() > 1 {
            found.entry(name.as_os_str().into()).or_default().insert(path.clone(), bytes.clone());
        }
    }
    found
}

/// Six documents of one version.
fn write(playground: &Playground, version: &str) {
    for index in 0..6 {
        let text = document(&format!("{version} {index}"), &format!("list-{version}"));
        playground.spec(&format!("api{index}.json"), &text);
    }
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let playground = Playground::new();
    let wanted = ["old", "new"].map(|version| {
        write(&playground, version);
        playground.regen(&[]).exits(0);
        tree(&playground.out(""))
    });
    for round in 0..6 {
        let version = round % 2;
        write(&playground, ["old", "new"][version]);
        let mut runs = [(); 2].map(|()| start(&playground, &["regen", "--specs", "specs", "--out", "out"]));
        let codes = runs.each_mut().map(|run| run.wait().unwrap().code());
        assert_eq!(codes, [Some(0), Some(0)], "round {round}");
        assert!(tree(&playground.out("")) == wanted[version], "round {round}");
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_whole_crates_and_the_next_one_mends_the_rest() {
    let kills: u32 = std::env::var("KILLS").map_or(20, |kills| kills.parse().unwrap());
    let playground = Playground::new();
    let write = |version: &str| write(&playground, version);
    let wanted = |version: &str| {
        write(version);
        playground.regen(&[]).exits(0);
        tree(&playground.out(""))
    };
    let versions = ["old", "new"].map(|version| (version, wanted(version)));
    let started = Instant::now();
    wanted("old");
    let whole = started.elapsed();
    for kill in 0..kills {
        let (version, after) = &versions[usize::from(kill % 2 == 0)];
        write(version);
        let mut program = start(&playground, &["regen", "--specs", "specs", "--out", "out"]);
        // Spread over the whole run, however many there are, and in no order.
        thread::sleep(whole * (kill * 7919 % kills) / kills);
        let signal = if kill % 3 == 0 { "-TERM" } else { "-KILL" };
        let _ = Command::new("kill").args([signal, &program.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        program.wait().unwrap();
        // Without the exchange of two names in one step a crate is away for a moment: then the next run puts it back.
        for (name, files) in crates(&tree(&playground.out(""))) {
            let known = versions.iter().any(|(_, tree)| crates(tree).get(&name) == Some(&files));
            assert!(known, "`{}` is neither old nor new after kill {kill}", name.display());
        }
        let left: Vec<_> = fs::read_dir(playground.root().join("tmp")).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        playground.regen(&[]).exits(0);
        assert!(tree(&playground.out("")) == *after, "the run after kill {kill} is wrong");
    }
}
