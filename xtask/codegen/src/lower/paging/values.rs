//! Which types of values can say something of paging.

use crate::plan::{TypeDef, TypeKind, TypeRef};
use indexmap::IndexMap;

/// Whether values are strings or numbers, or can be.
pub fn is_scalar(ty: &TypeRef) -> bool {
    let is_other = matches!(
        ty,
        TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number | TypeRef::Decimal | TypeRef::Scalar | TypeRef::Any
    );
    is_other || ty.is_text()
}

/// Whether values are objects that hold a link in `href` (JSON:API 1.1, section "Links"; HAL, section 5).
pub fn is_link_object(ty: &TypeRef, types: &IndexMap<String, TypeDef>) -> bool {
    let TypeRef::Named(name) = ty else { return false };
    match types.get(name).map(|definition| &definition.kind) {
        Some(TypeKind::Struct(structure)) => structure.fields.iter().any(|field| field.wire == "href"),
        _ => false,
    }
}

/// Whether values are whole numbers, or may be.
pub fn is_whole(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number)
}

/// Whether values may count something.
pub fn is_count(ty: &TypeRef) -> bool {
    is_whole(ty) || matches!(ty, TypeRef::String | TypeRef::Scalar)
}

/// Whether values may be a cursor.
pub fn is_token(ty: &TypeRef) -> bool {
    matches!(
        ty,
        TypeRef::String
            | TypeRef::Uuid
            | TypeRef::Base64
            | TypeRef::Base64Url
            | TypeRef::Integer
            | TypeRef::Unsigned
            | TypeRef::Scalar
    )
}
