//! Outcomes as JSON, and the protocol's names for the engine's kinds of errors and warnings.

use std::fmt::Display;

use cedar_policy::{EvaluationError, LinkError, ValidationError};
use cedar_policy_core::validator::ValidationWarning;
use serde::Serialize;
use serde_json::{Value, json};

/// An outcome; `Err` holds one that ended the work early, such as a refusal.
pub type Answer = Result<Value, Value>;

pub fn rejected(part: &str, error: impl Display) -> Value {
    json!({"outcome": "Rejected", "part": part, "detail": error.to_string()})
}

pub trait OrRejected<T> {
    fn or_rejected(self, part: &str) -> Result<T, Value>;
}

impl<T, E: Display> OrRejected<T> for Result<T, E> {
    fn or_rejected(self, part: &str) -> Result<T, Value> {
        self.map_err(|error| rejected(part, error))
    }
}

pub fn unsupported(feature: &str) -> Value {
    json!({"outcome": "Unsupported", "feature": feature})
}

pub fn printed(text: String) -> Value {
    json!({"outcome": "Printed", "text": text})
}

/// An accepted document; without its JSON where it has none.
pub fn accepted(document: Result<impl Serialize, impl Display>) -> Value {
    let canonical = document.ok().and_then(|it| serde_json::to_string(&it).ok());
    json!({"outcome": "Accepted", "canonical": canonical.unwrap_or_default()})
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

/// The kind of an evaluation error (spec 02 §3); `Err` for the one of partial evaluation.
pub fn evaluation_error(error: &EvaluationError) -> Result<&'static str, Value> {
    Ok(match error {
        EvaluationError::EntityDoesNotExist(_) => "entity-missing",
        EvaluationError::EntityAttrDoesNotExist(missing) => attribute_or_tag(&missing.to_string()),
        EvaluationError::RecordAttrDoesNotExist(_) => "attr-missing",
        EvaluationError::FailedExtensionFunctionLookup(_) => "extension",
        EvaluationError::FailedExtensionFunctionExecution(_) => "extension",
        EvaluationError::TypeError(_) => "type",
        EvaluationError::WrongNumArguments(_) => "arity",
        EvaluationError::IntegerOverflow(_) => "overflow",
        EvaluationError::UnlinkedSlot(_) => "unlinked-slot",
        EvaluationError::RecursionLimit(_) => "recursion-limit",
        EvaluationError::NonValue(_) => return Err(unsupported("unknowns")),
    })
}

/// Tell a missing tag from a missing attribute: one error for both, whose difference only the message shows. It
/// does so after the entity, whose id ends at the first quote without a backslash.
fn attribute_or_tag(message: &str) -> &'static str {
    let mut parts = message.split('"').skip(1);
    let escapes = |part: &&str| part.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
    parts.by_ref().find(|part| !escapes(part));
    let is_tag = parts.next().is_some_and(|after| after.starts_with("` does not have the tag "));
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
pub fn validation_warning(warning: &ValidationWarning) -> Value {
    use ValidationWarning::*;
    match warning {
        InvalidActionApplication(it) => json!([it.policy_id, "no_applicable_action"]),
        ImpossiblePolicy(it) => json!([it.policy_id, "impossible_policy"]),
        BidiCharsInString(it) => json!([it.policy_id, "bidi_string", it.string]),
        MixedScriptString(it) => json!([it.policy_id, "mixed_script_string", it.string]),
        BidiCharsInIdentifier(it) => json!([it.policy_id, "bidi_identifier", it.id]),
        MixedScriptIdentifier(it) => json!([it.policy_id, "mixed_script_identifier", it.id]),
        ConfusableIdentifier(it) => {
            json!([it.policy_id, "confusable_identifier", it.id, it.confusable_character])
        }
    }
}
