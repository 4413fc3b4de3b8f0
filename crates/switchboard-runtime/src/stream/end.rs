//! How a stream says that it is over. Some APIs send one more event for that, which is no item: `data: [DONE]`.

/// What ends a stream of events, or of lines, other than that the server closes it.
///
/// Whoever says nothing of it gets [`StreamEnd::DONE`] for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamEnd {
    data: Option<&'static str>,
    event: Option<&'static str>,
    /// It holds only among items that are JSON, which it is not.
    among_json: bool,
}

impl StreamEnd {
    /// An event whose data is `[DONE]`, which is no JSON, where all data before it was JSON. Among texts it is a text like
    /// any other.
    pub const DONE: Self = Self { data: Some("[DONE]"), event: None, among_json: true };

    /// Nothing but the end of the answer.
    pub const NEVER: Self = Self { data: None, event: None, among_json: false };

    /// An event, or a line, that says just this.
    pub const fn data(text: &'static str) -> Self {
        Self { data: Some(text), ..Self::NEVER }
    }

    /// An event of this kind, whatever it says.
    pub const fn event(kind: &'static str) -> Self {
        Self { event: Some(kind), ..Self::NEVER }
    }

    /// Whether an event is the end. `only_json` tells whether all data before it was JSON.
    pub(super) fn is_event(self, kind: &str, data: &[u8], only_json: bool) -> bool {
        self.event.is_some_and(|event| event == kind) || self.is_data(data, only_json)
    }

    /// Whether a line, or the data of an event, is the end.
    pub(super) fn is_data(self, data: &[u8], only_json: bool) -> bool {
        let holds = only_json || !self.among_json;
        holds && self.data.is_some_and(|text| data.trim_ascii() == text.trim().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_ends_a_stream() {
        assert!(StreamEnd::DONE.is_event("message", b" [DONE]\n", true));
        assert!(!StreamEnd::DONE.is_event("message", b"[DONE]", false));
        assert!(!StreamEnd::DONE.is_event("message", b"\"[DONE]\"", true));
        assert!(
            StreamEnd::data("bye").is_event("x", b"bye", false) && !StreamEnd::data("bye").is_data(b"[DONE]", true)
        );
        assert!(
            StreamEnd::event("end").is_event("end", b"{}", false) && !StreamEnd::event("end").is_data(b"end", true)
        );
        assert!(!StreamEnd::NEVER.is_event("message", b"[DONE]", true) && !StreamEnd::NEVER.is_data(b"", true));
    }
}
