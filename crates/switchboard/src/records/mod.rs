//! Vendors' own connections: what is answered, what creates one, and what changes one. A file an API has of each
//!
//! - the types `Record`, `NewRecord` and `RecordChange`: the vendor's own connection as it is answered, and the bodies
//!   that its client takes to create and to change one;
//! - the list `SAFE` of the fields of a `Record` that hold no secret, and of those of its objects, as `links.customers`;
//! - the functions `service`, what a `NewRecord` says of the service, and `change_to`, the `RecordChange` that makes a
//!   connection that is there what a new one would be.
//!
//! A new one has a `mod` line and a line in the table below.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

#[cfg(feature = "activecampaign")]
pub(crate) mod activecampaign;
#[cfg(feature = "sitecore-personalize")]
pub(crate) mod sitecore_personalize;
#[cfg(feature = "unified-to")]
pub(crate) mod unified_to;

macro_rules! records {
    ($($feature:literal => $module:ident::$name:ident, $title:literal;)*) => {
        by_vendor! {
            /// A vendor's own record of a connection, with every field that came.
            Record: $($feature => $module::$name, $title;)*
        }
        impl Record {
            /// The name of the API that the record is of, `other` if this crate does not have it.
            pub fn api(&self) -> &'static str {
                match self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$name(_) => $feature,
                    )*
                    Self::Other(_) => "other",
                }
            }

            /// The fields that hold no secret, by the names that the vendor gives them.
            fn safe_fields(&self) -> &'static [&'static str] {
                match self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$name(_) => self::$module::SAFE,
                    )*
                    Self::Other(_) => &[],
                }
            }
        }

        by_vendor! {
            /// What a vendor's own client takes to create a connection.
            NewRecord: $($feature => $module::$name, $title;)*
        }
        impl NewRecord {
            /// The service that the record is for, if it says so.
            pub(crate) fn service(&self) -> Option<&str> {
                let service: Option<&str> = match self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$name(body) => Some(self::$module::service(body)),
                    )*
                    Self::Other(_) => None,
                };
                service.filter(|service| !service.is_empty())
            }
        }

        by_vendor! {
            /// What a vendor's own client takes to change a connection.
            RecordChange: $($feature => $module::$name, $title;)*
        }

        /// What makes a connection that is there what a new one would be.
        impl From<NewRecord> for RecordChange {
            fn from(new: NewRecord) -> Self {
                match new {
                    $(
                        #[cfg(feature = $feature)]
                        NewRecord::$name(body) => Self::from(self::$module::change_to(*body)),
                    )*
                    NewRecord::Other(body) => Self::Other(body),
                }
            }
        }
    };
}

/// An enum with a variant for each vendor, named after its provider, that holds the type of that name in its module.
macro_rules! by_vendor {
    ($(#[$attribute:meta])* $enum:ident: $($feature:literal => $module:ident::$name:ident, $title:literal;)*) => {
        $(#[$attribute])*
        ///
        /// It may hold credentials of the connected service, so `Debug` tells only whose it is.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $enum {
            $(
                #[doc = concat!("For ", $title, ".")]
                #[cfg(feature = $feature)]
                $name(Box<self::$module::$enum>),
            )*
            /// For a provider that this crate does not have.
            Other(Value),
        }

        $(
            #[cfg(feature = $feature)]
            impl From<self::$module::$enum> for $enum {
                fn from(record: self::$module::$enum) -> Self {
                    Self::$name(Box::new(record))
                }
            }
        )*

        impl $enum {
            /// Reads the JSON that this API's client writes; of an API that this crate does not have, anything.
            ///
            /// # Errors
            ///
            /// If it is not of that form.
            pub fn read(api: &str, json: Value) -> Result<Self, serde_json::Error> {
                match api {
                    $(
                        #[cfg(feature = $feature)]
                        $feature => serde_json::from_value(json).map(|it: self::$module::$enum| Self::from(it)),
                    )*
                    _ => Ok(Self::Other(json)),
                }
            }
        }

        impl From<Value> for $enum {
            fn from(record: Value) -> Self {
                Self::Other(record)
            }
        }

        impl fmt::Debug for $enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$name(_) => concat!(stringify!($name), "(..)"),
                    )*
                    Self::Other(_) => "Other(..)",
                })
            }
        }

        /// As the vendor writes it.
        impl Serialize for $enum {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$name(record) => record.serialize(serializer),
                    )*
                    Self::Other(record) => record.serialize(serializer),
                }
            }
        }
    };
}

