//! The suite as it is fetched: files of schemas, each schema with values, and the schemas that others refer to on a server.

use super::SchemaTestError;
use crate::file::{self, FileError};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The draft that OpenAPI 3.1 takes over.
const DRAFT: &str = "draft2020-12";

/// Where the suite's schemas say that its server is.
const SERVER: &str = "http://localhost:1234";

/// A schema with values.
#[derive(Clone, Debug)]
pub struct Group {
    /// The file that it is in, below the draft's folder and without its ending: what the suite calls the keyword.
    pub keyword: String,
    /// What the suite says of it.
    pub description: String,
    /// The schema.
    pub schema: Value,
    /// The values.
    pub values: Vec<Instance>,
}

/// A value that a schema describes, or does not.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What the suite says of it.
    pub description: String,
    /// The value as the suite writes it: a number may have more digits than a float holds.
    pub text: String,
    /// Whether it is valid by its schema.
    pub is_valid: bool,
}

/// The suite.
#[derive(Clone, Debug)]
pub struct Suite {
    /// All schemas with values, file by file in the order of their names.
    pub groups: Vec<Group>,
    /// The schemas on the server, by their addresses.
    pub remotes: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct GroupFile {
    description: String,
    schema: Value,
    tests: Vec<TestFile>,
}

#[derive(Deserialize)]
struct TestFile {
    description: String,
    data: Box<RawValue>,
    valid: bool,
}

impl Group {
    /// The name of one of its values, as it is reviewed.
    pub fn name(&self, value: &Instance) -> String {
        format!("{}: {}", self.title(), value.description)
    }

    /// The schema's name.
    pub fn title(&self) -> String {
        format!("{}: {}", self.keyword, self.description)
    }
}

impl Suite {
    /// Reads the suite below `folder`.
    ///
    /// # Errors
    ///
    /// Fails when it is not there, or of another form.
    pub fn read(folder: &Path) -> Result<Self, SchemaTestError> {
        let tests = folder.join("tests").join(DRAFT);
        if !tests.is_dir() {
            return Err(SchemaTestError::NoSuite(folder.to_path_buf()));
        }
        let mut groups = Vec::new();
        for path in files(&tests)? {
            let read: Vec<GroupFile> = file::read_json(&path)?;
            let keyword = below(&tests, &path.with_extension(""));
            groups.extend(read.into_iter().map(|group| group.in_file(&keyword)));
        }
        let on_server = folder.join("remotes");
        let mut remotes = BTreeMap::new();
        for path in files(&on_server)? {
            let name = below(&on_server, &path);
            // The other drafts have folders of their own; what stands in none is for all.
            if name.starts_with("draft") && !name.starts_with(DRAFT) {
                continue;
            }
            remotes.insert(format!("{SERVER}/{name}"), file::read_json(&path)?);
        }
        Ok(Self { groups, remotes })
    }
}

impl GroupFile {
    fn in_file(self, keyword: &str) -> Group {
        let instances = self.tests.into_iter().map(|test| Instance {
            description: test.description,
            text: test.data.get().to_owned(),
            is_valid: test.valid,
        });
        Group {
            keyword: keyword.to_owned(),
            description: self.description,
            schema: self.schema,
            values: instances.collect(),
        }
    }
}

/// The JSON files below a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(FileError::at(&folder))? {
            let path = entry.map_err(FileError::at(&folder))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A path below a folder, as it is written everywhere.
fn below(folder: &Path, path: &Path) -> String {
    let rest = path.strip_prefix(folder).unwrap_or(path);
    rest.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_suite_is_its_values_and_the_schemas_on_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert!(matches!(Suite::read(folder.path()), Err(SchemaTestError::NoSuite(_))));
        write(
            "tests/draft2020-12/optional/big.json",
            r#"[{"description": "d", "schema": {"type": "integer"}, "tests": [
                {"description": "good", "data": 12345678910111213141516171819, "valid": true},
                {"description": "bad", "data": "x", "valid": false}]}]"#,
        );
        write("tests/draft7/old.json", "not read");
        write("remotes/all.json", "true");
        write("remotes/draft2020-12/a/own.json", "{}");
        write("remotes/draft7/other.json", "not read");
        let suite = Suite::read(folder.path()).unwrap();
        let group = &suite.groups[0];
        assert_eq!((suite.groups.len(), group.title().as_str()), (1, "optional/big: d"));
        assert_eq!(group.values.iter().map(|value| value.is_valid).collect::<Vec<_>>(), [true, false]);
        assert_eq!(group.values[0].text, "12345678910111213141516171819");
        assert_eq!(group.name(&group.values[0]), "optional/big: d: good");
        let remotes: Vec<(&str, &Value)> = suite.remotes.iter().map(|(at, schema)| (at.as_str(), schema)).collect();
        let own = "http://localhost:1234/draft2020-12/a/own.json";
        assert_eq!(remotes, [("http://localhost:1234/all.json", &json!(true)), (own, &json!({}))]);
    }
}
