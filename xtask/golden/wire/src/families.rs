//! `families.json`: what a schema's `discriminator` means to the schemas that extend it (OpenAPI 3.0.3 section 4.7.25).

use golden_families::Client;
use golden_families::types::*;
use serde_json::json;

use crate::server::{Server, echo};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[test]
fn what_extends_a_parent_sends_its_own_tag() {
    let fish = Fish::new("F");
    assert_eq!(serde_json::to_value(&fish).unwrap(), json!({"kind": "Fish", "name": "F"}));
    assert_eq!(serde_json::to_value(Animal::from(fish)).unwrap(), json!({"kind": "Fish", "name": "F"}));
    let dog = Dog::new("D");
    assert_eq!(serde_json::to_value(&dog).unwrap(), json!({"kind": "puppy", "name": "D"}), "as the mapping has it");
    let lion = Lion::new("L", 1);
    assert_eq!(lion.kind, LionKind::Lion, "its own, not that of what it extends");
    let car = Car::new().doors(3);
    assert_eq!(serde_json::to_value(&car).unwrap(), json!({"@type": "Car", "doors": 3}), "though nobody declares it");
}

#[test]
fn a_wrong_tag_is_one_that_nobody_knows() {
    let fish = Fish::new("F").kind("puppy");
    assert_eq!(fish.kind, FishKind::Unknown("puppy".to_owned()));
}

#[tokio::test]
async fn a_reference_to_the_parent_is_any_of_what_extends_it() {
    let cat = echo!(echo_animal: Animal = json!({"kind": "cat", "name": "C", "lives": 9}));
    assert!(matches!(&cat, Animal::Cat(cat) if matches!(&**cat, Cat::Cat(cat) if cat.lives == 9)), "{cat:?}");
    let horse = echo!(echo_animal: Animal = json!({"kind": "horse", "name": "H", "legs": 4}));
    assert!(matches!(&horse, Animal::Animal(horse) if horse.name == "H" && horse.extra["legs"] == 4), "{horse:?}");
}

#[tokio::test]
async fn what_is_not_quite_the_child_that_is_named_is_made_good_as_that_child() {
    let server = Server::json(r#"{"kind": "puppy", "bark": "wau"}"#);
    let fish = Fish::new("F");
    let found = client(&server).echo_animal(fish).send().await.unwrap();
    assert!(matches!(&*found, Animal::Dog(dog) if dog.bark.as_deref() == Some("wau")), "{found:?}");
    let repairs: Vec<String> = found.repairs().iter().map(ToString::to_string).collect();
    assert_eq!(repairs, ["name: is missing"]);
}
