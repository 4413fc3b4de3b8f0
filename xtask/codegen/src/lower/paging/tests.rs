//! Hints: what they say, and what is wrong with those that cannot be followed.

use serde_json::json;

use super::super::testing::operation;
use super::*;
use crate::plan::{Empty, Presence, Step};

fn listing(hint: &Value) -> Value {
    json!({"operationId": "o", "x-switchboard-paging": hint,
    "parameters": [
        {"name": "offset", "in": "query", "schema": {"type": "integer"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
        {"name": "page", "in": "query", "schema": {"type": "integer"}},
        {"name": "cursor", "in": "query", "schema": {"type": "string"}},
        {"name": "X-After", "in": "header", "schema": {"type": "string"}},
    ],
    "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "required": ["fooItems"], "properties": {
        "fooItems": {"type": "array", "items": {"type": "string"}},
        "meta": {"type": "object", "properties": {"total": {"type": ["string", "integer"]}, "next": {"type": "string"}, "more": {"type": "boolean"}}},
        "links": {"type": "object", "properties": {"next": {"type": "object", "properties": {"href": {"type": "string"}}}}},
        "records": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {}}}}},
        "any": {},
        "map": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
    }}}}}}})
}

/// The listing with a body that it may be asked by.
fn asked(hint: &Value, media_type: &str) -> (Option<Paging>, Vec<&'static str>) {
    let mut listing = listing(hint);
    let schema = json!({"type": "object", "properties": {
        "page": {"type": "object", "properties": {"at": {}, "from": {"type": "integer"}, "size": {"type": "integer"}, "all": {"type": "boolean"}}},
        "behind": {"type": "array", "items": {}},
    }});
    listing["requestBody"] = json!({"content": {media_type: {"schema": schema}}});
    let (operation, codes) = operation("/a", &listing);
    (operation.paging, codes)
}

#[test]
fn pointers_name_members_of_the_body() {
    for hint in [
        json!({"style": "offset", "offset": "/page/from", "limit": "/page/size", "items": "/records"}),
        json!({"style": "page", "page": "/page/from", "limit": "limit", "items": "/records"}),
        json!({"style": "cursor", "cursor": "/page/at", "next": "/links/next", "items": "/records"}),
        json!({"style": "cursor", "cursor": "/behind", "last": "/tags", "items": "/records"}),
    ] {
        let (paging, codes) = asked(&hint, "application/json");
        assert!(paging.is_some() && !codes.contains(&"bad-hint"), "{hint}");
        for (paging, codes) in [asked(&hint, "text/plain"), asked(&hint, "application/vnd.a+json"), found(&hint)] {
            assert!(paging.is_none() && codes.contains(&"bad-hint"), "{hint}");
        }
    }
    for hint in [
        json!({"style": "offset", "offset": "/page/none", "items": "/records"}),
        json!({"style": "offset", "offset": "/behind", "items": "/records"}),
        json!({"style": "offset", "offset": "/page/from", "limit": "/page/all", "items": "/records"}),
        json!({"style": "cursor", "cursor": "/page/all", "next": "/meta/next", "items": "/records"}),
        json!({"style": "cursor", "cursor": "/page/at", "next": "/meta/more", "items": "/records"}),
        json!({"style": "cursor", "cursor": "/page/at", "next": "/meta/next", "limit": "/behind", "items": "/records"}),
    ] {
        let (paging, codes) = asked(&hint, "application/json");
        assert!(paging.is_none() && codes.contains(&"bad-hint"), "{hint}");
    }
}

fn found(hint: &Value) -> (Option<Paging>, Vec<&'static str>) {
    let (operation, codes) = operation("/a", &listing(hint));
    (operation.paging, codes)
}

#[test]
fn every_style_has_its_hint() {
    let style = |hint: Value| {
        let (paging, codes) = found(&hint);
        assert!(!codes.contains(&"bad-hint"), "{hint}");
        paging.map(|paging| paging.style)
    };
    let text = str::to_owned;
    assert_eq!(
        style(json!({"style": "offset", "offset": "offset", "items": "/fooItems", "total": "/meta/total"})),
        Some(PagingStyle::Offset { offset: text("offset") })
    );
    assert_eq!(
        style(
            json!({"style": "page", "page": "page", "first": 0, "limit": "limit", "items": "/fooItems", "total_pages": "/meta/total"})
        ),
        Some(PagingStyle::Page { page: text("page"), first: 0 })
    );
    assert_eq!(
        style(
            json!({"style": "cursor", "cursor": "cursor", "next": "/meta/next", "items": "/fooItems", "has_more": "/meta/more"})
        ),
        Some(PagingStyle::Cursor { cursor: text("cursor"), next: text("/meta/next") })
    );
    for (items, last) in [("/records", "/id"), ("/fooItems", ""), ("/any/list", "/any/id")] {
        assert_eq!(
            style(json!({"style": "cursor", "cursor": "cursor", "last": last, "items": items})),
            Some(PagingStyle::LastItem { cursor: text("cursor"), last: text(last) })
        );
    }
    for next in ["/links/next", "/links/next/href", "/meta/next", "/any/next"] {
        let hint = json!({"style": "link", "next": next, "items": "/fooItems"});
        assert_eq!(style(hint), Some(PagingStyle::Link { next: text(next) }));
    }
    assert_eq!(style(json!({"style": "link-header", "items": "/fooItems"})), Some(PagingStyle::LinkHeader));
    assert_eq!(style(json!({"style": "none"})), None);
}

