//! Values and the XML that they stand in, both ways.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::decode::{self, BodyError, Decoder};
use crate::{RawResponse, Repair};

const NS: &str = "http://example.com/a";

const fn member(property: &'static str, name: Name, node: Node, content: &'static Content) -> Member {
    Member::new(property, node, content).named(name)
}

const fn plain(property: &'static str, content: &'static Content) -> Member {
    Member::new(property, Node::Element, content)
}

const fn element(name: &'static str, content: &'static Content) -> Element {
    Element { name: Name::local(name), is_named: true, content }
}

static PET: Content = Content::Object(
    &[
        member("id", Name::local("pet-id"), Node::Attribute, &Content::Number),
        plain("name", &Content::Text).required(),
        plain("alive", &Content::Boolean),
        plain("born", &Content::Token),
        member("tags", Name::local("tag"), Node::Items, &Content::Text),
        member("photos", Name::local("Photos"), Node::Element, &Content::List(&element("url", &Content::Text))),
        member("owner", Name::in_namespace("owner", NS, "a"), Node::Element, &OWNER),
        plain("parent", &PET),
        plain("any", &Content::Any),
    ],
    None,
);

static OWNER: Content = Content::Object(
    &[
        member("language", Name::in_namespace("lang", NS, "a"), Node::Attribute, &Content::Token),
        member("grades", Name::local("grades"), Node::Attribute, &Content::List(&element("", &Content::Number))),
        Member::new("words", Node::Text, &Content::Text).required(),
    ],
    None,
);

static PETS: Content = Content::List(&element("pet", &PET));

static MAP: Content = Content::Object(&[plain("id", &Content::Number)], Some(&plain("", &Content::Any)));

