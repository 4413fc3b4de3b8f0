//! Any webhook as one type, and how the vendor signs what it sends. Which webhook a delivery is of, and how it is signed, no
//! version of OpenAPI can say: the payloads tell the first where each fixes a value, and `x-switchboard-webhooks` both.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::members::Members;
use super::types::{Types, UNKNOWN};
use super::{idents, tell};
use crate::diagnostics::{Diagnostic, Diagnostics, pointer_join};
use crate::methods::is_token;
use crate::plan::{
    AnyWebhook, OwnSignature, SecretForm, Signature, SignatureEncoding, SignedAt, SignedPiece, TypeRef, WebhookName,
    WebhookVariant,
};
use crate::schema::shape::Typed;

/// The hint, at the document's root.
const HINT: &str = "x-switchboard-webhooks";

/// How far the time of a signature may be off where the hint does not say: what Standard Webhooks recommends, in seconds.
const TOLERANCE: u64 = 300;

/// A webhook that sends JSON.
pub struct Sent {
    /// The name of its payload's type.
    pub ident: String,
    /// Key in `webhooks`.
    pub key: String,
    /// The payload.
    pub typed: Typed,
    /// The payload's type.
    pub ty: TypeRef,
    /// `deprecated`.
    pub deprecated: bool,
}

/// What `x-switchboard-webhooks` says.
#[derive(Debug, Default, PartialEq)]
pub struct Hints {
    /// Where a delivery says which webhook it is.
    pub name: Option<WebhookName>,
    /// How it is signed.
    pub signature: Option<Signature>,
}

/// Any of the webhooks that send JSON. Of two of one name the first counts: no delivery tells its method.
pub fn any(
    mut sent: Vec<Sent>,
    hints: &Hints,
    taken: &mut BTreeSet<String>,
    types: &mut Types<'_>,
) -> Option<AnyWebhook> {
    let mut seen = BTreeSet::new();
    sent.retain(|webhook| seen.insert(webhook.key.clone()));
    let diagnostics = &mut *types.schemas.diagnostics;
    if sent.is_empty() {
        if *hints != Hints::default() {
            let message = "the document has no webhook that sends JSON";
            diagnostics.push(Diagnostic::error("bad-hint", pointer_join("", HINT), message));
        }
        return None;
    }
    let listed: Vec<_> = sent.iter().map(|webhook| tell::listed(&mut types.schemas, &webhook.typed)).collect();
    let (name, told) = told(&sent, &listed, hints.name.as_ref());
    if name.is_none() {
        let message = "nothing tells which webhook a delivery is of: they are read by a name that the caller knows";
        let help = format!(
            "`{HINT}` says where the name stands: {{\"name\": {{\"header\": \"…\"}}}}, or {{\"body\": \"/…\"}}"
        );
        types.schemas.diagnostics.push(Diagnostic::adaptation("webhooks", "", message).with_help(help));
    }
    // Whatever a payload fixes, the name of a webhook is its own.
    let mut names: BTreeSet<String> = sent.iter().map(|webhook| webhook.key.clone()).collect();
    let mut variants = Vec::with_capacity(sent.len());
    for (webhook, values) in sent.into_iter().zip(told) {
        let values = values.into_iter().filter(|value| names.insert(value.clone()));
        let own = std::iter::once(webhook.key.clone()).chain(values).collect();
        let Sent { ident, key, ty, deprecated, .. } = webhook;
        variants.push(WebhookVariant { ident, key, names: own, ty, deprecated });
    }
    let ident = idents::unique(["AnyWebhook".to_owned()], taken);
    let mut members = Members::new(&ident, UNKNOWN, types.names.memory());
    members.keep(variants.iter().map(|variant| variant.key.as_str()));
    members.note_all();
    for variant in &mut variants {
        variant.ident = members.name(&variant.key, vec![variant.ident.clone()]);
    }
    let other = members.others();
    types.names.memory().note_members(&ident, members.into_names());
    Some(AnyWebhook { ident, variants, other, name })
}

