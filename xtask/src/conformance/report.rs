//! What became of the scenarios, as text and as JSON.

use super::reviewed::Reviewed;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// How a scenario went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As the suite says, and the server agrees.
    Passed,
    /// OpenAPI cannot say it.
    Inexpressible,
    /// Otherwise.
    Failed,
}

/// One scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioReport {
    /// Its name.
    pub name: String,
    /// Its API.
    pub api: String,
    /// How it went.
    pub outcome: Outcome,
    /// Why it failed, or cannot be said.
    pub causes: Vec<String>,
    /// What a strict reading of the answers refuses, and the usual one reads.
    pub refused: Vec<String>,
}

/// The scenarios in one version of OpenAPI.
#[derive(Debug, Serialize)]
pub struct VersionReport {
    /// OpenAPI's version.
    pub version: String,
    /// The scenarios by name.
    pub scenarios: Vec<ScenarioReport>,
    /// What makes the run fail.
    pub complaints: Vec<String>,
}

/// The whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// By OpenAPI's version.
    pub versions: Vec<VersionReport>,
}

impl VersionReport {
    /// Puts together what the calls, the server and the reviewer say. `is_whole` says whether all scenarios were called.
    pub fn new(
        version: &str,
        mut scenarios: Vec<ScenarioReport>,
        coverage: &BTreeMap<String, String>,
        reviewed: &Reviewed,
        is_whole: bool,
    ) -> Self {
        let mut complaints = Vec::new();
        for scenario in &mut scenarios {
            let seen = coverage.get(&scenario.name).map_or("unknown", String::as_str);
            if scenario.outcome == Outcome::Passed && seen != "pass" {
                scenario.outcome = Outcome::Failed;
                scenario.causes.push(format!("the server says `{seen}`"));
            }
            let reason = reviewed.reason(version, &scenario.name);
            match (scenario.outcome, reason) {
                (Outcome::Failed, Some(reason)) => {
                    scenario.outcome = Outcome::Inexpressible;
                    scenario.causes.insert(0, reason.to_owned());
                }
                (Outcome::Passed, Some(_)) => complaints.push(format!(
                    "{} passes, though xtask/conformance/reviewed.json says that it cannot be said: take it out",
                    scenario.name
                )),
                (Outcome::Failed, None) if !reviewed.was_failing(version, &scenario.name) => {
                    complaints.push(format!("{} fails, and did not before", scenario.name));
                }
                (Outcome::Passed, None) if reviewed.was_failing(version, &scenario.name) => complaints
                    .push(format!("{} passes, and did not before: run with `--write-baseline`", scenario.name)),
                _ => {}
            }
        }
        if is_whole {
            let names: BTreeSet<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
            let unknown = reviewed.unknown(version, &names);
            complaints.extend(unknown.into_iter().map(|name| format!("the suite has no scenario `{name}`")));
        }
        Self { version: version.to_owned(), scenarios, complaints }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.scenarios.iter().filter(|scenario| scenario.outcome == outcome).count()
    }

    /// How many have passed that a strict reading of their answers refuses.
    fn only_leniently(&self) -> usize {
        self.scenarios.iter().filter(|scenario| scenario.is_only_lenient()).count()
    }
}

impl ScenarioReport {
    /// Whether it has passed, and a strict reading of its answers refuses them.
    fn is_only_lenient(&self) -> bool {
        self.outcome == Outcome::Passed && !self.refused.is_empty()
    }
}

impl Report {
    /// Whether nothing has become worse, and all that was reviewed still holds.
    pub fn is_kept(&self) -> bool {
        self.versions.iter().all(|version| version.complaints.is_empty())
    }

    /// The names of what fails, by version.
    pub fn failing(&self) -> BTreeMap<String, BTreeSet<String>> {
        let failing = |version: &VersionReport| {
            let failed = version.scenarios.iter().filter(|scenario| scenario.outcome == Outcome::Failed);
            (version.version.clone(), failed.map(|scenario| scenario.name.clone()).collect())
        };
        self.versions.iter().map(failing).collect()
    }

