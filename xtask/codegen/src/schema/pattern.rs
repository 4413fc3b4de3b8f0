//! Text for a pattern: a string that a regular expression matches, the simplest there is.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use regress::Regex;

/// How long a sample may get.
const LONGEST: usize = 10_000;

/// How often a repetition is filled up at most to meet what a pattern asserts beside it.
const MOST_FILLED: usize = 127;

/// Text of at least `least` characters that matches an ECMA-262 pattern; none if that is beyond what is understood here. What a
/// pattern asserts without taking it, ahead or behind, is left to chance.
pub fn sample(pattern: &str, least: usize) -> Option<String> {
    let hir = regex_syntax::ParserBuilder::new().build().parse(&without_assertions(pattern)).ok()?;
    // Repetitions are filled up until the text is long enough.
    let mut more = 0;
    loop {
        let mut text = String::new();
        write(&hir, more, &mut text)?;
        let is_long = text.chars().count() >= least;
        if is_long && matches(pattern, &text) {
            return Some(text);
        }
        more = more * 2 + 1;
        if more > LONGEST || (is_long && more > MOST_FILLED) {
            return None;
        }
    }
}

/// A pattern without its assertions (ECMA-262 section 22.2.1), `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
fn without_assertions(pattern: &str) -> String {
    const OPENINGS: [&str; 4] = ["(?=", "(?!", "(?<=", "(?<!"];
    let (mut kept, mut rest, mut depth, mut in_class) = (String::new(), pattern, 0usize, false);
    while let Some(first) = rest.chars().next() {
        let opens = !in_class && first == '(';
        if opens && (depth > 0 || OPENINGS.iter().any(|opening| rest.starts_with(opening))) {
            depth += 1;
        }
        let taken = if first == '\\' {
            first.len_utf8() + rest.chars().nth(1).map_or(0, char::len_utf8)
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(taken);
        if depth == 0 {
            kept.push_str(piece);
        }
        match first {
            '[' => in_class = true,
            ']' => in_class = false,
            ')' if !in_class => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = after;
    }
    kept
}

/// Whether no text at all matches a pattern, because it wants text behind the end or before the start.
pub fn is_impossible(pattern: &str) -> bool {
    let Ok(hir) = regex_syntax::ParserBuilder::new().build().parse(pattern) else { return false };
    let HirKind::Concat(parts) = hir.kind() else { return false };
    let takes_text = |parts: &[Hir]| parts.iter().any(|part| part.properties().minimum_len() > Some(0));
    let at = |look: Look| parts.iter().position(|part| matches!(part.kind(), HirKind::Look(found) if *found == look));
    let before = at(Look::Start).and_then(|start| parts.get(..start));
    let behind = at(Look::End).and_then(|end| parts.get(end..));
    before.is_some_and(takes_text) || behind.is_some_and(takes_text)
}

fn write(hir: &Hir, more: usize, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(character(class)?),
        HirKind::Capture(capture) => write(&capture.sub, more, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, more, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, more, text)?,
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min).ok()?;
            let most = repetition.max.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
            // One of what may be missing says more than none.
            for _ in 0..least.max(1).saturating_add(more).min(most) {
                write(&repetition.sub, more, text)?;
            }
        }
    }
    Some(())
}

/// A character of a class, a letter or digit if there is one.
fn character(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let contains = |wanted: char| class.ranges().iter().any(|range| range.start() <= wanted && wanted <= range.end());
    let plain = "a1A0bcdefghijklmnopqrstuvwxyz23456789BCDEFGHIJKLMNOPQRSTUVWXYZ-_. ";
    plain.chars().find(|wanted| contains(*wanted)).or_else(|| Some(class.ranges().first()?.start()))
}

/// Whether `text` has a match of an ECMA-262 pattern; a pattern that is none is matched by anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    let compiled = Regex::with_flags(pattern, "u").or_else(|_| Regex::new(pattern));
    compiled.map_or(true, |pattern| pattern.find(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_match() {
        for pattern in ["^[a-z]{2,5}$", "^\\d{4}-\\d{2}$", "^(yes|no)$", "^[^@]+@[^@]+\\.[a-z]+$", "abc", "^\\p{L}+$"] {
            let text = sample(pattern, 0).unwrap();
            assert!(matches(pattern, &text), "{pattern}: {text}");
        }
        assert_eq!(sample("^[a-z]+$", 9).map(|text| text.len() >= 9), Some(true));
        assert_eq!(sample("^(?=x)y$", 0), None);
        for pattern in [r"^(?=(?:\D*\d){7,15}$)\+[1-9]\d{0,2}\.?\d+$", r"^(?!b\))[a-z]{3}$", r"^a(?<![()])\(b$"] {
            assert!(sample(pattern, 0).is_some_and(|text| matches(pattern, &text)), "{pattern}");
        }
        assert_eq!(sample("^[a-z]{2}$", 9), None);
    }

    #[test]
    fn what_no_text_matches_is_seen() {
        assert!(is_impossible("^[0-9a-f]{32}$'") && is_impossible("a^b"));
        for pattern in ["^[0-9a-f]{32}$", "^a$|b", "a$b?", "(", ""] {
            assert!(!is_impossible(pattern), "{pattern}");
        }
    }
}
