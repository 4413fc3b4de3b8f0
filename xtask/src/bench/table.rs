//! What was measured, as Markdown: a table for each document, and one of ratios over all.

use super::{Result, Step};
use codegen::sanitize::sanitize;
use std::{collections::BTreeSet, fmt::Write as _};

/// How much of a failure is shown.
const SHOWN: usize = 120;

/// All tables. `results` are sorted by document; the first generator of each is what the others are compared with.
pub fn text(results: &[Result], steps: &[Step]) -> String {
    let mut text = String::new();
    for document in results.chunk_by(|one, other| one.document == other.document) {
        let name = document.first().map_or("", |first| first.document.as_str());
        let _ = write!(text, "### {}\n\n| generator | lines | KiB |", sanitize(name, SHOWN));
        steps.iter().for_each(|step| text.extend([" ", step.title(), " |"]));
        text.push_str("\n|---|---:|---:|");
        text.push_str(&"---:|".repeat(steps.len()));
        text.push('\n');
        for result in document {
            row(result, document.first(), steps, &mut text);
        }
        text.push('\n');
    }
    ratios(results, steps, &mut text);
    text
}

fn row(result: &Result, first: Option<&Result>, steps: &[Step], text: &mut String) {
    let size = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    let lines = u64::try_from(result.lines).unwrap_or(u64::MAX);
    let _ = write!(text, "| {} | {} | {} |", result.generator, size(lines), size(result.bytes >> 10));
    // A step that no column is of failed before all of them.
    let before = result.failure.as_ref().filter(|(failed, _)| !steps.contains(failed));
    for (index, step) in steps.iter().enumerate() {
        let _ = match before.filter(|_| index == 0) {
            Some((failed, why)) => write!(text, " failed at {}: {} |", failed.title(), shown(why)),
            None => write!(text, " {} |", cell(result, first, *step)),
        };
    }
    text.push('\n');
}

/// Seconds, the ratio to the first generator's, the memory, and the size of a program.
fn cell(result: &Result, first: Option<&Result>, step: Step) -> String {
    if let Some((_, why)) = result.failure.as_ref().filter(|(failed, _)| *failed == step) {
        return format!("failed: {}", shown(why));
    }
    let Some(median) = result.median(step) else { return String::new() };
    let mut cell = seconds(median);
    if let Some(ratio) = first.and_then(|first| ratio(result, first, step)) {
        let _ = write!(cell, " ({ratio:.2}×)");
    }
    if let Some(peak) = result.peak(step) {
        let _ = write!(cell, ", {} MiB", peak >> 20);
    }
    if let Some(bytes) = result.program().filter(|_| step == Step::Program) {
        let _ = write!(cell, ", linked {} KiB", bytes >> 10);
        if let Some(own) = first.filter(|first| first.generator != result.generator).and_then(Result::program) {
            let _ = write!(cell, " ({:.2}×)", number(bytes) / number(own.max(1)));
        }
    }
    cell
}

/// What a program said, as a cell may have it.
fn shown(why: &str) -> String {
    sanitize(why, SHOWN).replace('|', "\\|")
}

/// How much longer a step took than in `first`; nothing for that one itself.
fn ratio(result: &Result, first: &Result, step: Step) -> Option<f64> {
    if result.generator == first.generator {
        return None;
    }
    Some(number(result.median(step)?) / number(first.median(step)?.max(1)))
}

