//! Partial evaluation, permission queries and batched authorization (spec 09).

use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::*;
use cedar_rust_texts::kinds::*;
use cedar_rust_texts::outcome::*;
use cedar_rust_texts::questions::name;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::case::{Loaded, RequestText, uid};

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
    action: Option<Map<String, Value>>,
    resource: Value,
    #[serde(default, deserialize_with = "given")]
    context: Option<Box<RawValue>>,
}

/// A member that may be missing, and of which `null` is no value.
fn given<'a, D: Deserializer<'a>>(from: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::deserialize(from).map(Some)
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
            let found = response.reauthorize(&request, &store).map_err(reauthorize_error)?;
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
        let (principal, resource) = (role(about.principal)?, role(about.resource)?);
        if kind == Kind::Action {
            let context = about.context.as_deref().map(|it| self.context(it, None)).transpose()?;
            let schema = self.complete()?.clone();
            let asked = ActionQueryRequest::new(principal.partial(), resource.partial(), context, schema)
                .map_err(request_error)?;
            let known = self.known(store)?;
            let found = self.policies.query_action(&asked, &known).map_err(query_error)?;
            let (allowed, undecided): (Vec<_>, Vec<_>) = found.partition(|(_, decision)| decision.is_some());
            let uids = |found: Vec<(&EntityUid, _)>| texts(found.into_iter().map(|(uid, _)| uid));
            return Ok(permitted(uids(allowed), uids(undecided)));
        }
        let (Some(action), Some(context)) = (about.action, about.context) else { return Err(odd_query()) };
        let (action, schema) = (uid(action.into())?, self.complete()?);
        let context = || self.context(&context, Some((schema, &action)));
        if kind == Kind::Principal {
            let (name, resource) = (principal.unknown()?, resource.known()?);
            let asked = PrincipalQueryRequest::new(name, action.clone(), resource, context()?, schema)
                .map_err(request_error)?;
            let store = self.concrete(store)?;
            let found = self.policies.query_principal(&asked, &store, schema).map_err(query_error)?;
            Ok(permitted(texts(found), vec![]))
        } else {
            let (principal, name) = (principal.known()?, resource.unknown()?);
            let asked = ResourceQueryRequest::new(principal, action.clone(), name, context()?, schema)
                .map_err(request_error)?;
            let store = self.concrete(store)?;
            let found = self.policies.query_resource(&asked, &store, schema).map_err(query_error)?;
            Ok(permitted(texts(found), vec![]))
        }
    }

    pub fn batched(&self, request: &str, store: &Store, loading: Loading, max_iters: u32) -> Answer {
        let schema = self.complete()?;
        let (request, store) = (self.completion(request)?, self.concrete(store)?);
        let mut loader = Loader { store: &store, loading, loads: vec![] };
        let found = self.policies.is_authorized_batched(&request, schema, &mut loader, max_iters);
        let (decision, kind, detail) = match found {
            Ok(decision) => (Some(decision), None, String::new()),
            Err(error) => (None, Some(batched_error(&error)?), error.to_string()),
        };
        Ok(json!({
            "outcome": "BatchAuthorized", "decision": decision, "error": kind, "loads": loader.loads,
            "detail": detail,
        }))
    }

    fn with_response(&self, text: &str, store: &Store, ask: impl Fn(TpeResponse) -> Answer) -> Answer {
        let about: PartialText = serde_json::from_str(text).or_rejected("request")?;
        let (principal, resource) = (role(about.principal)?.partial(), role(about.resource)?.partial());
        let action = uid(about.action.ok_or_else(|| rejected("request", "no action"))?.into())?;
        let schema = self.complete()?;
        let context = about.context.map(|it| self.context(&it, Some((schema, &action)))).transpose()?;
        let checked = |context| {
            PartialRequest::new(principal.clone(), action.clone(), resource.clone(), context, schema)
        };
        let mut request = checked(None).map_err(request_error)?;
        if context.is_some() {
            // The crate gives an unlisted id in a context the class of one of a principal (spec 09 §1.1).
            request = checked(context).map_err(|error| partial_error("request", "context", error))?;
        }
        let known = self.known(store)?;
        ask(self.policies.tpe(&request, &known, schema).map_err(|error| policies_error("policies", error))?)
    }

    fn complete(&self) -> Result<&Schema, Value> {
        let schema = self.schema.as_ref().ok_or_else(|| unsupported("partial-without-schema"))?;
        let is_complete = schema.is_complete();
        is_complete
            .then_some(schema)
            .ok_or_else(|| partial_error("schema", "incomplete_schema", "external names"))
    }

    /// A context, read without types where those of the action do not fit, so that the check refuses it.
    fn context(&self, it: &RawValue, typed: Option<(&Schema, &EntityUid)>) -> Result<Context, Value> {
        let read =
            Context::from_json_str(it.get(), typed).or_else(|_| Context::from_json_str(it.get(), None));
        read.or_invalid("context")
    }

    fn completion(&self, text: &str) -> Result<Request, Value> {
        let about: RequestText = serde_json::from_str(text).or_rejected("request")?;
        let (principal, action, resource) = (uid(about.principal)?, uid(about.action)?, uid(about.resource)?);
        let context = self.context(&about.context, Some((self.complete()?, &action)))?;
        Request::new(principal, action, resource, context, None).or_rejected("request")
    }

    fn concrete(&self, store: &Store) -> Result<Entities, Value> {
        let schema = if store.form == Form::Typed { Some(self.complete()?) } else { None };
        Entities::from_json_str(&store.text, schema).or_invalid("concrete_entities")
    }

    fn known(&self, store: &Store) -> Result<PartialEntities, Value> {
        let schema = self.complete()?;
        let known = match store.form {
            Form::Partial => {
                let document = serde_json::from_str(&store.text).or_invalid("entities")?;
                PartialEntities::from_json_value(document, schema)
            }
            Form::Parts => {
                let parts: Vec<Parts> = serde_json::from_str(&store.text).or_invalid("entities")?;
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

    fn known(self) -> Result<EntityUid, Value> {
        let id = self.id.ok_or_else(odd_query)?;
        Ok(EntityUid::from_type_name_and_id(self.name, id))
    }

    /// The type of one whose id is asked for.
    fn unknown(self) -> Result<EntityTypeName, Value> {
        if self.id.is_none() { Ok(self.name) } else { Err(odd_query()) }
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
    let read = |(name, text): (String, String)| {
        text.parse::<RestrictedExpression>().map(|value| (name.into(), value)).or_invalid("entities")
    };
    let values = |texts: Option<BTreeMap<_, _>>| {
        texts.map(|it| it.into_iter().map(read).collect::<Result<BTreeMap<_, _>, _>>()).transpose()
    };
    let ancestors = parts.ancestors.map(|it| it.into_iter().map(uid).collect::<Result<HashSet<_>, _>>());
    let (attributes, tags) = (values(parts.attrs)?, values(parts.tags)?);
    let built = PartialEntity::new(uid(parts.uid)?, attributes, ancestors.transpose()?, tags, schema);
    built.map_err(|error| match error {
        PartialEntityError::Entities(error) => entities_error(error),
        PartialEntityError::Evaluation(_) => partial_error("entities", "invalid", error),
    })
}

/// A loader that answers from a store and records for what it was asked.
struct Loader<'a> {
    store: &'a Entities,
    loading: Loading,
    loads: Vec<Vec<String>>,
}

impl EntityLoader for Loader<'_> {
    fn load_entities(&mut self, uids: &HashSet<EntityUid>) -> HashMap<EntityUid, Option<Entity>> {
        if !uids.is_empty() {
            self.loads.push(texts(uids));
        }
        let mut wanted = uids.clone();
        if self.loading == Loading::More {
            wanted.extend(self.store.iter().map(Entity::uid));
        }
        let answers = wanted.into_iter().map(|uid| (uid.clone(), self.store.get(&uid).cloned()));
        answers.filter(|(_, found)| self.loading != Loading::Less || found.is_some()).collect()
    }
}

fn permitted(allowed: Vec<String>, undecided: Vec<String>) -> Value {
    json!({"outcome": "Permitted", "allowed": allowed, "undecided": undecided})
}

fn odd_query() -> Value {
    rejected("request", "not the form of such a query")
}
