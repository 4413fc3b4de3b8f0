//! How two types are to each other: which of them takes more values, and which way values go.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Class;
use crate::plan::{EnumBase, EnumDef, Field, Plan, TypeDef, TypeKind, TypeRef};

/// What a type has become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the same.
    Same,
    /// It takes more values.
    Widened,
    /// It takes fewer values.
    Narrowed,
    /// It is another type, which takes the same values.
    Alike,
    /// Neither takes all that the other does.
    Other,
}

impl Relation {
    /// What it means to those on whose side values are made or read.
    pub fn class(self, way: Way) -> Class {
        let breaks = match self {
            Self::Same | Self::Alike => false,
            Self::Widened => way.answered,
            Self::Narrowed => way.sent,
            Self::Other => true,
        };
        if breaks { Class::Breaking } else { Class::Info }
    }
}

/// Which way values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// In requests.
    pub sent: bool,
    /// In answers.
    pub answered: bool,
}

impl Way {
    /// In requests alone.
    pub const SENT: Self = Self { sent: true, answered: false };
    /// In answers alone.
    pub const ANSWERED: Self = Self { sent: false, answered: true };

    /// The way of the values of a type.
    pub fn of(old: &TypeDef, new: &TypeDef) -> Self {
        Self { sent: old.in_request || new.in_request, answered: old.in_response || new.in_response }
    }
}

/// Two plans, and which types of the older one are called otherwise in the newer one.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The older plan.
    pub old: &'a Plan,
    /// The newer plan.
    pub new: &'a Plan,
    /// The names in the newer plan of types that had others.
    pub renamed: &'a BTreeMap<String, String>,
}

