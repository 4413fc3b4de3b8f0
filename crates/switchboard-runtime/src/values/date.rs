//! `format: date`, as the vendor wrote it.

#[cfg(any(test, feature = "chrono-0-4"))]
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[cfg(any(test, feature = "chrono-0-4"))]
use super::InvalidValue;
use super::text_value;

/// A day as a vendor writes it; `2026-02-03` (RFC 3339, `full-date`) if it keeps to `format: date`.
///
/// Holds the text; comparing and hashing go by the text too.
///
/// ```
/// use switchboard_runtime::Date;
///
/// let day = Date::from("2026-02-03");
/// # #[cfg(feature = "chrono-0-4")]
/// assert_eq!(day.parse().unwrap().to_string(), "2026-02-03");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(String);

text_value!(Date);

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl Date {
    /// The day that the text names.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the text is not `YYYY-MM-DD`, or no such day exists.
    pub fn parse(&self) -> Result<NaiveDate, InvalidValue> {
        let day = NaiveDate::parse_from_str(&self.0, "%Y-%m-%d").ok().filter(|_| is_full_date(&self.0));
        day.ok_or_else(|| InvalidValue::new("date", &self.0))
    }
}

/// Whether a text is written as RFC 3339, section 5.6, has a `full-date`: chrono also takes spaces, signs and single digits.
#[cfg(any(test, feature = "chrono-0-4"))]
fn is_full_date(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == "YYYY-MM-DD".len() && text.bytes().enumerate().all(fits)
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day.to_string())
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl TryFrom<&Date> for NaiveDate {
    type Error = InvalidValue;

    fn try_from(value: &Date) -> Result<Self, Self::Error> {
        value.parse()
    }
}

#[cfg(any(test, feature = "chrono-0-4"))]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono-0-4")))]
impl TryFrom<Date> for NaiveDate {
    type Error = InvalidValue;

    fn try_from(value: Date) -> Result<Self, Self::Error> {
        value.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_days() {
        let day = Date::from("2026-02-03").parse().unwrap();
        assert_eq!(Date::from(day), "2026-02-03");
        for text in
            ["2026-02-30", "", "0000-00-00", "2026-2-3", " 2026-02-03", "+2026-02-03", "2026-02-03 ", "02026-02-3"]
        {
            assert!(Date::from(text).parse().is_err(), "{text}");
        }
    }
}
