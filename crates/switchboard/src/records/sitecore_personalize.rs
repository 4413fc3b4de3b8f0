//! What is known of Sitecore Personalize's records.

use ::sitecore_personalize::types;

pub(crate) type Record = types::Connection;
pub(crate) type NewRecord = types::ConnectionDraft;
pub(crate) type RecordChange = types::ConnectionDraft;

/// Of `auth`, `request`, `customHeaders` and what else goes out to the other system nothing: a
/// URL, a header or a body may hold a key.
pub(super) const SAFE: &[&str] = &[
    "clientKey",
    "href",
    "ref",
    "name",
    "description",
    "modifiedByRef",
    "modifiedAt",
    "revision",
    "archived",
    "systemType",
    "connectionTimeout",
    "socketTimeout",
    "icon",
];

/// The service that a new connection is to.
pub(super) fn service(new: &NewRecord) -> &str {
    &new.system_type
}

/// The same body changes a connection that is there.
pub(super) fn change_to(new: NewRecord) -> RecordChange {
    new
}
