//! A board whose three providers are a sandbox's APIs. Clients neither repeat nor hold back calls, so that no test waits.

// Not every test names every provider.
#![allow(dead_code)]

use switchboard::runtime::{ClientCredentials, RetryPolicy};
use switchboard::{ActiveCampaign, SitecorePersonalize, Switchboard, UnifiedTo};
use switchboard_sandbox::Sandbox;

/// The providers' names.
pub(crate) const AC: &str = ActiveCampaign::NAME;
pub(crate) const UNIFIED: &str = UnifiedTo::NAME;
pub(crate) const SITECORE: &str = SitecorePersonalize::NAME;

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.unwrap()
}

pub(crate) fn board(sandbox: &Sandbox) -> Switchboard {
    Switchboard::builder()
        .provider(ActiveCampaign::new(activecampaign(sandbox)))
        .provider(UnifiedTo::new(unified_to(sandbox)))
        .provider(SitecorePersonalize::new(sitecore_personalize(sandbox)))
        .build()
}

pub(crate) fn activecampaign(sandbox: &Sandbox) -> switchboard::activecampaign::Client {
    let api = sandbox.activecampaign();
    let builder = switchboard::activecampaign::Client::builder().base_url(api.base_url()).api_token(api.token());
    builder.rate_limit(None).retry(RetryPolicy::none()).no_proxy().build().unwrap()
}

pub(crate) fn unified_to(sandbox: &Sandbox) -> switchboard::unified_to::Client {
    let api = sandbox.unified_to();
    let builder = switchboard::unified_to::Client::builder().base_url(api.base_url()).jwt(api.token());
    builder.retry(RetryPolicy::none()).no_proxy().build().unwrap()
}

pub(crate) fn sitecore_personalize(sandbox: &Sandbox) -> switchboard::sitecore_personalize::Client {
    let api = sandbox.sitecore_personalize();
    let credentials = ClientCredentials::new(api.client_id(), api.client_secret()).token_url(api.token_url());
    let builder = switchboard::sitecore_personalize::Client::builder().base_url(api.base_url()).oauth2(credentials);
    builder.retry(RetryPolicy::none()).no_proxy().build().unwrap()
}
