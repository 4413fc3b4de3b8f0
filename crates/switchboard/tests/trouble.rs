//! One provider that fails, hangs, floods, ends early or answers garbage, while the others list what they have: whole, and
//! at once.

// What fails here fails a test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{AC, SITECORE, UNIFIED, board};
use switchboard::runtime::{ClientCredentials, RetryPolicy};
use switchboard::{
    ActiveCampaign, Connections, Error, ErrorKind, Listed, Query, SitecorePersonalize, Switchboard, UnifiedTo,
    activecampaign, sitecore_personalize, unified_to,
};
use switchboard_sandbox::{ApiHandle, Fault, Records, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const NAMES: [&str; 3] = [AC, UNIFIED, SITECORE];

/// Two pages where an API pages.
const RECORDS: usize = 150;

/// How long lists on loopback may take at most, when two cores do a lot besides.
const SOON: Duration = Duration::from_secs(30);

async fn sandbox() -> Sandbox {
    Sandbox::builder().records(Records::Generated { per_api: RECORDS }).start().await.unwrap()
}

fn api<'a>(sandbox: &'a Sandbox, name: &str) -> ApiHandle<'a> {
    match name {
        AC => *sandbox.activecampaign(),
        UNIFIED => *sandbox.unified_to(),
        _ => *sandbox.sitecore_personalize(),
    }
}

/// Reads until all but the one in trouble are done, and tells what went wrong and what became of each.
async fn read_others(mut connections: Connections, victim: &str) -> (Vec<Error>, Vec<Listed>) {
    let others_are_done =
        |it: &Connections| it.listed().iter().filter(|it| it.provider != victim).all(|listed| listed.ended);
    let mut errors = Vec::new();
    let read = async {
        while !others_are_done(&connections) {
            // Nothing more may come of the one in trouble, and no item tells that the others are done.
            match tokio::time::timeout(Duration::from_millis(100), connections.next()).await {
                Ok(Some(Ok(_))) | Err(_) => {}
                Ok(Some(Err(error))) => errors.push(error),
                Ok(None) => break,
            }
        }
    };
    tokio::time::timeout(SOON, read).await.unwrap();
    let listed = connections.listed().to_vec();
    (errors, listed)
}

fn others_are_whole(victim: &str, listed: &[Listed], case: &str) {
    for listed in listed.iter().filter(|listed| listed.provider != victim) {
        assert!(listed.is_complete() && listed.connections == RECORDS, "{victim} {case}: {listed:?}");
    }
    assert!(listed.iter().any(|it| it.provider == victim && !it.is_complete()), "{victim} {case}: {listed:?}");
}

#[tokio::test]
async fn the_others_finish_whatever_becomes_of_one() {
    let garbage = |body: &str| Fault::status(200).with_body(body);
    let faults = [
        ("fails", Fault::status(500)),
        ("resets", Fault::Reset),
        ("hangs", Fault::Slow(Duration::from_secs(24 * 3600))),
        ("ends early", Fault::CutOff),
        ("breaks off", Fault::MalformedJson),
        ("says nothing", Fault::EmptyBody),
        ("garbage", garbage("\u{1}\u{2}\u{fffd}{{{{")),
        ("a page for people", garbage("<!doctype html><title>Maintenance</title>")),
        ("deep", garbage(&"[".repeat(100_000))),
        ("another type", garbage("42")),
    ];
    for victim in NAMES {
        for (case, fault) in &faults {
            let sandbox = sandbox().await;
            api(&sandbox, victim).misbehave(fault.clone().on_path("/connection").always());
            let connections = board(&sandbox).connections(&Query::new());
            let (errors, listed) = read_others(connections, victim).await;
            others_are_whole(victim, &listed, case);
            assert!(errors.iter().all(|error| error.provider() == victim), "{victim} {case}: {errors:?}");
            assert!(api(&sandbox, victim).fault_count() > 0, "{victim} {case}");
        }
    }
}

/// Answers every request with what `answer` makes of its first line, for as long as the client reads.
async fn serve(answer: impl Fn(&str) -> Flood + Copy + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answer));
        }
    });
    url
}

