//! Several accounts, each by a name of its own, from one text: for boards with two tenants of one API, which an environment
//! has no place for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use crate::{CallSettings, Settings, SettingsError, Switchboard};

impl Switchboard {
    /// The accounts of a text in JSON: an object with an account for each name, by which the provider is then known. An
    /// account is an object, too: `api` says whose it is, and the rest are the variables that [`Settings`] lists.
    ///
    /// ```
    /// # #[cfg(feature = "activecampaign")] {
    /// let accounts = r#"{
    ///     "shops-eu": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "acme-eu", "ACTIVECAMPAIGN_API_TOKEN": "secret" },
    ///     "shops-us": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "acme-us", "ACTIVECAMPAIGN_API_TOKEN": "secret" }
    /// }"#;
    /// let board = switchboard::Switchboard::from_accounts(accounts)?;
    /// assert!(board.provider("shops-us").is_some());
    /// # }
    /// # Ok::<(), switchboard::AccountsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AccountsError`], which tells all that is wrong with all accounts, and shows no value.
    pub fn from_accounts(text: &str) -> Result<Self, AccountsError> {
        board(text, &CallSettings::new())
    }

    /// The same, with what the accounts do not say of how calls are made.
    ///
    /// # Errors
    ///
    /// Those of [`from_accounts`](Self::from_accounts).
    pub fn from_accounts_with(text: &str, calls: &CallSettings) -> Result<Self, AccountsError> {
        board(text, calls)
    }
}

/// The accounts of a text.
fn board(text: &str, calls: &CallSettings) -> Result<Switchboard, AccountsError> {
    let Named(accounts): Named<Named<Value>> =
        serde_json::from_str(text).map_err(|error| AccountsError { faults: vec![AccountFault::Text(told(&error))] })?;
    let (mut builder, mut faults) = (Switchboard::builder(), Vec::new());
    for (name, Named(settings)) in &accounts {
        // By an empty one nobody could ask for it.
        if name.is_empty() {
            faults.push(AccountFault::NoName);
        }
        match provider(name, settings, calls) {
            Ok(provider) => builder = builder.shared_provider(provider),
            Err(found) => faults.extend(found.into_iter().map(|fault| AccountFault::Account(name.clone(), fault))),
        }
    }
    if faults.is_empty() { Ok(builder.build()) } else { Err(AccountsError { faults }) }
}

/// An object of JSON in which every name stands once. Where one stands twice, a map would take the latter without a word,
/// and an account would be missing.
struct Named<T>(BTreeMap<String, T>);

/// What an error begins with that says so; a name follows, which is no value.
const TWICE: &str = "the name ";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Names<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Named<T>, A::Error> {
                let mut named = BTreeMap::new();
                while let Some(name) = entries.next_key::<String>()? {
                    if named.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("{TWICE}{name:?} is there twice")));
                    }
                    named.insert(name, entries.next_value()?);
                }
                Ok(Named(named))
            }
        }

        deserializer.deserialize_map(Names(PhantomData))
    }
}

/// Where the text is wrong. What the parser says beside that may show a value.
fn told(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = match error.classify() {
        serde_json::error::Category::Data if said.starts_with(TWICE) => said.split(" at line ").next().unwrap_or(TWICE),
        serde_json::error::Category::Data => "not an object with an object for each account",
        _ => "not JSON",
    };
    format!("{what}, in line {}, column {}", error.line(), error.column())
}

/// The provider that an account's settings are for.
fn provider(
    name: &str,
    settings: &BTreeMap<String, Value>,
    calls: &CallSettings,
) -> Result<std::sync::Arc<dyn crate::ConnectionProvider>, Vec<Fault>> {
    let apis = crate::providers::FROM_SETTINGS;
    let api = settings.get("api").and_then(Value::as_str);
    let Some((_, from_settings)) = apis.iter().find(|(known, _)| Some(*known) == api) else {
        return Err(vec![Fault::Api(apis.iter().map(|(known, _)| *known).collect())]);
    };
    // In the order in which they are asked for: the API's own first.
    let known = RefCell::new(Vec::new());
    let looked_up = Settings::from_fn(|name| {
        let mut known = known.borrow_mut();
        if !known.iter().any(|it| it == name) {
            known.push(name.to_owned());
        }
        settings.get(name).and_then(Value::as_str).map(str::to_owned)
    });
    let looked_up = looked_up.calls(calls.clone());
    let made = from_settings(&looked_up, Some(name));
    let of_api = known.borrow().clone();
    // Of an account that is not set up, nobody has asked how it is called; such settings are known all the same.
    let _ = looked_up.call_settings();
    let known = known.borrow();
    let mut faults: Vec<_> = settings
        .iter()
        .filter(|(setting, _)| *setting != "api")
        .filter_map(|(setting, value)| match value {
            _ if !known.contains(setting) => Some(Fault::Unknown { name: setting.clone(), known: known.clone() }),
            Value::String(_) => None,
            _ => Some(Fault::NoText(setting.clone())),
        })
        .collect();
    match made {
        Ok(Some(provider)) if faults.is_empty() => return Ok(provider),
        Ok(Some(_)) => {}
        // It is set, to something else than text.
        Ok(None) if faults.iter().any(|fault| matches!(fault, Fault::NoText(_))) => {}
        Ok(None) => faults.push(Fault::Empty(of_api)),
        Err(error) => faults.extend(error.each().into_iter().map(Fault::Settings)),
    }
    Err(faults)
}

