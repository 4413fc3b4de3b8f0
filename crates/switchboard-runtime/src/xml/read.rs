//! From XML to the JSON of a type. Elements and attributes are found by their names and namespaces; where the namespace is
//! not the one that the document says, or it says none, by the prefix, or by the name alone, for servers and documents are
//! careless about namespaces. What nothing is known of is passed over, as it is in JSON.

use std::borrow::Cow;

use super::document::{Attribute, Node, Unfit, parse};
use super::{Content, Element, Member, Members, Node as Kind, TEXT_KEY, Union, objects};

/// The JSON that a document stands for, and whether its root is called otherwise than it should be.
///
/// # Errors
///
/// What is no XML, and a root that is another one and holds nothing that is known.
pub(crate) fn to_json(text: &str, root: &Element) -> Result<(Vec<u8>, bool), Unfit> {
    let found = parse(text)?;
    let is_other = found.local != root.name.local;
    if is_other && is_foreign(&found, root) {
        let message = format!("the root element is `{}`, and not `{}`", found.local, root.name.local);
        return Err(Unfit { message, at: text.find('<').unwrap_or(0) });
    }
    let mut json = Vec::with_capacity(text.len());
    value(&found, root.content, &mut json);
    Ok((json, is_other && root.is_named))
}

/// Whether an element that is called otherwise is another thing: nothing in it is known. One that the document does not name
/// may hold what it does not name either.
fn is_foreign(node: &Node<'_>, root: &Element) -> bool {
    let is_open = match root.content {
        Content::Object(_, rest) => rest.is_some() || (node.children.is_empty() && node.attributes.is_empty()),
        Content::Union(_) => node.children.is_empty() && node.attributes.is_empty(),
        _ => true,
    };
    !holds_something(node, root.content) && (root.is_named || !is_open)
}

/// Whether anything in an element is what its content may hold.
fn holds_something(node: &Node<'_>, content: &'static Content) -> bool {
    match content {
        Content::Object(..) => known(node, &Members::of([content])) > 0,
        Content::List(item) => holds_items(node, item),
        Content::Union(union) => {
            let objects = objects(union);
            let mut lists = union.variants.iter().filter_map(|variant| match variant {
                Content::List(item) => Some(item),
                _ => None,
            });
            known(node, &Members::of(objects.iter().map(|(_, object)| *object))) > 0
                || lists.any(|item| holds_items(node, item))
        }
        _ => false,
    }
}

fn holds_items(node: &Node<'_>, item: &Element) -> bool {
    node.children.iter().any(|child| child.local == item.name.local)
}

/// How many children and attributes of an element are known properties.
fn known(node: &Node<'_>, members: &Members) -> usize {
    let children = node.children.iter().filter(|child| element(members, child).is_some());
    let attributes = node.attributes.iter().filter(|own| attribute(members, own).is_some());
    let grouped: usize = members.groups().map(|group| known(node, &group)).sum();
    children.count() + attributes.count() + grouped
}

/// Whether a child or an attribute, for which `is_known` looks, is a property of one without an element of its own.
fn is_grouped(members: &Members, is_known: &dyn Fn(&Members) -> bool) -> bool {
    members.groups().any(|group| is_known(&group) || is_grouped(&group, is_known))
}

/// The JSON of what an element holds.
fn value(node: &Node<'_>, content: &'static Content, json: &mut Vec<u8>) {
    let is_plain = node.children.is_empty();
    match content {
        _ if node.is_nil => json.extend(b"null"),
        Content::Object(..) if is_object(node, content) => object(node, &Members::of([content]), json),
        Content::List(item) if !is_plain || node.text.trim().is_empty() => {
            list(node.children.iter().map(|child| (child, item.content)), json);
        }
        Content::Union(union) => one_of(node, union, json),
        Content::Any => any(node, json),
        // Elements where none should be: their JSON is of another type, which whoever reads it tells.
        _ if !is_plain => any(node, json),
        Content::List(_) => string(&node.text, json),
        _ => scalar(&node.text, content, json),
    }
}

