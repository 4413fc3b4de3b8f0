//! Where a part of the effective document was written: in the document's file, in one that it refers to, or in the
//! overlay's.
//!
//! Passes after the overlay know only the effective document. When an overlay removes the first of two array items, the
//! second one's pointer changes although its place in the file does not; when it adds a field, that field is in no line
//! of the document. So it is with what was brought in from other files, and what an older version of the specification
//! has in other places. All is looked up here, so that a finding points at text that somebody wrote.

use crate::diagnostics::{Source, pointer_join, pointer_tokens};
use std::collections::{BTreeMap, BTreeSet};

/// A value's place in one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose file.
    pub source: Source,
    /// The RFC 6901 JSON pointer in that file.
    pub pointer: String,
}

/// The origins of all parts of one effective document: a tree of the places that differ from the document's own.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    root: Node,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Set where this value does not stand where its parent's origin would have it.
    origin: Option<Origin>,
    children: BTreeMap<String, Node>,
}

impl Origins {
    /// Where the value at `pointer` of the effective document was written.
    pub fn resolve(&self, pointer: &str) -> Origin {
        let mut current = Origin { source: Source::Document, pointer: String::new() };
        let mut node = Some(&self.root);
        for token in pointer_tokens(pointer) {
            node = node.and_then(|node| node.children.get(&token));
            current = match node.and_then(|node| node.origin.clone()) {
                Some(origin) => origin,
                None => Origin { pointer: pointer_join(&current.pointer, &token), ..current },
            };
        }
        current
    }

    /// All places that differ from the document's own, each before what is in it.
    pub fn entries(&self) -> Vec<(String, Origin)> {
        let (mut found, mut open) = (Vec::new(), vec![(String::new(), &self.root)]);
        while let Some((pointer, node)) = open.pop() {
            open.extend(node.children.iter().map(|(token, child)| (pointer_join(&pointer, token), child)));
            found.extend(node.origin.clone().map(|origin| (pointer, origin)));
        }
        found
    }

    /// Notes that the value at `pointer` was written at `origin`, with all that is in it.
    pub fn written(&mut self, pointer: &str, origin: Origin) {
        *self.node(pointer) = Node { origin: Some(origin), children: BTreeMap::new() };
    }

    /// Notes that the value at `pointer` was written at `origin`, but for its fields `kept`, which stay where they were.
    pub fn brought_in(&mut self, pointer: &str, origin: Origin, kept: &[String]) {
        let before = self.resolve(pointer);
        let node = self.node(pointer);
        let mut old = std::mem::take(&mut node.children);
        node.origin = Some(origin);
        for key in kept {
            let mut child = old.remove(key).unwrap_or_default();
            let own = Origin { source: before.source, pointer: pointer_join(&before.pointer, key) };
            child.origin.get_or_insert(own);
            node.children.insert(key.clone(), child);
        }
    }

    /// Notes that the value at `pointer` is what `before` has at `old`, with all that is known of what is in it.
    pub fn moved(&mut self, pointer: &str, before: &Self, old: &str) {
        let origin = before.resolve(old);
        let node = pointer_tokens(old).try_fold(&before.root, |node, token| node.children.get(&token));
        let mut node = node.cloned().unwrap_or_default();
        node.origin = Some(origin);
        *self.node(pointer) = node;
    }

    /// Notes that the member `key` of the object at `parent` is gone.
    pub fn removed_key(&mut self, parent: &str, key: &str) {
        self.node(parent).children.remove(key);
    }

    /// Notes that the items `removed` of the array at `parent`, which had `length` items, are gone, and the later ones
    /// have moved up.
    pub fn removed_items(&mut self, parent: &str, removed: &BTreeSet<usize>, length: usize) {
        let parent_origin = self.resolve(parent);
        let node = self.node(parent);
        let mut old = std::mem::take(&mut node.children);
        for (next, index) in (0..length).filter(|index| !removed.contains(index)).enumerate() {
            let mut child = old.remove(&index.to_string()).unwrap_or_default();
            if child.origin.is_none() && index != next {
                let pointer = pointer_join(&parent_origin.pointer, &index.to_string());
                child.origin = Some(Origin { pointer, source: parent_origin.source });
            }
            if child.origin.is_some() || !child.children.is_empty() {
                node.children.insert(next.to_string(), child);
            }
        }
    }

    fn node(&mut self, pointer: &str) -> &mut Node {
        let mut node = &mut self.root;
        for token in pointer_tokens(pointer) {
            node = node.children.entry(token).or_default();
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(pointer: &str) -> Origin {
        Origin { source: Source::Overlay, pointer: pointer.to_owned() }
    }

    fn document(pointer: &str) -> Origin {
        Origin { source: Source::Document, pointer: pointer.to_owned() }
    }

    #[test]
    fn what_nobody_touched_stands_in_the_document() {
        assert_eq!(Origins::default().resolve("/a/b~1c"), document("/a/b~1c"));
    }

    #[test]
    fn what_was_written_stands_in_the_overlay_with_all_that_is_in_it() {
        let mut origins = Origins::default();
        origins.written("/a/b", overlay("/actions/0/update/b"));
        assert_eq!(origins.resolve("/a/b/c/d"), overlay("/actions/0/update/b/c/d"));
        assert_eq!(origins.resolve("/a/x"), document("/a/x"));
        origins.removed_key("/a", "b");
        assert_eq!(origins.resolve("/a/b"), document("/a/b"));
    }

    #[test]
    fn what_was_brought_in_stands_in_its_file_and_its_siblings_where_they_were() {
        let part = |pointer: &str| Origin { source: Source::Part(0), pointer: pointer.to_owned() };
        let mut origins = Origins::default();
        origins.written("/a/kept/x", overlay("/u"));
        origins.brought_in("/a", part("/P"), &["kept".to_owned()]);
        assert_eq!(origins.resolve("/a/b"), part("/P/b"));
        assert_eq!(origins.resolve("/a/kept/y"), document("/a/kept/y"));
        assert_eq!(origins.resolve("/a/kept/x/z"), overlay("/u/z"));
        let mut moved = Origins::default();
        moved.moved("/n", &origins, "/a");
        assert_eq!(moved.resolve("/n/b"), part("/P/b"));
        assert_eq!(moved.resolve("/n/kept/x"), overlay("/u"));
        moved.moved("/m", &origins, "/c/d");
        assert_eq!(moved.resolve("/m/e"), document("/c/d/e"));
    }

    #[test]
    fn items_that_moved_up_are_found_where_they_stood() {
        let mut origins = Origins::default();
        origins.written("/a/2/x", overlay("/actions/0/update/x"));
        origins.removed_items("/a", &BTreeSet::from([0]), 4);
        assert_eq!(origins.resolve("/a/0/y"), document("/a/1/y"));
        assert_eq!(origins.resolve("/a/1/x"), overlay("/actions/0/update/x"));
        assert_eq!(origins.resolve("/a/1/y"), document("/a/2/y"));
        origins.removed_items("/a", &BTreeSet::from([0]), 3);
        assert_eq!(origins.resolve("/a/0/x"), overlay("/actions/0/update/x"));
        assert_eq!(origins.resolve("/a/0/y"), document("/a/2/y"));
        assert_eq!(origins.resolve("/a/1"), document("/a/3"));
    }
}
