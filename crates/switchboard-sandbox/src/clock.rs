//! What time it is, and how to wait: passed in, so that expiry, rate limits and slowness can be tested without waiting.

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use tokio::sync::watch;

/// The sandbox's source of time: of the dates in records, the age of tokens, the rate limit and [`Fault::Slow`].
///
/// [`Fault::Slow`]: crate::Fault::Slow
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> SystemTime;

    /// A future that is ready once `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The machine's own time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(watch::Sender<SystemTime>);

impl ManualClock {
    /// A clock that shows `time`.
    pub fn at(time: SystemTime) -> Self {
        Self(watch::Sender::new(time))
    }

    /// Moves the clock forward and wakes whoever was waiting for that moment.
    pub fn advance(&self, duration: Duration) {
        self.0.send_modify(|time| *time += duration);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.0.borrow()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (until, mut time) = (self.now().checked_add(duration), self.0.subscribe());
        Box::pin(async move {
            let Some(until) = until else { return std::future::pending().await };
            // An error means that the clock is gone: its time will never come, so there is nothing left to wait for.
            drop(time.wait_for(|now| *now >= until).await);
        })
    }
}

/// `2017-02-02T14:56:05-06:00`: how ActiveCampaign writes a moment, always in the account's zone. The accounts of the
/// vendor's examples are six hours behind UTC.
pub(crate) fn with_offset(time: SystemTime) -> String {
    let utc = DateTime::<Utc>::from(time);
    match FixedOffset::west_opt(6 * 3600) {
        Some(zone) => utc.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false),
        None => utc.to_rfc3339_opts(SecondsFormat::Secs, false),
    }
}

/// `2025-07-02T14:04:58.347Z`: how Unified.to and Sitecore write a moment.
pub(crate) fn in_utc(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads a moment that a caller wrote: ISO 8601, where the time and the zone (then UTC) may be left out, as Unified.to's
/// documentation of `updated_gte` allows. Returns it as [`in_utc`] writes it, so that text compares as time does.
pub(crate) fn parse_moment(text: &str) -> Option<String> {
    let without_zone = |format| NaiveDateTime::parse_from_str(text, format).ok().map(|moment| moment.and_utc());
    let moment = DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .ok()
        .or_else(|| without_zone("%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|| without_zone("%Y-%m-%dT%H:%M"))
        .or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_may_lack_its_time_and_its_zone() {
        let expected = Some("2026-06-19T00:00:00.000Z".to_owned());
        for text in ["2026-06-19", "2026-06-19T00:00", "2026-06-19T00:00:00", "2026-06-19T02:00:00+02:00"] {
            assert_eq!(parse_moment(text), expected, "{text}");
        }
        assert_eq!(parse_moment("yesterday"), None);
    }

    #[test]
    fn both_ways_of_writing_a_moment() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_486_068_965_347);
        assert_eq!(with_offset(time), "2017-02-02T14:56:05-06:00");
        assert_eq!(in_utc(time), "2017-02-02T20:56:05.347Z");
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_the_sleeper_when_it_is_moved() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let nap = tokio::spawn(clock.sleep(Duration::from_secs(3600)));
        clock.advance(Duration::from_secs(3600));
        nap.await.unwrap();
    }
}
