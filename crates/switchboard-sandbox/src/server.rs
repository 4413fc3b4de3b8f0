//! The server: one port on loopback, one path prefix per API, and in front of them the journal and the faults.

use std::{
    convert::Infallible,
    error::Error,
    future::{Future, poll_fn},
    io,
    net::{Ipv4Addr, SocketAddr},
    ops::Deref,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::DefaultBodyLimit,
    http::{Request, StatusCode, Uri},
    response::Response,
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use percent_encoding::percent_decode_str;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::{
    Clock, Fault, Misbehavior, Records, SystemClock, activecampaign,
    control::{self, Controls},
    faults::{self, Broken, Faults},
    journal::{Api, Journal, ReceivedRequest},
    rate_limit::RateLimiter,
    sitecore_personalize, unified_to,
};

/// The largest request body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is not free, or the machine has no loopback interface.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 stands for any.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// How a sandbox is to be; see [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use = "a sandbox starts with `start`"]
pub struct SandboxBuilder {
    records: Records,
    port: u16,
    clock: Arc<dyn Clock>,
    rate_limit: Option<(usize, Duration)>,
    token_lifetime: Duration,
    keep_requests: usize,
    control: bool,
}

impl SandboxBuilder {
    /// The records to start with. Without this call: [`Records::Seeds`].
    pub fn records(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// The port to listen on. Without this call, or with 0, the system chooses one that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What time it is. Without this call: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Switches ActiveCampaign's rate limit on: this many requests in any stretch of time as long as `per`. The vendor
    /// allows 5 per second and account (<https://developers.activecampaign.com/reference/rate-limits>). Without this
    /// call there is no limit.
    pub fn rate_limit(mut self, requests: usize, per: Duration) -> Self {
        self.rate_limit = Some((requests, per));
        self
    }

    /// How long Sitecore's access tokens are good for, in whole seconds, at most a century. Without this call: 900 s,
    /// the vendor's example.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        // Whatever the clock shows, the end of a token must be a moment that the system can tell.
        self.token_lifetime = lifetime.min(Duration::from_secs(100 * 365 * 24 * 3600));
        self
    }

    /// How many requests [`Sandbox::requests`] remembers. Without this call: 10 000.
    pub fn keep_requests(mut self, requests: usize) -> Self {
        self.keep_requests = requests;
        self
    }

    /// Has the control API served, too, at `/sandbox/`: for clients in other languages, which have no part in this process.
    /// Without this call it is not.
    pub fn control(mut self, control: bool) -> Self {
        self.control = control;
        self
    }

    /// Starts the server, on the current Tokio runtime. It answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] when the port cannot be had.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let listen_error = |source| StartError::Listen { port: self.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let shared = Arc::new(Shared::new(address, &self));
        let server = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Sandbox { shared, server })
    }
}

/// A running sandbox. It stops when it is dropped.
#[derive(Debug)]
#[must_use = "a sandbox stops when it is dropped"]
pub struct Sandbox {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// The defaults: the seeds' records, any free port, the machine's time, no rate limit.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            records: Records::Seeds,
            port: 0,
            clock: Arc::new(SystemClock),
            rate_limit: None,
            token_lifetime: Duration::from_secs(900),
            keep_requests: 10_000,
            control: false,
        }
    }

    /// The address of the server, common to the three APIs.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// ActiveCampaign.
    pub fn activecampaign(&self) -> ActiveCampaign<'_> {
        ActiveCampaign(self.api(Api::ActiveCampaign))
    }

    /// Unified.to.
    pub fn unified_to(&self) -> UnifiedTo<'_> {
        UnifiedTo(self.api(Api::UnifiedTo))
    }

    /// Sitecore Personalize.
    pub fn sitecore_personalize(&self) -> SitecorePersonalize<'_> {
        SitecorePersonalize(self.api(Api::SitecorePersonalize))
    }

    /// Lets something go wrong, with a request to whichever API. A bare [`Fault`] happens to the next request; several
    /// happen one after the other.
    pub fn misbehave(&self, misbehavior: impl Into<Misbehavior>) {
        self.shared.faults.add(misbehavior.into());
    }

    /// Calls off every fault that has not happened yet, those of single APIs included.
    pub fn behave(&self) {
        self.shared.faults.clear(None);
    }

    /// The requests that came, the oldest first. They are noted down when they arrive, before they are answered.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.journal.requests(None)
    }

    /// How many requests came, also those that are remembered no more.
    pub fn request_count(&self) -> u64 {
        self.shared.journal.count(None)
    }

    /// Waits until that many requests have come since the start.
    pub async fn wait_for_requests(&self, count: u64) {
        self.shared.journal.wait_for(None, count).await;
    }

    /// Answers requests until the process ends: for programs that are nothing but a sandbox.
    pub async fn run(mut self) {
        drop((&mut self.server).await);
    }

    /// Stops the server and closes its connections. Returns when the port is free again.
    pub async fn shutdown(mut self) {
        self.server.abort();
        drop((&mut self.server).await);
    }

    fn api(&self, api: Api) -> ApiHandle<'_> {
        ApiHandle { shared: &self.shared, api }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the three APIs have in common.
