//! Every decision about a crate: what lowering understood of the document, and what polish and emit make the crate of.
//!
//! The *wire plan* says how each operation goes over the wire, the *type plan* what each Rust type means in JSON. Lowering
//! writes both, polish and emit only read them, so every fact about the vendor's document is decided in one place.

mod layout;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::layout::{ALL_TAGS, Arrangement, CLIENT, Layout, OperationTag, TagNames, TagPath};

/// Everything polish and emit need to know about one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What concerns the API as a whole.
    pub api: Api,
    /// The operations, in the document's order.
    pub operations: Vec<Operation>,
    /// Where they stand, and what each feature needs.
    pub layout: Layout,
    /// The named types by their Rust name, in the order they were found.
    pub types: IndexMap<String, TypeDef>,
    /// The headers of answers, by the names of their types.
    pub headers: IndexMap<String, Vec<ResponseHeader>>,
    /// What the vendor sends of its own accord.
    pub webhooks: Webhooks,
    /// The types of the definitions, bodies and parameters by the JSON pointers of their schemas.
    pub schemas: BTreeMap<String, TypeRef>,
    /// How values stand in XML, where bodies are that.
    pub xml: Xml,
    /// How deep rustc has to follow types, where that is more than it does of its own accord.
    pub recursion_limit: Option<usize>,
    /// All names by the places of what has them: the next crate of this API keeps them.
    pub names: Lock,
}

/// All names that a crate has, for the next time that it is made. Places are JSON pointers into the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// Whether operations stand by tag.
    pub arrangement: Option<Arrangement>,
    /// The names of the tags that operations stand by, by what the document calls them; `""` is that of operations without.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, TagNames>,
    /// The tag that each operation stands by, by the operation's place.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tagged: BTreeMap<String, String>,
    /// Where each operation stands, by its `operationId`.
    pub operations: BTreeMap<String, String>,
    /// The methods that begin calls, by the places of their operations.
    pub methods: BTreeMap<String, String>,
    /// The types of the calls, by the places of their operations.
    pub calls: BTreeMap<String, String>,
    /// What the errors and inline schemas of operations are named after, by the places of their operations; where it is
    /// not the type of the call.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, String>,
    /// The enums that the errors of operations are read into, by the places of the operations that describe errors.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub error_enums: BTreeMap<String, String>,
    /// The types of the headers of answers, by the places of the operations with `success` or `error` behind them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header_sets: BTreeMap<String, String>,
    /// The types, by the places of their schemas. Where schemas are merged, several types may be from one place.
    pub types: BTreeMap<String, String>,
    /// What is within types, by the types' names: of unions all, of other types where something is not called by the first name
    /// that it asks for. None of a crate whose generator did not note it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<BTreeMap<String, MemberNames>>,
}

/// What the fields, values or alternatives of a type are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberNames {
    /// What holds all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<String>,
    /// Each by its property, value, definition, or what it means.
    pub names: BTreeMap<String, String>,
}

/// How values stand in XML (OpenAPI 3.0 section 4.7.26, 3.2 section 4.26).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Xml {
    /// The roots of bodies, by the names of their statics.
    pub roots: IndexMap<String, XmlElement>,
    /// What is referred to from there, by the names of their statics.
    pub shapes: IndexMap<String, XmlShape>,
}

/// A name in XML.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct XmlName {
    /// The name without a prefix.
    pub local: String,
    /// The namespace's URI; empty for none.
    pub namespace: String,
    /// The prefix that it is written with; empty for none.
    pub prefix: String,
}

/// An element: the root of a body, or an item of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct XmlElement {
    /// What it is called.
    pub name: XmlName,
    /// Whether the document says so.
    pub is_named: bool,
    /// What it holds.
    pub content: XmlContent,
}

/// What stands in an element or an attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum XmlContent {
    /// Text to the letter.
    Text,
    /// Text that white space around it is no part of.
    Token,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Anything.
    Any,
    /// What has a static of this name.
    Shape(String),
}

/// What needs a static: it may contain itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum XmlShape {
    /// Items, each an element.
    List(XmlElement),
    /// Properties, and how others stand.
    Object(Vec<XmlMember>, Option<XmlMember>),
    /// One of several, and what tells them apart: a property and its values.
    Union(Vec<XmlContent>, Option<(String, Vec<(String, usize)>)>),
}

/// A property in XML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct XmlMember {
    /// Its key in JSON.
    pub property: String,
    /// What it is called.
    pub name: XmlName,
    /// As what it stands there.
    pub node: XmlNode,
    /// Whether it is always there.
    pub required: bool,
    /// What it holds, or what an item of it does.
    pub content: XmlContent,
}

/// As what a property stands in the element of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum XmlNode {
    /// An element.
    Element,
    /// An element for each item.
    Items,
    /// An attribute.
    Attribute,
    /// Text.
    Text,
    /// Text in a CDATA section.
    Cdata,
    /// Nothing of its own: its members stand in the element around.
    Group,
}

