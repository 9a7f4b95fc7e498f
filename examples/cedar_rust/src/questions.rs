//! Linking of schemas (spec 13 §5) and questions about schemas and policies (spec 13 §1–§3).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use cedar_policy::{
    ActionConstraint, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, PrincipalConstraint,
    RequestEnv, ResourceConstraint, Schema, Template, TemplatePrincipalConstraint,
    TemplateResourceConstraint, ValidationMode, Validator,
};
use cedar_policy_core::ast::RestrictedExpr;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::case::{Link, with_links};
use crate::outcome::{Answer, accepted, rejected, unlinkable};
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

/// Link schemas and give the result as a JSON schema, in which all ancestors are parents.
pub fn link_schemas(schemas: &[Source], complete: bool) -> Answer {
    let document = linked(schemas, complete)?.as_ref().to_json_schema().ok();
    Ok(accepted(document.and_then(|document| serde_json::to_value(document).ok()).as_ref()))
}

pub fn answer(inquiry: &Inquiry) -> Answer {
    let schema = if inquiry.schemas.is_empty() { None } else { Some(linked(&inquiry.schemas, false)?) };
    let mut answers = Map::new();
    if let Some(schema) = &schema {
        let types = inquiry.extra_types.iter().map(|name| name.parse().map_err(|error| unread(name, error)));
        let actions = inquiry.extra_actions.iter().map(|uid| entity_uid(uid));
        let asked = (types.collect::<Result<_, _>>()?, actions.collect::<Result<_, _>>()?);
        answers.insert("schema".into(), about_schema(schema, asked.0, asked.1));
    }
    if let Some(source) = &inquiry.policies {
        let policies = with_links(texts::policy_set(source)?, &inquiry.links)?;
        let mapping = inquiry.substitute.iter().map(|(from, to)| Ok((entity_uid(from)?, entity_uid(to)?)));
        let mapping = mapping.collect::<Result<_, Value>>()?;
        answers.insert("policies".into(), about_policies(&policies, schema.as_ref(), &mapping));
        if let Some(schema) = schema {
            let found = Validator::new(schema).validate(&policies, ValidationMode::Strict);
            answers.insert("valid".into(), found.validation_passed().into());
        }
    }
    Ok(json!({"outcome": "Answered", "answers": Value::from(answers).to_string()}))
}

/// A uid in any spelling that policies allow.
fn entity_uid(literal: &str) -> Result<EntityUid, Value> {
    let read: RestrictedExpr = literal.parse().map_err(|error| unread(literal, error))?;
    let uid = read.as_euid().ok_or_else(|| unread(literal, "not an entity literal"))?;
    Ok(uid.clone().into())
}

fn unread(text: &str, error: impl Display) -> Value {
    rejected("expression", format!("{text}: {error}"))
}

fn about_schema(
    schema: &Schema,
    mut types: BTreeSet<EntityTypeName>,
    mut uids: BTreeSet<EntityUid>,
) -> Value {
    types.extend(schema.entity_types().cloned());
    uids.extend(schema.actions().cloned());
    let store = schema.action_entities().expect("actions of a schema are entities");
    json!({
        "principals": set(schema.principals()),
        "resources": set(schema.resources()),
        "entity_types": set(schema.entity_types()),
        "actions": set(schema.actions()),
        "action_groups": set(schema.action_groups()),
        "request_envs": environments(schema.request_envs()),
        "external_entity_types": set(schema.external_entity_types()),
        "external_actions": set(schema.external_actions()),
        "is_complete": schema.is_complete(),
        "ancestors": table(types.iter(), |name| schema.ancestors(name).map(set)),
        "principals_for_action": table(uids.iter(), |uid| schema.principals_for_action(uid).map(set)),
        "resources_for_action": table(uids.iter(), |uid| schema.resources_for_action(uid).map(set)),
        "actions_for_principal_and_resource": applicable(schema, &types),
        "action_entities": table(store.iter().map(|entity| entity.uid()), |uid| store.ancestors(uid).map(set)),
    })
}

fn applicable(schema: &Schema, types: &BTreeSet<EntityTypeName>) -> BTreeSet<(String, String, Vec<String>)> {
    let pairs = types.iter().flat_map(|principal| types.iter().map(move |resource| (principal, resource)));
    let rows = pairs.map(|(principal, resource)| {
        let actions = set(schema.actions_for_principal_and_resource(principal, resource));
        (principal.to_string(), resource.to_string(), actions)
    });
    rows.filter(|(_, _, actions)| !actions.is_empty()).collect()
}

type Mapping = BTreeMap<EntityUid, EntityUid>;

