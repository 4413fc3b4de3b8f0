//! Setters of what a request's struct may do without: a line says what each takes, and all of them are made alike.

/// The methods that set fields, within an `impl`: each by its field's name and what it takes. `(T)` is whatever converts to `T`,
/// but `(bool)` and `(u64)` are just that; `([T])` is whatever can be gone through and gives such items; `([(String, T)])` the same of
/// names and values. Where the field may be null, the method that makes it so follows.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use switchboard_runtime::Nullable;
/// /// A pet.
/// #[derive(Default)]
/// struct Pet {
///     /// What it is called.
///     name: Option<String>,
///     tags: Option<Vec<String>>,
///     weights: Option<BTreeMap<String, f64>>,
///     owner: Nullable<String>,
///     sold: Option<bool>,
/// }
///
/// impl Pet {
///     switchboard_runtime::codegen::v1::setters! {
///         name(String);
///         tags([String]);
///         weights([(String, f64)]);
///         owner(String), owner_null();
///         sold(bool);
///     }
/// }
///
/// let pet = Pet::default().name("Rex").tags(["good"]).weights([("2020", 1.5)]).owner_null().sold(false);
/// assert_eq!((pet.name.as_deref(), pet.owner), (Some("Rex"), Nullable::Null));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __setters {
    ($($(#[$meta:meta])* $field:ident($($taken:tt)*) $(, $null:ident())?;)*) => {
        $(
            $crate::__setter! { $(#[$meta])* $field field $($taken)* }
            $crate::__null_setter! { $(#[$meta])* $field $($null)? }
        )*
    };
}

/// One setter, by what it sets: `field` or, of a [call](crate::codegen::v1::call), what is told of it (`(query "limit")`). The value
/// is made first, of its very type: what wraps it in the field is found by that.
#[doc(hidden)]
#[macro_export]
macro_rules! __setter {
    ($(#[$meta:meta])* $name:ident $set:tt bool) => {
        $crate::__setter! { $(#[$meta])* $name $set as bool, bool, |value| value }
    };
    ($(#[$meta:meta])* $name:ident $set:tt u64) => {
        $crate::__setter! { $(#[$meta])* $name $set as u64, u64, |value| value }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [bool]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = bool>, ::std::vec::Vec<bool>,
            |value| value.into_iter().collect()
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [u64]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = u64>, ::std::vec::Vec<u64>,
            |value| value.into_iter().collect()
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [(String, bool)]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = (impl ::std::convert::Into<::std::string::String>, bool)>,
            ::std::collections::BTreeMap<::std::string::String, bool>,
            |value| value.into_iter().map(|(name, value)| (name.into(), value)).collect()
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [(String, u64)]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = (impl ::std::convert::Into<::std::string::String>, u64)>,
            ::std::collections::BTreeMap<::std::string::String, u64>,
            |value| value.into_iter().map(|(name, value)| (name.into(), value)).collect()
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [(String, $value:ty)]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = (impl ::std::convert::Into<::std::string::String>, impl ::std::convert::Into<$value>)>,
            ::std::collections::BTreeMap<::std::string::String, $value>,
            |value| value.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt [$item:ty]) => {
        $crate::__setter! {
            $(#[$meta])* $name $set as impl ::std::iter::IntoIterator<Item = impl ::std::convert::Into<$item>>, ::std::vec::Vec<$item>,
            |value| value.into_iter().map(::std::convert::Into::into).collect()
        }
    };
    ($(#[$meta:meta])* $name:ident field as $taken:ty, $made:ty, |$value:ident| $make:expr) => {
        /// Sets the field of this name.
        $(#[$meta])*
        #[must_use]
        #[inline]
        pub fn $name(mut self, $value: $taken) -> Self {
            let made: $made = $make;
            self.$name = ::std::convert::From::from(made);
            self
        }
    };
    ($(#[$meta:meta])* $name:ident ($place:ident $wire:literal) as $taken:ty, $made:ty, |$value:ident| $make:expr) => {
        $(#[$meta])*
        #[inline]
        pub fn $name(self, $value: $taken) -> Self {
            let made: $made = $make;
            Self(self.0.$place($wire, &made))
        }
    };
    ($(#[$meta:meta])* $name:ident $set:tt $value:ty) => {
        $crate::__setter! { $(#[$meta])* $name $set as impl ::std::convert::Into<$value>, $value, |value| value.into() }
    };
}

/// The method that makes a field null, where there is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __null_setter {
    ($(#[$meta:meta])* $field:ident) => {};
    ($(#[$meta:meta])* $field:ident $null:ident) => {
        /// Makes the field null.
        $(#[$meta])*
        #[must_use]
        #[inline]
        pub fn $null(mut self) -> Self {
            self.$field = $crate::Nullable::Null;
            self
        }
    };
}
