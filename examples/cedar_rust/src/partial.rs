//! Partial evaluation, permission queries and batched authorization (spec 09).

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;

use cedar_policy::*;
use cedar_policy_core::batched_evaluator::err::BatchedEvalError;
use cedar_policy_core::tpe::err::{EntitiesError, EntityValidationError, JsonDeserializationError, TpeError};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::case::{Loaded, RequestText, uid};
use crate::outcome::*;
use crate::questions::name;

#[derive(Deserialize)]
pub struct Store {
    text: String,
    form: Form,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Form {
    Partial,
    Parts,
    Typed,
    Untyped,
}

/// What the constructor of a partial entity gets.
#[derive(Deserialize)]
struct Parts {
    uid: Value,
    attrs: Option<BTreeMap<String, String>>,
    tags: Option<BTreeMap<String, String>>,
    ancestors: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartialText {
    principal: Value,
    action: Option<Value>,
    resource: Value,
    context: Option<Box<RawValue>>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Principal,
    Resource,
    Action,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Loading {
    Exact,
    Less,
    More,
}

impl Loaded {
    pub fn partially_authorize(&self, request: &str, store: &Store) -> Answer {
        self.with_response(request, store, |response| {
            let mut classes = vec![];
            let mut add = |class: &str, ids: &mut dyn Iterator<Item = &PolicyId>| {
                classes.extend(ids.map(|id| json!([id, class])));
            };
            add("true_permits", &mut response.true_permits());
            add("false_permits", &mut response.false_permits());
            add("error_permits", &mut response.error_permits());
            add("residual_permits", &mut response.residual_permits());
            add("true_forbids", &mut response.true_forbids());
            add("false_forbids", &mut response.false_forbids());
            add("error_forbids", &mut response.error_forbids());
            add("residual_forbids", &mut response.residual_forbids());
            let written = |it: Policy| Some(json!([name(it.id()), it.to_json().ok()?.to_string()]));
            let residuals: Option<Vec<_>> = response.policies().map(written).collect();
            let reason = response.reason().map(Iterator::collect::<Vec<_>>);
            Ok(json!({
                "outcome": "PartiallyAuthorized", "decision": response.decision(), "reason": reason,
                "classes": classes, "residuals": residuals.ok_or_else(|| unsupported("residual-json"))?,
            }))
        })
    }

    pub fn reauthorize(&self, request: &str, entities: &Store, completion: &str, store: &Store) -> Answer {
        self.with_response(request, entities, |response| {
            let (request, store) = (self.completion(completion)?, self.concrete(store)?);
            let found = response.reauthorize(&request, &store).map_err(|error| {
                use TpeReauthorizationError::*;
                let kind = match error {
                    RequestValidation(_) => "request",
                    EntityValidation(_) => "entities",
                    InconsistentEntities(_) => "inconsistent_entities",
                    InconsistentRequests(_) => "inconsistent_request",
                };
                refused("reauthorize", kind, error)
            })?;
            let determining: Vec<_> = found.diagnostics().reason().collect();
            let erring = found.diagnostics().errors();
            let erring: Vec<_> =
                erring.map(|AuthorizationError::PolicyEvaluationError(it)| it.policy_id()).collect();
            Ok(json!({
                "outcome": "Reauthorized", "decision": found.decision(), "determining": determining,
                "erring": erring,
            }))
        })
    }

    pub fn query(&self, kind: Kind, request: &str, store: &Store) -> Answer {
        let about: PartialText = serde_json::from_str(request).or_rejected("request")?;
        let odd = || rejected("request", "not the form of such a query");
        let (principal, resource) = (role(about.principal)?, role(about.resource)?);
        if kind == Kind::Action {
            let context = about.context.as_deref().map(|it| self.context(it, None)).transpose()?;
            let schema = self.complete()?.clone();
            let asked = ActionQueryRequest::new(principal.partial(), resource.partial(), context, schema)
                .map_err(request_error)?;
            let (mut allowed, mut undecided) = (vec![], vec![]);
            let known = self.known(store)?;
            let found = self.policies.query_action(&asked, &known).map_err(query_error)?;
            for (uid, decision) in found {
                if decision.is_some() { &mut allowed } else { &mut undecided }.push(uid.to_string());
            }
            return Ok(json!({"outcome": "Permitted", "allowed": allowed, "undecided": undecided}));
        }
        let (Some(action), Some(context)) = (about.action, about.context) else { return Err(odd()) };
        let action = uid(action)?;
        let schema = self.complete()?;
        let context = || self.context(&context, Some((schema, &action)));
        let allowed: Vec<String> = match (kind, principal, resource) {
            (Kind::Principal, Role { name, id: None }, Role { name: other, id: Some(id) }) => {
                let resource = EntityUid::from_type_name_and_id(other, id);
                let asked = PrincipalQueryRequest::new(name, action.clone(), resource, context()?, schema);
                let (asked, store) = (asked.map_err(request_error)?, self.concrete(store)?);
                let found = self.policies.query_principal(&asked, &store, schema).map_err(query_error)?;
                found.map(|uid| uid.to_string()).collect()
            }
            (Kind::Resource, Role { name: other, id: Some(id) }, Role { name, id: None }) => {
                let principal = EntityUid::from_type_name_and_id(other, id);
                let asked = ResourceQueryRequest::new(principal, action.clone(), name, context()?, schema);
                let (asked, store) = (asked.map_err(request_error)?, self.concrete(store)?);
                let found = self.policies.query_resource(&asked, &store, schema).map_err(query_error)?;
                found.map(|uid| uid.to_string()).collect()
            }
            _ => return Err(odd()),
        };
        Ok(json!({"outcome": "Permitted", "allowed": allowed, "undecided": []}))
    }

    pub fn batched(&self, request: &str, store: &Store, loading: Loading, max_iters: u32) -> Answer {
        let schema = self.complete()?;
        let (request, store) = (self.completion(request)?, self.concrete(store)?);
        let mut loader = Loader { store: &store, loading, loads: RefCell::default() };
        let found = self.policies.is_authorized_batched(&request, schema, &mut loader, max_iters);
        let loads = loader.loads.into_inner();
        let answer = |decision, error: Option<&str>, detail| {
            json!({
                "outcome": "BatchAuthorized", "decision": decision, "error": error, "loads": loads,
                "detail": detail,
            })
        };
        let error = match found {
            Ok(decision) => return Ok(answer(Some(decision), None, String::new())),
            Err(error) => error,
        };
        let kind = match error {
            BatchedEvalError::TPE(TpeError::ExprToResidualError(_)) => return Err(unsupported("expression")),
            BatchedEvalError::TPE(_) => "policies",
            BatchedEvalError::RequestValidation(_) | BatchedEvalError::PartialRequest(_) => "request",
            BatchedEvalError::InsufficientIterations(_) => "insufficient_iterations",
            _ => "entities",
        };
        Ok(answer(None, Some(kind), error.to_string()))
    }

    fn with_response(&self, text: &str, store: &Store, ask: impl Fn(TpeResponse) -> Answer) -> Answer {
        let about: PartialText = serde_json::from_str(text).or_rejected("request")?;
        let (principal, resource) = (role(about.principal)?.partial(), role(about.resource)?.partial());
        let action = uid(about.action.ok_or_else(|| rejected("request", "no action"))?)?;
        let schema = self.complete()?;
        let context = about.context.map(|it| self.context(&it, Some((schema, &action)))).transpose()?;
        let request =
            PartialRequest::new(principal, action, resource, context, schema).map_err(request_error)?;
        let known = self.known(store)?;
        ask(self.policies.tpe(&request, &known, schema).map_err(|error| policies_error("policies", error))?)
    }

    fn complete(&self) -> Result<&Schema, Value> {
        let schema = self.schema.as_ref().ok_or_else(|| unsupported("partial-without-schema"))?;
        let is_complete = schema.is_complete();
        is_complete.then_some(schema).ok_or_else(|| refused("schema", "incomplete_schema", "external names"))
    }

    /// A context, read without types where those of the action do not fit, so that the check refuses it.
    fn context(&self, it: &RawValue, typed: Option<(&Schema, &EntityUid)>) -> Result<Context, Value> {
        let read =
            Context::from_json_str(it.get(), typed).or_else(|_| Context::from_json_str(it.get(), None));
        read.map_err(|error| refused("context", "invalid", error))
    }

    fn completion(&self, text: &str) -> Result<Request, Value> {
        let about: RequestText = serde_json::from_str(text).or_rejected("request")?;
        let (principal, action, resource) = (uid(about.principal)?, uid(about.action)?, uid(about.resource)?);
        let context = self.context(&about.context, Some((self.complete()?, &action)))?;
        Request::new(principal, action, resource, context, None).or_rejected("request")
    }

    fn concrete(&self, store: &Store) -> Result<Entities, Value> {
        let schema = if store.form == Form::Typed { Some(self.complete()?) } else { None };
        Entities::from_json_str(&store.text, schema)
            .map_err(|error| refused("concrete_entities", "invalid", error))
    }

    fn known(&self, store: &Store) -> Result<PartialEntities, Value> {
        let schema = self.complete()?;
        let known = match store.form {
            Form::Partial => match serde_json::from_str(&store.text) {
                Ok(document) => PartialEntities::from_json_value(document, schema),
                Err(error) => return Err(refused("entities", "invalid", error)),
            },
            Form::Parts => {
                let parts: Vec<Parts> =
                    serde_json::from_str(&store.text).map_err(|it| refused("entities", "invalid", it))?;
                let built =
                    parts.into_iter().map(|it| constructed(it, schema)).collect::<Result<Vec<_>, _>>();
                PartialEntities::from_partial_entities(built?, schema)
            }
            _ => PartialEntities::from_concrete(self.concrete(store)?, schema),
        };
        known.map_err(entities_error)
    }
}

/// A principal or resource whose id may be unknown.
struct Role {
    name: EntityTypeName,
    id: Option<EntityId>,
}

impl Role {
    fn partial(self) -> PartialEntityUid {
        PartialEntityUid::new(self.name, self.id)
    }
}

fn role(written: Value) -> Result<Role, Value> {
    let odd = |it: &Map<String, Value>| it.keys().any(|key| key != "type" && key != "id");
    if written.as_object().is_none_or(odd) {
        return Err(rejected("request", "not an object of `type` and `id`"));
    }
    if let Some(Value::String(name)) = written.get("type").filter(|_| written.get("id").is_none()) {
        return Ok(Role { name: name.parse().or_rejected("request")?, id: None });
    }
    let known = uid(written)?;
    Ok(Role { name: known.type_name().clone(), id: Some(known.id().clone()) })
}

fn constructed(parts: Parts, schema: &Schema) -> Result<PartialEntity, Value> {
    let values = |texts: BTreeMap<String, String>| {
        let read = |(name, text): (String, String)| {
            text.parse::<RestrictedExpression>().map(|value| (name.into(), value))
        };
        texts.into_iter().map(read).collect::<Result<BTreeMap<_, _>, _>>()
    };
    let values = |texts: Option<_>| {
        texts.map(values).transpose().map_err(|error| refused("entities", "invalid", error))
    };
    let ancestors = parts.ancestors.map(|it| it.into_iter().map(uid).collect::<Result<HashSet<_>, _>>());
    let (attributes, tags) = (values(parts.attrs)?, values(parts.tags)?);
    let built = PartialEntity::new(uid(parts.uid)?, attributes, ancestors.transpose()?, tags, schema);
    built.map_err(|error| match error {
        PartialEntityError::Entities(error) => entities_error(error),
        PartialEntityError::Evaluation(_) => refused("entities", "invalid", error),
    })
}

/// A loader that answers from a store and records for what it was asked.
struct Loader<'a> {
    store: &'a Entities,
    loading: Loading,
    loads: RefCell<Vec<Vec<String>>>,
}

impl EntityLoader for Loader<'_> {
    fn load_entities(&mut self, uids: &HashSet<EntityUid>) -> HashMap<EntityUid, Option<Entity>> {
        if !uids.is_empty() {
            self.loads.borrow_mut().push(uids.iter().map(ToString::to_string).collect());
        }
        let mut wanted = uids.clone();
        if self.loading == Loading::More {
            wanted.extend(self.store.iter().map(Entity::uid));
        }
        let answers = wanted.into_iter().map(|uid| (uid.clone(), self.store.get(&uid).cloned()));
        answers.filter(|(_, found)| self.loading != Loading::Less || found.is_some()).collect()
    }
}

fn refused(stage: &str, kind: &str, error: impl Display) -> Value {
    json!({"outcome": "PartialError", "stage": stage, "kind": kind, "detail": error.to_string()})
}

fn request_error(error: PartialRequestCreationError) -> Value {
    use RequestValidationError::*;
    let PartialRequestCreationError::Validation(error) = error else {
        return refused("request", "context", error);
    };
    let kind = match error {
        UndeclaredAction(_) | ExternalAction(_) => "undeclared_action",
        UndeclaredPrincipalType(_) | InvalidPrincipalType(_) => "principal_type",
        UndeclaredResourceType(_) | InvalidResourceType(_) => "resource_type",
        InvalidEnumEntity(_) => "enumerated_id",
        _ => "context",
    };
    refused("request", kind, error)
}

fn entities_error(error: EntitiesError) -> Value {
    use EntitiesError::*;
    let kind = match error {
        Deserialization(JsonDeserializationError::UnexpectedAction(_)) => "action_entity",
        Validation(EntityValidationError::MismatchedActionAncestors(_)) => "action_ancestors",
        AncestorValidation(_) => "unknown_ancestors",
        TCComputation(_) => "cycle",
        Duplicate(_) => "duplicate",
        _ => "invalid",
    };
    refused("entities", kind, error)
}

fn query_error(error: PermissionQueryError) -> Value {
    match error {
        PermissionQueryError::Entities(error) => refused("query", "entities", error),
        PermissionQueryError::TPE(error) => policies_error("query", error),
    }
}

fn policies_error(stage: &str, error: TpeError) -> Value {
    match error {
        TpeError::ExprToResidualError(_) => unsupported("expression"),
        TpeError::IncompleteSchema(_) => refused("schema", "incomplete_schema", error),
        _ => refused(stage, if stage == "query" { "policies" } else { "ill_typed" }, error),
    }
}
