//! How values of several parts are written, of which OpenAPI leaves some open: the styles that it cannot name, and what stands
//! within a list or an object (OpenAPI 3.0 section 4.7.12.3). Hints say it, else what most servers read is taken, and told.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::plan::{Location, Nested, Style};
use crate::schema::shape::{Schemas, Shape, Typed};

/// The hint for how a list is written, where `style` cannot say it.
pub const LIST: &str = "x-switchboard-list";

/// The hint for how lists and objects within a list or an object are written.
pub const NESTED: &str = "x-switchboard-nested";

/// The ways to write a list.
const LISTS: &[(&str, Style, bool)] = &[
    ("comma", Style::Form, false),
    ("space", Style::SpaceDelimited, false),
    ("tab", Style::TabDelimited, false),
    ("pipe", Style::PipeDelimited, false),
    ("repeat", Style::Form, true),
];

/// The ways to write what stands within.
const NESTINGS: &[(&str, Nested)] = &[
    ("json", Nested::Json),
    ("repeat", Nested::Repeat),
    ("brackets", Nested::Brackets),
    ("index", Nested::Index),
    ("comma", Nested::Comma),
    ("space", Nested::Space),
    ("tab", Nested::Tab),
    ("pipe", Nested::Pipe),
];

/// Whether a parameter or an encoding has such a hint.
pub fn is_hinted(object: &Value) -> bool {
    [LIST, NESTED].iter().any(|name| object.get(*name).is_some())
}

/// What the hint of a parameter or an encoding at `pointer` says of its list: the style, and whether it is exploded.
pub fn list(object: &Value, pointer: &str, location: Location, diagnostics: &mut Diagnostics) -> Option<(Style, bool)> {
    let in_one_piece = matches!(location, Location::Path | Location::Header);
    let known = LISTS.iter().filter(|(_, _, explode)| !(in_one_piece && *explode));
    let known: Vec<(&str, (Style, bool))> = known
        .map(|(word, style, explode)| match style {
            Style::Form if in_one_piece => (*word, (Style::Simple, false)),
            style => (*word, (*style, *explode)),
        })
        .collect();
    hint(object, LIST, &known, pointer, diagnostics)
}

/// What the hint of a parameter or an encoding at `pointer` says of what stands within its value.
pub fn nested(object: &Value, pointer: &str, diagnostics: &mut Diagnostics) -> Option<Nested> {
    hint(object, NESTED, NESTINGS, pointer, diagnostics)
}

fn hint<T: Copy>(
    object: &Value,
    name: &str,
    known: &[(&str, T)],
    pointer: &str,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let said = object.get(name)?;
    let found = known.iter().find(|(word, _)| said.as_str() == Some(word)).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let words: Vec<String> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
        let message = format!("`{name}` is {said}, which says nothing here; it can be {}", words.join(", "));
        diagnostics.push(Diagnostic::error("bad-hint", pointer_join(pointer, name), message));
    }
    found
}

/// Tells that a value may hold what its style has no form for, and how that is written.
pub fn tell_open(typed: &Typed, style: Style, explode: bool, pointer: &str, schemas: &mut Schemas<'_>) {
    let how = match (style, within(typed, schemas)) {
        (Style::Json, _) | (_, None) => return,
        (Style::DeepObject, _) => "items of lists have their index in brackets, members their name",
        (_, Some(Within { of_object: true, lists: true, others })) if explode => {
            if others {
                "lists repeat their name, objects are JSON"
            } else {
                "they repeat their name"
            }
        }
        _ => "they are JSON",
    };
    schemas.diagnostics.push(Diagnostic::adaptation(
        "nested-style",
        pointer,
        format!(
            "OpenAPI leaves open how lists and objects within this value are written: {how}; `{NESTED}` says otherwise"
        ),
    ));
}

/// What may stand within a list or an object.
struct Within {
    /// Within an object, not a list.
    of_object: bool,
    lists: bool,
    others: bool,
}

fn within(typed: &Typed, schemas: &mut Schemas<'_>) -> Option<Within> {
    let (of_object, members): (bool, Vec<Typed>) = match schemas.resolved(typed).shape {
        Shape::Array(items) => (false, vec![*items]),
        Shape::Map(values) => (true, vec![*values]),
        Shape::Object(object) => {
            let own = object.properties.into_iter().map(|(_, property)| property.typed);
            (true, own.chain(object.additional.map(|additional| *additional)).collect())
        }
        Shape::Union(union) => {
            return union.variants.iter().find_map(|variant| match schemas.resolved(&variant.typed).shape {
                Shape::Union(_) => None,
                _ => within(&variant.typed, schemas),
            });
        }
        _ => return None,
    };
    let (mut lists, mut others) = (false, false);
    for member in &members {
        let mut seen = BTreeSet::new();
        let (list, other) = composite(member, schemas, &mut seen);
        lists |= list;
        others |= other;
    }
    (lists || others).then_some(Within { of_object, lists, others })
}

/// Whether values may be lists, and whether they may be objects.
fn composite(typed: &Typed, schemas: &mut Schemas<'_>, seen: &mut BTreeSet<String>) -> (bool, bool) {
    match schemas.resolved(typed).shape {
        Shape::Array(_) => (true, false),
        Shape::Map(_) | Shape::Object(_) => (false, true),
        Shape::Union(union) if seen.insert(typed.pointer.clone()) => {
            union.variants.iter().fold((false, false), |(list, other), variant| {
                let found = composite(&variant.typed, schemas, seen);
                (list || found.0, other || found.1)
            })
        }
        _ => (false, false),
    }
}
