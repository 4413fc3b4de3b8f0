//! `names.json`: whatever things are called in Rust, they keep their names on the wire.

use std::collections::BTreeMap;

use golden_names::Client;
use golden_names::types::{self, *};
use serde_json::{Map, Value, json};

use crate::server::{Server, echo};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

/// The document, which says what the names are.
fn document() -> Value {
    serde_json::from_str(include_str!("../../specs/names.json")).unwrap()
}

#[tokio::test]
async fn every_property_name_is_as_documented() {
    let document = document();
    let names = document["components"]["schemas"]["type"]["properties"].as_object().unwrap().keys();
    let object: Map<String, Value> = names.map(|name| (name.clone(), json!(format!("value of {name}")))).collect();
    assert!(object.len() > 40);
    let found = echo!(echo_type: Type = Value::Object(object));
    assert_eq!(found.a_b_camel_case.as_deref(), Some("value of aB"));
    assert_eq!(found.имя.as_deref(), Some("value of имя"));
}

#[tokio::test]
async fn types_named_like_those_of_the_prelude_and_of_the_crate() {
    echo!(echo_option: OptionValue = json!({"value": "a", "list": ["b"]}));
    echo!(echo_vec: VecValue = json!({"a": [{"s": "x"}]}));
    echo!(echo_string: StringValue = json!({"s": "x"}));
    echo!(echo_box: BoxValue = json!({"inner": {"inner": {}}}));
    assert_eq!(echo!(echo_result: ResultValue = json!("Err")), ResultValue::ErrValue);
    assert!(matches!(echo!(echo_default: DefaultValue = json!({"a": []})), DefaultValue::VecValue(_)));
    echo!(echo_nullable: types::Nullable = json!({"n": null}));
    echo!(echo_value: types::Value = json!({"v": {"w": null}}));
    echo!(echo_b_tree_map: types::BTreeMap = json!({"m": "n", "other": {"v": 1}}));
    echo!(echo_debug: types::Debug = json!({"secret": "s"}));
    echo!(echo_clone: types::Clone = json!({"c": "d"}));
    echo!(echo_serialize: types::Serialize = json!({"c": "2026-01-31T00:00:00Z"}));
    echo!(echo_date_time: types::DateTime = json!({"c": "2026-01-31T00:00:00Z"}));
    echo!(echo_scalar: types::Scalar = json!({"c": 1}));
    echo!(echo_client: types::Client = json!({"c": "d"}));
    echo!(echo_error: types::Error = json!({"c": "d"}));
    assert!(matches!(echo!(echo_self: SelfValue = json!({"d": "x"})), SelfValue::D(_)));
}

#[tokio::test]
async fn names_that_collide_are_types_of_their_own() {
    echo!(echo_foo_bar: FooBar = json!({"x": "1"}));
    echo!(echo_foo_bar_operation: FooBarCapitalized = json!({"y": "1"}));
    echo!(echo_foo_bar_operation_2: FooBarUnderscored = json!({"z": "1"}));
}

#[tokio::test]
async fn names_in_any_script_or_none() {
    echo!(echo_пользователь: Пользователь = json!({"имя": "x"}));
    echo!(echo_ユーザー: ユーザー = json!({"名前": "x"}));
    echo!(echo: Empty = json!({"leg": 8}));
    echo!(echo_3d_model: N3dModel = json!({"x": 1}));
}

#[tokio::test]
async fn hostile_enum_values_are_values() {
    let document = document();
    let listed = document["components"]["schemas"]["Hostile"]["properties"]["a"]["enum"].as_array().unwrap().clone();
    assert_eq!(HostileA::VALUES, listed.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>());
    for value in listed {
        let found = echo!(echo_hostile: Hostile = json!({"a": value}));
        assert!(!matches!(found.a, Some(HostileA::Unknown(_))), "{value}");
    }
}

#[tokio::test]
async fn every_parameter_name_is_as_documented() {
    let server = Server::accepting();
    let client = client(&server);
    let call = client.parameters_of_every_name().type_("0").self_("1").send_query("2").body("3").client("4");
    let call = call.new("5").request("6").stream_query("7").value("8").invalid("9").a_b("10");
    let call = call.a_b_query("11").имя("12").名("13").field("14")._1("15").underscore("16").field_query("17");
    let call = call.field_query_2("18").crate_("19").fn_("20").into_request("21").content_type_query("22");
    call.x_y("23").message("24").body_text("25").send().await.unwrap();
    let query = server.query();
    let sent: BTreeMap<usize, &str> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (value.parse().unwrap(), name))
        .collect();
    let expected = [
        "type",
        "self",
        "send",
        "body",
        "client",
        "new",
        "request",
        "stream",
        "value",
        "invalid",
        "a-b",
        "a_b",
        "%D0%B8%D0%BC%D1%8F",
        "%E5%90%8D",
        "%F0%9F%A6%80",
        "1",
        "_",
        "%22",
        "%7B%7D",
        "crate",
        "fn",
        "into_request",
        "content_type",
        "x%5Dy",
        "message",
        "body_text",
    ];
    assert_eq!(sent.into_values().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn parameters_named_like_the_body() {
    let server = Server::accepting();
    let client = client(&server);
    let call = client.parameters_beside_a_body("text").body_query("b").content_type_query("c").form("f").part("p");
    call.send().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.target, "/parameters?body=b&content_type=c&form=f&part=p");
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("text/plain"), "text"));
}

#[tokio::test]
async fn operations_without_an_id_or_with_an_odd_one() {
    macro_rules! line {
        ($($call:ident).+ => $line:expr) => {
            let server = Server::accepting();
            client(&server).$($call()).+.send().await.unwrap();
            assert_eq!(server.line(), $line);
        };
    }
    line!(type_ => "GET /op0");
    line!(self_ => "GET /op1");
    line!(new_operation => "GET /op2");
    line!(builder_operation => "GET /op3");
    line!(clone_operation => "GET /op4");
    line!(core_operation => "GET /op5");
    line!(self_operation => "GET /op6");
    line!(async_ => "GET /op7");
    line!(_1 => "GET /op8");
    line!(получить => "GET /op9");
    line!(取得 => "GET /op10");
    line!(field => "GET /op11");
    line!(get_thing => "GET /op12");
    line!(get_thing_operation => "GET /op13");
    line!(get_thing_operation_2 => "GET /op14");
    line!(etc_passwd => "GET /op15");
    line!(a_b_star => "GET /op16");
    line!(get_without_id => "GET /without/id");
    line!(post_without_id => "POST /without/id");
    line!(get_root => "GET /");

    let server = Server::accepting();
    client(&server).get_without_by_id_items_by_item_id("1", "2").send().await.unwrap();
    assert_eq!(server.line(), "GET /without/1/items/2");
}

#[tokio::test]
async fn a_path_in_any_script_is_percent_encoded() {
    let server = Server::accepting();
    client(&server).path_in_any_script().send().await.unwrap();
    assert_eq!(server.line(), "GET /%D0%BF%D1%83%D1%82%D1%8C/%E6%97%A5%E6%9C%AC/a%20b/%22x%22");
}
