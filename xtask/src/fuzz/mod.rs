//! Documents that nobody would write, from load to emit: real ones, changed at random, each of which must become a crate or
//! be refused with findings that have a place.
//!
//! The changes depend on a number alone: a case that fails says which, and `FUZZ_SEED=N FUZZ_CASES=1` runs it again. With
//! more cases (`FUZZ_CASES=10000`) it is a search; with the default it is a test. `FUZZ_KEEP=DIR` writes the files there.

mod mutate;
mod random;

use self::{mutate::Mutator, random::Random};
use crate::{
    fingerprint::Inputs,
    manifest::{Counts, Manifest},
    write::{Folder, Writer, check_name},
};
use codegen::{
    compile::Options,
    diagnostics::Diagnostics,
    emit::{CrateFiles, RuntimeDependency},
    load::{Limits, TextFile},
    pipeline::{self, Findings, Sources},
    render,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How many documents are tried where nobody says.
const CASES: u64 = 120;

/// No document here is large: one that takes longer than this takes too long, however slow the machine.
const MOST_TIME: Duration = Duration::from_secs(60);

/// As much as the passes themselves have.
const STACK_BYTES: usize = 256 << 20;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The documents that are changed.
fn corpus() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("golden/specs"), root.join("../specs")];
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.to_string_lossy().ends_with(".json") && !path.to_string_lossy().ends_with(".overlay.json"))
        .collect();
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    paths.iter().map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// Every file below a folder.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![root.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// Brings the files to a crate, and fails if what comes out is neither a crate nor a refusal.
fn brought(case: u64, sources: Sources, lenient: bool) -> (Option<CrateFiles>, Findings) {
    let options = Options::new(lenient, RuntimeDependency::Workspace);
    let started = Instant::now();
    let (compiled, findings) = pipeline::run(sources, &options, &());
    let files = compiled.map(|compiled| compiled.files);
    let time = started.elapsed();
    assert!(time < MOST_TIME, "case {case} takes {time:?}");
    assert_eq!(files.is_none(), findings.diagnostics.has_errors(), "case {case}: neither a crate nor a reason");
    for located in render::located(&findings, |_| true) {
        let found = located.diagnostic;
        assert!(found.code != "internal-error", "case {case}: {found:?}");
        assert!(located.place.span.is_some(), "case {case}: a finding without a place: {found:?}");
        assert!(located.notes.iter().all(|(_, place)| place.span.is_some()), "case {case}: {found:?}");
    }
    // What is shown of it is looked up in the files, too.
    let _ = render::render(&findings, render::Look { colour: true, verbose: true, ..render::Look::default() });
    (files, findings)
}

/// Fails if any file of Rust is none.
fn assert_rust(case: u64, files: &CrateFiles) {
    for (path, text) in files.files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        if let Err(error) = syn::parse_file(text) {
            panic!("case {case}: {path} is no Rust: {error}");
        }
    }
}

/// Writes the crate, and fails if anything but it is written.
fn assert_inside(case: u64, crate_files: &CrateFiles) {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("a/out");
    let manifest = Manifest::new("x.json".to_owned(), Inputs::default(), false, Counts::default());
    let plan = Folder::open(&out, &crate_files.name).and_then(|folder| folder.plan(crate_files, manifest));
    let plan = plan.unwrap_or_else(|error| panic!("case {case}: {error}"));
    Writer::open(&out, &out.join(".staging")).unwrap().commit(&plan).unwrap();
    let own = out.join(&crate_files.name);
    for path in files(root.path()).into_keys() {
        assert!(path.starts_with(&own), "case {case}: {} is written", path.display());
    }
}

/// Writes the files of a case, for whoever wants to look at it.
fn keep(folder: &Path, name: &str, ending: &str, text: &str, overlay: Option<&str>) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(format!("{name}.{ending}")), text).unwrap();
    if let Some(overlay) = overlay {
        fs::write(folder.join(format!("{name}.overlay.json")), overlay).unwrap();
    }
}

/// One document, changed as `case` says; whether it is a crate.
fn run(case: u64, corpus: &[Value]) -> bool {
    let mut random = Random::new(case);
    let document = Mutator::new(&mut random, corpus).document();
    let ending = if random.one_in(4) { "yaml" } else { "json" };
    let text = if random.one_in(8) { mutate::text(&mut random, document.to_string()) } else { document.to_string() };
    let overlay = random.one_in(4).then(|| Mutator::new(&mut random, corpus).overlay(&document).to_string());
    // Said before it is tried: of what ends the whole program, this is the last word.
    let _ = writeln!(std::io::stdout(), "case {case}: {} bytes of {ending}", text.len());
    if let Some(folder) = std::env::var_os("FUZZ_KEEP") {
        keep(Path::new(&folder), &format!("case{case}"), ending, &text, overlay.as_deref());
    }
    let sources = Sources {
        stem: "fuzzed".to_owned(),
        document: TextFile { path: format!("no-such-folder/fuzzed.{ending}").into(), text },
        overlay: overlay.map(|text| TextFile { path: "no-such-folder/fuzzed.overlay.json".into(), text }),
        diagnostics: Diagnostics::default(),
        limits: Limits::default(),
    };
    let (files, _) = brought(case, sources, !random.one_in(4));
    // A name that no package can have is refused before anything is written.
    let files = files.filter(|files| check_name(&files.name).is_ok());
    if let Some(files) = &files {
        assert_rust(case, files);
        if random.one_in(8) {
            assert_inside(case, files);
        }
    }
    files.is_some()
}

#[test]
fn documents_that_nobody_would_write_become_crates_or_are_refused() {
    let corpus = corpus();
    let (first, cases) = (number("FUZZ_SEED").unwrap_or_default(), number("FUZZ_CASES").unwrap_or(CASES));
    let all = move || {
        let crates = (first..first.saturating_add(cases)).filter(|case| run(*case, &corpus)).count() as u64;
        // What is refused at the door tries nothing behind it; a few cases may all be refused.
        assert!(cases < CASES || crates > cases / 4, "{crates} of {cases} are crates");
    };
    // What is made here is read here, and the reader follows what is nested.
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(all).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn a_case_is_the_same_every_time_and_no_case_is_another() {
    let corpus = corpus();
    let text = |case: u64| Mutator::new(&mut Random::new(case), &corpus).document().to_string();
    assert_eq!(text(7), text(7));
    let all: std::collections::BTreeSet<String> = (0..20).map(text).collect();
    assert_eq!(all.len(), 20);
}
