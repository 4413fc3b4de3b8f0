//! The client as generated code sees it: the untyped engine, with an operation's types added at the very edge.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::api::Api;
use crate::context::Context;
use crate::decode::{BodyError, Decoder, Repair};
use crate::engine::{Answer, Content, Engine, Mode, Streamed};
use crate::environment::BoxFuture;
use crate::error::{DecodeError, Error, ErrorBody, ErrorResponse, Failure, Undescribed};
use crate::options::CallOptions;
use crate::raw_response::RawResponse;
use crate::request::Request;
use crate::response::{Meta, ResponseValue};
use crate::stream::{Again, ByteStream, EventStream, ItemMeta, JsonLines, ReadEvent, StreamEnd};

/// Makes calls to one API. Cheap to clone; clones share connections, credentials, limits and budgets.
///
/// This is what a generated crate does for one of its calls:
///
/// ```no_run
/// use switchboard_runtime::codegen::v1::{
///     Api, ApiKeyLocation, Call, HttpMethod, Operation, Parameter, Requirement, SecurityScheme, ServerTemplate, decode,
/// };
/// use switchboard_runtime::{Client, Credential, Error, ResponseValue, Undescribed};
///
/// static API: Api = Api::new("example", "0.1.0")
///     .servers(&[ServerTemplate::new("https://api.example.com/v3")])
///     .schemes(&[SecurityScheme::api_key("token", ApiKeyLocation::Header, "Api-Token")]);
///
/// static GET_CONNECTION: Operation = Operation::new("getConnection", HttpMethod::Get, "/connections/{id}")
///     .parameters(&[Parameter::path("id")])
///     .security(&[&[Requirement::new("token")]])
///     .accept("application/json");
///
/// async fn get_connection(client: &Client, id: &str) -> Result<ResponseValue<serde_json::Value>, Error<Undescribed>> {
///     Call::new(client, &GET_CONNECTION).path("id", id).send(decode::json).await
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder(&API).credential("token", Credential::ApiKey("secret".into())).build()?;
/// let connection = get_connection(&client, "7").await?;
/// println!("{} {}", connection.status(), connection["name"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) engine: Arc<Engine>,
    /// What all its calls do otherwise, unless they say so themselves.
    options: CallOptions,
}

impl Client {
    /// The API that it calls.
    pub fn api(&self) -> &'static Api {
        self.engine.api
    }

    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine: Arc::new(engine), options: CallOptions::new() }
    }

    /// The same client seen otherwise: all its calls, those for the pages of a list included, have these options, unless they
    /// say otherwise themselves. Connections, credentials and limits are shared.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { engine: Arc::clone(&self.engine), options: options.or(self.options.clone()) }
    }

    /// The request as this view has it.
    fn viewed(&self, mut request: Request) -> Request {
        if !self.options.is_empty() {
            request.set_defaults(&self.options);
        }
        request
    }

    /// The request as this view has it, and a client that changes it no more: for a list, whose later requests differ.
    pub(crate) fn settled<E>(self, request: Result<Request, E>) -> (Self, Result<Request, E>) {
        let request = request.map(|request| self.viewed(request));
        (Self { options: CallOptions::new(), ..self }, request)
    }

    /// Makes a call and reads the answer with `decode`.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; it is [`Error::Response`] for every status but 2xx.
    pub async fn send<T, E: ErrorBody>(
        &self,
        request: Request,
        decode: fn(&Decoder<'_>) -> Result<T, BodyError>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        // All that waits is behind this one call, which is not generic: an operation adds only what comes after it.
        let answer = self.call(request, Mode::Whole).await?;
        let (raw, context) = whole(answer)?;
        decoded(raw, context, decode)
    }

    /// Makes a call and reads the answer whole, as it is.
    pub(crate) async fn send_raw(&self, request: Request) -> Result<RawResponse, Error<Undescribed>> {
        let answer = self.call(request, Mode::Whole).await?;
        whole(answer).map(|(raw, _)| raw)
    }

    /// Makes a call and leaves the body to be read as it arrives.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_stream<E: ErrorBody>(&self, request: Request) -> Result<ResponseValue<ByteStream>, Error<E>> {
        self.streamed(request, Mode::Streamed).await
    }

    async fn streamed<E: ErrorBody>(
        &self,
        request: Request,
        mode: Mode,
    ) -> Result<ResponseValue<ByteStream>, Error<E>> {
        let request = self.viewed(request);
        let idle = request.timeouts(self.engine.net.timeouts).idle;
        let (streamed, context) = opened(self.call(request, mode).await?)?;
        let meta = meta(&streamed, &context);
        Ok(ResponseValue::new(ByteStream::new(streamed, context, Arc::clone(&self.engine.net.environment), idle), meta))
    }

    /// Makes a call whose answer leads elsewhere (RFC 9110, section 15.4). Where the client goes there by itself, the value
    /// is what is there, left to be read as it arrives; else it is the redirect, with
    /// [`location`](ResponseValue::location).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer; but a 3xx status is a success.
    pub async fn send_redirect<E: ErrorBody>(&self, request: Request) -> Result<ResponseValue<ByteStream>, Error<E>> {
        self.streamed(request, Mode::Redirected).await
    }

    /// Makes a call whose answer is a stream of server-sent events.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_events<T: DeserializeOwned, E: ErrorBody>(
        &self,
        request: Request,
    ) -> Result<ResponseValue<EventStream<T>>, Error<E>> {
        self.send_events_read(request, |event| event.said()).await
    }

    /// The same, of events whose data the document describes: `read` reads it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_events_read<T, E: ErrorBody>(
        &self,
        request: Request,
        read: ReadEvent<T>,
    ) -> Result<ResponseValue<EventStream<T>>, Error<E>> {
        let request = self.viewed(request);
        let again = request.try_clone();
        let idle = request.timeouts(self.engine.net.timeouts).idle_events;
        let end = request.stream_end.copied().unwrap_or(StreamEnd::DONE);
        let (streamed, context) = opened(self.call(request, Mode::Streamed).await?)?;
        let (meta, item) = (meta(&streamed, &context), item_meta(&streamed, &context));
        let source = ByteStream::new(streamed, context, Arc::clone(&self.engine.net.environment), idle);
        let again = Again::new(Arc::clone(&self.engine), again, idle);
        Ok(ResponseValue::new(EventStream::new(source, item, end, again, read), meta))
    }

    /// Makes a call whose answer is NDJSON.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_lines<T: DeserializeOwned, E: ErrorBody>(
        &self,
        request: Request,
    ) -> Result<ResponseValue<JsonLines<T>>, Error<E>> {
        let request = self.viewed(request);
        let idle = request.timeouts(self.engine.net.timeouts).idle;
        let end = request.stream_end.copied().unwrap_or(StreamEnd::NEVER);
        let (streamed, context) = opened(self.call(request, Mode::Streamed).await?)?;
        let (meta, item) = (meta(&streamed, &context), item_meta(&streamed, &context));
        let source = ByteStream::new(streamed, context, Arc::clone(&self.engine.net.environment), idle);
        Ok(ResponseValue::new(JsonLines::new(source, item, end), meta))
    }

    pub(crate) fn call(&self, request: Request, mode: Mode) -> BoxFuture<'static, Result<Answer, Failure>> {
        Arc::clone(&self.engine).call(self.viewed(request), mode)
    }
}

