//! Reading and writing by tables: what needs no answer around it.

use std::collections::BTreeMap;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::decode::{BodyError, Decoder, json as read_json};
use crate::{HeaderMap, Nullable, RawResponse, Scalar, StatusCode};

#[derive(Clone, Debug, PartialEq)]
struct Pet {
    name: String,
    owner: Option<String>,
    born: Option<i64>,
    died: Nullable<i64>,
    tags: Vec<Option<Tag>>,
    parents: Option<Box<Parents>>,
    weights: BTreeMap<String, Option<f64>>,
    code: Scalar,
    others: BTreeMap<String, Value>,
}

crate::__record! {
    Pet;
    0 name "name" required;
    1 owner "owner" required;
    2 born "bornIn" optional;
    3 died "diedIn" optional;
    4 tags "tags" required;
    5 parents "parents" optional;
    6 weights "weights" required;
    7 code "code" required;
    .. 8 others;
}

#[derive(Clone, Debug, PartialEq)]
struct Parents {
    father: Pet,
}

crate::__record! { Parents; 0 father "father" required; }

#[derive(Clone)]
enum Tag {
    Good,
    Unknown(String),
}

crate::__string_enum! { Tag else Unknown; Good "good"; }

#[derive(Clone, Debug, PartialEq)]
struct Names(Vec<String>);

crate::__newtype!(Names);

fn pet() -> Value {
    json!({
        "name": "Rex", "owner": null, "diedIn": null, "tags": ["good", null, "new"], "weights": {"a": 1.5, "b": null},
        "code": 7, "legs": {"count": 4},
    })
}

fn read<T: serde::de::DeserializeOwned>(body: &Value, strict: bool) -> Result<(T, Vec<String>), BodyError> {
    let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), body.to_string());
    let decoder = Decoder::new(&response).strict(strict);
    let value = read_json(&decoder)?;
    Ok((value, decoder.into_repairs().iter().map(ToString::to_string).collect()))
}

/// The same value, without some of its members, and with others.
fn with(mut value: Value, name: &str, other: Option<Value>) -> Value {
    let members = value.as_object_mut().unwrap();
    members.remove(name);
    members.extend(other.map(|other| (name.to_owned(), other)));
    value
}

#[test]
fn a_number_that_json_lacks_is_not_written_as_null() {
    let mut pet: Pet = serde_json::from_value(pet()).unwrap();
    pet.weights.insert("c".to_owned(), Some(f64::NAN));
    let error = serde_json::to_string(&pet).unwrap_err().to_string();
    assert_eq!(error, "NaN is no number that JSON can hold");
    assert!(super::write::tagged(&pet, "kind", "pet", serde_json::value::Serializer).is_err());
}

#[test]
fn what_is_read_is_written_as_it_was() {
    let (read, repairs) = read::<Pet>(&pet(), true).unwrap();
    assert_eq!(repairs, Vec::<String>::new());
    assert_eq!((read.owner.clone(), read.born, read.died), (None, None, Nullable::Null));
    assert_eq!(read.tags, [Some(Tag::Good), None, Some(Tag::Unknown("new".to_owned()))]);
    assert_eq!(serde_json::to_value(&read).unwrap(), pet());
    // In the order of the document, and then what it does not name.
    assert!(serde_json::to_string(&read).unwrap().starts_with(r#"{"name":"Rex","owner":null,"diedIn":null,"tags":"#));
}

#[test]
fn a_type_is_of_any_format_that_serde_has() {
    // serde_json's values, deserializers of serde's own, and those that keep what they read for an untagged enum.
    assert_eq!(serde_json::from_value::<Pet>(pet()).unwrap(), serde_json::from_str(&pet().to_string()).unwrap());
    let text: Tag = Tag::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer("good")).unwrap();
    assert_eq!(text, Tag::Good);
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Names(Names),
        Pet(Box<Pet>),
    }
    for value in [json!(7), json!(["a", "b"]), pet()] {
        let either: Either = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&either).unwrap(), value);
    }
    // In the midst of a type of one's own.
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Kept {
        since: i64,
        #[serde(flatten)]
        coordinate: Coordinate,
    }
    let kept = json!({"since": 1, "x": 2});
    let read = serde_json::from_value::<Kept>(kept.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), kept);
    let error = serde_json::from_str::<Pet>(r#"{"name":7}"#).unwrap_err();
    assert!(error.to_string().starts_with("invalid type: integer `7`, expected a string"), "{error}");
}