impl Plan {
    /// Whether it has anything that the document deprecates, beside operations, and that the crate itself refers to.
    pub fn has_deprecated(&self) -> bool {
        let types = self.types.values().any(|found| {
            found.docs.deprecated
                || match &found.kind {
                    TypeKind::Struct(found) => found.fields.iter().any(|field| field.docs.deprecated),
                    TypeKind::Enum(found) => found.variants.iter().any(|variant| variant.deprecated),
                    TypeKind::Union(_) | TypeKind::Newtype(_) => false,
                }
        });
        let parameters = self.operations.iter().flat_map(|operation| &operation.parameters);
        let mut webhooks = self.webhooks.any.iter().flat_map(|any| &any.variants);
        types
            || parameters.into_iter().any(|parameter| parameter.docs.deprecated)
            || webhooks.any(|webhook| webhook.deprecated)
    }
}

impl Api {
    /// The crate's name in code.
    pub fn crate_ident(&self) -> String {
        self.crate_name.replace('-', "_")
    }
}

/// The API as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// Package name of the generated crate.
    pub crate_name: String,
    /// `info.title`.
    pub title: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: String,
    /// The servers of the document's root; never empty (OpenAPI 3.0 section 4.7.1: the default is `/`).
    pub servers: Vec<Server>,
    /// `components.securitySchemes`.
    pub schemes: Vec<SecurityScheme>,
    /// `externalDocs`: the vendor's page about the API.
    pub external_docs: Option<ExternalDocs>,
    /// The vendor's published limit, from `x-switchboard-rate-limit`.
    pub rate_limit: Option<RateLimit>,
    /// `x-switchboard-crate`: what Cargo.toml says.
    pub manifest: Manifest,
}

/// Facts for the generated `Cargo.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// One line for the registry.
    pub description: Option<String>,
    /// At most five keywords.
    pub keywords: Vec<String>,
    /// Registry categories.
    pub categories: Vec<String>,
}

/// So many requests in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In how many milliseconds.
    pub milliseconds: u64,
}

/// One entry of `servers`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The URL template.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// `x-switchboard-name`, or a name from the description or host.
    pub ident: String,
    /// The template's variables.
    pub variables: Vec<ServerVariable>,
}

/// One variable of a server's URL template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerVariable {
    /// Name as in the template.
    pub name: String,
    /// The same as a Rust identifier.
    pub ident: String,
    /// Value when the user gives none, which may be empty; none where the user has to give one.
    pub default: Option<String>,
    /// Allowed values; empty for any.
    pub values: Vec<String>,
    /// What it means.
    pub description: Option<String>,
}

impl ServerVariable {
    /// Whether the default only holds the place of a value that each user has their own of.
    pub fn is_placeholder(&self) -> bool {
        let plain = |text: &str| {
            text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase()
        };
        let holds_a_place = |text: &str| {
            let default = plain(text);
            // An empty one is a value, one of mere dashes is none.
            !text.is_empty()
                && (default.is_empty()
                    || default == plain(&self.name)
                    || default.starts_with("your")
                    || text.starts_with(['<', '{']))
        };
        self.values.is_empty() && self.default.as_deref().is_none_or(holds_a_place)
    }
}

/// One security scheme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityScheme {
    /// Key in `components.securitySchemes`.
    pub name: String,
    /// The client builder's method for it.
    pub ident: String,
    /// What it is for.
    pub description: Option<String>,
    /// `deprecated`: credentials of another scheme are preferred.
    pub deprecated: bool,
    /// What its tokens can be asked for, whatever the flow.
    pub scopes: Vec<Scope>,
    /// How it goes over the wire.
    pub kind: SchemeKind,
}

/// What a call cannot do without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Required<'a> {
    /// A parameter.
    Parameter(&'a Parameter),
    /// A part of the only body, which is a form.
    Part(&'a FormPart),
    /// The body, in any of its media types.
    Body(&'a Body),
}

impl Required<'_> {
    /// The argument's name.
    pub fn ident(&self) -> &str {
        match self {
            Self::Parameter(parameter) => &parameter.ident,
            Self::Part(part) => &part.ident,
            Self::Body(body) => &body.ident,
        }
    }
}

impl Operation {
    /// How its method is reached from a client: `issues().get`.
    pub fn method_path(&self) -> String {
        self.tag.as_ref().map_or_else(|| self.ident.clone(), |tag| format!("{}().{}", tag.module, self.ident))
    }

    /// The module of its call, below the crate's root: `calls::issues`.
    pub fn calls_module(&self) -> String {
        self.tag.as_ref().map_or_else(|| "calls".to_owned(), |tag| format!("calls::{}", tag.module))
    }

    /// Its method, below the crate's root: `Client::get`, `calls::issues::Issues::get`.
    pub fn method_item(&self) -> String {
        match &self.tag {
            Some(tag) => format!("{}::{}::{}", self.calls_module(), tag.type_ident, self.ident),
            None => format!("Client::{}", self.ident),
        }
    }

    /// What users call the type of its errors, whichever enum that is.
    pub fn error_alias(&self) -> String {
        format!("{}Error", self.owner)
    }

    /// How many arguments a method has at most; more are the fields of a struct, which say what they are where they are given.
    pub const MAX_ARGUMENTS: usize = 4;

    /// What the document requires of a call, in its order, the body last; without what has but one value.
    pub fn required(&self) -> Vec<Required<'_>> {
        let parameters = self.parameters.iter().filter(|parameter| parameter.required && parameter.constant.is_none());
        let mut required: Vec<Required<'_>> = parameters.map(Required::Parameter).collect();
        match &self.body {
            Some(body) if !body.required => {}
            Some(body) if self.other_bodies.is_empty() && !body.parts.is_empty() => {
                required.extend(body.parts.iter().filter(|part| part.required).map(Required::Part));
            }
            Some(body) => required.push(Required::Body(body)),
            None => {}
        }
        required
    }

    /// The body in all its media types.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.body.iter().chain(&self.other_bodies)
    }
}

