//! Open enums: a value that the document does not list is kept and can be sent back, and costs nobody a record.

/// Gives an open enum all impls that need no list of variants (crates of earlier releases write the others out), by its `as_str` and its `From<&str>`: text in both
/// directions, equality, order and hash by the text on the wire, and serde.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum_traits {
    ($name:ident) => {
        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::convert::From<&::std::string::String> for $name {
            #[inline]
            fn from(text: &::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(Self::from(text))
            }
        }

        impl $crate::codegen::v1::table::Slot for $name {
            #[inline]
            fn blank() -> Self {
                Self::from("")
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
                *self = Self::from(&*at.listed(Self::VALUES)?);
                ::std::result::Result::Ok(())
            }

            #[inline]
            fn view(&self) -> $crate::codegen::v1::table::View<'_> {
                $crate::codegen::v1::table::View::Text(self.as_str())
            }
        }

        $crate::__compared_by!($name as_str);
        $crate::__by_table!($name deserialize_text);
    };
}

/// Makes an enum of listed texts open: its name and the variant for what is not listed, then a variant a line with its text on
/// the wire.
///
/// ```
/// #[derive(Clone)]
/// enum State {
///     On,
///     SwitchedOff,
///     Unknown(String),
/// }
///
/// switchboard_runtime::codegen::v1::string_enum! {
///     State else Unknown;
///     On "on";
///     SwitchedOff "switched-off";
/// }
///
/// assert_eq!(State::VALUES, ["on", "switched-off"]);
/// assert_eq!(State::from("on"), State::On);
/// assert_eq!(State::from("standby").as_str(), "standby");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($name:ident else $other:ident; $($variant:ident $wire:literal;)*) => {
        #[allow(unreachable_pub, reason = "an enum may be private")]
        impl $name {
            /// The values that the document lists, in its order.
            pub const VALUES: &'static [&'static str] = &[$($wire),*];

            /// The value as it goes over the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::$other(text) => text,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                // Compared in a loop: a match on texts is compiled to a comparison for each.
                const LISTED: &[$name] = &[$($name::$variant),*];
                let listed = $name::VALUES.iter().position(|value| *value == text).and_then(|index| LISTED.get(index));
                match listed {
                    ::std::option::Option::Some(listed) => ::std::clone::Clone::clone(listed),
                    ::std::option::Option::None => Self::$other(::std::string::String::from(text)),
                }
            }
        }

        $crate::__string_enum_traits!($name);
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// A colour.
    #[derive(Clone)]
    enum Color {
        /// As the sky.
        Blue,
        /// As the grass.
        Green,
        Unknown(String),
    }

    crate::__string_enum! { Color else Unknown; Blue "blue"; Green "gr\u{fc}n"; }

    /// Without values.
    #[derive(Clone)]
    enum Nothing {
        Anything(String),
    }

    crate::__string_enum! { Nothing else Anything; }

    #[test]
    fn known_and_unknown_values_survive_a_round_trip() {
        assert_eq!(Color::VALUES, ["blue", "grün"]);
        let json = r#"["blue","grün","red",""]"#;
        let colors: Vec<Color> = serde_json::from_str(json).unwrap();
        assert!(
            matches!(&colors[..], [Color::Blue, Color::Green, Color::Unknown(red), Color::Unknown(_)] if red == "red")
        );
        assert_eq!(serde_json::to_string(&colors).unwrap(), json);
    }

    #[test]
    fn not_a_string_is_an_error() {
        let error = serde_json::from_str::<Color>("1").unwrap_err();
        assert!(error.to_string().starts_with("invalid type: integer `1`, expected a string"), "{error}");
    }

    #[test]
    fn compares_by_what_is_on_the_wire() {
        assert_eq!(Color::Unknown("blue".into()), Color::Blue);
        let set = BTreeSet::from([Color::Green, Color::Blue, Color::from(&String::from("blue"))]);
        assert_eq!(set.len(), 2);
        assert_eq!(format!("{:?} {}", Color::Blue, Color::Green), "\"blue\" grün");
        assert_eq!("x".parse::<Color>().unwrap().as_ref(), "x");
    }

    #[test]
    fn an_enum_without_values_takes_anything() {
        assert!(Nothing::VALUES.is_empty());
        assert_eq!(Nothing::from("a").as_str(), "a");
    }
}
