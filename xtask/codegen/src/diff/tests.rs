//! Every kind of change that a vendor makes, on the smallest document: its class, its bump, and its words in a changelog.

use serde_json::{Value, json};

use super::change::{Bump, Change, Class, Kind};
use super::face::Face;
use super::version::Version;
use super::{Side, bump, changelog, compare};
use crate::compile::{Compiled, Options, compile};
use crate::diagnostics::Diagnostics;
use crate::emit::RuntimeDependency;
use crate::plan::Lock;

fn compiled(document: &Value, names: &Lock) -> Compiled {
    let options = Options { names: names.clone(), ..Options::new(false, RuntimeDependency::Workspace) };
    let mut diagnostics = Diagnostics::default();
    let made = compile("pets", document, &options, &|| {}, &mut diagnostics);
    made.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// What changes between two documents, the newer one with the names of the older one.
fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let old = compiled(old, &Lock::default());
    let new = compiled(new, &old.plan.names);
    let faces = [&old, &new].map(|compiled| Face::of(&compiled.files.files));
    compare(Side { plan: &old.plan, face: &faces[0] }, Side { plan: &new.plan, face: &faces[1] })
}

/// The story: a shop for pets, in which what is read and what is written are types of their own and `Tag` is both; and every
/// kind of change that its vendor makes, as JSON Merge Patches (RFC 7396), with what is to be said of each.
fn story() -> Value {
    serde_json::from_str(include_str!("story.json")).unwrap()
}

fn document() -> Value {
    story()["document"].take()
}

