//! The part of the Rust engine that needs no loaded case: a library of `examples/cedar_rust`.

pub mod kinds;
pub mod outcome;
pub mod questions;
pub mod texts;