/// The values that a payload lists for its properties, by the steps that lead to them.
type Listed = IndexMap<Vec<String>, Vec<String>>;

/// Where a delivery says which webhook it is, and what it says there of each: what the hint says, else a property that all
/// payloads fix. A single webhook need not be told from others: where its payload has several values, they are no names.
fn told(sent: &[Sent], listed: &[Listed], hint: Option<&WebhookName>) -> (Option<WebhookName>, Vec<Vec<String>>) {
    let pointer = |path: &[String]| path.iter().fold(String::new(), |pointer, step| pointer_join(&pointer, step));
    let mut paths: Vec<&Vec<String>> = listed.first().map(|listed| listed.keys().collect()).unwrap_or_default();
    paths.sort_by_key(|path| path.len());
    let mut found = paths.into_iter().filter_map(|path| Some((pointer(path), values(path, sent, listed)?)));
    let nothing = || vec![Vec::new(); sent.len()];
    match (hint, sent) {
        (Some(WebhookName::Body(wanted)), _) => {
            let values = found.find(|(pointer, _)| pointer == wanted).map_or_else(nothing, |(_, values)| values);
            (hint.cloned(), values)
        }
        (Some(_), _) => (hint.cloned(), nothing()),
        (None, [only]) => match found.find(|(_, values)| values.iter().all(|values| values.len() == 1)) {
            Some((pointer, values)) => (Some(WebhookName::Body(pointer)), values),
            None => (Some(WebhookName::Only(only.key.clone())), nothing()),
        },
        (None, _) => match found.next() {
            Some((pointer, values)) => (Some(WebhookName::Body(pointer)), values),
            None => (None, nothing()),
        },
    }
}

/// What each webhook has at a path, if that tells it from all others: the values that its payload lists; of a payload that
/// several share, the webhook's own name, if that is listed.
fn values(path: &Vec<String>, sent: &[Sent], listed: &[Listed]) -> Option<Vec<Vec<String>>> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(sent.len());
    for (webhook, listed) in sent.iter().zip(listed) {
        let values = listed.get(path)?;
        let is_shared = sent.iter().filter(|other| other.ty == webhook.ty).count() > 1;
        let own: Vec<String> = match is_shared {
            true => values.iter().filter(|value| **value == webhook.key).cloned().collect(),
            false => values.clone(),
        };
        if own.is_empty() || !own.iter().all(|value| seen.insert(value.clone())) {
            return None;
        }
        all.push(own);
    }
    Some(all)
}

/// Reads the hint; what is wrong with it is an error at its place.
pub fn hints(document: &Value, diagnostics: &mut Diagnostics) -> Hints {
    let Some(hint) = document.get(HINT) else { return Hints::default() };
    let place = pointer_join("", HINT);
    let read = object(hint, &place, &["name", "signature"]).and_then(|hint| {
        let name = hint.get("name").map(|name| self::name(name, &pointer_join(&place, "name"))).transpose()?;
        let signature = hint.get("signature");
        let signature =
            signature.map(|found| self::signature(found, &pointer_join(&place, "signature"))).transpose()?;
        Ok(Hints { name, signature })
    });
    read.unwrap_or_else(|BadHint { pointer, message }| {
        let help = "write it as {\"signature\": \"standard-webhooks\"}, or {\"name\": {\"body\": \"/type\"}, \"signature\": \
                    {\"header\": \"X-Signature\", \"prefix\": \"sha256=\", \"encoding\": \"hex\", \"signed\": \"{body}\"}}";
        diagnostics.push(Diagnostic::error("bad-hint", pointer, message).with_help(help));
        Hints::default()
    })
}

/// What is wrong, and where.
struct BadHint {
    pointer: String,
    message: String,
}

fn bad_hint<T>(pointer: String, message: impl Into<String>) -> Result<T, BadHint> {
    Err(BadHint { pointer, message: message.into() })
}

