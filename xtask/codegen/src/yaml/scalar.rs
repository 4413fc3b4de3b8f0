//! What a plain scalar stands for (YAML 1.2.2, section 10.3.2): `yes`, `no`, `on`, `off` and dates are text there.
//!
//! In one thing the core schema is not followed: digits behind a zero are text. They are postal codes, phone numbers and
//! the like, which older YAML takes for text or for octal numbers, and which lose their zeros as numbers. So it is with
//! what looks like a number and is beyond all floats, as identifiers with an `e` among their digits are.

use serde_json::{Number, Value};

/// What a plain scalar stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// A value that JSON has, too: null, a boolean or a number.
    Value(Value),
    /// Text.
    Text,
    /// A number that JSON has no word for: infinite, or not a number.
    NotJson,
}

/// Resolves a plain scalar by the core schema.
pub fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Value(Value::Null),
        "true" | "True" | "TRUE" => return Plain::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Plain::Value(Value::Bool(false)),
        _ => {}
    }
    let starts_like_a_number = |first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.');
    if text.starts_with(starts_like_a_number) { number(text) } else { Plain::Text }
}

/// What older YAML takes for a boolean (YAML 1.1, <https://yaml.org/type/bool.html>) and people mean as one.
pub fn spoken_boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Plain {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        let is_code = unsigned.len() > 1 && unsigned.starts_with('0');
        return if is_code { Plain::Text } else { integer(text) };
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Plain::NotJson;
    }
    if !is_float(unsigned) {
        return Plain::Text;
    }
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let is_zero = mantissa.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && (is_zero || number != 0.0) => float(number),
        _ => Plain::Text,
    }
}

/// An integer; beyond 64 bits it becomes the nearest float, as in JSON.
fn integer(text: &str) -> Plain {
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = text.parse::<i64>() {
        return Plain::Value(number.into());
    }
    match text.parse::<u64>() {
        Ok(number) => Plain::Value(number.into()),
        Err(_) => text.parse().map_or(Plain::Text, float),
    }
}

fn based(digits: &str, base: u32) -> Plain {
    if digits.is_empty() {
        return Plain::Text;
    }
    let values: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(base)).collect();
    let Some(values) = values else { return Plain::Text };
    match u64::from_str_radix(digits, base) {
        Ok(number) => Plain::Value(number.into()),
        Err(_) => {
            float(values.into_iter().fold(0.0, |number, digit| number.mul_add(f64::from(base), f64::from(digit))))
        }
    }
}

fn float(number: f64) -> Plain {
    Number::from_f64(number).map_or(Plain::NotJson, |number| Plain::Value(Value::Number(number)))
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_is_right = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    mantissa_is_right && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_booleans_and_null_are_those_of_the_core_schema() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("True", json!(true)),
            ("FALSE", json!(false)),
            ("0", json!(0)),
            ("0.5", json!(0.5)),
            ("0e0", json!(0.0)),
            ("+5", json!(5)),
            ("-5", json!(-5)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("1.0", json!(1.0)),
            (".5", json!(0.5)),
            ("1.", json!(1.0)),
            ("-1.5e+3", json!(-1500.0)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("-9223372036854775809", json!(-9_223_372_036_854_775_809.0)),
            ("0xFFFFFFFFFFFFFFFFF", json!(295_147_905_179_352_825_855.0)),
        ] {
            assert_eq!(resolve(text), Plain::Value(value), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_text() {
        for text in [
            "no",
            "yes",
            "on",
            "off",
            "y",
            "n",
            "2001-12-14",
            "12:30:45",
            "1_000",
            "0b1",
            "1.2.3",
            "+",
            "-",
            ".",
            "..",
            "e3",
            "1e",
            "0x",
            "0o8",
            "tRUE",
            "nil",
            "-.",
            "0123",
            "-01",
            "00",
            "1e999",
            "8000007E-1197732180",
            "1e+",
            "--1",
            "+-1",
            "0xg",
        ] {
            assert_eq!(resolve(text), Plain::Text, "{text}");
        }
    }

    #[test]
    fn what_json_cannot_say_is_told() {
        for text in [".inf", "-.INF", "+.Inf", ".nan"] {
            assert_eq!(resolve(text), Plain::NotJson, "{text}");
        }
    }
}
