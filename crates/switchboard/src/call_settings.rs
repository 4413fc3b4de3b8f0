//! How calls are made, to whichever API: what the settings of all of them have in common.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use switchboard_runtime::{Observer, Repaired, RetryPolicy, SecretString};

/// Someone to be told of repairs.
type RepairHook = dyn Fn(&Repaired<'_>) + Send + Sync;

/// How calls are made, to whichever API: time limits, repeats, strictness, the way into the network, and hooks. What is not set is
/// as the clients have it.
///
/// The methods are those of the clients' builders, and mean the same. All but the hooks can be [settings](crate::Settings), too,
/// which go before what is said here.
///
/// ```no_run
/// use std::time::Duration;
///
/// use switchboard::{CallSettings, Settings, Switchboard};
///
/// let calls = CallSettings::new()
///     .timeout(Duration::from_secs(30))
///     .on_repair(|told| eprintln!("{}: {} repairs", told.operation, told.repairs.len()));
/// let board = Switchboard::from_settings(&Settings::from_env().calls(calls))?;
/// # Ok::<(), switchboard::SettingsError>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "`Settings::calls` takes it"]
#[non_exhaustive]
pub struct CallSettings {
    /// How long a call may take in all, pauses and repeats included.
    pub timeout: Option<Duration>,
    /// How long one attempt may take.
    pub attempt_timeout: Option<Duration>,
    /// How long opening a connection may take.
    pub connect_timeout: Option<Duration>,
    /// When and how often calls are tried again.
    pub retry: Option<RetryPolicy>,
    /// Whether an answer that does not keep to the document is an error.
    pub strict: Option<bool>,
    /// Whether credentials may go over plain http to another machine than this one.
    pub insecure_http: Option<bool>,
    /// The proxy, or that there is to be none: `Some(None)`.
    pub proxy: Option<Option<SecretString>>,
    /// Someone to be told of every attempt.
    pub observer: Option<Arc<dyn Observer>>,
    /// Someone to be told of what had to be made good in any answer.
    pub on_repair: Option<Arc<RepairHook>>,
}

impl CallSettings {
    /// All as the clients have it.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a call may take in all, pauses and repeats included.
    pub fn timeout(self, limit: Duration) -> Self {
        Self { timeout: Some(limit), ..self }
    }

    /// How long one attempt may take.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        Self { attempt_timeout: Some(limit), ..self }
    }

    /// How long opening a connection may take.
    pub fn connect_timeout(self, limit: Duration) -> Self {
        Self { connect_timeout: Some(limit), ..self }
    }

    /// When and how often calls are tried again.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self { retry: Some(policy), ..self }
    }

    /// Whether an answer that does not keep to the document is an error, even where a reasonable value exists.
    pub fn strict(self, strict: bool) -> Self {
        Self { strict: Some(strict), ..self }
    }

    /// Whether credentials may go over plain http to another machine than this one.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        Self { insecure_http: Some(allow), ..self }
    }

    /// Sends every call by way of this proxy, in place of those that the environment variables name.
    pub fn proxy(self, url: impl Into<SecretString>) -> Self {
        Self { proxy: Some(Some(url.into())), ..self }
    }

    /// Sends calls by way of no proxy, whatever the environment variables say.
    pub fn no_proxy(self) -> Self {
        Self { proxy: Some(None), ..self }
    }

    /// Someone to be told of every attempt.
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Someone to be told of what had to be made good in any answer.
    pub fn on_repair(self, hook: impl Fn(&Repaired<'_>) + Send + Sync + 'static) -> Self {
        Self { on_repair: Some(Arc::new(hook)), ..self }
    }
}

/// Without the proxy, which may have a password.
impl fmt::Debug for CallSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timeout, attempt_timeout, connect_timeout, retry, strict, insecure_http, .. } = self;
        f.debug_struct("CallSettings")
            .field("timeout", timeout)
            .field("attempt_timeout", attempt_timeout)
            .field("connect_timeout", connect_timeout)
            .field("retry", retry)
            .field("strict", strict)
            .field("insecure_http", insecure_http)
            .finish_non_exhaustive()
    }
}

/// A client's builder that makes calls so. The builders of the APIs' crates have these methods in common, and no trait.
#[cfg(any(feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
macro_rules! with_calls {
    ($builder:expr, $calls:expr) => {{
        let (mut builder, calls): (_, $crate::CallSettings) = ($builder, $calls);
        if let Some(limit) = calls.timeout {
            builder = builder.timeout(limit);
        }
        if let Some(limit) = calls.attempt_timeout {
            builder = builder.attempt_timeout(limit);
        }
        if let Some(limit) = calls.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        if let Some(policy) = calls.retry {
            builder = builder.retry(policy);
        }
        if let Some(strict) = calls.strict {
            builder = builder.strict(strict);
        }
        if let Some(allow) = calls.insecure_http {
            builder = builder.allow_insecure_http(allow);
        }
        // Without any of these there may be no transport, and then there are no such methods: the settings refuse a proxy.
        #[cfg(any(feature = "rustls", feature = "native-tls", feature = "http2", feature = "system-proxy"))]
        match calls.proxy {
            Some(Some(url)) => builder = builder.proxy(url),
            Some(None) => builder = builder.no_proxy(),
            None => {}
        }
        if let Some(observer) = calls.observer {
            builder = builder.observer(observer);
        }
        if let Some(hook) = calls.on_repair {
            builder = builder.on_repair(move |told| hook(told));
        }
        builder
    }};
}

#[cfg(any(feature = "activecampaign", feature = "unified-to", feature = "sitecore-personalize"))]
pub(crate) use with_calls;