/// Whether an element can be an object of this kind: a text alone is none, unless there is a property for it.
fn is_object(node: &Node<'_>, content: &Content) -> bool {
    let Content::Object(members, _) = content else { return false };
    !node.children.is_empty()
        || !node.attributes.is_empty()
        || node.text.trim().is_empty()
        || members.iter().any(is_text)
}

fn is_text(member: &Member) -> bool {
    matches!(member.node, Kind::Text | Kind::Cdata)
}

/// The JSON of a text.
fn scalar(text: &str, content: &'static Content, json: &mut Vec<u8>) {
    let token = text.trim();
    match content {
        Content::Number => match number(token) {
            Some(number) => json.extend(number.as_bytes()),
            None => string(token, json),
        },
        Content::Boolean if matches!(token, "true" | "1") => json.extend(b"true"),
        Content::Boolean if matches!(token, "false" | "0") => json.extend(b"false"),
        Content::Boolean | Content::Token => string(token, json),
        // A list in an attribute, or as text (XML Schema part 2, section 2.5.1.2).
        Content::List(item) => {
            json.push(b'[');
            for (at, word) in token.split_whitespace().enumerate() {
                if at > 0 {
                    json.push(b',');
                }
                scalar(word, item.content, json);
            }
            json.push(b']');
        }
        Content::Union(union) => scalar(text, scalar_of(union, token), json),
        Content::Text | Content::Any | Content::Object(..) => string(text, json),
    }
}

/// The variant of a union that a text is a value of.
fn scalar_of(union: &'static Union, token: &str) -> &'static Content {
    let fits = |content: &Content| match content {
        Content::Number => number(token).is_some(),
        Content::Boolean => matches!(token, "true" | "false"),
        _ => false,
    };
    let exact = union.variants.iter().find(|variant| fits(variant));
    let text = || union.variants.iter().find(|variant| matches!(variant, Content::Text | Content::Token));
    exact.or_else(text).copied().unwrap_or(&Content::Text)
}

/// A number as JSON writes it (RFC 8259, section 6), digit by digit; XML Schema lets it begin with a plus, a point or zeros,
/// and end with a point (part 2, sections 3.2.3 to 3.2.5).
fn number(token: &str) -> Option<Cow<'_, str>> {
    if serde_json::from_str::<serde_json::Number>(token).is_ok() {
        return Some(Cow::Borrowed(token));
    }
    let (sign, digits) = match token.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", token.strip_prefix('+').unwrap_or(token)),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let written = format!("{sign}{whole}{point}{fraction}{exponent}");
    serde_json::from_str::<serde_json::Number>(&written).ok().map(|_| Cow::Owned(written))
}

fn string(text: &str, json: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(json, text);
}

fn list<'n, 'a: 'n>(items: impl Iterator<Item = (&'n Node<'a>, &'static Content)>, json: &mut Vec<u8>) {
    json.push(b'[');
    for (at, (item, content)) in items.enumerate() {
        if at > 0 {
            json.push(b',');
        }
        value(item, content, json);
    }
    json.push(b']');
}

/// The members of a JSON object as they are written.
struct Fields<'j> {
    json: &'j mut Vec<u8>,
    is_first: bool,
}

impl Fields<'_> {
    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.is_first) {
            self.json.push(b',');
        }
        string(key, self.json);
        self.json.push(b':');
        self.json
    }
}

