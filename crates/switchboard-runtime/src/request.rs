//! A call before it is sent: an operation with its arguments filled in. Generic only where a value is handed in; it is
//! converted at once, and the rest of the work compiles once, here, instead of in every generated crate.

use std::borrow::Cow;
use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde::Serialize;
use serde_json::Value;
use smallvec::SmallVec;
use url::Url;

use crate::api::{Api, HttpMethod, Operation};
use crate::auth::Alternatives;
use crate::body::Body;
use crate::coding;
use crate::error::{InvalidRequest, RequestProblem};
use crate::media_type::{content_type, essence};
use crate::members::{self, Precedence};
use crate::multipart::{self, Multipart};
use crate::options::{CallOptions, IDEMPOTENCY_KEY, Settings};
use crate::owned::{is_owned_by_transport, is_padded};
use crate::parameter::{Divided, Location, Pair, Parameter, render_form, render_pairs, render_text};
use crate::percent;
use crate::stream::StreamEnd;
use crate::timeouts::Timeouts;
use crate::values::decimal::to_value;
use crate::values::finite;

/// The byte before each value of a JSON text sequence (RFC 7464, section 2.2).
pub(crate) const RECORD: u8 = 0x1e;

/// An operation with its arguments.
pub struct Request {
    pub(crate) operation: &'static Operation,
    path: SmallVec<[(&'static str, String); 2]>,
    query: Vec<Placed>,
    /// What the query begins with, where it is one value and no pairs.
    whole_query: String,
    /// Where to go in place of the operation's own path and query.
    pub(crate) url: Option<Url>,
    /// What the caller calls, in place of an operation of the document.
    own: Option<Box<Own>>,
    /// Whether it is a GET, whatever the operation's own method is.
    is_get: bool,
    pub(crate) headers: HeaderMap,
    cookies: Vec<Placed>,
    pub(crate) body: Option<Body>,
    /// Whether this library wrote the body, which a `Content-Encoding` is then a wish for; bytes are packed by who has them.
    is_written: bool,
    /// What ends the answer, if that is a stream of items and the document says so.
    pub(crate) stream_end: Option<&'static StreamEnd>,
    /// What differs from the client's own policies.
    options: Option<Box<Settings>>,
    /// The first fault that could not be reported where it was made.
    problem: Option<RequestProblem>,
}

/// A pair, and the place of its parameter in the document's order, in which pairs stand.
#[derive(Clone)]
struct Placed {
    place: usize,
    pair: Pair,
}

/// The place of a pair that no parameter declares: behind all others.
const UNDECLARED: usize = usize::MAX;

/// The place of the pairs of a form that is the whole query.
const WHOLE: usize = 0;

/// Puts the pairs of a parameter in their place; where it is declared, in place of those that it had.
fn put(list: &mut Vec<Placed>, place: usize, pairs: Vec<Pair>) {
    if place != UNDECLARED {
        list.retain(|placed| placed.place != place);
    }
    let at = list.partition_point(|placed| placed.place <= place);
    list.splice(at..at, pairs.into_iter().map(|pair| Placed { place, pair }));
}

/// Refuses a required parameter of which nothing is sent: the call would be another one, `DELETE /items` one of all of them
/// (OpenAPI 3.0, section 4.7.12.2).
fn is_there(parameter: &Parameter, place: &'static str, is_sent: bool) -> Result<(), RequestProblem> {
    if parameter.required && !is_sent {
        return Err(RequestProblem::MissingParameter { place, name: parameter.name });
    }
    Ok(())
}

/// A method and a path that no document describes.
#[derive(Clone)]
struct Own {
    method: Method,
    /// With its own query, if it has one.
    path: String,
}

/// What stands for the operation of a call that is of none.
static OWN: Operation = Operation::new("request", HttpMethod::Get, "");

impl Request {
    /// A call that no document describes: of a method, and a path below the server's.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the method is none, or the path does not begin with a slash: credentials go to the client's own
    /// server alone.
    pub(crate) fn own(method: &str, path: &str) -> Result<Self, InvalidRequest> {
        let invalid = |problem: String| InvalidRequest::of(OWN.id, RequestProblem::Other(problem));
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| invalid(format!("`{method}` is no method")))?;
        if !path.starts_with('/') {
            return Err(invalid("the path must begin with a slash: it is one of the client's own server".to_owned()));
        }
        // A URL leaves them out in silence (WHATWG URL, section 4.4), and another path is called.
        if path.contains(char::is_control) {
            return Err(invalid("the path holds a line break or another character that no URL holds".to_owned()));
        }
        if climbs(path) {
            return Err(InvalidRequest::of(OWN.id, RequestProblem::DotSegment));
        }
        Ok(Self { own: Some(Box::new(Own { method, path: path.to_owned() })), ..Self::new(&OWN) })
    }

    /// A call of an operation, without any arguments yet.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            path: SmallVec::new(),
            query: Vec::new(),
            whole_query: String::new(),
            url: None,
            own: None,
            is_get: false,
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: None,
            is_written: false,
            stream_end: None,
            options: None,
            problem: None,
        }
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Adds a parameter. `None`, and whatever else becomes `null` in JSON, sends nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not representable in JSON, if it is a path parameter without text or another
    /// [required](Parameter::required) one that sends nothing, or if it is a header parameter with a line break or another
    /// character that a header must not hold, with white space at its beginning or end, or of a name that is the transport's,
    /// such as `Content-Length`.
    pub fn parameter<T: Serialize + ?Sized>(&mut self, parameter: &Parameter, value: &T) -> Result<(), InvalidRequest> {
        let value = to_value(value);
        self.put(UNDECLARED, parameter, value).map_err(|problem| InvalidRequest::of(self.operation.id, problem))
    }