#[derive(Clone, Copy, Debug)]
pub struct ApiHandle<'a> {
    shared: &'a Shared,
    api: Api,
}

impl ApiHandle<'_> {
    /// The URL to give to a client, without a slash at the end: paths of the API's document are added to it.
    pub fn base_url(&self) -> String {
        self.shared.base_url(self.api)
    }

    /// Lets something go wrong with a request to this API; see [`Sandbox::misbehave`].
    pub fn misbehave(&self, misbehavior: impl Into<Misbehavior>) {
        self.shared.faults.add(misbehavior.into().on_api(self.api));
    }

    /// Calls off the faults of this API that have not happened yet.
    pub fn behave(&self) {
        self.shared.faults.clear(Some(self.api));
    }

    /// How many requests to this API a fault has happened to: for tests that must not pass because nothing went wrong.
    pub fn fault_count(&self) -> u64 {
        self.shared.faults.happened(self.api)
    }

    /// Examples of every kind of fault, at least one of each of [`Fault::KINDS`], for tests that try them all. What they
    /// name are fields and parameters of this API's list of connections.
    pub fn every_fault(&self) -> Vec<Fault> {
        faults::examples(self.api)
    }

    /// The requests that came to this API, the oldest first.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.journal.requests(Some(self.api))
    }

    /// How many requests came to this API, also those that are remembered no more.
    pub fn request_count(&self) -> u64 {
        self.shared.journal.count(Some(self.api))
    }

    /// Waits until that many requests have come to this API since the start.
    pub async fn wait_for_requests(&self, count: u64) {
        self.shared.journal.wait_for(Some(self.api), count).await;
    }
}

/// The sandbox's ActiveCampaign account.
#[derive(Clone, Copy, Debug)]
pub struct ActiveCampaign<'a>(ApiHandle<'a>);

impl<'a> ActiveCampaign<'a> {
    /// What it wants in the header `Api-Token`.
    pub fn token(&self) -> &'static str {
        activecampaign::TOKEN
    }
}

/// The sandbox's Unified.to workspace.
#[derive(Clone, Copy, Debug)]
pub struct UnifiedTo<'a>(ApiHandle<'a>);

impl<'a> UnifiedTo<'a> {
    /// The API key that it wants in the header `Authorization`, as a bearer token or bare.
    pub fn token(&self) -> &'static str {
        unified_to::TOKEN
    }
}

/// The sandbox's Sitecore Personalize tenant.
#[derive(Clone, Copy, Debug)]
pub struct SitecorePersonalize<'a>(ApiHandle<'a>);

impl<'a> SitecorePersonalize<'a> {
    /// The id of the API key.
    pub fn client_id(&self) -> &'static str {
        sitecore_personalize::CLIENT_ID
    }

    /// The secret of the API key.
    pub fn client_secret(&self) -> &'static str {
        sitecore_personalize::CLIENT_SECRET
    }

    /// The audience that a token must be asked for.
    pub fn audience(&self) -> &'static str {
        sitecore_personalize::AUDIENCE
    }

    /// Where tokens are asked for. At the vendor this is another host; here it is a path beside the API's own.
    pub fn token_url(&self) -> String {
        format!("{}/oauth/token", self.base_url())
    }

    /// How often a token was asked for, also in vain. Requests that a fault kept from the endpoint are not counted.
    pub fn token_requests(&self) -> u64 {
        self.shared.tenant.token_requests()
    }

    /// Makes every token that was given out worthless, before its time.
    pub fn revoke_tokens(&self) {
        self.shared.tenant.revoke_tokens();
    }
}

