//! The names that were given before: a name never changes because something was added, removed or moved elsewhere.
//!
//! Names are known by the places of what they are given to, as JSON pointers. An operation that is found at another path by its
//! `operationId` is the same operation, and so is one at a path whose parameters alone are called otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::idents;
use super::places::Places;
use super::readable::readable;
use crate::diagnostics::pointer_join;
use crate::methods;
use crate::path_template::shape;
use crate::plan::{Arrangement, Lock, MemberNames, TagNames};

/// Names by where they stand: in a module of calls, or, under no name, on the client itself.
type Scopes = BTreeMap<String, BTreeSet<String>>;

/// Somebody's claim to a name that was given before.
pub struct Claim<K> {
    /// Who would have it.
    pub by: K,
    pub name: String,
    /// Whether it says what it is the name of today.
    pub is_apt: bool,
    /// How many of those that it was the name of are of its today.
    pub of: usize,
}

/// Who keeps a name that several have a claim to: whom it is apt for, or who has the most of those that had it. Nobody has two.
pub fn kept<K: Ord + Clone>(claims: impl IntoIterator<Item = Claim<K>>) -> BTreeMap<K, String> {
    let ordered: BTreeSet<_> =
        claims.into_iter().map(|claim| (!claim.is_apt, usize::MAX - claim.of, claim.by, claim.name)).collect();
    let (mut names, mut given) = (BTreeMap::new(), BTreeSet::new());
    for (_, _, by, name) in ordered {
        if !names.contains_key(&by) && given.insert(name.clone()) {
            names.insert(by, name);
        }
    }
    names
}

/// The names from before, seen from the document of today, and those of today.
#[derive(Debug, Default)]
pub struct Memory {
    before: Lock,
    now: Lock,
    places: Places,
    /// Where operations and paths stand that stood elsewhere, with where they stood.
    moved: BTreeMap<String, String>,
    /// The names of types whose places are there still, and of what stands beside them: nothing else may have them.
    kept: BTreeSet<String>,
    /// The names of all types that there were.
    had: BTreeSet<String>,
    /// What methods and calls are called, and will be.
    methods: Scopes,
    calls: Scopes,
    /// What stands beside them, and what hints call them: who had such a name gives it up.
    reserved_methods: Scopes,
    reserved_calls: Scopes,
    /// What the errors and inline schemas of operations are named after, and will be.
    owners: BTreeSet<String>,
}

impl Memory {
    /// Looks up in the document what of the names is still in use.
    pub fn new(before: Lock, document: &Value) -> Self {
        let mut now = Lock::default();
        let mut moved = called_otherwise(&before, document);
        for (id, place) in operations(document) {
            let Some(place) = place else { continue };
            let old = before.operations.get(&id).filter(|old| **old != place && document.pointer(old).is_none());
            moved.extend(old.map(|old| (place.clone(), old.clone())));
            now.operations.insert(id, place);
        }
        let places = Places::new(document);
        let is_there = |place: &str| {
            document.pointer(&places.numbered(unnumbered(place))).is_some()
                || moved.values().any(|old| is_within(place, old))
        };
        let kept = |names: &BTreeMap<String, String>| -> BTreeSet<String> {
            names.iter().filter(|(place, _)| is_there(place)).map(|(_, name)| name.clone()).collect()
        };
        let scoped = |names: &BTreeMap<String, String>| {
            let mut scopes = Scopes::new();
            for (place, name) in names.iter().filter(|(place, _)| is_there(place)) {
                scopes.entry(scope(&before, place).to_owned()).or_default().insert(name.clone());
            }
            scopes
        };
        let (methods, calls) = (scoped(&before.methods), scoped(&before.calls));
        let (mut kept, owners) = (kept(&before.types), kept(&before.owners));
        let beside = before.required.iter().filter(|(owner, _)| kept.contains(*owner)).map(|(_, name)| name.clone());
        kept.extend(beside.collect::<Vec<_>>());
        let had = before.types.values().cloned().collect();
        Self { before, now, places, moved, kept, had, methods, calls, owners, ..Self::default() }
    }

