//! What has changed of what a call takes beside a body: parameters, and the parts of a form.

use super::change::{Class, Kind};
use super::draft::{Draft, proposed, prose, type_words};
use super::relation::{Pair, Relation, Way};
use super::{named, renames};
use crate::diagnostics::{pointer_below, pointer_join};
use crate::plan::{
    Body, Docs, FormPart, Location, Operation, Parameter, PartContent, PartHeader, Plan, Style, TypeKind, TypeRef,
};
use serde_json::Value;

/// The operation that takes the arguments.
pub struct Owner<'a> {
    /// What it is called in words.
    pub what: &'a str,
    /// The operation today.
    pub operation: &'a Operation,
    /// The operation before.
    pub before: &'a Operation,
}

/// One argument.
#[derive(Clone, Debug)]
pub struct Argument<'a> {
    /// Where it is, and its name there.
    key: (&'static str, &'a str),
    /// Its name in Rust.
    ident: &'a str,
    is_required: bool,
    /// The one value that it has, which nobody gives.
    constant: Option<&'a Value>,
    /// Its type; none of a file.
    ty: Option<&'a TypeRef>,
    /// Whether it is any number of files.
    are_files: bool,
    /// How it is written, whatever that means: to be compared.
    encoding: String,
    /// A value of several parts as it is written, where that can be shown.
    sample: Option<String>,
    docs: &'a Docs,
    /// Where it is described.
    pointer: String,
    /// Where the operation says that it takes it.
    listed: String,
}

impl Argument<'_> {
    /// Whether it has the name of another, in the same place. Names of headers have no case (RFC 9110, section 5.1).
    fn is_same(&self, other: &Self) -> bool {
        let ((place, name), (other_place, other_name)) = (self.key, other.key);
        let is_header = place == Location::Header.word();
        place == other_place && (name == other_name || (is_header && name.eq_ignore_ascii_case(other_name)))
    }
}

/// The parameters of an operation of a plan.
pub fn parameters<'a>(plan: &Plan, operation: &'a Operation) -> Vec<Argument<'a>> {
    let list = format!("{}/parameters", operation.pointer);
    let item = operation.pointer.rsplit_once('/').map_or("", |(item, _)| item);
    let argument = |parameter: &'a Parameter| Argument {
        key: (parameter.location.word(), &parameter.name),
        ident: &parameter.ident,
        is_required: parameter.required,
        constant: parameter.constant.as_ref(),
        ty: Some(&parameter.ty),
        are_files: false,
        encoding: format!(
            "{:?} {} {} {} {:?} {:?}",
            parameter.style,
            parameter.explode && !is_single(plan, &parameter.ty),
            parameter.allow_reserved,
            parameter.slashes,
            parameter.nested,
            parameter.fields
        ),
        sample: sample(plan, parameter),
        docs: &parameter.docs,
        pointer: parameter.pointer.clone(),
        listed: match pointer_below(&parameter.pointer, item) {
            Some(_) => parameter.pointer.clone(),
            None => list.clone(),
        },
    };
    operation.parameters.iter().map(argument).collect()
}

/// The parts of a body that is a form, which stands at `place`.
pub fn parts<'a>(body: &'a Body, place: &str) -> Vec<Argument<'a>> {
    let place = pointer_join(&format!("{place}/content"), &body.media_type);
    let headers = |part: &FormPart| {
        let placeless = |header: &PartHeader| {
            let parameter = Parameter { pointer: String::new(), ..header.parameter.clone() };
            PartHeader { parameter, ..header.clone() }
        };
        part.headers.iter().map(placeless).collect::<Vec<_>>()
    };
    let at = |part: &FormPart| pointer_join(&format!("{place}/schema/properties"), &part.name);
    let parts = body.parts.iter().map(|part| Argument {
        key: ("form", &part.name),
        ident: &part.ident,
        is_required: part.required,
        constant: None,
        ty: match &part.content {
            PartContent::Value(ty) => Some(ty),
            PartContent::File | PartContent::Files => None,
        },
        are_files: matches!(part.content, PartContent::Files),
        encoding: format!("{:?} {:?} {:?}", part.media_type, part.style, headers(part)),
        sample: None,
        docs: &part.docs,
        pointer: at(part),
        listed: at(part),
    });
    parts.collect()
}

