//! The registry that `cargo xtask explain` reads: what the codes of the generator mean, and those that a document gets for
//! its process, not for what is written in it.

use crate::process::{MEMORY_LIMIT, PROCESS_DIED, TIME_LIMIT};
use codegen::{diff::change::Kind, explain::Explanation, suggest::Suggester};

/// The crate has fewer methods than the document has operations.
pub const OPERATIONS_LOST: &str = "operations-lost";
/// rustc could not look at the crate.
pub const NOT_CHECKED: &str = "not-checked";

/// All explanations.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    codegen::explain::all().chain(EXPLANATIONS)
}

/// The explanation of `code`.
pub fn find(code: &str) -> Option<&'static Explanation> {
    all().find(|explanation| explanation.code == code)
}

/// What a code of `cargo xtask diff` means.
pub fn change(code: &str) -> Option<String> {
    let kind = Kind::ALL.iter().find(|kind| kind.code() == code)?;
    Some(format!("{code}: a change that `cargo xtask diff` tells\n\n{}\n", kind.meaning()))
}

/// The code that is spelled most like `code`.
pub fn nearest(code: &str) -> Option<&'static str> {
    let changes = Kind::ALL.iter().map(|kind| kind.code());
    Suggester::default().nearest(code, all().map(|explanation| explanation.code).chain(changes))
}

/// All codes with their titles, a line each, in order: those of findings, and those of changes that `cargo xtask diff` tells.
pub fn list() -> String {
    let mut findings: Vec<_> = all().map(|explanation| (explanation.code, explanation.title)).collect();
    let mut changes: Vec<_> = Kind::ALL.iter().map(|kind| (kind.code(), kind.meaning())).collect();
    findings.sort_unstable();
    changes.sort_unstable();
    let width = findings.iter().chain(&changes).map(|(code, _)| code.len()).max().unwrap_or_default();
    let lines = |list: Vec<(&str, &str)>| -> String {
        list.into_iter().map(|(code, title)| format!("{code:<width$}  {title}\n")).collect()
    };
    format!("{}\nchanges that `cargo xtask diff` tells:\n\n{}", lines(findings), lines(changes))
}

