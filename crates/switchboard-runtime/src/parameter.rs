//! OpenAPI's parameter styles (OpenAPI 3.0, section 4.7.12): from a JSON value to the text that goes over the wire.
//! The value is converted to `serde_json::Value` once, at the generic edge; everything here compiles once.
//!
//! Where the 3.0.3 and 3.0.4 texts differ (`label` without `explode`), 3.0.4 is followed: it corrects the example to
//! what RFC 6570, which both refer to, prescribes.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::percent;

/// How one parameter of an operation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name as the document spells it.
    pub(crate) name: &'static str,
    /// Where it goes.
    pub(crate) location: Location,
    /// How arrays and objects are written.
    pub(crate) style: Style,
    /// Arrays and objects are written as separate values.
    pub(crate) explode: bool,
    /// Reserved characters are sent as they are, but for those that would end the value: in a query and, since OpenAPI 3.2,
    /// in a path.
    pub(crate) allow_reserved: bool,
    pub(crate) slashes: bool,
    /// How lists and objects within an array or an object are written.
    pub(crate) nested: Nested,
    /// Whether a call without it is invalid.
    pub(crate) required: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A segment, or a part of one, of the path.
    Path,
    /// A pair of the query.
    Query,
    /// A header.
    Header,
    /// A pair of the `Cookie` header.
    Cookie,
}

/// The styles of OpenAPI 3.0, and `content: application/json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// `blue,black,brown` (path, header).
    Simple,
    /// `.blue.black.brown` (path).
    Label,
    /// `;color=blue,black,brown` (path).
    Matrix,
    /// `color=blue,black,brown` (query, cookie).
    Form,
    /// `color=blue,black,brown`, `a=1; b=2`: as [`Form`](Self::Form), and nothing is encoded (cookie; OpenAPI 3.2).
    Cookie,
    /// `color=blue%20black%20brown` (query).
    SpaceDelimited,
    /// `color=blue%7Cblack%7Cbrown` (query).
    PipeDelimited,
    /// `color=blue%09black%09brown`: what Swagger 2.0 calls `tsv`, and OpenAPI 3 has no word for.
    TabDelimited,
    /// `color%5BR%5D=100&color%5BG%5D=200` (query). What is nested deeper, which the specification leaves open, is
    /// written with further brackets, items of arrays with their index, unless [`Nested`] says otherwise.
    DeepObject,
    /// `content: application/json`: the JSON text of the value.
    Json,
}

/// How lists and objects are written that stand within the array or object of a parameter. The specification leaves that
/// open (OpenAPI 3.0, section 4.7.12.3), so servers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nested {
    /// What most servers read: a list in an exploded object repeats its name, `sort=a&sort=b`; in a
    /// [`DeepObject`](Style::DeepObject) its items have their index; everything else is JSON.
    Usual,
    /// `sort=%5B%22a%22%2C%22b%22%5D`: the JSON text.
    Json,
    /// `sort=a&sort=b`. Objects, which have no name to repeat, are JSON.
    Repeat,
    /// `sort%5B%5D=a&sort%5B%5D=b`: items behind empty brackets, members behind their name in brackets.
    Brackets,
    /// `sort%5B0%5D=a&sort%5B1%5D=b`: items behind their index in brackets, members behind their name.
    Index,
    /// `sort=a,b`.
    Comma,
    /// `sort=a%20b`.
    Space,
    /// `sort=a%09b`.
    Tab,
    /// `sort=a%7Cb`.
    Pipe,
}

impl Nested {
    /// What joins the items of a list in one piece.
    fn separator(self) -> Option<char> {
        match self {
            Self::Comma => Some(','),
            Self::Space => Some(' '),
            Self::Tab => Some('\t'),
            Self::Pipe => Some('|'),
            Self::Usual | Self::Json | Self::Repeat | Self::Brackets | Self::Index => None,
        }
    }
}

impl Style {
    /// What joins the items of a list that is one piece.
    fn separator(self) -> char {
        match self {
            Self::SpaceDelimited => ' ',
            Self::TabDelimited => '\t',
            Self::PipeDelimited => '|',
            _ => ',',
        }
    }
}

impl Parameter {
    /// A path parameter: `simple`, not exploded.
    pub const fn path(name: &'static str) -> Self {
        Self::plain(name, Location::Path, Style::Simple, false)
    }

    /// A query parameter: `form`, exploded.
    pub const fn query(name: &'static str) -> Self {
        Self::plain(name, Location::Query, Style::Form, true)
    }