impl Payload {
    /// The type of a body that is read as a whole.
    pub fn value(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::Xml(ty, _) | Self::AsSaid(ty) => Some(ty),
            _ => None,
        }
    }
}

impl BodyKind {
    /// The type of a body that is made of one value.
    pub fn value(&self) -> Option<&TypeRef> {
        match self {
            Self::Json(ty) | Self::Xml(ty, _) | Self::Form(ty, _) | Self::Lines(ty) => Some(ty),
            Self::Text | Self::Binary | Self::Multipart => None,
        }
    }
}

impl SecurityScheme {
    /// The client builder's methods by which its credential is given, any of which will do.
    pub fn setters(&self) -> Vec<String> {
        match &self.kind {
            // The generated builder has none of its own: the certificate is the transport's.
            SchemeKind::MutualTls => vec!["client_certificate".to_owned()],
            SchemeKind::OAuth2 { client_credentials: Some(_) } => {
                vec![self.ident.clone(), format!("{}_token", self.ident.trim_end_matches('_'))]
            }
            _ => vec![self.ident.clone()],
        }
    }
}

/// What a token may be good for (RFC 6749, section 3.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub description: Option<String>,
}

/// How a credential goes over the wire (OpenAPI 3.1, Security Scheme Object).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SchemeKind {
    /// A key in a header, query parameter or cookie.
    ApiKey {
        /// Where it is put.
        location: Location,
        /// Name of the header, query parameter or cookie.
        name: String,
    },
    /// HTTP Basic.
    Basic,
    /// HTTP Bearer.
    Bearer,
    /// Another HTTP authentication scheme.
    HttpOther {
        /// Its name, as sent.
        scheme: String,
    },
    /// OAuth 2; without a client credentials flow the user brings the access token.
    OAuth2 {
        /// The flow that the client can run by itself.
        client_credentials: Option<ClientCredentialsFlow>,
    },
    /// OpenID Connect: the user brings the token.
    OpenIdConnect,
    /// A client certificate: a matter of the transport.
    MutualTls,
}

/// OAuth 2 client credentials (RFC 6749 section 4.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientCredentialsFlow {
    /// Where tokens are asked for.
    pub token_url: String,
    /// The `audience` parameter some vendors demand.
    pub audience: Option<String>,
    /// Whether client id and secret go by HTTP Basic rather than in the form.
    pub basic_auth: bool,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
    /// All of the query string.
    QueryString,
}

impl Location {
    /// The document's word for it: the value of `in` (OpenAPI 3.2 section 4.12).
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::QueryString => "querystring",
        }
    }

    /// The style when none is given (OpenAPI 3.2 section 4.12.2.2). The whole query has none: it is a text.
    pub fn default_style(self) -> Style {
        match self {
            Self::Path | Self::Header | Self::QueryString => Style::Simple,
            Self::Query | Self::Cookie => Style::Form,
        }
    }
}

impl Style {
    /// Whether lists and objects are exploded when nothing is said of it (OpenAPI 3.2 section 4.12.2.2). Of `deepObject`
    /// there is but one way.
    pub fn explodes(self) -> bool {
        matches!(self, Self::Form | Self::Cookie | Self::DeepObject)
    }
}

/// How a parameter's value is written (OpenAPI 3.0 section 4.7.12.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    /// Comma separated.
    Simple,
    /// Dot prefixed.
    Label,
    /// Semicolon prefixed.
    Matrix,
    /// `name=value`.
    Form,
    /// As `Form`, and nothing is encoded.
    Cookie,
    /// Space separated.
    SpaceDelimited,
    /// Pipe separated.
    PipeDelimited,
    /// Tab separated: Swagger 2.0 has it, OpenAPI 3 has not.
    TabDelimited,
    /// `name[key]=value`.
    DeepObject,
    /// `content: application/json`.
    Json,
}

