//! Gives every type a name that a person would give it, and brings shapes into the type plan.
//!
//! Components keep their names. An inline schema is named after where it stands (`connections: [{…}]` holds a
//! `Connection`), and inline schemas that mean the same values are one type. Components that are only another word for a
//! list, a map or a primitive are written out where they are used.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use indexmap::IndexMap;
use serde_json::Value;

use super::header_sets::HeaderSets;
use super::idents;
use super::tell;
use super::xml_shapes::Shapes;
use crate::diagnostics::{Diagnostic, pointer_join};
use crate::plan::{
    Discriminator, Docs, EnumDef, EnumVariant, Field, Presence, StructDef, Tag, TypeDef, TypeKind, TypeRef, UnionDef,
    UnionVariant,
};
use crate::schema::shape::{self, Family, Object, Schemas, Shape, TextFormat, Typed, Union, Variant};

/// Property names that say too little to name a type.
const GENERIC: &[&str] = &[
    "attributes",
    "body",
    "config",
    "content",
    "data",
    "detail",
    "details",
    "entry",
    "error",
    "errors",
    "filter",
    "info",
    "item",
    "items",
    "kind",
    "link",
    "links",
    "meta",
    "metadata",
    "object",
    "option",
    "options",
    "params",
    "payload",
    "properties",
    "property",
    "record",
    "request",
    "response",
    "result",
    "results",
    "settings",
    "state",
    "status",
    "type",
    "value",
    "values",
];

/// Where an inline schema stands, as the names its type could have, best first.
#[derive(Clone, Debug)]
pub struct Context {
    candidates: Vec<String>,
    /// Set at the root of an operation's body: properties there are named without the root's name.
    envelope: Option<String>,
}

impl Context {
    /// The body of an operation: `name` is its type's name, `operation` the operation's.
    pub fn root(name: String, operation: &str) -> Self {
        Self { candidates: vec![name], envelope: Some(operation.to_owned()) }
    }

    /// Something named as it is.
    pub fn named(candidates: Vec<String>) -> Self {
        Self { candidates, envelope: None }
    }
}

/// What a definition turned out to be.
#[derive(Clone, Debug)]
enum Definition {
    /// A type of its own.
    Named(String, bool),
    /// Another word for this.
    Alias(TypeRef, bool),
    /// Being looked at.
    InProgress,
}

/// A type whose content has yet to be looked at.
struct Pending {
    name: String,
    typed: Typed,
    envelope: Option<String>,
}

/// The type plan as it grows.
pub struct Types<'a> {
    /// The shapes.
    pub schemas: Schemas<'a>,
    /// The headers of answers.
    pub headers: HeaderSets,
    /// How values stand in XML.
    pub xml: Shapes,
    planned: IndexMap<String, TypeDef>,
    definitions: BTreeMap<String, Definition>,
    roots: BTreeMap<String, TypeRef>,
    taken: BTreeSet<String>,
    inline: BTreeMap<Fingerprint, String>,
    components: BTreeMap<Fingerprint, Vec<String>>,
    pending: VecDeque<Pending>,
}

impl std::fmt::Debug for Types<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Types").field("planned", &self.planned.len()).finish_non_exhaustive()
    }
}

impl<'a> Types<'a> {
    /// Names the components first, so that nothing else takes their names.
    pub fn new(schemas: Schemas<'a>) -> Self {
        let mut types = Self {
            schemas,
            headers: HeaderSets::default(),
            xml: Shapes::default(),
            planned: IndexMap::new(),
            definitions: BTreeMap::new(),
            roots: BTreeMap::new(),
            taken: BTreeSet::new(),
            inline: BTreeMap::new(),
            components: BTreeMap::new(),
            pending: VecDeque::new(),
        };
        let components = types.schemas.document().pointer("/components/schemas").and_then(Value::as_object);
        for name in components.into_iter().flat_map(|components| components.keys()) {
            types.definition(&pointer_join("/components/schemas", name), &Context::named(Vec::new()));
        }
        types
    }

    /// Reserves a type name that is no schema's: an operation's error or success enum.
    pub fn reserve(&mut self, candidates: Vec<String>) -> String {
        idents::unique(candidates, &mut self.taken)
    }