fn read(xml: &str, content: &'static Content) -> Value {
    let root = Element { is_named: false, ..element("root", content) };
    let (json, _) = to_json(xml, &root).unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn written(value: &Value, content: &'static Content) -> Result<String, String> {
    let xml = from_json(value, &element("root", content))?;
    let text = String::from_utf8(xml).unwrap();
    Ok(text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap().to_owned())
}

#[test]
fn everything_stands_where_the_table_says_both_ways() {
    let value = json!({
        "id": 7, "name": " a & <b> ", "alive": true, "born": "2026-01-02", "tags": ["x", ""], "photos": ["u", "v"],
        "owner": {"language": "de", "grades": [1, 2.5], "words": "hi"}, "parent": {"name": ""},
        "any": {"deep": ["1", "2"], "one": "x"},
    });
    let xml = written(&value, &PET).unwrap();
    assert_eq!(
        xml,
        "<root xmlns:a=\"http://example.com/a\" pet-id=\"7\"><name> a &amp; &lt;b&gt; </name><alive>true</alive>\
         <born>2026-01-02</born><tag>x</tag><tag/><Photos><url>u</url><url>v</url></Photos>\
         <a:owner a:lang=\"de\" grades=\"1 2.5\">hi</a:owner><parent><name/></parent>\
         <any><deep>1</deep><deep>2</deep><one>x</one></any></root>"
    );
    assert_eq!(read(&xml, &PET), value);
}

#[test]
fn what_stands_in_no_element_of_its_own_stands_in_that_of_its_object() {
    static NAME: Content = Content::Object(
        &[
            member("lang", Name::local("lang"), Node::Attribute, &Content::Token),
            member("first", Name::in_namespace("first", NS, "a"), Node::Element, &Content::Text),
            Member::new("inner", Node::Group, &Content::Object(&[plain("last", &Content::Text)], None)),
        ],
        None,
    );
    static PERSON: Content = Content::Object(
        &[
            Member::new("name", Node::Group, &NAME),
            plain("age", &Content::Number),
            Member::new("again", Node::Group, &PERSON),
        ],
        Some(&plain("", &Content::Text)),
    );
    let value = json!({"name": {"lang": "en", "first": "A", "inner": {"last": "B"}}, "age": 7, "other": "x"});
    let xml = "<root xmlns:a=\"http://example.com/a\" lang=\"en\"><a:first>A</a:first><last>B</last><age>7</age>\
               <other>x</other></root>";
    assert_eq!(written(&value, &PERSON).unwrap(), xml);
    assert_eq!(written(&json!({"name": null}), &PERSON).unwrap(), "<root/>");
    static ONCE: Content = Content::Object(
        &[Member::new("name", Node::Group, &NAME), plain("age", &Content::Number)],
        Some(&plain("", &Content::Text)),
    );
    assert_eq!(read(xml, &ONCE), value);
    assert_eq!(read("<root><age>7</age></root>", &ONCE), json!({"age": 7}));
    // One that contains itself ends.
    assert_eq!(read(xml, &PERSON)["name"]["first"], "A");
}

#[test]
fn what_a_text_cannot_tell_the_table_does() {
    for (xml, expected) in [
        ("<p pet-id=' +07 '/>", json!({"id": 7})),
        ("<p pet-id='.50'/>", json!({"id": 0.5})),
        ("<p pet-id='x'/>", json!({"id": "x"})),
        ("<p><alive> 1\n</alive></p>", json!({"alive": true})),
        ("<p><alive>yes</alive></p>", json!({"alive": "yes"})),
        ("<p><born>\n 2026 \n</born></p>", json!({"born": "2026"})),
        ("<p><name> a\r\nb </name></p>", json!({"name": " a\nb "})),
        ("<p><tag>only</tag></p>", json!({"tags": ["only"]})),
        ("<p><Photos/></p>", json!({"photos": []})),
        ("<p><Photos><other>x</other></Photos></p>", json!({"photos": ["x"]})),
        ("<p><name><![CDATA[<a>]]>&amp;&#x41;<!-- no --></name></p>", json!({"name": "<a>&A"})),
        ("<p><parent xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:nil='true'/></p>", json!({"parent": null})),
        ("<p><owner/></p>", json!({"owner": {"words": ""}})),
        ("<p unknown='1'><unknown/><name>a</name></p>", json!({"name": "a"})),
        // Of another type: whoever reads the JSON tells.
        ("<p><name>a</name><name>b</name></p>", json!({"name": ["a", "b"]})),
        ("<p><name><b>a</b></name></p>", json!({"name": {"b": "a"}})),
        ("<p><parent>text</parent></p>", json!({"parent": "text"})),
        ("<p><Photos>text</Photos></p>", json!({"photos": "text"})),
    ] {
        assert_eq!(read(xml, &PET), expected, "{xml}");
    }
    for number in ["12345678901234567890123", "1.10", "-0.5e-7"] {
        let (json, _) = to_json(&format!("<p pet-id='{number}'/>"), &element("p", &PET)).unwrap();
        assert_eq!(String::from_utf8(json).unwrap(), format!("{{\"id\":{number}}}"));
    }
}

#[test]
fn names_are_found_by_namespace_whatever_the_prefix_and_by_name_without() {
    for xml in [
        "<p xmlns:b='http://example.com/a'><b:owner b:lang='de'/></p>",
        "<p><owner xmlns='http://example.com/a' lang='de'/></p>",
        "<b:p xmlns:b='urn:other'><b:owner lang='de'/></b:p>",
        "<b:p><b:owner b:lang='de'/></b:p>",
    ] {
        assert_eq!(read(xml, &PET), json!({"owner": {"language": "de", "words": ""}}), "{xml}");
    }
    static TWO: Content = Content::Object(
        &[
            member("mine", Name::in_namespace("id", NS, ""), Node::Element, &Content::Text),
            member("theirs", Name::in_namespace("id", "urn:b", ""), Node::Element, &Content::Text),
        ],
        None,
    );
    let xml = "<p><id xmlns='urn:b'>t</id><id xmlns='http://example.com/a'>m</id></p>";
    assert_eq!(read(xml, &TWO), json!({"mine": "m", "theirs": "t"}));
    let xml = written(&json!({"mine": "m", "theirs": "t"}), &TWO).unwrap();
    assert_eq!(xml, "<root><id xmlns=\"http://example.com/a\">m</id><id xmlns=\"urn:b\">t</id></root>");
}

#[test]
fn names_of_which_the_document_says_the_prefix_alone_are_found_by_that() {
    static TITLES: Content = Content::Object(
        &[
            member("title", Name::local("title"), Node::Element, &Content::Text),
            member("media:title", Name::in_namespace("title", "", "media"), Node::Element, &Content::Text),
        ],
        None,
    );
    for declared in ["", " xmlns:media='urn:media'", " xmlns='urn:all' xmlns:media='urn:media'"] {
        let xml = format!("<r{declared}><media:title>m</media:title><title>t</title></r>");
        assert_eq!(read(&xml, &TITLES), json!({"title": "t", "media:title": "m"}), "{xml}");
    }
}

#[test]
fn a_prefix_stands_for_what_any_of_its_names_says() {
    static BOTH: Content = Content::Object(
        &[
            member("a", Name::in_namespace("a", "", "m"), Node::Element, &Content::Text),
            member("b", Name::in_namespace("b", "urn:m", "m"), Node::Element, &Content::Text),
        ],
        None,
    );
    assert_eq!(
        written(&json!({"a": "1", "b": "2"}), &BOTH).unwrap(),
        "<root xmlns:m=\"urn:m\"><m:a>1</m:a><m:b>2</m:b></root>"
    );
}

#[test]
fn attributes_of_several_namespaces_have_a_prefix_each() {
    static SEVERAL: Content = Content::Object(
        &[
            member("a", Name::in_namespace("a", "urn:a", ""), Node::Attribute, &Content::Text),
            member("b", Name::in_namespace("b", "urn:b", ""), Node::Attribute, &Content::Text),
            member("c", Name::in_namespace("c", "urn:c", "p"), Node::Attribute, &Content::Text),
            member("d", Name::in_namespace("d", "urn:d", "p"), Node::Attribute, &Content::Text),
        ],
        None,
    );
    let value = json!({"a": "1", "b": "2", "c": "3", "d": "4"});
    let xml = written(&value, &SEVERAL).unwrap();
    assert_eq!(
        xml,
        "<root xmlns:p=\"urn:c\" xmlns:ns=\"urn:a\" ns:a=\"1\" xmlns:ns2=\"urn:b\" ns2:b=\"2\" p:c=\"3\" xmlns:p2=\"urn:d\" p2:d=\"4\"/>"
    );
    assert_eq!(read(&xml, &SEVERAL), value);
}

#[test]
fn other_properties_are_kept_and_come_back() {
    let xml = "<r a='1'><id>3</id><x>y</x><x>z</x><o k='v'>t</o></r>";
    // In the order of the names, which is that of a map in any build.
    let value = json!({"a": "1", "id": 3, "o": {"$text": "t", "k": "v"}, "x": ["y", "z"]});
    assert_eq!(read(xml, &MAP), value);
    assert_eq!(written(&value, &MAP).unwrap(), "<root><id>3</id><a>1</a><o>t<k>v</k></o><x>y</x><x>z</x></root>");
    assert_eq!(read(&written(&value, &MAP).unwrap(), &MAP), value);
    assert_eq!(written(&json!({"a b": 1}), &MAP).unwrap_err(), "`a b` cannot be a name in XML");
}

#[test]
fn lists_are_roots_too_and_null_says_so() {
    let value = json!([{"name": "a"}, null]);
    let xml = written(&value, &PETS).unwrap();
    assert_eq!(
        xml,
        "<root xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><pet><name>a</name></pet><pet xsi:nil=\"true\"/></root>"
    );
    assert_eq!(read(&xml, &PETS), value);
    assert_eq!(written(&json!([]), &PETS).unwrap(), "<root/>");
}

#[test]
fn a_union_is_read_as_what_tells_it_apart_and_keeps_what_others_know() {
    static CAT: Content = Content::Object(&[plain("kind", &Content::Token), plain("lives", &Content::Number)], None);
    static DOG: Content = Content::Object(
        &[plain("kind", &Content::Token), plain("lives", &Content::Text), plain("tail", &Content::Text)],
        None,
    );
    static TOLD: Content =
        Content::Union(&Union { variants: &[&CAT, &DOG], property: "kind", values: &[("cat", 0), ("dog", 1)] });
    static MIXED: Content = Content::Union(&Union {
        variants: &[&Content::Text, &Content::Number, &CAT, &PETS],
        property: "",
        values: &[],
    });
    for (xml, content, expected) in [
        ("<r><kind>dog</kind><lives>1</lives></r>", &TOLD, json!({"kind": "dog", "lives": "1"})),
        (
            "<r><kind>cat</kind><lives>1</lives><tail>t</tail></r>",
            &TOLD,
            json!({"kind": "cat", "lives": 1, "tail": "t"}),
        ),
        ("<r>9</r>", &MIXED, json!(9)),
        ("<r>nine</r>", &MIXED, json!("nine")),
        ("<r><lives>9</lives></r>", &MIXED, json!({"lives": 9})),
        ("<r><pet><name>n</name></pet></r>", &MIXED, json!([{"name": "n"}])),
    ] {
        assert_eq!(read(xml, content), expected, "{xml}");
        assert_eq!(read(&written(&expected, content).unwrap(), content), expected, "{xml}");
    }
}

#[test]
fn what_cannot_stand_in_xml_is_told_before_anything_is_sent() {
    for (value, reason) in [
        (json!({"name": "a\u{0}"}), "the character U+0000 cannot stand in XML"),
        (json!({"id": {"a": 1}}), "an object or a list stands where XML has room for text only"),
    ] {
        assert_eq!(written(&value, &PET).unwrap_err(), reason);
    }
    let value = json!({"name": "\r\n\t]]>", "id": 1, "owner": {"language": "\"'\n\t<&", "words": "]]>"}});
    assert_eq!(read(&written(&value, &PET).unwrap(), &PET)["name"], "\r\n\t]]>");
    static CDATA: Content = Content::Object(&[member("c", Name::local(""), Node::Cdata, &Content::Text)], None);
    let value = json!({"c": "<a>]]>&"});
    let xml = written(&value, &CDATA).unwrap();
    assert!(xml.starts_with("<root><![CDATA[<a>"), "{xml}");
    assert_eq!(read(&xml, &CDATA), value);
}

#[derive(Debug, Deserialize, Serialize, PartialEq)]
struct Pet {
    name: String,
    #[serde(default)]
    id: Option<i64>,
    #[serde(default)]
    tags: Vec<String>,
}

fn answer(content_type: &'static str, body: impl Into<Bytes>) -> RawResponse {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    RawResponse::new(StatusCode::OK, headers, body)
}

static ROOT: Element = element("pet", &PET);

fn decoded(response: &RawResponse, strict: bool) -> (Result<Pet, BodyError>, Vec<String>) {
    let decoder = Decoder::new(response).strict(strict);
    let read = decode::xml(&decoder, &ROOT);
    (read, decoder.into_repairs().iter().map(Repair::to_string).collect())
}

fn pet(name: &str) -> Pet {
    Pet { name: name.to_owned(), id: None, tags: Vec::new() }
}

#[test]
fn characters_are_those_of_the_encoding_that_is_told() {
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}<pet><name>é😀</name></pet>".encode_utf16().flat_map(order).collect()
    };
    let latin1 = b"<pet><name>\xe9</name></pet>".to_vec();
    let declared = [b"<?xml version='1.0' encoding='ISO-8859-1'?>".as_slice(), &latin1].concat();
    for (kind, body, name) in [
        (
            "application/xml",
            "<?xml version=\"1.0\" encoding='utf-8'?>\n<pet><name>é</name></pet>\n".as_bytes().to_vec(),
            "é",
        ),
        ("text/xml; charset=\"UTF-8\"", "\u{feff}<pet><name>é</name></pet>".as_bytes().to_vec(), "é"),
        ("application/xml;charset=iso-8859-1", latin1, "é"),
        ("application/xml", declared.clone(), "é"),
        ("application/xml", utf16(u16::to_be_bytes), "é😀"),
        ("application/xml", utf16(u16::to_le_bytes), "é😀"),
        // Without a mark, the encoding is told beside the text, or seen by how it begins.
        ("application/xml; charset=utf-16le", utf16(u16::to_le_bytes).split_off(2), "é😀"),
        ("application/xml; charset=UTF-16BE", utf16(u16::to_be_bytes).split_off(2), "é😀"),
        ("application/xml; charset=utf-16", utf16(u16::to_be_bytes).split_off(2), "é😀"),
        ("application/xml; charset=utf-16", utf16(u16::to_le_bytes).split_off(2), "é😀"),
        ("application/xml", utf16(u16::to_le_bytes).split_off(2), "é😀"),
        // Written by a server of text that it had in UTF-16.
        (
            "application/xml",
            "<?xml version='1.0' encoding='utf-16'?><pet><name>é</name></pet>".as_bytes().to_vec(),
            "é",
        ),
    ] {
        assert_eq!(decoded(&answer(kind, body), true).0.unwrap(), pet(name), "{kind}");
    }
    let told = |kind, body: &[u8]| decoded(&answer(kind, body.to_vec()), false).0.unwrap_err().to_string();
    let unknown = "the body is in the encoding `shift_jis`: only UTF-8, UTF-16 and ISO-8859-1 are read";
    assert_eq!(told("application/xml", b"<?xml version='1.0' encoding=\"Shift_JIS\"?><pet/>"), unknown);
    assert!(told("application/xml; charset=utf-8", &declared).starts_with("the body is not UTF-8"));
    let mut half = utf16(u16::to_le_bytes);
    half.push(b' ');
    assert_eq!(told("application/xml", &half), "the body is no UTF-16");
}

