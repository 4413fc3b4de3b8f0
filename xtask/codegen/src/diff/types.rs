//! What has changed of the types.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Class, Kind};
use super::draft::{Draft, deprecation, proposed, prose, redescribed, type_words};
use super::relation::{Pair, Relation, Way};
use super::renames;
use crate::diagnostics::pointer_join;
use crate::plan::{
    Discriminator, Docs, EnumBase, EnumDef, EnumVariant, Field, Presence, StructDef, TypeDef, TypeKind, UnionDef,
    UnionVariant,
};

/// All that has changed of the types of two plans.
pub fn compare(pair: &Pair<'_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let origins: BTreeMap<&str, &str> = pair.renamed.iter().map(|(old, new)| (new.as_str(), old.as_str())).collect();
    for (name, old) in &pair.old.types {
        match pair.new.types.get(pair.name(name)) {
            Some(new) => Compared { pair, name: pair.name(name), old, new }.all(name, &mut found),
            None => found.push(
                Draft::new(Kind::TypeRemoved, Class::Info, format!("`{name}` is gone"))
                    .before(&old.pointer)
                    .of_items(paths(name, old)),
            ),
        }
    }
    for (name, new) in &pair.new.types {
        if !pair.old.types.contains_key(name) && !origins.contains_key(name.as_str()) {
            found.push(
                Draft::new(Kind::TypeAdded, Class::Info, format!("new: `{name}`"))
                    .after(&new.pointer)
                    .of_items(paths(name, new)),
            );
        }
    }
    found
}

/// The paths of a type, and of what a call of its `new` must give, where that is much.
pub fn paths(name: &str, definition: &TypeDef) -> Vec<String> {
    let required = match &definition.kind {
        TypeKind::Struct(structure) => structure.required_ident.as_deref(),
        _ => None,
    };
    std::iter::once(name).chain(required).map(path).collect()
}

/// The path of a type in the crate.
pub fn path(name: &str) -> String {
    format!("types::{name}")
}

/// Whether a shape of a union is another one in some sense.
type Meets<'a> = &'a dyn Fn(&UnionVariant, &UnionVariant) -> bool;

/// One type in two plans.
struct Compared<'a> {
    pair: &'a Pair<'a>,
    /// Its name today.
    name: &'a str,
    old: &'a TypeDef,
    new: &'a TypeDef,
}

