//! Values whose shape a document tells plainly, each with what it has to be decoded as: what sampling cannot judge, because
//! a value that comes back as it was may still have been taken for something else.

use serde_json::{Value, json};

use crate::{
    codec::{Mode, Schema},
    registry::SCHEMAS,
    same::difference,
};

fn schema(document: &str, name: &str) -> Schema {
    let pointer = format!("/components/schemas/{name}");
    let found = SCHEMAS.iter().find(|schema| schema.document == document && schema.pointer == pointer);
    *found.unwrap_or_else(|| panic!("{document} has no schema {name}"))
}

/// What is wrong about a value that has to come back as it was, whoever reads it, and be shown as this.
fn fault(schema: Schema, value: &Value, shown: &str) -> Option<String> {
    let body = value.to_string();
    for mode in [Mode::Strict, Mode::Lenient] {
        let through = match (schema.through)(body.as_bytes(), mode) {
            Ok(through) => through,
            Err(error) => return Some(format!("{mode:?}: {error}")),
        };
        let encoded = serde_json::from_slice(&through.encoded).unwrap_or_default();
        if let Some(place) = difference(value, &encoded) {
            return Some(format!("{mode:?}: differs at `{place}`: {encoded}"));
        }
        if !through.repairs.is_empty() {
            return Some(format!("{mode:?}: repaired: {:?}", through.repairs));
        }
        let found = (schema.shown)(body.as_bytes(), mode).unwrap_or_default();
        if !found.starts_with(shown) {
            return Some(format!("{mode:?}: is {found}, not {shown}"));
        }
    }
    None
}

