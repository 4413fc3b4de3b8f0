//! Where in a JSON value something is, as errors and repairs write it: `connections[3].name`. While decoding it is a list
//! of borrowed steps, turned into text only when there is something to say.

use std::fmt;

/// A place in a JSON value, as the way there.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    /// What is written already; nothing stands for the whole value.
    Written(&'p str),
    /// A property of what is there.
    Key { parent: &'p Path<'p>, key: &'p str },
    /// An item of the list that is there.
    Index { parent: &'p Path<'p>, index: usize },
}

impl Path<'_> {
    /// Whether this is the whole value.
    pub(crate) fn is_root(&self) -> bool {
        matches!(self, Self::Written(""))
    }

    /// The place of a property of what is here.
    pub(crate) fn with(&self, key: &str) -> String {
        Path::Key { parent: self, key }.to_string()
    }

    /// The place that another value's path leads to, where that value is here.
    pub(crate) fn then(&self, inner: &str) -> String {
        // An item says with its bracket that it belongs to what is before it.
        if inner.is_empty() || inner.starts_with('[') { format!("{self}{inner}") } else { self.with(inner) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written(text) => f.write_str(text),
            Self::Key { parent, key } if parent.is_root() => f.write_str(key),
            Self::Key { parent, key } => write!(f, "{parent}.{key}"),
            Self::Index { parent, index } => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A pointer's token as the name that it stands for (RFC 6901, section 4).
pub(crate) fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The place that a JSON pointer (RFC 6901) leads to: `result.items` for `/result/items`. A token that could be an index
/// is taken for one.
pub(crate) fn of_pointer(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |written, token| {
        let (parent, key) = (&Path::Written(&written), &unescaped(token));
        // Section 4: an index has no leading zeros.
        let index = token.parse().ok().filter(|index: &usize| index.to_string() == token);
        index.map_or_else(|| parent.with(key), |index| Path::Index { parent, index }.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Path<'static> = Path::Written("");

    #[test]
    fn a_path_reads_like_code() {
        let list = Path::Key { parent: &ROOT, key: "connections" };
        let item = Path::Index { parent: &list, index: 3 };
        assert_eq!(item.with("name"), "connections[3].name");
        assert_eq!(Path::Index { parent: &ROOT, index: 0 }.to_string(), "[0]");
        assert_eq!(ROOT.to_string(), "");
    }

    #[test]
    fn a_path_goes_on_from_what_is_written() {
        let item = Path::Written("connections[3]");
        assert_eq!(
            ["name", "[0].name", ""].map(|inner| item.then(inner)),
            ["connections[3].name", "connections[3][0].name", "connections[3]",]
        );
        assert_eq!(["name", "[0]", ""].map(|inner| ROOT.then(inner)), ["name", "[0]", ""]);
    }

    #[test]
    fn a_pointer_is_written_as_a_path() {
        for (pointer, path) in [
            ("", ""),
            ("/result/items", "result.items"),
            ("/0/a/12/b", "[0].a[12].b"),
            ("/a~1b/m~0n", "a/b.m~n"),
            ("/007/+7/-", "007.+7.-"),
        ] {
            assert_eq!(of_pointer(pointer), path, "{pointer}");
        }
    }
}
