//! The tables of the specification, and what stands within arrays and objects, which it leaves open.

use serde_json::json;

use super::*;

/// Query pairs as they will stand in the URL.
fn query(style: Style, explode: bool, value: Value) -> String {
    let parameter = Parameter::query("color").style(style).explode(explode);
    let pairs = render_pairs(&parameter, &value).unwrap();
    pairs.iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect::<Vec<_>>().join("&")
}

fn path(style: Style, explode: bool, value: Value) -> String {
    render_text(&Parameter::path("color").style(style).explode(explode), value).unwrap().unwrap()
}

fn header(explode: bool, value: Value) -> String {
    render_text(&Parameter::header("color").explode(explode), value).unwrap().unwrap()
}

fn empty() -> Value {
    json!("")
}
fn string() -> Value {
    json!("blue")
}
fn array() -> Value {
    json!(["blue", "black", "brown"])
}
fn object() -> Value {
    // serde_json keeps members in alphabetical order by default; the table's order is R, G, B.
    json!({"B": 150, "G": 200, "R": 100})
}

#[test]
fn matrix_collapsed() {
    assert_eq!(path(Style::Matrix, false, empty()), ";color");
    assert_eq!(path(Style::Matrix, false, string()), ";color=blue");
    assert_eq!(path(Style::Matrix, false, array()), ";color=blue,black,brown");
    assert_eq!(path(Style::Matrix, false, object()), ";color=B,150,G,200,R,100");
}

#[test]
fn matrix_exploded() {
    assert_eq!(path(Style::Matrix, true, empty()), ";color");
    assert_eq!(path(Style::Matrix, true, string()), ";color=blue");
    assert_eq!(path(Style::Matrix, true, array()), ";color=blue;color=black;color=brown");
    assert_eq!(path(Style::Matrix, true, object()), ";B=150;G=200;R=100");
}

#[test]
fn label_collapsed() {
    assert_eq!(path(Style::Label, false, empty()), ".");
    assert_eq!(path(Style::Label, false, string()), ".blue");
    assert_eq!(path(Style::Label, false, array()), ".blue,black,brown");
    assert_eq!(path(Style::Label, false, object()), ".B,150,G,200,R,100");
}

#[test]
fn label_exploded() {
    assert_eq!(path(Style::Label, true, empty()), ".");
    assert_eq!(path(Style::Label, true, string()), ".blue");
    assert_eq!(path(Style::Label, true, array()), ".blue.black.brown");
    assert_eq!(path(Style::Label, true, object()), ".B=150.G=200.R=100");
}

#[test]
fn simple_collapsed() {
    assert_eq!(path(Style::Simple, false, empty()), "");
    assert_eq!(path(Style::Simple, false, string()), "blue");
    assert_eq!(path(Style::Simple, false, array()), "blue,black,brown");
    assert_eq!(path(Style::Simple, false, object()), "B,150,G,200,R,100");
}

#[test]
fn simple_exploded() {
    assert_eq!(path(Style::Simple, true, empty()), "");
    assert_eq!(path(Style::Simple, true, string()), "blue");
    assert_eq!(path(Style::Simple, true, array()), "blue,black,brown");
    assert_eq!(path(Style::Simple, true, object()), "B=150,G=200,R=100");
}

#[test]
fn simple_in_a_header_is_not_encoded() {
    assert_eq!(header(false, json!("a b/c")), "a b/c");
    assert_eq!(header(false, object()), "B,150,G,200,R,100");
    assert_eq!(header(true, object()), "B=150,G=200,R=100");
}

#[test]
fn form_collapsed() {
    assert_eq!(query(Style::Form, false, empty()), "color=");
    assert_eq!(query(Style::Form, false, string()), "color=blue");
    assert_eq!(query(Style::Form, false, array()), "color=blue,black,brown");
    assert_eq!(query(Style::Form, false, object()), "color=B,150,G,200,R,100");
}

#[test]
fn form_exploded() {
    assert_eq!(query(Style::Form, true, empty()), "color=");
    assert_eq!(query(Style::Form, true, string()), "color=blue");
    assert_eq!(query(Style::Form, true, array()), "color=blue&color=black&color=brown");
    assert_eq!(query(Style::Form, true, object()), "B=150&G=200&R=100");
}

#[test]
fn space_delimited() {
    assert_eq!(query(Style::SpaceDelimited, false, array()), "color=blue%20black%20brown");
    assert_eq!(query(Style::SpaceDelimited, false, object()), "color=B%20150%20G%20200%20R%20100");
    // Not defined by the table; the same as form, as the style's text had it in OpenAPI 2 ("multi").
    assert_eq!(query(Style::SpaceDelimited, true, array()), "color=blue&color=black&color=brown");
}

