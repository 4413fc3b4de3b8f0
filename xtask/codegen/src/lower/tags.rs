//! Whether operations stand on the client itself or by tag (OpenAPI 3.0 section 4.7.22), and which tag each stands by.
//!
//! What a crate has is kept, for it is in its users' code: a document that grows does not change its layout, nor does an
//! operation move that gets another tag. Hints have the last word.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::external_docs::external_docs;
use super::idents;
use super::lock::Memory;
use super::operation_object::OperationObject;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::features::FEATURES;
use crate::plan::{ALL_TAGS, Arrangement, CLIENT, OperationTag, TagNames, TagPath};

/// What stands in the lock for operations without a tag, and what their module is called.
const UNTAGGED: (&str, &str) = ("", "untagged");

/// More operations than this are too many to look through on one page.
const MAX_FLAT: usize = 60;

/// The most features for tags: a registry takes 300 of a crate, and the runtime is to grow some more.
const MAX_FEATURES: usize = 250;

/// The feature of the tags beyond that.
const OTHER_TAGS: &str = "other-tags";

/// The feature of what the vendor sends of its own accord.
pub const WEBHOOKS: &str = "webhooks";

/// Features of other meanings, and dependencies.
const RESERVED: &[&str] = &["default", CLIENT, ALL_TAGS, OTHER_TAGS, "serde_json", "switchboard-runtime"];

/// Methods of the generated client that neither an operation nor a tag must hide.
pub const CLIENT_METHODS: &[&str] = &["builder", "new", "clone", "core", "fmt", "drop", "with", "request"];

/// The same of what the client's method for a tag returns.
const TAG_METHODS: &[&str] = &["new", "clone", "fmt", "drop"];

/// The tags, and which of them each operation stands by.
#[derive(Debug, Default)]
pub struct Tags {
    /// The tags by the names of their modules.
    pub tags: IndexMap<String, OperationTag>,
    /// Where each operation stands, in their order; empty where all stand on the client itself.
    pub paths: Vec<TagPath>,
}

