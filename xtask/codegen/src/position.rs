//! From JSON pointers to lines and columns, in JSON and in YAML: done only for the findings that are shown, all of a file
//! in one pass.
//!
//! A 10 MB document with a thousand findings is therefore scanned once, not a thousand times.

use crate::{
    diagnostics::{Span, pointer_tokens},
    load::Syntax,
    scan::{Scanner, Token, unquote},
    yaml::{Content, Id, Tree, is_merge},
};
use std::{collections::HashMap, ops::Range};

/// What to find in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The value an RFC 6901 JSON pointer leads to; of values that are not there, the nearest ancestor that is.
    Pointer(String),
    /// A byte, counted from the start of the text.
    Offset(usize),
}

/// Finds every anchor in `text`, in the anchors' order.
pub fn locate(text: &str, syntax: Syntax, anchors: &[Anchor]) -> Vec<Span> {
    let ranges = ranges(text, syntax, anchors);
    let columns = lines_and_columns(text, &ranges);
    ranges.into_iter().zip(columns).map(|(bytes, (line, column))| Span { line, column, bytes }).collect()
}

/// The pointers that are looked for, as a tree; a node stands after its parent.
#[derive(Default)]
struct Wanted {
    nodes: Vec<WantedNode>,
}

#[derive(Default)]
struct WantedNode {
    parent: usize,
    children: HashMap<String, usize>,
    found: Option<Range<usize>>,
}

impl Wanted {
    fn insert(&mut self, pointer: &str) -> usize {
        if self.nodes.is_empty() {
            self.nodes.push(WantedNode::default());
        }
        let mut current = 0;
        for token in pointer_tokens(pointer) {
            current = match self.child(current, &token) {
                Some(child) => child,
                None => {
                    let child = self.nodes.len();
                    self.nodes.push(WantedNode { parent: current, ..WantedNode::default() });
                    if let Some(node) = self.nodes.get_mut(current) {
                        node.children.insert(token, child);
                    }
                    child
                }
            };
        }
        current
    }

    fn child(&self, node: usize, token: &str) -> Option<usize> {
        self.nodes.get(node)?.children.get(token).copied()
    }

    fn has_children(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| !node.children.is_empty())
    }

    fn found(&mut self, node: Option<usize>, range: Range<usize>) {
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node)) {
            node.found = Some(range);
        }
    }

    fn is_found(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| node.found.is_some())
    }

    /// What was not found is where its parent is.
    fn inherit(&mut self) {
        for index in 0..self.nodes.len() {
            let parent = self.nodes.get(index).map_or(0, |node| node.parent);
            let inherited = self.nodes.get(parent).and_then(|parent| parent.found.clone());
            if let Some(node) = self.nodes.get_mut(index) {
                node.found = node.found.take().or(inherited);
            }
        }
    }
}

/// A container that is open during the scan.
struct Frame {
    /// The node of the container, where it or something in it is looked for.
    node: Option<usize>,
    /// In an array, the index of the item that comes next.
    next_item: Option<usize>,
    /// In an object, the key that was read last.
    key: Option<Range<usize>>,
}

fn ranges(text: &str, syntax: Syntax, anchors: &[Anchor]) -> Vec<Range<usize>> {
    let mut wanted = Wanted::default();
    let nodes: Vec<Option<usize>> = anchors
        .iter()
        .map(|anchor| match anchor {
            Anchor::Pointer(pointer) => Some(wanted.insert(pointer)),
            Anchor::Offset(_) => None,
        })
        .collect();
    if !wanted.nodes.is_empty() {
        match syntax {
            Syntax::Json => find(text, &mut wanted),
            Syntax::Yaml => find_in_yaml(text, &mut wanted),
        }
    }
    let of_node = |node: usize| wanted.nodes.get(node).and_then(|node| node.found.clone()).unwrap_or(0..0);
    let of_offset = |offset: usize| {
        let start = floor_char_boundary(text, offset);
        start..text.get(start..).and_then(|rest| rest.chars().next()).map_or(start, |next| start + next.len_utf8())
    };
    anchors
        .iter()
        .zip(nodes)
        .map(|(anchor, node)| match (anchor, node) {
            (Anchor::Offset(offset), _) => of_offset(*offset),
            (Anchor::Pointer(_), node) => of_node(node.unwrap_or(0)),
        })
        .collect()
}

fn find(text: &str, wanted: &mut Wanted) {
    let mut frames: Vec<Frame> = Vec::new();
    for (token, range) in Scanner::new(text) {
        match token {
            Token::ObjectEnd | Token::ArrayEnd => {
                frames.pop();
            }
            Token::Key => {
                if let Some(frame) = frames.last_mut() {
                    frame.key = Some(range);
                }
            }
            Token::Scalar => {
                let (node, _) = enter(text, wanted, &mut frames);
                wanted.found(node, range);
            }
            Token::ObjectStart | Token::ArrayStart => {
                let (node, name) = enter(text, wanted, &mut frames);
                wanted.found(node, name.unwrap_or(range));
                let node = node.filter(|node| wanted.has_children(*node));
                frames.push(Frame { node, next_item: (token == Token::ArrayStart).then_some(0), key: None });
            }
        }
    }
    wanted.inherit();
}

