//! Errors under a status of success, told apart by their members alone.
//!
//! What counts as an error's member is what APIs are known to send: names that hold nothing but errors, flags of success,
//! and, where what was expected is not there at all, messages and codes. Members that are empty, or that say that all is well,
//! are none.

use serde_json::{Map, Value};

use crate::values::flag;

/// Names, in small letters alone, whose value is an error or nothing.
const ERRORS: &[&str] = &[
    "err",
    "errcode",
    "errmsg",
    "errno",
    "error",
    "errorcode",
    "errordescription",
    "errordetail",
    "errordetails",
    "errorinfo",
    "errormessage",
    "errormessages",
    "errormsg",
    "errors",
    "errortype",
    "exception",
    "exceptions",
    "fault",
    "faults",
    "faultstring",
];

/// Names of flags that are true when all is well, and of those that are true when it is not.
const SUCCESS: &[&str] = &["issuccess", "issuccessful", "ok", "succeeded", "success", "successful"];
const FAILURE: &[&str] = &["haserror", "haserrors", "iserror"];

/// Names of what tells by a word, or by a number, whether all is well.
const STATUSES: &[&str] = &["code", "result", "status", "statuscode"];

/// Words that say so.
const WELL: &[&str] = &[
    "completed",
    "done",
    "false",
    "no",
    "none",
    "noerror",
    "null",
    "ok",
    "okay",
    "succeeded",
    "success",
    "successful",
    "successfully",
    "true",
];
const ILL: &[&str] = &["err", "error", "errored", "exception", "fail", "failed", "failure", "ko", "nok"];

/// Names of sentences that stand where a list was expected.
const SENTENCES: &[&str] = &["detail", "message", "msg"];

/// Whether members say for certain that something went wrong.
pub(crate) fn is_error(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| {
        let name = plain(name);
        let is = |names: &[&str]| names.contains(&name.as_str());
        (is(ERRORS) && is_told(value))
            || (is(SUCCESS) && flag::in_value(value) == Some(false))
            || (is(FAILURE) && flag::in_value(value) == Some(true))
            || (is(STATUSES) && value.as_str().is_some_and(|word| ILL.contains(&plain(word).as_str())))
    })
}

/// Whether a name is one whose value is an error or nothing.
pub(crate) fn names_error(name: &str) -> bool {
    ERRORS.contains(&plain(name).as_str())
}

/// Whether an error's value says anything: empty ones, and those that say that all is well, stand in many a good answer.
pub(crate) fn is_told(error: &Value) -> bool {
    match error {
        Value::Null => false,
        Value::Bool(is_one) => *is_one,
        Value::Number(code) => !is_good(code.as_f64()),
        Value::String(text) => !is_empty_word(text),
        Value::Array(errors) => errors.iter().any(is_told),
        Value::Object(members) => !says_well(members) && members.values().any(is_told),
    }
}

fn is_empty_word(text: &str) -> bool {
    let word = plain(text);
    text.trim().is_empty() || WELL.contains(&word.as_str()) || is_good(text.trim().parse().ok())
}

/// Whether a code is that of a success: 0, or a status of HTTP.
fn is_good(code: Option<f64>) -> bool {
    code.is_some_and(|code| code == 0.0 || (200.0..300.0).contains(&code))
}

/// Whether members say by a flag, a word or a code that all is well.
fn says_well(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| {
        let name = plain(name);
        let is = |names: &[&str]| names.contains(&name.as_str());
        let well = match value {
            Value::Number(code) => is_good(code.as_f64()),
            Value::String(text) => !text.trim().is_empty() && is_empty_word(text),
            _ => false,
        };
        (is(SUCCESS) && flag::in_value(value) == Some(true)) || (is(STATUSES) && well)
    })
}

/// Whether members are, in place of a list, those of an error: a sentence or a code of one, and nothing that says that all
/// is well (RFC 9457, section 3; what gateways and frameworks send).
pub(crate) fn sounds_like_one(members: &Map<String, Value>) -> bool {
    !says_well(members)
        && members.iter().any(|(name, value)| {
            let name = plain(name);
            let code = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            let refuses = STATUSES.contains(&name.as_str()) && code.is_some_and(|code| (400.0..600.0).contains(&code));
            let sentence =
                SENTENCES.contains(&name.as_str()) && value.as_str().is_some_and(|text| !is_empty_word(text));
            refuses || sentence
        })
}

/// A name without case and punctuation: `error_code`, `errorCode` and `Error-Code` are one word.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
