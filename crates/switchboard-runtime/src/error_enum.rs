//! Errors by status: generated code lists which variant an answer is, and how its body is read, and the rest is made here.

/// Makes an enum what a documented error is read into: a status, or a range of them, with its variant and, where that holds a
/// body, the function of [`decode`](crate::codegen::v1::decode) that reads it. It has a variant `Undocumented` for all others.
///
/// ```
/// use switchboard_runtime::{ErrorBody, Undocumented};
///
/// #[derive(Debug)]
/// enum GetPetError {
///     NotFound,
///     ServerError(Box<serde_json::Value>),
///     Undocumented(Undocumented),
/// }
///
/// switchboard_runtime::codegen::v1::error_enum! {
///     GetPetError; 404 => NotFound; 500..=599 => ServerError(error_body);
/// }
///
/// fn is_error<E: ErrorBody>() {}
/// is_error::<GetPetError>();
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __error_enum {
    ($name:ident; $($status:pat_param => $variant:ident $(($($read:tt)*))?;)*) => {
        impl $crate::ErrorBody for $name {
            #[inline]
            fn documented(response: &$crate::RawResponse) -> ::std::option::Option<Self> {
                match response.status().as_u16() {
                    $($status => $crate::__error_variant!(response $variant $(($($read)*))?),)*
                    #[allow(unreachable_patterns, reason = "the document may say what any other status is")]
                    _ => ::std::option::Option::None,
                }
            }

            #[inline]
            fn undocumented(body: $crate::Undocumented) -> Self {
                Self::Undocumented(body)
            }
        }
    };
}

/// The variant that an answer is.
#[doc(hidden)]
#[macro_export]
macro_rules! __error_variant {
    ($response:ident $variant:ident) => {
        ::std::option::Option::Some(Self::$variant)
    };
    ($response:ident $variant:ident ($read:ident $(, $root:expr)?)) => {
        $crate::codegen::v1::decode::$read($response $(, $root)?).map(Self::$variant)
    };
}