/// An answer: its body, and whether that comes again and again.
struct Flood {
    body: String,
    is_endless: bool,
}

async fn converse(mut stream: TcpStream, answer: impl Fn(&str) -> Flood) -> Option<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        request.extend_from_slice(&buffer[..length]);
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let Flood { body, is_endless } = answer(String::from_utf8(std::mem::take(&mut request)).ok()?.lines().next()?);
        let length = if is_endless { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{length}\r\n");
        stream.write_all(head.as_bytes()).await.ok()?;
        loop {
            stream.write_all(body.as_bytes()).await.ok()?;
            if !is_endless {
                break;
            }
        }
    }
}

/// A board on which one provider is served elsewhere, by a client that reads at most a megabyte.
fn board_with(sandbox: &Sandbox, victim: &str, url: &str) -> Switchboard {
    const MEGABYTE: u64 = 1 << 20;
    let builder = board(sandbox).providers().cloned().fold(Switchboard::builder(), |it, one| it.shared_provider(one));
    macro_rules! client {
        ($api:ident) => {{
            let builder = $api::Client::builder().base_url(url).retry(RetryPolicy::none());
            builder.max_body(MEGABYTE).rate_limit(None).no_proxy()
        }};
    }
    match victim {
        AC => builder.provider(ActiveCampaign::new(client!(activecampaign).api_token("secret").build().unwrap())),
        UNIFIED => builder.provider(UnifiedTo::new(client!(unified_to).jwt("secret").build().unwrap())),
        _ => {
            let tenant = sandbox.sitecore_personalize();
            let credentials = ClientCredentials::new(tenant.client_id(), tenant.client_secret());
            let client = client!(sitecore_personalize).oauth2(credentials.token_url(tenant.token_url()));
            builder.provider(SitecorePersonalize::new(client.build().unwrap()))
        }
    }
    .build()
}

#[tokio::test]
async fn an_answer_without_an_end_is_given_up_and_is_not_the_others_business() {
    let url = serve(|_| Flood { body: "[[[[[[[[".repeat(1000), is_endless: true }).await;
    for victim in NAMES {
        let sandbox = sandbox().await;
        let (errors, listed) = read_to_end(board_with(&sandbox, victim, &url)).await;
        others_are_whole(victim, &listed, "floods");
        assert_eq!((errors.len(), errors[0].provider(), errors[0].kind()), (1, victim, ErrorKind::Transport));
    }
}

async fn read_to_end(board: Switchboard) -> (Vec<Error>, Vec<Listed>) {
    // Nobody is waited for but the one in trouble.
    tokio::time::timeout(SOON, read_others(board.connections(&Query::new()), "nobody")).await.unwrap()
}

#[tokio::test]
async fn a_list_without_an_end_keeps_nobody_waiting() {
    let url = serve(|request| {
        let offset = request.split_once("offset=").map_or("", |(_, rest)| rest);
        let offset: usize = offset.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap_or(0);
        let ids = (0..100).map(|number| (offset + number).to_string());
        let (ac, unified): (Vec<_>, Vec<_>) = ids
            .map(|id| {
                let unified = r#""integration_type":"hubspot","permissions":[],"categories":[]"#;
                (format!(r#"{{"id":"{id}"}}"#), format!(r#"{{"id":"{id}",{unified}}}"#))
            })
            .unzip();
        let body = if request.contains("/unified/") {
            format!("[{}]", unified.join(","))
        } else {
            format!(r#"{{"connections":[{}],"meta":{{"total":"999999999"}}}}"#, ac.join(","))
        };
        Flood { body, is_endless: false }
    });
    let url = url.await;
    for victim in [AC, UNIFIED] {
        let sandbox = sandbox().await;
        let connections = board_with(&sandbox, victim, &url).connections(&Query::new());
        let (errors, listed) = read_others(connections, victim).await;
        assert!(errors.is_empty(), "{errors:?}");
        others_are_whole(victim, &listed, "lists on and on");
        // It had its turns, and no more of them than the others.
        let of_it = listed.iter().find(|it| it.provider == victim).unwrap();
        assert!(of_it.connections > 100, "{of_it:?}");
    }
}