impl Pair<'_> {
    /// What `old` is called today.
    pub fn name<'n>(&'n self, old: &'n str) -> &'n str {
        self.renamed.get(old).map_or(old, String::as_str)
    }

    /// Whether it is the same type, whatever it is called.
    pub fn is_same(&self, old: &TypeRef, new: &TypeRef) -> bool {
        match (old, new) {
            (TypeRef::Named(old), TypeRef::Named(new)) => self.name(old) == new,
            (TypeRef::Array(old), TypeRef::Array(new))
            | (TypeRef::Map(old), TypeRef::Map(new))
            | (TypeRef::Nullable(old), TypeRef::Nullable(new)) => self.is_same(old, new),
            _ => old == new,
        }
    }

    /// What `old` has become.
    pub fn relation(&self, old: &TypeRef, new: &TypeRef) -> Relation {
        if self.is_same(old, new) {
            return Relation::Same;
        }
        match (old, new) {
            (TypeRef::Array(old), TypeRef::Array(new)) | (TypeRef::Map(old), TypeRef::Map(new)) => {
                self.relation(old, new)
            }
            (TypeRef::Nullable(old), TypeRef::Nullable(new)) => self.relation(old, new),
            (old, TypeRef::Nullable(new)) if self.is_same(old, new) => Relation::Widened,
            (TypeRef::Nullable(old), new) if self.is_same(old, new) => Relation::Narrowed,
            (TypeRef::Named(old), TypeRef::Named(new)) if self.are_alike(old, new, &mut BTreeSet::new()) => {
                Relation::Alike
            }
            (TypeRef::Named(old), TypeRef::Named(new)) if self.has_grown(old, new, &mut BTreeSet::new()) => {
                Relation::Alike
            }
            (old, new) if self.takes(self.new, new, self.old, old) => Relation::Widened,
            (old, new) if self.takes(self.old, old, self.new, new) => Relation::Narrowed,
            _ => Relation::Other,
        }
    }

    /// Whether two types of other names are made alike down to the last property. `assumed` has those that are looked at.
    fn are_alike(&self, old: &str, new: &str, assumed: &mut BTreeSet<(String, String)>) -> bool {
        if !assumed.insert((old.to_owned(), new.to_owned())) {
            return true;
        }
        let (Some(old), Some(new)) = (self.old.types.get(old), self.new.types.get(new)) else { return false };
        is_made_alike(old, new, &mut |old, new| self.takes_alike(old, new, assumed))
    }

    /// Whether an object of another name has all that there was, as it was, and beside it nothing that has to be there.
    fn has_grown(&self, old: &str, new: &str, assumed: &mut BTreeSet<(String, String)>) -> bool {
        if !assumed.insert((old.to_owned(), new.to_owned())) {
            return true;
        }
        let kinds = self.old.types.get(old).zip(self.new.types.get(new)).map(|(old, new)| (&old.kind, &new.kind));
        let Some((TypeKind::Struct(old), TypeKind::Struct(new))) = kinds else { return false };
        let mut has = |field: &Field| {
            new.fields.iter().find(|now| now.wire == field.wire).is_some_and(|now| {
                let is_there_alike = (field.presence, &field.constant) == (now.presence, &now.constant);
                is_there_alike
                    && (self.takes_alike(&field.ty, &now.ty, assumed) || self.is_grown(&field.ty, &now.ty, assumed))
            })
        };
        let is_new = |field: &&Field| !old.fields.iter().any(|was| was.wire == field.wire);
        !old.fields.is_empty()
            && old.fields.iter().all(&mut has)
            && !new.fields.iter().filter(is_new).any(|field| field.presence.is_required())
            && old.extra.as_ref().map(|(_, ty)| ty) == new.extra.as_ref().map(|(_, ty)| ty)
    }

    fn is_grown(&self, old: &TypeRef, new: &TypeRef, assumed: &mut BTreeSet<(String, String)>) -> bool {
        match (old, new) {
            (TypeRef::Named(old), TypeRef::Named(new)) => self.has_grown(old, new, assumed),
            (TypeRef::Array(old), TypeRef::Array(new))
            | (TypeRef::Map(old), TypeRef::Map(new))
            | (TypeRef::Nullable(old), TypeRef::Nullable(new)) => self.is_grown(old, new, assumed),
            _ => false,
        }
    }

    fn takes_alike(&self, old: &TypeRef, new: &TypeRef, assumed: &mut BTreeSet<(String, String)>) -> bool {
        match (old, new) {
            (TypeRef::Named(old), TypeRef::Named(new)) => self.name(old) == new || self.are_alike(old, new, assumed),
            (TypeRef::Array(old), TypeRef::Array(new))
            | (TypeRef::Map(old), TypeRef::Map(new))
            | (TypeRef::Nullable(old), TypeRef::Nullable(new)) => self.takes_alike(old, new, assumed),
            _ => old == new,
        }
    }

    /// Whether `wide` takes whatever `narrow` takes, each in its own plan.
    fn takes(&self, wide_plan: &Plan, wide: &TypeRef, narrow_plan: &Plan, narrow: &TypeRef) -> bool {
        let kind = |plan: &Plan, ty: &TypeRef| match ty {
            TypeRef::Named(name) => plan.types.get(name).map(|found| found.kind.clone()),
            _ => None,
        };
        let base = match kind(narrow_plan, narrow) {
            Some(TypeKind::Enum(values)) => Some(values.base),
            _ => None,
        };
        let is_text = narrow.is_text() || base == Some(EnumBase::Text);
        let is_whole = matches!(narrow, TypeRef::Integer | TypeRef::Unsigned) || base == Some(EnumBase::Integer);
        let is_number = is_whole || matches!(narrow, TypeRef::Number | TypeRef::Decimal);
        match wide {
            TypeRef::Any => true,
            TypeRef::Scalar => is_text || is_number || *narrow == TypeRef::Boolean,
            TypeRef::String => is_text,
            TypeRef::Number | TypeRef::Decimal => is_number,
            TypeRef::Integer => is_whole,
            TypeRef::Named(_) => match kind(wide_plan, wide) {
                Some(TypeKind::Union(union)) => union.variants.iter().any(|variant| match (&variant.ty, narrow) {
                    (TypeRef::Named(a), TypeRef::Named(b)) => self.name(a) == self.name(b),
                    (a, b) => a == b,
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether two types are the same but for what is said of them, where `is_same` tells that of the types they hold. What holds
/// nothing is like too much else.
pub fn is_made_alike(old: &TypeDef, new: &TypeDef, is_same: &mut dyn FnMut(&TypeRef, &TypeRef) -> bool) -> bool {
    match (&old.kind, &new.kind) {
        (TypeKind::Struct(old), TypeKind::Struct(new)) => {
            let fields: BTreeMap<&str, &Field> = new.fields.iter().map(|field| (field.wire.as_str(), field)).collect();
            let mut is_like = |field: &Field| {
                fields.get(field.wire.as_str()).is_some_and(|now| {
                    (field.presence, &field.constant) == (now.presence, &now.constant) && is_same(&field.ty, &now.ty)
                })
            };
            let are_fields_alike = old.fields.len() == new.fields.len() && old.fields.iter().all(&mut is_like);
            let are_others_alike = match (&old.extra, &new.extra) {
                (Some((_, old)), Some((_, new))) => is_same(old, new),
                (old, new) => old.is_none() && new.is_none(),
            };
            !old.fields.is_empty() && are_fields_alike && are_others_alike
        }
        (TypeKind::Enum(old), TypeKind::Enum(new)) => {
            let values =
                |found: &EnumDef| found.variants.iter().map(|value| value.wire.clone()).collect::<BTreeSet<_>>();
            !old.variants.is_empty() && old.base == new.base && values(old) == values(new)
        }
        (TypeKind::Union(old), TypeKind::Union(new)) => {
            old.variants.len() == new.variants.len()
                && old.variants.iter().zip(&new.variants).all(|(old, new)| is_same(&old.ty, &new.ty))
        }
        (TypeKind::Newtype(old), TypeKind::Newtype(new)) => is_same(old, new),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::testing::plan;

    #[test]
    fn which_type_takes_more() {
        let schemas = json!({"E": {"type": "string", "enum": ["a"]}, "S": {"type": "object", "properties": {"a": {"type": "string"}}},
            "N": {"type": "integer", "enum": [1], "x-enum-varnames": ["One"]}, "U": {"oneOf": [{"$ref": "#/components/schemas/S"}, {"type": "string"}]}});
        let plan = plan(&json!({}), &schemas);
        let renamed = BTreeMap::new();
        let pair = Pair { old: &plan, new: &plan, renamed: &renamed };
        let named = |name: &str| TypeRef::Named(name.to_owned());
        let list = |ty| TypeRef::Array(Box::new(ty));
        let null = |ty| TypeRef::Nullable(Box::new(ty));
        let widened = [
            (TypeRef::Integer, TypeRef::Number),
            (TypeRef::DateTime, TypeRef::String),
            (named("E"), TypeRef::String),
            (named("N"), TypeRef::Integer),
            (TypeRef::Base64, TypeRef::String),
            (TypeRef::Boolean, TypeRef::Scalar),
            (named("S"), TypeRef::Any),
            (named("S"), named("U")),
            (list(TypeRef::Integer), list(null(TypeRef::Integer))),
        ];
        for (narrow, wide) in &widened {
            assert_eq!(pair.relation(narrow, wide), Relation::Widened, "{narrow:?} {wide:?}");
            assert_eq!(pair.relation(wide, narrow), Relation::Narrowed, "{narrow:?} {wide:?}");
        }
        assert_eq!(pair.relation(&TypeRef::String, &TypeRef::Integer), Relation::Other);
        assert_eq!(pair.relation(&named("N"), &TypeRef::String), Relation::Other);
        assert_eq!(pair.relation(&named("S"), &named("S")), Relation::Same);
        let renamed = BTreeMap::from([("S".to_owned(), "E".to_owned())]);
        assert_eq!(Pair { renamed: &renamed, ..pair }.relation(&named("S"), &named("E")), Relation::Same);
    }
}