impl Compared<'_> {
    fn all(&self, before: &str, found: &mut Vec<Draft>) {
        let (old, new) = (self.old, self.new);
        if before != self.name {
            let words = format!("`{before}` is called `{}` now", self.name);
            let items = paths(before, old).into_iter().chain(paths(self.name, new));
            let draft = self.draft(Kind::TypeRenamed, Class::Info, words).of_items(items);
            found.push(draft.kept_by(&new.pointer, "x-switchboard-name", before));
        }
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(old), TypeKind::Struct(new)) => self.structs(old, new, found),
            (TypeKind::Enum(old), TypeKind::Enum(new)) if old.base == new.base => self.enums(old, new, found),
            (TypeKind::Union(old), TypeKind::Union(new)) => self.unions(old, new, found),
            (TypeKind::Newtype(old), TypeKind::Newtype(new)) => {
                let relation = self.pair.relation(old, new);
                if relation != Relation::Same {
                    let words = format!("`{}` holds {}, it was {}", self.name, type_words(new), type_words(old));
                    let class = relation.class(self.way());
                    found.push(self.draft(Kind::TypeChanged, class, words).of_items([path(self.name)]));
                }
            }
            (old, new) => {
                let words = format!("`{}` is {} now, it was {}", self.name, kind(new), kind(old));
                found.push(self.draft(Kind::TypeChanged, Class::Breaking, words).of_items([path(self.name)]));
            }
        }
        // A type is not left out: what has it is, and has its default.
        let said = |docs: &Docs| Docs { default: None, ..docs.clone() };
        let what = format!("`{}`", self.name);
        found.extend(prose(&what, (&old.pointer, &said(&old.docs)), (&new.pointer, &said(&new.docs))));
        let words = match (old.in_request, new.in_request) {
            (false, true) => "sent as well now",
            (true, false) => "not sent any more",
            _ => return,
        };
        // What makes a value comes and goes with that.
        let draft = self.draft(Kind::TypeChanged, Class::Info, format!("{what} is {words}"));
        found.push(draft.alike(&what, format!("are {words}")).of_items([format!("{}::new", path(self.name))]));
    }

    fn draft(&self, kind: Kind, class: Class, words: String) -> Draft {
        Draft::new(kind, class, words).at(&self.old.pointer, &self.new.pointer)
    }

    fn way(&self) -> Way {
        Way::of(self.old, self.new)
    }

    fn structs(&self, old: &StructDef, new: &StructDef, found: &mut Vec<Draft>) {
        let new_fields: BTreeMap<&str, &Field> = new.fields.iter().map(|field| (field.wire.as_str(), field)).collect();
        let is_new = |field: &Field| !old.fields.iter().any(|other| other.wire == field.wire);
        let mut gone: Vec<&Field> = Vec::new();
        for field in &old.fields {
            let same_name = || new.fields.iter().find(|other| other.ident == field.ident && is_new(other));
            match new_fields.get(field.wire.as_str()).copied().or_else(same_name) {
                Some(new) => self.field(field, new, found),
                None => gone.push(field),
            }
        }
        let is_another = |field: &&Field| is_new(field) && !old.fields.iter().any(|other| other.ident == field.ident);
        let come: Vec<&Field> = new.fields.iter().filter(is_another).collect();
        let may_be = |was: &Field, is: &Field| {
            let is_alike = was.presence == is.presence && self.pair.is_same(&was.ty, &is.ty);
            is_alike && renames::may_be((&was.ident, &was.docs), (&is.ident, &is.docs))
        };
        found.extend(gone.iter().map(|&field| self.gone(field, renames::likely(field, &gone, &come, may_be))));
        found.extend(come.into_iter().map(|field| self.added(field)));
        match (&old.extra, &new.extra) {
            (Some((_, old_ty)), Some((ident, new_ty))) if !self.pair.is_same(old_ty, new_ty) => {
                let relation = self.pair.relation(old_ty, new_ty);
                let what = format!("the values of `{}::{ident}`", self.name);
                let words = format!("{what} are {}, they were {}", type_words(new_ty), type_words(old_ty));
                found
                    .push(self.draft(kind_of(relation), relation.class(self.way()), words).of_items(self.items(ident)));
            }
            (Some((ident, _)), None) => {
                let words = format!("`{}::{ident}` is gone: no properties but those that are named", self.name);
                found.push(self.draft(Kind::FieldRemoved, Class::Warning, words).of_items(self.items(ident)));
            }
            (None, Some((ident, _))) => {
                let words = format!("new: `{}::{ident}`, for properties that are not named", self.name);
                found.push(self.draft(Kind::FieldAdded, Class::Info, words).of_items(self.items(ident)));
            }
            _ => {}
        }
    }

    /// A field with what sets it.
    fn items(&self, ident: &str) -> Vec<String> {
        let own = path(self.name);
        let plain = ident.trim_end_matches('_');
        let setters =
            [ident.to_owned(), format!("{plain}_null"), format!("{plain}_value"), format!("{plain}_property")];
        let setters = setters.iter().map(|setter| format!("{own}::{setter}"));
        std::iter::once(format!("{own}.{ident}")).chain(setters).collect()
    }

    /// The same with what takes all that is required.
    fn required_items(&self, ident: &str) -> Vec<String> {
        let own = path(self.name);
        let makers = [format!("{own}::new"), format!("{own}: Default")];
        let beside =
            paths(self.name, self.old).into_iter().chain(paths(self.name, self.new)).filter(|path| *path != own);
        self.items(ident).into_iter().chain(makers).chain(beside).collect()
    }

    /// Whether answers were sure to have it.
    fn is_sure(&self, field: &Field) -> bool {
        self.way().answered && (is_required(field) || field.answered)
    }

    fn gone(&self, field: &Field, successor: Option<&Field>) -> Draft {
        let was_sure = self.is_sure(field);
        let class = if was_sure { Class::Breaking } else { Class::Warning };
        let items = if is_required(field) { self.required_items(&field.ident) } else { self.items(&field.ident) };
        let proposed = successor.map(|is| proposed(&is.ident)).unwrap_or_default();
        Draft::new(Kind::FieldRemoved, class, format!("`{}::{}` is gone{proposed}", self.name, field.ident))
            .before(&member(self.old, field))
            .of_items(items)
    }

    fn added(&self, field: &Field) -> Draft {
        let is_wanted = is_required(field) && self.way().sent && field.constant.is_none();
        let class = if is_wanted { Class::Breaking } else { Class::Info };
        let items = if is_required(field) { self.required_items(&field.ident) } else { self.items(&field.ident) };
        let required = if is_wanted { ", which is required" } else { "" };
        Draft::new(Kind::FieldAdded, class, format!("new: `{}::{}`{required}", self.name, field.ident))
            .after(&member(self.new, field))
            .of_items(items)
    }

    fn field(&self, old: &Field, new: &Field, found: &mut Vec<Draft>) {
        let what = format!("`{}::{}`", self.name, new.ident);
        let (before, after) = (member(self.old, old), member(self.new, new));
        let draft = |kind, class, words: String| Draft::new(kind, class, words).at(&before, &after);
        let items =
            if is_required(old) || is_required(new) { self.required_items(&new.ident) } else { self.items(&new.ident) };
        if old.wire != new.wire {
            // Who sends the old one, or waits for it, is not understood.
            let is_wanted = self.way().sent && is_required(new);
            let was_sure = self.is_sure(old);
            let class = if is_wanted || was_sure { Class::Breaking } else { Class::Warning };
            found.push(respelled(class, &what, &old.wire, &new.wire).at(&before, &after));
        }
        if old.ident != new.ident {
            let words = format!("`{}::{}` is called {what} now", self.name, old.ident);
            let both = items.iter().cloned().chain(self.items(&old.ident));
            found.push(draft(Kind::FieldRenamed, Class::Info, words).of_items(both));
        }
        let relation = self.pair.relation(&old.ty, &new.ty);
        if relation != Relation::Same {
            let words = format!("{what} is {}, it was {}", type_words(&new.ty), type_words(&old.ty));
            found.push(draft(kind_of(relation), relation.class(self.way()), words).of_items(items.clone()));
        }
        if old.constant != new.constant {
            let words = match &new.constant {
                Some(value) => format!("{what} is always `{value}` now"),
                None => format!("{what} has more than one value now"),
            };
            found.push(draft(Kind::FieldTypeChanged, Class::Warning, words).of_items(items.clone()));
        }
        self.presence(&what, old, new, &mut |kind, class, words| {
            found.push(draft(kind, class, words).of_items(items.clone()));
        });
        found.extend(prose(&what, (&before, &old.docs), (&after, &new.docs)));
    }

    fn presence(&self, what: &str, old: &Field, new: &Field, push: &mut dyn FnMut(Kind, Class, String)) {
        let way = self.way();
        let looser = Relation::Widened.class(way);
        let tighter = Relation::Narrowed.class(way);
        match (may_be_absent(old), may_be_absent(new)) {
            (false, true) if way.answered => push(Kind::FieldMadeOptional, looser, format!("{what} may now be absent")),
            (false, true) => push(Kind::FieldMadeOptional, looser, format!("{what} may now be left out")),
            (true, false) if way.sent => push(Kind::FieldMadeRequired, tighter, format!("{what} is required now")),
            (true, false) => push(Kind::FieldMadeRequired, tighter, format!("{what} is always there now")),
            _ => {}
        }
        match (may_be_null(old), may_be_null(new)) {
            (false, true) => push(Kind::FieldMadeNullable, looser, format!("{what} may now be null")),
            (true, false) => push(Kind::FieldMadeNotNullable, tighter, format!("{what} is never null now")),
            _ => {}
        }
    }

    fn enums(&self, old: &EnumDef, new: &EnumDef, found: &mut Vec<Draft>) {
        let own = path(self.name);
        let is_new = |value: &EnumVariant| !old.variants.iter().any(|other| other.wire == value.wire);
        for value in &old.variants {
            let what = format!("`{}::{}`", self.name, value.ident);
            let same_name = || new.variants.iter().find(|other| other.ident == value.ident && is_new(other));
            let Some(now) = new.variants.iter().find(|other| other.wire == value.wire).or_else(same_name) else {
                let class = if self.way().sent { Class::Breaking } else { Class::Info };
                let words = format!("{what} is gone (`{}` on the wire)", value.wire);
                let item = format!("{own}::{}", value.ident);
                found.push(Draft::new(Kind::ValueRemoved, class, words).before(&self.old.pointer).of_items([item]));
                continue;
            };
            if now.wire != value.wire {
                let class = if self.way().sent { Class::Breaking } else { Class::Warning };
                let draft = respelled(class, &what, &value.wire, &now.wire);
                found.push(draft.at(&self.old.pointer, &self.new.pointer));
            }
            if now.ident != value.ident {
                let words = format!("{what} is called `{}::{}` now", self.name, now.ident);
                let items = [value, now].map(|value| format!("{own}::{}", value.ident));
                found.push(self.draft(Kind::FieldRenamed, Class::Info, words).of_items(items));
            }
            if now.deprecated != value.deprecated {
                found.push(deprecation(&what, now.deprecated).at(&self.old.pointer, &self.new.pointer));
            }
            if now.description != value.description {
                found.push(redescribed(&what).at(&self.old.pointer, &self.new.pointer));
            }
        }
        let is_another =
            |value: &&EnumVariant| is_new(value) && !old.variants.iter().any(|other| other.ident == value.ident);
        for value in new.variants.iter().filter(is_another) {
            let class = if self.way().answered { Class::Warning } else { Class::Info };
            let words = format!("new: `{}::{}` (`{}` on the wire)", self.name, value.ident, value.wire);
            let item = format!("{own}::{}", value.ident);
            found.push(Draft::new(Kind::ValueAdded, class, words).after(&self.new.pointer).of_items([item]));
        }
        if old.other != new.other {
            let words = format!("`{0}::{1}` is called `{0}::{2}` now", self.name, old.other, new.other);
            let items = [&old.other, &new.other].map(|name| format!("{own}::{name}"));
            found.push(self.draft(Kind::FieldRenamed, Class::Info, words).of_items(items));
        }
    }

    fn unions(&self, old: &UnionDef, new: &UnionDef, found: &mut Vec<Draft>) {
        let own = path(self.name);
        let met = self.shapes(old, new);
        for (shape, now) in old.variants.iter().zip(&met) {
            let what = format!("`{}::{}`", self.name, shape.ident);
            let Some(now) = now.and_then(|at| new.variants.get(at)) else {
                let class = if self.way().sent { Class::Breaking } else { Class::Info };
                let item = format!("{own}::{}", shape.ident);
                let gone = Draft::new(Kind::ValueRemoved, class, format!("{what} is gone"));
                found.push(gone.before(&self.old.pointer).of_items([item]));
                continue;
            };
            let relation = self.pair.relation(&shape.ty, &now.ty);
            if relation != Relation::Same {
                let words = format!("{what} holds {}, it was {}", type_words(&now.ty), type_words(&shape.ty));
                let class = relation.class(self.way());
                found.push(self.draft(Kind::TypeChanged, class, words).of_items([format!("{own}::{}", shape.ident)]));
            }
            if now.ident != shape.ident {
                let words = format!("{what} is called `{}::{}` now", self.name, now.ident);
                let items = [shape, now].map(|shape| format!("{own}::{}", shape.ident));
                found.push(self.draft(Kind::FieldRenamed, Class::Info, words).of_items(items));
            }
            if now.description != shape.description {
                found.push(redescribed(&what).at(&self.old.pointer, &self.new.pointer));
            }
        }
        let is_new = |at: usize| !met.contains(&Some(at));
        for (_, shape) in new.variants.iter().enumerate().filter(|(at, _)| is_new(*at)) {
            let class = if self.way().answered { Class::Warning } else { Class::Info };
            let words = format!("new: `{}::{}`", self.name, shape.ident);
            let item = format!("{own}::{}", shape.ident);
            found.push(Draft::new(Kind::ValueAdded, class, words).after(&self.new.pointer).of_items([item]));
        }
        self.told_apart(old, new, &met, found);
    }

    /// What tells the shapes of a union apart, where all that there were are there: `met` has where.
    fn told_apart(&self, old: &UnionDef, new: &UnionDef, met: &[Option<usize>], found: &mut Vec<Draft>) {
        let Some(met) = met.iter().copied().collect::<Option<Vec<usize>>>() else { return };
        let mut was: Vec<Discriminator> = old.discriminators.iter().map(|told| moved(told, &met)).collect();
        let mut is = new.discriminators.clone();
        if let ([was], [is]) = (was.as_mut_slice(), is.as_mut_slice())
            && was.path == is.path
        {
            let (before, now) = (std::mem::take(&mut was.mapping), std::mem::take(&mut is.mapping));
            found.extend(met.iter().filter_map(|at| self.respelled(new.variants.get(*at)?, *at, &before, &now)));
        }
        // What is only read, the names of schemas, comes and goes with these.
        was.iter_mut().chain(&mut is).for_each(|told| told.aliases.clear());
        if old.variants.len() == new.variants.len() && (was != is || old.limits != new.limits) {
            let words = format!("the shapes of `{}` are told apart by something else", self.name);
            found.push(self.draft(Kind::TypeChanged, Class::Warning, words.clone()).on_the_wire(words));
        }
    }

    /// A shape of a union that has other values for what tells it apart. Who is sent a new one does not know it.
    fn respelled(
        &self,
        shape: &UnionVariant,
        at: usize,
        before: &[(String, usize)],
        now: &[(String, usize)],
    ) -> Option<Draft> {
        let own = |values: &[(String, usize)]| -> BTreeSet<String> {
            values.iter().filter(|(_, shape)| *shape == at).map(|(value, _)| value.clone()).collect()
        };
        let (was, is) = (own(before), own(now));
        if was == is {
            return None;
        }
        let is_understood = was.is_subset(&is);
        let class = match self.way() {
            Way { sent: true, .. } if !is_understood => Class::Breaking,
            Way { answered: false, .. } => Class::Info,
            _ => Class::Warning,
        };
        let listed = |values: BTreeSet<String>| match values.is_empty() {
            true => "nothing of its own".to_owned(),
            false => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or "),
        };
        let words = format!("`{}::{}` is {} on the wire, it was {}", self.name, shape.ident, listed(is), listed(was));
        Some(self.draft(Kind::WireNameChanged, class, words.clone()).on_the_wire(words))
    }

    /// Where each shape of a union is in the newer one: the same in all, else the same under another name, else another of the
    /// same name. None stands for two.
    fn shapes(&self, old: &UnionDef, new: &UnionDef) -> Vec<Option<usize>> {
        let is_same = |was: &UnionVariant, is: &UnionVariant| self.pair.is_same(&was.ty, &is.ty) && was.tag == is.tag;
        let ways: [Meets<'_>; 3] =
            [&|was, is| was.ident == is.ident && is_same(was, is), &is_same, &|was, is| was.ident == is.ident];
        let mut met = vec![None; old.variants.len()];
        for is_it in ways {
            for index in 0..met.len() {
                let (Some(None), Some(shape)) = (met.get(index), old.variants.get(index)) else { continue };
                let is_free = |at: usize| !met.contains(&Some(at));
                let at = (0..).zip(&new.variants).position(|(at, other)| is_free(at) && is_it(shape, other));
                if let Some(found) = met.get_mut(index) {
                    *found = at;
                }
            }
        }
        met
    }
}