    /// As [`Self::type_of`], of a schema that is no part of another one.
    pub fn root(&mut self, typed: &Typed, context: &Context) -> (TypeRef, bool) {
        let (ty, nullable) = self.type_of(typed, context);
        self.roots.insert(typed.pointer.clone(), wrapped(ty.clone(), nullable));
        (ty, nullable)
    }

    /// The Rust type for a schema at a place, and whether `null` is a value.
    pub fn type_of(&mut self, typed: &Typed, context: &Context) -> (TypeRef, bool) {
        let (ty, nullable) = match &typed.shape {
            Shape::Any => return (TypeRef::Any, false),
            Shape::Text(TextFormat::DateTime) => (TypeRef::DateTime, false),
            Shape::Text(TextFormat::Date) => (TypeRef::Date, false),
            Shape::Text(TextFormat::Uuid) => (TypeRef::Uuid, false),
            Shape::Text(TextFormat::Plain | TextFormat::Binary) => (TypeRef::String, false),
            Shape::Integer(false) => (TypeRef::Integer, false),
            Shape::Integer(true) => (TypeRef::Unsigned, false),
            Shape::Number => (TypeRef::Number, false),
            Shape::Boolean => (TypeRef::Boolean, false),
            Shape::Scalar => (TypeRef::Scalar, false),
            Shape::Array(items) => (TypeRef::Array(Box::new(self.element(items, context))), false),
            Shape::Map(values) => (TypeRef::Map(Box::new(self.element(values, context))), false),
            Shape::Ref(pointer) => self.definition(pointer, context),
            Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) => (TypeRef::Named(self.inline(typed, context)), false),
        };
        (ty, nullable || typed.nullable)
    }

    /// The Rust type of a list's or map's elements, where null has to be part of the type.
    fn element(&mut self, typed: &Typed, context: &Context) -> TypeRef {
        let context = Context { candidates: context.candidates.clone(), envelope: None };
        let (ty, nullable) = self.type_of(typed, &context);
        wrapped(ty, nullable)
    }

    /// The Rust type of a definition; one that stands nowhere in the document is named after where it is used.
    fn definition(&mut self, pointer: &str, context: &Context) -> (TypeRef, bool) {
        match self.definitions.get(pointer) {
            Some(Definition::Named(name, nullable)) => return (TypeRef::Named(name.clone()), *nullable),
            Some(Definition::Alias(ty, nullable)) => return (ty.clone(), *nullable),
            Some(Definition::InProgress) => return (TypeRef::Named(self.newtype(pointer)), false),
            None => {}
        }
        let Some(typed) = self.schemas.definition(pointer).cloned() else {
            return (TypeRef::Any, false);
        };
        if self.schemas.is_made(pointer) && matches!(typed.shape, Shape::Object(_) | Shape::Enum(_) | Shape::Union(_)) {
            let name = self.inline(&typed, context);
            self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), typed.nullable));
            return (TypeRef::Named(name), typed.nullable);
        }
        let candidates = definition_names(pointer, &typed);
        let family = if matches!(typed.shape, Shape::Object(_)) { self.schemas.family(pointer) } else { None };
        let typed = match family {
            Some(family) => {
                self.schemas.diagnostics.push(Diagnostic::adaptation(
                    "discriminated-parent",
                    pointer,
                    match family.members.len() - 1 {
                        1 => format!("a schema extends this one and is told from it by `{}`", family.property),
                        others => {
                            format!("{others} schemas extend this one and are told apart by `{}`", family.property)
                        }
                    },
                ));
                parent(typed, &family, candidates.first().map_or("", String::as_str))
            }
            None => typed,
        };
        if matches!(typed.shape, Shape::Object(_) | Shape::Enum(_) | Shape::Union(_)) {
            let name = idents::unique(candidates, &mut self.taken);
            self.components.entry(fingerprint(&typed)).or_default().push(name.clone());
            self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), typed.nullable));
            let nullable = typed.nullable;
            self.pending.push_back(Pending { name: name.clone(), typed, envelope: None });
            return (TypeRef::Named(name), nullable);
        }
        self.definitions.insert(pointer.to_owned(), Definition::InProgress);
        let item_names = candidates.iter().map(|name| idents::singular(name)).collect();
        let (ty, nullable) = self.type_of(&typed, &Context::named(item_names));
        if let Some(Definition::Named(name, _)) = self.definitions.get(pointer).cloned() {
            // It turned out to contain itself: the list or map needs a type of its own.
            self.insert(&name, &typed, TypeKind::Newtype(ty));
            return (TypeRef::Named(name), nullable);
        }
        self.definitions.insert(pointer.to_owned(), Definition::Alias(ty.clone(), nullable));
        (ty, nullable)
    }

    /// A definition with the members of its family, if others extend it.
    pub fn understood(&mut self, pointer: &str) -> Option<Typed> {
        let typed = self.schemas.definition(pointer)?.clone();
        let family = if matches!(typed.shape, Shape::Object(_)) { self.schemas.family(pointer) } else { None };
        let name = definition_names(pointer, &typed).swap_remove(0);
        Some(match family {
            Some(family) => parent(typed, &family, &name),
            None => typed,
        })
    }

    /// Makes a definition that contains itself a type of its own.
    fn newtype(&mut self, pointer: &str) -> String {
        let names = vec![idents::pascal(&idents::shape_name(pointer))];
        let name = idents::unique(names, &mut self.taken);
        self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), false));
        name
    }

    /// The name of an inline schema's type: that of an equal one, or a new one.
    fn inline(&mut self, typed: &Typed, context: &Context) -> String {
        let mut candidates: Vec<String> = typed.name.iter().map(|name| idents::pascal(name)).collect();
        candidates.extend(context.candidates.iter().cloned());
        let fingerprint = fingerprint(typed);
        let first = candidates.first().cloned().unwrap_or_default();
        if let Some(known) =
            self.components.get(&fingerprint).and_then(|names| names.iter().find(|name| **name == first))
        {
            return known.clone();
        }
        if let Some(known) = self.inline.get(&fingerprint) {
            return known.clone();
        }
        let name = idents::unique(candidates, &mut self.taken);
        self.inline.insert(fingerprint, name.clone());
        let typed = Typed { nullable: false, ..typed.clone() };
        self.pending.push_back(Pending { name: name.clone(), typed, envelope: context.envelope.clone() });
        name
    }

    /// Looks into every type that is pending, and those this brings up.
    pub fn complete(&mut self) {
        while let Some(Pending { name, typed, envelope }) = self.pending.pop_front() {
            let kind = match &typed.shape {
                Shape::Object(object) => TypeKind::Struct(self.structure(&name, object, envelope.as_deref())),
                Shape::Enum(values) => TypeKind::Enum(enumeration(values)),
                Shape::Union(union) => TypeKind::Union(self.union(&name, &typed.pointer, union)),
                _ => continue,
            };
            self.insert(&name, &typed, kind);
        }
    }

    fn insert(&mut self, name: &str, typed: &Typed, kind: TypeKind) {
        let definition = TypeDef {
            pointer: typed.pointer.clone(),
            docs: typed.docs.clone(),
            kind,
            in_request: false,
            in_response: false,
        };
        self.planned.insert(name.to_owned(), definition);
    }

    fn structure(&mut self, name: &str, object: &Object, envelope: Option<&str>) -> StructDef {
        let mut taken = BTreeSet::new();
        let mut fields = Vec::with_capacity(object.properties.len());
        for (wire, property) in &object.properties {
            let context = property_context(name, wire, &property.typed, envelope);
            let (ty, nullable) = self.type_of(&property.typed, &context);
            let is_sent = (property.required || property.tag) && !nullable;
            let constant = self.constant(&property.typed).filter(|_| is_sent);
            fields.push(Field {
                constant,
                boxed: false,
                ident: idents::unique([idents::snake(wire)], &mut taken),
                wire: wire.clone(),
                docs: self.field_docs(&property.typed),
                presence: match (property.required, nullable || ty == TypeRef::Any) {
                    (true, false) => Presence::Required,
                    (true, true) if ty == TypeRef::Any => Presence::Required,
                    (true, true) => Presence::RequiredNullable,
                    (false, true) => Presence::OptionalNullable,
                    (false, false) => Presence::Optional,
                },
                ty,
            });
        }
        let context = Context::named(vec![format!("{name}Extra")]);
        let additional = object.additional.as_ref().map(|values| self.element(values, &context));
        let extra = additional
            .or(object.extended.then_some(TypeRef::Any))
            .map(|ty| (idents::unique(["extra".to_owned(), "additional_properties".to_owned()], &mut taken), ty));
        StructDef { fields, extra }
    }

    /// The only value that a schema allows, if there is but one.
    pub fn constant(&mut self, typed: &Typed) -> Option<Value> {
        match self.schemas.values(typed)?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// A field's own prose, or that of the definition it is another word for.
    fn field_docs(&mut self, typed: &Typed) -> Docs {
        let mut docs = typed.docs.clone();
        if let (Shape::Ref(pointer), None) = (&typed.shape, &docs.description)
            && matches!(self.definitions.get(pointer), Some(Definition::Alias(..)))
            && let Some(definition) = self.schemas.definition(&pointer.clone())
        {
            let read_only = docs.read_only;
            let write_only = docs.write_only;
            let secret = docs.secret;
            docs = definition.docs.clone();
            docs.read_only |= read_only;
            docs.write_only |= write_only;
            docs.secret |= secret;
        }
        docs
    }

    fn union(&mut self, name: &str, pointer: &str, union: &Union) -> UnionDef {
        let discriminators = tell::discriminators(&mut self.schemas, union);
        if let Some((left, right)) = tell::ambiguous(&mut self.schemas, union, &discriminators) {
            self.tell_ambiguous(pointer, union, left, right);
        }
        let mut taken = BTreeSet::new();
        let idents: Vec<String> = union
            .variants
            .iter()
            .enumerate()
            .map(|(index, variant)| idents::unique([variant_name(variant, index, &discriminators)], &mut taken))
            .collect();
        let listed = union.variants.len();
        let mut union = union.clone();
        let together = self.schemas.together(&union, &idents);
        let discriminators = if together.is_empty() {
            discriminators
        } else {
            self.schemas.diagnostics.push(Diagnostic::adaptation(
                "any-of",
                pointer,
                "a value can be several of the members at once: it has a variant with the properties of all of them",
            ));
            union.variants.extend(together);
            tell::discriminators(&mut self.schemas, &union)
        };
        let mut variants = Vec::with_capacity(union.variants.len());
        for (index, variant) in union.variants.iter().enumerate() {
            let ident = idents.get(index).cloned();
            let ident = ident.unwrap_or_else(|| idents::unique([variant_name(variant, index, &[])], &mut taken));
            let context =
                Context::named(vec![if ident.starts_with(name) { ident.clone() } else { format!("{name}{ident}") }]);
            let ty = self.element(&variant.typed, &context);
            let description = variant.typed.docs.description.clone();
            let pointer = (index < listed).then(|| variant.typed.pointer.clone());
            let beside = variant.typed.beside.clone();
            variants.push(UnionVariant { ident, pointer, beside, ty, tag: None, description });
        }
        let other = idents::unique(["Unknown".to_owned(), "Other".to_owned()], &mut taken);
        UnionDef { variants, discriminators, other }
    }

    /// Tells that what fits several members is taken for the one that keeps most of it.
    fn tell_ambiguous(&mut self, pointer: &str, union: &Union, left: usize, right: usize) {
        let named = |index: usize| match union.variants.get(index).and_then(|variant| variant.name.clone()) {
            Some(name) => format!("`{name}`"),
            None => format!("number {}", index + 1),
        };
        self.schemas.diagnostics.push(Diagnostic::adaptation(
            "ambiguous-union",
            pointer,
            format!(
                "nothing tells {} and {} apart: a value that fits both is the one that keeps most of it, else the first",
                named(left),
                named(right)
            ),
        ));
    }

    /// The plan's types, and the types of all schemas that are no part of another one; shapes are no longer needed.
    pub fn into_planned(mut self) -> (IndexMap<String, TypeDef>, BTreeMap<String, TypeRef>) {
        let mut schemas = self.roots;
        let made = &self.schemas;
        for (pointer, definition) in self.definitions.into_iter().filter(|(pointer, _)| !made.is_made(pointer)) {
            let (ty, nullable) = match definition {
                Definition::Named(name, nullable) => (TypeRef::Named(name), nullable),
                Definition::Alias(ty, nullable) => (ty, nullable),
                Definition::InProgress => continue,
            };
            schemas.insert(pointer, wrapped(ty, nullable));
        }
        tag(&mut self.planned);
        (self.planned, schemas)
    }
}

