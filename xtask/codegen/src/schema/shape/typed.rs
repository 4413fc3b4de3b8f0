//! What every schema is brought to: no `allOf`, no type arrays, no constraints, `null` as a flag.

use crate::plan::Docs;
use indexmap::IndexMap;
use serde_json::Value;

/// A schema, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// What values look like.
    pub shape: Shape,
    /// Whether `null` is a value too.
    pub nullable: bool,
    /// Whether the schema names neither a type nor values: then it says nothing about `null`, and forbids it to nobody.
    pub untyped: bool,
    /// The only values that the schema allows, if it lists them (`enum`, `const`), but for `null`.
    pub values: Option<Vec<Value>>,
    /// The prose around it.
    pub docs: Docs,
    /// The Rust name the document asks for (`x-switchboard-name`).
    pub name: Option<String>,
    /// JSON pointer to the schema.
    pub pointer: String,
    /// JSON pointers to the schemas that it is merged of, in their order.
    pub beside: Vec<String>,
    /// An example value.
    pub example: Option<Value>,
}

/// What values look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Any JSON.
    Any,
    /// Text in one of the formats that have a type.
    Text(TextFormat),
    /// A whole number; `true` where it may exceed `i64`.
    Integer(bool),
    /// A number.
    Number,
    /// A number whose digits all count (`format: decimal`).
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// A string, number or boolean.
    Scalar,
    /// A list.
    Array(Box<Typed>),
    /// An object whose keys are data.
    Map(Box<Typed>),
    /// An object with known properties.
    Object(Object),
    /// A string with known values.
    Enum(Vec<EnumValue>),
    /// A whole number with known values that have names.
    IntegerEnum(Vec<EnumValue>),
    /// One of several.
    Union(Union),
    /// The definition at this pointer.
    Ref(String),
}

/// The text formats that have a type of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// No format, or one without a type.
    Plain,
    /// `date-time`.
    DateTime,
    /// `date`.
    Date,
    /// `uuid`.
    Uuid,
    /// `byte`, and `contentEncoding: base64`.
    Base64,
    /// `base64url`, and `contentEncoding: base64url`.
    Base64Url,
    /// `decimal`.
    Decimal,
    /// `binary`: raw bytes in a body that is not JSON, plain text in JSON.
    Binary,
}

/// An object with known properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// The properties in order.
    pub properties: IndexMap<String, Property>,
    /// What additional properties hold, where the document allows them expressly.
    pub additional: Option<Box<Typed>>,
    /// Whether other schemas extend it and are told apart by its `discriminator`: what they add has to be kept.
    pub extended: bool,
    /// Whether it forbids every other property (`additionalProperties: false`).
    pub closed: bool,
}

/// One property.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its schema.
    pub typed: Typed,
    /// Whether it must be there.
    pub required: bool,
    /// How the schema speaks of it.
    pub origin: Origin,
    /// Whether it tells the schema apart from others that extend the same one: then it is always sent.
    pub tag: bool,
}

impl Property {
    /// A property of which a schema speaks like this.
    pub fn new(typed: Typed, required: bool, origin: Origin) -> Self {
        Self { typed, required, origin, tag: false }
    }
}

/// How a schema speaks of a property. What is said plainly counts more than what is said in passing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It only names it: that it must be there, or what follows if it is.
    Mentioned,
    /// It describes it for some values: under a condition.
    Conditional,
    /// It describes it.
    Described,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue {
    /// As on the wire: the string, or the number in decimal digits.
    pub value: String,
    /// `x-enum-varnames` and the like: the name the vendor gives it.
    pub name: Option<String>,
    /// `x-enum-descriptions` and the like.
    pub description: Option<String>,
    /// `deprecated`, of a value that has a schema of its own.
    pub deprecated: bool,
}

/// One of several shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// The shapes, each with the name it has in the union, if the document gives one.
    pub variants: Vec<Variant>,
    /// What the document says that tells them apart.
    pub discriminator: Option<Discriminator>,
    /// Whether several may hold at once (`anyOf`).
    pub any_of: bool,
}

/// One shape of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Name from a `title`, a `$ref` or a discriminator's value.
    pub name: Option<String>,
    /// The shape.
    pub typed: Typed,
}

