//! Linking of schemas (spec 13 §5) and questions about schemas and policies (spec 13 §1–§3).

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::*;
use cedar_policy_core::ast::RestrictedExpr;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::kinds::unlinkable;
use crate::outcome::*;
use crate::texts::{Link, Source, policies_with_links, schema as read_schema};

#[derive(Deserialize)]
pub struct Inquiry {
    schemas: Vec<Source>,
    policies: Option<Source>,
    links: Vec<Link>,
    extra_types: Vec<String>,
    extra_actions: Vec<String>,
    substitute: Vec<(String, String)>,
}

/// The schema of a case or an inquiry, linked from its parts; none where there are no parts.
pub fn schema_of(parts: &[Source]) -> Result<Option<Schema>, Value> {
    if parts.is_empty() { Ok(None) } else { linked(parts, false).map(Some) }
}

fn linked(schemas: &[Source], complete: bool) -> Result<Schema, Value> {
    let read = schemas.iter().map(read_schema).collect::<Result<Vec<Schema>, Value>>()?;
    let linked = if complete { Schema::schema_link_complete(read) } else { Schema::schema_link(read) };
    linked.map_err(|error| unlinkable(&error))
}

/// Link schemas and give the result as a JSON schema, in which all ancestors are parents.
pub fn link_schemas(schemas: &[Source], complete: bool) -> Answer {
    Ok(accepted(linked(schemas, complete)?.as_ref().to_json_schema()))
}

pub fn answer(inquiry: &Inquiry) -> Answer {
    let schema = schema_of(&inquiry.schemas)?;
    let mut answers = json!({});
    if let Some(schema) = &schema {
        let types = inquiry.extra_types.iter().map(|name| name.parse().or_rejected("expression"));
        let actions = inquiry.extra_actions.iter().map(|uid| entity_uid(uid));
        answers["schema"] =
            about_schema(schema, types.collect::<Result<_, _>>()?, actions.collect::<Result<_, _>>()?);
    }
    if let Some(source) = &inquiry.policies {
        let policies = policies_with_links(source, &inquiry.links)?;
        let mapping = inquiry.substitute.iter().map(|(from, to)| Ok((entity_uid(from)?, entity_uid(to)?)));
        let mapping: BTreeMap<_, _> = mapping.collect::<Result<_, Value>>()?;
        let about =
            policies.policies().map(|it| (name(it.id()), about_policy(it, schema.as_ref(), &mapping)));
        let templates = policies.templates().map(|it| (name(it.id()), about_template(it, schema.as_ref())));
        answers["policies"] = about.chain(templates).collect::<Map<_, _>>().into();
        if let Some(schema) = schema {
            answers["valid"] =
                Validator::new(schema).validate(&policies, ValidationMode::Strict).validation_passed().into();
        }
    }
    Ok(json!({"outcome": "Answered", "answers": answers.to_string()}))
}

/// A uid in any spelling that policies allow.
fn entity_uid(literal: &str) -> Result<EntityUid, Value> {
    let read: RestrictedExpr = literal.parse().or_rejected("expression")?;
    let uid = read.as_euid().ok_or_else(|| rejected("expression", "not an entity literal"))?;
    Ok(uid.clone().into())
}

fn about_schema(schema: &Schema, extra: BTreeSet<EntityTypeName>, more: BTreeSet<EntityUid>) -> Value {
    let types: BTreeSet<_> = extra.iter().chain(schema.entity_types()).collect();
    let uids: BTreeSet<_> = more.iter().chain(schema.actions()).collect();
    let store = schema.action_entities().expect("actions of a schema are entities");
    let pairs = types.iter().flat_map(|one| types.iter().map(move |other| (one, other)));
    let applicable = pairs.filter_map(|(principal, resource)| {
        let actions = texts(schema.actions_for_principal_and_resource(principal, resource));
        (!actions.is_empty()).then(|| json!([principal.to_string(), resource.to_string(), actions]))
    });
    json!({
        "principals": texts(schema.principals()),
        "resources": texts(schema.resources()),
        "entity_types": texts(schema.entity_types()),
        "actions": texts(schema.actions()),
        "action_groups": texts(schema.action_groups()),
        "request_envs": environments(schema.request_envs()),
        "external_entity_types": texts(schema.external_entity_types()),
        "external_actions": texts(schema.external_actions()),
        "is_complete": schema.is_complete(),
        "ancestors": table(&types, |name| schema.ancestors(name).map(texts)),
        "principals_for_action": table(&uids, |uid| schema.principals_for_action(uid).map(texts)),
        "resources_for_action": table(&uids, |uid| schema.resources_for_action(uid).map(texts)),
        "actions_for_principal_and_resource": applicable.collect::<Vec<_>>(),
        "action_entities": table(store.iter().map(|it| it.uid()), |uid| store.ancestors(uid).map(texts)),
    })
}

