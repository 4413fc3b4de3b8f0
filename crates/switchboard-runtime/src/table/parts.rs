//! The types of properties that are not generated.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Mapping, Sequence, Slot, View, place};
use crate::decode::{At, Kind, Unread};
use crate::{Base64, Base64Url, Date, DateTime, DecimalText, Nullable, Scalar, Uuid};

impl Slot for String {
    fn blank() -> Self {
        Self::new()
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = at.text("a string")?.into_owned();
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Text(self)
    }
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Slot for $name {
            fn blank() -> Self {
                Self::from(String::new())
            }

            fn clear(&mut self) {
                *self = Self::blank();
            }

            fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
                *self = Self::from(at.text("a string")?.into_owned());
                Ok(())
            }

            fn view(&self) -> View<'_> {
                View::Text(self.as_str())
            }
        }
    )*};
}

texts! { Base64 Base64Url Date DateTime DecimalText Uuid }

macro_rules! integers {
    ($($name:ident: $view:ident,)*) => {$(
        impl Slot for $name {
            fn blank() -> Self {
                0
            }

            fn clear(&mut self) {
                *self = 0;
            }

            fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
                *self = at.integer(stringify!($name))?;
                Ok(())
            }

            fn view(&self) -> View<'_> {
                View::$view(*self)
            }
        }
    )*};
}

integers! { i64: Signed, u64: Unsigned, }

impl Slot for f64 {
    fn blank() -> Self {
        0.0
    }

    fn clear(&mut self) {
        *self = 0.0;
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = at.float("f64")?;
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Float(*self)
    }
}

impl Slot for bool {
    fn blank() -> Self {
        false
    }

    fn clear(&mut self) {
        *self = false;
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = at.flag()?;
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Flag(*self)
    }
}

/// A text, a number or a boolean. Null is the empty text, where something is required.
fn scalar(at: At<'_>) -> Result<Scalar, Unread> {
    const EXPECTED: &str = "a string, a number or a boolean";
    match at.kind() {
        Some(Kind::Flag(flag)) => Ok(Scalar::Boolean(flag)),
        Some(Kind::Number) => {
            let number = at.number(EXPECTED)?;
            Ok(match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), ..) => Scalar::Integer(number),
                (_, Some(number), _) => Scalar::Unsigned(number),
                (.., number) => Scalar::Number(number.unwrap_or_default()),
            })
        }
        Some(Kind::OutOfRange) => match at.out_of_range() {
            Some(error) => Err(error),
            None => {
                at.note_empty();
                Ok(Scalar::Text(String::new()))
            }
        },
        _ => at.text(EXPECTED).map(|text| Scalar::Text(text.into_owned())),
    }
}

impl Slot for Scalar {
    fn blank() -> Self {
        Self::Text(String::new())
    }

    fn clear(&mut self) {
        *self = Self::blank();
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = scalar(at)?;
        Ok(())
    }

    fn view(&self) -> View<'_> {
        match self {
            Self::Text(text) => View::Text(text),
            Self::Integer(number) => View::Signed(*number),
            Self::Unsigned(number) => View::Unsigned(*number),
            Self::Number(number) => View::Float(*number),
            Self::Boolean(flag) => View::Flag(*flag),
        }
    }
}

impl Slot for Value {
    fn blank() -> Self {
        Self::Null
    }

    fn clear(&mut self) {
        *self = Self::Null;
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = at.any()?;
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Any(self)
    }
}

impl<T: Slot> Slot for Box<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn clear(&mut self) {
        (**self).clear();
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        (**self).fill(at)
    }

    fn is_optional(&self) -> bool {
        (**self).is_optional()
    }

    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: Slot> Slot for Option<T> {
    fn blank() -> Self {
        None
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = None;
        if at.is_absent() { Ok(()) } else { self.insert(T::blank()).fill(at.optional()) }
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, Slot::view)
    }
}

impl<T: Slot> Slot for Nullable<T> {
    fn blank() -> Self {
        Self::Absent
    }

    fn clear(&mut self) {
        *self = Self::Absent;
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        *self = Self::Null;
        if at.is_absent() {
            return Ok(());
        }
        *self = Self::Value(T::blank());
        self.as_mut().map_or(Ok(()), |value| value.fill(at.optional()))
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn view(&self) -> View<'_> {
        match self {
            Self::Absent => View::Absent,
            Self::Null => View::Null,
            Self::Value(value) => value.view(),
        }
    }
}

impl<T: Slot> Slot for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        self.clear();
        at.items(&mut |item| {
            let mut value = T::blank();
            place(&mut value, item)?;
            self.push(value);
            Ok(())
        })
    }

    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Slot> Sequence for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Option<&dyn Slot> {
        self.get(index).map(|item| item as &dyn Slot)
    }
}

impl<T: Slot> Slot for BTreeMap<String, T> {
    fn blank() -> Self {
        Self::new()
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn fill(&mut self, at: At<'_>) -> Result<(), Unread> {
        self.clear();
        members(self, at)
    }

    fn fill_member(&mut self, name: &str, at: At<'_>) -> Result<(), Unread> {
        let mut value = T::blank();
        // What is left out is as if it had never been there: sent back, it changes nothing.
        if place(&mut value, at)? {
            self.insert(name.to_owned(), value);
        }
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

impl<T: Slot> Mapping for BTreeMap<String, T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn each(&self, then: &mut dyn FnMut(&str, &dyn Slot) -> bool) {
        for (name, value) in self {
            if !then(name, value) {
                break;
            }
        }
    }
}

/// The members of an object, into a map.
fn members(map: &mut dyn Slot, at: At<'_>) -> Result<(), Unread> {
    let Some(object) = at.object(false) else { return Err(at.wrong("a map")) };
    object.members().try_for_each(|(name, member)| map.fill_member(name, member))
}
