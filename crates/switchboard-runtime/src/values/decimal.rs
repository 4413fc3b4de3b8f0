//! `format: decimal`: numbers to the last digit, which amounts of money are.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{InvalidValue, finite, text_value};
use crate::digits::{Magnitude, is_lost};
use crate::table::{self, Slot};

/// A JSON number of `format: decimal` (OpenAPI format registry), with all the digits that it has in the answer. (Read by
/// serde_json alone, it has those of the nearest float: serde hands on no more.)
///
/// Compares by value: `1.10` is `1.1`. In JSON it is written as it came, `1.10`; in a query, a header or a form, in a part of a form
/// and in a shape of a union that is sent with its tag, as the shortest number that is the same, and what no float holds to
/// the last digit is refused there. For arithmetic, hand the digits to a crate of your choice, such as `rust_decimal`:
/// `rust_decimal::Decimal::from_str_exact(price.as_str())`, and back by `sum.to_string().parse::<Decimal>()`.
///
/// ```
/// use switchboard_runtime::Decimal;
///
/// let price: Decimal = "12345678901234567890.10".parse()?;
/// assert_eq!(price, "12345678901234567890.1".parse()?);
/// assert_eq!(serde_json::to_string(&[price])?, "[12345678901234567890.10]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Decimal(String);

impl Decimal {
    /// The digits, as JSON writes a number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits, as JSON writes a number.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The nearest float. Beyond some 16 digits, neighbouring numbers share one.
    pub fn to_f64(&self) -> f64 {
        // Every JSON number is one of Rust's.
        self.0.parse().unwrap_or_default()
    }

    /// What a number says, however it is written: whether it is negative, and how far it is from zero. What is beyond all
    /// measure has none.
    fn value(&self) -> (bool, Option<Magnitude>) {
        let magnitude = Magnitude::parse(&self.0);
        (self.0.starts_with('-') && magnitude != Some(Magnitude::default()), magnitude)
    }
}

/// Whether JSON writes a number like this (RFC 8259, section 6).
pub(crate) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(text, more)| (text, Some(more)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, more)| (whole, Some(more)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

impl FromStr for Decimal {
    type Err = InvalidValue;

    /// Takes what JSON takes as a number.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if is_number(text) { Ok(Self(text.to_owned())) } else { Err(InvalidValue::new("decimal", text)) }
    }
}

impl TryFrom<f64> for Decimal {
    type Error = InvalidValue;

    /// The shortest digits that say the float; infinity, and what is no number, are none.
    fn try_from(number: f64) -> Result<Self, InvalidValue> {
        if number.is_finite() {
            Ok(Self(number.to_string()))
        } else {
            Err(InvalidValue::new("decimal", &number.to_string()))
        }
    }
}

macro_rules! from_integers {
    ($($name:ident)*) => {$(
        impl From<$name> for Decimal {
            fn from(number: $name) -> Self {
                Self(number.to_string())
            }
        }
    )*};
}

from_integers! { i32 u32 i64 u64 i128 u128 }

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.value(), other.value()) {
            ((true, one), (true, other)) => other.cmp(&one),
            ((false, one), (false, other)) => one.cmp(&other),
            ((one, _), (other, _)) => other.cmp(&one),
        }
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_digits(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        table::deserialize_number(deserializer)
    }
}

impl Slot for Decimal {
    fn blank() -> Self {
        Self("0".to_owned())
    }

    fn clear(&mut self) {
        *self = Self::blank();
    }

    fn fill(&mut self, at: table::At<'_>) -> Result<(), table::Unread> {
        self.0 = at.digits("a number")?.into_owned();
        Ok(())
    }

    fn view(&self) -> table::View<'_> {
        table::View::Digits(&self.0)
    }
}

/// Writes a number by its digits: as the number that formats know, where that is written alike, and else as the piece of JSON
/// that it is.
pub(crate) fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let number = digits.parse::<serde_json::Number>().ok();
    if PLAIN.get() && number.as_ref().is_none_or(|number| is_lost(digits, number)) {
        let told = format_args!("the number {digits} cannot be written here to the last digit");
        return Err(serde::ser::Error::custom(told));
    }
    match number {
        Some(number) if !serializer.is_human_readable() || number.to_string() == digits => number.serialize(serializer),
        _ => RawValue::from_string(digits.to_owned()).map_err(serde::ser::Error::custom)?.serialize(serializer),
    }
}