/// The most places in which something is looked for: merges may lead to the same place on very many ways.
const MAX_VISITS: usize = 10_000_000;

fn find_in_yaml(text: &str, wanted: &mut Wanted) {
    let Ok(tree) = Tree::parse(text) else { return };
    let Some(root) = tree.root() else { return };
    let start = tree.range(root).start;
    wanted.found(Some(0), start..start);
    let mut open = vec![(0, root)];
    for _ in 0..MAX_VISITS {
        let Some((node, id)) = open.pop() else { break };
        match tree.resolved(id) {
            Some(Content::Sequence(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let Some(child) = wanted.child(node, &index.to_string()) else { continue };
                    enter_yaml(&tree, None, *item, child, wanted, &mut open);
                }
            }
            Some(Content::Mapping(entries)) => find_in_mapping(&tree, entries, node, wanted, &mut open),
            _ => {}
        }
    }
    wanted.inherit();
}

fn find_in_mapping(
    tree: &Tree<'_>,
    entries: &[(Id, Id)],
    node: usize,
    wanted: &mut Wanted,
    open: &mut Vec<(usize, Id)>,
) {
    if !wanted.has_children(node) {
        return;
    }
    let mut merged = Vec::new();
    for (key, value) in entries {
        if tree.content(*key).is_some_and(is_merge) {
            match tree.resolved(*value) {
                Some(Content::Sequence(sources)) => merged.extend(sources.iter().map(|source| (node, *source))),
                _ => merged.push((node, *value)),
            }
            continue;
        }
        let Some(Content::Scalar(name)) = tree.resolved(*key) else { continue };
        // What a mapping says itself counts more than what it takes over, and is met first.
        let child = wanted.child(node, &name.text).filter(|child| !wanted.is_found(*child));
        if let Some(child) = child {
            enter_yaml(tree, Some(*key), *value, child, wanted, open);
        }
    }
    open.extend(merged.into_iter().rev());
}

/// Notes where a value is, and that there may be more to find in it.
fn enter_yaml(
    tree: &Tree<'_>,
    name: Option<Id>,
    value: Id,
    child: usize,
    wanted: &mut Wanted,
    open: &mut Vec<(usize, Id)>,
) {
    let own = tree.range(value);
    let range = match (tree.resolved(value), name) {
        (Some(Content::Scalar(_)), Some(name)) if own.is_empty() => tree.range(name),
        (Some(Content::Scalar(_)), _) => own,
        (_, Some(name)) => tree.range(name),
        // Of a block without a name, its first character.
        (_, None) => own.start..own.start + 1,
    };
    wanted.found(Some(child), range);
    open.push((child, value));
}

/// The node and the name of the value that starts now, and counts it in its container.
fn enter(text: &str, wanted: &Wanted, frames: &mut [Frame]) -> (Option<usize>, Option<Range<usize>>) {
    let Some(frame) = frames.last_mut() else { return (Some(0), None) };
    if let Some(index) = &mut frame.next_item {
        let item = *index;
        *index += 1;
        return (frame.node.and_then(|node| wanted.child(node, &item.to_string())), None);
    }
    let key = frame.key.take();
    let name = key.clone().and_then(|key| text.get(key)).map(unquote);
    (frame.node.zip(name).and_then(|(node, name)| wanted.child(node, &name)), key)
}

/// The line and column of each range's start, in one walk over the text.
fn lines_and_columns(text: &str, ranges: &[Range<usize>]) -> Vec<(usize, usize)> {
    let mut order: Vec<(usize, usize)> = ranges.iter().map(|range| range.start).zip(0..).collect();
    order.sort_unstable();
    let mut places = vec![(1, 1); ranges.len()];
    let (mut line, mut column, mut at) = (1, 1, 0);
    for (start, index) in order {
        let between = text.get(at..start).unwrap_or_default();
        match between.rfind('\n') {
            Some(last) => {
                line += between.bytes().filter(|byte| *byte == b'\n').count();
                column = 1 + between.get(last + 1..).unwrap_or_default().chars().count();
            }
            None => column += between.chars().count(),
        }
        at = at.max(start);
        if let Some(place) = places.get_mut(index) {
            *place = (line, column);
        }
    }
    places
}

