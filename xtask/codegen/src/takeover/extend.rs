//! Overlays with further actions and corrected ones, the rest as somebody wrote it.

use crate::diagnostics::Correction;
use serde::de::IgnoredAny;
use std::{collections::BTreeMap, ops::Range};

/// The text of an overlay in JSON with these actions behind its own, each on a line; nothing where the text has no list of
/// actions.
pub fn with_actions(text: &str, actions: &[String]) -> Option<String> {
    let end = end_of(text, beginning_of(text, "actions", '[')?)? - 1;
    let before = text.get(..end)?.trim_end();
    let comma = if before.ends_with('[') { "" } else { "," };
    let lines = actions.iter().map(|action| format!("\n    {action}")).collect::<Vec<_>>().join(",");
    Some(format!("{before}{comma}{lines}\n  {}", text.get(end..)?))
}

/// The text of an overlay in JSON whose actions, by their number from 0, are corrected; nothing where the text has no such list.
pub fn with_corrections(text: &str, corrections: &BTreeMap<usize, Correction>) -> Option<String> {
    let begin = beginning_of(text, "actions", '[')? + 1;
    let items = items(text, begin)?;
    let end = items.last().map_or(begin, |item| item.end);
    let mut written = text.get(..begin)?.to_owned();
    let (mut before, mut is_first) = (begin, true);
    for (index, item) in items.iter().enumerate() {
        // What stands in front of an item goes with it.
        let space = text.get(before..item.start)?;
        before = item.end;
        let action = text.get(item.clone())?;
        let action = match corrections.get(&index) {
            Some(Correction::Removed) => continue,
            Some(Correction::Target(target)) => with_target(action, target)?,
            None => action.to_owned(),
        };
        written.push_str(if is_first { space.trim_start_matches(',') } else { space });
        written.push_str(&action);
        is_first = false;
    }
    Some(written + text.get(end..)?)
}

/// The places of the items of the list that begins before `begin`.
fn items(text: &str, mut begin: usize) -> Option<Vec<Range<usize>>> {
    let mut items = Vec::new();
    loop {
        let rest = text.get(begin..)?.trim_start_matches(|space: char| space.is_whitespace() || space == ',');
        let start = text.len() - rest.len();
        if rest.starts_with(']') {
            return Some(items);
        }
        begin = end_of(text, start)?;
        items.push(start..begin);
    }
}

/// The text of an action with another target.
fn with_target(action: &str, target: &str) -> Option<String> {
    let begin = beginning_of(action, "target", '"')?;
    let end = end_of(action, begin)?;
    Some(format!("{}{}{}", action.get(..begin)?, serde_json::Value::from(target), action.get(end..)?))
}

/// Where the value ends that begins at `begin`.
fn end_of(text: &str, begin: usize) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text.get(begin..)?).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(begin + values.byte_offset())
}

/// A new overlay with these actions; `title` says what it is for.
pub fn new(title: &str, actions: &[String]) -> String {
    let title = serde_json::Value::from(title);
    let empty = format!(
        "{{\n  \"overlay\": \"1.0.0\",\n  \"info\": {{\"title\": {title}, \"version\": \"1.0.0\"}},\n  \"actions\": []\n}}\n"
    );
    with_actions(&empty, actions).unwrap_or(empty)
}

/// Where the value of a member of an object begins, with its first character. Members are passed over as a whole, so that nothing
/// within one of them is taken for it.
fn beginning_of(text: &str, member: &str, first: char) -> Option<usize> {
    let mut at = text.find('{')? + 1;
    loop {
        at += text.get(at..)?.find('"')?;
        let mut names = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<String>();
        let name = names.next()?.ok()?;
        at += names.byte_offset();
        at += text.get(at..)?.find(':')? + 1;
        let value = text.get(at..)?;
        at += value.len() - value.trim_start().len();
        if name == member {
            return text.get(at..)?.starts_with(first).then_some(at);
        }
        at = end_of(text, at)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(list: &[&str]) -> Vec<String> {
        list.iter().map(|action| (*action).to_owned()).collect()
    }

    #[test]
    fn what_is_there_stays_to_the_letter() {
        let text = "{\n  \"info\": {\"actions\": [], \"x\": \"actions\"},\n  \"actions\" : [\n    {\"a\": \"]\"}\n  ],\n  \"z\": 1 }\n";
        let expected = text.replace("\"]\"}\n  ]", "\"]\"},\n    {\"b\":1},\n    {\"c\":2}\n  ]");
        assert_eq!(with_actions(text, &actions(&["{\"b\":1}", "{\"c\":2}"])), Some(expected));
        for none in ["", "{}", "[]", "{\"actions\": {}}", "{\"actions\": [", "{\"info\": {\"actions\": []}}"] {
            assert_eq!(with_actions(none, &actions(&["{}"])), None, "{none}");
        }
    }

    #[test]
    fn an_action_gets_another_target_or_goes_and_the_rest_stays() {
        let text = "{\"actions\": [\n  {\"update\": {\"target\": 1},  \"target\": \"$.a\"},\n\n  {\"target\": \"$.b\"} ,\n  {\"target\": \"$.c\"}\n ], \"z\": 1}";
        let corrected = |list: &[(usize, Correction)]| with_corrections(text, &list.iter().cloned().collect()).unwrap();
        let target = |text: &str| Correction::Target(text.to_owned());
        assert_eq!(corrected(&[]), text);
        assert_eq!(
            corrected(&[(0, target("$.x['y']")), (2, target("\""))]),
            text.replace("$.a", "$.x['y']").replace("$.c", "\\\"")
        );
        assert_eq!(
            corrected(&[(0, Correction::Removed)]),
            "{\"actions\": [\n\n  {\"target\": \"$.b\"} ,\n  {\"target\": \"$.c\"}\n ], \"z\": 1}"
        );
        assert_eq!(
            corrected(&[(1, Correction::Removed), (2, target("$.d"))]),
            "{\"actions\": [\n  {\"update\": {\"target\": 1},  \"target\": \"$.a\"} ,\n  {\"target\": \"$.d\"}\n ], \"z\": 1}"
        );
        let all: Vec<_> = (0..3).map(|index| (index, Correction::Removed)).collect();
        assert_eq!(corrected(&all), "{\"actions\": [\n ], \"z\": 1}");
        assert_eq!(with_corrections("{\"actions\": {}}", &BTreeMap::new()), None);
    }

    #[test]
    fn a_new_one_is_an_overlay() {
        let text = new("Corrections of \"x\"", &actions(&["{\"target\": \"$\"}"]));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["info"]["title"], "Corrections of \"x\"");
        assert_eq!(value["actions"], serde_json::json!([{"target": "$"}]));
    }
}
