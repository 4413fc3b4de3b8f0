//! Credentials and addresses by name, from the environment or from wherever the caller keeps them.

use std::fmt;
use std::time::Duration;

use switchboard_runtime::BuildError;

use crate::CallSettings;

const TIMEOUT: &str = "SWITCHBOARD_TIMEOUT";
const ATTEMPT_TIMEOUT: &str = "SWITCHBOARD_ATTEMPT_TIMEOUT";
const CONNECT_TIMEOUT: &str = "SWITCHBOARD_CONNECT_TIMEOUT";
const RETRIES: &str = "SWITCHBOARD_RETRIES";
const STRICT: &str = "SWITCHBOARD_STRICT";
const PROXY: &str = "SWITCHBOARD_PROXY";
const INSECURE_HTTP: &str = "SWITCHBOARD_INSECURE_HTTP";

/// Whether the APIs' builders are certain to have a way to set a proxy; see `with_calls`.
const HAS_PROXY: bool =
    cfg!(any(feature = "rustls", feature = "native-tls", feature = "http2", feature = "system-proxy"));

/// Where settings are looked up.
///
/// An API is configured if any of its variables is set; then all that it needs must be. Values are trimmed, and an empty
/// one counts as not set.
///
/// | variable | what it is |
/// |---|---|
/// | `ACTIVECAMPAIGN_API_TOKEN` | the API key of a user |
/// | `ACTIVECAMPAIGN_ACCOUNT` | the name of the account, as in `https://{account}.api-us1.com/api/3` |
/// | `ACTIVECAMPAIGN_BASE_URL` | in place of the account: the whole URL, `/api/3` included |
/// | `UNIFIED_TO_API_KEY` | the API key of the workspace |
/// | `UNIFIED_TO_REGION` | `na` (which it is without), `eu` or `au` |
/// | `UNIFIED_TO_BASE_URL` | in place of the region: the whole URL |
/// | `UNIFIED_TO_ENVIRONMENT` | the environment of the workspace: `Production` without |
/// | `SITECORE_PERSONALIZE_CLIENT_ID` | the client id of the API key |
/// | `SITECORE_PERSONALIZE_CLIENT_SECRET` | its secret |
/// | `SITECORE_PERSONALIZE_REGION` | `eu`, `us`, `ap` or `jp` |
/// | `SITECORE_PERSONALIZE_BASE_URL` | in place of the region: the whole URL |
/// | `SITECORE_PERSONALIZE_TOKEN_URL` | where tokens are issued, if not at Sitecore's own endpoint |
///
/// How calls are made, to whichever API, more variables say, none of which is needed. What they do not say,
/// [`calls`](Self::calls) may.
///
/// | variable | what it is |
/// |---|---|
/// | `SWITCHBOARD_TIMEOUT` | how many seconds a call may take, pauses and repeats included: 180 without |
/// | `SWITCHBOARD_ATTEMPT_TIMEOUT` | how many of them one attempt may take: 60 without |
/// | `SWITCHBOARD_CONNECT_TIMEOUT` | how many of them opening a connection may take: 10 without |
/// | `SWITCHBOARD_RETRIES` | how often a call is tried again at most: 3 without; 0 for never |
/// | `SWITCHBOARD_STRICT` | `true`: an answer that does not keep to the API's document is an error, even where a reasonable value exists |
/// | `SWITCHBOARD_PROXY` | the URL of a proxy, in place of what `HTTPS_PROXY` and the like say; `none` for none |
/// | `SWITCHBOARD_INSECURE_HTTP` | `true`: credentials may go over plain http to another machine |
pub struct Settings<'a> {
    lookup: Box<Lookup<'a>>,
    calls: CallSettings,
}

type Lookup<'a> = dyn Fn(&str) -> Result<Option<String>, NotUnicode> + 'a;

/// A value that is there, but is no text.
struct NotUnicode;

impl<'a> Settings<'a> {
    /// The environment of the process.
    pub fn from_env() -> Self {
        let lookup =
            |name: &str| std::env::var_os(name).map(|value| value.into_string().map_err(|_| NotUnicode)).transpose();
        Self { lookup: Box::new(lookup), calls: CallSettings::new() }
    }

    /// Anything else that gives values for names.
    ///
    /// ```
    /// use switchboard::{Settings, Switchboard};
    ///
    /// let settings = Settings::from_fn(|name| match name {
    ///     "UNIFIED_TO_API_KEY" => Some("secret".to_owned()),
    ///     "UNIFIED_TO_REGION" => Some("eu".to_owned()),
    ///     _ => None,
    /// });
    /// # #[cfg(feature = "unified-to")]
    /// assert!(Switchboard::from_settings(&settings)?.provider("unified-to").is_some());
    /// # Ok::<(), switchboard::SettingsError>(())
    /// ```
    pub fn from_fn(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { lookup: Box::new(move |name| Ok(lookup(name))), calls: CallSettings::new() }
    }

