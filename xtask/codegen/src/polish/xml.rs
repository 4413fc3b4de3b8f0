//! The tables by which values stand in XML: statics, for what they describe may contain itself.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::rust_type::ident;
use crate::plan::{Plan, XmlContent, XmlElement, XmlMember, XmlName, XmlNode, XmlShape};

/// The file with all tables; nothing, where no body is XML.
pub fn tables(plan: &Plan) -> TokenStream {
    if plan.xml.roots.is_empty() {
        return quote!();
    }
    let roots = plan.xml.roots.iter().map(|(name, root)| {
        let (name, root) = (ident(name), element(root));
        quote!(pub(crate) static #name: Element = #root;)
    });
    let shapes = plan.xml.shapes.iter().map(|(name, found)| {
        let (name, found) = (ident(name), shape(found));
        quote!(static #name: Content = #found;)
    });
    quote! {
        use switchboard_runtime::codegen::v1::xml::*;

        #(#roots)*
        #(#shapes)*
    }
}

fn shape(found: &XmlShape) -> TokenStream {
    match found {
        XmlShape::List(item) => {
            let item = element(item);
            quote!(Content::List(&#item))
        }
        XmlShape::Object(members, rest) => {
            let members = members.iter().map(member);
            let rest = match rest {
                Some(rest) => {
                    let rest = member(rest);
                    quote!(Some(&#rest))
                }
                None => quote!(None),
            };
            quote!(Content::Object(&[#(#members),*], #rest))
        }
        XmlShape::Union(variants, telling) => {
            let variants = variants.iter().map(content);
            let (property, values) =
                telling.as_ref().map_or(("", [].as_slice()), |(property, values)| (property, values));
            let values = values.iter().map(|(value, index)| {
                let index = Literal::usize_unsuffixed(*index);
                quote!((#value, #index))
            });
            let told = (!property.is_empty()).then(|| quote!(.told_by(#property, &[#(#values),*])));
            quote!(Content::Union(&Union::new(&[#(#variants),*]) #told))
        }
    }
}

fn element(XmlElement { name: called, is_named, content: held }: &XmlElement) -> TokenStream {
    let (name, content) = (name(called), content(held));
    let unnamed = (!is_named).then(|| quote!(.unnamed()));
    quote!(Element::new(#name, #content) #unnamed)
}

fn member(member: &XmlMember) -> TokenStream {
    let (property, content) = (&member.property, content(&member.content));
    let is_alike = member.name.local == *property && member.name.namespace.is_empty() && member.name.prefix.is_empty();
    let named = (!is_alike).then(|| {
        let name = name(&member.name);
        quote!(.named(#name))
    });
    let required = member.required.then(|| quote!(.required()));
    let node = ident(match member.node {
        XmlNode::Element => "Element",
        XmlNode::Items => "Items",
        XmlNode::Attribute => "Attribute",
        XmlNode::Text => "Text",
        XmlNode::Cdata => "Cdata",
        XmlNode::Group => "Group",
    });
    quote!(Member::new(#property, Node::#node, #content) #named #required)
}

fn name(XmlName { local, namespace, prefix }: &XmlName) -> TokenStream {
    if namespace.is_empty() && prefix.is_empty() {
        quote!(Name::local(#local))
    } else {
        quote!(Name::in_namespace(#local, #namespace, #prefix))
    }
}

fn content(content: &XmlContent) -> TokenStream {
    match content {
        XmlContent::Text => quote!(&Content::Text),
        XmlContent::Token => quote!(&Content::Token),
        XmlContent::Number => quote!(&Content::Number),
        XmlContent::Boolean => quote!(&Content::Boolean),
        XmlContent::Any => quote!(&Content::Any),
        XmlContent::Shape(name) => {
            let name = ident(name);
            quote!(&#name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_items;
    use super::*;

    #[test]
    fn a_table_says_where_each_property_stands() {
        let schema = serde_json::json!({"type": "object", "xml": {"name": "pet"}, "required": ["id"], "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}}, "name": {"type": "string", "xml": {"name": "called"}},
        }});
        let body = serde_json::json!({"required": true, "content": {"application/xml": {"schema": {"$ref": "#/components/schemas/Pet"}}}});
        let paths = serde_json::json!({"/a": {"post": {"operationId": "add", "requestBody": body, "responses": {}}}});
        let plan = crate::lower::testing::plan(&paths, &serde_json::json!({"Pet": schema}));
        let expected = quote! {
            use switchboard_runtime::codegen::v1::xml::*;
            pub(crate) static PET_ROOT: Element = Element::new(Name::local("pet"), &PET);
            static PET: Content = Content::Object(
                &[
                    Member::new("id", Node::Attribute, &Content::Number).required(),
                    Member::new("name", Node::Element, &Content::Text).named(Name::local("called")),
                ],
                None,
            );
        };
        assert_items(tables(&plan), expected);
        assert_items(tables(&Plan { xml: Default::default(), ..plan }), quote!());
    }
}