    /// Sets a parameter that the operation declares at `place`, in place of what it was set to before.
    pub(crate) fn set(
        &mut self,
        place: usize,
        parameter: &Parameter,
        value: serde_json::Result<Value>,
    ) -> Result<(), InvalidRequest> {
        self.put(place, parameter, value).map_err(|problem| InvalidRequest::of(self.operation.id, problem))
    }

    fn put(
        &mut self,
        place: usize,
        parameter: &Parameter,
        value: serde_json::Result<Value>,
    ) -> Result<(), RequestProblem> {
        let name = parameter.name;
        let value = value.map_err(|cause| RequestProblem::not_json(name, &cause))?;
        let divided = |divided| RequestProblem::divided(name, divided);
        match parameter.location {
            Location::Path => {
                self.path.retain(|(known, _)| *known != name);
                match render_text(parameter, value).map_err(divided)? {
                    None => return Err(RequestProblem::MissingPathParameter(name.to_owned())),
                    Some(text) if text.is_empty() => return Err(RequestProblem::EmptyPathParameter(name)),
                    Some(text) => self.path.push((name, text)),
                }
            }
            Location::Query => {
                let pairs = render_pairs(parameter, &value).map_err(divided)?;
                is_there(parameter, "query", !pairs.is_empty())?;
                put(&mut self.query, place, pairs);
            }
            Location::Cookie => {
                let pairs = render_pairs(parameter, &value).map_err(divided)?;
                is_there(parameter, "cookie", !pairs.is_empty())?;
                // What is not encoded must not become another pair, or another header (RFC 6265, section 4.1.1).
                let is_kept = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b';';
                if !pairs.iter().all(|pair| pair.name.bytes().chain(pair.value.bytes()).all(is_kept)) {
                    return Err(RequestProblem::InvalidHeader { place: "cookie", name: name.to_owned() });
                }
                put(&mut self.cookies, place, pairs);
            }
            Location::Header => {
                let text = render_text(parameter, value).map_err(divided)?;
                is_there(parameter, "header", text.is_some())?;
                self.put_header(name, text)?;
            }
        }
        Ok(())
    }