#[test]
fn what_is_required_and_may_be_null_is_missed_all_the_same() {
    let body = with(pet(), "owner", None);
    let (read_leniently, repairs) = read::<Pet>(&body, false).unwrap();
    assert_eq!((read_leniently.owner, repairs), (None, vec!["owner: is missing".to_owned()]));
    let error = read::<Pet>(&body, true).unwrap_err();
    assert_eq!((error.path(), error.message().starts_with("missing field `owner`")), (Some("owner"), true));
}

#[derive(Debug, PartialEq)]
struct Kept {
    id: Option<String>,
    born: Nullable<i64>,
    name: String,
}

crate::__record! { Kept; 0 id "id" answered; 1 born "born" answered; 2 name "name" required; }

#[test]
fn what_only_an_answer_must_have_is_missed_in_one() {
    let body = json!({"name": "Rex"});
    let (kept, repairs) = read::<Kept>(&body, false).unwrap();
    assert_eq!(kept, Kept { id: None, born: Nullable::Absent, name: "Rex".to_owned() });
    assert_eq!(repairs, ["id: is missing", "born: is missing"]);
    let error = read::<Kept>(&body, true).unwrap_err();
    assert_eq!((error.path(), error.message().starts_with("missing field `id`")), (Some("id"), true));
    let (_, repairs) = read::<Kept>(&json!({}), false).unwrap();
    assert_eq!(repairs, ["name: is missing", "id: is missing", "born: is missing"]);
    // What was made to be sent is read back as it was written, wherever it was kept meanwhile.
    assert_eq!(serde_json::to_value(&kept).unwrap(), body);
    assert_eq!(serde_json::from_value::<Kept>(body).unwrap(), kept);
}

#[test]
fn strictly_a_property_comes_once() {
    let twice = |strict| {
        let body = r#"{"father":{},"father":null}"#;
        let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), body);
        let decoder = Decoder::new(&response).strict(strict);
        read_json::<Option<Parents>>(&decoder).map(|_| decoder.into_repairs().first().map(ToString::to_string))
    };
    // The last counts.
    assert_eq!(twice(false).unwrap().as_deref(), Some("father: is null"));
    assert!(twice(true).unwrap_err().to_string().contains("missing field"));
    let response = RawResponse::new(StatusCode::OK, HeaderMap::new(), r#"{"x":1,"x":2}"#);
    let error = read_json::<Coordinate>(&Decoder::new(&response).strict(true)).unwrap_err();
    assert!(error.message().starts_with("duplicate field `x`"), "{error}");
    assert_eq!(read_json::<Coordinate>(&Decoder::new(&response)).unwrap().x, 2);
}

#[derive(Debug, PartialEq)]
struct Coordinate {
    x: i64,
}

crate::__record! { Coordinate; 0 x "x" required; }

#[test]
fn what_is_left_out_of_a_map_or_a_list_says_so() {
    let body = with(pet(), "weights", Some(json!({"a": "heavy", "b": 2})));
    let body = with(body, "tags", Some(json!([["good"], "good"])));
    let (read_leniently, mut repairs) = read::<Pet>(&body, false).unwrap();
    repairs.sort();
    assert_eq!(read_leniently.weights, BTreeMap::from([("b".to_owned(), Some(2.0))]));
    assert_eq!(read_leniently.tags, [None, Some(Tag::Good)]);
    assert_eq!(repairs, ["tags[0]: cannot be read, and is left out", "weights.a: cannot be read, and is left out"]);
}

#[test]
fn a_fault_in_what_is_made_up_has_a_place() {
    let body = with(pet(), "parents", Some(json!({})));
    let (_, repairs) = read::<Pet>(&body, false).unwrap();
    assert!(repairs.contains(&"parents.father.name: is missing".to_owned()), "{repairs:?}");
}

#[test]
fn very_many_properties_are_told_apart() {
    #[derive(Debug, PartialEq)]
    struct Wide {
        words: [i64; 130],
    }
    // As wide a struct as generated ones can be, without writing it out.
    impl super::Record for Wide {
        fn table(&self) -> &'static super::Table {
            let names = (0..130).map(|index| &*format!("p{index}").leak());
            let fields: Vec<_> = names.map(super::Field::required).collect();
            Box::leak(Box::new(super::Table::new("Wide", fields.leak(), false)))
        }

        fn slot(&mut self, index: usize) -> Option<&mut dyn super::Slot> {
            self.words.get_mut(index).map(|word| word as &mut dyn super::Slot)
        }

        fn part(&self, index: usize) -> Option<&dyn super::Slot> {
            self.words.get(index).map(|word| word as &dyn super::Slot)
        }
    }
    let read = |body: &Value| {
        let mut wide = Wide { words: [0; 130] };
        let reading = crate::decode::Reading::new(crate::decode::Tape::parse(body.to_string().into()).unwrap(), 0);
        super::record(&mut wide, reading.root(crate::decode::Exactness::Strict)).map(|()| wide.words)
    };
    let whole: serde_json::Map<_, _> = (0..130).rev().map(|index| (format!("p{index}"), json!(index))).collect();
    assert_eq!(read(&whole.clone().into()).unwrap()[129], 129);
    for index in [0, 63, 64, 128] {
        let lacking = with(whole.clone().into(), &format!("p{index}"), None);
        let error = read(&lacking).unwrap_err();
        assert_eq!(error.to_string(), format!("missing field `p{index}`"));
    }
}

