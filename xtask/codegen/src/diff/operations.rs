//! What has changed of the operations: where they are, what they take, and what they answer.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::api::servers;
use super::arguments;
use super::change::{Class, Kind};
use super::draft::{Draft, prose, redescribed, type_words};
use super::named::{answered, call, error, items, taken};
use super::relation::{Pair, Relation, Way};
use super::{renames, xml};
use crate::lower::made_id;
use crate::path_template::{self, shape};
use crate::plan::{
    Body, BodyKind, Docs, Operation, Paging, Payload, Plan, ResponseHeader, Status, StatusVariant, Success,
};

/// All that has changed of the operations of two plans.
pub fn compare(pair: &Pair<'_>) -> Vec<Draft> {
    let matched = renames::operations(pair.old, pair.new);
    let mut found = Vec::new();
    for operation in &matched.gone {
        let words = format!("`{}` is gone", operation.method_path());
        let gone = Draft::new(Kind::OperationRemoved, Class::Breaking, words).before(&operation.pointer);
        found.push(gone.on_the_wire(format!("no more {}", line(operation))).of_items(items(operation)));
    }
    for operation in &matched.new {
        let words = format!("new: `{}`", operation.method_path());
        let new = Draft::new(Kind::OperationAdded, Class::Info, words).after(&operation.pointer);
        found.push(new.on_the_wire(format!("new: {}", line(operation))).of_items(items(operation)));
    }
    for (old, new) in &matched.both {
        Compared { pair, old, new, what: format!("`{}`", new.method_path()) }.all(&mut found);
    }
    found.extend(security(pair, &matched.both));
    headers(pair, &matched.both, &mut found);
    found.extend(xml::compare(pair.old, pair.new, &matched.both));
    found
}

/// An operation as a line of the document has it.
fn line(operation: &Operation) -> String {
    format!("`{} {}`", operation.method, operation.path)
}

/// What the path of an operation began with and begins with, where the rest of it is the same.
fn moved(old: &Operation, new: &Operation) -> Option<(String, String)> {
    let [was, is] = [old, new].map(|operation| operation.path.split('/').collect::<Vec<_>>());
    let common = was.iter().rev().zip(is.iter().rev()).take_while(|(was, is)| was == is).count();
    let head = |path: &[&str]| Some(path.get(..path.len() - common)?.join("/") + "/");
    if old.method == new.method && common > 0 { head(&was).zip(head(&is)) } else { None }
}

/// Whether the operation is called after its path, for the document gives it no name.
fn is_made_here(operation: &Operation) -> bool {
    operation.id == made_id(&operation.method, &operation.path)
}

/// One operation in two plans.
struct Compared<'a> {
    pair: &'a Pair<'a>,
    old: &'a Operation,
    new: &'a Operation,
    /// What it is called in words.
    what: String,
}

