//! progenitor's output taken apart: the types, the calls and the client's methods, by the names they were lowered under.

use std::collections::BTreeMap;

use syn::{File, Item, ItemStruct};

/// What polish starts from.
#[derive(Debug, Default)]
pub struct Skeleton {
    /// The structs of `mod types`.
    pub structs: BTreeMap<String, ItemStruct>,
    /// The variants' counts of the enums of `mod types`.
    pub enums: BTreeMap<String, usize>,
    /// The calls' structs of `mod builder`.
    pub calls: BTreeMap<String, ItemStruct>,
}

/// Takes `file` apart.
pub fn dismantle(file: File) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for item in file.items {
        let Item::Mod(module) = item else { continue };
        let items = module.content.map(|(_, items)| items).unwrap_or_default();
        for item in items {
            match item {
                Item::Struct(found) if module.ident == "types" => {
                    skeleton.structs.insert(found.ident.to_string(), found);
                }
                Item::Enum(found) if module.ident == "types" => {
                    skeleton.enums.insert(found.ident.to_string(), found.variants.len());
                }
                Item::Struct(found) if module.ident == "builder" => {
                    skeleton.calls.insert(found.ident.to_string(), found);
                }
                _ => {}
            }
        }
    }
    skeleton
}