/// Every handle has the methods of [`ApiHandle`].
macro_rules! deref_to_handle {
    ($($name:ident),*) => {$(
        impl<'a> Deref for $name<'a> {
            type Target = ApiHandle<'a>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )*};
}

deref_to_handle!(ActiveCampaign, UnifiedTo, SitecorePersonalize);

/// What the sandbox's owner and the server both hold.
pub(crate) struct Shared {
    address: SocketAddr,
    journal: Journal,
    faults: Faults,
    clock: Arc<dyn Clock>,
    control: bool,
    tenant: Arc<sitecore_personalize::Tenant>,
    router: TowerToHyperService<Router>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shared").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Shared {
    fn new(address: SocketAddr, builder: &SandboxBuilder) -> Self {
        let SandboxBuilder { records, clock, .. } = builder;
        let base = |api| base_url(address, api);
        let limiter = builder.rate_limit.map(|(requests, per)| RateLimiter::new(requests, per));
        let account = activecampaign::Account::new(base(Api::ActiveCampaign), clock.clone(), *records, limiter);
        let workspace = unified_to::Workspace::new(clock.clone(), *records);
        let (base, lifetime) = (base(Api::SitecorePersonalize), builder.token_lifetime);
        let tenant = Arc::new(sitecore_personalize::Tenant::new(base, clock.clone(), *records, lifetime));
        let router = Router::new()
            .nest(Api::ActiveCampaign.prefix(), activecampaign::router(Arc::new(account)))
            .nest(Api::UnifiedTo.prefix(), unified_to::router(Arc::new(workspace)))
            .nest(Api::SitecorePersonalize.prefix(), sitecore_personalize::router(Arc::clone(&tenant)))
            // What is too long was refused when it was read.
            .layer(DefaultBodyLimit::disable());
        Self {
            address,
            journal: Journal::new(builder.keep_requests),
            faults: Faults::default(),
            clock: clock.clone(),
            control: builder.control,
            tenant,
            router: TowerToHyperService::new(router),
        }
    }

    fn base_url(&self, api: Api) -> String {
        base_url(self.address, api)
    }
}

fn base_url(address: SocketAddr, api: Api) -> String {
    format!("http://{address}{}", api.prefix())
}

/// Takes connections until it is aborted, which ends them too.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&shared)))),
            // A failure is about one connection, or too many of them: the next one may do better.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Broken>> + Send>>;

/// Answers the requests of one connection, until it ends or a fault ends it.
async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // An answer in several pieces must not wait for the client's acknowledgement.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| Box::pin(answer(Arc::clone(&shared), request)) as Answering);
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let end = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let Err(error) = end else { return };
    let mut stream = connection.into_parts().io.into_inner();
    // Whether the client still listens is its own affair.
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(Broken::Reset) => drop(stream.set_zero_linger()),
        Some(Broken::Bytes(bytes)) => drop(stream.write_all(bytes).await),
        None => {}
    }
}

/// One request: noted down, spoiled if it is to be, and otherwise passed on to its API.
async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response, Broken> {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), MAX_BODY).await else {
        let api = Api::of_path(parts.uri.path()).map(|(api, _)| api);
        return Ok(error(api, StatusCode::PAYLOAD_TOO_LARGE));
    };
    if shared.control && parts.uri.path().starts_with(control::PREFIX) {
        let (faults, journal) = (&shared.faults, &shared.journal);
        let controls = Controls { faults, journal, revoke_tokens: &|| shared.tenant.revoke_tokens() };
        return Ok(controls.answer(&parts.method, parts.uri.path(), &body));
    }
    let received = ReceivedRequest::new(&parts, &body);
    let (api, fault) = (received.api, shared.faults.take(&received));
    // Whoever sees the request in the journal may move the clock, so that the nap must have begun before.
    let nap = if let Some(Fault::Slow(duration)) = &fault { Some(shared.clock.sleep(*duration)) } else { None };
    shared.journal.add(received);
    match (&fault, nap) {
        (Some(Fault::Reset), _) => return Err(Broken::Reset),
        (Some(Fault::Status { status, headers, body }), _) => {
            return faults::amend(error(api, status_of(*status)), headers, body.as_deref()).await;
        }
        (Some(Fault::SoftError(status)), _) => {
            let mut response = error(api, status_of(*status));
            *response.status_mut() = StatusCode::OK;
            return Ok(response);
        }
        (Some(Fault::IgnoredParameter(name)), _) => parts.uri = faults::without_parameter(&parts.uri, name),
        (_, Some(nap)) => nap.await,
        _ => {}
    }
    if let Some(uri) = as_text(&parts.uri) {
        parts.uri = uri;
    }
    let response = route(&shared.router, Request::from_parts(parts, Body::from(body))).await;
    match fault {
        None | Some(Fault::Slow(_) | Fault::IgnoredParameter(_)) => Ok(response),
        Some(fault) => faults::spoil(&fault, response).await,
    }
}