    /// Whether operations stood by tag; unknown of a crate that has no names yet.
    pub fn arrangement(&self) -> Option<Arrangement> {
        self.before.arrangement.or_else(|| (!self.before.methods.is_empty()).then_some(Arrangement::Flat))
    }

    /// Notes whether operations stand by tag.
    pub fn arrange(&mut self, arrangement: Arrangement) {
        self.now.arrangement = Some(arrangement);
    }

    /// The names that tags had.
    pub fn tags(&self) -> impl Iterator<Item = &TagNames> {
        self.before.tags.values()
    }

    /// The names that a tag had.
    pub fn tag(&self, name: &str) -> Option<&TagNames> {
        self.before.tags.get(name)
    }

    /// Notes what the tags are called.
    pub fn note_tags(&mut self, tags: BTreeMap<String, TagNames>) {
        self.now.tags = tags;
    }

    /// The tag that the operation at `place` stands by: the one that it had, unless a hint says otherwise.
    pub fn tagged(&mut self, place: &str, tag: &str, is_hint: bool) -> String {
        let before = self.find(&self.before.tagged, place).filter(|_| !is_hint);
        let tag = before.unwrap_or(tag).to_owned();
        self.now.tagged.insert(place.to_owned(), tag.clone());
        tag
    }

    /// Keeps names for what stands in `module` beside the operations.
    pub fn reserve(&mut self, module: &str, methods: &[&str], calls: &[&str]) {
        for (scopes, names) in [
            (&mut self.methods, methods),
            (&mut self.reserved_methods, methods),
            (&mut self.calls, calls),
            (&mut self.reserved_calls, calls),
        ] {
            scopes.entry(module.to_owned()).or_default().extend(names.iter().map(|name| (*name).to_owned()));
        }
    }

    /// What the types of the schemas at `place` were called: where schemas are merged, several may stand there.
    pub fn of_type(&self, place: &str) -> Vec<&str> {
        let place = self.places.named(place);
        let names = (1..).map_while(|number| self.find(&self.before.types, &at(&place, number)));
        names.collect()
    }

