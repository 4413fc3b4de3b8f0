//! The enums that operations' errors are read into: operations that describe the same answers share one.
//!
//! Each operation has a name of its own for its errors, whatever enum that leads to, so that describing one error more of one
//! operation changes nothing for those who use that name. The enum's own name is kept as others are: while its operations
//! document more, or other operations come to share it, those who wrote it keep what they wrote.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::idents;
use super::lock::{self, Claim, Memory};
use super::readable::{LONGEST, without_middle};
use crate::plan::Operation;

/// Names the enum of each operation that describes errors.
pub fn name(operations: &mut [Operation], memory: &mut Memory) {
    let own = own(operations, memory);
    let shared = shared(operations);
    let mut names = kept(operations, &shared, &own, memory);
    let mut taken: BTreeSet<String> = own.into_iter().chain(names.values().cloned()).collect();
    for (index, same) in shared.iter().enumerate() {
        let name = names.entry(index).or_insert_with(|| new_name(operations, same, &mut taken, memory)).clone();
        for index in same {
            let Some(operation) = operations.get_mut(*index) else { continue };
            memory.note_error_enum(&operation.pointer, &name);
            operation.error_enum = Some(name.clone());
        }
    }
}

/// Names what users call the type of each operation's errors: after the operation, as much of it as can be read.
fn own(operations: &mut [Operation], memory: &mut Memory) -> BTreeSet<String> {
    let mut names: Vec<_> =
        operations.iter().map(|operation| memory.error_type(&operation.pointer, &operation.owner)).collect();
    let mut taken: BTreeSet<String> = names.iter().flatten().cloned().collect();
    // What is named after the whole of an operation is so whichever others are named after parts of theirs.
    for (operation, name) in operations.iter().zip(&mut names).filter(|(_, name)| name.is_none()) {
        let usual = lock::usual_error(&operation.owner);
        *name = Some(usual).filter(|usual| usual.chars().count() <= LONGEST && taken.insert(usual.clone()));
    }
    for (operation, name) in operations.iter_mut().zip(names) {
        let candidates = [lock::usual_error(&operation.owner), format!("{}CallError", operation.owner)];
        let candidates = candidates.map(|name| without_middle(&name));
        let name = name.unwrap_or_else(|| idents::unique(candidates, &mut taken));
        memory.note_error_type(&operation.pointer, &operation.owner, &name);
        operation.error_ident = name;
    }
    taken
}

/// Operations by what they describe of their errors: statuses, bodies and headers, whatever is said of them in prose.
fn shared(operations: &[Operation]) -> Vec<Vec<usize>> {
    let mut found: IndexMap<_, Vec<usize>> = IndexMap::new();
    for (index, operation) in operations.iter().enumerate().filter(|(_, operation)| !operation.errors.is_empty()) {
        let errors =
            operation.errors.iter().map(|error| format!("{:?} {} {:?}", error.status, error.ident, error.payload));
        found.entry((errors.collect::<Vec<_>>(), &operation.error_headers)).or_default().push(index);
    }
    found.into_values().collect()
}

/// The names that enums had, by their indices. Where the operations of one have parted, those keep it that describe what it
/// says, or the most of them.
fn kept(
    operations: &[Operation],
    shared: &[Vec<usize>],
    own: &BTreeSet<String>,
    memory: &Memory,
) -> BTreeMap<usize, String> {
    let mut claims = Vec::new();
    for (index, same) in shared.iter().enumerate() {
        let members: Vec<&Operation> = same.iter().filter_map(|index| operations.get(*index)).collect();
        let mut had: BTreeMap<&str, usize> = BTreeMap::new();
        for name in members.iter().filter_map(|operation| memory.error_enum(&operation.pointer)) {
            *had.entry(name).or_default() += 1;
        }
        let first = members.first();
        let says = |name: &String| {
            first.is_some_and(|first| what_it_holds(first) == *name || what_it_holds_first(first).any(|it| it == *name))
        };
        // What an operation calls its errors says nothing of others.
        claims.extend(had.into_iter().filter(|(name, _)| !own.contains(*name)).map(|(name, of)| Claim {
            by: index,
            is_apt: says(&name.to_owned()),
            name: name.to_owned(),
            of,
        }));
    }
    lock::kept(claims)
}

