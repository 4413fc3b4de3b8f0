//! What the target of an overlay's action leads to, step by step, and where that stands once the vendor has moved it: at a path
//! whose variables are called otherwise, behind a `$ref`, under a name that is spelled otherwise.

use crate::{
    diagnostics::pointer_tokens,
    json_path::{quoted, step},
    path_template::shape,
    suggest::Suggester,
};
use serde_json::Value;
use serde_json_path::JsonPath;
use std::collections::BTreeMap;

/// A step of a JSONPath (RFC 9535, section 1.4.2: a segment).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// As it is written.
    text: String,
    /// The names that it picks, where it picks by nothing else.
    names: Vec<String>,
}

impl Step {
    fn to(name: &str) -> Self {
        Self { text: step(name), names: vec![name.to_owned()] }
    }
}

/// A name of a list of names that leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Idle {
    /// The name.
    pub name: String,
    /// The target with what it is called now, if that is clear.
    pub corrected: Option<String>,
}

/// The names in the first list of names some of which lead nowhere: who lists names means each of them.
pub fn idle(document: &Value, target: &str) -> Vec<Idle> {
    let steps = steps(target).unwrap_or_default();
    let lists = steps.iter().enumerate().filter(|(_, step)| step.names.len() > 1);
    let idle = lists.map(|(at, list)| {
        let alone = list.names.iter().map(|name| (name, with(&steps, at, Step::to(name))));
        let idle = alone.filter(|(_, alone)| !leads(document, &joined(alone)));
        let idle =
            idle.map(|(name, alone)| Idle { name: name.clone(), corrected: in_list(document, &steps, at, &alone) });
        idle.collect::<Vec<_>>()
    });
    idle.into_iter().find(|idle| !idle.is_empty()).unwrap_or_default()
}

/// The target with another name in its list at `at`, in the place of that which is `alone` there.
fn in_list(document: &Value, steps: &[Step], at: usize, alone: &[Step]) -> Option<String> {
    let (found, was) = (found(document, alone)?, alone.get(at)?);
    let now = found.get(at).filter(|now| with(alone, at, (*now).clone()) == found)?;
    let names =
        steps.get(at)?.names.iter().map(|name| if was.names.contains(name) { now.names.first() } else { Some(name) });
    let names: Vec<&String> = names.collect::<Option<_>>()?;
    let text = format!("[{}]", names.into_iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "));
    Some(joined(&with(steps, at, Step { text, names: Vec::new() })))
}

/// Where what the target led to stands now; nothing where that is not clear.
pub fn moved(document: &Value, target: &str) -> Option<String> {
    found(document, &steps(target)?).map(|steps| joined(&steps))
}

/// The only other way on which a step is exchanged and something is found.
fn found(document: &Value, steps: &[Step]) -> Option<Vec<Step>> {
    let begun = |reach: &usize| leads(document, &joined(steps.get(..*reach).unwrap_or_default()));
    let reach = (0..steps.len()).rev().find(begun)?;
    let ways = (0..=reach).flat_map(|at| others(document, steps, at, at == reach));
    let mut ways: BTreeMap<String, Vec<Step>> = ways.map(|way| (joined(&way), way)).collect();
    ways.retain(|text, _| leads(document, text));
    let (_, only) = ways.pop_first()?;
    ways.is_empty().then_some(only)
}

/// The same steps with another at `at`. Where the way ends, what comes there may be spelled otherwise, or stand behind a
/// reference.
fn others(document: &Value, steps: &[Step], at: usize, is_end: bool) -> Vec<Vec<Step>> {
    let (before, behind) = (steps.get(..at).unwrap_or_default(), steps.get(at..).unwrap_or_default());
    let name = behind.first().map(|step| step.names.as_slice());
    let (Some(parent), Some([name])) = (only(document, &joined(before)), name) else { return Vec::new() };
    let keys = || parent.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).filter(|key| key != name);
    let mut names: Vec<&str> = match before {
        [paths] if paths.names == ["paths"] => keys().filter(|key| shape(key) == shape(name)).collect(),
        _ => Vec::new(),
    };
    if is_end && names.is_empty() {
        names.extend(Suggester::default().nearest(name, keys()));
    }
    let reference = parent.get("$ref").and_then(Value::as_str).filter(|_| is_end);
    let pointer =
        reference.and_then(|reference| reference.strip_prefix('#')).filter(|pointer| pointer.starts_with('/'));
    let referenced = pointer.map(|pointer| {
        let way = pointer_tokens(pointer).map(|token| Step::to(&token));
        way.chain(behind.iter().cloned()).collect()
    });
    names.into_iter().map(|name| with(steps, at, Step::to(name))).chain(referenced).collect()
}

fn with(steps: &[Step], at: usize, other: Step) -> Vec<Step> {
    let mut steps = steps.to_vec();
    if let Some(step) = steps.get_mut(at) {
        *step = other;
    }
    steps
}

fn joined(steps: &[Step]) -> String {
    steps.iter().fold(String::from("$"), |path, step| path + &step.text)
}

fn leads(document: &Value, target: &str) -> bool {
    JsonPath::parse(target).is_ok_and(|path| !path.query(document).is_empty())
}

/// The only value that a target leads to.
fn only<'d>(document: &'d Value, target: &str) -> Option<&'d Value> {
    JsonPath::parse(target).ok()?.query(document).exactly_one().ok()
}

