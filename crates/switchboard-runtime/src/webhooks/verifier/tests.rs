//! Signatures of others: those of RFC 4231, of Standard Webhooks' own libraries, and of a program in another language.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;

use super::*;
use crate::decode::BodyError;
use crate::environment::BoxFuture;
use crate::webhooks::{KeyForm, Name, Piece, STANDARD, Timestamp};

/// The time of day that it is, for ever.
struct At(u64);

impl Environment for At {
    fn now(&self) -> std::time::Instant {
        std::time::Instant::now()
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

#[derive(Debug, PartialEq)]
enum Any {
    Test(i64),
    Unknown(String),
}

#[derive(Deserialize)]
struct Test {
    test: i64,
}

impl Named for Any {
    fn named(name: &str, body: Bytes) -> Result<Delivery<Self>, BodyError> {
        match name {
            "test" => Ok(Delivery::<Test>::json(body)?.map(|found| Self::Test(found.test))),
            other => Ok(Delivery::<serde_json::Value>::json(body)?.map(|_| Self::Unknown(other.to_owned()))),
        }
    }
}

impl Told for Any {
    const NAME: Name = Name::Header("x-name");
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = r#"{"test": 2432232314}"#;
const RIGHT: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const SIGNED_AT: u64 = 1_614_265_330;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()));
    pairs.collect()
}

fn standard(signature: &str) -> HeaderMap {
    headers(&[
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", signature),
        ("x-name", "test"),
    ])
}

fn verifier(signature: &'static Signature, secret: &str, now: u64) -> Verifier<Any> {
    Verifier::new(signature, secret).unwrap().environment(Arc::new(At(now)))
}

/// HMAC of the body alone, in hexadecimal digits.
const BARE: Signature = Signature::new("x-signature", &[Piece::Body]).prefix("sha256=");

#[test]
fn a_standard_webhook_is_read_if_any_of_its_signatures_is_right() {
    let verifier = verifier(&STANDARD, SECRET, SIGNED_AT + 300);
    for signatures in [RIGHT.to_owned(), format!("v1a,AAAA v1,bm9uZQ== {RIGHT}"), format!("v1,? {RIGHT} v2,x")] {
        assert_eq!(*verifier.read(&standard(&signatures), BODY).unwrap(), Any::Test(2_432_232_314), "{signatures}");
    }
    assert_eq!(*verifier.read_named("other", &standard(RIGHT), BODY).unwrap(), Any::Unknown("other".to_owned()));
}

#[test]
fn what_is_not_the_vendor_s_is_not_read() {
    let verifier = verifier(&STANDARD, SECRET, SIGNED_AT);
    let error = |headers: &HeaderMap, body: &'static str| verifier.read(headers, body).unwrap_err();
    assert!(matches!(error(&standard(RIGHT), "no JSON"), WebhookError::WrongSignature), "it is not even parsed");
    assert!(matches!(error(&standard("v1,bm9uZQ=="), BODY), WebhookError::WrongSignature));
    for none in ["", "v2,bm9uZQ==", "v1,?"] {
        assert!(matches!(error(&standard(none), BODY), WebhookError::InvalidHeader("webhook-signature")), "{none}");
    }
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut missing = standard(RIGHT);
        missing.remove(name);
        assert!(matches!(error(&missing, BODY), WebhookError::MissingHeader(found) if found == name));
        let mut twice = standard(RIGHT);
        twice.append(name, HeaderValue::from_static("1"));
        assert!(matches!(error(&twice, BODY), WebhookError::InvalidHeader(found) if found == name));
    }
    let mut other = standard(RIGHT);
    other.insert("webhook-id", HeaderValue::from_static("msg_other"));
    assert!(matches!(error(&other, BODY), WebhookError::WrongSignature));
}

