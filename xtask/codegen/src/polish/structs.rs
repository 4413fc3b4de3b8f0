//! Structs: the fields that progenitor made, in the document's names and order, with what the document says of them, and the
//! table by which they are read and written.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

use super::docs::{self, code};
use super::rust_type::{From, ident};
use super::spelling::Spelling;
use crate::plan::{Presence, StructDef, TypeDef};
use crate::progenitor::print::field_key;

/// The fields of a struct that progenitor made, in the plan's order and in its names; none if one is missing.
pub fn fields(made: &ItemStruct, structure: &StructDef, spelling: &Spelling<'_>) -> Option<Vec<syn::Field>> {
    let found: BTreeMap<String, &syn::Field> =
        made.fields.iter().filter_map(|field| Some((field.ident.as_ref()?.to_string(), field))).collect();
    let extra = structure.extra.iter().map(|(name, _)| name.as_str());
    let names = structure.fields.iter().map(|field| field.ident.as_str()).chain(extra);
    let fields = names.enumerate().map(|(index, name)| {
        let field = *found.get(&field_key(name, index))?;
        Some(syn::Field {
            attrs: Vec::new(),
            ident: Some(ident(name)),
            ty: spelling.of(&field.ty, From::Types),
            ..field.clone()
        })
    });
    fields.collect()
}

/// One struct, with the [`fields`] that progenitor made.
pub fn polish(name: &str, definition: &TypeDef, structure: &StructDef, fields: &[syn::Field]) -> TokenStream {
    let named = structure
        .fields
        .iter()
        .map(|field| docs::attributes(&field.docs, &format!("The property {}.", code(&field.wire))));
    let others = structure.extra.iter().map(|_| docs::lines("Properties that the document does not name."));
    let fields_docs = named.chain(others);
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    // What only comes back may get required properties at any time: a `Default` that goes then would break someone.
    let default = (definition.in_request && has_default(structure)).then(|| quote!(Default,));
    let debug = has_secrets(structure).then(|| redacted_debug(&ident(name), structure));
    let derive_debug = debug.is_none().then(|| quote!(Debug,));
    let table = table(name, structure);
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, #derive_debug #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields_docs #fields,)*
        }
        #table
        #debug
    }
}

