//! Values in the canonical text of `drt/outcome.py`, and as entity JSON (spec 05 §2.4).

use std::net::IpAddr;

use cedar_policy_core::ast::{
    EntityUID, Literal, RepresentableExtensionValue, RestrictedExpr, Value as Cedar, ValueKind,
};
use serde_json::{Map, Value, json};

enum Extension {
    Decimal(i64),
    Ip(IpAddr, u8),
    Datetime(i64),
    Duration(i64),
}

pub fn canonical(value: &Cedar) -> String {
    match value.value_kind() {
        ValueKind::Lit(Literal::Bool(truth)) => truth.to_string(),
        ValueKind::Lit(Literal::Long(number)) => number.to_string(),
        ValueKind::Lit(Literal::String(text)) => quoted(text),
        ValueKind::Lit(Literal::EntityUID(uid)) => {
            format!("{}::{}", uid.entity_type(), quoted(uid.eid().as_ref()))
        }
        ValueKind::Set(set) => {
            let mut elements: Vec<String> = set.authoritative.iter().map(canonical).collect();
            elements.sort();
            format!("[{}]", elements.join(", "))
        }
        ValueKind::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}: {}", quoted(name), canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        ValueKind::ExtensionValue(value) => match extension(value) {
            Extension::Decimal(units) => format!("decimal({units})"),
            Extension::Ip(IpAddr::V4(address), prefix) => {
                format!("ip(v4, {:#x}, /{prefix})", address.to_bits())
            }
            Extension::Ip(IpAddr::V6(address), prefix) => {
                format!("ip(v6, {:#x}, /{prefix})", address.to_bits())
            }
            Extension::Datetime(milliseconds) => format!("datetime({milliseconds}ms)"),
            Extension::Duration(milliseconds) => format!("duration({milliseconds}ms)"),
        },
    }
}

/// The value with explicit escapes, sets sorted by their JSON text; `None` where a record has a reserved key.
pub fn entity_json(value: &Cedar) -> Option<Value> {
    Some(match value.value_kind() {
        ValueKind::Lit(Literal::Bool(truth)) => json!(truth),
        ValueKind::Lit(Literal::Long(number)) => json!(number),
        ValueKind::Lit(Literal::String(text)) => json!(text.as_str()),
        ValueKind::Lit(Literal::EntityUID(uid)) => json!({"__entity": uid_json(uid)}),
        ValueKind::Set(set) => {
            let mut elements: Vec<Value> =
                set.authoritative.iter().map(entity_json).collect::<Option<_>>()?;
            elements.sort_by_cached_key(ascii);
            Value::Array(elements)
        }
        ValueKind::Record(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| Some((name.to_string(), entity_json(value)?)))
                .collect::<Option<_>>()?;
            if ["__entity", "__extn", "__expr"].iter().any(|reserved| fields.contains_key(*reserved)) {
                return None;
            }
            Value::Object(fields)
        }
        ValueKind::ExtensionValue(value) => extension_json(&extension(value)),
    })
}

pub fn uid_json(uid: &EntityUID) -> Value {
    json!({"type": uid.entity_type().to_string(), "id": AsRef::<str>::as_ref(uid.eid())})
}

fn extension_json(value: &Extension) -> Value {
    let call = |function: &str, argument: String| json!({"__extn": {"fn": function, "arg": argument}});
    match value {
        Extension::Decimal(units) => {
            let (sign, size) = (if *units < 0 { "-" } else { "" }, units.unsigned_abs());
            call("decimal", format!("{sign}{}.{:04}", size / 10_000, size % 10_000))
        }
        Extension::Ip(IpAddr::V4(address), prefix) => call("ip", format!("{address}/{prefix}")),
        Extension::Ip(IpAddr::V6(address), prefix) => {
            let groups = address.segments().map(|group| format!("{group:x}"));
            call("ip", format!("{}/{prefix}", groups.join(":")))
        }
        Extension::Duration(milliseconds) => call("duration", format!("{milliseconds}ms")),
        Extension::Datetime(milliseconds) => {
            let epoch = call("datetime", "1970-01-01".to_string());
            let distance = call("duration", format!("{milliseconds}ms"));
            json!({"__extn": {"fn": "offset", "args": [epoch, distance]}})
        }
    }
}

/// What an extension value is, read from the call that the engine itself represents it by.
fn extension(value: &RepresentableExtensionValue) -> Extension {
    let (function, arguments) = value.value().canonical_repr();
    let milliseconds = |argument| text_of(argument).trim_end_matches("ms").parse();
    let read = match (function.to_string().as_str(), arguments.as_slice()) {
        ("decimal", [text]) => text_of(text).replace('.', "").parse().map(Extension::Decimal).ok(),
        ("ip", [text]) => text_of(text)
            .split_once('/')
            .and_then(|(address, prefix)| Some(Extension::Ip(address.parse().ok()?, prefix.parse().ok()?))),
        ("duration", [text]) => milliseconds(text).map(Extension::Duration).ok(),
        ("offset", [_, duration]) => milliseconds(duration).map(Extension::Datetime).ok(),
        _ => None,
    };
    read.unwrap_or_else(|| panic!("extension value of an unknown form: {function}({arguments:?})"))
}

/// The text in an argument, also where the argument is a call with one.
fn text_of(argument: &RestrictedExpr) -> String {
    let inner = argument.as_extn_fn_call().and_then(|(_, mut arguments)| arguments.next());
    let text = inner.map_or_else(|| argument.as_string().cloned(), |inner| inner.as_string().cloned());
    text.unwrap_or_default().to_string()
}

fn quoted(text: &str) -> String {
    ascii(&json!(text))
}

/// JSON text without spaces in ASCII, as the harness writes it.
fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        if matches!(character, ' '..='~') {
            text.push(character);
        } else {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            text.extend(units.into_iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}
