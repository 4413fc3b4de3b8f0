//! Which values are secret: `Debug` tells of them only that they are there.
//!
//! A schema may say it (`format: password`, `writeOnly`), and so may a property's name, where its value is a text. Names may
//! mislead: `x-switchboard-secret` says it either way.

use serde_json::Value;

use super::idents;
use crate::diagnostics::pointer_tokens;
use crate::plan::{Docs, TypeRef};
use crate::schema::shape::{Shape, Typed};

/// The ends of names of secrets, in words.
const ENDS: &[&str] = &[
    "access_key",
    "api_key",
    "apikey",
    "auth_key",
    "authorization",
    "authorization_code",
    "bearer",
    "credential",
    "credentials",
    "encryption_key",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "pwd",
    "secret",
    "secret_key",
    "shared_key",
    "signing_key",
    "token",
];

/// Words behind a secret's name that do not make it another thing.
const SAME: &[&str] = &["base64", "confirm", "confirmation", "hash", "pem", "plain", "plaintext", "value"];

/// Words of names whose value is to be seen: of what is public or hidden already, and of tokens that are places in a list.
const OPEN: &[&str] = &[
    "censored",
    "continuation",
    "cursor",
    "end",
    "masked",
    "next",
    "page",
    "pagination",
    "prev",
    "previous",
    "public",
    "publishable",
    "redacted",
    "skip",
    "start",
    "sync",
];

/// Whether values of a property, or a parameter, are secret.
pub fn is_secret(name: &str, typed: &Typed, ty: &TypeRef, docs: &Docs, document: &Value) -> bool {
    let definition = match &typed.shape {
        Shape::Ref(pointer) => Some(pointer.as_str()),
        _ => None,
    };
    let places = [Some(typed.pointer.as_str()), definition];
    let hint =
        places.into_iter().flatten().find_map(|place| document.pointer(place)?.get("x-switchboard-secret")?.as_bool());
    let is_text = is_text(ty);
    let called = definition.and_then(|pointer| pointer_tokens(pointer).last());
    let says = |name: &str| is_text && is_name_of_secret(name);
    hint.unwrap_or_else(|| docs.secret || docs.write_only || says(name) || called.is_some_and(|called| says(&called)))
}

/// Whether a type holds text, or what may be text.
fn is_text(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::String | TypeRef::Uuid | TypeRef::Base64 | TypeRef::Base64Url | TypeRef::Scalar | TypeRef::Any => true,
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => is_text(inner),
        _ => false,
    }
}

/// Whether a name is that of a secret: by its last words, for `token_type` is none.
fn is_name_of_secret(name: &str) -> bool {
    let snake = idents::snake(name);
    let mut words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| SAME.contains(word)) {
        words.pop();
    }
    if words.iter().any(|word| OPEN.contains(word)) {
        return false;
    }
    let last = words.pop().map(|word| word.trim_end_matches(|character: char| character.is_ascii_digit()));
    words.extend(last);
    let single = words.last().map(|word| idents::singular(word)).unwrap_or_default();
    let mut singular = words.clone();
    singular.pop();
    singular.push(&single);
    let ends = |words: &[&str]| {
        let joined = words.join("_");
        ENDS.iter().any(|end| joined == *end || joined.strip_suffix(end).is_some_and(|rest| rest.ends_with('_')))
    };
    ends(&words) || ends(&singular)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lower::testing::{operation, plan};
    use crate::plan::TypeKind;

    #[test]
    fn names_of_secrets_are_known_by_their_last_words() {
        for name in [
            "token",
            "accessToken",
            "client_secret",
            "secretAPIKey",
            "password",
            "new_password2",
            "private_key",
            "Authorization",
            "X-Api-Key",
            "apikey",
            "aws_secret_access_key",
            "passwords",
            "tokens",
            "credentials",
            "password_confirmation",
            "privateKeyPem",
            "jwt",
        ] {
            assert!(is_name_of_secret(name), "{name}");
        }
        for name in [
            "token_type",
            "tokenizer",
            "next_page_token",
            "continuationToken",
            "public_api_key",
            "masked_api_key",
            "password_policy",
            "secret_name",
            "access_key_id",
            "key",
            "authorization_url",
            "max_tokens_per_minute",
            "secretary",
        ] {
            assert!(!is_name_of_secret(name), "{name}");
        }
    }

    /// The properties of a schema that are secret.
    fn secret(properties: Value) -> Vec<String> {
        let schemas = json!({
            "A": {"type": "object", "properties": properties},
            "ApiKey": {"type": "string"}, "Parts": {"type": "object", "properties": {"a": {"type": "string"}}},
        });
        let plan = plan(&json!({}), &schemas);
        let TypeKind::Struct(found) = &plan.types["A"].kind else { panic!("no struct") };
        found.fields.iter().filter(|field| field.docs.secret).map(|field| field.wire.clone()).collect()
    }

    #[test]
    fn a_schema_or_its_name_says_that_it_is_secret() {
        let found = secret(json!({
            "a": {"type": "string", "format": "password"},
            "b": {"type": "object", "writeOnly": true, "properties": {"x": {"type": "string"}}},
            "c": {"type": "array", "items": {"type": "string", "format": "password"}},
            "token": {"type": ["string", "null"]}, "passwords": {"type": "array", "items": {"type": "string"}},
            "own": {"$ref": "#/components/schemas/ApiKey"}, "authorization": {},
            "tokens": {"type": "integer"}, "secret": {"type": "boolean"}, "password": {"enum": ["set", "unset"]},
            "credentials": {"$ref": "#/components/schemas/Parts"}, "name": {"type": "string"},
        }));
        assert_eq!(found, ["a", "b", "c", "token", "passwords", "own", "authorization"]);
    }

    #[test]
    fn a_hint_says_it_either_way() {
        let hinted = |is_secret: bool, mut schema: Value| {
            schema["x-switchboard-secret"] = json!(is_secret);
            schema
        };
        let found = secret(json!({
            "pin": hinted(true, json!({"type": "integer"})), "token": hinted(false, json!({"type": "string"})),
            "key": hinted(false, json!({"type": "string", "format": "password", "writeOnly": true})),
        }));
        assert_eq!(found, ["pin"]);
    }

    #[test]
    fn arguments_are_secret_as_well() {
        let text = json!({"type": "string"});
        let parameters = json!([
            {"name": "access_token", "in": "query", "schema": text}, {"name": "page_token", "in": "query", "schema": text},
        ]);
        let (found, _) = operation("/a", &json!({"operationId": "o", "responses": {}, "parameters": parameters}));
        let secret: Vec<bool> = found.parameters.iter().map(|parameter| parameter.docs.secret).collect();
        assert_eq!(secret, [true, false]);
    }
}
