//! What a careful user writes to read the connections of three APIs: a loop for each, with types of one's own.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use switchboard::runtime::DateTime;

use crate::common::PAGE;
use crate::common::by_hand::ConnectionList;
use crate::variable;

/// A connection of Unified.to.
#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Integration {
    id: Option<String>,
    workspace_id: Option<String>,
    created_at: Option<DateTime>,
    updated_at: Option<DateTime>,
    integration_type: String,
    integration_name: Option<String>,
    external_xref: Option<String>,
    permissions: Vec<String>,
    categories: Vec<String>,
    auth: Option<BTreeMap<String, Value>>,
    is_paused: Option<bool>,
    last_healthy_at: Option<DateTime>,
    last_unhealthy_at: Option<DateTime>,
    last_unhealthy_code: Option<String>,
    environment: Option<String>,
}

/// The connections of Sitecore Personalize.
#[derive(Debug, Deserialize)]
struct Systems {
    items: Vec<System>,
}

/// A connection of Sitecore Personalize.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct System {
    client_key: Option<String>,
    href: Option<String>,
    r#ref: String,
    name: Option<String>,
    description: Option<String>,
    modified_by_ref: Option<String>,
    modified_at: Option<DateTime>,
    revision: Option<i64>,
    archived: Option<bool>,
    auth: Option<BTreeMap<String, Value>>,
    request: Option<BTreeMap<String, Value>>,
    example_value: Option<String>,
    input_mappings: Option<Vec<BTreeMap<String, Value>>>,
    output_mappings: Option<Vec<BTreeMap<String, Value>>>,
    custom_headers: Option<Vec<BTreeMap<String, Value>>>,
    url_parameters: Option<Vec<BTreeMap<String, Value>>>,
    system_type: Option<String>,
    connection_timeout: Option<i64>,
    socket_timeout: Option<i64>,
    icon: Option<String>,
}

/// An access token.
#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// The three loops.
pub(crate) struct Loops {
    http: reqwest::Client,
    start: Instant,
    first: Cell<Option<Duration>>,
}

impl Loops {
    pub(crate) fn new(start: Instant) -> Self {
        let builder = reqwest::Client::builder().user_agent("hand-written/1.0").no_proxy();
        let builder = builder.connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(60));
        Self { http: builder.build().expect("a client"), start, first: Cell::default() }
    }

    /// How long it took until there was a connection.
    pub(crate) fn first(&self) -> Duration {
        self.first.get().expect("a connection")
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> T {
        let answer = request.send().await.and_then(reqwest::Response::error_for_status).expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Counts connections, each looked at once.
    fn count<T>(&self, connections: Vec<T>) -> usize {
        if !connections.is_empty() && self.first.get().is_none() {
            self.first.set(Some(self.start.elapsed()));
        }
        connections.into_iter().map(std::hint::black_box).count()
    }

    pub(crate) async fn activecampaign(&self) -> usize {
        let (url, token) = (format!("{}/connections", variable("AC_URL")), variable("AC_TOKEN"));
        let mut offset = 0;
        loop {
            let query = [("limit", PAGE), ("offset", offset as u64)];
            let page: ConnectionList = self.json(self.http.get(&url).header("Api-Token", &token).query(&query)).await;
            let total = page.meta.and_then(|meta| meta.total).and_then(|total| total.as_str()?.parse().ok());
            let count = self.count(page.connections.expect("a list"));
            offset += count;
            if count == 0 || total.is_some_and(|total: usize| offset >= total) {
                return offset;
            }
        }
    }

    pub(crate) async fn unified_to(&self) -> usize {
        let (url, token) = (format!("{}/unified/connection", variable("UNIFIED_URL")), variable("UNIFIED_TOKEN"));
        let mut offset = 0;
        loop {
            let query = [("limit", PAGE), ("offset", offset as u64)];
            let page: Vec<Integration> = self.json(self.http.get(&url).bearer_auth(&token).query(&query)).await;
            let count = self.count(page);
            offset += count;
            if count < PAGE as usize {
                return offset;
            }
        }
    }

    pub(crate) async fn sitecore_personalize(&self) -> usize {
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", variable("SITECORE_ID")),
            ("client_secret", variable("SITECORE_SECRET")),
            ("audience", variable("SITECORE_AUDIENCE")),
        ];
        let Token { access_token } = self.json(self.http.post(variable("SITECORE_TOKEN_URL")).form(&form)).await;
        let url = format!("{}/v2/connections", variable("SITECORE_URL"));
        let list: Systems = self.json(self.http.get(url).bearer_auth(access_token)).await;
        self.count(list.items)
    }
}
