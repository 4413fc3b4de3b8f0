//! What the members of a document's unions describe: samples of each, made of the document and not of what the generator
//! understood of it. From the plan comes only which Rust types are unions, and which schema each variant is of.

use codegen::plan::{Plan, TypeKind, UnionDef};
use codegen::schema::{
    flat::flatten,
    json_schema::{self, join, located, places},
    sample::{Extent, Sampler},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// All unions of a document, and what is sampled of them: what a decoder reads.
#[derive(Debug, Serialize, Deserialize)]
pub struct Samples {
    /// The document with its schemas in the dialect of JSON Schema 2020-12.
    pub document: Value,
    /// The unions.
    pub unions: Vec<Union>,
    /// The samples.
    pub samples: Vec<Sample>,
}

/// A union.
#[derive(Debug, Serialize, Deserialize)]
pub struct Union {
    /// The Rust type.
    pub name: String,
    /// JSON pointer to its schema in the document.
    pub pointer: String,
    /// Its schema, if that is one with alternatives; else the union was put together of several schemas.
    pub schema: Option<Value>,
    /// Its variants.
    pub variants: Vec<Variant>,
    /// How many members have samples, or should.
    pub members: usize,
}

/// A variant.
#[derive(Debug, Serialize, Deserialize)]
pub struct Variant {
    /// Its name.
    pub ident: String,
    /// Its schema; none for what is several members at once.
    pub schema: Option<Value>,
}

/// A value of one member.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sample {
    /// The union, by its number.
    pub union: usize,
    /// The variant, by its number; none if the member has none of its own.
    pub variant: Option<usize>,
    /// The member, by its number in the union.
    pub member: usize,
    /// JSON pointer to the member in the document.
    pub pointer: String,
    /// The member's schema.
    pub schema: Value,
    /// Whether the member is listed where the union is, and its values must be the union's: not where that was put together
    /// of several schemas.
    pub is_listed: bool,
    /// The value.
    pub value: Value,
}

/// A member of a union.
struct Member {
    pointer: String,
    variant: Option<usize>,
    schema: Value,
}

/// Samples each member of each union of the plan: with what is required, and with everything.
pub fn samples(document: &Value, plan: &Plan) -> Samples {
    // The decoder drops the patterns that its judge cannot match.
    let converted = json_schema::convert(document, |_| true);
    let open = without_directions(&converted);
    let mut found = Samples { document: converted, unions: Vec::new(), samples: Vec::new() };
    for (name, definition) in &plan.types {
        let TypeKind::Union(union) = &definition.kind else { continue };
        let place = Place::new(&open, document, &definition.pointer);
        let members = place.members(union);
        let number = found.unions.len();
        for (index, member) in members.iter().enumerate() {
            let mut values =
                [Extent::Required, Extent::All].map(|extent| Sampler::new(&open, extent).sample(&member.schema));
            let [least, most] = &mut values;
            if least == most {
                *most = Value::Null;
            }
            let values = values.into_iter().filter(|value| !value.is_null());
            found.samples.extend(values.map(|value| Sample {
                union: number,
                variant: member.variant,
                member: index,
                pointer: member.pointer.clone(),
                schema: member.schema.clone(),
                is_listed: place.is_family() || member.pointer.starts_with(&definition.pointer),
                value,
            }));
        }
        let variants = union.variants.iter().enumerate().map(|(index, variant)| Variant {
            ident: variant.ident.clone(),
            schema: members.iter().find(|member| member.variant == Some(index)).map(|member| member.schema.clone()),
        });
        found.unions.push(Union {
            name: name.clone(),
            pointer: definition.pointer.clone(),
            schema: place.has_alternatives().then(|| place.whole.clone()),
            variants: variants.collect(),
            members: members.len(),
        });
    }
    found
}

/// The schemas as they describe values on both ways: what is only read, or only sent, is a property like others.
fn without_directions(converted: &Value) -> Value {
    let mut open = converted.clone();
    for pointer in places::schemas(converted).into_keys() {
        if let Some(Value::Object(schema)) = open.pointer_mut(&pointer) {
            schema.retain(|key, _| key != "readOnly" && key != "writeOnly");
        }
    }
    open
}

/// Where a union is described.
struct Place<'d> {
    /// The converted document.
    document: &'d Value,
    /// JSON pointer to the union's schema, in the document as it was.
    pointer: &'d str,
    /// The schema as it was.
    original: &'d Value,
    /// A reference to the schema.
    whole: Value,
    /// What it says, with what `allOf` adds.
    flat: Map<String, Value>,
}

