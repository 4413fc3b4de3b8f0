//! What the codes mean that a document gets for its process, not for what is written in it.

use crate::{
    explain::Explanation,
    process::{MEMORY_LIMIT, PROCESS_DIED, TIME_LIMIT},
};

/// The crate has fewer methods than the document has operations.
pub const OPERATIONS_LOST: &str = "operations-lost";
/// rustc could not look at the crate.
pub const NOT_CHECKED: &str = "not-checked";

/// The explanations of these codes.
pub const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: TIME_LIMIT,
        title: "a document takes too long",
        text: "The process of the document, or of rustc with its crate, was ended when its time was over. The stage \
               tells what it was at. No document should need that long: please report it.",
        before: "cargo xtask corpus specs",
        after: "cargo xtask corpus specs --timeout 600 --check-timeout 1800",
    },
    Explanation {
        code: MEMORY_LIMIT,
        title: "a document takes too much memory",
        text: "The process of the document, or of rustc with its crate, was ended when it held more than it may. The \
               stage tells what it was at. No document should need that much: please report it.",
        before: "cargo xtask corpus specs",
        after: "cargo xtask corpus specs --memory 8192 --check-memory 16384",
    },
    Explanation {
        code: PROCESS_DIED,
        title: "a document ended the generator",
        text: "The process of the document ended without a result, for example because its stack was used up; its last \
               words are quoted. This is a mistake in the generator: please report it with the document.",
        before: "thread 'pets' has overflowed its stack",
        after: "a crate, or a finding that says what is wrong with the document",
    },
    Explanation {
        code: OPERATIONS_LOST,
        title: "the crate has fewer methods than the document has operations",
        text: "Every operation of a document becomes a method. The two are counted independently of each other, and \
               differ. This is a mistake in the generator: please report it with the document.",
        before: "a document with 12 operations, a client with 11 methods",
        after: "12 methods",
    },
    Explanation {
        code: NOT_CHECKED,
        title: "rustc could not look at a crate",
        text: "The crate was generated, but cargo did not come as far as checking it, for example because the runtime \
               does not compile, or a dependency is neither on this machine nor to be had.",
        before: "cargo xtask corpus specs --compile, without a network, on a machine that never built this project",
        after: "cargo fetch && cargo xtask corpus specs --compile",
    },
];
