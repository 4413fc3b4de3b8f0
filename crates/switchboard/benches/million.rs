//! All connections of three providers, 1,000,000 each where the API pages: the facade's one stream beside three loops written
//! by hand on reqwest and serde. How long until the first connection and until the last, how much CPU time, and the most memory.
//!
//! The sandbox serves them from this process, made as they are asked for. Each run is a process of its own, so that its memory is
//! its own; facade and loops take turns. `MILLION_RECORDS` and `MILLION_RUNS` change the numbers.
//!
//! Sitecore Personalize documents no paging: its list is one answer, read whole, of which a client takes 64 MiB unless it is told
//! otherwise. So there are as many as that holds, fewer than of the others.

#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

// No benchmark needs all that they share.
#[allow(dead_code)]
mod common;
#[path = "common/loops.rs"]
mod loops;

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use common::runtime;
use cpu_time::ProcessTime;
use loops::Loops;
use switchboard::runtime::ClientCredentials;
use switchboard::{
    ActiveCampaign, Query, SitecorePersonalize, Switchboard, UnifiedTo, activecampaign, sitecore_personalize,
    unified_to,
};
use switchboard_sandbox::{Records, Sandbox};

/// How many connections Sitecore Personalize has.
const IN_ONE_ANSWER: usize = 50_000;

/// Set in the processes that are measured: which of the two they are.
const ROLE: &str = "MILLION_ROLE";
const ROLES: [&str; 2] = ["facade", "by hand"];

fn main() {
    match env::var(ROLE) {
        Ok(role) => measured(&role),
        // Whoever asks for a list, or a test of whether it runs, does not mean this to run for minutes.
        Err(_) if env::args().skip(1).all(|argument| argument == "--bench") => compare(),
        Err(_) => {}
    }
}

fn number(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Serves the connections, and has them read in turn.
fn compare() {
    let (records, runs) = (number("MILLION_RECORDS", 1_000_000), number("MILLION_RUNS", 3));
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let start = |per_api| {
        let builder = Sandbox::builder().records(Records::Generated { per_api }).keep_requests(0);
        server.block_on(builder.start()).expect("a sandbox")
    };
    let (paged, whole) = (start(records), start(IN_ONE_ANSWER.min(records)));
    let tenant = whole.sitecore_personalize();
    let environment = [
        ("AC_URL", paged.activecampaign().base_url()),
        ("AC_TOKEN", paged.activecampaign().token().to_owned()),
        ("UNIFIED_URL", paged.unified_to().base_url()),
        ("UNIFIED_TOKEN", paged.unified_to().token().to_owned()),
        ("SITECORE_URL", tenant.base_url()),
        ("SITECORE_TOKEN_URL", tenant.token_url()),
        ("SITECORE_ID", tenant.client_id().to_owned()),
        ("SITECORE_SECRET", tenant.client_secret().to_owned()),
        ("SITECORE_AUDIENCE", tenant.audience().to_owned()),
    ];
    for run in 0..runs {
        let order = if run % 2 == 0 { [0, 1] } else { [1, 0] };
        for role in order.map(|index| ROLES[index]) {
            let program = env::current_exe().expect("a program");
            let status = Command::new(program).env(ROLE, role).envs(environment.clone()).status().expect("a run");
            assert!(status.success(), "{role}");
        }
    }
}

/// One run: reads everything, and says what that took.
fn measured(role: &str) {
    let runtime = runtime();
    let start = Instant::now();
    let (first, counts) = match role {
        "facade" => runtime.block_on(by_facade(start)),
        _ => runtime.block_on(by_hand(start)),
    };
    let (wall, cpu) = (start.elapsed().as_secs_f64(), ProcessTime::now().as_duration().as_secs_f64());
    let all: usize = counts.iter().sum();
    println!(
        "{role:8} {counts:?} connections: the first after {:.1} ms, the last after {wall:.1} s ({:.0} a second), {cpu:.1} s of CPU \
         time, {:.1} MiB at most",
        first.as_secs_f64() * 1000.0,
        all as f64 / wall,
        peak_memory() as f64 / 1024.0,
    );
}

/// The most resident memory that this process has had, in KiB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn variable(name: &str) -> String {
    env::var(name).expect("a variable")
}

async fn by_facade(start: Instant) -> (Duration, [usize; 3]) {
    let shops = activecampaign::Client::builder().base_url(variable("AC_URL")).api_token(variable("AC_TOKEN"));
    let integrations = unified_to::Client::builder().base_url(variable("UNIFIED_URL")).jwt(variable("UNIFIED_TOKEN"));
    let credentials = ClientCredentials::new(variable("SITECORE_ID"), variable("SITECORE_SECRET"));
    let systems = sitecore_personalize::Client::builder().base_url(variable("SITECORE_URL"));
    let systems = systems.oauth2(credentials.token_url(variable("SITECORE_TOKEN_URL")));
    let board = Switchboard::builder()
        // The vendor's published rate limit is taken off: its pauses are what it is for.
        .provider(ActiveCampaign::new(shops.rate_limit(None).no_proxy().build().expect("a client")))
        .provider(UnifiedTo::new(integrations.no_proxy().build().expect("a client")))
        .provider(SitecorePersonalize::new(systems.no_proxy().build().expect("a client")))
        .build();
    let (mut first, mut counts) = (None, [0; 3]);
    let mut connections = board.connections(&Query::new());
    while let Some(item) = connections.next().await {
        let connection = item.expect("a connection");
        first.get_or_insert_with(|| start.elapsed());
        let names = [ActiveCampaign::NAME, UnifiedTo::NAME, SitecorePersonalize::NAME];
        let place = names.iter().position(|name| *name == connection.provider).expect("one of them");
        counts[place] += 1;
    }
    assert!(connections.listed().iter().all(switchboard::Listed::is_complete));
    (first.expect("a connection"), counts)
}

async fn by_hand(start: Instant) -> (Duration, [usize; 3]) {
    let loops = Loops::new(start);
    let (ac, unified, sitecore) =
        tokio::join!(loops.activecampaign(), loops.unified_to(), loops.sitecore_personalize());
    (loops.first(), [ac, unified, sitecore])
}