fn patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let fields = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            fields.shift_remove(key);
        } else {
            self::patch(fields.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// The document with one value set, or, where that is null, taken away.
fn edited(pointer: &str, value: Value) -> Value {
    let mut document = document();
    let (outer, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    let outer = document.pointer_mut(outer).unwrap();
    match outer {
        Value::Array(items) => items.push(value),
        Value::Object(fields) if value.is_null() => {
            fields.shift_remove(&key);
        }
        other => other[key.as_str()] = value,
    }
    document
}

/// Each change of the story: code, class, bump and words in order, and with them the version and the changelog of the crate.
#[test]
fn every_change_of_the_story_is_told() {
    for case in story()["cases"].as_array().unwrap() {
        let (name, expected) = (&case["name"], &case["changes"]);
        let mut new = document();
        patch(&mut new, &case["patch"]);
        let changes = changes(&document(), &new);
        let found = changes.iter().map(
            |change| json!({"code": change.code, "class": change.class, "bump": change.bump, "words": change.words}),
        );
        assert_eq!(&found.collect::<Value>(), expected, "{name}");
        let version = match bump(&changes) {
            Some(Bump::Major) => "0.2.0",
            Some(Bump::Minor | Bump::Patch) => "0.1.1",
            None => "0.1.0",
        };
        assert_eq!(Version::first().after(bump(&changes)).to_string(), version, "{name}");
        let text = changelog::update(&changelog::first("0.1.0"), version, &changes);
        let entries = changelog::entries(&text, version);
        for change in &changes {
            let mark = if change.bump == Bump::Major { changelog::BREAKING } else { "" };
            let entry = match (change.code, change.class) {
                (Kind::DocumentationChanged, Class::Info) => {
                    "The vendor describes one thing in other words.".to_owned()
                }
                _ => format!("{mark}{}.", change.words),
            };
            assert!(entries.contains(&entry), "{name}: no `{entry}` in:\n{text}");
        }
        assert_eq!(changelog::update(&text, version, &changes), text, "{name}: a second time changes it");
    }
}

const PET: &str = "/components/schemas/Pet";

#[test]
fn operations_that_stand_by_tag_are_compared_where_they_stand() {
    let by_tag = |mut document: Value| {
        document["x-switchboard-layout"] = json!("tags");
        for (pointer, tag) in
            [("/paths/~1pets/get", "pets"), ("/paths/~1pets/post", "pets"), ("/paths/~1pets~1{id}/get", "con")]
        {
            if let Some(operation) = document.pointer_mut(pointer) {
                operation["tags"] = json!([tag]);
            }
        }
        document
    };
    let parameter = json!([{"name": "limit", "in": "query", "required": true, "schema": {"type": "integer"}}]);
    let mut gone = by_tag(edited("/paths/~1pets/get/parameters", parameter));
    gone["paths"]["/pets/{id}"]["get"] = json!(null);
    let found = changes(&by_tag(document()), &gone);
    let of = |kind: Kind| found.iter().find(|change| change.code == kind).unwrap();
    let paths = |change: &Change| change.items.iter().map(|item| item.path.clone()).collect::<Vec<_>>();
    let removed = of(Kind::OperationRemoved);
    assert_eq!((removed.bump, removed.words.as_str()), (Bump::Major, "`con().get_pet` is gone"));
    let paths_removed = paths(removed);
    for path in ["calls::con::Con::get_pet", "calls::con::GetPet", "errors::GetPetError"] {
        assert!(paths_removed.iter().any(|found| found == path), "{path}: {paths_removed:?}");
    }
    assert!(found.iter().any(|change| paths(change).contains(&"calls::pets::Pets::list".to_owned())), "{found:#?}");
    assert_eq!(bump(&found), Some(Bump::Major));
}

#[test]
fn a_schema_that_is_renamed() {
    let text = document().to_string().replace("schemas/Tag\"", "schemas/Label\"").replace("\"Tag\":", "\"Label\":");
    let new = serde_json::from_str(&text).unwrap();
    let renamed = changes(&document(), &new).remove(0);
    assert_eq!(
        renamed.action.as_deref(),
        Some(r#"{"target": "$.components.schemas.Label", "update": {"x-switchboard-name": "Tag"}}"#)
    );
    let paths: Vec<&str> = renamed.items.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(paths, ["types::Tag", "types::Label"]);
    // The action keeps what it says.
    let mut kept = new;
    kept["components"]["schemas"]["Label"]["x-switchboard-name"] = json!("Tag");
    assert_eq!(bump(&changes(&document(), &kept)), None);
}

#[test]
fn what_is_documented_of_errors_grows_their_type() {
    let error = |status: &str| {
        let mut new = document();
        new["paths"]["/pets/{id}"]["get"]["responses"][status] = json!({"description": "No."});
        new
    };
    let (one, mut two) = (error("404"), error("404"));
    two["paths"]["/pets/{id}"]["get"]["responses"]["409"] = json!({"description": "No."});
    let found = changes(&one, &two);
    let found: Vec<(Kind, Bump, &str)> =
        found.iter().map(|change| (change.code, change.bump, change.words.as_str())).collect();
    assert_eq!(found, [(Kind::ErrorAdded, Bump::Minor, "`get_pet` documents the error 409, which holds nothing")]);
}

#[test]
fn a_value_that_is_always_sent_is_told_with_what_it_was() {
    let version = |values: &[&str]| {
        let parameter =
            json!({"name": "version", "in": "query", "required": true, "schema": {"type": "string", "enum": values}});
        let mut new = document();
        new["paths"]["/pets"]["post"]["parameters"] = json!([parameter]);
        new
    };
    let words = |old: &[&str], new: &[&str]| {
        let found = changes(&version(old), &version(new));
        let found = found.into_iter().filter(|change| change.code == Kind::ParameterTypeChanged);
        found.map(|change| (change.class, change.bump, change.words)).collect::<Vec<_>>()
    };
    let sent = |bump, words: &str| (Class::Warning, bump, words.to_owned());
    let always = "`add_pet` sends `version` always as `2`, it was `1`";
    assert_eq!(words(&["1"], &["2"]), [sent(Bump::Patch, always)]);
    assert!(
        words(&["1"], &["1", "2"])
            .iter()
            .any(|(_, _, words)| words.ends_with("sends more than one value of `version`"))
    );
}

#[test]
fn what_only_answers_had_to_have_was_sure_as_well() {
    let tag = "/components/schemas/Tag";
    let born = json!({"type": "string", "readOnly": true});
    let document = |required: Value| {
        let mut document = edited(&format!("{tag}/required"), required);
        patch(&mut document, &json!({"components": {"schemas": {"Tag": {"properties": {"born": born}}}}}));
        document
    };
    for (required, class) in [(json!(["born"]), Class::Breaking), (Value::Null, Class::Warning)] {
        let old = document(required);
        let mut new = old.clone();
        let gone = json!({"components": {"schemas": {"Tag": {"required": null, "properties": {"born": null}}}}});
        patch(&mut new, &gone);
        let found = changes(&old, &new);
        let gone = found.iter().find(|change| change.code == Kind::FieldRemoved).unwrap();
        assert_eq!((gone.class, gone.words.as_str()), (class, "`Tag::born` is gone"));
    }
}

#[test]
fn a_single_value_is_written_alike_however_lists_are() {
    let limit = |schema: Value, explode: bool| {
        let mut new = document();
        let parameter = json!({"name": "limit", "in": "query", "style": "form", "explode": explode, "schema": schema});
        new["paths"]["/pets"]["get"]["parameters"] = json!([parameter]);
        new
    };
    let found = |schema: Value| told(&limit(schema.clone(), true), &limit(schema, false));
    for schema in [json!({"type": "integer"}), json!({"type": "string", "enum": ["few", "many"]})] {
        assert_eq!(found(schema), []);
    }
    let words = "`limit` of `list_pets` is sent as `limit=a,b`, it was `limit=a&limit=b`".to_owned();
    assert_eq!(found(json!({"type": "array", "items": {"type": "string"}})), [(Class::Warning, Bump::Patch, words)]);
}

#[test]
fn a_header_that_is_written_in_other_letters_is_the_same() {
    let header = |name: &str| {
        let parameter = json!({"name": name, "in": "header", "schema": {"type": "string"}});
        edited("/paths/~1pets/get/parameters/-", parameter)
    };
    assert_eq!(changes(&header("X-Trace"), &header("x-trace")), []);
    assert!(!changes(&header("X-Trace"), &header("X-Other")).is_empty());
}

#[test]
fn servers_that_are_called_in_place_of_others() {
    let regional = |default: &str, description: &str| {
        let region = json!({"default": default, "enum": ["us", "eu"], "description": description});
        json!([{"url": "https://{region}.example.com", "variables": {"region": region}}])
    };
    let class = |old: Value, new: Value| {
        let found = changes(&edited("/servers", old), &edited("/servers", new));
        found.into_iter().find(|change| change.code == Kind::ServerChanged).map(|change| change.class)
    };
    let one = json!([{"url": "https://api.example.com"}]);
    let two = json!([{"url": "https://api.example.com"}, {"url": "https://eu.example.com"}]);
    assert_eq!(class(one.clone(), two.clone()), Some(Class::Info));
    assert_eq!(class(regional("us", "Where."), regional("us", "Where it is.")), Some(Class::Info));
    assert_eq!(class(regional("us", "Where."), regional("eu", "Where.")), Some(Class::Warning));
    let with = |values: Value| {
        let mut servers = regional("us", "Where.");
        servers[0]["variables"]["region"]["enum"] = values;
        servers
    };
    let (more, fewer) = (json!(["us", "eu", "ap"]), json!(["us"]));
    assert_eq!(class(with(fewer.clone()), with(more.clone())), Some(Class::Info));
    assert_eq!(class(with(more), with(fewer)), Some(Class::Warning));
    // The first is called where nobody names one.
    let other = json!([{"url": "https://eu.example.com"}, {"url": "https://api.example.com"}]);
    assert_eq!(class(two.clone(), other), Some(Class::Warning));
    // What has no host cannot be called before the program gives the client a base URL.
    for relative in [json!([{"url": "/v1"}]), json!(null)] {
        assert_eq!(class(one.clone(), relative.clone()), Some(Class::Breaking));
        assert_eq!(class(relative, one.clone()), Some(Class::Warning));
    }
    // An operation that leaves the API's servers.
    let own = edited("/paths/~1pets/get/servers", json!([{"url": "https://files.example.com"}]));
    let words = "calls of `list_pets` go to `https://files.example.com`, it was the API's servers".to_owned();
    assert_eq!(told(&document(), &own), [(Class::Warning, Bump::Patch, words)]);
}

#[test]
fn whatever_the_document_does_not_show_is_told_all_the_same() {
    let old = compiled(&document(), &Lock::default());
    let face = Face::of(&old.files.files);
    let mut files = old.files.files.clone();
    let types = files.get_mut("src/types.rs").unwrap();
    *types = types.replacen("pub name: Option<String>", "pub name: Option<Box<str>>", 1);
    let other = Face::of(&files);
    let found = compare(Side { plan: &old.plan, face: &face }, Side { plan: &old.plan, face: &other });
    let found: Vec<(Kind, Bump, &str)> =
        found.iter().map(|change| (change.code, change.bump, change.words.as_str())).collect();
    let words = "`types::Pet.name` is `Option<Box<str>>`, it was `Option<String>`";
    assert_eq!(found, [(Kind::ItemChanged, Bump::Major, words)]);
}

/// The words of the changes between two documents, with class and bump.
fn told(old: &Value, new: &Value) -> Vec<(Class, Bump, String)> {
    changes(old, new).into_iter().map(|change| (change.class, change.bump, change.words)).collect()
}

#[test]
fn what_no_type_says_of_a_schema_is_told_all_the_same() {
    let tag = |more: &Value| {
        let mut schema = json!({"type": "object", "properties": {"label": {"type": "string"}, "all": {"type": "array"}, "count": {"type": "integer"}}});
        patch(&mut schema, more);
        edited("/components/schemas/Tag", schema)
    };
    let bare = json!({});
    let label = |schema: Value| json!({"properties": {"label": schema}});
    let closed = json!({"type": "object", "additionalProperties": false});
    for (key, what, with) in [
        ("additionalProperties", "`Tag`", json!({"additionalProperties": false})),
        ("unevaluatedProperties", "`Tag`", json!({"unevaluatedProperties": false})),
        ("patternProperties", "`Tag`", json!({"patternProperties": {"^x-": {"type": "string"}}})),
        ("not", "`Tag`", json!({"not": {"required": ["label"]}})),
        ("if", "`Tag`", json!({"if": {"required": ["all"]}})),
        ("dependentRequired", "`Tag`", json!({"dependentRequired": {"all": ["label"]}})),
        ("additionalProperties", "`Tag`", json!({"allOf": [{"type": "object"}, closed]})),
        ("not", "`Tag`", json!({"allOf": [{"not": {"required": ["label"]}}]})),
        ("not", "`Tag::label`", label(json!({"not": {"enum": [""]}}))),
        ("contentMediaType", "`Tag::label`", label(json!({"contentMediaType": "application/json"}))),
        ("contains", "`Tag::all`", json!({"properties": {"all": {"contains": {"type": "string"}}}})),
        ("format", "`Tag::count`", json!({"properties": {"count": {"format": "int32"}}})),
    ] {
        let other = |of: &[(Class, Bump, String)]| {
            of.iter().map(|(class, _, words)| (*class, words.clone())).collect::<Vec<_>>()
        };
        let come = format!("`{key}` limits {what} now, which the crate leaves to the server");
        let gone = format!("`{key}` does not limit {what} any more");
        let found = other(&told(&tag(&bare), &tag(&with)));
        assert!(found.contains(&(Class::Warning, come)), "{with}: {found:?}");
        let found = other(&told(&tag(&with), &tag(&bare)));
        assert!(found.contains(&(Class::Warning, gone)), "{with}: {found:?}");
        assert_eq!(told(&tag(&with), &tag(&with)), [], "{with}");
    }
    // One type holds them, whichever they are.
    let one_of = |kinds: &[&str]| {
        let kinds: Vec<Value> = kinds.iter().map(|kind| json!({"type": kind})).collect();
        tag(&json!({"properties": {"all": {"type": null, "oneOf": kinds}}}))
    };
    let found = told(&one_of(&["string", "integer"]), &one_of(&["string", "integer", "boolean"]));
    let expected = (Class::Warning, Bump::Patch, "`oneOf` limits `Tag::all` in another way".to_owned());
    assert_eq!(found, [expected]);
    let not = |names: Value| tag(&json!({"not": {"required": names}}));
    let found = told(&not(json!(["label"])), &not(json!(["all"])));
    let expected = (Class::Warning, Bump::Patch, "`not` limits `Tag` in another way".to_owned());
    assert_eq!(found, [expected]);
}

#[test]
fn a_schema_that_is_renamed_and_changed_is_known_by_its_place() {
    let text = document().to_string().replace("schemas/Pet\"", "schemas/Animal\"").replace("\"Pet\":", "\"Animal\":");
    let mut new: Value = serde_json::from_str(&text).unwrap();
    new["components"]["schemas"]["Animal"]["properties"]["state"]["enum"] = json!(["free", "sold", "ill"]);
    let expected = [
        (Class::Info, Bump::Major, "`PetState` is called `AnimalState` now".to_owned()),
        (Class::Info, Bump::Major, "`Pet` is called `Animal` now".to_owned()),
        (Class::Warning, Bump::Minor, "new: `AnimalState::Ill` (`ill` on the wire)".to_owned()),
    ];
    assert_eq!(told(&document(), &new), expected);
}

#[test]
fn a_schema_that_is_written_where_it_is_used_means_the_same_on_the_wire() {
    let tag = document()["components"]["schemas"]["Tag"].clone();
    let expected = [(Class::Info, Bump::Major, "`Pet::tag` is `PetTag`, it was `Tag`".to_owned())];
    assert_eq!(told(&document(), &edited(&format!("{PET}/properties/tag"), tag)), expected);
}

#[test]
fn shapes_of_one_type_are_told_apart_by_their_names() {
    let text = json!({"type": "string"});
    let shape = |kind: &str| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}, "at": text}});
    let pet = |shapes: Value| edited(&format!("{PET}/properties/event"), json!({"oneOf": shapes}));
    let (one, two) = (pet(json!([shape("a"), shape("b")])), pet(json!([shape("a"), shape("b"), shape("c")])));
    assert_eq!(told(&one, &one), []);
    let found = told(&one, &two);
    assert!(found.iter().all(|(_, bump, words)| *bump == Bump::Minor && words.starts_with("new: ")), "{found:?}");
}

