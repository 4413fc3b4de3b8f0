//! Paging that a document makes plain by itself, from both sides: the parameters of the request, and what stands beside
//! the items in the response. Nothing is guessed: to page wrongly loses or doubles records in silence, which is worse than
//! no stream.

mod last_item;
mod request;
mod words;

use indexmap::IndexMap;
use serde_json::Value;

use self::last_item::last_item;
pub use self::request::READS;
use self::request::{Argument, Request};
use self::words::{CURSORS, is_has_more};
use super::page::{Leaf, Page, plain, read};
use super::values::{is_count, is_link_object, is_token, is_whole};
use crate::plan::{Empty, Location, Operation, Paging, PagingStyle, Payload, Presence, Success, TypeDef, TypeRef};

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

/// Of those the ones that take what any API calls the next cursor.
const PLAIN_CURSORS: &[&str] =
    &["after", "aftercursor", "cursor", "pageafter", "pagecursor", "paginationcursor", "startcursor"];

/// Of those the ones that take what any API calls the next token.
const PLAIN_TOKENS: &[&str] = &["continuationtoken", "pagetoken", "paginationtoken", "pagingtoken"];

/// The style of paging that a parameter of this name is usually an argument of, as hints call it.
pub fn style_of(name: &str) -> Option<&'static str> {
    let name = plain(name);
    let styles = [("page", PAGES), ("offset", OFFSETS), ("cursor", PLAIN_CURSORS), ("cursor", PLAIN_TOKENS)];
    styles.into_iter().find(|(_, names)| names.contains(&name.as_str())).map(|(style, _)| style)
}

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

/// Words in the names of parameters by which a caller may begin, or end, elsewhere than the list does, and such names. More
/// than are known to page: one too many only means that a total is not held to where a caller sets it.
const BEGINNINGS: &[&str] = &["cursor", "marker", "offset", "page", "position", "skip", "startindex", "token"];
const BEGINNING: &[&str] = &[
    "before",
    "beforeid",
    "endbefore",
    "endingbefore",
    "from",
    "index",
    "lastid",
    "sinceid",
    "startafter",
    "startfrom",
    "startkey",
    "until",
];

/// How an operation pages, if its document makes that plain.
pub fn paging(document: &Value, operation: &Operation, types: &IndexMap<String, TypeDef>) -> Option<Paging> {
    let Success::One(Payload::Json(response) | Payload::Xml(response, _)) = &operation.success else { return None };
    let request = Request::read(document, operation, types)?;
    let page = read(document, response, &operation.path, types)?;
    let size = request.named(SIZES).find(|argument| is_whole(argument.ty));
    let linked = if request.is_by_body() {
        // Nobody says whether a link takes the same body.
        None
    } else {
        link(&page, types).or_else(|| request.link_header(size.is_some()))
    };
    let style = linked
        .or_else(|| cursor(&request, &page))
        .or_else(|| counted(&request, &page))
        // Numbers go with any order of the items; an item's own value may go with one only.
        .or_else(|| last_item(&request, &page, response, types))?;
    let numbered = matches!(style, PagingStyle::Page { .. });
    let tell = |is_it: &dyn Fn(&Leaf<'_>) -> bool| {
        page.leaves.iter().find(|leaf| is_it(leaf)).map(|leaf| leaf.pointer.clone())
    };
    let total = tell(&|leaf| is_total(leaf) && !is_estimate(leaf));
    let total_pages = tell(&|leaf| {
        let last_of_zero = leaf.name == "lastpage" && !matches!(style, PagingStyle::Page { first: 1, .. });
        is_total_pages(leaf) && !last_of_zero
    });
    Some(Paging {
        limit: size.map(|argument| argument.name.clone()),
        // Nobody says that a page with fewer items is the last: where no end is told, an empty page is.
        page_size: None,
        items: page.items,
        path: Vec::new(),
        item: TypeRef::Any,
        total,
        total_pages: total_pages.filter(|_| numbered),
        has_more: tell(&is_has_more),
        empty: Empty::default(),
        repeat_ends: false,
        links_by_get: false,
        begins: Vec::new(),
        style,
    })
}

/// Query parameters by which a caller may begin in the middle of a list that leads on from page to page.
pub fn begins(paging: &Paging, operation: &Operation) -> Vec<String> {
    let own = match &paging.style {
        PagingStyle::Offset { .. } | PagingStyle::Page { .. } => return Vec::new(),
        PagingStyle::Cursor { cursor, .. } | PagingStyle::LastItem { cursor, .. } => Some(cursor),
        PagingStyle::Link { .. } | PagingStyle::LinkHeader => None,
    };
    let begins = |name: &str| {
        let known = [BEGINNING, STARTS, CURSORS].iter().any(|names| names.contains(&name));
        known || (BEGINNINGS.iter().any(|word| name.contains(word)) && !SIZES.contains(&name))
    };
    let queries = operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
    let names = queries.map(|parameter| &parameter.name).filter(|name| begins(&plain(name)) && own != Some(*name));
    names.filter(|name| paging.limit.as_ref() != Some(*name)).cloned().collect()
}