/// How what stands within a list or an object is written, which OpenAPI leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nested {
    /// As most servers read it, by the style.
    Usual,
    /// As JSON.
    Json,
    /// Lists as pairs of the same name.
    Repeat,
    /// `name[]=value`, `name[key]=value`.
    Brackets,
    /// `name[0]=value`, `name[key]=value`.
    Index,
    /// Comma separated.
    Comma,
    /// Space separated.
    Space,
    /// Tab separated.
    Tab,
    /// Pipe separated.
    Pipe,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The operationId as documented (or as given to one that had none).
    pub id: String,
    /// The tag that it stands by; none where it stands on the client itself.
    pub tag: Option<TagPath>,
    /// Method name on the client, or on what stands there for its tag; `snake_case`.
    pub ident: String,
    /// The type of its calls, `PascalCase`.
    pub type_ident: String,
    /// What its errors and the types of its inline schemas are named after: no other operation of the crate has it.
    pub owner: String,
    /// The struct that holds what is required, where that is too much for arguments.
    pub required_ident: Option<String>,
    /// The enum of its bodies, where there are several.
    pub body_ident: Option<String>,
    /// HTTP method as it is sent.
    pub method: String,
    /// Path template as documented.
    pub path: String,
    /// JSON pointer to the operation.
    pub pointer: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Parameters, path parameters first in template order.
    pub parameters: Vec<Parameter>,
    /// Request body, in the media type that can be typed best.
    pub body: Option<Body>,
    /// The same in other media types, for the caller to choose.
    pub other_bodies: Vec<Body>,
    /// What success means.
    pub success: Success,
    /// What else success can mean, if the caller asks for another media type.
    pub other_successes: Vec<OtherSuccess>,
    /// Documented error statuses, exact ones before ranges and those before all others.
    pub errors: Vec<ErrorResponse>,
    /// The enum that its errors are read into, if the document describes any: that of all operations that describe the same.
    pub error_enum: Option<String>,
    /// The type of the headers of a success, if the document describes any.
    pub headers: Option<String>,
    /// The type of the headers of an error, if the document describes any.
    pub error_headers: Option<String>,
    /// Alternatives of combinations of scheme names (with scopes); empty: send none.
    pub security: Vec<Vec<(String, Vec<String>)>>,
    /// Servers that replace the API's.
    pub servers: Vec<Server>,
    /// Value of the `Accept` header; empty for none.
    pub accept: String,
    /// Whether a repeat does no harm (RFC 9110 section 9.2.2, or the overlay says so).
    pub repeatable: bool,
    /// How its pages follow one another.
    pub paging: Option<Paging>,
    /// What ends its answer, if that is a stream and the document says so.
    pub stream_end: Option<StreamEnd>,
    /// Example bodies of its requests and responses.
    pub examples: Vec<Example>,
}

/// The vendor's page about something (OpenAPI 3.0 section 4.7.11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExternalDocs {
    /// Where it is.
    pub url: String,
    /// What it tells.
    pub description: Option<String>,
}

/// What ends a stream of events, or of lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StreamEnd {
    /// An event, or a line, that says just this.
    Data(String),
    /// An event of this kind.
    Event(String),
    /// Nothing but the end of the answer.
    Never,
}

/// An example body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Where it is from, as part of an identifier: `request`, `ok_result`.
    pub name: String,
    /// JSON pointer to it.
    pub pointer: String,
    /// What it is an example of.
    pub ty: TypeRef,
    /// The body.
    pub value: Value,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name on the wire.
    pub name: String,
    /// Setter and field name.
    pub ident: String,
    /// Where it goes.
    pub location: Location,
    /// How it is written.
    pub style: Style,
    /// Whether arrays and objects become several pairs.
    pub explode: bool,
    /// Whether RFC 3986's reserved characters stay as they are.
    pub allow_reserved: bool,
    /// How lists and objects within arrays and objects are written.
    pub nested: Nested,
    /// Of a form that is the whole query, the fields that are not written in the default style.
    pub fields: Vec<FormField>,
    /// Whether the request is invalid without it.
    pub required: bool,
    /// The only value that it can have, if it is always sent: nobody has to set it.
    pub constant: Option<Value>,
    /// Its type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
}

/// A success in a media type that the caller has to ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherSuccess {
    /// The method that asks for it.
    pub ident: String,
    /// The media type.
    pub media_type: String,
    /// What comes then.
    pub success: Success,
}

/// The request body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Its name among the arguments: `body`, or with its kind behind it, where it is one of several.
    pub ident: String,
    /// The variant for it, where it is one of several.
    pub variant: String,
    /// Media type sent. A range such as `image/*` is refused until the caller names one of it.
    pub media_type: String,
    /// Whether the caller may name another media type: there are several, or a range.
    pub open_media_type: bool,
    /// The parts that the document names, if it is `multipart/form-data`.
    pub parts: Vec<FormPart>,
    /// How it is encoded.
    pub kind: BodyKind,
    /// Whether the request is invalid without it.
    pub required: bool,
    /// Documentation.
    pub description: Option<String>,
}

