//! The unified connection: what all APIs say about one, in one form, beside the record in which each says it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_runtime::{Fault, Repair};

use crate::{Record, State, Timestamp};

/// The JSON Schema (draft 2020-12) of a serialized [`Connection`].
pub const CONNECTION_SCHEMA: &str = include_str!("../schema/connection.schema.json");

/// An account of an outside service that is joined to a platform.
///
/// Where a provider's record does not have a thing, it is `None`. Which of the vendor's fields each of them is taken
/// from, the documentation of each provider tells.
///
/// # As JSON
///
/// It serializes to the form that [`CONNECTION_SCHEMA`] describes, and is read from it again, to an equal value but for the
/// [`repairs`](Self::repairs). The form has the vendor's record, and that may hold credentials of the connected service:
/// [`without_secrets`](Self::without_secrets) leaves them out. `Debug` leaves the record out for that reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
#[non_exhaustive]
pub struct Connection {
    /// The name of the provider that the connection is from, as [`Switchboard::provider`](crate::Switchboard::provider)
    /// takes it.
    pub provider: String,
    /// The vendor's id of the connection, as `get`, `update` and `delete` take it. Unique within the provider.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// The outside service, as the vendor calls it.
    pub service: Option<String>,
    /// The id on the other side: of the account in the outside service, or of your own customer.
    pub external_id: Option<String>,
    /// Whether it works, as far as the vendor says.
    pub state: State,
    /// What it is for, in the vendor's words, such as `crm`.
    pub categories: Vec<String>,
    /// When it was made. A time that the vendor writes so that it names no moment is `None` here, and in the record.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// When the vendor last saw it work.
    pub last_healthy: Option<Timestamp>,
    /// The vendor's own record, with every field that came.
    pub record: Record,
    /// The fields that are not in the record because they may hold secrets: none, but for
    /// [`without_secrets`](Self::without_secrets).
    pub withheld: Vec<String>,
    /// Where the vendor's answer does not keep to its document, and an empty value or one of another type was taken: in this
    /// connection, with its place in the answer that it came in, for example `connections[3].name`. Mostly there is none.
    /// It says something of the answer and nothing of the connection, so it is not serialized.
    pub repairs: Vec<Repair>,
}

impl Connection {
    /// A connection of which nothing more is known yet, for providers to fill in.
    pub fn new(provider: impl Into<String>, id: impl Into<String>, record: impl Into<Record>) -> Self {
        Self {
            provider: provider.into(),
            id: id.into(),
            name: None,
            service: None,
            external_id: None,
            state: State::UNTOLD,
            categories: Vec::new(),
            created: None,
            updated: None,
            last_healthy: None,
            record: record.into(),
            withheld: Vec::new(),
            repairs: Vec::new(),
        }
    }

    /// Whether all of it is what the vendor said: none of its [repairs](Self::repairs), if there are any, did more than take
    /// a value for the same one in another JSON type, or tell of an error beside the record. What is made up, garbled or left out should not be written over what
    /// is known; [`changes`](crate::Switchboard::changes) does not.
    pub fn is_faithful(&self) -> bool {
        !self.repairs.iter().any(is_made_up)
    }

    /// The same with nothing in its record that may be a secret, for logs, files and other people's eyes.
    ///
    /// Of a record stay the fields that the vendor's document names and that hold no secret; of the names of the others,
    /// [`withheld`](Self::withheld) has a list. So a field that the vendor adds tomorrow goes, too, and so does all of a
    /// record whose API this crate does not know.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        let Self { record, mut withheld, .. } = self;
        let (record, fields) = record.without_secrets();
        withheld.extend(fields);
        Self { record, withheld, ..self }
    }
}

/// The form in which a connection is serialized: `api` says what the record is.
#[derive(Serialize, Deserialize)]
struct Form {
    provider: String,
    api: String,
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    state: State,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    created: Option<Timestamp>,
    #[serde(default)]
    updated: Option<Timestamp>,
    #[serde(default)]
    last_healthy: Option<Timestamp>,
    record: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<String>,
}

impl From<Connection> for Form {
    fn from(connection: Connection) -> Self {
        let Connection { provider, id, name, service, external_id, state, categories, .. } = connection;
        let Connection { created, updated, last_healthy, record, withheld, repairs: _, .. } = connection;
        let (api, record) = (record.api().to_owned(), record.into_value());
        Self {
            provider,
            api,
            id,
            name,
            service,
            external_id,
            state,
            categories,
            created,
            updated,
            last_healthy,
            record,
            withheld,
        }
    }
}

impl From<Form> for Connection {
    fn from(form: Form) -> Self {
        let Form { provider, api, id, name, service, external_id, state, categories, .. } = form;
        let Form { created, updated, last_healthy, record, withheld, .. } = form;
        Self {
            name,
            service,
            external_id,
            state,
            categories,
            created,
            updated,
            last_healthy,
            withheld,
            ..Self::new(provider, id, Record::of_api(&api, record))
        }
    }
}

/// Whether a repair did more than take a value for the same one in another JSON type, the number 7 for the text, or tell of an
/// error that the vendor reports beside the record.
pub(crate) fn is_made_up(repair: &Repair) -> bool {
    !matches!(repair.fault, Fault::Converted | Fault::Reported)
}

/// The property of a record that a repair is in, be the record alone or in a list.
pub(crate) fn property_of(repair: &Repair) -> &str {
    let own = repair.path.split_once("].").map_or(repair.path.as_str(), |(_, own)| own);
    own.split(['.', '[']).next().unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn serializes_whole_and_debugs_without_the_record() {
        let connection = Connection::new("mine", "7", json!({ "token": "canary" }));
        let encoded = serde_json::to_value(&connection).unwrap();
        assert_eq!((&encoded["state"]["kind"], &encoded["record"]["token"]), (&json!("unknown"), &json!("canary")));
        assert_eq!(serde_json::from_value::<Connection>(encoded).unwrap(), connection);
        let shown = format!("{connection:?}");
        assert!(shown.contains("\"mine\"") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn of_a_record_that_is_not_known_here_nothing_is_safe() {
        let safe = Connection::new("mine", "7", json!({ "a": "canary", "b": 1 })).without_secrets();
        assert_eq!(
            (safe.record.clone(), &safe.withheld[..]),
            (json!({}).into(), &["a".to_owned(), "b".to_owned()][..])
        );
        assert!(!serde_json::to_string(&safe).unwrap().contains("canary"));
        let other = Connection::new("mine", "7", json!("canary")).without_secrets();
        assert_eq!((other.record, other.withheld), (json!(null).into(), vec![String::new()]));
    }

    #[cfg(feature = "activecampaign")]
    #[test]
    fn an_error_that_is_reported_beside_a_record_makes_nothing_of_it_up() {
        use switchboard_runtime::codegen::v1::{Decoder, decode};
        use switchboard_runtime::{HeaderMap, RawResponse, StatusCode};

        let faithful = |body: &'static str| {
            let raw = RawResponse::new(StatusCode::OK, HeaderMap::new(), body);
            let decoder = Decoder::new(&raw);
            decode::json::<activecampaign::types::ConnectionResponse>(&decoder).unwrap();
            let repairs = decoder.into_repairs();
            assert!(!repairs.is_empty(), "{body}");
            Connection { repairs, ..Connection::new("mine", "7", json!({})) }.is_faithful()
        };
        assert!(faithful(r#"{"connection":{"id":"7"},"error":{"message":"expired"}}"#));
        assert!(!faithful(r#"{"connection":{"id":{"no":"text"}}}"#));
    }
}
