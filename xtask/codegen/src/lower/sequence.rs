//! JSON values that stand one after the other, as lines or as a JSON text sequence: of which type each is.

use serde_json::Value;

use super::content;
use super::names::Context;
use super::types::Types;
use crate::diagnostics::pointer_join;
use crate::plan::TypeRef;
use crate::schema::shape::Shape;

/// The field of a media type object for the schema of one item.
pub const ITEM: &str = "itemSchema";

/// The type of one item of the media type object at `place` (OpenAPI 3.2 section 4.14.3). A list describes them all: its
/// items come one by one. `None` where the schema is neither said to be an item's nor a list.
pub fn item(object: &Value, place: &str, name: &str, operation: &str, types: &mut Types<'_>) -> Option<TypeRef> {
    let typed = match object.get(ITEM) {
        Some(item) => types.schemas.parse(item, &pointer_join(place, ITEM)),
        None => match content::shape(object, place, &mut types.schemas)? {
            Shape::Array(items) => *items,
            _ => return None,
        },
    };
    Some(types.whole(&typed, &Context::root(name.to_owned(), operation)))
}