#[test]
fn what_is_new_on_many_operations_is_told_once_with_what_it_brings() {
    let mut old = document();
    for name in ["a", "b"] {
        old["paths"][format!("/{name}")] = document()["paths"]["/pets"].clone();
        old["paths"][format!("/{name}")]["get"]["operationId"] = json!(name);
        old["paths"][format!("/{name}")].as_object_mut().unwrap().shift_remove("post");
    }
    let mut new = old.clone();
    let items = new["paths"].as_object_mut().unwrap().values_mut();
    items.flat_map(|item| item.as_object_mut().unwrap().values_mut()).for_each(|operation| {
        let schema = json!({"type": "object", "properties": {"after": {"type": "integer"}}});
        operation["responses"]["429"] =
            json!({"description": "Later.", "content": {"application/json": {"schema": schema}}});
    });
    let words: Vec<String> = told(&old, &new).into_iter().map(|(_, _, words)| words).collect();
    assert_eq!(words, ["`list_pets` and 4 more document the error 429"]);
    let text = new.to_string().replace("\"/", "\"/v2/");
    let moved: Value = serde_json::from_str(&text).unwrap();
    let expected = [(Class::Breaking, Bump::Patch, "`list_pets` and 4 more send to `/v2/…`, it was `/…`".to_owned())];
    assert_eq!(told(&new, &moved), expected);
}

