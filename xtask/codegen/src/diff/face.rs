//! The public face of a generated crate, read from its files: every item that a program can name, with its signature.
//!
//! What a change does to programs is read off two faces, and not concluded from the plans: so whatever makes a crate look
//! otherwise is seen, be it the document, its overlay or the generator itself.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use serde::{Deserialize, Serialize};
use syn::{Attribute, Fields, FnArg, ImplItem, Item, ItemImpl, Signature, Type, UseTree, Visibility};

use super::change::{Bump, ItemChange};
use super::written_out;

/// What a type says that may get more fields or variants without notice.
const GROWS: &str = "#[non_exhaustive] ";

/// What a type of the runtime is called behind, where its own name is not enough.
const RUNTIME: &str = "switchboard_runtime :: ";

/// The items by their paths: `types::Pet`, its fields `types::Pet.name`, its methods, constants and variants
/// `types::Pet::new`, the traits that it has `types::Pet: Default`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Face(BTreeMap<String, String>);

/// Earlier versions have kept signatures as they were printed.
impl From<BTreeMap<String, String>> for Face {
    fn from(items: BTreeMap<String, String>) -> Self {
        let mut face = Self(items.into_iter().map(|(path, text)| (path, evened(&text))).collect());
        face.spell_out_undescribed();
        face
    }
}

impl Face {
    /// The face of the crate that has these files.
    pub fn of(files: &BTreeMap<String, String>) -> Self {
        let mut face = Self::default();
        let Some(root) = parse(files, "src/lib.rs") else { return face };
        // What private modules hold is public by the names that the root gives it.
        let mut modules: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
        for item in &root.items {
            match item {
                Item::Mod(module) if is_public(&module.vis) => {
                    modules.insert(module.ident.to_string(), None);
                }
                Item::Use(used) if is_public(&used.vis) => face.signpost(&used.tree, &mut modules, files),
                _ => {}
            }
        }
        for (module, names) in &modules {
            face.file(&format!("src/{module}.rs"), module, names.as_ref(), files);
        }
        face.follow_aliases();
        face.spell_out_undescribed();
        face
    }

    fn signpost(
        &mut self,
        tree: &UseTree,
        modules: &mut BTreeMap<String, Option<BTreeSet<String>>>,
        files: &BTreeMap<String, String>,
    ) {
        let UseTree::Path(path) = tree else { return };
        let home = path.ident.to_string();
        let names = leaves(&path.tree);
        if files.contains_key(&format!("src/{home}.rs")) {
            let known = modules.entry(home).or_insert_with(|| Some(BTreeSet::new()));
            if let Some(known) = known {
                known.extend(names);
            }
        } else {
            self.0.extend(names.into_iter().map(|name| (name, format!("use {home}"))));
        }
    }

    /// The items of a file, and of the files of modules below it: a private one's are public by the names of its parent.
    fn file(&mut self, path: &str, module: &str, names: Option<&BTreeSet<String>>, files: &BTreeMap<String, String>) {
        let Some(file) = parse(files, path) else { return };
        self.module(module, names, &file.items);
        for item in &file.items {
            let Item::Mod(below) = item else { continue };
            let name = below.ident.to_string();
            let path = path_attribute(&below.attrs).map_or_else(
                || format!("{}/{name}.rs", path.trim_end_matches(".rs")),
                |relative| format!("src/{relative}"),
            );
            let module = if is_public(&below.vis) { format!("{module}::{name}") } else { module.to_owned() };
            self.file(&path, &module, names, files);
        }
    }

