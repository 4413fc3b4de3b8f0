//! Request bodies of a call: one value, or one of several that differ by their media types; and of a form each part that the
//! document names.

use proc_macro2::TokenStream;
use quote::quote;

use super::call_type::{self, Setters};
use super::docs::{self, code};
use super::rust_type::{From, call_module, ident, rust_type};
use super::{arguments, parameters};
use crate::media;
use crate::plan::{Body, BodyKind, Docs, FormPart, Operation, Parameter, PartContent};

/// Whether a body can be a stream, which can be sent only once.
pub fn streams(operation: &Operation) -> bool {
    operation.bodies().any(|body| matches!(body.kind, BodyKind::Binary | BodyKind::Multipart))
}

/// What sets what may be left out of the bodies.
pub fn setters(operation: &Operation, setters: &mut Setters) {
    let required = operation.required();
    let is_argument = |part: &FormPart| required.contains(&crate::plan::Required::Part(part));
    match &operation.body {
        // Who gives the body at the beginning has no need to set it later; parts without a setter may be added at any time.
        Some(body) if !body.required || (operation.other_bodies.is_empty() && !body.parts.is_empty()) => {
            setters.add(line(operation, body), || setter(operation, body));
        }
        _ => {}
    }
    for part in operation.bodies().flat_map(|body| &body.parts) {
        if !is_argument(part) {
            setters.add(part_line(part), || part_setter(part));
        }
        for header in &part.headers {
            setters.add(None, || part_header_setter(part, &header.parameter));
        }
    }
    if operation.bodies().any(|body| body.open_media_type) {
        setters.add(None, content_type);
    }
}

fn part_header_setter(part: &FormPart, header: &Parameter) -> TokenStream {
    let mut parameter = header.clone();
    if parameter.docs.description.is_none() {
        parameter.docs.description =
            Some(format!("Sets the header {} of the part {}.", code(&parameter.name), code(&part.name)));
    }
    let (docs, name) = (parameters::documented(&parameter), ident(&parameter.ident));
    let taken = arguments::taken(&parameter.ty, From::Outside);
    let made = arguments::made(&parameter.ty, &quote!(value));
    let (part, wire) = (&part.name, &parameter.name);
    quote! {
        #docs
        pub fn #name(self, value: #taken) -> Self {
            Self(self.0.part_header(#part, #wire, &#made))
        }
    }
}

fn line(operation: &Operation, body: &Body) -> Option<call_type::Setter> {
    let BodyKind::Json(ty) = &body.kind else { return None };
    let is_one = operation.body_ident.is_none();
    let set = || call_type::Setter::new(documented(operation, body), &body.ident, ty, ("json", &body.media_type));
    is_one.then(set).flatten()
}

fn part_line(part: &FormPart) -> Option<call_type::Setter> {
    let PartContent::Value(ty) = &part.content else { return None };
    call_type::Setter::new(part_documented(part), &part.ident, ty, ("part", &part.name))
}

fn setter(operation: &Operation, body: &Body) -> TokenStream {
    let docs = documented(operation, body);
    let (name, taken) = (ident(&body.ident), taken(operation, body));
    let call = put(operation, body, quote!(self.0), &quote!(value), false);
    quote! {
        #docs
        pub fn #name(self, value: #taken) -> Self {
            Self(#call)
        }
    }
}

/// What is said of a body, or of all of them.
pub fn documented(operation: &Operation, body: &Body) -> TokenStream {
    let prose = Docs { description: body.description.clone(), ..Docs::default() };
    let fallback =
        if body.parts.is_empty() { "Sets the request body." } else { "Sets parts that have no setter of their own." };
    docs::lines(&format!("{}\n\n{}", docs::markdown(&prose, fallback), sent_as(operation, body)))
}

/// Under which media type a body is sent.
pub fn sent_as(operation: &Operation, body: &Body) -> String {
    match &operation.body_ident {
        Some(_) => "Its variant says under which media type it is sent.".to_owned(),
        None if media::is_range(&body.media_type) => {
            format!("Sent as one of {}: say with `content_type` which it is.", code(&body.media_type))
        }
        None => format!("Sent as {}.", code(&body.media_type)),
    }
}

fn content_type() -> TokenStream {
    quote! {
        /// Sets the media type of the request body, where the document allows several.
        pub fn content_type(self, media_type: impl Into<String>) -> Self {
            Self(self.0.content_type(media_type.into()))
        }
    }
}

fn body_type(body: &Body) -> TokenStream {
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Xml(ty, _) | BodyKind::Form(ty, _) | BodyKind::Lines(ty) => {
            rust_type(ty, From::Outside)
        }
        BodyKind::Text => quote!(String),
        BodyKind::Binary => quote!(switchboard_runtime::Body),
        BodyKind::Multipart => quote!(switchboard_runtime::Multipart),
    }
}

