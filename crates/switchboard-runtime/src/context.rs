//! What is known of a call beside its answer: what errors say of it, and who is told of what had to be made good.

use crate::decode::Repair;
use crate::observe::{OnRepair, Repaired};
use crate::redact::Redactor;
use crate::request_id::RequestId;
use crate::retry_after::Asked;

/// Those who are told of the repairs of a call.
#[derive(Clone, Default)]
pub(crate) struct RepairHooks {
    pub(crate) client: Option<OnRepair>,
    pub(crate) call: Option<OnRepair>,
}

/// What is known of a call beside its answer.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) operation: &'static str,
    pub(crate) attempts: u32,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) redactor: Redactor,
    /// Whether the answer is to be read strictly.
    pub(crate) strict: bool,
    /// What the server asked for beside reporting an error. Boxed, for most answers are none.
    pub(crate) asked: Option<Box<Asked>>,
    /// Whoever wants to know what had to be made good.
    pub(crate) hooks: RepairHooks,
}

impl Context {
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_ref().map(RequestId::as_str)
    }

    /// `request id abc` and `3 attempts`, as far as there is something to say.
    pub(crate) fn shown(&self) -> Vec<String> {
        let id = self.request_id().map(|id| format!("request id {}", self.redactor.clean(id)));
        let attempts = (self.attempts > 1).then(|| format!("{} attempts", self.attempts));
        id.into_iter().chain(attempts).collect()
    }

    /// Tells of an answer that did not keep to its document. Names of properties are the vendor's, who may put anything into
    /// them, so secrets are looked for before they get into an event.
    pub(crate) fn tell(&self, repairs: &[Repair]) {
        if repairs.is_empty() {
            return;
        }
        let told = Repaired { operation: self.operation, request_id: self.request_id(), repairs };
        for hook in [&self.hooks.client, &self.hooks.call].into_iter().flatten() {
            hook(&told);
        }
        #[cfg(feature = "tracing")]
        if let Some(first) = repairs.first() {
            tracing::warn!(
                switchboard.operation = self.operation,
                switchboard.repairs = repairs.len(),
                switchboard.first_repair = %self.redactor.clean(&first.to_string()),
                "the answer does not keep to the document"
            );
        }
    }
}
