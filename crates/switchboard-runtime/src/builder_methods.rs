//! The methods that every generated builder passes on, so that their text stands once.

/// Inside `impl ClientBuilder { … }` of a generated crate, whose builder holds a
/// [`ClientBuilder`](crate::ClientBuilder) in its field `inner`: defines the methods that no API changes.
///
/// A published crate has methods of its own beside these, named after its document's security schemes, which the generator keeps
/// apart from those that there were. So what it defines stays as it is: methods to come get a macro of their own.
#[doc(hidden)]
#[macro_export]
macro_rules! __client_builder_methods {
    () => {
        /// Sends every call to this URL, whatever servers the API names.
        #[must_use]
        pub fn base_url(mut self, url: impl ::std::convert::Into<::std::string::String>) -> Self {
            self.inner = self.inner.base_url(url);
            self
        }

        /// How long a call may take in all, pauses and repeats included. 180 seconds by default; `None` for as long
        /// as it takes.
        #[must_use]
        pub fn timeout(
            mut self,
            limit: impl ::std::convert::Into<::std::option::Option<::std::time::Duration>>,
        ) -> Self {
            self.inner = self.inner.timeout(limit);
            self
        }

        /// How long one attempt may take. 60 seconds by default; `None` for as long as it takes.
        #[must_use]
        pub fn attempt_timeout(
            mut self,
            limit: impl ::std::convert::Into<::std::option::Option<::std::time::Duration>>,
        ) -> Self {
            self.inner = self.inner.attempt_timeout(limit);
            self
        }

        /// How long opening a connection may take. 10 seconds by default; `None` for as long as it takes.
        #[must_use]
        pub fn connect_timeout(
            mut self,
            limit: impl ::std::convert::Into<::std::option::Option<::std::time::Duration>>,
        ) -> Self {
            self.inner = self.inner.connect_timeout(limit);
            self
        }

        /// How long a streamed answer may be silent. 60 seconds by default, but as long as it likes for a stream of
        /// events; one that is set holds for both. `None` for as long as it likes.
        #[must_use]
        pub fn idle_timeout(
            mut self,
            limit: impl ::std::convert::Into<::std::option::Option<::std::time::Duration>>,
        ) -> Self {
            self.inner = self.inner.idle_timeout(limit);
            self
        }

        /// Whether an answer that does not keep to the document is an error, even where a reasonable value exists. `false`
        /// by default: a required property that is missing or null takes the empty value of its type, and texts, numbers
        /// and booleans that say the same are taken for one another; `ResponseValue::repairs` and
        /// [`on_repair`](Self::on_repair) tell where.
        #[must_use]
        pub fn strict(mut self, strict: bool) -> Self {
            self.inner = self.inner.strict(strict);
            self
        }

        /// When and how often calls are tried again.
        #[must_use]
        pub fn retry(mut self, policy: $crate::RetryPolicy) -> Self {
            self.inner = self.inner.retry(policy);
            self
        }

        /// How many requests may start in a stretch of time, in place of the API's own limit; `None` for no limit. The
        /// others wait for their turn; a call that would have to wait beyond its `timeout` fails at once.
        #[must_use]
        pub fn rate_limit(
            mut self,
            limit: impl ::std::convert::Into<::std::option::Option<$crate::RateLimit>>,
        ) -> Self {
            self.inner = self.inner.rate_limit(limit);
            self
        }

        /// How many requests may be under way at once; `None`, the default, for any number. The others wait, but no longer
        /// than their `timeout`.
        #[must_use]
        pub fn concurrency(mut self, limit: impl ::std::convert::Into<::std::option::Option<usize>>) -> Self {
            self.inner = self.inner.concurrency(limit);
            self
        }

        /// Another `User-Agent`.
        #[must_use]
        pub fn user_agent(mut self, user_agent: impl ::std::convert::Into<::std::string::String>) -> Self {
            self.inner = self.inner.user_agent(user_agent);
            self
        }

        /// A header that every call carries, unless the call has one of the same name. A redirect to another origin does not
        /// take it along.
        #[must_use]
        pub fn header(mut self, name: &str, value: impl ::std::convert::Into<::std::string::String>) -> Self {
            self.inner = self.inner.header(name, value);
            self
        }

        /// A header whose value is a secret: it shows nowhere, and does not go over plain http to another machine. One that
        /// is sent where a credential would be, such as `Authorization`, stands for that credential.
        #[must_use]
        pub fn sensitive_header(mut self, name: &str, value: impl ::std::convert::Into<$crate::SecretString>) -> Self {
            self.inner = self.inner.sensitive_header(name, value);
            self
        }

        /// Whether credentials may go over plain http to another machine than this one. `false` by default: that is an
        /// error, of `build` where the base URL is such, else of the call.
        #[must_use]
        pub fn allow_insecure_http(mut self, allow: bool) -> Self {
            self.inner = self.inner.allow_insecure_http(allow);
            self
        }

        /// Whether the client may have no credential although every operation needs one. `false` by default: that is an
        /// error of `build`. Each call then brings its own, by `CallOptions::header` and `query`; one that does not is an
        /// error before anything is sent.
        #[must_use]
        pub fn allow_no_credential(mut self, allow: bool) -> Self {
            self.inner = self.inner.allow_no_credential(allow);
            self
        }

        /// A limit that is shared with other clients of the account, in place of one of its own.
        #[must_use]
        pub fn rate_limiter(mut self, limiter: $crate::RateLimiter) -> Self {
            self.inner = self.inner.rate_limiter(limiter);
            self
        }

        $crate::__tcp_builder_methods!();
        $crate::__reqwest_builder_methods!();

        /// Another way for requests to go out, in place of HTTP over TCP: a script in a test, a proxy of one's own.
        #[must_use]
        pub fn transport(mut self, transport: impl $crate::Transport) -> Self {
            self.inner = self.inner.transport(transport);
            self
        }

        /// The longest body, in bytes and unpacked, that is read into memory. 64 MiB by default; streamed answers
        /// have no limit.
        #[must_use]
        pub fn max_body(mut self, bytes: u64) -> Self {
            self.inner = self.inner.max_body(bytes);
            self
        }

        /// Another source of time, pauses and randomness, for tests.
        #[must_use]
        pub fn environment(mut self, environment: ::std::sync::Arc<dyn $crate::Environment>) -> Self {
            self.inner = self.inner.environment(environment);
            self
        }

        /// Someone to be told of every attempt of every call.
        #[must_use]
        pub fn observer(mut self, observer: ::std::sync::Arc<dyn $crate::Observer>) -> Self {
            self.inner = self.inner.observer(observer);
            self
        }

        /// Someone to be told of what had to be made good in any answer, in a stream's pages, events and lines as well. Called
        /// while the answer is read; never where the client is strict.
        #[must_use]
        pub fn on_repair(
            mut self,
            hook: impl ::std::ops::Fn(&$crate::Repaired<'_>) + ::std::marker::Send + ::std::marker::Sync + 'static,
        ) -> Self {
            self.inner = self.inner.on_repair(hook);
            self
        }
    };
}

/// Those of HTTP over TCP, where the runtime has it: what is here is asked of its features, and not of the crate's.
#[cfg(feature = "transport")]
#[doc(hidden)]
#[macro_export]
macro_rules! __tcp_builder_methods {
    () => {
        /// Trusts the servers whose certificates these authorities have signed, beside those that the operating system
        /// trusts: one or more certificates in PEM. Without effect beside an HTTP client of your own.
        #[must_use]
        pub fn root_certificates(mut self, pem: impl ::std::convert::AsRef<[u8]>) -> Self {
            self.inner = self.inner.root_certificates(pem);
            self
        }

        /// Shows this certificate to servers that ask who is calling (mutual TLS): the chain of certificates, the
        /// client's own first, and its private key, both in PEM. Without effect beside an HTTP client of your own.
        #[must_use]
        pub fn client_certificate(
            mut self,
            chain: impl ::std::convert::AsRef<[u8]>,
            key: impl ::std::convert::Into<$crate::SecretString>,
        ) -> Self {
            self.inner = self.inner.client_certificate(chain, key);
            self
        }

        /// Sends every call by way of this proxy, in place of those that the environment variables name:
        /// `http://user:password@proxy.example.com:3128`. Without effect beside an HTTP client of your own.
        #[must_use]
        pub fn proxy(mut self, url: impl ::std::convert::Into<$crate::SecretString>) -> Self {
            self.inner = self.inner.proxy(url);
            self
        }

        /// Sends calls by way of no proxy, whatever the environment variables say. Without effect beside an HTTP client
        /// of your own.
        #[must_use]
        pub fn no_proxy(mut self) -> Self {
            self.inner = self.inner.no_proxy();
            self
        }
    };
}

/// Nothing: the runtime has no HTTP over TCP.
#[cfg(not(feature = "transport"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __tcp_builder_methods {
    () => {};
}

