//! Files and findings on their way between two processes.
//!
//! Paths go as the system has them, which need not be text. Findings go with their places in the files, which are looked
//! up where the files are looked into anyway.

use crate::codes;
use codegen::{
    diagnostics::{Correction, Diagnostic, Diagnostics, Note, Pin, Severity, Source},
    load::{Limits, TextFile},
    origins::{Origin, Origins},
    pipeline, render,
};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;

#[derive(Debug, Serialize, Deserialize)]
struct File {
    path: OsString,
    text: String,
}

impl File {
    fn of(file: &TextFile) -> Self {
        Self { path: file.path.clone().into_os_string(), text: file.text.clone() }
    }

    fn received(self) -> TextFile {
        TextFile { path: self.path.into(), text: self.text }
    }
}

/// The files of one API, read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sources {
    stem: String,
    document: File,
    overlay: Option<File>,
    findings: Vec<Finding>,
    max_bytes: u64,
}

impl Sources {
    /// On their way.
    pub fn of(sources: &pipeline::Sources) -> Self {
        Self {
            stem: sources.stem.clone(),
            document: File::of(&sources.document),
            overlay: sources.overlay.as_ref().map(File::of),
            findings: sources.diagnostics.iter().map(Finding::of).collect(),
            max_bytes: sources.limits.max_bytes,
        }
    }

    /// Where they were sent to.
    pub fn received(self) -> pipeline::Sources {
        pipeline::Sources {
            stem: self.stem,
            document: self.document.received(),
            overlay: self.overlay.map(File::received),
            diagnostics: received(self.findings),
            limits: Limits { max_bytes: self.max_bytes },
        }
    }
}

/// All that was found about one API, but for the files that whoever asks has already.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Findings {
    parts: Vec<File>,
    missing: Vec<String>,
    /// Where what stands at a pointer was written: in which file, and where in it.
    origins: Vec<(String, (Source, usize), String)>,
    findings: Vec<Finding>,
}

impl Findings {
    /// On their way, each with its place.
    pub fn of(findings: &pipeline::Findings) -> Self {
        let placed = render::located(findings, |_| true);
        let placed = placed.into_iter().map(|located| {
            let mut finding = located.diagnostic.clone();
            let pin = |place: &render::Place<'_>| place.pin(findings);
            finding.pin = pin(&located.place);
            for (note, (_, place)) in finding.notes.iter_mut().zip(&located.notes) {
                note.pin = pin(place);
            }
            Finding::of(&finding)
        });
        Self { findings: placed.collect(), ..Self::unplaced(findings) }
    }

    /// The same of a document that no file is known of.
    pub fn unplaced(findings: &pipeline::Findings) -> Self {
        Self {
            parts: findings.parts.iter().map(File::of).collect(),
            missing: findings.missing.clone(),
            origins: findings.origins.entries().into_iter().map(sent_origin).collect(),
            findings: findings.diagnostics.iter().map(Finding::of).collect(),
        }
    }

    /// Where they were sent to, with the files that were asked about.
    pub fn received(self, document: TextFile, overlay: Option<TextFile>) -> pipeline::Findings {
        let mut origins = Origins::default();
        for (pointer, (source, part), origin) in self.origins {
            origins.written(&pointer, Origin { source: source.with_part(part), pointer: origin });
        }
        pipeline::Findings {
            document,
            overlay,
            parts: self.parts.into_iter().map(File::received).collect(),
            missing: self.missing,
            origins,
            diagnostics: received(self.findings),
        }
    }

    /// The findings alone.
    pub fn into_diagnostics(self) -> Diagnostics {
        received(self.findings)
    }
}

fn sent_origin((pointer, origin): (String, Origin)) -> (String, (Source, usize), String) {
    (pointer, (origin.source, origin.source.part()), origin.pointer)
}

fn received(findings: Vec<Finding>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(findings.into_iter().map(Finding::received));
    diagnostics
}

/// A finding: what a report says of it, and what only this program needs.
#[derive(Debug, Serialize, Deserialize)]
struct Finding {
    code: String,
    severity: Severity,
    message: String,
    source: (Source, usize),
    place: Place,
    notes: Vec<(String, Place)>,
    help: Option<String>,
    repair: Vec<String>,
    correction: Option<Correction>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    pointer: String,
    offset: Option<usize>,
    pin: Option<Pin>,
}

