//! Floats that are whole numbers: to JSON `1.0` and `1` are one number (RFC 8259, section 6), whatever holds it.

/// A float as an unsigned integer, if nothing is lost.
pub(crate) fn unsigned(number: f64) -> Option<u64> {
    // 2^64 is exact as a float, u64::MAX is not.
    const LIMIT: f64 = 18_446_744_073_709_551_616.0;
    (number.fract() == 0.0 && (0.0..LIMIT).contains(&number)).then_some(number as u64)
}

/// A float as a signed integer, if nothing is lost.
pub(crate) fn signed(number: f64) -> Option<i64> {
    // 2^63 is exact as a float, i64::MAX is not.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number)).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_and_fits_is_an_integer() {
        assert_eq!([0.0, -0.0, 7.0, 1e19].map(unsigned), [Some(0), Some(0), Some(7), Some(10_000_000_000_000_000_000)]);
        assert_eq!([-1.0, 7.5, 18_446_744_073_709_551_616.0, f64::NAN, f64::INFINITY].map(unsigned), [None; 5]);
        assert_eq!([7.0, -9_223_372_036_854_775_808.0].map(signed), [Some(7), Some(i64::MIN)]);
        assert_eq!([7.5, 9_223_372_036_854_775_808.0, f64::NAN].map(signed), [None; 3]);
    }
}
