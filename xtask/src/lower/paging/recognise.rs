//! Paging that a document makes plain by itself, from both sides: the parameters of the request, and what stands beside
//! the items in the response. Nothing is guessed: to page wrongly loses or doubles records in silence, which is worse than
//! no stream.

use indexmap::IndexMap;
use serde_json::Value;

use super::page::{Leaf, Page, plain, read};
use crate::lower::references;
use crate::plan::{
    Location, Operation, Paging, PagingStyle, Parameter, Payload, Presence, Style, Success, TypeDef, TypeRef,
};

/// Parameters that count the items to pass over.
const OFFSETS: &[&str] = &["offset", "pageoffset", "skip"];

/// The same by words that may count from one, or mean a stretch that is filtered afterwards: only where the document says
/// that they begin at 0, and where the response tells when the list is at its end.
const STARTS: &[&str] = &["start", "startat"];

/// Parameters that say how many items a page is to have.
const SIZES: &[&str] = &[
    "count",
    "itemsperpage",
    "limit",
    "maxitems",
    "maxpagesize",
    "maxresults",
    "pagelimit",
    "pagesize",
    "perpage",
    "recordsperpage",
    "resultsperpage",
    "rows",
    "size",
    "take",
    "top",
];

/// Parameters with the number of a page.
const PAGES: &[&str] = &["page", "pageindex", "pageno", "pagenum", "pagenumber"];

/// How a document says that pages are counted from zero.
const FROM_ZERO: &[&str] =
    &["zero", "0-based", "0-indexed", "0 based", "0 indexed", "starts at 0", "starting at 0", "starting from 0"];

/// How a document says that pages are counted from one.
const FROM_ONE: &[&str] =
    &["one-based", "1-based", "1-indexed", "1 based", "1 indexed", "starts at 1", "starting at 1", "starting from 1"];

/// Parameters that take a cursor.
const CURSORS: &[&str] = &[
    "after",
    "aftercursor",
    "afterid",
    "bookmark",
    "continuation",
    "continuationtoken",
    "cursor",
    "cursormark",
    "exclusivestartkey",
    "marker",
    "nextcursor",
    "nextmarker",
    "nextpagetoken",
    "nexttoken",
    "offset",
    "page",
    "pageafter",
    "pagecursor",
    "pagetoken",
    "paginationcursor",
    "paginationtoken",
    "pagingtoken",
    "scrollid",
    "startcursor",
    "startingafter",
];

/// Of those the ones that take what any API calls the next cursor.
const PLAIN_CURSORS: &[&str] =
    &["after", "aftercursor", "cursor", "pageafter", "pagecursor", "paginationcursor", "startcursor"];

/// Of those the ones that take what any API calls the next token.
const PLAIN_TOKENS: &[&str] = &["continuationtoken", "pagetoken", "paginationtoken", "pagingtoken"];

/// Links by names that can be nothing else.
const LINKS: &[&str] = &["nexthref", "nextlink", "nextpagelink", "nextpageurl", "nexturl", "odatanextlink"];

/// The same by names that some use for a path from the API's own root, which no document says: only a format tells that
/// it is a whole URL.
const URIS: &[&str] = &["nextpageuri", "nexturi"];

/// Properties with the number of all items.
const TOTALS: &[&str] = &[
    "total",
    "totalcount",
    "totalelements",
    "totalentries",
    "totalhits",
    "totalitems",
    "totalrecords",
    "totalresults",
    "totalrows",
];

/// Properties with the number of all pages, or that of the last.
const TOTAL_PAGES: &[&str] = &[
    "lastpage",
    "numberofpages",
    "numpages",
    "pagecount",
    "pagetotal",
    "pages",
    "pagestotal",
    "totalpagecount",
    "totalpages",
];

/// Properties that say whether there is another page.
const HAS_MORE: &[&str] =
    &["hasmore", "hasmoreitems", "hasmorepages", "hasmoreresults", "hasnext", "hasnextpage", "more", "moreavailable"];

