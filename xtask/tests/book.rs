//! The book and the READMEs: every link leads somewhere, every page is in the table of contents, and the list of findings is what
//! `explain` says. `UPDATE_GOLDEN=1 cargo test -p xtask --test book` writes that list anew.
//!
//! The code in its pages is compiled by the facade's documentation tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use codegen::explain::Explanation;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Files of a folder whose name ends so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    found.sort();
    found
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs/src"), ".md");
    pages.push(root().join("README.md"));
    pages.extend(files(&root().join("docs"), ".md"));
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("README.md"));
    pages.extend(crates.filter(|page| page.exists()));
    pages
}

/// What stands outside of code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    });
    let mut prose = String::new();
    for line in lines {
        for (at, part) in line.split('`').enumerate() {
            prose.push_str(if at % 2 == 0 { part } else { "code" });
        }
        prose.push('\n');
    }
    prose
}

/// Where the links of a page lead: what stands in round brackets behind square ones.
fn links(text: &str) -> Vec<String> {
    prose(text).split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link.to_owned()).collect()
}

/// A heading as the name that links know it by: mdBook's and GitHub's rule for what these pages have.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_code = false;
    let headings = text.lines().filter(|line| {
        in_code ^= line.trim_start().starts_with("```");
        !in_code && line.starts_with('#')
    });
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

/// What is wrong with a link of a page.
fn fault(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (path, wanted) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { page.to_path_buf() } else { page.parent().unwrap().join(path) };
    if !target.exists() {
        return Some(format!("{}: `{link}` leads nowhere", page.display()));
    }
    let wanted = wanted?;
    (!anchors(&fs::read_to_string(&target).unwrap()).contains(wanted))
        .then(|| format!("{}: `{link}` names no heading", page.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            count += 1;
            // Of rustdoc's links to items the compiler knows.
            if !link.contains("::") {
                faults.extend(fault(&page, &link));
            }
        }
    }
    assert!(count > 20, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = root().join("docs/src/SUMMARY.md");
    assert!(fault(&page, "nowhere.md").is_some());
    assert!(fault(&page, "lists.md#nowhere").is_some());
    assert_eq!(fault(&page, "judges.md#try-a-folder-of-documents"), None);
    assert_eq!(links("`a](b)` [c](d) [`e`](f)\n```\n[g](h)\n```\n"), ["d", "f"]);
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let folder = root().join("docs/src");
    let listed: BTreeSet<String> = links(&fs::read_to_string(folder.join("SUMMARY.md")).unwrap()).into_iter().collect();
    let pages = files(&folder, ".md").into_iter().map(|page| page.file_name().unwrap().to_string_lossy().into_owned());
    let pages: BTreeSet<String> = pages.filter(|page| page != "SUMMARY.md").collect();
    assert_eq!(listed, pages);
}

/// The page of all findings.
fn findings() -> String {
    let mut all: Vec<&Explanation> = xtask::codes::all().collect();
    all.sort_by_key(|explanation| explanation.code);
    let mut page = "# Findings\n\nWhat the codes mean that `cargo xtask regen`, `lint` and the other commands print; \
                    `cargo xtask explain CODE` shows one.\n"
        .to_owned();
    for Explanation { code, title, text, before, after } in all {
        let fenced = |text: &str| format!("````text\n{}\n````\n", text.trim_end());
        write!(page, "\n## {code}\n\n*{title}.* {text}\n\nBefore:\n\n{}\nAfter:\n\n{}", fenced(before), fenced(after))
            .unwrap();
    }
    page
}

#[test]
fn the_list_of_findings_is_what_explain_says() {
    let file = root().join("docs/src/findings.md");
    let wanted = findings();
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&file, &wanted).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == wanted, "run `UPDATE_GOLDEN=1 cargo test -p xtask --test book`");
}
