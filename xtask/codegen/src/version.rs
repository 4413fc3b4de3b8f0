//! Which version of OpenAPI a document is written in.

use serde_json::Value;

/// The versions of OpenAPI that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.0.x
    V30,
    /// 3.1.x
    V31,
    /// 3.2.x, and what is taken for it
    V32,
}

impl Version {
    /// The version that a document names, or the nearest one; `None` when it is none of OpenAPI 3.
    pub fn of(document: &Value) -> Option<Self> {
        let mut parts = document.get("openapi")?.as_str()?.split('.');
        match (parts.next(), parts.next()) {
            (Some("3"), Some("0")) => Some(Self::V30),
            (Some("3"), Some("1") | None) => Some(Self::V31),
            (Some("3"), Some(_)) => Some(Self::V32),
            _ => None,
        }
    }
}

/// Whether a document is of OpenAPI 3.0, where schemas are no JSON Schema yet. One that does not say is of a later version.
pub fn is_of_3_0(document: &Value) -> bool {
    Version::of(document) == Some(Version::V30)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_version_is_taken_for_the_nearest() {
        for (written, version) in [
            ("3.0.4", Some(Version::V30)),
            ("3.0", Some(Version::V30)),
            ("3.1.1", Some(Version::V31)),
            ("3", Some(Version::V31)),
            ("3.2.0", Some(Version::V32)),
            ("3.05.0", Some(Version::V32)),
            ("3.10.0", Some(Version::V32)),
            ("2.0", None),
            ("30.0", None),
        ] {
            assert_eq!(Version::of(&json!({"openapi": written})), version, "{written}");
        }
        assert_eq!(Version::of(&json!({"openapi": 3.0})), None);
        assert!(!is_of_3_0(&json!({})));
    }
}
