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

/// A shop for pets: what is read and what is written are types of their own, `Tag` is both.
fn document() -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let json = |schema: Value| json!({"application/json": {"schema": schema}});
    let answer = |schema: Value| json!({"200": {"description": "Fine.", "content": json(schema)}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "security": [{"key": []}],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                    "responses": answer(json!({"type": "array", "items": reference("Pet")})),
                },
                "post": {
                    "operationId": "addPet",
                    "requestBody": {"required": true, "content": json(reference("NewPet"))},
                    "responses": answer(reference("Pet")),
                },
            },
            "/pets/{id}": {
                "get": {
                    "operationId": "getPet",
                    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                    "responses": answer(reference("Pet")),
                },
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "schemas": {
                "Pet": {
                    "type": "object",
                    "description": "A pet.",
                    "required": ["id", "state"],
                    "properties": {
                        "id": {"type": "integer"},
                        "name": {"type": "string"},
                        "state": {"type": "string", "enum": ["free", "sold"]},
                        "tag": reference("Tag"),
                    },
                },
                "NewPet": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "kind": {"type": "string", "enum": ["cat", "dog"]}, "tag": reference("Tag")},
                },
                "Tag": {"type": "object", "properties": {"label": {"type": "string"}}},
            },
        },
    })
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

/// What one edit of the document gives: code, class, bump and words of each change, in order; and with them the version and the
/// changelog of the crate.
#[track_caller]
fn expect(new: &Value, expected: &[(Kind, Class, Bump, &str)]) {
    let changes = changes(&document(), new);
    let found = &changes;
    let found: Vec<(Kind, Class, Bump, &str)> =
        found.iter().map(|change| (change.code, change.class, change.bump, change.words.as_str())).collect();
    assert_eq!(found, expected);
    let version = match expected.iter().map(|(_, _, bump, _)| *bump).max() {
        Some(Bump::Major) => "0.2.0",
        Some(Bump::Minor | Bump::Patch) => "0.1.1",
        None => "0.1.0",
    };
    assert_eq!(Version::first().after(bump(&changes)).to_string(), version);
    let text = changelog::update(&changelog::first("0.1.0"), version, &changes);
    let entries = changelog::entries(&text, version);
    for (code, class, bump, words) in expected {
        let mark = if *bump == Bump::Major { changelog::BREAKING } else { "" };
        let entry = match (code, class) {
            (Kind::DocumentationChanged, Class::Info) => "The vendor describes one thing in other words.".to_owned(),
            _ => format!("{mark}{words}."),
        };
        assert!(entries.contains(&entry), "no `{entry}` in:\n{text}");
    }
    assert_eq!(changelog::update(&text, version, &changes), text, "a second time changes it");
}

const PET: &str = "/components/schemas/Pet";
const NEW_PET: &str = "/components/schemas/NewPet";

#[test]
fn the_same_document_has_no_changes() {
    expect(&document(), &[]);
}

#[test]
fn a_field_that_is_added() {
    let text = json!({"type": "string"});
    expect(
        &edited(&format!("{PET}/properties/color"), text.clone()),
        &[(Kind::FieldAdded, Class::Info, Bump::Minor, "new: `Pet::color`")],
    );
    let mut required = edited(&format!("{NEW_PET}/properties/color"), text);
    required["components"]["schemas"]["NewPet"]["required"] = json!(["name", "color"]);
    expect(&required, &[(Kind::FieldAdded, Class::Breaking, Bump::Major, "new: `NewPet::color`, which is required")]);
}

#[test]
fn a_field_that_is_removed() {
    expect(
        &edited(&format!("{PET}/properties/name"), Value::Null),
        &[(Kind::FieldRemoved, Class::Warning, Bump::Major, "`Pet::name` is gone")],
    );
}

#[test]
fn a_field_that_is_made_optional() {
    expect(
        &edited(&format!("{PET}/required"), json!(["state"])),
        &[(Kind::FieldMadeOptional, Class::Breaking, Bump::Major, "`Pet::id` may now be absent")],
    );
    expect(
        &edited(&format!("{NEW_PET}/required"), json!([])),
        &[(Kind::FieldMadeOptional, Class::Info, Bump::Major, "`NewPet::name` may now be left out")],
    );
}

#[test]
fn a_field_that_is_made_required() {
    expect(
        &edited(&format!("{NEW_PET}/required"), json!(["name", "age"])),
        &[(Kind::FieldMadeRequired, Class::Breaking, Bump::Major, "`NewPet::age` is required now")],
    );
    expect(
        &edited(&format!("{PET}/required"), json!(["id", "state", "name"])),
        &[(Kind::FieldMadeRequired, Class::Info, Bump::Major, "`Pet::name` is always there now")],
    );
}

#[test]
fn a_field_that_is_made_nullable() {
    expect(
        &edited(&format!("{PET}/properties/name"), json!({"type": ["string", "null"]})),
        &[(Kind::FieldMadeNullable, Class::Breaking, Bump::Major, "`Pet::name` may now be null")],
    );
}

#[test]
fn a_type_that_is_widened() {
    let number = json!({"type": "number"});
    expect(
        &edited(&format!("{PET}/properties/id"), number.clone()),
        &[(Kind::FieldTypeWidened, Class::Breaking, Bump::Major, "`Pet::id` is `f64`, it was `i64`")],
    );
    expect(
        &edited(&format!("{NEW_PET}/properties/age"), number),
        &[(Kind::FieldTypeWidened, Class::Info, Bump::Major, "`NewPet::age` is `f64`, it was `i64`")],
    );
}

