//! The providers and, behind each of them, a sandbox of its own, so that what happens to one does not happen to another.

use std::sync::Arc;

use switchboard::runtime::ClientCredentials;
use switchboard::{
    ActiveCampaign, BoxFuture, Capabilities, Connection, ConnectionProvider, ConnectionStream, Error, Query,
    SitecorePersonalize, Switchboard, UnifiedTo, activecampaign, sitecore_personalize, unified_to,
};
use switchboard_sandbox::{ApiHandle, Records, Sandbox};

use crate::virtual_time::{SandboxTime, VirtualTime};

/// The connections of each provider.
pub(crate) const RECORDS: usize = 8;

/// One provider, and the sandbox in which it has an API and a time to itself.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    /// How many pages its list has.
    pub(crate) pages: usize,
    /// Whether each page tells how many connections there are.
    pub(crate) tells_total: bool,
    /// Whether a token is asked for before anything else.
    pub(crate) wants_token: bool,
    sandbox: Sandbox,
    time: Arc<VirtualTime>,
}

impl Side {
    async fn start(name: &'static str, pages: usize) -> Self {
        let time = Arc::new(VirtualTime::default());
        let builder = Sandbox::builder().records(Records::Generated { per_api: RECORDS });
        let sandbox = builder.clock(SandboxTime(Arc::clone(&time))).keep_requests(0).start().await.unwrap();
        let (tells_total, wants_token) = (name == ActiveCampaign::NAME, name == SitecorePersonalize::NAME);
        Self { name, pages, tells_total, wants_token, sandbox, time }
    }

    pub(crate) fn api(&self) -> ApiHandle<'_> {
        match self.name {
            ActiveCampaign::NAME => *self.sandbox.activecampaign(),
            UnifiedTo::NAME => *self.sandbox.unified_to(),
            _ => *self.sandbox.sitecore_personalize(),
        }
    }

    /// The provider as its users have it, but for the time, and strict if it is to be.
    fn provider(&self, strict: bool) -> Arc<dyn ConnectionProvider> {
        macro_rules! client {
            ($builder:expr) => {{
                let builder = $builder.base_url(self.api().base_url()).environment(self.time.clone()).strict(strict);
                builder.no_proxy().build().unwrap()
            }};
        }
        match self.name {
            ActiveCampaign::NAME => {
                let token = self.sandbox.activecampaign().token();
                Arc::new(ActiveCampaign::new(client!(activecampaign::Client::builder().api_token(token))))
            }
            UnifiedTo::NAME => {
                let token = self.sandbox.unified_to().token();
                Arc::new(UnifiedTo::new(client!(unified_to::Client::builder().jwt(token))))
            }
            _ => {
                let tenant = self.sandbox.sitecore_personalize();
                let credentials = ClientCredentials::new(tenant.client_id(), tenant.client_secret());
                let credentials = credentials.token_url(tenant.token_url());
                let builder = sitecore_personalize::Client::builder().oauth2(credentials);
                Arc::new(SitecorePersonalize::new(client!(builder)))
            }
        }
    }
}

/// All of them.
pub(crate) struct Sides {
    pub(crate) all: [Side; 3],
}

impl Sides {
    pub(crate) async fn start() -> Self {
        let activecampaign = Side::start(ActiveCampaign::NAME, 3).await;
        let unified_to = Side::start(UnifiedTo::NAME, 3).await;
        // This API does not page.
        let sitecore_personalize = Side::start(SitecorePersonalize::NAME, 1).await;
        Self { all: [activecampaign, unified_to, sitecore_personalize] }
    }

    /// A board of all providers.
    pub(crate) fn board(&self, strict: bool) -> Switchboard {
        let providers = self.all.iter().map(|side| side.provider(strict));
        providers.fold(Switchboard::builder(), |builder, provider| builder.shared_provider(provider)).build()
    }

    /// The providers of `board`, and in the place of one of them the same as if it were new.
    pub(crate) fn board_with_fresh(&self, board: &Switchboard, fresh: &Side, strict: bool) -> Switchboard {
        let kept = board.providers().map(Arc::clone).chain([fresh.provider(strict)]);
        kept.fold(Switchboard::builder(), |builder, provider| builder.shared_provider(provider)).build()
    }
}

/// A provider that asks for so many connections at once, whatever it is asked: for callers that leave that to the provider.
struct Paged(Arc<dyn ConnectionProvider>, u32);

impl ConnectionProvider for Paged {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn list(&self, query: &Query) -> ConnectionStream {
        self.0.list(&query.clone().page_size(self.1))
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Connection, Error>> {
        self.0.get(id)
    }
}

/// The same board, each of whose lists comes in pages of that size.
pub(crate) fn paged(board: &Switchboard, page_size: u32) -> Switchboard {
    let providers = board.providers().map(|provider| Paged(Arc::clone(provider), page_size));
    providers.fold(Switchboard::builder(), |builder, provider| builder.provider(provider)).build()
}
