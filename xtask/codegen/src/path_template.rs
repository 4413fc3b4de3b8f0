//! Path templates (OpenAPI 3.1 section 4.8.8.1), as far as more than one pass asks about them.

/// The template with every parameter's name taken out: two that are the same then are one to the server.
pub fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        shape.push_str(before);
        shape.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    shape + rest
}

/// The names in `/a/{b}/{c}`, each once.
pub fn names(path: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for rest in path.split('{').skip(1) {
        if let Some((name, _)) = rest.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_part_of_a_shape() {
        assert_eq!(shape("/a/{b}.{c}/d"), "/a/{}.{}/d");
        assert_eq!(shape("/a"), "/a");
        assert_eq!(shape("/a/{b"), "/a/{}");
    }
}