#[test]
fn pointers_lead_through_fields_maps_and_any_json() {
    let items = |pointer: &str| {
        let (paging, _) = found(&json!({"style": "offset", "offset": "offset", "items": pointer}));
        paging.map(|paging| (paging.path, paging.item)).expect("there is paging")
    };
    let field = |ident: &str, presence| Step::Field { ident: ident.to_owned(), presence };
    assert_eq!(items("/fooItems"), (vec![field("foo_items", Presence::Required)], TypeRef::String));
    let map = vec![field("map", Presence::Optional), Step::Key("x".to_owned())];
    assert_eq!(items("/map/x"), (map, TypeRef::Integer));
    let any = vec![field("any", Presence::OptionalNullable), Step::Any("/a/b".to_owned())];
    assert_eq!(items("/any/a/b"), (any, TypeRef::Any));
}

#[test]
fn a_list_may_be_absent_where_the_document_leaves_it_optional_and_a_page_tells_its_successor() {
    let empty = |hint: Value| {
        let (paging, codes) = found(&hint);
        assert!(!codes.contains(&"bad-hint"), "{hint}");
        paging.expect("there is paging").empty
    };
    let absent = Empty { absent: true, ..Empty::default() };
    let cursor = |items: &str| json!({"style": "cursor", "cursor": "cursor", "next": "/meta/next", "items": items});
    assert_eq!(empty(cursor("/records")), absent);
    assert_eq!(empty(cursor("/map/x")), absent);
    assert_eq!(empty(cursor("/any/x")), absent);
    assert_eq!(empty(cursor("/fooItems")), Empty::default(), "it is required");
    assert_eq!(empty(json!({"style": "link", "next": "/links/next", "items": "/records"})), absent);
    assert_eq!(empty(json!({"style": "link-header", "items": "/records"})), absent);
    for hint in [
        json!({"style": "offset", "offset": "offset", "items": "/records"}),
        json!({"style": "page", "page": "page", "items": "/records"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "/id", "items": "/records"}),
    ] {
        assert_eq!(empty(hint.clone()), Empty::default(), "{hint}");
        let mut told = hint;
        told["empty"] = json!(["absent", "null", "body"]);
        assert_eq!(empty(told), Empty { absent: true, null: true, body: true });
    }
    let mut none = cursor("/records");
    none["empty"] = json!([]);
    assert_eq!(empty(none), Empty::default());
}

#[test]
fn a_list_may_end_by_leading_back() {
    let ends = |hint: Value| found(&hint).0.map(|paging| paging.repeat_ends);
    let cursor = |repeat: &str| json!({"style": "cursor", "cursor": "cursor", "next": "/meta/next", "items": "/records", "repeat": repeat});
    assert_eq!((ends(cursor("end")), ends(cursor("error"))), (Some(true), Some(false)));
    assert_eq!(ends(json!({"style": "link-header", "items": "/records", "repeat": "end"})), Some(true));
}

#[test]
fn headers_of_either_side_are_named() {
    let settled = |hint: Value| {
        let (paging, codes) = found(&hint);
        assert!(!codes.contains(&"bad-hint"), "{hint}");
        paging.expect("there is paging")
    };
    let cursor =
        |cursor: &str, next: &str| json!({"style": "cursor", "cursor": cursor, "next": next, "items": "/records"});
    for (at, next) in
        [("header:x-after", "header:X-Next"), ("header:X-After", "/meta/next"), ("cursor", "header:X-Next")]
    {
        let style = settled(cursor(at, next)).style;
        assert_eq!(style, PagingStyle::Cursor { cursor: at.to_owned(), next: next.to_owned() });
    }
    let mut counted = json!({"style": "page", "page": "page", "items": "/records", "limit": "header:X-After"});
    for name in ["total", "total_pages", "has_more"] {
        counted[name] = json!("header:X-Count");
    }
    let counted = settled(counted);
    assert_eq!(
        [counted.total, counted.total_pages, counted.has_more],
        [(); 3].map(|()| Some("header:X-Count".to_owned()))
    );
    settled(json!({"style": "link", "next": "header:X-Next", "items": "/records"}));
    for hint in [
        cursor("header:X-Other", "/meta/next"),
        cursor("header:cursor", "/meta/next"),
        cursor("cursor", "header:"),
        json!({"style": "cursor", "cursor": "cursor", "last": "header:X-Next", "items": "/records"}),
        json!({"style": "link-header", "items": "header:X-Items"}),
    ] {
        let (paging, codes) = found(&hint);
        assert!(paging.is_none() && codes.contains(&"bad-hint"), "{hint}");
    }
}

