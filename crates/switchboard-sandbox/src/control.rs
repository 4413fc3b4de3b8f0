//! The control API: what a test in another language has in place of this crate's methods. It is beside the three APIs, asks
//! for no credential, and its own requests are neither noted down nor spoiled.

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use axum::{
    body::Body,
    http::{Method, StatusCode},
    response::Response,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};

use crate::{
    Fault, Misbehavior,
    faults::Faults,
    journal::{Api, Journal, ReceivedRequest},
    wire,
};

/// What every path of the control API begins with.
pub(crate) const PREFIX: &str = "/sandbox/";

/// What is controlled.
pub(crate) struct Controls<'a> {
    pub(crate) faults: &'a Faults,
    pub(crate) journal: &'a Journal,
    pub(crate) revoke_tokens: &'a dyn Fn(),
}

impl Controls<'_> {
    /// Answers a request to the control API.
    pub(crate) fn answer(&self, method: &Method, path: &str, body: &[u8]) -> Response {
        match (method.as_str(), path.strip_prefix(PREFIX).unwrap_or_default()) {
            ("POST", "faults") => match order(body) {
                Ok(misbehavior) => {
                    self.faults.add(misbehavior);
                    done()
                }
                Err(InvalidFault(message)) => wire::json(StatusCode::BAD_REQUEST, &json!({ "message": message })),
            },
            ("DELETE", "faults") => {
                self.faults.clear(None);
                done()
            }
            ("DELETE", "tokens") => {
                (self.revoke_tokens)();
                done()
            }
            ("GET", "requests") => {
                let requests: Vec<_> = self.journal.requests(None).iter().map(told).collect();
                wire::json(StatusCode::OK, &json!({ "count": self.journal.count(None), "requests": requests }))
            }
            _ => {
                let message = "there are: POST and DELETE faults, DELETE tokens, GET requests";
                wire::json(StatusCode::NOT_FOUND, &json!({ "message": message }))
            }
        }
    }
}

fn done() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A request as it is told. A body that is no text is told with replacement characters.
fn told(request: &ReceivedRequest) -> Value {
    let ReceivedRequest { api, method, path, query, headers, body } = request;
    json!({
        "api": api.map(Api::name), "method": method, "path": path, "query": query, "headers": headers,
        "body": String::from_utf8_lossy(body),
    })
}

/// Reads an order: a fault, and beside it which requests it is for. A key that is neither's is an error: a fault that was
/// meant for some requests only must not happen to others.
fn order(body: &[u8]) -> Result<Misbehavior, InvalidFault> {
    let unreadable = |error: serde_json::Error| InvalidFault(error.to_string());
    let Distinct(order) = serde_json::from_slice(body).map_err(unreadable)?;
    let order: Map<String, Value> = serde_json::from_value(order).map_err(unreadable)?;
    let (requests, fault): (Map<_, _>, Map<_, _>) =
        order.into_iter().partition(|(name, _)| Requests::KEYS.contains(&name.as_str()));
    let fault = serde_json::from_value::<Form>(fault.into());
    let beside = |error| InvalidFault(format!("{error}; and beside the fault {}", Requests::KEYS.join(", ")));
    let requests = serde_json::from_value::<Requests>(requests.into()).map_err(unreadable)?;
    Ok(requests.have(fault.map_err(beside)?.into()))
}

/// As the control API takes it, in JSON; of a fault of which there is nothing more to say, its [kind](Fault::kind) will do.
///
/// ```
/// use switchboard_sandbox::{Fault, Misbehavior};
///
/// assert_eq!("reset".parse(), Ok(Misbehavior::from(Fault::Reset)));
/// let order = r#"{ "fault": "status", "status": 503, "method": "GET", "times": "always" }"#;
/// assert_eq!(order.parse(), Ok(Fault::status(503).on_method("GET").always()));
/// ```
impl FromStr for Misbehavior {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        match text.trim_start().starts_with('{') {
            true => order(text.as_bytes()),
            false => order(json!({ "fault": text }).to_string().as_bytes()),
        }
    }
}

/// Why a text orders no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFault(String);

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFault {}

/// A value of JSON none of whose objects has a key twice: of two only one would be heeded.
struct Distinct(Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of JSON")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(text.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut all = Vec::new();
                while let Some(Distinct(item)) = items.next_element()? {
                    all.push(item);
                }
                Ok(all.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
                let mut all = Map::new();
                while let Some((name, Distinct(value))) = members.next_entry::<String, _>()? {
                    if all.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                    }
                    all.insert(name, value);
                }
                Ok(all.into())
            }
        }

        deserializer.deserialize_any(Reader).map(Self)
    }
}

/// Which requests a fault is for; see [`Misbehavior`].
#[derive(Deserialize)]
struct Requests {
    #[serde(default)]
    api: Option<ApiName>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    nth: Option<usize>,
    #[serde(default)]
    times: Option<Times>,
}

