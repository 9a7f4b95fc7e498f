//! Linking of schemas (spec 13 §5) and questions about schemas and policies (spec 13 §1–§3).

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{
    ActionConstraint, EntityTypeName, EntityUid, Policy, PolicySet, PrincipalConstraint, RequestEnv,
    ResourceConstraint, Schema, Template, TemplatePrincipalConstraint, TemplateResourceConstraint,
    ValidationMode, Validator,
};
use cedar_policy_core::ast::RestrictedExpr;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::case::{Link, with_links};
use crate::outcome::{Answer, accepted, rejected, unlinkable};
use crate::schema_json::schema_json;
use crate::texts::{self, Source};

#[derive(Deserialize)]
pub struct Inquiry {
    schemas: Vec<Source>,
    policies: Option<Source>,
    links: Vec<Link>,
    extra_types: Vec<String>,
    extra_actions: Vec<String>,
    substitute: Vec<(String, String)>,
}

pub fn linked(schemas: &[Source], complete: bool) -> Result<Schema, Value> {
    let read = schemas.iter().map(texts::schema).collect::<Result<Vec<Schema>, Value>>()?;
    let linked = if complete { Schema::schema_link_complete(read) } else { Schema::schema_link(read) };
    linked.map_err(|error| unlinkable(&error))
}

pub fn link_schemas(schemas: &[Source], complete: bool) -> Answer {
    Ok(accepted(Some(&schema_json(&linked(schemas, complete)?))))
}

pub fn answer(inquiry: &Inquiry) -> Answer {
    let schema = if inquiry.schemas.is_empty() { None } else { Some(linked(&inquiry.schemas, false)?) };
    let mut answers = Map::new();
    if let Some(schema) = &schema {
        let types = inquiry.extra_types.iter().map(|name| name.parse().map_err(|error| refused(name, error)));
        let actions = inquiry.extra_actions.iter().map(|uid| entity_uid(uid));
        let (types, actions) = (types.collect::<Result<_, Value>>()?, actions.collect::<Result<_, Value>>()?);
        answers.insert("schema".into(), about_schema(schema, types, actions));
    }
    if let Some(source) = &inquiry.policies {
        let policies = with_links(texts::policy_set(source)?, &inquiry.links)?;
        let mut mapping = BTreeMap::new();
        for (literal, replacement) in &inquiry.substitute {
            mapping.insert(entity_uid(literal)?, entity_uid(replacement)?);
        }
        answers.insert("policies".into(), about_policies(&policies, schema.as_ref(), &mapping));
        if let Some(schema) = schema {
            let found = Validator::new(schema).validate(&policies, ValidationMode::Strict);
            answers.insert("valid".into(), found.validation_passed().into());
        }
    }
    Ok(json!({"outcome": "Answered", "answers": Value::Object(answers).to_string()}))
}

/// A uid in any spelling that policies allow.
fn entity_uid(literal: &str) -> Result<EntityUid, Value> {
    let read: RestrictedExpr = literal.parse().map_err(|error| refused(literal, error))?;
    let uid = read.as_euid().ok_or_else(|| refused(literal, "not an entity literal"))?;
    Ok(uid.clone().into())
}

fn refused(text: &str, error: impl std::fmt::Display) -> Value {
    rejected("request", format!("{text}: {error}"))
}

fn about_schema(
    schema: &Schema,
    mut types: BTreeSet<EntityTypeName>,
    mut actions: BTreeSet<EntityUid>,
) -> Value {
    types.extend(schema.entity_types().cloned());
    actions.extend(schema.actions().cloned());
    let ancestors = |name: &EntityTypeName| schema.ancestors(name).map(texts_of);
    json!({
        "principals": texts_of(schema.principals()),
        "resources": texts_of(schema.resources()),
        "entity_types": texts_of(schema.entity_types()),
        "actions": texts_of(schema.actions()),
        "action_groups": texts_of(schema.action_groups()),
        "request_envs": environments(schema.request_envs()),
        "external_entity_types": texts_of(schema.external_entity_types()),
        "external_actions": texts_of(schema.external_actions()),
        "is_complete": schema.is_complete(),
        "ancestors": table(&types, ancestors),
        "principals_for_action": table(&actions, |uid| schema.principals_for_action(uid).map(texts_of)),
        "resources_for_action": table(&actions, |uid| schema.resources_for_action(uid).map(texts_of)),
        "actions_for_principal_and_resource": applicable(schema, &types),
        "action_entities": action_entities(schema),
    })
}