/// The nearest character boundary of `text` at or before `offset`.
pub fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::pointer_join;
    use proptest::prelude::*;
    use serde_json::Value;

    const TEXT: &str = "{\n  \"é\": {\"a/b\": [10,\n 20], \"c\": true},\n  \"d\": \"x\"\n}";

    fn at(pointer: &str) -> (usize, usize, &'static str) {
        let span = locate(TEXT, Syntax::Json, &[Anchor::Pointer(pointer.to_owned())]).remove(0);
        (span.line, span.column, &TEXT[span.bytes])
    }

    #[test]
    fn scalars_are_found_themselves_and_containers_by_their_name() {
        assert_eq!(at(""), (1, 1, "{"));
        assert_eq!(at("/é"), (2, 3, "\"é\""));
        assert_eq!(at("/é/a~1b"), (2, 9, "\"a/b\""));
        assert_eq!(at("/é/a~1b/1"), (3, 2, "20"));
        assert_eq!(at("/é/c"), (3, 12, "true"));
        assert_eq!(at("/d"), (4, 8, "\"x\""));
    }

    #[test]
    fn what_is_missing_is_found_at_its_nearest_ancestor() {
        assert_eq!(at("/é/missing/deeper"), (2, 3, "\"é\""));
        assert_eq!(at("/missing"), (1, 1, "{"));
    }

    #[test]
    fn many_places_are_found_in_the_order_they_were_asked_for() {
        let anchors = [Anchor::Pointer("/d".to_owned()), Anchor::Offset(0), Anchor::Pointer("/é".to_owned())];
        let lines: Vec<usize> = locate(TEXT, Syntax::Json, &anchors).into_iter().map(|span| span.line).collect();
        assert_eq!(lines, [4, 1, 2]);
    }

    fn in_yaml(text: &str, pointer: &str) -> (usize, usize, String) {
        let span = locate(text, Syntax::Yaml, &[Anchor::Pointer(pointer.to_owned())]).remove(0);
        (span.line, span.column, text[span.bytes].to_owned())
    }

    #[test]
    fn places_in_yaml_are_found_like_those_in_json() {
        let text = "# API\né:\n  a/b:\n    - 10\n    - x: 1\n  'c': true\n200: {k: v}\n";
        let at = |pointer: &str| in_yaml(text, pointer);
        assert_eq!(at(""), (2, 1, String::new()));
        assert_eq!(at("/é"), (2, 1, "é".to_owned()));
        assert_eq!(at("/é/a~1b"), (3, 3, "a/b".to_owned()));
        assert_eq!(at("/é/a~1b/0"), (4, 7, "10".to_owned()));
        assert_eq!(at("/é/a~1b/1"), (5, 7, "x".to_owned()));
        assert_eq!(at("/é/a~1b/1/x"), (5, 10, "1".to_owned()));
        assert_eq!(at("/é/c"), (6, 8, "true".to_owned()));
        assert_eq!(at("/200"), (7, 1, "200".to_owned()));
        assert_eq!(at("/200/k"), (7, 10, "v".to_owned()));
        assert_eq!(at("/é/missing/deeper"), (2, 1, "é".to_owned()));
    }

    #[test]
    fn what_an_alias_repeats_is_found_where_it_is_written() {
        let text = "a: &a\n  p: 1\n  q: 2\nb: *a\nc:\n  <<: [*a]\n  q: 3\nd: &d x\ne: *d\n";
        let at = |pointer: &str| in_yaml(text, pointer);
        assert_eq!(at("/b"), (4, 1, "b".to_owned()));
        assert_eq!(at("/b/p"), (2, 6, "1".to_owned()));
        assert_eq!(at("/c/p"), (2, 6, "1".to_owned()));
        assert_eq!(at("/c/q"), (7, 6, "3".to_owned()));
        assert_eq!(at("/e"), (9, 4, "*d".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_scalar_of_a_document_is_found(value in any_json()) {
            let text = serde_json::to_string_pretty(&value).unwrap();
            let mut open = vec![(String::new(), &value)];
            while let Some((pointer, value)) = open.pop() {
                match value {
                    Value::Object(fields) => {
                        open.extend(fields.iter().map(|(key, field)| (pointer_join(&pointer, key), field)));
                    }
                    Value::Array(items) => {
                        open.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)));
                    }
                    scalar => {
                        let span = locate(&text, Syntax::Json, &[Anchor::Pointer(pointer)]).remove(0);
                        prop_assert_eq!(serde_json::from_str::<Value>(&text[span.bytes]).unwrap(), scalar.clone());
                    }
                }
            }
        }

        #[test]
        fn any_text_at_all_has_places(text in ".{0,40}", broken in "[-\\[\\]{}:,\"\\\\<&* a0\n]{0,40}", offset: usize) {
            for (text, syntax) in [(&text, Syntax::Json), (&broken, Syntax::Json), (&text, Syntax::Yaml), (&broken, Syntax::Yaml)] {
                locate(text, syntax, &[Anchor::Pointer("/a/0".to_owned()), Anchor::Offset(offset), Anchor::Offset(offset % 40)]);
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,4}", inner), 0..4).prop_map(|fields| fields.into_iter().collect::<Value>()),
            ]
        })
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_is_no_panic() {
        let places = locate(TEXT, Syntax::Json, &[Anchor::Offset(6), Anchor::Offset(1 << 40)]);
        assert_eq!((places[0].line, places[0].column), (2, 4));
        assert_eq!(places[1].line, 5);
        assert_eq!(locate("", Syntax::Json, &[Anchor::Pointer("/a".to_owned())])[0].bytes, 0..0);
    }
}
