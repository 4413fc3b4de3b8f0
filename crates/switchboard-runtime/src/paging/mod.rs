//! Lists that come in pages, read as one stream of items or of pages.
//!
//! Pages are fetched as they are needed, or a few ahead, so memory stays flat however long the list is. A stream can be
//! left and taken up again later, from a [`Position`].
//!
//! A list ends only on proof of its end; [`Items`] says what that is. Whatever else a server sends in the place of a page is
//! an error that tells where the list can be taken up again, read strictly or not.
//!
//! How pages follow one another is plain data, a [`Paging`] for each operation; what it means is decided by the rules in
//! one place for all of them. The facts those rules need are read from a page's JSON and headers, not from its type, so
//! they hold for pages of any type, and for a page that does not keep to its own.

mod argument;
mod asked;
mod description;
mod facts;
mod items;
mod lack;
mod link;
mod link_header;
mod list;
mod pages;
mod position;
mod rules;
mod source;
mod walk;

pub use self::description::Paging;
#[cfg(test)]
pub(crate) use self::description::{Empty, PagingStyle};
pub use self::items::Items;
pub use self::list::List;
pub use self::pages::Pages;
pub use self::position::{InvalidPosition, Position};
use crate::decode::{BodyError, Decoder};
use bytes::Bytes;

/// Reads an answer as a page, or as one item of a page.
type Decode<T> = fn(&Decoder<'_>) -> Result<T, BodyError>;

/// Makes JSON of a page that is none, for whatever a list needs to know is read from JSON.
type Translate = Decode<Bytes>;

#[cfg(test)]
mod tests;
