//! Whether a connection works, in words that are the same for all vendors. How it is told from a vendor's record is a rule
//! of each provider.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

/// Whether a connection works, as far as its vendor says.
///
/// Serialized as an object with its [kind](StateKind), and what else there is to say:
///
/// ```
/// use switchboard::State;
///
/// let state = State::Unhealthy { reason: Some("401".to_owned()), since: None };
/// assert_eq!(serde_json::to_value(state)?, serde_json::json!({ "kind": "unhealthy", "reason": "401" }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// In use, and the vendor reports nothing against it.
    Active,
    /// The vendor lets it rest, and may take it up again by itself.
    Paused,
    /// Somebody has switched it off.
    Disabled,
    /// Put away.
    Archived,
    /// The vendor reports that it does not work.
    Unhealthy {
        /// Why, in the vendor's words.
        reason: Option<String>,
        /// When the vendor saw that it does not work: it has not worked at least since then.
        since: Option<Timestamp>,
    },
    /// The record does not say, or says something that is not known here.
    Unknown {
        /// What it says.
        word: Option<String>,
    },
}

impl State {
    /// Not known, and not told.
    pub const UNTOLD: Self = Self::Unknown { word: None };

    /// Which of the states it is, without what else there is to say.
    pub fn kind(&self) -> StateKind {
        match self {
            Self::Active => StateKind::Active,
            Self::Paused => StateKind::Paused,
            Self::Disabled => StateKind::Disabled,
            Self::Archived => StateKind::Archived,
            Self::Unhealthy { .. } => StateKind::Unhealthy,
            Self::Unknown { .. } => StateKind::Unknown,
        }
    }

    /// Whether the vendor reports that it does not work.
    pub fn is_unhealthy(&self) -> bool {
        self.kind() == StateKind::Unhealthy
    }
}

/// Not known.
impl Default for State {
    fn default() -> Self {
        Self::UNTOLD
    }
}

/// In one line: `unhealthy (401) since 2026-06-01T00:00:00Z`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Unhealthy { reason, since } => {
                let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
                f.pad(&format!("{kind}{reason}{since}"))
            }
            Self::Unknown { word: Some(word) } => f.pad(&format!("{kind} ({word})")),
            _ => f.pad(kind.as_str()),
        }
    }
}

/// One of the [states](State), without what else there is to say: what can be asked for in a [query](crate::Query).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum StateKind {
    /// [`State::Active`].
    Active,
    /// [`State::Paused`].
    Paused,
    /// [`State::Disabled`].
    Disabled,
    /// [`State::Archived`].
    Archived,
    /// [`State::Unhealthy`].
    Unhealthy,
    /// [`State::Unknown`].
    Unknown,
}

impl StateKind {
    /// All that there are.
    pub const ALL: &'static [Self] =
        &[Self::Active, Self::Paused, Self::Disabled, Self::Archived, Self::Unhealthy, Self::Unknown];

    /// The state as a lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Archived => "archived",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is none of the [states](StateKind).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no state; there are active, paused, disabled, archived, unhealthy and unknown")]
pub struct UnknownState {
    word: String,
}

impl FromStr for StateKind {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        let named = Self::ALL.iter().find(|kind| kind.as_str() == word);
        named.copied().ok_or_else(|| UnknownState { word: word.to_owned() })
    }
}

/// The form in which a state is serialized.
#[derive(Serialize, Deserialize)]
struct Form {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut form = Form { kind: self.kind().as_str().to_owned(), reason: None, since: None, word: None };
        match self {
            Self::Unhealthy { reason, since } => (form.reason, form.since) = (reason.clone(), *since),
            Self::Unknown { word } => form.word.clone_from(word),
            _ => {}
        }
        form.serialize(serializer)
    }
}

/// A kind that a later version of this crate may write is read as [`State::Unknown`].
impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Form { kind, reason, since, word } = Form::deserialize(deserializer)?;
        Ok(match kind.parse() {
            Ok(StateKind::Active) => Self::Active,
            Ok(StateKind::Paused) => Self::Paused,
            Ok(StateKind::Disabled) => Self::Disabled,
            Ok(StateKind::Archived) => Self::Archived,
            Ok(StateKind::Unhealthy) => Self::Unhealthy { reason, since },
            Ok(StateKind::Unknown) => Self::Unknown { word },
            Err(UnknownState { word }) => Self::Unknown { word: Some(word) },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_state_goes_through_json() {
        let since = "2026-06-01T00:00:00Z".parse().ok();
        for (state, form, shown) in [
            (State::Active, json!({ "kind": "active" }), "active"),
            (State::Paused, json!({ "kind": "paused" }), "paused"),
            (State::Disabled, json!({ "kind": "disabled" }), "disabled"),
            (State::Archived, json!({ "kind": "archived" }), "archived"),
            (
                State::Unhealthy { reason: Some("401".to_owned()), since },
                json!({ "kind": "unhealthy", "reason": "401", "since": "2026-06-01T00:00:00Z" }),
                "unhealthy (401) since 2026-06-01T00:00:00Z",
            ),
            (State::UNTOLD, json!({ "kind": "unknown" }), "unknown"),
            (State::Unknown { word: Some("2".to_owned()) }, json!({ "kind": "unknown", "word": "2" }), "unknown (2)"),
        ] {
            assert_eq!(serde_json::to_value(&state).unwrap(), form);
            assert_eq!(serde_json::from_value::<State>(form).unwrap(), state);
            assert_eq!(state.to_string(), shown);
            assert_eq!(state.kind().as_str().parse(), Ok(state.kind()));
        }
    }

    #[test]
    fn a_kind_that_is_not_known_yet_is_kept_as_its_word() {
        let later: State = serde_json::from_value(json!({ "kind": "expired" })).unwrap();
        assert_eq!(later, State::Unknown { word: Some("expired".to_owned()) });
        let error = "broken".parse::<StateKind>().unwrap_err().to_string();
        assert!(error.starts_with("\"broken\" is no state"), "{error}");
    }
}