/// The explanations of the codes of processes.
const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: TIME_LIMIT,
        title: "a document takes too long",
        text: "The process of the document, or of rustc with its crate, was ended when its time was over. The stage \
               tells what it was at. No document should need that long: please report it.",
        before: "cargo xtask corpus specs",
        after: "cargo xtask corpus specs --timeout 600 --check-timeout 1800",
    },
    Explanation {
        code: MEMORY_LIMIT,
        title: "a document takes too much memory",
        text: "The process of the document, or of rustc with its crate, was ended when it held more than it may. The \
               stage tells what it was at. No document should need that much: please report it.",
        before: "cargo xtask corpus specs",
        after: "cargo xtask corpus specs --memory 8192 --check-memory 16384",
    },
    Explanation {
        code: PROCESS_DIED,
        title: "a document ended the generator",
        text: "The process of the document ended without a result, for example because its stack was used up; its last \
               words are quoted. This is a mistake in the generator: please report it with the document.",
        before: "thread 'pets' has overflowed its stack",
        after: "a crate, or a finding that says what is wrong with the document",
    },
    Explanation {
        code: OPERATIONS_LOST,
        title: "the crate has fewer methods than the document has operations",
        text: "Every operation of a document becomes a method. The two are counted independently of each other, and \
               differ. This is a mistake in the generator: please report it with the document.",
        before: "a document with 12 operations, a client with 11 methods",
        after: "12 methods",
    },
    Explanation {
        code: "version-lowered",
        title: "a crate's version is too low for what has changed",
        text: "Since the crate was released, programs that use it have to be changed, or there is more in it than there was. \
               Somebody has given it a version that says less. `--allow-breaking` lets it have that version.",
        before: "version = \"0.1.1\"  where `Pet::name` was `String` in 0.1.0 and is `Option<String>`",
        after: "version = \"0.2.0\"",
    },
    Explanation {
        code: "unreadable-release",
        title: "what a crate was released as cannot be read",
        text: "`.switchboard-release.json` in a crate's folder has what programs could name of the last release, and the \
               document that it was made of; versions and changelogs follow from it.",
        before: "<<<<<<< a merge conflict in crates/pets/.switchboard-release.json",
        after: "the file of the last release: `git checkout pets-v0.1.0 -- crates/pets/.switchboard-release.json`",
    },
    Explanation {
        code: "not-a-version",
        title: "a crate's version is none",
        text: "The version in the crate's `Cargo.toml` was changed by hand to something that is no version.",
        before: "version = \"1.0\"",
        after: "version = \"1.0.0\"",
    },
    Explanation {
        code: NOT_CHECKED,
        title: "rustc could not look at a crate",
        text: "The crate was generated, but cargo did not come as far as checking it, for example because the runtime \
               does not compile, or a dependency is neither on this machine nor to be had.",
        before: "cargo xtask corpus specs --compile, without a network, on a machine that never built this project",
        after: "cargo fetch && cargo xtask corpus specs --compile",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};
    use syn::visit::Visit;

    /// Collects the codes that findings are made with in a file: string literals in the place of the code.
    #[derive(Default)]
    struct Codes(BTreeSet<String>);

    impl<'a> Visit<'a> for Codes {
        fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
            if let syn::Expr::Path(function) = &*call.func {
                let path: Vec<String> =
                    function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                let place = match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                    [.., "Diagnostic", "new"] => Some(1),
                    [.., "Diagnostic", "error" | "warning" | "adaptation"] | [.., "Rule", "survivable" | "fatal"] => {
                        Some(0)
                    }
                    _ => None,
                };
                if let Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(code), .. })) =
                    place.and_then(|place| call.args.get(place))
                {
                    self.0.insert(code.value());
                }
            }
            syn::visit::visit_expr_call(self, call);
        }

        /// Tests make findings of their own.
        fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
            if module.ident != "tests" {
                syn::visit::visit_item_mod(self, module);
            }
        }
    }

    fn collect(folder: &Path, codes: &mut Codes) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, codes);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                codes.visit_file(&syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap());
            }
        }
    }

    #[test]
    fn a_change_is_explained_as_a_finding_is() {
        let said = change("path-changed").unwrap();
        assert!(said.ends_with("An operation stands at another path, or has another HTTP method.\n"), "{said}");
        assert_eq!(change("path-chnged"), None);
        assert_eq!(nearest("path-chnged"), Some("path-changed"));
        assert!(list().contains("\npath-changed ") && list().contains("\npath-dots "));
        for kind in Kind::ALL {
            assert!(find(kind.code()).is_none(), "{} is a finding, too", kind.code());
        }
    }

    #[test]
    fn every_code_is_explained_once() {
        let mut codes = Codes::default();
        for folder in ["src", "codegen/src"] {
            collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut codes);
        }
        assert!(codes.0.contains("dangling-ref") && codes.0.contains("not-json"), "{:?}", codes.0);
        let mut explained = BTreeSet::new();
        for explanation in all() {
            assert!(explained.insert(explanation.code.to_owned()), "`{}` is explained twice", explanation.code);
            assert!(
                explanation
                    .code
                    .chars()
                    .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-')
            );
        }
        let missing: Vec<&String> = codes.0.difference(&explained).collect();
        assert!(missing.is_empty(), "not explained: {missing:?}");
    }

    #[test]
    fn a_code_is_found_and_a_slip_gets_a_suggestion() {
        assert!(find("dangling-ref").unwrap().to_string().starts_with("dangling-ref: a reference leads nowhere\n"));
        assert!(find("dangling").is_none());
        assert_eq!(nearest("danglin-ref"), Some("dangling-ref"));
        // And what stands between findings and changes.
        assert_eq!(list().lines().count(), all().count() + Kind::ALL.len() + 3);
    }
}
