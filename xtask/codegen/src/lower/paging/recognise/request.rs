//! What a request takes, as far as paging is concerned.

use indexmap::IndexMap;
use serde_json::Value;

use super::super::argument;
use super::super::list::LIST_METHODS;
use super::super::page::{Leaf, members, plain};
use crate::methods;
use crate::plan::{Location, Operation, PagingStyle, Style, TypeDef, TypeRef};
use crate::schema::references;

/// Words that operations go by that only read, though they are asked by `POST`.
pub const READS: &[&str] = &["browse", "filter", "find", "list", "lookup", "query", "scroll", "search"];

/// A request, with what may be said in it.
pub struct Request<'p> {
    document: &'p Value,
    operation: &'p Operation,
    arguments: Vec<Argument<'p>>,
}

/// Something that a request takes.
pub struct Argument<'p> {
    /// Its name, as a hint writes it.
    pub name: String,
    /// Its name in plain letters.
    pub plain: String,
    /// Its type.
    pub ty: &'p TypeRef,
    /// Its schema as the document has it, where that is easy to find.
    pub schema: Option<&'p Value>,
    /// What the document says of it, in lower case.
    pub prose: String,
}

impl Argument<'_> {
    /// Whether the document says one of these of it.
    pub fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.prose.contains(phrase))
    }
}

impl<'p> Request<'p> {
    /// The request of an operation, if it may page.
    pub fn read(document: &'p Value, operation: &'p Operation, types: &'p IndexMap<String, TypeDef>) -> Option<Self> {
        let arguments = match (operation.method.as_str(), &operation.body) {
            ("GET", None) => queries(document, operation),
            ("GET", Some(body)) if !body.required => queries(document, operation),
            ("QUERY", None) => queries(document, operation),
            ("POST" | "QUERY", Some(body)) if operation.other_bodies.is_empty() && !hides_a_list(operation) => {
                members(document, argument::json(body)?, types).into_iter().map(Argument::from).collect()
            }
            _ => return None,
        };
        Some(Self { document, operation, arguments })
    }

    /// Whether it is told in its body which page is wanted.
    pub fn is_by_body(&self) -> bool {
        match self.operation.method.as_str() {
            "POST" => true,
            "QUERY" => self.operation.body.is_some(),
            _ => false,
        }
    }

    /// Whether the operation only reads: what is asked for by `POST` may be anything but a list, and has to be called one.
    pub fn only_reads(&self) -> bool {
        if self.operation.method != "POST" {
            return true;
        }
        let last = self.operation.path.rsplit('/').next().unwrap_or_default();
        let names = [last, &self.operation.id].map(plain);
        READS.iter().any(|word| names.iter().any(|name| name.contains(word)))
    }

    /// All that it takes.
    pub fn arguments(&self) -> &[Argument<'p>] {
        &self.arguments
    }

    /// What it takes by one of the names, in the order of the names.
    pub fn named<'n>(&'n self, names: &'n [&str]) -> impl Iterator<Item = &'n Argument<'p>> + 'n {
        names.iter().flat_map(|name| self.arguments.iter().filter(move |argument| argument.plain == *name))
    }

    /// A `Link` header of the response that is there for paging: the description says so, or there is a page's size to
    /// set.
    pub fn link_header(&self, sized: bool) -> Option<PagingStyle> {
        let responses = self.document.pointer(&self.operation.pointer)?.get("responses")?.as_object()?;
        let successes = responses.iter().filter(|(status, _)| status.starts_with('2'));
        let found = successes.filter_map(|(_, response)| references::resolve(self.document, response, "")).any(
            |(response, _)| {
                let headers = response.get("headers").and_then(Value::as_object);
                headers.into_iter().flatten().any(|(name, header)| {
                    let Some((header, _)) = references::resolve(self.document, header, "") else { return false };
                    let prose = header.get("description").and_then(Value::as_str).unwrap_or_default().to_lowercase();
                    let meant =
                        prose.contains("next") || prose.contains("pagina") || (sized && !prose.contains("rel="));
                    name.eq_ignore_ascii_case("link") && meant
                })
            },
        );
        found.then_some(PagingStyle::LinkHeader)
    }
}

impl<'p> From<Leaf<'p>> for Argument<'p> {
    fn from(member: Leaf<'p>) -> Self {
        let prose = member.prose();
        Self { name: member.pointer, plain: member.name, ty: &member.field.ty, schema: member.schema, prose }
    }
}

/// Whether a parameter has taken the name of one of a list's methods. Those of a `GET` make room for them; a `POST` that
/// is a list is too rare to rename the parameters of all others.
fn hides_a_list(operation: &Operation) -> bool {
    operation.parameters.iter().any(|parameter| LIST_METHODS.contains(&parameter.ident.as_str()))
}

/// The query parameters that are written in the usual way.
fn queries<'p>(document: &'p Value, operation: &'p Operation) -> Vec<Argument<'p>> {
    let parameters = operation.parameters.iter();
    let queries =
        parameters.filter(|parameter| parameter.location == Location::Query && parameter.style == Style::Form);
    let argument = |parameter: &'p crate::plan::Parameter| Argument {
        plain: plain(&parameter.name),
        ty: &parameter.ty,
        schema: schema(document, operation, &parameter.name),
        prose: parameter.docs.description.as_deref().unwrap_or_default().to_lowercase(),
        name: parameter.name.clone(),
    };
    queries.map(argument).collect()
}

/// The schema of a query parameter, as the document has it; an operation's own goes before that of its path.
fn schema<'p>(document: &'p Value, operation: &Operation, name: &str) -> Option<&'p Value> {
    let item = methods::item(&operation.pointer);
    [operation.pointer.as_str(), item].into_iter().find_map(|owner| {
        let listed = document.pointer(owner)?.get("parameters")?.as_array()?;
        let mut objects = listed.iter().filter_map(|object| references::resolve(document, object, ""));
        let is_it = |object: &Value| {
            object.get("in").and_then(Value::as_str) == Some("query")
                && object.get("name").and_then(Value::as_str) == Some(name)
        };
        let (object, _) = objects.find(|(object, _)| is_it(object))?;
        references::resolve(document, object.get("schema")?, "").map(|(schema, _)| schema)
    })
}