    fn find<'a>(&self, names: &'a BTreeMap<String, String>, place: &str) -> Option<&'a str> {
        self.noted(names, place).map(String::as_str)
    }

    /// What was noted of `place`, wherever that stood.
    fn noted<'a, T>(&self, notes: &'a BTreeMap<String, T>, place: &str) -> Option<&'a T> {
        if let Some(note) = notes.get(place) {
            return Some(note);
        }
        // An operation comes behind its path.
        let (new, old) = self.moved.iter().rev().find(|(new, _)| is_within(place, new))?;
        notes.get(&format!("{old}{}", place.strip_prefix(new.as_str())?))
    }

    /// Whether a type that is there still has this name.
    pub fn is_kept(&self, name: &str) -> bool {
        self.kept.contains(name)
    }

    /// Notes what the type of the schema at `place` is called.
    pub fn note_type(&mut self, place: &str, name: &str) {
        let place = self.places.named(place);
        for number in 1.. {
            let known = self.now.types.entry(at(&place, number)).or_insert_with(|| name.to_owned());
            if known == name {
                return;
            }
        }
    }

    /// Whether there was a type of this name.
    pub fn had_type(&self, name: &str) -> bool {
        self.had.contains(name)
    }

    /// What a parameter or a security scheme called `name` is called in Rust, by its words unless it was there before names were
    /// made of words. A parameter is one of an `operation`.
    pub fn by_words(&mut self, operation: Option<&str>, place: &str, name: &str) -> String {
        let (plain, whole) = (idents::snake(name), idents::snake(&idents::whole(name)));
        if plain == whole {
            return plain;
        }
        let is_known = match operation {
            Some(operation) => self.find(&self.before.methods, operation).is_some(),
            None => !self.before.methods.is_empty(),
        };
        if is_known && self.find(&self.before.by_words, place).is_none() {
            return plain;
        }
        self.now.by_words.insert(place.to_owned(), whole.clone());
        whole
    }

    /// What the struct was called of what the constructor of a type requires.
    pub fn required(&self, owner: &str) -> Option<&str> {
        self.before.required.get(owner).map(String::as_str)
    }

    /// Notes what the struct is called of what the constructor of a type requires.
    pub fn note_required(&mut self, owner: &str, name: &str) {
        self.now.required.insert(owner.to_owned(), name.to_owned());
    }

    /// Gives the operation at `place` the method that a hint asks for, and a call of that name, unless one of them is
    /// reserved in `module`: for what stands there beside the operations, or by the hint of another operation.
    pub fn hinted(&mut self, place: &str, module: &str, method: &str) -> bool {
        let call = idents::pascal(method);
        let has = |scopes: &Scopes, name: &str| scopes.get(module).is_some_and(|names| names.contains(name));
        if has(&self.reserved_methods, method) || has(&self.reserved_calls, &call) {
            return false;
        }
        self.reserve(module, &[method], &[&call]);
        self.now.methods.insert(place.to_owned(), method.to_owned());
        self.now.calls.insert(place.to_owned(), call);
        true
    }

    /// What the method of `module` for the operation at `place` is called.
    pub fn method(&mut self, place: &str, module: &str, candidates: Vec<String>) -> String {
        if let Some(name) = self.now.methods.get(place) {
            return name.clone();
        }
        let before = self.still(&self.before.methods, &self.reserved_methods, place, module);
        let taken = self.methods.entry(module.to_owned()).or_default();
        let name = before.unwrap_or_else(|| idents::unique(candidates, taken));
        self.now.methods.insert(place.to_owned(), name.clone());
        name
    }

    /// What the type of the call of the operation at `place` is called.
    pub fn call(&mut self, place: &str, module: &str, candidate: String) -> String {
        let longer = format!("{candidate}Call");
        self.named_call(place, module, vec![candidate, longer])
    }

    /// What the type beside the call `name` is called that says `word` of it, the `number`th at `place`.
    pub fn beside_call(&mut self, place: &str, module: &str, number: usize, name: &str, word: &str) -> String {
        let candidates = vec![format!("{name}{word}"), format!("{name}Call{word}")];
        self.named_call(&at(place, number), module, readable(candidates))
    }

    fn named_call(&mut self, place: &str, module: &str, candidates: Vec<String>) -> String {
        if let Some(name) = self.now.calls.get(place) {
            return name.clone();
        }
        let before = self.still(&self.before.calls, &self.reserved_calls, place, module);
        let taken = self.calls.entry(module.to_owned()).or_default();
        let name = before.unwrap_or_else(|| idents::unique(candidates, taken));
        self.now.calls.insert(place.to_owned(), name.clone());
        name
    }

    /// What the errors and inline schemas of the operation at `place` are named after, where operations stand by tag.
    pub fn owner(&mut self, place: &str, candidate: String) -> String {
        let before = self.find(&self.before.owners, place).map(str::to_owned);
        let name = before.unwrap_or_else(|| idents::unique([candidate], &mut self.owners));
        self.now.owners.insert(place.to_owned(), name.clone());
        name
    }

    /// The arguments, in their order, of what a program calls: of the operation at a place, or of the constructor of a type.
    pub fn arguments(&self, of: &str) -> Option<&[String]> {
        self.noted(&self.before.arguments, of).map(Vec::as_slice)
    }

    /// Notes the order of these arguments.
    pub fn note_arguments(&mut self, of: &str, arguments: Vec<String>) {
        self.now.arguments.insert(of.to_owned(), arguments);
    }

    /// The names that members of a type had, by their keys: none of a type that was not there. Of one of which nothing is noted
    /// all were the first that they asked for.
    pub fn members(&self, name: &str) -> Option<MemberNames> {
        let noted = self.before.members.as_ref()?;
        noted.get(name).cloned().or_else(|| self.had_type(name).then(MemberNames::default))
    }

    /// Notes what members of a type are called.
    pub fn note_members(&mut self, name: &str, members: Option<MemberNames>) {
        let noted = self.now.members.get_or_insert_default();
        noted.extend(members.map(|members| (name.to_owned(), members)));
    }

    /// What the type of the errors of the operation at `place`, whose `owner` has its name from before, was called; none of an
    /// operation that was not there.
    pub fn error_type(&self, place: &str, owner: &str) -> Option<String> {
        let noted = self.find(&self.before.error_types, place).map(str::to_owned);
        noted.or_else(|| self.find(&self.before.methods, place).map(|_| usual_error(owner)))
    }

    /// Notes what the type of the errors of the operation at `place` is called, unless that follows from `owner`.
    pub fn note_error_type(&mut self, place: &str, owner: &str, name: &str) {
        if name != usual_error(owner) {
            self.now.error_types.insert(place.to_owned(), name.to_owned());
        }
    }

    /// What the enum of the errors of the operation at `place` was called.
    pub fn error_enum(&self, place: &str) -> Option<&str> {
        self.find(&self.before.error_enums, place)
    }

    /// Notes what the enum of the errors of the operation at `place` is called.
    pub fn note_error_enum(&mut self, place: &str, name: &str) {
        self.now.error_enums.insert(place.to_owned(), name.to_owned());
    }

    /// What the type of the headers at `place` was called.
    pub fn header_set(&self, place: &str) -> Option<&str> {
        self.find(&self.before.header_sets, place)
    }

    /// Notes what the type of the headers at `place` is called.
    pub fn note_header_set(&mut self, place: &str, name: &str) {
        self.now.header_sets.insert(place.to_owned(), name.to_owned());
    }

    /// The name that what stands in `module` at `place` had there, unless a hint gives it to another.
    fn still(&self, names: &BTreeMap<String, String>, reserved: &Scopes, place: &str, module: &str) -> Option<String> {
        let tag = self.find(&self.before.tagged, unnumbered(place));
        let old_module = tag.and_then(|tag| self.before.tags.get(tag)).map_or("", |names| &names.module);
        let name = self.find(names, place).filter(|_| old_module == module)?;
        let is_given_away = reserved.get(module).is_some_and(|names| names.contains(name));
        (!is_given_away).then(|| name.to_owned())
    }

    /// The names of today.
    pub fn into_lock(self) -> Lock {
        self.now
    }
}

