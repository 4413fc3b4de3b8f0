//! Numbers as JSON writes them, compared by value to the last digit (JSON Schema 2020-12 section 4.2.2): a float holds
//! neither all digits nor all exponents.

/// A number as digits without zeros at either end, and the power of ten of the last of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i128,
}

impl Decimal {
    /// Reads a JSON number; none if it is no such text, or of an exponent that is out of all measure.
    pub fn parse(text: &str) -> Option<Self> {
        let (is_negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_start_matches('0');
        let short = digits.trim_end_matches('0');
        if short.is_empty() {
            return Some(Self { is_negative: false, digits: String::new(), exponent: 0 });
        }
        let power: i64 = power.parse().ok()?;
        let dropped = digits.len() - short.len();
        let exponent = i128::from(power) - i128::try_from(fraction.len()).ok()? + i128::try_from(dropped).ok()?;
        Some(Self { is_negative, digits: short.to_owned(), exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value_and_to_the_last_digit() {
        let same = |one: &str, other: &str| Decimal::parse(one).unwrap() == Decimal::parse(other).unwrap();
        for (one, other) in [("1", "1.0"), ("100", "1E+2"), ("0.05", "5e-2"), ("-0.0", "0"), ("1e400", "10e399")] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [("1", "-1"), ("12345678910111213", "12345678910111212"), ("1e400", "1e401")] {
            assert!(!same(one, other), "{one} {other}");
        }
        assert!(Decimal::parse("").is_none() && Decimal::parse("null").is_none());
    }
}
