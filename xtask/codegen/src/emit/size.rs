//! Whether a registry takes the crate: one that is too large cannot be published, which is better known before.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};

use super::CrateFiles;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// The most bytes of a package, compressed, that crates.io takes.
const MAX_PACKAGE: u64 = 10 << 20;

/// Tells it where the crate, packaged, is too large.
pub fn weigh(crate_files: &CrateFiles, diagnostics: &mut Diagnostics) {
    compare(crate_files, MAX_PACKAGE, diagnostics);
}

fn compare(crate_files: &CrateFiles, max: u64, diagnostics: &mut Diagnostics) {
    let packaged = packaged(crate_files.files.values(), max);
    if packaged > max {
        let message = format!(
            "packaged, the crate has {} MiB, and a registry takes {} of one: leave out what nobody calls, or make several documents \
             of this one, by overlays that remove the paths of some tags",
            packaged.div_ceil(1 << 20),
            max >> 20
        );
        diagnostics.push(Diagnostic::adaptation("large-package", "/paths", message));
    }
}

/// How many bytes texts have when they are packaged; not looked at where they have no more than `enough` as they are.
fn packaged<'a>(texts: impl Iterator<Item = &'a String> + Clone, enough: u64) -> u64 {
    let bytes = |text: &String| u64::try_from(text.len()).unwrap_or(u64::MAX);
    let whole: u64 = texts.clone().map(bytes).sum();
    if whole <= enough {
        return whole;
    }
    let mut encoder = GzEncoder::new(Counted(0), Compression::default());
    // Counting cannot fail.
    let written = texts.into_iter().try_for_each(|text| encoder.write_all(text.as_bytes()));
    written.and_then(|()| encoder.finish()).map_or(whole, |Counted(bytes)| bytes)
}

/// How many bytes were written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_the_size_of_the_package() {
        let texts = ["a".repeat(1000), "a".repeat(1000)];
        assert_eq!(packaged(texts.iter(), 2000), 2000, "it is small enough as it is");
        assert!((20..200).contains(&packaged(texts.iter(), 1999)));
    }

    #[test]
    fn a_crate_that_no_registry_takes_is_told() {
        let told = |bytes: usize| {
            // Noise, which does not become smaller.
            let mut state = 1_u32;
            let mut letter = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_u32(0x4e00 + (state >> 18)).unwrap_or('a')
            };
            let text: String = (0..bytes / 3).map(|_| letter()).collect();
            let files = [("src/types.rs".to_owned(), text)].into();
            let crate_files = CrateFiles { name: "a".to_owned(), files, summary: super::super::Summary::default() };
            let mut diagnostics = Diagnostics::default();
            compare(&crate_files, 1 << 20, &mut diagnostics);
            diagnostics.iter().map(|found| found.code).collect::<Vec<_>>()
        };
        assert_eq!((told(1 << 20), told(2 << 20)), (vec![], vec!["large-package"]));
    }
}
