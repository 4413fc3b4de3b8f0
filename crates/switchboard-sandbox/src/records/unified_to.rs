//! The Unified.to records. Ids have 24 hexadecimal digits, of which the last eight tell the row.

use serde_json::{Value, json};

use super::{Records, field_by_field, in_turn, moment};
use crate::{
    clock,
    table::{Record, Table, record},
};

/// The workspace that all records belong to.
pub(crate) const WORKSPACE: &str = "64f0c1b2d3e4f5a6b7c8d9e0";

/// What the ids of a collection begin with, and how they go on in row 0.
pub(crate) struct Ids(&'static str, u64);

impl Ids {
    /// The row of the record with this id.
    pub(crate) fn row(&self, id: &str) -> Option<u64> {
        u64::from_str_radix(id.strip_prefix(self.0)?, 16).ok()?.checked_sub(self.1)
    }

    /// The id of the record in that row.
    pub(crate) fn of(&self, row: u64) -> String {
        format!("{}{:08x}", self.0, self.1 + row)
    }
}

pub(crate) const CONNECTION_ID: Ids = Ids("6659f1c2a7d3b800", 0x12c4_e5f6);
pub(crate) const WEBHOOK_ID: Ids = Ids("667330fba7d3b800", 0x12c4_e601);
pub(crate) const API_CALL_ID: Ids = Ids("6673512ca7d3b800", 0x12c4_e611);
pub(crate) const ISSUE_ID: Ids = Ids("6674a0b3a7d3b800", 0x12c4_e641);

/// Integrations of generated connections, in turn, each with a category and two permissions of that category.
const KINDS: &[(&str, &str, &str, [&str; 2])] = &[
    ("hubspot", "HubSpot", "crm", ["crm_contact_read", "crm_contact_write"]),
    ("bamboohr", "BambooHR", "hris", ["hris_employee_read", "hris_timeoff_read"]),
    ("greenhouse", "Greenhouse", "ats", ["ats_job_read", "ats_candidate_read"]),
    ("quickbooks", "QuickBooks Online", "accounting", ["accounting_invoice_read", "accounting_invoice_write"]),
];

/// The connections.
pub(crate) fn connections(records: Records) -> Table {
    const FIELDS: &[&str] = &[
        "id",
        "created_at",
        "updated_at",
        "workspace_id",
        "integration_type",
        "integration_name",
        "external_xref",
        "permissions",
        "categories",
        "is_paused",
        "environment",
        "last_healthy_at",
    ];
    records.table(connection_seeds, FIELDS, Box::new(connection_field))
}

fn connection_field(row: u64, name: &str) -> Value {
    let (kind, title, category, permissions) = in_turn(KINDS, row).copied().unwrap_or_default();
    match name {
        "id" => CONNECTION_ID.of(row).into(),
        "workspace_id" => WORKSPACE.into(),
        "integration_type" => kind.into(),
        "integration_name" => title.into(),
        "external_xref" => format!("user-{}", row + 1).into(),
        "permissions" => json!(permissions),
        "categories" => json!([category]),
        "is_paused" => (row % 10 == 9).into(),
        "environment" => "Production".into(),
        // created_at, updated_at and last_healthy_at
        _ => clock::in_utc(moment(row)).into(),
    }
}

fn connection_seeds() -> Vec<Record> {
    vec![
        record!({
            "id": CONNECTION_ID.of(0),
            "created_at": "2026-03-02T09:15:00.000Z",
            "updated_at": "2026-06-19T21:00:27.214Z",
            "workspace_id": WORKSPACE,
            "integration_type": "hubspot",
            "integration_name": "HubSpot",
            "external_xref": "user-1",
            "permissions": ["crm_contact_read", "crm_contact_write", "crm_deal_read"],
            "categories": ["crm", "martech"],
            "auth": {
                "name": "Foo, Inc.",
                "emails": ["admin@foo.example.com"],
                "expires_in": 1800,
                "expiry_date": "2026-06-19T21:30:27.214Z",
                "meta": { "hub_id": 4242 },
            },
            "is_paused": false,
            "environment": "Production",
            "last_healthy_at": "2026-06-19T21:00:27.214Z",
        }),
        record!({
            "id": CONNECTION_ID.of(1),
            "created_at": "2026-04-11T14:02:31.500Z",
            "updated_at": "2026-05-30T08:45:10.002Z",
            "workspace_id": WORKSPACE,
            "integration_type": "bamboohr",
            "integration_name": "BambooHR",
            "external_xref": "user-2",
            "permissions": ["hris_employee_read"],
            "categories": ["hris"],
            "is_paused": true,
            "environment": "Production",
            "last_healthy_at": "2026-05-30T08:45:10.002Z",
            "last_unhealthy_at": "2026-05-12T00:00:00.000Z",
            "secretsmanager_id": "665b13e5a7d3b80012c4e5ff",
            "secretsmanager_key": "acme/bamboohr",
        }),
    ]
}

/// The webhooks.
pub(crate) fn webhooks(records: Records) -> Table {
    let seed = || vec![field_by_field(WEBHOOK_FIELDS, |name| webhook_field(0, name))];
    records.table(seed, WEBHOOK_FIELDS, Box::new(webhook_field))
}

const WEBHOOK_FIELDS: &[&str] = &[
    "id",
    "created_at",
    "updated_at",
    "workspace_id",
    "connection_id",
    "hook_url",
    "object_type",
    "interval",
    "event",
    "integration_type",
    "environment",
    "webhook_type",
    "is_healthy",
    "is_paused",
];

fn webhook_field(row: u64, name: &str) -> Value {
    match name {
        "id" => WEBHOOK_ID.of(row).into(),
        "connection_id" => CONNECTION_ID.of(row).into(),
        "hook_url" => format!("https://hooks.example.com/{}", row + 1).into(),
        "object_type" => "crm_contact".into(),
        "interval" => 60.into(),
        "event" => json!(in_turn(&["updated", "created", "deleted"], row)),
        "webhook_type" => "virtual".into(),
        "is_healthy" => true.into(),
        "is_paused" => false.into(),
        other => connection_field(row, other),
    }
}

/// The API calls.
pub(crate) fn api_calls(records: Records) -> Table {
    let seeds = || (0..2).map(|row| field_by_field(API_CALL_FIELDS, |name| api_call_field(row, name))).collect();
    records.table(seeds, API_CALL_FIELDS, Box::new(api_call_field))
}

const API_CALL_FIELDS: &[&str] = &[
    "id",
    "created_at",
    "workspace_id",
    "connection_id",
    "integration_type",
    "external_xref",
    "environment",
    "name",
    "method",
    "path",
    "type",
    "status",
    "is_billable",
    "size",
    "unified_response_time",
    "endapi_response_time",
];

fn api_call_field(row: u64, name: &str) -> Value {
    match name {
        "id" => API_CALL_ID.of(row).into(),
        "connection_id" => CONNECTION_ID.of(row).into(),
        "name" => "List contacts".into(),
        "method" => "GET".into(),
        "path" => format!("/crm/{}/contact", CONNECTION_ID.of(row)).into(),
        "type" => json!(in_turn(&["inbound", "webhook"], row)),
        "status" => "200".into(),
        "is_billable" => row.is_multiple_of(2).into(),
        "size" => 1_840.into(),
        "unified_response_time" => 38.into(),
        "endapi_response_time" => 412.into(),
        other => connection_field(row, other),
    }
}

/// The issues.
pub(crate) fn issues(records: Records) -> Table {
    let seeds = || vec![field_by_field(ISSUE_FIELDS, |name| issue_field(0, name))];
    records.table(seeds, ISSUE_FIELDS, Box::new(issue_field))
}

const ISSUE_FIELDS: &[&str] =
    &["id", "created_at", "updated_at", "workspace_id", "ticket_ref", "title", "status", "type", "importance"];

fn issue_field(row: u64, name: &str) -> Value {
    match name {
        "id" => ISSUE_ID.of(row).into(),
        "ticket_ref" => format!("T-{}", row + 1).into(),
        "title" => format!("Issue {}", row + 1).into(),
        "status" => json!(in_turn(&["NEW", "IN_PROGRESS", "COMPLETED"], row)),
        "type" => json!(["bug"]),
        "importance" => 2.into(),
        other => connection_field(row, other),
    }
}

/// The integrations on offer. They belong to the vendor, so that they are the same for all records.
pub(crate) fn integrations() -> Vec<Record> {
    let integration = |(turn, (kind, title, category, [permission, _])): (u64, &(&str, &str, &str, [&str; 2]))| {
        let object = permission.trim_end_matches("_read");
        record!({
            "type": kind,
            "name": title,
            "categories": [category],
            "is_active": turn < 2,
            "logo_url": format!("https://cdn.example.com/{kind}.svg"),
            "created_at": clock::in_utc(moment(0)),
            "updated_at": clock::in_utc(moment(turn)),
            "web_url": format!("https://{kind}.example.com"),
            "support": { (object): { "list_limit": "supported" } },
        })
    };
    (0..).zip(KINDS).map(integration).collect()
}