/// A component that others extend and that they are told apart from: what refers to it may hold any of them.
fn parent(typed: Typed, family: &Family, name: &str) -> Typed {
    let mut variants = Vec::with_capacity(family.members.len());
    let mut mapping = Vec::new();
    for (index, (pointer, values)) in family.members.iter().enumerate() {
        // What does not declare the property is not sent with a tag that nobody gave it.
        let declares = match &typed.shape {
            Shape::Object(object) => object.properties.contains_key(&family.property),
            _ => false,
        };
        mapping.extend(values.iter().filter(|_| index > 0 || declares).map(|value| (value.clone(), index)));
        let member = if index == 0 {
            // Of a descendant that the document does not list, it has what all have, and keeps the rest.
            let mut own = Typed { nullable: false, name: Some(format!("{name}Base")), ..typed.clone() };
            if let Shape::Object(object) = &mut own.shape {
                object.extended = true;
            }
            own
        } else {
            Typed::new(Shape::Ref(pointer.clone()), pointer.clone())
        };
        variants.push(Variant { name: Some(idents::shape_name(pointer)), typed: member });
    }
    let default =
        family.default.as_ref().and_then(|default| family.members.iter().position(|(pointer, _)| pointer == default));
    let property = family.property.clone();
    let discriminator = shape::Discriminator { property, mapping, names: Vec::new(), default };
    let shape = Shape::Union(Union { variants, discriminator: Some(discriminator), any_of: false });
    Typed { shape, ..typed }
}

