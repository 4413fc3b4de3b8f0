//! A call while its arguments are set, as generated code has it: what it was given stands in a request at once, so that
//! a generated call is this one value, and a setter one line. The work is done here, once, and not in every crate.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::Operation;
use crate::body::Body;
use crate::client::Client;
use crate::decode::{BodyError, Decoder};
use crate::error::{Error, ErrorBody, InvalidRequest};
use crate::form::Form;
use crate::multipart::{Multipart, Part};
use crate::options::CallOptions;
use crate::paging::{Items, List, Pages};
use crate::parameter::{Location, Parameter};
use crate::request::Request;
use crate::response::ResponseValue;
use crate::stream::{ByteStream, EventStream, JsonLines, ReadEvent, StreamEnd};
use crate::values::decimal::to_value;

/// Where the body stands in the order of what is set: behind all parameters.
const BODY: usize = usize::MAX - 1;

/// Where stands what the operation does not declare, which nothing makes good.
const UNDECLARED: usize = usize::MAX;

/// A call of an operation, with what was set so far. What is set twice counts the second time. Parameters are named as the
/// [`Operation`] declares them, and stand on the wire in its order, whatever order they are set in.
///
/// What cannot be sent is told when the call is: the first in the document's order, unless it was set once more.
///
/// ```no_run
/// use switchboard_runtime::codegen::v1::{Call, HttpMethod, Operation, Parameter, decode};
/// use switchboard_runtime::{Client, Error, ResponseValue, Undescribed};
///
/// static GET_CONNECTION: Operation = Operation::new("getConnection", HttpMethod::Get, "/connections/{id}")
///     .parameters(&[Parameter::path("id"), Parameter::query("fields")]);
///
/// async fn name(client: &Client, id: &str) -> Result<ResponseValue<serde_json::Value>, Error<Undescribed>> {
///     Call::new(client, &GET_CONNECTION).query("fields", &["name"]).path("id", id).send(decode::json).await
/// }
/// ```
#[must_use = "nothing is sent before `send` is awaited"]
pub struct Call<'a> {
    client: &'a Client,
    request: Request,
    /// The media type of the body, where that is not the one it was set with.
    content_type: Option<String>,
    /// The parts of a form that were set.
    form: Option<Box<Form>>,
    options: CallOptions,
    /// What was set and cannot be sent, by its place in the document's order.
    faults: Vec<(usize, InvalidRequest)>,
}

impl<'a> Call<'a> {
    /// A call of an operation, without any arguments yet.
    pub fn new(client: &'a Client, operation: &'static Operation) -> Self {
        let request = Request::new(operation);
        Self { client, request, content_type: None, form: None, options: CallOptions::new(), faults: Vec::new() }
    }

