//! Every decision about a crate: what lowering understood of the document, and what polish and emit make the crate of.
//!
//! The *wire plan* says how each operation goes over the wire, the *type plan* what each Rust type means in JSON. Lowering
//! writes both, polish and emit only read them, so every fact about the vendor's document is decided in one place.

mod api;
mod body;
mod docs;
mod layout;
mod lock;
mod operation;
mod paging;
mod parameter;
mod response;
mod types;
mod webhook;
mod xml;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use self::api::{
    Api, ClientCredentialsFlow, ExternalDocs, Manifest, RateLimit, SchemeKind, Scope, SecurityScheme, Server,
    ServerVariable,
};
pub use self::body::{Body, BodyKind, FormPart, PartContent, PartHeader};
pub use self::docs::Docs;
pub use self::layout::{ALL_TAGS, Arrangement, CLIENT, Layout, OperationTag, TagNames};
pub use self::lock::{Lock, MemberNames};
pub use self::operation::{Example, Incoming, Operation, Origin, OtherSuccess, Required, StreamEnd, TagPath};
pub use self::paging::{Empty, Paging, PagingStyle, Step};
pub use self::parameter::{FormField, Location, Nested, Parameter, Style};
pub use self::response::{
    ErrorResponse, EventData, EventKind, Events, HeaderForm, Payload, ResponseHeader, Status, StatusVariant, Success,
};
pub use self::types::{
    Bound, Discriminator, EnumBase, EnumDef, EnumVariant, Field, Limit, Measure, Presence, StructDef, Tag, TypeDef,
    TypeKind, TypeRef, UnionDef, UnionVariant,
};
pub use self::webhook::{
    AnyWebhook, OwnSignature, SecretForm, Signature, SignatureEncoding, SignedAt, SignedPiece, WebhookName,
    WebhookVariant, Webhooks,
};
pub use self::xml::{Xml, XmlContent, XmlElement, XmlMember, XmlName, XmlNode, XmlShape};

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