#[derive(Debug, Deserialize, PartialEq)]
struct Own {
    id: i64,
    size: Option<i64>,
    pet: Option<Pet>,
    nearest: Coordinate,
}

#[test]
fn types_that_are_not_generated_are_read_by_the_same_rules() {
    let own = json!([
        {"id": "1", "size": "large", "nearest": {"x": "2"}},
        {"size": 3, "pet": 7},
        {"id": 4, "pet": with(pet(), "name", None), "nearest": null},
    ]);
    let (read_leniently, mut repairs) = read::<Vec<Own>>(&own, false).unwrap();
    repairs.sort();
    let found: Vec<_> = read_leniently.iter().map(|own| (own.id, own.size, own.nearest.x)).collect();
    assert_eq!(found, [(1, None, 2), (0, Some(3), 0), (4, None, 0)]);
    assert_eq!(read_leniently[1].pet, None);
    assert_eq!(read_leniently[2].pet.as_ref().unwrap().name, "");
    assert_eq!(
        repairs,
        [
            "[0].id: is of another type than the document says",
            "[0].nearest.x: is of another type than the document says",
            "[0].size: cannot be read, and is left out",
            "[1].id: is missing",
            "[1].nearest.x: is missing",
            "[1].nearest: is missing",
            "[1].pet: cannot be read, and is left out",
            "[2].nearest.x: is missing",
            "[2].nearest: is null",
            "[2].pet.name: is missing",
        ]
    );
    let error = read::<Vec<Own>>(&json!([{"id": 1, "nearest": {"x": []}}]), false).unwrap_err();
    assert_eq!((error.path(), error.message()), (Some("[0].nearest.x"), "invalid type: sequence, expected i64"));
    assert!(read::<Vec<Own>>(&own, true).is_err());
}

#[test]
fn a_number_is_written_as_it_came_and_told_where_a_float_is_another() {
    let sizes = json!({"of": {"whole": 5, "part": 0.5, "large": 9_007_199_254_740_993_u64, "most": u64::MAX}});
    let (found, repairs) = read::<BTreeMap<String, BTreeMap<String, f64>>>(&sizes, false).unwrap();
    assert_eq!(repairs.len(), 2, "{repairs:?}");
    let written = |number: f64| serde_json::to_string(&super::Written(&number)).unwrap();
    let of = &found["of"];
    assert_eq!([of["whole"], of["part"], -0.0, 1e300].map(written), ["5", "0.5", "-0.0", "1e+300"]);
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Optional {
    text: Option<String>,
}

crate::__record! { Optional; 0 text "text" optional; }

#[test]
fn an_error_is_no_value_that_has_nothing() {
    let read = |body: &str, strict| {
        let answer = RawResponse::new(StatusCode::OK, HeaderMap::new(), body.to_owned());
        read_json::<Optional>(&Decoder::new(&answer).strict(strict)).map_err(|error| error.to_string())
    };
    for strict in [false, true] {
        let refused = read(r#"{"error":{"message":"Overloaded"}}"#, strict).unwrap_err();
        assert!(refused.contains("none of the properties of struct Optional, and reports an error"), "{refused}");
        assert!(read(r#"{"success":false,"reason":"x"}"#, strict).is_err());
        // What says nothing of an error is a value that has nothing.
        for body in [r#"{"error":null}"#, r#"{"message":"done"}"#, "{}"] {
            assert_eq!(read(body, strict).unwrap(), Optional::default(), "{body}");
        }
    }
    let both = r#"{"text":"a","error":"x"}"#;
    assert_eq!(read(both, false).unwrap().text.as_deref(), Some("a"));
    assert!(read(both, true).unwrap_err().contains("it reports an error, beside what the document describes"));
    // Within an answer, and in what is no answer, it is what it is.
    let list = RawResponse::new(StatusCode::OK, HeaderMap::new(), r#"[{"error":"x"}]"#);
    assert_eq!(list.json::<Vec<Optional>>().unwrap(), [Optional::default()]);
    assert_eq!(serde_json::from_str::<Optional>(r#"{"error":"x"}"#).unwrap(), Optional::default());
}
