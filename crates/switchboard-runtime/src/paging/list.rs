//! An operation that answers with a list, with the types of its pages and items.

use serde::de::DeserializeOwned;

use super::description::Paging;
use super::{Decode, Translate};
use crate::decode;

/// An operation that answers with a list: pages of type `P` with items of type `T`.
#[derive(Debug)]
pub struct List<P, T> {
    pub(super) paging: &'static Paging,
    pub(super) page: Decode<P>,
    pub(super) item: Decode<T>,
    pub(super) items: fn(&mut P) -> Option<&mut Vec<T>>,
    pub(super) translate: Option<Translate>,
}

impl<P: DeserializeOwned + 'static, T: DeserializeOwned + Send + 'static> List<P, T> {
    /// A list in pages of JSON. `items` leads to the items of a page; a page without any may have `None`.
    pub const fn json(paging: &'static Paging, items: fn(&mut P) -> Option<&mut Vec<T>>) -> Self {
        Self { paging, page: decode::json, item: decode::json, items, translate: None }
    }

    /// A list in pages of another kind: `translate` gives the JSON that a page stands for.
    pub const fn translated(
        paging: &'static Paging,
        items: fn(&mut P) -> Option<&mut Vec<T>>,
        translate: Translate,
    ) -> Self {
        Self { translate: Some(translate), ..Self::json(paging, items) }
    }
}
