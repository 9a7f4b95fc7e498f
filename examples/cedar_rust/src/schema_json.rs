//! The canonical JSON of a resolved schema: names qualified, common types written out (spec 07 §1).

use std::collections::BTreeMap;

use cedar_policy::{Schema, SchemaFragment};
use cedar_policy_core::validator::types::{Attributes, EntityKind, Type};
use cedar_policy_core::validator::{ValidatorActionId, ValidatorEntityType, ValidatorEntityTypeKind};
use serde_json::{Map, Value, json};

use crate::questions::set;
use crate::values::{ascii, uid_text};

/// The parents of each entity type and action.
type Hierarchy = BTreeMap<String, Vec<String>>;

pub fn schema_json(schema: &Schema, fragment: SchemaFragment) -> Value {
    let hierarchy = declared_hierarchy(schema, fragment);
    let types = schema.as_ref().entity_types().map(|it| (it.name().to_string(), entity_type_json(it)));
    let actions = schema.as_ref().action_ids().map(|it| (uid_text(it.name()), action_json(it)));
    let with_parents = |(name, mut written): (String, Value)| {
        if written.get("enum").is_none() {
            written["memberOf"] = json!(hierarchy.get(&name).map(set).unwrap_or_default());
        }
        (name, written)
    };
    let types: Map<String, Value> = types.map(with_parents).collect();
    let actions: Map<String, Value> = actions.map(with_parents).collect();
    json!({"entityTypes": types, "actions": actions})
}

/// The parents that a schema declares, resolved by the candidates of spec 07 §4.
fn declared_hierarchy(schema: &Schema, fragment: SchemaFragment) -> Hierarchy {
    let types = set(schema.entity_types());
    let actions: Vec<String> = set(schema.actions().map(|uid| uid_text(uid.as_ref())));
    let document = fragment.to_json_value().expect("a schema that was read has a JSON form");
    let mut hierarchy = Hierarchy::new();
    for (namespace, members) in document.as_object().into_iter().flatten() {
        let inside =
            |name: &str| if namespace.is_empty() { name.into() } else { format!("{namespace}::{name}") };
        for (name, declared) in members["entityTypes"].as_object().into_iter().flatten() {
            let parents =
                declared["memberOfTypes"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let parents = parents.map(|parent| first_declared(&types, [inside(parent), parent.into()]));
            hierarchy.insert(inside(name), parents.collect());
        }
        for (id, declared) in members["actions"].as_object().into_iter().flatten() {
            let uid = |name: String, id: &Value| format!("{name}::{}", ascii(id));
            let parents = declared["memberOf"].as_array().into_iter().flatten().map(|parent| {
                let name = parent["type"].as_str().unwrap_or("Action");
                first_declared(&actions, [uid(inside(name), &parent["id"]), uid(name.into(), &parent["id"])])
            });
            hierarchy.insert(uid(inside("Action"), &json!(id)), parents.collect());
        }
    }
    hierarchy
}

fn first_declared(declared: &[String], candidates: [String; 2]) -> String {
    let [inside, as_written] = candidates;
    if declared.contains(&inside) { inside } else { as_written }
}

fn entity_type_json(declared: &ValidatorEntityType) -> Value {
    match &declared.kind {
        ValidatorEntityTypeKind::External => json!({"external": true}),
        ValidatorEntityTypeKind::Enum(ids) => json!({"enum": set(ids.iter().map(AsRef::<str>::as_ref))}),
        ValidatorEntityTypeKind::Standard(_) => {
            json!({"shape": record_json(declared.attributes()), "tags": declared.tag_type().map(type_json)})
        }
    }
}

fn action_json(declared: &ValidatorActionId) -> Value {
    let (principals, resources) = (set(declared.principals()), set(declared.resources()));
    match declared.context() {
        None => json!({"external": true}),
        Some(_) if principals.is_empty() || resources.is_empty() => json!({"appliesTo": null}),
        Some(context) => {
            let context = type_json(context);
            json!({"appliesTo": {"context": context, "principals": principals, "resources": resources}})
        }
    }
}

fn type_json(declared: &Type) -> Value {
    match declared {
        Type::Bool(_) => json!({"type": "Bool"}),
        Type::Long => json!({"type": "Long"}),
        Type::String => json!({"type": "String"}),
        Type::Set { element_type: Some(element) } => json!({"type": "Set", "element": type_json(element)}),
        Type::Record { attrs, .. } => record_json(attrs),
        Type::ExtensionType { name } => json!({"type": "Extension", "name": name.to_string()}),
        Type::Entity(EntityKind::Entity(types)) if let Some(name) = types.get_single_entity() => {
            json!({"type": "Entity", "name": name.to_string()})
        }
        other => panic!("no type of a schema: {other:?}"),
    }
}

fn record_json(attributes: &Attributes) -> Value {
    let written = attributes.iter().map(|(name, attribute)| {
        let written = json!({"type": type_json(&attribute.attr_type), "required": attribute.is_required()});
        (name.to_string(), written)
    });
    json!({"type": "Record", "attributes": written.collect::<Map<String, Value>>()})
}