#[test]
fn a_type_that_is_narrowed() {
    let date = json!({"type": "string", "format": "date"});
    expect(
        &edited(&format!("{PET}/properties/name"), date.clone()),
        &[(Kind::FieldTypeNarrowed, Class::Info, Bump::Major, "`Pet::name` is `Date`, it was `String`")],
    );
    expect(
        &edited(&format!("{NEW_PET}/properties/name"), date),
        &[(Kind::FieldTypeNarrowed, Class::Breaking, Bump::Major, "`NewPet::name` is `Date`, it was `String`")],
    );
}

#[test]
fn a_value_that_is_added() {
    expect(
        &edited(&format!("{PET}/properties/state/enum"), json!(["free", "sold", "ill"])),
        &[(Kind::ValueAdded, Class::Warning, Bump::Minor, "new: `PetState::Ill` (`ill` on the wire)")],
    );
}

#[test]
fn a_value_that_is_removed() {
    expect(
        &edited(&format!("{NEW_PET}/properties/kind/enum"), json!(["cat"])),
        &[(Kind::ValueRemoved, Class::Breaking, Bump::Major, "`NewPetKind::Dog` is gone (`dog` on the wire)")],
    );
}

#[test]
fn an_operation_that_is_added() {
    let delete = json!({"operationId": "removePet", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"204": {"description": "Gone."}}});
    expect(
        &edited("/paths/~1pets~1{id}/delete", delete),
        &[(Kind::OperationAdded, Class::Info, Bump::Minor, "new: `remove_pet`")],
    );
}

#[test]
fn an_operation_that_is_removed() {
    expect(
        &edited("/paths/~1pets~1{id}", Value::Null),
        &[(Kind::OperationRemoved, Class::Breaking, Bump::Major, "`get_pet` is gone")],
    );
}

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
fn an_operation_that_is_renamed_keeps_its_method() {
    let words = "`list_pets` keeps its name; its `operationId` is `allPets`, it was `listPets`";
    expect(
        &edited("/paths/~1pets/get/operationId", json!("allPets")),
        &[(Kind::OperationRenamed, Class::Warning, Bump::Patch, words)],
    );
}

#[test]
fn a_parameter_that_is_added() {
    let parameter =
        |required: bool| json!({"name": "state", "in": "query", "required": required, "schema": {"type": "string"}});
    expect(
        &edited("/paths/~1pets/get/parameters/-", parameter(false)),
        &[(Kind::ParameterAdded, Class::Info, Bump::Minor, "`list_pets` takes `state`")],
    );
    expect(
        &edited("/paths/~1pets/get/parameters/-", parameter(true)),
        &[(Kind::ParameterAdded, Class::Breaking, Bump::Major, "`list_pets` takes `state`, which is required")],
    );
}

#[test]
fn a_path_that_is_another_is_the_same_method() {
    let mut new = document();
    let paths = new["paths"].as_object_mut().unwrap();
    let item = paths.shift_remove("/pets/{id}").unwrap();
    paths.insert("/animals/{id}".to_owned(), item);
    let words = "`get_pet` sends `GET /animals/{id}`, it was `GET /pets/{id}`";
    expect(&new, &[(Kind::PathChanged, Class::Warning, Bump::Patch, words)]);
    assert_eq!(changes(&document(), &new)[0].wire.as_deref(), Some(words));
}

#[test]
fn credentials_that_are_others() {
    let header = json!({"type": "apiKey", "in": "header", "name": "Authorization-Key"});
    let words = "the credential `key` goes as the header `Authorization-Key`, it was the header `X-Key`";
    expect(
        &edited("/components/securitySchemes/key", header),
        &[(Kind::AuthChanged, Class::Breaking, Bump::Patch, words)],
    );
    let mut new = edited("/components/securitySchemes", json!({"token": {"type": "http", "scheme": "bearer"}}));
    new["security"] = json!([{"token": []}]);
    expect(
        &new,
        &[
            (Kind::AuthChanged, Class::Breaking, Bump::Major, "the credential `key` is gone: the header `X-Key`"),
            (Kind::AuthChanged, Class::Info, Bump::Minor, "new: the credential `token`, a bearer token"),
            (Kind::AuthChanged, Class::Breaking, Bump::Patch, "`list_pets` and 2 more need `token`, it was `key`"),
        ],
    );
}

#[test]
fn a_server_that_is_another() {
    let words = "calls go to `https://api2.example.com`, it was `https://api.example.com`";
    expect(
        &edited("/servers", json!([{"url": "https://api2.example.com"}])),
        &[(Kind::ServerChanged, Class::Warning, Bump::Patch, words)],
    );
}

#[test]
fn a_description_alone() {
    let new = edited(&format!("{PET}/description"), json!("A pet that one can buy."));
    expect(&new, &[(Kind::DocumentationChanged, Class::Info, Bump::Patch, "`Pet` is described in other words")]);
}

#[test]
fn a_schema_that_is_renamed() {
    let text = document().to_string().replace("schemas/Tag\"", "schemas/Label\"").replace("\"Tag\":", "\"Label\":");
    let new = serde_json::from_str(&text).unwrap();
    expect(&new, &[(Kind::TypeRenamed, Class::Info, Bump::Major, "`Tag` is called `Label` now")]);
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
