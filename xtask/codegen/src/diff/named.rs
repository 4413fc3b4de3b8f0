//! What programs name of an operation: the items of the crate by which they call it and read what it answers.

use crate::plan::{Operation, Success};

/// What programs name of an operation, with what the client has for its tag.
pub fn items(operation: &Operation) -> Vec<String> {
    let tag = operation.tag.as_ref().map(|tag| format!("Client::{}", tag.module));
    let own = taken(operation).into_iter().chain(answered(operation));
    own.chain([error(operation)]).chain(tag).collect()
}

/// What programs name of what an operation takes.
pub fn taken(operation: &Operation) -> Vec<String> {
    let module = operation.calls_module();
    let beside = [&operation.required_ident, &operation.body_ident].into_iter().flatten();
    let beside = beside.map(|name| format!("{module}::{name}"));
    [operation.method_item(), call(operation)].into_iter().chain(beside).collect()
}

/// What programs name of what an operation answers when it succeeds.
pub fn answered(operation: &Operation) -> Vec<String> {
    std::iter::once(call(operation)).chain(successes(operation)).collect()
}

/// The type of its calls.
pub fn call(operation: &Operation) -> String {
    format!("{}::{}", operation.calls_module(), operation.type_ident)
}

/// The type of its errors.
pub fn error(operation: &Operation) -> String {
    format!("errors::{}", operation.error_ident)
}

fn successes(operation: &Operation) -> Vec<String> {
    let others = operation.other_successes.iter().map(|other| &other.success);
    let named = std::iter::once(&operation.success).chain(others).filter_map(|success| match success {
        Success::ByStatus { ident, .. } => Some(format!("responses::{ident}")),
        Success::One(_) => None,
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing;
    use serde_json::json;

    #[test]
    fn errors_are_called_as_the_crate_has_them_however_long_the_id_is() {
        let id = format!("list{}", "OrganizationMembershipsForResourceByItsExternalIdentifier");
        let (operation, _) =
            testing::operation("/a", &json!({"operationId": id, "responses": {"404": {"description": ""}}}));
        assert_eq!(error(&operation), "errors::ListOrganizationMembershipsForItsExternalIdentifierError");
    }
}
