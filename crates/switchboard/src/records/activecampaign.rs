//! What is known of ActiveCampaign's records.

use ::activecampaign::types;

pub(crate) type Record = types::Connection;
pub(crate) type NewRecord = types::NewConnection;
pub(crate) type RecordChange = types::ConnectionUpdate;

pub(super) const SAFE: &[&str] = &[
    "id",
    "service",
    "externalid",
    "name",
    "connectionType",
    "serviceName",
    "isInternal",
    "status",
    "syncStatus",
    "lastSync",
    "sync_request_time",
    "sync_start_time",
    "credentialExpiration",
    "logoUrl",
    "linkUrl",
    "listId",
    "cdate",
    "udate",
    "links",
    "links.customers",
    "links.options",
];

/// The service that a new connection is to.
pub(super) fn service(new: &NewRecord) -> &str {
    &new.service
}

/// The body that makes a connection what a new one would be. The list that new contacts go to can only be told when a
/// connection is created.
pub(super) fn change_to(new: NewRecord) -> RecordChange {
    RecordChange::new()
        .service(new.service)
        .externalid(new.externalid)
        .name(new.name)
        .logo_url(new.logo_url)
        .link_url(new.link_url)
}
