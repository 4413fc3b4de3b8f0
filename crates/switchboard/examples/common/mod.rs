//! Where the examples get their providers from: the environment, or a sandbox.

use switchboard::runtime::ClientCredentials;
use switchboard::{
    ActiveCampaign, SitecorePersonalize, Switchboard, UnifiedTo, activecampaign, sitecore_personalize, unified_to,
};
use switchboard_sandbox::Sandbox;

pub(crate) type BoxError = Box<dyn std::error::Error>;

/// The providers that the environment has credentials for. Without any: those of a sandbox, which runs until it is
/// dropped.
pub(crate) async fn board() -> Result<(Switchboard, Option<Sandbox>), BoxError> {
    let board = Switchboard::from_env()?;
    if !board.is_empty() {
        return Ok((board, None));
    }
    let sandbox = Sandbox::builder().start().await?;
    eprintln!("no credentials in the environment: asking a sandbox at http://{}\n", sandbox.address());
    Ok((in_sandbox(&sandbox)?, Some(sandbox)))
}

/// The three providers as they are set up by hand. A proxy is no way to reach loopback.
pub(crate) fn in_sandbox(sandbox: &Sandbox) -> Result<Switchboard, BoxError> {
    let api = sandbox.activecampaign();
    let shops = activecampaign::Client::builder().base_url(api.base_url()).api_token(api.token());
    let api = sandbox.unified_to();
    let integrations = unified_to::Client::builder().base_url(api.base_url()).jwt(api.token());
    let api = sandbox.sitecore_personalize();
    let credentials = ClientCredentials::new(api.client_id(), api.client_secret()).token_url(api.token_url());
    let systems = sitecore_personalize::Client::builder().base_url(api.base_url()).oauth2(credentials);
    Ok(Switchboard::builder()
        .provider(ActiveCampaign::new(shops.no_proxy().build()?))
        .provider(UnifiedTo::new(integrations.no_proxy().build()?))
        .provider(SitecorePersonalize::new(systems.no_proxy().build()?))
        .build())
}
