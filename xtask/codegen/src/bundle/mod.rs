//! A document that is split over several files becomes one: what references lead to in other files becomes a component
//! where OpenAPI has a place for it, and otherwise takes the reference's place.
//!
//! Each part keeps its origin, so that findings point at the file that somebody wrote. A reference that cannot be
//! followed stays as it is, and the lint says why, after the overlay has had its chance to correct it.
//!
//! Nothing here trusts the files: only those in the document's folder and below are read, each target is brought in once
//! where it can be, and how much all copies may take is limited.

mod files;
mod names;
mod refusal;
pub mod walk;

#[cfg(test)]
mod tests;

use crate::{
    diagnostics::{Diagnostic, Diagnostics, Severity, Source, pointer_join, pointer_tokens},
    load::{Document, Limits, MAX_DEPTH, Unbundled},
    objects::Kind,
    origins::Origin,
    path_items,
    schema::references::{MAX_CHAIN, percent_decode},
};
use files::{Files, ROOT, is_remote};
use names::Names;
use refusal::{Refusal, refuse};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    mem::take,
};
use walk::{Found, Slot, walk};

/// How deep what takes the place of a reference may itself have such references.
const MAX_INLINED: usize = 32;

/// How much copies may take, at least: in bytes of text and [`NODE`] for each value.
const MIN_COPIES: usize = 64 << 20;

/// How much copies may take for each byte of the files.
const COPIES_FACTOR: usize = 16;

/// What a value costs beside its text.
const NODE: usize = 32;

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Target {
    file: usize,
    /// The JSON pointer in the file.
    pointer: String,
}

/// A reference that is to be followed.
struct Task {
    found: Found,
    /// The file that it is written in.
    file: usize,
    /// Within what it was brought in, as a place in [`Bundler::chains`].
    chain: Option<usize>,
}

struct Bundler<'d> {
    document: &'d mut Document,
    diagnostics: &'d mut Diagnostics,
    lenient: bool,
    is_swagger: bool,
    files: Files,
    names: Names,
    /// Where targets are that have become components, by what they are.
    placed: HashMap<(Target, &'static str), String>,
    /// What took the place of a reference, with that within which it did.
    chains: Vec<(Option<usize>, Target)>,
    /// References that are components themselves: those that others lead to get their names from them.
    first: VecDeque<Task>,
    rest: VecDeque<Task>,
    copied: usize,
}

/// Brings in everything that references to other files lead to. Faults in those files are pushed to `diagnostics`.
pub fn bundle(document: &mut Document, limits: Limits, lenient: bool, diagnostics: &mut Diagnostics) {
    let files = Files::new(&document.path, limits, lenient);
    let is_swagger = document.value.get("swagger").is_some();
    let mut bundler = Bundler {
        document,
        diagnostics,
        lenient,
        is_swagger,
        files,
        names: Names::default(),
        placed: HashMap::new(),
        chains: Vec::new(),
        first: VecDeque::new(),
        rest: VecDeque::new(),
        copied: 0,
    };
    bundler.look("", Slot::One(Kind::Root), ROOT, None);
    while let Some(task) = bundler.first.pop_front().or_else(|| bundler.rest.pop_front()) {
        bundler.follow(task);
    }
    bundler.document.parts = bundler.files.parts;
    bundler.document.missing = bundler.files.missing;
}

