//! `webhooks.json`: what the vendor sends of its own accord is read as an answer is.

#![allow(deprecated, reason = "one of the webhooks is")]

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use golden_webhooks::runtime::webhooks::WebhookError;
use golden_webhooks::runtime::{BoxFuture, Delivery, Environment, HeaderMap};
use golden_webhooks::types;
use golden_webhooks::webhooks::{self, AnyWebhook, PetBorn, PetSold, PetsListed, StartJobFinished};
use serde_json::{Value, json};

fn any(body: &Value) -> Delivery<AnyWebhook> {
    AnyWebhook::read(&HeaderMap::new(), body.to_string()).unwrap()
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
    assert_eq!(AnyWebhook::NAMES, ["pet.born", "pet.sold", "pets.listed"]);
    let listed = any(&json!({"type": "pets.listed", "pets": []}));
    assert!(matches!(&*listed, AnyWebhook::PetsListed(_)), "{listed:?}");
    for kind in ["pet.sold", "pet.given"] {
        let sold = any(&json!({"type": kind, "price": 1}));
        assert!(matches!(&*sold, AnyWebhook::PetSold(_)), "{sold:?}");
    }
    let born = any(&json!({"type": "pet.born", "pet": {"name": "Rex"}}));
    let AnyWebhook::PetBorn(born) = born.into_inner() else { panic!("another") };
    let pet: &types::Pet = &born.pet;
    assert_eq!(pet.name, "Rex");
    // What no webhook is documented to send is kept, with its name.
    let unknown = json!({"type": "pet.lost", "since": 1});
    let AnyWebhook::Unknown { name, body } = any(&unknown).into_inner() else { panic!("known") };
    assert_eq!((name.as_str(), body), ("pet.lost", unknown));
}

#[test]
fn any_webhook_is_the_one_of_a_name_that_is_known() {
    let sold = AnyWebhook::named("pet.sold", r#"{"type": "of a later version", "price": "2"}"#).unwrap();
    assert_eq!(sold.repairs().len(), 1);
    assert!(matches!(sold.into_inner(), AnyWebhook::PetSold(sold) if sold.price == 2.0));
    assert!(AnyWebhook::named("pet.sold", "7").is_err());
}

/// The clock of the vendor's examples.
struct Clock(u64);

impl Environment for Clock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0)
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A delivery's headers; the signatures are made by another program, of the secret `s3cr3t`.
fn signed(signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-id", "7".parse().unwrap());
    headers.insert("x-signature", format!("t=784111777, v0=00, v1={signature}").parse().unwrap());
    headers
}

#[test]
fn a_delivery_is_read_only_if_the_vendor_signed_it_lately() {
    let born = (
        r#"{"type":"pet.born","pet":{"name":"Rex","legs":"4"}}"#,
        "b12067adf543e3e22c29677a49cb84035108d7349f26dd4a18ab267167f982c1",
    );
    let lost = (r#"{"type":"pet.lost","since":1}"#, "0f54012bd1274001be562c1a52ad802165d8158a9c2588ff5468e4891493ddbe");
    let at = |time: u64| webhooks::verifier("s3cr3t").unwrap().environment(Arc::new(Clock(time)));
    let read = at(784_111_777 + 300).read(&signed(born.1), born.0).unwrap();
    assert!(matches!(&*read, AnyWebhook::PetBorn(born) if born.pet.legs == Some(4)));
    assert_eq!(read.repairs()[0].path, "pet.legs");
    let read = at(784_111_777).read(&signed(lost.1), lost.0).unwrap();
    assert!(matches!(read.into_inner(), AnyWebhook::Unknown { name, .. } if name == "pet.lost"));
    // What anybody could send.
    let error = at(784_111_777).read(&signed(lost.1), born.0).unwrap_err();
    assert!(matches!(error, WebhookError::WrongSignature), "{error}");
    let error = at(784_111_777 + 301).read(&signed(born.1), born.0).unwrap_err();
    assert!(matches!(error, WebhookError::OutOfTolerance { early: false, .. }), "{error}");
    let error = at(784_111_777).read(&HeaderMap::new(), born.0).unwrap_err();
    assert!(matches!(error, WebhookError::MissingHeader("X-Signature")), "{error}");
    let other = webhooks::verifier("other").unwrap().environment(Arc::new(Clock(784_111_777)));
    assert!(other.read(&signed(born.1), born.0).is_err());
    let both = other.or_secret("s3cr3t").unwrap();
    assert!(both.read_named("pet.born", &signed(born.1), born.0).is_ok());
    assert!(webhooks::verifier("").is_err());
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
