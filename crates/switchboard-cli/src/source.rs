//! Where the providers come from: a file of accounts, the environment, or the sandbox.

use std::fs;
use std::path::Path;

use switchboard::runtime::ClientCredentials;
use switchboard::{
    ActiveCampaign, SitecorePersonalize, Switchboard, UnifiedTo, activecampaign, sitecore_personalize, unified_to,
};
use switchboard_sandbox::Sandbox;

use crate::Failure;
use crate::args::Source;

/// The providers, and the sandbox that they are in, which runs as long as it is kept.
pub(crate) async fn board(source: &Source) -> Result<(Switchboard, Option<Sandbox>), Failure> {
    if source.sandbox {
        let sandbox = Sandbox::builder().keep_requests(0).start().await;
        let sandbox = sandbox.map_err(|error| Failure::usage(format_args!("the sandbox cannot start: {error}")))?;
        let board = in_sandbox(&sandbox)?;
        return Ok((board, Some(sandbox)));
    }
    let board = match source.config() {
        Some(path) => Switchboard::from_accounts(&config(path)?)
            .map_err(|error| Failure::usage(format_args!("{} cannot be used:\n{error}", path.display())))?,
        None => Switchboard::from_env().map_err(Failure::usage)?,
    };
    if board.is_empty() {
        return Err(Failure::usage(
            "there are no credentials: set those of an API in the environment (ACTIVECAMPAIGN_API_TOKEN and \
             ACTIVECAMPAIGN_ACCOUNT; UNIFIED_TO_API_KEY; SITECORE_PERSONALIZE_CLIENT_ID, _CLIENT_SECRET and _REGION), \
             name a file of accounts with --config, or try it with --sandbox",
        ));
    }
    Ok((board, None))
}

/// The text of a file that only its owner can read.
fn config(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::usage(format_args!("cannot read {}: {error}", path.display()));
    #[cfg(unix)]
    {
        let there = fs::metadata(path).map_err(unreadable)?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&there.permissions());
        // Of a folder the mode is no matter: that it cannot be read as a file is told below.
        if mode & 0o077 != 0 && !there.is_dir() {
            return Err(Failure::usage(format_args!(
                "{} holds credentials, and others may read it (mode {:03o}): chmod 600 {0}",
                path.display(),
                mode & 0o777,
            )));
        }
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// The three providers of a sandbox. A proxy is no way to reach loopback.
fn in_sandbox(sandbox: &Sandbox) -> Result<Switchboard, Failure> {
    let api = sandbox.activecampaign();
    let shops = activecampaign::Client::builder().base_url(api.base_url()).api_token(api.token());
    let api = sandbox.unified_to();
    let integrations = unified_to::Client::builder().base_url(api.base_url()).jwt(api.token());
    let api = sandbox.sitecore_personalize();
    let credentials = ClientCredentials::new(api.client_id(), api.client_secret()).token_url(api.token_url());
    let systems = sitecore_personalize::Client::builder().base_url(api.base_url()).oauth2(credentials);
    Ok(Switchboard::builder()
        .provider(ActiveCampaign::new(shops.no_proxy().build().map_err(Failure::usage)?))
        .provider(UnifiedTo::new(integrations.no_proxy().build().map_err(Failure::usage)?))
        .provider(SitecorePersonalize::new(systems.no_proxy().build().map_err(Failure::usage)?))
        .build())
}