/// What the type of an operation's errors is called where that can be read.
pub fn usual_error(owner: &str) -> String {
    format!("{owner}Error")
}

/// The module in which what is at a place has its names; none of what stands on the client itself.
fn scope<'a>(lock: &'a Lock, place: &str) -> &'a str {
    let tag = lock.tagged.get(unnumbered(place)).and_then(|tag| lock.tags.get(tag));
    tag.map_or("", |names| &names.module)
}

/// Whether a place is `outer`, or within it.
fn is_within(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#']))
}

/// The second and further names at one place are kept at the place with a number.
fn at(place: &str, number: usize) -> String {
    if number == 1 { place.to_owned() } else { format!("{place}#{number}") }
}

/// The place that a number may stand behind.
fn unnumbered(place: &str) -> &str {
    match place.rsplit_once('#') {
        Some((outer, number)) if number.chars().all(|character| character.is_ascii_digit()) => outer,
        _ => place,
    }
}

/// The paths that are the same as before but for what their parameters are called, with what they were.
fn called_otherwise(before: &Lock, document: &Value) -> BTreeMap<String, String> {
    let old: BTreeSet<String> = before.methods.keys().map(|place| methods::item(place).to_owned()).collect();
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let new: BTreeSet<String> = paths.map(|(path, _)| pointer_join("/paths", path)).collect();
    let (gone, come) = (by_shape(old.difference(&new)), by_shape(new.difference(&old)));
    let both = come.into_iter().filter_map(|(shape, new)| Some((new?.clone(), (*gone.get(&shape)?)?.clone())));
    both.collect()
}

