//! Where the types stand of which the document says nothing: whoever meets one in the docs sees whose it is.
//!
//! Of what is used in several ways nothing is told: one of its places would be taken for all.

use std::collections::BTreeMap;

use super::docs::code;
use crate::plan::{Operation, Plan, Success, TypeDef, TypeKind, TypeRef};

/// What a type is to an operation or to another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role<'p> {
    /// The operation's parameter of this name.
    Parameter(&'p str),
    /// A body that the operation sends.
    Sent,
    /// What it answers.
    Answered,
    /// What it answers when it fails.
    Failed,
    /// The type's property of this name.
    Property(&'p str),
    /// One of its alternatives, or what it is a list or map of.
    Held,
}

/// Where a type stands.
struct Place<'p> {
    role: Role<'p>,
    /// Whether it is the type of a list's or map's elements there.
    is_element: bool,
    /// The operation or type, the first of them.
    of: String,
    /// The last one.
    last: String,
    /// In how many more operations it is the same.
    more: usize,
    /// Whether it stands elsewhere, too.
    is_one_of_several: bool,
}

/// Where types stand, by their names.
#[derive(Default)]
pub struct Uses<'p>(BTreeMap<&'p str, Place<'p>>);

impl<'p> Uses<'p> {
    /// Goes through all that refers to types.
    pub fn new(plan: &'p Plan) -> Self {
        let mut uses = Self::default();
        plan.operations.iter().for_each(|operation| uses.add_operation(operation));
        plan.types.iter().for_each(|(name, definition)| uses.add_type(name, definition));
        let headers = plan.headers.values().flatten().map(|header| &header.ty);
        for ty in headers.chain(plan.webhooks.all.iter().map(|incoming| &incoming.ty)) {
            uses.add(Role::Held, ty, "");
        }
        uses
    }

    fn add_operation(&mut self, operation: &'p Operation) {
        let of = operation.method_path();
        for parameter in &operation.parameters {
            self.add(Role::Parameter(&parameter.name), &parameter.ty, &of);
        }
        for ty in operation.body.iter().chain(&operation.other_bodies).filter_map(|body| body.kind.value()) {
            self.add(Role::Sent, ty, &of);
        }
        let answered = match &operation.success {
            Success::One(payload) => vec![payload],
            Success::ByStatus { variants, .. } => variants.iter().map(|variant| &variant.payload).collect(),
        };
        for ty in answered.into_iter().filter_map(|payload| payload.value()) {
            self.add(Role::Answered, ty, &of);
        }
        for ty in operation.errors.iter().filter_map(|error| error.payload.value()) {
            self.add(Role::Failed, ty, &of);
        }
    }

    fn add_type(&mut self, of: &'p str, definition: &'p TypeDef) {
        if let TypeKind::Struct(structure) = &definition.kind {
            for field in &structure.fields {
                self.add(Role::Property(&field.wire), &field.ty, of);
            }
            if let Some((_, ty)) = &structure.extra {
                self.add(Role::Held, ty, of);
            }
        } else {
            definition.kind.held().into_iter().for_each(|ty| self.add(Role::Held, ty, of));
        }
    }

    fn add(&mut self, role: Role<'p>, ty: &'p TypeRef, of: &str) {
        let Some((name, is_element)) = named(ty) else { return };
        let Some(place) = self.0.get_mut(name) else {
            let (of, last) = (of.to_owned(), of.to_owned());
            let place = Place { role, is_element, of, last, more: 0, is_one_of_several: false };
            self.0.insert(name, place);
            return;
        };
        let is_same = (place.role, place.is_element) == (role, is_element);
        match (is_same, role) {
            // Several statuses or bodies of one operation.
            (true, _) if place.last == of => {}
            (true, Role::Parameter(_) | Role::Sent | Role::Answered | Role::Failed) => {
                place.more += 1;
                of.clone_into(&mut place.last);
            }
            _ => place.is_one_of_several = true,
        }
    }

    /// What a type is to the one thing that refers to it, or to all of them; none where that is nothing, or too much to say.
    pub fn told(&self, name: &str) -> Option<String> {
        let Place { role, is_element, of, more, .. } = self.0.get(name).filter(|place| !place.is_one_of_several)?;
        let of = match more {
            0 => code(of),
            1 => format!("{} and another operation", code(of)),
            more => format!("{} and {more} more operations", code(of)),
        };
        let one = if *is_element { "One of " } else { "" };
        let entry = if *is_element { "An entry of " } else { "" };
        let s = if *more == 0 { "s" } else { "" };
        Some(capitalized(&match role {
            Role::Parameter(name) => format!("{one}the parameter {} of {of}.", code(name)),
            Role::Sent => format!("{one}what {of} send{s}."),
            Role::Answered => format!("{one}what {of} answer{s}."),
            Role::Failed => format!("{one}what {of} answer{s} in case of an error."),
            Role::Property(name) => format!("{entry}the property {} of {of}.", code(name)),
            Role::Held => return None,
        }))
    }
}

/// The type that a reference is to, and whether it is that of a list's or map's elements.
fn named(ty: &TypeRef) -> Option<(&str, bool)> {
    match ty {
        TypeRef::Named(name) => Some((name, false)),
        TypeRef::Nullable(inner) => named(inner),
        TypeRef::Array(inner) | TypeRef::Map(inner) => named(inner).map(|(name, _)| (name, true)),
        _ => None,
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lower::testing::plan;

    #[test]
    fn what_the_document_does_not_describe_is_told_by_whose_it_is() {
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let words = json!({"type": "string", "enum": ["a", "b"]});
        let content = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let failed = content(object(json!({"why": {"type": "string"}})));
        let operation = |id: &str, schema: Value| {
            json!({"operationId": id, "parameters": [{"name": "sort", "in": "query", "schema": words}],
                "requestBody": content(object(json!({"id": {"type": "string"}}))),
                "responses": {"200": content(schema), "404": failed, "409": failed}})
        };
        let part = object(json!({"x": {"type": "string"}}));
        let whole = object(json!({"part": part, "parts": {"type": "array", "items": object(json!({"y": words}))}}));
        let plan = plan(
            &json!({"/a": {"post": operation("a", json!({"type": "array", "items": whole}))},
                "/b": {"post": operation("b", json!({"$ref": "#/components/schemas/Both"}))}}),
            &json!({"Both": object(json!({"next": {"$ref": "#/components/schemas/Both"}}))}),
        );
        let uses = Uses::new(&plan);
        let told: Vec<(&str, Option<String>)> =
            plan.types.keys().map(|name| (name.as_str(), uses.told(name))).collect();
        let expected = [
            ("Both", None),
            ("ARequest", Some("What `a` sends.")),
            ("AResponse", Some("One of what `a` answers.")),
            ("NotFound", Some("What `a` and another operation answer in case of an error.")),
            ("Conflict", Some("What `a` and another operation answer in case of an error.")),
            ("Sort", Some("The parameter `sort` of `a` and another operation.")),
            ("BRequest", Some("What `b` sends.")),
            ("AResponsePart", Some("The property `part` of `AResponse`.")),
            ("APart", Some("An entry of the property `parts` of `AResponse`.")),
            ("APartY", Some("The property `y` of `APart`.")),
        ];
        assert_eq!(told, expected.map(|(name, text)| (name, text.map(str::to_owned))));
    }
}
