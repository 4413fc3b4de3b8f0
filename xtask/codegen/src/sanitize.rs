//! Text from documents, fit for messages: nothing in it reaches a terminal that a terminal would obey.

use std::{borrow::Cow, path::Path};

/// The longest path that is shown, in characters.
const MAX_PATH: usize = 600;

/// A path for messages, with forward slashes everywhere.
pub fn path(path: &Path) -> String {
    sanitize(&path.to_string_lossy().replace('\\', "/"), MAX_PATH).into_owned()
}

/// `text` without what is behind so many characters.
pub fn cut_to(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// `text` fit for a terminal: cut at `characters`, and escaped but for newlines.
pub fn sanitize(text: &str, characters: usize) -> Cow<'_, str> {
    let cut = cut_to(text, characters);
    if cut.chars().any(|character| character != '\n' && is_hostile(character)) {
        Cow::Owned(cut.split('\n').map(escaped).collect::<Vec<_>>().join("\n"))
    } else {
        cut
    }
}

/// `text` on one line, with everything that a terminal would obey as an escape. Tabs become a space.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push(' '),
            hostile if is_hostile(hostile) => shown.extend(hostile.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown
}

/// Control characters, and the marks that change the direction of text (Unicode Standard Annex #9) or hide in it.
pub fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
        )
}