/// Paths by what they are without the names of their parameters; none where several are the same then.
fn by_shape<'a>(paths: impl Iterator<Item = &'a String>) -> BTreeMap<String, Option<&'a String>> {
    let mut found = BTreeMap::new();
    for path in paths {
        found.entry(shape(path)).and_modify(|known| *known = None).or_insert(Some(path));
    }
    found
}

/// The places of the operations by their ids; none of an id that several have.
fn operations(document: &Value) -> BTreeMap<String, Option<String>> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let place = pointer_join("/paths", path);
        for method in methods::of(item) {
            if let Some(id) = method.operation.get("operationId").and_then(Value::as_str) {
                let place = format!("{place}{}", method.pointer);
                found.entry(id.to_owned()).and_modify(|known| *known = None).or_insert(Some(place));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Map, Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::{lower, lower_again};
    use crate::plan::{Plan, TypeKind, TypeRef};

    fn document(paths: &[(&str, Value)]) -> Value {
        let paths: Map<String, Value> = paths.iter().map(|(path, item)| ((*path).to_owned(), item.clone())).collect();
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "paths": paths})
    }

    /// An operation that answers with a pet of its own kind.
    fn pet(id: &str, property: &str) -> Value {
        let pet = json!({"type": "object", "properties": {property: {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {"pet": pet}});
        json!({"get": {"operationId": id, "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}})
    }

    /// The method of each operation, with the name of its pet.
    fn names(plan: &Plan) -> Vec<(String, String)> {
        let pets = plan.operations.iter().map(|operation| {
            let crate::plan::Success::One(payload) = &operation.success else { panic!("several") };
            let Some(TypeRef::Named(answer)) = payload.value() else { panic!("{payload:?}") };
            let crate::plan::TypeKind::Struct(answer) = &plan.types[answer].kind else { panic!("no struct") };
            let TypeRef::Named(pet) = &answer.fields[0].ty else { panic!("no pet") };
            (operation.ident.clone(), pet.clone())
        });
        pets.collect()
    }

    fn again(before: &Plan, paths: &[(&str, Value)]) -> Plan {
        lower_again("t", &document(paths), before.names.clone(), &mut Diagnostics::default())
    }

    fn pair(method: &str, pet: &str) -> (String, String) {
        (method.to_owned(), pet.to_owned())
    }

    #[test]
    fn names_stay_when_operations_are_added_removed_and_moved() {
        let (first, second) = (("/a", pet("get-a", "a")), ("/b", pet("get-b", "b")));
        let before = lower("t", &document(&[first.clone(), second.clone()]), &mut Diagnostics::default());
        assert_eq!(names(&before), [pair("get_a", "Pet"), pair("get_b", "GetBPet")]);

        // The new one comes first, and would have the names of the old ones.
        let (new, same_id) = (("/0", pet("get-0", "new")), ("/00", pet("get_a", "other")));
        let added = again(&before, &[new, same_id, first.clone(), second.clone()]);
        assert_eq!(
            names(&added),
            [
                pair("get_0", "Get0Pet"),
                pair("get_a_operation", "GetAOperationPet"),
                pair("get_a", "Pet"),
                pair("get_b", "GetBPet")
            ]
        );

        // What has had to have a longer name keeps it.
        let removed = again(&before, std::slice::from_ref(&second));
        assert_eq!(names(&removed), [pair("get_b", "GetBPet")]);

        // The same operation at another path, and after another one.
        let moved = again(&before, &[("/c", second.1.clone()), ("/d", first.1.clone())]);
        assert_eq!(names(&moved), [pair("get_b", "GetBPet"), pair("get_a", "Pet")]);
        assert_eq!(moved.names.types.len(), before.names.types.len());

        // And once more: what was noted is what is needed.
        let unchanged = again(&moved, &[("/c", second.1), ("/d", first.1)]);
        assert_eq!(unchanged, moved);
    }

    #[test]
    fn names_stay_when_a_path_calls_its_parameter_otherwise() {
        let nameless = |property: &str| {
            let mut item = pet("", property);
            item["get"].as_object_mut().unwrap().remove("operationId");
            item
        };
        let id = |name: &str| json!([{"name": name, "in": "path", "required": true, "schema": {"type": "string"}}]);
        let at = |path: &str, name: &str, property: &str| {
            let mut item = nameless(property);
            item["parameters"] = id(name);
            (path.to_owned(), item)
        };
        let plan = |before: Option<&Plan>, paths: &[(String, Value)]| {
            let paths: Vec<_> = paths.iter().map(|(path, item)| (path.as_str(), item.clone())).collect();
            match before {
                Some(before) => again(before, &paths),
                None => lower("t", &document(&paths), &mut Diagnostics::default()),
            }
        };
        let before = plan(None, &[at("/a/{id}", "id", "a"), at("/b/{id}", "id", "b")]);
        let after = plan(Some(&before), &[at("/a/{pet_id}", "pet_id", "a"), at("/b/{id}", "id", "b")]);
        assert_eq!(names(&after), names(&before));
        // Two of that shape: which of them it was is not known.
        let both = plan(Some(&before), &[at("/a/{x}", "x", "a"), at("/a/{y}", "y", "z"), at("/b/{id}", "id", "b")]);
        assert_ne!(names(&both)[0], names(&before)[0]);
    }

    #[test]
    fn a_parameters_type_keeps_its_name_when_others_come_before_it() {
        let word = |name: &str, values: &[&str]| json!({"name": name, "in": "query", "schema": {"type": "string", "enum": values}});
        let document = |parameters: Value| {
            document(&[("/", json!({"parameters": parameters, "get": {"operationId": "get", "responses": {}}}))])
        };
        let types = |plan: &Plan| {
            let named = plan.operations[0].parameters.iter().map(|parameter| match &parameter.ty {
                TypeRef::Named(name) => name.clone(),
                other => panic!("{other:?}"),
            });
            named.collect::<Vec<_>>()
        };
        let (old, new) = (word("a-b", &["x", "y"]), word("a_b", &["z"]));
        let before = lower("t", &document(json!([old])), &mut Diagnostics::default());
        assert_eq!(types(&before), ["GetAB"]);
        let after = lower_again("t", &document(json!([new, old])), before.names, &mut Diagnostics::default());
        assert_eq!(types(&after), ["GetABValue", "GetAB"]);
    }

    #[test]
    fn an_alternatives_type_keeps_its_name_when_others_come_before_it() {
        let pet = |title: &str| {
            let kind = json!({"type": "string", "enum": [title, "other"]});
            json!({"title": title, "type": "object", "properties": {"kind": kind}})
        };
        let document = |alternatives: Value| {
            let content = json!({"application/json": {"schema": {"oneOf": alternatives}}});
            document(&[(
                "/",
                json!({"get": {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}}),
            )])
        };
        // What each enum holds.
        let kinds = |plan: &Plan| {
            let enums = plan.types.iter().filter_map(|(name, definition)| match &definition.kind {
                TypeKind::Enum(found) => Some((name.clone(), found.variants[0].wire.clone())),
                _ => None,
            });
            enums.collect::<BTreeMap<_, _>>()
        };
        let before = lower("t", &document(json!([pet("Cat"), pet("Dog")])), &mut Diagnostics::default());
        let expected = [("GetResponseCatKind", "Cat"), ("GetResponseDogKind", "Dog")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(kinds(&before), expected.clone().into());
        let more = json!([pet("Ant"), pet("Cat"), pet("Dog")]);
        let after = lower_again("t", &document(more), before.names, &mut Diagnostics::default());
        let ant = ("GetResponseAntKind".to_owned(), "Ant".to_owned());
        assert_eq!(kinds(&after), expected.into_iter().chain([ant]).collect());
    }

    #[test]
    fn what_is_called_letter_by_letter_stays_so_and_what_is_new_is_called_by_its_words() {
        let operation = |id: &str, parameters: &[&str]| {
            let parameters = parameters.iter().map(|name| json!({"name": name, "in": "query", "schema": {}}));
            json!({"get": {"operationId": id, "parameters": parameters.collect::<Vec<_>>(), "responses": {}}})
        };
        let document = |paths: &[(&str, Value)], value: Value| {
            let mut document = document(paths);
            let schemes = json!({"OAuth2": {"type": "http", "scheme": "bearer"}});
            document["components"] = json!({"schemas": {"Value": value}, "securitySchemes": schemes});
            document
        };
        let names = |plan: &Plan| {
            let TypeKind::Struct(value) = &plan.types["Value"].kind else { panic!("no struct") };
            let fields = value.fields.iter().map(|field| field.ident.clone());
            let operations = plan.operations.iter().flat_map(|operation| {
                let setters = operation.parameters.iter().map(|parameter| parameter.ident.clone());
                std::iter::once(operation.ident.clone()).chain(setters)
            });
            let schemes = plan.api.schemes.iter().map(|scheme| scheme.ident.clone());
            fields.chain(operations).chain(schemes).collect::<Vec<_>>()
        };
        let value = |properties: &[&str]| {
            let properties: Map<String, Value> =
                properties.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
            json!({"type": "object", "properties": properties})
        };
        let old = document(&[("/a", operation("getOAuth", &["ipIPv4"]))], value(&["macOS"]));
        let first = lower("t", &old, &mut Diagnostics::default());
        assert_eq!(names(&first), ["macos", "get_oauth", "ip_ipv4", "oauth2"]);
        let new = document(
            &[("/0", operation("setOAuth", &["eSIM"])), ("/a", operation("getOAuth", &["ipIPv4", "eSIM"]))],
            value(&["iOS", "macOS"]),
        );
        let again = |before: &Plan| lower_again("t", &new, before.names.clone(), &mut Diagnostics::default());
        let second = again(&first);
        assert_eq!(
            names(&second),
            ["ios", "macos", "set_oauth", "esim", "get_oauth", "ip_ipv4", "e_sim", "oauth2"],
            "a parameter of an operation that was there may have been there"
        );
        assert_eq!(again(&second), second);
        // Of a crate whose generator knew no words.
        let mut before = first;
        before.names.by_words.clear();
        before.names.members = Some(BTreeMap::new());
        let names_of_methods = before.names.methods.values_mut();
        names_of_methods.for_each(|name| "get_o_auth".clone_into(name));
        let kept = again(&before);
        assert_eq!(names(&kept), ["i_os", "mac_os", "set_oauth", "esim", "get_o_auth", "ip_i_pv4", "e_sim", "o_auth2"]);
        assert_eq!(again(&kept), kept);
    }

    #[test]
    fn the_call_of_an_operation_that_is_called_as_its_tag_says_what_it_is() {
        let mut login = pet("login", "a");
        login["get"]["tags"] = json!(["Login"]);
        let mut document = document(&[("/a", login)]);
        document["x-switchboard-layout"] = json!("tags");
        let plan = lower("t", &document, &mut Diagnostics::default());
        let [login] = plan.operations.as_slice() else { panic!("{plan:?}") };
        assert_eq!(login.type_ident, "LoginCall");
    }

    #[test]
    fn a_name_that_nothing_has_any_more_is_free() {
        let before = lower("t", &document(&[("/a", pet("get-a", "a"))]), &mut Diagnostics::default());
        let other = again(&before, &[("/b", pet("get-b", "b"))]);
        assert_eq!(names(&other), [pair("get_b", "Pet")]);
    }

    #[test]
    fn equal_schemas_share_a_name_whichever_of_them_goes() {
        let paths = [("/a", pet("get-a", "a")), ("/b", pet("get-b", "x")), ("/c", pet("get-c", "a"))];
        let before = lower("t", &document(&paths), &mut Diagnostics::default());
        assert_eq!(names(&before)[2], pair("get_c", "Pet"));
        let left = again(&before, &[("/0", pet("get-0", "z")), paths[1].clone(), paths[2].clone()]);
        assert_eq!(names(&left), [pair("get_0", "Get0Pet"), pair("get_b", "GetBPet"), pair("get_c", "Pet")]);
    }
}
