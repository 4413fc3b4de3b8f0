//! Where a stream has got to, in a form that can be kept and given to a later stream.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::description::{Paging, PagingStyle};
use crate::percent;

/// Where a page is in its list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// Where the caller's own request leads.
    First,
    /// Behind so many items.
    Offset(u64),
    /// By its number, with how many items come before it, where that is known.
    Page { number: u64, before: Option<u64> },
    /// By the cursor that the page before told, or its last item holds, as JSON where it goes into a body; with how many
    /// items come before it, where that is known.
    Cursor { cursor: String, before: Option<u64> },
    /// By the link that the page before told, path and query without credentials; with how many items come before it,
    /// where that is known.
    Link { link: String, before: Option<u64> },
    /// Behind the last page.
    End,
}

impl Place {
    /// Whether lists of this kind have such places.
    pub(super) fn suits(&self, paging: &Paging) -> bool {
        match self {
            Self::First | Self::End => true,
            Self::Offset(_) => matches!(paging.style, PagingStyle::Offset { .. }),
            Self::Page { .. } => matches!(paging.style, PagingStyle::Page { .. }),
            Self::Cursor { .. } => matches!(paging.style, PagingStyle::Cursor { .. } | PagingStyle::LastItem { .. }),
            Self::Link { .. } => matches!(paging.style, PagingStyle::Link { .. } | PagingStyle::LinkHeader),
        }
    }
}

/// A place between two items of a list, or two pages: where a later stream of the same call can begin. Made by
/// [`Items::position`](super::Items::position) and [`Pages::position`](super::Pages::position).
///
/// It is kept as text (`Display` and `FromStr`, or serde), whose form is nobody's business, and holds no credential. It
/// does not hold the call's own arguments: to go on with the same list, begin with the same ones. In a list that has
/// changed since, what stands at the position may have changed too, as the API's paging has it. It keeps how many items come
/// before it, so that a total is held to after it too, but not which pages were asked for: a stream that begins at it
/// notices only those pages that it asks for itself twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub(super) api: Cow<'static, str>,
    pub(super) operation: Cow<'static, str>,
    pub(super) place: Place,
    /// How many items of the page at `place` are done with.
    pub(super) taken: u64,
}

/// A text that is no [`Position`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no position in a list")]
pub struct InvalidPosition;

/// The first part of the text: the form that the rest is in.
const FORM: &str = "1";

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (api, operation) = (percent::encode(&self.api), percent::encode(&self.operation));
        write!(f, "{FORM}/{api}/{operation}/{}/", self.taken)?;
        let before = match &self.place {
            Place::First => return f.write_str("first"),
            Place::End => return f.write_str("end"),
            Place::Offset(offset) => return write!(f, "offset/{offset}"),
            Place::Page { number, before } => {
                write!(f, "page/{number}")?;
                before
            }
            Place::Cursor { cursor, before } => {
                write!(f, "cursor/{}", percent::encode(cursor))?;
                before
            }
            Place::Link { link, before } => {
                write!(f, "link/{}", percent::encode(link))?;
                before
            }
        };
        before.map_or(Ok(()), |before| write!(f, "/{before}"))
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let parts: Vec<&str> = text.split('/').collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| InvalidPosition);
        let plain = |text: &str| match percent_decode_str(text).decode_utf8() {
            Ok(plain) => Ok(plain.into_owned()),
            Err(_) => Err(InvalidPosition),
        };
        let [FORM, api, operation, taken, place @ ..] = parts.as_slice() else { return Err(InvalidPosition) };
        let (kind, at, before) = match place {
            [kind @ ("first" | "end")] => (*kind, "", None),
            [kind @ ("offset" | "page" | "cursor" | "link"), at] => (*kind, *at, None),
            [kind @ ("page" | "cursor" | "link"), at, before] => (*kind, *at, Some(number(before)?)),
            _ => return Err(InvalidPosition),
        };
        let place = match kind {
            "first" => Place::First,
            "end" => Place::End,
            "offset" => Place::Offset(number(at)?),
            "page" => Place::Page { number: number(at)?, before },
            "cursor" => Place::Cursor { cursor: plain(at)?, before },
            "link" => Place::Link { link: plain(at)?, before },
            _ => return Err(InvalidPosition),
        };
        Ok(Self { api: plain(api)?.into(), operation: plain(operation)?.into(), place, taken: number(taken)? })
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive_as_text_and_in_json() {
        for (place, text) in [
            (Place::First, "1/api/list%20all/3/first"),
            (Place::Offset(7), "1/api/list%20all/3/offset/7"),
            (Place::Page { number: 2, before: None }, "1/api/list%20all/3/page/2"),
            (Place::Page { number: 2, before: Some(9) }, "1/api/list%20all/3/page/2/9"),
            (Place::Cursor { cursor: "a/b=é".to_owned(), before: None }, "1/api/list%20all/3/cursor/a%2Fb%3D%C3%A9"),
            (Place::Cursor { cursor: "a".to_owned(), before: Some(9) }, "1/api/list%20all/3/cursor/a/9"),
            (Place::Link { link: "/x?a=b".to_owned(), before: None }, "1/api/list%20all/3/link/%2Fx%3Fa%3Db"),
            (Place::Link { link: "/x".to_owned(), before: Some(0) }, "1/api/list%20all/3/link/%2Fx/0"),
            (Place::End, "1/api/list%20all/3/end"),
        ] {
            let position = Position { api: "api".into(), operation: "list all".into(), place, taken: 3 };
            assert_eq!(position.to_string(), text);
            assert_eq!(text.parse(), Ok(position.clone()));
            let json = serde_json::to_string(&position).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
        }
    }

    #[test]
    fn other_texts_are_no_positions() {
        for text in [
            "",
            "1/api/list/0",
            "2/api/list/0/first",
            "1/api/list/0/first/1",
            "1/api/list/x/first",
            "1/api/list/0/offset/-1",
            "1/api/list/0/offset/",
            "1/api/list/0/cursor/%FF",
            "1/api/list/0/magic/1",
            "1/api/list/0/offset/1/1",
            "1/api/list/0/cursor/a/b",
            "1/api/list/0/end/1",
        ] {
            assert_eq!(text.parse::<Position>(), Err(InvalidPosition), "{text}");
        }
        serde_json::from_str::<Position>("7").unwrap_err();
    }
}
