//! Where in a JSON value the decoder is. A list of borrowed steps, turned into text only when there is something to say.

use std::fmt;

/// A place in a JSON value, as the way there from the root.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Key { parent: &'p Path<'p>, key: &'p str },
    Index { parent: &'p Path<'p>, index: usize },
}

impl Path<'_> {
    /// The place of a property of what is here.
    pub(super) fn with(&self, key: &str) -> String {
        Path::Key { parent: self, key }.to_string()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key { parent: Path::Root, key } => f.write_str(key),
            Self::Key { parent, key } => write!(f, "{parent}.{key}"),
            Self::Index { parent, index } => write!(f, "{parent}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_code() {
        let list = Path::Key { parent: &Path::Root, key: "connections" };
        let item = Path::Index { parent: &list, index: 3 };
        assert_eq!(item.with("name"), "connections[3].name");
        assert_eq!(Path::Index { parent: &Path::Root, index: 0 }.to_string(), "[0]");
        assert_eq!(Path::Root.to_string(), "");
    }
}
