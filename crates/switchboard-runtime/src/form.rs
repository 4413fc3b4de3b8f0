//! The parts of a form that a call has set: how each is written is data of the operation, so that a generated setter only
//! names its part.

use std::fmt;

use serde_json::Value;

use crate::api::Operation;
use crate::error::InvalidRequest;
use crate::form_part::{FormPart, Written};
use crate::multipart::{self, Multipart, Part};
use crate::request::Request;

impl FormPart {
    fn of_value(&self, value: serde_json::Result<Value>) -> Multipart {
        let mut form = Multipart::new();
        match (self.written, self.media_type) {
            (Written::Styled(style), _) => form.add_styled(&style, value),
            (Written::Json, media_type) => form.add_json(self.name, media_type.unwrap_or(multipart::JSON), value),
            #[cfg(feature = "xml")]
            (Written::Xml(root), media_type) => {
                form.add_xml(self.name, media_type.unwrap_or("application/xml"), root, value);
            }
            (Written::Usual, Some(media_type)) => form.add_value_as(self.name, media_type, value),
            (Written::Usual, None) => form.add_value(self.name, value),
        }
        form
    }

    fn of_files(&self, files: Vec<Part>) -> Multipart {
        let mut form = Multipart::new();
        for file in files {
            form.part(
                self.name,
                match self.media_type {
                    Some(media_type) => file.default_media_type(media_type),
                    None => file,
                },
            );
        }
        form
    }
}

/// What was set of a form.
#[derive(Default)]
pub(crate) struct Form {
    /// Parts that the operation does not declare.
    whole: Option<Multipart>,
    /// Declared parts, by their place among those.
    parts: Vec<(usize, Multipart)>,
    /// Headers of declared parts, by the part's place and their own.
    headers: Vec<((usize, usize), serde_json::Result<Value>)>,
}

impl Form {
    pub(crate) fn set_whole(&mut self, form: Multipart) {
        self.whole = Some(form);
    }

    /// What is left without the parts that were set as a whole, if anything is.
    pub(crate) fn without_whole(mut self) -> Option<Self> {
        self.whole = None;
        (!self.parts.is_empty() || !self.headers.is_empty()).then_some(self)
    }

    fn declared(operation: &'static Operation, name: &str) -> Result<(usize, &'static FormPart), String> {
        let mut declared = operation.form_parts.iter().enumerate();
        declared.find(|(_, part)| part.name == name).ok_or_else(|| format!("the operation declares no part `{name}`"))
    }

    fn set(&mut self, place: usize, part: Multipart) {
        self.parts.retain(|(known, _)| *known != place);
        self.parts.push((place, part));
    }

    pub(crate) fn set_files(
        &mut self,
        operation: &'static Operation,
        name: &str,
        files: Vec<Part>,
    ) -> Result<(), String> {
        let (place, declared) = Self::declared(operation, name)?;
        self.set(place, declared.of_files(files));
        Ok(())
    }

    pub(crate) fn set_value(
        &mut self,
        operation: &'static Operation,
        name: &str,
        value: serde_json::Result<Value>,
    ) -> Result<(), String> {
        let (place, declared) = Self::declared(operation, name)?;
        self.set(place, declared.of_value(value));
        Ok(())
    }

    pub(crate) fn set_header(
        &mut self,
        operation: &'static Operation,
        part: &str,
        name: &str,
        value: serde_json::Result<Value>,
    ) -> Result<(), String> {
        let (place, declared) = Self::declared(operation, part)?;
        let header = declared.headers.iter().position(|header| header.name == name);
        let header = header.ok_or_else(|| format!("the operation declares no header `{name}` of the part `{part}`"))?;
        self.headers.retain(|(known, _)| *known != (place, header));
        self.headers.push(((place, header), value));
        Ok(())
    }

    /// Makes the form the body of a request, its parts in the document's order.
    pub(crate) fn put(mut self, request: &mut Request) -> Result<(), InvalidRequest> {
        let operation = request.operation();
        let invalid = |message: String| Err(InvalidRequest::new(operation.id(), message));
        if request.body.is_some() {
            return invalid("more than one request body was set".to_owned());
        }
        let mut form = self.whole.take().unwrap_or_default();
        for (place, declared) in operation.form_parts.iter().enumerate() {
            let name = declared.name;
            let set = self.parts.iter().position(|(known, _)| *known == place);
            let Some((_, part)) = set.map(|set| self.parts.swap_remove(set)) else {
                if let Some(header) = self.header_of(place, declared) {
                    return invalid(format!("the header `{header}` is of the part `{name}`, which was not set"));
                }
                if declared.required {
                    return invalid(format!("the part `{name}` is required and was not set"));
                }
                continue;
            };
            form.append(part);
            for (index, header) in declared.headers.iter().enumerate() {
                let set = self.headers.iter().position(|(known, _)| *known == (place, index));
                let is_required = declared.required_headers.contains(&header.name);
                match set.map(|set| self.headers.swap_remove(set).1) {
                    Some(value) if is_required => form.add_part_header(name, &header.required(), value),
                    Some(value) => form.add_part_header(name, header, value),
                    None if is_required => {
                        let header = header.name;
                        return invalid(format!(
                            "the header `{header}` of the part `{name}` is required and was not set"
                        ));
                    }
                    None => {}
                }
            }
        }
        match operation.form_type {
            "" | multipart::FORM_DATA => request.multipart(form),
            other => request.multipart_as(other, form),
        }
        Ok(())
    }

    /// A header that was set of a part.
    fn header_of(&self, place: usize, declared: &FormPart) -> Option<&'static str> {
        let set = self.headers.iter().find(|((part, _), _)| *part == place);
        set.and_then(|((_, header), _)| declared.headers.get(*header)).map(|header| header.name)
    }

    /// The same once more, unless a part is a stream.
    pub(crate) fn try_clone(&self) -> Option<Self> {
        let parts = self.parts.iter().map(|(place, part)| Some((*place, part.try_clone()?)));
        let copy = |value: &serde_json::Result<Value>| match value {
            Ok(value) => Ok(value.clone()),
            Err(error) => Err(serde::ser::Error::custom(error)),
        };
        Some(Self {
            whole: match &self.whole {
                Some(whole) => Some(whole.try_clone()?),
                None => None,
            },
            parts: parts.collect::<Option<_>>()?,
            headers: self.headers.iter().map(|(place, value)| (*place, copy(value))).collect(),
        })
    }
}

/// How many parts there are, not what they hold.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("parts", &self.parts.len()).field("others", &self.whole.is_some()).finish()
    }
}
