//! What is plain, and what only looks like it.

use serde_json::{Value, json};

use crate::lower::testing::operation;
use crate::plan::{Paging, PagingStyle};

fn query(name: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "schema": schema})
}

fn whole(name: &str) -> Value {
    query(name, json!({"type": "integer"}))
}

fn text(name: &str) -> Value {
    query(name, json!({"type": "string"}))
}

/// An envelope with these properties beside its items.
fn envelope(beside: &Value) -> Value {
    let mut properties = beside.as_object().expect("properties").clone();
    properties.insert(
        "data".to_owned(),
        json!({"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}),
    );
    json!({"type": "object", "properties": properties})
}

fn array() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

fn listing(parameters: &[Value], schema: &Value) -> Value {
    json!({"operationId": "o", "parameters": parameters,
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}})
}

fn found(parameters: &[Value], schema: &Value) -> Option<Paging> {
    operation("/things", &listing(parameters, schema)).0.paging
}

fn style(parameters: &[Value], schema: &Value) -> Option<PagingStyle> {
    found(parameters, schema).map(|paging| paging.style)
}

fn by_offset(offset: &str) -> Option<PagingStyle> {
    Some(PagingStyle::Offset { offset: offset.to_owned() })
}

fn by_page(page: &str, first: u64) -> Option<PagingStyle> {
    Some(PagingStyle::Page { page: page.to_owned(), first })
}

fn by_cursor(cursor: &str, next: &str) -> Option<PagingStyle> {
    Some(PagingStyle::Cursor { cursor: cursor.to_owned(), next: next.to_owned() })
}

fn by_link(next: &str) -> Option<PagingStyle> {
    Some(PagingStyle::Link { next: next.to_owned() })
}

#[test]
fn what_is_recognised_is_reported_and_can_be_turned_off() {
    let mut plain = listing(&[whole("offset"), whole("limit")], &array());
    let (found, codes) = operation("/things", &plain);
    assert!(found.paging.is_some() && codes.contains(&"paging"));
    plain["x-switchboard-paging"] = json!({"style": "none"});
    let (found, codes) = operation("/things", &plain);
    assert!(found.paging.is_none() && !codes.contains(&"paging") && !codes.contains(&"bad-hint"));
}

#[test]
fn offsets() {
    let paging = found(
        &[query("offset", json!({"type": "integer"})), query("limit", json!({"type": "integer", "default": 20}))],
        &envelope(
            &json!({"meta": {"type": "object", "properties": {"total_count": {"type": "integer"}, "has_more": {"type": "boolean"}}}}),
        ),
    );
    let paging = paging.expect("there is paging");
    assert_eq!(paging.style, PagingStyle::Offset { offset: "offset".to_owned() });
    assert_eq!((paging.limit.as_deref(), paging.page_size, paging.items.as_str()), (Some("limit"), None, "/data"));
    assert_eq!(paging.total.as_deref(), Some("/meta/total_count"));
    assert_eq!(paging.has_more.as_deref(), Some("/meta/has_more"));

    assert_eq!(style(&[whole("$skip"), whole("$top")], &array()), by_offset("$skip"));
    assert_eq!(style(&[whole("page[offset]"), whole("page[limit]")], &array()), by_offset("page[offset]"));
    let start = |default: Value| query("startAt", json!({"type": "integer", "default": default}));
    let told = envelope(&json!({"total": {"type": "integer"}}));
    assert_eq!(style(&[start(json!(0)), whole("maxResults")], &told), by_offset("startAt"));

    for total in ["Total number of items on the page.", "Total pages."] {
        let schema = envelope(&json!({"total": {"type": "integer", "description": total}}));
        assert_eq!(found(&[whole("offset"), whole("limit")], &schema).and_then(|paging| paging.total), None);
    }

    for parameters in [
        vec![whole("offset")],
        vec![text("offset"), whole("limit")],
        vec![whole("offset"), text("limit")],
        vec![query("offset", json!({"type": "integer", "default": 1})), whole("limit")],
        vec![start(json!(0)), whole("maxResults")],
        vec![whole("start"), whole("limit")],
        vec![
            json!({"name": "offset", "in": "query", "description": "The page number.", "schema": {"type": "integer"}}),
            whole("limit"),
        ],
        vec![json!({"name": "offset", "in": "header", "schema": {"type": "integer"}}), whole("limit")],
    ] {
        assert_eq!(style(&parameters, &array()), None, "{parameters:?}");
    }
}

#[test]
fn a_total_is_told_in_every_style_unless_it_is_an_estimate() {
    let total =
        |prose: &str| json!({"total": {"type": "integer", "description": prose}, "next_cursor": {"type": "string"}});
    let found = |prose: &str| found(&[text("cursor")], &envelope(&total(prose))).and_then(|paging| paging.total);
    assert_eq!(found("How many there are.").as_deref(), Some("/total"));
    for prose in ["Approximately how many there are.", "An estimate."] {
        assert_eq!(found(prose), None, "{prose}");
    }
}

#[test]
fn page_numbers_need_a_first_and_a_size() {
    let page = |schema: Value| query("page", schema);
    let one = || page(json!({"type": "integer", "default": 1}));
    assert_eq!(style(&[one(), whole("per_page")], &array()), by_page("page", 1));
    let zero = query("page[number]", json!({"type": "integer", "minimum": 0, "default": 0}));
    assert_eq!(style(&[zero, whole("page[size]")], &array()), by_page("page[number]", 0));
    assert_eq!(style(&[page(json!({"type": "integer", "minimum": 1})), whole("limit")], &array()), by_page("page", 1));
    let said =
        |text: &str, schema: Value| json!({"name": "page", "in": "query", "description": text, "schema": schema});
    let unsigned = json!({"type": "integer", "minimum": 0});
    assert_eq!(style(&[said("Zero-based.", unsigned.clone()), whole("limit")], &array()), by_page("page", 0));
    assert_eq!(
        style(&[said("The page, starting from 1.", unsigned.clone()), whole("limit")], &array()),
        by_page("page", 1)
    );
    let pages = envelope(
        &json!({"pagination": {"type": "object", "properties": {"totalPages": {"type": "integer"}, "total": {"type": "string"}, "count": {"type": "integer"}}}}),
    );
    let paging = found(&[one(), whole("per_page")], &pages).expect("there is paging");
    assert_eq!(paging.total_pages.as_deref(), Some("/pagination/totalPages"));
    assert_eq!(paging.total.as_deref(), Some("/pagination/total"));

    let uri = envelope(&json!({"next_page_uri": {"type": "string"}}));
    assert_eq!(style(&[one(), whole("per_page")], &uri), None);
    for parameters in [
        vec![one()],
        vec![page(json!({"type": "integer"})), whole("limit")],
        vec![page(unsigned), whole("limit")],
        vec![one(), whole("limit"), text("PageToken")],
        vec![said("Zero-based.", json!({"type": "integer", "default": 1})), whole("limit")],
        vec![page(json!({"type": "integer", "default": 2})), whole("limit")],
        vec![page(json!({"type": "string", "default": "1"})), whole("limit")],
    ] {
        assert_eq!(style(&parameters, &array()), None, "{parameters:?}");
    }
}

#[test]
fn cursors_need_their_successor() {
    let nested = |holder: &str, name: &str| {
        envelope(&json!({holder: {"type": "object", "properties": {name: {"type": "string"}}}}))
    };
    for (parameter, schema, next) in [
        ("cursor", envelope(&json!({"next_cursor": {"type": "string"}})), "/next_cursor"),
        ("cursor", nested("response_metadata", "next_cursor"), "/response_metadata/next_cursor"),
        ("pageToken", envelope(&json!({"nextPageToken": {"type": "string"}})), "/nextPageToken"),
        ("nextToken", envelope(&json!({"nextToken": {"type": "string"}})), "/nextToken"),
        ("after", nested("cursors", "after"), "/cursors/after"),
        ("page[after]", nested("pageInfo", "endCursor"), "/pageInfo/endCursor"),
        ("marker", envelope(&json!({"next_marker": {"type": "string"}})), "/next_marker"),
        ("pagination_token", nested("meta", "next_token"), "/meta/next_token"),
        ("offset", nested("next_page", "offset"), "/next_page/offset"),
        ("page", envelope(&json!({"next_page": {"type": "string"}})), "/next_page"),
        (
            "page_token",
            envelope(&json!({"next_page": {"type": "string", "description": "Token of the next page."}})),
            "/next_page",
        ),
        ("after", envelope(&json!({"last_id": {"type": "string"}, "has_more": {"type": "boolean"}})), "/last_id"),
        (
            "after",
            envelope(
                &json!({"pagination": {"type": "object", "properties": {"cursor": {"type": "string", "description": "Gets the next page."}}}}),
            ),
            "/pagination/cursor",
        ),
        ("after", nested("pagination", "next_offset"), "/pagination/next_offset"),
        (
            "after",
            envelope(
                &json!({"list": {"type": "string"}, "meta": {"type": "object", "properties": {"after": {"type": "string", "description": "Your place. If there is none, you are at the end of the list."}}}}),
            ),
            "/meta/after",
        ),
        (
            "cursor",
            envelope(&json!({"cursor": {"type": "string", "description": "Give it in a subsequent request."}})),
            "/cursor",
        ),
        (
            "after",
            envelope(
                &json!({"paging": {"type": "object", "properties": {"next": {"type": "object", "properties": {"after": {"type": "string"}}}}}}),
            ),
            "/paging/next/after",
        ),
    ] {
        assert_eq!(style(&[text(parameter)], &schema), by_cursor(parameter, next), "{next}");
    }
    let numbers = |ty: Value| envelope(&json!({"meta": {"type": "object", "properties": {"next_page": {"type": ty}}}}));
    assert_eq!(style(&[whole("page")], &numbers(json!(["integer", "null"]))), by_cursor("page", "/meta/next_page"));
    assert_eq!(style(&[whole("page")], &numbers(json!("integer"))), None, "it may be told for ever");
    for (parameter, schema) in [
        ("cursor", array()),
        ("page_token", envelope(&json!({"next_page": {"type": "string"}}))),
        ("cursor", envelope(&json!({"cursor": {"type": "string"}}))),
        ("cursor", envelope(&json!({"prev_cursor": {"type": "string"}}))),
        ("cursor", envelope(&json!({"next": {"type": "string"}}))),
        ("cursor", envelope(&json!({"next_cursor": {"type": "boolean"}}))),
        ("after", envelope(&json!({"after": {"type": "string"}}))),
        ("next", envelope(&json!({"next": {"type": "string"}}))),
        ("after", envelope(&json!({"last_id": {"type": "string"}}))),
        ("pageToken", envelope(&json!({"next_cursor": {"type": "string"}}))),
    ] {
        assert_eq!(style(&[text(parameter)], &schema), None, "{parameter} {schema}");
    }
}

fn by_last(cursor: &str, last: &str) -> Option<PagingStyle> {
    Some(PagingStyle::LastItem { cursor: cursor.to_owned(), last: last.to_owned() })
}

fn said(name: &str, text: &str) -> Value {
    json!({"name": name, "in": "query", "description": text, "schema": {"type": "string"}})
}

/// Records with a few properties, and these beside them.
fn records(beside: &Value) -> Value {
    let mut envelope = envelope(beside);
    envelope["properties"]["data"]["items"]["properties"] = json!({"id": {"type": "integer"}, "event_id": {"type": "string"},
        "priority": {"type": "integer"}, "created": {"type": "string", "format": "date-time"}});
    envelope
}

#[test]
fn the_last_items_own_value_is_a_cursor_where_the_page_tells_its_end() {
    let more = json!({"has_more": {"type": "boolean"}});
    for (parameter, last) in [
        (text("starting_after"), "/id"),
        (text("startingAfter"), "/id"),
        (text("after_id"), "/id"),
        (text("start_after_event_id"), "/event_id"),
        (said("after", "Pagination cursor: results after this ID."), "/id"),
        (whole("starting_after"), "/id"),
    ] {
        let cursor = parameter["name"].as_str().expect("a name").to_owned();
        let paging = found(&[parameter], &records(&more)).expect("there is paging");
        assert_eq!(Some(&paging.style), by_last(&cursor, last).as_ref());
        assert_eq!(paging.has_more.as_deref(), Some("/has_more"));
    }
    let more_and = |name: &str| json!({"has_more": {"type": "boolean"}, name: {"type": "string"}});
    for (parameter, beside) in [
        (text("starting_after"), json!({})),
        (text("starting_after"), more_and("next_something")),
        (text("starting_after"), more_and("cursor")),
        (text("starting_after"), more_and("starting_after")),
        (text("ending_before"), more.clone()),
        (text("before"), more.clone()),
        (said("before", "The id of the last item of the page before; for the next page."), json!({})),
        (text("after"), more.clone()),
        (said("after", "Only items created after this date and time, page by page."), more.clone()),
        (query("after", json!({"type": "string", "format": "date-time"})), more.clone()),
        (said("starting_after", "An opaque string."), more.clone()),
        (text("starting_after_name_id"), more.clone()),
        (text("start_after_created"), more.clone()),
        (text("start_after_priority"), more.clone()),
        (whole("start_after_event_id"), more.clone()),
        (text("since_id"), more.clone()),
    ] {
        assert_eq!(style(std::slice::from_ref(&parameter), &records(&beside)), None, "{parameter} {beside}");
    }
    let mut nameless = envelope(&more);
    nameless["properties"]["data"]["items"]["properties"] = json!({"name": {"type": "string"}});
    assert_eq!(style(&[text("starting_after")], &nameless), None);
}

#[test]
fn the_last_items_own_value_is_a_cursor_where_the_document_says_so() {
    for (name, prose, last) in [
        ("after", "Identifier for the last job from the previous pagination request.", "/id"),
        ("cursor", "The id of the last item of the previous page.", "/id"),
        ("offset", "For the next page: the `priority` of the last record.", "/priority"),
        ("since_id", "Pages: the ID from the last result.", "/id"),
        (
            "after",
            "An object ID that defines your place. If you get a list ending with x_1, send x_1 to fetch the next page.",
            "/id",
        ),
    ] {
        assert_eq!(style(&[said(name, prose)], &records(&json!({}))), by_last(name, last), "{prose}");
    }
    for (name, prose) in [
        ("after", "The id of the last item."),
        ("filter", "The id of the last item of the previous page."),
        ("cursor", "The title of the last item of the previous page."),
        ("cursor", "A pointer to the last item of the previous page."),
        ("after", "The created of the last item of the previous page."),
    ] {
        assert_eq!(style(&[said(name, prose)], &records(&json!({}))), None, "{prose}");
    }
    let offset = said("offset", "The id of the last item of the previous page.");
    assert_eq!(style(&[offset], &records(&json!({"offset": {"type": "string"}}))), None, "it may be told as well");
    let told = records(&json!({"cursors": {"type": "object", "properties": {"after": {"type": "string"}}}}));
    let after = said("after", "The id of the last item of the previous page.");
    assert_eq!(style(&[after], &told), by_cursor("after", "/cursors/after"), "what is told goes first");
}

#[test]
fn links_in_the_body_are_known_by_what_they_are() {
    let next = |schema: Value| json!({"next": schema});
    for (schema, pointer) in [
        (next(json!({"type": "string", "format": "uri"})), "/next"),
        (next(json!({"type": "string", "example": "https://api.example.org/accounts/?offset=400"})), "/next"),
        (next(json!({"type": "string", "description": "URL of the next page."})), "/next"),
        (json!({"links": {"type": "object", "properties": {"next": {"type": "string"}}}}), "/links/next"),
        (
            json!({"_links": {"type": "object", "properties": {"next": {"type": "object", "properties": {"href": {"type": "string"}}}}}}),
            "/_links/next",
        ),
        (json!({"nextLink": {"type": "string"}}), "/nextLink"),
        (
            json!({"next_page": {"type": "object", "properties": {"uri": {"type": "string", "format": "uri"}}}}),
            "/next_page/uri",
        ),
        (json!({"@odata.nextLink": {"type": "string"}}), "/@odata.nextLink"),
    ] {
        assert_eq!(style(&[], &envelope(&schema)), by_link(pointer), "{pointer}");
    }
    for schema in [
        next(json!({"type": "string"})),
        next(json!({"type": "integer"})),
        json!({"nextUri": {"type": "string"}}),
        json!({"links": {"type": "object", "properties": {"self": {"type": "string"}, "prev": {"type": "string"}}}}),
        json!({"link": {"type": "string", "format": "uri"}}),
    ] {
        assert_eq!(style(&[], &envelope(&schema)), None, "{schema}");
    }
}

#[test]
fn the_link_header_is_for_paging_where_it_says_so() {
    let with = |parameters: &[Value], header: Value| {
        let mut listing = listing(parameters, &array());
        listing["responses"]["200"]["headers"] = json!({"link": header});
        operation("/things", &listing).0.paging.map(|paging| paging.style)
    };
    let said = json!({"description": "Links for pagination (RFC 8288).", "schema": {"type": "string"}});
    assert_eq!(with(&[], said), Some(PagingStyle::LinkHeader));
    let silent = json!({"schema": {"type": "string"}});
    assert_eq!(with(&[whole("per_page")], silent.clone()), Some(PagingStyle::LinkHeader));
    assert_eq!(with(&[], silent), None);
}

#[test]
fn the_surest_goes_first() {
    let mut parameters = vec![query("page", json!({"type": "integer", "default": 1})), whole("offset"), whole("limit")];
    assert_eq!(style(&parameters, &array()), by_offset("offset"));
    parameters.push(text("cursor"));
    assert_eq!(style(&parameters, &array()), None, "nobody says where the cursor comes from");
    let cursor = json!({"next_cursor": {"type": "string"}});
    assert_eq!(style(&parameters, &envelope(&cursor)), by_cursor("cursor", "/next_cursor"));
    let last = vec![text("starting_after"), whole("offset"), whole("limit")];
    assert_eq!(style(&last, &envelope(&json!({"has_more": {"type": "boolean"}}))), by_offset("offset"));
    let both = json!({"next_cursor": {"type": "string"}, "next_url": {"type": "string"}});
    assert_eq!(style(&parameters, &envelope(&both)), by_link("/next_url"));
}

#[test]
fn the_items_are_the_one_list() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let items = |schema: Value| found(&[whole("offset"), whole("limit")], &schema).map(|paging| paging.items);
    for (schema, expected) in [
        (array(), ""),
        (object(json!({"whatever": list, "count": {"type": "integer"}})), "/whatever"),
        (object(json!({"data": list, "tags": list})), "/data"),
        (object(json!({"things": list, "data": list})), "/things"),
        (object(json!({"values": list, "errors": list})), "/values"),
        (object(json!({"result": object(json!({"rows": list, "total": {"type": "integer"}}))})), "/result/rows"),
        (object(json!({"_embedded": object(json!({"things": list}))})), "/_embedded/things"),
    ] {
        assert_eq!(items(schema).as_deref(), Some(expected));
    }
    for schema in [
        object(json!({"id": {"type": "string"}, "tags": list})),
        object(json!({"data": object(json!({"failed": list}))})),
        json!({"type": "string"}),
        json!({}),
        object(json!({"a": list, "b": list})),
        object(json!({"errors": list})),
        object(json!({"facet": list, "data": object(json!({"rows": list}))})),
        object(json!({"thing": object(json!({"rows": list}))})),
    ] {
        assert_eq!(items(schema.clone()), None, "{schema}");
    }
}

