//! Rules about schemas.

use super::{
    fault::{Fault, Faults, Rule},
    model::{Model, Node},
};
use crate::objects::Kind;
use crate::schema::{
    circles::{self, Circle},
    defaults,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const UNKNOWN_TYPE: Rule = Rule::survivable("unknown-schema-type");
const REQUIRED: Rule = Rule::survivable("required-not-array");
const EMPTY_ENUM: Rule = Rule::survivable("empty-enum");
const CIRCLE: Rule = Rule::survivable("schema-circle");
const DEFAULT: Rule = Rule::survivable("forbidden-default");

/// The types of JSON Schema. `null` is one of 3.1; in 3.0 it is a common slip that means the same.
const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

/// What people write instead, and what they mean: a type, and a format where there is one.
const SLIPS: [(&str, &str, Option<&str>); 17] = [
    ("int", "integer", None),
    ("int32", "integer", Some("int32")),
    ("int64", "integer", Some("int64")),
    ("long", "integer", Some("int64")),
    ("float", "number", Some("float")),
    ("double", "number", Some("double")),
    ("decimal", "number", None),
    ("bool", "boolean", None),
    ("str", "string", None),
    ("enum", "string", None),
    ("text", "string", None),
    ("file", "string", Some("binary")),
    ("binary", "string", Some("binary")),
    ("date", "string", Some("date")),
    ("date-time", "string", Some("date-time")),
    ("datetime", "string", Some("date-time")),
    ("uuid", "string", Some("uuid")),
];

pub(super) fn check(model: &Model<'_>, faults: &mut Faults<'_>) {
    for schema in model.of(Kind::Schema).filter(|schema| schema.value.is_object()) {
        if faults.is_full() {
            return;
        }
        check_type(model, schema, faults);
        check_required(model, schema, faults);
        check_enum(model, schema, faults);
        check_default(model, schema, faults);
    }
    check_circles(model, faults);
}

/// Schemas that are alternatives or parts of themselves. References that lead to one another are told with all others.
fn check_circles(model: &Model<'_>, faults: &mut Faults<'_>) {
    let mut circles = circles::find(model.document);
    circles.retain(|circle| !circle.is_of_references);
    if circles.is_empty() {
        return;
    }
    let found: BTreeMap<&str, &Circle> = circles.iter().map(|circle| (circle.member.as_str(), circle)).collect();
    for schema in model.of(Kind::Schema) {
        let pointer = model.pointer(schema.id);
        let Some(circle) = found.get(pointer.as_str()) else { continue };
        let list = pointer.rsplit_once('/').map_or("", |(list, _)| list);
        let is_alone = model.document.pointer(list).and_then(Value::as_array).is_some_and(|list| list.len() == 1);
        let message = format!("the schema `#{}` demands itself by way of this one", circle.demanded);
        let fault = Fault::at(CIRCLE, schema.id, pointer.clone(), message)
            .help("no value fits by this alone: leave it out, or write what is meant; what contains itself stands below `properties` or `items`");
        faults.push(fault.repair_remove(faults, if is_alone { list } else { &pointer }));
    }
}

fn check_type(model: &Model<'_>, schema: &Node<'_>, faults: &mut Faults<'_>) {
    let is_known = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
    let unknown = match schema.get("type") {
        None => return,
        Some(value) if is_known(value) => return,
        Some(Value::Array(types)) => match types.iter().find(|value| !is_known(value)) {
            Some(unknown) => unknown,
            None if types.is_empty() => &Value::Null,
            None => return,
        },
        Some(other) => other,
    };
    let pointer = model.pointer_below(schema.id, &["type"]);
    let fault = Fault::at(UNKNOWN_TYPE, schema.id, pointer.clone(), format!("{unknown} is no type of JSON")).help(
        "types are `string`, `integer`, `number`, `boolean`, `array`, `object` and `null`; without `type`, any will do",
    );
    let meant = unknown.as_str().map(str::to_lowercase).unwrap_or_default();
    let slip = SLIPS.iter().find(|(wrong, ..)| *wrong == meant);
    let is_list = schema.get("type").is_some_and(Value::is_array);
    faults.push(match slip.filter(|_| !is_list) {
        Some((_, name, None)) => fault.repair_update(faults, &model.pointer(schema.id), json!({"type": name})),
        Some((_, name, Some(format))) => {
            fault.repair_update(faults, &model.pointer(schema.id), json!({"type": name, "format": format}))
        }
        None if TYPES.contains(&meant.as_str()) && !is_list => {
            fault.repair_update(faults, &model.pointer(schema.id), json!({"type": meant}))
        }
        None => fault.repair_remove(faults, &pointer),
    });
}

fn check_required(model: &Model<'_>, schema: &Node<'_>, faults: &mut Faults<'_>) {
    let message = match schema.get("required") {
        None => return,
        Some(Value::Array(names)) if names.iter().all(Value::is_string) => return,
        Some(Value::Array(_)) => "`required` must hold names, and holds something else".to_owned(),
        Some(other) => format!("`required` must be a list of names, it is {}", crate::load::kind(other)),
    };
    let pointer = model.pointer_below(schema.id, &["required"]);
    let fault = Fault::at(REQUIRED, schema.id, pointer.clone(), message)
        .help("an object lists the names of the properties that must be there")
        .repair_remove(faults, &pointer);
    faults.push(fault);
}

/// It harms nobody: the crate knows nothing of such a default.
fn check_default(model: &Model<'_>, schema: &Node<'_>, faults: &mut Faults<'_>) {
    let Some(fields) = schema.value.as_object() else { return };
    let Some(mismatch) = defaults::fault(model.document, fields) else { return };
    let (place, pointer) = (model.pointer(schema.id), model.pointer_below(schema.id, &["default"]));
    let why = if mismatch.pointer.is_empty() { mismatch.message } else { mismatch.to_string() };
    let fault = Fault::at(DEFAULT, schema.id, pointer.clone(), format!("the schema forbids its default: {why}"))
        .help("the crate says nothing of it")
        .warning();
    faults.push(match defaults::meant(model.document, fields) {
        Some(meant) => fault.repair_update(faults, &place, json!({"default": meant})),
        None => fault.repair_remove(faults, &pointer),
    });
}

fn check_enum(model: &Model<'_>, schema: &Node<'_>, faults: &mut Faults<'_>) {
    let fault = match schema.get("enum") {
        None => return,
        Some(Value::Array(values)) if !values.is_empty() => return,
        Some(Value::Array(_)) => {
            let pointer = model.pointer_below(schema.id, &["enum"]);
            Fault::at(EMPTY_ENUM, schema.id, pointer.clone(), "the enum has no value, so nothing is allowed")
                .repair_remove(faults, &pointer)
        }
        Some(other) => model.wrong_type(schema.id, &["enum"], "an array", other, faults),
    };
    faults.push(fault);
}
