//! The passes in their order: load, overlay, lint, and then what makes a crate of the document.
//!
//! Everything here is a function from value to value. Reading is done before, writing after, and what is found on the
//! way is collected: no pass prints.

use crate::{
    bundle::{self, walk::Slot},
    compile::{self, Compiled, Options},
    diagnostics::{Diagnostic, Diagnostics, Source},
    elsewhere, identify, lint, load,
    load::{Document, Limits, TextFile},
    objects::Kind,
    origins::Origins,
    overlay::{self, OverlayFile},
    own_discriminators, path_items, path_variables,
    plan::Plan,
    swagger, tag_values,
    version::Version,
};
use serde_json::Value;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// The files of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The API's name: the document's file name without `.json` or `.yaml`.
    pub stem: String,
    /// The document; of an overlay that stands alone, where it should be.
    pub document: PathBuf,
    /// The overlay, where there is one.
    pub overlay: Option<PathBuf>,
    /// Whether the document is there: an overlay may stand alone by mistake.
    pub has_document: bool,
}

/// The files of one API, read, and what was wrong with them.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The API's name.
    pub stem: String,
    /// The document.
    pub document: TextFile,
    /// The overlay, where there is one.
    pub overlay: Option<TextFile>,
    /// What went wrong so far.
    pub diagnostics: Diagnostics,
    /// What the files that the document refers to may cost.
    pub limits: Limits,
}

/// All that was found about one API, with what is needed to show where.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The document's file.
    pub document: TextFile,
    /// The overlay's file, where there is one.
    pub overlay: Option<TextFile>,
    /// The other files that the document refers to.
    pub parts: Vec<TextFile>,
    /// The files that the document refers to and that are not there, relative to its folder.
    pub missing: Vec<String>,
    /// Which of all these a part of the effective document is from.
    pub origins: Origins,
    /// The findings, in the passes' order.
    pub diagnostics: Diagnostics,
}

impl Findings {
    /// Whether the file is no description of an API: if another document refers to it, it is a part of that.
    pub fn is_no_api(&self) -> bool {
        let mentions_api = ["openapi", "swagger"].into_iter().any(|word| self.document.text.contains(word));
        self.diagnostics.has_errors()
            && (!mentions_api || self.diagnostics.iter().any(|finding| finding.code == load::NOT_OPENAPI))
    }

    /// The names of the files beside the document that it refers to.
    pub fn files_beside(&self) -> impl Iterator<Item = String> {
        let folder = self.document.path.parent();
        let beside = self.parts.iter().filter(move |part| part.path.parent() == folder);
        beside.filter_map(|part| Some(part.path.file_name()?.to_string_lossy().into_owned()))
    }

    /// All files that findings can be about: the document, its overlay, and the files that it refers to.
    pub fn files(&self) -> Vec<&TextFile> {
        let overlay = self.overlay.as_ref().unwrap_or(&self.document);
        [&self.document, overlay].into_iter().chain(&self.parts).collect()
    }

    /// The files that were read, and what went wrong with that.
    pub fn of_files(sources: Sources) -> Self {
        let Sources { document, overlay, diagnostics, .. } = sources;
        Self { document, overlay, diagnostics, ..Self::default() }
    }

    /// Which of [`Self::files`] is meant.
    pub fn slot(&self, source: Source) -> usize {
        match source {
            Source::Document => 0,
            Source::Overlay => 1,
            Source::Part(index) => index.saturating_add(2),
        }
    }
}

/// A document after the passes that read it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The document with its overlay applied.
    pub document: Document,
    overlay: Option<TextFile>,
    /// Whether it was read leniently: the command line says so, or the document.
    pub lenient: bool,
    /// What was found.
    pub diagnostics: Diagnostics,
}

impl Checked {
    /// Keeps what is needed to show the findings.
    pub fn into_findings(self) -> Findings {
        let Document { path, text, origins, parts, missing, .. } = self.document;
        let document = TextFile { path, text };
        Findings { document, overlay: self.overlay, parts, missing, origins, diagnostics: self.diagnostics }
    }
}

/// Who wants to know how far a document has come, for a pass may take long, or not return.
pub trait Observer: Sync {
    /// The document is read and its overlay applied. What is changed here is what the other passes see.
    fn loaded(&self, _document: &mut Document) {}
    /// The document's plan is there.
    fn lowered(&self) {}
}