/// What is found of an operation that is asked by `POST`.
fn posted(path: &str, operation: &Value) -> Option<Paging> {
    let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
        "paths": {path: {"post": operation}}});
    let mut plan = crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
    plan.operations.remove(0).paging
}

fn asking(media_type: &str, body: &Value, schema: &Value) -> Value {
    let mut operation = listing(&[], schema);
    let body = json!({"type": "object", "properties": body});
    operation["requestBody"] = json!({"required": true, "content": {media_type: {"schema": body}}});
    operation
}

/// How a search pages whose body has these members, and its answer these beside the items.
fn searched(body: &Value, beside: &Value) -> Option<PagingStyle> {
    posted("/things/search", &asking("application/json", body, &records(beside))).map(|paging| paging.style)
}

#[test]
fn only_reading_is_paged() {
    assert!(posted("/things", &listing(&[whole("offset"), whole("limit")], &array())).is_none());
    let members =
        json!({"offset": {"type": "integer"}, "limit": {"type": "integer"}, "starting_after": {"type": "string"}});
    let told = records(&json!({"total": {"type": "integer"}, "has_more": {"type": "boolean"}}));
    let asking = asking("application/json", &members, &told);
    for (path, pages) in [
        ("/things/search", true),
        ("/things.list", true),
        ("/things:query", true),
        ("/things", false),
        ("/find/me", false),
    ] {
        assert_eq!(posted(path, &asking).is_some(), pages, "{path}");
    }
    let mut named = asking.clone();
    named["operationId"] = json!("searchThings");
    assert!(posted("/things", &named).is_some());
    named["parameters"] = json!([whole("stream")]);
    assert!(posted("/things", &named).is_none(), "the name of the method is taken");
}

