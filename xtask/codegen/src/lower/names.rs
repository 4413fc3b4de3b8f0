//! What types are called: by whose they are and what property holds them, as a person would call them; no two alike, none
//! longer than can be read, and none that another one had before.
//!
//! A definition has the name that the document gives it, without what the names of all definitions begin with
//! (`io.k8s.api.core.v1.Pod`). An inline schema is named after where it stands. What `x-switchboard-name` says is the name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::idents;
use super::lock::{Memory, usual_error};
use super::readable::readable;
use crate::diagnostics::pointer_tokens;
use crate::objects::{Kind, visit};
use crate::plan::Lock;
use crate::schema::shape::{Shape, Typed};

/// Property names that say too little to name a type.
const GENERIC: &[&str] = &[
    "attributes",
    "body",
    "config",
    "content",
    "data",
    "detail",
    "details",
    "entry",
    "error",
    "errors",
    "filter",
    "info",
    "item",
    "items",
    "kind",
    "link",
    "links",
    "meta",
    "metadata",
    "object",
    "option",
    "options",
    "params",
    "payload",
    "properties",
    "property",
    "record",
    "request",
    "response",
    "result",
    "results",
    "settings",
    "state",
    "status",
    "type",
    "value",
    "values",
];

/// Whether a word says too little to name a type.
fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word.to_lowercase().as_str())
}

/// What is a number as the key of a definition, in words: the body of an error is often kept under its status.
fn spoken(key: &str) -> Option<String> {
    let number = key.parse::<u16>().ok()?;
    let word = if (400..600).contains(&number) { "Error" } else { "Schema" };
    Some(format!("{word}{key}"))
}

/// Where an inline schema stands, as the names its type could have, best first.
#[derive(Clone, Debug)]
pub struct Context {
    /// Whose it is: an operation's, or a definition's. Equal schemas of one owner are one type.
    pub owner: String,
    /// The names.
    pub candidates: Vec<String>,
    /// Set at the root of an operation's body: properties there are named without the root's name.
    pub envelope: Option<String>,
}

impl Context {
    /// The body of an operation: `name` is its type's name, `operation` the operation's.
    pub fn root(name: String, operation: &str) -> Self {
        Self { owner: operation.to_owned(), candidates: vec![name], envelope: Some(operation.to_owned()) }
    }

    /// Something of `owner`, named as it is.
    pub fn named(owner: &str, candidates: Vec<String>) -> Self {
        Self { owner: owner.to_owned(), candidates, envelope: None }
    }

    /// What several operations describe alike: called by the first of these names that says enough, or else as the one
    /// operation's `own`.
    pub fn recurring(words: [String; 2], own: String) -> Self {
        let words = words.into_iter().filter(|word| !is_generic(word));
        Self::named(&own.clone(), words.chain([own]).collect())
    }

    /// The same for what stands in it, which is no body's root.
    pub fn within(&self) -> Self {
        Self { envelope: None, ..self.clone() }
    }

    /// The same, or what several operations refer to under a name of its own.
    pub fn or_shared(&self, typed: &Typed) -> Self {
        let mut tokens = pointer_tokens(&typed.pointer);
        let (Some("components"), Some(kind), Some(name)) = (tokens.next().as_deref(), tokens.next(), tokens.next())
        else {
            return self.clone();
        };
        let kind = match kind.as_str() {
            "parameters" => "Parameter",
            "headers" => "Header",
            "requestBodies" => "Request",
            "responses" => "Response",
            _ => return self.clone(),
        };
        let several = matches!(typed.shape, Shape::Array(_));
        let owner = idents::pascal(&name);
        let short = if several { idents::pascal(&idents::singular(&name)) } else { owner.clone() };
        let candidates = vec![short.clone(), format!("{short}{kind}")];
        let envelope = self.envelope.as_ref().map(|_| owner.clone());
        Self { owner, candidates, envelope }
    }
}

/// The struct, or the body, that a property stands in.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// The name of its type.
    pub name: &'a str,
    /// Whose it is.
    pub owner: &'a str,
    /// The operation whose body it is the root of.
    pub envelope: Option<&'a str>,
}

