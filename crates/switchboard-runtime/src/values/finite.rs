//! Numbers that JSON has no word for: what serde_json writes for them is `null`, which says something else.

use serde::ser::{self, Serialize, Serializer};

/// Refuses a value that holds infinity, or what is no number (RFC 8259, section 6): as `null` it would be left out of a query, and
/// take a member away in a merge patch (RFC 7396, section 1).
///
/// # Errors
///
/// Of such a number, and of a value that cannot be serialised at all.
pub(crate) fn check<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<()> {
    value.serialize(Finite)
}

/// The JSON of a value, which is looked through only where there is a `null` that may stand for such a number.
///
/// # Errors
///
/// As of [`check`].
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let json = serde_json::to_vec(value)?;
    if json.windows(4).any(|word| word == b"null") {
        check(value)?;
    }
    Ok(json)
}

/// The fault of a number, if it is none of JSON's.
pub(crate) fn told<E: ser::Error>(number: f64) -> Result<(), E> {
    if number.is_finite() { Ok(()) } else { Err(E::custom(format_args!("{number} is no number that JSON can hold"))) }
}

/// Looks through a value without writing it.
struct Finite;

type Checked = serde_json::Result<()>;

/// What holds no float.
macro_rules! plain {
    ($($method:ident($taken:ty))*) => {$(
        fn $method(self, _: $taken) -> Checked {
            Ok(())
        }
    )*};
}

impl Serializer for Finite {
    type Ok = ();
    type Error = serde_json::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    plain! {
        serialize_bool(bool) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_unit_struct(&'static str)
    }

    fn serialize_f32(self, number: f32) -> Checked {
        told(number.into())
    }

    fn serialize_f64(self, number: f64) -> Checked {
        told(number)
    }

    fn serialize_none(self) -> Checked {
        Ok(())
    }

    fn serialize_unit(self) -> Checked {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Checked {
        check(value)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Checked {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Checked {
        check(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Checked {
        check(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> serde_json::Result<Self> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> serde_json::Result<Self> {
        Ok(self)
    }

    /// Text holds no float, and need not be made to know that.
    fn collect_str<T: std::fmt::Display + ?Sized>(self, _: &T) -> Checked {
        Ok(())
    }
}

/// What stands within another value, by the method that it is handed on with.
macro_rules! within {
    ($($kind:ident $method:ident($($name:ident: $taken:ty)?);)*) => {$(
        impl ser::$kind for Finite {
            type Ok = ();
            type Error = serde_json::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $taken,)? value: &T) -> Checked {
                check(value)
            }

            fn end(self) -> Checked {
                Ok(())
            }
        }
    )*};
}

within! {
    SerializeSeq serialize_element();
    SerializeTuple serialize_element();
    SerializeTupleStruct serialize_field();
    SerializeTupleVariant serialize_field();
    SerializeStruct serialize_field(_name: &'static str);
    SerializeStructVariant serialize_field(_name: &'static str);
}

impl ser::SerializeMap for Finite {
    type Ok = ();
    type Error = serde_json::Error;

    /// A key that is a float is refused by serde_json itself.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Checked {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Checked {
        check(value)
    }

    fn end(self) -> Checked {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::check;

    #[derive(Serialize)]
    enum Shape {
        New(f64),
        Tuple(u8, f64),
        Struct { side: Option<f64> },
    }

    #[test]
    fn a_number_that_json_lacks_is_found_wherever_it_stands() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(check(&number).is_err() && check(&[1.0, number]).is_err() && check(&("a", number)).is_err());
            assert!(check(&BTreeMap::from([("a", Some(number))])).is_err());
            for shape in [Shape::New(number), Shape::Tuple(1, number), Shape::Struct { side: Some(number) }] {
                assert!(check(&shape).is_err());
            }
        }
        let error = check(&f32::NAN).unwrap_err();
        assert_eq!(error.to_string(), "NaN is no number that JSON can hold");
    }

    #[test]
    fn all_else_is_passed_over() {
        check(&(1, 2.5, "NaN", 'a', None::<f64>, (), [true], serde_json::json!({"a": [1.5, null]}))).unwrap();
        check(&"1e400".parse::<crate::Decimal>().unwrap()).unwrap();
    }
}