/// The table by which the runtime reads and writes a struct.
fn table(name: &str, structure: &StructDef) -> TokenStream {
    let name = ident(name);
    let literal = proc_macro2::Literal::usize_unsuffixed;
    let fields = structure.fields.iter().enumerate().map(|(index, field)| {
        let (index, name, wire) = (literal(index), ident(&field.ident), &field.wire);
        let presence = match field.presence.is_required() {
            true => quote!(required),
            false if field.answered => quote!(answered),
            false => quote!(optional),
        };
        quote!(#index #name #wire #presence;)
    });
    let others = structure.extra.as_ref().map(|(others, _)| {
        let (index, others) = (literal(structure.fields.len()), ident(others));
        quote!(.. #index #others;)
    });
    quote!(switchboard_runtime::codegen::v1::record! { #name; #(#fields)* #others })
}

/// Whether a property holds a secret.
fn has_secrets(structure: &StructDef) -> bool {
    structure.fields.iter().any(|field| field.docs.secret)
}

/// `Debug` that tells of secrets only that they are there.
fn redacted_debug(name: &proc_macro2::Ident, structure: &StructDef) -> TokenStream {
    let extra = structure.extra.as_ref().map(|(label, _)| {
        let name = ident(label);
        // What the document does not name may be secret too: its names are enough.
        quote!(.field(#label, &self.#name.keys()))
    });
    let fields = structure.fields.iter().map(|field| (field.ident.as_str(), field.docs.secret));
    debug(name, fields, extra)
}

/// The same of fields by their names and whether they hold a secret.
pub fn redacted<'a>(name: &proc_macro2::Ident, fields: impl Iterator<Item = (&'a str, bool)>) -> TokenStream {
    debug(name, fields, None)
}

fn debug<'a>(
    name: &proc_macro2::Ident,
    fields: impl Iterator<Item = (&'a str, bool)>,
    extra: Option<TokenStream>,
) -> TokenStream {
    let text = name.to_string();
    let fields = fields.map(|(label, secret)| {
        let name = ident(label);
        if secret { quote!(.field(#label, &"[secret]")) } else { quote!(.field(#label, &self.#name)) }
    });
    quote! {
        impl std::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(#text) #(#fields)* #extra .finish()
            }
        }
    }
}

/// Whether nothing in it is required, nor always sent.
pub fn has_default(structure: &StructDef) -> bool {
    structure.fields.iter().all(|field| field.presence != Presence::Required && field.constant.is_none())
}

/// A struct that could not be typed holds any JSON.
pub fn loose(name: &str, definition: &TypeDef) -> TokenStream {
    let docs = docs::attributes(&definition.docs, &format!("`{name}` of the API."));
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct #name(
            /// The value as it came.
            pub serde_json::Value,
        );

        switchboard_runtime::codegen::v1::newtype!(#name);
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::super::testing::{assert_items, exchanging, only, struct_a, type_a};
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::plan::{Plan, TypeKind};
    use crate::progenitor;

    fn found(schema: &serde_json::Value) -> TokenStream {
        made(&exchanging(schema))
    }

    fn made(plan: &Plan) -> TokenStream {
        let skeleton = progenitor::generate(plan, &mut Diagnostics::default()).unwrap();
        let fields = fields(&skeleton.structs["A"], struct_a(plan), &Spelling::new(plan)).unwrap();
        polish("A", type_a(plan), struct_a(plan), &fields)
    }

    #[test]
    fn absent_and_null_are_told_apart() {
        let text = serde_json::json!({"type": "string"});
        let nullable = serde_json::json!({"type": ["string", "null"]});
        let schema = serde_json::json!({
            "type": "object", "required": ["always", "mayBeNull"], "additionalProperties": {"type": "integer"},
            "properties": {"always": text, "mayBeNull": nullable, "sometimes": text, "any": nullable},
        });
        let expected = quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub struct A {
                pub always: String,
                pub may_be_null: Option<String>,
                pub sometimes: Option<String>,
                pub any: switchboard_runtime::Nullable<String>,
                pub extra: std::collections::BTreeMap<String, i64>,
            }
            switchboard_runtime::codegen::v1::record! {
                A;
                0 always "always" required;
                1 may_be_null "mayBeNull" required;
                2 sometimes "sometimes" optional;
                3 any "any" optional;
                .. 4 extra;
            }
        };
        assert_items(found(&schema), expected);
    }

    #[test]
    fn what_only_an_answer_must_have_is_said_in_the_table() {
        let schema = serde_json::json!({"type": "object", "required": ["id", "key"], "properties": {
            "id": {"type": "string", "readOnly": true}, "key": {"type": "integer", "writeOnly": true},
        }});
        let made = found(&schema).to_string();
        let table = quote!(A; 0 id "id" answered; 1 key "key" optional;).to_string();
        assert!(made.contains(&table), "{made}");
    }

    #[test]
    fn secrets_are_not_shown() {
        let schema = serde_json::json!({"type": "object", "properties": {
            "name": {"type": "string"}, "key": {"type": "string", "format": "password"},
        }});
        let debug = quote! {
            impl std::fmt::Debug for A {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.debug_struct("A").field("name", &self.name).field("key", &"[secret]").finish()
                }
            }
        };
        let made = only(found(&schema), "A");
        let file: syn::File = syn::parse2(made).unwrap();
        assert!(file.items.contains(&syn::parse2(debug).unwrap()));
    }

    #[test]
    fn a_box_stands_where_the_plan_says() {
        let mut plan = exchanging(
            &serde_json::json!({"type": "object", "additionalProperties": {"type": "integer"}, "properties": {
                "a": {"type": "string"}, "next": {"$ref": "#/components/schemas/A"},
            }}),
        );
        let types = |plan: &Plan| -> Vec<String> {
            let file = syn::parse2::<syn::File>(only(made(plan), "A")).unwrap();
            let fields = file.items.iter().find_map(|item| match item {
                syn::Item::Struct(item) => Some(&item.fields),
                _ => None,
            });
            fields.unwrap().iter().map(|field| field.ty.to_token_stream().to_string().replace(' ', "")).collect()
        };
        assert_eq!(types(&plan), ["Option<String>", "Option<Box<A>>", "std::collections::BTreeMap<String,i64>"]);
        let TypeKind::Struct(structure) = &mut plan.types["A"].kind else { panic!("it is no struct") };
        (structure.fields[0].boxed, structure.fields[1].boxed) = (true, false);
        assert_eq!(types(&plan)[..2], ["Option<Box<String>>", "Option<A>"]);
    }

    #[test]
    fn a_struct_without_one_of_its_fields_is_none() {
        let plan = exchanging(&serde_json::json!({"type": "object", "properties": {"a": {"type": "string"}}}));
        let made = syn::parse_quote!(
            pub struct A {
                pub b: ::std::string::String,
                pub extra: ::serde_json::Value,
            }
        );
        assert!(fields(&made, struct_a(&plan), &Spelling::new(&plan)).is_none());
    }
}