impl Record {
    /// The record as the type that a provider of your own made it of, which this crate does not know. Types that keep the
    /// properties that their document does not name lose nothing by it, as those of generated crates do.
    ///
    /// ```
    /// use switchboard::Record;
    ///
    /// let record = Record::from(serde_json::json!({ "hook_url": "https://example.com/hook" }));
    /// let typed: std::collections::BTreeMap<String, String> = record.typed()?;
    /// assert_eq!(typed["hook_url"], "https://example.com/hook");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not of that type; of one [without secrets](crate::Connection::without_secrets) nothing is left.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(self.clone().into_value())
    }

    /// The record as the vendor writes it.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Other(record) => record,
            // What was read from JSON is written to JSON again; there is nothing in it that could fail.
            #[allow(unreachable_patterns, reason = "without any provider all records are others")]
            record => serde_json::to_value(record).unwrap_or_default(),
        }
    }

    /// The record of that API. One that cannot be read as such is [`Other`](Self::Other): nothing of it is lost.
    pub(crate) fn of_api(api: &str, record: Value) -> Self {
        Self::read(api, record.clone()).unwrap_or(Self::Other(record))
    }

    /// The record without what may be secret, and the names of the fields that went; an empty name stands for a record
    /// that is no object.
    pub(crate) fn without_secrets(self) -> (Self, Vec<String>) {
        let (api, safe) = (self.api(), self.safe_fields());
        match self.into_value() {
            Value::Object(fields) => {
                let mut gone = Vec::new();
                let record = Self::of_api(api, Value::Object(safe_part(fields, "", safe, &mut gone)));
                // In whichever order an object of JSON keeps its properties.
                gone.sort_unstable();
                gone.dedup();
                (record, gone)
            }
            Value::Null => (Self::Other(Value::Null), Vec::new()),
            _ => (Self::Other(Value::Null), vec![String::new()]),
        }
    }
}

/// The fields of an object that are safe. What is safe of an object within, has names of its own, such as `links.customers`:
/// it may get properties, too, that no document knows.
fn safe_part(fields: Map<String, Value>, within: &str, safe: &[&str], gone: &mut Vec<String>) -> Map<String, Value> {
    let mut kept = Map::new();
    for (field, value) in fields {
        let name = format!("{within}{field}");
        if !safe.contains(&name.as_str()) {
            gone.push(name);
            continue;
        }
        kept.insert(field, safe_value(value, &name, safe, gone));
    }
    kept
}

/// What is safe of a value that has this name; of a list, what is safe of each item.
fn safe_value(value: Value, name: &str, safe: &[&str], gone: &mut Vec<String>) -> Value {
    match value {
        Value::Object(fields) => safe_part(fields, &format!("{name}."), safe, gone).into(),
        Value::Array(items) => items.into_iter().map(|item| safe_value(item, name, safe, gone)).collect(),
        value => value,
    }
}

records! {
    "activecampaign" => activecampaign::ActiveCampaign, "ActiveCampaign";
    "unified-to" => unified_to::UnifiedTo, "Unified.to";
    "sitecore-personalize" => sitecore_personalize::SitecorePersonalize, "Sitecore Personalize";
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_safe_of_a_list_is_what_is_safe_of_its_items() {
        let Value::Object(fields) = json!({
            "names": ["a", ["b"]],
            "links": [{ "self": "c", "key": "canary" }, [{ "key": "canary" }], {}],
        }) else {
            unreachable!()
        };
        let mut gone = Vec::new();
        let kept = safe_part(fields, "", &["names", "links", "links.self"], &mut gone);
        assert_eq!(Value::from(kept), json!({ "names": ["a", ["b"]], "links": [{ "self": "c" }, [{}], {}] }));
        assert_eq!(gone, ["links.key", "links.key"]);
    }

    #[cfg(feature = "activecampaign")]
    #[test]
    fn a_record_is_read_as_its_type_with_all_that_came() {
        let came = json!({ "id": "1", "new": [null] });
        for record in [Record::from(came.clone()), Record::of_api("activecampaign", came.clone())] {
            let typed: self::activecampaign::Record = record.typed().unwrap();
            assert_eq!((typed.id.as_deref(), serde_json::to_value(&typed).unwrap()), (Some("1"), came.clone()));
        }
        assert!(Record::from(json!("1")).typed::<u32>().is_err());
    }
}
