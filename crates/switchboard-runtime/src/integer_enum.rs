//! Open enums of whole numbers: a value that the document does not list is kept and can be sent back.

/// Makes an enum of listed numbers open: its name and the variant for what is not listed, then a variant a line with its number
/// on the wire.
///
/// ```
/// #[derive(Clone, Copy, Debug)]
/// enum Level {
///     Low,
///     High,
///     Unknown(i64),
/// }
///
/// switchboard_runtime::codegen::v1::integer_enum! {
///     Level else Unknown;
///     Low -1;
///     High 7;
/// }
///
/// assert_eq!(Level::VALUES, [-1, 7]);
/// assert_eq!(Level::from(7), Level::High);
/// assert_eq!(Level::from(8).as_i64(), 8);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_enum {
    ($name:ident else $other:ident; $($variant:ident $wire:literal;)*) => {
        #[allow(unreachable_pub, reason = "an enum may be private")]
        impl $name {
            /// The values that the document lists, in its order.
            pub const VALUES: &'static [i64] = &[$($wire),*];

            /// The value as it goes over the wire.
            #[inline]
            pub fn as_i64(self) -> i64 {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::$other(number) => number,
                }
            }
        }

        impl ::std::convert::From<i64> for $name {
            #[inline]
            fn from(number: i64) -> Self {
                match number {
                    $($wire => Self::$variant,)*
                    other => Self::$other(other),
                }
            }
        }

        $crate::__integer_enum_traits!($name);
    };
}

/// Gives an open enum of numbers all impls that need no list of variants (crates of earlier releases write the others out), by its `as_i64` and its `From<i64>`: numbers in both
/// directions, equality, order and hash by the number on the wire, and serde.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_enum_traits {
    ($name:ident) => {
        /// Of a literal without a type.
        impl ::std::convert::From<i32> for $name {
            #[inline]
            fn from(number: i32) -> Self {
                Self::from(i64::from(number))
            }
        }

        impl ::std::convert::From<$name> for i64 {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_i64()
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.as_i64(), f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                text.parse::<i64>().map(Self::from)
            }
        }

        impl $crate::codegen::v1::table::Slot for $name {
            #[inline]
            fn blank() -> Self {
                Self::from(0_i64)
            }

            #[inline]
            fn clear(&mut self) {
                *self = Self::blank();
            }

            #[inline]
            fn fill(
                &mut self,
                at: $crate::codegen::v1::table::At<'_>,
            ) -> ::std::result::Result<(), $crate::codegen::v1::table::Unread> {
                let mut number = 0_i64;
                $crate::codegen::v1::table::Slot::fill(&mut number, at)?;
                *self = Self::from(number);
                ::std::result::Result::Ok(())
            }

            #[inline]
            fn view(&self) -> $crate::codegen::v1::table::View<'_> {
                $crate::codegen::v1::table::View::Signed(self.as_i64())
            }
        }

        $crate::__compared_by!($name as_i64);
        $crate::__by_table!($name deserialize_number);
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[derive(Clone, Copy, Debug)]
    enum Level {
        Low,
        High,
        Unknown(i64),
    }

    crate::__integer_enum! { Level else Unknown; Low -1; High 7; }

    #[test]
    fn known_and_unknown_numbers_survive_a_round_trip() {
        let json = "[-1,7,8,-9223372036854775808]";
        let levels: Vec<Level> = serde_json::from_str(json).unwrap();
        assert!(matches!(levels[..], [Level::Low, Level::High, Level::Unknown(8), Level::Unknown(i64::MIN)]));
        assert_eq!(serde_json::to_string(&levels).unwrap(), json);
        assert_eq!(Level::VALUES, [-1, 7]);
        assert!(serde_json::from_str::<Level>("7.5").is_err() && serde_json::from_str::<Level>("\"x\"").is_err());
        assert_eq!(serde_json::from_str::<Level>("7.0").unwrap(), Level::High);
    }

    #[test]
    fn compares_by_what_is_on_the_wire() {
        assert_eq!(Level::Unknown(7), Level::High);
        assert_eq!(BTreeSet::from([Level::High, Level::from(7), Level::Low]).len(), 2);
        assert_eq!(
            (i64::from(Level::Low), format!("{:?} {:>2}", Level::High, Level::High)),
            (-1, "High  7".to_owned())
        );
        assert_eq!("-1".parse::<Level>().unwrap(), Level::Low);
        assert!("low".parse::<Level>().is_err());
    }
}