/// What a variant is called.
fn variant_name(variant: &Variant, index: usize, discriminators: &[Discriminator]) -> String {
    // A value that it fixes, and shares with no other.
    let own = discriminators.iter().filter(|found| found.fixed.contains(&index)).find_map(|found| {
        let (value, _) = found.mapping.iter().find(|(_, mapped)| *mapped == index)?;
        let shared = found.mapping.iter().any(|(known, mapped)| known == value && *mapped != index);
        (!shared).then_some(value)
    });
    match (&variant.name, &variant.typed.shape, own) {
        (Some(named), ..) => idents::pascal(named),
        (None, _, Some(value)) => idents::pascal(value),
        (None, Shape::Text(_) | Shape::Enum(_), _) => "Text".to_owned(),
        (None, Shape::Integer(_), _) => "Integer".to_owned(),
        (None, Shape::Number, _) => "Number".to_owned(),
        (None, Shape::Boolean, _) => "Boolean".to_owned(),
        (None, Shape::Scalar, _) => "Scalar".to_owned(),
        (None, Shape::Array(_), _) => "List".to_owned(),
        (None, Shape::Map(_), _) => "Map".to_owned(),
        (None, ..) => format!("Variant{}", index + 1),
    }
}

/// Gives the variants whose types do not declare what tells them apart the value that stands for them: without it nobody
/// could tell what was sent. Of several values nobody can tell which was meant.
fn tag(planned: &mut IndexMap<String, TypeDef>) {
    let mut tags = Vec::new();
    for (name, definition) in &*planned {
        let TypeKind::Union(UnionDef { variants, discriminators, .. }) = &definition.kind else { continue };
        let Some(found) = discriminators.first() else { continue };
        let [property] = found.path.as_slice() else { continue };
        for (index, variant) in variants.iter().enumerate() {
            let TypeRef::Named(shape) = &variant.ty else { continue };
            let Some(TypeKind::Struct(shape)) = planned.get(shape).map(|shape| &shape.kind) else { continue };
            let mut values = found.mapping.iter().filter(|(_, mapped)| *mapped == index).map(|(value, _)| value);
            let declared = shape.fields.iter().any(|field| field.wire == *property);
            // What has no tag is of the default already.
            if let (false, Some(value), None) = (declared || found.default == Some(index), values.next(), values.next())
            {
                tags.push((name.clone(), index, Tag { property: property.clone(), value: value.clone() }));
            }
        }
    }
    for (name, index, value) in tags {
        if let Some(TypeKind::Union(union)) = planned.get_mut(&name).map(|definition| &mut definition.kind)
            && let Some(variant) = union.variants.get_mut(index)
        {
            variant.tag = Some(value);
        }
    }
}