/// A name that nothing has: what the enum holds, unless only one operation has it; else what the errors of that operation are
/// called after which the enum was called; else what it holds first, as much as can be read; else what the errors of the first
/// operation are called.
fn new_name(operations: &[Operation], same: &[usize], taken: &mut BTreeSet<String>, memory: &Memory) -> String {
    let members: Vec<&Operation> = same.iter().filter_map(|index| operations.get(*index)).collect();
    let Some(first) = members.first() else { return String::new() };
    let mut is_new = |name: &String| name.len() < LONGEST && taken.insert(name.clone());
    let whole = Some(what_it_holds(first)).filter(|name| members.len() > 1 && is_new(name));
    let before = |operation: &&&Operation| memory.error_enum(&operation.pointer) == Some(&operation.error_ident);
    let had = || members.iter().find(before).map(|operation| operation.error_ident.clone());
    let begins = || if members.len() > 1 { what_it_holds_first(first).find(is_new) } else { None };
    whole.or_else(had).or_else(begins).unwrap_or_else(|| first.error_ident.clone())
}

/// What the enum holds, without the last ones.
fn what_it_holds_first(operation: &Operation) -> impl Iterator<Item = String> {
    let held: Vec<&str> = operation.errors.iter().map(|error| error.ident.as_str()).collect();
    (1..held.len()).rev().map(move |count| {
        let first: Vec<&str> = held.iter().take(count).copied().collect();
        format!("{}OrMoreError", first.join("Or"))
    })
}

