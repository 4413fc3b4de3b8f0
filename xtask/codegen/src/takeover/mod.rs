//! Taking over documents as vendors give them: in several pieces, or within pages of documentation.

pub mod begin;
pub mod extend;
pub mod merge;
pub mod pages;
mod settle;
pub mod suggest;
