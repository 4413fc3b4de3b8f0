//! What the macros expand to.

use std::fmt;
use std::marker::PhantomData;

pub use serde;
use serde::de::{self, Deserializer, Visitor};

use crate::decode;

/// Reads a string straight into an open enum, which lists some, without an owned copy in between.
pub fn text<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(
    deserializer: D,
    listed: &'static [&'static str],
) -> Result<T, D::Error> {
    struct Text<T>(&'static [&'static str], PhantomData<T>);

    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            decode::stranger_unless(|| self.0.contains(&text));
            Ok(T::from(text))
        }
    }

    deserializer.deserialize_str(Text(listed, PhantomData))
}
