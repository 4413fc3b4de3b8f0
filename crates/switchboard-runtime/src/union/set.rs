//! The shapes of a union as a set.

/// Shapes by their index. What is beyond is in no set: it is neither named nor excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Set([u64; 4]);

impl Set {
    pub(super) fn of(indices: &[usize]) -> Self {
        indices.iter().fold(Self::default(), |set, index| set.with(*index))
    }

    pub(super) fn with(mut self, index: usize) -> Self {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
        self
    }

    pub(super) fn contains(self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.zip(other, |left, right| left | right)
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.zip(other, |left, right| left & right)
    }

    pub(super) fn without(self, other: Self) -> Self {
        self.zip(other, |left, right| left & !right)
    }

    fn zip(mut self, other: Self, join: fn(u64, u64) -> u64) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word = join(*word, other));
        self
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The index that is alone in it.
    pub(super) fn only(self) -> Option<usize> {
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        let word = self.0.iter().position(|word| *word != 0).filter(|_| count == 1)?;
        Some(word * 64 + self.0.get(word)?.trailing_zeros() as usize)
    }
}
