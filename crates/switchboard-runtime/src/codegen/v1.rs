//! The first version of what generated code calls.

pub mod expanded;

pub use crate::api::{
    Api, ApiKeyLocation, ClientAuth, ClientCredentialsFlow, HttpMethod, Operation, RateLimit, Requirement,
    SecurityScheme, ServerTemplate, ServerVariable, Setter,
};
pub use crate::builder::ClientBuilder;
pub use crate::call::Call;
pub use crate::client::Client;
pub use crate::decode::Decoder;
pub use crate::form_part::FormPart;
pub use crate::parameter::{Location, Nested, Parameter, Style};
pub use crate::request::Request;
pub use crate::stream::{EventData, ReadEvent, StreamEnd};
pub use crate::{
    __call as call, __call_methods as call_methods, __client_builder_methods as client_builder_methods,
    __error_enum as error_enum, __integer_enum as integer_enum, __integer_enum_traits as integer_enum_traits,
    __newtype as newtype, __record as record, __response_headers as response_headers, __setters as setters,
    __string_enum as string_enum, __string_enum_traits as string_enum_traits, __union as union,
};

/// From an answer's body to a value.
pub mod decode {
    pub use crate::decode::{as_said, bytes, empty, error_as_said, error_body, json, text};
    #[cfg(feature = "xml")]
    pub use crate::decode::{error_xml, xml, xml_as_json};
}

/// From a header to a value.
pub mod headers {
    pub use crate::headers::{exploded, json, lines, parted, required, simple};
}

/// How lists come in pages.
pub mod paging {
    pub use crate::paging::{List, Paging};
}

/// What types are made of.
pub mod table {
    pub use crate::table::{
        At, Choice, Field, Mapping, Record, Sequence, Slot, Table, UnionTable, Unread, Value, View, deserialize,
        deserialize_number, deserialize_record, deserialize_text, record, serialize, union,
    };
    pub use crate::union::{Discriminator, Limit};
}

/// How webhooks are signed.
#[cfg(feature = "webhooks")]
pub mod webhooks {
    pub use crate::webhooks::{Encoding, KeyForm, Piece, STANDARD, Signature, Timestamp};
}

/// How values stand in XML.
#[cfg(feature = "xml")]
pub mod xml {
    pub use crate::xml::{Content, Element, Member, Name, Node, Union};
}