#[test]
fn bodies_and_answers_of_every_media_type_are_compared() {
    let json = |ty: &str| json!({"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}, "application/vnd.pets+json": {"schema": {"type": ty}}});
    let with = |ty: &str| {
        let mut new = document();
        new["paths"]["/pets"]["post"]["requestBody"]["content"] = json(ty);
        new["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"] = json(ty);
        new
    };
    let found = told(&with("string"), &with("integer"));
    let expected = [
        "`get_pet`, asked for `application/vnd.pets+json`, answers `i64`, it was `String`",
        "the body of `add_pet` is `i64` as `application/vnd.pets+json`, it was `String` as `application/vnd.pets+json`",
    ];
    let words: Vec<&str> = found.iter().map(|(_, _, words)| words.as_str()).collect();
    for expected in expected {
        assert!(words.contains(&expected), "no `{expected}` in {words:#?}");
    }
}

#[test]
fn what_stands_in_xml_in_another_way() {
    let pet = |edit: &dyn Fn(&mut Value)| {
        let mut document = document();
        let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Pet"}}});
        document["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"] = content;
        edit(&mut document["components"]["schemas"]["Pet"]);
        document
    };
    let new = pet(&|pet| {
        pet["xml"] = json!({"name": "animal"});
        pet["properties"]["id"]["xml"] = json!({"attribute": true, "name": "key"});
    });
    let expected = [
        "in XML `id` of `<animal>` is the attribute `key`, it was the element `<id>`",
        "in XML the root is `<animal>`, it was `<Pet>`",
    ];
    let found = changes(&pet(&|_| {}), &new);
    let found: Vec<(Kind, Class, Bump, &str)> =
        found.iter().map(|change| (change.code, change.class, change.bump, change.words.as_str())).collect();
    assert_eq!(found, expected.map(|words| (Kind::XmlChanged, Class::Breaking, Bump::Patch, words)));
}

/// Whoever calls what is gone was right, and is not any more.
#[test]
fn a_path_that_is_gone_breaks_unless_the_server_has_it() {
    let operation = |id: &str| json!({"get": {"operationId": id, "responses": {"204": {"description": "Fine."}}}});
    let document = |server: &str, paths: Value| {
        let servers = json!([{"url": format!("https://pets.example{server}")}]);
        json!({"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "servers": servers, "paths": paths})
    };
    let old = document("/v1", json!({"/a": operation("feed")}));
    for (server, paths, class) in [
        ("/v1", json!({"/b": operation("feed")}), Class::Breaking),
        ("/", json!({"/v1/a": operation("feed")}), Class::Warning),
    ] {
        let found = changes(&old, &document(server, paths));
        let moved = found.iter().find(|change| change.code == Kind::PathChanged).unwrap();
        assert_eq!((moved.class, moved.bump), (class, Bump::Patch), "{found:?}");
    }
    // On each server that there was, also where none is named.
    let hosts = |hosts: &[&str], path: &str| {
        let mut document = document("", json!({path: operation("feed")}));
        document["servers"] = hosts.iter().map(|host| json!({"url": format!("https://{host}")})).collect();
        document
    };
    for (old, new, class) in [
        (hosts(&["a.example/v1", "b.example/v1"], "/a"), hosts(&["a.example", "b.example"], "/v1/a"), Class::Warning),
        (hosts(&["a.example/v1", "b.example/v1"], "/a"), hosts(&["a.example"], "/v1/a"), Class::Breaking),
        (hosts(&[], "/a"), hosts(&[], "/v1/a"), Class::Breaking),
    ] {
        let found = changes(&old, &new);
        let moved = found.iter().find(|change| change.code == Kind::PathChanged).unwrap();
        assert_eq!(moved.class, class, "{found:?}");
    }
}

/// The document with these ways for the pets' list to ask for credentials.
fn asking(ways: Value) -> Value {
    edited("/paths/~1pets/get/security", ways)
}

#[test]
fn credentials_break_calls_only_where_what_was_enough_is_no_more() {
    let token = |scopes: Value| json!({"token": scopes});
    let (key, none) = (json!({"key": []}), json!({}));
    let both = json!({"key": [], "token": []});
    for (old, new, class) in [
        // What needs nothing is called without anything.
        (json!([]), json!([key]), Some(Class::Breaking)),
        (json!([none]), json!([key]), Some(Class::Breaking)),
        (json!([key, none]), json!([key]), Some(Class::Breaking)),
        (json!([key]), json!([none]), Some(Class::Info)),
        (json!([key]), json!([key, none]), Some(Class::Info)),
        (json!([none]), json!([]), None),
        (json!([both]), json!([key]), Some(Class::Info)),
        (json!([key]), json!([both]), Some(Class::Breaking)),
        (json!([token(json!(["read", "write"]))]), json!([token(json!(["read"]))]), Some(Class::Info)),
        (json!([token(json!(["read"]))]), json!([token(json!(["read", "write"]))]), Some(Class::Breaking)),
    ] {
        let document = |ways: &Value| {
            let mut document = asking(ways.clone());
            document["components"]["securitySchemes"]["token"] = json!({"type": "oauth2", "flows": {}});
            document
        };
        let found = changes(&document(&old), &document(&new));
        let auth: Vec<_> = found.iter().filter(|change| change.code == Kind::AuthChanged).collect();
        assert_eq!(auth.first().map(|change| change.class), class, "{old} {new}: {found:?}");
    }
}

#[test]
fn a_header_of_answers_is_told_by_what_has_changed_of_it() {
    let total = |header: Value| edited("/paths/~1pets/get/responses/200/headers", json!({"X-Total": header}));
    let of = |ty: &str, required: bool| json!({"required": required, "schema": {"type": ty}});
    let said = |words: &str| format!("the header `X-Total` in the answers of `list_pets` {words}");
    for (old, new, class, words) in [
        (of("integer", false), of("integer", true), Class::Info, "is always there now"),
        (of("integer", true), of("integer", false), Class::Breaking, "may now be absent"),
        (of("integer", false), of("string", false), Class::Breaking, "is `String`, it was `i64`"),
    ] {
        assert_eq!(told(&total(old), &total(new)), [(class, Bump::Major, said(words))]);
    }
    // What calls answer comes and goes with the set of headers.
    let found = told(&total(of("integer", false)), &document());
    assert_eq!(found, [(Class::Warning, Bump::Major, said("is gone"))]);
}

#[test]
fn webhooks_come_and_go_with_their_places_among_all() {
    let hook = |ty: &str| json!({"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": [ty], "properties": {ty: {"type": "string"}}}}}}, "responses": {"200": {"description": "Fine."}}}});
    let with = |hooks: Value| {
        let mut document = document();
        document["webhooks"] = hooks;
        document
    };
    let words = |old: Value, new: Value| -> Vec<String> {
        let found = told(&with(old), &with(new)).into_iter().map(|(_, _, words)| words);
        found.filter(|words| words.contains("webhooks")).collect()
    };
    let (one, two) = (json!({"fed": hook("food")}), json!({"fed": hook("food"), "sold": hook("price")}));
    assert_eq!(
        words(one.clone(), two.clone()),
        ["`webhooks::AnyWebhook::read` is gone: nothing tells which webhook came", "new: `webhooks::Sold`"]
    );
    assert_eq!(words(two, one), ["`webhooks::Sold` is gone", "new: `webhooks::AnyWebhook::read`"]);
}