#[test]
fn links_are_followed_by_get_where_that_is_said() {
    let by_get = |hint: Value| found(&hint).0.map(|paging| paging.links_by_get);
    let link = json!({"style": "link", "next": "/meta/next", "items": "/records"});
    assert_eq!(by_get(link.clone()), Some(false));
    for (method, expected) in [("GET", Some(true)), ("POST", None), ("get", None)] {
        let mut hint = link.clone();
        hint["method"] = json!(method);
        assert_eq!(by_get(hint), expected, "{method}");
    }
    assert_eq!(by_get(json!({"style": "link-header", "items": "/records", "method": "GET"})), Some(true));
    assert_eq!(by_get(json!({"style": "offset", "offset": "offset", "items": "/records", "method": "GET"})), None);
}

#[test]
fn what_a_caller_may_begin_by_is_known() {
    let begins = |hint: Value| found(&hint).0.expect("there is paging").begins;
    assert_eq!(
        begins(json!({"style": "link-header", "limit": "limit", "items": "/records"})),
        ["offset", "page", "cursor"]
    );
    let cursor = json!({"style": "cursor", "cursor": "cursor", "next": "/meta/next", "items": "/records"});
    assert_eq!(begins(cursor), ["offset", "page"]);
    assert!(begins(json!({"style": "offset", "offset": "offset", "items": "/records"})).is_empty());

    let mut listing = listing(&json!({"style": "link-header", "items": "/records"}));
    let names = ["start_position", "ending_before", "page_size", "pageToken", "q", "created_after", "per_page", "from"];
    listing["parameters"] = names.map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})).into();
    let (operation, _) = operation("/a", &listing);
    let found = operation.paging.expect("there is paging").begins;
    assert_eq!(found, ["start_position", "ending_before", "pageToken", "from"]);
}

#[test]
fn a_hint_that_cannot_be_followed_is_an_error() {
    for hint in [
        json!({"style": "offset", "offset": "skip", "items": "/fooItems"}),
        json!({"style": "offset", "offset": "offset", "items": "/nothing"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "id", "items": "/fooItems"}),
        json!({"style": "offset", "offset": "offset", "items": "/meta"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "limit": "size"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "page_size": "100"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "totl": "/meta/total"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "total": "/links"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "has_more": "/links"}),
        json!({"style": "offset", "items": "/fooItems"}),
        json!({"style": "offset", "offset": "offset"}),
        json!({"style": "page", "page": "page", "first": -1, "items": "/fooItems"}),
        json!({"style": "cursor", "cursor": "cursor", "items": "/fooItems"}),
        json!({"style": "cursor", "cursor": "cursor", "next": "/links/next", "items": "/fooItems"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "/id", "next": "/meta/next", "items": "/records"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "/name", "items": "/records"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "/tags", "items": "/records"}),
        json!({"style": "cursor", "cursor": "cursor", "last": "/id", "items": "/fooItems"}),
        json!({"style": "cursor", "last": "/id", "items": "/records"}),
        json!({"style": "link", "last": "/id", "items": "/records"}),
        json!({"style": "link", "next": "/meta", "items": "/fooItems"}),
        json!({"style": "none", "items": "/fooItems"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "empty": "absent"}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "empty": ["absent", "zero"]}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "empty": [7]}),
        json!({"style": "offset", "offset": "offset", "items": "/fooItems", "repeat": "end"}),
        json!({"style": "link-header", "items": "/fooItems", "repeat": "stop"}),
        json!({"style": "link-header", "items": "/fooItems", "repeat": true}),
        json!({"style": "magic", "offset": "offset", "items": "/fooItems"}),
        json!("offset"),
    ] {
        let (paging, codes) = found(&hint);
        assert!(paging.is_none() && codes.contains(&"bad-hint"), "{hint}");
    }
}
