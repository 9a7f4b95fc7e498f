//! Outcomes as JSON.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Value, json};

/// An outcome; `Err` holds one that ended the work early, such as a refusal.
pub type Answer = Result<Value, Value>;

pub fn rejected(part: &str, error: impl Display) -> Value {
    json!({"outcome": "Rejected", "part": part, "detail": error.to_string()})
}

/// Conversion of an error to an outcome.
pub trait OrOutcome<T> {
    fn or_rejected(self, part: &str) -> Result<T, Value>;
    fn or_invalid(self, stage: &str) -> Result<T, Value>;
}

impl<T, E: Display> OrOutcome<T> for Result<T, E> {
    fn or_rejected(self, part: &str) -> Result<T, Value> {
        self.map_err(|error| rejected(part, error))
    }

    fn or_invalid(self, stage: &str) -> Result<T, Value> {
        self.map_err(|error| partial_error(stage, "invalid", error))
    }
}

pub fn unsupported(feature: &str) -> Value {
    json!({"outcome": "Unsupported", "feature": feature})
}

/// A refusal of partial evaluation (spec 09).
pub fn partial_error(stage: &str, kind: &str, error: impl Display) -> Value {
    json!({"outcome": "PartialError", "stage": stage, "kind": kind, "detail": error.to_string()})
}

pub fn printed(text: String) -> Value {
    json!({"outcome": "Printed", "text": text})
}

/// Members of a set, each as it is displayed.
pub fn texts(members: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    members.into_iter().map(|member| member.to_string()).collect()
}

/// An accepted document; without its JSON where it has none.
pub fn accepted(document: Result<impl Serialize, impl Display>) -> Value {
    let canonical = document.ok().and_then(|it| serde_json::to_string(&it).ok());
    json!({"outcome": "Accepted", "canonical": canonical.unwrap_or_default()})
}