/// How a request body is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BodyKind {
    /// JSON of a type.
    Json(TypeRef),
    /// XML of a type, with the name of its root's static.
    Xml(TypeRef, String),
    /// `application/x-www-form-urlencoded`, with the fields that are not written in the default style.
    Form(TypeRef, Vec<FormField>),
    /// JSON values of a list of a type, one after the other.
    Lines(TypeRef),
    /// Text as it is.
    Text,
    /// Any bytes, possibly streamed.
    Binary,
    /// `multipart/form-data`, put together by the caller.
    Multipart,
}

/// One part of `multipart/form-data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormPart {
    /// Its name on the wire.
    pub name: String,
    /// Setter and field name.
    pub ident: String,
    /// What it holds.
    pub content: PartContent,
    /// The media type that the document gives it.
    pub media_type: Option<String>,
    /// How its value is written, where that is in a style and not as a media type.
    pub style: Option<FormField>,
    /// The name of its root's static, where its value, or each item of its list, is written as XML.
    pub xml: Option<String>,
    /// Headers of its own.
    pub headers: Vec<PartHeader>,
    /// Whether the form is invalid without it.
    pub required: bool,
    /// Documentation.
    pub docs: Docs,
}

/// A header of a part (OpenAPI 3.0 section 4.7.15.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartHeader {
    /// The header, with a setter of its own.
    pub parameter: Parameter,
    /// Whether the part is invalid without it.
    pub required: bool,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PartContent {
    /// A file or other bytes.
    File,
    /// Several of them under one name.
    Files,
    /// A value, written as OpenAPI says for its type.
    Value(TypeRef),
}

/// How one field of a form is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormField {
    /// Field name on the wire.
    pub name: String,
    /// Its style.
    pub style: Style,
    /// Whether arrays and objects become several pairs.
    pub explode: bool,
    /// Whether reserved characters stay.
    pub allow_reserved: bool,
    /// How lists and objects within arrays and objects are written.
    pub nested: Nested,
}

/// Which statuses one response stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Exactly this one.
    Code(u16),
    /// A class such as `4XX`, by its first digit.
    Range(u16),
    /// All the others.
    Default,
}

/// What a response's body is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Payload {
    /// JSON of a type.
    Json(TypeRef),
    /// XML of a type, with the name of its root's static; JSON, if the answer says that it is that.
    Xml(TypeRef, String),
    /// A type that holds text: JSON or the text itself, whichever the answer says that it is.
    AsSaid(TypeRef),
    /// Text.
    Text,
    /// Bytes, streamed where it is the only success.
    Binary,
    /// Where it stands, or, where the client goes there by itself, the bytes that are there.
    Redirect,
    /// `text/event-stream`.
    Events(Events),
    /// Newline delimited JSON items.
    Lines(TypeRef),
    /// Nothing.
    Empty,
}

/// A stream of events, by what their data is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// The type of the data.
    pub ty: TypeRef,
    /// How the data is read of events of no kind that is listed.
    pub data: EventData,
    /// The kinds of events that the document describes, whose data is read in ways of their own.
    pub kinds: Vec<EventKind>,
}

/// How the data of an event is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventData {
    /// As JSON, or as the text that it is: the document does not say.
    Unsaid,
    /// As JSON.
    Json,
    /// As text.
    Text,
}

/// One kind of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventKind {
    /// What its field `event` says.
    pub kind: String,
    /// The type of its data.
    pub ty: TypeRef,
    /// How its data is read.
    pub data: EventData,
    /// The variant for that, where the type of all events' data is a union that has one.
    pub variant: Option<String>,
}

/// What an operation's success yields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Success {
    /// The same for every success status.
    One(Payload),
    /// An enum by status.
    ByStatus {
        /// Its Rust name.
        ident: String,
        /// Its variants.
        variants: Vec<StatusVariant>,
    },
}

/// One status with what it carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusVariant {
    /// Which statuses.
    pub status: Status,
    /// Variant name.
    pub ident: String,
    /// Body.
    pub payload: Payload,
    /// Documentation.
    pub description: Option<String>,
}

/// A header of an answer (OpenAPI 3.0 section 4.7.21).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseHeader {
    /// Its name, as the document spells it.
    pub name: String,
    /// The method that reads it.
    pub ident: String,
    /// How it is written.
    pub form: HeaderForm,
    /// Whether every answer has it.
    pub required: bool,
    /// Its type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
}

/// How the value of a response header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderForm {
    /// In the style `simple`.
    Simple,
    /// The same, exploded.
    Exploded,
    /// As the items of a list with this character between them, which OpenAPI has no word for.
    Parted(char),
    /// As JSON.
    Json,
    /// A text a line.
    Lines,
}

