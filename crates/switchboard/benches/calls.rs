//! A generated call beside the same call written by hand on reqwest and serde, against the same server: CPU time of
//! the client side. The wall clock would measure the server and the scheduler as well, and waiting is what both do
//! equally well.

#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

// No benchmark needs all that they share.
#[allow(dead_code)]
mod common;

use std::time::Duration;

use common::{Case, HandWritten, generated, runtime, serve};
use cpu_time::ThreadTime;
use criterion::{Criterion, criterion_group};

/// Calls in one batch of a pair, and pairs.
const BATCH: u32 = 100;
const PAIRS: usize = 200;

fn calls(criterion: &mut Criterion) {
    let url = serve(1_000_000);
    let runtime = runtime();
    let (ours, theirs) = (generated(&url), HandWritten::new(&url));
    for (name, case) in Case::ALL {
        let mut group = criterion.benchmark_group(format!("{name}, CPU time"));
        group.bench_function("generated", |bencher| {
            bencher.iter_custom(|calls| runtime.block_on(cpu_time(calls, || case.generated(&ours))));
        });
        group.bench_function("hand-written", |bencher| {
            bencher.iter_custom(|calls| runtime.block_on(cpu_time(calls, || case.hand_written(&theirs))));
        });
        group.finish();
    }
}

/// The CPU time that this thread spends on so many calls.
async fn cpu_time<F: Future<Output = ()>>(calls: u64, call: impl Fn() -> F) -> Duration {
    let start = ThreadTime::now();
    for _ in 0..calls {
        call().await;
    }
    start.elapsed()
}

/// Batches in turn, so that whatever the machine does besides comes over both alike.
fn pairs() {
    let url = serve(1_000_000);
    let runtime = runtime();
    let (ours, theirs) = (generated(&url), HandWritten::new(&url));
    println!("\nCPU time of the client per call, {PAIRS} pairs of {BATCH} calls in turn:");
    for (name, case) in Case::ALL {
        let mut ratios = Vec::new();
        let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            let one = || runtime.block_on(cpu_time(BATCH.into(), || case.generated(&ours)));
            let other = || runtime.block_on(cpu_time(BATCH.into(), || case.hand_written(&theirs)));
            let (our_time, their_time) = if pair % 2 == 0 {
                let our_time = one();
                (our_time, other())
            } else {
                let their_time = other();
                (one(), their_time)
            };
            ratios.push(our_time.as_secs_f64() / their_time.as_secs_f64());
            our_times.push(our_time / BATCH);
            their_times.push(their_time / BATCH);
        }
        ratios.sort_by(f64::total_cmp);
        our_times.sort();
        their_times.sort();
        let percent = |part: usize| (ratios[PAIRS * part / 4] - 1.0) * 100.0;
        println!(
            "  {name:<20} generated {:>9.1?}  hand-written {:>9.1?}  {:+.1} % (quartiles {:+.1} % to {:+.1} %)",
            our_times[PAIRS / 2],
            their_times[PAIRS / 2],
            percent(2),
            percent(1),
            percent(3),
        );
    }
}

criterion_group!(benches, calls);

fn main() {
    benches();
    // Not when something else is asked for: a profile, a list, or a test of whether it runs.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        pairs();
    }
    Criterion::default().configure_from_args().final_summary();
}