#[test]
fn a_parameter_that_is_sent_elsewhere_or_spelled_otherwise_is_told_once() {
    let limit = |name: &str, place: &str, required: bool| {
        let parameter = json!({"name": name, "in": place, "required": required, "schema": {"type": "integer"}});
        edited("/paths/~1pets/get/parameters", json!([parameter]))
    };
    let was = "it was the query parameter `limit`";
    for (name, place, required, class, is) in [
        ("limit", "header", false, Class::Warning, "the header `limit`"),
        ("Limit", "query", false, Class::Warning, "the query parameter `Limit`"),
        ("limit", "header", true, Class::Breaking, "the header `limit`"),
    ] {
        let words = format!("`limit` of `list_pets` is sent as {is}, {was}");
        let found = told(&limit("limit", "query", required), &limit(name, place, required));
        assert_eq!(found, [(class, Bump::Patch, words)]);
    }
}

#[test]
fn a_part_that_comes_to_be_many_files_is_told_as_such() {
    let upload = |file: Value| {
        let schema = json!({"type": "object", "required": ["photo"], "properties": {"photo": file}});
        let mut document = document();
        document["paths"]["/pets"]["post"]["requestBody"]["content"] =
            json!({"multipart/form-data": {"schema": schema}});
        document
    };
    let file = json!({"type": "string", "format": "binary"});
    let files = json!({"type": "array", "items": file});
    let words = |is: &str, was: &str| format!("`photo` of `add_pet` is {is}, it was {was}");
    let (one, many) = ("a file", "any number of files");
    let found = told(&upload(file.clone()), &upload(files.clone()));
    assert_eq!(found, [(Class::Info, Bump::Major, words(many, one))]);
    let found = told(&upload(files), &upload(file));
    assert_eq!(found, [(Class::Breaking, Bump::Major, words(one, many))]);
}

