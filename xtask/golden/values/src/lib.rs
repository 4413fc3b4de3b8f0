//! Proves that every value which a document allows can be decoded and encoded again without loss, and that a value which
//! is not quite what the document says is decoded all the same.
//!
//! Values are sampled from each schema of each document (`sample`), judged by a JSON Schema validator that we did not
//! write (`judge`), and then brought through the generated types (`codec`). Sampler and judge read the document, never
//! the generator's understanding of it; the only thing they have from the generator is which type belongs to which schema
//! (`registry`).
//!
//! `PROPTEST_CASES` sets the number of samples a schema, `PROPTEST_RNG_SEED` other ones.

#![forbid(unsafe_code)]

#[cfg(test)]
mod check;
#[cfg(test)]
mod choices;
#[cfg(test)]
mod codec;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reach;
#[cfg(test)]
#[rustfmt::skip]
mod registry;
#[cfg(test)]
mod same;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod text;