/// Why a text gives no accounts: all that is wrong with it, a line each. Never shows a value.
#[derive(Debug)]
pub struct AccountsError {
    faults: Vec<AccountFault>,
}

#[derive(Debug)]
enum AccountFault {
    /// The text cannot be read at all.
    Text(String),
    NoName,
    Account(String, Fault),
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("`api` must be one of {}", .0.join(", "))]
    Api(Vec<&'static str>),
    #[error("there is no setting {name:?}; there are {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
    #[error("{0} must be text")]
    NoText(String),
    #[error("none of {} is set", .0.join(", "))]
    Empty(Vec<String>),
    #[error("{0}")]
    Settings(SettingsError),
}

impl fmt::Display for AccountsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            let line = if number == 0 { "" } else { "\n" };
            match fault {
                AccountFault::Text(reason) => write!(f, "{line}{reason}")?,
                AccountFault::NoName => write!(f, "{line}an account has an empty name")?,
                AccountFault::Account(name, fault) => write!(f, "{line}{name}: {fault}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for AccountsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(text: &str) -> Result<Switchboard, AccountsError> {
        Switchboard::from_accounts(text)
    }

    #[cfg(all(feature = "activecampaign", feature = "unified-to"))]
    #[test]
    fn two_accounts_of_one_api_have_a_name_each() {
        let text = r#"{
            "shops-eu": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "eu", "ACTIVECAMPAIGN_API_TOKEN": "canary" },
            "shops-us": { "api": "activecampaign", "ACTIVECAMPAIGN_ACCOUNT": "us", "ACTIVECAMPAIGN_API_TOKEN": "canary" },
            "customers": { "api": "unified-to", "UNIFIED_TO_API_KEY": "canary", "UNIFIED_TO_REGION": "eu" }
        }"#;
        let board = board(text).unwrap();
        assert_eq!(format!("{board:?}"), r#"["customers", "shops-eu", "shops-us"]"#);
        assert_eq!(board.provider("shops-us").unwrap().api(), "activecampaign");
    }

    #[cfg(feature = "unified-to")]
    #[test]
    fn all_that_is_wrong_is_told_at_once_and_no_value_is() {
        let text = r#"{
            "a": { "api": "canary" },
            "b": { "api": "unified-to", "UNIFIED_TO_REGION": "canary", "UNIFIED_TO_API_TOKEN": "canary" },
            "c": { "api": "unified-to", "UNIFIED_TO_API_KEY": ["canary"] },
            "d": { "api": "unified-to", "UNIFIED_TO_API_KEY": "canary", "UNIFIED_TO_REGION": "canary" }
        }"#;
        let error = board(text).unwrap_err();
        let told = error.to_string();
        for expected in [
            "a: `api` must be one of ",
            "b: there is no setting \"UNIFIED_TO_API_TOKEN\"; there are UNIFIED_TO_API_KEY, UNIFIED_TO_REGION, UNIFIED_TO_BASE_URL, UNIFIED_TO_ENVIRONMENT, SWITCHBOARD_TIMEOUT, ",
            "b: UNIFIED_TO_API_KEY is not set, but UNIFIED_TO_REGION is",
            "c: UNIFIED_TO_API_KEY must be text",
            "d: UNIFIED_TO_REGION must be na, eu or au",
        ] {
            assert!(told.lines().any(|line| line.starts_with(expected)), "{expected}:\n{told}");
        }
        assert!(!told.contains("c: none of"), "it is set: {told}");
        assert!(!format!("{told} {error:?}").contains("canary"), "{error:?}");
    }

    #[cfg(feature = "unified-to")]
    #[test]
    fn an_account_must_have_a_name_that_it_can_be_asked_for_by() {
        let error = board(r#"{ "": { "api": "unified-to", "UNIFIED_TO_API_KEY": "canary" } }"#).unwrap_err();
        assert_eq!(error.to_string(), "an account has an empty name");
    }

    #[cfg(feature = "unified-to")]
    #[test]
    fn a_name_that_is_there_twice_is_told_for_one_of_the_two_would_be_lost() {
        let account = r#"{ "api": "unified-to", "UNIFIED_TO_API_KEY": "canary" }"#;
        let error = board(&format!("{{ \"a\": {account},\n\"b\": {account},\n\"a\": {account} }}")).unwrap_err();
        assert_eq!(error.to_string(), "the name \"a\" is there twice, in line 3, column 3");
        let twice =
            r#"{ "a": { "api": "unified-to", "UNIFIED_TO_API_KEY": "canary", "UNIFIED_TO_API_KEY": "canary" } }"#;
        let told = board(twice).unwrap_err().to_string();
        assert!(told.starts_with("the name \"UNIFIED_TO_API_KEY\" is there twice, in line 1"), "{told}");
    }

    #[test]
    fn a_text_that_cannot_be_read_says_where() {
        assert_eq!(board("{\"a\": {\n\"api\" \"canary\"}}").unwrap_err().to_string(), "not JSON, in line 2, column 7");
        let error = board("{\"a\": \"canary\"}").unwrap_err().to_string();
        assert!(error.starts_with("not an object with an object for each account, in line 1"), "{error}");
    }
}
