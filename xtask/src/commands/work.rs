//! `work`: what the process of one document does, for the process that waits for it.

use crate::{corpus, fence, terminal::Exit, worker};
use serde::Deserialize;

/// All that such a process can do, by the words for the kinds of jobs.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Job {
    Document(Box<fence::Job>),
    Corpus(corpus::worker::Job),
}

/// Does the job that is on standard input.
pub fn run(arguments: &worker::Arguments) -> Exit {
    match worker::job(arguments) {
        Some(Job::Document(job)) => fence::work(*job),
        Some(Job::Corpus(job)) => corpus::worker::work(job),
        None => Exit::Failed,
    }
}