    /// Sets a parameter of the path.
    pub fn path<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.set(Location::Path, name, to_value(value));
        self
    }

    /// Sets a parameter of the query. `None`, and whatever else is `null` in JSON, sends nothing, here and below.
    pub fn query<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.set(Location::Query, name, to_value(value));
        self
    }

    /// Sets a header that the operation declares.
    pub fn header<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.set(Location::Header, name, to_value(value));
        self
    }

    /// Sets a cookie.
    pub fn cookie<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.set(Location::Cookie, name, to_value(value));
        self
    }

    fn set(&mut self, location: Location, name: &'static str, value: serde_json::Result<Value>) {
        let declared = self.request.operation.parameters.iter().enumerate();
        let found = declared.into_iter().find(|(_, known)| known.location == location && known.name == name);
        match found {
            Some((place, parameter)) => {
                let set = self.request.set(place, parameter, value);
                self.note(place, set);
            }
            None => self.refuse(format!("the operation declares no parameter `{name}`")),
        }
    }

    /// Makes an object the whole query, written as a form; see [`Request::query_form`].
    pub fn query_form<T: Serialize + ?Sized>(
        mut self,
        value: &T,
        encoding: &'static [(&'static str, Parameter)],
    ) -> Self {
        let set = self.request.query_form(value, encoding);
        self.note(0, set);
        self
    }

    /// Makes the JSON of a value the whole query.
    pub fn query_json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        let set = self.request.query_json(value);
        self.note(0, set);
        self
    }

    /// Makes a text the whole query.
    pub fn query_text<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        let set = self.request.query_text(value);
        self.note(0, set);
        self
    }

    /// Sets a JSON body, under the media type that the document names. `null` is a body like any other.
    pub fn json<T: Serialize + ?Sized>(mut self, content_type: &'static str, body: &T) -> Self {
        let set = self.request.json(content_type, body);
        self.note(BODY, set);
        self.without_form()
    }

    /// Sets a body of JSON values, a line each; see [`Request::lines`].
    pub fn lines<T: Serialize>(mut self, content_type: &'static str, items: &[T]) -> Self {
        let set = self.request.lines(content_type, items);
        self.note(BODY, set);
        self.without_form()
    }

    /// Sets a body in XML; see [`Request::xml`].
    #[cfg(feature = "xml")]
    pub fn xml<T: Serialize + ?Sized>(
        mut self,
        content_type: &'static str,
        body: &T,
        root: &'static crate::xml::Element,
    ) -> Self {
        let set = self.request.xml(content_type, body, root);
        self.note(BODY, set);
        self.without_form()
    }

    /// Sets a form body, `application/x-www-form-urlencoded`; see [`Request::form`].
    pub fn form<T: Serialize + ?Sized>(
        mut self,
        content_type: &'static str,
        body: &T,
        encoding: &'static [(&'static str, Parameter)],
    ) -> Self {
        let set = self.request.form(content_type, body, encoding);
        self.note(BODY, set);
        self.without_form()
    }

    /// Sets a body of text.
    pub fn text(mut self, content_type: &'static str, body: String) -> Self {
        self.request.text(content_type, body);
        self.note(BODY, Ok(()));
        self.without_form()
    }

    /// Sets a body of any kind. One with a `Content-Encoding` is taken to be packed already.
    pub fn body(mut self, content_type: &str, body: Body) -> Self {
        self.request.body(content_type, body);
        self.note(BODY, Ok(()));
        self.without_form()
    }

    /// Another body stands in the place of a form that was set as a whole. Parts that were set one by one stay: that both are
    /// there is told when the call is sent.
    fn without_form(mut self) -> Self {
        self.form = self.form.take().and_then(|form| form.without_whole()).map(Box::new);
        self
    }

    /// Sets a body of several parts: those that the operation does not declare. Those that it does come behind.
    pub fn multipart(mut self, form: Multipart) -> Self {
        self.request.clear_body();
        self.note(BODY, Ok(()));
        self.form.get_or_insert_default().set_whole(form);
        self
    }

    /// Sets a part that is a file.
    pub fn file(self, name: &'static str, file: Part) -> Self {
        self.files(name, [file])
    }

    /// Sets a part that is several files, which all have its name.
    pub fn files(mut self, name: &'static str, files: impl IntoIterator<Item = Part>) -> Self {
        let set =
            self.form.get_or_insert_default().set_files(self.request.operation, name, files.into_iter().collect());
        self.note_form(set);
        self
    }

    /// Sets a part that is a value.
    pub fn part<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        let value = to_value(value);
        let set = self.form.get_or_insert_default().set_value(self.request.operation, name, value);
        self.note_form(set);
        self
    }

    /// Sets a header of a part.
    pub fn part_header<T: Serialize + ?Sized>(mut self, part: &'static str, name: &'static str, value: &T) -> Self {
        let value = to_value(value);
        let set = self.form.get_or_insert_default().set_header(self.request.operation, part, name, value);
        self.note_form(set);
        self
    }

    /// Says that the body is of another media type than the one it was set with.
    pub fn content_type(mut self, media_type: String) -> Self {
        self.content_type = Some(media_type);
        self
    }

    /// What this call does otherwise than its client.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Asks for another media type than the one the operation asks for, unless the options name one.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.request.set_accept(media_type);
        self
    }

    /// Says what ends the answer, where that is a stream of events or of lines.
    pub fn stream_end(mut self, end: &'static StreamEnd) -> Self {
        self.request.set_stream_end(end);
        self
    }

    fn invalid(&self, message: String) -> InvalidRequest {
        InvalidRequest::new(self.request.operation.id(), message)
    }

    /// Keeps a fault, in place of one of what stood in the same place.
    fn note(&mut self, place: usize, set: Result<(), InvalidRequest>) {
        self.faults.retain(|(known, _)| *known != place);
        self.faults.extend(set.err().map(|fault| (place, fault)));
    }

    /// Keeps a fault that nothing makes good.
    fn refuse(&mut self, message: String) {
        self.faults.push((UNDECLARED, self.invalid(message)));
    }

    fn note_form(&mut self, set: Result<(), String>) {
        if let Err(message) = set {
            self.refuse(message);
        }
    }

    /// The request that was described.
    fn finish(self) -> Result<Request, InvalidRequest> {
        let Self { client: _, mut request, content_type, form, options, faults } = self;
        if let Some((_, fault)) = faults.into_iter().min_by_key(|(place, _)| *place) {
            return Err(fault);
        }
        if let Some(form) = form {
            form.put(&mut request)?;
        }
        if let Some(media_type) = content_type {
            request.set_content_type(&media_type)?;
        }
        request.set_options(options);
        Ok(request)
    }

    /// Makes the call and reads the answer with `decode`.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; it is [`Error::Response`] for every status but 2xx.
    pub async fn send<T, E: ErrorBody>(
        self,
        decode: fn(&Decoder<'_>) -> Result<T, BodyError>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        self.client.send(self.finish()?, decode).await
    }

    /// Makes the call and leaves the body to be read as it arrives.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_stream<E: ErrorBody>(self) -> Result<ResponseValue<ByteStream>, Error<E>> {
        self.client.send_stream(self.finish()?).await
    }

    /// Makes a call whose answer leads elsewhere; see [`Client::send_redirect`].
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer; but a 3xx status is a success.
    pub async fn send_redirect<E: ErrorBody>(self) -> Result<ResponseValue<ByteStream>, Error<E>> {
        self.client.send_redirect(self.finish()?).await
    }

    /// Makes a call whose answer is a stream of server-sent events.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_events<T: DeserializeOwned, E: ErrorBody>(
        self,
    ) -> Result<ResponseValue<EventStream<T>>, Error<E>> {
        self.client.send_events(self.finish()?).await
    }

    /// The same, of events whose data the document describes: `read` reads it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_events_read<T, E: ErrorBody>(
        self,
        read: ReadEvent<T>,
    ) -> Result<ResponseValue<EventStream<T>>, Error<E>> {
        self.client.send_events_read(self.finish()?, read).await
    }

    /// Makes a call whose answer is NDJSON.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), up to the headers of the answer.
    pub async fn send_lines<T: DeserializeOwned, E: ErrorBody>(self) -> Result<ResponseValue<JsonLines<T>>, Error<E>> {
        self.client.send_lines(self.finish()?).await
    }

    /// The items of the list that the call begins, page after page. Nothing is sent before the first is asked for.
    pub fn items<P, T, E>(self, list: List<P, T>) -> Items<T, E>
    where
        P: DeserializeOwned + 'static,
        T: DeserializeOwned + Send + 'static,
        E: ErrorBody,
    {
        list.items(self.client.clone(), self.finish())
    }

    /// The same list page by page.
    pub fn pages<P, T, E>(self, list: List<P, T>) -> Pages<P, E>
    where
        P: DeserializeOwned + 'static,
        T: DeserializeOwned + Send + 'static,
        E: ErrorBody,
    {
        list.pages(self.client.clone(), self.finish())
    }
}

/// A stream can be sent only once: generated calls that may hold one have no `Clone` of their own, and of any other such call
/// the clone tells that when it is sent.
impl Clone for Call<'_> {
    fn clone(&self) -> Self {
        let mut faults = self.faults.clone();
        let request = self.request.try_clone();
        let form = self.form.as_deref().map(Form::try_clone);
        if request.is_none() || matches!(form, Some(None)) {
            faults.push((UNDECLARED, self.invalid("the body is a stream, which is sent only once".to_owned())));
        }
        Self {
            client: self.client,
            request: request.unwrap_or_else(|| Request::new(self.request.operation)),
            content_type: self.content_type.clone(),
            form: form.flatten().map(Box::new),
            options: self.options.clone(),
            faults,
        }
    }
}

/// Names, not values: arguments may be secret.
impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Call");
        shown.field("request", &self.request);
        if let Some(form) = &self.form {
            shown.field("form", form);
        }
        if let Some((_, fault)) = self.faults.iter().min_by_key(|(place, _)| *place) {
            shown.field("fault", fault);
        }
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
