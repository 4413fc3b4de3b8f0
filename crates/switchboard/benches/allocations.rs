//! Allocations of a generated call beside the same call written by hand, and the most memory that a long list needs at
//! once. Apart from the other benchmarks, for counting costs time.

#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

// No benchmark needs all that they share.
#[allow(dead_code)]
mod common;

use allocation_counter::{AllocationInfo, measure};
use common::{Case, HandWritten, count_generated, generated, runtime, serve};

const CALLS: u64 = 100;

fn main() {
    let runtime = runtime();
    let url = serve(0);
    let (ours, theirs) = (generated(&url), HandWritten::new(&url));
    println!("\nAllocations of the client per call, over {CALLS} calls:");
    for (name, case) in Case::ALL {
        // The first call makes the connection.
        runtime.block_on(case.generated(&ours));
        runtime.block_on(case.hand_written(&theirs));
        let our = measure(|| (0..CALLS).for_each(|_| runtime.block_on(case.generated(&ours))));
        let their = measure(|| (0..CALLS).for_each(|_| runtime.block_on(case.hand_written(&theirs))));
        println!("  {name:<20} generated {}  hand-written {}", per_call(&our), per_call(&their));
    }
    println!("\nThe most memory at once while a list is read, page after page:");
    for total in [10_000, 100_000, 1_000_000] {
        let url = serve(total);
        let (ours, theirs) = (generated(&url), HandWritten::new(&url));
        let our = measure(|| assert_eq!(runtime.block_on(count_generated(&ours)), total));
        let their = measure(|| assert_eq!(runtime.block_on(theirs.count()), total));
        let (our, their) = (our.bytes_max / 1024, their.bytes_max / 1024);
        println!("  {total:>9} records  generated {our:>5} KiB  hand-written {their:>5} KiB");
    }
}

fn per_call(info: &AllocationInfo) -> String {
    format!("{:>7.1} in {:>8.0} bytes", info.count_total as f64 / CALLS as f64, info.bytes_total as f64 / CALLS as f64)
}
