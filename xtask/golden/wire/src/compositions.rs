//! `compositions.json`: unions that say themselves what tells their members apart, and properties that may be there.

use golden_compositions::Client;
use golden_compositions::types::*;
use serde_json::json;

use crate::server::{Server, echo};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[test]
fn a_value_that_is_fixed_is_sent_by_itself() {
    let item = Item::new("1");
    let done = ItemDone::new(item);
    assert_eq!(serde_json::to_value(Event::from(done)).unwrap(), json!({"type": "item.done", "item": {"id": "1"}}));
    let user = UserMessage::new().content("x");
    assert_eq!(
        serde_json::to_value(&user).unwrap(),
        json!({"role": "user", "content": "x"}),
        "what is optional is not"
    );
}

#[tokio::test]
async fn a_fixed_value_names_the_shape_and_what_lacks_is_made_good() {
    let server = Server::json(r#"{"type": "item.done"}"#);
    let item = Item::new("1");
    let done = ItemDone::new(item);
    let found = client(&server).echo_event(done).send().await.unwrap();
    assert!(matches!(&*found, Event::ItemDone(_)), "{found:?}");
    assert_eq!(found.repairs().len(), 2, "{:?}", found.repairs());
}

#[tokio::test]
async fn what_tells_a_shape_is_never_made_up() {
    let server = Server::json(r#"{"content": "x", "type": "message"}"#);
    let note = Note::new();
    let found = client(&server).echo_message(note).send().await.unwrap();
    assert!(matches!(&*found, Message::Unknown(_)), "{found:?}");
}

#[tokio::test]
async fn what_fits_several_members_of_any_of_can_be_read_and_sent() {
    let both = json!({"mail": "m", "phone": "p"});
    let found = echo!(echo_contact: Contact = both);
    assert!(matches!(&found, Contact::MailAndPhone(found) if found.phone.as_deref() == Some("p")), "{found:?}");
    let sent = ContactMailAndPhone::new().mail("m").phone("p");
    assert_eq!(Contact::from(sent), found);
}

#[tokio::test]
async fn properties_that_are_there_under_a_condition_are_typed() {
    let found = echo!(echo_conditional: Conditional = json!({"country": "US", "zip": "7", "code": 7}));
    assert_eq!(found.zip.as_deref(), Some("7"));
    let found = echo!(echo_unevaluated_typed: UnevaluatedTyped = json!({"a": "x", "b": 1}));
    assert_eq!(found.extra["b"], 1);
}

#[tokio::test]
async fn a_shape_is_sent_with_what_tells_it_and_no_other_value_of_that_is_read_as_it() {
    let sent = |shipment: Shipment| serde_json::to_value(shipment).unwrap();
    assert_eq!(sent(Parcel::new().weight("1").into()), json!({"weight": "1", "by": "parcel"}));
    assert_eq!(sent(Letter::new().stamp("1").into()), json!({"stamp": "1", "by": "letter"}));
    assert_eq!(sent(Pallet::new().height("1").into()), json!({"height": "1", "by": "pallet"}));
    let unknown = json!({"weight": "1", "by": "drone"});
    let found = echo!(echo_shipment: Shipment = unknown);
    assert!(!matches!(found, Shipment::Parcel(_)), "{found:?}");
    // The name of the schema stands for it beside what is mapped to it.
    let found = echo!(echo_shipment: Shipment = json!({"stamp": "1", "by": "Letter"}));
    assert!(matches!(&found, Shipment::Letter(letter) if letter.by.as_deref() == Some("Letter")), "{found:?}");
}

#[tokio::test]
async fn who_extends_what_lists_it_has_all_of_that() {
    let car = Car::new().wheels(4.0).doors(5);
    let expected = json!({"kind": "car", "wheels": 4, "doors": 5});
    assert_eq!(serde_json::to_value(&car).unwrap(), expected);
    let found = echo!(echo_vehicle: Vehicle = expected);
    assert!(matches!(&found, Vehicle::Car(found) if **found == car), "{found:?}");
    let found = echo!(echo_vehicle: Vehicle = json!({"kind": "Bike", "wheels": 2, "bell": true}));
    assert!(matches!(&found, Vehicle::Bike(found) if found.bell == Some(true)), "{found:?}");
}
