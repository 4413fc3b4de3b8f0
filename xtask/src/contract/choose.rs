//! Which documents of a folder are tested, where testing all would take too long: a sample that nobody picked.

/// The `count` items whose names' BLAKE3 hashes come first, in the order in which they were given.
///
/// The choice depends on nothing but the names: it is the same on every machine, a document that its vendor has changed
/// stays in it, and a smaller sample is part of every larger one.
pub fn by_hash<T>(items: Vec<T>, count: usize, name: impl Fn(&T) -> String) -> Vec<T> {
    let hash = |item: &T| *blake3::hash(name(item).as_bytes()).as_bytes();
    let mut numbered: Vec<(usize, T)> = items.into_iter().enumerate().collect();
    numbered.sort_by_cached_key(|(index, item)| (hash(item), *index));
    numbered.truncate(count);
    numbered.sort_by_key(|(index, _)| *index);
    numbered.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&'static str], count: usize) -> Vec<&'static str> {
        by_hash(names.to_vec(), count, |name| (*name).to_owned())
    }

    #[test]
    fn the_choice_depends_on_the_names_alone() {
        let names = ["a.json", "b.json", "c.json", "d.json", "e.json", "f.json"];
        // `printf b.json | b3sum` begins with 0d, the others with what is greater.
        let mut turned = names;
        turned.reverse();
        for count in 0..=names.len() {
            let mut of_turned = chosen(&turned, count);
            of_turned.reverse();
            assert_eq!(chosen(&names, count), of_turned);
            assert_eq!(of_turned.len(), count);
        }
    }

    #[test]
    fn a_smaller_sample_is_part_of_a_larger_one_and_order_is_kept() {
        let names = ["a.json", "b.json", "c.json", "d.json", "e.json", "f.json"];
        let (few, more) = (chosen(&names, 2), chosen(&names, 4));
        assert!(few.iter().all(|name| more.contains(name)), "{few:?} {more:?}");
        assert!(more.is_sorted());
        assert_eq!(chosen(&names, 99), names);
    }
}