impl Compared<'_> {
    fn all(&self, found: &mut Vec<Draft>) {
        let (old, new, what) = (self.old, self.new, &self.what);
        self.identity(found);
        let sides = (arguments::parameters(self.pair.old, old), arguments::parameters(self.pair.new, new));
        found.extend(arguments::compare(self.pair, &self.owner(), &sides.0, &sides.1));
        self.bodies(found);
        self.answers(found);
        found.extend(servers(
            &format!("calls of {what}"),
            (&format!("{}/servers", old.pointer), &old.servers),
            (&format!("{}/servers", new.pointer), &new.servers),
        ));
        self.rest(found);
        let said = |operation: &Operation| Docs {
            title: operation.summary.clone(),
            description: operation.description.clone(),
            deprecated: operation.deprecated,
            ..Docs::default()
        };
        found.extend(prose(what, (&old.pointer, &said(old)), (&new.pointer, &said(new))));
        if old.external_docs != new.external_docs {
            found.push(redescribed(what).at(&old.pointer, &new.pointer));
        }
        if old.tags != new.tags {
            let named = |tags: &[String]| match tags {
                [] => "no tag".to_owned(),
                [_] => format!("the tag {}", listed(tags)),
                _ => format!("the tags {}", listed(tags)),
            };
            let was = named(&old.tags).replacen("the tag ", "", 1);
            let draft = |verb: &str| format!("{verb} {}, it was {was}", named(&new.tags));
            let words = format!("{what} {}", draft("has"));
            found.push(self.draft(Kind::TagChanged, Class::Info, words).alike(what, draft("have")));
        }
    }

    fn owner(&self) -> arguments::Owner<'_> {
        arguments::Owner { what: &self.what, operation: self.new, before: self.old }
    }

    fn draft(&self, kind: Kind, class: Class, words: impl Into<String>) -> Draft {
        Draft::new(kind, class, words).at(&self.old.pointer, &self.new.pointer)
    }

    /// What it is called, and where it is.
    fn identity(&self, found: &mut Vec<Draft>) {
        let (old, new, what) = (self.old, self.new, &self.what);
        if (&old.tag, &old.ident, &old.type_ident) != (&new.tag, &new.ident, &new.type_ident) {
            let draft = self.draft(
                Kind::OperationRenamed,
                Class::Warning,
                format!("`{}` is called {what} now", old.method_path()),
            );
            let draft = draft.of_items(items(old).into_iter().chain(items(new)));
            // Where the document's own name is the same, another one has taken the place of its name in Rust.
            let is_renamed = old.id != new.id;
            found.push(if is_renamed { draft.kept_by(&new.pointer, "operationId", &old.id) } else { draft });
        } else if old.id != new.id && !(is_made_here(old) && is_made_here(new)) {
            let words = format!("{what} keeps its name; its `operationId` is `{}`, it was `{}`", new.id, old.id);
            let draft = self.draft(Kind::OperationRenamed, Class::Warning, words);
            found.push(draft.alike(what, "keep their names; their `operationId`s are others"));
        }
        let (was, is) = (path_template::names(&old.path), path_template::names(&new.path));
        let all = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
        if was != is && all(&was) == all(&is) {
            let (was, is) = (listed(&was), listed(&is));
            let words = format!("the path of {what} has its parameters in the order {is}, it was {was}");
            let items = [old, new].into_iter().flat_map(taken);
            found.push(self.draft(Kind::PathChanged, Class::Warning, &*words).on_the_wire(words).of_items(items));
        }
        // A path that only calls its parameters otherwise is the same on the wire.
        if (&old.method, shape(&old.path)) != (&new.method, shape(&new.path)) {
            let words = format!("{what} sends {}, it was {}", line(new), line(old));
            let class = if self.is_at_old_url() { Class::Warning } else { Class::Breaking };
            let draft = self.draft(Kind::PathChanged, class, &*words).on_the_wire(words);
            found.push(match moved(old, new) {
                Some((was, is)) => draft.alike(what, format!("send to `{is}…`, it was `{was}…`")),
                None => draft,
            });
        }
    }

    /// Whether the operation is where it was all the same, on each server that it had, by servers that have taken over the
    /// beginning of its path, or given it up. Else whoever calls what it was finds nothing there: what stands at its old path
    /// now would be the operation.
    fn is_at_old_url(&self) -> bool {
        let urls = |plan: &Plan, operation: &Operation| -> Vec<String> {
            let servers = if operation.servers.is_empty() { &plan.api.servers } else { &operation.servers };
            let url = |server: &str| server.trim_end_matches('/').to_owned() + &shape(&operation.path);
            // Without a server it is `/` (OpenAPI 3.1, section 4.8.1.1).
            let urls = servers.iter().map(|server| url(&server.by_defaults(|_| true)));
            if servers.is_empty() { vec![url("")] } else { urls.collect() }
        };
        let now = urls(self.pair.new, self.new);
        self.old.method == self.new.method && urls(self.pair.old, self.old).iter().all(|url| now.contains(url))
    }

    fn bodies(&self, found: &mut Vec<Draft>) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let places = [old, new].map(|operation| format!("{}/requestBody", operation.pointer));
        let [before, after] = &places;
        let all = || taken(old).into_iter().chain(taken(new));
        match (&old.body, &new.body) {
            (None, Some(body)) => {
                let class = if body.required { Class::Breaking } else { Class::Info };
                let required = if body.required { ", which is required" } else { "" };
                let words = format!("{what} takes a body, {}{required}", body_words(body));
                found.push(Draft::new(Kind::BodyAdded, class, words).after(after).of_items(all()));
            }
            (Some(body), None) => {
                let words = format!("{what} takes no body any more, it was {}", body_words(body));
                found.push(Draft::new(Kind::BodyRemoved, Class::Warning, words).before(before).of_items(all()));
            }
            (Some(was), Some(is)) => {
                if was.required != is.required {
                    let (class, word) = if is.required {
                        (Class::Breaking, "has to be given")
                    } else {
                        (Class::Info, "may be left out")
                    };
                    let words = format!("the body of {what} {word} now");
                    found.push(Draft::new(Kind::BodyPresenceChanged, class, words).at(before, after).of_items(all()));
                }
                self.body_types(was, is, found, &places);
                if was.description != is.description {
                    found.push(redescribed(&format!("the body of {what}")).at(before, after));
                }
            }
            (None, None) => {}
        }
    }

    /// The bodies of each media type; those that come first, where no media type is left of those that there were.
    fn body_types(&self, first: &Body, first_now: &Body, found: &mut Vec<Draft>, places: &[String; 2]) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let now = |was: &Body| new.bodies().find(|is| is.media_type == was.media_type);
        let mut pairs: Vec<(&Body, &Body)> = old.bodies().filter_map(|was| Some((was, now(was)?))).collect();
        if pairs.is_empty() {
            pairs.push((first, first_now));
        }
        let known = found.len();
        pairs.into_iter().for_each(|(was, is)| self.body_type(was, is, found, places));
        let types =
            |operation: &Operation| -> Vec<String> { operation.bodies().map(|body| body.media_type.clone()).collect() };
        let (was, is) = (types(old), types(new));
        if known == found.len() && was != is {
            let gone = was.iter().any(|media_type| !is.contains(media_type));
            let class = if gone { Class::Breaking } else { Class::Info };
            let words = format!("the body of {what} may be {}, it was {}", listed(&is), listed(&was));
            let all = taken(old).into_iter().chain(taken(new));
            let [before, after] = places;
            found.push(Draft::new(Kind::BodyChanged, class, words).at(before, after).of_items(all));
        }
    }

    fn body_type(&self, was: &Body, is: &Body, found: &mut Vec<Draft>, [before, after]: &[String; 2]) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let relation = match (was.kind.value(), is.kind.value()) {
            (Some(was), Some(is)) => self.pair.relation(was, is),
            (None, None) if encoding(&was.kind) == encoding(&is.kind) => Relation::Same,
            _ => Relation::Other,
        };
        let is_encoded_alike = is_encoded_alike(&was.kind, &is.kind) && was.media_type == is.media_type;
        if relation != Relation::Same || !is_encoded_alike {
            let words = match (body_words(is), body_words(was)) {
                (is, was) if is == was => format!("the body of {what} is written in another way"),
                (is, was) => format!("the body of {what} is {is}, it was {was}"),
            };
            let class = if is_encoded_alike { relation.class(Way::SENT) } else { Class::Breaking };
            let all = taken(old).into_iter().chain(taken(new));
            let draft = Draft::new(Kind::BodyChanged, class, &*words).at(before, after).of_items(all);
            found.push(if is_encoded_alike { draft } else { draft.on_the_wire(words) });
        }
        let sides = (arguments::parts(was, before), arguments::parts(is, after));
        found.extend(arguments::compare(self.pair, &self.owner(), &sides.0, &sides.1));
    }

    fn answers(&self, found: &mut Vec<Draft>) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let places = [old, new].map(|operation| format!("{}/responses", operation.pointer));
        let [before, after] = &places;
        let all = || answered(old).into_iter().chain(answered(new));
        let (was_at, is_at) = (success_at(before, old), success_at(after, new));
        if let Some((class, words)) = self.success(&old.success, &new.success, &format!("{what} answers")) {
            found.push(Draft::new(Kind::ResponseChanged, class, words).at(&was_at, &is_at).of_items(all()));
        }
        found.extend(self.success_statuses(&places));
        for was in &old.other_successes {
            let Some(is) = new.other_successes.iter().find(|is| is.media_type == was.media_type) else { continue };
            let answers = format!("{what}, asked for `{}`, answers", is.media_type);
            if let Some((class, words)) = self.success(&was.success, &is.success, &answers) {
                found.push(Draft::new(Kind::ResponseChanged, class, words).at(&was_at, &is_at).of_items(all()));
            }
        }
        let others = |operation: &Operation| -> Vec<String> {
            operation.other_successes.iter().map(|other| other.media_type.clone()).collect()
        };
        let without = |all: Vec<String>, others: &[String]| -> Vec<String> {
            all.into_iter().filter(|media_type| !others.contains(media_type)).collect()
        };
        let (gone, come) = (without(others(old), &others(new)), without(others(new), &others(old)));
        for (media_types, class, can, end) in
            [(gone, Class::Breaking, "cannot", "any more"), (come, Class::Info, "can", "as well")]
        {
            if !media_types.is_empty() {
                let words = format!("{what} {can} be asked for {} {end}", listed(&media_types));
                found.push(Draft::new(Kind::ResponseChanged, class, words).at(&was_at, &is_at).of_items(all()));
            }
        }
        self.errors(found, &places);
    }

    fn errors(&self, found: &mut Vec<Draft>, [before, after]: &[String; 2]) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let error = || [error(old), error(new)];
        for error_before in &old.errors {
            let status = status_words(error_before.status);
            let Some(now) = new.errors.iter().find(|other| other.status == error_before.status) else {
                let words = format!("{what} does not document the error {status} any more");
                let gone = Draft::new(Kind::ErrorRemoved, Class::Info, words).before(&at(before, error_before.status));
                let gone = gone.alike(what, format!("do not document the error {status} any more"));
                found.push(gone.of_items(error()));
                continue;
            };
            if let Some(class) = self.payload(&error_before.payload, &now.payload) {
                let (is, was) = (payload_words(&now.payload), payload_words(&error_before.payload));
                let words = format!("the error {status} of {what} holds {is}, it was {was}");
                let draft = Draft::new(Kind::ErrorChanged, class, words).of_items(error());
                let draft = draft.alike(what, format!("answer the error {status} with {is}, it was {was}"));
                found.push(draft.at(&at(before, now.status), &at(after, now.status)));
            } else if now.description != error_before.description {
                let draft = redescribed(&format!("the error {status} of {what}"));
                found.push(draft.at(&at(before, now.status), &at(after, now.status)));
            }
        }
        let is_new = |error: &&StatusVariant| !old.errors.iter().any(|other| other.status == error.status);
        for error_now in new.errors.iter().filter(is_new) {
            let (status, held) = (status_words(error_now.status), payload_words(&error_now.payload));
            let words = format!("{what} documents the error {status}, which holds {held}");
            let new = Draft::new(Kind::ErrorAdded, Class::Info, words).after(&at(after, error_now.status));
            found.push(new.of_items(error()).alike(what, format!("document the error {status}")));
        }
    }

    /// Another status that means success, where no type tells which it was: who looks at it finds another.
    fn success_statuses(&self, [before, after]: &[String; 2]) -> Option<Draft> {
        let (old, new, what) = (self.old, self.new, &self.what);
        let (was, is) = (&old.success_statuses, &new.success_statuses);
        let (Success::One(_), Success::One(_)) = (&old.success, &new.success) else { return None };
        let listed = |statuses: &[Status]| match statuses {
            [] => "a status that is not documented".to_owned(),
            all => all.iter().map(|status| success_words(*status)).collect::<Vec<_>>().join(" or "),
        };
        let is_gone = was.iter().any(|status| !is.contains(status));
        let class = if is_gone { Class::Warning } else { Class::Info };
        let said = format!("{}, it was {}", listed(is), listed(was));
        let draft = Draft::new(Kind::ResponseChanged, class, format!("{what} succeeds with {said}"));
        (was != is).then(|| draft.at(before, after).alike(what, format!("succeed with {said}")))
    }

    fn success(&self, old: &Success, new: &Success, what: &str) -> Option<(Class, String)> {
        match (old, new) {
            (Success::One(old), Success::One(new)) => {
                let class = self.payload(old, new)?;
                Some((class, format!("{what} {}, it was {}", payload_words(new), payload_words(old))))
            }
            (Success::ByStatus { variants: old, .. }, Success::ByStatus { variants: new, .. }) => {
                let same = old.len() == new.len()
                    && old.iter().zip(new).all(|(old, new)| {
                        (old.status, &old.ident) == (new.status, &new.ident)
                            && self.payload(&old.payload, &new.payload).is_none()
                    });
                (!same).then(|| (Class::Breaking, format!("{what} {}, it was {}", by_status(new), by_status(old))))
            }
            (Success::One(old), Success::ByStatus { variants, .. }) => {
                let words = format!("{what} {}, it was {}", by_status(variants), payload_words(old));
                Some((Class::Warning, words))
            }
            (Success::ByStatus { variants, .. }, Success::One(new)) => {
                let words = format!("{what} {}, it was {}", payload_words(new), by_status(variants));
                Some((Class::Warning, words))
            }
        }
    }

    /// What it means that a body is another, if it is.
    fn payload(&self, old: &Payload, new: &Payload) -> Option<Class> {
        if let (Some(old_ty), Some(new_ty)) = (old.value(), new.value())
            && std::mem::discriminant(old) == std::mem::discriminant(new)
        {
            let relation = self.pair.relation(old_ty, new_ty);
            return (relation != Relation::Same).then(|| relation.class(Way::ANSWERED));
        }
        let is_same = match (old, new) {
            (Payload::Lines(old), Payload::Lines(new)) => self.pair.is_same(old, new),
            (Payload::Events(old), Payload::Events(new)) => {
                self.pair.is_same(&old.ty, &new.ty) && (old.data, old.kinds.len()) == (new.data, new.kinds.len())
            }
            _ => old == new,
        };
        (!is_same).then_some(Class::Breaking)
    }

    /// What is neither taken nor answered.
    fn rest(&self, found: &mut Vec<Draft>) {
        let (old, new, what) = (self.old, self.new, &self.what);
        let is_paged_alike = match (&old.paging, &new.paging) {
            (Some(was), Some(is)) => {
                self.pair.is_same(&was.item, &is.item) && *is == Paging { item: is.item.clone(), ..was.clone() }
            }
            (was, is) => was.is_none() && is.is_none(),
        };
        if !is_paged_alike {
            let words = match (&old.paging, &new.paging) {
                (None, _) => format!("new: `{}().stream()`, page after page", new.method_path()),
                (_, None) => format!("{what} has no pages any more"),
                _ => format!("the pages of {what} follow one another in another way"),
            };
            let class = if new.paging.is_none() { Class::Warning } else { Class::Info };
            let call = call(new);
            let items = ["stream", "pages"].map(|method| format!("{call}::{method}"));
            found.push(self.draft(Kind::PagingChanged, class, words).of_items(items));
        }
        if old.repeatable != new.repeatable {
            let words = if new.repeatable { "is" } else { "is not" };
            let words = format!("{what} {words} sent again where that may help");
            found.push(self.draft(Kind::OperationChanged, Class::Info, &*words).on_the_wire(words));
        }
        if old.accept != new.accept {
            let asked = |accept: &str| if accept.is_empty() { "nothing".to_owned() } else { format!("`{accept}`") };
            let said = format!("for {}, it was {}", asked(&new.accept), asked(&old.accept));
            let words = format!("{what} asks {said}");
            let draft = self.draft(Kind::OperationChanged, Class::Info, &*words).on_the_wire(words);
            found.push(draft.alike(what, format!("ask {said}")));
        }
        if old.stream_end != new.stream_end {
            let words = format!("the stream of {what} ends in another way");
            found.push(self.draft(Kind::OperationChanged, Class::Warning, &*words).on_the_wire(words));
        }
    }
}

