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
