//! What became of the schemas and their values, as text and as JSON.

use super::{
    checker::Verdict,
    reviewed::{Baseline, Reasons, Reviewed},
    session::{Answer, Outcome, Schema},
    suite::Suite,
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _};

/// What became of a value, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It came back as it was.
    Kept,
    /// It did not, for a reason that a person has checked.
    NotKept,
    /// It did not.
    Lost,
}

/// A value.
#[derive(Clone, Debug, Serialize)]
pub struct ValueReport {
    /// Its name.
    pub name: String,
    /// The suite's file.
    pub keyword: String,
    /// What became of it.
    pub fate: Fate,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Why that is so, where somebody has looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The schemas of one of the suite's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Schemas {
    /// All.
    pub all: usize,
    /// Those that became a type which says something of them.
    pub typed: usize,
    /// Those that became any JSON.
    pub any: usize,
    /// Those that became nothing.
    pub refused: usize,
}

/// What the generator's own validator says of all values.
#[derive(Debug, Default, Serialize)]
pub struct Verdicts {
    /// How many values it was asked about.
    pub all: usize,
    /// Those of which it says something else than the suite.
    pub otherwise: Vec<VerdictReport>,
}

/// A value that the generator's own validator judges otherwise than the suite.
#[derive(Debug, Serialize)]
pub struct VerdictReport {
    /// The value's name.
    pub name: String,
    /// What it finds wrong with a valid value; nothing, where it lets an invalid one pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Why that is so, where somebody has looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Verdicts {
    fn new(verdicts: Vec<Verdict>, reviewed: &Reviewed) -> Self {
        let all = verdicts.len();
        let otherwise = verdicts.into_iter().filter(|verdict| !verdict.agrees()).map(|verdict| {
            let reason = reviewed.judged_otherwise.of(&verdict.name).map(str::to_owned);
            VerdictReport { name: verdict.name, fault: verdict.fault, reason }
        });
        Self { all, otherwise: otherwise.collect() }
    }

    fn complain(&self, reviewed: &Reviewed, is_whole: bool) -> Vec<String> {
        let wrong = self.otherwise.iter().filter(|verdict| verdict.reason.is_none());
        let mut complaints: Vec<String> = wrong
            .map(|verdict| match &verdict.fault {
                Some(fault) => format!("`{}` is valid, and the validator says: {}", verdict.name, cut(fault)),
                None => format!("`{}` is not valid, and the validator says nothing", verdict.name),
            })
            .collect();
        if is_whole {
            let names: Vec<&str> = self.otherwise.iter().map(|verdict| verdict.name.as_str()).collect();
            complaints.extend(idle(&reviewed.judged_otherwise, "judged otherwise", &names));
        }
        complaints
    }
}

/// The whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The schemas by the suite's files.
    pub schemas: BTreeMap<String, Schemas>,
    /// The schemas that became nothing, with the generator's words.
    pub refused: BTreeMap<String, String>,
    /// The values in the suite's order.
    pub values: Vec<ValueReport>,
    /// What the generator's own validator says of them, and of those that are not valid.
    pub verdicts: Verdicts,
    /// What makes the run fail.
    pub complaints: Vec<String>,
}

impl Report {
    /// Puts together what became of the schemas and the values, and what was reviewed. `is_whole` says whether all of the
    /// suite's files were picked.
    pub fn new(
        suite: &Suite,
        answers: &BTreeMap<usize, Answer>,
        outcomes: Vec<Outcome>,
        verdicts: Vec<Verdict>,
        reviewed: &Reviewed,
        is_whole: bool,
    ) -> Self {
        let (mut schemas, mut refused) = (BTreeMap::<String, Schemas>::new(), BTreeMap::new());
        for (index, answer) in answers {
            let Some(group) = suite.groups.get(*index) else { continue };
            let counted = schemas.entry(group.keyword.clone()).or_default();
            counted.all += 1;
            match &answer.schema {
                Schema::Typed => counted.typed += 1,
                Schema::Any => counted.any += 1,
                Schema::Refused(why) => {
                    counted.refused += 1;
                    refused.insert(group.title(), why.clone());
                }
            }
        }
        let values = outcomes.into_iter().map(|outcome| judged(outcome, reviewed)).collect();
        let verdicts = Verdicts::new(verdicts, reviewed);
        let mut report = Self { schemas, refused, values, verdicts, complaints: Vec::new() };
        report.complaints = report.complain(reviewed, is_whole);
        report.complaints.extend(report.verdicts.complain(reviewed, is_whole));
        report
    }

    /// How far the types have come.
    pub fn baseline(&self) -> Baseline {
        let kept = self.schemas.keys().map(|keyword| (keyword.clone(), self.count(keyword, Fate::Kept)));
        let lost = self.values.iter().filter(|value| value.fate == Fate::Lost).map(|value| value.name.clone());
        Baseline { kept: kept.collect(), lost: lost.collect() }
    }