    /// A header parameter: `simple`, not exploded.
    pub const fn header(name: &'static str) -> Self {
        Self::plain(name, Location::Header, Style::Simple, false)
    }

    /// A cookie parameter: `form`, exploded.
    pub const fn cookie(name: &'static str) -> Self {
        Self::plain(name, Location::Cookie, Style::Form, true)
    }

    const fn plain(name: &'static str, location: Location, style: Style, explode: bool) -> Self {
        Self {
            name,
            location,
            style,
            explode,
            allow_reserved: false,
            slashes: false,
            nested: Nested::Usual,
            required: false,
        }
    }

    /// The same with another style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The same with another `explode`.
    pub const fn explode(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// The same with another `allowReserved`.
    pub const fn allow_reserved(mut self, allow_reserved: bool) -> Self {
        self.allow_reserved = allow_reserved;
        self
    }

    /// The same, where the slashes of a text in a path stay, for they part segments.
    pub const fn slashes(mut self) -> Self {
        self.slashes = true;
        self
    }

    /// The same with another way to write what stands within arrays and objects.
    pub const fn nested(mut self, nested: Nested) -> Self {
        self.nested = nested;
        self
    }

    /// The same, where a call without it is invalid (OpenAPI 3.0, section 4.7.12.2): a value that comes to nothing, such as a
    /// list without items, is refused in place of being left out. Path parameters are required without being told.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// A pair, both halves already encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What cannot be written, for it would be read as something else: a text that holds what stands between texts, which is this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Divided(pub(crate) char);

impl fmt::Display for Divided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value within it holds {:?}, which stands between values", self.0)
    }
}

/// A way to encode one piece of text.
type Encode<'a> = &'a dyn Fn(&str) -> String;

/// How text is written in one place.
#[derive(Clone, Copy)]
struct Writing<'a> {
    name: Encode<'a>,
    value: Encode<'a>,
    /// Whether what separates values is percent-encoded, but for commas.
    percent: bool,
}

impl Writing<'_> {
    fn pair(self, name: &str, value: &str) -> Pair {
        Pair { name: (self.name)(name), value: (self.value)(value) }
    }

    /// A text that stands between separators, encoded.
    fn between(self, text: &str, encode: Encode<'_>, separators: &[char]) -> Result<String, Divided> {
        let encoded = encode(text);
        let is_split = |separator: char| match separator {
            // These are written in one way, within a text and around it.
            ' ' | '\t' | '|' => text.contains(separator),
            _ => encoded.contains(separator),
        };
        match separators.iter().find(|separator| is_split(**separator)) {
            Some(separator) => Err(Divided(*separator)),
            None => Ok(encoded),
        }
    }

    fn separator(self, separator: char) -> &'static str {
        match (separator, self.percent) {
            (' ', true) => "%20",
            (' ', false) => " ",
            ('\t', true) => "%09",
            ('\t', false) => "\t",
            ('|', true) => "%7C",
            ('|', false) => "|",
            ('.', _) => ".",
            (';', _) => ";",
            _ => ",",
        }
    }
}

/// Whether nothing of a value is written: a list without items, or with none but null, as of an object.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(Value::is_null),
        Value::Object(members) => members.values().all(Value::is_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The text of a path or header parameter; `None` when there is nothing to send.
pub(crate) fn render_text(parameter: &Parameter, value: Value) -> Result<Option<String>, Divided> {
    let is_header = parameter.location == Location::Header;
    let encode: Encode<'_> = match (is_header, parameter.allow_reserved) {
        (true, _) => &str::to_owned,
        (false, true) => &percent::encode_segment,
        (false, false) => &percent::encode,
    };
    let segments = |text: &str| text.split('/').map(encode).collect::<Vec<_>>().join("/");
    let encode: Encode<'_> = if parameter.slashes { &segments } else { encode };
    let writing = Writing { name: encode, value: encode, percent: !is_header };
    Ok(Some(match (parameter.style, value) {
        (_, Value::Null) => return Ok(None),
        (Style::Json, value) => encode(&value.to_string()),
        // A path has no room for nothing, which is told there.
        (_, value) if is_header && is_nothing(&value) => return Ok(None),
        (Style::Label, value) => label(parameter, &value, writing)?,
        (Style::Matrix, value) => matrix(parameter, &value, writing)?,
        // What most values are: a text that is sent as it is.
        (_, Value::String(text)) if is_header => text,
        (_, Value::String(text)) if !(parameter.allow_reserved || parameter.slashes) => percent::encode_owned(text),
        (style, value) => joined(parameter, &value, &[style.separator()], parameter.explode, writing)?,
    }))
}