#[test]
fn pipe_delimited() {
    assert_eq!(query(Style::PipeDelimited, false, array()), "color=blue%7Cblack%7Cbrown");
    assert_eq!(query(Style::PipeDelimited, false, object()), "color=B%7C150%7CG%7C200%7CR%7C100");
    assert_eq!(query(Style::PipeDelimited, true, array()), "color=blue&color=black&color=brown");
}

#[test]
fn deep_object() {
    assert_eq!(query(Style::DeepObject, true, object()), "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100");
    assert_eq!(
        query(Style::DeepObject, true, json!({"a": {"b": [1, 2]}, "n": null})),
        "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=2"
    );
    assert_eq!(query(Style::DeepObject, true, string()), "color=blue");
}

#[test]
fn json_content() {
    assert_eq!(query(Style::Json, false, json!({"a": [1]})), "color=%7B%22a%22%3A%5B1%5D%7D");
    assert_eq!(path(Style::Json, false, json!([1])), "%5B1%5D");
}

#[test]
fn null_and_empty_arrays_send_nothing() {
    for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject, Style::Json] {
        assert_eq!(query(style, true, Value::Null), "");
    }
    assert_eq!(query(Style::Form, true, json!([])), "");
    assert_eq!(query(Style::Form, false, json!([])), "");
    assert_eq!(query(Style::Form, false, json!([null])), "");
    assert_eq!(query(Style::Form, true, json!([null, 1])), "color=1");
    assert_eq!(render_text(&Parameter::path("color"), Value::Null), Ok(None));
}

#[test]
fn numbers_and_booleans() {
    assert_eq!(query(Style::Form, true, json!(100.0)), "color=100");
    assert_eq!(query(Style::Form, true, json!(0.25)), "color=0.25");
    assert_eq!(query(Style::Form, true, json!(u64::MAX)), "color=18446744073709551615");
    assert_eq!(query(Style::Form, true, json!(true)), "color=true");
}

#[test]
fn bracket_names_are_encoded_and_reserved_characters_kept_on_request() {
    let named = render_pairs(&Parameter::query("filters[service]"), &json!("a/b")).unwrap();
    assert_eq!(named, [Pair { name: "filters%5Bservice%5D".into(), value: "a%2Fb".into() }]);
    let reserved = render_pairs(&Parameter::query("url").allow_reserved(true), &json!("http://x/?a=b")).unwrap();
    assert_eq!(reserved, [Pair { name: "url".into(), value: "http://x/?a=b".into() }]);
    let encoded = Parameter::query("url").allow_reserved(true);
    for pairs in [render_pairs(&encoded, &json!("a%20b%")), render_form(&encoded, &json!("a%20b%"))].map(Result::unwrap)
    {
        assert_eq!(pairs, [Pair { name: "url".into(), value: "a%20b%25".into() }]);
    }
}

#[test]
fn cookies_keep_what_a_cookie_may_hold() {
    let pairs = render_pairs(&Parameter::cookie("session"), &json!("a=b/c d")).unwrap();
    assert_eq!(pairs, [Pair { name: "session".into(), value: "a=b/c%20d".into() }]);
}

#[test]
fn a_cookie_in_its_own_style_is_not_encoded() {
    let written = |explode: bool, value: Value| {
        let parameter = Parameter::cookie("color").style(Style::Cookie).explode(explode);
        let pairs = render_pairs(&parameter, &value).unwrap().into_iter();
        pairs.map(|pair| format!("{}={}", pair.name, pair.value)).collect::<Vec<_>>().join("; ")
    };
    // OpenAPI 3.2, section 4.12, "Style Examples".
    let (list, object) = (json!(["blue", "black", "brown"]), json!({"B": 150, "G": 200, "R": 100}));
    assert_eq!(written(true, json!("a%20b, \"c\"")), "color=a%20b, \"c\"");
    assert_eq!(written(true, list.clone()), "color=blue; color=black; color=brown");
    assert_eq!(written(false, list), "color=blue,black,brown");
    assert_eq!(written(true, object.clone()), "B=150; G=200; R=100");
    assert_eq!(written(false, object), "color=B,150,G,200,R,100");
}

#[test]
fn slashes_of_a_path_stay_on_request() {
    let scope = Parameter::path("scope").slashes();
    assert_eq!(render_text(&scope, json!("a b/c:d?/e")).unwrap().as_deref(), Some("a%20b/c%3Ad%3F/e"));
    let reserved = scope.allow_reserved(true);
    assert_eq!(render_text(&reserved, json!("a b/c:d?/e")).unwrap().as_deref(), Some("a%20b/c:d%3F/e"));
}

