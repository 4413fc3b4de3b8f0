//! Rules about `$ref`: that it leads somewhere, inside of the document, and to something other than itself.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node, Target},
};
use crate::diagnostics::{pointer_join, pointer_tokens};
use crate::objects::Kind;
use serde_json::{Value, json};
use std::collections::HashMap;

const DANGLING: Rule = Rule::survivable("dangling-ref");
const EXTERNAL: Rule = Rule::survivable("external-ref");

/// The code of the finding that a reference leads out of the document.
pub(super) const EXTERNAL_REF: &str = "external-ref";
const CYCLE: Rule = Rule::survivable("ref-cycle");
const MALFORMED: Rule = Rule::survivable("malformed-ref");

/// The sections of `components`, and where older versions of OpenAPI had them.
pub(super) const SECTIONS: [&str; 11] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
    "mediaTypes",
];

/// The most members of a circle that are named.
const MAX_NOTES: usize = 8;

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    let mut next: HashMap<String, String> = HashMap::new();
    for node in model.nodes().filter(|node| can_refer(node)) {
        if faults.is_full() {
            return;
        }
        match node.get("$ref") {
            Some(Value::String(reference)) => {
                check_reference(model, node, &["$ref"], reference, faults);
                if let Target::Found { pointer, value } = model.target(reference)
                    && value.get("$ref").is_some()
                {
                    next.insert(model.pointer(node.id), pointer);
                }
            }
            Some(other) => faults.push(malformed(model, node, other, faults)),
            None => {}
        }
        check_mapping(model, node, faults);
    }
    check_cycles(model, &next, faults);
}

/// Which objects can be a reference (OpenAPI 3.1, section 4.8.23; path items and schemas have one of their own).
fn can_refer(node: &Node<'_>) -> bool {
    use Kind::*;
    matches!(
        node.kind,
        PathItem
            | Parameter
            | RequestBody
            | Response
            | Header
            | Schema
            | SecurityScheme
            | Callback
            | Link
            | Example
            | MediaType
    )
}

fn malformed(model: &Model<'_>, node: &Node<'_>, found: &Value, faults: &Faults<'_>) -> Fault {
    let pointer = model.pointer_below(node.id, &["$ref"]);
    let message = format!("`$ref` must be a string, it is {}", crate::load::kind(found));
    let help = "a schema's property of that name belongs below `properties`";
    Fault::at(MALFORMED, node.id, pointer.clone(), message).help(help).repair_remove(faults, &pointer)
}

fn check_reference(model: &Model<'_>, node: &Node<'_>, below: &[&str], reference: &str, faults: &mut Faults<'_>) {
    let (rule, message) = match model.target(reference) {
        Target::Found { .. } => return,
        Target::Dangling => (DANGLING, format!("`{reference}` leads nowhere in this document")),
        Target::External => (EXTERNAL, format!("`{reference}` leads out of this document")),
    };
    let pointer = model.pointer_below(node.id, below);
    let suggestion = suggest(model, reference, faults);
    let fault = Fault::at(rule, node.id, pointer.clone(), message);
    let fault = match (&suggestion, rule) {
        (Some(near), _) => fault.help(format!("did you mean `{near}`?")),
        (None, EXTERNAL) => fault.help(
            "bundle the document into one file first, for example with `npx @redocly/cli bundle FILE -o FILE`: nothing \
             is fetched while crates are generated",
        ),
        (None, _) => fault.help("define what it names under `components`, or correct the name"),
    };
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let key = below.last().copied().unwrap_or("$ref");
    let fault = match suggestion {
        Some(near) => fault.repair_update(faults, parent, json!({key: near})),
        None if below.len() == 1 && node.kind == Kind::Schema => fault.repair_remove(faults, &pointer),
        None => fault,
    };
    faults.push(fault);
}

/// The reference that may have been meant.
fn suggest(model: &Model<'_>, reference: &str, faults: &mut Faults<'_>) -> Option<String> {
    let (container, name) = match reference.strip_prefix('#') {
        Some(pointer) => {
            let name = pointer_tokens(pointer).last()?;
            (pointer.rsplit_once('/')?.0.to_owned(), name)
        }
        // A bare name, as if it were in scope.
        None if !reference.is_empty() && !reference.contains(['/', '.', '#', ':']) => {
            ("/components/schemas".to_owned(), reference.to_owned())
        }
        None => return None,
    };
    let entries = |container: &str| model.document.pointer(container).and_then(Value::as_object);
    if let Some(entries) = entries(&container) {
        let near = faults.suggester.nearest(&name, entries.keys().map(String::as_str))?;
        return Some(format!("#{}", pointer_join(&container, near)));
    }
    SECTIONS.iter().find_map(|section| {
        let container = format!("/components/{section}");
        entries(&container)?.contains_key(&name).then(|| format!("#{}", pointer_join(&container, &name)))
    })
}

/// A discriminator names schemas, too (OpenAPI 3.1, section 4.8.25).
fn check_mapping(model: &Model<'_>, node: &Node<'_>, faults: &mut Faults<'_>) {
    if node.kind != Kind::Schema {
        return;
    }
    let said = |key: &str| node.get("discriminator").and_then(|discriminator| discriminator.get(key));
    if let Some(reference) = said("defaultMapping").and_then(Value::as_str).filter(|text| text.starts_with("#/")) {
        check_reference(model, node, &["discriminator", "defaultMapping"], reference, faults);
    }
    let mapping = said("mapping");
    for (value, reference) in mapping.and_then(Value::as_object).into_iter().flatten() {
        if let Some(reference) = reference.as_str().filter(|reference| reference.starts_with("#/")) {
            check_reference(model, node, &["discriminator", "mapping", value], reference, faults);
        }
    }
}

/// Follows the references that lead to references. Each circle is reported once.
fn check_cycles(model: &Model<'_>, next: &HashMap<String, String>, faults: &mut Faults<'_>) {
    // By which walk a reference was passed first: one that meets its own steps has found a circle.
    let mut passed: HashMap<&str, usize> = HashMap::new();
    let references = model.nodes().filter(|node| can_refer(node) && node.is_reference());
    for (walk, node) in (0..).zip(references) {
        let start = model.pointer(node.id);
        let Some((mut at, _)) = next.get_key_value(&start) else { continue };
        loop {
            if let Some(earlier) = passed.insert(at, walk) {
                if earlier == walk {
                    faults.push(cycle(node, at, next));
                } else {
                    passed.insert(at, earlier);
                }
                break;
            }
            match next.get(at).and_then(|to| next.get_key_value(to)) {
                Some((to, _)) => at = to,
                None => break,
            }
        }
    }
}

fn cycle(node: &Node<'_>, start: &str, next: &HashMap<String, String>) -> Fault {
    let mut members = vec![start];
    let mut at = start;
    while let Some(to) = next.get(at).filter(|to| *to != start && members.len() <= MAX_NOTES) {
        members.push(to);
        at = to;
    }
    let message = match members.len() {
        1 => format!("the reference `#{start}` leads to itself"),
        _ => "these references lead to each other and to nothing else".to_owned(),
    };
    let fault = Fault::at(CYCLE, node.id, format!("{start}/$ref"), message)
        .help("write in one of these places what is meant, instead of a reference");
    members.iter().skip(1).fold(fault, |fault, member| fault.note(format!("{member}/$ref"), "by way of this one"))
}