#[test]
fn what_is_no_document_is_an_error_that_says_where() {
    let wide = format!("<pet {}/>", (0..2000).map(|at| format!("a{at}='' ")).collect::<String>());
    let deep = "<a>".repeat(500) + &"</a>".repeat(500);
    for (body, expected) in [
        (
            "<pet><name>a</name>",
            "no XML that can be read: the document ends within the element `pet`, near `<pet><name>a</name>`",
        ),
        (
            "<pet><name>a</pet>",
            "no XML that can be read: ill-formed document: expected `</name>`, but `</pet>` was found",
        ),
        ("<pet/><pet/>", "no XML that can be read: a second root, `pet`, follows the first"),
        (
            "not found",
            "no XML that can be read: text stands outside of the root element: this is no XML, near `not found`",
        ),
        ("<!-- -->", "no XML that can be read: there is no element"),
        (
            "<pet><name>&lol;</name></pet>",
            "no XML that can be read: the entity `lol` is not one of XML's own; definitions of others are not read",
        ),
        (
            "<!DOCTYPE pet [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><pet><name>&b;</name></pet>",
            "no XML that can be read: the entity `b` is not one",
        ),
        ("<!DOCTYPE pet SYSTEM 'file:///etc/passwd'><pet pet-id='&x;'/>", "no XML that can be read: "),
        ("<pet pet-id='1' pet-id='2'/>", "no XML that can be read: "),
        (
            "<html><body>no</body></html>",
            "no XML that can be read: the root element is `html`, and not `pet`, near `<html>",
        ),
        (&wide, "no XML that can be read: the element `pet` has more than 1024 attributes"),
        (&deep, "no XML that can be read: more than 120 elements stand within one another"),
    ] {
        for strict in [false, true] {
            let (read, _) = decoded(&answer("application/xml", body.to_owned()), strict);
            let error = read.unwrap_err().to_string();
            assert!(error.starts_with(expected), "{body}: {error}");
        }
    }
    let (read, _) = decoded(&answer("application/xml", "<!DOCTYPE pet><pet><name>a</name></pet>"), true);
    assert_eq!(read.unwrap(), pet("a"));
}

