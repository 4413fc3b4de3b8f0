//! A moment, whatever offset and precision a vendor writes it in, so that those of different vendors can be compared.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use switchboard_runtime::chrono::{DateTime as Moment, Datelike, SecondsFormat, Utc};
use switchboard_runtime::{DateTime, InvalidValue};

/// A moment, to the nanosecond. Written and serialized as RFC 3339 in UTC; read from RFC 3339 in any offset.
///
/// ```
/// use switchboard::Timestamp;
///
/// let here: Timestamp = "2017-02-02T13:09:07-06:00".parse()?;
/// assert_eq!(here.to_string(), "2017-02-02T19:09:07Z");
/// assert!(here < "2017-02-02T19:09:07.001Z".parse()?);
/// # Ok::<(), switchboard::runtime::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Moment<Utc>);

impl Timestamp {
    /// What a vendor wrote, or `None` if that names no moment, such as `0000-00-00 00:00:00`, or one
    /// outside the years 0 to 9999 in UTC, which RFC 3339 has no form for.
    pub fn read(text: &DateTime) -> Option<Self> {
        Self::of(text).ok()
    }

    fn of(text: &DateTime) -> Result<Self, InvalidValue> {
        let moment = text.parse()?.to_utc();
        if !(0..=9999).contains(&moment.year()) {
            // Written in UTC it could not be read again, and with it nothing that was kept beside it.
            DateTime::from(moment).parse()?;
        }
        Ok(Self(moment))
    }

    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds; less than zero before that.
    pub fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.into())
    }
}

impl From<Timestamp> for SystemTime {
    fn from(Timestamp(moment): Timestamp) -> Self {
        moment.into()
    }
}

/// As vendors take it: RFC 3339 in UTC.
impl From<Timestamp> for DateTime {
    fn from(Timestamp(moment): Timestamp) -> Self {
        moment.into()
    }
}

impl FromStr for Timestamp {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::of(&DateTime::from(text))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_compared_not_texts() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(at("2026-01-01T00:00:00-06:00"), at("2026-01-01T06:00:00Z"));
        assert!(at("2026-01-01T06:00:00.5Z") > at("2026-01-01T06:00:00Z"));
        assert_eq!(at("1970-01-01T01:00:01+01:00").unix_seconds(), 1);
        assert_eq!(Timestamp::from(SystemTime::from(at("2026-01-01T00:00:00.25Z"))), at("2026-01-01T00:00:00.25Z"));
    }

    #[test]
    fn what_names_no_moment_is_none() {
        assert_eq!(Timestamp::read(&"0000-00-00 00:00:00".into()), None);
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!(serde_json::from_str::<Timestamp>("\"soon\"").is_err());
    }

    #[test]
    fn a_year_that_json_has_no_form_for_is_no_moment() {
        // The last moment of 9999 west of Greenwich is one of the year 10000 in UTC.
        for text in ["9999-12-31T23:59:59-06:00", "0000-01-01T00:00:00+06:00", "+12345-01-01T00:00:00+0000"] {
            assert_eq!(Timestamp::read(&text.into()), None, "{text}");
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        for text in ["9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2016-12-31T23:59:60Z"] {
            let moment: Timestamp = text.parse().unwrap();
            let encoded = serde_json::to_string(&moment).unwrap();
            assert_eq!(serde_json::from_str::<Timestamp>(&encoded).unwrap(), moment, "{encoded}");
        }
    }

    #[test]
    fn goes_through_json() {
        let moment: Timestamp = serde_json::from_str("\"2026-06-19T23:00:27.214+02:00\"").unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), "\"2026-06-19T21:00:27.214Z\"");
    }
}
