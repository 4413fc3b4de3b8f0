//! The program that reads values into the types of generated crates and writes them again.

use codegen::{
    plan::{Payload, Plan, Success, TypeRef},
    polish::spelled,
};
use std::fmt::Write as _;

/// The type of each of a document's operations, in their order; none where an answer has no type of JSON.
pub fn types(plan: &Plan) -> Vec<Option<&TypeRef>> {
    let answers = plan.operations.iter().map(|operation| match &operation.success {
        Success::One(Payload::Json(ty)) => Some(ty),
        _ => None,
    });
    answers.collect()
}

/// The library that goes through the types of one crate: `read_back` in it takes an operation's place and a value.
pub fn library(plan: &Plan) -> String {
    let mut arms = String::new();
    for (index, ty) in types(plan).into_iter().enumerate() {
        if let Some(ty) = ty {
            let ty = spelled(ty, "api::types");
            let _ = writeln!(arms, "        {index} => contract_support::read_back::<{ty}>(value),");
        }
    }
    format!(
        "//! Reads values into the types of `{name}`, and writes them again.\n\n#![allow(unused)]\n\npub fn \
         read_back(schema: usize, value: &str) -> Result<String, String> {{\n    match schema {{\n{arms}        other => \
         Err(format!(\"the schema {{other}} has no type\")),\n    }}\n}}\n",
        name = plan.api.crate_name
    )
}

/// The program of all libraries, which takes a package's name as its argument.
pub fn program(packages: &[String]) -> String {
    let mut arms = String::new();
    for package in packages {
        let _ = writeln!(arms, "        Some({package:?}) => driver_{}::read_back,", package.replace('-', "_"));
    }
    format!(
        "//! Reads values into the types of the crate that it is told.\n\nfn main() -> std::process::ExitCode {{\n    let \
         read_back = match std::env::args().nth(1).as_deref() {{\n{arms}        other => {{\n            \
         eprintln!(\"there is no crate {{other:?}}\");\n            return std::process::ExitCode::FAILURE;\n        \
         }}\n    }};\n    contract_support::read_values(read_back)\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{diagnostics::Diagnostics, lower};
    use serde_json::json;

    #[test]
    fn a_library_names_the_type_of_each_operation() {
        let answer = |schema| json!({"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": answer(json!({"type": "array", "items": {"type": "integer"}})), "/b": answer(json!({"$ref": "#/components/schemas/B"}))},
            "components": {"schemas": {"B": {"type": "object", "properties": {"x": {"type": "string"}}}}},
        });
        let plan = lower::lower("sample", &document, &mut Diagnostics::default());
        let library = library(&plan);
        assert!(library.contains("0 => contract_support::read_back::<Vec<i64>>(value)"), "{library}");
        assert!(library.contains("1 => contract_support::read_back::<api::types::B>(value)"), "{library}");
        for text in [library, program(&["schemas-a".to_owned()])] {
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        }
    }
}
