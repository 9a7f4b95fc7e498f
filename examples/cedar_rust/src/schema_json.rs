//! A resolved schema in the JSON syntax: names qualified, common types written out, ancestors closed.

use std::collections::BTreeMap;

use cedar_policy::Schema;
use cedar_policy_core::ast::{EntityType, EntityUID, InternalName};
use cedar_policy_core::validator::types::{Attributes, EntityKind, Type};
use cedar_policy_core::validator::{
    ValidatorActionId, ValidatorEntityType, ValidatorEntityTypeKind, ValidatorSchema,
};
use serde_json::{Map, Value, json};

use crate::values::uid_json;

#[derive(Default)]
struct Namespace {
    entity_types: Map<String, Value>,
    actions: Map<String, Value>,
}

pub fn schema_json(schema: &Schema) -> Value {
    let schema = schema.as_ref();
    let mut namespaces: BTreeMap<String, Namespace> = BTreeMap::new();
    for declared in schema.entity_types() {
        let name: &InternalName = declared.name().name().as_ref();
        let written = &mut namespaces.entry(name.namespace()).or_default().entity_types;
        written.insert(name.basename().to_string(), entity_type_json(schema, declared));
    }
    for declared in schema.action_ids() {
        let uid = declared.name();
        let name: &InternalName = uid.entity_type().name().as_ref();
        let written = &mut namespaces.entry(name.namespace()).or_default().actions;
        written.insert(AsRef::<str>::as_ref(uid.eid()).to_string(), action_json(schema, declared));
    }
    let members = namespaces
        .into_iter()
        .map(|(name, it)| (name, json!({"entityTypes": it.entity_types, "actions": it.actions})));
    Value::Object(members.collect())
}

fn entity_type_json(schema: &ValidatorSchema, declared: &ValidatorEntityType) -> Value {
    let ancestors = schema.ancestors(declared.name()).map(|types| sorted(types)).unwrap_or_default();
    match &declared.kind {
        ValidatorEntityTypeKind::External => json!({"external": true, "memberOfTypes": ancestors}),
        ValidatorEntityTypeKind::Enum(ids) => json!({"enum": sorted(ids.iter().map(AsRef::<str>::as_ref))}),
        ValidatorEntityTypeKind::Standard(_) => {
            let mut written = json!({
                "memberOfTypes": ancestors,
                "shape": record_json(declared.attributes()),
            });
            if let Some(tags) = declared.tag_type() {
                written["tags"] = type_json(tags);
            }
            written
        }
    }
}

fn action_json(schema: &ValidatorSchema, declared: &ValidatorActionId) -> Value {
    let mut ancestors: Vec<&EntityUID> = schema
        .action_ids()
        .filter(|other| other.descendants().any(|descendant| descendant == declared.name()))
        .map(ValidatorActionId::name)
        .collect();
    ancestors.sort_by_key(|uid| uid.to_string());
    let mut written = json!({"memberOf": ancestors.into_iter().map(uid_json).collect::<Vec<_>>()});
    if declared.is_external() {
        written["external"] = true.into();
    }
    let (principals, resources) = (sorted(declared.principals()), sorted(declared.resources()));
    if let (Some(context), false) = (declared.context(), principals.is_empty() && resources.is_empty()) {
        written["appliesTo"] = json!({
            "context": type_json(context), "principalTypes": principals, "resourceTypes": resources,
        });
    }
    written
}

fn type_json(declared: &Type) -> Value {
    match declared {
        Type::Bool(_) => json!({"type": "Boolean"}),
        Type::Long => json!({"type": "Long"}),
        Type::String => json!({"type": "String"}),
        Type::Set { element_type: Some(element) } => json!({"type": "Set", "element": type_json(element)}),
        Type::Record { attrs, .. } => record_json(attrs),
        Type::Entity(EntityKind::Entity(types)) if types.get_single_entity().is_some() => {
            json!({"type": "Entity", "name": types.get_single_entity().map(EntityType::to_string)})
        }
        Type::ExtensionType { name } => json!({"type": "Extension", "name": name.to_string()}),
        other => panic!("no type of a schema: {other:?}"),
    }
}

fn record_json(attributes: &Attributes) -> Value {
    let written: Map<String, Value> = attributes
        .iter()
        .map(|(name, attribute)| {
            let mut written = type_json(&attribute.attr_type);
            written["required"] = attribute.is_required().into();
            (name.to_string(), written)
        })
        .collect();
    json!({"type": "Record", "attributes": written})
}

fn sorted(names: impl Iterator<Item = impl ToString>) -> Vec<String> {
    let mut names: Vec<String> = names.map(|name| name.to_string()).collect();
    names.sort();
    names.dedup();
    names
}