/// Nobody wants to know.
impl Observer for () {}

/// Keeps the document as the passes see it.
#[derive(Debug, Default)]
pub struct Keeper(Mutex<Value>);

impl Keeper {
    /// The document; `null` when none was read.
    pub fn into_document(self) -> Value {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Keeper {
    fn loaded(&self, document: &mut Document) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = document.value.clone();
    }
}

/// Reads the files of one API.
pub fn read(input: &Input, limits: Limits) -> Sources {
    let mut diagnostics = Diagnostics::default();
    let overlay = input.overlay.clone().map(|path| load::read(path, Source::Overlay, limits, &mut diagnostics));
    let document = if input.has_document {
        load::read(input.document.clone(), Source::Document, limits, &mut diagnostics)
    } else {
        let message = format!("there is no document `{}` for this overlay", input.document.display());
        let finding = Diagnostic::error("overlay-orphan", "", message)
            .with_help("an overlay stands beside its document, under the same name: rename or remove it");
        diagnostics.push(finding.in_source(Source::Overlay));
        TextFile { path: input.document.clone(), text: String::new() }
    };
    Sources { stem: input.stem.clone(), document, overlay, diagnostics, limits }
}

/// load → bundle → convert → overlay: the document as the vendor should have written it, in one piece.
pub fn prepare(sources: Sources, lenient: bool) -> Checked {
    let Sources { stem, document, overlay: overlay_file, mut diagnostics, limits } = sources;
    let unreadable = diagnostics.has_errors();
    if unreadable {
        let document = Document { path: document.path, stem, text: document.text, ..Document::default() };
        return Checked { document, overlay: overlay_file, lenient, diagnostics };
    }
    let overlay = overlay_file.as_ref().and_then(|file| OverlayFile::parse(file, &mut diagnostics));
    let lenient = lenient || overlay.as_ref().is_some_and(OverlayFile::is_lenient);
    let mut document = load::load(document, stem, lenient, &mut diagnostics);
    let lenient = lenient || overlay::is_lenient(&document.value);
    let mut has_names = identify::may_have_names(&document.text);
    resolve_names(&mut document, has_names, &mut diagnostics);
    if document.leads_out {
        bundle::bundle(&mut document, limits, lenient, &mut diagnostics);
    }
    elsewhere::overloads(&mut document);
    path_items::merge(&mut document, &mut diagnostics);
    elsewhere::bring_in(&mut document);
    swagger::convert(&mut document, lenient, &mut diagnostics);
    if document.value.is_object()
        && let Some(overlay) = &overlay
    {
        overlay::apply(&mut document, overlay, &mut diagnostics);
        // An overlay may write such references, too.
        has_names |= overlay_file.as_ref().is_some_and(|file| identify::may_have_names(&file.text));
        resolve_names(&mut document, has_names, &mut diagnostics);
        path_items::merge(&mut document, &mut diagnostics);
        elsewhere::bring_in(&mut document);
    }
    path_variables::name_plainly(&mut document, &mut diagnostics);
    own_discriminators::move_up(&mut document);
    tag_values::spell_out(&mut document.value);
    Checked { document, overlay: overlay_file, lenient, diagnostics }
}

/// Schemas have names of their own since OpenAPI 3.1; before, `$id` and the like are words without a meaning.
fn resolve_names(document: &mut Document, has_names: bool, diagnostics: &mut Diagnostics) {
    if has_names && Version::of(&document.value).is_some_and(|version| version > Version::V30) {
        identify::identify(&mut document.value, Slot::One(Kind::Root), diagnostics);
    }
}

/// load → overlay → lint: every fault of the document at once.
pub fn check(sources: Sources, lenient: bool) -> Checked {
    check_observed(sources, lenient, &())
}

fn check_observed(sources: Sources, lenient: bool, observer: &dyn Observer) -> Checked {
    let mut checked = prepare(sources, lenient);
    if checked.document.value.is_object() {
        if !checked.diagnostics.has_errors() {
            observer.loaded(&mut checked.document);
        }
        lint::lint(&checked.document, checked.lenient, &mut checked.diagnostics);
    }
    checked
}

/// The same, and all that lowering has to say of a document without an error: what a crate of it would not be as it says. The
/// plan of that crate goes with it.
pub fn explore(sources: Sources, lenient: bool) -> (Option<Plan>, Checked) {
    let mut checked = check(sources, lenient);
    if checked.diagnostics.has_errors() {
        return (None, checked);
    }
    let Checked { document, diagnostics, .. } = &mut checked;
    let plan = surely(diagnostics, |diagnostics| Some(compile::survey(&document.stem, &document.value, diagnostics)));
    (plan.filter(|_| !checked.diagnostics.has_errors()), checked)
}

/// All passes up to the crate; none when there is an error among the findings. `observer` is told how far it is.
pub fn run(sources: Sources, options: &Options, observer: &dyn Observer) -> (Option<Compiled>, Findings) {
    let mut checked = check_observed(sources, options.lenient, observer);
    let compiled = if checked.diagnostics.has_errors() {
        None
    } else {
        let options = Options { lenient: checked.lenient, ..options.clone() };
        compile_surely(&checked.document, &options, observer, &mut checked.diagnostics)
    };
    (compiled, checked.into_findings())
}

/// A bug in a pass costs the crate of the document that shows it, not the run.
fn compile_surely(
    document: &Document,
    options: &Options,
    observer: &dyn Observer,
    diagnostics: &mut Diagnostics,
) -> Option<Compiled> {
    let lowered = || observer.lowered();
    surely(diagnostics, |diagnostics| compile::compile(&document.stem, &document.value, options, &lowered, diagnostics))
}

/// What passes make, or the finding that one of them panicked.
fn surely<T>(diagnostics: &mut Diagnostics, passes: impl FnOnce(&mut Diagnostics) -> Option<T>) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(|| passes(diagnostics)));
    result.unwrap_or_else(|panic| {
        let cause = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason given".to_owned());
        let help = "this is a mistake in the generator: please report it with this document";
        diagnostics.push(
            Diagnostic::error("internal-error", "", format!("the generator gave up unexpectedly: {cause}"))
                .with_help(help),
        );
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Severity;
    use serde_json::{Value, json};

    fn checked(document: &Value, actions: &Value) -> Checked {
        let file = |name: &str, value: &Value| TextFile { path: name.into(), text: value.to_string() };
        let overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions});
        let sources = Sources {
            stem: "x".to_owned(),
            document: file("x.json", document),
            overlay: Some(file("x.overlay.json", &overlay)),
            diagnostics: Diagnostics::default(),
            limits: Limits::default(),
        };
        check(sources, false)
    }

    fn document() -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {"ok": {}}}}}})
    }

    #[test]
    fn an_overlay_says_that_its_document_is_read_leniently() {
        let severities = |actions: Value| {
            let checked = checked(&document(), &actions);
            (checked.lenient, checked.diagnostics.iter().map(|finding| finding.severity).collect::<Vec<_>>())
        };
        let summary = json!({"target": "$.info", "update": {"summary": "s"}});
        assert_eq!(severities(json!([summary])), (false, vec![Severity::Error]));
        let lenient = json!({"target": "$", "update": {"x-switchboard-lenient": true}});
        assert_eq!(severities(json!([summary, lenient])), (true, vec![Severity::Warning]));
    }

    #[test]
    fn what_stands_elsewhere_by_the_documents_own_name_is_read_from_there() {
        let content = |reference: &str| json!({"responses": {"200": {"description": "", "content": {"application/json": {"$ref": reference}}}}});
        let document = json!({
            "openapi": "3.2.0", "$self": "https://api.example.com/v1/openapi.json", "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"get": content("#/components/mediaTypes/B")},
                "/b": {"get": content("https://api.example.com/v1/openapi.json#/components/mediaTypes/A")},
                "/c": {"get": {"responses": {"200": {"$ref": "openapi.json#/components/responses/R"}}, "security": [
                    {"#/components/securitySchemes/key": [], "other": ["s"]},
                    {"./openapi.json#/components/securitySchemes/key": []},
                ]}},
            },
            "security": [{"https://api.example.com/v1/openapi.json#/components/securitySchemes/key": []}],
            "components": {
                "mediaTypes": {"A": {"schema": {"type": "integer"}}, "B": {"$ref": "#/components/mediaTypes/A"}},
                "responses": {"R": {"description": "r"}},
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}, "other": {"type": "apiKey", "in": "header", "name": "K"}},
            },
        });
        let found = checked(&document, &json!([{"target": "$.info", "update": {"summary": "s"}}]));
        assert_eq!(found.diagnostics.iter().collect::<Vec<_>>(), Vec::<&Diagnostic>::new());
        let at = |pointer: &str| found.document.value.pointer(pointer).cloned();
        for path in ["a", "b"] {
            let place = format!("/paths/~1{path}/get/responses/200/content/application~1json");
            assert_eq!(at(&place), Some(json!({"schema": {"type": "integer"}})));
            let origin = found.document.origins.resolve(&format!("{place}/schema")).pointer;
            assert_eq!(origin, "/components/mediaTypes/A/schema");
        }
        assert_eq!(at("/paths/~1c/get/responses/200"), Some(json!({"$ref": "#/components/responses/R"})));
        assert_eq!(at("/paths/~1c/get/security"), Some(json!([{"key": [], "other": ["s"]}, {"key": []}])));
        assert_eq!(at("/security"), Some(json!([{"key": []}])));
    }

    #[test]
    fn what_lowering_says_can_be_heard_without_a_crate() {
        let codes = |document: Value| {
            let file = |name: &str, text: String| TextFile { path: name.into(), text };
            let sources = Sources {
                stem: "x".to_owned(),
                document: file("x.json", document.to_string()),
                overlay: None,
                diagnostics: Diagnostics::default(),
                limits: Limits::default(),
            };
            explore(sources, false).1.diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        let sound = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}});
        assert_eq!(codes(sound), ["no-servers"]);
        assert!(!codes(document()).contains(&"no-servers"), "of a fault nothing more is said");
    }

    #[test]
    fn the_value_that_a_schema_names_for_itself_is_the_one_of_its_type() {
        let child = json!({"allOf": [{"$ref": "#/definitions/Pet"}], "x-discriminator-value": "cat.v1"});
        let pet = json!({"type": "object", "discriminator": "kind", "required": ["kind"], "properties": {"kind": {"type": "string"}}});
        let document = json!({
            "swagger": "2.0", "info": {"title": "t", "version": "1"}, "definitions": {"Pet": pet, "Cat": child},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Pet"}}}}}},
        });
        let checked = checked(&document, &json!([{"target": "$.info", "update": {"description": "s"}}]));
        let plan = crate::lower::lower("t", &checked.document.value, &mut Diagnostics::default());
        let spelled = format!("{:?}", plan.types);
        assert!(spelled.contains("cat.v1") && !spelled.contains("\"Cat\".to"), "{spelled}");
    }

    #[test]
    fn what_a_part_of_a_schema_tells_its_heirs_apart_by_is_heard() {
        let extends =
            |name: &str, own: Value| json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}, own]});
        let kind = |name: &str, mapping: Value| {
            json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}},
                "discriminator": {"propertyName": name, "mapping": mapping}})
        };
        let schema = json!({"$ref": "#/components/schemas/Animal"});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}}},
            "components": {"schemas": {
                "Animal": kind("kind", json!({"mammal": "Mammal"})),
                "Mammal": extends("Animal", kind("sub", json!({"bat.v1": "Bat"}))),
                "Bat": extends("Mammal", json!({"type": "object", "properties": {"wing": {"type": "number"}}})),
            }},
        });
        let checked = checked(&document, &json!([{"target": "$.info", "update": {"description": "s"}}]));
        let mut diagnostics = Diagnostics::default();
        let plan = crate::lower::lower("t", &checked.document.value, &mut diagnostics);
        let spelled = format!("{:?}", plan.types);
        assert!(spelled.contains("\"bat.v1\"") && !spelled.contains("value: \"Bat\""), "{spelled}");
        assert!(!diagnostics.iter().any(|finding| finding.code == "unmade-word"));
    }

    #[test]
    fn a_faulty_hint_is_at_the_action_that_wrote_it() {
        let hint = json!({"target": "$.paths['/a'].get", "update": {"x-switchboard-pagin": {}}});
        let lenient = json!({"target": "$", "update": {"x-switchboard-lenient": true}});
        let findings = checked(&document(), &json!([lenient, hint])).into_findings();
        let finding = findings.diagnostics.iter().find(|finding| finding.severity == Severity::Error).unwrap();
        let origin = findings.origins.resolve(&finding.pointer);
        assert_eq!((finding.code, origin.source), ("bad-hint", Source::Overlay));
        assert_eq!(origin.pointer, "/actions/1/update/x-switchboard-pagin");
    }
}
