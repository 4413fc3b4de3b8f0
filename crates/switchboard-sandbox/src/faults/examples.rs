//! Examples of every kind of fault, so that a test can try them all and none is forgotten.

use std::time::Duration;

use serde_json::{Value, json};

use super::Fault;
use crate::journal::Api;

/// Properties of an API's connections that are worth spoiling.
struct Fields {
    /// What tells one connection from another.
    id: &'static str,
    /// A text that clients count on.
    text: &'static str,
    /// One of a set of values.
    choice: &'static str,
    /// How many there are, told beside each page; not of every API.
    total: Option<&'static str>,
}

const fn fields(api: Api) -> Fields {
    match api {
        Api::ActiveCampaign => Fields { id: "id", text: "name", choice: "status", total: Some("total") },
        Api::UnifiedTo => Fields { id: "id", text: "integration_type", choice: "categories", total: None },
        Api::SitecorePersonalize => Fields { id: "ref", text: "name", choice: "systemType", total: None },
    }
}

/// At least one fault of each kind, made for the list of an API's connections.
pub(crate) fn examples(api: Api) -> Vec<Fault> {
    let fields = fields(api);
    let (lists, totals) = (lists(), fields.total.map(totals).unwrap_or_default());
    [connection(), statuses(), errors_as_success(), requests(), bodies(), codings(), lists, totals, values(&fields)]
        .concat()
}

fn connection() -> Vec<Fault> {
    vec![
        Fault::Slow(Duration::from_secs(5)),
        Fault::Slow(Duration::from_secs(24 * 3600)),
        Fault::Reset,
        Fault::CutOff,
        Fault::LongerBody("\r\n".to_owned()),
        Fault::LongerBody("{}".to_owned()),
    ]
}

fn statuses() -> Vec<Fault> {
    let mut faults = [400, 401, 403, 404, 500, 502, 503].map(Fault::status).to_vec();
    faults.push(Fault::too_many_requests("1"));
    faults.push(Fault::status(204).with_body(""));
    faults.push(Fault::status(302).with_header("Location", "/login"));
    faults
}

/// What says that something went wrong, under a status that says that nothing did.
fn errors_as_success() -> Vec<Fault> {
    let mut faults = [401, 500].map(Fault::SoftError).to_vec();
    let bodies = [
        "{}",
        "null",
        r#"{"error":{"code":"overloaded","message":"Try again later."}}"#,
        r#"{"errors":[{"title":"Try again later."}]}"#,
        r#"{"success":false,"message":"Try again later."}"#,
        "<html><body>Try again later.</body></html>",
    ];
    faults.extend(bodies.map(|body| Fault::status(200).with_body(body)));
    faults
}

fn requests() -> Vec<Fault> {
    ["offset", "limit"].map(|name| Fault::IgnoredParameter(name.to_owned())).to_vec()
}

fn bodies() -> Vec<Fault> {
    vec![Fault::MalformedJson, Fault::EmptyBody, Fault::header("Content-Type", "text/html")]
}

fn codings() -> Vec<Fault> {
    let gzip = |members, rest: &str| Fault::Gzip { coding: "gzip".to_owned(), members, rest: rest.to_owned() };
    let mut faults = ["gzip", "GZIP", "x-gzip"].map(Fault::gzip).to_vec();
    faults.extend([gzip(3, ""), gzip(1, "left over")]);
    faults.extend(["br", "gzip"].map(|coding| Fault::header("Content-Encoding", coding)));
    faults
}

fn lists() -> Vec<Fault> {
    let mut faults = [Value::Null, json!([]), json!({}), json!("")].map(Fault::ReplacedList).to_vec();
    faults.extend([Fault::MissingList, Fault::ShortList(1)]);
    faults
}

/// A total that is not there, too large, or too small, as where only a page's items are counted.
fn totals(name: &str) -> Vec<Fault> {
    let wrong = [Value::Null, json!("0"), json!("1"), json!("1000000"), json!("many")];
    let mut faults = wrong.map(|total| Fault::replaced_field(name, total)).to_vec();
    faults.push(Fault::missing_field(name));
    faults
}

fn values(Fields { id, text, choice, .. }: &Fields) -> Vec<Fault> {
    vec![
        Fault::unknown_enum_value(*choice, "NEW"),
        Fault::missing_field(*id),
        Fault::missing_field(*text),
        Fault::replaced_field(*id, Value::Null),
        Fault::replaced_field(*id, ""),
        Fault::replaced_field(*text, Value::Null),
        Fault::replaced_field(*text, json!({})),
        Fault::raw_field(*id, r#""\ud83d""#),
        Fault::raw_field(*text, r#""\ud83d""#),
        Fault::raw_field(*text, "1e400"),
        Fault::raw_field(*text, "12345678901234567890.10"),
        Fault::raw_field(*text, "NaN"),
        Fault::ExtraField { field: "new".to_owned(), value: json!({ "is": "here" }) },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_an_example_for_every_api() {
        for api in Api::ALL {
            let examples = examples(api);
            let kinds = examples.iter().map(Fault::kind).collect::<BTreeSet<_>>();
            assert_eq!(kinds, Fault::KINDS.iter().copied().collect(), "{api:?}");
            for (index, fault) in examples.iter().enumerate() {
                assert!(!examples[..index].contains(fault), "{fault:?} comes twice");
            }
        }
    }
}
