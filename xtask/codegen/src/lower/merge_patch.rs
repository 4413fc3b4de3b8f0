//! Merge patches (RFC 7396): in a body of this kind `null` removes a member, so every member that may be left out may be null
//! too, as deep as the patch merges. Lists are replaced whole, and their items are values like any other.
//!
//! A document describes such a body by a schema that seldom says so, and often by one that is used elsewhere, where null is
//! no value. There the patch gets types of its own; a type that only patches lead to is the patch's already.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::idents;
use super::usage;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::media;
use crate::plan::{Body, BodyKind, Operation, Presence, StructDef, TypeDef, TypeKind, TypeRef};

/// What the documentation of a type in a patch ends with.
const NOTE: &str = "As part of a merge patch (RFC 7396): what is left out stays, what is null is removed.";

/// Lets the members of all merge patches be null.
pub fn apply(operations: &mut [Operation], types: &mut IndexMap<String, TypeDef>, diagnostics: &mut Diagnostics) {
    let is_patch = |body: &Body| media::is_merge_patch(&body.media_type);
    let roots: Vec<TypeRef> =
        operations.iter().flat_map(bodies).filter(|body| is_patch(body)).filter_map(json).collect();
    if roots.is_empty() {
        return;
    }
    let changed = changed(&roots, types);
    let mut elsewhere = Vec::new();
    for operation in operations.iter() {
        elsewhere.extend(usage::requests(operation, |body| !is_patch(body)));
        elsewhere.extend(usage::responses(operation));
    }
    let elsewhere = usage::reached(&elsewhere, types);
    let names = names(&changed, &elsewhere, types);
    let patch = Patch { names };
    for name in &changed {
        let Some(definition) = types.get(name) else { continue };
        let definition = patch.definition(definition);
        types.insert(patch.name(name).to_owned(), definition);
    }
    for operation in operations {
        let mut is_told = false;
        let mut patched = BTreeSet::new();
        for body in operation.body.iter_mut().chain(&mut operation.other_bodies).filter(|body| is_patch(body)) {
            let BodyKind::Json(ty) = &mut body.kind else { continue };
            let nullable = patch.ty(ty);
            is_told |= nullable != *ty || matches!(ty, TypeRef::Named(name) if changed.contains(name));
            *ty = nullable;
            patched.insert(body.media_type.clone());
        }
        for example in &mut operation.examples {
            if patched.iter().any(|media_type| is_of(&example.pointer, media_type)) {
                example.ty = patch.ty(&example.ty);
            }
        }
        if is_told {
            let message = "the body is a merge patch: its members may be null, which removes them";
            diagnostics.push(Diagnostic::adaptation("merge-patch", &operation.pointer, message));
        }
    }
}

/// Whether an example stands in the body of a media type.
fn is_of(pointer: &str, media_type: &str) -> bool {
    let token = crate::diagnostics::pointer_join("/content", media_type);
    pointer.contains(&format!("{token}/"))
}

fn bodies(operation: &Operation) -> impl Iterator<Item = &Body> {
    operation.body.iter().chain(&operation.other_bodies)
}

