//! What clients sent, for tests to look at.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Mutex,
};

use axum::{
    body::Bytes,
    http::{HeaderMap, request::Parts},
};
use tokio::sync::watch;

use crate::{lock::lock, wire::Pairs};

/// One of the three APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// ActiveCampaign API v3.
    ActiveCampaign,
    /// Unified.to.
    UnifiedTo,
    /// Sitecore Personalize, its token endpoint included.
    SitecorePersonalize,
}

impl Api {
    pub(crate) const ALL: [Self; 3] = [Self::ActiveCampaign, Self::UnifiedTo, Self::SitecorePersonalize];

    /// What every path of this API begins with, on the sandbox's one port.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::ActiveCampaign => "/activecampaign/api/3",
            Self::UnifiedTo => "/unified-to",
            Self::SitecorePersonalize => "/sitecore-personalize",
        }
    }

    /// The API by the name of the crate that is its client.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ActiveCampaign => "activecampaign",
            Self::UnifiedTo => "unified-to",
            Self::SitecorePersonalize => "sitecore-personalize",
        }
    }

    /// The API that a path belongs to, and the rest of the path.
    pub(crate) fn of_path(path: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|api| {
            let rest = path.strip_prefix(api.prefix())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((api, rest))
        })
    }
}

/// A request as it arrived.
///
/// Secrets are kept: they are the sandbox's own, and a test may want to see that they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The API that was called; `None` for a path that belongs to none.
    pub api: Option<Api>,
    /// The method, in capitals.
    pub method: String,
    /// The path as it was sent (percent-encoded), without what the API's base URL already says: `/connections/1`.
    pub path: String,
    /// The decoded pairs of the query, in the order they were sent.
    pub query: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    /// The first header of that name (in any case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first query parameter of that name.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// When the body is not JSON.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Takes down a request before anything is done about it.
    pub(crate) fn new(parts: &Parts, body: &Bytes) -> Self {
        let path = parts.uri.path();
        let (api, rest) = Api::of_path(path).map_or((None, path), |(api, rest)| (Some(api), rest));
        Self {
            api,
            method: parts.method.to_string(),
            path: rest.to_owned(),
            query: Pairs::of_query(parts.uri.query()).0,
            headers: headers(&parts.headers),
            body: body.to_vec(),
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

/// The requests of all APIs, the oldest first; the older ones are forgotten when there are too many.
pub(crate) struct Journal {
    keep: usize,
    kept: Mutex<VecDeque<ReceivedRequest>>,
    /// Requests per API, those forgotten included. Whoever waits is told of every new one.
    counts: watch::Sender<BTreeMap<Option<Api>, u64>>,
}

impl Journal {
    pub(crate) fn new(keep: usize) -> Self {
        Self { keep, kept: Mutex::default(), counts: watch::Sender::default() }
    }

    pub(crate) fn add(&self, request: ReceivedRequest) {
        let api = request.api;
        let mut kept = lock(&self.kept);
        kept.push_back(request);
        if kept.len() > self.keep {
            kept.pop_front();
        }
        drop(kept);
        self.counts.send_modify(|counts| *counts.entry(api).or_default() += 1);
    }

    /// The requests kept, of one API or of all.
    pub(crate) fn requests(&self, api: Option<Api>) -> Vec<ReceivedRequest> {
        let kept = lock(&self.kept);
        kept.iter().filter(|request| api.is_none() || request.api == api).cloned().collect()
    }

    /// How many requests came, to one API or to all, forgotten ones included.
    pub(crate) fn count(&self, api: Option<Api>) -> u64 {
        counted(&self.counts.borrow(), api)
    }

    /// Waits until at least `count` requests have come.
    pub(crate) async fn wait_for(&self, api: Option<Api>, count: u64) {
        // The sender lives as long as `self`, so that this cannot fail.
        drop(self.counts.subscribe().wait_for(|counts| counted(counts, api) >= count).await);
    }
}

fn counted(counts: &BTreeMap<Option<Api>, u64>, api: Option<Api>) -> u64 {
    match api {
        Some(_) => counts.get(&api).copied().unwrap_or_default(),
        None => counts.values().sum(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn received(target: &str) -> ReceivedRequest {
        ReceivedRequest::new(&Request::builder().uri(target).body(()).unwrap().into_parts().0, &Bytes::new())
    }

    #[test]
    fn the_prefix_tells_the_api_and_is_left_out() {
        let request = received("/activecampaign/api/3/connections/1?filters%5Bservice%5D=x");
        assert_eq!((request.api, request.path.as_str()), (Some(Api::ActiveCampaign), "/connections/1"));
        assert_eq!(request.query_value("filters[service]"), Some("x"));
        assert_eq!(received("/activecampaign/api/33").api, None);
    }

    #[test]
    fn the_oldest_requests_are_forgotten_but_counted() {
        let journal = Journal::new(1);
        journal.add(received("/unified-to/unified/connection"));
        journal.add(received("/unified-to/unified/webhook"));
        assert_eq!(journal.requests(None).len(), 1);
        assert_eq!(journal.requests(Some(Api::UnifiedTo))[0].path, "/unified/webhook");
        assert_eq!((journal.count(Some(Api::UnifiedTo)), journal.count(Some(Api::ActiveCampaign))), (2, 0));
    }
}