/// The steps of a target that is a JSONPath; nothing where there are none, or where one goes to any depth.
fn steps(target: &str) -> Option<Vec<Step>> {
    let mut rest = target.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let step = match rest.strip_prefix('.') {
            Some(name) => {
                let length = name.find(['.', '[']).unwrap_or(name.len());
                let name = name.get(..length).filter(|name| !name.is_empty())?;
                let names = if name == "*" { Vec::new() } else { vec![name.trim().to_owned()] };
                Step { text: format!(".{name}"), names }
            }
            None => {
                let text = rest.get(..end_of_bracket(rest)?)?;
                Step { text: text.to_owned(), names: text.get(1..text.len() - 1).and_then(names).unwrap_or_default() }
            }
        };
        rest = rest.get(step.text.len()..)?;
        steps.push(step);
    }
    Some(steps)
}

/// Behind the bracket that closes the one in front; what is quoted closes none.
fn end_of_bracket(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.checked_sub(1)?,
            (None, _) => {}
        }
        if depth == 0 {
            return Some(at + character.len_utf8());
        }
    }
    None
}

/// The names in a bracket; nothing where something else is there, or more in a name than quotes hide.
fn names(inside: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = inside.trim();
    loop {
        let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
        let (name, behind) = rest.get(1..)?.split_once(quote)?;
        if name.contains('\\') {
            return None;
        }
        names.push(name.to_owned());
        rest = behind.trim_start();
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        json!({
            "paths": {
                "/pets/{id}": {"get": {"responses": {"200": {}}}, "put": {}},
                "/pets/{petId}": {"delete": {}},
                "/pets": {"get": {"parameters": [{"name": "limit"}]}},
                "/pets/{id}/toys": {"get": {}},
                "/pets/{pet}/toys": {"get": {}},
            },
            "components": {"schemas": {
                "Pet": {"properties": {"tags": {"$ref": "#/components/schemas/Tags"}, "last_seen": {}}},
                "Tags": {"items": {"type": "string"}},
            }},
        })
    }

    #[test]
    fn what_is_elsewhere_now_is_found_where_that_is_clear() {
        for (target, expected) in [
            // Another name of the variable, at a path that is gone and at one that has lost an operation.
            ("$.paths['/pets/{key}'].get", Some("$.paths['/pets/{id}'].get")),
            ("$.paths['/pets/{key}'].put", Some("$.paths['/pets/{id}'].put")),
            ("$.paths['/pets/{petId}'].get.responses['200']", Some("$.paths['/pets/{id}'].get.responses['200']")),
            ("$['paths'][\"/pets/{petId}\"].put", Some("$['paths']['/pets/{id}'].put")),
            // Two paths it may be.
            ("$.paths['/pets/{key}/toys'].get", None),
            // Behind a reference, and spelled otherwise.
            ("$.components.schemas.Pet.properties.tags.items", Some("$.components.schemas.Tags.items")),
            ("$.components.schemas.Pet.properties.lastSeen", Some("$.components.schemas.Pet.properties.last_seen")),
            ("$.paths['/pets'].get.parameters[?@.name == 'limits']", None),
            (
                "$.paths['/pets'].get.parameter[?@.name == 'limit']",
                Some("$.paths['/pets'].get.parameters[?@.name == 'limit']"),
            ),
            ("$.components.schemas.Nothing", None),
            ("$..nothing", None),
            ("$", None),
        ] {
            assert_eq!(moved(&document(), target).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn each_name_of_a_list_is_asked_for() {
        let found =
            |target| idle(&document(), target).into_iter().map(|idle| (idle.name, idle.corrected)).collect::<Vec<_>>();
        let of = |name: &str, corrected: Option<&str>| vec![(name.to_owned(), corrected.map(str::to_owned))];
        assert_eq!(found("$.components.schemas.Pet.properties['tags', 'last_seen']"), []);
        assert_eq!(
            found("$.components.schemas.Pet.properties['tags', 'lastSeen', 'tags']"),
            of("lastSeen", Some("$.components.schemas.Pet.properties['tags', 'last_seen', 'tags']"))
        );
        assert_eq!(found("$.components.schemas.Pet.properties['tags','colour']"), of("colour", None));
        // Whatever is not the first list is asked for once the first is right.
        assert_eq!(
            found("$.paths['/pets', '/pets/{key}']['put', 'patch']"),
            [of("/pets", None), of("/pets/{key}", Some("$.paths['/pets', '/pets/{id}']['put', 'patch']"))].concat()
        );
        assert_eq!(found("$.paths['/pets', '/pets/{id}']['get', 'put']"), []);
        assert_eq!(found("$.paths['/pets', '/pets/{id}'][?@.x, 'get']"), []);
        assert_eq!(found("$..['a', 'b']"), []);
    }

    #[test]
    fn steps_are_what_stands_between_the_dots_and_brackets() {
        let texts = |target| steps(target).map(|steps| steps.into_iter().map(|step| step.text).collect::<Vec<_>>());
        let target = r#"$.a['b.c', "]"][?@['x'] == "]'" && @.y[0]].*[1:2]"#;
        let expected = [".a", r#"['b.c', "]"]"#, r#"[?@['x'] == "]'" && @.y[0]]"#, ".*", "[1:2]"];
        assert_eq!(texts(target), Some(expected.map(str::to_owned).to_vec()));
        for none in ["", "a", "$.", "$..a", "$['a", "$]"] {
            assert_eq!(texts(none), None, "{none}");
        }
    }
}
