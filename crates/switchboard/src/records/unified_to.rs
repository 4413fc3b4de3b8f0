//! What is known of Unified.to's records.

use ::unified_to::types;

pub(crate) type Record = types::Connection;
pub(crate) type NewRecord = types::Connection;
pub(crate) type RecordChange = types::Connection;

/// Of `auth` nothing: it may be the customer's credentials in clear.
pub(super) const SAFE: &[&str] = &[
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
    "last_healthy_at",
    "last_unhealthy_at",
    "last_unhealthy_code",
    "environment",
];

/// The service that a new connection is to.
pub(super) fn service(new: &NewRecord) -> &str {
    &new.integration_type
}

/// The same body changes a connection that is there.
pub(super) fn change_to(new: NewRecord) -> RecordChange {
    new
}