/// What the vendor sends of its own accord: the payloads of webhooks and callbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Webhooks {
    /// All of them, in the document's order.
    pub all: Vec<Incoming>,
    /// Any of the webhooks that send JSON, if there are some.
    pub any: Option<AnyWebhook>,
    /// How the vendor signs what it sends, from `x-switchboard-webhooks`.
    pub signature: Option<Signature>,
}

/// Any webhook, by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnyWebhook {
    /// Its Rust name.
    pub ident: String,
    /// The webhooks, in the document's order.
    pub variants: Vec<WebhookVariant>,
    /// Name of the variant for webhooks that the document does not list.
    pub other: String,
    /// Where a delivery says which webhook it is; none where nothing tells.
    pub name: Option<WebhookName>,
}

/// One webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookVariant {
    /// Rust name.
    pub ident: String,
    /// Key in `webhooks`.
    pub key: String,
    /// What deliveries of it say that they are: the key, and the values that the payload fixes.
    pub names: Vec<String>,
    /// The payload's type.
    pub ty: TypeRef,
    /// `deprecated`.
    pub deprecated: bool,
}

/// Where a delivery says which webhook it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookName {
    /// Nowhere: there is but one, of this name.
    Only(String),
    /// In this header.
    Header(String),
    /// In the body, at this JSON pointer.
    Body(String),
}

/// How webhooks are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signature {
    /// As Standard Webhooks says.
    Standard,
    /// HMAC-SHA256 in a way of the vendor's.
    Own(OwnSignature),
}

/// HMAC-SHA256 over a text, in a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSignature {
    /// The header.
    pub header: String,
    /// What stands between several signatures.
    pub separator: Option<char>,
    /// What stands before each.
    pub prefix: String,
    /// How it is written.
    pub encoding: SignatureEncoding,
    /// What is signed.
    pub signed: Vec<SignedPiece>,
    /// Where the time stands.
    pub timestamp: Option<SignedAt>,
    /// How far it may be off, in seconds.
    pub tolerance: u64,
    /// How secrets are handed out.
    pub secret: SecretForm,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignatureEncoding {
    /// In hexadecimal digits.
    Hex,
    /// In Base64.
    Base64,
}

/// A piece of what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedPiece {
    /// This text.
    Text(String),
    /// The body.
    Body,
    /// The time.
    Timestamp,
    /// The value of this header.
    Header(String),
}

/// Where the time of a signature stands, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedAt {
    /// In this header.
    Header(String),
    /// Beside the signatures, behind this prefix.
    Beside(String),
}

/// How the key of signatures is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretForm {
    /// The secret is the key.
    Text,
    /// In Base64.
    Base64,
    /// In hexadecimal digits.
    Hex,
}

/// What one call carries that the vendor makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// What it is.
    pub origin: Origin,
    /// The name of the payload's type.
    pub ident: String,
    /// HTTP method in upper case.
    pub method: String,
    /// The payload's media type.
    pub media_type: String,
    /// The payload's type.
    pub ty: TypeRef,
    /// Documentation.
    pub docs: Docs,
}

/// Why the vendor makes a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Origin {
    /// By itself.
    Webhook {
        /// Key in `webhooks`.
        name: String,
    },
    /// On account of an operation.
    Callback {
        /// Key in `callbacks`.
        name: String,
        /// The operation's method.
        operation: String,
        /// The tag that the operation stands by.
        tag: Option<TagPath>,
        /// The URL, as a runtime expression.
        url: String,
    },
}

/// One documented error.
pub type ErrorResponse = StatusVariant;

/// How pages follow one another. Pointers are JSON pointers into the body of a page, with names as on the wire; but for those
/// to the items and into them, they may be headers of the answer, as `header:NAME`. Arguments are names of query parameters,
/// headers as `header:NAME`, or JSON pointers to members of the request's JSON body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paging {
    /// How one page leads to the next.
    pub style: PagingStyle,
    /// Argument with the page's size.
    pub limit: Option<String>,
    /// Items per page when the caller sets none; `None` leaves it to the server.
    pub page_size: Option<u64>,
    /// To the items; empty when the body is the array.
    pub items: String,
    /// The same as Rust fields.
    pub path: Vec<Step>,
    /// The items' type.
    pub item: TypeRef,
    /// To the number of all items.
    pub total: Option<String>,
    /// To the number of all pages.
    pub total_pages: Option<String>,
    /// To what says whether there is another page.
    pub has_more: Option<String>,
    /// What stands for a list without items, beside `[]`.
    pub empty: Empty,
    /// Whether the list ends where a page leads to one that was asked for already.
    pub repeat_ends: bool,
    /// Whether links are followed by GET, whatever method began the list.
    pub links_by_get: bool,
    /// Query parameters by which a caller may begin elsewhere than at the first item, beside the style's own.
    pub begins: Vec<String>,
}

