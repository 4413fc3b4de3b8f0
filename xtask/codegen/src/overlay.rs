//! Second pass: the overlay's actions are applied to the document (OpenAPI Overlay 1.0, <https://spec.openapis.org/overlay/v1.0.0.html>).
//!
//! An overlay holds corrections of a vendor's document. A correction that no longer applies must not go unnoticed, so an
//! action whose target matches nothing is an error here, although the specification lets it pass, and a name in a list of
//! names that nothing has is a warning.

use crate::{
    diagnostics::{Correction, Diagnostic, Diagnostics, Source, pointer_join, pointer_tokens},
    load::{Document, MAX_DEPTH, TextFile, kind, parse},
    origins::{Origin, Origins},
    target,
};
use serde_json::{Map, Value};
use serde_json_path::JsonPath;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// The longest `target` that is parsed, in bytes: the JSONPath parser recurses.
const MAX_TARGET: usize = 4096;

/// An overlay's file and what is in it.
#[derive(Clone, Debug)]
pub struct OverlayFile {
    /// The content as a value.
    pub value: Value,
}

impl OverlayFile {
    /// Parses the overlay; `None` when it is no JSON, which `diagnostics` then say.
    pub fn parse(file: &TextFile, diagnostics: &mut Diagnostics) -> Option<Self> {
        parse(file, Source::Overlay, false, diagnostics).map(|parsed| Self { value: parsed.value })
    }
}

impl OverlayFile {
    /// Whether the overlay says that its document is to be read leniently: an action on the root sets [`LENIENT`]. Asked
    /// before the document is read, for that is what it is about.
    pub fn is_lenient(&self) -> bool {
        let actions = self.value.get("actions").and_then(Value::as_array).into_iter().flatten();
        let mut roots = actions.filter(|action| action.get("target").and_then(Value::as_str) == Some("$"));
        roots.any(|action| action.get("update").is_some_and(is_lenient))
    }
}

/// The hint that a document is to be read leniently, whatever the command line says.
const LENIENT: &str = "x-switchboard-lenient";

/// Whether a document says of itself that it is to be read leniently.
pub fn is_lenient(document: &Value) -> bool {
    document.get(LENIENT).and_then(Value::as_bool) == Some(true)
}

/// One action that is well formed.
struct Action<'o> {
    /// The action's JSON pointer in the overlay's file.
    pointer: String,
    target: &'o str,
    path: JsonPath,
    change: Change<'o>,
}

enum Change<'o> {
    Update(&'o Value),
    Remove,
}

/// Applies `overlay` to `document`, action after action. All actions that cannot be applied are reported, each at its
/// place in the overlay's file; those that can be are applied all the same, so that the passes behind see them.
pub fn apply(document: &mut Document, overlay: &OverlayFile, diagnostics: &mut Diagnostics) {
    let mut faults = Vec::new();
    let actions = actions(&overlay.value, &mut faults);
    for action in &actions {
        let places = places(&document.value, action);
        if places.is_empty() {
            faults.push(no_match(&document.value, action));
            continue;
        }
        faults.extend(idle(&document.value, action));
        faults.extend(apply_action(&mut document.value, &mut document.origins, action, places));
    }
    diagnostics.extend(faults.into_iter().map(|fault| fault.in_source(Source::Overlay)));
}

/// The document with its overlay applied, as text: keys in order, two spaces, a newline at the end.
pub fn effective(document: &Document) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document.value).map(|text| text + "\n")
}

fn malformed(pointer: impl Into<String>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("overlay-malformed", pointer, message)
}