fn assert_kept(document: &str, cases: &[(&str, Value, &str)]) {
    let told = |(name, value, shown): &(&str, Value, &str)| {
        fault(schema(document, name), value, shown).map(|fault| format!("{name} {value}\n    {fault}"))
    };
    let faults: Vec<String> = cases.iter().filter_map(told).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn unions_choose_by_the_values_that_their_members_fix() {
    let item = json!({"id": "1"});
    assert_kept(
        "compositions",
        &[
            ("Event", json!({"type": "item.done", "item": item}), "ItemDone("),
            ("Event", json!({"type": "item.added", "item": item}), "ItemAdded("),
            ("Event", json!({"type": "item.moved", "item": item}), "Unknown("),
            ("Message", json!({"role": "user"}), "UserMessage("),
            ("Message", json!({"role": "developer", "type": "message"}), "DeveloperMessage("),
            ("Message", json!({"role": "user", "type": "message", "content": "x"}), "UserMessage("),
            ("Message", json!({"role": "robot", "type": "message", "content": "x"}), "Unknown("),
            ("Message", json!({"role": "user", "type": "noise"}), "Unknown("),
            ("Message", json!({"type": "note", "content": "x"}), "Note("),
            ("Versioned", json!({"version": 2, "text": "x"}), "SecondVersion("),
            ("Versioned", json!({"version": 1.0, "text": "x"}), "FirstVersion("),
            ("Versioned", json!({"version": 3, "text": "x"}), "Unknown("),
            ("Decision", json!({"granted": false}), "Refused("),
            ("Tool", json!({"type": "search_2025", "text": "x"}), "Search("),
            ("Tool", json!({"type": "fetch", "text": "x"}), "Fetch("),
            ("Tool", json!({"type": "search_2026", "text": "x"}), "Search("),
            ("Anything", json!({"type": "item.done", "item": item}), "Event(ItemDone("),
            ("Anything", json!({"type": "note", "content": "x"}), "Note("),
            ("Anything", json!({"type": "new", "content": "x"}), "Unknown("),
            ("Open", json!({"state": "gone"}), "Y("),
            ("Open", json!({"state": "other", "x": "1"}), "X("),
            ("Named", json!({"type": "Plain", "text": "x"}), "Plain("),
            ("Named", json!({"type": "fetch", "text": "x"}), "Fetch("),
        ],
    );
}

#[test]
fn what_says_nothing_about_a_type_forbids_no_null() {
    for document in ["compositions", "families"] {
        assert_kept(document, &[("NickRequired", json!({"nick": null}), "NickRequired")]);
    }
    let cases = [
        ("NickDescribed", json!({"nick": null}), ""),
        (
            "HoldsMaybe",
            json!({"item": null, "beside": null, "texts": [null, {"a": "1", "b": "2"}], "never": {"id": "1"}}),
            "",
        ),
    ];
    assert_kept("compositions", &cases);
    assert_kept("families", &[("HoldsKept", json!({"kept": null, "either": null}), "")]);
    let never = schema("compositions", "HoldsMaybe");
    let body = json!({"item": null, "texts": [], "never": null}).to_string();
    assert!((never.through)(body.as_bytes(), Mode::Strict).is_err(), "a member of another type forbids it");
}

#[test]
fn properties_that_may_be_there_are_kept() {
    assert_kept(
        "compositions",
        &[
            ("UnevaluatedBeside", json!({"id": "1", "a": "x", "b": [1]}), ""),
            ("UnevaluatedTyped", json!({"a": "x", "b": 1}), ""),
            ("UnevaluatedRef", json!({"id": "1", "b": 1}), ""),
            ("UnevaluatedUnion", json!({"type": "note", "b": 1}), "Note("),
            ("Conditional", json!({"country": "US", "territory": true, "zip": "7", "code": 7}), ""),
            ("Conditional", json!({"country": "GB", "postcode": "7", "code": "7", "county": "K"}), ""),
            ("Dependent", json!({"card": "1", "address": {"id": "1"}, "holder": "H", "mail": "m", "name": "n"}), ""),
            ("ConditionalMerged", json!({"size": 2.5, "unit": "m"}), ""),
            ("ConditionalMerged", json!({"size": 2, "unit": "piece", "pieces": 1}), ""),
            ("ConditionalMap", json!({"a": "x", "b": 1, "c": [2]}), ""),
            ("Choice", json!({"a": "x", "b": 1}), ""),
            ("Choice", json!({"c": 1, "d": 1}), ""),
            ("Names", json!({"a": "x", "b": 1}), ""),
        ],
    );
}

#[test]
fn what_fits_several_members_of_any_of_is_kept_whole() {
    assert_kept(
        "compositions",
        &[
            ("Contact", json!({"mail": "m"}), "Mail("),
            ("Contact", json!({"phone": "p"}), "Phone("),
            ("Contact", json!({"mail": "m", "phone": "p"}), ""),
            ("Reach", json!({"mail": "m", "fax": "f", "note": "n"}), ""),
            ("Reach", json!({"mail": "m", "phone": "p", "fax": "f", "note": "n"}), ""),
            ("Reach", json!("somewhere"), "Text("),
            ("Address", json!({"street": "s", "box": "b", "meta": {"a": "1", "b": "2"}}), ""),
            ("Either", json!({"phone": "p"}), "Phone("),
        ],
    );
}

#[test]
fn a_parents_discriminator_chooses_among_what_extends_it() {
    let lion = json!({"kind": "Lion", "name": "L", "lives": 1, "mane": true});
    assert_kept(
        "families",
        &[
            ("Animal", json!({"kind": "cat", "name": "C", "lives": 9}), "Cat("),
            ("Animal", json!({"kind": "puppy", "name": "D", "bark": "wau"}), "Dog("),
            ("Animal", json!({"kind": "Fish", "name": "F"}), "Fish("),
            ("Animal", lion.clone(), "Lion("),
            ("Animal", json!({"kind": "horse", "name": "H", "legs": 4}), "Animal("),
            ("Cat", lion.clone(), "Lion("),
            ("Cat", json!({"kind": "cat", "name": "C", "lives": 9}), "Cat("),
            ("Zoo", json!({"animals": [lion, {"kind": "cat", "name": "C", "lives": 9}], "favourite": null}), ""),
            ("Vehicle", json!({"@type": "Car", "doors": 3}), "Car("),
            ("Vehicle", json!({"wheels": 3}), "Vehicle("),
            ("Vehicle", json!({"@type": "Bike", "wheels": 2}), "Vehicle("),
            ("Figure", json!({"kind": "Square", "side": 1.5}), "Square("),
            ("Figure", json!({"kind": "Other"}), "Figure("),
            ("Drawing", json!({"kind": "Square"}), "Square("),
        ],
    );
}
