//! Findings as text, the way a compiler shows them; the only place that turns pointers into lines.
//!
//! Documents come from anywhere, and their text ends up in a terminal: whatever could steer it or reorder what is read
//! is shown as an escape.

use crate::sanitize::{cut_to, escaped, path, sanitize};
use crate::{
    diagnostics::{Diagnostic, Note, Pin, Severity, Source, Span},
    load::{Syntax, TextFile},
    pipeline::Findings,
    position::{Anchor, floor_char_boundary, locate},
};
use indexmap::IndexMap;
use std::{
    borrow::Cow,
    fmt::{Display, Write as _},
};

/// The longest message and help text that is shown, in characters.
const MAX_MESSAGE: usize = 600;
const MAX_HELP: usize = 4000;

/// The most characters of a source line that are shown, and how many of them stand before the marked place at most.
const MAX_LINE: usize = 120;
const MAX_BEFORE: usize = 60;

/// The most findings of one code in one document that are shown; a report holds them all.
const MAX_ALIKE: usize = 3;

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With the colours of a terminal.
    pub colour: bool,
    /// Adaptations as well.
    pub verbose: bool,
    /// Errors alone.
    pub quiet: bool,
    /// What lists the findings that are not shown, if anything does.
    pub all: Option<&'static str>,
}

impl Look {
    /// Whether findings of this severity are shown.
    pub fn shows(self, severity: Severity) -> bool {
        match severity {
            Severity::Error => true,
            Severity::Warning => !self.quiet,
            Severity::Adaptation => self.verbose,
        }
    }
}

/// Where a finding or a note of it is.
#[derive(Clone, Debug)]
pub struct Place<'f> {
    /// The file.
    pub file: &'f TextFile,
    /// The place in it; `None` when the file has no text.
    pub span: Option<Span>,
}

impl Place<'_> {
    /// The place as it is said to whoever has the same files as these findings.
    pub fn pin(&self, findings: &Findings) -> Option<Pin> {
        let file = findings.files().iter().position(|file| std::ptr::eq(*file, self.file))?;
        Some(Pin { file, span: self.span.clone() })
    }
}

/// A finding with its places.
#[derive(Clone, Debug)]
pub struct Located<'f> {
    /// The finding.
    pub diagnostic: &'f Diagnostic,
    /// Where it is.
    pub place: Place<'f>,
    /// Where its notes are, in their order.
    pub notes: Vec<(&'f Note, Place<'f>)>,
}

/// Looks up the places of all findings that `wanted` picks: one pass over each file.
pub fn located<'f>(findings: &'f Findings, mut wanted: impl FnMut(&Diagnostic) -> bool) -> Vec<Located<'f>> {
    let picked: Vec<&Diagnostic> = findings.diagnostics.iter().filter(|diagnostic| wanted(diagnostic)).collect();
    let files = findings.files();
    let mut anchors: Vec<Vec<Anchor>> = vec![Vec::new(); files.len()];
    let mut note_place = |source: Source, pointer: &str, offset: Option<usize>, pin: Option<&Pin>| {
        if let Some(Pin { file, span }) = pin {
            return (*file, Err(span.clone()));
        }
        let (source, anchor) = match offset {
            Some(offset) => (source, Anchor::Offset(offset)),
            None if source != Source::Document => (source, Anchor::Pointer(pointer.to_owned())),
            None => {
                let origin = findings.origins.resolve(pointer);
                (origin.source, Anchor::Pointer(origin.pointer))
            }
        };
        let slot = findings.slot(source);
        let Some(list) = anchors.get_mut(slot) else { return (slot, Err(None)) };
        list.push(anchor);
        (slot, Ok(list.len() - 1))
    };
    let keys: Vec<_> = picked
        .iter()
        .map(|finding| {
            let own = note_place(finding.source, &finding.pointer, finding.offset, finding.pin.as_ref());
            let notes = finding.notes.iter();
            let notes = notes.map(|note| note_place(finding.source, &note.pointer, note.offset, note.pin.as_ref()));
            (own, notes.collect::<Vec<_>>())
        })
        .collect();
    let spans: Vec<Vec<Span>> = files.iter().zip(&anchors).map(|(file, anchors)| spans(file, anchors)).collect();
    // What is not looked up here has been looked up before.
    let place = |(slot, span): (usize, Result<usize, Option<Span>>)| Place {
        file: files.get(slot).copied().unwrap_or(&findings.document),
        span: span.map_or_else(|found| found, |index| spans.get(slot).and_then(|spans| spans.get(index)).cloned()),
    };
    picked
        .into_iter()
        .zip(keys)
        .map(|(diagnostic, (own, notes))| Located {
            diagnostic,
            place: place(own),
            notes: diagnostic.notes.iter().zip(notes.into_iter().map(place)).collect(),
        })
        .collect()
}

