//! The way out where a document is behind its API: a call of any method and path.

use http::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::client::Client;
use crate::decode;
use crate::error::{Error, InvalidRequest, RequestProblem, Undescribed};
use crate::options::CallOptions;
use crate::raw_response::RawResponse;
use crate::request::Request;
use crate::response::ResponseValue;
use crate::stream::ByteStream;

/// A call that no document describes, made by `request` of a client. It goes to the client's server, with its credentials,
/// limits and retries; it is tried again where its method is idempotent (RFC 9110, section 9.2.2) or
/// [`CallOptions::repeatable`] says so. Of credentials it has those that the API's operations ask for, where they were given.
/// Its path stays below the server: one with a segment of dots fails the call before anything is sent, and so does one with
/// a line break.
///
/// ```no_run
/// # async fn call(client: &switchboard_runtime::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let made = client
///     .request("POST", "/beta/connections")
///     .query("dry_run", "true")
///     .json(&serde_json::json!({"name": "Lenny"}))
///     .send_json::<serde_json::Value>()
///     .await?;
/// println!("{}", made["id"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `send` is awaited"]
pub struct RawCall {
    client: Client,
    request: Result<Request, InvalidRequest>,
    options: CallOptions,
}

impl Client {
    /// A call of any method and path below the client's server, for what the document does not describe, or not as it is.
    /// Credentials, limits and retries are those of any other call.
    pub fn request(&self, method: &str, path: &str) -> RawCall {
        RawCall::new(self.clone(), Request::own(method, path))
    }
}

impl RawCall {
    fn new(client: Client, request: Result<Request, InvalidRequest>) -> Self {
        Self { client, request, options: CallOptions::new() }
    }

    fn change(mut self, change: impl FnOnce(&mut Request) -> Result<(), InvalidRequest>) -> Self {
        self.request = self.request.and_then(|mut request| change(&mut request).map(|()| request));
        self
    }

    /// Adds a pair to the query, encoded here.
    pub fn query(self, name: &str, value: impl Into<String>) -> Self {
        self.change(|request| {
            request.add_query(name, &value.into());
            Ok(())
        })
    }

    /// Sets a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|request| {
            match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
                (Ok(name), Ok(value)) => request.set_header(name, value),
                _ => {
                    let problem = RequestProblem::InvalidHeader { place: "header", name: name.to_owned() };
                    return Err(InvalidRequest::of(request.operation().id(), problem));
                }
            }
            Ok(())
        })
    }

    /// Sets the body, as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.change(|request| request.json("application/json", body))
    }

    /// Sets the body, of any media type.
    pub fn body(self, media_type: &str, body: impl Into<Body>) -> Self {
        let body = body.into();
        self.change(|request| {
            request.set_content_type(media_type)?;
            request.body(media_type, body);
            Ok(())
        })
    }

    /// What this call does otherwise than its client.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    fn ready(self) -> Result<(Client, Request), InvalidRequest> {
        let mut request = self.request?;
        request.set_options(self.options);
        Ok((self.client, request))
    }

    /// Makes the call, and reads the answer whole.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; it is [`Error::Response`] for every status but 2xx.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let (client, request) = self.ready()?;
        Ok(client.send_raw(request).await?)
    }

    /// Makes the call, and reads the answer's JSON.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`Error::Decode`] if it is not the JSON of a `T`.
    pub async fn send_json<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let (client, mut request) = self.ready()?;
        request.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        Ok(client.send::<T, Undescribed>(request, decode::json).await?)
    }

    /// Makes the call, and leaves the body to be read as it arrives.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_stream(self) -> Result<ResponseValue<ByteStream>, Error> {
        let (client, request) = self.ready()?;
        Ok(client.send_stream::<Undescribed>(request).await?)
    }
}

#[cfg(test)]
mod tests;
