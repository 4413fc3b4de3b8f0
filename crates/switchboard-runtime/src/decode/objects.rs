//! Reading JSON by the letter, where an object is an object.
//!
//! The code that serde derives takes a list for a struct as well, place by place, for the sake of formats that have no names.
//! In JSON `["a", 7]` is no record: read as one it would be another value, in silence, and with it whatever a vendor answers
//! in place of an object. So what reads a struct is only shown objects; all else goes through as it is.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// Reads a JSON text.
///
/// # Errors
///
/// Where it is none, or not that of a `T`.
pub(super) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Exact(&mut json))?;
    json.end()?;
    Ok(value)
}

/// What serde hands to one another while it reads, with everything in it read in this way.
struct Exact<T>(T);

/// What reads a struct, and takes only objects.
struct Object<V>(V);

macro_rules! forward_deserialize {
    ($($method:ident($($argument:ident: $ty:ty),*);)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($argument: $ty,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Exact(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Exact<D> {
    type Error = D::Error;

    forward_deserialize! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Object(visitor))
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Exact(map))
    }
}

macro_rules! forward_visit {
    ($($method:ident: $ty:ty,)*) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $ty) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Exact<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    forward_visit! {
        visit_bool: bool,
        visit_i8: i8,
        visit_i16: i16,
        visit_i32: i32,
        visit_i64: i64,
        visit_i128: i128,
        visit_u8: u8,
        visit_u16: u16,
        visit_u32: u32,
        visit_u64: u64,
        visit_u128: u128,
        visit_f32: f32,
        visit_f64: f64,
        visit_char: char,
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
        visit_bytes: &[u8],
        visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>,
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Exact(deserializer))
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Exact(deserializer))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Exact(items))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Exact(members))
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Exact(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Exact<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Exact(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Exact<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Exact(seed))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Exact<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        // A key is a text.
        self.0.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Exact(seed))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Exact<A> {
    type Error = A::Error;
    type Variant = Exact<A::Variant>;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(value, variant)| (value, Exact(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Exact<A> {
    type Error = A::Error;

    #[inline]
    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Exact(seed))
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Exact(visitor))
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Object(visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Point {
        x: i64,
        y: f64,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Drawn {
        Nothing,
        Dot(Point),
        Line(Point, Point),
        Text { at: Point, text: String },
    }

    /// Whether a text is read as it is without all this.
    fn is_read<T: DeserializeOwned + std::fmt::Debug + PartialEq>(text: &str) -> bool {
        let plain = serde_json::from_str::<T>(text).map_err(|error| error.to_string());
        let exact = from_slice::<T>(text.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(exact, plain, "{text}");
        exact.is_ok()
    }

    #[test]
    fn all_but_objects_is_read_as_ever() {
        assert!(is_read::<(bool, i8, u64, f32, char, String, Option<u8>, Option<()>)>(
            r#"[true,-1,18446744073709551615,1.5,"c","\u00e4",null,null]"#
        ));
        assert!(is_read::<BTreeMap<String, Vec<Option<Point>>>>(r#"{"a":[null,{"y":1,"x":2}],"b":[]}"#));
        assert!(is_read::<serde_json::Value>(r#"{"a":[1,1.0,null,"b",{"c":[]}]}"#));
        for text in [
            r#""Nothing""#,
            r#"{"Dot":{"x":1,"y":2}}"#,
            r#"{"Line":[{"x":1,"y":2},{"x":3,"y":4}]}"#,
            r#"{"Text":{"at":{"x":1,"y":2},"text":"a"}}"#,
        ] {
            assert!(is_read::<Drawn>(text), "{text}");
        }
        for text in ["", "{", "{}", "7", r#"{"x":"a","y":1}"#, r#"{"x":1,"y":1} 2"#] {
            assert!(!is_read::<Point>(text), "{text}");
        }
        let raw: Vec<Box<RawValue>> = from_slice(br#"[{"a" : 1.0},2]"#).unwrap();
        assert_eq!(raw.iter().map(|raw| raw.get()).collect::<Vec<_>>(), [r#"{"a" : 1.0}"#, "2"]);
    }

    #[test]
    fn a_list_is_no_object_wherever_it_stands() {
        for text in [
            "[[1,2]]",
            r#"{"Dot":[1,2]}"#,
            r#"{"Line":[[1,2],[3,4]]}"#,
            r#"{"Text":[{"x":1,"y":2},"a"]}"#,
            r#"{"Text":{"at":[1,2],"text":"a"}}"#,
        ] {
            let error = match text.strip_prefix('[') {
                Some(_) => from_slice::<Vec<Point>>(text.as_bytes()).map(drop),
                None => from_slice::<Drawn>(text.as_bytes()).map(drop),
            };
            assert!(error.unwrap_err().to_string().starts_with("invalid type: sequence"), "{text}");
        }
    }
}