fn spans(file: &TextFile, anchors: &[Anchor]) -> Vec<Span> {
    // Of a file that could not be read nothing is known but that; one that is empty has a beginning all the same.
    let is_read = !file.text.is_empty() || anchors.iter().any(|anchor| matches!(anchor, Anchor::Offset(_)));
    if !is_read || anchors.is_empty() {
        return Vec::new();
    }
    locate(&file.text, Syntax::of(&file.path), anchors)
}

/// All findings as text; empty when there is nothing to show.
pub fn render(findings: &Findings, style: Look) -> String {
    let mut text = String::new();
    // How many there are of each code, in the order of the first of each.
    let mut codes: IndexMap<(&str, Severity), usize> = IndexMap::new();
    let shown = located(findings, |finding| {
        if !style.shows(finding.severity) {
            return false;
        }
        let count = codes.entry((finding.code, finding.severity)).or_default();
        *count += 1;
        *count <= MAX_ALIKE
    });
    for ((code, severity), count) in codes {
        let alike = |finding: &&Located<'_>| finding.diagnostic.code == code && finding.diagnostic.severity == severity;
        for finding in shown.iter().filter(alike) {
            render_finding(&mut text, finding, style);
            text.push('\n');
        }
        if let Some(more) = count.checked_sub(MAX_ALIKE).filter(|more| *more > 0) {
            let path = path(&findings.document.path);
            let all = style.all.map(|all| format!("; {all} lists them all")).unwrap_or_default();
            let _ = writeln!(text, "… and {more} more `{code}` in {path}{all}\n");
        }
    }
    text
}

/// An error that is not about a place in a document, in the same look.
pub fn render_plain(severity: Severity, message: &dyn Display, help: Option<&str>, style: Look) -> String {
    let paint = Paint(style.colour);
    let (label, colour) = label(severity);
    let mut text = format!("{}: {}\n", paint.text(colour, label), sanitize(&message.to_string(), MAX_HELP));
    if let Some(help) = help {
        let _ = writeln!(text, "  = {}: {}", paint.text(BOLD, "help"), sanitize(help, MAX_HELP));
    }
    text
}

fn label(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
        Severity::Adaptation => ("adaptation", "1;36"),
    }
}

const BOLD: &str = "1";
const BLUE: &str = "1;34";

/// Writes with colours or without.
struct Paint(bool);

impl Paint {
    fn text<'t>(&self, code: &str, text: &'t str) -> Cow<'t, str> {
        if self.0 { Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m")) } else { Cow::Borrowed(text) }
    }
}