/// The type where null has to be part of it.
fn wrapped(ty: TypeRef, nullable: bool) -> TypeRef {
    if nullable { TypeRef::Nullable(Box::new(ty)) } else { ty }
}

/// The names a definition's type could have.
fn definition_names(pointer: &str, typed: &Typed) -> Vec<String> {
    let mut candidates: Vec<String> = typed.name.iter().map(|name| idents::pascal(name)).collect();
    candidates.push(idents::pascal(&idents::shape_name(pointer)));
    candidates
}

/// How the type of an inline property could be called.
fn property_context(parent: &str, wire: &str, typed: &Typed, envelope: Option<&str>) -> Context {
    let several = matches!(typed.shape, Shape::Array(_) | Shape::Map(_));
    let word = if several { idents::singular(wire) } else { wire.to_owned() };
    let short = idents::pascal(&word);
    let generic = GENERIC.contains(&word.to_lowercase().as_str()) || GENERIC.contains(&wire.to_lowercase().as_str());
    let mut candidates = Vec::new();
    match envelope {
        Some(operation) if !generic => {
            candidates.push(short.clone());
            candidates.push(if operation.contains(&short) {
                operation.to_owned()
            } else {
                format!("{operation}{short}")
            });
        }
        Some(operation) => candidates.push(format!("{operation}{short}")),
        None => {}
    }
    candidates.push(if short.starts_with(parent) { short } else { format!("{parent}{short}") });
    Context::named(candidates)
}