    fn count(&self, keyword: &str, fate: Fate) -> usize {
        self.values.iter().filter(|value| value.keyword == keyword && value.fate == fate).count()
    }

    fn complain(&self, reviewed: &Reviewed, is_whole: bool) -> Vec<String> {
        let Baseline { kept, lost } = &reviewed.baseline;
        let mut complaints = Vec::new();
        for value in &self.values {
            match (value.fate, lost.contains(&value.name)) {
                (Fate::Lost, false) => complaints.push(format!("`{}` is lost, and was not before", value.name)),
                (Fate::Kept | Fate::NotKept, true) => complaints
                    .push(format!("`{}` is lost no longer without a reason: run with `--write-baseline`", value.name)),
                _ => {}
            }
        }
        for keyword in self.schemas.keys() {
            let (now, before) = (self.count(keyword, Fate::Kept), kept.get(keyword).copied().unwrap_or_default());
            if now < before {
                complaints.push(format!("{keyword}: {now} values are kept, and {before} were before"));
            } else if now > before {
                complaints.push(format!(
                    "{keyword}: {now} values are kept, and {before} were before: run with `--write-baseline`"
                ));
            }
        }
        if is_whole {
            let fallen: Vec<&str> =
                self.values.iter().filter(|value| value.fate != Fate::Kept).map(|value| value.name.as_str()).collect();
            complaints.extend(idle(&reviewed.not_kept, "lost", &fallen));
            let known = |name: &&String| self.values.iter().any(|value| value.name == **name);
            complaints
                .extend(lost.iter().filter(|name| !known(name)).map(|name| format!("the suite has no value `{name}`")));
        }
        complaints
    }

    /// Whether nothing has become worse, and all that was reviewed still holds.
    pub fn is_kept(&self) -> bool {
        self.complaints.is_empty()
    }

    /// The report for people: a line for each of the suite's files, then what was lost, with causes; with `verbose` also what
    /// is not kept for a reason.
    pub fn to_text(&self, verbose: bool) -> String {
        let mut text = format!(
            "{:<36} {:>7} {:>6} {:>5} {:>8} {:>7} {:>6} {:>9} {:>5}\n",
            "keyword", "schemas", "typed", "any", "refused", "values", "kept", "not kept", "lost"
        );
        let mut all = Schemas::default();
        for (keyword, schemas) in &self.schemas {
            line(
                &mut text,
                keyword,
                *schemas,
                [Fate::Kept, Fate::NotKept, Fate::Lost].map(|fate| self.count(keyword, fate)),
            );
            all.all += schemas.all;
            all.typed += schemas.typed;
            all.any += schemas.any;
            all.refused += schemas.refused;
        }
        let of = |fate: Fate| self.values.iter().filter(|value| value.fate == fate).count();
        line(&mut text, "all", all, [Fate::Kept, Fate::NotKept, Fate::Lost].map(of));
        for (schema, why) in &self.refused {
            let _ = writeln!(text, "\nrefused: {schema}\n  {}", cut(why));
        }
        let reasons = self.values.iter().filter_map(|value| value.reason.as_deref());
        let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
        reasons.for_each(|reason| *by_reason.entry(reason).or_default() += 1);
        for (reason, count) in by_reason {
            let _ = writeln!(text, "\nnot kept, {count} values: {reason}");
            let of_reason = self.values.iter().filter(|value| verbose && value.reason.as_deref() == Some(reason));
            for value in of_reason {
                let _ = writeln!(text, "  {}\n    {}", value.name, cut(value.fault.as_deref().unwrap_or_default()));
            }
        }
        for value in self.values.iter().filter(|value| value.fate == Fate::Lost) {
            let _ = writeln!(text, "\nlost: {}\n  {}", value.name, cut(value.fault.as_deref().unwrap_or_default()));
        }
        let Verdicts { all, otherwise } = &self.verdicts;
        let _ = writeln!(
            text,
            "\nthe generator's own validator: {all} values, {} judged as the suite does, {} otherwise",
            all - otherwise.len(),
            otherwise.len()
        );
        for complaint in &self.complaints {
            let _ = writeln!(text, "\nerror: {complaint}");
        }
        text
    }
}

/// What is said of patterns that no value has of which they were written.
fn idle(reasons: &Reasons, fate: &str, values: &[&str]) -> Vec<String> {
    let complaint =
        |glob| format!("xtask/json-schema/reviewed.json: no value that is {fate} is called `{glob}`: take it out");
    reasons.idle(values).map(complaint).collect()
}

