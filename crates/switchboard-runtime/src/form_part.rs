//! The parts of a form as an operation declares them.

use crate::parameter::Parameter;

/// One part of `multipart/form-data` that the document names (OpenAPI 3.0, section 4.7.14.4).
#[derive(Clone, Copy, Debug)]
pub struct FormPart {
    pub(crate) name: &'static str,
    pub(crate) written: Written,
    pub(crate) media_type: Option<&'static str>,
    pub(crate) headers: &'static [Parameter],
    pub(crate) required_headers: &'static [&'static str],
    pub(crate) required: bool,
}

/// How the content of a part is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Written {
    /// As OpenAPI does unless told otherwise; files as they are.
    Usual,
    /// As JSON.
    Json,
    /// In a style.
    Styled(Parameter),
    /// As XML, with this root.
    #[cfg(feature = "xml")]
    Xml(&'static crate::xml::Element),
}

impl FormPart {
    const fn written(name: &'static str, written: Written) -> Self {
        Self { name, written, media_type: None, headers: &[], required_headers: &[], required: false }
    }

    /// A file, or a value that is written as OpenAPI does unless told otherwise: plain values as text, objects as JSON, arrays
    /// as one part for each item.
    pub const fn new(name: &'static str) -> Self {
        Self::written(name, Written::Usual)
    }

    /// A value that is written as JSON.
    pub const fn json(name: &'static str) -> Self {
        Self::written(name, Written::Json)
    }

    /// A value in a style of its own (OpenAPI 3.1, section 4.8.15).
    pub const fn styled(style: Parameter) -> Self {
        Self::written(style.name, Written::Styled(style))
    }

    /// A value that is written as XML, a list as a part for each item.
    #[cfg(feature = "xml")]
    pub const fn xml(name: &'static str, root: &'static crate::xml::Element) -> Self {
        Self::written(name, Written::Xml(root))
    }

    /// The same with the media type that the document gives it.
    #[must_use]
    pub const fn media_type(self, media_type: &'static str) -> Self {
        Self { media_type: Some(media_type), ..self }
    }

    /// The same with headers of its own; the document requires those that are named in `required`.
    #[must_use]
    pub const fn headers(self, headers: &'static [Parameter], required: &'static [&'static str]) -> Self {
        Self { headers, required_headers: required, ..self }
    }

    /// The same, where the form is invalid without it.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}
