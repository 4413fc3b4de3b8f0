//! Sampled numbers: the ends of what the schema allows, those of the types that hold them, and what lies between.

use serde_json::{Map, Number, Value};

use crate::choices::Choices;

/// Whole numbers around which types end: of 32 and 64 bits, and of what `f64` holds without loss (RFC 8259 section 6).
const ENDS: &[i128] = &[
    0,
    1,
    -1,
    7,
    i32::MAX as i128,
    i32::MIN as i128,
    u32::MAX as i128,
    (1 << 53) - 1,
    -(1 << 53) + 1,
    i64::MAX as i128,
    i64::MIN as i128,
    i64::MAX as i128 + 1,
    u64::MAX as i128,
];

/// Numbers that are often mistaken for others.
const FRACTIONS: &[f64] = &[
    0.0,
    1.0,
    0.5,
    -1.5,
    0.1,
    19.99,
    1e-7,
    1e21,
    -0.0,
    3.0,
    1e15,
    123_456_789.123_456_78,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    f64::EPSILON,
];

/// A whole number that the schemas allow. One without a bound is of 64 bits, with a sign unless it may be too large for one:
/// what a document that says no more means.
pub(crate) fn integer(schemas: &[&Map<String, Value>], choices: &mut Choices<'_>) -> Option<Value> {
    let format = |name: &str| schemas.iter().any(|schema| schema.get("format").is_some_and(|found| found == name));
    let (lowest, highest): (i128, i128) = if format("uint64") {
        (0, u64::MAX.into())
    } else if format("int32") {
        (i32::MIN.into(), i32::MAX.into())
    } else {
        (i64::MIN.into(), i64::MAX.into())
    };
    let limits =
        |key, step| schemas.iter().filter_map(move |schema| whole(schema.get(key)?)).map(move |limit| limit + step);
    let high = limits("maximum", 0).chain(limits("exclusiveMaximum", -1)).min().unwrap_or(highest);
    let lowest = if high > i64::MAX.into() { 0 } else { lowest };
    let low = limits("minimum", 0).chain(limits("exclusiveMinimum", 1)).max().unwrap_or(lowest);
    let step = limits("multipleOf", 0).next().unwrap_or(1).max(1);
    let mut ends: Vec<i128> = ENDS.to_vec();
    ends.extend([low, high, low.saturating_add(1), high.saturating_sub(1)]);
    ends.iter_mut().for_each(|end| *end -= end.rem_euclid(step));
    ends.retain(|end| (low..=high).contains(end));
    let drawn = choices.below(ends.len() + 2);
    let number = match ends.get(drawn) {
        Some(end) => *end,
        None => {
            let number = low.checked_add(
                i128::from(choices.wide()) % high.checked_sub(low)?.checked_add(1).filter(|span| *span > 0)?,
            )?;
            number - number.rem_euclid(step)
        }
    };
    // JSON Schema 2020-12 validation, section 6.1.1: 1.0 is an integer.
    if choices.below(8) == 7 && number.abs() < 1 << 53 {
        return Number::from_f64(number as f64).map(Value::Number);
    }
    i64::try_from(number)
        .map(Value::from)
        .or_else(|_| u64::try_from(number).map(Value::from))
        .ok()
        .or_else(|| Number::from_f64(number as f64).map(Value::Number))
}

/// A number that the schemas allow, of those that `f64` holds.
pub(crate) fn number(schemas: &[&Map<String, Value>], choices: &mut Choices<'_>) -> Option<Value> {
    let limits = |key| schemas.iter().filter_map(move |schema| schema.get(key)?.as_f64());
    let low = limits("minimum").chain(limits("exclusiveMinimum")).fold(f64::MIN, f64::max);
    let high = limits("maximum").chain(limits("exclusiveMaximum")).fold(f64::MAX, f64::min);
    let inside: Vec<f64> =
        FRACTIONS.iter().copied().chain([low, high]).filter(|number| (low..=high).contains(number)).collect();
    let number = match choices.below(4) {
        0 | 1 => *choices.one(&inside)?,
        // Any bits: numbers with all their digits.
        2 => Some(f64::from_bits(choices.wide())).filter(|number| (low..=high).contains(number))?,
        _ => {
            let share = f64::from(choices.number()) / f64::from(u32::MAX);
            (low.max(-1e6) * (1.0 - share) + high.min(1e6) * share).clamp(low, high)
        }
    };
    let number = limits("multipleOf").next().map_or(number, |step| (number / step).round() * step);
    // As vendors write it: without a fraction where it has none.
    let plain = number.fract() == 0.0 && number.abs() < 9e15 && choices.flag();
    if plain { Some(Value::from(number as i64)) } else { Number::from_f64(number).map(Value::Number) }
}

fn whole(limit: &Value) -> Option<i128> {
    let rounded = |limit: &Value| limit.as_f64().map(|limit| limit.ceil() as i128);
    limit.as_i64().map(i128::from).or_else(|| limit.as_u64().map(i128::from)).or_else(|| rounded(limit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Sample = fn(&[&Map<String, Value>], &mut Choices<'_>) -> Option<Value>;

    fn reached(schema: &Value, kind: Sample) -> Vec<Value> {
        let mut found = Vec::new();
        for first in 0..40 {
            for second in 0..20 {
                let sampled = kind(&[schema.as_object().unwrap()], &mut Choices::new(&[first, second, first / 4, 1]));
                found.extend(sampled.filter(|value| !found.contains(value)));
            }
        }
        found
    }

    #[test]
    fn the_ends_of_the_types_and_of_the_schema_are_reached() {
        let free = reached(&json!({}), integer);
        assert!([json!(i64::MIN), json!(i64::MAX), json!(0)].iter().all(|end| free.contains(end)), "{free:?}");
        let free = reached(&json!({"format": "uint64"}), integer);
        assert!(free.contains(&json!(u64::MAX)) && !free.contains(&json!(-1)), "{free:?}");
        let mut bound = reached(&json!({"minimum": 3, "exclusiveMaximum": 6}), integer);
        bound.sort_by_key(ToString::to_string);
        assert_eq!(bound, [json!(3), json!(3.0), json!(4), json!(4.0), json!(5), json!(5.0)]);
        assert!(reached(&json!({"minimum": 3, "maximum": 2}), integer).is_empty());
    }

    #[test]
    fn fractions_are_within_the_bounds() {
        let bound = reached(&json!({"minimum": 0, "maximum": 1}), number);
        assert!(bound.iter().all(|number| (0.0..=1.0).contains(&number.as_f64().unwrap())), "{bound:?}");
        assert!([json!(0.1), json!(1), json!(1.0)].iter().all(|number| bound.contains(number)), "{bound:?}");
    }
}
