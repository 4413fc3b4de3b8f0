//! `format: date-time`, as the vendor wrote it.

#[cfg(any(test, feature = "chrono-0-4"))]
use chrono::{FixedOffset, Utc};
use serde::{Deserialize, Serialize};

#[cfg(any(test, feature = "chrono-0-4"))]
use super::InvalidValue;
use super::text_value;

/// A moment as a vendor writes it; RFC 3339 if it keeps to `format: date-time`.
///
/// Holds the text. Comparing and hashing go by the text too: two spellings of one moment are two values; compare what
/// [`parse`](Self::parse) gives for moments.
///
/// ```
/// use switchboard_runtime::DateTime;
///
/// let created = DateTime::from("2026-02-03T04:05:06-06:00");
/// # #[cfg(feature = "chrono-0-4")]
/// assert_eq!(created.parse().unwrap().timestamp(), 1_770_113_106);
/// # #[cfg(feature = "chrono-0-4")]
/// assert!(DateTime::from("0000-00-00 00:00:00").parse().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateTime(String);

text_value!(DateTime);

/// Spellings beside RFC 3339 that are unambiguous: ISO 8601 offsets without a colon, and a space for the `T`.
#[cfg(any(test, feature = "chrono-0-4"))]
const LENIENT: &[&str] = &["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"];

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl DateTime {
    /// The moment that the text names, in the offset it names it in.
    ///
    /// Reads RFC 3339, and the same with an offset without a colon. A text without an offset names no moment.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the text is none of these.
    pub fn parse(&self) -> Result<chrono::DateTime<FixedOffset>, InvalidValue> {
        chrono::DateTime::parse_from_rfc3339(&self.0)
            .ok()
            .or_else(|| LENIENT.iter().find_map(|form| chrono::DateTime::parse_from_str(&self.0, form).ok()))
            .ok_or_else(|| InvalidValue::new("date-time", &self.0))
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl From<chrono::DateTime<FixedOffset>> for DateTime {
    fn from(moment: chrono::DateTime<FixedOffset>) -> Self {
        Self(moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(moment: chrono::DateTime<Utc>) -> Self {
        Self(moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl TryFrom<&DateTime> for chrono::DateTime<FixedOffset> {
    type Error = InvalidValue;

    fn try_from(value: &DateTime) -> Result<Self, Self::Error> {
        value.parse()
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl TryFrom<DateTime> for chrono::DateTime<FixedOffset> {
    type Error = InvalidValue;

    fn try_from(value: DateTime) -> Result<Self, Self::Error> {
        value.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_through_serde() {
        for text in ["\"2026-02-03T04:05:06-06:00\"", "\"not a date\"", "\"\""] {
            let value: DateTime = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
    }

    #[test]
    fn reads_what_names_a_moment() {
        let expected = DateTime::from("2026-02-03T04:05:06Z").parse().unwrap();
        for text in ["2026-02-03T04:05:06+0000", "2026-02-03 04:05:06+00:00", "2026-02-02T22:05:06.000-06:00"] {
            assert_eq!(DateTime::from(text).parse().unwrap(), expected, "{text}");
        }
        let error = DateTime::from("2026-02-03T04:05:06").parse().unwrap_err();
        assert_eq!(error.to_string(), "\"2026-02-03T04:05:06\" is not a date-time");
    }

    #[test]
    fn writes_rfc_3339() {
        let moment = DateTime::from("2026-02-03T04:05:06.5Z").parse().unwrap();
        assert_eq!(DateTime::from(moment).as_str(), "2026-02-03T04:05:06.500Z");
        assert_eq!(DateTime::from(moment.with_timezone(&Utc)).as_str(), "2026-02-03T04:05:06.500Z");
    }
}
