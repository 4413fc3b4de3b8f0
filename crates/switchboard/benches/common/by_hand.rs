//! The types of the answers as a careful user writes them, with what serde derives.

use serde::Deserialize;
use switchboard_runtime::{DateTime, Nullable, Scalar};

/// One connection.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ConnectionResponse {
    pub(crate) connection: Option<Connection>,
}

/// A page of connections.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ConnectionList {
    pub(crate) connections: Option<Vec<Connection>>,
    pub(crate) meta: Option<ListMeta>,
}

/// What is said of a page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ListMeta {
    pub(crate) total: Option<Scalar>,
}

/// A connection.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) externalid: Option<String>,
    pub(crate) name: Option<String>,
    #[serde(rename = "connectionType")]
    pub(crate) connection_type: Option<String>,
    #[serde(rename = "serviceName")]
    pub(crate) service_name: Option<String>,
    #[serde(rename = "isInternal")]
    pub(crate) is_internal: Option<Scalar>,
    pub(crate) status: Option<Scalar>,
    #[serde(rename = "syncStatus")]
    pub(crate) sync_status: Option<Scalar>,
    #[serde(rename = "lastSync", default)]
    pub(crate) last_sync: Nullable<DateTime>,
    #[serde(default)]
    pub(crate) sync_request_time: Nullable<Scalar>,
    #[serde(default)]
    pub(crate) sync_start_time: Nullable<Scalar>,
    #[serde(rename = "credentialExpiration", default)]
    pub(crate) credential_expiration: Nullable<Scalar>,
    #[serde(rename = "logoUrl")]
    pub(crate) logo_url: Option<String>,
    #[serde(rename = "linkUrl")]
    pub(crate) link_url: Option<String>,
    #[serde(rename = "listId")]
    pub(crate) list_id: Option<String>,
    pub(crate) cdate: Option<DateTime>,
    pub(crate) udate: Option<DateTime>,
    pub(crate) links: Option<ConnectionLinks>,
}

/// Where to find more of a connection.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ConnectionLinks {
    pub(crate) customers: Option<String>,
    pub(crate) options: Option<String>,
}
