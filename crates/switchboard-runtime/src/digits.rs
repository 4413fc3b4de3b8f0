//! Numbers whose digits a float does not hold. JSON sets no bound to them (RFC 8259, section 6), and serde_json reads what is
//! no 64-bit integer as the nearest float, in silence. So whoever reads a number as one looks here for whether it still is
//! the number that came.

use serde_json::Number;

/// Numbers of fewer digits than this are held, whatever they are (IEEE 754, `DBL_DIG`), or are out of range by their
/// exponent.
pub(crate) const HELD: usize = 16;

/// The most digits that a float has when it is written out; what has more is none.
const MOST_DIGITS: usize = 800;

/// Whether a number is not the one that its text says: rounded to as many digits as the text has, it would be another.
///
/// `0.10000000000000001` is what `%.17g` makes of the float nearest to 0.1, and says that float; `0.1000000000000000055`
/// says none.
pub(crate) fn is_lost(text: &str, number: &Number) -> bool {
    if number.is_u64() || number.is_i64() {
        return false;
    }
    let (Some(float), Some(said)) = (number.as_f64(), Magnitude::parse(text)) else { return true };
    if said.digits.is_empty() || said.digits.len() > MOST_DIGITS {
        return !said.digits.is_empty();
    }
    // The shortest text that says a float can be half a digit off, which rounds the other way.
    let rounded = format!("{:.*e}", said.digits.len() - 1, float.abs());
    let held = |text: &str| Magnitude::parse(text).is_some_and(|held| held == said);
    !held(&rounded) && !held(&format!("{:e}", float.abs()))
}

/// A number but for its sign: 0.*digits* times ten to the power of the exponent, without needless zeros.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Magnitude {
    /// None, of zero. Before the digits, for what has a greater exponent is greater.
    exponent: Option<i64>,
    digits: String,
}

impl Magnitude {
    /// That of a number as JSON writes it; nothing, if its exponent is beyond all measure.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0');
        let zeros = digits.len() - significant.len();
        let exponent: i64 = exponent.parse().ok()?;
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() { None } else { Some(exponent.checked_add(point)?) };
        Some(Self { exponent, digits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(text: &str) -> bool {
        is_lost(text, &text.parse().unwrap())
    }

    #[test]
    fn a_number_is_lost_where_no_float_says_it() {
        for text in [
            "12345678901234567890123",
            "-12345678901234567890123",
            "0.1000000000000000055",
            "123456789.12345678912345",
            "1e-400",
            "18446744073709551617",
            "1.00000000000000000000001",
        ] {
            assert!(lost(text), "{text}");
        }
        for text in [
            "0",
            "-0",
            "1.10",
            "1e2",
            "0.1",
            "0.10000000000000001",
            "18446744073709551615",
            "-9223372036854775808",
            "95819.90000000001",
            "1180591620717411303424",
            "1e23",
            "100000000000000000000000",
            "0.000000000000000000000",
            "1.7976931348623157e308",
            "5e-324",
            "123456789012345.0000000000000000",
        ] {
            assert!(!lost(text), "{text}");
        }
    }

    #[test]
    fn every_float_is_held_as_it_is_written() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..10_000 {
            let float = f64::from_bits(random.u64(..));
            if float.is_finite() {
                for text in [format!("{float:?}"), format!("{float:.16e}"), format!("{float:.20e}")] {
                    assert!(!lost(&text), "{text}");
                }
            }
        }
    }
}