fn what_it_holds(operation: &Operation) -> String {
    let held: Vec<&str> = operation.errors.iter().map(|error| error.ident.as_str()).collect();
    format!("{}Error", held.join("Or"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again};
    use crate::plan::Plan;

    /// What holds 400, 401, 402 and many more.
    const MANY: &str = "BadRequestOrUnauthorizedOrPaymentRequiredOrMoreError";

    /// The operations `a`, `b` and so on, with the statuses that each documents.
    fn document(statuses: &[&[u16]]) -> Value {
        let paths = statuses.iter().zip('a'..).map(|(statuses, id)| {
            let responses: serde_json::Map<String, Value> =
                statuses.iter().map(|status| (status.to_string(), json!({"description": ""}))).collect();
            (format!("/{id}"), json!({"get": {"operationId": id.to_string(), "responses": responses}}))
        });
        let paths: serde_json::Map<String, Value> = paths.collect();
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
    }

    fn again(before: &Plan, statuses: &[&[u16]]) -> Plan {
        lower_again("t", &document(statuses), before.names.clone(), &mut Diagnostics::default())
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.operations.iter().map(|operation| operation.error_enum.as_deref().unwrap_or_default()).collect()
    }

    #[test]
    fn an_enum_is_called_by_what_it_holds_or_by_its_one_operation() {
        let plan = lower("t", &document(&[&[404], &[403, 404], &[404], &[]]), &mut Diagnostics::default());
        assert_eq!(names(&plan), ["NotFoundError", "BError", "NotFoundError", ""]);
        let many = [400, 401, 402, 403, 404, 405, 406, 407];
        let plan = lower("t", &document(&[&many, &many]), &mut Diagnostics::default());
        assert_eq!(names(&plan), [MANY; 2]);
        // Another set that begins alike is called by less of what it holds.
        let others = [400, 401, 402, 403, 404, 405, 406, 409];
        let plan = lower("t", &document(&[&many, &many, &others, &others]), &mut Diagnostics::default());
        let shorter = "BadRequestOrUnauthorizedOrMoreError";
        assert_eq!(names(&plan), [MANY, MANY, shorter, shorter]);
    }

    #[test]
    fn the_errors_of_an_operation_with_a_long_name_are_named_after_its_first_and_last_words() {
        let long = |first: &str| format!("{first}{}", "OrganizationMembershipsForResourceByItsExternalIdentifier");
        let documented = |id: &str| json!({"operationId": id, "responses": {"404": {"description": ""}}});
        let document = |ids: &[String]| {
            let paths: serde_json::Map<String, Value> =
                ids.iter().map(|id| (format!("/{id}"), json!({"get": documented(id)}))).collect();
            json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
        };
        let errors = |plan: &Plan| -> Vec<String> {
            plan.operations.iter().map(|operation| operation.error_ident.clone()).collect()
        };
        let ids = ["list", "add"].map(long);
        let before = lower("t", &document(&ids), &mut Diagnostics::default());
        let names = ["List", "Add"].map(|first| format!("{first}OrganizationMembershipsForItsExternalIdentifierError"));
        assert_eq!(errors(&before), names);
        // Whatever comes before them; and of a crate whose names were made before they were as long as they are.
        let more = [long("drop"), ids[0].clone(), ids[1].clone()];
        let after = lower_again("t", &document(&more), before.names.clone(), &mut Diagnostics::default());
        assert_eq!(errors(&after)[1..], names);
        let mut old = before.names;
        old.error_types.clear();
        let kept = lower_again("t", &document(&ids), old, &mut Diagnostics::default());
        assert_eq!(errors(&kept), ["List", "Add"].map(|first| format!("{}Error", long(first))));
    }

    #[test]
    fn an_enum_keeps_its_name_while_it_grows() {
        let before = lower("t", &document(&[&[404], &[404], &[404], &[401]]), &mut Diagnostics::default());
        assert_eq!(names(&before), ["NotFoundError", "NotFoundError", "NotFoundError", "DError"]);
        // All of them document one more.
        let grown = again(&before, &[&[404, 429], &[404, 429], &[404, 429], &[401]]);
        assert_eq!(names(&grown), names(&before));
        assert_eq!(again(&grown, &[&[404, 429], &[404, 429], &[404, 429], &[401]]), grown);
        // One does; and one alone is left.
        let parted = again(&before, &[&[404, 429], &[404], &[404], &[401]]);
        assert_eq!(names(&parted), ["AError", "NotFoundError", "NotFoundError", "DError"]);
        let left = again(&before, &[&[404, 429], &[404, 428], &[404], &[401]]);
        assert_eq!(names(&left), ["AError", "BError", "NotFoundError", "DError"]);
        // None says what the name does: the most of them keep it.
        let changed = again(&before, &[&[404, 429], &[404, 428], &[404, 428], &[401]]);
        assert_eq!(names(&changed), ["AError", "NotFoundError", "NotFoundError", "DError"]);
        // Another comes to share what one alone had: that is called by what it holds from then on.
        let joined = again(&before, &[&[404], &[404], &[401], &[401]]);
        assert_eq!(names(&joined), ["NotFoundError", "NotFoundError", "UnauthorizedError", "UnauthorizedError"]);
    }

    #[test]
    fn an_enum_that_is_called_by_one_of_its_operations_stays_so() {
        let many = [400, 401, 402, 403, 404, 405, 406, 407];
        let mut before = lower("t", &document(&[&[], &many, &many]), &mut Diagnostics::default());
        assert_eq!(names(&before), ["", MANY, MANY]);
        before.names.error_enums.values_mut().for_each(|name| "BError".clone_into(name));
        assert_eq!(names(&again(&before, &[&many, &many, &many])), ["BError"; 3]);
    }

    #[test]
    fn what_an_operation_calls_its_errors_is_never_the_enum_of_others() {
        let many = [400, 401, 402, 403, 404, 405, 406, 407];
        let before = lower("t", &document(&[&many, &many]), &mut Diagnostics::default());
        assert_eq!(names(&again(&before, &[&[404], &many])), ["AError", MANY]);
    }
}
