//! Where randomness comes from: a list of numbers that sampling uses up, one a decision.
//!
//! The list is what proptest generates and shrinks. Zero always means the simplest choice, and a list that has been used up
//! goes on with zeros; so a shorter list of smaller numbers makes a simpler value, and every value ends.

/// The decisions that make one value.
#[derive(Debug)]
pub(crate) struct Choices<'a> {
    rest: std::slice::Iter<'a, u32>,
}

impl<'a> Choices<'a> {
    pub(crate) fn new(choices: &'a [u32]) -> Self {
        Self { rest: choices.iter() }
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u32 {
        self.rest.next().copied().unwrap_or_default()
    }

    /// Any number of 64 bits.
    pub(crate) fn wide(&mut self) -> u64 {
        u64::from(self.number()) << 32 | u64::from(self.number())
    }

    /// Less than `count`, which must not be 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.number() as usize % count
    }

    /// Yes or no; no is simpler.
    pub(crate) fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    /// One of several; the first is the simplest.
    pub(crate) fn one<'c, T>(&mut self, among: &'c [T]) -> Option<&'c T> {
        if among.is_empty() { None } else { among.get(self.below(among.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_goes_on_with_the_simplest() {
        let mut choices = Choices::new(&[7, 1]);
        assert_eq!((choices.below(5), choices.flag(), choices.flag(), choices.number()), (2, true, false, 0));
        assert_eq!(choices.one(&["a", "b"]), Some(&"a"));
    }
}
