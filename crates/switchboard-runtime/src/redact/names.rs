//! Which names are those of secrets: of a document's properties, for their `Debug`, and of an answer's, for errors. The generator
//! compiles this file too, so it needs nothing beside it.

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

/// Whether a name is that of a secret: by its last words, for `token_type` is none.
pub(crate) fn is_name_of_secret(name: &str) -> bool {
    let mut words = words(name);
    while words.len() > 1 && words.last().is_some_and(|word| SAME.contains(&word.as_str())) {
        words.pop();
    }
    if words.iter().any(|word| OPEN.contains(&word.as_str())) {
        return false;
    }
    let joined = words.join("_");
    let joined = joined.trim_end_matches(|last: char| last.is_ascii_digit());
    let is_end = |end: &&str| {
        let before = joined.strip_suffix(*end).or_else(|| joined.strip_suffix('s')?.strip_suffix(*end));
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    ENDS.iter().any(is_end)
}

/// The words of a name in any style: `accessToken`, `X-API-Key`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = name.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let begins = letter.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || letters.peek().is_some_and(|next| next.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_by_their_last_words_in_any_style() {
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
            "access_token",
            "X-API-Key",
            "APIKey",
            "password2",
            "secretValue",
            "refreshTokens",
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
            "",
            "name",
            "nextPageToken",
            "compassword",
            "monkey",
            "expires_in",
        ] {
            assert!(!is_name_of_secret(name), "{name}");
        }
    }
}
