//! Links in Markdown that lead somewhere: those by reference have their address beside them, and those that are relative lead
//! to the vendor's site, or lose their brackets.

use std::collections::BTreeMap;

/// Markdown whose links are all in place; `site` is the address that relative ones are relative to.
pub fn settle(text: &str, site: Option<&str>) -> String {
    if !text.contains('[') {
        return text.to_owned();
    }
    let lines = lines(text);
    let addresses = definitions(&lines);
    let mut settled = String::with_capacity(text.len());
    for (line, is_code) in lines {
        if is_code {
            settled.push_str(line);
        } else if definition(line).is_none() {
            settled.push_str(&in_line(line, &addresses, site));
        } else {
            continue;
        }
        settled.push('\n');
    }
    settled.trim_end().to_owned()
}

/// The lines, each with whether it is code or stands around it (CommonMark 0.31, section 4.5).
fn lines(text: &str) -> Vec<(&str, bool)> {
    let mut fence = None;
    let with_code = text.lines().map(|line| {
        let bare = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| bare.starts_with(marker));
        let was_open = fence.is_some();
        match (fence, marker) {
            (None, Some(_)) => fence = marker,
            (Some(open), Some(marker)) if open == marker => fence = None,
            _ => {}
        }
        (line, was_open || marker.is_some())
    });
    with_code.collect()
}

/// The addresses by their labels (CommonMark 0.31, section 4.7).
fn definitions<'t>(lines: &[(&'t str, bool)]) -> BTreeMap<String, &'t str> {
    let mut addresses = BTreeMap::new();
    for (label, address) in lines.iter().filter(|(_, is_code)| !is_code).filter_map(|(line, _)| definition(line)) {
        addresses.entry(label).or_insert(address);
    }
    addresses
}

fn definition(line: &str) -> Option<(String, &str)> {
    let (label, rest) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    let mut words = rest.split_whitespace();
    let address = words.next()?.trim_start_matches('<').trim_end_matches('>');
    let title = words.next();
    let is_title = title.is_none_or(|title| title.starts_with(['"', '\'', '(']));
    let is_address = address.contains(['/', '#', '.']);
    (is_title && is_address && !label.is_empty() && !label.contains(['[', ']']))
        .then(|| (label.to_lowercase(), address))
}

/// A line outside of code.
fn in_line(line: &str, addresses: &BTreeMap<String, &str>, site: Option<&str>) -> String {
    let mut settled = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some(length) = code_length(rest) {
            let (code, after) = rest.split_at(length);
            settled.push_str(code);
            rest = after;
        } else if let Some((link, after)) = link(rest, addresses, site) {
            settled.push_str(&link);
            rest = after;
        } else {
            let (next, after) = rest.split_at(character.len_utf8());
            settled.push_str(next);
            rest = after;
        }
    }
    settled
}

/// How long the code is that begins here.
fn code_length(text: &str) -> Option<usize> {
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    let marker = text.get(..ticks).filter(|marker| !marker.is_empty())?;
    Some(text.get(ticks..)?.find(marker)? + 2 * ticks)
}

/// The link that begins here as it should be, and what follows.
fn link<'t>(text: &'t str, addresses: &BTreeMap<String, &str>, site: Option<&str>) -> Option<(String, &'t str)> {
    let inside = text.strip_prefix('[')?;
    let close = inside.find(']')?;
    let (label, after) = (inside.get(..close)?, inside.get(close + 1..)?);
    if label.contains('[') {
        return None;
    }
    if let Some(target) = after.strip_prefix('(') {
        let end = target.find(')')?;
        let (address, after) = (target.get(..end)?, target.get(end + 1..)?);
        // A title is for who points at the link.
        let address = address.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
        return Some((shown(label, address, site), after));
    }
    let (name, after) = match after.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(("", after)) => (label, after),
        Some((name, after)) => (name, after),
        None => (label, after),
    };
    let address = addresses.get(&name.to_lowercase())?;
    Some((shown(label, address, site), after))
}

/// A link to an address, or what it says where the address leads nowhere.
fn shown(label: &str, address: &str, site: Option<&str>) -> String {
    match absolute(address, site) {
        Some(address) if !label.trim().is_empty() => format!("[{label}]({address})"),
        Some(address) => address,
        None => label.to_owned(),
    }
}

/// The address from anywhere (RFC 3986, section 5.2); none of what is relative to nothing, or is no page.
fn absolute(address: &str, site: Option<&str>) -> Option<String> {
    if address.starts_with("https://") || address.starts_with("http://") {
        return Some(address.to_owned());
    }
    let joined = url::Url::parse(site?).ok()?.join(address).ok()?;
    (matches!(joined.scheme(), "http" | "https") && !address.is_empty()).then(|| joined.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_vendors_site_or_are_none() {
        let site = Some("https://docs.example.com/api/v1");
        for (text, with, without) in [
            ("See [a](/b#c).", "See [a](https://docs.example.com/b#c).", "See a."),
            ("[a](#part)", "[a](https://docs.example.com/api/v1#part)", "a"),
            ("[a](../x \"Title\")", "[a](https://docs.example.com/x)", "a"),
            ("[a](https://b.example)", "[a](https://b.example)", "[a](https://b.example)"),
            ("[a](mailto:x@b.example)", "a", "a"),
            ("`[a](/b)`", "`[a](/b)`", "`[a](/b)`"),
            ("```\n[a](/b)\n```", "```\n[a](/b)\n```", "```\n[a](/b)\n```"),
            ("a[0] and [b]", "a[0] and [b]", "a[0] and [b]"),
            ("[b]\n```\n[b]: /c\n```", "[b]\n```\n[b]: /c\n```", "[b]\n```\n[b]: /c\n```"),
        ] {
            assert_eq!(settle(text, site), with, "{text}");
            assert_eq!(settle(text, None), without, "{text}");
        }
    }

    #[test]
    fn references_have_their_address_beside_them() {
        let text = "See [the docs][1], [Guide][] and [guide].\n\n[1]: https://a.example/1\n[Guide]: <https://a.example/g> \"Title\"\n[note]: this is text";
        assert_eq!(
            settle(text, None),
            "See [the docs](https://a.example/1), [Guide](https://a.example/g) and [guide](https://a.example/g).\n\n[note]: this is text"
        );
    }
}