#[test]
fn the_value_that_a_shape_is_told_by_is_spelled_otherwise() {
    let shape = || json!({"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}});
    // Both are answered, and the second is sent as well.
    let union = |sent: bool, mapping: &Value| {
        let mapping: serde_json::Map<String, Value> = mapping
            .as_object()
            .unwrap()
            .iter()
            .map(|(value, name)| (value.clone(), json!(format!("#/components/schemas/{}", name.as_str().unwrap()))))
            .collect();
        let union = json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "type", "mapping": mapping}});
        let mut document = edited(&format!("{PET}/properties/guest"), json!({"$ref": "#/components/schemas/Guest"}));
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.extend([("Cat".to_owned(), shape()), ("Dog".to_owned(), shape()), ("Guest".to_owned(), union)]);
        if sent {
            document["components"]["schemas"]["NewPet"]["properties"]["guest"] =
                json!({"$ref": "#/components/schemas/Guest"});
        }
        document
    };
    let old = json!({"cat": "Cat", "dog": "Dog"});
    let (renamed, more) =
        (json!({"feline": "Cat", "dog": "Dog"}), json!({"cat": "Cat", "feline": "Cat", "dog": "Dog"}));
    let is = |values: &str| format!("`Guest::Cat` is {values} on the wire, it was `cat`");
    for (sent, new, class, words) in [
        (true, &renamed, Class::Breaking, is("`feline`")),
        (false, &renamed, Class::Warning, is("`feline`")),
        (true, &more, Class::Warning, is("`cat` or `feline`")),
    ] {
        let found = told(&union(sent, &old), &union(sent, new));
        assert_eq!(found, [(class, Bump::Patch, words)]);
    }
    let swapped = told(&union(true, &old), &union(true, &json!({"dog": "Cat", "cat": "Dog"})));
    assert!(swapped.len() == 2 && swapped.iter().all(|(class, ..)| *class == Class::Breaking), "{swapped:?}");
}

#[test]
fn another_status_of_success_is_told() {
    let answers = |statuses: &[&str]| {
        let fine = json!({"description": "Fine."});
        edited(
            "/paths/~1pets/post/responses",
            statuses.iter().map(|status| ((*status).to_owned(), fine.clone())).collect(),
        )
    };
    for (old, new, class, words) in [
        (&["201"][..], &["200"][..], Class::Warning, "200, it was 201"),
        (&["201"], &["201", "204"], Class::Info, "201 or 204, it was 201"),
        (&["2XX"], &["200"], Class::Warning, "200, it was 2XX"),
    ] {
        let expected = [(class, Bump::Patch, format!("`add_pet` succeeds with {words}"))];
        assert_eq!(told(&answers(old), &answers(new)), expected);
    }
    assert_eq!(told(&answers(&["201", "204"]), &answers(&["204", "201"])), []);
}

/// The document with its credential under another name.
fn with_credential(name: &str, sent_as: &str) -> Value {
    let mut document = document();
    document["components"]["securitySchemes"] = json!({name: {"type": "apiKey", "in": "header", "name": sent_as}});
    document["security"] = json!([{name: []}]);
    document
}

