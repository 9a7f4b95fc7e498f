//! Reading, printing, formatting and translating texts.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use cedar_policy::{Entities, EntityUid, Expression, PolicyId, PolicySet, Schema, SchemaFragment, SlotId};
use cedar_policy_core::est;
use cedar_policy_core::parser::text_to_cst::parse_expr;
use cedar_policy_core::validator::json_schema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::outcome::*;

#[derive(Clone, Copy, Deserialize, PartialEq)]
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

#[derive(Deserialize)]
pub struct Link {
    template: String,
    id: String,
    values: Vec<(SlotId, String)>,
}

/// Brackets inside each other that every implementation must take (spec 01 §4.3). The engine's parser has no limit
/// but the stack.
const DEEPEST: i32 = 500;

fn not_too_deep(text: &str) -> Result<(), Value> {
    let steps = text.bytes().map(|byte| match byte {
        b'(' | b'[' | b'{' => 1,
        b')' | b']' | b'}' => -1,
        _ => 0,
    });
    let mut depths = steps.scan(0, |depth, step| Some((*depth = (*depth + step).max(0), *depth).1));
    if depths.any(|depth| depth > DEEPEST) { Err(unsupported("depth")) } else { Ok(()) }
}

fn read<T, E: Display>(source: &Source, part: &str, json: fn(&str) -> Result<T, E>) -> Result<T, Value>
where
    T: FromStr<Err: Display>,
{
    not_too_deep(&source.text)?;
    match source.format {
        Format::Cedar => source.text.parse().or_rejected(part),
        Format::Json => json(&source.text).or_rejected(part),
    }
}

fn policy_set(source: &Source) -> Result<PolicySet, Value> {
    read(source, "policies", |text| PolicySet::from_json_str(text))
}

pub fn policies_with_links(source: &Source, links: &[Link]) -> Result<PolicySet, Value> {
    let mut policies = policy_set(source)?;
    for link in links {
        let mut values = HashMap::new();
        for (slot, text) in &link.values {
            let document = serde_json::from_str(text).or_rejected("link")?;
            values.insert(slot.clone(), EntityUid::from_json(document).or_rejected("link")?);
        }
        policies.link(PolicyId::new(&link.template), PolicyId::new(&link.id), values).or_rejected("link")?;
    }
    Ok(policies)
}

pub fn schema(source: &Source) -> Result<Schema, Value> {
    read(source, "schema", Schema::from_json_str)
}

fn fragment(source: &Source) -> Result<SchemaFragment, Value> {
    read(source, "schema", SchemaFragment::from_json_str)
}

pub fn entities(text: &str, schema: Option<&Schema>) -> Result<Entities, Value> {
    Entities::from_json_str(text, schema).or_rejected("entities")
}

/// An expression as a condition may hold it, that is, without slots.
pub fn expression(text: &str) -> Result<Expression, Value> {
    not_too_deep(text)?;
    let read: Expression = text.parse().or_rejected("expression")?;
    let slot = read.as_ref().slots().next();
    slot.map_or(Ok(read.clone()), |slot| Err(rejected("expression", format!("slot {}", slot.id))))
}

/// The set's JSON: of text the crate's own, of JSON as it was written.
pub fn read_policies(source: &Source) -> Answer {
    Ok(accepted(policy_set(source)?.to_json()))
}

/// Policies as Cedar text: with templates and without links, or with links as plain policies and no templates.
pub fn print_policies(source: &Source, templates: bool) -> Answer {
    let policies = policy_set(source)?;
    let plain = policies.policies().filter(|policy| policy.is_static()).map(ToString::to_string);
    let whole = plain.chain(policies.templates().map(ToString::to_string)).collect::<Vec<_>>().join("\n");
    Ok(printed(if templates { whole } else { policies.to_string() }))
}

pub fn format_policies(text: &str, line_width: usize, indent_width: isize) -> Answer {
    not_too_deep(text)?;
    let config = cedar_policy_formatter::Config { line_width, indent_width };
    let formatted = cedar_policy_formatter::policies_str_to_pretty(text, &config);
    formatted.map(printed).or_rejected("policies")
}

/// An expression's JSON, which keeps operators as they were written.
pub fn read_expression(text: &str) -> Answer {
    expression(text)?;
    let tree = parse_expr(text).or_rejected("expression")?;
    Ok(accepted(est::Expr::try_from(&tree)))
}

/// A store with its size and its document, which it has unless a record has a reserved key.
pub fn read_entities(text: &str, source: Option<&Source>) -> Answer {
    let schema = source.map(schema).transpose()?;
    let store = entities(text, schema.as_ref())?;
    let document = store.to_json_value();
    let unwritable = json!({"outcome": "Unwritable", "part": "entities"});
    let mut answer = if document.is_ok() { accepted(document) } else { unwritable };
    answer["count"] = store.len().into();
    Ok(answer)
}

/// A schema with its types resolved, in the format of Cedar.
pub fn read_schema(source: &Source) -> Answer {
    schema(source)?;
    let written = fragment(source)?.to_json_value().or_rejected("schema")?;
    let fragment = json_schema::Fragment::from_json_value(written).or_rejected("schema")?;
    Ok(accepted(fragment.to_internal_name_fragment_with_resolved_types()))
}

pub fn translate_schema(source: &Source, to: Format) -> Answer {
    let fragment = fragment(source)?;
    match to {
        Format::Cedar => fragment.to_cedarschema().map(printed).or_rejected("schema"),
        Format::Json => fragment.to_json_string().map(printed).or_rejected("schema"),
    }
}