    /// The items of one file: those with these names, which are public at the root, or all that are public.
    fn module(&mut self, module: &str, names: Option<&BTreeSet<String>>, items: &[Item]) {
        let path = |name: &str| match names {
            Some(names) => names.contains(name).then(|| name.to_owned()),
            None => Some(format!("{module}::{name}")),
        };
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    let Some(path) = path(&item.ident.to_string()) else { continue };
                    let text = format!("{}struct{}", mark(&item.attrs), tokens(&item.generics));
                    self.fields(&path, &item.fields);
                    self.derives(&path, &item.attrs);
                    self.0.insert(path, text);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let Some(path) = path(&item.ident.to_string()) else { continue };
                    for variant in &item.variants {
                        let fields = variant.fields.iter().map(|field| tokens(&field.ty)).collect::<Vec<_>>();
                        let text = format!("{}variant({})", mark(&variant.attrs), fields.join(", "));
                        self.0.insert(format!("{path}::{}", variant.ident), text);
                    }
                    self.derives(&path, &item.attrs);
                    self.0.insert(path, format!("{}enum{}", mark(&item.attrs), tokens(&item.generics)));
                }
                Item::Type(item) if is_public(&item.vis) => {
                    let Some(path) = path(&item.ident.to_string()) else { continue };
                    self.0.insert(path, format!("type = {}", tokens(&item.ty)));
                }
                Item::Const(item) if is_public(&item.vis) => {
                    let Some(path) = path(&item.ident.to_string()) else { continue };
                    self.0.insert(path, format!("const: {}", tokens(&item.ty)));
                }
                Item::Fn(item) if is_public(&item.vis) => {
                    let Some(path) = path(&item.sig.ident.to_string()) else { continue };
                    self.0.insert(path, tokens(&item.sig));
                }
                // What the client has for a tag stands with the calls of the tag.
                Item::Impl(item) if is_of_root(&item.self_ty) => {
                    if let Some(name) = name_of(&item.self_ty) {
                        self.implementation(&name, item);
                    }
                }
                Item::Impl(item) => {
                    if let Some(path) = name_of(&item.self_ty).and_then(|name| path(&name)) {
                        self.implementation(&path, item);
                    }
                }
                // A macro of the runtime that makes something of the type that it begins with.
                Item::Macro(item) => {
                    if let Some(made) = written_out::whole(&item.mac) {
                        self.module(module, names, &made);
                        continue;
                    }
                    let Some((of, made)) = written_out::items(item) else { continue };
                    let Some(path) = path(&of) else { continue };
                    for item in &made {
                        match item {
                            Item::Impl(item) => self.implementation(&path, item),
                            Item::Macro(item) => {
                                let name = item.mac.path.segments.last().map(|last| last.ident.to_string());
                                self.0.insert(format!("{path}: {}!", name.unwrap_or_default()), String::new());
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, path: &str, fields: &Fields) {
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.0.insert(format!("{path}.{name}"), tokens(&field.ty));
        }
    }

    fn derives(&mut self, path: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            // A list of paths is all that a derive can hold.
            let _ = attribute.parse_nested_meta(|derived| {
                if let Some(name) = derived.path.segments.last() {
                    self.0.insert(format!("{path}: {}", name.ident), String::new());
                }
                Ok(())
            });
        }
    }

    fn implementation(&mut self, path: &str, item: &ItemImpl) {
        if let Some((implemented, _)) = &item.trait_ {
            let name = implemented.segments.last().map(tokens).unwrap_or_default();
            self.0.insert(format!("{path}: {name}"), String::new());
            return;
        }
        let made = item.items.iter().flat_map(|part| match part {
            ImplItem::Macro(called) => written_out::members(&called.mac),
            other => vec![other.clone()],
        });
        for part in made {
            match part {
                ImplItem::Fn(part) if is_public(&part.vis) => {
                    self.0.insert(format!("{path}::{}", part.sig.ident), tokens(&part.sig));
                }
                ImplItem::Const(part) if is_public(&part.vis) => {
                    self.0.insert(format!("{path}::{}", part.ident), format!("const: {}", tokens(&part.ty)));
                }
                _ => {}
            }
        }
    }

    /// A second name for a type has all that the type has.
    fn follow_aliases(&mut self) {
        let aliases: Vec<(String, String)> = self
            .0
            .iter()
            .filter_map(|(path, text)| {
                let target = text.strip_prefix("type = ")?;
                let target = format!("{}::{target}", path.rsplit_once("::")?.0);
                self.0.contains_key(&target).then(|| (path.clone(), target))
            })
            .collect();
        for (path, target) in aliases {
            let all = self.0.range(target.clone()..).take_while(|(found, _)| found.starts_with(&target));
            let all: Vec<(String, String)> = all
                .filter_map(|(found, text)| Some((format!("{path}{}", below(found, &target)?), text.clone())))
                .collect();
            self.0.extend(all);
        }
    }

    /// What the runtime has for operations that describe no errors is what an enum of a described one begins with.
    fn spell_out_undescribed(&mut self) {
        let undescribed = self.0.iter().filter(|(_, text)| *text == "type = Undescribed").map(|(path, _)| path.clone());
        for path in undescribed.collect::<Vec<_>>() {
            for implemented in ["Clone", "Debug", "ErrorBody", "PartialEq"] {
                self.0.insert(format!("{path}: {implemented}"), String::new());
            }
            self.0.insert(format!("{path}::Undocumented"), "variant(Undocumented)".to_owned());
            self.0.insert(path, "#[non_exhaustive] enum".to_owned());
        }
    }

    /// The items that are not the same in the face that comes after this one. `renamed` has the paths of types that are only
    /// called otherwise there: each is gone and new, and what is part of it or names it is the same.
    pub fn changes(&self, after: &Self, renamed: &BTreeMap<String, String>) -> Vec<ItemChange> {
        let spelled: BTreeSet<String> = self.of_runtime().chain(after.of_runtime()).collect();
        if spelled.is_empty() {
            self.changes_as_spelled(after, renamed)
        } else {
            self.in_full(&spelled).changes_as_spelled(&after.in_full(&spelled), renamed)
        }
    }

    /// The runtime's types that are named with their crate: where a type of the API has the same name.
    fn of_runtime(&self) -> impl Iterator<Item = String> {
        let behind = |text: &str| -> Vec<String> {
            let parts = text.split(RUNTIME).skip(1);
            parts.filter_map(|rest| rest.split(' ').next().map(str::to_owned)).collect()
        };
        self.0.values().flat_map(move |text| behind(text))
    }

    /// The same with these types of the runtime named with their crate wherever there is no other type of the name.
    fn in_full(&self, names: &BTreeSet<String>) -> Self {
        let free = names.iter().filter(|name| !self.0.contains_key(&format!("types::{name}")));
        let full: BTreeMap<&str, String> = free.map(|name| (name.as_str(), format!("{RUNTIME}{name}"))).collect();
        let words: BTreeMap<&str, &str> = full.iter().map(|(name, full)| (*name, full.as_str())).collect();
        // What is in full already is so twice for a moment.
        let spelled = |text: &String| reworded(text, &words).replace(&RUNTIME.repeat(2), RUNTIME);
        Self(self.0.iter().map(|(path, text)| (path.clone(), spelled(text))).collect())
    }

    fn changes_as_spelled(&self, after: &Self, renamed: &BTreeMap<String, String>) -> Vec<ItemChange> {
        let words: BTreeMap<&str, &str> =
            renamed.iter().filter_map(|(old, new)| Some((last(old)?, last(new)?))).collect();
        let mut before: BTreeMap<String, (&str, String)> = BTreeMap::new();
        for (path, text) in &self.0 {
            let new = renamed.iter().find_map(|(old, new)| Some(format!("{new}{}", below(path, old)?)));
            // Traits have types as arguments: `types::Label: From < Tag >`.
            let new = reworded(new.as_ref().unwrap_or(path), &words);
            before.insert(new, (text, reworded(text, &words)));
        }
        let mut found = Vec::new();
        for (path, (text, expected)) in &before {
            let now = after.0.get(path);
            if now != Some(expected) {
                let bump = now.map_or(Bump::Major, |now| alteration(expected, now));
                let (before, after) = (Some(shown(text)), now.map(|now| shown(now)));
                found.push(ItemChange { path: shown(path), before, after, bump });
            }
        }
        for (path, text) in &after.0 {
            if !before.contains_key(path) {
                let bump = self.addition(path, text);
                found.push(ItemChange { path: shown(path), before: None, after: Some(shown(text)), bump });
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let both = renamed.iter().filter_map(|(old, new)| Some(((old, self.0.get(old)?), (new, after.0.get(new)?))));
        let renames = both.flat_map(|((old, was), (new, is))| {
            let item = |path: &String, before, after, bump| ItemChange { path: path.clone(), before, after, bump };
            [item(old, Some(shown(was)), None, Bump::Major), item(new, None, Some(shown(is)), Bump::Minor)]
        });
        renames.chain(found).collect()
    }

    /// What a new item means: a type that whoever uses it knows as a whole cannot get more.
    fn addition(&self, path: &str, text: &str) -> Bump {
        let is_part = path.contains('.') || text.contains("variant(");
        let owner = path.rsplit_once("::").filter(|_| !path.contains('.')).or_else(|| path.rsplit_once('.'));
        let owner = owner.and_then(|(owner, _)| self.0.get(owner));
        let is_closed = owner.is_some_and(|owner| !owner.starts_with(GROWS));
        if is_part && is_closed { Bump::Major } else { Bump::Minor }
    }
}

/// What it means that an item is `now` where it was `before`: a type that may grow from now on is a little thing, and arguments
/// that are called otherwise are none.
fn alteration(before: &str, now: &str) -> Bump {
    if before == format!("{GROWS}{now}") {
        Bump::Minor
    } else if names_arguments_otherwise(before, now) {
        Bump::Patch
    } else {
        Bump::Major
    }
}

/// Whether two signatures differ in nothing but what their arguments are called, which no caller writes. Names that have moved
/// to other places are another matter: callers give their values in the order of before.
fn names_arguments_otherwise(before: &str, now: &str) -> bool {
    let (Some((before, was)), Some((now, is))) = (nameless(before), nameless(now)) else { return false };
    let has_moved =
        |(place, name): (usize, &String)| is.iter().position(|other| other == name).is_some_and(|at| at != place);
    before == now && !was.iter().enumerate().any(has_moved)
}

/// A signature without the names of its arguments, and these.
fn nameless(text: &str) -> Option<(String, Vec<String>)> {
    let mut signature: Signature = syn::parse_str(text).ok()?;
    let mut names = Vec::new();
    for input in &mut signature.inputs {
        if let FnArg::Typed(argument) = input {
            names.push(tokens(&argument.pat));
            *argument.pat = syn::parse_quote!(_);
        }
    }
    Some((tokens(&signature), names))
}

/// What leads from an item to another one that is it or part of it.
pub fn below<'p>(path: &'p str, outer: &str) -> Option<&'p str> {
    path.strip_prefix(outer).filter(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
}

fn last(path: &str) -> Option<&str> {
    path.rsplit("::").next()
}

/// A signature with types called otherwise.
fn reworded(text: &str, words: &BTreeMap<&str, &str>) -> String {
    if words.is_empty() {
        return text.to_owned();
    }
    text.split(' ').map(|word| words.get(word).copied().unwrap_or(word)).collect::<Vec<_>>().join(" ")
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn mark(attributes: &[Attribute]) -> &'static str {
    if attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive")) { GROWS } else { "" }
}

fn parse(files: &BTreeMap<String, String>, path: &str) -> Option<syn::File> {
    files.get(path).and_then(|text| syn::parse_file(text).ok())
}

/// Where the file of a module is, relative to that of its parent, if that is said.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(found) if found.path.is_ident("path") => match &found.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a type is one of the crate's root.
fn is_of_root(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.len() == 2 && path.path.segments.first().is_some_and(|first| first.ident == "crate")
}

fn name_of(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn leaves(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => leaves(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(renamed) => vec![renamed.rename.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
        UseTree::Glob(_) => Vec::new(),
    }
}

/// Rust with a space between any two words, so that they can be told apart.
fn tokens(item: impl ToTokens) -> String {
    evened(&item.to_token_stream().to_string())
}

/// The same whether it was read or made, in one line or in several: a space between two of `>`, and no comma after the last of
/// a list.
fn evened(text: &str) -> String {
    let mut text = text.replace(" , )", ")").replace(" ,)", ")").replace(" , >", " >");
    while text.contains(">>") {
        text = text.replace(">>", "> >");
    }
    text
}

/// What [`quote::ToTokens`] prints, as people write it.
pub fn shown(text: &str) -> String {
    let mut text = text.to_owned();
    let closer = [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        ("& ", "&"),
        (" :", ":"),
        (" ;", ";"),
        ("[ ", "["),
        (" ]", "]"),
        (" .", "."),
        (",)", ")"),
        ("' ", "'"),
        ("->(", "-> ("),
        ("=(", "= ("),
    ];
    for (from, to) in closer {
        text = text.replace(from, to);
    }
    text.replace("- >", "->").replace("-> ", "->").replace("->", " -> ").replace("  ->", " ->")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(types: &str) -> Face {
        let root = "mod client;\npub mod types;\npub use client::{Client};\npub use other::Error;";
        let client = "pub struct Client { core: u8 }\npub struct Hidden;\nimpl Client { pub fn new(a: u8) -> Self {} fn own() {} }";
        let files = [("src/lib.rs", root), ("src/client.rs", client), ("src/types.rs", types)];
        Face::of(&files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    fn changes(before: &str, after: &str) -> Vec<(String, Bump)> {
        let found = face(before).changes(&face(after), &BTreeMap::new());
        found.into_iter().map(|item| (item.path, item.bump)).collect()
    }

    #[test]
    fn what_can_be_named_is_there_and_nothing_else() {
        let types = "#[derive(Clone)] #[non_exhaustive] pub struct A { pub a: u8, b: u8 }\nstruct B;\nimpl From<u8> for A {}\nx::record! { A; 1 }\npub enum E { V(A) }\npub type F = E;";
        let Face(found) = face(types);
        let paths: Vec<&str> = found.keys().map(String::as_str).collect();
        let expected = [
            "Client",
            "Client::new",
            "Error",
            "types::A",
            "types::A.a",
            "types::A: Clone",
            "types::A: From < u8 >",
            "types::A: record!",
            "types::E",
            "types::E::V",
            "types::F",
            "types::F::V",
        ];
        assert_eq!(paths, expected);
        assert_eq!(found["types::F"], "enum");
    }

    #[test]
    fn what_the_runtime_makes_is_as_if_it_were_written_out() {
        let called = "pub enum A { V }\nx::string_enum! { A else V; }\npub enum N { V }\nx::integer_enum! { N else V; }\npub struct S;\nimpl S { x::setters! { a(u8), a_null(); #[deprecated] b([(String, bool)]); } }";
        let written = "pub enum A { V }\nimpl A { pub const VALUES: &'static [&'static str] = &[]; pub fn as_str(&self) -> &str { x } }\nimpl From<&str> for A {}\nx::string_enum_traits!(A);\npub enum N { V }\nimpl N { pub const VALUES: &'static [i64] = &[]; pub fn as_i64(self) -> i64 { x } }\nimpl From<i64> for N {}\nx::integer_enum_traits!(N);\npub struct S;\nimpl S { pub fn a(mut self, value: impl Into<u8>) -> Self { x } pub fn a_null(mut self) -> Self { x } pub fn b(mut self, value: impl IntoIterator<Item = (impl Into<String>, bool)>) -> Self { x } }";
        assert_eq!(face(called), face(written));
        let kept: Face = serde_json::from_str(r#"{"a": "fn a (x : B < C > > , ) -> D < E , >"}"#).unwrap();
        let now = Face(BTreeMap::from([("a".to_owned(), "fn a (x : B < C > >) -> D < E >".to_owned())]));
        assert!(kept.changes(&now, &BTreeMap::new()).is_empty());
    }

    #[test]
    fn what_may_grow_grows_and_what_may_not_breaks() {
        let open = "#[non_exhaustive] pub struct A { pub a: u8 }";
        let wider = "#[non_exhaustive] pub struct A { pub a: u8, pub b: u8 }";
        assert_eq!(changes(open, wider), [("types::A.b".to_owned(), Bump::Minor)]);
        assert_eq!(changes(wider, open), [("types::A.b".to_owned(), Bump::Major)]);
        let closed = |text: &str| text.replace("#[non_exhaustive] ", "");
        assert_eq!(changes(&closed(open), &closed(wider)), [("types::A.b".to_owned(), Bump::Major)]);
        assert_eq!(changes("pub enum A { V }", "pub enum A { V, W }"), [("types::A::W".to_owned(), Bump::Major)]);
        assert_eq!(changes("", "pub enum A {}"), [("types::A".to_owned(), Bump::Minor)]);
        assert_eq!(changes(open, &open.replace("u8", "u16")), [("types::A.a".to_owned(), Bump::Major)]);
    }

    #[test]
    fn what_arguments_are_called_is_nobodys_concern_but_their_order_is() {
        let with = |arguments: &str| format!("pub struct A; impl A {{ pub fn f(&self, {arguments}) {{}} }}");
        let bump = |before: &str, after: &str| changes(&with(before), &with(after)).first().map(|(_, bump)| *bump);
        assert_eq!(bump("a: u8, b: u8", "x: u8, b: u8"), Some(Bump::Patch));
        assert_eq!(bump("a: u8, b: u8", "b: u8, a: u8"), Some(Bump::Major));
        assert_eq!(bump("a: u8, b: u8", "b: u8, c: u8"), Some(Bump::Major));
        assert_eq!(bump("a: u8", "a: u16"), Some(Bump::Major));
    }

    #[test]
    fn a_type_of_the_runtime_is_the_same_however_it_is_spelled() {
        let before = "pub struct A { pub a: Option<Date> }";
        let after = "pub struct A { pub a: Option<switchboard_runtime::Date> } pub struct Date;";
        assert_eq!(changes(before, after), [("types::Date".to_owned(), Bump::Minor)]);
        // The API's own type of the name is another one.
        let own = "pub struct A { pub a: Option<Date> } pub struct Date;";
        let found = changes(own, after);
        assert_eq!(found, [("types::A.a".to_owned(), Bump::Major)]);
    }

    #[test]
    fn another_name_is_no_other_signature() {
        let before = face("pub struct A { pub a: Vec<A>, pub b: B }\npub struct B;");
        let after = face("pub struct Z { pub a: Vec<Z>, pub b: B }\npub struct B;");
        let renamed = BTreeMap::from([("types::A".to_owned(), "types::Z".to_owned())]);
        let found = before.changes(&after, &renamed);
        let found: Vec<_> = found.iter().map(|item| (item.path.as_str(), item.bump)).collect();
        assert_eq!(found, [("types::A", Bump::Major), ("types::Z", Bump::Minor)]);
        assert_eq!(before.changes(&after, &BTreeMap::new()).len(), 6);
    }
}
