//! The thread through the calls to a server with a memory: what one call creates is what the next ones are about.

use super::calls::Call;
use codegen::plan::Operation;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Which arguments come from which answers, by API: what the documents do not say.
const LINKS: &str = include_str!("../../contract/sandbox.json");

/// An argument that is taken from an answer.
#[derive(Clone, Debug, Deserialize)]
struct Link {
    parameter: String,
    of: Vec<String>,
    from: String,
    pointer: String,
}

/// The answers so far, and what is to be taken from them.
#[derive(Debug, Default)]
pub struct Thread {
    links: Vec<Link>,
    answers: BTreeMap<String, Value>,
}

impl Thread {
    /// The thread of one API's calls.
    pub fn new(api: &str) -> Self {
        Self { links: links().remove(api).unwrap_or_default(), answers: BTreeMap::new() }
    }

    /// Puts what was answered before into a call.
    pub fn apply(&self, operation: &Operation, call: &mut Call) {
        for link in self.links.iter().filter(|link| link.of.contains(&operation.id)) {
            let parameter = operation.parameters.iter().find(|parameter| parameter.name == link.parameter);
            let value = self.answers.get(&link.from).and_then(|answer| answer.pointer(&link.pointer));
            if let Some((parameter, value)) = parameter.zip(value) {
                call.arguments.insert(parameter.ident.clone(), value.clone());
            }
        }
    }

    /// Keeps an answer.
    pub fn keep(&mut self, operation: &Operation, report: &Value) {
        let body = report.pointer("/response/body").and_then(Value::as_str);
        if let Some(body) = body.and_then(|body| serde_json::from_str(body).ok()) {
            self.answers.insert(operation.id.clone(), body);
        }
    }
}

/// The file is compiled in, and a test reads it.
fn links() -> BTreeMap<String, Vec<Link>> {
    serde_json::from_str(LINKS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::calls::{self, Variant};
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    #[test]
    fn the_links_can_be_read() {
        assert!(links().values().all(|links| !links.is_empty()) && !links().is_empty());
    }

    #[test]
    fn what_was_created_is_what_is_deleted() {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "make"}}, "/a/{aId}": {"delete": {"operationId": "drop"}}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let link = json!({"parameter": "aId", "of": ["drop"], "from": "make", "pointer": "/id"});
        let mut thread = Thread { links: vec![serde_json::from_value(link).unwrap()], ..Thread::default() };
        thread.keep(&plan.operations[0], &json!({"response": {"body": "{\"id\": \"7\"}"}}));
        let mut call = calls::call(&document, &plan, 1, Variant::All).unwrap();
        thread.apply(&plan.operations[1], &mut call);
        assert_eq!(Value::Object(call.arguments), json!({"a_id": "7"}));
    }
}
