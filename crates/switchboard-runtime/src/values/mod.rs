//! Values that vendors write in ways of their own. Each type keeps the text that came, so that a round trip loses
//! nothing and one malformed value does not cost the record; reading it as what it should be is a step of its own.

mod base64;
mod date;
mod date_time;
pub(crate) mod decimal;
pub(crate) mod finite;
pub(crate) mod flag;
mod nullable;
mod scalar;
mod uuid;

use std::error::Error;
use std::fmt;

pub use self::base64::{Base64, Base64Url};
pub use self::date::Date;
pub use self::date_time::DateTime;
pub use self::decimal::{Decimal, DecimalText};
pub use self::nullable::Nullable;
pub use self::scalar::Scalar;
pub use self::uuid::Uuid;

/// A text is not what its format says it is.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidValue {
    expected: &'static str,
    text: String,
}

impl InvalidValue {
    pub(crate) fn new(expected: &'static str, text: &str) -> Self {
        Self { expected, text: text.to_owned() }
    }

    /// What the text should have been, for example `date-time`.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// The text as the vendor wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a {}", crate::text::cut(&self.text, 80), self.expected)
    }
}

/// The text can be as large as the answer.
impl fmt::Debug for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crate::text::cut(&self.text, 80);
        f.debug_struct("InvalidValue").field("expected", &self.expected).field("text", &text).finish()
    }
}

impl Error for InvalidValue {}

/// What the newtypes over text have in common.
macro_rules! text_value {
    ($name:ident) => {
        impl $name {
            /// The text as the vendor wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text as the vendor wrote it.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.to_owned()))
            }
        }
    };
}
pub(crate) use text_value;
