//! Rust identifiers from a document's names: any script, keywords, symbols, and no two alike in one scope.

use crate::diagnostics::pointer_tokens;
use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Words that cannot be used as identifiers (Rust Reference, "Keywords": strict, reserved, and `gen` of edition 2024).
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that generated code uses unqualified, so that a type of the document must not take them, and `Self`, which nothing
/// may be called: an underscore would keep whatever is named after it, such as its error, from being in camel case.
const PRELUDE: &[&str] = &[
    "Box",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Some",
    "String",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// What a value of an enum may not be called: the enum itself, and what its traits call their associated types.
const NO_VALUES: &[&str] = &["Err", "Self"];

/// Names of things that have capitals within a word.
const WHOLE: &[&str] = &[
    "DynamoDB",
    "ETag",
    "GHz",
    "GitHub",
    "GitLab",
    "GraphQL",
    "HMac",
    "IPv4",
    "IPv6",
    "JavaScript",
    "LinkedIn",
    "MHz",
    "MongoDB",
    "MySQL",
    "NoSQL",
    "OAuth",
    "OpenAI",
    "PayPal",
    "PostgreSQL",
    "RabbitMQ",
    "TypeScript",
    "VMware",
    "WhatsApp",
    "WiFi",
    "YouTube",
    "eSIM",
    "gRPC",
    "iOS",
    "iPadOS",
    "kHz",
    "mTLS",
    "macOS",
    "tvOS",
    "vCPU",
    "watchOS",
];

/// A `snake_case` identifier for fields, parameters and methods.
pub fn snake(name: &str) -> String {
    finish(spell(name).to_snake_case(), "_", "field")
}

/// A `PascalCase` identifier for types and variants.
pub fn pascal(name: &str) -> String {
    let ident = camel(name);
    if PRELUDE.contains(&ident.as_str()) { format!("{ident}Value") } else { ident }
}

fn camel(name: &str) -> String {
    finish(spell(name).to_upper_camel_case(), "N", "Empty")
}

/// A `PascalCase` identifier for a value of an enum, which nobody writes without the enum's name.
pub fn value(name: &str) -> String {
    let ident = camel(name);
    if NO_VALUES.contains(&ident.as_str()) { format!("{ident}Value") } else { ident }
}

/// A name in which the words with capitals within them are one word each: `oauth2_url` is read, `o_auth2_url` is not.
pub fn whole(name: &str) -> String {
    let mut read = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(next) = rest.chars().next() {
        let word = WHOLE.iter().find(|word| begins(rest, word, read.chars().next_back()));
        let length = word.map_or(next.len_utf8(), |word| word.len());
        let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match word {
            Some(_) => read.extend(taken.char_indices().map(|(at, letter)| match at {
                0 => letter,
                _ => letter.to_ascii_lowercase(),
            })),
            None => read.push_str(taken),
        }
        rest = left;
    }
    read
}

/// Whether a text that stands behind a character begins with this word, and not with a longer one.
fn begins(text: &str, word: &str, before: Option<char>) -> bool {
    let Some((found, rest)) = text.split_at_checked(word.len()) else { return false };
    let is_word = found.get(1..) == word.get(1..) && found.eq_ignore_ascii_case(word);
    let is_start = match (before, found.starts_with(char::is_uppercase)) {
        (Some(before), true) => !before.is_uppercase(),
        (Some(before), false) => !before.is_alphabetic(),
        (None, _) => true,
    };
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    is_word && is_start && !rest.starts_with(char::is_lowercase)
}

/// A `SCREAMING_SNAKE_CASE` identifier for statics, from an identifier that [`snake`] made. A letter that shares its capital with
/// another, or with several, is written as its number: `ß` is no `SS`.
pub fn screaming(ident: &str) -> String {
    let mut screaming = String::new();
    for letter in ident.trim_end_matches('_').chars() {
        let capital: String = letter.to_uppercase().collect();
        if capital.to_lowercase().chars().eq(letter.to_lowercase()) {
            screaming.push_str(&capital);
        } else {
            screaming.push_str(&format!("U{:04X}", u32::from(letter)));
        }
    }
    screaming
}

/// The first of `candidates` that `taken` does not hold, else the last one with the smallest number that makes it new.
pub fn unique<I: IntoIterator<Item = String>>(candidates: I, taken: &mut BTreeSet<String>) -> String {
    let mut last = String::new();
    for candidate in candidates {
        if taken.insert(candidate.clone()) {
            return candidate;
        }
        last = candidate;
    }
    (2_u64..).map(|number| numbered(&last, number)).find(|name| taken.insert(name.clone())).unwrap_or(last)
}

/// An identifier with a number that tells it from others.
pub fn numbered(ident: &str, number: u64) -> String {
    if ident.chars().next().is_some_and(char::is_lowercase) {
        return format!("{}_{number}", ident.trim_end_matches('_'));
    }
    let joint = if ident.ends_with(|character: char| character.is_ascii_digit()) { "_" } else { "" };
    format!("{ident}{joint}{number}")
}

/// How a name is spelled, in a word, and `other` is not that is the same but for that; none of what is no name.
pub fn spelling(name: &str, other: &str) -> Option<&'static str> {
    let word = |text: &str| match inner_symbol(text)? {
        '-' => Some("Hyphenated"),
        '_' => Some("Underscored"),
        '.' => Some("Dotted"),
        ' ' => Some("Spaced"),
        '/' => Some("Slashed"),
        ':' => Some("Coloned"),
        _ => Some("Separated"),
    };
    let case = case(name)?;
    Some(word(name).filter(|found| Some(*found) != word(other)).unwrap_or(case))
}

