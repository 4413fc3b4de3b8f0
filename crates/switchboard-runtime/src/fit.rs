//! What setters take, by one rule for calls, bodies and builders: whatever can be made into the value, and of lists whatever can
//! be gone through, each item by the same rule. What cannot be made is told by name when the call is sent or the value built.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use crate::error::{InvalidRequest, unfit};

/// What setters take for a `T`: whatever can be made into one by [`TryInto`], which [`Into`] implies. If it cannot be, the reason
/// is told by the error of the call, or of the builder's `build`.
///
/// It is there for all such types, and nothing is to be done for it.
#[diagnostic::on_unimplemented(
    message = "no `{T}` can be made of `{Self}`",
    note = "setters take whatever implements `TryInto`, or `Into`, for the type of their value"
)]
pub trait Fits<T>: TryInto<T, Error: Display> {}

impl<T, V: TryInto<T, Error: Display>> Fits<T> for V {}

/// An argument as its value; else what is to be said of it.
pub fn fit<T, V>(name: &'static str, value: V) -> Result<T, Cow<'static, str>>
where
    V: Fits<T>,
{
    value.try_into().map_err(|error| unfit(name, error))
}

/// The same of a list, whose first misfit is told.
pub fn fit_all<T, V>(name: &'static str, values: impl IntoIterator<Item = V>) -> Result<Vec<T>, Cow<'static, str>>
where
    V: Fits<T>,
{
    values.into_iter().map(|value| fit(name, value)).collect()
}

/// The same of a body, which has no name, and whose builder says itself what is missing.
pub fn fit_body<T, V>(value: V) -> Result<T, Cow<'static, str>>
where
    V: Fits<T>,
{
    value.try_into().map_err(|error| error.to_string().into())
}

/// What the setters of a builder could not make, until it is built.
#[derive(Clone, Debug, Default)]
pub struct Misfits(Vec<(Cow<'static, str>, Cow<'static, str>)>);

impl Misfits {
    /// A property as its value; nothing if it is none, which is told later, unless it is set once more.
    pub fn fit<T, V>(&mut self, name: &'static str, value: V) -> Option<T>
    where
        V: Fits<T>,
    {
        self.keep(name.into(), fit(name, value))
    }

    /// The same of a list.
    pub fn fit_all<T, V>(&mut self, name: &'static str, values: impl IntoIterator<Item = V>) -> Option<Vec<T>>
    where
        V: Fits<T>,
    {
        self.keep(name.into(), fit_all(name, values))
    }

    /// The same of a property that the document does not name.
    pub fn fit_extra<T, V>(&mut self, extra: &mut BTreeMap<String, T>, name: String, value: V)
    where
        V: Fits<T>,
    {
        let fitted = value.try_into().map_err(|error| unfit(&name, error));
        if let Some(value) = self.keep(name.clone().into(), fitted) {
            extra.insert(name, value);
        }
    }

    fn keep<T>(&mut self, name: Cow<'static, str>, fitted: Result<T, Cow<'static, str>>) -> Option<T> {
        self.0.retain(|(known, _)| *known != name);
        fitted.map_err(|told| self.0.push((name, told))).ok()
    }

    /// That there are none.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] with the first there is, of a builder of a type.
    pub fn none(self, type_name: &'static str) -> Result<(), InvalidRequest> {
        match self.0.into_iter().next() {
            Some((_, told)) => Err(InvalidRequest::new(type_name, told)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_by_name_until_it_is_set_once_more() {
        let mut misfits = Misfits::default();
        assert_eq!(misfits.fit::<u8, _>("small", 300), None);
        assert_eq!(misfits.fit_all::<u8, _>("list", [1, -1]), None);
        let mut extra = BTreeMap::new();
        misfits.fit_extra::<u8, _>(&mut extra, "more".to_owned(), 256);
        let told = |misfits: &Misfits| misfits.clone().none("Pet").map_err(|error| error.to_string());
        let small = "Pet: `small` cannot be made of the value given: out of range integral type conversion attempted";
        assert_eq!(told(&misfits), Err(small.to_owned()));
        assert_eq!(misfits.fit::<u8, _>("small", 3), Some(3));
        assert_eq!(told(&misfits), Err(small.replace("small", "list")));
        assert_eq!(misfits.fit_all::<u8, _>("list", [1, 2]), Some(vec![1, 2]));
        misfits.fit_extra(&mut extra, "more".to_owned(), 255);
        assert_eq!((told(&misfits), extra.get("more")), (Ok(()), Some(&255)));
    }
}
