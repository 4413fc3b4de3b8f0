//! `format: byte` and `contentEncoding`: bytes as text, as the vendor wrote it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{self, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// Takes what is padded and what is not, and bits left over that are not zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of a text in either alphabet, with or without padding and white space.
fn decode(text: &str, expected: &'static str) -> Result<Vec<u8>, InvalidValue> {
    let plain: String = text
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .map(|character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    LENIENT.decode(plain).map_err(|_| InvalidValue::new(expected, text))
}

macro_rules! encoded {
    ($name:ident $engine:ident $format:literal) => {
        text_value!($name);

        impl $name {
            /// The text for some bytes.
            pub fn encode(bytes: impl AsRef<[u8]>) -> Self {
                Self(general_purpose::$engine.encode(bytes))
            }

            /// The bytes that the text says: in either alphabet, with or without padding, whatever white space is between.
            ///
            /// # Errors
            ///
            /// [`InvalidValue`] if the text is in neither.
            pub fn decode(&self) -> Result<Vec<u8>, InvalidValue> {
                decode(&self.0, $format)
            }
        }

        impl From<&[u8]> for $name {
            fn from(bytes: &[u8]) -> Self {
                Self::encode(bytes)
            }
        }

        impl From<Vec<u8>> for $name {
            fn from(bytes: Vec<u8>) -> Self {
                Self::encode(bytes)
            }
        }

        impl<const N: usize> From<&[u8; N]> for $name {
            fn from(bytes: &[u8; N]) -> Self {
                Self::encode(bytes)
            }
        }
    };
}

/// Bytes in Base64 (RFC 4648, section 4): `format: byte`, `contentEncoding: base64`.
///
/// Holds the text, which is sent back as it came; comparing and hashing go by the text too. It is made of bytes, or of a text
/// that is in Base64 already.
///
/// ```
/// use switchboard_runtime::Base64;
///
/// let content = Base64::from(b"hello");
/// assert_eq!(content, Base64::from("aGVsbG8="));
/// assert_eq!(content.decode()?, b"hello");
/// # Ok::<(), switchboard_runtime::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64(String);

encoded!(Base64 STANDARD "base64");

/// Bytes in Base64 for URLs (RFC 4648, section 5), without padding: `format: base64url`, `contentEncoding: base64url`.
///
/// Holds the text, as [`Base64`] does.
///
/// ```
/// use switchboard_runtime::Base64Url;
///
/// assert_eq!(Base64Url::from(&[0xfb, 0xff]), "-_8");
/// assert_eq!(Base64Url::from("-_8=").decode()?, [0xfb, 0xff]);
/// # Ok::<(), switchboard_runtime::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64Url(String);

encoded!(Base64Url URL_SAFE_NO_PAD "base64url");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_vendor_writes_is_read_and_sent_back_as_it_came() {
        for text in ["+/8=", "-_8", "+/8", " +/\r\n8=\n", "+/9="] {
            let came: Base64 = serde_json::from_value(text.into()).unwrap();
            assert_eq!(came.decode().unwrap(), [0xfb, 0xff], "{text}");
            assert_eq!(serde_json::to_value(&came).unwrap(), text);
        }
        for text in ["a", "a=b", "aGk\u{e9}"] {
            let error = Base64Url::from(text).decode().unwrap_err();
            assert_eq!((error.expected(), error.text()), ("base64url", text));
        }
        assert!(Base64::from("").decode().unwrap().is_empty());
        assert_eq!(Base64::from(vec![0xfb, 0xff]), "+/8=");
    }
}
