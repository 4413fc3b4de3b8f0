//! Named types, and what each means in JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::docs::Docs;

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
    /// The struct that its constructor takes, where what is required is too much for arguments.
    pub required_ident: Option<String>,
    /// The arguments of its constructor by their names, in the order that programs give them in, where it is not the document's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
}

impl StructDef {
    /// What its constructor cannot do without, in the document's order or in that of its arguments from before; without what has
    /// but one value.
    pub fn required(&self) -> Vec<&Field> {
        let mut required: Vec<&Field> =
            self.fields.iter().filter(|field| field.is_demanded() && field.constant.is_none()).collect();
        required.sort_by_key(|field| self.arguments.iter().position(|name| *name == field.ident));
        required
    }
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

impl Field {
    /// Whether what is sent must have it.
    pub fn is_demanded(&self) -> bool {
        self.presence.is_required() || self.demanded
    }
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
