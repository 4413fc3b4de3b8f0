//! Brings shapes into the type plan.
//!
//! Inline schemas that mean the same values are one type where they are of one owner, or would have the same name: a name that
//! tells of one operation is no other's. Components that are only another word for a list, a map or a primitive are written
//! out where they are used.

use std::collections::{BTreeMap, VecDeque};

use indexmap::IndexMap;
use serde_json::Value;

use super::header_sets::HeaderSets;
use super::idents;
use super::limits;
use super::members::Members;
use super::names::{self, Context, Holder, Names};
use super::readable::readable;
use super::recurring::Recurring;
use super::secrets;
use super::tell;
use super::values;
use super::variants;
use super::xml_shapes::Shapes;
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_below, pointer_join};
use crate::plan::{
    Docs, EnumBase, EnumDef, EnumVariant, Field, Limit, Lock, Presence, StructDef, Tag, TypeDef, TypeKind, TypeRef,
    UnionDef, UnionVariant,
};
use crate::schema::shape::{
    self, EnumValue, Family, Object, Origin, Property, Schemas, Shape, TextFormat, Typed, Union, Variant,
};
use crate::suggest::Suggester;

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
    owner: String,
    envelope: Option<String>,
}

/// The type of an inline schema.
struct Known {
    name: String,
    /// The name before it got a number.
    stem: String,
    owner: String,
    pointer: String,
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
    /// What everything is called.
    pub names: Names,
    inline: BTreeMap<Fingerprint, Vec<Known>>,
    /// The names of the types of schemas and their owners, by the schemas' places.
    places: BTreeMap<String, (String, String)>,
    components: BTreeMap<Fingerprint, Vec<String>>,
    pending: VecDeque<Pending>,
    /// What definitions say of their properties' values.
    pub told: tell::Known,
    /// What operations describe alike.
    pub recurring: Recurring,
}

impl std::fmt::Debug for Types<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Types").field("planned", &self.planned.len()).finish_non_exhaustive()
    }
}

impl<'a> Types<'a> {
    /// Names the components first, so that nothing else takes their names.
    pub fn new(schemas: Schemas<'a>, before: Lock) -> Self {
        let mut types = Self {
            names: Names::new(schemas.document(), before),
            recurring: Recurring::new(schemas.document()),
            schemas,
            headers: HeaderSets::default(),
            xml: Shapes::default(),
            planned: IndexMap::new(),
            definitions: BTreeMap::new(),
            roots: BTreeMap::new(),
            inline: BTreeMap::new(),
            places: BTreeMap::new(),
            components: BTreeMap::new(),
            pending: VecDeque::new(),
            told: tell::Known::default(),
        };
        let components = types.schemas.document().pointer("/components/schemas").and_then(Value::as_object);
        for name in components.into_iter().flat_map(|components| components.keys()) {
            types.definition(&pointer_join("/components/schemas", name), &Context::named("", Vec::new()));
        }
        types
    }

    /// As [`Self::type_of`], of a schema that is no part of another one.
    pub fn root(&mut self, typed: &Typed, context: &Context) -> (TypeRef, bool) {
        let (ty, nullable) = self.type_of(typed, &context.or_shared(typed));
        self.roots.insert(typed.pointer.clone(), wrapped(ty.clone(), nullable));
        (ty, nullable)
    }

    /// The Rust type of a schema's whole place, `null` included where it is a value.
    pub fn whole(&mut self, typed: &Typed, context: &Context) -> TypeRef {
        let (ty, nullable) = self.root(typed, context);
        wrapped(ty, nullable)
    }