impl Holder<'_> {
    /// How the type of an inline property could be called.
    pub fn property(&self, wire: &str, typed: &Typed) -> Context {
        let several = matches!(typed.shape, Shape::Array(_) | Shape::Map(_));
        let word = if several { idents::singular(wire) } else { wire.to_owned() };
        let short = idents::pascal(&word);
        let generic = is_generic(&word) || is_generic(wire);
        let mut candidates = Vec::new();
        // What the type of an operation's errors is called is nothing that one of them holds.
        let envelope = self.envelope.filter(|operation| usual_error(operation) != format!("{operation}{short}"));
        match envelope {
            Some(operation) if !generic => {
                candidates.push(short.clone());
                candidates.push(if operation.contains(&short) {
                    operation.to_owned()
                } else {
                    format!("{operation}{short}")
                });
            }
            Some(operation) => candidates.push(format!("{operation}{short}")),
            None => {}
        }
        candidates.extend(self.holding(&short));
        // Of two properties in the singular and the plural, one is named as it is written.
        candidates.extend(several.then(|| idents::pascal(wire)).into_iter().flat_map(|plural| self.holding(&plural)));
        Context::named(self.owner, candidates)
    }

    /// A name for what is called `short` within this: with the holder's name, or, where that is too long, with the owner's.
    fn holding(&self, short: &str) -> Vec<String> {
        if short == self.name {
            return vec![format!("{short}Details")];
        }
        if short.starts_with(self.name) {
            return vec![short.to_owned()];
        }
        // Nothing is called twice in a row what it is.
        let short = if self.name.ends_with(short) { "Details" } else { short };
        let mut names = vec![format!("{}{short}", self.name)];
        if self.owner != self.name {
            names.push(format!("{}{short}", self.owner));
        }
        names
    }

    /// How the type of a union's variant could be called.
    pub fn variant(&self, ident: &str) -> Context {
        Context::named(self.owner, self.holding(ident))
    }
}

/// The names that are given, and those that are not to be.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    /// What the document's hints call types.
    hinted: BTreeSet<String>,
    /// What the names of all definitions with dots begin with, up to the last dot.
    prefix: String,
    /// What the definitions are called by their keys without the prefix, each with the keys.
    keys_by_name: BTreeMap<String, Vec<String>>,
    memory: Memory,
}

impl Names {
    /// Knows the document, and the names that were given before.
    pub fn new(document: &Value, before: Lock) -> Self {
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        let keys: Vec<&String> = components.into_iter().flat_map(|found| found.keys()).collect();
        let prefix = common_prefix(&keys);
        let short = |key: &str| idents::pascal(key.strip_prefix(&prefix).unwrap_or(key));
        let mut keys_by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for key in &keys {
            keys_by_name.entry(short(key)).or_default().push((*key).clone());
        }
        let mut hinted = BTreeSet::new();
        hints(document, &mut hinted);
        // Who asks for the name of a definition means that, or is told that it is taken.
        let unhinted =
            components.into_iter().flatten().filter(|(_, schema)| schema.get("x-switchboard-name").is_none());
        for (key, _) in unhinted {
            hinted.remove(&short(key));
        }
        Self { taken: BTreeSet::new(), hinted, prefix, keys_by_name, memory: Memory::new(before, document) }
    }

    /// What a definition is called by its key, or by what stands at its place.
    pub fn of_definition(&self, pointer: &str) -> Vec<String> {
        let tokens: Vec<String> = pointer_tokens(pointer).collect();
        match tokens.as_slice() {
            [components, schemas, component, within @ ..] if components == "components" && schemas == "schemas" => {
                let names = self.of_component(component);
                // What a component defines for itself has a name of its own, unless that says too little, or another has it.
                let own = within.iter().rposition(|token| token == "$defs" || token == "definitions");
                let own = own
                    .and_then(|at| Some((within.get(at + 1).filter(|name| !is_generic(name))?, within.get(at + 2..)?)));
                let own = own.map(|(name, within)| within_component(idents::pascal(name), within));
                let last = (!within.is_empty()).then(|| idents::pascal(&idents::shape_name(pointer)));
                let within = names.into_iter().map(|name| within_component(name, within));
                own.into_iter().chain(within).chain(last).collect()
            }
            _ => self.of_component(&idents::shape_name(pointer)),
        }
    }

