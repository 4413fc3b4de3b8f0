//! Which name may have been meant.

/// How many characters may be compared in one document in all: suggestions help with a few slips, and a document with
/// a hundred thousand of them must not take forever.
const BUDGET: usize = 5_000_000;

/// Finds names that are spelled almost alike, until its budget is spent.
pub struct Suggester {
    budget: usize,
}

impl Default for Suggester {
    fn default() -> Self {
        Self { budget: BUDGET }
    }
}

impl Suggester {
    /// The name among `names` that is nearest to `wanted`, where one is near enough.
    pub fn nearest<'n>(&mut self, wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        if self.budget == 0 {
            return None;
        }
        let wanted: Vec<char> = wanted.to_lowercase().chars().collect();
        let limit = (wanted.len() / 3).max(1);
        let mut best: Option<(usize, &str)> = None;
        for name in names {
            if name.len().abs_diff(wanted.len()) > 4 * limit {
                continue;
            }
            let candidate: Vec<char> = name.to_lowercase().chars().collect();
            let cost = 1 + wanted.len() * candidate.len();
            if self.budget < cost {
                self.budget = 0;
                return None;
            }
            self.budget -= cost;
            let distance = distance(&wanted, &candidate);
            if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

/// How many characters have to be inserted, removed or replaced to make `b` of `a` (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, left) in a.iter().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        for (right, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            last = replaced.min(last + 1).min(diagonal + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, expected) in
            [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("pet", "pets", 1), ("ab", "ba", 2)]
        {
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let mut suggester = Suggester::default();
        let names = ["Pet", "Order", "Customer"];
        assert_eq!(suggester.nearest("Pets", names.into_iter()), Some("Pet"));
        assert_eq!(suggester.nearest("custommer", names.into_iter()), Some("Customer"));
        assert_eq!(suggester.nearest("Invoice", names.into_iter()), None);
        suggester.budget = 0;
        assert_eq!(suggester.nearest("Pets", names.into_iter()), None);
    }
}