async fn route(router: &TowerToHyperService<Router>, request: Request<Body>) -> Response {
    let answered: Result<Response, Infallible> = router.call(request).await;
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The same with U+FFFD for each part of the path that is no text, if there is any: an id that is no text is one that nothing
/// has, and each API says so in its own form.
fn as_text(uri: &Uri) -> Option<Uri> {
    percent_decode_str(uri.path()).decode_utf8().err()?;
    let part = |part| if percent_decode_str(part).decode_utf8().is_ok() { part } else { "%EF%BF%BD" };
    let path = uri.path().split('/').map(part).collect::<Vec<_>>().join("/");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().ok()
}

/// The status that a fault asks for; 500 if no answer can have it (RFC 9110, 15.2).
fn status_of(status: u16) -> StatusCode {
    let status = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
    status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// An error with nothing but its name to say, as the API in question writes errors.
fn error(api: Option<Api>, status: StatusCode) -> Response {
    let message = status.canonical_reason().unwrap_or("Unknown");
    match api {
        Some(Api::ActiveCampaign) | None => activecampaign::error(status, message),
        Some(Api::UnifiedTo) => unified_to::error(status, message),
        Some(Api::SitecorePersonalize) => sitecore_personalize::error(status, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_id_that_is_no_text_is_one_that_nothing_has() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let missing = [
            (testing::get(sandbox.activecampaign(), "/connections/%ff").await, "/message"),
            (testing::get(sandbox.activecampaign(), "/connections/a%C3%28?a=b").await, "/message"),
            (testing::get(sandbox.unified_to(), "/unified/connection/%ff").await, "/error"),
        ];
        for (answer, says) in missing {
            assert_eq!(answer.status, 404);
            assert!(answer.json().pointer(says).is_some_and(|told| told.is_string()), "{}", answer.json());
        }
        let nobody = (*sandbox.activecampaign(), "Api-Token", "wrong");
        assert_eq!(testing::get(nobody, "/connections/%ff").await.status, 403);
        assert_eq!(testing::get(sandbox.activecampaign(), "/connections/%31").await.status, 200);
    }

    #[tokio::test]
    async fn requests_can_be_looked_at() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let api = sandbox.activecampaign();
        testing::get(api, "/connections?filters[service]=shopify").await;
        testing::send(api, "PUT", "/connections/1", Some(serde_json::json!({ "connection": { "name": "A" } }))).await;
        testing::get(sandbox.unified_to(), "/unified/connection").await;
        assert_eq!((sandbox.request_count(), api.request_count()), (3, 2));
        let [list, update] = api.requests().try_into().unwrap();
        assert_eq!((list.method.as_str(), list.path.as_str()), ("GET", "/connections"));
        assert_eq!(list.query_value("filters[service]"), Some("shopify"));
        assert_eq!(list.header("Api-Token"), Some(api.token()));
        assert_eq!(update.json().unwrap()["connection"]["name"], "A");
        assert_eq!(sandbox.requests().len(), 3);
    }

    #[tokio::test]
    async fn a_path_of_no_api_is_not_found() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let url = format!("http://{}/elsewhere", sandbox.address());
        assert_eq!(testing::client().get(url).send().await.unwrap().status(), 404);
        assert_eq!(sandbox.requests()[0].api, None);
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_sandboxs_own_limit() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let name = "a".repeat(3 * 1024 * 1024);
        let body = serde_json::json!({ "connection": { "name": name } });
        let answer = testing::send(sandbox.activecampaign(), "PUT", "/connections/1", Some(body)).await;
        assert_eq!((answer.status, &answer.json()["connection"]["name"]), (200, &name.into()));
    }

    #[tokio::test]
    async fn the_port_is_free_after_a_shutdown_and_taken_before() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let port = sandbox.address().port();
        let error = Sandbox::builder().port(port).start().await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
        sandbox.shutdown().await;
        let again = Sandbox::builder().port(port).start().await.unwrap();
        assert_eq!(testing::get(again.activecampaign(), "/connections").await.status, 200);
    }

    #[tokio::test]
    async fn a_dropped_sandbox_stops() {
        let sandbox = Sandbox::builder().start().await.unwrap();
        let request = testing::request(sandbox.activecampaign(), "GET", "/connections", None);
        drop(sandbox);
        tokio::task::yield_now().await;
        assert!(request.send().await.is_err());
    }
}
