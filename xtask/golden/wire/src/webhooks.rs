//! `webhooks.json`: what the vendor sends of its own accord is read as an answer is.

use golden_webhooks::runtime::{BodyError, Delivery};
use golden_webhooks::types;
use golden_webhooks::webhooks::{AnyWebhook, PetBorn, PetSold, PetsListed, StartJobFinished};
use serde_json::{Value, json};

fn any(body: &Value) -> Result<Delivery<AnyWebhook>, BodyError> {
    Delivery::json(body.to_string())
}

#[test]
fn each_payload_has_a_type_under_the_name_of_its_webhook() {
    let born = Delivery::<PetBorn>::json(r#"{"type":"pet.born","pet":{"name":"Rex"}}"#).unwrap();
    assert_eq!((born.pet.name.as_str(), born.repairs().len()), ("Rex", 0));
    let sold = Delivery::<PetSold>::json(r#"{"type":"pet.given","price":0.5}"#).unwrap();
    assert_eq!(sold.price, 0.5);
    let listed = Delivery::<PetsListed>::json(r#"{"type":"pets.listed","pets":[{"name":"a"},{"name":"b"}]}"#).unwrap();
    assert_eq!(listed.pets.len(), 2);
    let finished = Delivery::<StartJobFinished>::json(r#"{"job":7,"result":{"name":"c"}}"#).unwrap();
    assert_eq!((finished.job, finished.result.as_ref().unwrap().name.as_str()), (7, "c"));
}

#[test]
fn any_webhook_is_the_one_that_its_fixed_value_says() {
    let listed = any(&json!({"type": "pets.listed", "pets": []})).unwrap();
    assert!(matches!(&*listed, AnyWebhook::PetsListed(_)), "{listed:?}");
    for kind in ["pet.sold", "pet.given"] {
        let sold = any(&json!({"type": kind, "price": 1})).unwrap();
        assert!(matches!(&*sold, AnyWebhook::PetSold(_)), "{sold:?}");
    }
    let born = any(&json!({"type": "pet.born", "pet": {"name": "Rex"}})).unwrap();
    let AnyWebhook::PetBorn(born) = born.into_inner() else { panic!("another") };
    let pet: &types::Pet = &born.pet;
    assert_eq!(pet.name, "Rex");
    // What no webhook is documented to send is kept.
    let unknown = json!({"type": "pet.lost", "since": 1});
    let kept = any(&unknown).unwrap();
    assert!(matches!(&*kept, AnyWebhook::Unknown(value) if *value == unknown), "{kept:?}");
}

#[test]
fn what_a_vendor_does_not_keep_to_is_made_good_and_told() {
    let body = json!({"type": "pet.born", "pet": {"name": "Rex", "legs": "4"}}).to_string();
    let born = Delivery::<PetBorn>::json(body.clone()).unwrap();
    assert_eq!(born.pet.legs, Some(4));
    let told: Vec<_> = born.repairs().iter().map(|repair| repair.path.as_str()).collect();
    assert_eq!(told, ["pet.legs"]);
    assert_eq!(Delivery::<PetBorn>::strict_json(body).unwrap_err().path(), Some("pet.legs"));
}