/// How many requests it is for.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`times` must be a whole number or \"always\"")]
enum Times {
    Number(usize),
    Word(Always),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Always {
    Always,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ApiName {
    Activecampaign,
    UnifiedTo,
    SitecorePersonalize,
}

impl Requests {
    const KEYS: [&str; 5] = ["api", "method", "path", "nth", "times"];

    /// The fault, for these requests.
    fn have(self, fault: Fault) -> Misbehavior {
        let Self { api, method, path, nth, times } = self;
        let mut misbehavior = Misbehavior::from(fault);
        if let Some(api) = api {
            misbehavior = misbehavior.on_api(match api {
                ApiName::Activecampaign => Api::ActiveCampaign,
                ApiName::UnifiedTo => Api::UnifiedTo,
                ApiName::SitecorePersonalize => Api::SitecorePersonalize,
            });
        }
        if let Some(method) = method {
            misbehavior = misbehavior.on_method(method);
        }
        if let Some(path) = path {
            misbehavior = misbehavior.on_path(path);
        }
        if let Some(nth) = nth {
            misbehavior = misbehavior.nth(nth);
        }
        match times {
            None => misbehavior,
            Some(Times::Number(times)) => misbehavior.times(times),
            Some(Times::Word(Always::Always)) => misbehavior.always(),
        }
    }
}

/// A [`Fault`] as JSON: its [kind](Fault::kind), and what there is to say of it.
// With the braces, serde refuses unknown keys of a variant that has none of its own, too.
#[derive(Deserialize)]
#[serde(tag = "fault", deny_unknown_fields)]
enum Form {
    #[serde(rename = "slow")]
    Slow { milliseconds: u64 },
    #[serde(rename = "reset")]
    Reset {},
    #[serde(rename = "cut off")]
    CutOff {},
    #[serde(rename = "status")]
    Status {
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        body: Option<String>,
    },
    #[serde(rename = "soft error")]
    SoftError { status: u16 },
    #[serde(rename = "ignored parameter")]
    IgnoredParameter { name: String },
    #[serde(rename = "malformed JSON")]
    MalformedJson {},
    #[serde(rename = "empty body")]
    EmptyBody {},
    #[serde(rename = "longer body")]
    LongerBody { text: String },
    #[serde(rename = "header")]
    Header { name: String, value: String },
    #[serde(rename = "gzip")]
    Gzip {
        coding: String,
        #[serde(default)]
        members: usize,
        #[serde(default)]
        rest: String,
    },
    #[serde(rename = "replaced list")]
    ReplacedList { value: Value },
    #[serde(rename = "missing list")]
    MissingList {},
    #[serde(rename = "short list")]
    ShortList { items: usize },
    #[serde(rename = "unknown enum value")]
    UnknownEnumValue { field: String, value: String },
    #[serde(rename = "missing field")]
    MissingField { field: String },
    #[serde(rename = "replaced field")]
    ReplacedField { field: String, value: Value },
    #[serde(rename = "raw field")]
    RawField { field: String, text: String },
    #[serde(rename = "extra field")]
    ExtraField { field: String, value: Value },
}

impl From<Form> for Fault {
    fn from(form: Form) -> Self {
        match form {
            Form::Slow { milliseconds } => Self::Slow(Duration::from_millis(milliseconds)),
            Form::Reset {} => Self::Reset,
            Form::CutOff {} => Self::CutOff,
            Form::Status { status, headers, body } => {
                Self::Status { status, headers: headers.into_iter().collect(), body }
            }
            Form::SoftError { status } => Self::SoftError(status),
            Form::IgnoredParameter { name } => Self::IgnoredParameter(name),
            Form::MalformedJson {} => Self::MalformedJson,
            Form::EmptyBody {} => Self::EmptyBody,
            Form::LongerBody { text } => Self::LongerBody(text),
            Form::Header { name, value } => Self::Header { name, value },
            Form::Gzip { coding, members, rest } => Self::Gzip { coding, members, rest },
            Form::ReplacedList { value } => Self::ReplacedList(value),
            Form::MissingList {} => Self::MissingList,
            Form::ShortList { items } => Self::ShortList(items),
            Form::UnknownEnumValue { field, value } => Self::UnknownEnumValue { field, value },
            Form::MissingField { field } => Self::MissingField(field),
            Form::ReplacedField { field, value } => Self::ReplacedField { field, value },
            Form::RawField { field, text } => Self::RawField { field, text },
            Form::ExtraField { field, value } => Self::ExtraField { field, value },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sandbox, testing};

    fn order(json: Value) -> Misbehavior {
        super::order(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_order_says_what_the_methods_say() {
        let expected = Fault::status(503).with_header("Retry-After", "1").on_method("GET").on_path("/connections");
        let told = json!({
            "fault": "status", "status": 503, "headers": { "Retry-After": "1" }, "method": "GET", "path": "/connections",
            "api": "unified-to", "nth": 3, "times": "always",
        });
        assert_eq!(order(told), expected.on_api(Api::UnifiedTo).nth(3).always());
        assert_eq!(order(json!({ "fault": "short list", "items": 1, "times": 2 })), Fault::ShortList(1).times(2));
    }

    #[test]
    fn every_kind_of_fault_can_be_ordered() {
        let needed = |kind: &str| match kind {
            "slow" => json!({ "milliseconds": 1 }),
            "status" | "soft error" => json!({ "status": 500 }),
            "ignored parameter" => json!({ "name": "a" }),
            "longer body" => json!({ "text": "a" }),
            "header" => json!({ "name": "a", "value": "a" }),
            "gzip" => json!({ "coding": "gzip" }),
            "replaced list" => json!({ "value": [] }),
            "short list" => json!({ "items": 1 }),
            "unknown enum value" | "replaced field" | "extra field" => json!({ "field": "a", "value": "a" }),
            "missing field" => json!({ "field": "a" }),
            "raw field" => json!({ "field": "a", "text": "a" }),
            _ => json!({}),
        };
        for kind in Fault::KINDS {
            let mut form = needed(kind);
            form["fault"] = json!(kind);
            let fault = Fault::from(serde_json::from_value::<Form>(form.clone()).unwrap());
            assert_eq!(fault.kind(), *kind);
            // Whatever a fault has of its own, a key that is misspelt is told.
            form["pth"] = json!("/connections");
            let refused = super::order(form.to_string().as_bytes()).unwrap_err().to_string();
            assert!(refused.contains("unknown field `pth`") && refused.contains("path"), "{kind}: {refused}");
        }
        assert!(
            super::order(br#"{ "fault": "reset", "api": "unified" }"#).unwrap_err().to_string().contains("unified-to")
        );
        for (twice, name) in [
            (r#"{"fault":"reset","fault":"cut off"}"#, "fault"),
            (r#"{"fault":"reset","path":"/a","path":"/b"}"#, "path"),
            (r#"{"fault":"status","status":503,"headers":{"Retry-After":"1","Retry-After":"2"}}"#, "Retry-After"),
            (r#"{"fault":"extra field","field":"a","value":[{"b":1,"b":2}]}"#, "b"),
        ] {
            let refused = super::order(twice.as_bytes()).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("duplicate field `{name}`")), "{refused}");
        }
        let told = "`times` must be a whole number or \"always\"";
        assert_eq!(super::order(br#"{ "fault": "reset", "times": "ever" }"#).unwrap_err().to_string(), told);
    }

    #[test]
    fn a_word_orders_a_fault_that_needs_no_more() {
        assert_eq!("cut off".parse(), Ok(Misbehavior::from(Fault::CutOff)));
        assert_eq!(r#" { "fault": "reset", "times": 2 }"#.parse(), Ok(Fault::Reset.times(2)));
        let refused = |text: &str| text.parse::<Misbehavior>().unwrap_err().to_string();
        assert!(
            refused("flood").starts_with("unknown variant `flood`, expected one of `slow`"),
            "{}",
            refused("flood")
        );
        assert!(refused("status").starts_with("missing field `status`"), "{}", refused("status"));
    }

    #[tokio::test]
    async fn a_program_of_any_language_controls_the_sandbox() {
        let sandbox = Sandbox::builder().control(true).start().await.unwrap();
        let url = |path: &str| format!("http://{}/sandbox/{path}", sandbox.address());
        let client = testing::client();
        let order = |body: Value| client.post(url("faults")).json(&body).send();
        assert_eq!(order(json!({ "fault": "status", "status": 503, "times": "always" })).await.unwrap().status(), 204);
        let refused = order(json!({ "fault": "flood" })).await.unwrap();
        assert_eq!(refused.status(), 400);
        assert!(refused.text().await.unwrap().contains("unknown variant `flood`"));

        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 503);
        assert_eq!(client.delete(url("faults")).send().await.unwrap().status(), 204);
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections").await.status, 200);

        let requests: Value = client.get(url("requests")).send().await.unwrap().json().await.unwrap();
        assert_eq!((&requests["count"], &requests["requests"][0]["path"]), (&json!(2), &json!("/connections")));
        assert_eq!(client.delete(url("tokens")).send().await.unwrap().status(), 204);
        assert_eq!(client.get(url("elsewhere")).send().await.unwrap().status(), 404);
    }

    #[tokio::test]
    async fn without_being_asked_for_it_is_not_there() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let url = format!("http://{}/sandbox/requests", sandbox.address());
        assert_eq!(testing::client().get(url).send().await.unwrap().status(), 404);
        assert_eq!(sandbox.request_count(), 1);
    }
}