/// A `discriminator`, as the document has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Discriminator {
    /// Name of the property.
    pub property: String,
    /// Value → index of the variant: what the document maps.
    pub mapping: Vec<(String, usize)>,
    /// Name of the schema → index of the variant, unless the document maps the name.
    pub names: Vec<(String, usize)>,
    /// The variant of what has none of these values (OpenAPI 3.2 section 4.25, `defaultMapping`).
    pub default: Option<usize>,
}

impl Discriminator {
    /// The same of variants that have moved: `place` tells where each is now, if it is there still.
    pub fn moved(self, place: impl Fn(usize) -> Option<usize>) -> Self {
        let moved = |values: Vec<(String, usize)>| {
            values.into_iter().filter_map(|(value, index)| Some((value, place(index)?))).collect()
        };
        Self {
            property: self.property,
            mapping: moved(self.mapping),
            names: moved(self.names),
            default: self.default.and_then(&place),
        }
    }
}

impl Typed {
    /// A bare shape at a place.
    pub fn new(shape: Shape, pointer: impl Into<String>) -> Self {
        Self {
            shape,
            nullable: false,
            untyped: false,
            values: None,
            docs: Docs::default(),
            name: None,
            pointer: pointer.into(),
            beside: Vec::new(),
            example: None,
        }
    }

    /// Where the schemas are that it is made of, in their order.
    pub fn places(&self) -> impl DoubleEndedIterator<Item = &String> {
        let own = (!self.beside.contains(&self.pointer)).then_some(&self.pointer);
        own.into_iter().chain(&self.beside)
    }

    /// Whether both mean the same values, whatever is said about them in prose.
    pub fn same_as(&self, other: &Self) -> bool {
        self.nullable == other.nullable && self.fixed() == other.fixed() && self.shape.same_as(&other.shape)
    }

    /// The only value that it allows.
    pub fn fixed(&self) -> Option<&Value> {
        match self.values.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        }
    }
}

impl Shape {
    /// Whether both mean the same values.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(left), Self::Array(right)) | (Self::Map(left), Self::Map(right)) => left.same_as(right),
            (Self::Object(left), Self::Object(right)) => same_object(left, right),
            (Self::Enum(left), Self::Enum(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.value == right.value)
            }
            // Of numbers that are the same by chance the names tell.
            (Self::IntegerEnum(left), Self::IntegerEnum(right)) => {
                let same =
                    |(left, right): (&EnumValue, &EnumValue)| left.value == right.value && left.name == right.name;
                left.len() == right.len() && left.iter().zip(right).all(same)
            }
            (Self::Union(left), Self::Union(right)) => {
                left.discriminator == right.discriminator
                    && left.any_of == right.any_of
                    && left.variants.len() == right.variants.len()
                    && left.variants.iter().zip(&right.variants).all(|(left, right)| left.typed.same_as(&right.typed))
            }
            _ => self == other,
        }
    }

    /// The pointer of the definition that it refers to.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Ref(pointer) => Some(pointer),
            _ => None,
        }
    }

    /// Whether values are strings, numbers or booleans.
    pub fn is_primitive(&self) -> bool {
        matches!(
            self,
            Self::Text(_)
                | Self::Integer(_)
                | Self::Number
                | Self::Decimal
                | Self::Boolean
                | Self::Scalar
                | Self::Enum(_)
                | Self::IntegerEnum(_)
        )
    }
}

fn same_object(left: &Object, right: &Object) -> bool {
    let same_additional = match (&left.additional, &right.additional) {
        (None, None) => true,
        (Some(left), Some(right)) => left.same_as(right),
        _ => false,
    };
    same_additional
        && left.extended == right.extended
        && left.properties.len() == right.properties.len()
        && left.properties.iter().zip(&right.properties).all(|((left_name, left), (right_name, right))| {
            left_name == right_name
                && left.required == right.required
                && left.tag == right.tag
                && left.typed.same_as(&right.typed)
        })
}

/// Members of a union that have no names of their own.
pub(super) trait IntoVariants {
    /// As nameless variants.
    fn into_variants(self) -> Vec<Variant>;
}

impl IntoVariants for Vec<Typed> {
    fn into_variants(self) -> Vec<Variant> {
        self.into_iter().map(|typed| Variant { name: None, typed }).collect()
    }
}
