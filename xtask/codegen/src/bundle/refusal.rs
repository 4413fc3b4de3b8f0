//! Why a reference is not followed.

/// Why a reference was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
    pub help: &'static str,
}

/// A refusal with the code of its finding, what is wrong, and what to do.
pub fn refuse(code: &'static str, message: String, help: &'static str) -> Refusal {
    Refusal { code, message, help }
}
