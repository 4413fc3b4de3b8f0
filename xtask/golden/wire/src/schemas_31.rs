//! `schemas-31.json`: what OpenAPI 3.1's schemas mean beyond those of 3.0.

use std::collections::BTreeMap;

use golden_schemas_31::types::*;
use golden_schemas_31::{Client, runtime};
use runtime::{Nullable, Scalar};
use serde_json::{Value, json};

use crate::server::{Server, answer, echo};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn type_arrays_and_null() {
    let found = echo!(echo_type_arrays: TypeArrays = json!({"requiredNullable": null}));
    assert_eq!((found.required_nullable, found.optional_nullable), (None, Nullable::Absent));
    let found = echo!(echo_type_arrays: TypeArrays = json!({
        "requiredNullable": "a", "optionalNullable": null, "several": false, "textOrList": ["a"], "nothing": null,
        "oneOfNull": null,
    }));
    assert!(found.one_of_null.is_null() && found.optional_nullable.is_null());
    let found = echo!(echo_type_arrays: TypeArrays = json!({
        "requiredNullable": "a", "optionalNullable": 7, "several": "x", "textOrList": "a", "oneOfNull": {"x": 1},
    }));
    assert_eq!(found.several, Some(Scalar::from("x")));
    assert!(matches!(found.text_or_list, Some(TypeArraysTextOrList::Text(_))));
}

#[tokio::test]
async fn consts_are_what_their_value_is() {
    let found = echo!(echo_consts: Consts = json!({"kind": "point", "version": 2, "yes": true, "none": null}));
    assert_eq!((found.kind, found.version), (ConstsKind::Point, 2));
    echo!(echo_consts: Consts = json!({"kind": "changed by the vendor", "version": 3}));
}

#[tokio::test]
async fn a_const_in_each_alternative_tells_them_apart() {
    let a = echo!(echo_tagged: Tagged = json!({"type": "a", "value": 1}));
    let b = echo!(echo_tagged: Tagged = json!({"type": "b", "value": 1}));
    assert!(matches!((a, b), (Tagged::A(_), Tagged::B(_))));
}

#[tokio::test]
async fn what_the_schema_of_an_alternative_forbids_is_another_one() {
    let one = echo!(echo_limited: Limited = json!({"slug": "admin"}));
    assert!(matches!(one, Limited::One(_)), "the first keeps it whole as well: {one:?}");
    assert!(matches!(echo!(echo_limited: Limited = json!({"slugs": ["a", "b"]})), Limited::Several(_)));
    assert!(matches!(echo!(echo_limited: Limited = json!({"name": "admin"})), Limited::Open(_)));
}

#[tokio::test]
async fn defs_and_refs_into_a_schema() {
    let found = echo!(echo_local: Local = json!({"inner": {"n": 1}, "again": {"n": 2}}));
    assert_eq!(found.again.map(|inner| inner.n), Some(2));
}

#[tokio::test]
async fn tuples_keep_their_places() {
    let found = echo!(echo_tuple: Vec<Tuple> = json!(["a", 1, {"x": 2}]));
    assert!(matches!(&found[..], [Tuple::Text(_), Tuple::Integer(1), Tuple::Point(_)]), "{found:?}");
    assert_eq!(echo!(echo_coordinates: Vec<f64> = json!([1.5, -2.5])), [1.5, -2.5]);
}

#[tokio::test]
async fn numeric_exclusive_bounds() {
    echo!(echo_bounds: Bounds = json!({"open": 0.5, "whole": 9}));
}

#[tokio::test]
async fn boolean_schemas() {
    echo!(echo_anything: Value = json!([1, null, {"a": "b"}]));
    echo!(echo_never: Never = json!({"gone": 1, "any": [true]}));
    echo!(echo_never: Never = json!({}));
}

#[tokio::test]
async fn what_stands_beside_a_ref_counts() {
    let found = echo!(echo_siblings: Siblings = json!({"x": 1, "label": "l"}));
    assert_eq!((found.x, found.label.as_str()), (1, "l"));
    assert!(serde_json::from_value::<Siblings>(json!({"x": 1})).is_err());
    assert_eq!(echo!(echo_described: Described = json!({"at": {"x": 1}})).at.map(|point| point.x), Some(1));
}

#[tokio::test]
async fn pattern_properties_are_kept_and_unevaluated_ones_left_to_the_server() {
    let found = echo!(echo_patterned: Patterned = json!({"name": "n", "x-a": 1, "y": "kept too"}));
    assert_eq!(found.extra["x-a"], json!(1));
    let map = echo!(echo_pattern_map: BTreeMap<String, Point> = json!({"12": {"x": 1}}));
    assert_eq!(map["12"].x, 1);
}

#[tokio::test]
async fn encoded_content_is_text_in_json() {
    let found = echo!(echo_encoded: Encoded = json!({"file": "iVBORw0KGgo=", "json": "{\"a\":1}"}));
    assert_eq!(found.file.as_ref().map(|file| file.as_str()), Some("iVBORw0KGgo="));
}

#[tokio::test]
async fn conditions_and_dependencies_are_left_to_the_server() {
    echo!(echo_conditional: Conditional = json!({"country": "US"}));
    echo!(echo_conditional: Conditional = json!({"country": "DE", "zip": "1"}));
    echo!(echo_dependent: Dependent = json!({"a": "1"}));
    echo!(echo_examples: Examples = json!({"n": 1}));
}

#[tokio::test]
async fn path_items_parameters_and_responses_by_reference() {
    let server = Server::json(r#"{"x":5}"#);
    assert_eq!(client(&server).item_by_reference(7).send().await.unwrap().x, 5);
    assert_eq!(server.line(), "GET /item/7");
    let server = Server::json(r#"{"x":5}"#);
    client(&server).item_by_reference("a/b").send().await.unwrap();
    assert_eq!(server.line(), "GET /item/a%2Fb");
}

#[tokio::test]
async fn parts_are_files_by_their_content_media_type() {
    let server = Server::accepting();
    let call = client(&server);
    let call = call.upload(vec![1]).image(vec![2]).untyped(vec![3]).encoded("AA==");
    call.send().await.unwrap();
    let expected = [
        ("name=\"file\"; Content-Type: application/octet-stream", "\u{1}"),
        ("name=\"image\"; Content-Type: image/png", "\u{2}"),
        ("name=\"untyped\"; Content-Type: application/pdf", "\u{3}"),
        ("name=\"encoded\"; Content-Type: image/png", "AA=="),
    ];
    assert_eq!(server.seen().parts(), expected.map(|(head, content)| (head.to_owned(), content.to_owned())));
}

#[tokio::test]
async fn bytes_without_a_schema() {
    let server = Server::answering(answer(200, "application/octet-stream", [9, 8]));
    let found = client(&server).raw(vec![7]).send().await.unwrap().into_inner();
    assert_eq!(&found.collect().await.unwrap()[..], [9, 8]);
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), &seen.body[..]), (Some("application/octet-stream"), &[7][..]));
}