/// What has changed of the arguments of a call.
pub fn compare(pair: &Pair<'_>, owner: &Owner<'_>, old: &[Argument<'_>], new: &[Argument<'_>]) -> Vec<Draft> {
    let mut found = Vec::new();
    let mut gone: Vec<&Argument<'_>> = Vec::new();
    let mut come: Vec<&Argument<'_>> = new.iter().filter(|now| !old.iter().any(|was| was.is_same(now))).collect();
    for was in old {
        match new.iter().find(|now| was.is_same(now)) {
            Some(now) => argument(pair, owner, was, now, &mut found),
            None => gone.push(was),
        }
    }
    gone.retain(|was| {
        let Some(at) = come.iter().position(|now| was.is_successor(now)) else { return true };
        let now = come.remove(at);
        found.push(respelled(owner, was, now).of_items(owner.items(was, now)));
        argument(pair, owner, was, now, &mut found);
        false
    });
    let may_be = |was: &Argument<'_>, is: &Argument<'_>| {
        let is_alike = was.key.0 == is.key.0 && was.is_required == is.is_required;
        let are_same = was.ty.zip(is.ty).is_some_and(|(was, is)| pair.is_same(was, is));
        is_alike && are_same && renames::may_be((was.ident, was.docs), (is.ident, is.docs))
    };
    for &was in &gone {
        let proposed = renames::likely(was, &gone, &come, may_be).map(|is| proposed(is.ident)).unwrap_or_default();
        let words = format!("{} does not take `{}` any more{proposed}", owner.what, was.ident);
        let wire = format!("{} is not sent any more with {}", was.words(), owner.what);
        let draft = Draft::new(Kind::ParameterRemoved, Class::Warning, words).before(&was.listed);
        let draft = draft.alike(owner.what, format!("do not take `{}` any more{proposed}", was.ident));
        found.push(draft.on_the_wire(wire).of_items(owner.items(was, was)));
    }
    for now in come {
        let is_wanted = now.is_required && now.constant.is_none();
        let class = if now.is_required { Class::Breaking } else { Class::Info };
        let required = if is_wanted { ", which is required" } else { "" };
        let words = format!("{} takes `{}`{required}", owner.what, now.ident);
        let draft = Draft::new(Kind::ParameterAdded, class, words).after(&now.listed);
        let draft = draft.alike(owner.what, format!("take `{}`{required}", now.ident));
        let sent = if now.is_required { "is sent" } else { "may be sent" };
        let draft = draft.on_the_wire(format!("{} {sent} with {}", now.words(), owner.what));
        found.push(draft.of_items(owner.items(now, now)));
    }
    found
}

/// What is sent under another name, or in another place. In a path nobody sees the name.
fn respelled(owner: &Owner<'_>, was: &Argument<'_>, now: &Argument<'_>) -> Draft {
    if was.is_in_path() && now.is_in_path() {
        let words = format!("`{}` of {} is called `{}` now", was.key.1, owner.what, now.key.1);
        return Draft::new(Kind::ParameterRenamed, Class::Info, words).at(&was.pointer, &now.pointer);
    }
    let kind = if was.key.0 == now.key.0 { Kind::ParameterRenamed } else { Kind::ParameterEncodingChanged };
    let class = if now.is_required { Class::Breaking } else { Class::Warning };
    let said = format!("sent as {}, it was {}", now.words(), was.words());
    let words = format!("`{}` of {} is {said}", now.ident, owner.what);
    let draft = Draft::new(kind, class, words.clone()).at(&was.pointer, &now.pointer).on_the_wire(words);
    draft.alike(&format!("`{}` of {}", now.ident, owner.what), format!("are {said}"))
}

impl Argument<'_> {
    fn is_in_path(&self) -> bool {
        self.key.0 == Location::Path.word()
    }

    /// Whether `now`, which is sent under another name or elsewhere, is what this was: what stands in the path stands there by
    /// its place, and what programs call the same is the same.
    fn is_successor(&self, now: &Self) -> bool {
        (self.is_in_path() && now.is_in_path()) || self.ident == now.ident
    }

    fn words(&self) -> String {
        match self.key {
            ("form", name) => format!("the form's part `{name}`"),
            ("header", name) => format!("the header `{name}`"),
            ("cookie", name) => format!("the cookie `{name}`"),
            (place, name) => format!("the {place} parameter `{name}`"),
        }
    }

    fn type_words(&self) -> String {
        let file = if self.are_files { "any number of files" } else { "a file" };
        self.ty.map_or_else(|| file.to_owned(), type_words)
    }
}

impl Owner<'_> {
    /// What takes an argument: a method of the call, or the client's, where it is required.
    fn items(&self, was: &Argument<'_>, now: &Argument<'_>) -> Vec<String> {
        let mut items = Vec::new();
        for operation in [self.before, self.operation] {
            items.extend([was, now].map(|argument| format!("{}::{}", named::call(operation), argument.ident)));
            if was.is_required || now.is_required {
                items.push(operation.method_item());
                items.extend(
                    operation.required_ident.iter().map(|name| format!("{}::{name}", operation.calls_module())),
                );
            }
        }
        items
    }
}

