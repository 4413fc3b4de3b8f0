//! Reading totals, which vendors write as numbers and as strings.

use crate::values::Scalar;

/// A value that may say how many there are.
///
/// ```
/// use switchboard_runtime::paging::Count;
///
/// assert_eq!("101".count(), Some(101));
/// assert_eq!(Some(101_i64).count(), Some(101));
/// assert_eq!("many".count(), None);
/// assert_eq!((-1_i64).count(), None);
/// ```
pub trait Count {
    /// The number, if the value is one that can count.
    fn count(&self) -> Option<u64>;
}

macro_rules! integers {
    ($($integer:ty),*) => {
        $(impl Count for $integer {
            fn count(&self) -> Option<u64> {
                u64::try_from(*self).ok()
            }
        })*
    };
}

integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl Count for f64 {
    fn count(&self) -> Option<u64> {
        // 2^64 as a float; what is smaller and whole fits.
        (self.fract() == 0.0 && *self >= 0.0 && *self < 18_446_744_073_709_551_616.0).then_some(*self as u64)
    }
}

impl Count for f32 {
    fn count(&self) -> Option<u64> {
        f64::from(*self).count()
    }
}

impl Count for str {
    fn count(&self) -> Option<u64> {
        self.trim().parse().ok()
    }
}

impl Count for String {
    fn count(&self) -> Option<u64> {
        self.as_str().count()
    }
}

impl Count for Scalar {
    fn count(&self) -> Option<u64> {
        match self {
            Self::Text(text) => text.count(),
            Self::Integer(number) => number.count(),
            Self::Number(number) => number.count(),
            Self::Boolean(_) => None,
        }
    }
}

impl Count for serde_json::Value {
    fn count(&self) -> Option<u64> {
        self.as_u64().or_else(|| self.as_f64()?.count()).or_else(|| self.as_str()?.count())
    }
}

impl<T: Count> Count for Option<T> {
    fn count(&self) -> Option<u64> {
        self.as_ref()?.count()
    }
}

impl<T: Count + ?Sized> Count for &T {
    fn count(&self) -> Option<u64> {
        (**self).count()
    }
}

impl<T: Count + ?Sized> Count for Box<T> {
    fn count(&self) -> Option<u64> {
        (**self).count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_whatever_counts() {
        assert_eq!(String::from(" 7 ").count(), Some(7));
        assert_eq!(Some(&Some(7_u32)).count(), Some(7));
        assert_eq!((7.0).count(), Some(7));
        assert_eq!((7.5).count(), None);
        assert_eq!(f64::NAN.count(), None);
        assert_eq!(Scalar::from("7").count(), Some(7));
        assert_eq!(Scalar::from(true).count(), None);
        assert_eq!(None::<String>.count(), None);
        assert_eq!([json!(7), json!("7"), json!(7.0)].map(|value| value.count()), [Some(7); 3]);
    }
}
