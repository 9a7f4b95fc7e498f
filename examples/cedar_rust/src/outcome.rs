//! Outcomes as JSON, and the protocol's names for the engine's kinds of errors and warnings.

use std::fmt::Display;

use cedar_policy::{EvaluationError, LinkError, ValidationError};
use cedar_policy_core::validator::ValidationWarning;
use serde_json::{Value, json};

/// An outcome; `Err` holds one that ended the work early, such as a refusal.
pub type Answer = Result<Value, Value>;

pub fn rejected(part: &str, error: impl Display) -> Value {
    json!({"outcome": "Rejected", "part": part, "detail": error.to_string()})
}

pub fn unsupported(feature: &str) -> Value {
    json!({"outcome": "Unsupported", "feature": feature})
}

pub fn printed(text: String) -> Value {
    json!({"outcome": "Printed", "text": text})
}

/// An accepted document. `None` where the engine has no canonical form of it.
pub fn accepted(canonical: Option<&Value>) -> Value {
    let canonical = canonical.filter(|document| is_shallow(document)).map(Value::to_string);
    json!({"outcome": "Accepted", "canonical": canonical.unwrap_or_default()})
}

/// Levels of JSON that the harness reads back; a deeper document is accepted without its canonical form.
const DEEPEST: usize = 400;

fn is_shallow(document: &Value) -> bool {
    let mut level = vec![document];
    for _ in 0..DEEPEST {
        level = level.into_iter().flat_map(parts).collect();
    }
    level.is_empty()
}

fn parts(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => vec![],
    }
}

pub fn unlinkable(error: &LinkError) -> Value {
    let kind = match error {
        LinkError::IncompleteSchema(_) => "Incomplete",
        LinkError::ActionEntityTypeDeclared(_) => "ActionEntityTypeDeclared",
        LinkError::DuplicateEntityType(_) => "DuplicateEntityType",
        LinkError::DuplicateAction(_) => "DuplicateAction",
        LinkError::ExternalIsEnum(_) => "ExternalIsEnum",
        LinkError::DefinedEntityAncestorsChanged(_) => "DefinedEntityAncestorsChanged",
        LinkError::ExternalActionParentsMismatch(_) => "ExternalActionParentsMismatch",
        LinkError::ShadowsBuiltinType(_) => "ShadowsBuiltinType",
        LinkError::Schema(_) => "Schema",
        _ => return unsupported("link-error"),
    };
    json!({"outcome": "Unlinkable", "kind": kind, "detail": error.to_string()})
}

/// The kind of an evaluation error; `Err` where the protocol has none.
pub fn evaluation_error(error: &EvaluationError) -> Result<&'static str, Value> {
    match error {
        EvaluationError::EntityDoesNotExist(_) => Ok("entity-missing"),
        EvaluationError::EntityAttrDoesNotExist(missing) => Ok(attribute_or_tag(&missing.to_string())),
        EvaluationError::RecordAttrDoesNotExist(_) => Ok("attr-missing"),
        EvaluationError::FailedExtensionFunctionLookup(_) => Ok("extension"),
        EvaluationError::FailedExtensionFunctionExecution(_) => Ok("extension"),
        EvaluationError::TypeError(_) => Ok("type"),
        EvaluationError::WrongNumArguments(_) => Ok("arity"),
        EvaluationError::IntegerOverflow(_) => Ok("overflow"),
        EvaluationError::UnlinkedSlot(_) => Ok("unlinked-slot"),
        EvaluationError::RecursionLimit(_) => Ok("recursion-limit"),
        EvaluationError::NonValue(_) => Err(unsupported("unknowns")),
    }
}

/// The engine has one type of error for both and keeps the difference private, so that only its message tells:
/// it goes on after the entity, whose id ends at the first quote that is not escaped.
fn attribute_or_tag(message: &str) -> &'static str {
    let (_, from_id) = message.split_once('"').unwrap_or_default();
    let mut characters = from_id.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            '"' => break,
            _ => {}
        }
    }
    let is_tag = characters.as_str().starts_with("` does not have the tag ");
    if is_tag { "tag-missing" } else { "attr-missing" }
}

/// The kind of a validation error (spec 08 §13); `Err` for one that the specification rules out.
pub fn validation_error(error: &ValidationError) -> Result<&'static str, Value> {
    Ok(match error {
        ValidationError::UnrecognizedEntityType(_) => "unrecognized_entity_type",
        ValidationError::UnrecognizedActionId(_) => "unrecognized_action",
        ValidationError::InvalidEnumEntity(_) => "invalid_enum_entity",
        ValidationError::UnexpectedType(_) => "unexpected_type",
        ValidationError::IncompatibleTypes(_) => "incompatible_types",
        ValidationError::UnsafeAttributeAccess(_) => "unsafe_attribute_access",
        ValidationError::UnsafeOptionalAttributeAccess(_) => "unsafe_optional_attribute_access",
        ValidationError::UnsafeTagAccess(_) => "unsafe_tag_access",
        ValidationError::WrongNumberArguments(_) => "wrong_number_of_arguments",
        ValidationError::FunctionArgumentValidation(_) => "function_argument",
        ValidationError::NonLitExtConstructor(_) => "non_literal_constructor",
        ValidationError::EmptySetForbidden(_) => "empty_set",
        ValidationError::EntityDerefLevelViolation(_) => "level_violation",
        ValidationError::IncompleteSchema(_) => "incomplete_schema",
        _ => return Err(unsupported("validation-error")),
    })
}

/// A warning as the protocol writes it: policy id, kind (spec 08 §8) and texts.
pub fn validation_warning(warning: &ValidationWarning) -> Vec<String> {
    let (policy, kind, texts) = match warning {
        ValidationWarning::InvalidActionApplication(it) => (&it.policy_id, "no_applicable_action", vec![]),
        ValidationWarning::ImpossiblePolicy(it) => (&it.policy_id, "impossible_policy", vec![]),
        ValidationWarning::BidiCharsInString(it) => (&it.policy_id, "bidi_string", vec![it.string.clone()]),
        ValidationWarning::MixedScriptString(it) => {
            (&it.policy_id, "mixed_script_string", vec![it.string.clone()])
        }
        ValidationWarning::BidiCharsInIdentifier(it) => {
            (&it.policy_id, "bidi_identifier", vec![it.id.clone()])
        }
        ValidationWarning::MixedScriptIdentifier(it) => {
            (&it.policy_id, "mixed_script_identifier", vec![it.id.clone()])
        }
        ValidationWarning::ConfusableIdentifier(it) => {
            let texts = vec![it.id.clone(), it.confusable_character.to_string()];
            (&it.policy_id, "confusable_identifier", texts)
        }
    };
    [policy.to_string(), kind.to_string()].into_iter().chain(texts).collect()
}
