//! What was made up, or read as another type, for an answer to be readable although it does not keep to the document.
//! Nothing of that is done in silence: whoever wants to know finds it beside the value.

use std::fmt;

/// One place where an answer does not keep to its document, and what was taken instead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// Where, for example `connections[3].name`.
    pub path: String,
    /// What was wrong there.
    pub fault: Fault,
}

impl Repair {
    /// How many of an answer's repairs are told of one that is read as a whole: it can have one for each of its records.
    pub const MOST_TOLD: usize = 100;
}

/// In what way a value does not keep to its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A required property, or the whole body, is not there. The type's empty value stands for it: an empty text, 0, `false`, an empty list.
    Missing,
    /// It is `null` where the document allows none. The type's empty value stands for it.
    Null,
    /// It is of another JSON type that says the same: `"7"` for 7, 7 for `"7"`, `"yes"` for `true`, `[]` for `{}`, or an
    /// empty text where a number or a boolean is required.
    Converted,
    /// It is of a type that says nothing here, and need not be there: it is left out.
    Unreadable,
    /// It holds what is no text, such as half a surrogate pair or bytes that are no UTF-8, for which U+FFFD stands, or
    /// characters that JSON wants escaped.
    Garbled,
    /// It is no JSON value, such as `NaN`. It is taken for `null`.
    NoValue,
    /// It is a number that the type does not hold to its last digit. The nearest that it holds stands for it; for one that
    /// is out of range, nothing does, or 0 where something is required.
    Imprecise,
    /// It reports an error, and is no property that the document names. What there is beside it was read.
    Reported,
    /// It is called otherwise than the document says: the root of a body in XML.
    Renamed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Missing => "is missing",
            Fault::Null => "is null",
            Fault::Converted => "is of another type than the document says",
            Fault::Unreadable => "cannot be read, and is left out",
            Fault::Garbled => "holds what is no text",
            Fault::NoValue => "is no JSON value",
            Fault::Reported => "reports an error, beside what the document describes",
            Fault::Renamed => "is called otherwise than the document says",
            Fault::Imprecise => "has digits that its type does not hold",
        })
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.fault;
        if self.path.is_empty() { write!(f, "the body {said}") } else { write!(f, "{}: {said}", self.path) }
    }
}
