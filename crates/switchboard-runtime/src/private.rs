//! What this crate's macros expand to. Not part of the public interface.

use std::fmt;
use std::marker::PhantomData;

pub use reqwest;
pub use serde;
use serde::de::{self, Deserializer, Visitor};

/// Reads a string straight into a value, without an owned copy in between.
pub fn text<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(deserializer: D) -> Result<T, D::Error> {
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}
