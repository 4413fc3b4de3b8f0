//! Whether two JSON values are equal: numbers by value, whatever way they are written (JSON Schema 2020-12 core, section
//! 4.2.2), objects in any order.

use serde_json::{Number, Value};

/// Where `left` and `right` differ first, as a JSON pointer; none if they are equal.
pub(crate) fn difference(left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => (!same_number(left, right)).then(String::new),
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let items = left.iter().zip(right).enumerate();
            items.into_iter().find_map(|(index, (left, right))| Some(format!("/{index}{}", difference(left, right)?)))
        }
        (Value::Object(left), Value::Object(right)) => {
            let differs = |(name, value): (&String, &Value)| match right.get(name) {
                Some(other) => Some(format!("/{name}{}", difference(value, other)?)),
                None => Some(format!("/{name}")),
            };
            let missing = || right.keys().find(|name| !left.contains_key(*name)).map(|name| format!("/{name}"));
            left.iter().find_map(differs).or_else(missing)
        }
        _ => (left != right).then(String::new),
    }
}

fn same_number(left: &Number, right: &Number) -> bool {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left.as_f64() == right.as_f64(),
        _ => false,
    }
}

/// The number, if it is a whole one, however it is written.
fn integer(number: &Number) -> Option<i128> {
    let whole = |value: f64| (value.fract() == 0.0 && value.abs() < 1e38).then_some(value as i128);
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
        .or_else(|| number.as_f64().and_then(whole))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_compared_by_value_without_loss() {
        assert_eq!(difference(&json!({"a": [1, -0.0]}), &json!({"a": [1.0, 0]})), None);
        assert_eq!(difference(&json!(1e300), &json!(1e300)), None);
        assert_eq!(difference(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992.0)), Some(String::new()));
        assert_eq!(difference(&json!({"a": [1, 2]}), &json!({"a": [1, 2.5]})), Some("/a/1".to_owned()));
    }

    #[test]
    fn absent_and_null_differ_and_order_does_not_matter() {
        assert_eq!(difference(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})), None);
        assert_eq!(difference(&json!({"a": null}), &json!({})), Some("/a".to_owned()));
        assert_eq!(difference(&json!({}), &json!({"a": null})), Some("/a".to_owned()));
        assert_eq!(difference(&json!([1]), &json!([1, 1])), Some(String::new()));
    }
}