/// Those that take what is reqwest's, where the feature names it.
#[cfg(any(test, feature = "reqwest-0-13"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __reqwest_builder_methods {
    () => {
        /// An HTTP client of your own, with its own proxies, TLS and connect timeout. Make it with
        /// `redirect::Policy::none()`: redirects are then followed without taking credentials to other origins. Its default
        /// headers go to every server that it is used for, wherever redirects lead and over plain http, and nobody looks
        /// for them in what errors show: set them with `header` or `sensitive_header` instead.
        #[must_use]
        pub fn http_client(mut self, client: $crate::reqwest::Client) -> Self {
            self.inner = self.inner.http_client(client);
            self
        }

        /// Changes the settings of the HTTP client that is made, such as its local address. Its TLS can only be replaced
        /// as a whole, by `tls_backend_preconfigured`. Without effect beside an HTTP client of your own.
        #[must_use]
        pub fn configure_http(
            mut self,
            configure: impl ::std::ops::FnOnce($crate::reqwest::ClientBuilder) -> $crate::reqwest::ClientBuilder
            + ::std::marker::Send
            + 'static,
        ) -> Self {
            self.inner = self.inner.configure_http(configure);
            self
        }
    };
}

/// Nothing: nobody asked for what is reqwest's.
#[cfg(not(any(test, feature = "reqwest-0-13")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __reqwest_builder_methods {
    () => {};
}