#[test]
fn a_root_that_nothing_names_may_be_called_anything_but_not_hold_another_thing() {
    let unnamed = |content: &'static Content| Element { is_named: false, ..element("pet", content) };
    for (xml, content, is_read) in [
        ("<x><name>a</name></x>", &PET, true),
        ("<x/>", &PET, true),
        ("<html><body/></html>", &PET, false),
        ("<pet><body/></pet>", &PET, true),
        ("<html><body/></html>", &MAP, true),
        ("<x><y/></x>", &PETS, true),
    ] {
        assert_eq!(to_json(xml, &unnamed(content)).is_ok(), is_read, "{xml}");
        assert!(!to_json(xml, &unnamed(content)).is_ok_and(|(_, is_other)| is_other), "{xml}");
    }
}

#[test]
fn what_does_not_keep_to_the_document_is_repaired_and_told_as_in_json() {
    for (body, name, told) in [
        ("<pet pet-id='x'><name>a</name></pet>", "a", "id: cannot be read, and is left out"),
        ("<Pet><name>a</name></Pet>", "a", "the body is called otherwise than the document says"),
        ("<pet pet-id='7'/>", "", "name: is missing"),
    ] {
        let (read, repairs) = decoded(&answer("application/xml", body), false);
        assert_eq!((read.unwrap().name.as_str(), repairs), (name, vec![told.to_owned()]), "{body}");
        assert!(decoded(&answer("application/xml", body), true).0.is_err(), "{body}");
    }
    let (read, _) = decoded(&answer("application/xml", "<pet><name>a</name><name>b</name></pet>"), false);
    assert_eq!(read.unwrap_err().path(), Some("name"));
}

#[test]
fn an_answer_that_says_that_it_is_json_is_read_as_that() {
    for (kind, body) in
        [("application/json", r#"{"name":"a"}"#), ("", r#" {"name":"a"}"#), ("", "<pet><name>a</name></pet>")]
    {
        assert_eq!(decoded(&answer(kind, body), true).0.unwrap(), pet("a"), "{kind} {body}");
        assert_eq!(decode::error_xml::<Pet>(&answer(kind, body), &ROOT), Some(pet("a")), "{kind} {body}");
    }
    assert_eq!(decode::error_xml::<Pet>(&answer("application/xml", "<html/>"), &ROOT), None);
    assert_eq!(
        decoded(&answer("application/xml", " "), false).0.unwrap_err().message(),
        "the body is empty where the document promises XML"
    );
}
