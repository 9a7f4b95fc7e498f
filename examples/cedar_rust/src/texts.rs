//! Reading, printing, formatting and translating texts.

use cedar_policy::{Entities, Expression, PolicySet, Schema, SchemaFragment};
use cedar_policy_core::ast::{Entity, PartialValue};
use cedar_policy_core::est;
use cedar_policy_core::parser::text_to_cst::parse_expr;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::outcome::{Answer, accepted, printed, rejected};
use crate::schema_json::schema_json;
use crate::values::{entity_json, uid_json};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Cedar,
    Json,
}

#[derive(Deserialize)]
pub struct Source {
    text: String,
    format: Format,
}

pub fn policy_set(source: &Source) -> Result<PolicySet, Value> {
    match source.format {
        Format::Cedar => source.text.parse().map_err(|error| rejected("policies", error)),
        Format::Json => PolicySet::from_json_str(&source.text).map_err(|error| rejected("policies", error)),
    }
}

pub fn schema(source: &Source) -> Result<Schema, Value> {
    match source.format {
        Format::Cedar => source.text.parse().map_err(|error| rejected("schema", error)),
        Format::Json => Schema::from_json_str(&source.text).map_err(|error| rejected("schema", error)),
    }
}

pub fn entities(text: &str, schema: Option<&Schema>) -> Result<Entities, Value> {
    Entities::from_json_str(text, schema).map_err(|error| rejected("entities", error))
}

/// One expression and its JSON, which keeps operators as they were written.
pub fn expression(text: &str) -> Result<(Expression, est::Expr), Value> {
    let expression = text.parse().map_err(|error| rejected("expression", error))?;
    let tree = parse_expr(text).map_err(|error| rejected("expression", error))?;
    let written = est::Expr::try_from(&tree).map_err(|error| rejected("expression", error))?;
    Ok((expression, written))
}

pub fn read_policies(source: &Source) -> Answer {
    let document = policy_set(source)?.to_json();
    Ok(accepted(document.ok().as_ref()))
}

/// Policies as Cedar text: with templates and without links, or with links as plain policies and no templates.
pub fn print_policies(source: &Source, templates: bool) -> Answer {
    let policies = policy_set(source)?;
    if !templates {
        return Ok(printed(policies.to_string()));
    }
    let plain = policies.policies().filter(|policy| policy.is_static()).map(ToString::to_string);
    let with_slots = policies.templates().map(ToString::to_string);
    Ok(printed(plain.chain(with_slots).collect::<Vec<_>>().join("\n")))
}

pub fn format_policies(text: &str, line_width: usize, indent_width: isize) -> Answer {
    let config = cedar_policy_formatter::Config { line_width, indent_width };
    let formatted = cedar_policy_formatter::policies_str_to_pretty(text, &config);
    formatted.map(printed).map_err(|error| rejected("policies", error))
}

pub fn read_expression(text: &str) -> Answer {
    let (_, written) = expression(text)?;
    let document = serde_json::to_value(written).map_err(|error| rejected("expression", error))?;
    Ok(accepted(Some(&document)))
}

/// A store with its size and, unless a record has a reserved key, its canonical document.
pub fn read_entities(text: &str, source: Option<&Source>) -> Answer {
    let schema = source.map(schema).transpose()?;
    let store = entities(text, schema.as_ref())?;
    let mut sorted: Vec<&Entity> = store.iter().map(AsRef::as_ref).collect();
    sorted.sort_by_key(|entity| (entity.uid().entity_type().to_string(), entity.uid().eid().clone()));
    let document: Option<Vec<Value>> = sorted.into_iter().map(entity_document).collect();
    let mut answer = accepted(document.map(Value::Array).as_ref());
    answer["count"] = store.len().into();
    Ok(answer)
}

fn entity_document(entity: &Entity) -> Option<Value> {
    let mut parents: Vec<_> = entity.ancestors().collect();
    parents.sort_by_key(|uid| (uid.entity_type().to_string(), uid.eid().clone()));
    let mut document = json!({
        "uid": uid_json(entity.uid()),
        "attrs": fields(entity.attrs())?,
        "parents": parents.into_iter().map(uid_json).collect::<Vec<_>>(),
    });
    if entity.tags_len() > 0 {
        document["tags"] = fields(entity.tags())?;
    }
    Some(document)
}

fn fields<'a>(values: impl Iterator<Item = (impl ToString, &'a PartialValue)>) -> Option<Value> {
    let written: Option<Map<String, Value>> = values
        .map(|(name, value)| match value {
            PartialValue::Value(value) => Some((name.to_string(), entity_json(value)?)),
            PartialValue::Residual(_) => None,
        })
        .collect();
    written.map(Value::Object)
}

pub fn read_schema(source: &Source) -> Answer {
    Ok(accepted(Some(&schema_json(&schema(source)?))))
}

pub fn translate_schema(source: &Source, to: Format) -> Answer {
    let fragment = match source.format {
        Format::Cedar => {
            SchemaFragment::from_cedarschema_str(&source.text).map(|read| read.0).map_err(|e| e.to_string())
        }
        Format::Json => SchemaFragment::from_json_str(&source.text).map_err(|e| e.to_string()),
    };
    let fragment = fragment.map_err(|error| rejected("schema", error))?;
    let written = match to {
        Format::Cedar => fragment.to_cedarschema().map_err(|error| error.to_string()),
        Format::Json => fragment.to_json_string().map_err(|error| error.to_string()),
    };
    written.map(printed).map_err(|error| rejected("schema", error))
}
