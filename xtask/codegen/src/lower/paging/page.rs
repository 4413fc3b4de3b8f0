//! What a response is made of, as far as paging is concerned: its one list, and the values beside it.

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostics::pointer_join;
use crate::plan::{Field, StructDef, TypeDef, TypeKind, TypeRef};
use crate::schema::references;

/// Words that lists of items go by, in any API.
const LISTS: &[&str] =
    &["data", "items", "results", "result", "values", "value", "records", "entries", "content", "elements"];

/// Words for lists that stand beside the items.
const ASIDES: &[&str] = &[
    "columns", "errors", "facets", "fields", "filters", "included", "links", "messages", "notices", "sort", "warnings",
];

/// Words for what is wrapped around a whole answer.
const WRAPPERS: &[&str] = &["body", "content", "data", "embedded", "payload", "response", "result", "results"];

/// Words for what holds the values of paging, beside those that begin with `pag` or end with `meta` or `metadata`.
const HOLDERS: &[&str] = &["cursor", "cursors", "links", "next", "nextpage", "resultinfo", "resultset"];

/// How deep values of paging are looked for.
const DEEPEST: usize = 4;

/// A page of a list.
pub struct Page<'p> {
    /// JSON pointer to the items.
    pub items: String,
    /// Whether the name of the list says that it is what the operation is for, or there is nothing else.
    pub certain: bool,
    /// The values beside them.
    pub leaves: Vec<Leaf<'p>>,
}

/// A value of a page.
pub struct Leaf<'p> {
    /// JSON pointer to it.
    pub pointer: String,
    /// Its name in plain letters.
    pub name: String,
    /// The name in plain letters of what holds it; empty for the body.
    pub holder: String,
    /// The property.
    pub field: &'p Field,
    /// Its schema as the document has it, where that is easy to find.
    pub schema: Option<&'p Value>,
}

/// A name without case and punctuation: `page[size]`, `pageSize` and `page_size` are one word.
pub fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Leaf<'_> {
    /// What the document says of it in prose, in lower case.
    pub fn prose(&self) -> String {
        let own = self.field.docs.description.as_deref();
        let said = own.or_else(|| self.schema?.get("description")?.as_str());
        said.unwrap_or_default().to_lowercase()
    }
}

/// The page that a response is, if it is plain which of its lists is the one that is paged. `path` is the operation's.
pub fn read<'p>(
    document: &'p Value,
    response: &'p TypeRef,
    path: &str,
    types: &'p IndexMap<String, TypeDef>,
) -> Option<Page<'p>> {
    let reader = Reader { document, types, subject: plain(path.rsplit('/').find(|part| !part.starts_with('{'))?) };
    let response = match response {
        TypeRef::Nullable(inner) => inner,
        other => other,
    };
    if let TypeRef::Array(_) = response {
        return Some(Page { items: String::new(), certain: true, leaves: Vec::new() });
    }
    let (definition, structure) = reader.structure(response)?;
    let mut leaves = Vec::new();
    reader.leaves(definition, structure, "", "", &mut leaves);
    match reader.list(structure) {
        List::One(field) => {
            Some(Page { items: pointer_join("", &field.wire), certain: reader.is_certain(field), leaves })
        }
        List::Several => None,
        List::None => {
            let (wrapper, definition, inner) = reader.wrapped(structure)?;
            let List::One(field) = reader.list(inner) else { return None };
            let pointer = pointer_join("", &wrapper.wire);
            reader.leaves(definition, inner, &pointer, &plain(&wrapper.wire), &mut leaves);
            Some(Page { items: pointer_join(&pointer, &field.wire), certain: reader.is_certain(field), leaves })
        }
    }
}

/// The members of a request's body that may say which page is wanted.
pub fn members<'p>(document: &'p Value, body: &TypeRef, types: &'p IndexMap<String, TypeDef>) -> Vec<Leaf<'p>> {
    let reader = Reader { document, types, subject: String::new() };
    let mut leaves = Vec::new();
    if let Some((definition, structure)) = reader.structure(body) {
        reader.leaves(definition, structure, "", "", &mut leaves);
    }
    leaves
}

enum List<'p> {
    None,
    One(&'p Field),
    Several,
}

