//! Schemas that extend another one, whose `discriminator` tells them apart (OpenAPI 3.0.3 section 4.7.25): `allOf` with a
//! reference to a parent that has one.
//!
//! A value of the child has the tag that stands for it: the key that the parent's mapping gives it, or the schema's name. A
//! reference to the parent can hold any of its descendants.

use serde_json::Value;

use super::{EnumValue, Origin, Property, Schemas, Shape, TextFormat, Typed};
use crate::diagnostics::last_token;
use crate::schema::families::Families;
use crate::schema::references::{ALTERNATIVES, mapped};

/// A parent and all that extends it.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The property that tells them apart.
    pub property: String,
    /// The pointer of the one whose values need not have the property, or may have any value there.
    pub default: Option<String>,
    /// The pointers of the parent itself, first, and of its descendants, each with its values of the property.
    pub members: Vec<(String, Vec<String>)>,
    /// The values that the mapping gives to something else, each with what it names.
    pub lost: Vec<(String, String)>,
}

/// The `discriminator` of a schema that is no union: its property and mapping.
struct Tag<'a> {
    property: &'a str,
    mapping: Option<&'a serde_json::Map<String, Value>>,
    default: Option<String>,
}

impl<'a> Tag<'a> {
    fn read(discriminator: &'a Value) -> Option<Self> {
        Some(Self {
            property: discriminator.get("propertyName")?.as_str()?,
            mapping: discriminator.get("mapping").and_then(Value::as_object),
            default: discriminator.get("defaultMapping").and_then(Value::as_str).map(mapped),
        })
    }

    /// The values that stand for the schema at `pointer`.
    fn values(&self, pointer: &str) -> Vec<String> {
        let is_this = |target: &Value| mapped(target.as_str().unwrap_or_default()) == pointer;
        let mapped = self.mapping.into_iter().flatten().filter(|(_, target)| is_this(target));
        let mapped: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
        if mapped.is_empty() { vec![last_token(pointer)] } else { mapped }
    }
}

impl<'a> Schemas<'a> {
    /// The discriminator that the schema at `pointer` has for what extends it, or else the one that is for it.
    fn tag(&self, pointer: &str) -> Option<Tag<'a>> {
        let schema = self.document.pointer(pointer)?;
        let is_union = ALTERNATIVES.iter().any(|key| schema.get(*key).is_some());
        let own = schema.get("discriminator").filter(|_| !is_union);
        own.and_then(Tag::read).or_else(|| self.inherited_tag(pointer))
    }

    /// The discriminator that is for the schema at `pointer`, of what it extends.
    fn inherited_tag(&self, pointer: &str) -> Option<Tag<'a>> {
        self.families.inherited(self.document, pointer).and_then(Tag::read)
    }

    /// What can stand where the schema at `pointer` is referred to, if other schemas extend it and are told apart.
    pub fn family(&self, pointer: &str) -> Option<Family> {
        let tag = self.tag(pointer)?;
        let descendants = Families::reached(pointer, &self.families.children);
        let members = std::iter::once(pointer.to_owned()).chain(descendants);
        let members: Vec<_> = members.map(|pointer| (pointer.clone(), tag.values(&pointer))).collect();
        let is_member = |reference: &str| members.iter().any(|(pointer, _)| *pointer == mapped(reference));
        // Of a mapping that is inherited, the parent tells.
        let is_own = self.document.pointer(pointer).is_some_and(|schema| schema.get("discriminator").is_some());
        let said = tag
            .mapping
            .filter(|_| is_own)
            .into_iter()
            .flatten()
            .filter_map(|(value, target)| Some((value, target.as_str()?)));
        let lost = said.filter(|(_, target)| !is_member(target));
        let lost = lost.map(|(value, target)| (value.clone(), target.to_owned())).collect();
        (members.len() > 1).then(|| Family { property: tag.property.to_owned(), default: tag.default, members, lost })
    }

    /// `typed`, the component at `pointer`, with the tag that its parent's discriminator gives it.
    pub(super) fn tagged(&mut self, typed: Typed, pointer: &str) -> Typed {
        let Some(tag) = self.inherited_tag(pointer).filter(|tag| tag.default.as_deref() != Some(pointer)) else {
            return typed;
        };
        let whole = self.resolved(&typed);
        let Shape::Object(mut object) = whole.shape else { return typed };
        // What extends a base and adds nothing is another type all the same.
        object.extended = false;
        let known = object.properties.get(tag.property).cloned();
        if let Some(known) = known.as_ref().filter(|known| !known.tag)
            && self.values(&known.typed).is_some_and(|values| values.len() == 1)
        {
            // The schema fixes it itself.
            object.properties.insert(tag.property.to_owned(), Property { tag: true, ..known.clone() });
            return Typed { shape: Shape::Object(object), ..typed };
        }
        let known = known.as_ref();
        let resolved = known.map(|known| self.resolved(&known.typed));
        let listed = match resolved.as_ref().map(|typed| &typed.shape) {
            Some(Shape::Enum(values)) => values.clone(),
            Some(Shape::Text(TextFormat::Plain) | Shape::Any | Shape::Scalar) | None => Vec::new(),
            Some(_) => return typed,
        };
        let values = tag.values(pointer);
        let named = |value: &String| {
            let plain = EnumValue { value: value.clone(), name: None, description: None, deprecated: false };
            listed.iter().find(|known| known.value == *value).cloned().unwrap_or(plain)
        };
        let place = resolved.as_ref().map_or(pointer, |typed| typed.pointer.as_str());
        let mut constant = Typed::new(Shape::Enum(values.iter().map(named).collect()), place);
        constant.docs = known.map(|known| known.typed.docs.clone()).unwrap_or_default();
        constant.values = Some(values.into_iter().map(Value::String).collect());
        let required = known.is_some_and(|known| known.required);
        let property = Property { typed: constant, required, origin: Origin::Described, tag: true };
        object.properties.insert(tag.property.to_owned(), property);
        Typed { shape: Shape::Object(object), ..typed }
    }
}
