//! The sandbox as a program, for scripts: it prints where the APIs are, and runs until it is interrupted.

use std::{
    env, fmt,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use switchboard_sandbox::{Misbehavior, Records, Sandbox, SandboxBuilder};

const HELP: &str = "\
ActiveCampaign v3, Unified.to and Sitecore Personalize on 127.0.0.1, for examples and tests.
Prints their URLs and credentials, then runs until it is interrupted.

Usage: switchboard-sandbox [OPTIONS]

Options:
  --port PORT             listen on this port (default: any that is free)
  --records seeds|N       start with the vendors' example records, or with N made ones per API, at most 4294967295
                          (default: seeds)
  --format json|env       print one line of JSON, or a line NAME=value for each setting (default: json)
  --rate-limit N          let ActiveCampaign refuse more than N requests per second (default: no limit)
  --token-lifetime SECS   let Sitecore's access tokens end after that many seconds (default: 900)
  --fault FAULT           let something go wrong: a fault that the control API takes, in JSON, or its kind alone, such as
                          reset; may be repeated
  --control yes|no        serve the control API, with which tests order faults and see requests (default: no)
  --help                  print this text
";

/// What the command line asks for.
struct Options {
    sandbox: SandboxBuilder,
    format: Format,
    faults: Vec<Misbehavior>,
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Env,
}

fn main() -> ExitCode {
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        // Who reads it may have seen enough of it.
        drop(io::stdout().write_all(HELP.as_bytes()));
        return ExitCode::SUCCESS;
    }
    match options(arguments) {
        Ok(options) => match run(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(error);
                ExitCode::FAILURE
            }
        },
        Err(message) => {
            complain(format_args!("{message}\n\n{HELP}"));
            ExitCode::from(2)
        }
    }
}

/// Writes to standard error. That nobody reads it, or that it is full, is no reason to stop half-way.
fn complain(message: impl fmt::Display) {
    drop(writeln!(io::stderr(), "{message}"));
}

fn options(arguments: Vec<String>) -> Result<Options, String> {
    let sandbox = Sandbox::builder().keep_requests(0);
    let mut options = Options { sandbox, format: Format::Json, faults: Vec::new() };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let (name, given) = match argument.split_once('=') {
            Some((name, given)) => (name.to_owned(), Some(given.to_owned())),
            None => (argument, None),
        };
        let value = Value { name: &name, given, behind: &mut arguments };
        let sandbox = options.sandbox.clone();
        match name.as_str() {
            "--port" => options.sandbox = sandbox.port(value.read(|text| text.parse().ok())?),
            "--records" => options.sandbox = sandbox.records(value.read(records)?),
            "--format" => options.format = value.read(format)?,
            "--rate-limit" => {
                let requests = value.read(|text| text.parse().ok())?;
                options.sandbox = sandbox.rate_limit(requests, Duration::from_secs(1));
            }
            "--token-lifetime" => {
                let lifetime = value.read(|text| text.parse().ok().map(Duration::from_secs))?;
                options.sandbox = sandbox.token_lifetime(lifetime);
            }
            "--fault" => {
                let order = value.text()?;
                let fault = order.parse().map_err(|error| format!("--fault cannot be {order:?}: {error}"))?;
                options.faults.push(fault);
            }
            "--control" => {
                let control = value.read(yes_or_no)?;
                options.sandbox = sandbox.control(control).keep_requests(if control { 10_000 } else { 0 });
            }
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(options)
}

/// The value of an option, which is taken only where the option is known.
struct Value<'a> {
    name: &'a str,
    /// Behind a `=`.
    given: Option<String>,
    /// The arguments behind the option.
    behind: &'a mut std::vec::IntoIter<String>,
}

impl Value<'_> {
    fn read<T>(self, read: impl FnOnce(&str) -> Option<T>) -> Result<T, String> {
        let name = self.name;
        let text = self.text()?;
        read(&text).ok_or_else(|| format!("{name} cannot be {text:?}"))
    }

    fn text(self) -> Result<String, String> {
        let Self { name, given, behind } = self;
        given.or_else(|| behind.next()).ok_or_else(|| format!("{name} needs a value"))
    }
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn records(value: &str) -> Option<Records> {
    match value {
        "seeds" => Some(Records::Seeds),
        // As many as the sandbox makes at most.
        number => Some(Records::Generated { per_api: usize::try_from(number.parse::<u32>().ok()?).ok()? }),
    }
}