/// Checks the overlay's form and returns the actions that are well formed.
fn actions<'o>(overlay: &'o Value, faults: &mut Vec<Diagnostic>) -> Vec<Action<'o>> {
    let Some(root) = overlay.as_object() else {
        let message = format!("an overlay is an object, this is {}", kind(overlay));
        faults.push(malformed("", message).with_help(SKELETON));
        return Vec::new();
    };
    check_root(root, faults);
    let Some(actions) = root.get("actions") else {
        faults.push(malformed("", "the overlay has no `actions`").with_help(SKELETON));
        return Vec::new();
    };
    match actions.as_array() {
        Some(actions) if actions.is_empty() => {
            faults.push(malformed("/actions", "the overlay has no action").with_help("remove the file instead"));
            Vec::new()
        }
        Some(actions) => (0..)
            .zip(actions)
            .filter_map(|(index, action)| match read_action(action, format!("/actions/{index}")) {
                Ok(action) => Some(action),
                Err(fault) => {
                    faults.push(*fault);
                    None
                }
            })
            .collect(),
        None => {
            faults.push(malformed("/actions", format!("`actions` must be an array, it is {}", kind(actions))));
            Vec::new()
        }
    }
}

const SKELETON: &str = "an overlay looks like this: \
    {\"overlay\": \"1.0.0\", \"info\": {\"title\": \"…\", \"version\": \"1\"}, \"actions\": [{\"target\": \"$.info\", \"update\": {…}}]}";

fn check_root(root: &Map<String, Value>, faults: &mut Vec<Diagnostic>) {
    match root.get("overlay").map(|version| version.as_str().unwrap_or_default()) {
        Some(version) if is_overlay_1_0(version) => {}
        Some(version) => {
            let message = format!("overlay version `{version}` is not known");
            faults.push(malformed("/overlay", message).with_help("write `\"overlay\": \"1.0.0\"`"));
        }
        None => faults.push(malformed("", "the overlay does not say `\"overlay\": \"1.0.0\"`").with_help(SKELETON)),
    }
    for field in ["title", "version"] {
        let path = format!("/info/{field}");
        if !root.get("info").and_then(|info| info.get(field)).is_some_and(Value::is_string) {
            let message = format!("the overlay's `info.{field}` must be a string");
            faults.push(malformed(path, message).with_help("say there what the overlay is for"));
        }
    }
    for key in root.keys() {
        if !matches!(key.as_str(), "overlay" | "info" | "extends" | "actions") && !key.starts_with("x-") {
            faults.push(malformed(pointer_join("", key), format!("an overlay has no field `{key}`")));
        }
    }
}