/// What an API sends in the place of a list that has no items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Empty {
    /// The list is left out.
    pub absent: bool,
    /// `null` stands in its place.
    pub null: bool,
    /// The whole body is empty.
    pub body: bool,
}

/// How one page leads to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PagingStyle {
    /// By how many items to pass over.
    Offset {
        /// Argument with that number.
        offset: String,
    },
    /// By the page's number.
    Page {
        /// Argument with the number.
        page: String,
        /// The number of the first page.
        first: u64,
    },
    /// By a value that the page before tells.
    Cursor {
        /// Argument that takes the value.
        cursor: String,
        /// To the value.
        next: String,
    },
    /// By a value of the last item of the page before.
    LastItem {
        /// Argument that takes the value.
        cursor: String,
        /// To the value, within the item.
        last: String,
    },
    /// By a URL that the page before tells in its body.
    Link {
        /// To the URL.
        next: String,
    },
    /// By the URL of the `Link` header.
    LinkHeader,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Into a struct.
    Field {
        /// The field's Rust name.
        ident: String,
        /// How the field is wrapped.
        presence: Presence,
    },
    /// Into what a name for a type holds.
    Inner,
    /// Into what may be null.
    Nullable,
    /// Into a map.
    Key(String),
    /// Into any JSON, by the rest of the pointer.
    Any(String),
}

/// A type as it is used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeRef {
    /// `String`.
    String,
    /// RFC 3339 date-time, kept as text.
    DateTime,
    /// RFC 3339 full-date, kept as text.
    Date,
    /// A UUID, kept as text.
    Uuid,
    /// Bytes in Base64, kept as text.
    Base64,
    /// Bytes in Base64 for URLs, kept as text.
    Base64Url,
    /// A decimal number in a string, kept as text.
    DecimalText,
    /// `i64`.
    Integer,
    /// `u64`.
    Unsigned,
    /// `f64`.
    Number,
    /// A number with all its digits.
    Decimal,
    /// `bool`.
    Boolean,
    /// A string, number or boolean, as it came.
    Scalar,
    /// Any JSON.
    Any,
    /// A named type.
    Named(String),
    /// A list.
    Array(Box<TypeRef>),
    /// A map with string keys.
    Map(Box<TypeRef>),
    /// `null` or the type; only inside lists, maps and variants.
    Nullable(Box<TypeRef>),
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDef {
    /// JSON pointer to its schema.
    pub pointer: String,
    /// Documentation.
    pub docs: Docs,
    /// What it is.
    pub kind: TypeKind,
    /// Whether requests reach it.
    pub in_request: bool,
    /// Whether responses reach it.
    pub in_response: bool,
}

/// What a named type is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TypeKind {
    /// An object with known properties.
    Struct(StructDef),
    /// A string or a whole number with known values.
    Enum(EnumDef),
    /// One of several shapes.
    Union(UnionDef),
    /// A name for a recursive list or map.
    Newtype(TypeRef),
}

impl TypeKind {
    /// The types that a value of this one holds.
    pub fn held(&self) -> Vec<&TypeRef> {
        match self {
            Self::Struct(structure) => {
                let extra = structure.extra.iter().map(|(_, ty)| ty);
                structure.fields.iter().map(|field| &field.ty).chain(extra).collect()
            }
            Self::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
            Self::Newtype(inner) => vec![inner],
            Self::Enum(_) => Vec::new(),
        }
    }
}

impl TypeRef {
    /// Whether values are texts that are kept as they came.
    pub fn is_text(&self) -> bool {
        match self {
            Self::String
            | Self::DateTime
            | Self::Date
            | Self::Uuid
            | Self::Base64
            | Self::Base64Url
            | Self::DecimalText => true,
            Self::Integer
            | Self::Unsigned
            | Self::Number
            | Self::Decimal
            | Self::Boolean
            | Self::Scalar
            | Self::Any
            | Self::Named(_)
            | Self::Array(_)
            | Self::Map(_)
            | Self::Nullable(_) => false,
        }
    }

    /// How many lists and maps, and types with null, are around the type that is named or built in.
    pub fn nesting(&self) -> usize {
        match self {
            Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) => 1 + inner.nesting(),
            _ => 0,
        }
    }
}

/// An object with known properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StructDef {
    /// The properties, in the document's order.
    pub fields: Vec<Field>,
    /// Field that keeps additional properties, with the type of their values.
    pub extra: Option<(String, TypeRef)>,
}

/// One property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Rust name.
    pub ident: String,
    /// Name on the wire.
    pub wire: String,
    /// Type of its value.
    pub ty: TypeRef,
    /// Whether it can be absent or null.
    pub presence: Presence,
    /// Whether what is sent must have it, though what comes back does not.
    pub demanded: bool,
    /// Whether what comes back must have it, though what is sent does not.
    #[serde(default)]
    pub answered: bool,
    /// Whether its value is in a `Box`: it closes a circle of structs.
    pub boxed: bool,
    /// The only value that it can have, if it is always sent: nobody has to set it.
    pub constant: Option<Value>,
    /// Documentation.
    pub docs: Docs,
}

