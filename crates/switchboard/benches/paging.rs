//! Reading a list of 1,000,000 records, page after page: the generated stream beside a loop written by hand.

#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

// No benchmark needs all that they share.
#[allow(dead_code)]
mod common;

use std::time::{Duration, Instant};

use common::{HandWritten, count_generated, generated, runtime, serve};
use cpu_time::ThreadTime;

const RECORDS: u64 = 1_000_000;
const PAIRS: usize = 3;

fn main() {
    let runtime = runtime();
    let url = serve(RECORDS);
    let (ours, theirs) = (generated(&url), HandWritten::new(&url));
    println!("\nReading {RECORDS} records in pages of 100, {PAIRS} times in turn:");
    for _ in 0..PAIRS {
        let our = timed(|| runtime.block_on(count_generated(&ours)));
        let their = timed(|| runtime.block_on(theirs.count()));
        let percent = (our.0.as_secs_f64() / their.0.as_secs_f64() - 1.0) * 100.0;
        println!("  generated {}  hand-written {}  CPU time {percent:+.1} %", shown(our), shown(their));
    }
}

/// CPU time of this thread, and time by the wall clock.
fn timed(count: impl FnOnce() -> u64) -> (Duration, Duration) {
    let (cpu, wall) = (ThreadTime::now(), Instant::now());
    assert_eq!(count(), RECORDS);
    (cpu.elapsed(), wall.elapsed())
}

fn shown((cpu, wall): (Duration, Duration)) -> String {
    let throughput = RECORDS as f64 / wall.as_secs_f64();
    format!("{:.2} s of CPU time, {:.0} records a second", cpu.as_secs_f64(), throughput)
}
