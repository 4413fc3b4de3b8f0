//! From a page's type along a JSON pointer to the type of what stands there.

use indexmap::IndexMap;

use crate::diagnostics::{pointer_join, pointer_tokens};
use crate::plan::{Presence, Step, TypeDef, TypeKind, TypeRef};

/// The steps along `pointer` from `root`, and the type that they lead to, taken out of whatever is around it.
pub fn walk(root: &TypeRef, pointer: &str, types: &IndexMap<String, TypeDef>) -> Result<(Vec<Step>, TypeRef), String> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(format!("`{pointer}` is no JSON pointer, which begins with a slash"));
    }
    let mut steps = Vec::new();
    let mut current = bare(root, &mut steps, types);
    let tokens: Vec<String> = pointer_tokens(pointer).collect();
    for (index, token) in tokens.iter().enumerate() {
        let next = match &current {
            TypeRef::Any => {
                let rest = tokens.iter().skip(index).fold(String::new(), |rest, token| pointer_join(&rest, token));
                steps.push(Step::Any(rest));
                return Ok((steps, TypeRef::Any));
            }
            TypeRef::Map(values) => {
                steps.push(Step::Key(token.clone()));
                (**values).clone()
            }
            TypeRef::Named(name) => member(name, token, &mut steps, types)?,
            _ => return Err(format!("`{token}` is looked for in something that has no properties")),
        };
        current = bare(&next, &mut steps, types);
    }
    if current == TypeRef::Any {
        steps.push(Step::Any(String::new()));
    }
    Ok((steps, current))
}

/// Into a member of a struct.
fn member(
    name: &str,
    token: &str,
    steps: &mut Vec<Step>,
    types: &IndexMap<String, TypeDef>,
) -> Result<TypeRef, String> {
    let Some(TypeKind::Struct(structure)) = types.get(name).map(|definition| &definition.kind) else {
        return Err(format!("`{name}` has no known properties"));
    };
    if let Some(field) = structure.fields.iter().find(|field| field.wire == token) {
        steps.push(Step::Field { ident: field.ident.clone(), presence: field.presence });
        return Ok(field.ty.clone());
    }
    let (ident, values) = structure.extra.as_ref().ok_or_else(|| format!("`{name}` has no property `{token}`"))?;
    steps.push(Step::Field { ident: ident.clone(), presence: Presence::Required });
    steps.push(Step::Key(token.to_owned()));
    Ok(values.clone())
}

/// Takes a type out of names for it, and of what may be null.
fn bare(ty: &TypeRef, steps: &mut Vec<Step>, types: &IndexMap<String, TypeDef>) -> TypeRef {
    let mut current = ty.clone();
    // A name for itself leads nowhere; no real name is longer.
    for _ in 0..64 {
        current = match &current {
            TypeRef::Nullable(inner) => {
                steps.push(Step::Nullable);
                (**inner).clone()
            }
            TypeRef::Named(name) => match types.get(name).map(|definition| &definition.kind) {
                Some(TypeKind::Newtype(inner)) => {
                    steps.push(Step::Inner);
                    inner.clone()
                }
                _ => return current,
            },
            _ => return current,
        };
    }
    current
}