impl Finding {
    fn of(finding: &Diagnostic) -> Self {
        let place = |pointer: &str, offset: Option<usize>, pin: &Option<Pin>| Place {
            pointer: pointer.to_owned(),
            offset,
            pin: pin.clone(),
        };
        let notes = finding.notes.iter();
        Self {
            code: finding.code.to_owned(),
            severity: finding.severity,
            message: finding.message.clone(),
            source: (finding.source, finding.source.part()),
            place: place(&finding.pointer, finding.offset, &finding.pin),
            notes: notes.map(|note| (note.message.clone(), place(&note.pointer, note.offset, &note.pin))).collect(),
            help: finding.help.clone(),
            repair: finding.repair.clone(),
            correction: finding.correction.clone(),
        }
    }

    fn received(self) -> Diagnostic {
        // Every code is explained: the registry has its own copy of it.
        let code = codes::find(&self.code).map_or("internal-error", |explanation| explanation.code);
        let notes = self.notes.into_iter().map(|(message, Place { pointer, offset, pin })| Note {
            message,
            pointer,
            offset,
            pin,
        });
        Diagnostic {
            source: self.source.0.with_part(self.source.1),
            offset: self.place.offset,
            pin: self.place.pin,
            notes: notes.collect(),
            help: self.help,
            repair: self.repair,
            correction: self.correction,
            ..Diagnostic::new(self.severity, code, self.place.pointer, self.message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::diagnostics::{Severity, Span};
    use std::path::PathBuf;

    /// Deeper than a JSON text may be that is read back.
    fn origins() -> Origins {
        let mut origins = Origins::default();
        let origin = |source, pointer: &str| Origin { source, pointer: pointer.to_owned() };
        origins.written("/a", origin(Source::Part(2), "/b"));
        origins.written("/a/c", origin(Source::Overlay, ""));
        origins.written(&"/x".repeat(300), origin(Source::Part(1), "/y"));
        origins
    }

    #[test]
    fn findings_come_as_they_were_sent_each_with_its_place() {
        let mut diagnostics = Diagnostics::default();
        let of_overlay = Diagnostic::warning("dangling-ref", "/actions/0", "m").in_source(Source::Overlay);
        let mut of_overlay = of_overlay.with_help("h").with_note("/actions/1", "n");
        of_overlay.repair = vec!["{}".to_owned()];
        of_overlay.correction = Some(Correction::Target("$".to_owned()));
        diagnostics.push(of_overlay);
        diagnostics.push(Diagnostic::error("not-json", "", "e").in_source(Source::Part(0)).at_offset(3));
        let file = |name: &str, text: &str| TextFile { path: name.into(), text: text.to_owned() };
        let (document, overlay) = (file("a.json", "{}"), Some(file("o.json", "{\n \"actions\": [1, 2]}")));
        let findings = pipeline::Findings {
            document: document.clone(),
            overlay: overlay.clone(),
            parts: vec![file("p.json", "ab\ncd")],
            missing: vec!["m.json".to_owned()],
            origins: origins(),
            diagnostics,
        };
        let sent = serde_json::to_string(&Findings::of(&findings)).unwrap();
        let back = serde_json::from_str::<Findings>(&sent).unwrap().received(document, overlay);
        assert_eq!((back.parts[0].path.clone(), &back.missing), (PathBuf::from("p.json"), &findings.missing));
        for pointer in ["/a/d", "/a/c/d", &"/x".repeat(301), "/e"] {
            assert_eq!(back.origins.resolve(pointer), origins().resolve(pointer));
        }
        let places: Vec<(String, usize, usize)> = render::located(&back, |_| true)
            .iter()
            .map(|found| {
                let span = found.place.span.clone().unwrap_or(Span { line: 0, column: 0, bytes: 0..0 });
                (found.place.file.path.display().to_string(), span.line, span.column)
            })
            .collect();
        assert_eq!(places, [("o.json".to_owned(), 2, 14), ("p.json".to_owned(), 2, 1)]);
        assert!(back.diagnostics.iter().all(|finding| finding.pin.is_some()));
        let bare = |findings: &pipeline::Findings| {
            let mut all: Vec<Diagnostic> = findings.diagnostics.iter().cloned().collect();
            for finding in &mut all {
                finding.pin = None;
                finding.notes.iter_mut().for_each(|note| note.pin = None);
            }
            all
        };
        assert_eq!(bare(&back), bare(&findings));
        assert_eq!(back.diagnostics.count(Severity::Error), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_text() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(OsString::from_vec(vec![b'a', 0xFF]));
        let sent = serde_json::to_string(&File::of(&TextFile { path: path.clone(), text: String::new() })).unwrap();
        assert_eq!(serde_json::from_str::<File>(&sent).unwrap().received().path, path);
    }
}