/// Decides where the operations stand.
pub fn read(
    document: &Value,
    sources: &[OperationObject<'_>],
    memory: &mut Memory,
    diagnostics: &mut Diagnostics,
) -> Tags {
    let arrangement = arrangement(document, sources, memory);
    memory.arrange(arrangement);
    if arrangement == Arrangement::Flat {
        memory.reserve("", CLIENT_METHODS, &[]);
        return Tags::default();
    }
    let names: Vec<String> = sources
        .iter()
        .map(|source| {
            let (tag, is_hint) = tag(source);
            memory.tagged(&source.pointer, tag, is_hint)
        })
        .collect();
    let described = described(document);
    let mut given = named(&names, &described, memory);
    share_features(&mut given, memory, diagnostics);
    let mut tags = Tags::default();
    // In the document's order, then those that it does not describe, as operations have them.
    let order = described.keys().filter(|name| given.contains_key(**name)).map(|name| (*name).to_owned());
    for name in order.chain(names.iter().cloned()).collect::<Vec<_>>() {
        let Some(TagNames { module, feature }) = given.get(&name) else { continue };
        let object = described.get(name.as_str());
        let description = object.and_then(|object| object.get("description")?.as_str()).map(str::trim);
        tags.tags.entry(module.clone()).or_insert_with(|| OperationTag {
            name: Some(name.clone()).filter(|name| name != UNTAGGED.0),
            type_ident: idents::pascal(module),
            feature: feature.clone(),
            description: description.filter(|text| !text.is_empty()).map(str::to_owned),
            external_docs: object.and_then(|object| external_docs(object)),
        });
    }
    tags.paths = names
        .iter()
        .map(|name| {
            let module = given.get(name).map(|names| names.module.clone()).unwrap_or_default();
            TagPath { type_ident: idents::pascal(&module), module }
        })
        .collect();
    for (module, tag) in &tags.tags {
        memory.reserve(module, TAG_METHODS, &[&tag.type_ident]);
    }
    memory.note_tags(given);
    tags
}

impl Tags {
    fn module(&self, index: usize) -> Option<&str> {
        self.paths.get(index).map(|path| path.module.as_str())
    }

    /// What the methods of operations with these ids are to be called: where an id repeats the words of the tag, it is the
    /// rest, unless that is no name, or another operation's of the tag, too.
    pub fn methods(&self, ids: &[String]) -> Vec<Vec<String>> {
        let short: Vec<Option<String>> = match self.paths.is_empty() {
            true => vec![None; ids.len()],
            false => ids.iter().zip(&self.paths).map(|(id, path)| without(id, &path.module)).collect(),
        };
        let mut counts: BTreeMap<(Option<&str>, String), usize> = BTreeMap::new();
        for (index, id) in ids.iter().enumerate() {
            let name = short.get(index).cloned().flatten().unwrap_or_else(|| idents::snake(id));
            *counts.entry((self.module(index), name)).or_default() += 1;
        }
        let of_one = |index: usize, id: &String| {
            let wanted = idents::snake(id);
            let longer = format!("{}_operation", wanted.trim_end_matches('_'));
            let short = short.get(index).cloned().flatten();
            let short = short.filter(|name| counts.get(&(self.module(index), name.clone())) == Some(&1));
            short.into_iter().chain([wanted, longer]).collect()
        };
        ids.iter().enumerate().map(|(index, id)| of_one(index, id)).collect()
    }
}

/// An id without the words of a tag, or without the last ones of them that it has; none where nothing is left to name it by.
fn without(id: &str, module: &str) -> Option<String> {
    let (id, tag) = (idents::snake(id), idents::snake(module));
    let words: Vec<&str> = id.split('_').filter(|word| !word.is_empty()).collect();
    let tag: Vec<&str> = tag.split('_').filter(|word| !word.is_empty()).collect();
    let is_alike = |(left, right): (&&str, &&str)| idents::singular(left) == idents::singular(right);
    let found = (0..tag.len()).find_map(|start| {
        let sought = tag.get(start..)?;
        let at = words.windows(sought.len()).position(|window| window.iter().zip(sought).all(is_alike))?;
        Some((at, sought.len()))
    });
    let (at, length) = found?;
    let rest = words.iter().take(at).chain(words.iter().skip(at + length)).copied().collect::<Vec<_>>().join("_");
    // What would be a keyword, or a number, is no better for being short.
    (!rest.is_empty() && idents::snake(&rest) == rest && syn::parse_str::<syn::Ident>(&rest).is_ok()).then_some(rest)
}

/// What the hint says, or what the crate has, or what the document's size asks for.
fn arrangement(document: &Value, sources: &[OperationObject<'_>], memory: &Memory) -> Arrangement {
    let hint = document.get("x-switchboard-layout").and_then(Value::as_str).and_then(|hint| match hint {
        "flat" => Some(Arrangement::Flat),
        "tags" => Some(Arrangement::Tags),
        _ => None,
    });
    hint.or_else(|| memory.arrangement()).unwrap_or_else(|| {
        let tags: BTreeSet<&str> =
            sources.iter().map(tag).filter(|(name, _)| *name != UNTAGGED.0).map(|(name, _)| name).collect();
        if sources.len() > MAX_FLAT && tags.len() > 1 { Arrangement::Tags } else { Arrangement::Flat }
    })
}

/// The tag of an operation, and whether a hint says so: of several tags the first.
fn tag<'d>(source: &OperationObject<'d>) -> (&'d str, bool) {
    let named = |value: &'d Value| value.as_str().map(str::trim).filter(|name| !name.is_empty());
    if let Some(hint) = source.operation.get("x-switchboard-tag").and_then(named) {
        return (hint, true);
    }
    let tags = source.operation.get("tags").and_then(Value::as_array);
    (tags.into_iter().flatten().find_map(named).unwrap_or(UNTAGGED.0), false)
}

/// The Tag Objects by their names.
fn described(document: &Value) -> IndexMap<&str, &Value> {
    let tags = document.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(|tag| Some((tag.get("name")?.as_str()?.trim(), tag))).collect()
}

/// The names of the tags: those that they have, and for others new ones. Tags that are spelled alike are one.
fn named(names: &[String], described: &IndexMap<&str, &Value>, memory: &Memory) -> BTreeMap<String, TagNames> {
    let mut given: BTreeMap<String, TagNames> = BTreeMap::new();
    let mut features: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    features.extend(FEATURES.iter().map(|feature| feature.name.to_owned()));
    features.extend(memory.tags().map(|names| names.feature.clone()));
    for name in names {
        if given.contains_key(name) {
            continue;
        }
        let before = memory.tag(name);
        let hint = described.get(name.as_str()).and_then(|tag| tag.get("x-switchboard-name")?.as_str());
        let module = match (hint, before) {
            (Some(hint), _) => idents::snake(hint),
            (None, Some(before)) => before.module.clone(),
            (None, None) if name == UNTAGGED.0 => UNTAGGED.1.to_owned(),
            (None, None) => idents::snake(&idents::whole(name)),
        };
        let is_taken = CLIENT_METHODS.contains(&module.as_str());
        let module = if is_taken { format!("{}_operations", module.trim_end_matches('_')) } else { module };
        let alike = given.values().chain(memory.tags()).find(|known| known.module == module);
        let feature = match (alike, before) {
            (Some(known), _) => known.feature.clone(),
            (None, Some(before)) => before.feature.clone(),
            (None, None) => {
                let wanted = feature(&module);
                idents::unique([wanted.clone(), format!("{wanted}-operations")], &mut features)
            }
        };
        given.insert(name.clone(), TagNames { module, feature });
    }
    given
}

/// The feature of a module, in the letters that a registry takes.
fn feature(module: &str) -> String {
    let letter = |character: char| match character {
        '_' => "-".to_owned(),
        _ if character.is_ascii() => character.to_string(),
        _ => format!("u{:x}", u32::from(character)),
    };
    module.trim_matches('_').chars().map(letter).collect()
}

/// Gives the tags that there are too many of one feature. What has one of its own keeps it.
fn share_features(given: &mut BTreeMap<String, TagNames>, memory: &Memory, diagnostics: &mut Diagnostics) {
    let known: BTreeSet<String> = memory.tags().map(|names| names.feature.clone()).collect();
    let mut features = known.clone();
    let mut shared = 0_usize;
    for names in given.values_mut() {
        if features.contains(&names.feature) || features.len() < MAX_FEATURES {
            features.insert(names.feature.clone());
        } else {
            OTHER_TAGS.clone_into(&mut names.feature);
            shared += 1;
        }
    }
    if shared > 0 {
        let message = format!(
            "there are more than {MAX_FEATURES} tags, and a registry takes 300 features of a crate: {shared} of them share the \
             feature `{OTHER_TAGS}`"
        );
        diagnostics.push(Diagnostic::adaptation("shared-feature", "/tags", message));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::lower::{lower, lower_again};
    use crate::plan::Plan;

    /// An operation for each id, a `GET` of a path of that name, with its tag.
    fn document(operations: &[(&str, &str)]) -> Value {
        let item = |(id, tag): &(&str, &str)| {
            let tags: Vec<&str> = if tag.is_empty() { Vec::new() } else { vec![tag] };
            let operation = json!({"operationId": id, "tags": tags, "responses": {"404": {"description": ""}}});
            (format!("/{id}"), json!({"get": operation}))
        };
        let paths: Map<String, Value> = operations.iter().map(item).collect();
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
    }

    fn by_tag(operations: &[(&str, &str)]) -> Value {
        let mut document = document(operations);
        document["x-switchboard-layout"] = json!("tags");
        document
    }

    fn planned(document: &Value) -> Plan {
        lower("t", document, &mut Diagnostics::default())
    }

    fn again(before: &Plan, document: &Value) -> Plan {
        lower_again("t", document, before.names.clone(), &mut Diagnostics::default())
    }

    fn paths(plan: &Plan) -> Vec<String> {
        plan.operations.iter().map(crate::plan::Operation::method_path).collect()
    }

    fn features(plan: &Plan) -> Vec<&str> {
        plan.layout.tags.values().map(|tag| tag.feature.as_str()).collect()
    }

    #[test]
    fn operations_stand_by_tag_where_they_are_many_and_of_several_tags() {
        let many = |count: usize, tags: &[&str]| {
            let ids: Vec<String> = (0..count).map(|index| format!("op{index}")).collect();
            let tagged = ids.iter().zip(tags.iter().cycle()).map(|(id, tag)| (id.as_str(), *tag));
            document(&tagged.collect::<Vec<_>>())
        };
        let is_by_tag = |document: &Value| planned(document).layout.is_by_tag();
        assert!(is_by_tag(&many(61, &["a", "b"])));
        assert!(
            !is_by_tag(&many(60, &["a", "b"])) && !is_by_tag(&many(61, &["a"])) && !is_by_tag(&many(61, &["a", ""]))
        );
        let mut flat = many(61, &["a", "b"]);
        flat["x-switchboard-layout"] = json!("flat");
        assert!(!is_by_tag(&flat) && is_by_tag(&by_tag(&[("get", "a")])));

        // What a crate has it keeps, whatever becomes of the document.
        let (small, large) = (planned(&many(60, &["a", "b"])), planned(&many(61, &["a", "b"])));
        assert_eq!(paths(&again(&small, &many(70, &["a", "b"])))[0], "op0");
        assert_eq!(paths(&again(&large, &many(2, &["a", "b"]))), ["a().op0", "b().op1"]);
        let mut old = small.clone();
        old.names.arrangement = None;
        assert!(!again(&old, &many(70, &["a", "b"])).layout.is_by_tag(), "a crate from before there were tags");
    }

    #[test]
    fn a_method_is_called_what_its_tag_does_not_say() {
        let named = |tag: &str, ids: &[&str]| {
            let operations: Vec<_> = ids.iter().map(|id| (*id, tag)).collect();
            planned(&by_tag(&operations)).operations.into_iter().map(|found| found.ident).collect::<Vec<_>>()
        };
        assert_eq!(
            named("issues", &["issues/list-for-repo", "getIssue", "lockIssueComments"]),
            ["list_for_repo", "get", "lock_comments"]
        );
        assert_eq!(named("Beta users", &["listBetaUsers", "deleteUser"]), ["list", "delete"]);
        // Two of one name have none of it, and what is no name is none.
        assert_eq!(
            named("pets", &["getPet", "getPets", "pets", "pets/move", "pet/2fa"]),
            ["get_pet", "get_pets", "pets", "pets_move", "pet_2fa"]
        );
        assert_eq!(named("pets", &["pets/clone", "pets/list"]), ["pets_clone", "list"]);
        assert_eq!(named("", &["untagged/list"]), ["list"]);
    }

    #[test]
    fn names_stay_when_operations_and_tags_come_go_and_change() {
        let first = [("getPet", "pets"), ("listOwners", "owners")];
        let before = planned(&by_tag(&first));
        assert_eq!(paths(&before), ["pets().get", "owners().list"]);

        // New ones come first, of a new tag and of names that are there; an old one gets another tag.
        let grown = by_tag(&[("getX", "Other"), ("pets/get", "pets"), ("getPet", "Other"), ("listOwners", "owners")]);
        let after = again(&before, &grown);
        assert_eq!(paths(&after), ["other().get_x", "pets().pets_get", "pets().get", "owners().list"]);
        assert_eq!(again(&after, &grown), after, "what was noted is what is needed");
        let types = |plan: &Plan| {
            plan.operations.iter().map(|found| (found.type_ident.clone(), found.owner.clone())).collect::<Vec<_>>()
        };
        assert_eq!(types(&after)[2..], types(&before)[..]);

        let left = again(&after, &by_tag(&first[..1]));
        assert_eq!(paths(&left), ["pets().get"]);
        assert_eq!(left.layout.tags.keys().collect::<Vec<_>>(), ["pets"]);
    }

    #[test]
    fn hints_have_the_last_word() {
        let operations = [("getPet", "pets"), ("listPets", "pets"), ("getOwner", "owners")];
        let before = planned(&by_tag(&operations));
        let mut hinted = by_tag(&operations);
        hinted["paths"]["/getPet"]["get"]["x-switchboard-tag"] = json!("owners");
        hinted["paths"]["/getOwner"]["get"]["x-switchboard-name"] = json!("the-one");
        hinted["paths"]["/listPets"]["get"]["x-switchboard-name"] = json!("get");
        hinted["tags"] = json!([{"name": "owners", "x-switchboard-name": "people"}]);
        let expected = ["people().get_pet", "pets().get", "people().the_one"];
        assert_eq!(paths(&planned(&hinted)), expected);
        let after = again(&before, &hinted);
        assert_eq!(paths(&after), expected);
        assert_eq!(after.operations[1].type_ident, "Get");
        assert_eq!(features(&after), ["owners", "pets"], "a feature keeps its name");

        let mut twice = document(&operations);
        for id in ["getPet", "getOwner"] {
            twice["paths"][format!("/{id}")]["get"]["x-switchboard-name"] = json!("same");
        }
        let mut diagnostics = Diagnostics::default();
        lower("t", &twice, &mut diagnostics);
        let faults: Vec<_> = diagnostics.iter().filter(|found| found.code == "bad-hint").collect();
        assert_eq!(faults[0].pointer, "/paths/~1getOwner/get/x-switchboard-name");
        assert_eq!(faults.len(), 1);

        // The client, and the tag's own struct, have names as well.
        let faults_of = |document: &Value| {
            let mut diagnostics = Diagnostics::default();
            lower("t", document, &mut diagnostics);
            diagnostics.iter().filter(|found| found.code == "bad-hint").map(|found| found.pointer.clone()).collect()
        };
        let mut flat = document(&operations);
        flat["paths"]["/getPet"]["get"]["x-switchboard-name"] = json!("request");
        let mut tagged = by_tag(&operations);
        tagged["paths"]["/getPet"]["get"]["x-switchboard-name"] = json!("pets");
        for document in [flat, tagged] {
            let found: Vec<String> = faults_of(&document);
            assert_eq!(found, ["/paths/~1getPet/get/x-switchboard-name"]);
        }
    }

    #[test]
    fn tags_have_modules_and_features_of_their_own() {
        let operations = [
            ("a", "Client"),
            ("b", "client"),
            ("c", "request"),
            ("d", "имя"),
            ("e", "type"),
            ("f", ""),
            ("g", "gzip"),
            ("h", "2FA keys"),
        ];
        let plan = planned(&by_tag(&operations));
        let found: Vec<_> =
            plan.layout.tags.iter().map(|(module, tag)| (module.as_str(), tag.feature.as_str())).collect();
        assert_eq!(
            found,
            [
                ("client", "client-operations"),
                ("request_operations", "request-operations"),
                ("имя", "u438u43cu44f"),
                ("type_", "type"),
                ("untagged", "untagged"),
                ("gzip", "gzip-operations"),
                ("_2fa_keys", "2fa-keys"),
            ]
        );
    }

    #[test]
    fn tags_beyond_what_a_registry_takes_share_a_feature() {
        let names: Vec<String> = (0..MAX_FEATURES + 3).map(|index| format!("tag{index:03}")).collect();
        let operations: Vec<_> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        let mut diagnostics = Diagnostics::default();
        let plan = lower("t", &by_tag(&operations), &mut diagnostics);
        assert_eq!(plan.layout.tag_features().len(), MAX_FEATURES + 1);
        assert_eq!(plan.layout.tags["tag252"].feature, "other-tags");
        assert!(diagnostics.iter().any(|found| found.code == "shared-feature"));
        // One more, which comes first, takes nothing from those that are there.
        let grown = std::iter::once(("new", "a")).chain(operations).collect::<Vec<_>>();
        let after = again(&plan, &by_tag(&grown));
        assert_eq!(after.layout.tags["a"].feature, "other-tags");
        assert_eq!(after.layout.tags["tag249"].feature, "tag249");
    }
}
