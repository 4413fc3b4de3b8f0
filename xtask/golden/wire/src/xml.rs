//! `xml.json`: values that stand in XML.

use golden_xml::calls::SavePetEitherWayBody;
use golden_xml::types::{Circle, Fault, Owner, Pet, PetKind, Shape, Square, Toy};
use golden_xml::{Client, Error, RetryPolicy, errors, responses};

use crate::server::{Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

const WHOLE: &str = "<pet xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:o=\"urn:owners\" id=\"7\" xml:lang=\"en\">\
    <Name>Tom &amp; &lt;Jerry&gt;</Name><kind>cat</kind><born>2026-01-02</born><seen xsi:nil=\"true\"/><weight>2.5</weight>\
    <alive>true</alive><tag>a</tag><tag>b</tag><Photos><Photos>u</Photos></Photos>\
    <toys><toy color=\"red\">ball</toy><toy>mouse</toy></toys>\
    <o:owner><o:name>Ann</o:name><![CDATA[<x>]]></o:owner>\
    <pet id=\"1\"><Name>Old</Name><Photos/></pet><notes><a>1</a><b>2</b></notes>\
    <shape type=\"square\"><size>4</size></shape></pet>";

fn whole() -> Pet {
    let parent: Pet = Pet::new(1, "Old", [] as [String; 0], [] as [String; 0]);
    let ball: Toy = Toy::new("ball").color("red".to_owned());
    let mouse: Toy = Toy::new("mouse");
    let owner: Owner = Owner::new("Ann").remark("<x>".to_owned());
    let square: Square = Square::new("square", "4");
    let mut pet: Pet = Pet::new(7, "Tom & <Jerry>", ["a", "b"], ["u"])
        .language("en".to_owned())
        .kind(PetKind::Cat)
        .weight(2.5)
        .alive(true)
        .toys([ball, mouse])
        .owner(owner)
        .parents([parent])
        .shape(Shape::Square(square.into()));
    pet.born = Some("2026-01-02".into());
    pet.seen = golden_xml::runtime::Nullable::Null;
    pet.notes = Some([("a".to_owned(), 1), ("b".to_owned(), 2)].into());
    pet
}

#[tokio::test]
async fn a_value_stands_in_xml_as_the_document_says_both_ways() {
    let server = Server::answering(answer(200, "application/vnd.acme.pet+xml", format!("{HEAD}{WHOLE}")));
    let found = client(&server).save_pet(whole()).send().await.unwrap();
    assert_eq!(*found, whole());
    assert_eq!(found.repairs(), []);
    let seen = server.seen();
    assert_eq!(seen.text(), format!("{HEAD}{WHOLE}"));
    let kind = "application/vnd.acme.pet+xml";
    assert_eq!((seen.header("Content-Type"), seen.header("Accept")), (Some(kind), Some(kind)));
}

#[tokio::test]
async fn json_goes_first_and_xml_has_its_own_method_and_setter() {
    let json = r#"{"id":1,"name":"Tom","tags":[],"photos":[]}"#;
    let server = Server::json(json);
    let pet: Pet = Pet::new(1, "Tom", [] as [String; 0], [] as [String; 0]);
    let found = client(&server).save_pet_either_way(pet.clone()).send().await.unwrap();
    assert_eq!(found.into_inner(), responses::SavePetEitherWaySuccess::Ok(Box::new(pet.clone())));
    let seen = server.seen();
    assert_eq!((seen.header("Content-Type"), seen.text()), (Some("application/json"), json));
    assert_eq!(seen.header("Accept"), Some("application/json, application/xml"));

    let xml = "<pet id=\"1\"><Name>Tom</Name><Photos/></pet>";
    for (status, body, media_type) in [
        (200, xml, "application/xml"),
        (200, json, "application/json"),
        (202, "<Error><message>wait</message></Error>", "application/xml"),
    ] {
        let server = Server::answering(answer(status, media_type, body));
        let found =
            client(&server).save_pet_either_way(SavePetEitherWayBody::Xml(pet.clone())).send_xml().await.unwrap();
        let expected = match status {
            200 => responses::SavePetEitherWayXmlSuccess::Ok(Box::new(pet.clone())),
            _ => responses::SavePetEitherWayXmlSuccess::Accepted(Box::new(fault(None, "wait"))),
        };
        assert_eq!(found.into_inner(), expected);
        let seen = server.seen();
        assert_eq!(
            (seen.header("Content-Type"), seen.header("Accept")),
            (Some("application/xml"), Some("application/xml"))
        );
        assert_eq!(seen.text(), format!("{HEAD}{xml}"));
    }
}

fn fault(code: Option<i64>, message: &str) -> Fault {
    let mut fault: Fault = serde_json::from_value(serde_json::json!({"message": message})).unwrap();
    fault.code = code;
    fault
}

#[tokio::test]
async fn errors_are_typed_in_xml_and_where_they_may_be_either_as_they_say() {
    let xml = "<?xml version='1.0'?><Error><code>7</code><message>no</message></Error>";
    let json = r#"{"code":7,"message":"no"}"#;
    for (status, media_type, body) in [
        (400, "text/xml; charset=utf-8", xml),
        (500, "application/xml", xml),
        (503, "application/json", json),
        (503, "", json),
    ] {
        let server = Server::answering(answer(status, media_type, body));
        let Error::Response(error) = client(&server).list_pets().send().await.unwrap_err() else { panic!("no answer") };
        let fault = Box::new(fault(Some(7), "no"));
        let expected = if status == 400 {
            errors::ListPetsError::BadRequest(fault)
        } else {
            errors::ListPetsError::ServerError(fault)
        };
        assert_eq!(*error.body(), expected, "{status} {media_type}");
    }
    let server = Server::answering(answer(400, "text/html", "<html><body>no</body></html>"));
    let Error::Response(error) = client(&server).list_pets().send().await.unwrap_err() else { panic!("no answer") };
    assert!(matches!(error.body(), errors::ListPetsError::Undocumented(_)));
}

#[tokio::test]
async fn lists_and_plain_values_are_roots() {
    let shapes =
        "<shapes><Shape type='circle'><size>1</size></Shape><Shape type='square'><size>1</size></Shape></shapes>";
    let server = Server::answering(answer(200, "application/xml", shapes));
    let found = client(&server).save_numbers([1, 2]).send().await.unwrap();
    let circle: Circle = Circle::new("circle", 1.0);
    let square: Square = Square::new("square", "1");
    assert_eq!(*found, [Shape::Circle(circle.into()), Shape::Square(square.into())]);
    assert_eq!(server.seen().text(), format!("{HEAD}<numbers><n>1</n><n>2</n></numbers>"));

    let server = Server::answering(answer(200, "application/xml", "<count> 2.5 </count>"));
    assert_eq!(*client(&server).save_word("a<b").send().await.unwrap(), 2.5);
    assert_eq!(server.seen().text(), format!("{HEAD}<word>a&lt;b</word>"));

    // A string that the document does not say more of is the document itself; a picture is no value.
    let server = Server::answering(answer(200, "image/svg+xml", "<svg/>"));
    assert_eq!(*client(&server).send_raw("<raw/>").send().await.unwrap(), "<svg/>");
    assert_eq!(server.seen().text(), "<raw/>");
}

fn page(names: &[&str], next: &str) -> String {
    let pets = names.iter().map(|name| format!("<pet id=\"1\"><Name>{name}</Name><Photos/></pet>"));
    format!("<PetPage><Pets>{}</Pets>{next}</PetPage>", pets.collect::<String>())
}

#[tokio::test]
async fn lists_come_in_pages_of_xml() {
    let server = Server::serving(|request| {
        let body = match request.target.as_str() {
            "/pets" => page(&["a", "b"], "<NextMarker>2 &amp; more</NextMarker>"),
            _ => page(&["c"], ""),
        };
        answer(200, "application/xml", body)
    });
    let mut pets = client(&server).list_pets().stream();
    let mut names = Vec::new();
    while let Some(pet) = pets.try_next().await.unwrap() {
        names.push(pet.name);
    }
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(server.targets(), ["/pets", "/pets?marker=2%20%26%20more"]);
    let first = client(&server).list_pets().pages().try_next().await.unwrap().unwrap();
    assert_eq!((first.pets.len(), first.next_marker.as_deref()), (2, Some("2 & more")));
}

#[tokio::test]
async fn a_page_that_is_no_xml_is_an_error_and_a_faulty_item_costs_itself() {
    let server = Server::serving(|_| answer(200, "application/xml", "<PetPage><Pets>"));
    let error = client(&server).list_pets().stream().try_next().await.unwrap_err();
    assert!(error.to_string().contains("the document ends within the element `Pets`"), "{error}");

    let body = "<PetPage><Pets><p id='1'><Name>a</Name><Name>b</Name><Photos/></p><p id='2'><Name>c</Name><Photos/></p></Pets></PetPage>";
    let server = Server::serving(move |_| answer(200, "application/xml", body));
    let mut pets = client(&server).list_pets().stream();
    let error = pets.try_next().await.unwrap_err();
    assert!(error.to_string().contains("pets[0].name"), "{error}");
    assert_eq!(pets.try_next().await.unwrap().unwrap().name, "c");
    assert_eq!(pets.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_stand_in_xml_is_no_request() {
    let server = Server::accepting();
    let error = client(&server).save_word("\u{1}").send().await.unwrap_err();
    let expected = "the body cannot be written as XML: the character U+0001 cannot stand in XML";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn parts_of_a_form_are_xml_where_the_document_says_so() {
    let server = Server::accepting();
    let toy = |name: &str| -> Toy { Toy::new(name).color("red".to_owned()) };
    let client = client(&server);
    client.send_toys(toy("ball")).others([toy("a"), toy("b")]).note("<n/>").send().await.unwrap();
    let xml = |name: &str| format!("{HEAD}<toy color=\"red\">{name}</toy>");
    let expected = [
        ("name=\"first\"; Content-Type: application/xml", xml("ball")),
        ("name=\"others\"; Content-Type: text/xml", xml("a")),
        ("name=\"others\"; Content-Type: text/xml", xml("b")),
        ("name=\"note\"; Content-Type: text/xml", "<n/>".to_owned()),
    ];
    assert_eq!(server.seen().parts(), expected.map(|(head, content)| (head.to_owned(), content)));
}