#[test]
fn a_body_may_say_which_page_is_wanted() {
    let (string, integer, more) = (json!({"type": "string"}), json!({"type": "integer"}), json!({"type": "boolean"}));
    let within = |name: &str, members: Value| json!({name: {"type": "object", "properties": members}});
    assert_eq!(
        searched(&json!({"start_cursor": string}), &json!({"next_cursor": string, "has_more": more})),
        by_cursor("/start_cursor", "/next_cursor")
    );
    assert_eq!(
        searched(
            &within("pagination", json!({"starting_after": string, "per_page": integer})),
            &json!({"pages": {"type": "object", "properties": {"next": {"type": "object", "properties": {"starting_after": string}}}}})
        ),
        by_cursor("/pagination/starting_after", "/pages/next/starting_after")
    );
    assert_eq!(
        searched(&within("page", json!({"offset": integer, "limit": integer})), &json!({"total": integer})),
        by_offset("/page/offset")
    );
    let first = json!({"type": "integer", "default": 1});
    assert_eq!(
        searched(&json!({"page": first, "per_page": integer}), &json!({"total_pages": integer})),
        by_page("/page", 1)
    );
    assert_eq!(
        searched(&json!({"starting_after": string}), &json!({"has_more": more})),
        by_last("/starting_after", "/id")
    );

    for (body, beside) in [
        (json!({"start_cursor": string}), json!({"has_more": more})),
        (json!({"ending_before": string}), json!({"has_more": more})),
        (json!({"offset": integer, "limit": integer}), json!({"offset": integer, "limit": integer})),
        (json!({"offset": integer}), json!({"total": integer})),
        (json!({"q": string}), json!({"next": {"type": "string", "format": "uri"}})),
        (json!({"filter": {"type": "object", "properties": {"cursor": string}}}), json!({"next_cursor": string})),
    ] {
        assert_eq!(searched(&body, &beside), None, "{body} {beside}");
    }
}

