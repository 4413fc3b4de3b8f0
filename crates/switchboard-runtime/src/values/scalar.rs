//! One field, several JSON types: `"isInternal": "1"` in one answer, `0` in the next.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::flag;
use crate::decode::{self, Wanted};
use crate::table::{self, Slot};
use crate::whole;

/// A JSON string, number or boolean, kept as it came, so that it can be sent back as it came.
///
/// ```
/// use switchboard_runtime::Scalar;
///
/// let values: Vec<Scalar> = serde_json::from_str(r#"["1", 0, true]"#).unwrap();
/// let flags: Vec<_> = values.iter().map(Scalar::as_bool).collect();
/// assert_eq!(flags, [Some(true), Some(false), Some(true)]);
/// assert_eq!(serde_json::to_string(&values).unwrap(), r#"["1",0,true]"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A JSON string.
    Text(String),
    /// A JSON number without a fraction, if it fits.
    Integer(i64),
    /// One beyond that, if it fits.
    Unsigned(u64),
    /// Any other JSON number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
}

impl Scalar {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer that it is, or that its text says. A number with a fraction is none; neither is a boolean.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Integer(number) => Some(*number),
            Self::Unsigned(number) => i64::try_from(*number).ok(),
            Self::Number(number) => whole::signed(*number),
            Self::Boolean(_) => None,
        }
    }

    /// The number that it is, or that its text says. A boolean is none.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            // Beyond 2^53 neighbouring integers share one f64: what every JSON reader of floats does.
            Self::Integer(number) => Some(*number as f64),
            Self::Unsigned(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Boolean(_) => None,
        }
    }

    /// Yes or no, in any way in which vendors write it: `true`, 1, and the texts `true`, `yes`, `y`, `on` and `1`, in any
    /// case, and their opposites. Anything else is neither.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Text(text) => flag::in_text(text),
            Self::Integer(number) => flag::in_number(*number as f64),
            Self::Unsigned(number) => flag::in_number(*number as f64),
            Self::Number(number) => flag::in_number(*number),
            Self::Boolean(flag) => Some(*flag),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Integer(number) => fmt::Display::fmt(number, f),
            Self::Unsigned(number) => fmt::Display::fmt(number, f),
            Self::Number(number) => fmt::Display::fmt(number, f),
            Self::Boolean(flag) => fmt::Display::fmt(flag, f),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Scalar {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u32> for Scalar {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for Scalar {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Scalar {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        table::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::ask(deserializer, Wanted::Any, ScalarVisitor)
    }
}

/// Takes each JSON type as it comes; `#[serde(untagged)]` would buffer it and try one variant after another.
struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }

    /// In an answer it is read where it stands, by the rules for answers.
    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        let here = decode::laid().ok_or_else(|| E::invalid_type(de::Unexpected::Unit, &self))?;
        let mut scalar = Scalar::blank();
        here.read(&mut |at| scalar.fill(at)).map(|()| scalar).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Boolean(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(number).map_or(Scalar::Unsigned(number), Scalar::Integer))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_type_that_came() {
        for json in ["\"1\"", "1", "-1", "1.5", "true", "\"\"", "9223372036854775808", "18446744073709551615"] {
            let value: Scalar = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert!(serde_json::from_str::<Scalar>("null").is_err());
        assert!(serde_json::from_str::<Scalar>("{}").is_err());
        assert_eq!(serde_json::from_str::<Option<Scalar>>("null").unwrap(), None);
    }

    #[test]
    fn reads_as_an_integer() {
        assert_eq!(Scalar::from("12").as_i64(), Some(12));
        assert_eq!(Scalar::from(12.0).as_i64(), Some(12));
        assert_eq!(Scalar::from(12.5).as_i64(), None);
        assert_eq!(Scalar::from(9.3e18).as_i64(), None);
        assert_eq!(Scalar::from(true).as_i64(), None);
        assert_eq!(Scalar::from("").as_i64(), None);
    }

    #[test]
    fn reads_as_a_number() {
        assert_eq!(Scalar::from("1.5").as_f64(), Some(1.5));
        assert_eq!(Scalar::from(2).as_f64(), Some(2.0));
        assert_eq!(Scalar::from("NaN").as_f64(), None);
    }

    #[test]
    fn reads_as_a_boolean() {
        for yes in [Scalar::from("1"), Scalar::from(1), Scalar::from("True"), Scalar::from(true), Scalar::from(1.0)] {
            assert_eq!(yes.as_bool(), Some(true), "{yes:?}");
        }
        for no in [Scalar::from("0"), Scalar::from(0), Scalar::from("false"), Scalar::from(false)] {
            assert_eq!(no.as_bool(), Some(false), "{no:?}");
        }
        for neither in [Scalar::from("2"), Scalar::from(2), Scalar::from("")] {
            assert_eq!(neither.as_bool(), None, "{neither:?}");
        }
    }

    #[test]
    fn displays_the_bare_value() {
        let all = [Scalar::from("a"), Scalar::from(1), Scalar::from(1.5), Scalar::from(false)];
        assert_eq!(all.map(|value| value.to_string()), ["a", "1", "1.5", "false"]);
    }
}
