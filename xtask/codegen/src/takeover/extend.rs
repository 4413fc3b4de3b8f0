//! Overlays with further actions, the rest as somebody wrote it.

use serde::de::IgnoredAny;

/// The text of an overlay in JSON with these actions behind its own, each on a line; nothing where the text has no list of
/// actions.
pub fn with_actions(text: &str, actions: &[String]) -> Option<String> {
    let begin = beginning_of_actions(text)?;
    let mut reader = serde_json::Deserializer::from_str(text.get(begin..)?).into_iter::<IgnoredAny>();
    reader.next()?.ok()?;
    let end = begin + reader.byte_offset() - 1;
    let before = text.get(..end)?.trim_end();
    let comma = if before.ends_with('[') { "" } else { "," };
    let lines = actions.iter().map(|action| format!("\n    {action}")).collect::<Vec<_>>().join(",");
    Some(format!("{before}{comma}{lines}\n  {}", text.get(end..)?))
}

/// A new overlay with these actions; `title` says what it is for.
pub fn new(title: &str, actions: &[String]) -> String {
    let title = serde_json::Value::from(title);
    let empty = format!(
        "{{\n  \"overlay\": \"1.0.0\",\n  \"info\": {{\"title\": {title}, \"version\": \"1.0.0\"}},\n  \"actions\": []\n}}\n"
    );
    with_actions(&empty, actions).unwrap_or(empty)
}

/// Where the list of the member `actions` of an object begins. Members are passed over as a whole, so that nothing within one of
/// them is taken for it.
fn beginning_of_actions(text: &str) -> Option<usize> {
    let mut at = text.find('{')? + 1;
    loop {
        at += text.get(at..)?.find('"')?;
        let mut names = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<String>();
        let name = names.next()?.ok()?;
        at += names.byte_offset();
        at += text.get(at..)?.find(':')? + 1;
        let value = text.get(at..)?;
        at += value.len() - value.trim_start().len();
        if name == "actions" {
            return text.get(at..)?.starts_with('[').then_some(at);
        }
        let mut values = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        at += values.byte_offset();
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
    fn a_new_one_is_an_overlay() {
        let text = new("Corrections of \"x\"", &actions(&["{\"target\": \"$\"}"]));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["info"]["title"], "Corrections of \"x\"");
        assert_eq!(value["actions"], serde_json::json!([{"target": "$"}]));
    }
}
