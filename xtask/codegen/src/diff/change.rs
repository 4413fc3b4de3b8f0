//! What a difference is made of: one change after the other, each seen in the document, on the wire and in Rust.

use serde::{Deserialize, Serialize};

/// What a change of the document means to those who call the API, in the sense that tools for OpenAPI have given the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Nobody has to do anything.
    Info,
    /// Somebody may have to.
    Warning,
    /// A program that was right is not any more.
    Breaking,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change of the crate means to the programs that use it (<https://doc.rust-lang.org/cargo/reference/semver.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// Whatever compiled compiles.
    Patch,
    /// There is something new.
    Minor,
    /// A program may not compile any more.
    Major,
}

impl Bump {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

macro_rules! kinds {
    ($(#[doc = $docs:literal] $name:ident = $code:literal,)*) => {
        /// What has changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            $(#[doc = $docs] $name,)*
        }

        impl Kind {
            /// The change's stable code.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it says, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $docs.trim_ascii(),)*
                }
            }

            /// All that there are.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

kinds! {
    /// A method is new.
    OperationAdded = "operation-added",
    /// A method is gone.
    OperationRemoved = "operation-removed",
    /// An operation has another `operationId`, or its method another name.
    OperationRenamed = "operation-renamed",
    /// An operation has other tags.
    TagChanged = "tag-changed",
    /// An operation stands at another path, or has another HTTP method.
    PathChanged = "path-changed",
    /// A parameter, or a part of a form, is new.
    ParameterAdded = "parameter-added",
    /// A parameter, or a part of a form, is gone.
    ParameterRemoved = "parameter-removed",
    /// A parameter has another name on the wire.
    ParameterRenamed = "parameter-renamed",
    /// A parameter has to be given that could be left out.
    ParameterMadeRequired = "parameter-made-required",
    /// A parameter may be left out that had to be given.
    ParameterMadeOptional = "parameter-made-optional",
    /// A parameter has another type.
    ParameterTypeChanged = "parameter-type-changed",
    /// A parameter is written another way.
    ParameterEncodingChanged = "parameter-encoding-changed",
    /// An operation takes a body that took none.
    BodyAdded = "body-added",
    /// An operation takes no body any more.
    BodyRemoved = "body-removed",
    /// A body has to be sent that could be left out, or the other way round.
    BodyPresenceChanged = "body-presence-changed",
    /// A body is of another type or media type.
    BodyChanged = "body-changed",
    /// A success is answered with something else.
    ResponseChanged = "response-changed",
    /// An error is documented that was not.
    ErrorAdded = "error-added",
    /// An error is not documented any more.
    ErrorRemoved = "error-removed",
    /// An error has another body.
    ErrorChanged = "error-changed",
    /// A header of answers is new.
    HeaderAdded = "header-added",
    /// A header of answers is gone.
    HeaderRemoved = "header-removed",
    /// A header of answers is read otherwise.
    HeaderChanged = "header-changed",
    /// Values stand in XML in another way.
    XmlChanged = "xml-changed",
    /// How pages follow one another.
    PagingChanged = "paging-changed",
    /// What credentials calls need, or how they are sent.
    AuthChanged = "auth-changed",
    /// Where calls go.
    ServerChanged = "server-changed",
    /// How often the vendor may be called.
    RateLimitChanged = "rate-limit-changed",
    /// Something else of an operation that is sent or read.
    OperationChanged = "operation-changed",
    /// A type is new.
    TypeAdded = "type-added",
    /// A type is gone.
    TypeRemoved = "type-removed",
    /// A type has another name, and is the same.
    TypeRenamed = "type-renamed",
    /// A type is of another kind.
    TypeChanged = "type-changed",
    /// A property is new.
    FieldAdded = "field-added",
    /// A property is gone.
    FieldRemoved = "field-removed",
    /// A property is called otherwise in Rust, and is the same.
    FieldRenamed = "field-renamed",
    /// A property or a value is spelled otherwise on the wire, and is called the same in Rust.
    WireNameChanged = "wire-name-changed",
    /// A property may be absent that was always there.
    FieldMadeOptional = "field-made-optional",
    /// A property is always there that could be absent.
    FieldMadeRequired = "field-made-required",
    /// A property may be null that could not.
    FieldMadeNullable = "field-made-nullable",
    /// A property is never null that could be.
    FieldMadeNotNullable = "field-made-not-nullable",
    /// A property has a type that takes more values.
    FieldTypeWidened = "field-type-widened",
    /// A property has a type that takes fewer values.
    FieldTypeNarrowed = "field-type-narrowed",
    /// A property has another type.
    FieldTypeChanged = "field-type-changed",
    /// A value of an enum, or a shape of a union, is new.
    ValueAdded = "value-added",
    /// A value of an enum, or a shape of a union, is gone.
    ValueRemoved = "value-removed",
    /// What a webhook or a callback sends is new.
    WebhookAdded = "webhook-added",
    /// What a webhook or a callback sent is gone.
    WebhookRemoved = "webhook-removed",
    /// A webhook or a callback sends something else.
    WebhookChanged = "webhook-changed",
    /// Something is deprecated, or not any more.
    DeprecationChanged = "deprecation-changed",
    /// What is said of something in prose, with its limits and defaults.
    DocumentationChanged = "documentation-changed",
    /// The version of the vendor's document.
    DocumentVersionChanged = "document-version-changed",
    /// A Rust item is new, for a reason that the document does not show.
    ItemAdded = "item-added",
    /// A Rust item is gone, for a reason that the document does not show.
    ItemRemoved = "item-removed",
    /// A Rust item is another, for a reason that the document does not show.
    ItemChanged = "item-changed",
}

/// One item of the crate's public face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChange {
    /// Its path in the crate: `types::Pet.name`, `Client::list_pets`, `types::Pet: Default`.
    pub path: String,
    /// What it was; nothing if it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is; nothing if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What that means to programs.
    pub bump: Bump,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What has changed.
    pub code: Kind,
    /// What it means in the document.
    pub class: Class,
    /// What it means in Rust.
    pub bump: Bump,
    /// The change in a changelog's words: what it is about in Rust's names, and what is so now.
    pub words: String,
    /// What goes over the wire that did not, or not so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire: Option<String>,
    /// JSON pointer into the older document with its overlay applied; nothing for what is new.
    pub before: Option<String>,
    /// JSON pointer into the newer document with its overlay applied; nothing for what is gone.
    pub after: Option<String>,
    /// The Rust items that have changed with it.
    pub items: Vec<ItemChange>,
    /// An action for the overlay that undoes it in Rust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_what_the_kind_is_called_in_json() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::json!(kind), kind.code());
        }
    }
}