    /// What a component is called by its key.
    fn of_component(&self, key: &str) -> Vec<String> {
        if let Some(spoken) = spoken(key) {
            let names = [spoken.clone(), format!("{spoken}Schema")];
            // A key that says the same in words has the name.
            return names.into_iter().filter(|name| !self.keys_by_name.contains_key(name)).collect();
        }
        let others = |name: &String| self.keys_by_name.get(name).filter(|keys| keys.len() > 1);
        let short = key.strip_prefix(&self.prefix).map(idents::pascal).filter(|name| others(name).is_none());
        let name = idents::pascal(key);
        // Of keys that differ in how they are spelled the second is called by that.
        let other = others(&name).and_then(|keys| keys.iter().find(|other| *other != key));
        let spelled = other.and_then(|other| idents::spelling(key, other)).map(|spelling| format!("{name}{spelling}"));
        short.into_iter().chain([name]).chain(spelled).collect()
    }

    /// A name for the type of the schema at `place`: the one that it had, else the first of `candidates` that is free.
    pub fn give(&mut self, place: &str, hint: Option<&str>, candidates: Vec<String>) -> Given {
        if let Some(hint) = hint.map(idents::pascal) {
            if self.taken.insert(hint.clone()) {
                self.note(place, &hint);
                return Given { name: hint.clone(), stem: hint, is_refused: false };
            }
            return Given { is_refused: true, ..self.give(place, None, candidates) };
        }
        let names = self.memory.of_type(place);
        // Of several types that were made of one schema each owner keeps its own, whoever comes and goes.
        let is_own = |name: &str| names.len() == 1 || candidates.iter().any(|candidate| is_numbered(name, candidate));
        let mut before = names.iter().filter(|name| !self.hinted.contains(**name) && is_own(name));
        if let Some(name) = before.find(|name| self.taken.insert((**name).to_owned())).map(|name| (*name).to_owned()) {
            self.note(place, &name);
            return Given { stem: name.clone(), name, is_refused: false };
        }
        let (name, stem) = self.new_name(candidates);
        self.note(place, &name);
        Given { name, stem, is_refused: false }
    }

    /// The first of `candidates` that nothing else is called, with a number if need be, and without.
    fn new_name(&mut self, candidates: Vec<String>) -> (String, String) {
        let is_free =
            |name: &String| !self.taken.contains(name) && !self.hinted.contains(name) && !self.memory.is_kept(name);
        let (name, stem) = match candidates.iter().find(|name| is_free(name)) {
            Some(name) => (name.clone(), name.clone()),
            None => {
                let stem = candidates.first().cloned().unwrap_or_else(|| "Value".to_owned());
                let number = (2_u64..).map(|number| idents::numbered(&stem, number));
                (number.into_iter().find(is_free).unwrap_or_else(|| stem.clone()), stem)
            }
        };
        self.taken.insert(name.clone());
        (name, stem)
    }

    /// Reserves the name of what is no schema's type.
    pub fn reserve(&mut self, place: &str, candidates: Vec<String>) -> String {
        self.give(place, None, readable(candidates)).name
    }

    /// What the types of the schemas at `place` were called before.
    pub fn before(&self, place: &str) -> Vec<&str> {
        self.memory.of_type(place)
    }

    /// Notes what the type of the schema at `place` is called.
    pub fn note(&mut self, place: &str, name: &str) {
        self.memory.note_type(place, name);
    }

    /// The names of operations.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// All names, for the next time.
    pub fn into_lock(self) -> Lock {
        self.memory.into_lock()
    }
}

/// A name that was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The name.
    pub name: String,
    /// The same before it got a number.
    pub stem: String,
    /// Whether a hint asks for a name that another type has.
    pub is_refused: bool,
}

/// What a schema within a component is called, as it is where it stands: after the component and the properties on the way.
fn within_component(mut name: String, within: &[String]) -> String {
    let mut way = within.iter();
    while let Some(token) = way.next() {
        name = match (token.as_str(), name) {
            ("properties" | "$defs" | "definitions", name) => {
                let holder = Holder { name: &name, owner: &name, envelope: None };
                let short = way.next().map(|property| idents::pascal(property)).unwrap_or_default();
                holder.holding(&short).into_iter().next().unwrap_or(short)
            }
            ("items" | "additionalProperties", name) => idents::singular(&name),
            (_, name) => name,
        };
    }
    name
}