/// What has changed of the credentials that calls need: one change for all that have the same.
fn security(pair: &Pair<'_>, both: &[(&Operation, &Operation)]) -> Vec<Draft> {
    let renamed = renames::schemes(&pair.old.api, &pair.new.api);
    let mut alike: BTreeMap<(String, String), Vec<&(&Operation, &Operation)>> = BTreeMap::new();
    for operations in both {
        let (old, new) = (needed(&ways(operations.0, &renamed)), needed(&ways(operations.1, &BTreeMap::new())));
        if old != new {
            alike.entry((old, new)).or_default().push(operations);
        }
    }
    let drafts = alike.into_iter().filter_map(|((old, new), operations)| {
        let (first_old, first_new) = operations.first()?;
        let more = and_more(&operations);
        let words = format!("`{}`{more} need {new}, it was {old}", first_new.method_path());
        let words = if more.is_empty() { words.replacen(" need ", " needs ", 1) } else { words };
        let is_still_enough = is_still_enough(&ways(first_old, &renamed), &ways(first_new, &BTreeMap::new()));
        let class = if is_still_enough { Class::Info } else { Class::Breaking };
        let place = |operation: &Operation| format!("{}/security", operation.pointer);
        let draft = Draft::new(Kind::AuthChanged, class, &*words).at(&place(first_old), &place(first_new));
        Some(draft.on_the_wire(words))
    });
    drafts.collect()
}

