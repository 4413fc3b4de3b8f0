//! What makes values of the structs that requests hold: a constructor that takes what the document requires, and methods that
//! set what may be left out. What has but one value fills itself in; nothing of it can fail.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs::{self, code};
use super::rust_type::{From, ident, rust_type, wrapped};
use super::setters::{self, Setter};
use super::structs::{has_default, redacted};
use super::{arguments, conversions};
use crate::lower::idents;
use crate::plan::{Field, Presence, StructDef, TypeDef, TypeRef};

/// Methods that every value has, which setters must not hide.
const RESERVED: &[&str] = &["clone", "default", "from", "into", "new"];

/// What makes values of one struct, if requests hold it.
pub fn request(name: &str, definition: &TypeDef, structure: &StructDef) -> Option<TokenStream> {
    if !definition.in_request {
        return None;
    }
    let fields = structure.fields.iter();
    let members: Vec<Member<'_>> = fields
        .map(|field| Member { field, constant: field.constant.as_ref().and_then(|value| constant(&field.ty, value)) })
        .collect();
    let mut required: Vec<&Member<'_>> = members.iter().filter(|member| member.is_required()).collect();
    required.sort_by_key(|member| structure.arguments.iter().position(|name| *name == member.field.ident));
    let (new, beside) = new(name, structure, &members, &required);
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let (mut lines, mut written) = (Vec::new(), Vec::new());
    let settable: Vec<&Member<'_>> = members.iter().filter(|member| !member.is_required()).collect();
    // A field's own name is that of what sets it, wherever another stands of which it is the null.
    let names: Vec<String> = settable.iter().map(|member| member.setter_name(&mut taken)).collect();
    for (member, name) in settable.into_iter().zip(names) {
        match member.setter(&name, &mut taken) {
            Made::Line(line) => lines.push(*line),
            Made::Written(method) => written.push(method),
        }
    }
    let setters = setters::call(&lines);
    let extra = extra(structure, &mut taken);
    let type_name = ident(name);
    let default = (required.is_empty() && !has_default(structure)).then(|| {
        quote! {
            impl Default for #type_name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    let conversion = match required.as_slice() {
        [only] if only.field.presence == Presence::Required => conversions::of_property(name, &only.field.ty),
        _ => None,
    };
    Some(quote! {
        impl #type_name {
            #new
            #setters
            #(#written)*
            #extra
        }
        #default
        #conversion
        #beside
    })
}

/// The constructor, and the struct that it takes where there is more than arguments are for.
fn new(
    name: &str,
    structure: &StructDef,
    members: &[Member<'_>],
    required: &[&Member<'_>],
) -> (TokenStream, Option<TokenStream>) {
    let beside = structure.required_ident.as_deref().map(ident);
    let is_struct = beside.is_some();
    let values = members.iter().map(|member| member.initial(is_struct));
    let extra = structure.extra.as_ref().map(|(name, _)| {
        let name = ident(name);
        quote!(#name: Default::default(),)
    });
    let Some(beside) = beside else {
        let arguments = required.iter().map(|member| {
            let (name, taken) = (ident(&member.field.ident), member.taken());
            quote!(#name: #taken)
        });
        if required.is_empty() && has_default(structure) {
            let new = quote! {
                /// A value without anything.
                pub fn new() -> Self {
                    Self::default()
                }
            };
            return (new, None);
        }
        let docs = docs::lines(if required.is_empty() {
            "A value without anything."
        } else {
            "A value with what is required."
        });
        let new = quote! {
            #docs
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values)* #extra }
            }
        };
        return (new, None);
    };
    let docs = docs::lines(&format!(
        "What [`{name}::new`] cannot do without, by name: so much of it in a row would be mixed up."
    ));
    let fields = required.iter().map(|member| {
        let docs = docs::attributes(&member.field.docs, &format!("The property {}.", code(&member.field.wire)));
        let (name, ty) = (ident(&member.field.ident), rust_type(&member.field.ty, From::Types));
        let ty = if member.field.demanded { ty } else { wrapped(ty, member.field.presence) };
        quote!(#docs pub #name: #ty,)
    });
    let has_secrets = required.iter().any(|member| member.field.docs.secret);
    let debug = (!has_secrets).then(|| quote!(, Debug));
    let labels = required.iter().map(|member| (member.field.ident.as_str(), member.field.docs.secret));
    let redacted = has_secrets.then(|| redacted(&beside, labels));
    let new = quote! {
        /// A value with what is required.
        pub fn new(required: #beside) -> Self {
            Self { #(#values)* #extra }
        }
    };
    let beside = quote! {
        #docs
        #[derive(Clone #debug)]
        pub struct #beside {
            #(#fields)*
        }
        #redacted
    };
    (new, Some(beside))
}

/// One field of the struct.
struct Member<'a> {
    field: &'a Field,
    constant: Option<TokenStream>,
}

impl Member<'_> {
    fn is_required(&self) -> bool {
        self.field.is_demanded() && self.constant.is_none()
    }

    /// What is taken for the field.
    fn taken(&self) -> TokenStream {
        match self.field.presence {
            Presence::RequiredNullable => {
                let ty = rust_type(&self.field.ty, From::Types);
                arguments::into(&quote!(Option<#ty>))
            }
            _ => arguments::taken(&self.field.ty, From::Types),
        }
    }

    /// The field as the constructor has it.
    fn initial(&self, is_struct: bool) -> TokenStream {
        let name = ident(&self.field.ident);
        let boxed = |value: TokenStream| if self.field.boxed { quote!(Box::new(#value)) } else { value };
        let given = if is_struct { quote!(required.#name) } else { quote!(#name) };
        let value = match (self.field.presence, &self.constant) {
            (Presence::Required, Some(constant)) => boxed(quote!(#constant)),
            (Presence::RequiredNullable | Presence::Optional, Some(constant)) => {
                let constant = boxed(quote!(#constant));
                quote!(Some(#constant))
            }
            (Presence::OptionalNullable, Some(constant)) => {
                let constant = boxed(quote!(#constant));
                quote!(switchboard_runtime::Nullable::Value(#constant))
            }
            (Presence::Optional, None) if self.field.demanded => {
                let made = if is_struct { given } else { arguments::made(&self.field.ty, &given) };
                let made = boxed(made);
                quote!(Some(#made))
            }
            (Presence::Optional, None) => quote!(None),
            (Presence::OptionalNullable, None) => quote!(switchboard_runtime::Nullable::Absent),
            (Presence::Required, None) if is_struct => boxed(given),
            (Presence::Required, None) => boxed(arguments::made(&self.field.ty, &given)),
            (Presence::RequiredNullable, None) => match (self.field.boxed, is_struct) {
                (false, true) => given,
                (false, false) => quote!(#given.into()),
                (true, true) => quote!(#given.map(Box::new)),
                (true, false) => quote!(Option::map(#given.into(), Box::new)),
            },
        };
        if value.to_string() == self.field.ident { quote!(#name,) } else { quote!(#name: #value,) }
    }

    /// What the method is called that sets the field.
    fn setter_name(&self, taken: &mut BTreeSet<String>) -> String {
        let name = &self.field.ident;
        idents::unique([name.clone(), format!("{}_value", name.trim_end_matches('_'))], taken)
    }

    /// What sets the field, and what makes it null.
    fn setter(&self, setter: &str, taken: &mut BTreeSet<String>) -> Made {
        let field = self.field;
        let stem = setter.trim_end_matches('_');
        let null = (field.presence == Presence::OptionalNullable)
            .then(|| ident(&idents::unique([format!("{stem}_null"), format!("{stem}_to_null")], taken)));
        let deprecated = field.docs.deprecated.then(docs::deprecated);
        if setter == field.ident
            && !field.boxed
            && let Some(line) = Setter::new(deprecated.clone(), ident(setter), &field.ty, null.clone())
        {
            return Made::Line(Box::new(line));
        }
        let (name, setter_name) = (ident(&field.ident), ident(setter));
        let argument = arguments::taken(&field.ty, From::Types);
        let made = arguments::made(&field.ty, &quote!(value));
        let made = if field.boxed { quote!(Box::new(#made)) } else { made };
        let stored = match field.presence {
            Presence::Required => made,
            Presence::Optional | Presence::RequiredNullable => quote!(Some(#made)),
            Presence::OptionalNullable => quote!(switchboard_runtime::Nullable::Value(#made)),
        };
        let docs = docs::lines(&format!("Sets [`{name}`](field@Self::{name})."));
        let null = null.map(|null| {
            let docs = docs::lines(&format!("Sets [`{name}`](field@Self::{name}) to null."));
            quote! {
                #docs
                #deprecated
                #[must_use]
                pub fn #null(mut self) -> Self {
                    self.#name = switchboard_runtime::Nullable::Null;
                    self
                }
            }
        });
        Made::Written(quote! {
            #docs
            #deprecated
            #[must_use]
            pub fn #setter_name(mut self, value: #argument) -> Self {
                self.#name = #stored;
                self
            }
            #null
        })
    }
}

/// What sets a field.
enum Made {
    /// A line for the runtime.
    Line(Box<Setter>),
    /// Methods of which the runtime does not know.
    Written(TokenStream),
}

/// The only value of a property, where its type is one that holds it without more ado.
fn constant(ty: &TypeRef, value: &Value) -> Option<TokenStream> {
    match (ty, value) {
        (TypeRef::Named(_) | TypeRef::String, Value::String(text)) => {
            let ty = rust_type(ty, From::Types);
            Some(quote!(#ty::from(#text)))
        }
        (TypeRef::Integer, Value::Number(number)) => {
            let number = proc_macro2::Literal::i64_unsuffixed(number.as_i64()?);
            Some(quote!(#number))
        }
        (TypeRef::Named(_), Value::Number(number)) => {
            let (ty, number) = (rust_type(ty, From::Types), proc_macro2::Literal::i64_suffixed(number.as_i64()?));
            Some(quote!(#ty::from(#number)))
        }
        (TypeRef::Boolean, Value::Bool(flag)) => Some(quote!(#flag)),
        (TypeRef::Number, Value::Number(number)) => {
            let number = proc_macro2::Literal::f64_unsuffixed(number.as_f64().filter(|number| number.is_finite())?);
            Some(quote!(#number))
        }
        (TypeRef::Scalar, Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            let value = json(value)?;
            Some(quote!(switchboard_runtime::Scalar::from(#value)))
        }
        (TypeRef::Any, value) => {
            let value = json(value)?;
            Some(quote!(serde_json::json!(#value)))
        }
        _ => None,
    }
}

/// A value as Rust writes it in `json!`; `None` where a number is none that Rust has.
fn json(value: &Value) -> Option<TokenStream> {
    Some(match value {
        Value::Null => quote!(null),
        Value::Bool(flag) => quote!(#flag),
        Value::String(text) => quote!(#text),
        Value::Number(number) => {
            let signed = || Some(proc_macro2::Literal::i64_suffixed(number.as_i64()?));
            let float = || Some(proc_macro2::Literal::f64_suffixed(number.as_f64().filter(|float| float.is_finite())?));
            let number = signed().or_else(float)?;
            quote!(#number)
        }
        Value::Array(items) => {
            let items = items.iter().map(json).collect::<Option<Vec<_>>>()?;
            quote!([#(#items),*])
        }
        Value::Object(members) => {
            let values = members.values().map(json).collect::<Option<Vec<_>>>()?;
            let names = members.keys();
            quote!({#(#names: #values),*})
        }
    })
}

fn extra(structure: &StructDef, taken: &mut BTreeSet<String>) -> Option<TokenStream> {
    let (name, ty) = structure.extra.as_ref()?;
    let setter = ident(&idents::unique([name.clone(), format!("{name}_property")], taken));
    let (name, argument) = (ident(name), arguments::taken(ty, From::Types));
    let made = arguments::made(ty, &quote!(value));
    Some(quote! {
        /// Sets a property that the document does not name.
        #[must_use]
        pub fn #setter(mut self, name: impl Into<String>, value: #argument) -> Self {
            self.#name.insert(name.into(), #made);
            self
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, exchanging, struct_a, type_a};
    use super::*;

    fn found(schema: &serde_json::Value) -> TokenStream {
        let plan = exchanging(schema);
        request("A", type_a(&plan), struct_a(&plan)).unwrap()
    }

    #[test]
    fn what_does_not_come_back_is_demanded_of_what_is_sent() {
        let schema = serde_json::json!({"type": "object", "required": ["key", "id"], "properties": {
            "id": {"type": "string", "readOnly": true}, "key": {"type": "string", "writeOnly": true},
        }});
        let expected = quote! {
            impl A {
                pub fn new(key: impl Into<String>) -> Self {
                    Self { id: None, key: Some(key.into()), }
                }
                switchboard_runtime::codegen::v1::setters! { id(String); }
            }
        };
        assert_items(found(&schema), expected);
    }

    #[test]
    fn setters_are_called_the_same_in_whichever_order_properties_stand() {
        for names in [["a", "a_null"], ["a_null", "a"]] {
            let properties: serde_json::Map<String, serde_json::Value> = names
                .map(|name| {
                    let ty =
                        if name == "a" { serde_json::json!(["string", "null"]) } else { serde_json::json!("string") };
                    (name.to_owned(), serde_json::json!({"type": ty}))
                })
                .into_iter()
                .collect();
            let made = found(&serde_json::json!({"type": "object", "properties": properties})).to_string();
            let has = |line: TokenStream| made.contains(&line.to_string());
            assert!(has(quote!(a(String), a_to_null();)) && has(quote!(a_null(String);)), "{made}");
        }
    }

    #[test]
    fn what_is_required_is_taken_and_what_is_fixed_fills_itself_in() {
        let schema = serde_json::json!({"type": "object", "required": ["name", "kind", "note"], "properties": {
            "name": {"type": "string"}, "kind": {"type": "integer", "const": 7}, "nick": {"type": ["string", "null"]},
            "note": {"type": ["string", "null"]}, "tags": {"type": "array", "items": {"type": "string"}},
        }});
        let expected = quote! {
            impl A {
                pub fn new(name: impl Into<String>, note: impl Into<Option<String>>) -> Self {
                    Self {
                        name: name.into(),
                        kind: 7,
                        nick: switchboard_runtime::Nullable::Absent,
                        note: note.into(),
                        tags: None,
                    }
                }
                switchboard_runtime::codegen::v1::setters! {
                    kind(i64);
                    nick(String), nick_null();
                    tags([String]);
                }
            }
        };
        assert_items(found(&schema), expected);
    }

    #[test]
    fn whatever_is_fixed_fills_itself_in() {
        let schema = serde_json::json!({"type": "object", "required": ["n", "f", "o", "l", "s"], "properties": {
            "n": {"const": null}, "f": {"const": 1.5}, "o": {"const": {"a": -1, "b": "\u{1}"}}, "l": {"const": [1, true, null]},
            "s": {"type": "integer", "const": "1"},
        }});
        let made = found(&schema).to_string();
        let expected = quote! {
            pub fn new() -> Self {
                Self {
                    n: serde_json::json!(null),
                    f: 1.5,
                    o: serde_json::json!({"a": -1i64, "b": "\u{1}"}),
                    l: serde_json::json!([1i64, true, null]),
                    s: switchboard_runtime::Scalar::from("1"),
                }
            }
        };
        let spelled = |text: &str| text.replace(' ', "").replace(",]", "]").replace(",}", "}");
        assert!(spelled(&made).contains(&spelled(&expected.to_string())), "{made}");
    }

    #[test]
    fn what_the_runtime_makes_no_method_for_is_written_out() {
        let lists = serde_json::json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}});
        let schema = serde_json::json!({"type": "object", "properties": {
            "new": {"type": "string"}, "rows": lists, "self": {"$ref": "#/components/schemas/A"},
        }});
        let made = found(&schema).to_string();
        for part in [
            quote!(pub fn new_value(mut self, value: impl Into<String>) -> Self),
            quote!(pub fn rows(mut self, value: impl IntoIterator<Item = impl IntoIterator<Item = impl Into<String>>>)),
            quote!(Some(Box::new(value.into()))),
        ] {
            let spelled = |text: &str| text.replace(' ', "");
            assert!(spelled(&made).contains(&spelled(&part.to_string())), "{part}\n{made}");
        }
        assert!(!made.contains("setters"), "{made}");
    }

    #[test]
    fn what_holds_one_thing_is_made_of_it() {
        let schema = serde_json::json!({"type": "object", "required": ["flag"], "properties": {
            "flag": {"type": "boolean"},
        }});
        let expected = quote! {
            impl A {
                pub fn new(flag: bool) -> Self {
                    Self { flag }
                }
            }
            impl From<bool> for A {
                fn from(value: bool) -> Self {
                    Self::new(value)
                }
            }
        };
        assert_items(found(&schema), expected);
    }

    #[test]
    fn what_is_too_much_for_arguments_is_a_struct_that_hides_secrets() {
        let text = serde_json::json!({"type": "string"});
        let schema = serde_json::json!({"type": "object", "required": ["a", "b", "c", "d", "e"], "properties": {
            "a": text, "b": text, "c": text, "d": {"type": "string", "format": "password"}, "e": {"type": "boolean"},
        }});
        let made = found(&schema).to_string();
        for part in [
            quote!(pub fn new(required: ARequired) -> Self),
            quote!(a: required.a, b: required.b),
            quote!(#[derive(Clone)]),
            quote!(.field("d", &"[secret]")),
        ] {
            assert!(made.contains(&part.to_string()), "{part}\n{made}");
        }
    }
}