/// How an operation pages, if its document makes that plain.
pub fn paging(document: &Value, operation: &Operation, types: &IndexMap<String, TypeDef>) -> Option<Paging> {
    let needs_body = operation.body.as_ref().is_some_and(|body| body.required);
    let Success::One(Payload::Json(response)) = &operation.success else { return None };
    if operation.method != "GET" || needs_body {
        return None;
    }
    let page = read(document, response, &operation.path, types)?;
    let request = Request { document, operation };
    let size = request.named(SIZES).find(|(parameter, _)| is_whole(&parameter.ty));
    let style = link(&page, types)
        .or_else(|| request.link_header(size.is_some()))
        .or_else(|| cursor(&request, &page))
        .or_else(|| counted(&request, &page))?;
    let numbered = matches!(style, PagingStyle::Page { .. });
    let counted = numbered || matches!(style, PagingStyle::Offset { .. });
    let tell = |is_it: &dyn Fn(&Leaf<'_>) -> bool| {
        page.leaves.iter().find(|leaf| is_it(leaf)).map(|leaf| leaf.pointer.clone())
    };
    let total = tell(&is_total);
    let total_pages = tell(&|leaf| {
        let last_of_zero = leaf.name == "lastpage" && !matches!(style, PagingStyle::Page { first: 1, .. });
        is_total_pages(leaf) && !last_of_zero
    });
    Some(Paging {
        limit: size.map(|(parameter, _)| parameter.name.clone()),
        // Nobody says that a page with fewer items is the last: where no end is told, an empty page is.
        page_size: None,
        items: page.items,
        path: Vec::new(),
        item: TypeRef::Any,
        total: total.filter(|_| counted),
        total_pages: total_pages.filter(|_| numbered),
        // A link says by itself whether there is one.
        has_more: tell(&is_has_more).filter(|_| counted || matches!(style, PagingStyle::Cursor { .. })),
        style,
    })
}

/// The parameters of an operation.
struct Request<'p> {
    document: &'p Value,
    operation: &'p Operation,
}

impl<'p> Request<'p> {
    /// Query parameters by one of the names, in the order of the names, each with its schema.
    fn named<'n>(&'n self, names: &'n [&str]) -> impl Iterator<Item = (&'p Parameter, Option<&'p Value>)> + 'n {
        names.iter().flat_map(move |name| {
            let parameters = self.operation.parameters.iter();
            let queries = parameters.filter(|parameter| {
                parameter.location == Location::Query
                    && parameter.style == Style::Form
                    && plain(&parameter.name) == *name
            });
            queries.map(|parameter| (parameter, self.schema(&parameter.name)))
        })
    }