/// The first of the names with what it is a name of, for where all of them are another's.
pub fn kinded(candidates: &[String], typed: &Typed) -> Option<String> {
    let kind = match &typed.shape {
        Shape::Enum(_) | Shape::IntegerEnum(_) => "Value",
        Shape::Union(_) => "Choice",
        _ => "Object",
    };
    let name = candidates.first().filter(|name| !name.ends_with(kind)).map(|name| format!("{name}{kind}"))?;
    readable(vec![name]).pop()
}

/// Whether a name is this one, with a number or without.
pub fn is_numbered(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem)
        .is_some_and(|rest| rest.trim_start_matches('_').chars().all(|character| character.is_ascii_digit()))
}

/// What all keys with a dot begin with, up to a dot; nothing where there is but one of them.
fn common_prefix(keys: &[&String]) -> String {
    let mut dotted = keys.iter().filter_map(|key| key.rsplit_once('.').map(|(space, _)| space.split('.')));
    let Some(first) = dotted.next() else { return String::new() };
    let mut common: Vec<&str> = first.collect();
    let mut several = false;
    for other in dotted {
        let alike = common.iter().zip(other).take_while(|(left, right)| **left == *right).count();
        common.truncate(alike);
        several = true;
    }
    if several { common.iter().map(|segment| format!("{segment}.")).collect() } else { String::new() }
}

/// The names that schemas are to have by hint.
fn hints(document: &Value, found: &mut BTreeSet<String>) {
    visit(Kind::Root, document, "", &mut |kind, fields, _| {
        if kind == Kind::Schema {
            found.extend(of_hint(fields));
        }
    });
}

