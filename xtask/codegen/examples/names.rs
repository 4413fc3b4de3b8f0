//! Counts the names of types that a reader of generated crates stumbles over, document by document:
//! `cargo run -p switchboard-codegen --example names -- FILE…` (with `--list`, the names too).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use switchboard_codegen::{
    diagnostics::pointer_tokens,
    load::Limits,
    lower::idents,
    pipeline::{self, Input},
    plan::{Plan, TypeDef, TypeKind, TypeRef},
};

fn main() {
    let (options, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    println!("{:<28} {:>6} {:>8} {:>8} {:>8} {:>8}", "document", "types", "numbers", "over 60", "foreign", "VariantN");
    for file in files {
        match plan(Path::new(&file)) {
            Some((stem, plan)) => row(&stem, &plan, !options.is_empty()),
            None => println!("{file}: no crate can be made of it"),
        }
    }
}

fn plan(path: &Path) -> Option<(String, Plan)> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    let overlay = Some(path.with_extension("overlay.json")).filter(|overlay| overlay.exists());
    let input = Input { stem: stem.clone(), document: path.to_path_buf(), overlay, has_document: true };
    let checked = pipeline::prepare(pipeline::read(&input, Limits::default()), true);
    let mut diagnostics = checked.diagnostics;
    Some((stem.clone(), switchboard_codegen::lower::lower(&stem, &checked.document.value, &mut diagnostics)))
}

fn row(stem: &str, plan: &Plan, list: bool) {
    let numbers: Vec<&str> = plan.types.keys().map(String::as_str).filter(|name| is_numbered(name, plan)).collect();
    let long: Vec<&str> =
        plan.types.iter().filter(|(name, found)| is_long(name, found)).map(|(name, _)| name.as_str()).collect();
    let foreign = foreign(plan);
    let variants = plan.types.values().filter_map(|found| match &found.kind {
        TypeKind::Union(union) => Some(union.variants.iter().filter(|variant| is_unnamed(&variant.ident)).count()),
        _ => None,
    });
    let (types, unnamed): (usize, usize) = (plan.types.len(), variants.sum());
    let counts = (numbers.len(), long.len(), foreign.len());
    println!("{stem:<28} {types:>6} {:>8} {:>8} {:>8} {unnamed:>8}", counts.0, counts.1, counts.2);
    if list {
        numbers.iter().for_each(|name| println!("  number  {name}"));
        long.iter().for_each(|name| println!("  long    {name}"));
        foreign.iter().for_each(|name| println!("  foreign {name}"));
    }
}

/// Whether a number is all that tells a name from another one.
fn is_numbered(name: &str, plan: &Plan) -> bool {
    let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
    stem != name && plan.types.contains_key(stem.trim_end_matches('_'))
}

fn is_long(name: &str, found: &TypeDef) -> bool {
    let written = pointer_tokens(&found.pointer).last().map(|token| idents::pascal(&token));
    name.chars().count() > 60 && written.as_deref() != Some(name)
}

fn is_unnamed(ident: &str) -> bool {
    ident.strip_prefix("Variant").is_some_and(|rest| rest.chars().all(|character| character.is_ascii_digit()))
}

/// The properties and arguments whose type is that of an inline schema of another owner, and has its name from there.
fn foreign(plan: &Plan) -> Vec<String> {
    let mut holders: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for definition in plan.types.values() {
        for ty in definition.kind.held() {
            note(ty, owner(&definition.pointer), &mut holders);
        }
    }
    for operation in &plan.operations {
        for parameter in &operation.parameters {
            note(&parameter.ty, owner(&operation.pointer), &mut holders);
        }
    }
    let mut found = Vec::new();
    for (name, holders) in holders {
        let Some(definition) = plan.types.get(name) else { continue };
        let of = owner(&definition.pointer);
        let operation = plan.operations.iter().find(|operation| operation.pointer == of).map(|found| found.id.clone());
        let words = operation.or_else(|| pointer_tokens(&of).last()).map(|words| idents::pascal(&words));
        // A name that says nothing of its owner may be another's too.
        let says_whose = words.is_some_and(|words| name != words && name.starts_with(&words));
        if !is_component(&definition.pointer) && says_whose {
            found.extend(holders.iter().filter(|holder| **holder != of).map(|holder| format!("{holder}: {name}")));
        }
    }
    found
}

fn note<'p>(ty: &'p TypeRef, owner: String, holders: &mut BTreeMap<&'p str, BTreeSet<String>>) {
    match ty {
        TypeRef::Named(name) => {
            holders.entry(name).or_default().insert(owner);
        }
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => note(inner, owner, holders),
        _ => {}
    }
}

/// The operation or the component that a pointer leads into.
fn owner(pointer: &str) -> String {
    pointer.split('/').take(4).collect::<Vec<_>>().join("/")
}

fn is_component(pointer: &str) -> bool {
    owner(pointer) == pointer
}
