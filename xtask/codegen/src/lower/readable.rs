//! Names that are no longer than can be read: what is made of others by putting them together is cut to whole words.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::idents;

/// The most characters of a name that the document does not write itself.
pub const LONGEST: usize = 60;

/// Names that can be read: behind those that are not too long the ends of the others, in whole words.
pub fn readable(candidates: Vec<String>) -> Vec<String> {
    let (mut names, long): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|name| name.chars().count() <= LONGEST);
    names.extend(long.iter().map(|name| ending(name)));
    names
}

/// The last words of a name.
fn ending(name: &str) -> String {
    without(name, |_| 0)
}

/// The first words of a name, which say what is done, and the last ones, which say of what.
pub fn without_middle(name: &str) -> String {
    if name.chars().count() > LONGEST { without(name, |words| words / 2) } else { name.to_owned() }
}

/// A name without the word at `index` of so many, again and again, until the rest is not too long.
fn without(name: &str, index: impl Fn(usize) -> usize) -> String {
    let snake = name.to_snake_case();
    let mut words: Vec<&str> = snake.split('_').collect();
    while words.len() > 1 && words.concat().chars().count() > LONGEST {
        words.remove(index(words.len()));
    }
    idents::pascal(&words.join("_").to_upper_camel_case())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_said_and_of_what() {
        let long = |what: &str| format!("Actions{what}SelectedRepositoriesEnabledGithubActionsOrganizationError");
        assert_eq!(without_middle(&long("List")), "ActionsListSelectedRepositoriesActionsOrganizationError");
        assert_eq!(without_middle(&long("Set")), "ActionsSetSelectedRepositoriesGithubActionsOrganizationError");
        assert_eq!(without_middle("ListReposError"), "ListReposError");
        assert_eq!(readable(vec![long("Set")]), ["SetSelectedRepositoriesEnabledGithubActionsOrganizationError"]);
        assert_eq!(without_middle(&"a".repeat(70)), idents::pascal(&"a".repeat(70)));
    }
}