    /// The Rust type for a schema at a place, and whether `null` is a value.
    pub fn type_of(&mut self, typed: &Typed, context: &Context) -> (TypeRef, bool) {
        let (ty, nullable) = match &typed.shape {
            Shape::Any => return (TypeRef::Any, false),
            Shape::Text(TextFormat::DateTime) => (TypeRef::DateTime, false),
            Shape::Text(TextFormat::Date) => (TypeRef::Date, false),
            Shape::Text(TextFormat::Uuid) => (TypeRef::Uuid, false),
            Shape::Text(TextFormat::Plain | TextFormat::Binary) => (TypeRef::String, false),
            Shape::Text(TextFormat::Base64) => (TypeRef::Base64, false),
            Shape::Text(TextFormat::Base64Url) => (TypeRef::Base64Url, false),
            Shape::Text(TextFormat::Decimal) => (TypeRef::DecimalText, false),
            Shape::Integer(false) => (TypeRef::Integer, false),
            Shape::Integer(true) => (TypeRef::Unsigned, false),
            Shape::Number => (TypeRef::Number, false),
            Shape::Decimal => (TypeRef::Decimal, false),
            Shape::Boolean => (TypeRef::Boolean, false),
            Shape::Scalar => (TypeRef::Scalar, false),
            Shape::Array(items) => (TypeRef::Array(Box::new(self.held(typed, items, context))), false),
            Shape::Map(values) => (TypeRef::Map(Box::new(self.held(typed, values, context))), false),
            Shape::Ref(pointer) => self.definition(pointer, context),
            Shape::Object(_) | Shape::Enum(_) | Shape::IntegerEnum(_) | Shape::Union(_) => {
                (TypeRef::Named(self.inline(typed, context)), false)
            }
        };
        (ty, nullable || typed.nullable)
    }

    /// The Rust type of what a list or map holds. That is no type itself: what a hint calls it is what it holds.
    fn held(&mut self, holder: &Typed, held: &Typed, context: &Context) -> TypeRef {
        let hint = holder.name.as_deref().filter(|_| held.name.is_none()).map(idents::singular);
        let named = hint.map(|name| Typed { name: Some(name), ..held.clone() });
        self.element(named.as_ref().unwrap_or(held), context)
    }