/// The others of what is told by its first one.
fn and_more<T>(alike: &[T]) -> String {
    if alike.len() > 1 { format!(" and {} more", alike.len() - 1) } else { String::new() }
}

/// A combination of credentials: names of schemes, each with its scopes.
type SecurityWay = Vec<(String, Vec<String>)>;

/// Whether each combination of credentials that was enough for an operation still is: it has all that one of today's asks for.
fn is_still_enough(old: &[SecurityWay], new: &[SecurityWay]) -> bool {
    let has = |way: &SecurityWay, (name, scopes): &(String, Vec<String>)| {
        way.iter().any(|(known, given)| known == name && scopes.iter().all(|scope| given.contains(scope)))
    };
    old.iter().all(|was| new.iter().any(|is| is.iter().all(|scheme| has(was, scheme))))
}

/// The combinations of which an operation needs one, by the names that credentials have today. The empty one is there where it
/// needs none.
fn ways(operation: &Operation, renamed: &BTreeMap<String, String>) -> Vec<SecurityWay> {
    let mut all = operation.security.clone();
    for (name, _) in all.iter_mut().flatten() {
        if let Some(now) = renamed.get(name) {
            name.clone_from(now);
        }
    }
    if all.is_empty() { vec![Vec::new()] } else { all }
}

