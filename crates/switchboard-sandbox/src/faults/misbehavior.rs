//! Which requests a fault happens to, and the faults still to come.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use super::Fault;
use crate::{
    journal::{Api, ReceivedRequest},
    lock::lock,
};

/// A [`Fault`], and the requests it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Misbehavior {
    fault: Fault,
    api: Option<Api>,
    method: Option<String>,
    path: Option<String>,
    nth: usize,
    times: Option<usize>,
    seen: usize,
}

impl From<Fault> for Misbehavior {
    /// The next request.
    fn from(fault: Fault) -> Self {
        Self { fault, api: None, method: None, path: None, nth: 1, times: Some(1), seen: 0 }
    }
}

impl Misbehavior {
    /// How many requests it happens to.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// It happens to every request, from the [`nth`](Self::nth) on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// It happens first to the `nth` of the requests that it is for, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: usize) -> Self {
        self.nth = nth;
        self
    }

    /// It is for requests whose path, without what the API's base URL says, contains `part`.
    #[must_use]
    pub fn on_path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// It is for requests of that method, e.g. `GET`.
    #[must_use]
    pub fn on_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// It is for requests to that API.
    #[must_use]
    pub fn on_api(mut self, api: Api) -> Self {
        self.api = Some(api);
        self
    }

    fn is_for(&self, request: &ReceivedRequest) -> bool {
        self.api.is_none_or(|api| request.api == Some(api))
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.path.as_ref().is_none_or(|part| request.path.contains(part))
    }

    /// Counts a request and says whether the fault happens to it, unless another one does.
    fn is_due(&mut self, request: &ReceivedRequest) -> bool {
        if !self.is_for(request) {
            return false;
        }
        self.seen += 1;
        self.seen >= self.nth && self.times != Some(0)
    }
}

/// The faults to come, and how many have come.
#[derive(Default)]
pub(crate) struct Faults(Mutex<State>);

#[derive(Default)]
struct State {
    /// In the order they were asked for.
    pending: Vec<Misbehavior>,
    happened: BTreeMap<Option<Api>, u64>,
}

impl Faults {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    pub(crate) fn add(&self, misbehavior: Misbehavior) {
        self.state().pending.push(misbehavior);
    }

    /// Forgets the faults that are only for `api`, or all of them.
    pub(crate) fn clear(&self, api: Option<Api>) {
        self.state().pending.retain(|misbehavior| api.is_some() && misbehavior.api != api);
    }

    /// How many faults have happened to requests to `api`.
    pub(crate) fn happened(&self, api: Api) -> u64 {
        self.state().happened.get(&Some(api)).copied().unwrap_or_default()
    }

    /// The fault that happens to this request: the first one that is due. All count it.
    pub(crate) fn take(&self, request: &ReceivedRequest) -> Option<Fault> {
        let mut state = self.state();
        let mut taken = None;
        for misbehavior in &mut state.pending {
            if misbehavior.is_due(request) && taken.is_none() {
                misbehavior.times = misbehavior.times.map(|times| times - 1);
                taken = Some(misbehavior.fault.clone());
            }
        }
        state.pending.retain(|misbehavior| misbehavior.times != Some(0));
        if taken.is_some() {
            *state.happened.entry(request.api).or_default() += 1;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Sandbox, testing};

    #[tokio::test]
    async fn faults_queue_up_one_request_each() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.misbehave(Fault::status(500));
        sandbox.misbehave(Fault::too_many_requests("30"));
        let first = testing::get(sandbox.activecampaign(), "/connections").await;
        assert_eq!((first.status, &first.json()["message"]), (500, &json!("Internal Server Error")));
        let second = testing::get(sandbox.unified_to(), "/unified/connection").await;
        assert_eq!((second.status, second.header("retry-after")), (429, Some("30")));
        let expected = json!({ "statusCode": 429, "error": "Too Many Requests", "message": "Too Many Requests" });
        assert_eq!(second.json(), expected);
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 200);
    }

    #[tokio::test]
    async fn a_fault_can_be_for_some_requests_only() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.activecampaign().misbehave(Fault::status(503).on_method("GET").on_path("/connections").nth(2).times(2));
        let mut statuses = Vec::new();
        for path in ["/connections", "/users/me", "/connections", "/connections/1", "/connections"] {
            statuses.push(testing::get(sandbox.activecampaign(), path).await.status);
        }
        assert_eq!(statuses, [200, 200, 503, 503, 200]);
        assert_eq!((sandbox.activecampaign().fault_count(), sandbox.unified_to().fault_count()), (2, 0));
    }

    #[tokio::test]
    async fn a_lasting_fault_lasts_until_it_is_called_off() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.unified_to().misbehave(Fault::status(500).with_body("oops").always());
        for _ in 0..3 {
            assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.text(), "oops");
        }
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 200);
        sandbox.activecampaign().behave();
        assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.status, 500);
        sandbox.unified_to().behave();
        assert_eq!(testing::get(sandbox.unified_to(), "/unified/connection").await.status, 200);
    }
}