fn format(value: &str) -> Option<Format> {
    match value {
        "json" => Some(Format::Json),
        "env" => Some(Format::Env),
        _ => None,
    }
}

fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let sandbox = options.sandbox.start().await.map_err(|error| match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })?;
        for fault in options.faults {
            sandbox.misbehave(fault);
        }
        // Nobody could find a sandbox that cannot say where it is.
        let told = writeln!(io::stdout(), "{}", announcement(&sandbox, options.format));
        told.map_err(|error| format!("cannot write where the APIs are: {error}"))?;
        // There is nothing to put away at the end: an interrupt may end the process as it ends any other.
        sandbox.run().await;
        Ok(())
    })
}

/// Where the APIs are and what they want, in a form that a script can read.
fn announcement(sandbox: &Sandbox, format: Format) -> String {
    let (activecampaign, unified_to) = (sandbox.activecampaign(), sandbox.unified_to());
    let sitecore = sandbox.sitecore_personalize();
    match format {
        Format::Json => serde_json::json!({
            "activecampaign": { "base_url": activecampaign.base_url(), "token": activecampaign.token() },
            "unified_to": { "base_url": unified_to.base_url(), "token": unified_to.token() },
            "sitecore_personalize": {
                "base_url": sitecore.base_url(),
                "token_url": sitecore.token_url(),
                "client_id": sitecore.client_id(),
                "client_secret": sitecore.client_secret(),
                "audience": sitecore.audience(),
            },
        })
        .to_string(),
        Format::Env => [
            ("ACTIVECAMPAIGN_BASE_URL", activecampaign.base_url()),
            ("ACTIVECAMPAIGN_API_TOKEN", activecampaign.token().to_owned()),
            ("UNIFIED_TO_BASE_URL", unified_to.base_url()),
            ("UNIFIED_TO_API_KEY", unified_to.token().to_owned()),
            ("SITECORE_PERSONALIZE_BASE_URL", sitecore.base_url()),
            ("SITECORE_PERSONALIZE_TOKEN_URL", sitecore.token_url()),
            ("SITECORE_PERSONALIZE_CLIENT_ID", sitecore.client_id().to_owned()),
            ("SITECORE_PERSONALIZE_CLIENT_SECRET", sitecore.client_secret().to_owned()),
        ]
        .map(|(name, value)| format!("{name}={value}"))
        .join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use switchboard_sandbox::Fault;

    use super::*;

    fn arguments(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn wrong_options_are_named() {
        let message = |text| options(arguments(text)).err().unwrap();
        assert_eq!(message("--records many"), "--records cannot be \"many\"");
        assert_eq!(message("--port"), "--port needs a value");
        for unknown in ["--colour red", "--colour=red", "--colour"] {
            assert_eq!(message(unknown), "unknown option --colour");
        }
        let unknown = message("--fault=flood");
        assert!(unknown.starts_with("--fault cannot be \"flood\": unknown variant"), "{unknown}");
        assert_eq!(message("--records 4294967296"), "--records cannot be \"4294967296\"");
    }

    #[test]
    fn faults_are_ordered_one_after_the_other() {
        let options = options(vec![
            "--fault=reset".to_owned(),
            "--fault".to_owned(),
            r#"{"fault":"slow","milliseconds":5}"#.to_owned(),
        ]);
        let expected = [Fault::Reset, Fault::Slow(Duration::from_millis(5))].map(Misbehavior::from);
        assert_eq!(options.unwrap().faults, expected);
    }

    #[tokio::test]
    async fn both_forms_say_where_the_apis_are() {
        let options = options(arguments("--records=3 --port 0 --format env")).unwrap();
        let sandbox = options.sandbox.start().await.unwrap();
        let base_url = sandbox.activecampaign().base_url();
        assert!(announcement(&sandbox, options.format).starts_with(&format!("ACTIVECAMPAIGN_BASE_URL={base_url}\n")));
        let json = announcement(&sandbox, Format::Json);
        assert!(!json.contains('\n'));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["activecampaign"]["base_url"], base_url);
    }
}