/// An object that has no other members than these.
fn object<'v>(value: &'v Value, place: &str, known: &[&str]) -> Result<&'v Map<String, Value>, BadHint> {
    let Some(object) = value.as_object() else { return bad_hint(place.to_owned(), "this must be an object") };
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            let message = format!("there is no `{key}` here, only `{}`", known.join("`, `"));
            bad_hint(pointer_join(place, key), message)
        }
        None => Ok(object),
    }
}

/// A text that is not empty, if it is there.
fn text<'v>(object: &'v Map<String, Value>, key: &str, place: &str) -> Result<Option<&'v str>, BadHint> {
    match object.get(key).map(Value::as_str) {
        None => Ok(None),
        Some(Some(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => bad_hint(pointer_join(place, key), format!("`{key}` must be a text")),
    }
}

/// The name of a header (RFC 9110, section 5.1).
fn header(name: &str, place: String) -> Result<String, BadHint> {
    if !is_token(name) {
        return bad_hint(place, format!("`{name}` is no name of a header"));
    }
    Ok(name.to_owned())
}

/// One of several words, the first if none is there.
fn word<T: Copy>(
    object: &Map<String, Value>,
    key: &str,
    place: &str,
    words: &[(&str, T)],
    usual: T,
) -> Result<T, BadHint> {
    let Some(found) = text(object, key, place)? else { return Ok(usual) };
    match words.iter().find(|(word, _)| *word == found) {
        Some((_, value)) => Ok(*value),
        None => {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            bad_hint(pointer_join(place, key), format!("`{key}` must be one of `{}`", all.join("`, `")))
        }
    }
}

/// One of a header and another place, each by its key.
fn place_of(value: &Value, place: &str, other: &str) -> Result<(bool, String), BadHint> {
    let object = object(value, place, &["header", other])?;
    match (text(object, "header", place)?, text(object, other, place)?) {
        (Some(name), None) => Ok((true, header(name, pointer_join(place, "header"))?)),
        (None, Some(found)) => Ok((false, found.to_owned())),
        _ => bad_hint(place.to_owned(), format!("this must have either `header` or `{other}`")),
    }
}

fn name(value: &Value, place: &str) -> Result<WebhookName, BadHint> {
    match place_of(value, place, "body")? {
        (true, name) => Ok(WebhookName::Header(name)),
        (false, pointer) if pointer.starts_with('/') => Ok(WebhookName::Body(pointer)),
        _ => bad_hint(pointer_join(place, "body"), "this must be a JSON pointer, such as `/type`"),
    }
}

fn signature(value: &Value, place: &str) -> Result<Signature, BadHint> {
    const KNOWN: [&str; 8] =
        ["header", "separator", "prefix", "encoding", "signed", "timestamp", "tolerance", "secret"];
    if let Some(text) = value.as_str() {
        return match text {
            "standard-webhooks" => Ok(Signature::Standard),
            other => {
                bad_hint(place.to_owned(), format!("no signature is called `{other}`, only `standard-webhooks` is"))
            }
        };
    }
    let object = object(value, place, &KNOWN)?;
    let Some(name) = text(object, "header", place)? else {
        return bad_hint(place.to_owned(), "the `header` with the signature is missing");
    };
    let mut separator = text(object, "separator", place)?.map(str::chars);
    let timestamp = object.get("timestamp").map(|found| timestamp(found, &pointer_join(place, "timestamp")));
    let encodings = [("hex", SignatureEncoding::Hex), ("base64", SignatureEncoding::Base64)];
    let forms = [("text", SecretForm::Text), ("base64", SecretForm::Base64), ("hex", SecretForm::Hex)];
    let tolerance = object.get("tolerance").map_or(Some(TOLERANCE), Value::as_u64);
    let found = OwnSignature {
        header: header(name, pointer_join(place, "header"))?,
        separator: match separator.as_mut().map(|found| (found.next(), found.next())) {
            None => None,
            Some((found, None)) => found,
            Some(_) => return bad_hint(pointer_join(place, "separator"), "`separator` must be one character"),
        },
        prefix: text(object, "prefix", place)?.unwrap_or_default().to_owned(),
        encoding: word(object, "encoding", place, &encodings, SignatureEncoding::Hex)?,
        signed: signed(text(object, "signed", place)?.unwrap_or("{body}"), &pointer_join(place, "signed"))?,
        timestamp: timestamp.transpose()?,
        tolerance: match tolerance {
            Some(seconds) => seconds,
            None => return bad_hint(pointer_join(place, "tolerance"), "`tolerance` must be a number of seconds"),
        },
        secret: word(object, "secret", place, &forms, SecretForm::Text)?,
    };
    check(&found, place)?;
    Ok(Signature::Own(found))
}

fn timestamp(value: &Value, place: &str) -> Result<SignedAt, BadHint> {
    Ok(match place_of(value, place, "prefix")? {
        (true, name) => SignedAt::Header(name),
        (false, prefix) => SignedAt::Beside(prefix),
    })
}

/// What is signed, from a template: `{body}`, `{timestamp}`, `{header:NAME}`, and text.
fn signed(template: &str, place: &str) -> Result<Vec<SignedPiece>, BadHint> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            return bad_hint(place.to_owned(), "a `{` is not closed");
        };
        if !before.is_empty() {
            pieces.push(SignedPiece::Text(before.to_owned()));
        }
        pieces.push(match (name, name.strip_prefix("header:")) {
            ("body", _) => SignedPiece::Body,
            ("timestamp", _) => SignedPiece::Timestamp,
            (_, Some(name)) => SignedPiece::Header(header(name, place.to_owned())?),
            (other, None) => {
                let message = format!("`{{{other}}}` is none of `{{body}}`, `{{timestamp}}` and `{{header:NAME}}`");
                return bad_hint(place.to_owned(), message);
            }
        });
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(SignedPiece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// Whether the signature proves what it is to prove.
fn check(found: &OwnSignature, place: &str) -> Result<(), BadHint> {
    let signed = pointer_join(place, "signed");
    let signs_time = found.signed.contains(&SignedPiece::Timestamp);
    if !found.signed.contains(&SignedPiece::Body) {
        return bad_hint(signed, "the body is not signed: `{body}` must be in it");
    }
    if signs_time && found.timestamp.is_none() {
        return bad_hint(signed, "nothing says where the time stands: `timestamp` is missing");
    }
    let is_header = |name: &String| {
        found.signed.iter().any(|piece| matches!(piece, SignedPiece::Header(known) if known.eq_ignore_ascii_case(name)))
    };
    let is_signed = match &found.timestamp {
        None => true,
        Some(SignedAt::Header(name)) => signs_time || is_header(name),
        Some(SignedAt::Beside(_)) => signs_time,
    };
    if !is_signed {
        return bad_hint(
            signed,
            "the time is not signed, so that anybody could change it: `{timestamp}` must be in it",
        );
    }
    if matches!(found.timestamp, Some(SignedAt::Beside(_))) && found.separator.is_none() {
        return bad_hint(place.to_owned(), "what stands between the time and the signature is missing: `separator`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lower::{lower, lower_again};

    fn call(schema: Value) -> Value {
        json!({"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}})
    }

    fn event(values: &[&str]) -> Value {
        json!({"type": "object", "required": ["type"], "properties": {"type": {"enum": values}, "id": {"type": "integer"}}})
    }

    fn found(webhooks: Value, hint: Value) -> (Option<AnyWebhook>, Vec<(&'static str, String)>) {
        let mut document = json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "webhooks": webhooks,
            "components": {"schemas": {"Both": event(&["y", "z", "other"])}},
        });
        if !hint.is_null() {
            document[HINT] = hint;
        }
        let mut diagnostics = Diagnostics::default();
        let plan = lower("t", &document, &mut diagnostics);
        (plan.webhooks.any, diagnostics.iter().map(|found| (found.code, found.pointer.clone())).collect())
    }

    fn names(any: &AnyWebhook) -> Vec<(&str, Vec<&str>)> {
        let names = any.variants.iter();
        names.map(|found| (found.ident.as_str(), found.names.iter().map(String::as_str).collect())).collect()
    }

    #[test]
    fn what_the_payloads_fix_tells_webhooks_apart() {
        let both = || call(json!({"$ref": "#/components/schemas/Both"}));
        let (any, told) = found(json!({"x": call(event(&["a", "b"])), "y": both(), "z": both()}), Value::Null);
        let any = any.unwrap();
        assert_eq!((any.ident.as_str(), any.name.clone()), ("AnyWebhook", Some(WebhookName::Body("/type".to_owned()))));
        assert_eq!(names(&any), [("X", vec!["x", "a", "b"]), ("Y", vec!["y"]), ("Z", vec!["z"])]);
        assert_eq!(told, []);
        let nested =
            |kind: &str| json!({"type": "object", "required": ["meta"], "properties": {"meta": event(&[kind])}});
        let (any, _) = found(json!({"x": call(nested("a")), "y": call(nested("b"))}), Value::Null);
        assert_eq!(any.unwrap().name, Some(WebhookName::Body("/meta/type".to_owned())));
    }

    #[test]
    fn what_webhooks_are_called_stays_when_others_come() {
        let document = |keys: &[&str]| {
            let webhooks: Map<String, Value> =
                keys.iter().map(|key| ((*key).to_owned(), call(event(&[key])))).collect();
            json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/"}], "webhooks": webhooks})
        };
        let before = lower("t", &document(&["a-b"]), &mut Diagnostics::default());
        let after = lower_again("t", &document(&["unknown", "a_b", "a-b"]), before.names, &mut Diagnostics::default());
        let any = after.webhooks.any.clone().unwrap();
        let names: Vec<_> = any.variants.iter().map(|found| found.ident.as_str()).collect();
        assert_eq!((names, any.other.as_str()), (vec!["UnknownValue", "AB2", "AB"], "Unknown"));
        let again = lower_again("t", &document(&["unknown", "a_b", "a-b"]), after.names, &mut Diagnostics::default());
        assert_eq!(again.webhooks.any, Some(any));
    }

    #[test]
    fn where_nothing_tells_webhooks_apart_that_is_said() {
        let text = || call(json!({"type": "object", "properties": {"type": {"type": "string"}}}));
        let (any, told) = found(json!({"x": text(), "y": call(event(&["y"]))}), Value::Null);
        assert_eq!(any.as_ref().map(|any| any.name.clone()), Some(None));
        assert_eq!(told, [("webhooks", String::new())]);
        // Both can be `a`.
        let (any, _) = found(json!({"x": call(event(&["a"])), "y": call(event(&["a", "b"]))}), Value::Null);
        assert_eq!(any.unwrap().name, None);
        for (hint, name) in [
            (json!({"header": "X-Event"}), WebhookName::Header("X-Event".to_owned())),
            (json!({"body": "/type"}), WebhookName::Body("/type".to_owned())),
        ] {
            let (any, told) = found(json!({"x": text(), "y": text()}), json!({"name": hint}));
            let any = any.unwrap();
            assert_eq!(
                (any.name.clone(), names(&any), told),
                (Some(name), vec![("X", vec!["x"]), ("Y", vec!["y"])], vec![])
            );
        }
        // Of a single one nothing is told by a value that it may have beside others.
        for only in [text(), call(event(&["a", "b"]))] {
            let (any, told) = found(json!({"only": only}), Value::Null);
            let any = any.unwrap();
            assert_eq!((names(&any), told), (vec![("Only", vec!["only"])], vec![]));
            assert_eq!(any.name, Some(WebhookName::Only("only".to_owned())));
        }
        let (any, _) = found(json!({"only": call(event(&["a"]))}), Value::Null);
        assert_eq!(any.unwrap().name, Some(WebhookName::Body("/type".to_owned())));
    }

    #[test]
    fn how_a_vendor_signs_is_read() {
        let read = |signature: Value| {
            let mut diagnostics = Diagnostics::default();
            let found = hints(&json!({HINT: {"signature": signature}}), &mut diagnostics).signature;
            assert!(!diagnostics.has_errors(), "{signature}");
            found.unwrap()
        };
        assert_eq!(read(json!("standard-webhooks")), Signature::Standard);
        let plain = OwnSignature {
            header: "X-Sig".to_owned(),
            separator: None,
            prefix: String::new(),
            encoding: SignatureEncoding::Hex,
            signed: vec![SignedPiece::Body],
            timestamp: None,
            tolerance: 300,
            secret: SecretForm::Text,
        };
        assert_eq!(read(json!({"header": "X-Sig"})), Signature::Own(plain.clone()));
        let all = json!({
            "header": "X-Sig", "separator": ",", "prefix": "v1=", "encoding": "base64", "signed": "v0:{timestamp}:{body}{header:X-Id}",
            "timestamp": {"prefix": "t="}, "tolerance": 60, "secret": "hex",
        });
        let text = |text: &str| SignedPiece::Text(text.to_owned());
        let id = SignedPiece::Header("X-Id".to_owned());
        assert_eq!(
            read(all),
            Signature::Own(OwnSignature {
                separator: Some(','),
                prefix: "v1=".to_owned(),
                encoding: SignatureEncoding::Base64,
                signed: vec![text("v0:"), SignedPiece::Timestamp, text(":"), SignedPiece::Body, id],
                timestamp: Some(SignedAt::Beside("t=".to_owned())),
                tolerance: 60,
                secret: SecretForm::Hex,
                ..plain
            })
        );
    }

    #[test]
    fn a_hint_that_cannot_be_kept_to_is_an_error_at_its_place() {
        let webhooks = || json!({"x": call(event(&["a"]))});
        for (hint, place) in [
            (json!(true), ""),
            (json!({"sign": {}}), "/sign"),
            (json!({"name": {"header": "a b"}}), "/name/header"),
            (json!({"name": {"body": "type"}}), "/name/body"),
            (json!({"name": {"body": "/a", "header": "A"}}), "/name"),
            (json!({"signature": "other"}), "/signature"),
            (json!({"signature": {}}), "/signature"),
            (json!({"signature": {"header": "A", "algorithm": "x"}}), "/signature/algorithm"),
            (json!({"signature": {"header": "A", "encoding": "octal"}}), "/signature/encoding"),
            (json!({"signature": {"header": "A", "separator": ", "}}), "/signature/separator"),
            (json!({"signature": {"header": "A", "tolerance": "1"}}), "/signature/tolerance"),
            (json!({"signature": {"header": "A", "signed": "{url}{body}"}}), "/signature/signed"),
            (json!({"signature": {"header": "A", "signed": "{body"}}), "/signature/signed"),
            (json!({"signature": {"header": "A", "signed": "a"}}), "/signature/signed"),
            (json!({"signature": {"header": "A", "signed": "{timestamp}{body}"}}), "/signature/signed"),
            (json!({"signature": {"header": "A", "timestamp": {"header": "T"}}}), "/signature/signed"),
            (
                json!({"signature": {"header": "A", "signed": "{timestamp}{body}", "timestamp": {"prefix": "t="}}}),
                "/signature",
            ),
        ] {
            let place = format!("/{HINT}{place}");
            assert_eq!(found(webhooks(), hint.clone()).1, [("bad-hint", place)], "{hint}");
        }
        let (_, told) = found(json!({}), json!({"signature": "standard-webhooks"}));
        assert_eq!(told, [("bad-hint", format!("/{HINT}"))]);
    }
}