#[test]
fn reserved_characters_are_kept_in_a_path_but_for_those_that_end_a_segment() {
    let reserved = Parameter::path("p").allow_reserved(true);
    assert_eq!(render_text(&reserved, json!("a:b/c?d")).unwrap().as_deref(), Some("a:b%2Fc%3Fd"));
    assert_eq!(render_text(&reserved, json!(["a:b", "c d"])).unwrap().as_deref(), Some("a:b,c%20d"));
    assert_eq!(render_text(&Parameter::path("p"), json!("a:b")).unwrap().as_deref(), Some("a%3Ab"));
}

#[test]
fn nested_values_become_json() {
    assert_eq!(query(Style::Form, true, json!([{"a": 1}])), "color=%7B%22a%22%3A1%7D");
}

fn nested(style: Style, explode: bool, nested: Nested, value: &Value) -> String {
    let parameter = Parameter::query("p").style(style).explode(explode).nested(nested);
    let pairs = render_pairs(&parameter, value).unwrap();
    pairs.iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect::<Vec<_>>().join("&")
}

#[test]
fn a_list_in_an_exploded_object_repeats_its_name_unless_told_otherwise() {
    let value = json!({"page": 0, "sort": ["name,asc", "id"], "none": []});
    for (way, expected) in [
        (Nested::Usual, "page=0&sort=name%2Casc&sort=id"),
        (Nested::Repeat, "page=0&sort=name%2Casc&sort=id"),
        (Nested::Json, "none=%5B%5D&page=0&sort=%5B%22name%2Casc%22%2C%22id%22%5D"),
        (Nested::Brackets, "page=0&sort%5B%5D=name%2Casc&sort%5B%5D=id"),
        (Nested::Index, "page=0&sort%5B0%5D=name%2Casc&sort%5B1%5D=id"),
        (Nested::Comma, "none=&page=0&sort=name%2Casc,id"),
        (Nested::Pipe, "none=&page=0&sort=name%2Casc%7Cid"),
        (Nested::Space, "none=&page=0&sort=name%2Casc%20id"),
        (Nested::Tab, "none=&page=0&sort=name%2Casc%09id"),
    ] {
        // With or without serde_json's `preserve_order`.
        let sent = nested(Style::Form, true, way, &value);
        let sorted = |text: &str| {
            let mut pairs: Vec<String> = text.split('&').map(str::to_owned).collect();
            pairs.sort_by_key(|pair| pair.split('=').next().map(str::to_owned));
            pairs
        };
        assert_eq!(sorted(&sent), sorted(expected), "{way:?}");
    }
    let header = Parameter::header("p").explode(true);
    assert_eq!(render_text(&header, json!({"sort": ["a", "b"]})).unwrap().unwrap(), "sort=a,sort=b");
    let matrix = Parameter::path("p").style(Style::Matrix).explode(true);
    assert_eq!(render_text(&matrix, json!({"sort": ["a", "b"]})).unwrap().unwrap(), ";sort=a;sort=b");
    let label = Parameter::path("p").style(Style::Label).explode(true);
    assert_eq!(render_text(&label, json!({"sort": ["a", "b"]})).unwrap().unwrap(), ".sort=a.sort=b");
}

#[test]
fn lists_of_lists_are_json_unless_told_otherwise() {
    let value = json!([[1, 2], [3]]);
    assert_eq!(nested(Style::Form, true, Nested::Usual, &value), "p=%5B1%2C2%5D&p=%5B3%5D");
    assert_eq!(nested(Style::Form, true, Nested::Comma, &value), "p=1,2&p=3");
    assert_eq!(nested(Style::Form, true, Nested::Repeat, &value), "p=1&p=2&p=3");
    assert_eq!(nested(Style::Form, false, Nested::Usual, &value), "p=%5B1%2C2%5D,%5B3%5D");
    assert_eq!(nested(Style::PipeDelimited, false, Nested::Comma, &value), "p=1,2%7C3");
    assert_eq!(nested(Style::Form, false, Nested::Repeat, &value), "p=1,2,3");
}

#[test]
fn objects_within_are_json_unless_brackets_or_separators_are_wanted() {
    let value = json!({"a": {"b": 1}});
    assert_eq!(nested(Style::Form, true, Nested::Usual, &value), "a=%7B%22b%22%3A1%7D");
    assert_eq!(nested(Style::Form, true, Nested::Brackets, &value), "a%5Bb%5D=1");
    assert_eq!(nested(Style::Form, true, Nested::Comma, &value), "a=b,1");
}

