//! A loaded case: requests, expressions and validation.

use std::collections::HashMap;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Entities, EntityUid, PolicyId, PolicySet, Schema, SlotId,
    ValidationError,
};
use cedar_policy_core::ast::SlotEnv;
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use cedar_policy_core::validator::{ValidationMode, Validator};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::outcome::{
    Answer, OrRejected, evaluation_error, unsupported, validation_error, validation_warning,
};
use crate::questions::{linked, name};
use crate::texts::{self, Source};
use crate::values::canonical;

#[derive(Deserialize)]
pub struct Case {
    policies: Source,
    schema: Option<Source>,
    entities: String,
    links: Vec<Link>,
    fragments: Vec<Source>,
}

#[derive(Deserialize)]
pub struct Link {
    template: String,
    id: String,
    values: Vec<(Slot, String)>,
}

#[derive(Clone, Copy, Deserialize)]
enum Slot {
    #[serde(rename = "?principal")]
    Principal,
    #[serde(rename = "?resource")]
    Resource,
}

#[derive(Deserialize)]
pub struct Request {
    text: String,
    validate: bool,
}

#[derive(Deserialize)]
struct RequestText {
    principal: Value,
    action: Value,
    resource: Value,
    #[serde(default = "empty_record")]
    context: Box<RawValue>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Strict,
    Permissive,
}

pub struct Loaded {
    policies: PolicySet,
    schema: Option<Schema>,
    entities: Entities,
}

impl Loaded {
    pub fn read(case: Case) -> Result<Self, Value> {
        let schemas: Vec<Source> = case.schema.into_iter().chain(case.fragments).collect();
        let schema = if schemas.is_empty() { None } else { Some(linked(&schemas, false)?) };
        let policies = with_links(texts::policy_set(&case.policies)?, &case.links)?;
        let entities = texts::entities(&case.entities, schema.as_ref())?;
        Ok(Self { policies, schema, entities })
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
        match evaluator.interpret(expression.as_ref(), &SlotEnv::new()) {
            Ok(value) => Ok(json!({"outcome": "Evaluated", "value": canonical(&value)})),
            Err(error) => Ok(json!({"outcome": "Failed", "kind": evaluation_error(&error)?})),
        }
    }

    pub fn validate(&self, mode: Mode, level: Option<u64>) -> Answer {
        let Some(schema) = &self.schema else {
            return Err(unsupported("validation-without-schema"));
        };
        let mode = match mode {
            Mode::Strict => ValidationMode::Strict,
            Mode::Permissive => ValidationMode::Permissive,
        };
        let validator = Validator::new(schema.as_ref().clone());
        let found = match level {
            None => validator.validate(self.policies.as_ref(), mode),
            Some(level) => {
                let level = u32::try_from(level).unwrap_or(u32::MAX);
                validator.validate_with_level(self.policies.as_ref(), mode, level)
            }
        };
        let mut errors = vec![];
        for error in found.validation_errors().cloned().map(ValidationError::from) {
            errors.push((name(error.policy_id()), validation_error(&error)?));
        }
        let ids = self.policies.policies().map(|policy| policy.id());
        let ids = ids.chain(self.policies.templates().map(|template| template.id())).map(name);
        let policies = ids.map(|id| (errors.iter().all(|(wrong, _)| *wrong != id), id));
        Ok(json!({
            "outcome": "Validated",
            "valid": found.validation_passed(),
            "policies": policies.map(|(valid, id)| json!([id, valid])).collect::<Vec<_>>(),
            "errors": errors,
            "warnings": found.validation_warnings().map(validation_warning).collect::<Vec<_>>(),
        }))
    }

    /// The request, which a schema checks if it is to be validated. Otherwise the schema only types the context of an
    /// action that it declares.
    fn request(&self, request: &Request) -> Result<cedar_policy::Request, Value> {
        let about: RequestText = serde_json::from_str(&request.text).or_rejected("request")?;
        let [principal, action, resource] =
            [about.principal, about.action, about.resource].map(EntityUid::from_json);
        let action = action.or_rejected("request")?;
        let typed = self.schema.as_ref().map(|schema| (schema, &action));
        let typed = typed
            .filter(|(schema, action)| request.validate || schema.principals_for_action(action).is_some());
        let context = Context::from_json_str(about.context.get(), typed).or_rejected("request")?;
        let checked = self.schema.as_ref().filter(|_| request.validate);
        let (principal, resource) = (principal.or_rejected("request")?, resource.or_rejected("request")?);
        cedar_policy::Request::new(principal, action, resource, context, checked).or_rejected("request")
    }
}

fn empty_record() -> Box<RawValue> {
    RawValue::from_string("{}".into()).expect("JSON")
}

pub fn with_links(mut policies: PolicySet, links: &[Link]) -> Result<PolicySet, Value> {
    for link in links {
        let mut values = HashMap::new();
        for (slot, text) in &link.values {
            let document = serde_json::from_str(text).or_rejected("link")?;
            let uid = EntityUid::from_json(document).or_rejected("link")?;
            let slot = match slot {
                Slot::Principal => SlotId::principal(),
                Slot::Resource => SlotId::resource(),
            };
            values.insert(slot, uid);
        }
        policies.link(PolicyId::new(&link.template), PolicyId::new(&link.id), values).or_rejected("link")?;
    }
    Ok(policies)
}
