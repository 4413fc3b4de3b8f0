//! What generated crates call to say what their types are made of.

/// Makes a struct one that is read and written by its table: its name, a line a property with its index, its field, its name in
/// the document and whether it is `required`, `optional`, or `answered`, which only an answer must have, and, if it keeps what
/// the document does not name, the field for that.
///
/// ```
/// # use std::collections::BTreeMap;
/// #[derive(Debug, PartialEq)]
/// struct Pet {
///     name: String,
///     born_in: Option<i64>,
///     extra: BTreeMap<String, serde_json::Value>,
/// }
///
/// switchboard_runtime::codegen::v1::record! {
///     Pet;
///     0 name "name" required;
///     1 born_in "bornIn" optional;
///     .. 2 extra;
/// }
///
/// let pet: Pet = serde_json::from_str(r#"{"name": "Rex", "bornIn": 2020, "legs": 4}"#)?;
/// assert_eq!((pet.born_in, &pet.extra["legs"]), (Some(2020), &4.into()));
/// assert_eq!(serde_json::to_string(&pet)?, r#"{"name":"Rex","bornIn":2020,"legs":4}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($name:ident; $($index:literal $field:ident $wire:literal $presence:ident;)* $(.. $last:literal $others:ident;)?) => {
        impl $crate::codegen::v1::table::Record for $name {
            #[inline]
            fn table(&self) -> &'static $crate::codegen::v1::table::Table {
                static TABLE: $crate::codegen::v1::table::Table = $crate::codegen::v1::table::Table::new(
                    ::std::stringify!($name),
                    &[$($crate::codegen::v1::table::Field::$presence($wire)),*],
                    !::std::stringify!($($others)?).is_empty(),
                );
                &TABLE
            }

            #[inline]
            fn slot(&mut self, index: usize) -> ::std::option::Option<&mut dyn $crate::codegen::v1::table::Slot> {
                ::std::option::Option::Some(match index {
                    $($index => &mut self.$field,)*
                    $($last => &mut self.$others,)?
                    _ => return ::std::option::Option::None,
                })
            }

            #[inline]
            fn part(&self, index: usize) -> ::std::option::Option<&dyn $crate::codegen::v1::table::Slot> {
                ::std::option::Option::Some(match index {
                    $($index => &self.$field,)*
                    $($last => &self.$others,)?
                    _ => return ::std::option::Option::None,
                })
            }
        }

        impl $crate::codegen::v1::table::Slot for $name {
            #[inline]
            fn blank() -> Self {
                Self {
                    $($field: $crate::codegen::v1::table::Slot::blank(),)*
                    $($others: $crate::codegen::v1::table::Slot::blank(),)?
                }
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
                $crate::codegen::v1::table::record(self, at)
            }

            #[inline]
            fn view(&self) -> $crate::codegen::v1::table::View<'_> {
                $crate::codegen::v1::table::View::Record(self)
            }
        }

        $crate::__by_table!($name deserialize_record);
    };
}

