//! Paths against path templates: which operation a scenario's path belongs to, and with which values.

/// The values of a template's expressions by their names, if `path` is of its form. Each takes as little as it can.
pub fn captures(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let Some((literal, rest)) = template.split_once('{') else { return (template == path).then(Vec::new) };
    let path = path.strip_prefix(literal)?;
    let (name, rest) = rest.split_once('}')?;
    let ends = path.char_indices().map(|(end, _)| end).chain([path.len()]);
    ends.filter_map(|end| path.split_at_checked(end)).find_map(|(value, behind)| {
        let mut found = captures(rest, behind)?;
        found.insert(0, (name.to_owned(), value.to_owned()));
        Some(found)
    })
}

/// How much of a template is fixed: of several that fit, the one with the most is meant.
pub fn fixed(template: &str) -> usize {
    let mut is_fixed = true;
    let counts = |c: char| {
        is_fixed = match c {
            '{' => false,
            '}' => true,
            _ => return is_fixed,
        };
        false
    };
    template.chars().map(counts).filter(|counts| *counts).count()
}

/// The template with the values in place of the expressions.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((literal, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        text.push_str(literal);
        text.push_str(&value(name).unwrap_or_default());
        rest = behind;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(template: &str, path: &str) -> Option<Vec<(String, String)>> {
        captures(template, path)
    }

    #[test]
    fn values_are_what_stands_between_the_fixed_parts() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found("/a/{id}/b{rest}", "/a/1/b.x,y"), Some(vec![pair("id", "1"), pair("rest", ".x,y")]));
        assert_eq!(found("/a{id}", "/a"), Some(vec![pair("id", "")]));
        assert_eq!(found("/a/{id}", "/b/1"), None);
        assert_eq!(found("/a", "/a/"), None);
    }

    #[test]
    fn what_is_fixed_counts_and_can_be_filled() {
        assert_eq!(fixed("/a/{id}/b"), 5);
        assert_eq!(fill("{endpoint}/v/{version}", |name| (name == "version").then(|| "2".to_owned())), "/v/2");
    }
}