/// The member that an element is, or is an item of.
fn element(members: &Members, node: &Node<'_>) -> Option<&'static Member> {
    let fits = |member: &Member| matches!(member.node, Kind::Element | Kind::Items);
    named(members, &node.local, node.namespace.as_deref(), &node.prefix, fits)
}

fn attribute(members: &Members, attribute: &Attribute<'_>) -> Option<&'static Member> {
    let Attribute { local, namespace, prefix, .. } = attribute;
    named(members, local, namespace.as_deref(), prefix, |member| member.node == Kind::Attribute)
}

/// The member of a name: the one of its namespace, or else of its prefix, or else any; of equals the first.
fn named(
    members: &Members,
    local: &str,
    namespace: Option<&str>,
    prefix: &str,
    fits: impl Fn(&Member) -> bool,
) -> Option<&'static Member> {
    let alike = members.listed.iter().copied().filter(|member| member.name.local == local && fits(member));
    let unlikeness =
        |member: &&Member| (member.name.namespace != namespace.unwrap_or_default(), member.name.prefix != prefix);
    alike.min_by_key(unlikeness)
}

/// The JSON of an object: its known properties in the order of the table, and then those that are kept all the same.
fn object(node: &Node<'_>, members: &Members, json: &mut Vec<u8>) {
    json.push(b'{');
    let mut fields = Fields { json, is_first: true };
    let found: Vec<Option<&'static Member>> = node.children.iter().map(|child| element(members, child)).collect();
    for (at, member) in members.listed.iter().copied().enumerate() {
        if members
            .listed
            .iter()
            .take(at)
            .any(|before| before.property == member.property && is_there(node, members, &found, before))
        {
            continue;
        }
        let is_own = at < members.own;
        let mut items =
            found.iter().zip(&node.children).filter(|(found, _)| is(**found, member)).map(|(_, child)| child);
        match member.node {
            Kind::Attribute => {
                if let Some(own) = node.attributes.iter().find(|own| is(attribute(members, own), member)) {
                    scalar(&own.value, member.content, fields.key(member.property));
                }
            }
            Kind::Text | Kind::Cdata => {
                if !node.text.is_empty() || (is_own && member.is_required) {
                    scalar(&node.text, member.content, fields.key(member.property));
                }
            }
            Kind::Items => {
                let items: Vec<_> = items.map(|child| (child, member.content)).collect();
                if !items.is_empty() || (is_own && member.is_required) {
                    list(items.into_iter(), fields.key(member.property));
                }
            }
            Kind::Group => {
                if let Some(group) = members.group(member).filter(|group| known(node, group) > 0) {
                    object(node, &group, fields.key(member.property));
                }
            }
            Kind::Element => match (items.next(), items.next()) {
                (None, _) => {}
                (Some(only), None) => value(only, member.content, fields.key(member.property)),
                // Several where one may be: a list, which is of another type, as whoever reads it tells.
                (Some(first), Some(second)) => {
                    let all = [first, second].into_iter().chain(items).map(|child| (child, member.content));
                    list(all, fields.key(member.property));
                }
            },
        }
    }
    if let Some(rest) = members.rest {
        others(node, members, &found, rest, &mut fields);
    }
    json.push(b'}');
}

fn is(found: Option<&'static Member>, member: &'static Member) -> bool {
    found.is_some_and(|found| std::ptr::eq(found, member))
}

fn is_there(node: &Node<'_>, members: &Members, found: &[Option<&'static Member>], member: &'static Member) -> bool {
    match member.node {
        Kind::Text | Kind::Cdata => !node.text.is_empty(),
        Kind::Attribute => node.attributes.iter().any(|own| own.local == member.name.local),
        Kind::Group => members.group(member).is_some_and(|group| known(node, &group) > 0),
        Kind::Element | Kind::Items => found.iter().any(|found| is(*found, member)),
    }
}

