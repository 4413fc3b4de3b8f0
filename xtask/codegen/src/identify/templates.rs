//! Schemas that leave a part to whoever refers to them: by a `$dynamicRef` to a `$dynamicAnchor` that the one who refers
//! has, too (JSON Schema 2020-12 section 8.2.3.2). A type is the same from everywhere, so whoever fills such a template gets
//! a copy of it, in which the part is a reference like any other.

use super::names::{Names, Target, written};
use crate::{
    bundle::walk::Walk,
    diagnostics::{pointer_below, pointer_join},
    schema::references::local_pointer,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many templates may be copied for a document.
const MOST_COPIES: usize = 1000;

/// The places of the anchors that names mean: who came first counts.
type Scope = BTreeMap<String, String>;

/// A template for one who fills it.
#[derive(Debug)]
struct Copy {
    /// Where the template stands.
    template: String,
    /// Places in it, and what is referred to there by name.
    filled: Vec<(String, String)>,
    /// Places in it that refer to other templates.
    nested: Vec<(String, Nested)>,
}

/// A template that another one refers to.
#[derive(Debug)]
enum Nested {
    /// Its copy.
    Copy(Copy),
    /// The copy that this one is in, counted from the outermost.
    Around(usize),
}

/// The copies of a document.
#[derive(Debug, Default)]
pub struct Copies {
    /// By the place that refers to the template.
    copies: Vec<(String, Copy)>,
    /// The dynamic references that are not resolved, for there would be too many copies.
    pub unresolved: BTreeSet<String>,
}

/// What refers to what in a document.
struct Graph<'n> {
    names: &'n Names,
    /// The places of references by place, in their order, and where they lead.
    references: Vec<(&'n str, String)>,
    /// The places of dynamic references, and their names.
    dynamic: Vec<(&'n str, String)>,
    made: usize,
}

/// There would be too many copies.
struct TooMany;

impl Copies {
    /// Finds the templates, and who fills them.
    pub fn of(names: &Names, walk: &Walk, value: &Value) -> Self {
        let mut copies = Self::default();
        let dynamic = walk.dynamic.iter().filter_map(|found| match names.target(found, value) {
            Target::Several(_) => Some((found.pointer.as_str(), found.reference.rsplit('#').next()?.to_owned())),
            _ => None,
        });
        let dynamic: Vec<(&str, String)> = dynamic.collect();
        if dynamic.is_empty() {
            return copies;
        }
        let references = walk.found.iter().filter(|found| !found.is_mapping).filter_map(|found| {
            let place = match names.target(found, value) {
                Target::Place(place) | Target::Beyond(place) => place,
                Target::AsWritten => local_pointer(&found.reference)?,
                Target::Several(_) => return None,
            };
            Some((found.pointer.as_str(), place))
        });
        let mut graph = Graph { names, references: references.collect(), dynamic, made: 0 };
        for (place, template) in graph.references.clone() {
            let scope = graph.entered(&Scope::new(), place);
            let Some(scope) = graph.filling(&scope, &template) else { continue };
            match graph.copy(&template, scope, &mut Vec::new()) {
                Ok(copy) => copies.copies.push((place.to_owned(), copy)),
                Err(TooMany) => copies.unresolved.extend(graph.open(&template).into_iter().map(|(place, _)| place)),
            }
        }
        copies
    }

    /// Makes the copies, from a document in which references by place are resolved and those by dynamic name are not.
    pub fn make(&self, value: &Value) -> Vec<(String, Value)> {
        let made = self.copies.iter().filter_map(|(place, copy)| {
            let around = vec![next_member(value.pointer(place)?, place)];
            Some((place.clone(), copy.make(value, &around)?))
        });
        made.collect()
    }
}

impl Graph<'_> {
    /// A scope within the schema that what is at `place` is relative to.
    fn entered(&self, scope: &Scope, place: &str) -> Scope {
        let resource = self.names.resource(place);
        let mut scope = scope.clone();
        for (name, places) in &self.names.dynamic {
            let own = self.names.anchors.get(&(resource.to_owned(), name.clone()));
            if let Some(own) = own.filter(|own| places.contains(own)) {
                scope.entry(name.clone()).or_insert_with(|| own.clone());
            }
        }
        scope
    }

    /// What of this scope counts in a template; none, if the template is the same without.
    fn filling(&self, scope: &Scope, template: &str) -> Option<Scope> {
        if scope.is_empty() {
            return None;
        }
        let open = self.open(template);
        let differs = |(place, name): &(String, String)| {
            scope.get(name).is_some_and(|anchor| self.entered(&Scope::new(), place).get(name) != Some(anchor))
        };
        open.iter().any(differs).then(|| {
            let counts = scope.iter().filter(|(name, _)| open.iter().any(|(_, known)| known == *name));
            counts.map(|(name, anchor)| (name.clone(), anchor.clone())).collect()
        })
    }

    /// The dynamic references in a schema and in what it refers to, with their names.
    fn open(&self, template: &str) -> BTreeSet<(String, String)> {
        let (mut open, mut seen, mut found) = (vec![template.to_owned()], BTreeSet::new(), BTreeSet::new());
        while let Some(schema) = open.pop() {
            if !seen.insert(schema.clone()) {
                continue;
            }
            let dynamic = self.dynamic.iter().filter(|(place, _)| pointer_below(place, &schema).is_some());
            found.extend(dynamic.map(|(place, name)| ((*place).to_owned(), name.clone())));
            let references = self.references.iter().filter(|(place, _)| pointer_below(place, &schema).is_some());
            open.extend(references.map(|(_, target)| target.clone()));
        }
        found
    }

    /// A template as it is for one who refers to it with this scope; `around` are those that the reference is in.
    fn copy(&mut self, template: &str, scope: Scope, around: &mut Vec<(String, Scope)>) -> Result<Copy, TooMany> {
        self.made += 1;
        if self.made > MOST_COPIES {
            return Err(TooMany);
        }
        let mut copy = Copy { template: template.to_owned(), filled: Vec::new(), nested: Vec::new() };
        for (place, name) in &self.dynamic {
            let scope = self.entered(&scope, place);
            let filled = pointer_below(place, template).zip(scope.get(name));
            copy.filled.extend(filled.map(|(place, anchor)| (place.to_owned(), anchor.clone())));
        }
        around.push((template.to_owned(), scope.clone()));
        for (place, target) in self.references.clone() {
            let Some(inside) = pointer_below(place, template) else { continue };
            let Some(scope) = self.filling(&self.entered(&scope, place), &target) else { continue };
            let known = around.iter().position(|(outer, filling)| *outer == target && *filling == scope);
            let nested = match known {
                Some(known) => Nested::Around(known),
                None => Nested::Copy(self.copy(&target, scope, around)?),
            };
            copy.nested.push((inside.to_owned(), nested));
        }
        around.pop();
        Ok(copy)
    }
}

impl Copy {
    /// The copy; `around` says where it will stand, after those that it is in.
    fn make(&self, value: &Value, around: &[String]) -> Option<Value> {
        let mut made = value.pointer(&self.template)?.clone();
        let at = around.last()?;
        for (place, nested) in &self.nested {
            let schema = made.pointer_mut(place)?;
            match nested {
                Nested::Around(outer) => {
                    let reference = Value::from(written(around.get(*outer)?));
                    schema.as_object_mut()?.insert("$ref".to_owned(), reference);
                }
                Nested::Copy(copy) => {
                    let stands = next_member(schema, &format!("{at}{place}"));
                    let around: Vec<String> = around.iter().cloned().chain([stands]).collect();
                    fill(schema.as_object_mut()?, copy.make(value, &around)?);
                }
            }
        }
        for (place, anchor) in &self.filled {
            let schema = made.pointer_mut(place)?.as_object_mut()?;
            schema.shift_remove("$dynamicRef");
            refer(schema, &written(anchor));
        }
        // What it would be called by is the template's, and so is what the template has for others to refer to.
        for key in ["$id", "$anchor", "$dynamicAnchor", "$defs"] {
            made.as_object_mut()?.shift_remove(key);
        }
        Some(made)
    }
}

/// The place of the next member of a schema's `allOf`.
fn next_member(schema: &Value, place: &str) -> String {
    let members = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    pointer_join(&pointer_join(place, "allOf"), &members.to_string())
}

/// Puts a copy in the place of the reference to its template.
pub fn fill(schema: &mut Map<String, Value>, copy: Value) {
    schema.shift_remove("$ref");
    match schema.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(members) => members.push(copy),
        None => drop(schema.insert("allOf".to_owned(), Value::Array(vec![copy]))),
    }
}

/// Makes a schema refer to another one, beside what it may refer to already.
pub fn refer(schema: &mut Map<String, Value>, reference: &str) {
    if schema.contains_key("$ref") {
        let own = schema.shift_remove("$ref");
        fill(schema, json!({"$ref": reference}));
        schema.extend(own.map(|own| ("$ref".to_owned(), own)));
    } else {
        schema.insert("$ref".to_owned(), Value::from(reference));
    }
}
