//! `tags.json`: operations stand by tag, and go over the wire as they do elsewhere.

use golden_tags::calls::pet_owners::{PetOwners, ReplaceRequired};
use golden_tags::calls::pets::CreateBody;
use golden_tags::types::{Kind, Pet};
use golden_tags::{Client, Error, errors, responses, webhooks};

use crate::server::{Server, answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

fn answering(body: &str) -> Server {
    Server::answering(answer(200, "application/json", body))
}

#[tokio::test]
async fn a_method_is_called_on_what_the_client_has_for_its_tag() {
    let server = answering(r#"[{"name": "Mia", "kind": "cat"}]"#);
    let pets = client(&server).pets().list().kind("cat").send().await.unwrap();
    assert_eq!(pets[0].kind, Some(Kind::Cat));
    assert_eq!(server.seen().target, "/pets?kind=cat");

    let server = answering("\"a pseudo-device\"");
    assert_eq!(client(&server).con().con().send().await.unwrap().into_inner(), "a pseudo-device");
    assert_eq!(server.seen().target, "/con");

    let server = answering(r#"{"well": true}"#);
    assert_eq!(client(&server).untagged().get_health().send().await.unwrap().well, Some(true));
    let server = answering("[]");
    assert!(client(&server).type_().list().send().await.unwrap().is_empty());
    let server = answering("[]");
    assert!(client(&server).breeds().list().send().await.unwrap().is_empty());
}

/// A call does not hold on to what it was begun with.
#[tokio::test]
async fn a_call_outlives_what_the_client_has_for_its_tag() {
    let server = answering(r#"{"id": "1"}"#);
    let client = client(&server);
    let call = {
        let owners: PetOwners<'_> = client.pet_owners();
        owners.adopt("1", Pet::new("Mia"))
    };
    assert_eq!(call.send().await.unwrap().id, "1");
    let seen = server.seen();
    assert_eq!((seen.target.as_str(), seen.json()), ("/owners/1/adopt", serde_json::json!({"name": "Mia"})));
}

#[tokio::test]
async fn what_stands_beside_a_call_is_in_its_module() {
    let server = Server::answering(answer(201, "application/json", r#"{"name": "Mia"}"#));
    let made = client(&server).pets().create(CreateBody::Xml(Pet::new("Mia"))).send().await.unwrap();
    let responses::PetsCreateSuccess::Created(pet) = made.into_inner() else { panic!("another status") };
    assert_eq!(pet.name, "Mia");
    assert_eq!(server.seen().header("content-type"), Some("application/xml"));

    let server = answering(r#"{"id": "1"}"#);
    let owner = |text: &str| text.to_owned();
    let required = ReplaceRequired {
        id: owner("1"),
        name: owner("Ann"),
        street: owner("High Street"),
        town: owner("Bath"),
        country: owner("GB"),
    };
    client(&server).pet_owners().replace(required).send().await.unwrap();
    assert_eq!(server.seen().target, "/owners?id=1&name=Ann&street=High%20Street&town=Bath&country=GB");
}

#[tokio::test]
async fn errors_are_shared_by_operations_of_several_tags() {
    let server = Server::answering(answer(404, "application/json", r#"{"message": "no"}"#));
    let error = client(&server).pet_owners().list().send().await.unwrap_err();
    let Error::Response(error) = error else { panic!("{error:?}") };
    let errors::ListPetOwnersError::NotFound(fault) = error.body() else { panic!("{error:?}") };
    assert_eq!(fault.message, "no");
}

#[test]
fn what_the_vendor_sends_has_types_beside_the_tags() {
    let born: webhooks::PetBorn = serde_json::from_str(r#"{"pet": {"name": "Mia"}}"#).unwrap();
    assert_eq!(born.pet.name, "Mia");
    let done: webhooks::SendRequestDone = serde_json::from_str(r#"{"id": 1}"#).unwrap();
    assert_eq!(done.id, Some(1));
}