/// The pairs of a query or cookie parameter; none when there is nothing to send.
pub(crate) fn render_pairs(parameter: &Parameter, value: &Value) -> Result<Vec<Pair>, Divided> {
    let kept = |text: &str| percent::encode_value(text, parameter.allow_reserved);
    let writing = match parameter.location {
        Location::Cookie if parameter.style == Style::Cookie => {
            Writing { name: &str::to_owned, value: &str::to_owned, percent: false }
        }
        Location::Cookie => Writing { name: &str::to_owned, value: &percent::encode_cookie, percent: true },
        _ => Writing { name: &percent::encode, value: &kept, percent: true },
    };
    pairs(parameter, value, writing)
}

/// The pairs of one property of a form body.
pub(crate) fn render_form(parameter: &Parameter, value: &Value) -> Result<Vec<Pair>, Divided> {
    let kept = |text: &str| percent::encode_value(text, true);
    let encode: Encode<'_> = if parameter.allow_reserved { &kept } else { &percent::encode_form };
    pairs(parameter, value, Writing { name: &percent::encode_form, value: encode, percent: true })
}

/// The names and values of the parts that one property of a `multipart/form-data` body comes to. Parts are not
/// percent-encoded (RFC 7578, section 5.1).
pub(crate) fn render_parts(parameter: &Parameter, value: &Value) -> Result<Vec<Pair>, Divided> {
    pairs(parameter, value, Writing { name: &str::to_owned, value: &str::to_owned, percent: false })
}

fn pairs(parameter: &Parameter, value: &Value, writing: Writing<'_>) -> Result<Vec<Pair>, Divided> {
    let (name, mut found) = (parameter.name, Vec::new());
    match (parameter.style, value) {
        (_, Value::Null) => {}
        (Style::Json, _) => found.push(writing.pair(name, &value.to_string())),
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let nested = if parameter.nested == Nested::Usual { Nested::Index } else { parameter.nested };
            match value {
                // Only what is within the object is nested.
                Value::Object(members) => {
                    for (key, member) in members {
                        bracketed(format!("{name}[{key}]"), member, nested, parameter, writing, &mut found)?;
                    }
                }
                _ => bracketed(name.to_owned(), value, nested, parameter, writing, &mut found)?,
            }
        }
        (_, Value::Array(items)) if parameter.explode => {
            for item in items {
                within(name, item, Nested::Json, parameter, writing, &mut found)?;
            }
        }
        (_, Value::Object(members)) if parameter.explode => {
            for (key, member) in members {
                within(key, member, Nested::Repeat, parameter, writing, &mut found)?;
            }
        }
        _ if is_nothing(value) => {}
        (style, _) => {
            let value = joined(parameter, value, &[style.separator()], false, writing)?;
            found.push(Pair { name: (writing.name)(name), value });
        }
    }
    Ok(found)
}

/// Adds the pairs of one item or member of an exploded value; `usual` is how lists are written there unless told.
fn within(
    name: &str,
    value: &Value,
    usual: Nested,
    parameter: &Parameter,
    writing: Writing<'_>,
    found: &mut Vec<Pair>,
) -> Result<(), Divided> {
    let nested = if parameter.nested == Nested::Usual { usual } else { parameter.nested };
    bracketed(name.to_owned(), value, nested, parameter, writing, found)
}

/// Adds the pairs of what stands within a value, at whatever depth.
fn bracketed(
    name: String,
    value: &Value,
    nested: Nested,
    parameter: &Parameter,
    writing: Writing<'_>,
    found: &mut Vec<Pair>,
) -> Result<(), Divided> {
    // An object of brackets stays one, however its lists are written.
    let is_deep = parameter.style == Style::DeepObject || matches!(nested, Nested::Brackets | Nested::Index);
    match (value, nested.separator()) {
        (Value::Object(members), _) if is_deep && nested != Nested::Json => {
            for (key, member) in members {
                bracketed(format!("{name}[{key}]"), member, nested, parameter, writing, found)?;
            }
        }
        (Value::Array(_) | Value::Object(_), Some(separator)) => {
            let value = joined(parameter, value, &[separator], false, writing)?;
            found.push(Pair { name: (writing.name)(&name), value });
        }
        (Value::Array(items), None) if nested != Nested::Json => {
            for (index, item) in items.iter().enumerate() {
                let name = match nested {
                    Nested::Brackets => format!("{name}[]"),
                    Nested::Index => format!("{name}[{index}]"),
                    _ => name.clone(),
                };
                bracketed(name, item, nested, parameter, writing, found)?;
            }
        }
        _ => found.extend(scalar(value).map(|text| writing.pair(&name, &text))),
    }
    Ok(())
}