/// What an operation needs, in words.
fn needed(ways: &[SecurityWay]) -> String {
    let scheme = |(name, scopes): &(String, Vec<String>)| match scopes.as_slice() {
        [] => format!("`{name}`"),
        scopes => format!("`{name}` for {}", listed(scopes)),
    };
    let ways = ways.iter().map(|way| match way.as_slice() {
        [] => "no credential".to_owned(),
        schemes => schemes.iter().map(scheme).collect::<Vec<_>>().join(" with "),
    });
    ways.collect::<Vec<_>>().join(" or ")
}

/// What has changed of the headers of answers. Operations share sets of headers: each is told once, with all that answer it.
fn headers(pair: &Pair<'_>, both: &[(&Operation, &Operation)], found: &mut Vec<Draft>) {
    let mut alike: IndexMap<HeaderSets<'_>, Vec<&(&Operation, &Operation)>> = IndexMap::new();
    for operations in both {
        let (old, new) = operations;
        let (success, errors) = ((&old.headers, &new.headers), (&old.error_headers, &new.error_headers));
        alike.entry(success).or_default().push(operations);
        if success != errors {
            alike.entry(errors).or_default().push(operations);
        }
    }
    for ((was, is), operations) in alike {
        let Some((old, new)) = operations.first() else { continue };
        let more = and_more(&operations);
        let of = format!("in the answers of `{}`{more}", new.method_path());
        let set = |plan: &Plan, name: &Option<String>| -> Vec<ResponseHeader> {
            name.as_ref().and_then(|name| plan.headers.get(name)).cloned().unwrap_or_default()
        };
        let places = [old, new].map(|operation| format!("{}/responses", operation.pointer));
        let names = [was, is].into_iter().flatten().map(|name| format!("headers::{name}"));
        // Where the set itself comes or goes, what the calls answer does.
        let senders = operations.iter().flat_map(|(old, new)| [old, new]).map(|operation| call(operation) + "::send");
        let items = names.chain(senders.filter(|_| was != is)).collect::<Vec<_>>();
        found.extend(header_set(pair, &of, (&set(pair.old, was), &set(pair.new, is)), &places, &items));
    }
}