/// What a schema's hint may call a type: its own, or, of a list or a map, that of what it holds.
pub fn of_hint(fields: &serde_json::Map<String, Value>) -> Vec<String> {
    let Some(hint) = fields.get("x-switchboard-name").and_then(Value::as_str) else { return Vec::new() };
    let holds = ["items", "additionalProperties"].into_iter().any(|key| fields.contains_key(key));
    let of_element = holds.then(|| idents::pascal(&idents::singular(hint)));
    std::iter::once(idents::pascal(hint)).chain(of_element).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::lower::readable::LONGEST;
    use crate::lower::{lower, lower_again, testing, testing::plan};
    use crate::plan::{Plan, TypeKind, TypeRef};

    #[test]
    fn a_hint_is_of_a_schema_by_where_it_stands() {
        let mut found = BTreeSet::new();
        let hinted = |name: &str| json!({"x-switchboard-name": name, "type": "object"});
        let document = json!({
            "tags": [{"name": "a", "x-switchboard-name": "tag"}],
            "servers": [{"url": "/", "x-switchboard-name": "server"}],
            "paths": {"/a": {"get": {"x-switchboard-name": "operation"}}},
            "components": {
                "securitySchemes": {"key": {"x-switchboard-name": "scheme"}},
                "schemas": {"Pet": object(json!({"tags": hinted("Label"), "responses": hinted("Reply")}))},
            },
        });
        hints(&document, &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Label", "Reply"]);
    }

    fn object(properties: Value) -> Value {
        json!({"type": "object", "properties": properties})
    }

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// An operation that answers with a schema.
    fn answering(id: &str, schema: &Value) -> Value {
        json!({"operationId": id, "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}})
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.types.keys().map(String::as_str).collect()
    }

    fn field<'p>(plan: &'p Plan, name: &str, property: &str) -> &'p TypeRef {
        let TypeKind::Struct(found) = &plan.types[name].kind else { panic!("{name} is no struct") };
        &found.fields.iter().find(|field| field.wire == property).unwrap().ty
    }

    #[test]
    fn equal_schemas_of_different_owners_are_types_of_their_own() {
        let tax = object(json!({"enabled": {"type": "boolean"}}));
        let query = json!([{"name": "tax", "in": "query", "schema": tax, "style": "deepObject"}]);
        let mut upcoming = answering("getUpcoming", &json!({"type": "string"}));
        upcoming["parameters"] = query;
        let schemas = json!({"Cart": object(json!({"tax": tax, "tip": tax})), "Order": object(json!({"tax": tax}))});
        let plan = plan(&json!({"/a": {"get": upcoming}}), &schemas);
        assert_eq!(names(&plan), ["Cart", "Order", "CartTax", "OrderTax", "GetUpcomingTax"]);
        assert_eq!(field(&plan, "Cart", "tip"), &TypeRef::Named("CartTax".to_owned()), "one owner has one type");
        assert_eq!(field(&plan, "Order", "tax"), &TypeRef::Named("OrderTax".to_owned()));
    }

    #[test]
    fn a_property_that_is_called_as_its_holder_is_the_details_of_it() {
        let user = object(
            json!({"object": {"type": "string", "enum": ["a", "b"]}, "user": object(json!({"id": {"type": "string"}}))}),
        );
        assert_eq!(names(&plan(&json!({}), &json!({"User": user}))), ["User", "UserObject", "UserDetails"]);
    }

    #[test]
    fn definitions_have_names_where_keys_are_numbers_or_keywords_or_within_others() {
        let within = |pointer: &str| json!({"$ref": format!("#/components/schemas/{pointer}")});
        let values = |values: &[&str]| json!({"type": "string", "enum": values});
        let schemas = json!({
            "404": object(json!({"id": {"type": "string"}})), "7": object(json!({"id": {"type": "string"}})), "items": object(json!({"id": {"type": "string"}})),
            "A": {"type": "object", "properties": {"id": {"type": "string"}}, "definitions": {"status": values(&["a", "b"]), "Wheel": object(json!({"id": {"type": "string"}}))}},
            "B": object(json!({"kind": values(&["a", "c"])})),
            "403": object(json!({"id": {"type": "string"}})), "error_403": object(json!({"id": {"type": "integer"}})),
            "C": object(json!({"a": within("A/definitions/status"), "b": within("B/properties/kind"), "c": within("A/definitions/Wheel")})),
        });
        let plan = plan(&json!({}), &schemas);
        let mut found = names(&plan);
        found.sort_unstable();
        assert_eq!(
            found,
            ["A", "AStatus", "B", "BKind", "C", "Error403", "Error403Schema", "Error404", "Items", "Schema7", "Wheel"]
        );
    }

    #[test]
    fn definitions_that_are_spelled_otherwise_are_one_type_or_called_by_how_they_are_spelled() {
        let text = object(json!({"id": {"type": "string"}}));
        let number = object(json!({"id": {"type": "integer"}}));
        let mut told = text.clone();
        told["description"] = json!("The same.");
        let schemas = json!({"CardToken": text, "card_token": told, "Order": text, "_Order": number,
            "Both": object(json!({"a": to("card_token"), "b": to("_Order")}))});
        let first = plan(&json!({}), &schemas);
        assert_eq!(names(&first), ["CardToken", "Order", "OrderCapitalized", "Both"]);
        assert_eq!(field(&first, "Both", "a"), &TypeRef::Named("CardToken".to_owned()));
        let document = testing::document(&json!({}), &schemas);
        let again = |before: &Plan| lower_again("t", &document, before.names.clone(), &mut Diagnostics::default());
        assert_eq!(again(&first), first);
        // Of a crate that had a type of each.
        let mut old = first;
        old.names.types.insert("/components/schemas/card_token".to_owned(), "CardToken2".to_owned());
        assert_eq!(names(&again(&old)), ["CardToken", "CardToken2", "Order", "OrderCapitalized", "Both"]);
    }

    #[test]
    fn what_comes_from_another_definition_is_named_after_it() {
        let base = object(json!({"links": object(json!({"self": {"type": "string"}}))}));
        let schemas = json!({
            "Account": {"allOf": [to("Base"), object(json!({"id": {"type": "string"}}))]}, "Base": base,
        });
        let plan = plan(&json!({}), &schemas);
        assert_eq!(names(&plan), ["Account", "Base", "BaseLinks"]);
        assert_eq!(field(&plan, "Account", "links"), field(&plan, "Base", "links"));
    }

    #[test]
    fn a_schema_within_another_is_one_type_whoever_refers_to_it() {
        let kinds = json!({"type": "array", "items": {"type": "string", "enum": ["p", "q"]}});
        let part = json!({"type": "object", "properties": {"x": {"type": "string"}}});
        let whole = object(json!({"part": part, "kinds": to("Kinds")}));
        let other = object(json!({"same": to("Whole/properties/part"), "kind": to("Kinds/items")}));
        for names_in_order in [["Whole", "Other"], ["Other", "Whole"]] {
            let schema = |name: &str| (name.to_owned(), if name == "Whole" { &whole } else { &other }.clone());
            let mut schemas: serde_json::Map<String, Value> = names_in_order.into_iter().map(schema).collect();
            schemas.insert("Kinds".to_owned(), kinds.clone());
            let plan = plan(&json!({}), &Value::Object(schemas));
            assert_eq!(field(&plan, "Whole", "part"), field(&plan, "Other", "same"));
            assert_eq!(plan.types.len(), 4, "{:?}", names(&plan));
            assert!(names(&plan).contains(&"Kind") && names(&plan).contains(&"WholePart"), "{:?}", names(&plan));
        }
    }

    #[test]
    fn what_a_component_defines_for_itself_has_its_own_name() {
        let defining = |property: &str| {
            let mut part = object(json!({"part": to(&format!("{property}/$defs/Part"))}));
            part["$defs"] = json!({"Part": object(json!({property: {"type": "string"}}))});
            part
        };
        let plan = plan(&json!({}), &json!({"One": defining("One"), "Two": defining("Two")}));
        assert_eq!(names(&plan), ["One", "Two", "Part", "TwoPart"]);
    }

    #[test]
    fn what_two_make_alike_of_anothers_property_is_named_after_each() {
        let of = |name: &str| {
            let mode = json!({"type": "string", "enum": ["a", "b"]});
            json!({"allOf": [to("Base"), object(json!({"mode": mode, name: {"type": "string"}}))]})
        };
        let base = object(json!({"mode": {"type": "string", "enum": ["a", "b", "c"]}}));
        let document = |names: &[&str]| {
            let own = names.iter().map(|name| ((*name).to_owned(), of(name)));
            let schemas = [("Base".to_owned(), base.clone())].into_iter().chain(own).collect();
            testing::document(&json!({}), &Value::Object(schemas))
        };
        let before = lower("t", &document(&["Docs", "Slack"]), &mut Diagnostics::default());
        let modes = |plan: &Plan, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| format!("{:?}", field(plan, name, "mode"))).collect()
        };
        let expected = ["DocsMode", "SlackMode"].map(|name| format!("Named({name:?})"));
        assert_eq!(modes(&before, &["Docs", "Slack"]), expected);
        let again = |names: &[&str], before: &Plan| {
            lower_again("t", &document(names), before.names.clone(), &mut Diagnostics::default())
        };
        assert_eq!(again(&["Docs", "Slack"], &before), before);
        assert_eq!(modes(&again(&["Slack", "Docs"], &before), &["Docs", "Slack"]), expected);
        // Of a crate where the second had the type of the first.
        let mut old = before.clone();
        old.names.types.retain(|_, name| name != "SlackMode");
        assert_eq!(
            modes(&again(&["Docs", "Slack"], &old), &["Docs", "Slack"]),
            [&expected[0], &expected[0]].map(String::clone)
        );
    }

    #[test]
    fn a_definition_of_another_keeps_its_name() {
        let same = json!({"allOf": [to("Task"), {"type": "object", "description": "One of these."}]});
        let schemas = json!({"Task": object(json!({"id": {"type": "string"}})), "Job": same, "List": object(json!({"next": same}))});
        let plan = plan(&json!({}), &schemas);
        assert_eq!(names(&plan), ["Task", "Job", "List"]);
        assert_eq!(field(&plan, "List", "next"), &TypeRef::Named("Task".to_owned()));
    }

    #[test]
    fn what_a_definition_adds_to_a_property_of_another_is_its_own() {
        let text = json!({"type": "string"});
        let extending = |profile: &Value| json!({"allOf": [to("Base"), object(json!({"profile": profile}))]});
        let schemas = json!({
            "Base": object(json!({"profile": object(json!({"id": text}))})),
            "Mail": extending(&object(json!({"address": text}))),
            "Push": extending(&object(json!({"device": text}))),
            "Plain": extending(&json!({"description": "The same."})),
        });
        let plan = plan(&json!({}), &schemas);
        assert_eq!(names(&plan), ["Base", "Mail", "Push", "Plain", "BaseProfile", "MailProfile", "PushProfile"]);
        assert_eq!(field(&plan, "Plain", "profile"), field(&plan, "Base", "profile"));
    }

    #[test]
    fn what_definitions_add_to_one_property_keeps_its_names_whoever_comes_and_goes() {
        let text = json!({"type": "string"});
        let document = |extending: &[&str]| {
            let mut schemas = json!({"Base": object(json!({"profile": object(json!({"id": text}))}))});
            for name in extending {
                let profile = object(json!({*name: text}));
                schemas[*name] = json!({"allOf": [to("Base"), object(json!({"profile": profile}))]});
            }
            testing::document(&json!({}), &schemas)
        };
        let first = lower("t", &document(&["Mail", "Push"]), &mut Diagnostics::default());
        let profile = |plan: &Plan, name: &str| field(plan, name, "profile").clone();
        for extending in [&["Push"][..], &["Sms", "Mail", "Push"]] {
            let again = lower_again("t", &document(extending), first.names.clone(), &mut Diagnostics::default());
            for name in extending {
                assert_eq!(profile(&again, name), TypeRef::Named(format!("{name}Profile")), "{extending:?}");
            }
        }
    }

    #[test]
    fn what_a_definition_has_itself_takes_no_name_of_another() {
        let tagged = |more: Value| json!({"allOf": [more, {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}]});
        let mut root = tagged(json!({}));
        root["discriminator"] = json!({"propertyName": "kind"});
        let schemas = json!({"Answer": tagged(to("AnswerBase")), "Cat": {"allOf": [to("Answer")]}, "AnswerBase": root});
        let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/": {"get": answering("get", &to("AnswerBase"))}}, "components": {"schemas": schemas}});
        let mut found = Diagnostics::default();
        let plan = lower("t", &document, &mut found);
        assert!(!found.has_errors(), "{found:?}");
        let names = names(&plan);
        assert!(["Answer", "AnswerItself", "AnswerBase", "AnswerBaseBase"].iter().all(|name| names.contains(name)));
    }

    #[test]
    fn what_operations_share_is_named_as_the_document_names_it() {
        let refer = |kind: &str, name: &str| json!({"$ref": format!("#/components/{kind}/{name}")});
        let operation = |id: &str| json!({"operationId": id, "parameters": [refer("parameters", "sort-by")], "responses": {"404": refer("responses", "not_found")}});
        let answer = json!({"description": "", "content": {"application/json": {"schema": object(json!({"why": {"enum": ["a", "b"]}}))}}});
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}],
            "paths": {"/a": {"get": operation("a")}, "/b": {"get": operation("b")}},
            "components": {
                "schemas": {"NotFound": {"type": "object", "properties": {"other": {"type": "string"}}}},
                "parameters": {"sort-by": {"name": "sort", "in": "query", "schema": {"enum": ["id", "name"]}}},
                "responses": {"not_found": answer},
            },
        });
        let plan = lower("t", &document, &mut Diagnostics::default());
        assert_eq!(names(&plan), ["NotFound", "NotFoundResponse", "SortBy", "Why"]);
    }

    #[test]
    fn what_all_definitions_begin_with_goes_while_the_rest_is_unique() {
        let empty = object(json!({"a": {"type": "string"}}));
        let named = |keys: &[&str]| {
            let schemas: serde_json::Map<String, Value> =
                keys.iter().map(|key| ((*key).to_owned(), empty.clone())).collect();
            let mut found: Vec<String> = plan(&json!({}), &Value::Object(schemas)).types.into_keys().collect();
            found.sort();
            found
        };
        assert_eq!(
            named(&["io.k8s.api.core.v1.Pod", "io.k8s.api.apps.v1.Deployment", "io.k8s.meta.Time"]),
            ["ApiAppsV1Deployment", "ApiCoreV1Pod", "MetaTime"]
        );
        assert_eq!(named(&["a.b.Pod", "a.b.Node", "Pod"]), ["ABPod", "Node", "Pod"]);
        assert_eq!(named(&["a.b.Pod"]), ["ABPod"], "alone it shares nothing");
        assert_eq!(named(&["PetList", "PetItem"]), ["PetItem", "PetList"], "words are no prefix");
    }

    #[test]
    fn no_name_is_longer_than_can_be_read() {
        let long = "requiredPullRequestReviewsDismissalRestrictionsOfTheBranch";
        let inner = object(json!({long: object(json!({"users": object(json!({"first": {"enum": ["a", "b"]}}))}))}));
        let id = "listSelectedOrganizationsEnabledForActionsInTheEnterpriseOfTheUser";
        let plan = plan(&json!({"/a": {"get": answering(id, &inner)}}), &json!({"ProtectedBranch": inner}));
        let found = names(&plan);
        assert!(found.iter().all(|name| name.chars().count() <= LONGEST), "{found:?}");
        assert!(found.contains(&"ProtectedBranchUsers") && !found.iter().any(|name| name.ends_with('2')), "{found:?}");
    }

    #[test]
    fn what_is_too_long_with_its_holder_is_the_end_of_that_before_a_number() {
        let long = "theLimitOfWhatMayBeReceivedIsExceededForThisTransaction";
        let holder = |kind: &str| object(json!({long: object(json!({"description": {"enum": [kind]}}))}));
        let plan = plan(
            &json!({}),
            &json!({"Rejected": object(json!({"a": holder("a"), "b": holder("b"), "c": holder("c")}))}),
        );
        let found = names(&plan);
        assert!(found.iter().all(|name| !name.ends_with('2')), "{found:?}");
    }

    #[test]
    fn a_property_in_the_plural_keeps_it_where_the_singular_is_anothers() {
        let price = object(json!({"a": {"type": "string"}}));
        let prices = json!({"type": "array", "items": object(json!({"b": {"type": "string"}}))});
        let plan = plan(&json!({}), &json!({"All": object(json!({"price": price, "prices": prices}))}));
        assert_eq!(names(&plan), ["All", "AllPrice", "AllPrices"]);
    }

    #[test]
    fn hints_have_the_last_word() {
        let part = |name: &str| {
            let mut part = object(json!({"a": {"type": "string"}}));
            part["x-switchboard-name"] = json!(name);
            part
        };
        let other = object(json!({"b": {"type": "string"}}));
        let schemas = json!({
            "One": object(json!({"first": object(json!({"c": other}))})),
            "Two": object(json!({"part": part("one-first")})),
        });
        let plan = plan(&json!({}), &schemas);
        assert_eq!(field(&plan, "Two", "part"), &TypeRef::Named("OneFirst".to_owned()));
        assert_eq!(field(&plan, "One", "first"), &TypeRef::Named("OneFirstObject".to_owned()));

        // A list is no type: what it holds is called so.
        let list = json!({"type": "array", "x-switchboard-name": "Sorts", "items": {"type": "string", "enum": ["p"]}});
        let text = json!({"type": "string", "x-switchboard-name": "Word"});
        let mut uses = list.clone();
        uses["x-switchboard-name"] = json!("use");
        let schemas = json!({"A": object(json!({"uses": uses, "word": text})), "List": list});
        let document = testing::document(&json!({}), &schemas);
        let mut diagnostics = Diagnostics::default();
        let plan = lower("t", &document, &mut diagnostics);
        assert_eq!(names(&plan), ["A", "Sort", "Use"]);
        let vain: Vec<_> =
            diagnostics.iter().filter(|found| found.code == "vain-word").map(|found| &*found.pointer).collect();
        assert_eq!(vain, ["/components/schemas/A/properties/word/x-switchboard-name"]);

        let taken = |part: Value| {
            let schemas = json!({"One": other, "Two": object(json!({"part": part}))});
            let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}});
            let mut diagnostics = Diagnostics::default();
            let plan = lower("t", &document, &mut diagnostics);
            let faults = diagnostics.iter().filter(|found| found.code == "bad-hint");
            let faults: Vec<String> = faults.map(|found| format!("{}: {}", found.code, found.pointer)).collect();
            (faults, plan)
        };
        let (faults, _) = taken(part("One"));
        assert_eq!(faults, ["bad-hint: /components/schemas/Two/properties/part/x-switchboard-name"]);
        let mut equal = other.clone();
        equal["x-switchboard-name"] = json!("One");
        let (faults, plan) = taken(equal);
        assert_eq!(faults, [""; 0], "it is the same");
        assert_eq!(names(&plan), ["One", "Two"]);
    }
}