/// Define what is asked of policies and of templates alike.
macro_rules! about {
    ($it:expr, $schema:expr, $principal:ident, $resource:ident) => {{
        let mut answers = json!({
            "effect": $it.effect(),
            "principal": $principal($it.principal_constraint()),
            "action": action($it.action_constraint()),
            "resource": $resource($it.resource_constraint()),
            "has_non_scope_constraint": $it.has_non_scope_constraint(),
            "annotations": $it.annotations().collect::<BTreeMap<_, _>>(),
        });
        if let Some(schema) = $schema {
            answers["valid_request_envs"] = environments($it.get_valid_request_envs(schema));
        }
        answers
    }};
}

fn about_template(template: &Template, schema: Option<&Schema>) -> Value {
    let mut answers = about!(template, schema, template_principal, template_resource);
    answers["template"] = true.into();
    answers["slots"] = texts(template.slots()).into();
    answers
}

fn about_policy(policy: &Policy, schema: Option<&Schema>, mapping: &BTreeMap<EntityUid, EntityUid>) -> Value {
    let mut answers = about!(policy, schema, principal, resource);
    answers["static"] = policy.is_static().into();
    answers["entity_literals"] = texts(policy.entity_literals()).into();
    if let (Some(template), Some(values)) = (policy.template_id(), policy.template_links()) {
        answers["template"] = json!(template);
        answers["links"] = table(values.keys(), |slot| values.get(*slot).map(ToString::to_string));
    }
    if policy.is_static() && !mapping.is_empty() {
        let replaced = policy.sub_entity_literals(mapping.clone()).ok();
        answers["substituted"] = replaced.as_ref().and_then(|it| it.to_json().ok()).into();
        if let Some(replaced) = replaced {
            answers["substituted_literals"] = texts(replaced.entity_literals()).into();
        }
    }
    answers
}

/// Define the answer about constraints of one type; `$shown` writes the entity in them.
macro_rules! constraint {
    ($name:ident, $type:ident, $shown:expr) => {
        fn $name(constraint: $type) -> Value {
            match constraint {
                $type::Any => json!(["any"]),
                $type::Eq(uid) => json!(["==", $shown(uid)]),
                $type::In(uid) => json!(["in", $shown(uid)]),
                $type::Is(name) => json!(["is", name.to_string()]),
                $type::IsIn(name, uid) => json!(["is in", name.to_string(), $shown(uid)]),
            }
        }
    };
}
constraint!(principal, PrincipalConstraint, |uid: EntityUid| uid.to_string());
constraint!(resource, ResourceConstraint, |uid: EntityUid| uid.to_string());
constraint!(template_principal, TemplatePrincipalConstraint, text_or_slot);
constraint!(template_resource, TemplateResourceConstraint, text_or_slot);

fn text_or_slot(uid: Option<EntityUid>) -> String {
    uid.map_or("slot".into(), |uid| uid.to_string())
}

fn action(constraint: ActionConstraint) -> Value {
    match constraint {
        ActionConstraint::Any => json!(["any"]),
        ActionConstraint::Eq(uid) => json!(["==", uid.to_string()]),
        ActionConstraint::In(uids) => json!(["in", texts(uids)]),
    }
}

/// The id as it is; its `Display` escapes.
pub fn name(id: &PolicyId) -> String {
    AsRef::<str>::as_ref(id).to_string()
}

/// Request environments; slot types are members only where there are slots.
fn environments(found: impl Iterator<Item = RequestEnv>) -> Value {
    let written = found.map(|it| {
        let (principal, resource) = (it.principal().to_string(), it.resource().to_string());
        let mut written =
            json!({"principal": principal, "action": it.action().to_string(), "resource": resource});
        for (name, slot) in [("principal_slot", it.principal_slot()), ("resource_slot", it.resource_slot())] {
            if let Some(slot) = slot {
                written[name] = slot.to_string().into();
            }
        }
        written
    });
    written.collect()
}

fn table<T: ToString, V: Into<Value>>(
    keys: impl IntoIterator<Item = T>,
    row: impl Fn(&T) -> Option<V>,
) -> Value {
    keys.into_iter().map(|key| (key.to_string(), row(&key).into())).collect::<Map<String, Value>>().into()
}
