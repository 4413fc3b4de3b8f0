//! Lowering: from the document as the vendor wrote it to the plan of its crate.
//!
//! Nothing the document says about the wire is lost here: parameters' styles, media types, statuses, security and servers
//! go into the [`Plan`], and so do names and types. Every rewriting is reported as an adaptation with its code and place.

mod api;
mod argument_order;
mod bodies;
mod boxes;
mod called;
mod content;
mod depth;
mod endless;
mod error_enums;
mod events;
mod examples;
mod external_docs;
mod forms;
mod header_sets;
mod headers;
pub mod idents;
mod incoming;
mod limits;
mod lock;
mod members;
mod merge_patch;
mod names;
mod operation_object;
mod operations;
mod paging;
mod parameters;
mod places;
mod prose;
mod reach;
mod readable;
mod recurring;
mod required;
mod responses;
mod secrets;
mod security;
mod sequence;
mod servers;
mod slashes;
mod stream_end;
pub mod styles;
mod tags;
mod tell;
mod told;
mod types;
mod unmade;
mod untyped;
mod usage;
mod vain;
mod values;
mod variants;
mod webhooks;
mod xml;
mod xml_faults;
mod xml_shapes;

use serde_json::Value;

pub use self::api::package_name;
pub(crate) use self::called::made_id;
pub(crate) use self::paging::{READS, style_of};
use crate::diagnostics::Diagnostics;
use crate::plan::{Lock, Plan};
use crate::schema::{defaults, shape::Schemas};

/// Lowers a document that lint has passed. `stem` is the file's name without its ending, the crate's name by default.
pub fn lower(stem: &str, document: &Value, diagnostics: &mut Diagnostics) -> Plan {
    lower_again(stem, document, Lock::default(), diagnostics)
}

/// The same with the names that were given `before`: what has one keeps it.
pub fn lower_again(stem: &str, document: &Value, before: Lock, diagnostics: &mut Diagnostics) -> Plan {
    let document = &*defaults::without_forbidden(document);
    let mut api = api::read(stem, document, diagnostics);
    let mut types = types::Types::new(Schemas::new(document, diagnostics), before);
    security::name(document, &mut api.schemes, types.names.memory());
    types.complete();
    let (mut operations, tags) = operations::read(document, &mut types);
    types.complete();
    let headers = std::mem::take(&mut types.headers).settle(&mut operations, types.names.memory());
    error_enums::name(&mut operations, types.names.memory());
    let webhooks = incoming::read(document, &operations, &mut types);
    types.complete();
    let xml = std::mem::take(&mut types.xml).into_plan(types.schemas.diagnostics);
    let (mut planned, schemas, mut names) = types.into_planned();
    events::bind(&mut operations, &planned);
    endless::mend(&mut planned, diagnostics);
    merge_patch::apply(&mut operations, &mut planned, diagnostics);
    usage::mark(&operations, &headers, &webhooks, &mut planned);
    required::name(&mut planned, names.memory());
    argument_order::keep(&mut operations, &mut planned, names.memory());
    boxes::mark(&mut planned);
    paging::read(document, &mut operations, &planned, diagnostics);
    security::give_if_silent(document, &mut operations, &api.schemes, diagnostics);
    unmade::tell(document, &operations, diagnostics);
    untyped::tell(document, diagnostics);
    vain::tell(document, &planned, diagnostics);
    let recursion_limit = depth::recursion_limit(&operations, &headers, &webhooks, &planned, diagnostics);
    let layout = reach::layout(tags, &operations, &webhooks, &headers, &planned);
    let (types, names) = (planned, names.into_lock());
    let mut plan = Plan { api, operations, layout, types, headers, webhooks, schemas, xml, recursion_limit, names };
    prose::settle(&mut plan, document);
    plan
}

/// What tests share: the plan of a small document.
#[cfg(test)]
pub mod testing {
    use serde_json::{Value, json};

    use super::lower;
    use crate::diagnostics::Diagnostics;
    use crate::plan::{Operation, Plan};

    /// An OpenAPI 3.1 document with these paths and component schemas.
    pub fn document(paths: &Value, schemas: &Value) -> Value {
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
    }

    /// The plan of such a document.
    pub fn plan(paths: &Value, schemas: &Value) -> Plan {
        lower("t", &document(paths, schemas), &mut Diagnostics::default())
    }

    /// What is found in it.
    pub fn findings(paths: &Value, schemas: &Value) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        lower("t", &document(paths, schemas), &mut diagnostics);
        diagnostics
    }

    /// The plan of one operation, a `GET` of `path`, with the codes of what was found.
    pub fn operation(path: &str, operation: &Value) -> (Operation, Vec<&'static str>) {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": {path: {"get": operation}}});
        let mut diagnostics = Diagnostics::default();
        let mut plan = lower("t", &document, &mut diagnostics);
        (plan.operations.remove(0), diagnostics.iter().map(|found| found.code).collect())
    }
}