/// Makes a union one that is read and written by its table: its name and the variant for what is of none of its shapes, a line
/// a shape with its index, its variant, and the property and value that stand for it where the shape does not declare them, and
/// a line for each property that tells the shapes apart, the most telling first: the steps that lead to it, its values, each
/// with the shape that may have it, the shapes that can have no other, and those among them that must have it. Then may come
/// the shape that a value has of which the first of these says nothing, and a line for each thing that a shape's schema forbids
/// and its type does not know.
///
/// ```
/// # use serde_json::Value;
/// #[derive(Debug, PartialEq)]
/// enum Reading {
///     Text(String),
///     Pair(Vec<i64>),
///     Unknown(Value),
/// }
///
/// switchboard_runtime::codegen::v1::union! {
///     Reading else Unknown;
///     0 Text;
///     1 Pair;
/// }
///
/// assert_eq!(serde_json::from_str::<Reading>("[1, 2]")?, Reading::Pair(vec![1, 2]));
/// assert_eq!(serde_json::from_str::<Reading>("true")?, Reading::Unknown(true.into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    (
        $name:ident else $other:ident;
        $($index:literal $variant:ident $($property:literal $tag:literal)?;)*
        $(
            by [$($step:literal),*] [$($value:literal $of:literal),*]
            fixed [$($fixed:literal),*] required [$($required:literal),*];
        )*
        $(default $default:literal;)?
        $(
            limit $bound:literal $limit:ident $([$($way:literal),*])? $(from $from:literal)? $(to $to:literal)?
            $(of $format:literal)?;
        )*
    ) => {
        impl $crate::codegen::v1::table::Choice for $name {
            #[inline]
            fn table(&self) -> &'static $crate::codegen::v1::table::UnionTable {
                static TABLE: $crate::codegen::v1::table::UnionTable = $crate::codegen::v1::table::UnionTable::new(
                    &[$(
                        $crate::codegen::v1::table::Discriminator::new(&[$($step),*], &[$(($value, $of)),*])
                            .fixed(&[$($fixed),*])
                            .required(&[$($required),*])
                    ),*],
                    [$($index as usize),*].len(),
                )
                $(.default($default))?
                .limits(&[$(
                    (
                        $bound,
                        $crate::codegen::v1::table::Limit::$limit($(&[$($way),*])?)
                            $(.from($from))?$(.to($to))?$(.of($format))?,
                    )
                ),*]);
                &TABLE
            }

            #[inline]
            fn shape(&mut self, index: usize) -> ::std::option::Option<&mut dyn $crate::codegen::v1::table::Slot> {
                match index {
                    $($index => {
                        *self = Self::$variant($crate::codegen::v1::table::Slot::blank());
                        match self {
                            Self::$variant(value) => ::std::option::Option::Some(value),
                            _ => ::std::option::Option::None,
                        }
                    })*
                    _ => ::std::option::Option::None,
                }
            }

            #[inline]
            fn keep(&mut self, value: $crate::codegen::v1::table::Value) {
                *self = Self::$other(value);
            }

            #[inline]
            fn whole(&self) -> &dyn $crate::codegen::v1::table::Slot {
                self
            }
        }

        impl $crate::codegen::v1::table::Slot for $name {
            #[inline]
            fn blank() -> Self {
                Self::$other($crate::codegen::v1::table::Value::Null)
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
                $crate::codegen::v1::table::union(self, at)
            }

            #[inline]
            fn view(&self) -> $crate::codegen::v1::table::View<'_> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::__view!(value $($property $tag)?)
                    })*
                    Self::$other(value) => $crate::codegen::v1::table::View::Any(value),
                }
            }
        }

        $crate::__by_table!($name deserialize);
    };
}

/// Makes a struct that holds one value, and is that value on the wire, one that is read and written as it.
#[doc(hidden)]
#[macro_export]
macro_rules! __newtype {
    ($name:ident) => {
        impl $crate::codegen::v1::table::Slot for $name {
            #[inline]
            fn blank() -> Self {
                Self($crate::codegen::v1::table::Slot::blank())
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
                $crate::codegen::v1::table::Slot::fill(&mut self.0, at)
            }

            #[inline]
            fn is_optional(&self) -> bool {
                $crate::codegen::v1::table::Slot::is_optional(&self.0)
            }

            #[inline]
            fn view(&self) -> $crate::codegen::v1::table::View<'_> {
                $crate::codegen::v1::table::Slot::view(&self.0)
            }
        }

        $crate::__by_table!($name deserialize);
    };
}

/// How a shape of a union is written.
#[doc(hidden)]
#[macro_export]
macro_rules! __view {
    ($value:ident) => {
        $crate::codegen::v1::table::Slot::view($value)
    };
    ($value:ident $property:literal $tag:literal) => {
        $crate::codegen::v1::table::View::Tagged($property, $tag, $value)
    };
}

/// serde's traits, which lead to the table.
#[doc(hidden)]
#[macro_export]
macro_rules! __by_table {
    ($name:ident $deserialize:ident) => {
        impl $crate::codegen::v1::expanded::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::v1::expanded::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::codegen::v1::table::serialize(self, serializer)
            }
        }

        impl<'de> $crate::codegen::v1::expanded::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::codegen::v1::expanded::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codegen::v1::table::$deserialize(deserializer)
            }
        }
    };
}
