//! `formats.json`: numbers with names, bytes as text, and decimals go out and come back as they are.

use golden_formats::types::*;
use golden_formats::{Client, runtime};
use runtime::{Base64, Base64Url, Decimal, DecimalText, Nullable};
use serde_json::json;

use crate::server::{Server, echo, with_headers as answer};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn named_numbers_are_numbers_on_the_wire_and_unknown_ones_survive() {
    let json = json!({"priority": 10, "kind": 3, "state": 1, "level": 1, "weekday": 7, "mode": "m"});
    let found = echo!(echo_task: Task = json);
    assert!(matches!((found.priority, found.kind), (Priority::High, TaskKind::Chore)));
    assert_eq!((found.state, found.level), (Nullable::Value(TaskState::Unknown), Some(TaskLevel::Top)));
    assert_eq!((found.weekday, found.mode), (Some(7), Some(TaskMode::Manual)));
    let odd = echo!(echo_task: Task = json!({"priority": 11, "kind": 4, "state": null}));
    assert!(matches!((odd.priority, odd.kind), (Priority::Unknown(11), TaskKind::Unknown(4))));
    assert_eq!(odd.state, Nullable::Null);
    assert_eq!(Task::new(10).kind, TaskKind::Chore, "what has one value fills itself in");
}

#[tokio::test]
async fn named_numbers_stand_wherever_numbers_do() {
    let server = answer(204, &["X-Most: 10"], "");
    let client = client(&server);
    let call = client.find_tasks(Priority::High).not([Priority::Low, 7.into()]).x_least(0);
    let response = call.body(Task::new(Priority::Low).state(TaskState::Open)).send().await.unwrap();
    assert_eq!(response.headers().x_most(), Ok(Priority::High));
    let seen = server.seen();
    assert_eq!((seen.target.as_str(), seen.header("X-Least")), ("/tasks/10?not=0&not=7", Some("0")));
    let mut sent: Vec<&str> = seen.text().split('&').collect();
    sent.sort_unstable();
    assert_eq!(sent, ["kind=3", "priority=0", "state=0"]);
    let odd = answer(204, &["X-Most: high"], "");
    let response = self::client(&odd).find_tasks(-1).send().await.unwrap();
    assert!(response.headers().x_most().is_err());
}

#[tokio::test]
async fn bytes_are_sent_back_as_they_came_and_read_whatever_their_spelling() {
    let json = json!({"content": "+/8=", "thumbnail": "-_8=", "parts": ["aGk", "aG\nk="], "secret_key": "AA=="});
    let found = echo!(echo_sealed: Sealed = json);
    assert_eq!(found.content.decode().unwrap(), [0xfb, 0xff]);
    assert_eq!(found.thumbnail.as_ref().unwrap().decode().unwrap(), [0xfb, 0xff]);
    assert!(found.parts.as_ref().unwrap().iter().all(|part| part.decode().unwrap() == b"hi"));
    assert!(!format!("{found:?}").contains("AA=="), "{found:?}");
    let made = Sealed::new(b"hello").thumbnail(Base64Url::encode([0xfb, 0xff])).parts([Base64::from(b"hi")]);
    assert_eq!(
        serde_json::to_value(made).unwrap(),
        json!({"content": "aGVsbG8=", "thumbnail": "-_8", "parts": ["aGk="]})
    );
}

#[tokio::test]
async fn decimals_keep_their_digits_in_both_directions() {
    let body = r#"{"price":12345678901234567890.10,"total":"0.10","rates":{"EUR":1.10,"USD":1}}"#;
    let server = Server::json(body);
    let price: Decimal = "12345678901234567890.10".parse().unwrap();
    let sent = Priced::new(price.clone())
        .total("0.10")
        .rates([("EUR", "1.10".parse::<Decimal>().unwrap()), ("USD", 1.into())]);
    let found = client(&server).echo_priced(sent.clone()).send().await.unwrap().into_inner();
    assert_eq!(server.seen().text(), body);
    assert_eq!((&found, found.price.as_str()), (&sent, price.as_str()));
    assert_eq!(found.total.unwrap().parse().unwrap(), "0.1".parse().unwrap());
    assert_eq!(found.rates.unwrap()["EUR"].as_str(), "1.10");
}

#[tokio::test]
async fn decimals_and_bytes_stand_in_queries_headers_and_forms() {
    let server =
        answer(200, &["X-Total: 0.30", "X-Digest: -_8", "Content-Type: application/json"], "[1.10, \"2.5\", null]");
    let client = client(&server);
    let call = client.find_prices("1.10".parse::<Decimal>().unwrap()).most("9.90").token(b"\xfb\xff");
    let call = call.x_step("0.05".parse::<Decimal>().unwrap()).price(7).total("7.00");
    let found = call.send().await.unwrap();
    let seen = server.seen();
    assert_eq!(
        (seen.target.as_str(), seen.header("X-Step")),
        ("/prices?least=1.1&most=9.90&token=%2B%2F8%3D", Some("0.05"))
    );
    assert!(seen.text().contains("\r\n\r\n7\r\n") && seen.text().contains("\r\n\r\n7.00\r\n"), "{}", seen.text());
    assert_eq!(found.headers().x_total().unwrap().as_str(), "0.30");
    assert_eq!(found.headers().x_digest().unwrap().unwrap().decode().unwrap(), [0xfb, 0xff]);
    assert_eq!(found.iter().map(Decimal::as_str).collect::<Vec<_>>(), ["1.10", "2.5", "0"]);
    assert_eq!(found.repairs().len(), 2);
    // What would become another number on the way is not sent.
    let exact: Decimal = "0.12345678901234567890".parse().unwrap();
    let error = client.find_prices(exact).send().await.unwrap_err();
    assert!(error.to_string().contains("0.12345678901234567890"), "{error}");
    assert_eq!(DecimalText::from("7.00").to_string(), "7.00");
}
