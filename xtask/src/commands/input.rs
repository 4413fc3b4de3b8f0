//! What commands have in common that read documents.

use crate::terminal::colour;
use clap::Args;
use codegen::{load::Limits, render::Look};
use std::path::PathBuf;

/// Where documents are read from, and what is shown of the findings.
#[derive(Clone, Debug, Args)]
pub struct InputArguments {
    /// The folder of documents and overlays [default: this repository's `specs`].
    #[arg(long, value_name = "DIR")]
    pub specs: Option<PathBuf>,
    /// The greatest size of a document, in MiB.
    #[arg(long, value_name = "N", default_value_t = 64)]
    max_mib: u32,
    /// Carry on where a document is broken, with the least loss: faults become warnings.
    #[arg(long)]
    pub lenient: bool,
    /// Show adaptations as well.
    #[arg(long, short)]
    pub verbose: bool,
    /// Show errors alone.
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl InputArguments {
    /// What a file may cost.
    pub fn limits(&self) -> Limits {
        Limits { max_bytes: u64::from(self.max_mib) << 20 }
    }

    /// How findings are shown on the standard error stream.
    pub fn style(&self) -> Look {
        Look { colour: colour(), verbose: self.verbose, quiet: self.quiet, all: None }
    }
}