struct Reader<'p> {
    document: &'p Value,
    types: &'p IndexMap<String, TypeDef>,
    /// The last word of the operation's path: what it is a list of.
    subject: String,
}

impl<'p> Reader<'p> {
    fn structure(&self, ty: &TypeRef) -> Option<(&'p TypeDef, &'p StructDef)> {
        let TypeRef::Named(name) = ty else { return None };
        let definition = self.types.get(name)?;
        match &definition.kind {
            TypeKind::Struct(structure) => Some((definition, structure)),
            _ => None,
        }
    }

    /// The list of an envelope: its only one, or the only one by a name that says so.
    fn list(&self, envelope: &'p StructDef) -> List<'p> {
        let is_list = |field: &&Field| matches!(field.ty, TypeRef::Array(_));
        let named = |names: &dyn Fn(&str) -> bool| {
            let mut found = envelope.fields.iter().filter(is_list).filter(|field| names(&plain(&field.wire)));
            match (found.next(), found.next()) {
                (None, _) => List::None,
                (Some(only), None) => List::One(only),
                _ => List::Several,
            }
        };
        match named(&|name| !ASIDES.contains(&name)) {
            List::One(field) if self.is_only_choice(field, envelope) => List::One(field),
            List::One(_) => List::Several,
            List::Several => match named(&|name| name == self.subject) {
                List::One(field) => List::One(field),
                _ => match named(&|name| LISTS.contains(&name)) {
                    List::One(field) => List::One(field),
                    _ => List::Several,
                },
            },
            List::None => List::None,
        }
    }

    /// A list by any name is the one that is paged, unless there may be another one in a wrapper beside it.
    fn is_only_choice(&self, field: &Field, envelope: &'p StructDef) -> bool {
        self.is_certain(field) || self.wrapped(envelope).is_none()
    }

    fn is_certain(&self, field: &Field) -> bool {
        let name = plain(&field.wire);
        LISTS.contains(&name.as_str()) || name == self.subject
    }

    /// What the envelope wraps, if it is one object with a list in it.
    fn wrapped(&self, envelope: &'p StructDef) -> Option<(&'p Field, &'p TypeDef, &'p StructDef)> {
        let mut wrapped =
            envelope.fields.iter().filter(|field| WRAPPERS.contains(&plain(&field.wire).as_str())).filter_map(
                |field| {
                    let (definition, inner) = self.structure(&field.ty)?;
                    let has_list = inner.fields.iter().any(|field| matches!(field.ty, TypeRef::Array(_)));
                    has_list.then_some((field, definition, inner))
                },
            );
        wrapped.next().filter(|_| wrapped.next().is_none())
    }

    /// The values of a struct, and of those in it that hold values of paging.
    fn leaves(
        &self,
        definition: &'p TypeDef,
        structure: &'p StructDef,
        pointer: &str,
        holder: &str,
        leaves: &mut Vec<Leaf<'p>>,
    ) {
        for field in &structure.fields {
            let (name, pointer) = (plain(&field.wire), pointer_join(pointer, &field.wire));
            let inner = self.structure(&field.ty).filter(|_| pointer.matches('/').count() < DEEPEST && holds(&name));
            leaves.push(Leaf {
                schema: property(self.document, &definition.pointer, &field.wire),
                pointer: pointer.clone(),
                holder: holder.to_owned(),
                field,
                name: name.clone(),
            });
            if let Some((definition, structure)) = inner {
                self.leaves(definition, structure, &pointer, &name, leaves);
            }
        }
    }
}

fn holds(name: &str) -> bool {
    HOLDERS.contains(&name) || name.starts_with("pag") || name.ends_with("meta") || name.ends_with("metadata")
}

/// The schema of a property of the schema at `pointer`, or of a member of its `allOf`.
fn property<'d>(document: &'d Value, pointer: &str, name: &str) -> Option<&'d Value> {
    property_of(document, document.pointer(pointer)?, name, 0)
}

fn property_of<'d>(document: &'d Value, schema: &'d Value, name: &str, depth: usize) -> Option<&'d Value> {
    if depth > DEEPEST {
        return None;
    }
    let (schema, _) = references::resolve(document, schema, "")?;
    if let Some(property) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return references::resolve(document, property, "").map(|(found, _)| found);
    }
    let members = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    members.into_iter().find_map(|member| property_of(document, member, name, depth + 1))
}
