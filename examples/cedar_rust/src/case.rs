//! A loaded case: requests, expressions and validation.

use cedar_policy::*;
use cedar_policy_core::ast::SlotEnv;
use cedar_policy_core::entities::CedarValueJson;
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use cedar_policy_core::validator as core;
use cedar_rust_texts::kinds::*;
use cedar_rust_texts::outcome::*;
use cedar_rust_texts::questions::{name, schema_of};
use cedar_rust_texts::texts::{self, Link, Source};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub struct Case {
    policies: Source,
    schema: Option<Source>,
    entities: String,
    links: Vec<Link>,
    fragments: Vec<Source>,
}

#[derive(Deserialize)]
pub struct Request {
    text: String,
    validate: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestText {
    pub principal: Value,
    pub action: Value,
    pub resource: Value,
    #[serde(default = "empty_record")]
    pub context: Box<RawValue>,
}

/// A uid as JSON, or as a normalized literal (spec 05 §9).
pub fn uid(written: Value) -> Result<EntityUid, Value> {
    match written {
        Value::String(literal) => literal.parse().or_rejected("request"),
        document => EntityUid::from_json(document).or_rejected("request"),
    }
}

pub struct Loaded {
    pub policies: PolicySet,
    pub schema: Option<Schema>,
    pub entities: Entities,
    pub prepared: Vec<(Request, cedar_policy::Request)>,
}

impl Loaded {
    pub fn read(case: Case) -> Result<Self, Value> {
        let schemas: Vec<Source> = case.schema.into_iter().chain(case.fragments).collect();
        let schema = schema_of(&schemas)?;
        let policies = texts::policies_with_links(&case.policies, &case.links)?;
        let entities = texts::entities(&case.entities, schema.as_ref())?;
        Ok(Self { policies, schema, entities, prepared: vec![] })
    }

    pub fn authorize(&self, request: &Request) -> Answer {
        let request = self.request(request)?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &self.entities);
        let mut erring = vec![];
        for AuthorizationError::PolicyEvaluationError(error) in response.diagnostics().errors() {
            erring.push(json!([error.policy_id(), evaluation_error(error.inner())?]));
        }
        let determining: Vec<&PolicyId> = response.diagnostics().reason().collect();
        Ok(json!({
            "outcome": "Authorized", "decision": response.decision(), "determining": determining, "erring": erring,
        }))
    }

    pub fn evaluate(&self, text: &str, request: &Request) -> Answer {
        let expression = texts::expression(text)?;
        let request = self.request(request)?;
        let evaluator =
            Evaluator::new(request.as_ref().clone(), self.entities.as_ref(), Extensions::all_available());
        match evaluator.interpret(expression.as_ref(), &SlotEnv::new()).map(CedarValueJson::from_value) {
            Ok(Ok(value)) => Ok(json!({"outcome": "Evaluated", "json": value})),
            Ok(Err(_)) => Err(unsupported("reserved-keys")),
            Err(error) => Ok(json!({"outcome": "Failed", "kind": evaluation_error(&error)?})),
        }
    }

    pub fn validate(&self, mode: &str, level: Option<u64>) -> Answer {
        let level = level.map(|it| it.try_into().unwrap_or(u32::MAX));
        let schema = self.schema.as_ref().ok_or_else(|| unsupported("validation-without-schema"))?;
        use core::ValidationMode::{Permissive, Strict};
        let mode = if mode == "strict" { Strict } else { Permissive };
        let validator = core::Validator::new(schema.as_ref().clone());
        let found = match level {
            None => validator.validate(self.policies.as_ref(), mode),
            Some(level) => validator.validate_with_level(self.policies.as_ref(), mode, level),
        };
        let mut errors = vec![];
        for error in found.validation_errors().cloned().map(ValidationError::from) {
            errors.push((name(error.policy_id()), validation_error(&error)?));
        }
        let ids = self.policies.policies().map(|policy| policy.id());
        let ids = ids.chain(self.policies.templates().map(|template| template.id())).map(name);
        let policies: Value =
            ids.map(|id| json!([id, errors.iter().all(|(wrong, _)| *wrong != id)])).collect();
        let warnings: Value = found.validation_warnings().map(validation_warning).collect();
        let valid = found.validation_passed();
        Ok(json!({
            "outcome": "Validated", "valid": valid, "policies": policies, "errors": errors, "warnings": warnings,
        }))
    }

    /// The request, which a schema checks if it is to be validated. Otherwise the schema only types the context of an
    /// action that it declares.
    pub fn request(&self, request: &Request) -> Result<cedar_policy::Request, Value> {
        let about: RequestText = serde_json::from_str(&request.text).or_rejected("request")?;
        let (principal, action, resource) = (uid(about.principal)?, uid(about.action)?, uid(about.resource)?);
        let typed = self.schema.as_ref().map(|schema| (schema, &action));
        let typed = typed
            .filter(|(schema, action)| request.validate || schema.principals_for_action(action).is_some());
        let context = Context::from_json_str(about.context.get(), typed).or_rejected("request")?;
        let checked = self.schema.as_ref().filter(|_| request.validate);
        cedar_policy::Request::new(principal, action, resource, context, checked).or_rejected("request")
    }
}

fn empty_record() -> Box<RawValue> {
    RawValue::from_string("{}".into()).expect("JSON")
}