/// RFC 6570, section 3.2.5.
fn label(parameter: &Parameter, value: &Value, writing: Writing<'_>) -> Result<String, Divided> {
    let separator = if parameter.explode { '.' } else { ',' };
    Ok(format!(".{}", joined(parameter, value, &[separator], parameter.explode, writing)?))
}

/// RFC 6570, section 3.2.7. An empty string is the bare name.
fn matrix(parameter: &Parameter, value: &Value, writing: Writing<'_>) -> Result<String, Divided> {
    let name = (writing.name)(parameter.name);
    Ok(match value {
        Value::Array(items) if parameter.explode => {
            let items = items.iter().filter_map(|item| one(parameter, item, &[';'], writing).transpose());
            items.map(|item| Ok(format!(";{name}={}", item?))).collect::<Result<_, _>>()?
        }
        Value::Object(_) if parameter.explode => match joined(parameter, value, &[';'], true, writing)? {
            none if none.is_empty() => none,
            members => format!(";{members}"),
        },
        _ => match joined(parameter, value, &[','], false, writing)? {
            text if text.is_empty() => format!(";{name}"),
            text => format!(";{name}={text}"),
        },
    })
}

/// A value in one piece: arrays as `a,b`, objects as `k,v` or, with `pairs`, as `k=v`. The last of the separators stands between
/// these, the others around the whole.
fn joined(
    parameter: &Parameter,
    value: &Value,
    separators: &[char],
    pairs: bool,
    writing: Writing<'_>,
) -> Result<String, Divided> {
    let between = writing.separator(separators.last().copied().unwrap_or(','));
    let mut parts = Vec::new();
    match value {
        Value::Array(items) => {
            for item in items {
                parts.extend(pieces(parameter, item, false, separators, writing)?);
            }
        }
        Value::Object(members) => {
            let sign = if pairs { "=" } else { between };
            for (key, member) in members {
                let key = writing.between(key, writing.name, separators)?;
                let pieces = if pairs {
                    pieces(parameter, member, true, separators, writing)?
                } else {
                    one(parameter, member, separators, writing)?.into_iter().collect()
                };
                parts.extend(pieces.into_iter().map(|text| format!("{key}{sign}{text}")));
            }
        }
        _ => return Ok(scalar(value).map(|text| (writing.value)(&text)).unwrap_or_default()),
    }
    Ok(parts.join(between))
}

/// An item or a member of what is one piece: several pieces where it is a list that repeats its name, as it does in an
/// exploded object (`is_named`) unless told otherwise.
fn pieces(
    parameter: &Parameter,
    value: &Value,
    is_named: bool,
    separators: &[char],
    writing: Writing<'_>,
) -> Result<Vec<String>, Divided> {
    let repeats = parameter.nested == Nested::Repeat || (is_named && parameter.nested == Nested::Usual);
    match value {
        Value::Array(items) if repeats => {
            items.iter().filter_map(|item| one(parameter, item, separators, writing).transpose()).collect()
        }
        _ => Ok(one(parameter, value, separators, writing)?.into_iter().collect()),
    }
}

/// An item or a member as one piece: JSON where it has others within, unless they are joined.
fn one(
    parameter: &Parameter,
    value: &Value,
    separators: &[char],
    writing: Writing<'_>,
) -> Result<Option<String>, Divided> {
    match (value, parameter.nested.separator()) {
        (Value::Array(_) | Value::Object(_), Some(separator)) => {
            let separators = [separators, &[separator]].concat();
            joined(parameter, value, &separators, false, writing).map(Some)
        }
        _ => scalar(value).map(|text| writing.between(&text, writing.value, separators)).transpose(),
    }
}

/// The text of a value inside a parameter; `None` for null. What is nested deeper than the style can say, which the
/// specification leaves open, is written as JSON.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Number(number) => Cow::Owned(match number.as_f64().filter(|_| number.is_f64()) {
            // 100.0 is the integer 100 to a server that declared `type: number`; "100.0" is not to all of them.
            Some(float) => float.to_string(),
            None => number.to_string(),
        }),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    })
}

#[cfg(test)]
mod tests;