/// The first symbol within a name.
fn inner_symbol(name: &str) -> Option<char> {
    let inner = name.trim_matches(|character: char| !character.is_alphanumeric());
    inner.chars().find(|character| !character.is_alphanumeric())
}

/// How the letters of a name are written.
fn case(name: &str) -> Option<&'static str> {
    let mut letters = name.chars().filter(|character| character.is_alphabetic());
    let is_capital = letters.next()?.is_uppercase();
    let rest: Vec<char> = letters.collect();
    let is_any = |of: fn(&char) -> bool| rest.iter().any(of);
    Some(match is_capital {
        true if !is_any(|letter| letter.is_lowercase()) => "Uppercase",
        true => "Capitalized",
        false if is_any(|letter| letter.is_uppercase()) => "CamelCase",
        false => "Lowercase",
    })
}

/// Abbreviations in the plural (`URLs`) in lower case but for their first letter: their `s` begins no word.
fn with_plurals(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_capital = |at: usize| letters.get(at).is_some_and(|letter| letter.is_ascii_uppercase());
    let ends =
        |at: usize| letters.get(at) == Some(&'s') && !letters.get(at + 1).is_some_and(|next| next.is_lowercase());
    let mut spelled = String::with_capacity(name.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let length = (at..).take_while(|at| is_capital(*at)).count();
        let is_plural = length > 1 && ends(at + length);
        let rest = letters.iter().skip(at + 1).take(length.saturating_sub(1));
        spelled.push(*letter);
        spelled.extend(rest.map(|letter| if is_plural { letter.to_ascii_lowercase() } else { *letter }));
        at += length.max(1);
    }
    spelled
}

/// Symbols that carry the whole meaning of a name, in words; other symbols only separate words.
fn spell(name: &str) -> String {
    let name = with_plurals(name);
    let has_word = name.chars().any(char::is_alphanumeric);
    let mut spelled = String::with_capacity(name.len());
    for (index, character) in name.chars().enumerate() {
        let word = match character {
            '+' => "plus",
            '-' if index == 0 || !has_word => "minus",
            '<' => "less",
            '>' => "greater",
            '=' if !has_word => "equal",
            '!' if !has_word || index == 0 => "not",
            '*' => "star",
            '%' if !has_word => "percent",
            '@' if !has_word => "at",
            '#' if !has_word => "hash",
            '$' if !has_word => "dollar",
            '&' if !has_word => "and",
            '|' if !has_word => "or",
            '/' if !has_word => "slash",
            '.' if !has_word => "dot",
            '_' if !has_word => "underscore",
            ' ' if !has_word => "space",
            '?' if !has_word => "question",
            '~' if !has_word => "tilde",
            other => {
                spelled.push(if other == '\'' || other == '\u{2019}' { '\u{200B}' } else { other });
                continue;
            }
        };
        spelled.push(' ');
        spelled.push_str(word);
        spelled.push(' ');
    }
    spelled.retain(|character| character != '\u{200B}');
    spelled
}

