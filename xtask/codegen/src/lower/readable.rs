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
    without(name, 0)
}

/// The first word of a name, which says what is done, and as many of the last words as can be read.
pub fn without_middle(name: &str) -> String {
    if name.chars().count() > LONGEST { without(name, 1) } else { name.to_owned() }
}

/// A name without the words at `index` until the rest is not too long.
fn without(name: &str, index: usize) -> String {
    let snake = name.to_snake_case();
    let mut words: Vec<&str> = snake.split('_').collect();
    while words.len() > index + 1 && words.concat().chars().count() > LONGEST {
        words.remove(index);
    }
    idents::pascal(&words.join("_").to_upper_camel_case())
}
