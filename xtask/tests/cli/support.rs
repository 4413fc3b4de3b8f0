//! A folder of documents and a folder of crates, and the program run on them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The folders of one test.
pub struct Playground {
    root: tempfile::TempDir,
}

impl Playground {
    /// Empty folders.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("specs")).unwrap();
        Self { root }
    }

    /// The crate of one document, generated.
    pub fn started() -> Self {
        let playground = Self::new();
        playground.spec("one.json", &document("one", "listThings"));
        playground.regen(&[]).exits(0);
        playground
    }

    /// The folder that holds all others.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A path in the folder of crates.
    pub fn out(&self, path: &str) -> PathBuf {
        self.root.path().join("out").join(path)
    }

    /// Writes a document or an overlay.
    pub fn spec(&self, name: &str, text: &str) {
        fs::write(self.root.path().join("specs").join(name), text).unwrap();
    }

    /// Runs the program with these arguments, in the folder that holds all others.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        Run(command.args(arguments).current_dir(self.root.path()).output().unwrap())
    }

    /// Runs `regen` on the two folders.
    pub fn regen(&self, arguments: &[&str]) -> Run {
        self.run(&[&["regen", "--specs", "specs", "--out", "out"], arguments].concat())
    }

    /// Every file below a folder of the crates, with its content.
    pub fn tree(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.out(folder)];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    /// The names of what is in the folder that holds all others, and in the folder of crates.
    pub fn names(&self) -> Vec<String> {
        let names = |folder: &Path| {
            let mut names: Vec<String> =
                fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        [names(self.root()), names(&self.out(""))].concat()
    }
}

/// What the program answered.
pub struct Run(pub Output);

impl Run {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    /// The standard output stream.
    pub fn output(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    /// The standard error stream.
    pub fn errors(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Fails the test unless the exit code is `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}\n{}", self.output(), self.errors());
        self
    }
}

/// A document with one operation, which lists things.
pub fn document(title: &str, operation: &str) -> String {
    format!(
        r##"{{
  "openapi": "3.0.3",
  "info": {{"title": "{title}", "version": "1.0.0"}},
  "servers": [{{"url": "https://api.example.com"}}],
  "paths": {{
    "/things": {{
      "get": {{
        "operationId": "{operation}",
        "responses": {{
          "200": {{
            "description": "All things.",
            "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/Thing"}}}}}}
          }}
        }}
      }}
    }}
  }},
  "components": {{
    "schemas": {{
      "Thing": {{"type": "object", "properties": {{"name": {{"type": "string"}}}}}}
    }}
  }}
}}
"##
    )
}

/// An overlay with one action.
pub fn overlay(action: &str) -> String {
    format!(
        "{{\n\"overlay\": \"1.0.0\",\n\"info\": {{\"title\": \"t\", \"version\": \"1\"}},\n\"actions\": [\n{action}\n]\n}}\n"
    )
}