/// Whether `version` is of the form `1.0.N`.
fn is_overlay_1_0(version: &str) -> bool {
    version
        .strip_prefix("1.0.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

fn read_action(action: &Value, pointer: String) -> Result<Action<'_>, Box<Diagnostic>> {
    let fault = |place: &str, message: String| Box::new(malformed(format!("{pointer}{place}"), message));
    let Some(fields) = action.as_object() else {
        return Err(fault("", format!("an action is an object, this is {}", kind(action))));
    };
    let is_known = |key: &str| matches!(key, "target" | "description" | "update" | "remove") || key.starts_with("x-");
    if let Some(key) = fields.keys().find(|key| !is_known(key)) {
        let unknown = fault(&pointer_join("", key), format!("an action has no field `{key}`"));
        return Err(Box::new(unknown.with_help("an action has `target`, `description`, and `update` or `remove`")));
    }
    let target = match fields.get("target") {
        Some(Value::String(target)) => target.as_str(),
        Some(other) => {
            return Err(fault("/target", format!("`target` must be a JSONPath in a string, it is {}", kind(other))));
        }
        None => return Err(fault("", "the action has no `target`".to_owned())),
    };
    let change = match (fields.get("update"), fields.get("remove")) {
        (Some(_), Some(Value::Bool(true))) => {
            let both = fault("/remove", "the action has both `update` and `remove`".to_owned());
            return Err(Box::new(both.with_help("make two actions of it: they are applied in order")));
        }
        (_, Some(Value::Bool(true))) => Change::Remove,
        (Some(update), None | Some(Value::Bool(false))) => Change::Update(update),
        (None, None | Some(Value::Bool(false))) => {
            return Err(fault("", "the action does nothing: it has neither `update` nor `remove`".to_owned()));
        }
        (_, Some(other)) => {
            return Err(fault("/remove", format!("`remove` must be true or false, it is {}", kind(other))));
        }
    };
    let path = parse_target(target).map_err(|message| {
        let finding = Diagnostic::error("overlay-target", format!("{pointer}/target"), message);
        let example = "$.paths['/pets'].get.parameters[?@.name=='id']";
        Box::new(finding.with_help(format!("targets are written as in RFC 9535, for example `{example}`")))
    })?;
    Ok(Action { pointer, target, path, change })
}

fn parse_target(target: &str) -> Result<JsonPath, String> {
    if target.len() > MAX_TARGET {
        return Err(format!("the target is longer than {MAX_TARGET} bytes"));
    }
    JsonPath::parse(target)
        .map_err(|error| format!("`{target}` is no JSONPath: at character {}, {}", error.position(), error.message()))
}

/// Where the action's target leads, each place once.
fn places(document: &Value, action: &Action<'_>) -> Vec<String> {
    let located = action.path.query_located(document);
    let mut seen = BTreeSet::new();
    let places = located.into_iter().map(|node| node.location().to_json_pointer());
    places.filter(|place| seen.insert(place.clone())).collect()
}

/// A target that leads nowhere, with where it would lead today, if that is clear.
fn no_match(document: &Value, action: &Action<'_>) -> Diagnostic {
    let message = format!("the action's target matches nothing: `{}`", action.target);
    let found = Diagnostic::error("overlay-no-match", format!("{}/target", action.pointer), message);
    match target::moved(document, action.target) {
        Some(now) => corrected(found, now),
        None => found.with_help(
            "if the vendor has corrected the document, remove the action; if a name has changed, correct the target",
        ),
    }
}

/// Names that a target lists and that lead nowhere: the action does less than who wrote it meant.
fn idle<'a>(document: &Value, action: &'a Action<'_>) -> impl Iterator<Item = Diagnostic> + use<'a> {
    target::idle(document, action.target).into_iter().map(|idle| {
        let message = format!("of the names that the action's target lists, `{}` matches nothing: `{}`", idle.name, action.target);
        let found = Diagnostic::warning("overlay-no-match", format!("{}/target", action.pointer), message);
        match idle.corrected {
            Some(now) => corrected(found, now),
            None => found.with_help(
                "if there is no such thing any more, take the name out of the list; if it is called otherwise, correct it",
            ),
        }
    })
}

fn corrected(found: Diagnostic, now: String) -> Diagnostic {
    let help = format!("what it meant seems to be at `{now}` now: correct the target");
    found.with_help(help).with_correction(Correction::Target(now))
}

fn apply_action(
    document: &mut Value,
    origins: &mut Origins,
    action: &Action<'_>,
    places: Vec<String>,
) -> Option<Diagnostic> {
    match action.change {
        Change::Remove => remove(document, origins, action, places),
        Change::Update(update) => {
            let written = format!("{}/update", action.pointer);
            let depth = depth(update);
            let is_there = |place: &String| document.pointer(place).is_some_and(|target| holds(target, update));
            if places.iter().all(is_there) {
                return Some(stale(action));
            }
            places.iter().find_map(|place| update_place(document, origins, place, update, &written, depth))
        }
    }
}

/// A correction that the vendor has made.
fn stale(action: &Action<'_>) -> Diagnostic {
    let message = format!("the document says all that the action writes already: `{}`", action.target);
    Diagnostic::warning("stale-action", action.pointer.clone(), message)
        .with_help("remove the action from the overlay: without it the document is the same")
        .with_correction(Correction::Removed)
}

/// Whether an update would write nothing that is not there: every field of it is, and every item of its lists.
fn holds(target: &Value, update: &Value) -> bool {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            update.iter().all(|(key, value)| target.get(key).is_some_and(|found| holds_within(found, value)))
        }
        (Value::Array(items), update) => items.contains(update),
        _ => false,
    }
}

/// The same of what is merged below the place that an action names.
fn holds_within(target: &Value, update: &Value) -> bool {
    match (target, update) {
        (Value::Object(_), Value::Object(_)) => holds(target, update),
        (Value::Array(items), Value::Array(update)) => update.iter().all(|item| items.contains(item)),
        _ => target == update,
    }
}

fn mismatch(pointer: String, message: String) -> Diagnostic {
    Diagnostic::error("overlay-mismatch", pointer, message)
}