#[test]
fn lists_in_a_deep_object() {
    let value = json!({"a": ["x", "y"], "b": {"c": ["z"]}});
    for (way, expected) in [
        (Nested::Usual, "p%5Ba%5D%5B0%5D=x&p%5Ba%5D%5B1%5D=y&p%5Bb%5D%5Bc%5D%5B0%5D=z"),
        (Nested::Brackets, "p%5Ba%5D%5B%5D=x&p%5Ba%5D%5B%5D=y&p%5Bb%5D%5Bc%5D%5B%5D=z"),
        (Nested::Repeat, "p%5Ba%5D=x&p%5Ba%5D=y&p%5Bb%5D%5Bc%5D=z"),
        (Nested::Comma, "p%5Ba%5D=x,y&p%5Bb%5D%5Bc%5D=z"),
        (Nested::Json, "p%5Ba%5D=%5B%22x%22%2C%22y%22%5D&p%5Bb%5D=%7B%22c%22%3A%5B%22z%22%5D%7D"),
    ] {
        assert_eq!(nested(Style::DeepObject, true, way, &value), expected, "{way:?}");
    }
}

#[test]
fn separators_that_openapi_has_no_word_for() {
    let list = json!(["a.b", "c"]);
    let spaced = json!(["a b", "c"]);
    assert_eq!(nested(Style::TabDelimited, false, Nested::Usual, &spaced), "p=a%20b%09c");
    for (style, expected) in
        [(Style::SpaceDelimited, "a.b c"), (Style::TabDelimited, "a.b\tc"), (Style::PipeDelimited, "a.b|c")]
    {
        assert_eq!(render_text(&Parameter::header("p").style(style), list.clone()).unwrap().unwrap(), expected);
    }
    let path = Parameter::path("p").style(Style::PipeDelimited);
    assert_eq!(render_text(&path, spaced).unwrap().unwrap(), "a%20b%7Cc");
}

#[test]
fn what_holds_a_separator_is_not_sent_as_two() {
    let refused = |parameter: Parameter, value: Value| match parameter.location {
        Location::Path | Location::Header => render_text(&parameter, value).err(),
        Location::Query | Location::Cookie => render_pairs(&parameter, &value).err(),
    };
    let (header, query) = (Parameter::header("p"), Parameter::query("p").explode(false));
    let cookie = Parameter::cookie("p").style(Style::Cookie).explode(false);
    for (parameter, value, separator) in [
        (header, json!(["Wed, 21 Oct", "x"]), ','),
        (header, json!({"k": "a,b"}), ','),
        (header, json!({"a,b": 1}), ','),
        (header.explode(true), json!({"k": ["a,b"]}), ','),
        (header, json!([[1, 2]]), ','),
        (cookie, json!(["a,b"]), ','),
        (query.allow_reserved(true), json!(["a,b"]), ','),
        (query.style(Style::PipeDelimited), json!(["a|b", "c"]), '|'),
        (query.style(Style::SpaceDelimited), json!(["a b", "c"]), ' '),
        (query.style(Style::TabDelimited), json!({"k": "a\tb"}), '\t'),
        (query.nested(Nested::Pipe), json!([["a|b"]]), '|'),
        (query.style(Style::PipeDelimited).nested(Nested::Comma), json!([["a|b"]]), '|'),
        (Parameter::query("p").nested(Nested::Pipe), json!({"k": ["a|b"]}), '|'),
        (Parameter::path("p").style(Style::PipeDelimited), json!(["a|b"]), '|'),
        (Parameter::path("p").style(Style::Label).explode(true), json!([1.5]), '.'),
    ] {
        assert_eq!(refused(parameter, value.clone()), Some(Divided(separator)), "{parameter:?} {value}");
    }
    for (parameter, value) in [
        (header, json!("a,b")),
        (header.style(Style::Json), json!(["a,b"])),
        (header, json!(["a b|c"])),
        (header.nested(Nested::Comma), json!([[1, 2], [3]])),
        (cookie, json!("a,b")),
        (query, json!(["a,b"])),
        (query.style(Style::PipeDelimited), json!("a|b")),
        (Parameter::query("p").style(Style::PipeDelimited), json!(["a|b"])),
        (Parameter::path("p"), json!(["a,b"])),
        (Parameter::path("p").style(Style::Matrix).explode(true), json!(["a;b"])),
        (Parameter::path("p").style(Style::Label).explode(true), json!("1.5")),
    ] {
        assert_eq!(refused(parameter, value.clone()), None, "{parameter:?} {value}");
    }
}