/// Keeps what may stand in an identifier, and gives the rest of the guarantees.
fn finish(mut ident: String, digit_prefix: &str, empty: &str) -> String {
    ident.retain(|character| character == '_' || unicode_ident::is_xid_continue(character));
    // NFKC-unstable characters would make two spellings one identifier (or none): fall back to their code points.
    if !ident.is_ascii() && syn::parse_str::<syn::Ident>(&ident).is_err() && !starts_with_digit(&ident) {
        ident = ident
            .chars()
            .map(
                |character| {
                    if character.is_ascii() { character.to_string() } else { format!("u{:x}", u32::from(character)) }
                },
            )
            .collect();
    }
    if ident.trim_matches('_').is_empty() {
        return empty.to_owned();
    }
    if starts_with_digit(&ident) {
        ident.insert_str(0, digit_prefix);
    }
    if KEYWORDS.contains(&ident.as_str()) {
        ident.push('_');
    }
    ident
}

fn starts_with_digit(ident: &str) -> bool {
    ident.chars().next().is_some_and(|character| !unicode_ident::is_xid_start(character) && character != '_')
}

/// What words end with in the plural, and in the singular, where no rule makes one of the other.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("apis", "api"),
    ("biases", "bias"),
    ("bonuses", "bonus"),
    ("caches", "cache"),
    ("calories", "calorie"),
    ("canvases", "canvas"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("cpus", "cpu"),
    ("criteria", "criterion"),
    ("gpus", "gpu"),
    ("indices", "index"),
    ("matrices", "matrix"),
    ("menus", "menu"),
    ("movies", "movie"),
    ("people", "person"),
    ("statuses", "status"),
    ("uris", "uri"),
    ("vertices", "vertex"),
];

/// A word without the ending of an irregular plural, with that of its singular.
fn irregular(word: &str) -> Option<String> {
    IRREGULAR.iter().find_map(|(plural, singular)| {
        let (start, end) = word.split_at_checked(word.len().checked_sub(plural.len())?)?;
        let is_plural = end.eq_ignore_ascii_case(plural);
        let (first, rest) = (end.get(..1)?, singular.get(1..)?);
        is_plural.then(|| match end.chars().any(char::is_lowercase) {
            true => format!("{start}{first}{rest}"),
            false => format!("{start}{}", singular.to_uppercase()),
        })
    })
}

/// The singular of an English plural, where the rule is plain; other words stay as they are.
pub fn singular(word: &str) -> String {
    if let Some(singular) = irregular(word) {
        return singular;
    }
    let lower = word.to_lowercase();
    let cut = |count: usize, tail: &str| {
        let mut stem: String = word.chars().take(word.chars().count().saturating_sub(count)).collect();
        stem.push_str(tail);
        stem
    };
    if lower.len() <= 3
        || ["ss", "us", "is", "news", "series", "species", "status", "ics"].iter().any(|end| lower.ends_with(end))
    {
        word.to_owned()
    } else if lower.ends_with("ies") {
        cut(3, "y")
    } else if ["sses", "shes", "ches", "xes", "zzes"].iter().any(|end| lower.ends_with(end)) {
        cut(2, "")
    } else if lower.ends_with('s') {
        cut(1, "")
    } else {
        word.to_owned()
    }
}