#[test]
fn a_credential_that_is_sent_as_before_is_the_same_under_another_name() {
    let found = changes(&document(), &with_credential("token", "X-Key"));
    let [renamed] = found.as_slice() else { panic!("{found:#?}") };
    let words = "the credential `key` is called `token` now";
    assert_eq!((renamed.class, renamed.bump, renamed.words.as_str()), (Class::Info, Bump::Major, words));
    assert!(
        renamed.action.as_ref().is_some_and(|action| action.contains(r#""x-switchboard-name": "key""#)),
        "{found:?}"
    );
    // Whoever sends the old header is not let in.
    let words: Vec<String> =
        told(&document(), &with_credential("token", "X-Token")).into_iter().map(|told| told.2).collect();
    assert!(words.iter().any(|words| words.starts_with("the credential `key` is gone")), "{words:?}");
}

#[test]
fn a_server_that_is_the_old_one_by_its_defaults_is_called_as_before() {
    let with = |servers: Value, path: &str| {
        let mut document = document();
        document["servers"] = servers;
        let paths = document["paths"].as_object_mut().unwrap();
        *paths = std::mem::take(paths).into_iter().map(|(key, item)| (format!("{path}{key}"), item)).collect();
        document
    };
    let region =
        |default: &str| json!([{"url": "https://{region}.example.com", "variables": {"region": {"default": default}}}]);
    let class = |old: &Value, new: &Value, code: Kind| {
        changes(old, new).into_iter().find(|change| change.code == code).map(|change| change.class)
    };
    let plain = with(json!([{"url": "https://api.example.com"}]), "");
    assert_eq!(class(&plain, &with(region("api"), ""), Kind::ServerChanged), Some(Class::Info));
    assert_eq!(class(&plain, &with(region("eu"), ""), Kind::ServerChanged), Some(Class::Warning));
    // Whoever gives the variable cannot any more.
    assert_eq!(class(&with(region("api"), ""), &plain, Kind::ServerChanged), Some(Class::Warning));
    let base = with(json!([{"url": "https://api.example.com/{base}", "variables": {"base": {"default": "v1"}}}]), "");
    let moved = with(json!([{"url": "https://api.example.com"}]), "/v1");
    assert_eq!(class(&base, &moved, Kind::PathChanged), Some(Class::Warning));
}

#[test]
fn an_operation_under_another_tag_is_told_with_both() {
    let tagged = |tag: &str| edited("/paths/~1pets/get/tags", json!([tag]));
    let expected = [(Class::Info, Bump::Patch, "`list_pets` has the tag `Animals`, it was `Pets`".to_owned())];
    assert_eq!(told(&tagged("Pets"), &tagged("Animals")), expected);
}

#[test]
fn a_parameter_has_its_own_place() {
    let place = |name: &str| format!("/paths/~1pets/get/parameters/{name}");
    let with = |schema: Value, more: &[&str]| {
        let more = more.iter().map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}));
        let all = std::iter::once(json!({"name": "limit", "in": "query", "schema": schema})).chain(more);
        edited("/paths/~1pets/get/parameters", all.collect())
    };
    let (old, new) = (with(json!({"type": "integer"}), &["gone"]), with(json!({"type": "string"}), &["come"]));
    let places: Vec<_> = changes(&old, &new).into_iter().map(|change| (change.before, change.after)).collect();
    for expected in [(Some(place("0")), Some(place("0"))), (Some(place("1")), None), (None, Some(place("1")))] {
        assert!(places.contains(&expected), "{places:?}");
    }
}

#[test]
fn an_answer_has_the_place_of_its_status() {
    let new =
        edited("/paths/~1pets~1{id}/get/responses/200/content/application~1json/schema", json!({"type": "string"}));
    let found = changes(&document(), &new);
    let answer = found.iter().find(|change| change.code == Kind::ResponseChanged).unwrap();
    assert_eq!(answer.after.as_deref(), Some("/paths/~1pets~1{id}/get/responses/200"));
}

#[test]
fn a_header_is_told_with_those_that_answer_it() {
    let header = json!({"X-Total": {"schema": {"type": "integer"}}});
    let new = edited("/paths/~1pets/get/responses/200/headers", header);
    let found = told(&document(), &new);
    assert_eq!(
        found,
        [(Class::Info, Bump::Major, "new: the header `X-Total` in the answers of `list_pets`".to_owned())]
    );
}

#[test]
fn what_answers_and_parameters_become_is_said_with_what_they_were() {
    let said = |old: &Value, new: &Value| told(old, new).into_iter().map(|(.., words)| words).collect::<Vec<_>>();
    let content = "/paths/~1pets~1{id}/get/responses/200/content";
    let csv = edited(&format!("{content}/text~1csv"), json!({"schema": {"type": "string"}}));
    assert_eq!(said(&document(), &csv), ["`get_pet` can be asked for `text/csv` as well"]);
    assert_eq!(said(&csv, &document()), ["`get_pet` cannot be asked for `text/csv` any more"]);
    let accepted = json!({"description": "Later.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tag"}}}});
    let later = edited("/paths/~1pets~1{id}/get/responses/202", accepted);
    assert_eq!(said(&document(), &later), ["`get_pet` answers `Pet` with 200 or `Tag` with 202, it was `Pet`"]);
    let limit = |default: u8, more: Value| {
        let mut limit =
            json!({"name": "limit", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}});
        limit["schema"]["default"] = json!([default]);
        limit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        edited("/paths/~1pets/get/parameters", json!([limit]))
    };
    let words = "where `limit` of `list_pets` is left out, the server takes `[2]` now, it was `[1]`";
    assert_eq!(said(&limit(1, json!({})), &limit(2, json!({}))), [words]);
    let words = "`limit` of `list_pets` is sent as `limit=a,b`, it was `limit=a&limit=b`";
    assert_eq!(said(&limit(1, json!({})), &limit(1, json!({"explode": false}))), [words]);
}

#[test]
fn what_a_client_has_for_a_tag_is_told_with_the_first_operation_of_it() {
    let tagged = |tag: &str| {
        let mut document = document();
        document["x-switchboard-layout"] = json!("tags");
        for (index, tag) in ["pets", "pets", tag].into_iter().enumerate() {
            let operation = json!({"get": {"operationId": format!("op{index}"), "tags": [tag], "responses": {"204": {"description": "Fine."}}}});
            document["paths"][format!("/o{index}")] = operation;
        }
        document
    };
    let mut old = tagged("shops");
    old["paths"].as_object_mut().unwrap().shift_remove("/o2");
    for (old, new, code) in [(&old, &tagged("shops"), Kind::ItemAdded), (&tagged("shops"), &old, Kind::ItemRemoved)] {
        let found = changes(old, new);
        assert!(found.iter().all(|change| change.code != code), "{found:#?}");
    }
}