#[test]
fn a_body_is_told_the_page_only_if_it_is_json() {
    let asked = |media_type: &str, required: bool| {
        let beside = json!({"next_cursor": {"type": "string"}});
        let mut operation = asking(media_type, &json!({"cursor": {"type": "string"}}), &envelope(&beside));
        operation["requestBody"]["required"] = json!(required);
        posted("/search", &operation).is_some()
    };
    assert!(asked("application/json", true) && asked("application/json", false));
    assert!(asked("application/vnd.api+json", true) && !asked("application/vnd.api+json", false));
    assert!(!asked("application/x-www-form-urlencoded", true) && !asked("multipart/form-data", true));

    let beside = json!({"next_cursor": {"type": "string"}});
    let mut either = asking("application/json", &json!({"cursor": {"type": "string"}}), &envelope(&beside));
    either["requestBody"]["content"]["application/x-www-form-urlencoded"] =
        either["requestBody"]["content"]["application/json"].clone();
    assert!(posted("/search", &either).is_none(), "the caller may choose the other");
}

#[test]
fn what_is_asked_for_by_query_pages_whatever_it_is_called() {
    let body =
        json!({"offset": {"type": "integer"}, "limit": {"type": "integer"}, "starting_after": {"type": "string"}});
    let told = records(&json!({"total": {"type": "integer"}, "has_more": {"type": "boolean"}}));
    let by = |method: &str, path: &str| {
        let asking = asking("application/json", &body, &told);
        let document = json!({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {path: {method: asking}}});
        let lowered = crate::lower::lower("t", &document, &mut crate::diagnostics::Diagnostics::default());
        lowered.operations[0].paging.is_some()
    };
    assert_eq!(["query", "post", "put"].map(|method| by(method, "/things")), [true, false, false]);
    assert!(by("post", "/things/search"));
}
