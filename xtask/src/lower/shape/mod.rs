//! What a schema means to a Rust type, whichever of JSON Schema's many spellings the vendor chose.
//!
//! A [`Shape`] is what lowering brings every schema to: no `allOf`, no type arrays, no constraints, `null` as a flag. The
//! rules that get there have a file each; [`Schemas`] applies them and keeps every definition's shape once.

mod all_of;
mod annotations;
mod any_of;
mod conditional;
mod enumeration;
mod family;
mod null;
mod object;
mod one_of;
mod parse;
mod shared;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::circles;
use crate::diagnostics::Diagnostics;
use crate::plan::Docs;

pub use self::family::Family;
pub use self::parse::is_structural;

/// How many references are followed at the most.
const MAX_REFERENCES: usize = 64;

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
    /// As on the wire.
    pub value: String,
    /// `x-enum-varnames` and the like: the name the vendor gives it.
    pub name: Option<String>,
    /// `x-enum-descriptions` and the like.
    pub description: Option<String>,
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
    /// Name of the schema → index of the variant, for those that nothing is mapped to.
    pub names: Vec<(String, usize)>,
    /// The variant of what has none of these values (OpenAPI 3.2 section 4.25, `defaultMapping`).
    pub default: Option<usize>,
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
            example: None,
        }
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
        matches!(self, Self::Text(_) | Self::Integer(_) | Self::Number | Self::Boolean | Self::Scalar | Self::Enum(_))
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

/// Understands schemas, each definition once.
pub struct Schemas<'a> {
    document: &'a Value,
    /// Whether the document is OpenAPI 3.1, where schemas are JSON Schema 2020-12.
    modern: bool,
    definitions: BTreeMap<String, Typed>,
    in_progress: BTreeSet<String>,
    /// What is made of several definitions, is in progress, and contains itself.
    awaited: BTreeSet<String>,
    /// Inline schemas that are definitions: see [`Self::lifted`].
    lifted: BTreeSet<String>,
    /// What the `allOf` that is being understood has cost.
    effort: all_of::Effort,
    /// How many schemas were understood, merged, or looked at to tell them apart.
    #[cfg(test)]
    pub(in crate::lower) work: usize,
    /// Which components extend which.
    families: family::Families,
    /// The members that demand what they are members of.
    circles: BTreeSet<String>,
    /// Definitions that are referred to, in the order they were met.
    pub referred: indexmap::IndexSet<String>,
    /// Findings on the way.
    pub diagnostics: &'a mut Diagnostics,
}

impl<'a> Schemas<'a> {
    /// Over `document`, telling `diagnostics` what was found.
    pub fn new(document: &'a Value, diagnostics: &'a mut Diagnostics) -> Self {
        let modern = document.get("openapi").and_then(Value::as_str).is_some_and(|version| !version.starts_with("3.0"));
        Self {
            document,
            modern,
            definitions: BTreeMap::new(),
            in_progress: BTreeSet::new(),
            awaited: BTreeSet::new(),
            lifted: BTreeSet::new(),
            effort: all_of::Effort::default(),
            #[cfg(test)]
            work: 0,
            families: family::Families::of(document),
            circles: circles::find(document).into_iter().map(|circle| circle.member).collect(),
            referred: indexmap::IndexSet::new(),
            diagnostics,
        }
    }

    /// Counts a step, for tests that ask what a document costs.
    pub(in crate::lower) fn step(&mut self) {
        #[cfg(test)]
        {
            self.work += 1;
        }
    }

    /// The document.
    pub fn document(&self) -> &'a Value {
        self.document
    }

    /// Whether the document is OpenAPI 3.1 or later.
    pub fn is_modern(&self) -> bool {
        self.modern
    }

    /// Whether the document is OpenAPI 3.2 or later.
    pub fn is_of_3_2(&self) -> bool {
        let version = self.document.get("openapi").and_then(Value::as_str);
        version.is_some_and(|version| self.modern && !version.starts_with("3.1"))
    }

    /// The schema at `pointer`, understood once; `None` while it is being understood (it refers to itself) or if there is none.
    pub fn definition(&mut self, pointer: &str) -> Option<&Typed> {
        if !self.definitions.contains_key(pointer) {
            if !self.in_progress.insert(pointer.to_owned()) {
                return None;
            }
            let typed = self.document.pointer(pointer).map(|schema| self.parse(schema, pointer));
            let typed = typed.map(|typed| self.tagged(typed, pointer));
            self.in_progress.remove(pointer);
            self.definitions.insert(pointer.to_owned(), typed?);
        }
        self.definitions.get(pointer)
    }

    /// The only values that `typed` allows, if it lists them, through its references too.
    pub fn values(&mut self, typed: &Typed) -> Option<Vec<Value>> {
        let mut values = typed.values.clone();
        let mut next = typed.shape.target().map(str::to_owned);
        for _ in 0..MAX_REFERENCES {
            let Some(pointer) = next.filter(|_| values.is_none()) else { break };
            let found = self.definition(&pointer)?;
            values.clone_from(&found.values);
            next = found.shape.target().map(str::to_owned);
        }
        values
    }

    /// What `typed` is when its references are followed; a reference into something unfinished stays.
    pub fn resolved(&mut self, typed: &Typed) -> Typed {
        let mut found = typed.clone();
        let mut seen = BTreeSet::new();
        while let Shape::Ref(pointer) = &found.shape {
            if !seen.insert(pointer.clone()) {
                break;
            }
            let nullable = found.nullable;
            match self.definition(&pointer.clone()) {
                Some(definition) => {
                    found = definition.clone();
                    found.nullable |= nullable;
                }
                None => break,
            }
        }
        found
    }
}

/// What tests share: a schema understood in a document of its own.
#[cfg(test)]
pub mod testing {
    use serde_json::{Value, json};

    use super::{Schemas, Shape, Typed};
    use crate::diagnostics::Diagnostics;

    /// Understands `schema` in an OpenAPI 3.1 document with these component schemas; the codes of what was found, too.
    pub fn understand(components: &Value, schema: &Value) -> (Typed, Vec<&'static str>) {
        understand_in("3.1.0", components, schema)
    }

    /// As [`understand`], in another version of OpenAPI.
    pub fn understand_in(version: &str, components: &Value, schema: &Value) -> (Typed, Vec<&'static str>) {
        let document = json!({"openapi": version, "components": {"schemas": components}});
        let mut diagnostics = Diagnostics::default();
        let mut schemas = Schemas::new(&document, &mut diagnostics);
        let parsed = schemas.parse(schema, "/schema");
        let typed = if matches!(parsed.shape, Shape::Ref(_)) { parsed } else { schemas.resolved(&parsed) };
        (typed, diagnostics.iter().map(|found| found.code).collect())
    }

    /// The shape alone, of a schema that needs no components.
    pub fn shape(schema: &Value) -> Shape {
        understand(&json!({}), schema).0.shape
    }

    /// The names of an object's properties, the required ones with a `!`.
    pub fn properties(shape: &Shape) -> Vec<String> {
        match shape {
            Shape::Object(object) => object
                .properties
                .iter()
                .map(|(name, property)| format!("{name}{}", if property.required { "!" } else { "" }))
                .collect(),
            other => vec![format!("no object: {other:?}")],
        }
    }
}