fn json(body: &Body) -> Option<TypeRef> {
    match &body.kind {
        BodyKind::Json(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// The types that patches merge into and that refuse a null which a patch may hold, themselves or behind a member.
fn changed(roots: &[TypeRef], types: &IndexMap<String, TypeDef>) -> BTreeSet<String> {
    let mut merged = BTreeSet::new();
    let mut open: Vec<&TypeRef> = roots.iter().collect();
    while let Some(ty) = open.pop() {
        if let Some(name) = named(ty).filter(|name| merged.insert((*name).to_owned()))
            && let Some(definition) = types.get(name)
        {
            open.extend(members(definition));
        }
    }
    let refuses = |name: &String| types.get(name).is_some_and(refuses_null);
    let mut changed: BTreeSet<String> = merged.iter().filter(|name| refuses(name)).cloned().collect();
    loop {
        let leads_to = |name: &&String| {
            let members = types.get(*name).into_iter().flat_map(members);
            members.filter_map(named).any(|member| changed.contains(member))
        };
        let more: Vec<String> =
            merged.iter().filter(|name| !changed.contains(*name)).filter(leads_to).cloned().collect();
        if more.is_empty() {
            return changed;
        }
        changed.extend(more);
    }
}

/// The types of what a patch merges into one by one.
fn members(definition: &TypeDef) -> Vec<&TypeRef> {
    match &definition.kind {
        TypeKind::Struct(StructDef { fields, extra, .. }) => {
            fields.iter().map(|field| &field.ty).chain(extra.iter().map(|(_, ty)| ty)).collect()
        }
        TypeKind::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        TypeKind::Newtype(inner) => vec![inner],
        TypeKind::Enum(_) => Vec::new(),
    }
}

/// The named type that a patch merges into through a type.
fn named(ty: &TypeRef) -> Option<&str> {
    match ty {
        TypeRef::Named(name) => Some(name),
        TypeRef::Map(inner) | TypeRef::Nullable(inner) => named(inner),
        _ => None,
    }
}

/// Whether a type has a member that may be left out, and not be null.
fn refuses_null(definition: &TypeDef) -> bool {
    let in_a_field = match &definition.kind {
        TypeKind::Struct(StructDef { fields, extra, .. }) => {
            fields.iter().any(|field| field.presence == Presence::Optional)
                || extra.as_ref().is_some_and(|(_, ty)| !holds_null(ty))
        }
        _ => false,
    };
    in_a_field
        || members(definition).into_iter().any(|member| matches!(member, TypeRef::Map(values) if !holds_null(values)))
}

/// Whether null is a value of a type.
fn holds_null(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Nullable(_) | TypeRef::Any)
}

/// The names of the changed types: their own, unless something else leads to them.
fn names(
    changed: &BTreeSet<String>,
    elsewhere: &BTreeSet<String>,
    types: &IndexMap<String, TypeDef>,
) -> BTreeMap<String, String> {
    let mut taken: BTreeSet<String> = types.keys().cloned().collect();
    let shared = changed.iter().filter(|name| elsewhere.contains(*name));
    let own = |name: &String| [format!("{name}Patch"), format!("{name}MergePatch")];
    shared.map(|name| (name.clone(), idents::unique(own(name), &mut taken))).collect()
}

/// What becomes of types in a patch.
struct Patch {
    /// The types that have another name there.
    names: BTreeMap<String, String>,
}

impl Patch {
    fn name<'n>(&'n self, name: &'n str) -> &'n str {
        self.names.get(name).map_or(name, String::as_str)
    }

    fn ty(&self, ty: &TypeRef) -> TypeRef {
        match ty {
            TypeRef::Named(name) => TypeRef::Named(self.name(name).to_owned()),
            TypeRef::Map(values) => TypeRef::Map(Box::new(self.removable(values))),
            TypeRef::Nullable(inner) => TypeRef::Nullable(Box::new(self.ty(inner))),
            other => other.clone(),
        }
    }

    /// A type, or null.
    fn removable(&self, ty: &TypeRef) -> TypeRef {
        if holds_null(ty) { self.ty(ty) } else { TypeRef::Nullable(Box::new(self.ty(ty))) }
    }

    fn definition(&self, definition: &TypeDef) -> TypeDef {
        let mut patched = definition.clone();
        match &mut patched.kind {
            TypeKind::Struct(StructDef { fields, extra, .. }) => {
                for field in fields {
                    field.ty = self.ty(&field.ty);
                    if field.presence == Presence::Optional {
                        field.presence = Presence::OptionalNullable;
                    }
                }
                *extra = extra.take().map(|(ident, ty)| (ident, self.removable(&ty)));
            }
            TypeKind::Union(union) => {
                union.variants.iter_mut().for_each(|variant| variant.ty = self.ty(&variant.ty));
            }
            TypeKind::Newtype(inner) => *inner = self.ty(inner),
            TypeKind::Enum(_) => {}
        }
        let described = patched.docs.description.take();
        patched.docs.description = Some(described.map_or(NOTE.to_owned(), |text| format!("{text}\n\n{NOTE}")));
        patched
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::plan::Plan;
    use serde_json::{Value, json};

    /// A document whose one operation takes a body of these media types, all of the schema `Thing`, and may answer with one.
    fn plan(media_types: &[&str], answered: &str, schemas: &Value) -> Plan {
        let reference = |name: &str| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
        let content: serde_json::Map<String, Value> =
            media_types.iter().map(|media_type| ((*media_type).to_owned(), reference("Thing"))).collect();
        let responses = json!({"200": {"description": "", "content": {"application/json": reference(answered)}}});
        let operation = json!({"operationId": "o", "requestBody": {"content": content}, "responses": responses});
        testing::plan(&json!({"/a": {"patch": operation}}), schemas)
    }

    fn schemas() -> Value {
        let inner = json!({"$ref": "#/components/schemas/Inner"});
        json!({
            "Thing": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"}, "note": {"type": "string"}, "inner": inner,
                "map": {"type": "object", "additionalProperties": inner}, "list": {"type": "array", "items": inner},
                "pair": {"type": "object", "additionalProperties": {"type": "integer"}},
            }},
            "Inner": {"type": "object", "properties": {"name": {"type": "string"}, "again": {"$ref": "#/components/schemas/Thing"}}},
            "Plain": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        })
    }

    /// Name, presence and type of the fields of a struct.
    fn fields<'p>(plan: &'p Plan, name: &str) -> Vec<(&'p str, Presence, &'p TypeRef)> {
        let Some(TypeKind::Struct(structure)) = plan.types.get(name).map(|found| &found.kind) else {
            panic!("there is no struct {name}")
        };
        structure.fields.iter().map(|field| (field.wire.as_str(), field.presence, &field.ty)).collect()
    }

    fn named(name: &str) -> TypeRef {
        TypeRef::Named(name.to_owned())
    }

    fn map(values: TypeRef) -> TypeRef {
        TypeRef::Map(Box::new(TypeRef::Nullable(Box::new(values))))
    }

    #[test]
    fn what_a_patch_may_leave_out_may_be_null_as_deep_as_it_merges() {
        let plan = plan(&["application/merge-patch+json"], "Plain", &schemas());
        let body = plan.operations[0].body.as_ref().unwrap();
        assert_eq!(body.kind, BodyKind::Json(named("Thing")), "no other use: the type is the patch's own");
        let null = Presence::OptionalNullable;
        let (inner, list) = (named("Inner"), TypeRef::Array(Box::new(named("Inner"))));
        assert_eq!(
            fields(&plan, "Thing"),
            [
                ("id", Presence::Required, &TypeRef::String),
                ("note", null, &TypeRef::String),
                ("inner", null, &inner),
                ("map", null, &map(named("Inner"))),
                ("list", null, &list),
                ("pair", null, &map(TypeRef::Integer)),
            ]
        );
        assert_eq!(fields(&plan, "Inner")[1], ("again", null, &named("Thing")));
        assert_eq!(fields(&plan, "Plain"), [("a", Presence::Required, &TypeRef::Integer)]);
    }

    #[test]
    fn where_a_schema_is_used_elsewhere_null_stays_no_value() {
        let plan = plan(&["application/json", "application/merge-patch+json"], "Inner", &schemas());
        let operation = &plan.operations[0];
        let bodies: Vec<_> = bodies(operation).map(|body| (body.ident.as_str(), body.kind.clone())).collect();
        let json = |name: &str| BodyKind::Json(named(name));
        assert_eq!(bodies, [("body", json("Thing")), ("body_merge_patch_json", json("ThingPatch"))]);
        assert!(fields(&plan, "Thing").iter().all(|(_, presence, _)| *presence != Presence::OptionalNullable));
        assert_eq!(fields(&plan, "Inner")[0], ("name", Presence::Optional, &TypeRef::String));
        let patched = fields(&plan, "ThingPatch");
        assert_eq!(patched[2], ("inner", Presence::OptionalNullable, &named("InnerPatch")));
        assert_eq!(patched[3].2, &map(named("InnerPatch")));
        assert_eq!(patched[4].2, &TypeRef::Array(Box::new(named("Inner"))), "lists are replaced");
        assert_eq!(fields(&plan, "InnerPatch")[1].2, &named("ThingPatch"));
        let docs = plan.types["InnerPatch"].docs.description.as_deref();
        assert_eq!((docs, plan.types["Inner"].docs.description.as_deref()), (Some(NOTE), None));
    }

    #[test]
    fn examples_are_of_the_patch() {
        let mut schemas = schemas();
        schemas["Thing"]["properties"]["note"]["example"] = json!("x");
        let content = json!({
            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}, "example": {"id": "1"}},
            "application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/Thing"}, "example": {"id": "1", "note": null}},
        });
        let paths =
            json!({"/a": {"patch": {"operationId": "o", "requestBody": {"content": content}, "responses": {}}}});
        let plan = testing::plan(&paths, &schemas);
        let types: Vec<_> = plan.operations[0].examples.iter().map(|example| example.ty.clone()).collect();
        assert_eq!(types, [named("Thing"), named("ThingPatch")]);
    }

    #[test]
    fn a_name_that_is_taken_is_not_taken_away() {
        let mut schemas = schemas();
        schemas["ThingPatch"] = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        let plan = plan(&["application/merge-patch+json"], "Thing", &schemas);
        assert_eq!(plan.operations[0].body.as_ref().unwrap().kind, BodyKind::Json(named("ThingMergePatch")));
        assert_eq!(fields(&plan, "ThingPatch"), [("a", Presence::Optional, &TypeRef::Integer)]);
    }
}