/// What tells the shapes of an older union apart, with the places that these have in the newer one.
fn moved(told: &Discriminator, met: &[usize]) -> Discriminator {
    let now = |at: usize| met.get(at).copied().unwrap_or(at);
    let all = |indexes: &[usize]| {
        let mut moved: Vec<usize> = indexes.iter().map(|at| now(*at)).collect();
        moved.sort_unstable();
        moved
    };
    Discriminator {
        mapping: told.mapping.iter().map(|(value, at)| (value.clone(), now(*at))).collect(),
        fixed: all(&told.fixed),
        required: all(&told.required),
        default: told.default.map(now),
        ..told.clone()
    }
}

/// What is the same in Rust, and spelled otherwise on the wire.
fn respelled(class: Class, what: &str, before: &str, after: &str) -> Draft {
    let words = format!("{what} is `{after}` on the wire, it was `{before}`");
    Draft::new(Kind::WireNameChanged, class, words.clone()).on_the_wire(words)
}

fn kind_of(relation: Relation) -> Kind {
    match relation {
        Relation::Widened => Kind::FieldTypeWidened,
        Relation::Narrowed => Kind::FieldTypeNarrowed,
        Relation::Alike | Relation::Other | Relation::Same => Kind::FieldTypeChanged,
    }
}

fn is_required(field: &Field) -> bool {
    field.presence.is_required()
}

fn may_be_absent(field: &Field) -> bool {
    !is_required(field)
}

fn may_be_null(field: &Field) -> bool {
    matches!(field.presence, Presence::RequiredNullable | Presence::OptionalNullable)
}

/// Where a property stands, if its schema is in one piece.
fn member(definition: &TypeDef, field: &Field) -> String {
    pointer_join(&pointer_join(&definition.pointer, "properties"), &field.wire)
}

fn kind(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Struct(_) => "an object".to_owned(),
        TypeKind::Enum(values) => match values.base {
            EnumBase::Text => "one of several values".to_owned(),
            EnumBase::Integer => "one of several numbers".to_owned(),
        },
        TypeKind::Union(_) => "one of several shapes".to_owned(),
        TypeKind::Newtype(inner) => type_words(inner),
    }
}
