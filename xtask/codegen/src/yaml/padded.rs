//! Quoted texts over several lines that are indented no deeper than what they are in. YAML asks for more (1.2.2, section 7.3.1),
//! and most programs do not: documents are written so, and all read them alike, for what stands at the beginning of such a
//! line is no part of the text.
//!
//! Those lines are read as if they were indented; places are told as they are in the file.

use super::tree::{Tree, Unread, read};
use crate::diagnostics::Diagnostic;

/// How many lines are read so: each is found by reading the text once more.
const MAX_LINES: usize = 512;

impl<'t> Tree<'t> {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// Fails, with the place, for what is no YAML, for several documents in one text, and for nesting beyond
    /// [`MAX_DEPTH`](crate::load::MAX_DEPTH).
    pub fn parse(text: &'t str) -> Result<Self, Box<Diagnostic>> {
        read(text).or_else(|unread| match unread {
            Unread::LessIndented(..) => read_padded(text),
            Unread::Fault(fault) => Err(fault),
        })
    }
}

/// Reads a text some of whose quoted lines are indented too little.
fn read_padded<'t>(text: &str) -> Result<Tree<'t>, Box<Diagnostic>> {
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let pad = " ".repeat(text.lines().map(indentation).max().unwrap_or_default() + 1);
    let (mut padded, mut starts) = (text.to_owned(), Vec::new());
    loop {
        let place = |at| in_text(at, &starts, pad.len());
        let (offset, fault) = match read(&padded) {
            Ok(tree) => return Ok(tree.moved(place)),
            Err(Unread::LessIndented(offset, fault)) if starts.len() < MAX_LINES => (offset, fault),
            Err(Unread::LessIndented(_, fault) | Unread::Fault(fault)) => return Err(placed(fault, place)),
        };
        let before = padded.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        if starts.last().is_some_and(|last| start <= *last) {
            return Err(placed(fault, place));
        }
        padded.insert_str(start, &pad);
        starts.push(start);
    }
}

/// A place of the padded text in the text as it is.
fn in_text(at: usize, starts: &[usize], pad: usize) -> usize {
    let added = starts.iter().map(|start| at.saturating_sub(*start).min(pad)).sum();
    at.saturating_sub(added)
}

fn placed(mut fault: Box<Diagnostic>, place: impl Fn(usize) -> usize) -> Box<Diagnostic> {
    fault.offset = fault.offset.map(place);
    fault
}

#[cfg(test)]
mod tests {
    use crate::yaml::{Content, Tree, to_value};
    use serde_json::json;

    #[test]
    fn quoted_lines_may_stand_where_their_key_stands() {
        let text = "a:\n  b: \"x\n  y\n\n z\"\n  c: 'p\nq'\n  é: [\"r\n  s\"]\nd: 1\n";
        let tree = Tree::parse(text).unwrap();
        let (value, faults) = to_value(text, &tree, false);
        assert_eq!(value, Some(json!({"a": {"b": "x y\nz", "c": "p q", "é": ["r s"]}, "d": 1})));
        assert!(faults.is_empty(), "{faults:?}");
        let Some(Content::Mapping(entries)) = tree.content(tree.root().unwrap()) else { panic!() };
        let Some(Content::Mapping(inner)) = tree.content(entries[0].1) else { panic!() };
        let written = |id| &text[tree.range(id)];
        assert_eq!((written(inner[1].0), written(inner[1].1), written(entries[1].1)), ("c", "'p\nq'", "1"));
        assert_eq!(written(inner[0].1), "\"x\n  y\n\n z\"");
    }

    #[test]
    fn what_is_no_yaml_behind_such_lines_is_placed_in_the_file() {
        let text = "a:\n  b: \"x\n  y\"\n  c: *missing\n";
        let fault = Tree::parse(text).unwrap_err();
        assert_eq!((fault.code, fault.offset), ("not-yaml", text.find("*missing")));
        let open = Tree::parse("a:\n  b: \"x\n  y\n  z\n").unwrap_err();
        assert_eq!(open.code, "not-yaml");
    }
}