    /// The report for people: a line for each version, then what failed, with causes; what several versions say alike is
    /// said once. With `verbose` also what cannot be said, and what a strict reading refuses.
    pub fn to_text(&self, verbose: bool) -> String {
        /// The longest cause that is shown, in characters.
        const LONGEST: usize = 300;
        let mut text = format!(
            "{:<8} {:>9} {:>7} {:>16} {:>7} {:>15}\n",
            "OpenAPI", "scenarios", "passed", "(only leniently)", "failed", "not expressible"
        );
        for version in &self.versions {
            let [passed, failed, not] =
                [Outcome::Passed, Outcome::Failed, Outcome::Inexpressible].map(|outcome| version.count(outcome));
            let _ = writeln!(
                text,
                "{:<8} {:>9} {passed:>7} {:>16} {failed:>7} {not:>15}",
                version.version,
                version.scenarios.len(),
                version.only_leniently()
            );
        }
        let mut told: BTreeMap<(Outcome, &str, String), Vec<&str>> = BTreeMap::new();
        for version in &self.versions {
            for scenario in &version.scenarios {
                let outcome = scenario.outcome;
                let is_told = match outcome {
                    Outcome::Passed => verbose && scenario.is_only_lenient(),
                    Outcome::Inexpressible => verbose,
                    Outcome::Failed => true,
                };
                if !is_told {
                    continue;
                }
                let cause = scenario.causes.first().or(scenario.refused.first()).map_or("", String::as_str);
                let cause: String = cause.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
                told.entry((outcome, &scenario.name, cause)).or_default().push(&version.version);
            }
        }
        for ((outcome, name, cause), versions) in told {
            let word = match outcome {
                Outcome::Passed => "passed only leniently",
                Outcome::Inexpressible => "not expressible",
                Outcome::Failed => "failed",
            };
            let _ = writeln!(text, "\n{word}: {name} ({})\n  {cause}", versions.join(", "));
        }
        for version in &self.versions {
            for complaint in &version.complaints {
                let _ = writeln!(text, "\nerror: {}: {complaint}", version.version);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewed() -> Reviewed {
        let folder = tempfile::tempdir().unwrap();
        let reviewed = r#"{"inexpressible": [{"scenarios": ["Said_*"], "reason": "no word for it"}], "lists": []}"#;
        std::fs::write(folder.path().join("reviewed.json"), reviewed).unwrap();
        std::fs::write(folder.path().join("baseline.json"), r#"{"failing": {"3.1": ["Known"]}}"#).unwrap();
        Reviewed::read(folder.path()).unwrap()
    }

    fn report(scenarios: &[(&str, Outcome)], coverage: &[(&str, &str)], is_whole: bool) -> VersionReport {
        let scenarios = scenarios.iter().map(|(name, outcome)| ScenarioReport {
            name: (*name).to_owned(),
            api: "api".to_owned(),
            outcome: *outcome,
            causes: Vec::new(),
            refused: Vec::new(),
        });
        let coverage = coverage.iter().map(|(name, status)| ((*name).to_owned(), (*status).to_owned())).collect();
        VersionReport::new("3.1", scenarios.collect(), &coverage, &reviewed(), is_whole)
    }

    #[test]
    fn what_passed_before_must_pass() {
        let kept = report(&[("Known", Outcome::Failed), ("Said_a", Outcome::Failed)], &[], true);
        assert_eq!(kept.complaints, Vec::<String>::new());
        assert_eq!(kept.scenarios[1].outcome, Outcome::Inexpressible);
        assert_eq!(kept.scenarios[1].causes, ["no word for it"]);
        let worse = report(&[("New", Outcome::Failed)], &[], false);
        assert_eq!(worse.complaints, ["New fails, and did not before"]);
    }

    #[test]
    fn the_server_has_the_last_word() {
        let scenarios = [("A", Outcome::Passed), ("B", Outcome::Passed), ("C", Outcome::Passed)];
        let report = report(&scenarios, &[("A", "pass"), ("B", "fail")], false);
        let outcomes: Vec<Outcome> = report.scenarios.iter().map(|scenario| scenario.outcome).collect();
        assert_eq!(outcomes, [Outcome::Passed, Outcome::Failed, Outcome::Failed]);
        assert_eq!(report.scenarios[1].causes, ["the server says `fail`"]);
    }

    #[test]
    fn what_was_reviewed_must_still_hold() {
        let pass = [("Known", "pass"), ("Said_a", "pass")];
        let better = report(&[("Known", Outcome::Passed), ("Said_a", Outcome::Passed)], &pass, true);
        assert_eq!(better.complaints.len(), 2, "{:?}", better.complaints);
        let gone = report(&[("Known", Outcome::Failed)], &[], true);
        assert_eq!(gone.complaints, ["the suite has no scenario `Said_*`"]);
    }

    #[test]
    fn what_a_strict_reading_refuses_is_counted_and_told() {
        let mut version =
            report(&[("Lax", Outcome::Passed), ("B", Outcome::Passed)], &[("Lax", "pass"), ("B", "pass")], false);
        version.scenarios[0].refused.push("`next` is missing".to_owned());
        let report = Report { versions: vec![version] };
        assert!(
            report.to_text(false).contains("3.1              2       2                1       0"),
            "{}",
            report.to_text(false)
        );
        assert!(report.to_text(true).contains("passed only leniently: Lax (3.1)\n  `next` is missing"));
    }

    #[test]
    fn versions_that_fail_alike_are_told_once() {
        let version = |version: &str| VersionReport {
            version: version.to_owned(),
            ..report(&[("New", Outcome::Failed)], &[], false)
        };
        let text = Report { versions: vec![version("3.0"), version("3.1")] }.to_text(false);
        assert!(text.contains("failed: New (3.0, 3.1)"), "{text}");
    }
}
