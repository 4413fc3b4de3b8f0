//! The Sitecore Personalize records. References are UUIDs; in all but the seeds the last twelve digits are the row.

use serde_json::{Value, json};

use super::{Records, field_by_field, in_turn, moment};
use crate::{
    clock,
    table::{FieldMaker, Record, Table, record},
};

/// The tenant's key, as in the vendor's examples.
pub(crate) const CLIENT_KEY: &str = "pqsPERS3lw12v5a9rrHPW1c4hET73GxQ";
/// Who makes the changes that come over the API.
pub(crate) const USER: &str = "73fadb31-d0de-4ca8-848d-cef57ad78845";

const SEED_REF: &str = "65aeee1b-d0ba-478b-ac97-a6fced1b2a4a";
/// The decision model that the connection of the seeds calls, and one more.
const SEED_MODEL_REFS: [&str; 2] = ["36b56832-e5b4-46ac-856d-7ae2dd26e94c", "865ce079-6012-4f97-bc46-07215691a178"];
const CONNECTION_PREFIX: &str = "5c0ec0de-0000-4000-8000-";
const MODEL_PREFIX: &str = "dec15105-0000-4000-8000-";
const FLOW_PREFIX: &str = "f10f10f1-0000-4000-8000-";
/// The variant that all decision models have.
const VARIANT_REF: &str = "19700f15-4069-4121-b709-1031118677c8";

/// The row of a connection.
pub(crate) fn row_of(records: Records, reference: &str) -> Option<u64> {
    if records == Records::Seeds && reference == SEED_REF {
        return Some(0);
    }
    row_behind(CONNECTION_PREFIX, reference)
}

/// The reference of a connection that is no seed.
pub(crate) fn reference(row: u64) -> String {
    format!("{CONNECTION_PREFIX}{row:012x}")
}

/// The row of a decision model.
pub(crate) fn model_row_of(records: Records, reference: &str) -> Option<u64> {
    let seed = SEED_MODEL_REFS.iter().position(|seed| records == Records::Seeds && *seed == reference);
    seed.map(|row| row as u64).or_else(|| row_behind(MODEL_PREFIX, reference))
}

/// The row of a flow.
pub(crate) fn flow_row_of(reference: &str) -> Option<u64> {
    row_behind(FLOW_PREFIX, reference)
}

fn row_behind(prefix: &str, reference: &str) -> Option<u64> {
    u64::from_str_radix(reference.strip_prefix(prefix)?, 16).ok()
}

/// The connections. `base` is the API's base URL, which stands in many of their fields.
pub(crate) fn connections(records: Records, base: &str) -> Table {
    const FIELDS: &[&str] = &[
        "clientKey",
        "href",
        "ref",
        "name",
        "description",
        "modifiedByRef",
        "modifiedAt",
        "revision",
        "archived",
        "auth",
        "request",
        "exampleValue",
        "inputMappings",
        "outputMappings",
        "customHeaders",
        "urlParameters",
        "systemType",
        "connectionTimeout",
        "socketTimeout",
        "icon",
    ];
    let owned = base.to_owned();
    let field: FieldMaker = Box::new(move |row, name| connection_field(&owned, row, name));
    records.table(|| vec![connection_seed(base)], FIELDS, field)
}

fn connection_field(base: &str, row: u64, name: &str) -> Value {
    let number = row + 1;
    match name {
        "clientKey" => CLIENT_KEY.into(),
        "href" => format!("{base}/v2/connections/{}", reference(row)).into(),
        "ref" => reference(row).into(),
        "name" => format!("Web service {number}").into(),
        "description" => format!("Service number {number}").into(),
        "modifiedByRef" => USER.into(),
        "modifiedAt" => clock::in_utc(moment(row)).into(),
        "revision" => (row % 9 + 1).into(),
        "archived" => (row % 10 == 9).into(),
        "auth" => json!({ "authType": "NONE" }),
        "request" => {
            json!({ "requestType": "GET", "connectionUrl": format!("https://example.com/services/{number}") })
        }
        "exampleValue" => "".into(),
        "inputMappings" | "outputMappings" | "customHeaders" | "urlParameters" => json!([]),
        "systemType" => json!(in_turn(&["DATA_SYSTEM", "DESTINATION"], row)),
        "connectionTimeout" | "socketTimeout" => 1000.into(),
        _ => "assets/images/icons/connections/plug.svg".into(),
    }
}