impl Bundler<'_> {
    /// Finds the references in what stands at `place`, which is from `file`.
    fn look(&mut self, place: &str, slot: Slot, file: usize, chain: Option<usize>) {
        let Some(value) = self.document.value.pointer(place) else { return };
        let walk = walk(place, slot, value, self.is_swagger);
        for found in walk.found {
            if file == ROOT && found.reference.starts_with('#') || found.is_mapping && self.is_name(&found.reference) {
                continue;
            }
            let is_component = self.is_component(&found.pointer);
            let queue = if is_component { &mut self.first } else { &mut self.rest };
            queue.push_back(Task { found, file, chain });
        }
    }

    /// Whether what a mapping says is the name of a schema of the document's: a name goes before a file that could be called so
    /// (OpenAPI 3.1 section 4.8.25).
    fn is_name(&self, reference: &str) -> bool {
        self.document.value.pointer(&pointer_join("/components/schemas", reference)).is_some()
    }

    /// Whether the pointer is that of a component, or of something that components are in.
    fn is_component(&self, pointer: &str) -> bool {
        let tokens: Vec<String> = pointer_tokens(pointer).take(4).collect();
        match tokens.first().map(String::as_str) {
            Some("components") => tokens.len() <= 3,
            Some("definitions" | "parameters" | "responses") => self.is_swagger && tokens.len() <= 2,
            _ => false,
        }
    }

    fn follow(&mut self, task: Task) {
        let Task { found, file, chain } = &task;
        if let Err(refusal) = self.try_follow(found, *file, *chain) {
            self.refused(found, *file, refusal);
        }
    }

    fn try_follow(&mut self, found: &Found, file: usize, chain: Option<usize>) -> Result<(), Refusal> {
        let target = self.target(file, &found.reference)?;
        let target = self.follow_on(target)?;
        if target.file == ROOT {
            self.rewrite(found, &target.pointer);
            return Ok(());
        }
        let section = match found.slot {
            // What stands beside the reference is merged with it later.
            Slot::One(Kind::PathItem) if self.has_more(found) => Some((path_items::SECTION, Kind::PathItem)),
            Slot::One(kind) => self.section(kind),
            Slot::Map(_) | Slot::List(_) => None,
        };
        let Some((section, kind)) = section else {
            return self.bring_in(found, target, chain);
        };
        let key = (target, section);
        if let Some(place) = self.placed.get(&key).cloned() {
            if place != found.pointer {
                self.rewrite(found, &place);
            }
            return Ok(());
        }
        if !found.is_mapping && self.is_lone_component(found, section) {
            self.placed.insert(key.clone(), found.pointer.clone());
            return self.bring_in(found, key.0, chain);
        }
        let place = self.place(&key.0, section, kind)?;
        self.placed.insert(key, place.clone());
        self.rewrite(found, &place);
        Ok(())
    }

    /// Whether the reference is a component by itself and nothing else: what it leads to can have its name.
    fn is_lone_component(&self, found: &Found, section: &str) -> bool {
        let parent = found.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let value = self.document.value.pointer(&found.pointer);
        parent == section && value.and_then(Value::as_object).is_some_and(|fields| fields.len() == 1)
    }

    /// Whether anything stands beside the reference.
    fn has_more(&self, found: &Found) -> bool {
        let value = self.document.value.pointer(&found.pointer);
        value.and_then(Value::as_object).is_some_and(|fields| fields.len() > 1)
    }

    /// Where the reference, which is written in `file`, leads.
    fn target(&mut self, file: usize, reference: &str) -> Result<Target, Refusal> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if is_remote(reference) {
            return Err(refuse(REMOTE, format!("`{reference}` leads out of this document"), REMOTE_HELP));
        }
        let target_file = if path.is_empty() { file } else { self.files.open(file, path, self.diagnostics)? };
        let decoded = percent_decode(fragment).into_owned();
        let anchored = if decoded.starts_with('/') { None } else { self.anchored(target_file, &decoded) };
        let pointers = [anchored.unwrap_or_else(|| fragment.to_owned()), decoded];
        if let Some(pointer) = pointers.into_iter().find(|pointer| self.value(target_file, pointer).is_some()) {
            return Ok(Target { file: target_file, pointer });
        }
        // A part that speaks of the document as a whole.
        if path.is_empty() && !fragment.is_empty() && self.document.value.pointer(fragment).is_some() {
            return Ok(Target { file: ROOT, pointer: fragment.to_owned() });
        }
        let shown = self.files.get(target_file).map(|file| file.relative.clone()).unwrap_or_default();
        let message = format!("`{reference}` leads nowhere: there is no `{fragment}` in `{shown}`");
        Err(refuse("dangling-ref", message, "define it there, or correct the name"))
    }

    /// Where a file has the schema of this name (JSON Schema 2020-12, section 8.2.2), wherever it has schemas.
    fn anchored(&self, file: usize, name: &str) -> Option<String> {
        let mut open = vec![(String::new(), self.value(file, "").filter(|_| !name.is_empty())?)];
        while let Some((pointer, value)) = open.pop() {
            if ["$anchor", "$dynamicAnchor"].iter().any(|key| value.get(key).and_then(Value::as_str) == Some(name)) {
                return Some(pointer);
            }
            match value {
                Value::Object(fields) => {
                    open.extend(fields.iter().map(|(key, field)| (pointer_join(&pointer, key), field)));
                }
                Value::Array(items) => {
                    open.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)));
                }
                _ => {}
            }
        }
        None
    }

    fn value(&self, file: usize, pointer: &str) -> Option<&Value> {
        if file == ROOT {
            return self.document.value.pointer(pointer);
        }
        self.files.get(file)?.value.pointer(pointer)
    }

    /// Where a reference leads in the end that leads to nothing but another reference.
    fn follow_on(&mut self, mut target: Target) -> Result<Target, Refusal> {
        for _ in 0..MAX_CHAIN {
            let fields = self.value(target.file, &target.pointer).and_then(Value::as_object);
            let fields = fields.filter(|fields| fields.len() == 1 && target.file != ROOT);
            let reference = fields.and_then(|fields| fields.get("$ref")).and_then(Value::as_str);
            let Some(reference) = reference.map(str::to_owned) else { return Ok(target) };
            match self.target(target.file, &reference) {
                Ok(next) => target = next,
                // It is told where it is written, which is in what is brought in.
                Err(_) => return Ok(target),
            }
        }
        let help = "write in one of these places what is meant, instead of a reference";
        Err(refuse("ref-cycle", "these references lead to each other and to nothing else".to_owned(), help))
    }

    /// Where things of a kind are that others refer to.
    fn section(&self, kind: Kind) -> Option<(&'static str, Kind)> {
        let section = match (kind, self.is_swagger) {
            (Kind::Schema, false) => "/components/schemas",
            (Kind::Response, false) => "/components/responses",
            (Kind::Parameter, false) => "/components/parameters",
            (Kind::Example, false) => "/components/examples",
            (Kind::RequestBody, false) => "/components/requestBodies",
            (Kind::Header, false) => "/components/headers",
            (Kind::SecurityScheme, false) => "/components/securitySchemes",
            (Kind::Link, false) => "/components/links",
            (Kind::Callback, false) => "/components/callbacks",
            (Kind::MediaType, false) => "/components/mediaTypes",
            (Kind::Schema, true) => "/definitions",
            (Kind::Parameter, true) => "/parameters",
            (Kind::Response, true) => "/responses",
            _ => return None,
        };
        Some((section, kind))
    }

    /// Makes a component of the target.
    fn place(&mut self, target: &Target, section: &'static str, kind: Kind) -> Result<String, Refusal> {
        let value = self.copy(target, 3)?;
        let entries = self.document.value.pointer(section);
        let Some(file) = self.files.get(target.file) else { return Err(too_large()) };
        let name = self.names.unique(section, entries, file, &target.pointer);
        let Some(entries) = object_at(&mut self.document.value, section) else {
            let message = format!("`{section}` is no object, so nothing can be added to it");
            return Err(refuse("wrong-type", message, "make an object of it"));
        };
        entries.insert(name.clone(), value);
        let place = pointer_join(section, &name);
        self.document.origins.written(&place, origin(target));
        self.look(&place, Slot::One(kind), target.file, None);
        Ok(place)
    }

    /// Puts the target in the reference's place; what stands beside the reference counts more.
    fn bring_in(&mut self, found: &Found, target: Target, chain: Option<usize>) -> Result<(), Refusal> {
        let mut within = chain;
        let mut length = 0;
        while let Some((outer, around)) = within.and_then(|chain| self.chains.get(chain)) {
            length += 1;
            if *around == target || length > MAX_INLINED {
                let message = format!("`{}` leads to what it is a part of", found.reference);
                let help = "only components can contain themselves: put it under `components` of the document";
                return Err(refuse("ref-cycle", message, help));
            }
            within = *outer;
        }
        let value = self.copy(&target, pointer_tokens(&found.pointer).count())?;
        let Some(place) = self.document.value.pointer_mut(&found.pointer) else { return Ok(()) };
        let kept = put(place, value);
        self.document.origins.brought_in(&found.pointer, origin(&target), &kept);
        let file = target.file;
        self.chains.push((chain, target));
        let chain = Some(self.chains.len() - 1);
        self.look_beside(found, file, chain, &kept);
        Ok(())
    }

    /// Finds the references in what was brought in, and not those that stood beside the reference: they are known.
    fn look_beside(&mut self, found: &Found, file: usize, chain: Option<usize>, kept: &[String]) {
        let (first, rest) = (self.first.len(), self.rest.len());
        self.look(&found.pointer, found.slot, file, chain);
        let is_beside = |task: &Task| {
            let below = task.found.pointer.strip_prefix(&found.pointer).unwrap_or_default();
            pointer_tokens(below).next().is_some_and(|token| kept.contains(&token))
        };
        for (queue, known) in [(&mut self.first, first), (&mut self.rest, rest)] {
            let new = queue.split_off(known);
            queue.extend(new.into_iter().filter(|task| !is_beside(task)));
        }
    }

    /// A copy of the target, which is to stand `depth` deep.
    fn copy(&mut self, target: &Target, depth: usize) -> Result<Value, Refusal> {
        let Some(value) = self.value(target.file, &target.pointer) else { return Err(too_large()) };
        let (size, nested) = measure(value);
        let allowed = MIN_COPIES
            .saturating_add(COPIES_FACTOR.saturating_mul(self.files.bytes().saturating_add(self.document.text.len())));
        if self.copied.saturating_add(size) > allowed || depth + nested > MAX_DEPTH {
            return Err(too_large());
        }
        let value = value.clone();
        self.copied += size;
        Ok(value)
    }

    /// Makes the reference lead to a place of the document.
    fn rewrite(&mut self, found: &Found, pointer: &str) {
        let text = format!("#{}", escape_fragment(pointer));
        let place = if found.is_mapping { found.pointer.clone() } else { pointer_join(&found.pointer, "$ref") };
        if let Some(reference) = self.document.value.pointer_mut(&place) {
            *reference = Value::String(text);
        }
    }

    /// Leaves a reference that cannot be followed, so that nobody takes it for one within the document.
    fn refused(&mut self, found: &Found, file: usize, refusal: Refusal) {
        let place = if found.is_mapping { found.pointer.clone() } else { pointer_join(&found.pointer, "$ref") };
        let own = self.files.get(file).map(|file| file.relative.clone()).unwrap_or_default();
        let is_local = found.reference.starts_with('#');
        let reference = if is_local { format!("{own}{}", found.reference) } else { found.reference.clone() };
        if is_local && let Some(value) = self.document.value.pointer_mut(&place) {
            *value = Value::String(reference.clone());
        }
        // A bare name is a slip that the lint knows better.
        if !reference.contains(['/', '.', '#', ':']) && is_looked_at(found) {
            return;
        }
        let Refusal { code, message, help } = refusal;
        if is_looked_at(found) {
            if code != REMOTE {
                self.document.unbundled.insert(place, Unbundled { reference, code, message, help: help.to_owned() });
            }
            return;
        }
        let severity = if self.lenient { Severity::Warning } else { Severity::Error };
        self.diagnostics.push(Diagnostic::new(severity, code, place, message).with_help(help));
    }
}

