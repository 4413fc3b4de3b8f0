//! First pass: a file becomes a [`Document`], or findings that say where it is no OpenAPI document and what to do.
//!
//! Nothing here trusts the file: its size, its encoding, its nesting and its keys are checked before anything else reads
//! it. The text is kept beside the value, so that later findings can be placed in it.

use crate::{
    diagnostics::{Diagnostic, Diagnostics, Severity, Source},
    origins::Origins,
    plain_file,
    scan::{Scanner, Token, unquote},
    yaml,
};
use serde_json::{Value, error::Category};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    io::Read,
    ops::Range,
    path::{Path, PathBuf},
};

/// How deep objects and arrays may be nested: `serde_json`'s own limit, which keeps the stack bounded.
pub const MAX_DEPTH: usize = 128;

/// How long a key may be, in bytes: some ten times the longest path that vendors have. Places are lists of keys, and are
/// held for every finding.
pub const MAX_KEY: usize = 2048;

/// The code of the finding that a key is longer than [`MAX_KEY`].
pub const KEY_TOO_LONG: &str = "key-too-long";

/// What a file may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The greatest size of one file, in bytes.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 64 MiB: some six times the largest documents that vendors publish.
    fn default() -> Self {
        Self { max_bytes: 64 << 20 }
    }
}

/// A file as text, for messages and for parsing.
#[derive(Clone, Debug, Default)]
pub struct TextFile {
    /// The path as the user gave it.
    pub path: PathBuf,
    /// The content without a byte order mark; of a file that could not be read, what could be.
    pub text: String,
}

/// How a file says what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// JSON (RFC 8259).
    Json,
    /// YAML (1.2).
    Yaml,
}

/// What the names of files end in that documents, their parts and overlays can be in.
pub const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

impl Syntax {
    /// What a file's name says it is in: YAML when it ends in `.yaml` or `.yml`, otherwise JSON.
    pub fn of(path: &Path) -> Self {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("yaml" | "yml") => Self::Yaml,
            _ => Self::Json,
        }
    }
}

/// A reference that leads out of the document, and why it was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbundled {
    /// The reference as it is written.
    pub reference: String,
    /// The finding's code.
    pub code: &'static str,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// An OpenAPI document on its way through the passes.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The file's path as the user gave it.
    pub path: PathBuf,
    /// The file's name without `.json` or `.yaml`: the API's name.
    pub stem: String,
    /// The file's content.
    pub text: String,
    /// The content as a value, its keys in the file's order, with what it refers to in other files; `null` when the text
    /// is no OpenAPI document at all.
    pub value: Value,
    /// Which parts of `value` are from the overlay, from other files, or from another place of the file.
    pub origins: Origins,
    /// The other files that references lead to, in the order in which they were come upon.
    pub parts: Vec<TextFile>,
    /// The files that references lead to and that are not there, relative to the document's folder.
    pub missing: Vec<String>,
    /// The references that could not be followed, by their JSON pointers.
    pub unbundled: BTreeMap<String, Unbundled>,
    /// Whether a reference may lead to another file. In doubt it is so.
    pub leads_out: bool,
}