fn connection_seed(base: &str) -> Record {
    record!({
        "clientKey": CLIENT_KEY,
        "href": format!("{base}/v2/connections/{SEED_REF}"),
        "ref": SEED_REF,
        "name": "First web service",
        "description": "first service",
        "modifiedByRef": "bfe5bd9a-f37b-4b9d-a3e4-169674d251ea",
        "modifiedAt": "2025-07-02T14:04:58.347Z",
        "revision": 1,
        "archived": false,
        "auth": {
            "authType": "OAUTH",
            "clientId": CLIENT_KEY,
            "accessTokenUrl": format!("{base}/v2/oauth/token"),
            "useMutualTls": false,
            "oauthCustomHeaders": [],
            "formUrlEncodedItems": [],
        },
        "request": {
            "requestType": "GET",
            "connectionUrl": format!("{base}/v2/decisionModelDefinitions/{}", SEED_MODEL_REFS[0]),
        },
        "exampleValue": "",
        "inputMappings": [],
        "outputMappings": [
            { "label": "Archived", "outputReference": "archived", "type": "boolean" },
            { "label": "Client Key", "outputReference": "clientKey", "type": "string" },
            { "label": "Description", "outputReference": "description", "type": "string" },
            { "label": "Href", "outputReference": "href", "type": "string" },
            { "label": "Modified At", "outputReference": "modifiedAt", "type": "number" },
            { "label": "Modified By User Ref", "outputReference": "modifiedByUserRef", "type": "string" },
            { "label": "Name", "outputReference": "name", "type": "string" },
            { "label": "Ref", "outputReference": "ref", "type": "string" },
            { "label": "Revision", "outputReference": "revision", "type": "number" },
        ],
        "customHeaders": [{ "name": "Content-Type", "value": "application/json" }],
        "urlParameters": [],
        "systemType": "DATA_SYSTEM",
        "connectionTimeout": 1000,
        "socketTimeout": 1000,
        "icon": "assets/images/icons/connections/infare.png",
    })
}

/// The decision models.
pub(crate) fn decision_models(records: Records, base: &str) -> Table {
    const FIELDS: &[&str] = &[
        "clientKey",
        "href",
        "ref",
        "name",
        "modifiedByUserRef",
        "modifiedAt",
        "revision",
        "archived",
        "deploymentConfiguration",
        "variants",
        "revisions",
    ];
    let owned = base.to_owned();
    let field: FieldMaker =
        Box::new(move |row, name| model_field(&owned, &format!("{MODEL_PREFIX}{row:012x}"), row, name));
    let seed = |(row, reference)| field_by_field(FIELDS, |name| model_field(base, reference, row, name));
    records.table(|| (0..).zip(SEED_MODEL_REFS).map(seed).collect(), FIELDS, field)
}

fn model_field(base: &str, reference: &str, row: u64, name: &str) -> Value {
    let href = || format!("{base}/v2/decisionModelDefinitions/{reference}");
    match name {
        "href" => href().into(),
        "ref" => reference.into(),
        "name" => format!("Decision model {}", row + 1).into(),
        "modifiedByUserRef" => USER.into(),
        "deploymentConfiguration" => {
            let status = in_turn(&["PRODUCTION", "DRAFT", "TEST"], row);
            json!({ "variants": [{ "variantRef": VARIANT_REF, "split": 100, "status": status, "variantRevision": 1 }] })
        }
        "variants" | "revisions" => json!({ "href": format!("{}/{name}", href()) }),
        other => connection_field(base, row, other),
    }
}

/// What a decision model has from the start that a client adds in that row.
pub(crate) fn new_model(row: u64, base: &str) -> Record {
    let reference = format!("{MODEL_PREFIX}{row:012x}");
    field_by_field(&["clientKey", "href", "ref", "variants", "revisions"], |name| {
        model_field(base, &reference, row, name)
    })
}

/// The variant with this reference. No more is known of variants than what all records have in common.
pub(crate) fn variant(reference: &str, base: &str) -> Option<Record> {
    let fields = ["clientKey", "href", "ref", "name", "modifiedAt", "revision", "archived"];
    let field = |name: &str| match name {
        "href" => format!("{base}/v2/decisionModelVariants/{reference}").into(),
        "ref" => reference.into(),
        "name" => "Variant 1".into(),
        other => connection_field(base, 0, other),
    };
    (reference == VARIANT_REF).then(|| field_by_field(&fields, field))
}

/// The flows.
pub(crate) fn flows(records: Records, base: &str) -> Table {
    const FIELDS: &[&str] =
        &["clientKey", "href", "ref", "name", "modifiedByRef", "modifiedAt", "revision", "archived"];
    let owned = base.to_owned();
    let seeds = || (0..2).map(|row| field_by_field(FIELDS, |name| flow_field(base, row, name))).collect();
    records.table(seeds, FIELDS, Box::new(move |row, name| flow_field(&owned, row, name)))
}

fn flow_field(base: &str, row: u64, name: &str) -> Value {
    let reference = format!("{FLOW_PREFIX}{row:012x}");
    match name {
        "href" => format!("{base}/v3/flowDefinitions/{reference}").into(),
        "ref" => reference.into(),
        "name" => format!("Flow {}", row + 1).into(),
        other => connection_field(base, row, other),
    }
}