    fn put_header(&mut self, name: &str, text: Option<String>) -> Result<(), RequestProblem> {
        let invalid = || RequestProblem::InvalidHeader { place: "header", name: name.to_owned() };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        self.headers.remove(&header);
        let Some(text) = text else { return Ok(()) };
        if is_owned_by_transport(&header) {
            return Err(RequestProblem::OwnedHeader(name.to_owned()));
        }
        let value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| invalid())?;
        if is_padded(&value) {
            return Err(RequestProblem::PaddedHeader(name.to_owned()));
        }
        self.headers.insert(header, value);
        Ok(())
    }

    /// Makes an object the whole query, written as a form (OpenAPI 3.2 section 4.12, `in: querystring`). `encoding` is as for
    /// [`form`](Self::form). `None` (`null`) sends none.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not an object.
    pub fn query_form<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
        encoding: &'static [(&'static str, Parameter)],
    ) -> Result<(), InvalidRequest> {
        let pairs = pairs_of_form(to_value(value), "query", encoding);
        let pairs = pairs.map_err(|problem| InvalidRequest::of(self.operation.id, problem))?;
        put(&mut self.query, WHOLE, pairs);
        Ok(())
    }

    /// Makes the JSON of a value the whole query, percent-encoded. `None` (`null`) sends none.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not representable in JSON.
    pub fn query_json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), InvalidRequest> {
        self.set_whole_query(to_value(value), |value| Some(value.to_string()))
    }

    /// Makes a text the whole query, percent-encoded. `None` (`null`) sends none.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not representable in JSON.
    pub fn query_text<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), InvalidRequest> {
        self.set_whole_query(to_value(value), |value| crate::parameter::scalar(value).map(Cow::into_owned))
    }

    fn set_whole_query(
        &mut self,
        value: serde_json::Result<Value>,
        text: fn(&Value) -> Option<String>,
    ) -> Result<(), InvalidRequest> {
        let value =
            value.map_err(|cause| InvalidRequest::of(self.operation.id, RequestProblem::not_json("query", &cause)))?;
        let text = Some(&value).filter(|value| !value.is_null()).and_then(text);
        self.whole_query = text.map(|text| percent::encode(&text)).unwrap_or_default();
        Ok(())
    }

    /// Sets a JSON body, under the media type that the document names. `null` is a body like any other.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not representable in JSON.
    pub fn json<T: Serialize + ?Sized>(&mut self, content_type: &'static str, body: &T) -> Result<(), InvalidRequest> {
        let bytes = finite::to_json(body)
            .map_err(|cause| InvalidRequest::of(self.operation.id, RequestProblem::not_json("body", &cause)))?;
        self.written(content_type, Body::from(bytes));
        Ok(())
    }

    /// Sets a body of JSON values, a line each. A record separator stands before each in a JSON text sequence (RFC 7464
    /// section 2.2), which the media type says.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if a value is not representable in JSON.
    pub fn lines<T: Serialize>(&mut self, content_type: &'static str, items: &[T]) -> Result<(), InvalidRequest> {
        let is_sequence = essence(content_type).to_ascii_lowercase().ends_with("json-seq");
        let mut bytes = Vec::new();
        for item in items {
            bytes.extend(is_sequence.then_some(RECORD));
            let line = finite::to_json(item)
                .map_err(|cause| InvalidRequest::of(self.operation.id, RequestProblem::not_json("body", &cause)))?;
            bytes.extend(line);
            bytes.push(b'\n');
        }
        self.written(content_type, Body::from(bytes));
        Ok(())
    }

    /// Sets a body in XML, which stands in it as the table says. Nothing (`null`) is an element that says so.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value holds what cannot stand in XML: a character that XML forbids, a key that is no name.
    #[cfg(feature = "xml")]
    pub fn xml<T: Serialize + ?Sized>(
        &mut self,
        content_type: &'static str,
        body: &T,
        root: &'static crate::xml::Element,
    ) -> Result<(), InvalidRequest> {
        let value = to_value(body);
        self.add_xml(content_type, value, root).map_err(|problem| InvalidRequest::of(self.operation.id, problem))
    }

    #[cfg(feature = "xml")]
    fn add_xml(
        &mut self,
        content_type: &'static str,
        value: serde_json::Result<Value>,
        root: &'static crate::xml::Element,
    ) -> Result<(), RequestProblem> {
        let value = value.map_err(|cause| RequestProblem::not_json("body", &cause))?;
        let bytes = crate::xml::from_json(&value, root)
            .map_err(|reason| RequestProblem::Other(format!("the body cannot be written as XML: {reason}")))?;
        self.written(content_type, Body::from(bytes));
        Ok(())
    }

    /// Sets a form body, `application/x-www-form-urlencoded`, from an object.
    ///
    /// `encoding` holds the properties that the document's Encoding Objects (OpenAPI 3.0, section 4.7.15) give a style
    /// of their own. Without one, arrays repeat the name and nested objects become JSON. `None` (`null`) sends no body.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if the value is not an object.
    pub fn form<T: Serialize + ?Sized>(
        &mut self,
        content_type: &'static str,
        body: &T,
        encoding: &'static [(&'static str, Parameter)],
    ) -> Result<(), InvalidRequest> {
        let value = to_value(body);
        self.add_form(content_type, value, encoding).map_err(|problem| InvalidRequest::of(self.operation.id, problem))
    }

    fn add_form(
        &mut self,
        content_type: &'static str,
        value: serde_json::Result<Value>,
        encoding: &'static [(&'static str, Parameter)],
    ) -> Result<(), RequestProblem> {
        if let Ok(Value::Null) = value {
            return Ok(());
        }
        let pairs = pairs_of_form(value, "body", encoding)?;
        let pairs = pairs.into_iter().map(|pair| format!("{}={}", pair.name, pair.value));
        self.written(content_type, Body::from(pairs.collect::<Vec<_>>().join("&")));
        Ok(())
    }

    /// Sets a body of text.
    pub fn text(&mut self, content_type: &'static str, body: String) {
        self.written(content_type, Body::from(body));
    }

    fn written(&mut self, content_type: &str, body: Body) {
        self.body(content_type, body);
        self.is_written = true;
    }

    /// Makes the body what its headers say: it has one media type, and is packed with what its `Content-Encoding` names, which
    /// may be a parameter of the operation.
    pub(crate) fn finish_body(&mut self) -> Result<(), RequestProblem> {
        let media_type = content_type(&self.headers).filter(|_| self.body.is_some());
        if let Some(range) = media_type.filter(|media_type| media_type.contains('*')) {
            return Err(RequestProblem::OpenMediaType(range.to_owned()));
        }
        if std::mem::take(&mut self.is_written)
            && let Some(body) = self.body.take()
        {
            self.body = Some(coding::pack(&self.headers, body).map_err(RequestProblem::Other)?);
        }
        Ok(())
    }

    /// Sets a body of any kind. One with a `Content-Encoding` is taken to be packed already.
    pub fn body(&mut self, content_type: &str, body: Body) {
        match HeaderValue::from_str(content_type) {
            Ok(value) => {
                self.headers.insert(CONTENT_TYPE, value);
            }
            Err(_) => {
                let problem = RequestProblem::InvalidHeader { place: "header", name: CONTENT_TYPE.to_string() };
                self.problem.get_or_insert(problem);
            }
        }
        self.is_written = false;
        self.body = Some(body);
    }

    /// Takes the body away.
    pub(crate) fn clear_body(&mut self) {
        self.body = None;
        self.headers.remove(CONTENT_TYPE);
    }

    /// Sets a form of several parts. A part that is not representable in JSON is reported when the call is sent.
    pub fn multipart(&mut self, form: Multipart) {
        self.multipart_as(multipart::FORM_DATA, form);
    }

    /// Sets a body of several parts of another kind than a form, such as `multipart/related`: its parts have no names.
    pub fn multipart_as(&mut self, media_type: &str, form: Multipart) {
        match form.encode(media_type, &multipart::boundary()) {
            Ok((content_type, body)) => self.written(&content_type, body),
            Err((name, cause)) => {
                let problem = RequestProblem::Other(format!("the part `{name}` cannot be sent: {cause}"));
                self.problem.get_or_insert(problem);
            }
        }
    }

    /// Adds a query pair, whatever others there are of its name.
    pub(crate) fn add_query(&mut self, name: &str, value: &str) {
        let pair = Pair { name: percent::encode(name), value: percent::encode(value) };
        self.query.push(Placed { place: UNDECLARED, pair });
    }

    /// Sets a query pair, replacing those of the same name, be they declared or not.
    pub fn set_query(&mut self, name: &str, value: String) {
        let pair = Pair { name: percent::encode(name), value: percent::encode(&value) };
        let at = self.query.iter().position(|old| old.pair.name == pair.name);
        let place = at.and_then(|at| self.query.get(at)).map_or(UNDECLARED, |old| old.place);
        self.query.retain(|old| old.pair.name != pair.name);
        self.query.insert(at.unwrap_or(self.query.len()), Placed { place, pair });
    }

    /// The value of a query pair, decoded; of the first, if there are several of the name.
    pub fn query(&self, name: &str) -> Option<String> {
        let name = percent::encode(name);
        let found = self.query.iter().find(|placed| placed.pair.name == name)?;
        Some(percent_encoding::percent_decode_str(&found.pair.value).decode_utf8_lossy().into_owned())
    }

    /// The same, also of the query that stands in the path of a call that no document describes.
    pub(crate) fn own_query(&self, name: &str) -> Option<String> {
        let in_path = || {
            let (_, query) = self.own.as_ref()?.path.split_once('?')?;
            let query = query.split_once('#').map_or(query, |(query, _)| query);
            url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name)
        };
        self.query(name).or_else(|| in_path().map(|(_, value)| value.into_owned()))
    }

    /// Whether it goes to where a page led.
    pub(crate) fn is_led(&self) -> bool {
        self.url.is_some()
    }

    /// Goes to a URL in place of that of the operation's path and query. It must be where the credentials may go.
    pub(crate) fn set_url(&mut self, url: Url) {
        self.url = Some(url);
    }

    /// Makes a GET of it, which has no body (RFC 9110, section 9.3.1).
    pub(crate) fn make_get(&mut self) {
        self.is_get = true;
        self.body = None;
        self.headers.remove(CONTENT_TYPE);
    }

    /// The method that it is sent by.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if it is no method (RFC 9110, section 9.1).
    pub(crate) fn method(&self) -> Result<Method, InvalidRequest> {
        let method = match &self.own {
            _ if self.is_get => return Ok(Method::GET),
            Some(own) => return Ok(own.method.clone()),
            None => self.operation.method,
        };
        Method::try_from(method)
            .map_err(|_| InvalidRequest::of(self.operation.id, RequestProblem::NoMethod(method.as_str())))
    }

    /// What it needs of credentials. What no document describes takes what operations of the API take, where there is any.
    pub(crate) fn security(&self, api: &Api) -> Alternatives {
        match &self.own {
            Some(_) => Alternatives { alternatives: api.security, anonymous: true },
            None => Alternatives { alternatives: self.operation.security, anonymous: false },
        }
    }

    /// Whether sending it twice does no more than sending it once.
    pub(crate) fn is_repeatable(&self) -> bool {
        let method = self.own.as_ref().map(|own| own.method.is_idempotent());
        self.is_get || method.unwrap_or(self.operation.repeatable) || self.headers.contains_key(&IDEMPOTENCY_KEY)
    }

    /// Sets a header that the document does not declare. `Idempotency-Key`
    /// (draft-ietf-httpapi-idempotency-key-header) makes any call one that may be repeated.
    /// One that is the transport's, such as `Content-Length`, fails the call before it is sent, and so does one whose value
    /// begins or ends with white space.
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        if is_owned_by_transport(&name) {
            self.problem.get_or_insert(RequestProblem::OwnedHeader(name.to_string()));
        } else if is_padded(&value) {
            self.problem.get_or_insert(RequestProblem::PaddedHeader(name.to_string()));
        } else {
            self.headers.insert(name, value);
        }
    }

    /// Says what ends the answer, where that is a stream of events or of lines.
    pub fn set_stream_end(&mut self, end: &'static StreamEnd) {
        self.stream_end = Some(end);
    }

    /// Asks for another media type than the one the operation asks for, unless the caller's options name one.
    pub fn set_accept(&mut self, media_type: &'static str) {
        self.headers.entry(ACCEPT).or_insert(HeaderValue::from_static(media_type));
    }

    /// Says that the body is of another media type than the one it was set with.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] if it holds characters that a header must not hold.
    pub fn set_content_type(&mut self, media_type: &str) -> Result<(), InvalidRequest> {
        let problem = || RequestProblem::InvalidHeader { place: "header", name: CONTENT_TYPE.to_string() };
        let value = HeaderValue::from_str(media_type).map_err(|_| InvalidRequest::of(self.operation.id, problem()))?;
        self.headers.insert(CONTENT_TYPE, value);
        Ok(())
    }

    /// Whatever the caller wants otherwise for this call alone. Headers and query pairs replace those of the same name.
    pub fn set_options(&mut self, options: CallOptions) {
        let settings = match options.settings() {
            Ok(None) => return,
            Ok(Some(settings)) => settings,
            Err(problem) => {
                self.problem.get_or_insert(problem);
                return;
            }
        };
        for (name, value) in &settings.headers {
            self.headers.insert(name.clone(), value.clone());
        }
        for (name, value) in &settings.query {
            self.set_query(name, value.clone());
        }
        self.add_members(&settings.members, Precedence::Added);
        self.options = Some(settings);
    }

    /// What a view of a client wants otherwise for all its calls: what the call itself says goes before.
    pub(crate) fn set_defaults(&mut self, options: &CallOptions) {
        let defaults = match options.clone().settings() {
            Ok(None) => return,
            Ok(Some(defaults)) => defaults,
            Err(problem) => {
                self.problem.get_or_insert(problem);
                return;
            }
        };
        for (name, value) in &defaults.headers {
            self.headers.entry(name).or_insert_with(|| value.clone());
        }
        let asked: Vec<String> = self.query.iter().map(|placed| placed.pair.name.clone()).collect();
        for (name, value) in &defaults.query {
            if !asked.contains(&percent::encode(name)) {
                self.set_query(name, value.clone());
            }
        }
        self.add_members(&defaults.members, Precedence::Present);
        self.options = Some(match self.options.take() {
            Some(own) => Box::new(own.or(*defaults)),
            None => defaults,
        });
    }

    /// Adds members to a body that is an object of JSON, or a form of pairs; without a body, makes one.
    fn add_members(&mut self, members: &[(String, Value)], precedence: Precedence) {
        if members.is_empty() {
            return;
        }
        let content_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let body = match &self.body {
            None => Some(&b"{}"[..]),
            Some(body) => body.as_bytes().map(|bytes| bytes.as_ref()),
        };
        match body.and_then(|body| members::added(content_type, body, members, precedence)) {
            Some(body) => {
                self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
                self.is_written |= self.body.is_none();
                self.body = Some(Body::from(body));
            }
            None => {
                let problem = "members are added to a body that is an object of JSON, or a form of pairs \
                               (`application/x-www-form-urlencoded`), and this is neither";
                self.problem.get_or_insert(RequestProblem::Other(problem.to_owned()));
            }
        }
    }

    /// The call's own settings, if it has any.
    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.options.as_deref()
    }

    /// The limits of the call, given those of its client.
    pub(crate) fn timeouts(&self, client: Timeouts) -> Timeouts {
        self.settings().map_or(client, |settings| settings.timeouts(client))
    }

    /// The same request once more, unless its body is a stream.
    pub fn try_clone(&self) -> Option<Self> {
        let body = match &self.body {
            Some(body) => Some(body.try_clone()?),
            None => None,
        };
        Some(Self {
            operation: self.operation,
            path: self.path.clone(),
            query: self.query.clone(),
            whole_query: self.whole_query.clone(),
            url: self.url.clone(),
            own: self.own.clone(),
            is_get: self.is_get,
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            body,
            is_written: self.is_written,
            stream_end: self.stream_end,
            options: self.options.clone(),
            problem: self.problem.clone(),
        })
    }

    /// Appends the path with its parameters in place, and the query after a `?`, if there is any, to the path of a base
    /// URL.
    pub(crate) fn complete(&mut self, target: &mut String) -> Result<(), RequestProblem> {
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        let start = target.len();
        match &self.own {
            Some(own) => target.push_str(&own.path),
            None => fill(self.operation.path, &self.path, target)?,
        }
        // A fragment is never sent (RFC 9110, section 7.1), and ends a URL: the query belongs before it (RFC 3986,
        // section 3.5). Some documents tell operations apart by it that have one URL; values do not hold it.
        if let Some(at) = target.get(start..).and_then(|path| path.find('#')) {
            target.truncate(start + at);
        }
        if self.own.is_none() {
            leave_out_said(target, start, &self.query);
        }
        let mut separator = if self.has_query() && target.contains('?') { '&' } else { '?' };
        if !self.whole_query.is_empty() {
            target.push(separator);
            target.push_str(&self.whole_query);
            separator = '&';
        }
        for Placed { pair, .. } in &self.query {
            target.push(separator);
            target.push_str(&pair.name);
            target.push('=');
            target.push_str(&pair.value);
            separator = '&';
        }
        Ok(())
    }

    fn has_query(&self) -> bool {
        !self.query.is_empty() || !self.whole_query.is_empty()
    }

    /// The `Cookie` header (RFC 6265, section 4.2.1): one that is set as a header, and the parameters that it does not name.
    pub(crate) fn cookies(&self) -> String {
        let own = self.headers.get(COOKIE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let own: Vec<&str> = own.iter().flat_map(|own| own.split(';')).map(str::trim).collect();
        let is_own = |name: &str| own.iter().any(|pair| pair.split('=').next() == Some(name));
        let declared = self.cookies.iter().filter(|placed| !is_own(&placed.pair.name));
        let declared = declared.map(|Placed { pair, .. }| Cow::Owned(format!("{}={}", pair.name, pair.value)));
        let all: Vec<Cow<'_, str>> = own.iter().map(|pair| Cow::Borrowed(*pair)).chain(declared).collect();
        all.join("; ")
    }
}

