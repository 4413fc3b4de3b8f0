//! Yes and no, in the ways in which vendors write them where a boolean is meant.
//!
//! | | yes | no |
//! |---|---|---|
//! | a boolean | `true` | `false` |
//! | a number | 1 | 0 |
//! | a text, in any case, with or without white space around it | `true`, `yes`, `y`, `on`, `1` | `false`, `no`, `n`, `off`, `0` |
//!
//! The words are those of YAML 1.1's booleans (<https://yaml.org/type/bool.html>), which hold those that PHP's
//! `FILTER_VALIDATE_BOOLEAN` reads. Anything else is neither: a count is no flag, and neither is an empty text.

use serde_json::Value;

/// What a JSON value says, if it says yes or no.
pub(crate) fn in_value(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => in_number(number.as_f64()?),
        Value::String(text) => in_text(text),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a number says.
pub(crate) fn in_number(number: f64) -> Option<bool> {
    if number == 1.0 { Some(true) } else { (number == 0.0).then_some(false) }
}

/// What a text says.
pub(crate) fn in_text(text: &str) -> Option<bool> {
    let is = |word: &&str| text.trim().eq_ignore_ascii_case(word);
    if ["true", "yes", "y", "on", "1"].iter().any(is) {
        return Some(true);
    }
    ["false", "no", "n", "off", "0"].iter().any(is).then_some(false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yes_and_no_are_read_in_any_form() {
        for yes in
            [json!(true), json!(1), json!(1.0), json!("1"), json!(" True\n"), json!("YES"), json!("y"), json!("on")]
        {
            assert_eq!(in_value(&yes), Some(true), "{yes}");
        }
        for no in
            [json!(false), json!(0), json!(-0.0), json!("0"), json!("FALSE"), json!("No"), json!("N"), json!("off")]
        {
            assert_eq!(in_value(&no), Some(false), "{no}");
        }
        for neither in [
            json!(null),
            json!(2),
            json!(-1),
            json!(0.5),
            json!(""),
            json!("2"),
            json!("1.0"),
            json!("maybe"),
            json!([]),
            json!({}),
        ] {
            assert_eq!(in_value(&neither), None, "{neither}");
        }
    }
}
