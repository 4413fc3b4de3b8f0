//! A parameter as an operation or a path has it.

use serde_json::Value;

/// A parameter as an operation or a path has it.
#[derive(Clone, Debug)]
pub(super) struct Given<'d> {
    /// As it is written, which may be a reference.
    pub(super) written: &'d Value,
    /// The JSON pointer of that.
    pub(super) pointer: String,
    /// After references.
    pub(super) value: &'d Value,
    /// The JSON pointer of that.
    pub(super) resolved: String,
}

impl Given<'_> {
    pub(super) fn text(&self, field: &str) -> &str {
        self.value.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_body(&self) -> bool {
        self.text("in") == "body"
    }

    pub(super) fn is_form(&self) -> bool {
        matches!(self.text("in"), "formData" | "form")
    }
}