/// For each generator and step, the median of the ratios over the documents that both brought that far.
fn ratios(results: &[Result], steps: &[Step], text: &mut String) {
    let Some(first) = results.first().map(|first| first.generator) else { return };
    let mut seen = BTreeSet::from([first]);
    let generators: Vec<&str> =
        results.iter().map(|result| result.generator).filter(|generator| seen.insert(generator)).collect();
    if generators.is_empty() {
        return;
    }
    let _ = write!(text, "### Time beside {first}, median over the documents\n\n| generator | failed |");
    steps.iter().for_each(|step| text.extend([" ", step.title(), " |"]));
    text.push_str("\n|---|---:|");
    text.push_str(&"---:|".repeat(steps.len()));
    text.push('\n');
    for generator in generators {
        let own = || results.iter().filter(|result| result.generator == generator);
        let failed = own().filter(|result| result.failure.is_some()).count();
        let _ = write!(text, "| {generator} | {failed} of {} |", own().count());
        for step in steps {
            let ratios = own().filter_map(|result| {
                let same = |other: &&Result| other.generator == first && other.document == result.document;
                ratio(result, results.iter().find(same)?, *step)
            });
            let mut ratios: Vec<f64> = ratios.collect();
            ratios.sort_by(f64::total_cmp);
            match ratios.get(ratios.len().saturating_sub(1) / 2) {
                Some(middle) => _ = write!(text, " {middle:.2}× of {} |", ratios.len()),
                None => text.push_str(" |"),
            }
        }
        text.push('\n');
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{:.2} s", number(milliseconds) / 1000.0)
}

/// A number of milliseconds, for dividing.
#[expect(clippy::cast_precision_loss, reason = "nothing measured here takes 2^53 milliseconds")]
fn number(milliseconds: u64) -> f64 {
    milliseconds as f64
}

#[cfg(test)]
mod tests {
    use super::super::Cost;
    use super::*;

    fn result(document: &str, generator: &'static str, check: &[u64]) -> Result {
        let cost =
            |milliseconds: &u64| Cost { milliseconds: *milliseconds, peak_bytes: Some(3 << 20), program_bytes: None };
        let costs = [(Step::Check, check.iter().map(cost).collect())].into();
        Result { document: document.to_owned(), generator, lines: 10, bytes: 2048, costs, failure: None }
    }

    #[test]
    fn medians_are_compared_with_the_first_generators_and_failures_are_said() {
        let mut failed = result("a.json", "third", &[]);
        failed.costs.clear();
        failed.failure = Some((Step::Check, "no | such type".to_owned()));
        let mut lost = result("a.json", "fourth", &[]);
        lost.failure = Some((Step::Generate, "no such word".to_owned()));
        let results = [
            result("a.json", "ours", &[1000, 9000, 500]),
            result("a.json", "peer", &[2000, 2000, 100]),
            failed,
            lost,
            result("b.json", "ours", &[100]),
            result("b.json", "peer", &[400]),
        ];
        let expected = "\
### a.json

| generator | lines | KiB | check |
|---|---:|---:|---:|
| ours | 10 | 2 | 1.00 s, 3 MiB |
| peer | 10 | 2 | 2.00 s (2.00×), 3 MiB |
| third | 10 | 2 | failed: no \\| such type |
| fourth | 10 | 2 | failed at generate: no such word |

### b.json

| generator | lines | KiB | check |
|---|---:|---:|---:|
| ours | 10 | 2 | 0.10 s, 3 MiB |
| peer | 10 | 2 | 0.40 s (4.00×), 3 MiB |

### Time beside ours, median over the documents

| generator | failed | check |
|---|---:|---:|
| peer | 0 of 2 | 2.00× of 2 |
| third | 1 of 1 | |
| fourth | 1 of 1 | |
";
        assert_eq!(text(&results, &[Step::Check]), expected);
    }

    #[test]
    fn programs_are_compared_by_their_size_too() {
        let linked = |generator, program_bytes| {
            let cost = Cost { milliseconds: 1000, peak_bytes: None, program_bytes: Some(program_bytes) };
            let costs = [(Step::Program, vec![cost])].into();
            Result { document: "a.json".to_owned(), generator, costs, ..Result::default() }
        };
        let text = text(&[linked("ours", 2 << 20), linked("peer", 3 << 20)], &[Step::Program]);
        assert!(text.contains("| ours |  |  | 1.00 s, linked 2048 KiB |\n"), "{text}");
        assert!(text.contains("| peer |  |  | 1.00 s (1.00×), linked 3072 KiB (1.50×) |\n"), "{text}");
    }
}