    /// How calls are made, where no variable says it.
    #[must_use]
    pub fn calls(self, calls: CallSettings) -> Self {
        Self { calls, ..self }
    }

    /// How calls are made, by what the variables say and what [`calls`](Self::calls) was given.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], which tells all that is wrong with the variables.
    pub fn call_settings(&self) -> Result<CallSettings, SettingsError> {
        let mut calls = self.calls.clone();
        let wrong = [
            self.seconds(TIMEOUT).map(|limit| calls.timeout = limit.or(calls.timeout)),
            self.seconds(ATTEMPT_TIMEOUT).map(|limit| calls.attempt_timeout = limit.or(calls.attempt_timeout)),
            self.seconds(CONNECT_TIMEOUT).map(|limit| calls.connect_timeout = limit.or(calls.connect_timeout)),
            self.retries().map(|retries| {
                if let Some(retries) = retries {
                    calls.retry = Some(calls.retry.unwrap_or_default().max_attempts(retries.saturating_add(1)));
                }
            }),
            self.truth(STRICT).map(|strict| calls.strict = strict.or(calls.strict)),
            self.truth(INSECURE_HTTP).map(|allow| calls.insecure_http = allow.or(calls.insecure_http)),
            self.get(PROXY).map(|proxy| match proxy.as_deref() {
                Some("none") => calls.proxy = Some(None),
                Some(url) => calls.proxy = Some(Some(url.into())),
                None => {}
            }),
        ];
        let wrong = wrong.into_iter().filter_map(Result::err).collect();
        match SettingsError::of(wrong) {
            Some(error) => Err(error),
            None if calls.proxy.is_some() && !HAS_PROXY => Err(SettingsError::Invalid {
                name: PROXY,
                expected: "left out: it takes the feature `rustls` or `native-tls`",
            }),
            None => Ok(calls),
        }
    }

    fn seconds(&self, name: &'static str) -> Result<Option<Duration>, SettingsError> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        let limit = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let limit = limit.filter(|limit| !limit.is_zero());
        limit.map(Some).ok_or(SettingsError::Invalid { name, expected: "a number of seconds above 0" })
    }

    fn retries(&self) -> Result<Option<u32>, SettingsError> {
        let Some(text) = self.get(RETRIES)? else { return Ok(None) };
        let invalid = |_| SettingsError::Invalid { name: RETRIES, expected: "a whole number, 0 or more" };
        text.parse().map(Some).map_err(invalid)
    }

    fn truth(&self, name: &'static str) -> Result<Option<bool>, SettingsError> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| SettingsError::Invalid { name, expected: "true or false" })
    }

