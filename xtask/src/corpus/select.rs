//! Which documents a run is about, and what their packages are called.

use crate::write::check_name;
use codegen::{lower::package_name, pipeline::Input};
use std::collections::BTreeSet;

/// A document of the folder.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its files.
    pub input: Input,
    /// Its file name.
    pub file: String,
    /// The name of its package: of its own, whatever other documents are called.
    pub package: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The documents among `inputs` whose file name one of `globs` matches; all when there is none, in the order of their
/// file names. What a document is called does not depend on which others are picked.
pub fn documents(inputs: Vec<Input>, globs: &[String]) -> Vec<Document> {
    let mut documents: Vec<Document> = inputs.into_iter().filter(|input| input.has_document).map(document).collect();
    documents.sort_by(|a, b| a.file.cmp(&b.file));
    let mut taken = BTreeSet::new();
    for document in &mut documents {
        document.package = free_name(&document.input.stem, &mut taken);
    }
    documents.retain(|document| globs.is_empty() || globs.iter().any(|glob| matches(glob, &document.file)));
    documents
}

fn document(input: Input) -> Document {
    let file = input.document.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = input.document.metadata().map_or(0, |metadata| metadata.len());
    Document { input, file, package: String::new(), bytes }
}

/// The name that the document would have by itself where that can be, and a number behind it where it cannot. `-` and
/// `_` are one: the libraries' names must differ as well.
fn free_name(stem: &str, taken: &mut BTreeSet<String>) -> String {
    /// Cut such that a number fits behind it.
    const LONGEST: usize = 56;
    let own = package_name(stem);
    let cut: String = own.chars().take(LONGEST).collect();
    let numbered = (2_usize..).map(|number| format!("{cut}-{number}"));
    let mut names = std::iter::once(own.clone()).chain(numbered);
    let free = |name: &String| check_name(name).is_ok() && taken.insert(name.replace('-', "_"));
    names.find(free).unwrap_or(own)
}

/// Whether `name` is what `glob` describes: `*` is any text, `?` any character, anything else itself.
pub fn matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut at, mut place) = (0, 0);
    // Where the last star stands, and how much of the name it has taken. Only that one ever needs to take more.
    let mut star: Option<(usize, usize)> = None;
    while place < name.len() {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(expected) if *expected == '?' || Some(expected) == name.get(place) => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                place = taken + 1;
            }
        }
    }
    glob.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(stems: &[&str]) -> Vec<Input> {
        let input = |stem: &&str| Input {
            stem: (*stem).to_owned(),
            document: format!("docs/{stem}.json").into(),
            overlay: None,
            has_document: true,
        };
        stems.iter().map(input).collect()
    }

    #[test]
    fn globs_match_whole_names() {
        for (glob, name) in [("*", ""), ("a*.json", "a.json"), ("*x*y", "axbxcy"), ("?.json", "ä.json"), ("a**", "a")]
        {
            assert!(matches(glob, name), "{glob} {name}");
        }
        for (glob, name) in [("", "a"), ("a*", "ba"), ("*.json", "a.jsonx"), ("a?", "a"), ("[a]", "a")] {
            assert!(!matches(glob, name), "{glob} {name}");
        }
        assert!(!matches(&"*a".repeat(40), &"a".repeat(30)));
    }

    #[test]
    fn every_document_has_a_package_of_its_own_whoever_is_picked() {
        let stems = ["a b", "a-b", "a_b", "serde", &"x".repeat(80), "…"];
        let packages = |globs: &[&str]| {
            let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
            let documents = documents(inputs(&stems), &globs);
            documents.into_iter().map(|document| document.package).collect::<Vec<_>>()
        };
        assert_eq!(packages(&[]), ["a-b", "a-b-2", "a_b-3", "serde-2", &format!("{}-2", "x".repeat(56)), "api"]);
        assert_eq!(packages(&["a?b.json", "nothing"]), ["a-b", "a-b-2", "a_b-3"]);
    }

    #[test]
    fn an_overlay_alone_is_no_document() {
        let mut alone = inputs(&["a"]);
        alone.iter_mut().for_each(|input| input.has_document = false);
        assert!(documents(alone, &[]).is_empty());
    }
}
