//! progenitor's output taken apart: the types, the calls and the client's methods, by the names they were lowered under.

use std::collections::BTreeMap;

use syn::{File, ImplItem, Item, ItemStruct, Signature, Type};

/// What polish starts from.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// The structs of `mod types`.
    pub structs: BTreeMap<String, ItemStruct>,
    /// The client's methods.
    pub calls: BTreeMap<String, Signature>,
}

/// Takes `file` apart.
pub fn dismantle(file: File) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                skeleton.types(module.content.map(|(_, items)| items).unwrap_or_default());
            }
            Item::Impl(block) if block.trait_.is_none() && is_client(&block.self_ty) => skeleton.calls(block.items),
            _ => {}
        }
    }
    skeleton
}

fn is_client(ty: &Type) -> bool {
    matches!(ty, Type::Path(named) if named.path.is_ident("Client"))
}

impl Skeleton {
    fn types(&mut self, items: Vec<Item>) {
        for item in items {
            if let Item::Struct(found) = item {
                self.structs.insert(found.ident.to_string(), found);
            }
        }
    }

    fn calls(&mut self, items: Vec<ImplItem>) {
        for item in items {
            if let ImplItem::Fn(method) = item {
                self.calls.insert(method.sig.ident.to_string(), method.sig);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_progenitors_output_the_structs_and_the_clients_methods_are_kept() {
        let skeleton = dismantle(syn::parse_quote! {
            pub mod types {
                pub struct Thing { pub a: String }
                pub enum Other {}
                pub mod builder { pub struct Thing {} }
            }
            impl Client {
                pub fn operation_0<'a>(&'a self) -> builder::Operation0<'a> { todo!() }
            }
            impl Default for Client { fn default() -> Self { todo!() } }
            impl Elsewhere { pub fn operation_1(&self) {} }
        });
        assert_eq!(skeleton.structs.into_keys().collect::<Vec<_>>(), ["Thing"]);
        assert_eq!(skeleton.calls.into_keys().collect::<Vec<_>>(), ["operation_0"]);
    }
}