/// The pairs of a form, which `name` is; none for `null`.
fn pairs_of_form(
    value: serde_json::Result<Value>,
    name: &'static str,
    encoding: &[(&'static str, Parameter)],
) -> Result<Vec<Pair>, RequestProblem> {
    match value.map_err(|cause| RequestProblem::not_json(name, &cause))? {
        Value::Object(members) => {
            let mut pairs = Vec::new();
            for (name, value) in &members {
                let found = form_pairs(name, value, encoding);
                pairs.extend(found.map_err(|divided| RequestProblem::divided(name, divided))?);
            }
            Ok(pairs)
        }
        Value::Null => Ok(Vec::new()),
        Value::Array(_) => Err(RequestProblem::FormNotObject("an array")),
        _ => Err(RequestProblem::FormNotObject("a plain value")),
    }
}

/// The pairs that one property of a form comes to.
fn form_pairs(name: &str, value: &Value, encoding: &[(&'static str, Parameter)]) -> Result<Vec<Pair>, Divided> {
    let styled = encoding.iter().find(|(property, _)| *property == name);
    Ok(match (styled, value) {
        (Some((_, parameter)), _) => render_form(parameter, value)?,
        (None, Value::Array(items)) => items.iter().flat_map(|item| form_pairs_plain(name, item)).collect(),
        (None, _) => form_pairs_plain(name, value),
    })
}

fn form_pairs_plain(name: &str, value: &Value) -> Vec<Pair> {
    let text = crate::parameter::scalar(value);
    let pair = text.map(|text| Pair { name: percent::encode_form(name), value: percent::encode_form(&text) });
    pair.into_iter().collect()
}

/// Appends a path template with parameters in the place of their names.
fn fill(template: &str, values: &[(&'static str, String)], path: &mut String) -> Result<(), RequestProblem> {
    let start = path.len();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let value = values.iter().rev().find(|(known, _)| *known == name);
        let (_, value) = value.ok_or_else(|| RequestProblem::MissingPathParameter(name.to_owned()))?;
        path.push_str(before);
        path.push_str(value);
        rest = after;
    }
    path.push_str(rest);
    // A segment of dots is none of the template's making, so some value is one, or a part of one.
    let is_dots = |text: &str| text.starts_with(['.', '%']) && plain_dots(text).bytes().all(|byte| byte == b'.');
    let dots = |value: &str| value.split('/').any(is_dots);
    if values.iter().any(|(_, value)| dots(value)) && climbs(path.get(start..).unwrap_or_default()) {
        return Err(RequestProblem::DotSegment);
    }
    Ok(())
}

/// Takes out of the query of a template what parameters say: documents that tell operations apart by their queries have those
/// in the paths, and may declare them besides.
fn leave_out_said(target: &mut String, start: usize, said: &[Placed]) {
    let Some(at) = target.get(start..).and_then(|path| path.find('?')).map(|at| start + at) else { return };
    let is_said = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        said.iter().any(|Placed { pair, .. }| pair.name == name || pair.name == percent::encode(name))
    };
    let kept = |query: &str| query.split('&').filter(|pair| !is_said(pair)).collect::<Vec<_>>().join("&");
    let query = target.get(at + 1..).unwrap_or_default();
    let kept = kept(query);
    if kept.len() < query.len() {
        target.truncate(if kept.is_empty() { at } else { at + 1 });
        target.push_str(&kept);
    }
}

/// Encoded dots are the same ones to a URL (WHATWG URL, section 4.1).
fn plain_dots(text: &str) -> String {
    text.replace("%2e", ".").replace("%2E", ".")
}

/// Whether a path has segments of dots, which lead out of where they stand.
fn climbs(path: &str) -> bool {
    let before_query = plain_dots(path.split(['?', '#']).next().unwrap_or(path));
    // To a URL of the web a backslash is a slash.
    before_query.split(['/', '\\']).any(|segment| segment == "." || segment == "..")
}

/// Names, not values: arguments may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.path.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .field("query", &self.query.iter().map(|placed| placed.pair.name.as_str()).collect::<Vec<_>>())
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::HttpMethod;
    use crate::body::Content;
    use crate::parameter::Style;

    const GET_THING: Operation =
        Operation::new("getThing", HttpMethod::Get, "/things/{id}/parts/{part}:check").accept("application/json");
    static GET: Operation = GET_THING;
    static POST: Operation = Operation::new("createThing", HttpMethod::Post, "/things").accept("application/json");

    fn target(request: &mut Request) -> Result<String, RequestProblem> {
        let mut target = String::new();
        request.complete(&mut target).map(|()| target)
    }

    fn body_text(request: &Request) -> &str {
        let Some(Body(Content::Bytes(bytes))) = &request.body else { panic!("no bytes") };
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn one_value_is_the_whole_query() {
        let sent = |fill: &dyn Fn(&mut Request) -> Result<(), InvalidRequest>| {
            let mut request = Request::new(&POST);
            fill(&mut request).unwrap();
            let plain = target(&mut request).unwrap();
            request.set_query("more", "1".to_owned());
            (plain, target(&mut request).unwrap())
        };
        let whole = |query: &str| (format!("/things?{query}"), format!("/things?{query}&more=1"));
        let form = json!({"a": "b c", "list": ["x", "y"], "none": null});
        assert_eq!(sent(&|request| request.query_form(&form, &[])), whole("a=b+c&list=x&list=y"));
        // OpenAPI 3.2, section 4.12.
        let json = json!({"flag": null, "numbers": [1, 2]});
        assert_eq!(
            sent(&|request| request.query_json(&json)),
            whole("%7B%22flag%22%3Anull%2C%22numbers%22%3A%5B1%2C2%5D%7D")
        );
        assert_eq!(sent(&|request| request.query_text("$.a.b[1:1]")), whole("%24.a.b%5B1%3A1%5D"));
        let none = ("/things".to_owned(), "/things?more=1".to_owned());
        assert_eq!(sent(&|request| request.query_json(&None::<u8>)), none);
        assert_eq!(sent(&|request| request.query_text(&None::<u8>)), none);
        assert_eq!(sent(&|request| request.query_form(&None::<u8>, &[])), none);
        assert!(Request::new(&POST).query_form("text", &[]).is_err());
    }

    #[test]
    fn what_a_cookie_must_not_hold_is_refused_where_nothing_is_encoded() {
        let plain = Parameter::cookie("c").style(Style::Cookie);
        for (parameter, value, is_sent) in [
            (plain, "a=b, c", true),
            (plain, "a; admin=1", false),
            (plain, "a\r\nx: y", false),
            (plain, "é", false),
            (Parameter::cookie("c"), "a; admin=1", true),
            (Parameter::cookie("é"), "a", false),
        ] {
            let mut request = Request::new(&GET);
            assert_eq!(request.parameter(&parameter, value).is_ok(), is_sent, "{value}");
        }
    }

    #[test]
    fn path_and_query_are_filled_in() {
        let mut request = Request::new(&GET);
        request.parameter(&Parameter::path("id"), "a/b c").unwrap();
        request.parameter(&Parameter::path("part"), &7).unwrap();
        request.parameter(&Parameter::query("filters[name]"), "x&y").unwrap();
        request.parameter(&Parameter::query("absent"), &None::<u8>).unwrap();
        request.parameter(&Parameter::query("ids"), &[1, 2]).unwrap();
        assert_eq!(
            target(&mut request).unwrap(),
            "/things/a%2Fb%20c/parts/7:check?filters%5Bname%5D=x%26y&ids=1&ids=2"
        );
    }

    #[test]
    fn a_fragment_of_the_template_costs_no_query() {
        static LIST: Operation = Operation::new("list", HttpMethod::Get, "/y/{id}#Action=List&X={id}");
        let mut request = Request::new(&LIST);
        request.parameter(&Parameter::path("id").allow_reserved(true), "a#b").unwrap();
        request.parameter(&Parameter::query("q"), &1).unwrap();
        assert_eq!(target(&mut request).unwrap(), "/y/a%23b?q=1");
        static WITH_QUERY: Operation = Operation::new("list", HttpMethod::Get, "/y?a=1#b?c");
        let mut request = Request::new(&WITH_QUERY);
        assert_eq!(target(&mut request).unwrap(), "/y?a=1");
        request.parameter(&Parameter::query("q"), &1).unwrap();
        assert_eq!(target(&mut request).unwrap(), "/y?a=1&q=1");
    }

    #[test]
    fn what_a_parameter_says_is_not_said_by_the_path_too() {
        static LIST: Operation = Operation::new("list", HttpMethod::Get, "/x?comp=list&$top=1&kind=a");
        for (given, expected) in [
            (&[][..], "/x?comp=list&$top=1&kind=a"),
            (&["comp"], "/x?$top=1&kind=a&comp=y"),
            (&["other", "$top"], "/x?comp=list&kind=a&other=y&%24top=y"),
            (&["comp", "kind", "$top"], "/x?comp=y&kind=y&%24top=y"),
        ] {
            let mut request = Request::new(&LIST);
            for name in given {
                request.parameter(&Parameter::query(name), "y").unwrap();
            }
            assert_eq!(target(&mut request).unwrap(), expected);
        }
    }

    #[test]
    fn dots_that_are_encoded_already_are_dots() {
        static KEPT: Operation = Operation::new("get", HttpMethod::Get, "/a/{id}/b");
        for id in ["%2e%2E", ".%2e", "%2E"] {
            let mut request = Request::new(&KEPT);
            request.parameter(&Parameter::path("id").allow_reserved(true), id).unwrap();
            assert!(matches!(target(&mut request), Err(RequestProblem::DotSegment)), "{id}");
        }
    }

    #[test]
    fn slashes_that_stay_lead_nowhere_else() {
        static KEPT: Operation = Operation::new("get", HttpMethod::Get, "/a/{id}/b");
        let mut request = Request::new(&KEPT);
        request.parameter(&Parameter::path("id").slashes(), "x/y z/..w").unwrap();
        assert_eq!(target(&mut request).unwrap(), "/a/x/y%20z/..w/b");
        for id in ["x/..", "../x", "x/./y"] {
            let mut request = Request::new(&KEPT);
            request.parameter(&Parameter::path("id").slashes(), id).unwrap();
            assert!(matches!(target(&mut request), Err(RequestProblem::DotSegment)), "{id}");
        }
    }

    #[test]
    fn path_parameters_must_have_text() {
        let mut request = Request::new(&GET);
        let error = request.parameter(&Parameter::path("id"), "").unwrap_err();
        assert_eq!(error.to_string(), "getThing: the path parameter `id` must not be empty");
        request.parameter(&Parameter::path("id"), &None::<u8>).unwrap_err();
        let error = InvalidRequest::of("getThing", target(&mut request).unwrap_err());
        assert_eq!(error.to_string(), "getThing: the path parameter `id` is missing");
    }

    #[test]
    fn a_required_parameter_is_not_left_out() {
        for (parameter, place) in
            [(Parameter::query("p"), "query"), (Parameter::header("p"), "header"), (Parameter::cookie("p"), "cookie")]
        {
            for style in [parameter, parameter.explode(!parameter.explode)] {
                for nothing in [json!([]), json!({}), json!(null), json!([null]), json!({"k": null})] {
                    let mut request = Request::new(&POST);
                    let error = request.parameter(&style.required(), &nothing).unwrap_err().to_string();
                    let expected =
                        format!("createThing: the {place} parameter `p` is required, and nothing of its value is sent");
                    assert_eq!(error, expected, "{nothing}");
                    request.parameter(&style, &nothing).unwrap();
                    assert!(request.headers.is_empty() && request.cookies().is_empty(), "{place} {nothing}");
                    assert_eq!(target(&mut request).unwrap(), "/things", "{place} {nothing}");
                }
                let mut request = Request::new(&POST);
                request.parameter(&style.required(), "").unwrap();
            }
        }
        let mut request = Request::new(&POST);
        request.parameter(&Parameter::query("p").style(Style::Json).required(), &json!([])).unwrap();
        request.parameter(&Parameter::query("q").required(), "").unwrap();
        assert_eq!(target(&mut request).unwrap(), "/things?p=%5B%5D&q=");
    }

    #[test]
    fn a_path_parameter_does_not_climb() {
        static OPERATION: Operation = Operation { path: "/things/{id}/x", ..GET_THING };
        for id in [".", ".."] {
            let mut request = Request::new(&OPERATION);
            request.parameter(&Parameter::path("id"), id).unwrap();
            assert!(matches!(target(&mut request), Err(RequestProblem::DotSegment)), "{id}");
        }
        let mut request = Request::new(&OPERATION);
        request.parameter(&Parameter::path("id"), "../a").unwrap();
        assert_eq!(target(&mut request).unwrap(), "/things/..%2Fa/x");
    }

    #[test]
    fn a_header_cannot_be_broken_out_of() {
        let mut request = Request::new(&POST);
        let error = request.parameter(&Parameter::header("X-Thing"), "a\r\nEvil: yes").unwrap_err();
        assert_eq!(error.to_string(), "createThing: the header `X-Thing` holds characters that a header must not hold");
        request.parameter(&Parameter::header("X-Thing"), "grün").unwrap();
        assert_eq!(request.headers["x-thing"].as_bytes(), "grün".as_bytes());
        request.body("text/plain\n", Body::from(""));
        assert!(target(&mut request).is_err());
    }

    #[test]
    fn a_header_that_would_arrive_as_another_is_refused() {
        let expected = "the header `X-Thing` begins or ends with white space, which whoever receives it takes away";
        for padded in [" a", "a ", "\ta", "a\t", " "] {
            let mut request = Request::new(&POST);
            let error = request.parameter(&Parameter::header("X-Thing"), padded).unwrap_err();
            assert_eq!(error.to_string(), format!("createThing: {expected}"), "{padded:?}");
            request.set_header(HeaderName::from_static("x-thing"), HeaderValue::from_str(padded).unwrap());
            assert!(matches!(target(&mut request), Err(RequestProblem::PaddedHeader(_))), "{padded:?}");
            let settings = CallOptions::new().header("X-Thing", padded).settings();
            assert!(matches!(settings, Err(RequestProblem::PaddedHeader(_))), "{padded:?}");
        }
        let mut request = Request::new(&POST);
        for kept in ["a b", ""] {
            request.parameter(&Parameter::header("X-Thing"), kept).unwrap();
            assert_eq!(request.headers["x-thing"], kept);
        }
    }

    #[test]
    fn json_bodies() {
        let mut request = Request::new(&POST);
        request.json("application/merge-patch+json", &None::<u8>).unwrap();
        assert_eq!(body_text(&request), "null");
        request.json("application/merge-patch+json", &json!({"a": null})).unwrap();
        assert_eq!(body_text(&request), "{\"a\":null}");
        assert_eq!(request.headers[CONTENT_TYPE], "application/merge-patch+json");
    }

    #[test]
    fn a_number_that_json_lacks_is_not_sent_as_null() {
        let number = f64::NAN;
        let members = std::collections::BTreeMap::from([("a", number)]);
        let mut request = Request::new(&POST);
        let error = request.json("application/merge-patch+json", &members).unwrap_err();
        assert_eq!(error.to_string(), "createThing: `body` is no JSON value: NaN is no number that JSON can hold");
        request.lines("application/jsonl", &[f64::INFINITY]).unwrap_err();
        request.form("application/x-www-form-urlencoded", &members, &[]).unwrap_err();
        request.query_json(&number).unwrap_err();
        request.parameter(&Parameter::query("q"), &number).unwrap_err();
        request.parameter(&Parameter::header("X-List"), &[1.0, number]).unwrap_err();
        let mut form = Multipart::new();
        form.value("part", &number);
        request.multipart(form);
        assert!(target(&mut request).unwrap_err().to_string().contains("NaN is no number"));
    }

    #[test]
    fn a_list_is_not_sent_as_another() {
        let mut request = Request::new(&POST);
        let error = request.parameter(&Parameter::header("X-Days"), &["Wed, 21 Oct", "x"]).unwrap_err();
        let expected = "createThing: `X-Days` cannot be sent: a value within it holds ',', which stands between values";
        assert_eq!(error.to_string(), expected);
        request.parameter(&Parameter::header("X-Day"), "Wed, 21 Oct").unwrap();
        assert_eq!(request.headers["x-day"], "Wed, 21 Oct");
        static PIPES: &[(&str, Parameter)] =
            &[("tags", Parameter::query("tags").style(Style::PipeDelimited).explode(false))];
        request.form("application/x-www-form-urlencoded", &json!({"tags": ["a|b"]}), PIPES).unwrap_err();
        let mut form = Multipart::new();
        form.styled(&Parameter::query("tags").explode(false), &["a,b", "c"]);
        request.multipart(form);
        let problem = target(&mut request).unwrap_err().to_string();
        assert_eq!(problem, "the part `tags` cannot be sent: a value within it holds ',', which stands between values");
    }

    #[test]
    fn form_bodies() {
        const FORM: &str = "application/x-www-form-urlencoded";
        static ENCODING: &[(&str, Parameter)] = &[
            ("tags", Parameter::query("tags").explode(false)),
            ("deep", Parameter::query("deep").style(Style::DeepObject)),
        ];
        let mut request = Request::new(&POST);
        let value =
            json!({"a": "b c&d", "deep": {"x": 1}, "list": [1, 2], "none": null, "o": {"k": 1}, "tags": ["t", "u"]});
        request.form(FORM, &value, ENCODING).unwrap();
        assert_eq!(body_text(&request), "a=b+c%26d&deep%5Bx%5D=1&list=1&list=2&o=%7B%22k%22%3A1%7D&tags=t,u");
        request.form(FORM, &[1], &[]).unwrap_err();
    }

    #[test]
    fn set_query_replaces_in_place() {
        let mut request = Request::new(&POST);
        for (name, value) in [("limit", 1), ("offset", 2), ("limit", 3)] {
            request.parameter(&Parameter::query(name), &value).unwrap();
        }
        request.set_query("limit", "a b".to_owned());
        request.set_query("page[size]", "5".to_owned());
        assert_eq!(target(&mut request).unwrap(), "/things?limit=a%20b&offset=2&page%5Bsize%5D=5");
        assert_eq!(request.query("limit").as_deref(), Some("a b"));
        assert_eq!(request.query("other"), None);
    }

    #[test]
    fn a_clone_is_the_same_and_a_stream_has_none() {
        let mut request = Request::new(&POST);
        request.parameter(&Parameter::cookie("c"), &["a", "b"]).unwrap();
        request.text("text/plain", "x".to_owned());
        let clone = request.try_clone().unwrap();
        assert_eq!(clone.cookies(), "c=a; c=b");
        assert_eq!(body_text(&clone), "x");
        request.body("text/plain", Body::stream(futures_util::stream::iter([Ok::<_, std::io::Error>("x")])));
        assert!(request.try_clone().is_none());
    }

    #[test]
    fn debug_shows_names_only() {
        let mut request = Request::new(&POST);
        request.parameter(&Parameter::query("password"), "hunter2").unwrap();
        request.json("application/json", "hunter2").unwrap();
        let shown = format!("{request:?}");
        assert!(shown.contains("password") && !shown.contains("hunter2"), "{shown}");
    }
}