/// The word in a pointer that names what it points to: the last token that is no keyword or index.
pub fn shape_name(pointer: &str) -> String {
    let tokens: Vec<String> = pointer_tokens(pointer).collect();
    tokens
        .into_iter()
        .rev()
        .find(|token| {
            !matches!(
                token.as_str(),
                "schema"
                    | "items"
                    | "properties"
                    | "additionalProperties"
                    | "content"
                    | "schemas"
                    | "$defs"
                    | "definitions"
                    | "allOf"
                    | "anyOf"
                    | "oneOf"
            ) && !token.chars().all(|character| character.is_ascii_digit())
                && !token.contains('/')
        })
        .unwrap_or_else(|| "Value".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_kind_become_identifiers() {
        for (name, expected) in [
            ("filters[service]", "filters_service"),
            ("lastSync", "last_sync"),
            ("type", "type_"),
            ("self", "self_"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("2fa", "_2fa"),
            ("@type", "type_"),
            ("$", "dollar"),
            ("", "field"),
            ("имя", "имя"),
            ("a'b", "ab"),
            ("x-y.z", "x_y_z"),
            ("clientURLs", "client_urls"),
            ("HTTPsOnly", "https_only"),
            ("IDs2", "ids2"),
            ("ACLset", "ac_lset"),
            ("DBUser", "db_user"),
        ] {
            assert_eq!(snake(name), expected, "{name}");
            assert!(syn::parse_str::<syn::Ident>(&snake(name)).is_ok(), "{name}");
        }
        for (name, expected) in [
            ("list-all-connections", "ListAllConnections"),
            ("Option", "OptionValue"),
            ("404", "N404"),
            ("", "Empty"),
            ("self", "SelfValue"),
            ("listAAGUIDs", "ListAaguids"),
        ] {
            assert_eq!(pascal(name), expected, "{name}");
            assert!(syn::parse_str::<syn::Ident>(&pascal(name)).is_ok(), "{name}");
        }
    }

    #[test]
    fn words_with_capitals_within_them_are_one_word() {
        for (name, expected) in [
            ("OAuth2", "oauth2"),
            ("getOAuthToken", "get_oauth_token"),
            ("oAuthApps", "oauth_apps"),
            ("IPv4Address", "ipv4_address"),
            ("primaryIPv6s", "primary_ipv6s"),
            ("iOS", "ios"),
            ("isMacOS", "is_macos"),
            ("vCPUs", "vcpus"),
            ("get_GitHub-Repo", "get_github_repo"),
            // Longer words, and letters that are words.
            ("AudiOSource", "audi_o_source"),
            ("OAuthenticate", "o_authenticate"),
            ("xOffset", "x_offset"),
            ("имяOAuth", "имя_oauth"),
        ] {
            assert_eq!(snake(&whole(name)), expected, "{name}");
        }
    }

    #[test]
    fn a_value_may_be_called_what_no_type_may() {
        for (name, expected) in [
            ("none", "None"),
            ("ok", "Ok"),
            ("DEFAULT", "Default"),
            ("none-value", "NoneValue"),
            ("self", "SelfValue"),
            ("err", "ErrValue"),
            ("on", "On"),
        ] {
            assert_eq!(value(name), expected, "{name}");
        }
    }

    #[test]
    fn a_taken_name_gets_the_next_candidate_then_a_number() {
        let mut taken = BTreeSet::from(["Connection".to_owned()]);
        let candidates = || ["Connection".to_owned(), "UserConnection".to_owned()];
        assert_eq!(unique(candidates(), &mut taken), "UserConnection");
        assert_eq!(unique(candidates(), &mut taken), "UserConnection2");
    }

    #[test]
    fn how_a_name_is_spelled_can_be_said() {
        for (name, other, expected) in [
            ("docsCount", "docs.count", Some("CamelCase")),
            ("docs.count", "docsCount", Some("Dotted")),
            ("docs-count", "docs.count", Some("Hyphenated")),
            ("docs_count", "docsCount", Some("Underscored")),
            ("docs_count", "DOCS_COUNT", Some("Lowercase")),
            ("_id", "id", Some("Lowercase")),
            ("ID", "id", Some("Uppercase")),
            ("1M", "1m", Some("Uppercase")),
            ("Add", "add", Some("Capitalized")),
            ("|=", "=", None),
            ("12", "1 2", None),
        ] {
            assert_eq!(spelling(name, other), expected, "{name}");
        }
    }

    #[test]
    fn two_identifiers_are_two_statics() {
        assert_eq!(["get_pet", "type_", "é1"].map(screaming), ["GET_PET", "TYPE", "É1"]);
        for (one, other) in [("straße", "strasse"), ("ı", "i"), ("ς", "σ"), ("ﬁ", "fi")] {
            assert_ne!(screaming(one), screaming(other));
            assert!(!screaming(one).contains(char::is_lowercase));
        }
    }

    #[test]
    fn plurals_that_follow_the_rule_lose_their_ending() {
        for (plural, expected) in [
            ("connections", "connection"),
            ("categories", "category"),
            ("status", "status"),
            ("boxes", "box"),
            ("address", "address"),
            ("children", "child"),
            ("orderStatuses", "orderStatus"),
            ("Aliases", "Alias"),
            ("PEOPLE", "PERSON"),
            ("search_indices", "search_index"),
            ("databases", "database"),
            ("causes", "cause"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }
}