fn render_finding(text: &mut String, finding: &Located<'_>, style: Look) {
    let paint = Paint(style.colour);
    let Diagnostic { code, severity, message, help, .. } = finding.diagnostic;
    let (label, colour) = label(*severity);
    let head = format!("{label}[{code}]");
    let _ = writeln!(text, "{}: {}", paint.text(colour, &head), sanitize(message, MAX_MESSAGE));
    let line_number = finding.place.span.as_ref().map(|span| span.line.to_string()).unwrap_or_default();
    let margin = " ".repeat(line_number.len());
    let _ = writeln!(text, "{margin}{} {}", paint.text(BLUE, "-->"), show(&finding.place));
    if let Some(span) = &finding.place.span {
        let (line, before, marked) = excerpt(&finding.place.file.text, span);
        let bar = paint.text(BLUE, "|");
        let number = paint.text(BLUE, &line_number);
        let mark = format!("{}{}", " ".repeat(before), paint.text(colour, &"^".repeat(marked)));
        let _ = writeln!(text, "{margin} {bar}\n{number} {bar} {line}\n{margin} {bar} {mark}");
    }
    let equals = paint.text(BLUE, "=");
    for (note, place) in &finding.notes {
        let message = sanitize(&note.message, MAX_MESSAGE);
        let _ = writeln!(text, "{margin} {equals} {}: {message}: {}", paint.text(BOLD, "note"), show(place));
    }
    if let Some(help) = help {
        let help = sanitize(help, MAX_HELP);
        let indent = format!("\n{margin}         ");
        let _ = writeln!(text, "{margin} {equals} {}: {}", paint.text(BOLD, "help"), help.replace('\n', &indent));
    }
}

fn show(place: &Place<'_>) -> String {
    let path = path(&place.file.path);
    match &place.span {
        Some(span) => format!("{path}:{}:{}", span.line, span.column),
        None => path,
    }
}

