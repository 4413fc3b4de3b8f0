//! The characters of a body, by the encoding that it is in.

use std::borrow::Cow;

/// An encoding that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Latin1,
    /// In whichever order of bytes the text begins with, else with the higher one first (RFC 2781, section 4.3).
    Utf16,
    Utf16BigEndian,
    Utf16LittleEndian,
}

impl Encoding {
    /// The encoding of a name, in any case (RFC 2978, section 2.3).
    pub(super) fn of(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "iso-8859-1" | "latin1" => Some(Self::Latin1),
            "utf-16" | "utf16" => Some(Self::Utf16),
            "utf-16be" => Some(Self::Utf16BigEndian),
            "utf-16le" => Some(Self::Utf16LittleEndian),
            _ => None,
        }
    }

    /// Whether its characters take two bytes at least.
    #[cfg(feature = "xml")]
    pub(super) fn is_wide(self) -> bool {
        matches!(self, Self::Utf16 | Self::Utf16BigEndian | Self::Utf16LittleEndian)
    }
}

/// The encoding that a byte order mark tells, and what is behind the mark.
fn marked(body: &[u8]) -> Option<(Encoding, &[u8])> {
    let marks: [(&[u8], Encoding); 3] = [
        (b"\xef\xbb\xbf", Encoding::Utf8),
        (b"\xfe\xff", Encoding::Utf16BigEndian),
        (b"\xff\xfe", Encoding::Utf16LittleEndian),
    ];
    marks.iter().find_map(|(mark, encoding)| Some((*encoding, body.strip_prefix(*mark)?)))
}

/// Whether the body begins with a byte order mark.
#[cfg(feature = "xml")]
pub(super) fn is_marked(body: &[u8]) -> bool {
    marked(body).is_some()
}

/// A body is not in its encoding.
pub(super) struct Foreign {
    /// What is said of it.
    pub(super) message: String,
    /// How far it is in it, in bytes, if that is known.
    pub(super) at: Option<usize>,
}

/// The characters of a body. A byte order mark says more of the encoding than what is told beside it (RFC 7303, section 3).
///
/// # Errors
///
/// [`Foreign`], if the body is not in the encoding.
pub(super) fn read(body: &[u8], told: Encoding) -> Result<Cow<'_, str>, Foreign> {
    let (encoding, text) = marked(body).unwrap_or((told, body));
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(text).map(Cow::Borrowed).map_err(|error| Foreign {
            message: format!("the body is not UTF-8: {error}"),
            at: Some(body.len() - text.len() + error.valid_up_to()),
        }),
        Encoding::Latin1 => Ok(text.iter().copied().map(char::from).collect()),
        Encoding::Utf16LittleEndian => wide(text, u16::from_le_bytes),
        Encoding::Utf16 if text.get(1) == Some(&0) => wide(text, u16::from_le_bytes),
        Encoding::Utf16 | Encoding::Utf16BigEndian => wide(text, u16::from_be_bytes),
    }
}

fn wide(text: &[u8], order: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Foreign> {
    let (pairs, rest) = text.as_chunks::<2>();
    let read = char::decode_utf16(pairs.iter().map(|pair| order(*pair))).collect::<Result<String, _>>();
    match read {
        Ok(read) if rest.is_empty() => Ok(Cow::Owned(read)),
        _ => Err(Foreign { message: "the body is no UTF-16".to_owned(), at: None }),
    }
}
