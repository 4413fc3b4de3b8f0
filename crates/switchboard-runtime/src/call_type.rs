//! The types of calls: generated code says in a line what one sends and answers, in a line how its list comes in pages, and in a
//! line each what may be set, and what these make is written here once.

/// Methods that every generated call has, whatever its operation.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_methods {
    () => {
        /// What this call does otherwise than its client: time limits, repeats, headers that the document does not know of.
        #[inline]
        pub fn options(self, options: $crate::CallOptions) -> Self {
            Self(self.0.options(options))
        }
    };
}

/// The type of a call: what it answers, its error, the answer's headers where they are typed, and how
/// [`Call`](crate::codegen::v1::Call) sends it and reads the answer. One whose `send` does more has it written out elsewhere, and one
/// whose body can be a stream is sent `(once)`.
///
/// Then, where the operation is a list that comes in pages, `..` with an item, a page, its headers where they are typed, and the
/// [`List`](crate::codegen::v1::paging::List). Then what may be left out: the method that sets it with what that takes, as in
/// [`setters!`](crate::codegen::v1::setters), the method of [`Call`](crate::codegen::v1::Call), and the name on the wire.
///
/// ```
/// use switchboard_runtime::Undescribed;
/// use switchboard_runtime::codegen::v1::{HttpMethod, Operation, Parameter, call, decode, paging};
///
/// static LIST_PETS: Operation = Operation::new("listPets", HttpMethod::Get, "/pets")
///     .parameters(&[Parameter::query("offset"), Parameter::query("tags")]);
///
/// call! {
///     /// The call that lists pets.
///     ListPets -> Vec<String>, Undescribed = send(decode::json);
///     ..String, Vec<String> = paging::List::json(&paging::Paging::offset("", "offset"), |page| Some(page));
///     /// How many to skip.
///     offset(i64) = query "offset";
///     /// Only those with one of these tags.
///     tags([String]) = query "tags";
/// }
///
/// fn list(client: &switchboard_runtime::Client) -> ListPets<'_> {
///     ListPets(switchboard_runtime::codegen::v1::Call::new(client, &LIST_PETS)).tags(["good"]).offset(10)
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    (
        $(#[$meta:meta])*
        $name:ident $(($once:ident))? -> $answer:ty, $error:ty $(, $headers:ty)? $(= $send:ident($($read:expr)?))?;
        $(.. $item:ty, $page:ty $(, $of_page:ty)? = $list:expr;)?
        $($(#[$of_setter:meta])* $setter:ident($($taken:tt)*) = $place:ident $wire:literal;)*
    ) => {
        $crate::__call_struct! { $(#[$meta])* $name $($once)? }

        impl $name<'_> {
            $crate::__call_methods!();

            $($crate::__setter! { $(#[$of_setter])* $setter ($place $wire) $($taken)* })*

            $crate::__call_send! { $answer, $error $(, $headers)? $(=> $send $($read)?)? }

            $($crate::__call_pages! { $list => $item, $page, $error $(, $of_page)? })?
        }
    };
}

/// The struct of a call.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_struct {
    ($(#[$meta:meta])* $name:ident) => {
        $crate::__call_struct! { $(#[$meta])* #[derive(Clone)] $name once }
    };
    ($(#[$meta:meta])* $name:ident once) => {
        $(#[$meta])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send` is awaited"]
        pub struct $name<'a>(pub(crate) $crate::codegen::v1::Call<'a>);
    };
}

/// The method that sends a call, where it is like others.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_send {
    ($answer:ty, $error:ty $(, $headers:ty)?) => {};
    ($answer:ty, $error:ty => $send:ident $($read:expr)?) => {
        /// Sends the call.
        #[inline]
        pub async fn send(self) -> ::std::result::Result<$crate::ResponseValue<$answer>, $crate::Error<$error>> {
            self.0.$send($($read)?).await
        }
    };
    ($answer:ty, $error:ty, $headers:ty => $send:ident $($read:expr)?) => {
        /// Sends the call.
        #[inline]
        pub async fn send(
            self,
        ) -> ::std::result::Result<$crate::ResponseValue<$answer, $headers>, $crate::Error<$error>> {
            self.0.$send($($read)?).await.map($crate::ResponseValue::with_headers)
        }
    };
}

/// The methods of a list that comes in pages.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_pages {
    ($list:expr => $item:ty, $page:ty, $error:ty $(, $headers:ty)?) => {
        /// All items, page after page; a page is fetched when the stream gets to it.
        ///
        /// The stream begins at the page that the arguments say, and asks for pages of the size that they say.
        #[inline]
        pub fn stream(self) -> $crate::Items<$item, $error> {
            self.0.items(Self::LIST)
        }

        /// All pages, one after the other, for what stands beside the items; begins and ends as [`stream`](Self::stream)
        /// does.
        #[inline]
        pub fn pages(self) -> $crate::Pages<$page, $error $(, $headers)?> {
            self.0.pages(Self::LIST).with_headers()
        }

        /// How the list comes in pages.
        const LIST: $crate::codegen::v1::paging::List<$page, $item> = $list;
    };
}
