//! The protocol's names for the engine's kinds of errors and warnings.

use cedar_policy::*;
use cedar_policy_core::batched_evaluator::err::BatchedEvalError;
use cedar_policy_core::tpe::err::{EntitiesError, EntityValidationError, JsonDeserializationError, TpeError};
use cedar_policy_core::validator::ValidationWarning;
use serde_json::{Value, json};

use crate::outcome::*;

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

pub fn request_error(error: PartialRequestCreationError) -> Value {
    use RequestValidationError::*;
    let PartialRequestCreationError::Validation(error) = error else {
        return partial_error("request", "context", error);
    };
    let kind = match error {
        UndeclaredAction(_) | ExternalAction(_) => "undeclared_action",
        UndeclaredPrincipalType(_) | InvalidPrincipalType(_) => "principal_type",
        UndeclaredResourceType(_) | InvalidResourceType(_) => "resource_type",
        InvalidEnumEntity(_) => "enumerated_id",
        _ => "context",
    };
    partial_error("request", kind, error)
}

pub fn entities_error(error: EntitiesError) -> Value {
    use EntitiesError::*;
    let kind = match error {
        Deserialization(JsonDeserializationError::UnexpectedAction(_)) => "action_entity",
        Validation(EntityValidationError::MismatchedActionAncestors(_)) => "action_ancestors",
        AncestorValidation(_) => "unknown_ancestors",
        TCComputation(_) => "cycle",
        Duplicate(_) => "duplicate",
        _ => "invalid",
    };
    partial_error("entities", kind, error)
}

pub fn query_error(error: PermissionQueryError) -> Value {
    match error {
        PermissionQueryError::Entities(error) => partial_error("query", "entities", error),
        PermissionQueryError::TPE(error) => policies_error("query", error),
    }
}

pub fn policies_error(stage: &str, error: TpeError) -> Value {
    match error {
        TpeError::ExprToResidualError(_) => unsupported("expression"),
        TpeError::IncompleteSchema(_) => partial_error("schema", "incomplete_schema", error),
        _ => partial_error(stage, if stage == "query" { "policies" } else { "ill_typed" }, error),
    }
}

pub fn reauthorize_error(error: TpeReauthorizationError) -> Value {
    use TpeReauthorizationError::*;
    let kind = match error {
        RequestValidation(_) => "request",
        EntityValidation(_) => "entities",
        InconsistentEntities(_) => "inconsistent_entities",
        InconsistentRequests(_) => "inconsistent_request",
    };
    partial_error("reauthorize", kind, error)
}

/// The kind of an error of batched authorization; `Err` for an expression without a residual.
pub fn batched_error(error: &BatchedEvalError) -> Result<&'static str, Value> {
    Ok(match error {
        BatchedEvalError::TPE(TpeError::ExprToResidualError(_)) => return Err(unsupported("expression")),
        BatchedEvalError::TPE(_) => "policies",
        BatchedEvalError::RequestValidation(_) | BatchedEvalError::PartialRequest(_) => "request",
        BatchedEvalError::InsufficientIterations(_) => "insufficient_iterations",
        _ => "entities",
    })
}