impl<'d> Place<'d> {
    fn new(document: &'d Value, original: &'d Value, pointer: &'d str) -> Self {
        let whole = reference(document, pointer);
        let flat = flatten(document, &whole);
        Self { document, pointer, original: original.pointer(pointer).unwrap_or(&Value::Null), whole, flat }
    }

    fn has_alternatives(&self) -> bool {
        self.is_family() || self.flat.contains_key("anyOf") || self.flat.get("type").is_some_and(Value::is_array)
    }

    /// Whether a discriminator tells apart what extends the schema.
    fn is_family(&self) -> bool {
        self.original.get("discriminator").is_some()
            && !["oneOf", "anyOf"].iter().any(|key| self.original.get(key).is_some())
    }

    /// The members: what the variants are of, and those that the document lists beside, which are of a variant all the same.
    fn members(&self, union: &UnionDef) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        for (index, variant) in union.variants.iter().enumerate() {
            let Some(pointer) = &variant.pointer else { continue };
            let schema = self.with_all(self.member(pointer), &variant.beside);
            members.push(Member { pointer: pointer.clone(), variant: Some(index), schema });
        }
        let known: BTreeSet<String> = members.iter().map(|member| member.pointer.clone()).collect();
        for key in ["oneOf", "anyOf"] {
            let listed = self.original.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            let places = (0..listed).map(|index| join(&join(self.pointer, key), &index.to_string()));
            for pointer in places.filter(|pointer| !known.contains(pointer)) {
                let schema = self.with_beside(reference(self.document, &pointer));
                members.push(Member { pointer, variant: None, schema });
            }
        }
        members
    }

    /// The schema of a variant: what is at `pointer`, and what the union's schema says beside its alternatives.
    fn member(&self, pointer: &str) -> Value {
        let exists = |pointer: &str| self.document.pointer(&located(self.document, pointer)).is_some();
        if let Some((of, name)) = pointer.rsplit_once("/type/").filter(|_| !exists(pointer)) {
            // One of several types.
            return json!({"allOf": [reference(self.document, of)], "type": name});
        }
        let schema = reference(self.document, pointer);
        if self.is_family() {
            let target = json_schema::reference("", pointer);
            return json_schema::of_family(self.original, &target).unwrap_or(schema);
        }
        self.with_beside(schema)
    }

    /// The schema with those of an `allOf` that hold whichever variant does.
    fn with_all(&self, schema: Value, beside: &[String]) -> Value {
        if beside.is_empty() {
            return schema;
        }
        let others = beside.iter().map(|pointer| self.without_alternatives(pointer));
        json!({"allOf": std::iter::once(schema).chain(others).collect::<Vec<_>>()})
    }

    /// What holds of all alternatives of the schema at a pointer, of which the variant is one already.
    fn without_alternatives(&self, pointer: &str) -> Value {
        let schema = self.document.pointer(&located(self.document, pointer)).and_then(Value::as_object);
        match schema.filter(|schema| schema.len() > 1 && schema.contains_key("anyOf")) {
            Some(schema) => {
                let rest = schema.iter().filter(|(key, _)| *key != "anyOf");
                rest.map(|(key, value)| (key.clone(), value.clone())).collect()
            }
            None => reference(self.document, pointer),
        }
    }

    fn with_beside(&self, schema: Value) -> Value {
        let mut beside = self.flat.clone();
        if beside.remove("anyOf").is_none() {
            return schema;
        }
        beside.retain(|key, _| {
            !matches!(key.as_str(), "discriminator" | "example" | "examples" | "default" | "title" | "description")
                && !key.starts_with("x-")
        });
        if beside.is_empty() { schema } else { json!({"allOf": [schema, beside]}) }
    }
}

/// A reference to what is at a pointer of the document as it was.
fn reference(converted: &Value, pointer: &str) -> Value {
    json!({"$ref": json_schema::reference("", &located(converted, pointer))})
}

#[cfg(test)]
mod tests {
    use super::*;
    use codegen::{diagnostics::Diagnostics, lower::lower};

    /// The samples of the only union of some schemas: variant and value, in order.
    fn sampled(schemas: &Value) -> Vec<(String, Value)> {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let samples = samples(&document, &lower("t", &document, &mut Diagnostics::default()));
        assert_eq!(samples.unions.len(), 1);
        let variant = |sample: &Sample| {
            sample.variant.map_or_else(String::new, |index| samples.unions[0].variants[index].ident.clone())
        };
        samples.samples.iter().map(|sample| (variant(sample), sample.value.clone())).collect()
    }

