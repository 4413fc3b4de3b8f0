//! What progenitor wrote, as the crate spells it: in the plan's names, and without a path where every module knows the word.

use std::collections::BTreeMap;

use syn::visit_mut::{self, VisitMut};
use syn::{AngleBracketedGenericArguments, Path, Type, parse_quote};

use super::rust_type::{From, ident};
use crate::plan::Plan;
use crate::progenitor::print::type_key;

/// Types of `std` that need no import.
const PRELUDE: [&str; 4] = ["Box", "Option", "String", "Vec"];

/// The names that a plan's types have, by those that progenitor knows them under.
pub struct Spelling<'a>(BTreeMap<String, &'a str>);

impl<'a> Spelling<'a> {
    /// The spelling of the crate of a plan.
    pub fn new(plan: &'a Plan) -> Self {
        Self(plan.types.keys().enumerate().map(|(index, name)| (type_key(name, index), name.as_str())).collect())
    }

    /// A type of progenitor's, as it is named from there.
    pub fn of(&self, ty: &Type, from: From) -> Type {
        let mut ty = ty.clone();
        Speller { names: &self.0, from }.visit_type_mut(&mut ty);
        ty
    }
}

struct Speller<'a> {
    names: &'a BTreeMap<String, &'a str>,
    from: From,
}

impl VisitMut for Speller<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let is_of = |module: &str| path.segments.first().is_some_and(|first| first.ident == module);
        let (is_of_std, is_of_types) = (is_of("std"), is_of("types"));
        let is_absolute = path.leading_colon.take().is_some();
        let Some(last) = path.segments.last() else { return };
        if is_absolute {
            if is_of_std && PRELUDE.iter().any(|word| last.ident == word) {
                *path = last.clone().into();
            }
        } else if let Some(name) =
            self.names.get(&last.ident.to_string()).filter(|_| is_of_types || path.segments.len() == 1)
        {
            let name = ident(name);
            *path = match self.from {
                From::Types => parse_quote!(#name),
                From::Outside => parse_quote!(crate::types::#name),
            };
        }
    }

    fn visit_angle_bracketed_generic_arguments_mut(&mut self, arguments: &mut AngleBracketedGenericArguments) {
        visit_mut::visit_angle_bracketed_generic_arguments_mut(self, arguments);
        arguments.args.pop_punct();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::testing::plan;

    #[test]
    fn paths_become_words_and_names_those_of_the_plan() {
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let plan = plan(&json!({}), &json!({"Thing": object, "Grün": object}));
        let spelling = Spelling::new(&plan);
        let key = |name: &str| ident(&type_key(name, plan.types.get_index_of(name).unwrap()));
        let (thing, green) = (key("Thing"), key("Grün"));
        assert!(thing == "Thing" && green != "Grün", "{thing} {green}");
        let written: Type = parse_quote!(::switchboard_runtime::Nullable<::std::collections::BTreeMap<::std::string::String, ::std::boxed::Box<#green,>,>,>);
        let expected = parse_quote!(switchboard_runtime::Nullable<std::collections::BTreeMap<String, Box<Grün>>>);
        assert_eq!(spelling.of(&written, From::Types), expected);
        let answer: Type = parse_quote!(::std::vec::Vec<types::#thing>);
        assert_eq!(spelling.of(&answer, From::Outside), parse_quote!(Vec<crate::types::Thing>));
    }
}