/// Tells of the references to files that the document still has because they could not be followed, to whoever does not lint it.
pub fn tell_what_is_left(document: &Document, diagnostics: &mut Diagnostics) {
    for (place, left) in &document.unbundled {
        if document.value.pointer(place).and_then(Value::as_str) == Some(&left.reference) {
            let finding = Diagnostic::warning(left.code, place.clone(), left.message.clone());
            diagnostics.push(finding.with_help(left.help.clone()));
        }
    }
}

const REMOTE: &str = "external-ref";
const REMOTE_HELP: &str = "bundle the document into one file first, for example with `npx @redocly/cli bundle FILE -o FILE`: \
                           nothing is fetched while crates are generated";

/// Whether the lint says that a reference leads nowhere: it knows those that the specification allows.
fn is_looked_at(found: &Found) -> bool {
    use Kind::{
        Callback, Example, Header, Link, MediaType, Parameter, PathItem, RequestBody, Response, Schema, SecurityScheme,
    };
    let kinds = [
        PathItem,
        Parameter,
        RequestBody,
        Response,
        Header,
        Schema,
        SecurityScheme,
        Callback,
        Link,
        Example,
        MediaType,
    ];
    !found.is_mapping && kinds.iter().any(|kind| found.slot == Slot::One(*kind))
}