fn argument(pair: &Pair<'_>, owner: &Owner<'_>, was: &Argument<'_>, now: &Argument<'_>, found: &mut Vec<Draft>) {
    let what = format!("`{}` of {}", now.ident, owner.what);
    let items = owner.items(was, now);
    let draft = |kind, class, words: String| {
        Draft::new(kind, class, words).at(&was.pointer, &now.pointer).of_items(items.clone())
    };
    match (was.is_required, now.is_required) {
        (false, true) => {
            found.push(draft(Kind::ParameterMadeRequired, Class::Breaking, format!("{what} is required now")));
        }
        (true, false) => {
            found.push(draft(Kind::ParameterMadeOptional, Class::Info, format!("{what} may now be left out")));
        }
        _ => {}
    }
    let relation = match (was.ty, now.ty) {
        (Some(was), Some(now)) => pair.relation(was, now),
        (None, None) => match (was.are_files, now.are_files) {
            (false, true) => Relation::Widened,
            (true, false) => Relation::Narrowed,
            _ => Relation::Same,
        },
        _ => Relation::Other,
    };
    if relation != Relation::Same {
        let words = format!("{what} is {}, it was {}", now.type_words(), was.type_words());
        found.push(draft(Kind::ParameterTypeChanged, relation.class(Way::SENT), words));
    }
    if was.constant != now.constant {
        let (before, after) = (was.constant.map(shown), now.constant.map(shown));
        let said = match (&before, &after) {
            (Some(before), Some(after)) => format!("`{}` always as `{after}`, it was `{before}`", now.ident),
            (None, Some(after)) => format!("`{}` always as `{after}`", now.ident),
            (_, None) => format!("more than one value of `{}`", now.ident),
        };
        let words = format!("{} sends {said}", owner.what);
        let draft = draft(Kind::ParameterTypeChanged, Class::Warning, words.clone());
        found.push(draft.on_the_wire(words).alike(owner.what, format!("send {said}")));
    }
    if was.encoding != now.encoding && was.key.0 == now.key.0 {
        let words = match (&was.sample, &now.sample) {
            (Some(was), Some(is)) if was != is => format!("{what} is sent as `{is}`, it was `{was}`"),
            _ => format!("{what} is written in another way"),
        };
        found.push(draft(Kind::ParameterEncodingChanged, Class::Warning, words.clone()).on_the_wire(words));
    }
    if was.ident != now.ident && was.key == now.key {
        let words = format!("`{}` of {} is called `{}` now", was.ident, owner.what, now.ident);
        found.push(draft(Kind::FieldRenamed, Class::Info, words));
    }
    found.extend(prose(&what, (&was.pointer, was.docs), (&now.pointer, now.docs)));
}

/// How a list, or an object, is written that a query holds (OpenAPI 3.1 section 4.8.12, "Style Examples").
fn sample(plan: &Plan, parameter: &Parameter) -> Option<String> {
    let kind = |name: &String| plan.types.get(name).map(|definition| &definition.kind);
    let is_list = matches!(parameter.ty, TypeRef::Array(_));
    let is_object = match &parameter.ty {
        TypeRef::Map(_) => true,
        TypeRef::Named(name) => matches!(kind(name), Some(TypeKind::Struct(_))),
        _ => false,
    };
    if parameter.location != Location::Query || !(is_list || is_object) {
        return None;
    }
    let name = &parameter.name;
    Some(match (parameter.style, parameter.explode, is_list) {
        (Style::Form, true, true) => format!("{name}=a&{name}=b"),
        (Style::Form, false, true) => format!("{name}=a,b"),
        (Style::SpaceDelimited, false, true) => format!("{name}=a%20b"),
        (Style::PipeDelimited, false, true) => format!("{name}=a|b"),
        (Style::Json, _, true) => format!("{name}=[\"a\",\"b\"]"),
        (Style::Form, true, false) => "a=b".to_owned(),
        (Style::Form, false, false) => format!("{name}=a,b"),
        (Style::DeepObject, _, false) => format!("{name}[a]=b"),
        (Style::Json, _, false) => format!("{name}={{\"a\":\"b\"}}"),
        _ => return None,
    })
}

/// Whether values are single ones, which `explode` does not change (OpenAPI 3.1 section 4.8.12, "Style Examples").
fn is_single(plan: &Plan, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Named(name) => {
            plan.types.get(name).is_some_and(|definition| matches!(definition.kind, TypeKind::Enum(_)))
        }
        TypeRef::Nullable(inner) => is_single(plan, inner),
        TypeRef::Any | TypeRef::Array(_) | TypeRef::Map(_) => false,
        _ => true,
    }
}

/// A value as it is sent.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
