//! What the document says in prose, as Markdown that can be read outside of it: HTML is no more, and links lead somewhere.

mod html;
mod links;

use serde_json::Value;

use crate::plan::{Api, Docs, Operation, Plan, Server, StatusVariant, Success, TypeDef, TypeKind};

/// Settles all prose of the plan.
pub fn settle(plan: &mut Plan, document: &Value) {
    let site = site(document);
    let site = site.as_deref();
    api(&mut plan.api, site);
    plan.operations.iter_mut().for_each(|found| operation(found, site));
    plan.layout.tags.values_mut().for_each(|tag| text(&mut tag.description, site));
    plan.types.values_mut().for_each(|found| definition(found, site));
    plan.headers.values_mut().flatten().for_each(|header| docs(&mut header.docs, site));
    plan.webhooks.all.iter_mut().for_each(|found| docs(&mut found.docs, site));
}

/// The vendor's site, which relative links are relative to: where the API is described, else where the vendor is met. The
/// servers of the API have no pages.
fn site(document: &Value) -> Option<String> {
    ["/externalDocs/url", "/info/contact/url"].into_iter().find_map(|pointer| {
        let url = document.pointer(pointer)?.as_str()?.trim();
        (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
    })
}

fn text(text: &mut Option<String>, site: Option<&str>) {
    if let Some(text) = text
        && text.contains(['<', '['])
    {
        *text = links::settle(&html::to_markdown(text), site);
    }
}

fn docs(docs: &mut Docs, site: Option<&str>) {
    text(&mut docs.title, site);
    text(&mut docs.description, site);
}

fn api(api: &mut Api, site: Option<&str>) {
    text(&mut api.description, site);
    api.servers.iter_mut().for_each(|found| server(found, site));
    for scheme in &mut api.schemes {
        text(&mut scheme.description, site);
        scheme.scopes.iter_mut().for_each(|scope| text(&mut scope.description, site));
    }
}

fn server(server: &mut Server, site: Option<&str>) {
    text(&mut server.description, site);
    server.variables.iter_mut().for_each(|variable| text(&mut variable.description, site));
}

fn operation(operation: &mut Operation, site: Option<&str>) {
    text(&mut operation.summary, site);
    text(&mut operation.description, site);
    operation.parameters.iter_mut().for_each(|parameter| docs(&mut parameter.docs, site));
    for body in operation.body.iter_mut().chain(&mut operation.other_bodies) {
        text(&mut body.description, site);
        for part in &mut body.parts {
            docs(&mut part.docs, site);
            part.headers.iter_mut().for_each(|header| docs(&mut header.parameter.docs, site));
        }
    }
    let others = operation.other_successes.iter_mut().map(|other| &mut other.success);
    for success in std::iter::once(&mut operation.success).chain(others) {
        if let Success::ByStatus { variants, .. } = success {
            variants.iter_mut().for_each(|variant| status(variant, site));
        }
    }
    operation.errors.iter_mut().for_each(|error| status(error, site));
    operation.servers.iter_mut().for_each(|found| server(found, site));
}

fn status(variant: &mut StatusVariant, site: Option<&str>) {
    text(&mut variant.description, site);
}

fn definition(definition: &mut TypeDef, site: Option<&str>) {
    docs(&mut definition.docs, site);
    match &mut definition.kind {
        TypeKind::Struct(found) => found.fields.iter_mut().for_each(|field| docs(&mut field.docs, site)),
        TypeKind::Enum(found) => found.variants.iter_mut().for_each(|variant| text(&mut variant.description, site)),
        TypeKind::Union(found) => found.variants.iter_mut().for_each(|variant| text(&mut variant.description, site)),
        TypeKind::Newtype(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostics::Diagnostics;
    use crate::lower::lower;
    use crate::plan::TypeKind;

    fn described(rest: Value) -> [Option<String>; 3] {
        let mut document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1", "description": "<b>All</b> of [it](/x)"}, "servers": [{"url": "/"}],
            "paths": {"/a": {"get": {"operationId": "a", "description": "<p>One</p><p>[two](#b)</p>", "responses": {}}}},
            "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string", "description": "a<br>b"}}}}},
        });
        if let (Value::Object(document), Value::Object(rest)) = (&mut document, rest) {
            document.extend(rest);
        }
        let plan = lower("t", &document, &mut Diagnostics::default());
        let TypeKind::Struct(found) = &plan.types["A"].kind else { panic!("no struct") };
        let field = found.fields[0].docs.description.clone();
        [plan.api.description, plan.operations[0].description.clone(), field]
    }

    #[test]
    fn all_prose_is_markdown_with_links_to_the_vendors_site() {
        let owned = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned()));
        assert_eq!(described(json!({})), owned(["**All** of it", "One\n\ntwo", "a\n\nb"]));
        assert_eq!(
            described(json!({"externalDocs": {"url": "https://d.example/api"}})),
            owned(["**All** of [it](https://d.example/x)", "One\n\n[two](https://d.example/api#b)", "a\n\nb"])
        );
    }
}