    /// The schema of a query parameter, as the document has it; an operation's own goes before that of its path.
    fn schema(&self, name: &str) -> Option<&'p Value> {
        let (item, _) = self.operation.pointer.rsplit_once('/')?;
        [self.operation.pointer.as_str(), item].into_iter().find_map(|owner| {
            let listed = self.document.pointer(owner)?.get("parameters")?.as_array()?;
            let mut objects = listed.iter().filter_map(|object| references::resolve(self.document, object, ""));
            let is_it = |object: &Value| {
                object.get("in").and_then(Value::as_str) == Some("query")
                    && object.get("name").and_then(Value::as_str) == Some(name)
            };
            let (object, _) = objects.find(|(object, _)| is_it(object))?;
            references::resolve(self.document, object.get("schema")?, "").map(|(schema, _)| schema)
        })
    }

    /// Whether a parameter takes a token or cursor: beside one that nobody can tell where to get, numbers of pages are
    /// often of no effect.
    fn takes_a_token(&self) -> bool {
        let parameters = self.named(CURSORS);
        parameters
            .map(|(parameter, _)| plain(&parameter.name))
            .any(|name| name.ends_with("token") || name.ends_with("cursor"))
    }

    /// A `Link` header that is there for paging: the description says so, or there is a page's size to set.
    fn link_header(&self, sized: bool) -> Option<PagingStyle> {
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

/// Paging by a number, of items or of pages, with a size beside it.
fn counted(request: &Request<'_>, page: &Page<'_>) -> Option<PagingStyle> {
    let sized = request.named(SIZES).any(|(parameter, _)| is_whole(&parameter.ty));
    // A list that may only be a part of one record: without any number of paging in the response there is only one side.
    let plain = page.certain || page.leaves.iter().any(is_of_paging);
    // One that leads on by a link pages by it, whether or not the link can be understood.
    let links = page.leaves.iter().any(|leaf| URIS.contains(&leaf.name.as_str()));
    if !sized || !plain || links || request.takes_a_token() {
        return None;
    }
    offset(request, page).or_else(|| number(request))
}

/// A property that holds the URL of the next page.
fn link(page: &Page<'_>, types: &IndexMap<String, TypeDef>) -> Option<PagingStyle> {
    let found = page.leaves.iter().find(|leaf| is_link(leaf, types))?;
    Some(PagingStyle::Link { next: found.pointer.clone() })
}

fn is_link(leaf: &Leaf<'_>, types: &IndexMap<String, TypeDef>) -> bool {
    let in_links = matches!(leaf.holder.as_str(), "links" | "link");
    let is_next = matches!(leaf.name.as_str(), "next" | "nextpage");
    let is_uri = URIS.contains(&leaf.name.as_str());
    let in_next = matches!(leaf.holder.as_str(), "next" | "nextpage") && matches!(leaf.name.as_str(), "uri" | "url");
    match &leaf.field.ty {
        TypeRef::Named(_) => is_next && in_links && super::is_link_object(&leaf.field.ty, types),
        TypeRef::String => {
            let certain = LINKS.contains(&leaf.name.as_str()) || (is_next && in_links);
            certain || (is_next && says_url(leaf)) || ((is_uri || in_next) && has_url_format(leaf))
        }
        _ => false,
    }
}

/// Whether the document says of a text that it is a URL: by its format, an example, or in so many words.
fn says_url(leaf: &Leaf<'_>) -> bool {
    let prose = leaf.prose();
    let mut words = prose.split(|character: char| !character.is_alphanumeric());
    has_url_format(leaf) || words.any(|word| matches!(word, "url" | "uri" | "link"))
}

/// Whether a text is a URL by its format or its example.
fn has_url_format(leaf: &Leaf<'_>) -> bool {
    let member = |name: &str| leaf.schema?.get(name)?.as_str();
    let format = matches!(member("format"), Some("uri" | "url" | "uri-reference"));
    format || member("example").is_some_and(|example| example.starts_with("http"))
}

/// A parameter that takes a cursor, and the property that plainly holds the next one.
fn cursor(request: &Request<'_>, page: &Page<'_>) -> Option<PagingStyle> {
    let has_more = page.leaves.iter().any(is_has_more);
    request.named(CURSORS).filter(|(parameter, _)| is_token(&parameter.ty)).find_map(|(parameter, _)| {
        let taken = plain(&parameter.name);
        // The last item's own id goes on for ever, unless it is told that there are no more.
        let last = |leaf: &Leaf<'_>| has_more && leaf.name == "lastid" && matches!(taken.as_str(), "after" | "afterid");
        let mut leaves = page.leaves.iter().filter(|leaf| is_token(&leaf.field.ty) && suits(&taken, parameter, leaf));
        let next = leaves.find(|leaf| is_successor(&taken, leaf) || last(leaf))?;
        Some(PagingStyle::Cursor { cursor: parameter.name.clone(), next: next.pointer.clone() })
    })
}

/// Numbers are cursors only where they are called so, and a page's number where it can be missing: else one that is always
/// told would be followed for ever.
fn suits(taken: &str, parameter: &Parameter, leaf: &Leaf<'_>) -> bool {
    let text = parameter.ty == TypeRef::String && leaf.field.ty == TypeRef::String;
    let ends = matches!(leaf.field.presence, Presence::OptionalNullable | Presence::RequiredNullable);
    match taken {
        "offset" => text,
        "page" => text || (is_whole(&parameter.ty) && is_whole(&leaf.field.ty) && ends),
        _ => true,
    }
}

/// Whether a property holds what the parameter takes on the next page.
fn is_successor(taken: &str, leaf: &Leaf<'_>) -> bool {
    let name = leaf.name.as_str();
    if says_url(leaf) {
        return false;
    }
    let in_cursors = matches!(leaf.holder.as_str(), "cursor" | "cursors");
    if name == format!("next{taken}") || (taken.starts_with("next") && name == taken) {
        return true;
    }
    if matches!(leaf.holder.as_str(), "next" | "nextpage") && name == taken {
        return true;
    }
    if PLAIN_CURSORS.contains(&taken) {
        let in_any = matches!(name, "nextcursor" | "cursornext" | "nextpagecursor" | "endcursor" | "nextoffset");
        return in_any || (in_cursors && matches!(name, "next" | "after")) || is_told_to_be_next(taken, leaf);
    }
    if PLAIN_TOKENS.contains(&taken) {
        let in_any = matches!(name, "nextpagetoken" | "nexttoken");
        return in_any || (name == "nextpage" && leaf.prose().contains("token")) || is_told_to_be_next(taken, leaf);
    }
    is_told_to_be_next(taken, leaf)
}

/// A property of the parameter's own name, or a cursor, holds the next value, not the one that was sent, if the document
/// says so.
fn is_told_to_be_next(taken: &str, leaf: &Leaf<'_>) -> bool {
    let prose = leaf.prose();
    let next = ["next page", "next set", "next request", "next batch", "next call", "subsequent", "following page"];
    let named = leaf.name == taken || (leaf.name == "cursor" && PLAIN_CURSORS.contains(&taken));
    named && next.iter().any(|phrase| prose.contains(phrase))
}

/// The number of all items; not that of those on the page, which some call the same.
fn is_total(leaf: &Leaf<'_>) -> bool {
    TOTALS.contains(&leaf.name.as_str()) && is_count(&leaf.field.ty) && !leaf.prose().contains("page")
}

/// The number of all pages; not that of the items on one.
fn is_total_pages(leaf: &Leaf<'_>) -> bool {
    let prose = leaf.prose();
    let counts_items = prose.contains("item") || prose.contains("result");
    TOTAL_PAGES.contains(&leaf.name.as_str()) && is_count(&leaf.field.ty) && !counts_items
}

fn is_has_more(leaf: &Leaf<'_>) -> bool {
    HAS_MORE.contains(&leaf.name.as_str()) && leaf.field.ty == TypeRef::Boolean
}

/// A number that only a page has: a total, or what was asked for, told again.
fn is_of_paging(leaf: &Leaf<'_>) -> bool {
    let told_again = [OFFSETS, STARTS, SIZES, PAGES].iter().any(|names| names.contains(&leaf.name.as_str()));
    is_total(leaf) || is_total_pages(leaf) || is_has_more(leaf) || (told_again && is_whole(&leaf.field.ty))
}

/// A parameter that counts items.
fn offset(request: &Request<'_>, page: &Page<'_>) -> Option<PagingStyle> {
    let told = page.leaves.iter().any(|leaf| is_total(leaf) || is_has_more(leaf));
    let zero = |schema: Option<&Value>| told && first(schema) == Some(0);
    let sure = request.named(OFFSETS).find(|(_, schema)| !matches!(first(*schema), Some(number) if number != 0));
    let (parameter, _) = sure.or_else(|| request.named(STARTS).find(|(_, schema)| zero(*schema)))?;
    let prose = parameter.docs.description.as_deref().unwrap_or_default().to_lowercase();
    let counts_pages =
        ["page number", "number of pages", "page index", "pages to skip"].iter().any(|said| prose.contains(said));
    (is_whole(&parameter.ty) && !counts_pages).then(|| PagingStyle::Offset { offset: parameter.name.clone() })
}

/// A parameter with the number of a page, where it is known what number the first page has.
fn number(request: &Request<'_>) -> Option<PagingStyle> {
    let (parameter, schema) = request.named(PAGES).find(|(parameter, _)| is_whole(&parameter.ty))?;
    let prose = parameter.docs.description.as_deref().unwrap_or_default().to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| prose.contains(phrase));
    let said = match (says(FROM_ZERO), says(FROM_ONE)) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    };
    let default = whole(schema, "default").filter(|default| said.is_none_or(|said| said == *default));
    // A minimum of 0 is what many tools write of any number without a sign.
    let minimum = whole(schema, "minimum").filter(|minimum| *minimum == 1 && said != Some(0));
    let first = match whole(schema, "default") {
        Some(_) => default,
        None => said.or(minimum),
    };
    first.filter(|first| *first <= 1).map(|first| PagingStyle::Page { page: parameter.name.clone(), first })
}

/// The number that a count of items begins at: its default, or its minimum.
fn first(schema: Option<&Value>) -> Option<u64> {
    whole(schema, "default").or_else(|| whole(schema, "minimum"))
}

/// A whole number that a schema gives.
fn whole(schema: Option<&Value>, keyword: &str) -> Option<u64> {
    let number = schema?.get(keyword)?;
    number
        .as_u64()
        .or_else(|| number.as_f64().filter(|number| *number == 0.0 || *number == 1.0).map(|number| number as u64))
}

fn is_whole(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Integer | TypeRef::Unsigned | TypeRef::Number)
}

fn is_count(ty: &TypeRef) -> bool {
    is_whole(ty) || matches!(ty, TypeRef::String | TypeRef::Scalar)
}

fn is_token(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::String | TypeRef::Uuid | TypeRef::Integer | TypeRef::Unsigned | TypeRef::Scalar)
}

#[cfg(test)]
mod tests;