/// Reads `path` as text. Faults are pushed to `diagnostics` as findings about `source`.
pub fn read(path: PathBuf, source: Source, limits: Limits, diagnostics: &mut Diagnostics) -> TextFile {
    // A part is looked for in the document's folder and nowhere else.
    let strays = !matches!(source, Source::Part(_)) && leads_out(&path);
    let bytes = match if strays { Err(stray()) } else { read_bytes(&path, limits) } {
        Ok(bytes) => bytes,
        Err(finding) => {
            diagnostics.push((*finding).in_source(source));
            return TextFile { path, text: String::new() };
        }
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let finding = Diagnostic::error("not-utf8", "", "the file is not UTF-8 text")
                .at_offset(error.valid_up_to())
                .with_help("save the file as UTF-8, the one encoding that is read (RFC 8259, section 8.1)");
            diagnostics.push(finding.in_source(source));
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    TextFile { path, text }
}

fn read_bytes(path: &Path, limits: Limits) -> Result<Vec<u8>, Box<Diagnostic>> {
    let unreadable = |error: std::io::Error| {
        let finding = Diagnostic::error("unreadable", "", format!("the file cannot be read: {error}"));
        Box::new(
            finding
                .with_help("check that it is there, that it is a plain file, and that its permissions let you read it"),
        )
    };
    let mut bytes = Vec::new();
    let file = plain_file::open(path).map_err(unreadable)?;
    file.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limits.max_bytes {
        let message = format!("the file is larger than {} bytes", limits.max_bytes);
        let finding = Diagnostic::error("too-large", "", message);
        return Err(Box::new(
            finding.with_help("if the document is really that large, raise the limit with `--max-mib`"),
        ));
    }
    Ok(bytes)
}

/// Whether it is a link out of the folder that it stands in.
fn leads_out(path: &Path) -> bool {
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    let folder =
        || path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).canonicalize();
    is_link && folder().is_ok_and(|folder| path.canonicalize().is_ok_and(|target| !target.starts_with(folder)))
}

fn stray() -> Box<Diagnostic> {
    let finding = Diagnostic::error("unreadable", "", "this is a link that leads out of its folder");
    Box::new(finding.with_help("only what is in that folder is read: put the file itself there"))
}

/// Parses the document. Without errors in `diagnostics`, its value is an object that calls itself OpenAPI or Swagger.
pub fn load(file: TextFile, stem: String, lenient: bool, diagnostics: &mut Diagnostics) -> Document {
    let parsed = parse(&file, Source::Document, lenient, diagnostics);
    let leads_out = parsed.as_ref().is_some_and(|parsed| parsed.leads_out);
    let value = parsed
        .map(|parsed| parsed.value)
        .filter(|value| match not_openapi(value, &file) {
            Some(finding) => {
                diagnostics.push(finding);
                false
            }
            None => true,
        })
        .unwrap_or_default();
    Document { path: file.path, stem, text: file.text, value, leads_out, ..Document::default() }
}

/// A file's content.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// As a value, its keys in the file's order.
    pub value: Value,
    /// Whether a reference in it may lead to another file. In doubt it is so.
    pub leads_out: bool,
}

/// Parses JSON or YAML, without duplicate keys. Faults are pushed to `diagnostics` as findings about `source`.
pub fn parse(file: &TextFile, source: Source, lenient: bool, diagnostics: &mut Diagnostics) -> Option<Parsed> {
    let (parsed, findings) = match Syntax::of(&file.path) {
        Syntax::Json => parse_json(&file.text, lenient),
        Syntax::Yaml => parse_yaml(&file.text, lenient),
    };
    diagnostics.extend(findings.into_iter().map(|finding| finding.in_source(source)));
    parsed
}

fn parse_json(text: &str, lenient: bool) -> (Option<Parsed>, Vec<Diagnostic>) {
    match serde_json::from_str(text) {
        Ok(value) => {
            let severity = if lenient { Severity::Warning } else { Severity::Error };
            let keys = check_keys(text, severity);
            let is_usable = keys.faults.iter().all(|fault| fault.code != KEY_TOO_LONG);
            (is_usable.then_some(Parsed { value, leads_out: keys.leads_out }), keys.faults)
        }
        Err(error) => (None, vec![not_json(text, &error)]),
    }
}

/// What to do about a file without content.
const EMPTY_HELP: &str = "the file is empty: fill it, or remove it";

