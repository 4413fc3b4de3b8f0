//! `schemas-30.json`: what OpenAPI 3.0's schemas mean, by values that go out and come back.

use golden_schemas_30::types::*;
use golden_schemas_30::{Client, runtime};
use runtime::{Nullable, Scalar};
use serde_json::{Value, json};

use crate::server::{Server, echo, round_trip};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn decoded<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

#[tokio::test]
async fn absent_null_and_present_stay_apart() {
    let bare = echo!(echo_nullables: Nullables = json!({"required": "a", "requiredNullable": null}));
    assert_eq!((bare.required_nullable, bare.optional_nullable), (None, Nullable::Absent));
    let nulls = echo!(echo_nullables: Nullables = json!({
        "required": "", "requiredNullable": "x", "optionalNullable": null, "nullableRef": null, "nullableList": null,
        "nullableMap": null, "nullableEnum": null,
    }));
    assert!(nulls.nullable_ref.is_null() && nulls.nullable_enum.is_null());
    let full = echo!(echo_nullables: Nullables = json!({
        "required": "a", "requiredNullable": "b", "optional": "c", "optionalNullable": "d", "nullableRef": {"x": 1},
        "nullableList": [1, null], "nullableMap": {"k": null, "l": 2}, "nullableEnum": "a",
    }));
    assert_eq!(full.nullable_list, Nullable::Value(vec![Some(1), None]));
}