    /// The value of one setting, trimmed; `None` if it is not set or empty.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NotUnicode`].
    pub fn get(&self, name: &'static str) -> Result<Option<String>, SettingsError> {
        let value = (self.lookup)(name).map_err(|NotUnicode| SettingsError::NotUnicode { name })?;
        Ok(value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    }

    /// The settings that belong together, or `None` if none of them is set.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NotUnicode`].
    pub fn group(&self, names: &[&'static str]) -> Result<Option<SettingsGroup>, SettingsError> {
        let mut found = Vec::new();
        for name in names {
            found.extend(self.get(name)?.map(|value| (*name, value)));
        }
        Ok(found.first().map(|(first, _)| *first).map(|first| SettingsGroup { first, found }))
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// Settings that belong together, of which at least one is set.
pub struct SettingsGroup {
    first: &'static str,
    found: Vec<(&'static str, String)>,
}

impl SettingsGroup {
    /// The value of a setting, if it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.found.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }

    /// The value of a setting that the others are no good without.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Missing`], which names it.
    pub fn required(&self, name: &'static str) -> Result<&str, SettingsError> {
        self.get(name).ok_or(SettingsError::Missing { name, set: self.first })
    }

    /// The value of a setting that must be set, since `alternative` is not.
    ///
    /// # Errors
    ///
    /// [`SettingsError::MissingBoth`], which names both.
    pub fn required_without(&self, name: &'static str, alternative: &'static str) -> Result<&str, SettingsError> {
        self.get(name).ok_or(SettingsError::MissingBoth { name, alternative, set: self.first })
    }

    /// The value of a setting that holds a URL, if it is set.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] if it does not begin like one; the value, which may be a secret in the wrong place, is
    /// not shown.
    pub fn url(&self, name: &'static str) -> Result<Option<&str>, SettingsError> {
        let is_url = |value: &str| value.starts_with("https://") || value.starts_with("http://");
        match self.get(name) {
            Some(value) if !is_url(value) => {
                Err(SettingsError::Invalid { name, expected: "a URL that begins with https:// or http://" })
            }
            value => Ok(value),
        }
    }
}

/// The names only: most values are secrets.
impl fmt::Debug for SettingsGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.found.iter().map(|(name, _)| name)).finish()
    }
}

/// Why no provider can be made of the settings. Never shows a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A setting is missing that others are no good without.
    #[error("{name} is not set, but {set} is")]
    Missing {
        /// The setting that is missing.
        name: &'static str,
        /// One that is set, and of no use alone.
        set: &'static str,
    },
    /// One of two settings is missing.
    #[error("neither {name} nor {alternative} is set, but {set} is")]
    MissingBoth {
        /// One that would do.
        name: &'static str,
        /// The other.
        alternative: &'static str,
        /// One that is set, and of no use alone.
        set: &'static str,
    },
    /// A value is not what it should be.
    #[error("{name} must be {expected}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A value is no text.
    #[error("{name} is not valid Unicode")]
    NotUnicode {
        /// The setting.
        name: &'static str,
    },
    /// Several settings are wrong, of one API or of several.
    #[error("{}", lines(errors))]
    Several {
        /// What is wrong, one by one.
        errors: Vec<SettingsError>,
    },
    /// The API's client cannot be made of the values.
    #[error("the client of {provider} cannot be made: {reason}{}", as_setting(reason))]
    Client {
        /// The name of the provider.
        provider: &'static str,
        /// What is wrong.
        reason: BuildError,
    },
}

impl SettingsError {
    /// All that is wrong, each once: the settings of calls are those of several APIs.
    pub(crate) fn of(errors: Vec<Self>) -> Option<Self> {
        let mut all: Vec<Self> = Vec::new();
        for error in errors.into_iter().flat_map(Self::each) {
            if !all.iter().any(|told| told.to_string() == error.to_string()) {
                all.push(error);
            }
        }
        match all.len() {
            0 | 1 => all.pop(),
            _ => Some(Self::Several { errors: all }),
        }
    }

    /// What is wrong, one by one.
    pub(crate) fn each(self) -> Vec<Self> {
        match self {
            Self::Several { errors } => errors.into_iter().flat_map(Self::each).collect(),
            error => vec![error],
        }
    }
}

/// Two settings, or all that is wrong with them.
#[cfg(any(feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
pub(crate) fn both<A, B>(
    one: Result<A, SettingsError>,
    other: Result<B, SettingsError>,
) -> Result<(A, B), SettingsError> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(one), Err(other)) => Err(SettingsError::Several { errors: vec![one, other] }),
    }
}

/// What a client's error says of its builder, as a setting.
fn as_setting(reason: &BuildError) -> &'static str {
    match reason {
        BuildError::InsecureHttp(_) => ", or the setting SWITCHBOARD_INSECURE_HTTP",
        _ => "",
    }
}

fn lines(errors: &[SettingsError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings<'static> {
        Settings::from_fn(|name| match name {
            "KEY" => Some(" canary\n".to_owned()),
            "EMPTY" => Some("  ".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn values_are_trimmed_and_empty_ones_are_none() {
        assert_eq!(settings().get("KEY").unwrap().as_deref(), Some("canary"));
        assert_eq!(settings().get("EMPTY").unwrap(), None);
        assert!(settings().group(&["EMPTY", "OTHER"]).unwrap().is_none());
    }

    #[test]
    fn what_is_missing_is_named_and_values_are_not_shown() {
        let group = settings().group(&["URL", "KEY"]).unwrap().unwrap();
        assert_eq!(group.required("KEY").unwrap(), "canary");
        assert_eq!(group.required("URL").unwrap_err().to_string(), "URL is not set, but KEY is");
        let error = group.required_without("URL", "REGION").unwrap_err();
        assert_eq!(error.to_string(), "neither URL nor REGION is set, but KEY is");
        assert_eq!(group.url("URL").unwrap(), None);
        let error = group.url("KEY").unwrap_err();
        assert_eq!(error.to_string(), "KEY must be a URL that begins with https:// or http://");
        assert!(!format!("{group:?} {:?} {error:?}", settings()).contains("canary"));
    }

    #[test]
    fn a_value_that_is_no_text_is_an_error() {
        let settings = Settings { lookup: Box::new(|_| Err(NotUnicode)), calls: CallSettings::new() };
        assert_eq!(settings.get("KEY").unwrap_err().to_string(), "KEY is not valid Unicode");
    }
}
