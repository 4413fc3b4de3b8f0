//! The hint `x-switchboard-paging`: what an overlay says where the document does not make the paging plain.

use serde_json::Value;

use crate::plan::{Empty, Paging, PagingStyle, TypeRef};

/// Members of the hint that every style may have.
const COMMON: &[&str] = &["style", "limit", "page_size", "items", "total", "has_more", "empty"];

/// What `empty` may name.
const EMPTY: &[&str] = &["absent", "null", "body"];

/// A hint that cannot be followed, and how it should be written.
pub struct BadHint {
    /// What is wrong.
    pub message: String,
    /// How it should be written.
    pub help: &'static str,
}

/// The styles, each with the members that it has beside the common ones and an example.
const STYLES: &[(&str, &[&str], &str)] = &[
    (
        "offset",
        &["offset"],
        r#"write it as {"style": "offset", "offset": "offset", "limit": "limit", "page_size": 100, "items": "/data"}"#,
    ),
    (
        "page",
        &["page", "first", "total_pages"],
        r#"write it as {"style": "page", "page": "page", "first": 1, "limit": "per_page", "items": "/data"}"#,
    ),
    (
        "cursor",
        &["cursor", "next", "last", "repeat"],
        r#"write it as {"style": "cursor", "cursor": "cursor", "next": "/meta/next_cursor", "items": "/data"}, or, where the last item holds the value, with `"last": "/id"` in place of `next`"#,
    ),
    (
        "link",
        &["next", "repeat", "method"],
        r#"write it as {"style": "link", "next": "/links/next", "items": "/data"}, with `"method": "GET"` where another method begins the list"#,
    ),
    ("link-header", &["repeat", "method"], r#"write it as {"style": "link-header", "items": ""}"#),
    ("none", &[], r#"write it as {"style": "none"}"#),
];

/// What a hint says.
pub struct Hint {
    /// How the list is paged. What its pointers lead to is still to be found.
    pub paging: Paging,
    /// What stands for a list without items, if the hint says so.
    pub empty: Option<Empty>,
}

/// What a hint says; `None` if it says that the operation does not page.
pub fn parse(hint: &Value) -> Result<Option<Hint>, BadHint> {
    let wanted = hint.get("style").and_then(Value::as_str).unwrap_or_default();
    let Some((style, own, help)) = STYLES.iter().find(|(style, ..)| *style == wanted) else {
        let known = STYLES.iter().map(|(style, ..)| format!("`{style}`")).collect::<Vec<_>>().join(", ");
        let message = format!("the paging hint has no style, or one that is not known; there are {known}");
        return Err(BadHint { message, help: STYLES.first().map_or("", |(.., help)| help) });
    };
    let reader = Reader { hint, style, own, help };
    reader.known()?;
    if *style == "none" {
        return Ok(None);
    }
    let style = match *style {
        "offset" => PagingStyle::Offset { offset: reader.required("offset")? },
        "page" => PagingStyle::Page { page: reader.required("page")?, first: reader.number("first")?.unwrap_or(1) },
        "cursor" => reader.cursor()?,
        "link" => PagingStyle::Link { next: reader.required("next")? },
        _ => PagingStyle::LinkHeader,
    };
    let paging = Paging {
        style,
        limit: reader.text("limit")?,
        page_size: reader.number("page_size")?.filter(|size| *size > 0),
        items: reader.required("items")?,
        path: Vec::new(),
        item: TypeRef::Any,
        total: reader.text("total")?,
        total_pages: reader.text("total_pages")?,
        has_more: reader.text("has_more")?,
        empty: Empty::default(),
        repeat_ends: reader.repeat_ends()?,
        links_by_get: reader.links_by_get()?,
        begins: Vec::new(),
    };
    Ok(Some(Hint { paging, empty: reader.empty()? }))
}

struct Reader<'h> {
    hint: &'h Value,
    style: &'static str,
    own: &'static [&'static str],
    help: &'static str,
}

impl Reader<'_> {
    fn bad(&self, message: String) -> BadHint {
        BadHint { message, help: self.help }
    }

    /// A member that no rule reads would be wrong in silence.
    fn known(&self) -> Result<(), BadHint> {
        let common = if self.style == "none" { &["style"][..] } else { COMMON };
        let mut members = self.hint.as_object().into_iter().flatten();
        match members.find(|(name, _)| !common.contains(&name.as_str()) && !self.own.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(self.bad(format!("paging by `{}` knows no `{name}`", self.style))),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>, BadHint> {
        match self.hint.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.bad(format!("`{name}` of the paging hint is no text"))),
        }
    }

    fn number(&self, name: &str) -> Result<Option<u64>, BadHint> {
        match self.hint.get(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.bad(format!("`{name}` of the paging hint is no whole number"))),
            },
        }
    }

    /// A cursor is told by the page, or held by its last item.
    fn cursor(&self) -> Result<PagingStyle, BadHint> {
        let cursor = self.required("cursor")?;
        match (self.text("next")?, self.text("last")?) {
            (Some(next), None) => Ok(PagingStyle::Cursor { cursor, next }),
            (None, Some(last)) => Ok(PagingStyle::LastItem { cursor, last }),
            (None, None) => Err(self.bad("the paging hint lacks `next`, or `last`".to_owned())),
            (Some(_), Some(_)) => Err(self.bad("the paging hint has both `next` and `last`".to_owned())),
        }
    }

    /// Whether the list ends where a page leads to one that was asked for already.
    fn repeat_ends(&self) -> Result<bool, BadHint> {
        match self.text("repeat")?.as_deref() {
            None | Some("error") => Ok(false),
            Some("end") => Ok(true),
            Some(_) => Err(self.bad("`repeat` of the paging hint is neither `\"end\"` nor `\"error\"`".to_owned())),
        }
    }

    /// Whether links are followed by GET; else they are by the operation's own method.
    fn links_by_get(&self) -> Result<bool, BadHint> {
        match self.text("method")?.as_deref() {
            None => Ok(false),
            Some("GET") => Ok(true),
            Some(_) => Err(self
                .bad("`method` of the paging hint is not `\"GET\"`: without it, it is the operation's own".to_owned())),
        }
    }

    fn empty(&self) -> Result<Option<Empty>, BadHint> {
        let Some(value) = self.hint.get("empty") else { return Ok(None) };
        let names: Option<Vec<&str>> = value.as_array().and_then(|names| names.iter().map(Value::as_str).collect());
        let Some(names) = names.filter(|names| names.iter().all(|name| EMPTY.contains(name))) else {
            return Err(
                self.bad("`empty` of the paging hint is no list of `\"absent\"`, `\"null\"` and `\"body\"`".to_owned())
            );
        };
        let has = |name| names.contains(&name);
        Ok(Some(Empty { absent: has("absent"), null: has("null"), body: has("body") }))
    }

    fn required(&self, name: &str) -> Result<String, BadHint> {
        self.text(name)?.ok_or_else(|| self.bad(format!("the paging hint lacks `{name}`")))
    }
}