/// The type of what a caller gives for a body.
pub fn given_type(operation: &Operation, body: &Body) -> TokenStream {
    match &operation.body_ident {
        Some(name) => {
            let name = ident(name);
            let module = call_module(operation);
            quote!(#module::#name)
        }
        None => body_type(body),
    }
}

/// What a method takes for a body.
pub fn taken(operation: &Operation, body: &Body) -> TokenStream {
    match (body.kind.value(), &operation.body_ident) {
        (Some(ty), None) => arguments::taken(ty, From::Outside),
        _ => arguments::into(&given_type(operation, body)),
    }
}

/// The call with a body that was given; `is_made` if that needs no conversion.
pub fn put(operation: &Operation, body: &Body, call: TokenStream, given: &TokenStream, is_made: bool) -> TokenStream {
    let made = match body.kind.value() {
        _ if is_made => given.clone(),
        Some(ty) if operation.body_ident.is_none() => arguments::made(ty, given),
        _ => quote!(#given.into()),
    };
    match &operation.body_ident {
        Some(name) => {
            let name = ident(name);
            let module = call_module(operation);
            quote!(#module::#name::put(#made, #call))
        }
        None => {
            let put = put_value(body, &made);
            quote!(#call #put)
        }
    }
}

/// How a call is given a body.
fn put_value(body: &Body, made: &TokenStream) -> TokenStream {
    let media_type = &body.media_type;
    match &body.kind {
        BodyKind::Json(_) => quote!(.json(#media_type, &#made)),
        BodyKind::Xml(_, root) => {
            let root = ident(root);
            quote!(.xml(#media_type, &#made, &crate::xml::#root))
        }
        BodyKind::Form(_, fields) => {
            let fields = parameters::fields(fields);
            quote!(.form(#media_type, &#made, #fields))
        }
        BodyKind::Lines(_) => quote!(.lines(#media_type, &#made)),
        BodyKind::Text => quote!(.text(#media_type, #made)),
        BodyKind::Binary => quote!(.body(#media_type, #made)),
        BodyKind::Multipart => quote!(.multipart(#made)),
    }
}

/// The enum of an operation's bodies, where there are several.
pub fn one_of(operation: &Operation) -> Option<TokenStream> {
    let name = ident(operation.body_ident.as_ref()?);
    let method = docs::method(operation.tag.as_ref(), &operation.ident);
    let docs = docs::lines(&format!("The body of {method}, by the media type that it is sent under."));
    let variants = operation.bodies().map(|body| {
        let (variant, ty) = (ident(&body.variant), body_type(body));
        let docs = docs::lines(&format!("Sent as {}.", code(&body.media_type)));
        quote!(#docs #variant(#ty),)
    });
    let arms = operation.bodies().map(|body| {
        let (variant, put) = (ident(&body.variant), put_value(body, &quote!(body)));
        quote!(Self::#variant(body) => call #put,)
    });
    let conversions = super::conversions::of_bodies(operation.body_ident.as_ref()?, operation);
    let whole =
        operation.bodies().filter(|body| matches!(body.kind, BodyKind::Binary | BodyKind::Multipart)).map(|body| {
            let (variant, ty) = (ident(&body.variant), body_type(body));
            quote! {
                impl From<#ty> for #name {
                    fn from(body: #ty) -> Self {
                        Self::#variant(body)
                    }
                }
            }
        });
    let derives = if streams(operation) { quote!(Debug) } else { quote!(Clone, Debug) };
    Some(quote! {
        #docs
        #[derive(#derives)]
        #[non_exhaustive]
        pub enum #name { #(#variants)* }

        impl #name {
            pub(crate) fn put(self, call: switchboard_runtime::codegen::v1::Call<'_>) -> switchboard_runtime::codegen::v1::Call<'_> {
                match self { #(#arms)* }
            }
        }

        #conversions
        #(#whole)*
    })
}

/// What is said of a part.
pub fn part_documented(part: &FormPart) -> TokenStream {
    docs::attributes(&part.docs, &format!("Sets the part {}.", code(&part.name)))
}

/// The type of a part.
pub fn part_type(part: &FormPart) -> TokenStream {
    match &part.content {
        PartContent::File => quote!(switchboard_runtime::Part),
        PartContent::Files => quote!(Vec<switchboard_runtime::Part>),
        PartContent::Value(ty) => rust_type(ty, From::Outside),
    }
}

/// What a method takes for a part.
pub fn part_taken(part: &FormPart) -> TokenStream {
    let file = arguments::into(&quote!(switchboard_runtime::Part));
    match &part.content {
        PartContent::File => file,
        PartContent::Files => quote!(impl IntoIterator<Item = #file>),
        PartContent::Value(ty) => arguments::taken(ty, From::Outside),
    }
}

fn part_setter(part: &FormPart) -> TokenStream {
    let (docs, name, taken) = (part_documented(part), ident(&part.ident), part_taken(part));
    let set = set_part(part, &quote!(value), false);
    quote! {
        #docs
        pub fn #name(self, value: #taken) -> Self {
            Self(self.0 #set)
        }
    }
}

/// How a call is given a part; `is_made` if it needs no conversion.
pub fn set_part(part: &FormPart, given: &TokenStream, is_made: bool) -> TokenStream {
    let name = &part.name;
    match &part.content {
        PartContent::File if is_made => quote!(.file(#name, #given)),
        PartContent::File => quote!(.file(#name, #given.into())),
        PartContent::Files if is_made => quote!(.files(#name, #given)),
        PartContent::Files => quote!(.files(#name, #given.into_iter().map(Into::into))),
        PartContent::Value(_) if is_made => quote!(.part(#name, &#given)),
        PartContent::Value(ty) => {
            let made = arguments::made(ty, given);
            quote!(.part(#name, &#made))
        }
    }
}

/// What the runtime has to know of the parts of an operation's form.
pub fn form(operation: &Operation) -> Option<TokenStream> {
    let body = operation.bodies().find(|body| body.kind == BodyKind::Multipart)?;
    let media_type = &body.media_type;
    let form_type = (media_type != "multipart/form-data").then(|| quote!(.form_type(#media_type)));
    let parts = body.parts.iter().map(part_described);
    let parts = (!body.parts.is_empty()).then(|| quote!(.form_parts(&[#(#parts),*])));
    Some(quote!(#form_type #parts))
}

fn part_described(part: &FormPart) -> TokenStream {
    let name = &part.name;
    let is_json = part.media_type.as_deref().is_some_and(is_json);
    let begun = match (&part.content, &part.style) {
        (PartContent::Value(_), Some(field)) => {
            let described = parameters::described_field(field);
            quote!(styled(#described))
        }
        (PartContent::Value(_), None) if is_json => quote!(json(#name)),
        _ if part.xml.is_some() => {
            let root = part.xml.as_deref().map(ident);
            quote!(xml(#name, &crate::xml::#root))
        }
        _ => quote!(new(#name)),
    };
    let is_file = !matches!(part.content, PartContent::Value(_));
    let media_type = part.media_type.as_ref().filter(|_| is_file || part.style.is_none());
    // A value that is written as JSON says so by itself.
    let media_type = media_type.filter(|media_type| is_file || *media_type != "application/json");
    let media_type = media_type.map(|media_type| quote!(.media_type(#media_type)));
    let headers = (!part.headers.is_empty()).then(|| {
        let described = part.headers.iter().map(|header| parameters::described(&header.parameter));
        let required = part.headers.iter().filter(|header| header.required).map(|header| &header.parameter.name);
        quote!(.headers(&[#(#described),*], &[#(#required),*]))
    });
    let required = part.required.then(|| quote!(.required()));
    quote!(switchboard_runtime::codegen::v1::FormPart::#begun #media_type #headers #required)
}

fn is_json(media_type: &str) -> bool {
    media::encoding(media_type) == media::Encoding::Json
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_items, assert_members, assert_tokens, operation};
    use super::*;

    fn sending(content: serde_json::Value, required: bool) -> Operation {
        let body = serde_json::json!({"required": required, "content": content});
        operation(&serde_json::json!({"operationId": "get", "requestBody": body, "responses": {}}))
    }

    /// The call that the client's method makes.
    fn started(operation: &Operation) -> (String, String) {
        let (arguments, call) = super::super::calls::start(operation);
        (quote!(#(#arguments),*).to_string(), call.to_string())
    }

    /// What sets what may be left out: lines without what they say for people, and methods.
    fn set(operation: &Operation) -> (String, TokenStream) {
        let mut found = Setters::default();
        setters(operation, &mut found);
        let lines = found.lines.into_iter().map(|line| call_type::Setter { attributes: Vec::new(), ..line });
        let written = found.written;
        (quote!(#(#lines)*).to_string(), quote!(#(#written)*))
    }

    #[test]
    fn a_body_that_is_required_is_an_argument() {
        let content = serde_json::json!({"application/json": {"schema": {"type": "integer"}}});
        let found = sending(content.clone(), true);
        let (arguments, call) = started(&found);
        assert_eq!(arguments, quote!(id: impl Into<String>, body: impl Into<i64>).to_string());
        assert!(call.contains(&quote!(.json("application/json", &body.into())).to_string()), "{call}");
        let (lines, written) = set(&found);
        assert!(lines.is_empty() && written.is_empty(), "{lines} {written}");
        let (lines, _) = set(&sending(content, false));
        assert_eq!(lines, quote!(body(i64) = json "application/json";).to_string());
    }

    #[test]
    fn of_several_bodies_one_is_given() {
        let content = serde_json::json!({
            "application/json": {"schema": {"type": "integer"}}, "text/plain": {"schema": {"type": "string"}},
        });
        let found = sending(content, true);
        let (arguments, call) = started(&found);
        assert_eq!(arguments, quote!(id: impl Into<String>, body: impl Into<crate::calls::GetBody>).to_string());
        assert!(call.contains("GetBody :: put (body . into () ,"), "{call}");
        let expected = quote! {
            #[derive(Clone, Debug)]
            #[non_exhaustive]
            pub enum GetBody {
                Json(i64),
                Text(String),
            }
            impl GetBody {
                pub(crate) fn put(self, call: switchboard_runtime::codegen::v1::Call<'_>) -> switchboard_runtime::codegen::v1::Call<'_> {
                    match self {
                        Self::Json(body) => call.json("application/json", &body),
                        Self::Text(body) => call.text("text/plain", body),
                    }
                }
            }
            impl From<i64> for GetBody {
                fn from(value: i64) -> Self {
                    Self::Json(value)
                }
            }
            impl From<i32> for GetBody {
                fn from(value: i32) -> Self {
                    Self::Json(value.into())
                }
            }
            impl From<String> for GetBody {
                fn from(value: String) -> Self {
                    Self::Text(value)
                }
            }
            impl From<&str> for GetBody {
                fn from(value: &str) -> Self {
                    Self::Text(value.into())
                }
            }
        };
        assert_items(one_of(&found).unwrap(), expected);
    }

    #[test]
    fn parts_are_declared_and_set_one_by_one() {
        let schema = serde_json::json!({"type": "object", "required": ["file"], "properties": {
            "file": {"type": "string", "contentMediaType": "image/png"}, "size": {"type": "integer"},
        }});
        let found = sending(serde_json::json!({"multipart/form-data": {"schema": schema}}), true);
        let (arguments, call) = started(&found);
        assert_eq!(arguments, quote!(id: impl Into<String>, file: impl Into<switchboard_runtime::Part>).to_string());
        assert!(call.contains(&quote!(.file("file", file.into())).to_string()), "{call}");
        let expected = quote! {
            .form_parts(&[
                switchboard_runtime::codegen::v1::FormPart::new("file").media_type("image/png").required(),
                switchboard_runtime::codegen::v1::FormPart::new("size")
            ])
        };
        assert_tokens(form(&found).unwrap(), expected);
        let expected = quote! {
            pub fn body(self, value: impl Into<switchboard_runtime::Multipart>) -> Self {
                Self(self.0.multipart(value.into()))
            }
        };
        let (lines, written) = set(&found);
        assert_eq!(lines, quote!(size(i64) = part "size";).to_string());
        assert_members(written, expected);
    }

    #[test]
    fn what_is_open_the_caller_says() {
        let found = sending(serde_json::json!({"image/*": {}}), false);
        let expected = quote! {
            pub fn body(self, value: impl Into<switchboard_runtime::Body>) -> Self {
                Self(self.0.body("image/*", value.into()))
            }
            pub fn content_type(self, media_type: impl Into<String>) -> Self {
                Self(self.0.content_type(media_type.into()))
            }
        };
        assert_members(set(&found).1, expected);
    }
}