fn update_place(
    document: &mut Value,
    origins: &mut Origins,
    place: &str,
    update: &Value,
    written: &str,
    depth: usize,
) -> Option<Diagnostic> {
    if pointer_tokens(place).count() + depth > MAX_DEPTH {
        let message = format!("the update would nest objects and arrays more than {MAX_DEPTH} deep");
        return Some(mismatch(written.to_owned(), message));
    }
    // An earlier match of the same action may have replaced what held this one.
    match (document.pointer_mut(place)?, update) {
        (Value::Array(items), update) => {
            origins.written(&pointer_join(place, &items.len().to_string()), overlay_origin(written));
            items.push(update.clone());
            None
        }
        (target @ Value::Object(_), Value::Object(_)) => {
            merge(target, update, origins, place, written);
            None
        }
        (Value::Object(_), other) => {
            let message = format!("the target is an object, so `update` must be one: it is {}", kind(other));
            Some(mismatch(written.to_owned(), message))
        }
        (other, _) => {
            let message = format!("the target is {}: only objects and arrays can be updated", kind(other));
            Some(
                mismatch(written.replace("/update", "/target"), message)
                    .with_help("target the object that holds the value, and update its field"),
            )
        }
    }
}

fn overlay_origin(pointer: &str) -> Origin {
    Origin { source: Source::Overlay, pointer: pointer.to_owned() }
}

/// Merges as section 4.4.3 of the specification says: objects field by field, arrays one behind the other, and anything
/// else is replaced. The overlay's own nesting, which the parser has bounded, bounds the recursion.
fn merge(target: &mut Value, update: &Value, origins: &mut Origins, place: &str, written: &str) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                let (place, written) = (pointer_join(place, key), pointer_join(written, key));
                match target.get_mut(key) {
                    Some(existing) => merge(existing, value, origins, &place, &written),
                    None => {
                        target.insert(key.clone(), value.clone());
                        origins.written(&place, overlay_origin(&written));
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => {
            for (index, item) in (0..).zip(update) {
                let place = pointer_join(place, &target.len().to_string());
                origins.written(&place, overlay_origin(&format!("{written}/{index}")));
                target.push(item.clone());
            }
        }
        (target, update) => {
            *target = update.clone();
            origins.written(place, overlay_origin(written));
        }
    }
}

/// Removes all `places`, the deepest first, so that a removal never moves a place that is still to be removed. Values
/// that are neither object nor array are removed as well, which Overlay 1.1 allows: a wrong `default` cannot be
/// corrected otherwise.
fn remove(document: &mut Value, origins: &mut Origins, action: &Action<'_>, places: Vec<String>) -> Option<Diagnostic> {
    let mut by_parent: BTreeMap<(Reverse<usize>, String), Vec<String>> = BTreeMap::new();
    for place in places {
        let Some((parent, _)) = place.rsplit_once('/') else {
            let message = "the whole document cannot be removed".to_owned();
            return Some(mismatch(format!("{}/target", action.pointer), message));
        };
        let key = pointer_tokens(&place).last().unwrap_or_default();
        by_parent.entry((Reverse(place.matches('/').count()), parent.to_owned())).or_default().push(key);
    }
    for ((_, parent), keys) in by_parent {
        match document.pointer_mut(&parent) {
            Some(Value::Object(fields)) => {
                for key in keys {
                    fields.shift_remove(&key);
                    origins.removed_key(&parent, &key);
                }
            }
            Some(Value::Array(items)) => {
                let removed: BTreeSet<usize> = keys.iter().filter_map(|key| key.parse().ok()).collect();
                origins.removed_items(&parent, &removed, items.len());
                let mut index = 0..;
                items.retain(|_| index.next().is_none_or(|index| !removed.contains(&index)));
            }
            _ => {}
        }
    }
    None
}