/// The line that `span` is in, cut to what fits, with the width before the marked part and the width of that part.
fn excerpt(text: &str, span: &Span) -> (String, usize, usize) {
    let start = floor_char_boundary(text, span.bytes.start);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    // A minified document is one line of megabytes, of which only what can be shown is looked at.
    let end = floor_char_boundary(text, start.saturating_add(4 * 2 * MAX_LINE));
    let rest = text.get(start..end).unwrap_or_default();
    let rest = rest.split(['\n', '\r']).next().unwrap_or_default();
    let marked_bytes = span.bytes.len().min(rest.len());
    let marked = rest.get(..floor_char_boundary(rest, marked_bytes)).unwrap_or_default();
    let after = rest.get(marked.len()..).unwrap_or_default();

    let marked = escaped(marked);
    let marked = cut_to(&marked, MAX_LINE);
    let marked_width = marked.chars().count();
    let lead = text.get(line_start..start).unwrap_or_default();
    let fits = lead.chars().take(MAX_LINE).count() + marked_width <= MAX_LINE;
    let mut lead: Vec<char> = lead.chars().rev().take(if fits { MAX_LINE } else { MAX_BEFORE }).collect();
    let cut = lead.iter().map(|character| character.len_utf8()).sum::<usize>() < start - line_start;
    lead.reverse();
    let lead: String = lead.into_iter().collect();
    let mut line = if cut { "…".to_owned() } else { String::new() };
    line.push_str(&escaped(&lead));
    let width = line.chars().count();
    line.push_str(&marked);
    let room = MAX_LINE.saturating_sub(marked_width);
    line.push_str(&cut_to(&escaped(&after.chars().take(room + 1).collect::<String>()), room));
    (line.trim_end().to_owned(), width, marked_width.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanitize::is_hostile;
    use crate::{diagnostics::Diagnostics, origins::Origin};

    fn findings(text: &str, list: Vec<Diagnostic>) -> Findings {
        let mut diagnostics = Diagnostics::default();
        diagnostics.extend(list);
        let document = TextFile { path: "specs/x.json".into(), text: text.to_owned() };
        Findings { document, diagnostics, ..Findings::default() }
    }

    #[test]
    fn a_finding_looks_like_a_compilers() {
        let text = "{\n  \"a\": {\n    \"$ref\": \"#/b\"\n  },\n  \"c\": 1\n}";
        let finding = Diagnostic::error("dangling-ref", "/a/$ref", "`#/b` leads nowhere")
            .with_note("/c", "this is near")
            .with_help("write `#/c`\nor nothing");
        let expected = "\
error[dangling-ref]: `#/b` leads nowhere
 --> specs/x.json:3:13
  |
3 |     \"$ref\": \"#/b\"
  |             ^^^^^
  = note: this is near: specs/x.json:5:8
  = help: write `#/c`
          or nothing

";
        assert_eq!(render(&findings(text, vec![finding]), Look::default()), expected);
    }

    #[test]
    fn what_the_overlay_wrote_is_shown_in_the_overlay() {
        let mut findings = findings("{}", vec![Diagnostic::warning("w", "/a/b", "m")]);
        findings.overlay =
            Some(TextFile { path: "x.overlay.json".into(), text: "{\"actions\":\n[{\"b\": 1}]}".into() });
        findings.origins.written("/a", Origin { source: Source::Overlay, pointer: "/actions/0".into() });
        assert!(render(&findings, Look::default()).contains("--> x.overlay.json:2:8"));
    }

    #[test]
    fn of_many_alike_a_few_are_shown_and_the_rest_is_counted() {
        let list = (0..7).flat_map(|at| {
            [Diagnostic::error("e", format!("/{at}"), format!("m{at}")), Diagnostic::warning("w", "", format!("w{at}"))]
        });
        let found = findings("[0,1,2,3,4,5,6]", list.collect());
        let shown = render(&found, Look::default());
        assert!(shown.ends_with("… and 4 more `w` in specs/x.json\n\n"), "{shown}");
        let shown = render(&found, Look { all: Some("`--report FILE`"), ..Look::default() });
        let heads: Vec<&str> = shown.lines().filter(|line| line.contains(": m") || line.starts_with('…')).collect();
        assert_eq!(
            heads,
            [
                "error[e]: m0",
                "error[e]: m1",
                "error[e]: m2",
                "… and 4 more `e` in specs/x.json; `--report FILE` lists them all",
                "… and 4 more `w` in specs/x.json; `--report FILE` lists them all",
            ]
        );
    }

    #[test]
    fn adaptations_are_shown_on_demand() {
        let findings = findings("{}", vec![Diagnostic::adaptation("a", "", "m")]);
        assert_eq!(render(&findings, Look::default()), "");
        assert!(render(&findings, Look { verbose: true, ..Look::default() }).starts_with("adaptation[a]: m"));
    }

    #[test]
    fn hostile_text_cannot_reach_the_terminal() {
        let text = "{\"\u{1b}[2J\u{202e}\u{7}\": 1}";
        let finding =
            Diagnostic::error("e", "/x", "name \u{1b}]0;pwned\u{7} \u{2066}x\r\n\u{202e}y").with_help("\u{9b}31m");
        let shown = render(&findings(text, vec![finding]), Look::default());
        assert!(!shown.chars().any(|character| character != '\n' && is_hostile(character)), "{shown:?}");
        assert!(shown.contains("\\u{1b}]0;pwned\\u{7}"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{{\"a\":[{}7]}}", "123456, ".repeat(100_000));
        let shown = render(&findings(&text, vec![Diagnostic::error("e", "/a/100000", "m")]), Look::default());
        assert!(shown.len() < 1000, "{}", shown.len());
        assert!(shown.contains("…") && shown.contains(" 7]}"), "{shown}");
    }

    #[test]
    fn a_file_without_text_has_no_line() {
        let shown = render(&findings("", vec![Diagnostic::error("e", "", "m")]), Look::default());
        assert_eq!(shown, "error[e]: m\n--> specs/x.json\n\n");
    }

    #[test]
    fn colours_surround_and_never_replace() {
        let shown =
            render(&findings("{}", vec![Diagnostic::error("e", "", "m")]), Look { colour: true, ..Look::default() });
        assert!(shown.starts_with("\u{1b}[1;31merror[e]\u{1b}[0m: m"));
    }
}
