//! Fields that OpenAPI does not know. They are read by nobody: `GET` for `get` costs an operation, in silence. What is spelled
//! almost as a field is told with that field; all else once a word.

use indexmap::IndexMap;

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
    references::SECTIONS,
};
use crate::methods;
use crate::objects::Kind;

const UNKNOWN_FIELD: Rule = Rule::survivable("unknown-field");

/// The fields of an object (OpenAPI 3.2 section 4), of any version; `None` where the keys are the document's own.
fn known(kind: Kind) -> Option<&'static [&'static str]> {
    Some(match kind {
        Kind::Root => &[
            // Editors look for the first.
            "$schema",
            "openapi",
            "$self",
            "info",
            "jsonSchemaDialect",
            "servers",
            "paths",
            "webhooks",
            "components",
            "security",
            "tags",
            "externalDocs",
        ],
        Kind::PathItem => &["$ref", "summary", "description", "servers", "parameters", methods::ADDITIONAL],
        Kind::Operation => &[
            "tags",
            "summary",
            "description",
            "externalDocs",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "callbacks",
            "deprecated",
            "security",
            "servers",
        ],
        Kind::Parameter | Kind::Header => &[
            "name",
            "in",
            "description",
            "required",
            "deprecated",
            "allowEmptyValue",
            "style",
            "explode",
            "allowReserved",
            "schema",
            "example",
            "examples",
            "content",
        ],
        Kind::RequestBody => &["description", "content", "required"],
        Kind::Response => &["summary", "description", "headers", "content", "links"],
        Kind::MediaType => {
            &["schema", "itemSchema", "example", "examples", "encoding", "prefixEncoding", "itemEncoding"]
        }
        Kind::Encoding => &[
            "contentType",
            "headers",
            "style",
            "explode",
            "allowReserved",
            "encoding",
            "prefixEncoding",
            "itemEncoding",
        ],
        Kind::Components => &SECTIONS,
        Kind::Server => &["url", "description", "name", "variables"],
        Kind::ServerVariable => &["enum", "default", "description"],
        _ => return None,
    })
}

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    // By object and word, with how many more places there are of it.
    let mut found: IndexMap<(&str, &str), (&Node<'_>, Option<&str>, usize)> = IndexMap::new();
    for node in model.nodes() {
        let Some(fields) = known(node.kind) else { continue };
        if node.is_reference() && node.kind != Kind::PathItem {
            continue;
        }
        let methods = if node.kind == Kind::PathItem { &methods::FIELDS[..] } else { &[] };
        let all = || fields.iter().chain(methods).copied();
        for (key, _) in node.fields().filter(|(key, _)| !key.starts_with("x-") && !all().any(|known| known == *key)) {
            let entry = found.entry((node.kind.with_article(), key));
            let first = || (node, faults.suggester.nearest(key, all().filter(|known| node.get(known).is_none())), 0);
            entry.and_modify(|(.., others)| *others += 1).or_insert_with(first);
        }
    }
    for ((object, word), (node, meant, others)) in found {
        let more = if others == 0 { String::new() } else { format!(" ({others} more of it)") };
        let message = format!("{object} has no field `{word}`: nothing is read of it{more}");
        let help = match meant {
            Some(meant) => format!("`{meant}` may be meant"),
            None => "extensions have names that begin with `x-`".to_owned(),
        };
        faults.push(Fault::new(UNKNOWN_FIELD, model, node.id, &[word], message).help(help).warning());
    }
}