#[test]
fn a_field_that_may_have_another_name_is_proposed_as_such() {
    let pet = |properties: Value| edited(&format!("{PET}/properties"), properties);
    let text = || json!({"type": "string"});
    let old = pet(json!({"id": {"type": "integer"}, "state": text(), "name": text()}));
    let new = pet(json!({"id": {"type": "integer"}, "state": text(), "full_name": text()}));
    let said = |new: &Value| told(&old, new).into_iter().map(|(.., words)| words).collect::<Vec<_>>();
    let words = said(&new);
    assert!(
        words
            .contains(&"`Pet::name` is gone; `full_name`, which is new, may be the same under another name".to_owned()),
        "{words:?}"
    );
    // Of two that are like it, neither is.
    let two = pet(json!({"id": {"type": "integer"}, "state": text(), "full_name": text(), "nick_name": text()}));
    assert!(said(&two).contains(&"`Pet::name` is gone".to_owned()));
}

#[test]
fn the_action_for_a_shape_that_has_lost_its_name_leads_into_the_list() {
    let guest = |dog: Value, cat: Value| {
        let shape =
            |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
        let mut document = edited(&format!("{PET}/properties/guest"), json!({"oneOf": [cat, dog]}));
        document["components"]["schemas"]["Cat"] = shape("purrs");
        document["components"]["schemas"]["Hound"] = shape("barks");
        document
    };
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let old = guest(reference("Hound"), reference("Cat"));
    let mut new = guest(old["components"]["schemas"]["Hound"].clone(), reference("Cat"));
    new["components"]["schemas"].as_object_mut().unwrap().shift_remove("Hound");
    let found = changes(&old, &new);
    let action = found.iter().find_map(|change| change.action.clone()).unwrap();
    assert!(action.contains("$.components.schemas.Pet.properties.guest.oneOf[1]"), "{action}");
}

#[test]
fn path_parameters_that_change_places_are_told_once() {
    let order = |path: &str| {
        let parameter =
            |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
        let mut document = document();
        document["paths"][path] = json!({"get": {"operationId": "op", "parameters": [parameter("a"), parameter("b")], "responses": {"204": {"description": "Fine."}}}});
        document
    };
    let words = "the path of `op` has its parameters in the order `b`, `a`, it was `a`, `b`".to_owned();
    assert_eq!(told(&order("/x/{a}/{b}"), &order("/x/{b}/{a}")), [(Class::Warning, Bump::Patch, words)]);
}

#[test]
fn what_comes_to_be_sent_is_told_by_its_type() {
    let with = |body: &str| {
        let schema = json!({"$ref": format!("#/components/schemas/{body}")});
        edited("/paths/~1pets/post/requestBody/content/application~1json/schema", schema)
    };
    let words: Vec<String> = told(&with("NewPet"), &with("Owner")).into_iter().map(|told| told.2).collect();
    assert!(words.contains(&"`Owner` is sent as well now".to_owned()), "{words:?}");
    assert!(words.iter().all(|words| !words.starts_with("new: `types::Owner")), "{words:?}");
}

#[test]
fn an_object_of_another_name_that_has_all_that_there_was_breaks_nobody() {
    let usage = |name: &str, properties: Value| {
        let mut document =
            edited(&format!("{PET}/properties/usage"), json!({"$ref": format!("#/components/schemas/{name}")}));
        for name in ["First", name] {
            document["components"]["schemas"][name] =
                json!({"type": "object", "required": ["a"], "properties": properties});
        }
        document["components"]["schemas"]["Pet"]["properties"]["first"] = json!({"$ref": "#/components/schemas/First"});
        document
    };
    let (less, more) = (json!({"a": {"type": "string"}}), json!({"a": {"type": "string"}, "b": {"type": "string"}}));
    let class = |old: &Value, new: &Value| {
        let found = changes(old, new);
        found.into_iter().find(|change| change.words.contains("`Pet::usage` is")).map(|change| change.class)
    };
    let mut other = usage("Usage", more);
    other["components"]["schemas"]["Pet"]["properties"]["usage"] = json!({"$ref": "#/components/schemas/First"});
    assert_eq!(class(&usage("Usage", less), &other), Some(Class::Info));
}

#[test]
fn values_that_many_have_make_no_types_the_same() {
    let sorted = |path: &str, name: &str| {
        let schema = json!({"type": "string", "enum": ["asc", "desc"]});
        let operation = json!({"operationId": name, "parameters": [{"name": name, "in": "query", "schema": schema}], "responses": {"204": {"description": "Fine."}}});
        let mut document = document();
        document["paths"][path] = json!({"get": operation});
        document
    };
    let found = changes(&sorted("/a", "order"), &sorted("/b", "sort"));
    assert!(found.iter().all(|change| change.code != Kind::TypeRenamed), "{found:#?}");
}

#[test]
fn an_error_that_many_answer_otherwise_is_told_once() {
    let document = |ty: &str| {
        let mut document = document();
        for index in 0..5 {
            let answer = json!({"description": "Bad.", "content": {"application/json": {"schema": {"type": ty}}}});
            document["paths"][format!("/o{index}")] =
                json!({"get": {"operationId": format!("op{index}"), "responses": {"400": answer}}});
        }
        document
    };
    let words: Vec<String> = told(&document("string"), &document("integer")).into_iter().map(|told| told.2).collect();
    assert_eq!(words, ["`op0` and 4 more answer the error 400 with `i64`, it was `String`"]);
    // What is answered to all is asked for by all.
    let mut silent = document("string");
    for index in 0..5 {
        silent["paths"][format!("/o{index}")]["get"]["responses"]["400"] = json!({"description": "Bad."});
    }
    let words: Vec<String> = told(&silent, &document("string")).into_iter().map(|told| told.2).collect();
    assert_eq!(
        words.iter().filter(|words| words.contains(" more ask for `application/json`, it was nothing")).count(),
        1,
        "{words:?}"
    );
}