/// A whole answer, if it reports success.
pub(crate) fn whole<E: ErrorBody>(answer: Answer) -> Result<(RawResponse, Context), Error<E>> {
    match answer {
        Answer { context, content: Content::Whole(raw) } if raw.status().is_success() => Ok((raw, context)),
        answer => Err(refused(answer)),
    }
}

/// An answer whose body is still to be read, if it reports success.
fn opened<E: ErrorBody>(answer: Answer) -> Result<(Streamed, Context), Error<E>> {
    match answer {
        Answer { context, content: Content::Streamed(streamed) } => Ok((streamed, context)),
        answer => Err(refused(answer)),
    }
}

/// Reads an answer, or tells why it cannot be read.
pub(crate) fn decoded<T, E>(
    raw: RawResponse,
    context: Context,
    decode: fn(&Decoder<'_>) -> Result<T, BodyError>,
) -> Result<ResponseValue<T>, Error<E>> {
    let decoder = Decoder::new(&raw).strict(context.strict);
    match decode(&decoder) {
        Ok(value) => {
            let repairs = decoder.into_repairs();
            Ok(ResponseValue::new(value, meta_of_read(raw, context, repairs)))
        }
        Err(error) => Err(Error::Decode(Box::new(DecodeError::new(raw, context, error)))),
    }
}

fn meta_of_read(raw: RawResponse, context: Context, repairs: Vec<Repair>) -> Meta {
    context.tell(&repairs);
    let (status, headers, _) = raw.into_parts();
    let Context { request_id, attempts, redactor, .. } = context;
    Meta { status, headers, request_id, attempts, repairs, redactor }
}

pub(crate) fn refused<E: ErrorBody>(answer: Answer) -> Error<E> {
    let raw = match answer.content {
        Content::Whole(raw) => raw,
        // Only answers that report success are left unread.
        Content::Streamed(streamed) => {
            RawResponse::new(streamed.response.status(), streamed.response.headers().clone(), "")
        }
    };
    Error::Response(Box::new(ErrorResponse::new(raw, answer.context)))
}

fn meta(streamed: &Streamed, context: &Context) -> Meta {
    Meta {
        status: streamed.response.status(),
        headers: streamed.response.headers().clone(),
        request_id: context.request_id.clone(),
        attempts: context.attempts,
        repairs: Vec::new(),
        redactor: context.redactor.clone(),
    }
}

fn item_meta(streamed: &Streamed, context: &Context) -> ItemMeta {
    ItemMeta {
        status: streamed.response.status(),
        headers: streamed.response.headers().clone(),
        context: context.clone(),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.engine.api.name)
            .field("base_url", &self.engine.servers.base.as_ref().map(|url| url.as_str()))
            .field("credentials", &self.engine.credentials.schemes().collect::<Vec<_>>())
            .field("headers", &self.engine.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
