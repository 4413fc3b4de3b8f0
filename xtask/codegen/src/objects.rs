//! The objects that OpenAPI describes an API by: which there are, and where each of them stands.
//!
//! It is a table ([`child`]), so examples, extensions and default values, which may hold anything, are never mistaken for parts
//! of the description.

use serde_json::{Map, Value};

use crate::diagnostics::pointer_join;
use crate::methods;

/// The objects of OpenAPI 3.2, section 4, as far as rules look at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The OpenAPI Object.
    Root,
    /// The Info Object.
    Info,
    /// The Paths Object.
    Paths,
    /// A Path Item Object.
    PathItem,
    /// An Operation Object.
    Operation,
    /// A Parameter Object.
    Parameter,
    /// A Request Body Object.
    RequestBody,
    /// A Responses Object.
    Responses,
    /// A Response Object.
    Response,
    /// A Header Object.
    Header,
    /// A Media Type Object.
    MediaType,
    /// An Encoding Object.
    Encoding,
    /// A Schema Object.
    Schema,
    /// The Components Object.
    Components,
    /// A Security Scheme Object.
    SecurityScheme,
    /// An OAuth Flows Object.
    OAuthFlows,
    /// An OAuth Flow Object.
    OAuthFlow,
    /// A Security Requirement Object.
    SecurityRequirement,
    /// A Server Object.
    Server,
    /// A Tag Object.
    Tag,
    /// A Server Variable Object.
    ServerVariable,
    /// A Callback Object.
    Callback,
    /// A Link Object.
    Link,
    /// An Example Object.
    Example,
}

impl Kind {
    /// What it is called in a message.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Root => "the document's root",
            Self::Info => "`info`",
            Self::Paths => "`paths`",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::RequestBody => "a request body",
            Self::Responses => "`responses`",
            Self::Response => "a response",
            Self::Header => "a header",
            Self::MediaType => "a media type",
            Self::Encoding => "an Encoding Object",
            Self::Schema => "a schema",
            Self::Components => "`components`",
            Self::SecurityScheme => "a security scheme",
            Self::OAuthFlows => "`flows`",
            Self::OAuthFlow => "a flow of OAuth 2",
            Self::SecurityRequirement => "a security requirement",
            Self::Server => "a server",
            Self::Tag => "a tag",
            Self::ServerVariable => "a server's variable",
            Self::Callback => "a callback",
            Self::Link => "a link",
            Self::Example => "an example",
        }
    }
}

/// How a field holds objects.
#[derive(Clone, Copy, Debug)]
pub enum Holding {
    /// An object of the kind.
    One(Kind),
    /// A list of such objects.
    List(Kind),
    /// Such objects by their names.
    Map(Kind),
    /// `items` is one schema, or a list of them in older drafts of JSON Schema.
    OneOrList(Kind),
}

/// What the field `key` of an object of `kind` holds, where rules look at it.
pub fn child(kind: Kind, key: &str) -> Option<Holding> {
    use Holding::{List, Map, One, OneOrList};
    use Kind::*;
    let shape = match (kind, key) {
        (Root, "info") => One(Info),
        (Root, "paths") => One(Paths),
        (Root, "components") => One(Components),
        // An extension has extensions beside its webhooks, as a callback has beside its URLs.
        (Root, "x-webhooks") => One(Callback),
        (Root, "webhooks") | (Components, "pathItems") => Map(PathItem),
        (Root | PathItem | Operation, "servers") => List(Server),
        (Root, "tags") => List(Tag),
        (Root | Operation, "security") => List(SecurityRequirement),
        (Paths | Callback, key) if !is_extension(key) && key != "$ref" => One(PathItem),
        (PathItem, key) if methods::FIELDS.contains(&key) => One(Operation),
        (PathItem, methods::ADDITIONAL) => Map(Operation),
        (PathItem | Operation, "parameters") => List(Parameter),
        (Operation, "requestBody") => One(RequestBody),
        (Operation, "responses") => One(Responses),
        (Operation | Components, "callbacks") => Map(Callback),
        (Responses, key) if !is_extension(key) => One(Response),
        (Response | Encoding | Components, "headers") => Map(Header),
        (Parameter | Header | RequestBody | Response, "content") | (Components, "mediaTypes") => Map(MediaType),
        (Response | Components, "links") => Map(Link),
        (Parameter | Header | MediaType, "schema") | (MediaType, "itemSchema") => One(Schema),
        (Parameter | Header | MediaType | Components, "examples") => Map(Example),
        (MediaType | Encoding, "encoding") => Map(Encoding),
        (MediaType | Encoding, "prefixEncoding") => List(Encoding),
        (MediaType | Encoding, "itemEncoding") => One(Encoding),
        (Components, "schemas") => Map(Schema),
        (Components, "responses") => Map(Response),
        (Components, "parameters") => Map(Parameter),
        (Components, "requestBodies") => Map(RequestBody),
        (Components, "securitySchemes") => Map(SecurityScheme),
        (SecurityScheme, "flows") => One(OAuthFlows),
        (OAuthFlows, "implicit" | "password" | "clientCredentials" | "authorizationCode" | "deviceAuthorization") => {
            One(OAuthFlow)
        }
        (Server, "variables") => Map(ServerVariable),
        (Schema, "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas") => Map(Schema),
        (Schema, "allOf" | "anyOf" | "oneOf" | "prefixItems") => List(Schema),
        (Schema, "items") => OneOrList(Schema),
        (
            Schema,
            "additionalProperties"
            | "not"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema",
        ) => One(Schema),
        _ => return None,
    };
    Some(shape)
}

fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

/// Visits every object of the document that OpenAPI knows, but what stands elsewhere and is referred to.
pub fn visit(kind: Kind, value: &Value, pointer: &str, seen: &mut impl FnMut(Kind, &Map<String, Value>, &str)) {
    let Some(own) = value.as_object() else { return };
    seen(kind, own, pointer);
    // Most fields are texts: what they are and where they stand is of no interest.
    for (key, field) in own.iter().filter(|(_, field)| field.is_object() || field.is_array()) {
        let Some(holding) = child(kind, key) else { continue };
        let place = pointer_join(pointer, key);
        match (holding, field) {
            (Holding::One(kind) | Holding::OneOrList(kind), field @ Value::Object(_)) => {
                visit(kind, field, &place, seen)
            }
            (Holding::Map(kind), Value::Object(entries)) => {
                entries.iter().for_each(|(name, entry)| visit(kind, entry, &pointer_join(&place, name), seen));
            }
            (Holding::List(kind) | Holding::OneOrList(kind), Value::Array(items)) => {
                items.iter().enumerate().for_each(|(index, item)| visit(kind, item, &format!("{place}/{index}"), seen));
            }
            _ => {}
        }
    }
}

/// A field that OpenAPI 3.2 added.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// The object that has it.
    pub of: Kind,
    /// Its name.
    pub word: &'static str,
    /// Why no code is made of it; `None` if some is.
    pub unmade: Option<&'static str>,
}

impl Added {
    const fn made(of: Kind, word: &'static str) -> Self {
        Self { of, word, unmade: None }
    }

    const fn unmade(of: Kind, word: &'static str, why: &'static str) -> Self {
        Self { of, word, unmade: Some(why) }
    }
}

/// The fields that OpenAPI 3.2 added.
pub const ADDED: [Added; 18] = [
    Added::made(Kind::Root, "$self"),
    Added::made(Kind::PathItem, "query"),
    Added::made(Kind::PathItem, methods::ADDITIONAL),
    Added::made(Kind::MediaType, "itemSchema"),
    Added::unmade(Kind::MediaType, "prefixEncoding", "each part is put together with a media type of its own"),
    Added::unmade(Kind::MediaType, "itemEncoding", "each part is put together with a media type of its own"),
    Added::made(Kind::MediaType, "$ref"),
    Added::unmade(Kind::Encoding, "encoding", "a part of several parts is put together by the caller"),
    Added::unmade(Kind::Encoding, "prefixEncoding", "a part of several parts is put together by the caller"),
    Added::unmade(Kind::Encoding, "itemEncoding", "a part of several parts is put together by the caller"),
    Added::made(Kind::Components, "mediaTypes"),
    Added::made(Kind::Server, "name"),
    Added::made(Kind::Response, "summary"),
    Added::made(Kind::Example, "dataValue"),
    Added::unmade(Kind::Example, "serializedValue", "it is how a value is written, which tests find out themselves"),
    Added::made(Kind::SecurityScheme, "deprecated"),
    Added::unmade(Kind::SecurityScheme, "oauth2MetadataUrl", "the document says itself where tokens are"),
    Added::unmade(
        Kind::OAuthFlows,
        "deviceAuthorization",
        "it needs a person: the client takes the token that came of it",
    ),
];
