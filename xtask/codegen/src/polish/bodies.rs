//! Request bodies of a call: one setter for each way to encode it, and one for each part that a form names.

use proc_macro2::TokenStream;
use quote::quote;

use super::builders::{argument, fitting};
use super::docs::{self, code};
use super::parameters::{self, nested, style, unset};
use super::rust_type::{From, ident, rust_type};
use crate::media;
use crate::plan::{Body, BodyKind, Docs, FormField, FormPart, Operation, PartContent, PartHeader};

/// What a call's bodies add to it.
pub struct Bodies {
    /// Fields of the builder.
    pub fields: TokenStream,
    /// Their first values.
    pub initial: TokenStream,
    /// Setters.
    pub setters: TokenStream,
    /// Statements that put the body into `request`; `invalid` makes errors of messages.
    pub put: TokenStream,
}

/// All bodies of an operation.
pub fn bodies(operation: &Operation) -> Bodies {
    let all: Vec<&Body> = operation.body.iter().chain(&operation.other_bodies).collect();
    let open = all.iter().any(|body| body.open_media_type);
    let fields = all.iter().map(|body| {
        let (name, ty) = (ident(&body.ident), body_type(body));
        let parts = body.parts.iter().map(part_field);
        quote!(#name: Result<Option<#ty>, std::borrow::Cow<'static, str>>, #(#parts)*)
    });
    let initial = all.iter().map(|body| {
        let name = ident(&body.ident);
        let parts = body.parts.iter().map(part_initial);
        quote!(#name: Ok(None), #(#parts)*)
    });
    let setters = all.iter().map(|body| {
        let setter = setter(body);
        let parts = body.parts.iter().map(part_setter);
        quote!(#setter #(#parts)*)
    });
    let content_type = open.then(content_type);
    let put = match all.as_slice() {
        [] => quote!(),
        [only] => put_only(only),
        several => put_one_of(several),
    };
    let put_type = open.then(|| {
        quote! {
            if let Some(media_type) = self.content_type {
                request.set_content_type(&media_type)?;
            }
        }
    });
    Bodies {
        fields: if open { quote!(#(#fields)* content_type: Option<String>,) } else { quote!(#(#fields)*) },
        initial: if open { quote!(#(#initial)* content_type: None,) } else { quote!(#(#initial)*) },
        setters: quote!(#(#setters)* #content_type),
        put: quote!(#put #put_type),
    }
}

/// Whether a body can be a stream, which can be sent only once.
pub fn streams(operation: &Operation) -> bool {
    operation
        .body
        .iter()
        .chain(&operation.other_bodies)
        .any(|body| matches!(body.kind, BodyKind::Binary | BodyKind::Multipart))
}

fn body_type(body: &Body) -> TokenStream {
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) => rust_type(ty, From::Outside),
        BodyKind::Text => quote!(String),
        BodyKind::Binary => quote!(switchboard_runtime::Body),
        BodyKind::Multipart => quote!(switchboard_runtime::Multipart),
    }
}

fn setter(body: &Body) -> TokenStream {
    let prose = Docs { description: body.description.clone(), ..Docs::default() };
    let fallback =
        if body.parts.is_empty() { "Sets the request body." } else { "Sets parts that have no setter of their own." };
    let sent = match media::is_range(&body.media_type) {
        true => format!("Sent as one of {}: say with `content_type` which it is.", code(&body.media_type)),
        false => format!("Sent as {}.", code(&body.media_type)),
    };
    let docs = docs::lines(&format!("{}\n\n{sent}", docs::markdown(&prose, fallback)));
    let (name, ty) = (ident(&body.ident), body_type(body));
    let argument = fitting(&ty);
    quote! {
        #docs
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = switchboard_runtime::codegen::v1::fit_body(value).map(Some);
            self
        }
    }
}

fn content_type() -> TokenStream {
    quote! {
        /// Sets the media type of the request body, where the document allows several.
        pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
            self.content_type = Some(media_type.into());
            self
        }
    }
}

/// What is said of a body that was not set and must be.
fn missing(bodies: &[&Body]) -> String {
    unset("the request body", bodies.iter().map(|body| body.ident.as_str()))
}

/// Puts the one body there is.
fn put_only(body: &Body) -> TokenStream {
    let name = ident(&body.ident);
    if !body.parts.is_empty() && body.required {
        let put = put_form(body, &quote!(form));
        let parts = body.parts.iter().map(put_part);
        return quote! {
            let mut form = self.#name.map_err(invalid)?.unwrap_or_default();
            #(#parts)*
            #put
        };
    }
    if !body.parts.is_empty() {
        let (gathered, put) = (gather(body), put_form(body, &quote!(form)));
        return quote! {
            let #name = self.#name.map_err(invalid)?;
            #gathered
            if let Some(form) = #name {
                #put
            }
        };
    }
    let put = put(body);
    if body.required {
        let missing = missing(&[body]);
        quote! {
            let body = self.#name.map_err(invalid)?.ok_or_else(|| invalid(#missing.into()))?;
            #put
        }
    } else {
        quote! {
            if let Some(body) = self.#name.map_err(invalid)? {
                #put
            }
        }
    }
}

/// Puts the body that was set, of several that could be.
fn put_one_of(bodies: &[&Body]) -> TokenStream {
    let names: Vec<_> = bodies.iter().map(|body| ident(&body.ident)).collect();
    let arms = bodies.iter().enumerate().map(|(chosen, body)| {
        let pattern = (0..bodies.len()).map(|index| if index == chosen { quote!(Some(body)) } else { quote!(None) });
        let put = put(body);
        quote!((#(#pattern),*) => { #put })
    });
    let none = names.iter().map(|_| quote!(None));
    let required = bodies.iter().any(|body| body.required);
    let missing = missing(bodies);
    let nothing = if required { quote!(return Err(invalid(#missing.into()))) } else { quote!({}) };
    let parts = bodies.iter().find(|body| !body.parts.is_empty()).map(|body| gather(body));
    quote! {
        #(let #names = self.#names.map_err(invalid)?;)*
        #parts
        match (#(#names),*) {
            #(#arms)*
            (#(#none),*) => #nothing,
            _ => return Err(invalid("more than one request body was set".into())),
        }
    }
}

/// Makes a form of the parts that were set, if any was.
fn gather(body: &Body) -> TokenStream {
    let name = ident(&body.ident);
    let set = body.parts.iter().map(|part| {
        let headers = part.headers.iter().map(|header| ident(&header.parameter.ident));
        let names = std::iter::once(ident(&part.ident)).chain(headers);
        quote!(#(!matches!(self.#names, Ok(None)))||*)
    });
    let parts = body.parts.iter().map(put_part);
    quote! {
        let #name = if #name.is_some() #(|| #set)* {
            let mut form = #name.unwrap_or_default();
            #(#parts)*
            Some(form)
        } else {
            None
        };
    }
}

fn put(body: &Body) -> TokenStream {
    let media_type = &body.media_type;
    match &body.kind {
        BodyKind::Json(_) => quote!(request.json(#media_type, &body)?;),
        BodyKind::Xml(_, root) => {
            let root = ident(root);
            quote!(request.xml(#media_type, &body, &crate::xml::#root)?;)
        }
        BodyKind::Form(_, fields) => {
            let fields = self::fields(fields);
            quote!(request.form(#media_type, &body, #fields)?;)
        }
        BodyKind::Text => quote!(request.text(#media_type, body);),
        BodyKind::Binary => quote!(request.body(#media_type, body);),
        BodyKind::Multipart => put_form(body, &quote!(body)),
    }
}

/// The fields of a form that are not written in the default style.
pub fn fields(fields: &[FormField]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, described) = (&field.name, described(field));
        quote!((#name, #described))
    });
    quote!(const { &[#(#fields),*] })
}

/// The runtime's description of a field in a style.
fn described(field: &FormField) -> TokenStream {
    let (name, style, explode, reserved) = (&field.name, style(field.style), field.explode, field.allow_reserved);
    let nested = nested(field.nested);
    quote!(switchboard_runtime::codegen::v1::Parameter::query(#name).style(switchboard_runtime::codegen::v1::Style::#style).explode(#explode).allow_reserved(#reserved) #nested)
}

/// Puts a body of several parts; only those of forms have names.
fn put_form(body: &Body, form: &TokenStream) -> TokenStream {
    match body.media_type.as_str() {
        "multipart/form-data" => quote!(request.multipart(#form);),
        other => quote!(request.multipart_as(#other, #form);),
    }
}

fn part_type(part: &FormPart) -> TokenStream {
    match &part.content {
        PartContent::File => quote!(switchboard_runtime::Part),
        PartContent::Files => quote!(Vec<switchboard_runtime::Part>),
        PartContent::Value(ty) => rust_type(ty, From::Outside),
    }
}

fn part_field(part: &FormPart) -> TokenStream {
    let (name, ty) = (ident(&part.ident), part_type(part));
    let headers = part.headers.iter().map(|header| {
        let (name, ty) = (ident(&header.parameter.ident), parameters::parameter_type(&header.parameter));
        quote!(#name: Result<#ty, std::borrow::Cow<'static, str>>,)
    });
    quote!(#name: Result<Option<#ty>, std::borrow::Cow<'static, str>>, #(#headers)*)
}

fn part_initial(part: &FormPart) -> TokenStream {
    let names = part.headers.iter().map(|header| ident(&header.parameter.ident));
    let names = std::iter::once(ident(&part.ident)).chain(names);
    quote!(#(#names: Ok(None),)*)
}

fn part_setter(part: &FormPart) -> TokenStream {
    let docs = docs::attributes(&part.docs, &format!("Sets the part {}.", code(&part.name)));
    let (name, wire, file) = (ident(&part.ident), &part.name, fitting(&quote!(switchboard_runtime::Part)));
    let (argument, fit) = match &part.content {
        PartContent::File => (file, ident("fit")),
        PartContent::Files => (quote!(impl IntoIterator<Item = #file>), ident("fit_all")),
        PartContent::Value(ty) => argument(ty, From::Outside),
    };
    let headers = part.headers.iter().map(|header| {
        let mut parameter = header.parameter.clone();
        if parameter.docs.description.is_none() {
            parameter.docs.description =
                Some(format!("Sets the header {} of the part {}.", code(&parameter.name), code(&part.name)));
        }
        parameters::setter(&parameter)
    });
    quote! {
        #docs
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = switchboard_runtime::codegen::v1::#fit(#wire, value).map(Some);
            self
        }
        #(#headers)*
    }
}

/// Puts a header of a part that was put before it.
fn put_header(part: &FormPart, header: &PartHeader) -> TokenStream {
    let (name, wire, described) =
        (ident(&header.parameter.ident), &part.name, parameters::described(&header.parameter));
    let missing = header.required.then(|| {
        let message = format!(
            "the header {} of the part {} is required and was not set",
            code(&header.parameter.name),
            code(wire)
        );
        quote!(if value.is_none() { return Err(invalid(#message.into())); })
    });
    quote! {
        let value = self.#name.map_err(invalid)?;
        #missing
        form.part_header(#wire, &#described, &value);
    }
}

/// Refuses a header of a part that was not set.
fn refuse_header(part: &FormPart, header: &PartHeader) -> TokenStream {
    let name = ident(&header.parameter.ident);
    let message =
        format!("the header {} is of the part {}, which was not set", code(&header.parameter.name), code(&part.name));
    quote!(if !matches!(self.#name, Ok(None)) { return Err(invalid(#message.into())); })
}

fn put_part(part: &FormPart) -> TokenStream {
    let (name, wire) = (ident(&part.ident), &part.name);
    let typed = part.media_type.as_ref().map(|media_type| quote!(.default_media_type(#media_type)));
    let put = match &part.content {
        PartContent::Value(_) if let Some(field) = &part.style => {
            let described = described(field);
            quote!(form.styled(&#described, &part);)
        }
        PartContent::File => quote!(form.part(#wire, part #typed);),
        PartContent::Files => quote! {
            for part in part {
                form.part(#wire, part #typed);
            }
        },
        PartContent::Value(_) if part.media_type.as_deref().is_some_and(is_json) => quote!(form.json(#wire, &part);),
        PartContent::Value(_) => match &part.media_type {
            Some(media_type) => quote!(form.value_as(#wire, #media_type, &part);),
            None => quote!(form.value(#wire, &part);),
        },
    };
    let headers = part.headers.iter().map(|header| put_header(part, header));
    let otherwise = if part.required {
        let message = unset(&format!("the part {}", code(&part.name)), [part.ident.as_str()]);
        quote!(else { return Err(invalid(#message.into())); })
    } else if part.headers.is_empty() {
        quote!()
    } else {
        let refusals = part.headers.iter().map(|header| refuse_header(part, header));
        quote!(else { #(#refusals)* })
    };
    quote! {
        if let Some(part) = self.#name.map_err(invalid)? {
            #put
            #(#headers)*
        } #otherwise
    }
}

fn is_json(media_type: &str) -> bool {
    media::encoding(media_type) == media::Encoding::Json
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_statements, operation};
    use super::*;

    fn putting(content: serde_json::Value, required: bool) -> TokenStream {
        let body = serde_json::json!({"required": required, "content": content});
        bodies(&operation(&serde_json::json!({"operationId": "get", "requestBody": body, "responses": {}}))).put
    }

    #[test]
    fn a_body_that_is_required_is_asked_for() {
        let content = serde_json::json!({"application/json": {"schema": {"type": "integer"}}});
        let expected = quote! {
            let body = self
                .body
                .map_err(invalid)?
                .ok_or_else(|| invalid("the request body is required and was not set: call `.body(…)`".into()))?;
            request.json("application/json", &body)?;
        };
        assert_statements(putting(content.clone(), true), expected);
        let expected = quote! {
            if let Some(body) = self.body.map_err(invalid)? {
                request.json("application/json", &body)?;
            }
        };
        assert_statements(putting(content, false), expected);
    }

    #[test]
    fn of_several_bodies_one_is_put() {
        let content = serde_json::json!({"application/json": {"schema": {"type": "integer"}}, "text/plain": {"schema": {"type": "string"}}});
        let expected = quote! {
            let body = self.body.map_err(invalid)?;
            let body_text = self.body_text.map_err(invalid)?;
            match (body, body_text) {
                (Some(body), None) => { request.json("application/json", &body)?; }
                (None, Some(body)) => { request.text("text/plain", body); }
                (None, None) => {},
                _ => return Err(invalid("more than one request body was set".into())),
            }
        };
        assert_statements(putting(content, false), expected);
    }

    #[test]
    fn parts_are_put_one_by_one() {
        let schema = serde_json::json!({"type": "object", "required": ["file"], "properties": {
            "file": {"type": "string", "contentMediaType": "image/png"}, "size": {"type": "integer"},
        }});
        let content = serde_json::json!({"multipart/form-data": {"schema": schema}});
        let expected = quote! {
            let mut form = self.body.map_err(invalid)?.unwrap_or_default();
            if let Some(part) = self.file.map_err(invalid)? {
                form.part("file", part.default_media_type("image/png"));
            } else {
                return Err(invalid("the part `file` is required and was not set: call `.file(…)`".into()));
            }
            if let Some(part) = self.size.map_err(invalid)? {
                form.value("size", &part);
            }
            request.multipart(form);
        };
        assert_statements(putting(content, true), expected);
    }

    #[test]
    fn what_is_open_the_caller_says() {
        let content = serde_json::json!({"image/*": {}});
        let expected = quote! {
            if let Some(body) = self.body.map_err(invalid)? {
                request.body("image/*", body);
            }
            if let Some(media_type) = self.content_type {
                request.set_content_type(&media_type)?;
            }
        };
        assert_statements(putting(content, false), expected);
    }
}