fn enumeration(values: &[crate::schema::shape::EnumValue]) -> EnumDef {
    let mut taken = BTreeSet::new();
    let variants = values
        .iter()
        .map(|value| EnumVariant {
            ident: idents::unique([idents::pascal(value.name.as_deref().unwrap_or(&value.value))], &mut taken),
            wire: value.value.clone(),
            description: value.description.clone(),
        })
        .collect();
    let other = idents::unique(["Unknown".to_owned(), "Other".to_owned()], &mut taken);
    EnumDef { variants, other }
}

/// Equal for shapes that mean the same values.
type Fingerprint = [u8; 32];

fn fingerprint(typed: &Typed) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    hash_shape(&typed.shape, &mut hasher);
    *hasher.finalize().as_bytes()
}

fn hash_typed(typed: &Typed, hasher: &mut blake3::Hasher) {
    hasher.update(if typed.nullable { b"?" } else { b"!" });
    if let Some(fixed) = typed.fixed() {
        hasher.update(b"=");
        hash_text(&fixed.to_string(), hasher);
    }
    hash_shape(&typed.shape, hasher);
}

fn hash_text(text: &str, hasher: &mut blake3::Hasher) {
    hasher.update(&text.len().to_le_bytes());
    hasher.update(text.as_bytes());
}