    fn expected(samples: &[(&str, Value)]) -> Vec<(String, Value)> {
        samples.iter().map(|(variant, value)| ((*variant).to_owned(), value.clone())).collect()
    }

    #[test]
    fn every_member_is_sampled_with_what_is_required_and_with_everything() {
        let of = |name: &str| {
            json!({"type": "object", "required": [name], "properties": {
                name: {"type": "string"}, "id": {"type": "integer", "readOnly": true},
            }})
        };
        let either = json!({"oneOf": [{"$ref": "#/components/schemas/A"}, of("b")]});
        let found = sampled(&json!({"A": of("a"), "Either": either}));
        let wanted = [
            ("A", json!({"a": "sample"})),
            ("A", json!({"a": "sample", "id": 1})),
            ("B", json!({"b": "sample"})),
            ("B", json!({"b": "sample", "id": 1})),
        ];
        assert_eq!(found, expected(&wanted));
    }

    #[test]
    fn a_sample_has_what_holds_beside_the_union_in_an_all_of_however_deep() {
        let detail = |name: &str| json!({"properties": {"issue": {"enum": [name]}}});
        let list = |items: Value| json!({"properties": {"details": {"type": "array", "items": items}}});
        let base = json!({"type": "object", "required": ["issue"], "properties": {"issue": {"type": "string"}}});
        let found = sampled(&json!({
            "Base": base,
            "Fault": list(json!({"$ref": "#/components/schemas/Base"})),
            "Refusal": {"allOf": [
                {"$ref": "#/components/schemas/Fault"},
                {"properties": {"code": {"type": "integer"}}},
                list(json!({"oneOf": [detail("LATE"), detail("EARLY")]})),
            ]},
        }));
        let issues = found.iter().map(|(_, value)| value["issue"].as_str().unwrap_or("none"));
        assert_eq!(issues.collect::<Vec<_>>(), ["LATE", "EARLY"]);
    }

    #[test]
    fn a_sample_of_a_union_in_a_union_is_of_its_own_alternative_alone() {
        let of = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "A": of("a"), "B": of("b"), "C": of("c"),
            "Inner": {"oneOf": [refer("A"), refer("B")]},
            "Outer": {"oneOf": [refer("Inner"), refer("C")], "properties": {"flag": {"type": "boolean"}}},
        }}});
        let samples = samples(&document, &lower("t", &document, &mut Diagnostics::default()));
        let of_b = samples.samples.iter().filter(|sample| sample.pointer == "/components/schemas/Inner/oneOf/1");
        let of_b: Vec<&Value> = of_b.map(|sample| &sample.value).collect();
        assert!(!of_b.is_empty() && of_b.iter().all(|value| value.get("a").is_none()), "{of_b:?}");
    }

    #[test]
    fn a_sample_has_what_the_discriminator_and_the_schema_around_ask_for() {
        let pet = |name: &str| json!({"type": "object", "properties": {"kind": {"type": "string"}, name: {"type": "string"}}});
        let of = json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]);
        let found = sampled(&json!({"Cat": pet("purr"), "Dog": pet("bark"), "Pet": {
            "required": ["name"], "properties": {"name": {"type": "string"}}, "oneOf": of,
            "discriminator": {"propertyName": "kind", "mapping": {"d": "#/components/schemas/Dog"}},
        }}));
        let least: Vec<_> = found.into_iter().step_by(2).collect();
        let wanted =
            [("Cat", json!({"name": "sample", "kind": "Cat"})), ("Dog", json!({"name": "sample", "kind": "d"}))];
        assert_eq!(least, expected(&wanted));
    }

    #[test]
    fn what_extends_a_parent_has_the_tag_that_stands_for_it() {
        let found = sampled(&json!({
            "Animal": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}},
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Animal"}]},
        }));
        assert_eq!(found, expected(&[("Animal", json!({"kind": "Animal"})), ("Cat", json!({"kind": "Cat"}))]));
    }

    #[test]
    fn members_that_are_one_type_are_sampled_all_the_same() {
        let list = |items: &str| json!({"type": "array", "items": {"type": "string", "format": items}});
        let found = sampled(&json!({"Mixed": {"anyOf": [list("a"), list("a"), {"type": "integer"}]}}));
        assert_eq!(found.iter().map(|(variant, _)| variant.as_str()).collect::<Vec<_>>(), ["List", "Integer", ""]);
    }

    #[test]
    fn each_of_several_types_is_a_member() {
        let found = sampled(&json!({"Mixed": {"type": ["array", "integer"], "items": {"type": "integer"}}}));
        assert_eq!(found, expected(&[("List", json!([1])), ("Integer", json!(1))]));
    }
}