fn applicable(schema: &Schema, types: &BTreeSet<EntityTypeName>) -> Vec<Value> {
    let named: BTreeMap<String, &EntityTypeName> =
        types.iter().map(|name| (name.to_string(), name)).collect();
    let mut found = vec![];
    for (principal, principal_type) in &named {
        for (resource, resource_type) in &named {
            let actions = texts_of(schema.actions_for_principal_and_resource(principal_type, resource_type));
            if !actions.is_empty() {
                found.push(json!([principal, resource, actions]));
            }
        }
    }
    found
}

fn action_entities(schema: &Schema) -> Value {
    match schema.action_entities() {
        Ok(store) => store
            .iter()
            .map(|entity| {
                (entity.uid().to_string(), texts_of(store.ancestors(&entity.uid()).into_iter().flatten()))
            })
            .map(|(uid, ancestors)| (uid, json!(ancestors)))
            .collect::<Map<String, Value>>()
            .into(),
        Err(error) => panic!("a schema whose actions are no entities: {error}"),
    }
}

fn about_policies(
    policies: &PolicySet,
    schema: Option<&Schema>,
    mapping: &BTreeMap<EntityUid, EntityUid>,
) -> Value {
    let templates = policies.templates().map(|it| (it.id().to_string(), about_template(it, schema)));
    let others = policies.policies().map(|it| (it.id().to_string(), about_policy(it, schema, mapping)));
    templates.chain(others).collect::<Map<String, Value>>().into()
}

fn about_template(template: &Template, schema: Option<&Schema>) -> Value {
    let mut answers = json!({
        "template": true,
        "effect": template.effect(),
        "slots": texts_of(template.slots()),
        "principal": template_principal(template.principal_constraint()),
        "action": action(template.action_constraint()),
        "resource": template_resource(template.resource_constraint()),
        "has_non_scope_constraint": template.has_non_scope_constraint(),
        "annotations": template.annotations().collect::<BTreeMap<_, _>>(),
    });
    if let Some(schema) = schema {
        answers["valid_request_envs"] = environments(template.get_valid_request_envs(schema)).into();
    }
    answers
}

fn about_policy(policy: &Policy, schema: Option<&Schema>, mapping: &BTreeMap<EntityUid, EntityUid>) -> Value {
    let mut answers = json!({
        "effect": policy.effect(),
        "static": policy.is_static(),
        "principal": principal(policy.principal_constraint()),
        "action": action(policy.action_constraint()),
        "resource": resource(policy.resource_constraint()),
        "has_non_scope_constraint": policy.has_non_scope_constraint(),
        "entity_literals": sorted(policy.entity_literals().iter()),
        "annotations": policy.annotations().collect::<BTreeMap<_, _>>(),
    });
    if let Some(schema) = schema {
        answers["valid_request_envs"] = environments(policy.get_valid_request_envs(schema)).into();
    }
    if let (Some(template), Some(links)) = (policy.template_id(), policy.template_links()) {
        let links = links.into_iter().map(|(slot, uid)| (slot.to_string(), uid.to_string()));
        answers["template"] = json!(template);
        answers["links"] = json!(links.collect::<BTreeMap<_, _>>());
    }
    if policy.is_static() && !mapping.is_empty() {
        substituted(policy, mapping, &mut answers);
    }
    answers
}

/// The policy after substitution; null where it is none.
fn substituted(policy: &Policy, mapping: &BTreeMap<EntityUid, EntityUid>, answers: &mut Value) {
    let replaced = policy.sub_entity_literals(mapping.clone()).ok();
    answers["substituted"] = replaced.as_ref().and_then(|it| it.to_json().ok()).into();
    if let Some(replaced) = replaced {
        answers["substituted_literals"] = sorted(replaced.entity_literals().iter()).into();
    }
}