fn parse_yaml(text: &str, lenient: bool) -> (Option<Parsed>, Vec<Diagnostic>) {
    if text.trim().is_empty() {
        // As YAML it is null, which has no place.
        let finding = Diagnostic::error("not-yaml", "", "the file is no YAML document: it has no content");
        return (None, vec![finding.at_offset(0).with_help(EMPTY_HELP)]);
    }
    match yaml::Tree::parse(text) {
        Ok(tree) => {
            let (value, faults) = yaml::to_value(text, &tree, lenient);
            (value.map(|value| Parsed { value, leads_out: true }), faults)
        }
        Err(fault) => (None, vec![*fault]),
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> Diagnostic {
    let full = error.to_string();
    let cause = full.rsplit_once(" at line ").map_or(full.as_str(), |(cause, _)| cause);
    let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = line_start + error.column().saturating_sub(1);
    if cause.starts_with("recursion limit") {
        let message = format!("objects and arrays are nested more than {MAX_DEPTH} deep");
        return Diagnostic::error("too-deep", "", message)
            .at_offset(offset)
            .with_help("no real API is; move the inner schemas to `components/schemas` and use `$ref`");
    }
    let start = text.trim_start();
    let help = if start.is_empty() {
        EMPTY_HELP
    } else if start.starts_with('<') {
        "this looks like HTML or XML: download the raw OpenAPI document, not the page that shows it"
    } else if start.starts_with("openapi:") || start.starts_with("swagger:") || start.starts_with("---") {
        "this looks like YAML: give the file a name that ends in `.yaml`"
    } else if error.classify() == Category::Eof {
        "the file ends too early: fetch it again, it may have been cut off"
    } else {
        "repair the JSON at this place, or fetch the file again"
    };
    if cause == "number out of range" {
        let is_number = |character: char| character.is_ascii_digit() || "+-.eE".contains(character);
        let before = text.get(..=offset).unwrap_or(text).trim_end_matches(|character| !is_number(character));
        let number = before.trim_end_matches(is_number).len();
        let message = "the number is too large: no float of 64 bits holds it";
        return Diagnostic::error("too-large-number", "", message).at_offset(number).with_help("leave it out");
    }
    Diagnostic::error("not-json", "", format!("the file is no JSON: {cause}")).at_offset(offset).with_help(help)
}

/// What a scan of a JSON text's keys tells.
#[derive(Default)]
struct Keys {
    faults: Vec<Diagnostic>,
    leads_out: bool,
}

/// An object or array that is open during the scan.
#[derive(Default)]
struct Frame<'t> {
    /// Where the keys of an object stand.
    keys: HashMap<Cow<'t, str>, Range<usize>>,
    /// Whether the texts in it may be references: it is a discriminator's `mapping`.
    is_mapping: bool,
}

/// Finds every key that an object has twice, for `serde_json` would keep the last value and say nothing; every key that
/// is too long; and whether a reference may lead to another file, so that nobody need look for one in a document of a
/// single file.
fn check_keys(text: &str, severity: Severity) -> Keys {
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut found = Keys::default();
    let (mut is_ref, mut is_mapping) = (false, false);
    for (token, range) in Scanner::new(text) {
        match token {
            Token::ObjectStart | Token::ArrayStart => {
                open.push(Frame { is_mapping: is_mapping && token == Token::ObjectStart, ..Frame::default() });
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                open.pop();
            }
            Token::Key => {
                if range.len() > MAX_KEY {
                    found.faults.push(key_too_long(range.start));
                }
                let key = unquote(text.get(range.clone()).unwrap_or_default());
                (is_ref, is_mapping) = (key == "$ref", key == "mapping");
                let Some(frame) = open.last_mut() else { continue };
                match frame.keys.get(&key) {
                    Some(first) => found.faults.push(duplicate_key(&key, first.start, range.start, severity)),
                    None => {
                        frame.keys.insert(key, range);
                    }
                }
                continue;
            }
            Token::Scalar if !found.leads_out && (is_ref || open.last().is_some_and(|frame| frame.is_mapping)) => {
                let reference = unquote(text.get(range).unwrap_or_default());
                found.leads_out = !reference.starts_with('#') && (is_ref || reference.contains(['.', '/', '#']));
            }
            Token::Scalar => {}
        }
        (is_ref, is_mapping) = (false, false);
    }
    found
}

/// The finding that a key is longer than [`MAX_KEY`].
pub fn key_too_long(offset: usize) -> Diagnostic {
    Diagnostic::error(KEY_TOO_LONG, "", format!("a key is longer than {MAX_KEY} bytes"))
        .at_offset(offset)
        .with_help("keys are names and paths: check what the file is")
}

/// The finding that an object has a key twice, with the bytes at which the two stand.
pub fn duplicate_key(key: &str, first: usize, second: usize, severity: Severity) -> Diagnostic {
    Diagnostic::new(severity, "duplicate-key", "", format!("the key `{key}` is here twice"))
        .at_offset(second)
        .with_note_at_offset(first, "it is here first")
        .with_help("keep one of the two: which of them counts is anybody's guess (RFC 8259, section 4)")
}

/// The code of the finding that a file is no OpenAPI document.
pub const NOT_OPENAPI: &str = "not-openapi";

/// Says why `value` is no OpenAPI document. Which version it is, is looked at later.
fn not_openapi(value: &Value, file: &TextFile) -> Option<Diagnostic> {
    let Some(root) = value.as_object() else {
        return Some(
            Diagnostic::error("not-openapi", "", format!("an OpenAPI document is an object, this is {}", kind(value)))
                .with_help(NOT_OPENAPI_HELP),
        );
    };
    if root.contains_key("openapi") || root.contains_key("swagger") {
        return None;
    }
    let finding =
        Diagnostic::error("not-openapi", "", "this is no OpenAPI document: it has no `openapi` field at its root")
            .with_help(NOT_OPENAPI_HELP);
    Some(match Syntax::of(&file.path) {
        Syntax::Json => finding.at_offset(file.text.find('{').unwrap_or(0)),
        Syntax::Yaml => finding,
    })
}

const NOT_OPENAPI_HELP: &str = "documents begin with `\"openapi\": \"3.0.3\"` or `\"3.1.0\"`; a file that is none, and that \
                                no document refers to, does not belong in this folder";

/// What sort of JSON value this is, for messages.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<Diagnostic> {
        let mut diagnostics = Diagnostics::default();
        let file = TextFile { path: "x.json".into(), text: text.to_owned() };
        load(file, "x".to_owned(), false, &mut diagnostics);
        diagnostics.iter().cloned().collect()
    }

    #[test]
    fn no_digit_of_a_number_is_lost() {
        let text = "{\"openapi\": \"3.1.0\", \"a\": 9.543951988220215}";
        let file = TextFile { path: "x.json".into(), text: text.to_owned() };
        let found = load(file, "x".to_owned(), false, &mut Diagnostics::default());
        assert_eq!(found.value["a"].to_string(), "9.543951988220215");
    }

    fn codes(text: &str) -> Vec<&'static str> {
        findings(text).iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_document_keeps_the_order_of_its_keys() {
        let mut diagnostics = Diagnostics::default();
        let file = TextFile { path: "x.json".into(), text: r#"{"openapi":"3.0.0","b":1,"a":2}"#.to_owned() };
        let document = load(file, "x".to_owned(), false, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        let keys: Vec<&String> = document.value.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["openapi", "b", "a"]);
    }

    #[test]
    fn what_is_no_json_is_placed_where_the_parser_stopped() {
        let finding = findings("{\n  \"openapi\": ,\n}").remove(0);
        assert_eq!((finding.code, finding.offset), ("not-json", Some(15)));
        assert_eq!(finding.message, "the file is no JSON: expected value");
        for (text, word) in
            [("", "empty"), ("<html>", "HTML"), ("openapi: 3.0.0", "YAML"), ("{\"openapi\":", "cut off")]
        {
            let finding = findings(text).remove(0);
            assert!(finding.help.unwrap().contains(word), "{text}");
        }
    }

    #[test]
    fn a_number_that_nothing_holds_is_placed_where_it_begins() {
        for (text, offset) in [("{\n  \"openapi\": 1e400\n}", 15), ("[-1E+400, 2]", 1), ("1e400", 0)] {
            let finding = findings(text).remove(0);
            assert_eq!((finding.code, finding.offset), ("too-large-number", Some(offset)), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_not_an_overflow() {
        assert_eq!(codes(&"[".repeat(1 << 20)), ["too-deep"]);
        assert_eq!(codes(&"{\"a\":".repeat(1 << 20)), ["too-deep"]);
    }

    #[test]
    fn a_duplicate_key_is_named_with_both_places() {
        let text = r#"{"openapi":"3.0.0","a":{"b":1},"c":{"b":1,"\u0062":2}}"#;
        let finding = findings(text).remove(0);
        assert_eq!(finding.code, "duplicate-key");
        assert_eq!((finding.notes[0].offset, finding.offset), (text.find("\"b\":1,\"\\"), text.find("\"\\u0062")));
    }

    #[test]
    fn a_key_that_is_absurdly_long_is_an_error() {
        let long = format!(r#"{{"openapi":"3.0.0","{}":1}}"#, "a".repeat(MAX_KEY));
        assert_eq!(codes(&long), ["key-too-long"]);
    }

    #[test]
    fn what_is_not_openapi_is_told_apart() {
        assert_eq!(codes("[]"), ["not-openapi"]);
        assert_eq!(codes(r#"{"name":"left-pad"}"#), ["not-openapi"]);
        assert_eq!(codes(r#"{"swagger":"2.0"}"#), [""; 0]);
    }

    #[test]
    fn a_reference_to_another_file_is_noticed() {
        for (text, expected) in [
            (r##"{"openapi":"3.0.0","a":{"$ref":"#/b"}}"##, false),
            (r#"{"openapi":"3.0.0","a":{"$ref":"b.json"}}"#, true),
            (r#"{"openapi":"3.0.0","a":[{"\u0024ref":"b.json"}]}"#, true),
            (r#"{"openapi":"3.0.0","mapping":{"a":"Pet","b":"pet.json"}}"#, true),
            (r##"{"openapi":"3.0.0","mapping":{"a":"Pet","b":"#/a.b"},"c":"pet.json"}"##, false),
            (r#"{"openapi":"3.0.0","mapping":"pet.json"}"#, false),
        ] {
            let file = TextFile { path: "x.json".into(), text: text.to_owned() };
            let parsed = parse(&file, Source::Document, false, &mut Diagnostics::default()).unwrap();
            assert_eq!(parsed.leads_out, expected, "{text}");
        }
    }

    #[test]
    fn files_are_read_within_limits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        let read_it = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            let mut diagnostics = Diagnostics::default();
            let file = read(path.clone(), Source::Document, Limits { max_bytes: 8 }, &mut diagnostics);
            (file.text, diagnostics.iter().map(|finding| (finding.code, finding.offset)).collect::<Vec<_>>())
        };
        assert_eq!(read_it(b"\xEF\xBB\xBF{}"), ("{}".to_owned(), vec![]));
        assert_eq!(read_it(b"123456789").1, [("too-large", None)]);
        assert_eq!(read_it(b"ab\xFFcd").1, [("not-utf8", Some(2))]);
        let mut diagnostics = Diagnostics::default();
        read(folder.path().to_path_buf(), Source::Document, Limits::default(), &mut diagnostics);
        read(folder.path().join("missing"), Source::Document, Limits::default(), &mut diagnostics);
        assert_eq!(diagnostics.count(Severity::Error), 2);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_of_the_folder_is_refused_unopened() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join(name);
        // Whoever opens it waits for a writer.
        mknodat(CWD, at("pipe.json"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        std::fs::write(outside.path().join("secret"), "s3cret").unwrap();
        std::fs::write(at("own"), "{}").unwrap();
        for (link, target) in
            [("out.json", outside.path().join("secret")), ("in.json", at("own")), ("null.json", "/dev/null".into())]
        {
            std::os::unix::fs::symlink(target, at(link)).unwrap();
        }
        for (name, text, faults) in
            [("pipe.json", "", 1), ("out.json", "", 1), ("null.json", "", 1), ("in.json", "{}", 0)]
        {
            for source in [Source::Document, Source::Overlay] {
                let mut diagnostics = Diagnostics::default();
                let file = read(at(name), source, Limits::default(), &mut diagnostics);
                assert_eq!((file.text.as_str(), diagnostics.count(Severity::Error)), (text, faults), "{name}");
            }
        }
    }
}
