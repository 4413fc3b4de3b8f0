//! The values on their way: each goes into the program of its schema's crate, and what comes out is compared.

use super::{
    suite::{Instance, Suite},
    value::same,
};
use crate::{contract::Driver, process};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

/// How long the program may take for a value.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The generator refused it, or has no type for it: why.
    Refused(String),
    /// It is any JSON, which says nothing of it but keeps everything.
    Any,
    /// It is a type.
    Typed,
}

/// A schema of the suite with its place among the types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What became of it.
    pub schema: Schema,
    /// The package of its crate, and which of its operations answers with it.
    pub place: (String, usize),
}

/// What became of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The suite's file.
    pub keyword: String,
    /// The value's name.
    pub name: String,
    /// What is wrong with it; nothing, if it came back as it was.
    pub fault: Option<String>,
}

/// What the values are read with.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The suite.
    pub suite: &'a Suite,
    /// The program of all crates.
    pub program: &'a Path,
    /// What it may take.
    pub limits: process::Limits,
}

impl Session<'_> {
    /// Brings all valid values of the answered schemas through their types.
    pub fn run(&self, answers: &BTreeMap<usize, Answer>) -> Vec<Outcome> {
        let mut drivers = BTreeMap::new();
        let mut outcomes = Vec::new();
        for (index, answer) in answers {
            let Some(group) = self.suite.groups.get(*index) else { continue };
            for value in group.values.iter().filter(|value| value.is_valid) {
                let fault = match &answer.schema {
                    Schema::Refused(why) => Some(format!("the schema became no type: {why}")),
                    Schema::Any | Schema::Typed => self.fault(answer, value, &mut drivers),
                };
                outcomes.push(Outcome { keyword: group.keyword.clone(), name: group.name(value), fault });
            }
        }
        outcomes
    }

    fn fault(&self, answer: &Answer, value: &Instance, drivers: &mut BTreeMap<String, Driver>) -> Option<String> {
        let (package, schema) = &answer.place;
        let line = json!({"schema": schema, "value": value.text});
        let mut driver = match drivers.remove(package).map_or_else(|| self.start(package), Ok) {
            Ok(driver) => driver,
            Err(words) => return Some(words),
        };
        // One that gave no answer is of no use any more: the next value gets another.
        let report = match driver.call(&line, PATIENCE) {
            Ok(report) => report,
            Err(words) => return Some(words),
        };
        drivers.insert(package.clone(), driver);
        fault(&report, &value.text)
    }

    fn start(&self, package: &str) -> Result<Driver, String> {
        let mut command = Command::new(self.program);
        command.arg(package);
        Driver::start(command, &Value::Null, self.limits.memory)
    }
}

/// What is wrong with what became of a value.
fn fault(report: &Value, sent: &str) -> Option<String> {
    let text = |key: &str| report.get(key).and_then(Value::as_str);
    match (text("written"), text("problem")) {
        (Some(written), _) if same(sent, written) => None,
        (Some(written), _) => Some(format!("it becomes {written}")),
        (None, problem) => Some(format!("it is not read: {}", problem.unwrap_or("without a word"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_if_it_comes_back() {
        assert_eq!(fault(&json!({"written": "{\"a\":1}"}), "{\"a\": 1.0}"), None);
        assert_eq!(fault(&json!({"written": "{}"}), "{\"a\": 1}").as_deref(), Some("it becomes {}"));
        assert_eq!(fault(&json!({"problem": "no"}), "1").as_deref(), Some("it is not read: no"));
    }
}
