//! Findings as annotations of a pull request, in the workflow commands of GitHub Actions
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).

use codegen::{
    diagnostics::Severity,
    pipeline::Findings,
    render::{Located, Look, located},
    sanitize,
};

/// The findings that are to be shown, a line each.
pub fn annotations(findings: &Findings, look: Look) -> String {
    located(findings, |finding| look.shows(finding.severity)).iter().map(line).collect()
}

fn line(located: &Located<'_>) -> String {
    let finding = located.diagnostic;
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Adaptation => "notice",
    };
    let mut properties = vec![("file", sanitize::path(&located.place.file.path))];
    if let Some(span) = &located.place.span {
        properties.extend([("line", span.line.to_string()), ("col", span.column.to_string())]);
    }
    properties.push(("title", finding.code.to_owned()));
    let properties = properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect::<Vec<_>>();
    let help = finding.help.iter().map(|help| format!("\n{help}")).collect::<String>();
    format!("::{command} {}::{}\n", properties.join(","), data(&format!("{}{help}", finding.message)))
}

/// A message: one line, in which nothing ends the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{
        diagnostics::{Diagnostic, Diagnostics},
        load::TextFile,
    };

    #[test]
    fn findings_stand_at_their_lines() {
        let file = TextFile { path: "specs/a,b.json".into(), text: "{\n \"a\": 1}".to_owned() };
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error("dangling-ref", "/a", "100 % wrong\n::error::more").with_help("h"));
        diagnostics.push(Diagnostic::warning("vain-word", "", "w"));
        let findings = Findings { document: file, diagnostics, ..Findings::default() };
        let error =
            "::error file=specs/a%2Cb.json,line=2,col=7,title=dangling-ref::100 %25 wrong%0A::error::more%0Ah\n";
        assert_eq!(annotations(&findings, Look { quiet: true, ..Look::default() }), error);
        assert_eq!(annotations(&findings, Look::default()).lines().count(), 2);
    }
}