#[test]
fn what_was_signed_too_long_ago_or_is_yet_to_be_is_not_taken() {
    let off = |now: u64| match verifier(&STANDARD, SECRET, now).verify(&standard(RIGHT), BODY.as_bytes()) {
        Ok(()) => None,
        Err(WebhookError::OutOfTolerance { off, early, .. }) => Some((off.as_secs(), early)),
        Err(other) => panic!("{other}"),
    };
    assert_eq!([off(SIGNED_AT - 300), off(SIGNED_AT + 300)], [None, None]);
    assert_eq!([off(SIGNED_AT - 301), off(SIGNED_AT + 301)], [Some((301, true)), Some((301, false))]);
    let patient = verifier(&STANDARD, SECRET, SIGNED_AT + 301).tolerance(Duration::from_secs(301));
    assert!(patient.verify(&standard(RIGHT), BODY.as_bytes()).is_ok());
}

#[test]
fn a_secret_can_be_changed_while_both_are_in_use() {
    let other = verifier(&STANDARD, "whsec_b3RoZXI=", SIGNED_AT);
    assert!(matches!(other.verify(&standard(RIGHT), BODY.as_bytes()), Err(WebhookError::WrongSignature)));
    let both = other.or_secret(SECRET).unwrap();
    assert!(both.verify(&standard(RIGHT), BODY.as_bytes()).is_ok());
    assert!(both.or_secret("whsec_").is_err());
}

#[test]
fn a_body_alone_is_signed_in_hexadecimal_digits() {
    // RFC 4231, section 4.3.
    let verifier = verifier(&BARE, "Jefe", 0);
    let body = b"what do ya want for nothing?";
    let digits = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    for digits in [digits.to_owned(), digits.to_uppercase()] {
        assert!(verifier.verify(&headers(&[("x-signature", &format!("sha256={digits}"))]), body).is_ok());
    }
    for (text, is_wrong) in
        [(format!("sha256={}", &digits[2..]), true), (digits.to_owned(), false), ("sha256=5".to_owned(), false)]
    {
        let error = verifier.verify(&headers(&[("x-signature", &text)]), body).unwrap_err();
        assert_eq!(matches!(error, WebhookError::WrongSignature), is_wrong, "{text}: {error}");
    }
}

#[test]
fn the_time_may_stand_beside_the_signatures() {
    const SIGNED: &[Piece] = &[Piece::Text("v0:"), Piece::Timestamp, Piece::Text(":"), Piece::Body];
    const BESIDE: Signature =
        Signature::new("x-signature", SIGNED).separator(',').prefix("v1=").timestamp(Timestamp::Beside("t="));
    let verifier = verifier(&BESIDE, "s3cr3t", SIGNED_AT);
    let with = |value: &str| verifier.verify(&headers(&[("x-signature", value)]), b"{}");
    assert!(with("t=1614265330, v1=c4744a848d31ddb47bf69dfda8a2763fce99100e52ed9e58a705cc2bd0fdecba").is_ok());
    assert!(with("v0=00,v1=c4744a848d31ddb47bf69dfda8a2763fce99100e52ed9e58a705cc2bd0fdecba,t=1614265330").is_ok());
    assert!(matches!(
        with("t=1614265331,v1=c4744a848d31ddb47bf69dfda8a2763fce99100e52ed9e58a705cc2bd0fdecba"),
        Err(WebhookError::WrongSignature)
    ));
    assert!(matches!(
        with("v1=c4744a848d31ddb47bf69dfda8a2763fce99100e52ed9e58a705cc2bd0fdecba"),
        Err(WebhookError::InvalidHeader("x-signature"))
    ));
}

#[test]
fn a_secret_of_another_form_is_refused_and_none_is_shown() {
    const HEX: Signature = BARE.secret(KeyForm::Hex);
    for (signature, secret) in [(&STANDARD, "whsec_?"), (&STANDARD, ""), (&BARE, ""), (&HEX, "0g"), (&HEX, "0")] {
        let error = Verifier::<Any>::new(signature, secret).unwrap_err();
        assert!(error.to_string().starts_with("the webhooks' secret must be "), "{error}");
    }
    // RFC 4231, section 4.2.
    let hex = verifier(&HEX, &"0b".repeat(20), 0);
    let value = "sha256=b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert!(hex.verify(&headers(&[("x-signature", value)]), b"Hi There").is_ok());
    assert!(!format!("{hex:?}").contains("0b0b"));
}