/// A JSON string of `format: decimal`, as the vendor wrote it.
///
/// Holds the text; comparing and hashing go by the text too. [`parse`](Self::parse) reads the number.
///
/// ```
/// use switchboard_runtime::{Decimal, DecimalText};
///
/// let price = DecimalText::from("19.90");
/// assert_eq!(price.parse()?, "19.9".parse::<Decimal>()?);
/// assert!(DecimalText::from("19,90").parse().is_err());
/// # Ok::<(), switchboard_runtime::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecimalText(String);

text_value!(DecimalText);

impl DecimalText {
    /// The number that the text names. White space around it, a `+` before it and needless zeros are passed over, and before
    /// a point no digit is needed.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the text is no number.
    pub fn parse(&self) -> Result<Decimal, InvalidValue> {
        let text = self.0.trim();
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let bare = rest.trim_start_matches('0');
        let zero = if bare.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "0" };
        let has_digit = rest.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        let number = format!("{sign}{zero}{bare}").parse::<Decimal>();
        number.ok().filter(|_| has_digit).ok_or_else(|| InvalidValue::new("decimal", &self.0))
    }
}

impl From<Decimal> for DecimalText {
    fn from(number: Decimal) -> Self {
        Self(number.into_string())
    }
}

thread_local! {
    /// Whether values are being made JSON for a place where plain values stand.
    static PLAIN: Cell<bool> = const { Cell::new(false) };
}

/// The JSON of a value for where plain values are written as text: in a query, a header or a form. A number that no float holds
/// to the last digit would become another there, and one that JSON has no word for would be gone.
///
/// # Errors
///
/// Of such a number, and as of [`serde_json::to_value`].
pub(crate) fn to_value<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<serde_json::Value> {
    finite::check(value)?;
    to_plain_value(value)
}

/// The same of what stands within a value that is looked through as a whole: to look through each level once more would double
/// the work with every one.
pub(crate) fn to_plain_value<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<serde_json::Value> {
    let outer = PLAIN.replace(true);
    let made = serde_json::to_value(value);
    PLAIN.set(outer);
    made
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn is_what_json_takes_as_a_number() {
        for text in ["0", "-0.0", "1.10", "10e-3", "1E+400", "12345678901234567890.123456789"] {
            assert_eq!(serde_json::to_string(&decimal(text)).unwrap(), text);
        }
        for text in ["", "-", "01", "1.", ".5", "+1", "1e", "1e+", "NaN", "1 ", "1,5", "0x1"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert_eq!(Decimal::try_from(0.1).unwrap().as_str(), "0.1");
        assert!(Decimal::try_from(f64::NAN).is_err() && Decimal::try_from(f64::INFINITY).is_err());
    }

    #[test]
    fn compares_by_value() {
        for (one, other) in [("1.10", "1.1"), ("0", "-0.00"), ("100", "1e2"), ("0.001", "1E-3"), ("-2.0", "-2")] {
            assert_eq!(decimal(one), decimal(other));
            assert_eq!(BTreeSet::from([decimal(one), decimal(other)]).len(), 1);
        }
        let sorted = ["-1e3", "-2", "-1.99", "0", "0.09", "0.1", "1", "1.0000000000000000001", "9", "10", "1e20"];
        assert!(sorted.windows(2).all(|pair| decimal(pair[0]) < decimal(pair[1])), "{sorted:?}");
        assert_eq!((Decimal::from(-7).as_str(), decimal("1.10").to_f64()), ("-7", 1.1));
    }

    #[test]
    fn where_plain_values_stand_nothing_is_rounded() {
        assert_eq!(to_value(&decimal("1.10")).unwrap(), 1.1);
        assert_eq!(to_value(&[decimal("18446744073709551615")]).unwrap(), serde_json::json!([u64::MAX]));
        let error = to_value(&[decimal("12345678901234567890.5")]).unwrap_err();
        assert!(error.to_string().contains("12345678901234567890.5"), "{error}");
        assert!(serde_json::to_value(decimal("12345678901234567890.5")).is_ok(), "nobody is asked elsewhere");
    }

    #[test]
    fn a_text_is_read_as_people_write_numbers() {
        for (text, number) in [("19.90", "19.9"), (" +007.50 ", "7.5"), ("-.5", "-0.5"), ("0", "0"), ("1e3", "1000")] {
            assert_eq!(DecimalText::from(text).parse().unwrap(), decimal(number), "{text}");
        }
        for text in ["", "-", ".", "e5", "1,5", "1.", "--1", "+-1", "x"] {
            assert!(DecimalText::from(text).parse().is_err(), "{text}");
        }
        assert_eq!(DecimalText::from(decimal("1.10")), "1.10");
    }
}
