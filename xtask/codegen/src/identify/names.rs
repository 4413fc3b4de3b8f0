//! What schemas and documents call themselves, and where a reference by such a name leads.

use crate::{
    bundle::walk::{Found, Walk},
    schema::references::percent_decode,
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Where a reference leads.
#[derive(Debug, PartialEq)]
pub enum Target {
    /// Where it says, or to what nobody here knows.
    AsWritten,
    /// To this place.
    Place(String),
    /// To this place, though it is not in the schema that the reference is relative to.
    Beyond(String),
    /// To one of several, depending on who referred to the schema that it is in; by itself, to this place.
    Several(Option<String>),
}

/// What schemas call themselves.
#[derive(Default)]
pub struct Names {
    /// The `$id` of schemas that have one, in full, by their JSON pointers.
    pub resources: HashMap<String, String>,
    /// The same the other way around.
    pub ids: HashMap<String, String>,
    /// The places of anchors by the resource that they are in and their name.
    pub anchors: HashMap<(String, String), String>,
    /// The places of all dynamic anchors of a name.
    pub dynamic: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub fn of(walk: &Walk, value: &Value) -> Self {
        let mut names = Self::default();
        let text = |pointer: &str, key: &str| value.pointer(pointer)?.get(key)?.as_str();
        if let Some(own) = text("", "$self") {
            let own = own.trim_end_matches('#').to_owned();
            names.ids.insert(own.clone(), String::new());
            names.resources.insert(String::new(), own);
        }
        for pointer in &walk.named {
            let Some(id) = text(pointer, "$id").filter(|id| !id.starts_with('#')) else { continue };
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            let base = names.resources.get(names.resource(parent)).map_or("", String::as_str);
            let id = join(base, id.trim_end_matches('#'));
            names.ids.entry(id.clone()).or_insert_with(|| pointer.clone());
            names.resources.insert(pointer.clone(), id);
        }
        for pointer in &walk.named {
            let resource = names.resource(pointer).to_owned();
            // Older drafts have anchors as `$id`.
            let older = text(pointer, "$id").and_then(|id| id.strip_prefix('#'));
            let dynamic = text(pointer, "$dynamicAnchor");
            for name in [text(pointer, "$anchor"), older, dynamic].into_iter().flatten() {
                names.anchors.entry((resource.clone(), name.to_owned())).or_insert_with(|| pointer.clone());
            }
            if let Some(name) = dynamic {
                names.dynamic.entry(name.to_owned()).or_default().push(pointer.clone());
            }
        }
        names
    }

    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.anchors.is_empty()
    }

    /// The schema that what stands at `pointer` is relative to; the root where there is none.
    pub fn resource<'p>(&self, pointer: &'p str) -> &'p str {
        let mut at = pointer;
        while !at.is_empty() && !self.resources.contains_key(at) {
            at = at.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        at
    }

    pub fn target(&self, found: &Found, value: &Value) -> Target {
        let own = self.resource(&found.pointer);
        let (uri, fragment) = found.reference.split_once('#').unwrap_or((&found.reference, ""));
        let resource = if uri.is_empty() {
            own
        } else {
            let base = self.resources.get(own).map_or("", String::as_str);
            match self.ids.get(&join(base, uri)) {
                Some(resource) => resource,
                None => return Target::AsWritten,
            }
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let is_root = resource.is_empty() && uri.is_empty();
            return if is_root { Target::AsWritten } else { within(resource, fragment, value) };
        }
        let name = percent_decode(fragment).into_owned();
        let dynamic = self.dynamic.get(&name).map(Vec::as_slice).unwrap_or_default();
        let fixed = self.anchors.get(&(resource.to_owned(), name.clone()));
        if found.is_dynamic && fixed.is_none_or(|fixed| dynamic.contains(fixed)) && dynamic.len() > 1 {
            return Target::Several(fixed.cloned());
        }
        let elsewhere = || {
            let mut all = self.anchors.iter().filter(|((_, known), _)| *known == name).map(|(_, place)| place);
            all.next().filter(|_| all.next().is_none())
        };
        match (fixed, elsewhere()) {
            (Some(place), _) => Target::Place(place.clone()),
            (None, Some(place)) => Target::Beyond(place.clone()),
            (None, None) => Target::AsWritten,
        }
    }
}

/// What a pointer within a resource leads to: never to what the document has in the same place, unless the resource has
/// nothing there.
pub fn within(resource: &str, fragment: &str, value: &Value) -> Target {
    let decoded = percent_decode(fragment);
    let exists = |pointer: &String| value.pointer(pointer).is_some();
    let inside = [fragment, &decoded].into_iter().map(|pointer| format!("{resource}{pointer}")).find(exists);
    let outside = [fragment, &decoded].into_iter().map(str::to_owned).find(exists);
    match (inside, outside) {
        (Some(place), _) => Target::Place(place),
        (None, Some(place)) => Target::Beyond(place),
        (None, None) => Target::AsWritten,
    }
}

/// The reference to a place.
pub fn written(pointer: &str) -> String {
    format!("#{}", pointer.replace('%', "%25"))
}

/// A reference in full (RFC 3986 section 5.2), as far as names need it: a base may itself be relative.
pub fn join(base: &str, reference: &str) -> String {
    let has_scheme = |text: &str| {
        text.split_once(':').is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains(['/', '?', '#']))
    };
    if reference.is_empty() || has_scheme(reference) {
        return if reference.is_empty() { base.to_owned() } else { reference.to_owned() };
    }
    // `https://host` and the path behind it.
    let path_at = match base.split_once("//") {
        Some((scheme, rest)) => scheme.len() + 2 + rest.find('/').unwrap_or(rest.len()),
        None => base.split_once(':').map_or(0, |(scheme, _)| scheme.len() + 1),
    };
    let (host, path) = base.split_at_checked(path_at).unwrap_or(("", base));
    if reference.starts_with("//") {
        let scheme = host.split_once("//").map_or("", |(scheme, _)| scheme);
        return format!("{scheme}{reference}");
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let joined = if reference.starts_with('/') { reference.to_owned() } else { format!("{folder}/{reference}") };
    let mut steps: Vec<&str> = Vec::new();
    for step in joined.split('/').skip(usize::from(joined.starts_with('/'))) {
        match step {
            "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    let root = if joined.starts_with('/') && !host.is_empty() { "/" } else { "" };
    format!("{host}{root}{}", steps.join("/"))
}