fn line(text: &mut String, keyword: &str, schemas: Schemas, [kept, not_kept, lost]: [usize; 3]) {
    let Schemas { all, typed, any, refused } = schemas;
    let values = kept + not_kept + lost;
    let _ = writeln!(
        text,
        "{keyword:<36} {all:>7} {typed:>6} {any:>5} {refused:>8} {values:>7} {kept:>6} {not_kept:>9} {lost:>5}"
    );
}

fn judged(outcome: Outcome, reviewed: &Reviewed) -> ValueReport {
    let Outcome { keyword, name, fault } = outcome;
    let reason = fault.as_ref().and_then(|_| reviewed.not_kept.of(&name)).map(str::to_owned);
    let fate = match (&fault, &reason) {
        (None, _) => Fate::Kept,
        (Some(_), Some(_)) => Fate::NotKept,
        (Some(_), None) => Fate::Lost,
    };
    ValueReport { name, keyword, fate, fault, reason }
}

/// A cause on one line, not too long.
fn cut(cause: &str) -> String {
    /// In characters.
    const LONGEST: usize = 300;
    cause.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::suite::Group, *};

    fn reviewed() -> Reviewed {
        let folder = tempfile::tempdir().unwrap();
        let entries = r#"{"not_kept": [{"values": ["k: d: other*"], "reason": "of another type"}],
            "judged_otherwise": [{"values": ["k: d: not read"], "reason": "not known"}]}"#;
        std::fs::write(folder.path().join("reviewed.json"), entries).unwrap();
        std::fs::write(folder.path().join("baseline.json"), r#"{"kept": {"k": 1}, "lost": ["k: d: known"]}"#).unwrap();
        Reviewed::read(folder.path()).unwrap()
    }

    fn report(values: &[(&str, bool)]) -> Report {
        let group = Group {
            keyword: "k".to_owned(),
            description: "d".to_owned(),
            schema: serde_json::json!(true),
            values: Vec::new(),
        };
        let suite = Suite { groups: vec![group], remotes: BTreeMap::new() };
        let answer = Answer { schema: Schema::Typed, place: ("p".to_owned(), 0) };
        let outcome = |(name, is_kept): &(&str, bool)| Outcome {
            keyword: "k".to_owned(),
            name: format!("k: d: {name}"),
            fault: (!is_kept).then(|| "it becomes {}".to_owned()),
        };
        let outcomes = values.iter().map(outcome).collect();
        let verdicts = vec![verdict("not read", false, None), verdict("a", true, None)];
        Report::new(&suite, &BTreeMap::from([(0, answer)]), outcomes, verdicts, &reviewed(), true)
    }

    fn verdict(name: &str, is_valid: bool, fault: Option<&str>) -> Verdict {
        Verdict { name: format!("k: d: {name}"), is_valid, fault: fault.map(str::to_owned) }
    }

    #[test]
    fn the_validator_says_what_the_suite_says_or_the_review_why_not() {
        let complaints = |verdicts| Verdicts::new(verdicts, &reviewed()).complain(&reviewed(), true);
        let known = || verdict("not read", false, None);
        assert_eq!(complaints(vec![known(), verdict("good", true, None), verdict("bad", false, Some("w"))]), [""; 0]);
        assert_eq!(
            complaints(vec![known(), verdict("good", true, Some("too long")), verdict("bad", false, None)]),
            [
                "`k: d: good` is valid, and the validator says: too long",
                "`k: d: bad` is not valid, and the validator says nothing"
            ]
        );
        let idle = "xtask/json-schema/reviewed.json: no value that is judged otherwise is called `k: d: not read`: take it out";
        assert_eq!(complaints(Vec::new()), [idle]);
    }

    #[test]
    fn what_was_kept_must_be_kept() {
        let kept = report(&[("a", true), ("known", false), ("other b", false)]);
        assert!(kept.is_kept(), "{:?}", kept.complaints);
        let text = kept.to_text(false);
        assert!(text.contains("not kept, 1 values: of another type"), "{text}");
        assert!(text.contains("lost: k: d: known\n  it becomes {}"), "{text}");
        let worse = report(&[("a", false), ("known", false), ("other b", false)]);
        let told = ["`k: d: a` is lost, and was not before", "k: 0 values are kept, and 1 were before"];
        assert_eq!(worse.complaints, told);
    }

    #[test]
    fn a_reason_does_not_hide_what_becomes_worse() {
        let worse = report(&[("known", false), ("other a", false)]);
        assert_eq!(worse.complaints, ["k: 0 values are kept, and 1 were before"]);
    }

    #[test]
    fn what_was_reviewed_must_still_hold() {
        let better = report(&[("a", true), ("known", true), ("other b", true)]);
        assert_eq!(better.complaints.len(), 3, "{:?}", better.complaints);
        assert_eq!(better.baseline().kept["k"], 3);
        let gone = report(&[("a", true), ("other b", false)]);
        assert_eq!(gone.complaints, ["the suite has no value `k: d: known`"]);
    }
}