/// The names of the sets of headers that an operation's answers had and have.
type HeaderSets<'a> = (&'a Option<String>, &'a Option<String>);

fn header_set(
    pair: &Pair<'_>,
    of: &str,
    (old, new): (&[ResponseHeader], &[ResponseHeader]),
    [before, after]: &[String; 2],
    items: &[String],
) -> Vec<Draft> {
    let mut found = Vec::new();
    for header in old {
        let what = format!("the header `{}` {of}", header.name);
        let Some(now) = new.iter().find(|other| other.name.eq_ignore_ascii_case(&header.name)) else {
            let class = if header.required { Class::Breaking } else { Class::Warning };
            let gone = Draft::new(Kind::HeaderRemoved, class, format!("{what} is gone"));
            found.push(gone.before(before).of_items(items.iter().cloned()));
            continue;
        };
        for (class, words) in header_changes(pair, &what, header, now) {
            let draft = Draft::new(Kind::HeaderChanged, class, words).at(before, after);
            found.push(draft.of_items(items.iter().cloned()));
        }
        found.extend(prose(&what, (before, &header.docs), (after, &now.docs)));
    }
    for header in new.iter().filter(|header| !old.iter().any(|other| other.name.eq_ignore_ascii_case(&header.name))) {
        let new = Draft::new(Kind::HeaderAdded, Class::Info, format!("new: the header `{}` {of}", header.name));
        found.push(new.after(after).of_items(items.iter().cloned()));
    }
    found
}