/// Whether a property can be absent, or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Presence {
    /// Always there.
    Required,
    /// Always there, perhaps null.
    RequiredNullable,
    /// Perhaps absent.
    Optional,
    /// Perhaps absent, perhaps null.
    OptionalNullable,
}

impl Presence {
    /// Whether the property has to be there, if perhaps null.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Required | Self::RequiredNullable)
    }
}

/// A string or a whole number with known values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnumDef {
    /// What values are on the wire.
    pub base: EnumBase,
    /// The known values.
    pub variants: Vec<EnumVariant>,
    /// Name of the variant for values that are not known.
    pub other: String,
}

/// What the values of an enum are on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnumBase {
    /// Strings.
    Text,
    /// Whole numbers that an `i64` holds.
    Integer,
}

/// One known value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnumVariant {
    /// Rust name.
    pub ident: String,
    /// Value on the wire: the string, or the number in decimal digits.
    pub wire: String,
    /// Documentation.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
}

/// One of several shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnionDef {
    /// The shapes.
    pub variants: Vec<UnionVariant>,
    /// The properties that tell them apart, the most telling first.
    pub discriminators: Vec<Discriminator>,
    /// What shapes forbid that their types do not know, each with the index of its variant, where nothing else tells it
    /// apart.
    pub limits: Vec<(usize, Limit)>,
    /// Name of the variant for what fits none.
    pub other: String,
}

/// One shape of a union.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnionVariant {
    /// Rust name.
    pub ident: String,
    /// JSON pointer to its schema; none where it is what several of the union's shapes are together.
    pub pointer: Option<String>,
    /// JSON pointers to the schemas that hold beside it, where the union is one part of an `allOf`.
    pub beside: Vec<String>,
    /// Its type.
    pub ty: TypeRef,
    /// What tells it apart, where its type has no property to hold that.
    pub tag: Option<Tag>,
    /// Documentation.
    pub description: Option<String>,
}

/// A property with the value that stands for a shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// The property.
    pub property: String,
    /// Its value.
    pub value: String,
}

/// A property that tells the shapes of a union apart, by a `discriminator` (OpenAPI 3.0 section 4.7.25) or by the values
/// that the shapes fix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discriminator {
    /// The property: its name, or the steps that lead to it through properties and, by their indexes, the items of lists.
    pub path: Vec<String>,
    /// Its values, each with the index of a variant that may have it.
    pub mapping: Vec<(String, usize)>,
    /// Values that are read in the same way, but not written: names of schemas that the document maps other values to.
    pub aliases: Vec<(String, usize)>,
    /// Whether it is the document's `discriminator`, which every value has: one without it is sent with it.
    pub is_said: bool,
    /// The variants that can have no value but those of the mapping.
    pub fixed: Vec<usize>,
    /// Those among them that require the property.
    pub required: Vec<usize>,
    /// The variant of what has none of these values (OpenAPI 3.2 section 4.25).
    pub default: Option<usize>,
}

/// Something that the schema of a shape forbids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Every property but those of its type.
    Closed,
    /// These properties, all at once.
    Without(Vec<String>),
    /// The first of these properties without all of the others.
    Needs(Vec<String>),
    /// Numbers beyond a bound.
    Number {
        /// The steps that lead to the number.
        path: Vec<String>,
        /// On which side of it numbers are.
        bound: Bound,
        /// The bound, as JSON writes it.
        of: String,
    },
    /// Other sizes than these.
    Size {
        /// What is counted.
        measure: Measure,
        /// The steps that lead to what has the size, through properties and, by their indexes, the items of lists.
        path: Vec<String>,
        /// The least.
        least: u64,
        /// The greatest, if there is one.
        most: Option<u64>,
    },
    /// Texts of other formats.
    Format {
        /// The steps that lead to the text.
        path: Vec<String>,
        /// The format: one of [`FORMATS`](Self::FORMATS).
        format: String,
    },
}

impl Limit {
    /// The formats that the runtime tells texts by; those that have types of their own are told by these.
    pub const FORMATS: [&'static str; 4] = ["email", "ipv4", "ipv6", "uri"];
}

/// What numbers are to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// No less.
    Least,
    /// No greater.
    Greatest,
    /// Greater.
    Above,
    /// Less.
    Below,
}

/// What a size counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// The members of an object.
    Members,
    /// The items of a list.
    Items,
    /// The characters of a text.
    Characters,
}

/// What the document says in prose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Docs {
    /// `title`, where it says more than the name.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// The value that the server assumes when it is left out.
    pub default: Option<Value>,
    /// Short facts such as `at most 100 characters`, and lists of allowed values that are not an enum.
    pub constraints: Vec<String>,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// Whether values are never shown: the document says so, or the name, or a hint.
    pub secret: bool,
}