/// The properties that no member stands for, by their names without prefixes.
fn others(
    node: &Node<'_>,
    members: &Members,
    found: &[Option<&'static Member>],
    rest: &'static Member,
    fields: &mut Fields<'_>,
) {
    let is_free = |name: &str| members.listed.iter().all(|member| member.property != name);
    let mut names: Vec<&str> = Vec::new();
    for own in &node.attributes {
        let is_known = |members: &Members| attribute(members, own).is_some();
        if !is_known(members) && !is_grouped(members, &is_known) && is_free(&own.local) && !names.contains(&&*own.local)
        {
            names.push(&own.local);
            scalar(&own.value, rest.content, fields.key(&own.local));
        }
    }
    let is_other = |child: &Node<'_>| !is_grouped(members, &|members: &Members| element(members, child).is_some());
    let unknown = found.iter().zip(&node.children).filter(|(found, _)| found.is_none()).map(|(_, child)| child);
    let children = || unknown.clone().filter(|child| is_other(child));
    let mut groups: indexed::Groups<'_, '_> = indexed::Groups::default();
    children().filter(|child| is_free(&child.local)).for_each(|child| groups.add(child));
    for (name, items) in groups.into_iter().filter(|(name, _)| !names.contains(name)) {
        let json = fields.key(name);
        match items.as_slice() {
            [only] if rest.node != Kind::Items => value(only, rest.content, json),
            _ => list(items.iter().map(|item| (*item, rest.content)), json),
        }
    }
}

/// Elements of one name together, in the order of their first.
mod indexed {
    use std::collections::HashMap;

    use super::Node;

    #[derive(Default)]
    pub(super) struct Groups<'n, 'a> {
        places: HashMap<&'n str, usize>,
        groups: Vec<(&'n str, Vec<&'n Node<'a>>)>,
    }

    impl<'n, 'a> Groups<'n, 'a> {
        pub(super) fn add(&mut self, node: &'n Node<'a>) {
            let place = *self.places.entry(&node.local).or_insert(self.groups.len());
            match self.groups.get_mut(place) {
                Some((_, items)) => items.push(node),
                None => self.groups.push((&node.local, vec![node])),
            }
        }

        pub(super) fn into_iter(self) -> impl Iterator<Item = (&'n str, Vec<&'n Node<'a>>)> {
            self.groups.into_iter()
        }
    }
}

/// What an element holds of which nothing is known: text, or an object of its attributes and children.
fn any(node: &Node<'_>, json: &mut Vec<u8>) {
    const KEPT: Member = Member::new("", Kind::Element, &Content::Any);
    const TEXT: Member = Member::new(TEXT_KEY, Kind::Text, &Content::Text);
    if node.is_nil {
        json.extend(b"null");
    } else if node.children.is_empty() && node.attributes.is_empty() {
        string(&node.text, json);
    } else {
        let text = if node.text.trim().is_empty() { Vec::new() } else { vec![const { &TEXT }] };
        object(node, &Members { own: 0, listed: text, rest: Some(const { &KEPT }), depth: 0 }, json);
    }
}

/// The JSON of a union's value: by the property that tells the shapes apart, else as the shape that knows most of what is
/// there. What only another shape knows is kept beside it, for a value can be several at once.
fn one_of(node: &Node<'_>, union: &'static Union, json: &mut Vec<u8>) {
    let has_parts = !node.children.is_empty() || !node.attributes.is_empty();
    let mut objects = objects(union);
    let lists = || union.variants.iter().copied().find(|variant| matches!(variant, Content::List(_)));
    if let Some(list) = lists().filter(|list| has_parts && (objects.is_empty() || holds_something(node, list))) {
        return value(node, list, json);
    }
    if objects.is_empty() {
        return if has_parts { any(node, json) } else { scalar(&node.text, scalar_of(union, node.text.trim()), json) };
    }
    let has_scalar = union
        .variants
        .iter()
        .any(|variant| matches!(variant, Content::Text | Content::Token | Content::Number | Content::Boolean));
    if !has_parts && has_scalar {
        return scalar(&node.text, scalar_of(union, node.text.trim()), json);
    }
    let told = told(node, union, &objects);
    let score = |(index, content): &(usize, &'static Content)| {
        let is_told = told.is_some_and(|told| told == *index);
        (is_told, known(node, &Members::of([*content])))
    };
    // Of equals the first stays first.
    objects.sort_by_key(|object| std::cmp::Reverse(score(object)));
    if let Some((_, first)) = objects.first().filter(|(_, first)| !is_object(node, first)) {
        return scalar(&node.text, first, json);
    }
    object(node, &Members::of(objects.iter().map(|(_, object)| *object)), json);
}

/// The number of the variant that the telling property names.
fn told(node: &Node<'_>, union: &'static Union, objects: &[(usize, &'static Content)]) -> Option<usize> {
    let members = Members::of(objects.iter().map(|(_, object)| *object));
    let is_telling = |member: Option<&'static Member>| member.is_some_and(|member| member.property == union.property);
    let attributes = node.attributes.iter().filter(|own| is_telling(attribute(&members, own))).map(|own| &own.value);
    let children = node.children.iter().filter(|child| is_telling(element(&members, child))).map(|child| &child.text);
    let said = attributes.chain(children).next()?;
    union.values.iter().find(|(value, _)| *value == said.trim()).map(|(_, index)| *index)
}