/// How deep objects and arrays are nested in `value`.
fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 0)];
    while let Some((value, depth)) = open.pop() {
        deepest = deepest.max(depth);
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|field| (field, depth + 1))),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Severity;
    use serde_json::json;

    fn document(value: Value) -> Document {
        Document { path: "x.json".into(), stem: "x".into(), value, ..Document::default() }
    }

    fn applied(value: Value, actions: Value) -> (Document, Vec<Diagnostic>) {
        let mut document = document(value);
        let mut diagnostics = Diagnostics::default();
        let overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        apply(&mut document, &OverlayFile { value: overlay }, &mut diagnostics);
        (document, diagnostics.iter().cloned().collect())
    }

    fn places(findings: &[Diagnostic]) -> Vec<(&str, &str)> {
        findings.iter().map(|finding| (finding.code, finding.pointer.as_str())).collect()
    }

    #[test]
    fn objects_are_merged_arrays_extended_and_the_rest_replaced() {
        let (document, findings) = applied(
            json!({"a": {"list": [1], "deep": {"x": 1}, "type": "string"}}),
            json!([{"target": "$.a", "update": {"list": [2], "deep": {"y": 2}, "type": ["string", "integer"]}}]),
        );
        assert_eq!(findings, []);
        assert_eq!(
            document.value,
            json!({"a": {"list": [1, 2], "deep": {"x": 1, "y": 2}, "type": ["string", "integer"]}})
        );
        assert_eq!(document.origins.resolve("/a/list/1").pointer, "/actions/0/update/list/0");
        assert_eq!(document.origins.resolve("/a/deep/y").pointer, "/actions/0/update/deep/y");
        assert_eq!(
            document.origins.resolve("/a/deep/x"),
            Origin { source: Source::Document, pointer: "/a/deep/x".into() }
        );
    }

    #[test]
    fn what_the_vendor_has_corrected_is_told_and_changes_nothing() {
        let value = json!({"a": {"type": "string", "required": ["x"]}, "tags": ["t"]});
        let actions = json!([
            {"target": "$.a", "update": {"type": "string", "required": ["x"]}},
            {"target": "$.a", "update": {"type": "string", "required": ["y"]}},
            {"target": "$.tags", "update": "t"},
            {"target": "$.a", "update": {}},
        ]);
        let (document, findings) = applied(value, actions);
        assert_eq!(places(&findings), ["/actions/0", "/actions/2", "/actions/3"].map(|place| ("stale-action", place)));
        assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
        assert_eq!(document.value, json!({"a": {"type": "string", "required": ["x", "y"]}, "tags": ["t"]}));
    }

    #[test]
    fn an_array_gets_the_update_as_one_entry() {
        let (document, findings) =
            applied(json!({"tags": ["a"]}), json!([{"target": "$.tags", "update": {"name": "b"}}]));
        assert_eq!((document.value, findings), (json!({"tags": ["a", {"name": "b"}]}), vec![]));
    }

    #[test]
    fn removal_takes_every_match_and_keeps_the_order_of_the_rest() {
        let value =
            json!({"p": [{"n": 1}, {"n": 2}, {"n": 1, "q": [{"n": 1}]}, {"n": 3}], "z": 0, "default": 1, "y": 2});
        let actions = json!([{"target": "$..[?@.n==1]", "remove": true}, {"target": "$.default", "remove": true}]);
        let (document, findings) = applied(value, actions);
        assert_eq!(findings, []);
        assert_eq!(document.value.to_string(), r#"{"p":[{"n":2},{"n":3}],"z":0,"y":2}"#);
        assert_eq!(document.origins.resolve("/p/1/n").pointer, "/p/3/n");
    }

    #[test]
    fn all_actions_that_do_not_apply_are_reported_and_the_others_applied() {
        let (document, findings) = applied(
            json!({"a": {}, "b": 1}),
            json!([
                {"target": "$.missing", "update": {}},
                {"target": "$.a", "update": {"x": 1}},
                {"target": "$.a", "update": 1},
                {"target": "$.b", "update": 2},
                {"target": "$[", "remove": true},
                {"target": "$", "remove": true},
                {"target": "$.a", "remove": true, "update": {}},
                {"target": "$.a", "updates": {}},
                {"target": "$.a"},
                {"update": {}},
                {"target": 1, "update": {}},
                {"target": "$.a", "remove": "yes"},
                3
            ]),
        );
        assert_eq!(document.value, json!({"a": {"x": 1}, "b": 1}));
        let mut found = places(&findings);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("overlay-malformed", "/actions/10/target"),
                ("overlay-malformed", "/actions/11/remove"),
                ("overlay-malformed", "/actions/12"),
                ("overlay-malformed", "/actions/6/remove"),
                ("overlay-malformed", "/actions/7/updates"),
                ("overlay-malformed", "/actions/8"),
                ("overlay-malformed", "/actions/9"),
                ("overlay-mismatch", "/actions/2/update"),
                ("overlay-mismatch", "/actions/3/target"),
                ("overlay-mismatch", "/actions/5/target"),
                ("overlay-no-match", "/actions/0/target"),
                ("overlay-target", "/actions/4/target"),
            ]
        );
        assert!(findings.iter().all(|finding| finding.source == Source::Overlay));
    }

    #[test]
    fn a_target_that_has_moved_is_told_with_where_it_is_and_so_is_each_name_of_a_list() {
        let value =
            json!({"paths": {"/a/{id}": {"get": {"x": 1}, "put": {}}}, "components": {"schemas": {"A": {"pem": {}}}}});
        let actions = json!([
            {"target": "$.paths['/a/{key}'].get", "remove": true},
            {"target": "$.paths['/a/{id}']['get', 'patch']", "update": {"y": 2}},
            {"target": "$.components.schemas.A['key', 'pem']", "update": {"z": 3}},
            {"target": "$.gone", "remove": true},
        ]);
        let (document, findings) = applied(value.clone(), actions);
        assert_eq!(document.value.pointer("/paths/~1a~1{id}/get"), Some(&json!({"x": 1, "y": 2})));
        assert_eq!(document.value.pointer("/components/schemas/A"), Some(&json!({"pem": {"z": 3}})));
        let told: Vec<_> = findings
            .iter()
            .map(|found| (found.severity, found.code, found.pointer.as_str(), found.correction.clone()))
            .collect();
        let (error, warning, code) = (Severity::Error, Severity::Warning, "overlay-no-match");
        assert_eq!(
            told,
            [
                (error, code, "/actions/0/target", Some(Correction::Target("$.paths['/a/{id}'].get".to_owned()))),
                (warning, code, "/actions/1/target", None),
                (warning, code, "/actions/2/target", None),
                (error, code, "/actions/3/target", None),
            ]
        );
    }

    #[test]
    fn a_malformed_overlay_is_reported_where_it_is_wrong() {
        for (overlay, expected) in [
            (json!([]), vec![""]),
            (
                json!({"overlay": "2.0.0", "info": {"title": "", "version": ""}, "actions": []}),
                vec!["/overlay", "/actions"],
            ),
            (
                json!({"overlay": "1.0.0", "info": {"title": ""}, "actions": {}, "acts": 1}),
                vec!["/info/version", "/acts", "/actions"],
            ),
            (json!({}), vec!["", "/info/title", "/info/version", ""]),
        ] {
            let mut diagnostics = Diagnostics::default();
            apply(&mut document(json!({})), &OverlayFile { value: overlay }, &mut diagnostics);
            let found: Vec<&str> = diagnostics.iter().map(|finding| finding.pointer.as_str()).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn actions_cannot_build_a_document_that_is_too_deep() {
        let deep = (0..100).fold(json!({}), |inner, _| json!({"a": inner}));
        let target = format!("$.{}", vec!["a"; 100].join("."));
        let (_, findings) =
            applied(json!({"a": {}}), json!([{"target": "$", "update": deep}, {"target": target, "update": deep}]));
        assert_eq!(places(&findings), [("overlay-mismatch", "/actions/1/update")]);
    }

    #[test]
    fn the_effective_document_keeps_the_order_of_keys() {
        let (document, _) = applied(json!({"b": 1, "a": {}}), json!([{"target": "$.a", "update": {"d": 1, "c": 2}}]));
        let text = effective(&document).unwrap();
        assert_eq!(text, "{\n  \"b\": 1,\n  \"a\": {\n    \"d\": 1,\n    \"c\": 2\n  }\n}\n");
    }
}