/// What has changed of one header of answers, `what`, but for its prose.
fn header_changes(pair: &Pair<'_>, what: &str, was: &ResponseHeader, is: &ResponseHeader) -> Vec<(Class, String)> {
    let mut found = Vec::new();
    let relation = pair.relation(&was.ty, &is.ty);
    if relation != Relation::Same {
        let words = format!("{what} is {}, it was {}", type_words(&is.ty), type_words(&was.ty));
        found.push((relation.class(Way::ANSWERED), words));
    } else if was.form != is.form {
        found.push((Class::Warning, format!("{what} is written in another way")));
    }
    match (was.required, is.required) {
        (true, false) => found.push((Class::Breaking, format!("{what} may now be absent"))),
        (false, true) => found.push((Class::Info, format!("{what} is always there now"))),
        _ => {}
    }
    if was.ident != is.ident {
        found.push((Class::Info, format!("{what} is read by `{}` now, it was `{}`", is.ident, was.ident)));
    }
    found
}

/// Bodies with their statuses, in words.
fn by_status(variants: &[StatusVariant]) -> String {
    let each = variants
        .iter()
        .map(|variant| format!("{} with {}", payload_words(&variant.payload), success_words(variant.status)));
    each.collect::<Vec<_>>().join(" or ")
}

/// Where the answer stands that means success, if there is one of them, below `responses`.
fn success_at(responses: &str, operation: &Operation) -> String {
    match operation.success_statuses.as_slice() {
        [only] => at(responses, *only),
        _ => responses.to_owned(),
    }
}

/// Where the answers of a status stand below `responses` (OpenAPI 3.1, section 4.8.16).
fn at(responses: &str, status: Status) -> String {
    let key = match status {
        Status::Code(code) => code.to_string(),
        Status::Range(digit) => format!("{digit}XX"),
        Status::Default => "default".to_owned(),
    };
    format!("{responses}/{key}")
}

fn status_words(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(digit) => format!("{digit}XX"),
        Status::Default => "of any other status".to_owned(),
    }
}

fn success_words(status: Status) -> String {
    if status == Status::Default { "any status".to_owned() } else { status_words(status) }
}

fn payload_words(payload: &Payload) -> String {
    match payload {
        Payload::Json(ty) | Payload::AsSaid(ty) => type_words(ty),
        Payload::Xml(ty, _) => format!("{} in XML", type_words(ty)),
        Payload::Text => "text".to_owned(),
        Payload::Binary => "bytes".to_owned(),
        Payload::Redirect => "the place of something else".to_owned(),
        Payload::Events(events) => format!("events of {}", type_words(&events.ty)),
        Payload::Lines(ty) => format!("lines of {}", type_words(ty)),
        Payload::Empty => "nothing".to_owned(),
    }
}

fn body_words(body: &Body) -> String {
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) | BodyKind::Lines(ty) => {
            format!("{} as `{}`", type_words(ty), body.media_type)
        }
        BodyKind::Text | BodyKind::Binary | BodyKind::Multipart => format!("`{}`", body.media_type),
    }
}

/// Whether two bodies of one type are written alike.
fn is_encoded_alike(was: &BodyKind, is: &BodyKind) -> bool {
    match (was, is) {
        (BodyKind::Form(_, was), BodyKind::Form(_, is)) => was == is,
        _ => encoding(was) == encoding(is),
    }
}

fn encoding(kind: &BodyKind) -> &'static str {
    match kind {
        BodyKind::Json(_) => "json",
        BodyKind::Xml(..) => "xml",
        BodyKind::Form(..) => "form",
        BodyKind::Lines(_) => "lines",
        BodyKind::Text => "text",
        BodyKind::Binary => "binary",
        BodyKind::Multipart => "multipart",
    }
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        return "nothing else".to_owned();
    }
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