fn about_policies(policies: &PolicySet, schema: Option<&Schema>, mapping: &Mapping) -> Value {
    let templates = policies.templates().map(|it| (name(it.id()), about_template(it, schema)));
    let others = policies.policies().map(|it| (name(it.id()), about_policy(it, schema, mapping)));
    templates.chain(others).collect::<Map<String, Value>>().into()
}

fn about_template(template: &Template, schema: Option<&Schema>) -> Value {
    let mut answers = json!({
        "template": true,
        "effect": template.effect(),
        "slots": set(template.slots()),
        "principal": template_principal(template.principal_constraint()),
        "action": action(template.action_constraint()),
        "resource": template_resource(template.resource_constraint()),
        "has_non_scope_constraint": template.has_non_scope_constraint(),
        "annotations": template.annotations().collect::<BTreeMap<_, _>>(),
    });
    if let Some(schema) = schema {
        answers["valid_request_envs"] = environments(template.get_valid_request_envs(schema));
    }
    answers
}

fn about_policy(policy: &Policy, schema: Option<&Schema>, mapping: &Mapping) -> Value {
    let mut answers = json!({
        "effect": policy.effect(),
        "static": policy.is_static(),
        "principal": principal(policy.principal_constraint()),
        "action": action(policy.action_constraint()),
        "resource": resource(policy.resource_constraint()),
        "has_non_scope_constraint": policy.has_non_scope_constraint(),
        "entity_literals": multiset(policy.entity_literals()),
        "annotations": policy.annotations().collect::<BTreeMap<_, _>>(),
    });
    if let Some(schema) = schema {
        answers["valid_request_envs"] = environments(policy.get_valid_request_envs(schema));
    }
    if let (Some(template), Some(values)) = (policy.template_id(), policy.template_links()) {
        let values = values.iter().map(|(slot, uid)| (slot.to_string(), uid.to_string()));
        answers["template"] = json!(template);
        answers["links"] = json!(values.collect::<BTreeMap<_, _>>());
    }
    if policy.is_static() && !mapping.is_empty() {
        let replaced = policy.sub_entity_literals(mapping.clone()).ok();
        let through_text =
            replaced.as_ref().map(|it| Policy::parse(None, it.to_string()).unwrap_or(it.clone()));
        answers["substituted"] = through_text.and_then(|it| it.to_json().ok()).into();
        if let Some(replaced) = replaced {
            answers["substituted_literals"] = json!(multiset(replaced.entity_literals()));
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
constraint!(principal, PrincipalConstraint, text);
constraint!(resource, ResourceConstraint, text);
constraint!(template_principal, TemplatePrincipalConstraint, text_or_slot);
constraint!(template_resource, TemplateResourceConstraint, text_or_slot);

fn action(constraint: ActionConstraint) -> Value {
    match constraint {
        ActionConstraint::Any => json!(["any"]),
        ActionConstraint::Eq(uid) => json!(["==", text(uid)]),
        ActionConstraint::In(uids) => json!(["in", uids.into_iter().map(text).collect::<Vec<_>>()]),
    }
}

/// The id as it is; its `Display` escapes.
pub fn name(id: &PolicyId) -> String {
    AsRef::<str>::as_ref(id).to_string()
}

fn text(uid: EntityUid) -> String {
    uid.to_string()
}

fn text_or_slot(uid: Option<EntityUid>) -> String {
    uid.map_or("slot".into(), text)
}

/// Request environments as a sorted list; slot types are members only where there are slots.
fn environments(found: impl Iterator<Item = RequestEnv>) -> Value {
    let texts = found.map(|it| {
        let types = [Some(it.principal()), Some(it.resource()), it.principal_slot(), it.resource_slot()];
        let [principal, resource, slots @ ..] = types.map(|name| name.map(ToString::to_string));
        (principal, it.action().to_string(), resource, slots)
    });
    let sorted: BTreeSet<_> = texts.collect();
    let written = sorted.into_iter().map(|(principal, action, resource, slots)| {
        let mut written = json!({"principal": principal, "action": action, "resource": resource});
        for (name, slot) in ["principal_slot", "resource_slot"].into_iter().zip(slots) {
            if slot.is_some() {
                written[name] = slot.into();
            }
        }
        written
    });
    written.collect()
}

fn table<T: ToString>(keys: impl Iterator<Item = T>, row: impl Fn(&T) -> Option<Vec<String>>) -> Value {
    keys.map(|key| (key.to_string(), json!(row(&key)))).collect::<Map<String, Value>>().into()
}

/// A set as a sorted list.
pub fn set(members: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    let mut texts = multiset(members);
    texts.dedup();
    texts
}

/// A multiset as a sorted list.
fn multiset(members: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    let mut texts: Vec<String> = members.into_iter().map(|member| member.to_string()).collect();
    texts.sort();
    texts
}