    /// The Rust type of a list's or map's elements, where null has to be part of the type.
    fn element(&mut self, typed: &Typed, context: &Context) -> TypeRef {
        let (ty, nullable) = self.type_of(typed, &context.within());
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
        if self.schemas.is_made(pointer) && has_type(&typed.shape) {
            let name = self.inline(&typed, context);
            self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), typed.nullable));
            return (TypeRef::Named(name), typed.nullable);
        }
        let candidates = self.names.of_definition(pointer);
        let family = if matches!(typed.shape, Shape::Object(_)) { self.schemas.family(pointer) } else { None };
        let typed = match family {
            Some(family) => {
                self.tell_family(&family, pointer);
                parent(typed, &family)
            }
            None => typed,
        };
        let known = self.inline_at(pointer, &typed).or_else(|| self.spelled_otherwise(pointer, &typed, &candidates));
        if let Some(name) = known {
            self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), typed.nullable));
            return (TypeRef::Named(name), typed.nullable);
        }
        if has_type(&typed.shape) {
            let name = self.name(pointer, &typed, candidates).name;
            self.components.entry(fingerprint(&typed)).or_default().push(name.clone());
            self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), typed.nullable));
            self.places.insert(pointer.to_owned(), (name.clone(), name.clone()));
            let nullable = typed.nullable;
            self.pending.push_back(Pending { owner: name.clone(), name: name.clone(), typed, envelope: None });
            return (TypeRef::Named(name), nullable);
        }
        self.definitions.insert(pointer.to_owned(), Definition::InProgress);
        let item_names = candidates.iter().map(|name| idents::singular(name)).collect();
        let owner = candidates.first().cloned().unwrap_or_default();
        let (ty, nullable) = self.type_of(&typed, &Context::named(&owner, item_names));
        if let Some(Definition::Named(name, _)) = self.definitions.get(pointer).cloned() {
            // It turned out to contain itself: the list or map needs a type of its own.
            self.insert(&name, &typed, TypeKind::Newtype(ty));
            return (TypeRef::Named(name), nullable);
        }
        self.definitions.insert(pointer.to_owned(), Definition::Alias(ty.clone(), nullable));
        (ty, nullable)
    }

    /// The type of a schema within another, where that has been met and means the same: one schema is one type, whether it is
    /// referred to or stands there.
    fn inline_at(&self, pointer: &str, typed: &Typed) -> Option<String> {
        let known = self.inline.get(&fingerprint(typed))?.iter().find(|known| known.pointer == pointer)?;
        Some(known.name.clone())
    }

    /// The type of a definition whose key is another one's but for how it is spelled, and that means the same: it is that one's,
    /// unless each of them had a type.
    fn spelled_otherwise(&mut self, pointer: &str, typed: &Typed, candidates: &[String]) -> Option<String> {
        let known = self.components.get(&fingerprint(typed))?;
        let name = known.iter().find(|name| candidates.first() == Some(*name) && typed.name.is_none())?.clone();
        if self.names.before(pointer).iter().any(|before| *before != name) {
            return None;
        }
        self.names.note(pointer, &name);
        Some(name)
    }

    /// The type of an inline schema that was referred to before it was met where it stands.
    fn referred_to(&self, typed: &Typed, fingerprint: &Fingerprint) -> Option<String> {
        let Definition::Named(name, _) = self.definitions.get(&typed.pointer)? else { return None };
        self.components.get(fingerprint)?.contains(name).then(|| name.clone())
    }

    /// Tells that other schemas extend one, and what its mapping gives to none of them.
    fn tell_family(&mut self, family: &Family, pointer: &str) {
        let property = &family.property;
        let message = match family.members.len() - 1 {
            1 => format!("a schema extends this one and is told from it by `{property}`"),
            others => format!("{others} schemas extend this one and are told apart by `{property}`"),
        };
        self.schemas.diagnostics.push(Diagnostic::adaptation("discriminated-parent", pointer, message));
        for (value, target) in &family.lost {
            self.schemas.diagnostics.push(Diagnostic::adaptation(
                "lost-mapping",
                pointer_join(&format!("{pointer}/discriminator/mapping"), value),
                format!("`{target}` does not extend this schema: `{value}` names nothing"),
            ));
        }
    }

    /// A definition with the members of its family, if others extend it.
    pub fn understood(&mut self, pointer: &str) -> Option<Typed> {
        let typed = self.schemas.definition(pointer)?.clone();
        let family = if matches!(typed.shape, Shape::Object(_)) { self.schemas.family(pointer) } else { None };
        Some(match family {
            Some(family) => parent(typed, &family),
            None => typed,
        })
    }

    /// Makes a definition that contains itself a type of its own.
    fn newtype(&mut self, pointer: &str) -> String {
        let candidates = self.names.of_definition(pointer);
        let hint = self.schemas.definition(pointer).and_then(|typed| typed.name.clone());
        let name = self.names.give(pointer, hint.as_deref(), candidates).name;
        self.definitions.insert(pointer.to_owned(), Definition::Named(name.clone(), false));
        name
    }

    /// The name of an inline schema's type: that of an equal one, or a new one.
    fn inline(&mut self, typed: &Typed, context: &Context) -> String {
        let hint = typed.name.as_deref().map(idents::pascal);
        let mut candidates = readable(context.candidates.clone());
        candidates.extend(names::kinded(&candidates, typed));
        let fingerprint = fingerprint(typed);
        if let Some(known) = self.referred_to(typed, &fingerprint) {
            return known;
        }
        let first = hint.as_ref().or(candidates.first());
        let mut of_components = self.components.get(&fingerprint).into_iter().flatten();
        if let Some(known) = of_components.find(|name| Some(*name) == first) {
            return known.clone();
        }
        let known = self.inline.get(&fingerprint);
        if let Some(known) = known.and_then(|known| {
            let is_written = !is_narrowed(typed, self.schemas.document());
            same(known, typed, is_written, hint.as_ref(), &candidates, context, &self.names)
        }) {
            let name = known.name.clone();
            self.names.note(&typed.pointer, &name);
            return name;
        }
        let given = self.name(&typed.pointer, typed, candidates);
        let (name, owner) = (given.name, context.owner.clone());
        let known =
            Known { name: name.clone(), stem: given.stem, owner: owner.clone(), pointer: typed.pointer.clone() };
        self.inline.entry(fingerprint).or_default().push(known);
        self.places.entry(typed.pointer.clone()).or_insert_with(|| (name.clone(), owner.clone()));
        let typed = Typed { nullable: false, ..typed.clone() };
        self.pending.push_back(Pending { name: name.clone(), typed, owner, envelope: context.envelope.clone() });
        name
    }

    /// A name for the type of a schema, and a finding if it is not the one that a hint asks for.
    fn name(&mut self, place: &str, typed: &Typed, candidates: Vec<String>) -> names::Given {
        let given = self.names.give(place, typed.name.as_deref(), candidates);
        if let (true, Some(hint)) = (given.is_refused, &typed.name) {
            self.schemas.diagnostics.push(Diagnostic::error(
                "bad-hint",
                pointer_join(&typed.pointer, "x-switchboard-name"),
                format!("another type is called `{}` already", idents::pascal(hint)),
            ));
        }
        given
    }

    /// Looks into every type that is pending, and those this brings up.
    pub fn complete(&mut self) {
        while let Some(Pending { name, typed, owner, envelope }) = self.pending.pop_front() {
            let holder = Holder { name: &name, owner: &owner, envelope: envelope.as_deref() };
            let kind = match &typed.shape {
                Shape::Object(object) => TypeKind::Struct(self.structure(holder, &typed.pointer, object)),
                Shape::Enum(values) => TypeKind::Enum(self.enumeration(&name, EnumBase::Text, values)),
                Shape::IntegerEnum(values) => TypeKind::Enum(self.enumeration(&name, EnumBase::Integer, values)),
                Shape::Union(union) => TypeKind::Union(self.union(holder, &typed.pointer, union)),
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

    /// How the type of a property of `holder`, whose schema is at `place`, could be called. What it has from another schema,
    /// as it is written there, is named after that one.
    fn context(&self, holder: Holder<'_>, place: &str, wire: &str, typed: &Typed) -> Context {
        let is_own = typed.pointer.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
            || is_narrowed(typed, self.schemas.document())
            || is_widened(typed, place, self.schemas.document());
        let mut outer = typed.pointer.as_str();
        while let Some((parent, _)) = outer.rsplit_once('/').filter(|_| !is_own) {
            if let Some((name, owner)) = self.places.get(parent) {
                return Holder { name, owner, envelope: None }.property(wire, typed);
            }
            outer = parent;
        }
        holder.property(wire, typed)
    }

    fn structure(&mut self, holder: Holder<'_>, place: &str, object: &Object) -> StructDef {
        let mut members = Members::new(holder.name, EXTRA, self.names.memory());
        members.keep(object.properties.keys().map(String::as_str));
        if object.additional.is_none() && !object.extended {
            members.without_others();
        }
        let mut fields = Vec::with_capacity(object.properties.len());
        for (wire, property) in &object.properties {
            // What is one of the additional properties has the type that these have.
            let is_other =
                property.origin == Origin::Mentioned && object.additional.as_deref() == Some(&property.typed);
            let context = match is_other {
                true => holder.variant("Extra"),
                false => self.context(holder, place, wire, &property.typed),
            };
            let (ty, nullable) = self.type_of(&property.typed, &context);
            let is_sent = (property.required || property.tag) && !nullable;
            let constant = self.constant(&property.typed).filter(|_| is_sent);
            let null =
                || (property.required && ty == TypeRef::Any && self.is_null(&property.typed)).then_some(Value::Null);
            let constant = constant.or_else(null);
            let mut docs = self.field_docs(&property.typed);
            docs.secret = secrets::is_secret(wire, &property.typed, &ty, &docs, self.schemas.document());
            fields.push(Field {
                constant,
                boxed: false,
                demanded: false,
                answered: false,
                ident: members.field(wire),
                wire: wire.clone(),
                docs,
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
        self.tell_undescribed(place, object);
        let context = holder.variant("Extra");
        let additional = object.additional.as_ref().map(|values| self.element(values, &context));
        let extra = additional.or(object.extended.then_some(TypeRef::Any)).map(|ty| (members.others(), ty));
        self.names.memory().note_members(holder.name, members.into_names());
        StructDef { fields, extra, required_ident: None, arguments: Vec::new() }
    }

    /// Tells of properties that an object requires and that nothing describes: most are another one's name, misspelt.
    fn tell_undescribed(&mut self, place: &str, object: &Object) {
        let is_undescribed = |property: &Property| {
            property.required && property.origin == Origin::Mentioned && property.typed.shape == Shape::Any
        };
        let mut suggester = Suggester::default();
        for (wire, _) in object.properties.iter().filter(|(_, property)| is_undescribed(property)) {
            let described =
                object.properties.iter().filter(|(_, other)| other.origin != Origin::Mentioned && !other.required);
            let meant = suggester.nearest(wire, described.map(|(name, _)| name.as_str()));
            let message = format!("`{wire}` is required, and nothing describes it: it is any JSON");
            let help = match meant {
                Some(meant) => format!("if `{meant}` is meant, write that into `required`"),
                None => "describe it below `properties`, or leave it out of `required`".to_owned(),
            };
            self.schemas.diagnostics.push(Diagnostic::warning("undescribed-required", place, message).with_help(help));
        }
    }

    /// The only value that a schema allows, if there is but one.
    pub fn constant(&mut self, typed: &Typed) -> Option<Value> {
        match self.schemas.values(typed)?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether null is all that a schema allows.
    fn is_null(&mut self, typed: &Typed) -> bool {
        let place = self.schemas.resolved(typed).pointer;
        let Some(schema) = self.schemas.document().pointer(&place) else { return false };
        let lists_null = schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null));
        schema.get("const").is_some_and(Value::is_null) || lists_null
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

    fn enumeration(&mut self, name: &str, base: EnumBase, values: &[EnumValue]) -> EnumDef {
        let mut members = Members::new(name, UNKNOWN, self.names.memory());
        let (full, short) = (values::full(values), values::short(name, values));
        // What the document names is called so, or by as much of that as before.
        let is_kept = |(value, full): &(&EnumValue, &String)| {
            let before = members.before(&value.value);
            value.name.is_none() || before.is_some_and(|name| name == *full || values::is_short(name, full))
        };
        let kept: Vec<&str> = values.iter().zip(&full).filter(is_kept).map(|(value, _)| value.value.as_str()).collect();
        members.keep(kept);
        let was_short = values
            .iter()
            .zip(&full)
            .any(|(value, full)| members.before(&value.value).is_some_and(|name| values::is_short(name, full)));
        let is_short = was_short || !members.is_known();
        if is_short && full != short {
            members.note_all();
        }
        let variants = values.iter().zip(full).zip(short).map(|((value, full), short)| EnumVariant {
            ident: members.name_of(
                &value.value,
                if is_short { vec![short, full] } else { vec![full] },
                values::text(value),
            ),
            wire: value.value.clone(),
            description: value.description.clone(),
            deprecated: value.deprecated,
        });
        let variants = variants.collect();
        let other = members.others();
        self.names.memory().note_members(name, members.into_names());
        EnumDef { base, variants, other }
    }

    fn union(&mut self, holder: Holder<'_>, pointer: &str, union: &Union) -> UnionDef {
        let discriminators = tell::discriminators(&mut self.schemas, union, &mut self.told);
        let undecided = tell::undecided(&mut self.schemas, union, &discriminators);
        let limits = limits::limits(self.schemas.document(), union, &undecided);
        self.tell_ambiguous(pointer, union, &undecided, &limits);
        let mut members = Members::new(holder.name, UNKNOWN, self.names.memory());
        let keys: Vec<String> = union.variants.iter().map(|variant| variant_key(&variant.typed)).collect();
        members.keep(keys.iter().map(String::as_str));
        members.note_all();
        let shapes: Vec<Typed> = union.variants.iter().map(|variant| self.schemas.resolved(&variant.typed)).collect();
        let idents: Vec<String> = (0..)
            .zip(&keys)
            .map(|(index, key)| members.name(key, variants::names(union, &shapes, index, &discriminators, &self.names)))
            .collect();
        let listed = union.variants.len();
        let mut union = union.clone();
        let together = self.schemas.together(&union);
        let discriminators = if together.is_empty() {
            discriminators
        } else {
            self.schemas.diagnostics.push(Diagnostic::adaptation(
                "any-of",
                pointer,
                "a value can be several of the members at once: it has a variant with the properties of all of them",
            ));
            union.variants.extend(together.iter().map(|one| Variant { name: None, typed: one.typed.clone() }));
            tell::discriminators(&mut self.schemas, &union, &mut self.told)
        };
        let mut variants = Vec::with_capacity(union.variants.len());
        for (index, variant) in union.variants.iter().enumerate() {
            let ident = match index.checked_sub(listed).and_then(|index| together.get(index)) {
                Some(together) => {
                    let mut names = together.of.iter().filter_map(|member| idents.get(*member)).map(String::as_str);
                    let first = names.next().unwrap_or_default();
                    members.together(first, names.next().filter(|_| together.of.len() == 2))
                }
                None => idents.get(index).cloned().unwrap_or_default(),
            };
            let mut context = holder.variant(&ident);
            // What a definition has itself, that others extend.
            if index == 0 && union.discriminator.is_some() && variant.typed.pointer == pointer {
                context.candidates = ["Base", "Itself"].map(|word| format!("{}{word}", holder.name)).to_vec();
            }
            let ty = self.element(&variant.typed, &context);
            let description = variant.typed.docs.description.clone();
            let pointer = (index < listed).then(|| variant.typed.pointer.clone());
            let beside = variant.typed.beside.clone();
            variants.push(UnionVariant { ident, pointer, beside, ty, tag: None, description });
        }
        let other = members.others();
        self.names.memory().note_members(holder.name, members.into_names());
        UnionDef { variants, discriminators, limits, other }
    }

    /// Tells that what fits several objects is taken for the one that keeps most of it, where limits do not tell them apart
    /// either.
    fn tell_ambiguous(
        &mut self,
        pointer: &str,
        union: &Union,
        undecided: &[(usize, usize)],
        limits: &[(usize, Limit)],
    ) {
        let is_limited = |index: &usize| limits.iter().any(|(of, _)| of == index);
        let open = undecided.iter().filter(|(left, right)| !is_limited(left) && !is_limited(right));
        let open: Vec<(usize, usize)> = open.copied().collect();
        let mut objects = open.into_iter().filter(|(left, _)| {
            let shape = union.variants.get(*left).map(|variant| self.schemas.resolved(&variant.typed).shape);
            matches!(shape, Some(Shape::Object(_) | Shape::Map(_)))
        });
        let Some((left, right)) = objects.next() else { return };
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

    /// The plan's types, the types of all schemas that are no part of another one, and all names; shapes are no longer needed.
    pub fn into_planned(mut self) -> (IndexMap<String, TypeDef>, BTreeMap<String, TypeRef>, Names) {
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
        tag(&mut self.planned, self.schemas.diagnostics);
        (self.planned, schemas, self.names)
    }
}

/// A component that others extend and that they are told apart from: what refers to it may hold any of them.
fn parent(typed: Typed, family: &Family) -> Typed {
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
            let mut own = Typed { nullable: false, name: None, ..typed.clone() };
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

/// Gives the variants whose types do not declare what tells them apart, or leave it out, the value that stands for them: without
/// it nobody could tell what was sent. Where several do, nobody can tell which is meant: then the type has the property.
fn tag(planned: &mut IndexMap<String, TypeDef>, diagnostics: &mut Diagnostics) {
    let (mut tags, mut several) = (Vec::new(), Vec::new());
    for (name, definition) in &*planned {
        let TypeKind::Union(UnionDef { variants, discriminators, .. }) = &definition.kind else { continue };
        let Some(found) = discriminators.first() else { continue };
        let [property] = found.path.as_slice() else { continue };
        for (index, variant) in variants.iter().enumerate() {
            let TypeRef::Named(held) = &variant.ty else { continue };
            let Some(TypeKind::Struct(shape)) = planned.get(held).map(|shape| &shape.kind) else { continue };
            let values = found.mapping.iter().filter(|(_, mapped)| *mapped == index).map(|(value, _)| value);
            // What only happens to tell the variants apart may be left out where the document says so.
            let always = |field: &Field| field.presence == Presence::Required || !found.is_said;
            let declared = shape.fields.iter().any(|field| field.wire == *property && always(field));
            // What has no tag is of the default already.
            if declared || found.default == Some(index) {
                continue;
            }
            match values.collect::<Vec<_>>().as_slice() {
                [] => {}
                [value] => {
                    let tag = Tag { property: property.clone(), value: (*value).clone() };
                    tags.push((name.clone(), index, tag));
                }
                values => several.push((
                    held.clone(),
                    property.clone(),
                    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>(),
                    definition.pointer.clone(),
                )),
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
    for (name, property, values, pointer) in several {
        let Some(TypeKind::Struct(shape)) = planned.get_mut(&name).map(|definition| &mut definition.kind) else {
            continue;
        };
        if declare(shape, &property, &values) {
            let message =
                format!("several values of `{property}` stand for `{name}`, which does not have it: the type has it");
            diagnostics.push(Diagnostic::adaptation("several-tags", pointer, message));
        }
    }
}

/// Gives a struct a property that only a union says it has; not where it has it, or keeps whatever comes.
fn declare(shape: &mut StructDef, property: &str, values: &[String]) -> bool {
    if shape.extra.is_some() || shape.fields.iter().any(|field| field.wire == property) {
        return false;
    }
    let mut taken = shape.fields.iter().map(|field| field.ident.clone()).collect();
    let ident = idents::snake(property);
    shape.fields.push(Field {
        ident: idents::unique([ident.clone(), format!("{ident}_property")], &mut taken),
        wire: property.to_owned(),
        ty: TypeRef::String,
        presence: Presence::Optional,
        demanded: false,
        answered: false,
        boxed: false,
        constant: None,
        docs: Docs { constraints: vec![format!("one of {}", values.join(", "))], ..Docs::default() },
    });
    true
}

/// The type where null has to be part of it.
pub fn wrapped(ty: TypeRef, nullable: bool) -> TypeRef {
    if nullable { TypeRef::Nullable(Box::new(ty)) } else { ty }
}

/// Whether values have a type that is made for them.
fn has_type(shape: &Shape) -> bool {
    matches!(shape, Shape::Object(_) | Shape::Enum(_) | Shape::IntegerEnum(_) | Shape::Union(_))
}

/// Whether an enum has other values than are written where it stands: those that are left of them in another schema.
fn is_narrowed(typed: &Typed, document: &Value) -> bool {
    let (Shape::Enum(values) | Shape::IntegerEnum(values)) = &typed.shape else { return false };
    let schema = document.pointer(&typed.pointer);
    if schema.is_some_and(|schema| schema.get("const").is_some()) {
        return values.len() != 1;
    }
    let written = schema.and_then(|schema| schema.get("enum")).and_then(Value::as_array);
    written.map(|written| written.iter().filter(|value| !value.is_null()).count()) != Some(values.len())
}

/// Whether an object has more properties than are written where it stands: those that the schema at `place`, which has it from
/// there, adds to it.
fn is_widened(typed: &Typed, place: &str, document: &Value) -> bool {
    let Shape::Object(object) = &typed.shape else { return false };
    let Some(written) = document.pointer(&typed.pointer) else { return false };
    let is_composed = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|word| written.get(word).is_some());
    let properties = written.get("properties").and_then(Value::as_object);
    let is_added_to =
        typed.beside.iter().any(|beside| pointer_below(beside, place).is_some_and(|rest| !rest.is_empty()));
    is_added_to && !is_composed && properties.map_or(0, serde_json::Map::len) < object.properties.len()
}

/// The one of the types of equal schemas that is this schema's: it is the same schema, or one of the same owner, or would be
/// called the same. What has a name already keeps it.
fn same<'k>(
    known: &'k [Known],
    typed: &Typed,
    is_written: bool,
    hint: Option<&String>,
    candidates: &[String],
    context: &Context,
    names: &Names,
) -> Option<&'k Known> {
    let before = match hint {
        Some(hint) => vec![hint.as_str()],
        None => names.before(&typed.pointer),
    };
    if !before.is_empty() {
        // Of several the own one, if there is one.
        let is_own = |name: &str| candidates.iter().any(|candidate| names::is_numbered(name, candidate));
        let has_own = before.iter().any(|name| is_own(name));
        let is_one = |name: &str| before.contains(&name) && (!has_own || is_own(name));
        return known.iter().find(|known| is_one(&known.name));
    }
    known.iter().find(|known| {
        (is_written && known.pointer == typed.pointer)
            || known.owner == context.owner
            || candidates.contains(&known.stem)
    })
}

/// What holds properties that the document does not name is called.
const EXTRA: [&str; 3] = ["extra", "additional_properties", "other_properties"];

/// What an alternative or value that the document does not know is called.
pub const UNKNOWN: [&str; 3] = ["Unknown", "Other", "Unlisted"];

/// What tells an alternative from the others of its union: the definition that it is, or what it means.
fn variant_key(typed: &Typed) -> String {
    match &typed.shape {
        Shape::Ref(pointer) => pointer.clone(),
        _ => fingerprint(typed).iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
    }
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
        Shape::Any
        | Shape::Text(_)
        | Shape::Integer(_)
        | Shape::Number
        | Shape::Decimal
        | Shape::Boolean
        | Shape::Scalar => {
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
        Shape::IntegerEnum(values) => {
            hasher.update(b"i");
            for value in values {
                hash_text(&value.value, hasher);
                hash_text(value.name.as_deref().unwrap_or_default(), hasher);
            }
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
    fn a_shape_that_several_values_stand_for_has_the_property() {
        let mapping = json!({"one": "A", "uno": "A", "two": "B"});
        let shape = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        let either = json!({
            "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
            "discriminator": {"propertyName": "t", "mapping": mapping},
        });
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Either"}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {"requestBody": {"content": content}, "responses": {"200": {"description": ""}}}}},
            "components": {"schemas": {"A": shape("a"), "B": shape("b"), "Either": either}},
        });
        let mut diagnostics = Diagnostics::default();
        let plan = crate::lower::lower("t", &document, &mut diagnostics);
        let TypeKind::Union(union) = &plan.types["Either"].kind else { panic!("no union") };
        let tags: Vec<_> = union.variants.iter().map(|it| it.tag.as_ref().map(|tag| &tag.value)).collect();
        assert_eq!(tags, [None, Some(&"two".to_owned())]);
        let TypeKind::Struct(shape) = &plan.types["A"].kind else { panic!("no struct") };
        let last = shape.fields.last().unwrap();
        assert_eq!((last.ident.as_str(), last.wire.as_str(), &last.ty), ("t", "t", &TypeRef::String));
        assert_eq!(last.docs.constraints, ["one of `one`, `uno`"]);
        let told: Vec<_> = diagnostics.iter().filter(|found| found.code == "several-tags").collect();
        assert!(told.len() == 1 && told[0].message.contains("the type has it"), "{told:?}");
    }

    #[test]
    fn what_is_required_and_one_of_the_others_has_their_type() {
        let other = json!({"type": "object", "properties": {"x": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"],
            "additionalProperties": other});
        let plan = crate::lower::testing::plan(&json!({}), &json!({"A": schema}));
        let TypeKind::Struct(structure) = &plan.types["A"].kind else { panic!("no struct") };
        let named = TypeRef::Named("AExtra".to_owned());
        assert_eq!(structure.fields.last().map(|field| (field.ident.as_str(), &field.ty)), Some(("b", &named)));
        assert_eq!(structure.extra.as_ref().map(|(_, ty)| ty), Some(&named));
    }

    #[test]
    fn what_is_required_and_described_nowhere_is_told() {
        let told = |schema: Value| {
            let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
            let paths = json!({"/a": {"get": {"responses": {"200": {"description": "", "content": content}}}}});
            let diagnostics = crate::lower::testing::findings(&paths, &json!({"A": schema}));
            let found = diagnostics.iter().filter(|found| found.code == "undescribed-required");
            found.map(|found| (found.message.clone(), found.help.clone().unwrap_or_default())).collect::<Vec<_>>()
        };
        let a = json!({"elapsedTime": {"type": "integer"}});
        let [(message, help)] = told(json!({"properties": a, "required": ["elapsedTome"]})).try_into().unwrap();
        assert!(message.starts_with("`elapsedTome` is required"), "{message}");
        assert_eq!(help, "if `elapsedTime` is meant, write that into `required`");
        let [(_, help)] = told(json!({"properties": a, "required": ["id"]})).try_into().unwrap();
        assert!(help.starts_with("describe it"), "{help}");
        let beside = json!({"required": ["elapsedTime"]});
        assert_eq!(told(json!({"allOf": [{"properties": a}, beside]})), []);
        assert_eq!(told(json!({"properties": {"id": {}}, "required": ["id"]})), []);
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
    fn the_same_numbers_under_other_names_are_another_type() {
        let numbers = |names: [&str; 2]| json!({"type": "integer", "enum": [0, 1], "x-enum-varnames": names});
        let holder = json!({"type": "object", "properties": {
            "level": numbers(["Low", "High"]), "pet": numbers(["Cat", "Dog"]), "floor": numbers(["Low", "High"]),
        }});
        let plan = plan(&json!({}), &json!({"Holder": holder}));
        assert_eq!(names(&plan), ["Holder", "HolderLevel", "HolderPet"]);
        let TypeKind::Enum(level) = &plan.types["HolderLevel"].kind else { panic!("no enum") };
        assert_eq!(level.base, EnumBase::Integer);
        let found = level.variants.iter().map(|variant| (variant.ident.as_str(), variant.wire.as_str()));
        assert_eq!(found.collect::<Vec<_>>(), [("Low", "0"), ("High", "1")]);
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
    fn fields_that_collide_say_how_they_are_spelled_and_prelude_names_get_a_word() {
        let object = json!({"type": "object", "properties": {"a-b": {}, "a_b": {}, "type": {}}});
        let plan = plan(&json!({}), &json!({"foo-bar": object, "FooBar": object, "Option": object}));
        assert_eq!(names(&plan), ["FooBar", "OptionValue"], "what is the same is one type");
        let TypeKind::Struct(structure) = &plan.types["FooBar"].kind else { panic!("no struct") };
        assert_eq!(
            structure.fields.iter().map(|field| field.ident.as_str()).collect::<Vec<_>>(),
            ["a_b", "a_b_underscored", "type_"]
        );
    }
}