#[tokio::test]
async fn a_nullable_body() {
    let found = client(&Server::json("null")).inline_nullable().send().await.unwrap().into_inner();
    assert!(found.is_none());
    let found = client(&Server::json(r#"{"a":"b"}"#)).inline_nullable().send().await.unwrap().into_inner();
    assert_eq!(found.and_then(|found| found.a).as_deref(), Some("b"));
}

#[test]
fn null_for_what_cannot_be_null_is_absent_where_it_may_be() {
    let found: Nullables = decoded(json!({"required": "a", "requiredNullable": null, "optional": null}));
    assert_eq!(found.optional, None);
}

#[tokio::test]
async fn all_of_with_siblings_is_one_object() {
    let found = echo!(echo_composed: Composed = json!({"label": "l", "x": 1, "y": 2, "z": 3}));
    assert_eq!((found.label.as_str(), found.x, found.y, found.z), ("l", 1, 2, Some(3)));
    assert!(serde_json::from_value::<Composed>(json!({"label": "l", "x": 1})).is_err(), "`y` is required by a member");
}

#[tokio::test]
async fn recursion_through_properties_lists_maps_and_all_of() {
    let found = echo!(echo_tree: Tree = json!({
        "name": "a", "parent": {"name": "b"}, "children": [{"name": "c", "children": []}], "index": {"k": {"name": "d"}},
        "extended": {"name": "e", "note": "n", "children": [{"name": "f"}], "extended": {"name": "g", "note": "m"}},
    }));
    assert_eq!(found.extended.and_then(|inner| inner.note).as_deref(), Some("n"));
    echo!(echo_nested: Nested = json!([[], [[]]]));
    echo!(echo_mutual_a: MutualA = json!({"b": {"a": {"b": {"a": {}}}}}));
}

#[tokio::test]
async fn recursion_through_unions_null_and_maps() {
    let server = Server::json(r#"["a",{"b":[null,{}]}]"#);
    let json = json!(["a", {"b": [null, {}]}]);
    let found = client(&server).echo_json(decoded::<Json>(json.clone())).send().await.unwrap().into_inner();
    assert_eq!((server.seen().json(), serde_json::to_value(&found).unwrap()), (json.clone(), json));
    echo!(echo_links: Links = json!({"text": null, "texts": ["a", null], "next": {"text": "b", "next": null}}));
    assert!(matches!(echo!(echo_must: Must = json!({"or": {"or": true}})).or, MustOr::Must(_)));
    echo!(echo_forest: Forest = json!({"a": {"b": {}}, "c": {}}));
}

#[tokio::test]
async fn a_base_that_holds_what_extends_it() {
    let found = echo!(echo_node: Node = json!({
        "id": 1, "children": [{"id": 2, "length": 7, "children": [{"id": 3, "color": "green"}]}, {"id": 4, "color": "red"}],
    }));
    let children = found.children.unwrap();
    assert!(matches!(&children[0], NodeChild::Branch(branch) if branch.id == 2 && branch.length == 7), "{children:?}");
    assert!(matches!(&children[1], NodeChild::Leaf(leaf) if leaf.color == "red"));
}

#[tokio::test]
async fn shapes_that_do_not_declare_what_tells_them_apart_are_sent_with_it() {
    let found = echo!(echo_discount: Discount = json!({"type": "AMOUNT", "amount": 5}));
    assert!(matches!(found, Discount::Amount(amount) if amount.amount == 5));
    let percentage = Percentage::new(12.5);
    assert_eq!(
        serde_json::to_value(Discount::from(percentage)).unwrap(),
        json!({"type": "PERCENTAGE", "percent": 12.5})
    );
}

#[tokio::test]
async fn of_overlapping_shapes_the_one_that_keeps_everything() {
    let short = echo!(echo_overlapping: Overlapping = json!({"id": 1, "price": 2.5}));
    assert!(matches!(short, Overlapping::Short(_)));
    let long = echo!(echo_overlapping: Overlapping = json!({"id": 1, "detail": "d"}));
    assert!(matches!(long, Overlapping::Long(_)));
    assert!(matches!(echo!(echo_overlapping: Overlapping = json!("text")), Overlapping::Text(_)));
    assert!(matches!(echo!(echo_overlapping: Overlapping = json!([1, 2])), Overlapping::List(_)));
    assert!(matches!(echo!(echo_overlapping: Overlapping = json!(7)), Overlapping::Unknown(_)), "kept all the same");
}

#[tokio::test]
async fn any_of_takes_the_shape_that_keeps_most() {
    assert!(matches!(echo!(echo_any_of: AnyOf = json!({"x": 1, "y": 2})), AnyOf::Point(_)));
    assert!(matches!(echo!(echo_any_of: AnyOf = json!({"id": 1})), AnyOf::Short(_)));
}

#[test]
fn a_whole_number_is_no_reason_to_take_another_shape() {
    let found: Overlapping = decoded(json!({"id": 1, "price": 2}));
    assert!(matches!(found, Overlapping::Short(short) if short.price == Some(2.0)));
}

#[tokio::test]
async fn a_discriminator_with_a_mapping() {
    assert!(matches!(echo!(echo_pet: Pet = json!({"kind": "cat", "sound": "s"})), Pet::Cat(_)));
    assert!(matches!(echo!(echo_pet: Pet = json!({"kind": "kitten"})), Pet::Cat(_)));
    assert!(matches!(echo!(echo_pet: Pet = json!({"kind": "dog"})), Pet::Dog(_)));
    echo!(echo_pet: Pet = json!({"kind": "parrot", "sound": "hello"}));
    echo!(echo_pet: Pet = json!({"wings": 2}));
}

#[tokio::test]
async fn a_discriminator_without_a_mapping_names_the_schemas() {
    assert!(matches!(echo!(echo_shape: Shape = json!({"type": "Square", "size": 2})), Shape::Square(_)));
    assert!(matches!(echo!(echo_shape: Shape = json!({"type": "Circle", "size": 1})), Shape::Circle(_)));
}

#[tokio::test]
async fn what_a_discriminator_names_is_made_good_in_its_place() {
    let answer = r#"{"main":{"type":"Circle"},"figures":[{"type":"Line","length":"2.5","dashed":"yes","label":[]}]}"#;
    let drawing: Drawing = decoded(json!({"main": {"type": "Circle", "size": 1}, "figures": []}));
    let found = client(&Server::json(answer)).echo_drawing(drawing.clone()).send().await.unwrap();
    let mut repairs: Vec<String> = found.repairs().iter().map(ToString::to_string).collect();
    repairs.sort();
    assert_eq!(
        repairs,
        [
            "figures[0].dashed: is of another type than the document says",
            "figures[0].ends: is missing",
            "figures[0].label: cannot be read, and is left out",
            "figures[0].length: is of another type than the document says",
            "main.size: is missing",
        ]
    );
    let found = found.into_inner();
    assert!(matches!(&found.figures[..], [Figure::Line(line)] if line.dashed && line.length == 2.5));
    assert!(matches!(found.main, Figure::Shape(shape) if matches!(&*shape, Shape::Circle(circle) if circle.size == 0)));
    // A strict client keeps what is not to the letter as it came.
    let strict = Client::builder().base_url(Server::json(answer).url()).strict(true).build().unwrap();
    let found = strict.echo_drawing(drawing).send().await.unwrap();
    assert!(found.repairs().is_empty() && matches!(found.figures[0], Figure::Unknown(_)));
}

#[tokio::test]
async fn a_discriminator_on_a_base_type_keeps_what_extends_it() {
    let found = echo!(echo_holder: Holder = json!({
        "item": {"type": "special", "id": 1, "power": 9}, "special": {"type": "special", "power": 3},
    }));
    assert_eq!(found.special.and_then(|special| special.power), Some(3));
    assert!(matches!(found.item, Some(Base::Special(special)) if special.power == Some(9)));
    let found = echo!(echo_holder: Holder = json!({"item": {"type": "odd", "id": 1, "power": 9}}));
    assert!(matches!(found.item, Some(Base::Base(base)) if base.extra["power"] == json!(9)));
}

#[tokio::test]
async fn what_not_forbids_is_left_to_the_server() {
    echo!(echo_negated: Negated = json!({"code": "forbidden", "anything": [1]}));
}

#[tokio::test]
async fn enums_of_every_kind() {
    let found = echo!(echo_enums: Enums = json!({
        "cases": "ASC", "empty": "", "withNull": null, "mixed": 2.5, "numbersAsText": "2", "floats": 0.5, "integers": 2,
        "huge": 18_446_744_073_709_551_615_u64, "booleans": true, "symbols": "<=", "digits": "1.0", "objects": {"a": 1},
        "list": ["a", "c"],
    }));
    assert_eq!((found.cases, found.empty), (Some(EnumsCases::AscUppercase), Some(EnumsEmpty::Empty)));
    assert_eq!((found.with_null, found.huge), (Nullable::Null, Some(u64::MAX)));
    assert_eq!((found.symbols, found.digits), (Some(EnumsSymbols::LessEqual), Some(EnumsDigits::N10)));
    for (json, mixed) in
        [(json!("auto"), Scalar::from("auto")), (json!(1), Scalar::from(1)), (json!(true), Scalar::from(true))]
    {
        assert_eq!(echo!(echo_enums: Enums = json!({"mixed": json})).mixed, Some(mixed));
    }
}

#[tokio::test]
async fn values_that_an_enum_does_not_list_come_back_as_they_were() {
    let found = echo!(echo_enums: Enums = json!({
        "cases": "aSC", "withNull": "b", "floats": 7.25, "integers": 9, "digits": "unknown", "symbols": "",
    }));
    assert_eq!(found.cases, Some("aSC".into()));
    assert_eq!(found.digits, Some(EnumsDigits::Unknown), "listed, not unknown");
    assert_eq!(EnumsCases::from("asc"), EnumsCases::Asc);
}

#[tokio::test]
async fn integers_to_the_edges_and_beyond() {
    let found = echo!(echo_numbers: Numbers = json!({
        "signed": i64::MIN, "unsigned": u64::MAX, "bounded": u64::MAX, "beyond": -5, "fraction": 0.1, "single": 1e300,
    }));
    assert_eq!((found.signed, found.unsigned, found.bounded), (Some(i64::MIN), Some(u64::MAX), Some(u64::MAX)));
    echo!(echo_numbers: Numbers = json!({"signed": 9_007_199_254_740_993_i64, "beyond": u64::MAX}));
}

#[tokio::test]
async fn defaults_patterns_and_limits_do_not_change_values() {
    echo!(echo_odd: Odd = json!({}));
    let found = echo!(echo_odd: Odd = json!({
        "wrongDefault": 1, "wrongEnumDefault": "a", "listDefault": [], "lookaround": "--", "broken": "x",
        "backwards": "five", "when": "2026-01-31T25:00:00+99:00", "day": "no day", "id": "NOT-A-UUID", "bytes": "AA==",
        "unknownFormat": "1", "untyped": {"any": [null]},
    }));
    assert!(found.when.unwrap().parse().is_err(), "malformed, and kept");
    let found = echo!(echo_odd: Odd = json!({"when": "2026-01-31T10:00:00.000Z", "untyped": null}));
    assert!(found.when.unwrap().parse().is_ok());
}

#[tokio::test]
async fn additional_properties_are_kept() {
    let open = echo!(echo_open: Open = json!({"name": "n", "extra": "declared", "more": 1, "other": 2}));
    assert_eq!((open.extra.as_deref(), open.additional_properties["more"]), (Some("declared"), 1));
    let free = echo!(echo_free: Free = json!({"name": "n", "any": {"thing": [1]}, "nothing": null}));
    assert_eq!(free.extra.len(), 2);
    assert_eq!(echo!(echo_open_point: OpenPoint = json!({"x": 1, "w": {"v": 2}})).extra["w"], json!({"v": 2}));
    echo!(echo_maps: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<String>>> =
        json!({"a": {"b": ["c"]}, "d": {}}));
}

#[tokio::test]
async fn read_only_and_write_only_are_needed_on_neither_side() {
    let server = Server::json(r#"{"id":1,"name":"n"}"#);
    let body = Account::new("n", "p4ss");
    let found = client(&server).echo_account(body).send().await.unwrap().into_inner();
    assert_eq!(server.seen().json(), json!({"name": "n", "password": "p4ss"}));
    assert_eq!((found.id, found.password), (Some(1), None));
}

#[test]
fn a_password_is_not_shown() {
    let account: Account = round_trip(&json!({"name": "n", "password": "p4ss"}));
    assert!(!format!("{account:?}").contains("p4ss"));
    assert!(!format!("{:?}", Account::new("n", "p4ss")).contains("p4ss"));
}