fn hash_shape(shape: &Shape, hasher: &mut blake3::Hasher) {
    match shape {
        Shape::Any | Shape::Text(_) | Shape::Integer(_) | Shape::Number | Shape::Boolean | Shape::Scalar => {
            hash_text(&format!("{shape:?}"), hasher);
        }
        Shape::Array(items) => {
            hasher.update(b"[");
            hash_typed(items, hasher);
        }
        Shape::Map(values) => {
            hasher.update(b"{");
            hash_typed(values, hasher);
        }
        Shape::Ref(pointer) => {
            hasher.update(b"#");
            hash_text(pointer, hasher);
        }
        Shape::Object(object) => {
            hasher.update(b"(");
            for (name, property) in &object.properties {
                hash_text(name, hasher);
                hasher.update(&[u8::from(property.required), u8::from(property.tag)]);
                hash_typed(&property.typed, hasher);
            }
            if let Some(additional) = &object.additional {
                hasher.update(b"+");
                hash_typed(additional, hasher);
            }
            hasher.update(&[u8::from(object.extended)]);
            hasher.update(b")");
        }
        Shape::Enum(values) => {
            hasher.update(b"e");
            values.iter().for_each(|value| hash_text(&value.value, hasher));
            hasher.update(b".");
        }
        Shape::Union(union) => {
            hasher.update(b"|");
            for variant in &union.variants {
                hash_text(variant.name.as_deref().unwrap_or_default(), hasher);
                hash_typed(&variant.typed, hasher);
            }
            hash_text(&format!("{:?} {}", union.discriminator, union.any_of), hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::plan;
    use super::*;

    fn names(plan: &crate::plan::Plan) -> Vec<&str> {
        plan.types.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_schema_behind_a_pointer_is_named_by_what_stands_there() {
        let name = |pointer: &str| idents::shape_name(pointer);
        assert_eq!(name("/components/schemas/Bill/definitions/line/properties/orderRef/allOf/0"), "orderRef");
        assert_eq!(name("/components/schemas/Bill/oneOf/1/items"), "Bill");
    }

    #[test]
    fn a_key_with_a_percent_sign_is_referred_to_as_it_is_written() {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Pet%20Food"}}});
        let answer = json!({"operationId": "o", "responses": {"200": {"description": "", "content": content}}});
        let food = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let plan = plan(&json!({"/a": {"get": answer}}), &json!({"Pet%20Food": food}));
        assert_eq!(names(&plan), ["Pet20food"]);
        let crate::plan::Success::One(crate::plan::Payload::Json(ty)) = &plan.operations[0].success else {
            panic!("{:?}", plan.operations[0].success)
        };
        assert_eq!(*ty, TypeRef::Named("Pet20food".to_owned()));
    }

    #[test]
    fn inline_schemas_are_named_by_where_they_stand_and_equal_ones_are_one() {
        let connection = json!({"type": "object", "properties": {"id": {"type": "string"}, "links": {"type": "object", "properties": {"self": {"type": "string"}}}}});
        let content =
            |schema: serde_json::Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let plan = plan(
            &json!({
                "/connections": {
                    "get": {"operationId": "list-all-connections", "responses": {"200": content(json!({"type": "object", "properties": {
                        "connections": {"type": "array", "items": connection},
                        "meta": {"type": "object", "properties": {"total": {"type": "string"}}},
                    }}))}},
                    "post": {"operationId": "create-connection",
                        "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"connection": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}},
                        "responses": {"200": content(json!({"type": "object", "properties": {"connection": connection}}))}},
                },
            }),
            &json!({}),
        );
        assert_eq!(
            names(&plan),
            [
                "ListAllConnectionsResponse",
                "CreateConnectionRequest",
                "CreateConnectionResponse",
                "Connection",
                "ListAllConnectionsMeta",
                "CreateConnection",
                "ConnectionLinks",
            ]
        );
    }

    #[test]
    fn components_that_are_other_words_for_plain_types_are_written_out() {
        let plan = plan(
            &json!({}),
            &json!({
                "Id": {"type": "string"}, "Ids": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
                "Holder": {"type": "object", "properties": {"ids": {"$ref": "#/components/schemas/Ids"}}},
            }),
        );
        assert_eq!(names(&plan), ["Holder"]);
        let TypeKind::Struct(holder) = &plan.types["Holder"].kind else { panic!("no struct") };
        assert_eq!(holder.fields[0].ty, TypeRef::Array(Box::new(TypeRef::String)));
    }

    #[test]
    fn a_list_that_contains_itself_is_a_type_of_its_own() {
        let plan =
            plan(&json!({}), &json!({"Tree": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}));
        assert_eq!(
            plan.types["Tree"].kind,
            TypeKind::Newtype(TypeRef::Array(Box::new(TypeRef::Named("Tree".to_owned()))))
        );
    }

    #[test]
    fn names_that_collide_get_numbers_and_prelude_names_a_word() {
        let object = json!({"type": "object", "properties": {"a-b": {}, "a_b": {}, "type": {}}});
        let plan = plan(&json!({}), &json!({"foo-bar": object, "FooBar": object, "Option": object}));
        assert_eq!(names(&plan), ["FooBar", "FooBar2", "OptionValue"]);
        let TypeKind::Struct(structure) = &plan.types["FooBar"].kind else { panic!("no struct") };
        assert_eq!(
            structure.fields.iter().map(|field| field.ident.as_str()).collect::<Vec<_>>(),
            ["a_b", "a_b_2", "type_"]
        );
    }
}