fn too_large() -> Refusal {
    refuse(
        "ref-too-large",
        "what this leads to makes the document absurdly large or deep".to_owned(),
        "put what is used often under `components` of the document, and refer to it there",
    )
}

fn origin(target: &Target) -> Origin {
    Origin { source: Source::Part(target.file.saturating_sub(1)), pointer: target.pointer.clone() }
}

/// The object at a pointer, made where it is not there yet.
fn object_at<'v>(document: &'v mut Value, pointer: &str) -> Option<&'v mut Map<String, Value>> {
    let mut value = document;
    for token in pointer_tokens(pointer) {
        value = value.as_object_mut()?.entry(token).or_insert_with(|| Value::Object(Map::new()));
    }
    value.as_object_mut()
}

/// Puts `value` in the place of a reference, and returns which fields stay that stood beside it.
fn put(place: &mut Value, value: Value) -> Vec<String> {
    let mut beside = place.as_object_mut().map(take).unwrap_or_default();
    beside.shift_remove("$ref");
    *place = value;
    let Some(fields) = place.as_object_mut() else { return Vec::new() };
    let kept = beside.keys().cloned().collect();
    fields.extend(beside);
    kept
}

/// What a value costs, and how deep it is.
fn measure(value: &Value) -> (usize, usize) {
    let (mut size, mut deepest) = (0_usize, 0);
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        size += NODE;
        match value {
            Value::String(text) => size += text.len(),
            Value::Array(items) => {
                deepest = deepest.max(depth);
                open.extend(items.iter().map(|item| (item, depth + 1)));
            }
            Value::Object(fields) => {
                deepest = deepest.max(depth);
                size += fields.keys().map(String::len).sum::<usize>();
                open.extend(fields.values().map(|field| (field, depth + 1)));
            }
            _ => {}
        }
    }
    (size, deepest)
}

/// A pointer as the fragment of a reference: only `%` would be read as something else.
fn escape_fragment(pointer: &str) -> Cow<'_, str> {
    if pointer.contains('%') { Cow::Owned(pointer.replace('%', "%25")) } else { Cow::Borrowed(pointer) }
}
