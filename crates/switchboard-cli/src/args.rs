//! What can be said on the command line. Credentials cannot: they would be in the shell's history and in everybody's list of
//! processes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use switchboard::{NewConnection, Query, StateKind, Switchboard, Timestamp};

use crate::Failure;

/// See and manage the connections of ActiveCampaign, Unified.to and Sitecore Personalize: accounts of outside services
/// that are joined to a platform.
///
/// Credentials come from the environment, or from a file of accounts that only you can read (--config).
///
/// Exit codes: 0, all was well; 1, something failed, or a connection does not work where that is asked for; 2, the command,
/// the configuration or the file of --store or --html is wrong: nothing was changed, and nothing sent but what it took to see that.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the connections are.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// A file of accounts, in JSON: an object with an account for each name that you give, which has its "api" and the
    /// variables of that API's environment. On Unix it must be readable by its owner alone (mode 0600)
    #[arg(long, global = true, value_name = "FILE", env = "SWITCHBOARD_CONFIG", hide_env_values = true)]
    config: Option<OsString>,
    /// Try it with no account: the three APIs are served on loopback, with example records, until the command
    /// ends. No configuration is looked at then
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
}

impl Source {
    /// The file of accounts. An empty name is none, as an empty variable of the environment is.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.config.as_deref().filter(|name| !name.is_empty()).map(Path::new)
    }
}

/// How answers are written.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// One JSON document; of `watch`, which has no end, a JSON object on each line
    #[arg(long, global = true, group = "format")]
    json: bool,
    /// A JSON object on each line, as they come
    #[arg(long, global = true, group = "format")]
    ndjson: bool,
    /// Comma-separated values with a heading (RFC 4180); of `health` the counts alone
    #[arg(long, global = true, group = "format")]
    csv: bool,
    /// When to use colour; `auto` is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

/// The form of what is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Table,
    Json,
    Ndjson,
    Csv,
}

impl Output {
    pub(crate) fn format(self) -> Format {
        match self {
            Self { json: true, .. } => Format::Json,
            Self { ndjson: true, .. } => Format::Ndjson,
            Self { csv: true, .. } => Format::Csv,
            _ => Format::Table,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List connections, of all providers at once
    List(Filters),
    /// Show one connection
    Get(Id),
    /// Create a connection
    Create {
        /// The provider
        provider: String,
        #[command(flatten)]
        parts: Parts,
        /// If there is one with that external id, and service, bring it up to date instead: safe to repeat
        #[arg(long, requires = "external_id")]
        upsert: bool,
    },
    /// Change a connection; what is not named stays as it is
    Update {
        #[command(flatten)]
        id: Id,
        #[command(flatten)]
        parts: Parts,
    },
    /// Delete a connection
    Delete(Id),
    /// Have the vendor try out whether a connection works
    Test(Id),
    /// Tell which connections work: a summary, and those that are unhealthy
    Health {
        #[command(flatten)]
        filters: Filters,
        /// Write one self-contained page instead; beside it another form is written where it is asked for
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Tell what has changed since the last time, and remember what there is now
    Changes {
        #[command(flatten)]
        store: Store,
        /// Do not remember: the next time tells the same once more
        #[arg(long)]
        keep: bool,
    },
    /// Tell of changes as they come about, until it is interrupted
    Watch {
        /// Remember what there is in this file, and begin with what has changed since it was written
        #[arg(long, value_name = "FILE")]
        store: Option<PathBuf>,
        /// Seconds between two looks, to which up to a tenth is added by chance
        #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
        interval: Duration,
        /// End after so many looks, with exit code 1 if any of them failed
        #[arg(long, value_name = "NUMBER")]
        looks: Option<usize>,
    },
    /// Write all connections with their records, a JSON object on each line unless another form is asked for; CSV has no
    /// place for the records
    Export {
        #[command(flatten)]
        filters: Filters,
        /// Leave in the records what may be secret, such as the credentials of connected services
        #[arg(long)]
        with_secrets: bool,
    },
    /// Tell what each provider can do
    Providers,
    /// Write a script that completes commands in a shell
    Completions { shell: Shell },
    /// Write the manual page (roff)
    Man {
        /// Write a page for each command, too, all into this directory
        #[arg(long, value_name = "DIRECTORY")]
        dir: Option<PathBuf>,
    },
}

/// Which connections.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only this provider; may be repeated
    #[arg(long, value_name = "NAME")]
    provider: Vec<String>,
    /// Only this service, as the vendor writes it
    #[arg(long)]
    service: Option<String>,
    /// Only this id on the other side
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Only this state: active, paused, disabled, archived, unhealthy or unknown; may be repeated
    #[arg(long)]
    state: Vec<StateKind>,
    /// Only this category, as the vendor writes it
    #[arg(long)]
    category: Option<String>,
    /// Only what was changed at or after this moment (RFC 3339)
    #[arg(long, value_name = "MOMENT")]
    updated_since: Option<Timestamp>,
}

impl Filters {
    /// The query, if the board has every provider that it names: nothing is to be sent to the others else.
    pub(crate) fn query(self, board: &Switchboard) -> Result<Query, Failure> {
        if let Some(unknown) = self.provider.iter().find(|name| board.provider(name).is_none()) {
            let known: Vec<_> = board.providers().map(|provider| format!("`{}`", provider.name())).collect();
            let known = known.join(", ");
            return Err(Failure::usage(format_args!(
                "{unknown}: there is no provider of this name; there are: {known}"
            )));
        }
        let mut query = Query::new();
        query.providers = self.provider;
        query.service = self.service;
        query.external_id = self.external_id;
        query.states = self.state;
        query.category = self.category;
        query.updated_since = self.updated_since;
        Ok(query)
    }
}

/// One connection.
#[derive(Debug, Args)]
pub(crate) struct Id {
    /// The provider
    pub(crate) provider: String,
    /// The vendor's id of the connection
    pub(crate) id: String,
}

/// What a connection is to be.
#[derive(Debug, Args)]
pub(crate) struct Parts {
    /// What people are to call it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The outside service
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// The id on the other side
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// A file with the rest in JSON: the properties of a connection as the vendor's API takes them; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

impl Parts {
    /// The parts that all APIs have in common.
    pub(crate) fn new_connection(&self) -> NewConnection {
        let mut new = NewConnection::new();
        new.name.clone_from(&self.name);
        new.service.clone_from(&self.service);
        new.external_id.clone_from(&self.external_id);
        new
    }
}

/// The file that remembers what there was.
#[derive(Debug, Args)]
pub(crate) struct Store {
    /// The file that remembers what there was. It need not be there
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err("a number of seconds, at least 1, is needed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_credential() {
        let mut command = Arguments::command();
        command.build();
        let commands: Vec<_> = std::iter::once(&command).chain(command.get_subcommands()).collect();
        for argument in commands.iter().flat_map(|command| command.get_arguments()) {
            let name = argument.get_id().as_str();
            assert!(!["token", "key", "secret", "password"].contains(&name), "{name}");
        }
    }
}