/// Paging by a number, of items or of pages, with a size beside it.
fn counted(request: &Request<'_>, page: &Page<'_>) -> Option<PagingStyle> {
    let sized = request.named(SIZES).any(|argument| is_whole(argument.ty));
    // A list that may only be a part of one record: without any number of paging in the response there is only one side.
    let told = || page.leaves.iter().any(|leaf| is_total(leaf) || is_total_pages(leaf) || is_has_more(leaf));
    let plain = if request.is_by_body() {
        request.only_reads() && told()
    } else {
        page.certain || page.leaves.iter().any(is_of_paging)
    };
    // One that leads on by a link pages by it, whether or not the link can be understood.
    let links = page.leaves.iter().any(|leaf| URIS.contains(&leaf.name.as_str()));
    if !sized || !plain || links || takes_a_token(request) {
        return None;
    }
    offset(request, page).or_else(|| number(request))
}

/// Whether a request takes a token or cursor: beside one that nobody can tell where to get, numbers of pages are often of
/// no effect.
fn takes_a_token(request: &Request<'_>) -> bool {
    request.named(CURSORS).any(|argument| argument.plain.ends_with("token") || argument.plain.ends_with("cursor"))
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
        TypeRef::Named(_) => is_next && in_links && is_link_object(&leaf.field.ty, types),
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
    request.named(CURSORS).filter(|argument| is_token(argument.ty)).find_map(|argument| {
        let taken = argument.plain.as_str();
        // The last item's own id goes on for ever, unless it is told that there are no more.
        let last = |leaf: &Leaf<'_>| has_more && leaf.name == "lastid" && matches!(taken, "after" | "afterid");
        let mut leaves = page.leaves.iter().filter(|leaf| is_token(&leaf.field.ty) && suits(argument, leaf));
        let next = leaves.find(|leaf| is_successor(taken, leaf) || last(leaf))?;
        Some(PagingStyle::Cursor { cursor: argument.name.clone(), next: next.pointer.clone() })
    })
}

/// Numbers are cursors only where they are called so, and a page's number where it can be missing: else one that is always
/// told would be followed for ever.
fn suits(argument: &Argument<'_>, leaf: &Leaf<'_>) -> bool {
    let text = *argument.ty == TypeRef::String && leaf.field.ty == TypeRef::String;
    let ends = matches!(leaf.field.presence, Presence::OptionalNullable | Presence::RequiredNullable);
    match argument.plain.as_str() {
        "offset" => text,
        "page" => text || (is_whole(argument.ty) && is_whole(&leaf.field.ty) && ends),
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
    let next = [
        "next page",
        "next set",
        "next request",
        "next batch",
        "next call",
        "subsequent",
        "following page",
        "end of the list",
    ];
    let named = leaf.name == taken || (leaf.name == "cursor" && PLAIN_CURSORS.contains(&taken));
    named && next.iter().any(|phrase| prose.contains(phrase))
}

/// The number of all items; not that of those on the page, which some call the same.
fn is_total(leaf: &Leaf<'_>) -> bool {
    TOTALS.contains(&leaf.name.as_str()) && is_count(&leaf.field.ty) && !leaf.prose().contains("page")
}

/// Whether a number is not meant to be reached.
fn is_estimate(leaf: &Leaf<'_>) -> bool {
    let prose = leaf.prose();
    ["approximat", "estimat"].iter().any(|word| prose.contains(word))
}

/// The number of all pages; not that of the items on one.
fn is_total_pages(leaf: &Leaf<'_>) -> bool {
    let prose = leaf.prose();
    let counts_items = prose.contains("item") || prose.contains("result");
    TOTAL_PAGES.contains(&leaf.name.as_str()) && is_count(&leaf.field.ty) && !counts_items
}

/// A number that only a page has: a total, or what was asked for, told again.
fn is_of_paging(leaf: &Leaf<'_>) -> bool {
    let told_again = [OFFSETS, STARTS, SIZES, PAGES].iter().any(|names| names.contains(&leaf.name.as_str()));
    is_total(leaf) || is_total_pages(leaf) || is_has_more(leaf) || (told_again && is_whole(&leaf.field.ty))
}

/// A parameter that counts items.
fn offset(request: &Request<'_>, page: &Page<'_>) -> Option<PagingStyle> {
    let told = page.leaves.iter().any(|leaf| is_total(leaf) || is_has_more(leaf));
    let zero = |argument: &Argument<'_>| told && first(argument.schema) == Some(0);
    let sure = request.named(OFFSETS).find(|argument| !matches!(first(argument.schema), Some(number) if number != 0));
    let argument = sure.or_else(|| request.named(STARTS).find(|argument| zero(argument)))?;
    let counts_pages = argument.says(&["page number", "number of pages", "page index", "pages to skip"]);
    (is_whole(argument.ty) && !counts_pages).then(|| PagingStyle::Offset { offset: argument.name.clone() })
}

/// A parameter with the number of a page, where it is known what number the first page has.
fn number(request: &Request<'_>) -> Option<PagingStyle> {
    let argument = request.named(PAGES).find(|argument| is_whole(argument.ty))?;
    let said = match (argument.says(FROM_ZERO), argument.says(FROM_ONE)) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    };
    let default = whole(argument.schema, "default").filter(|default| said.is_none_or(|said| said == *default));
    // A minimum of 0 is what many tools write of any number without a sign.
    let minimum = whole(argument.schema, "minimum").filter(|minimum| *minimum == 1 && said != Some(0));
    let first = match whole(argument.schema, "default") {
        Some(_) => default,
        None => said.or(minimum),
    };
    first.filter(|first| *first <= 1).map(|first| PagingStyle::Page { page: argument.name.clone(), first })
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

#[cfg(test)]
mod tests;