fn principal(constraint: PrincipalConstraint) -> Value {
    match constraint {
        PrincipalConstraint::Any => json!(["any"]),
        PrincipalConstraint::Eq(uid) => json!(["==", uid.to_string()]),
        PrincipalConstraint::In(uid) => json!(["in", uid.to_string()]),
        PrincipalConstraint::Is(name) => json!(["is", name.to_string()]),
        PrincipalConstraint::IsIn(name, uid) => json!(["is in", name.to_string(), uid.to_string()]),
    }
}

fn resource(constraint: ResourceConstraint) -> Value {
    principal(match constraint {
        ResourceConstraint::Any => PrincipalConstraint::Any,
        ResourceConstraint::Eq(uid) => PrincipalConstraint::Eq(uid),
        ResourceConstraint::In(uid) => PrincipalConstraint::In(uid),
        ResourceConstraint::Is(name) => PrincipalConstraint::Is(name),
        ResourceConstraint::IsIn(name, uid) => PrincipalConstraint::IsIn(name, uid),
    })
}

fn template_principal(constraint: TemplatePrincipalConstraint) -> Value {
    let filled = |uid: Option<EntityUid>| uid.map_or("slot".to_string(), |uid| uid.to_string());
    match constraint {
        TemplatePrincipalConstraint::Any => json!(["any"]),
        TemplatePrincipalConstraint::Eq(uid) => json!(["==", filled(uid)]),
        TemplatePrincipalConstraint::In(uid) => json!(["in", filled(uid)]),
        TemplatePrincipalConstraint::Is(name) => json!(["is", name.to_string()]),
        TemplatePrincipalConstraint::IsIn(name, uid) => json!(["is in", name.to_string(), filled(uid)]),
    }
}

fn template_resource(constraint: TemplateResourceConstraint) -> Value {
    template_principal(match constraint {
        TemplateResourceConstraint::Any => TemplatePrincipalConstraint::Any,
        TemplateResourceConstraint::Eq(uid) => TemplatePrincipalConstraint::Eq(uid),
        TemplateResourceConstraint::In(uid) => TemplatePrincipalConstraint::In(uid),
        TemplateResourceConstraint::Is(name) => TemplatePrincipalConstraint::Is(name),
        TemplateResourceConstraint::IsIn(name, uid) => TemplatePrincipalConstraint::IsIn(name, uid),
    })
}

fn action(constraint: ActionConstraint) -> Value {
    match constraint {
        ActionConstraint::Any => json!(["any"]),
        ActionConstraint::Eq(uid) => json!(["==", uid.to_string()]),
        ActionConstraint::In(uids) => {
            json!(["in", uids.iter().map(EntityUid::to_string).collect::<Vec<_>>()])
        }
    }
}

/// Request environments as a sorted list; slot types are members only where there are slots.
fn environments(found: impl Iterator<Item = RequestEnv>) -> Vec<Value> {
    let texts: BTreeSet<_> = found
        .map(|it| {
            let slots =
                [it.principal_slot(), it.resource_slot()].map(|slot| slot.map(EntityTypeName::to_string));
            (it.principal().to_string(), it.action().to_string(), it.resource().to_string(), slots)
        })
        .collect();
    let written = texts.into_iter().map(|(principal, action, resource, slots)| {
        let mut written = json!({"principal": principal, "action": action, "resource": resource});
        for (name, slot) in ["principal_slot", "resource_slot"].into_iter().zip(slots) {
            if let Some(slot) = slot {
                written[name] = slot.into();
            }
        }
        written
    });
    written.collect()
}

fn table<T: ToString>(keys: &BTreeSet<T>, row: impl Fn(&T) -> Option<Vec<String>>) -> Value {
    keys.iter().map(|key| (key.to_string(), json!(row(key)))).collect::<Map<String, Value>>().into()
}

/// A set as a sorted list.
fn texts_of(members: impl IntoIterator<Item = impl ToString>) -> Vec<String> {
    let mut texts = sorted(members.into_iter());
    texts.dedup();
    texts
}

/// A multiset as a sorted list.
fn sorted(members: impl Iterator<Item = impl ToString>) -> Vec<String> {
    let mut texts: Vec<String> = members.map(|member| member.to_string()).collect();
    texts.sort();
    texts
}
