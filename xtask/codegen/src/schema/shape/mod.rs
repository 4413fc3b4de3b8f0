//! What a schema means to a Rust type, whichever of JSON Schema's many spellings the vendor chose.
//!
//! A [`Shape`] is what lowering brings every schema to: no `allOf`, no type arrays, no constraints, `null` as a flag. The
//! rules that get there have a file each; [`Schemas`] applies them and keeps every definition's shape once.

mod all_of;
mod annotations;
mod any_of;
mod conditional;
mod effort;
mod enumeration;
mod family;
mod null;
mod object;
mod one_of;
mod parse;
mod shared;
mod typed;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::circles;
use super::families::Families;
use super::references::MAX_CHAIN;
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    version,
};

pub use self::family::Family;
pub use self::typed::{Discriminator, EnumValue, Object, Origin, Property, Shape, TextFormat, Typed, Union, Variant};

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
    effort: effort::Effort,
    /// How many schemas were understood, merged, or looked at to tell them apart.
    #[cfg(test)]
    pub work: usize,
    /// Which components extend which.
    families: Families,
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
        Self {
            document,
            modern: !version::is_of_3_0(document),
            definitions: BTreeMap::new(),
            in_progress: BTreeSet::new(),
            awaited: BTreeSet::new(),
            lifted: BTreeSet::new(),
            effort: effort::Effort::default(),
            #[cfg(test)]
            work: 0,
            families: Families::of(document),
            circles: circles::find(document).into_iter().map(|circle| circle.member).collect(),
            referred: indexmap::IndexSet::new(),
            diagnostics,
        }
    }

    /// Counts a step, for tests that ask what a document costs.
    pub fn step(&mut self) {
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

    /// The schema at `pointer`, understood once; `None` while it is being understood (it refers to itself) or if there is none.
    pub fn definition(&mut self, pointer: &str) -> Option<&Typed> {
        if !self.definitions.contains_key(pointer) {
            if !self.in_progress.insert(pointer.to_owned()) {
                return None;
            }
            let typed = self.document.pointer(pointer).map(|schema| self.parse(schema, pointer));
            let typed = typed.map(|typed| self.tagged(typed, pointer));
            let typed = typed.map(|typed| self.without_itself(typed, pointer));
            self.in_progress.remove(pointer);
            self.definitions.insert(pointer.to_owned(), typed?);
        }
        self.definitions.get(pointer)
    }

    /// What is left of a definition that comes out as itself and nothing more, as where its `allOf` has it twice.
    fn without_itself(&mut self, typed: Typed, pointer: &str) -> Typed {
        let mut target = typed.shape.target();
        for _ in 0..MAX_CHAIN {
            match target {
                Some(target) if target == pointer => {
                    self.tell_itself(pointer);
                    return Typed { shape: Shape::Any, ..typed };
                }
                Some(other) => target = self.definitions.get(other).and_then(|definition| definition.shape.target()),
                None => break,
            }
        }
        typed
    }

    /// Tells that a schema is a member of its own `allOf`.
    fn tell_itself(&mut self, pointer: &str) {
        let words = "a schema is a member of its own `allOf`: what it adds there is nothing";
        self.diagnostics.push(Diagnostic::adaptation("recursive-all-of", pointer, words));
    }

    /// The only values that `typed` allows, if it lists them, through its references too.
    pub fn values(&mut self, typed: &Typed) -> Option<Vec<Value>> {
        let mut values = typed.values.clone();
        let mut next = typed.shape.target().map(str::to_owned);
        for _ in 0..MAX_CHAIN {
            let Some(pointer) = next.filter(|_| values.is_none()) else { break };
            let found = self.definition(&pointer)?;
            values.clone_from(&found.values);
            next = found.shape.target().map(str::to_owned);
        }
        values
    }

    /// What `typed` is when its references are followed; a reference into something unfinished stays.
    pub fn resolved(&mut self, typed: &Typed) -> Typed {
        self.followed(typed).into_owned()
    }

    /// The same, and no copy of what is no reference.
    pub fn followed<'t>(&mut self, typed: &'t Typed) -> Cow<'t, Typed> {
        let mut found = Cow::Borrowed(typed);
        let mut seen = BTreeSet::new();
        while let Shape::Ref(pointer) = &found.shape {
            if !seen.insert(pointer.clone()) {
                break;
            }
            let nullable = found.nullable;
            match self.definition(&pointer.clone()) {
                Some(definition) => {
                    let mut definition = definition.clone();
                    definition.nullable |= nullable;
                    found = Cow::Owned(definition);
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
