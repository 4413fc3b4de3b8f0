//! The version that a crate needs after what has changed (<https://semver.org>, and what Cargo makes of versions below 1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::change::Bump;

/// A version: three numbers, and what stands behind them. One with something behind `-` comes before the same without.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    numbers: [u64; 3],
    /// Whether it is no pre-release, which comes last.
    is_final: bool,
    /// What stands behind the numbers, with its `-` or `+`.
    rest: String,
}

/// A text that is no version.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no version of the form `1.2.3`")]
pub struct NoVersion(String);

/// A version that is less than what has changed since the last release asks for.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("the version {given} is too low: what has changed since {released} needs {least} at least")]
pub struct Lowered {
    /// The version that somebody gave.
    pub given: Version,
    /// The version of the last release.
    pub released: Version,
    /// The version that is needed.
    pub least: Version,
}

impl Version {
    /// The version of a crate that is generated for the first time.
    pub fn first() -> Self {
        Self::of([0, 1, 0])
    }

    fn of(numbers: [u64; 3]) -> Self {
        Self { numbers, is_final: true, rest: String::new() }
    }

    /// The least version that may follow this one when so much has changed. Below 1, what breaks raises the second number,
    /// and everything else the third.
    #[must_use]
    pub fn after(&self, bump: Option<Bump>) -> Self {
        let [major, minor, patch] = self.numbers;
        let numbers = match (bump, major, minor) {
            (None, ..) => return self.clone(),
            (Some(Bump::Major), 0, 0) | (Some(Bump::Minor | Bump::Patch), 0, _) | (Some(Bump::Patch), ..) => {
                [major, minor, patch.saturating_add(1)]
            }
            (Some(Bump::Major), 0, _) | (Some(Bump::Minor), ..) => [major, minor.saturating_add(1), 0],
            (Some(Bump::Major), ..) => [major.saturating_add(1), 0, 0],
        };
        Self::of(numbers)
    }

    /// Whether Cargo takes this version where `other` is asked for, and the other way round.
    pub fn is_compatible(&self, other: &Self) -> bool {
        let significant = |version: &Self| match version.numbers {
            [0, 0, patch] => [0, 0, patch],
            [0, minor, _] => [0, minor, 0],
            [major, ..] => [major, 0, 0],
        };
        significant(self) == significant(other)
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no_version = || NoVersion(text.to_owned());
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end).ok_or_else(no_version)?;
        let numbers: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
        let numbers: [u64; 3] = numbers.map_err(|_| no_version())?.try_into().map_err(|_| no_version())?;
        Ok(Self { numbers, is_final: !rest.starts_with('-'), rest: rest.to_owned() })
    }
}

impl TryFrom<String> for Version {
    type Error = NoVersion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}{}", self.rest)
    }
}

/// What is known of a crate's version.
#[derive(Clone, Debug)]
pub struct Versions {
    /// The version of the last release.
    pub released: Version,
    /// The version that the crate has.
    pub given: Version,
    /// The version that the generator held for the least the last time: any other is by hand.
    pub made: Option<Version>,
    /// A version that is too low and that somebody has allowed.
    pub allowed: Option<Version>,
}

impl Versions {
    /// The version that the crate is to have: the least that is needed, or what somebody has raised it to.
    ///
    /// # Errors
    ///
    /// Fails where somebody has lowered it, and nobody has allowed that.
    pub fn decide(&self, bump: Option<Bump>) -> Result<Version, Box<Lowered>> {
        let least = self.least(bump);
        let is_by_hand = self.made.as_ref() != Some(&self.given);
        if !is_by_hand {
            return Ok(least);
        }
        if self.given >= least || self.allowed.as_ref() == Some(&self.given) {
            return Ok(self.given.clone());
        }
        Err(Box::new(Lowered { given: self.given.clone(), released: self.released.clone(), least }))
    }

    /// The least version that is needed: what the generator gives, where nobody gives another one.
    pub fn least(&self, bump: Option<Bump>) -> Version {
        self.released.after(bump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_read_compared_and_written() {
        for text in ["0.1.0", "1.20.3", "1.0.0-rc.1", "1.0.0+x"] {
            assert_eq!(version(text).to_string(), text);
        }
        for text in ["", "1", "1.2", "1.2.x", "1.2.3.4", "v1.2.3"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert!(version("0.9.0") < version("0.10.0") && version("1.0.0-rc.1") < version("1.0.0"));
        assert!(
            version("0.2.1").is_compatible(&version("0.2.0")) && !version("0.3.0").is_compatible(&version("0.2.0"))
        );
        assert!(
            version("1.2.1").is_compatible(&version("1.0.0")) && !version("0.0.2").is_compatible(&version("0.0.1"))
        );
    }

    #[test]
    fn what_has_changed_decides_the_least_version() {
        let after = |text: &str, bump| version(text).after(bump).to_string();
        assert_eq!(after("0.1.3", None), "0.1.3");
        assert_eq!(after("0.1.3", Some(Bump::Patch)), "0.1.4");
        assert_eq!(after("0.1.3", Some(Bump::Minor)), "0.1.4");
        assert_eq!(after("0.1.3", Some(Bump::Major)), "0.2.0");
        assert_eq!(after("0.0.3", Some(Bump::Major)), "0.0.4");
        assert_eq!(after("1.1.3", Some(Bump::Patch)), "1.1.4");
        assert_eq!(after("1.1.3", Some(Bump::Minor)), "1.2.0");
        assert_eq!(after("1.1.3", Some(Bump::Major)), "2.0.0");
    }

    #[test]
    fn what_somebody_gives_stays_unless_it_is_too_low() {
        let decide = |given: &str, made: Option<&str>, allowed: Option<&str>, bump| {
            let of = |text: Option<&str>| text.map(version);
            let versions =
                Versions { released: version("0.1.0"), given: version(given), made: of(made), allowed: of(allowed) };
            versions.decide(bump).map(|version| version.to_string()).map_err(|lowered| lowered.least.to_string())
        };
        let major = Some(Bump::Major);
        assert_eq!(decide("0.1.0", Some("0.1.0"), None, major), Ok("0.2.0".to_owned()));
        // What the generator gave falls again when the change is taken back.
        assert_eq!(decide("0.2.0", Some("0.2.0"), None, None), Ok("0.1.0".to_owned()));
        assert_eq!(decide("1.0.0", Some("0.2.0"), None, major), Ok("1.0.0".to_owned()));
        assert_eq!(decide("0.1.1", Some("0.2.0"), None, major), Err("0.2.0".to_owned()));
        assert_eq!(decide("0.1.1", Some("0.2.0"), Some("0.1.1"), major), Ok("0.1.1".to_owned()));
        assert_eq!(decide("0.5.0", None, None, major), Ok("0.5.0".to_owned()));
        assert_eq!(decide("0.1.0", None, None, None), Ok("0.1.0".to_owned()));
    }
}
