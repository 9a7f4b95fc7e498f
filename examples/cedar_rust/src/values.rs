//! Values in the canonical text of `drt/outcome.py`.

use std::net::IpAddr;

use cedar_policy_core::ast::{EntityUID, Literal, RepresentableExtensionValue, RestrictedExpr, ValueKind};
use serde_json::{Value, json};

pub fn canonical(value: &cedar_policy_core::ast::Value) -> String {
    match value.value_kind() {
        ValueKind::Lit(Literal::Bool(truth)) => truth.to_string(),
        ValueKind::Lit(Literal::Long(number)) => number.to_string(),
        ValueKind::Lit(Literal::String(text)) => quoted(text),
        ValueKind::Lit(Literal::EntityUID(uid)) => uid_text(uid),
        ValueKind::Set(set) => {
            let mut elements: Vec<String> = set.authoritative.iter().map(canonical).collect();
            elements.sort();
            format!("[{}]", elements.join(", "))
        }
        ValueKind::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}: {}", quoted(name), canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        ValueKind::ExtensionValue(value) => match call(value) {
            ("decimal", units) => {
                format!("decimal({})", units.replace('.', "").parse::<i64>().expect("digits"))
            }
            ("ip", range) => match ip_range(&range) {
                (IpAddr::V4(address), prefix) => format!("ip(v4, {:#x}, /{prefix})", address.to_bits()),
                (IpAddr::V6(address), prefix) => format!("ip(v6, {:#x}, /{prefix})", address.to_bits()),
            },
            (function, text) => format!("{function}({text})"),
        },
    }
}

/// The constructor and the text of an extension value. A datetime, which the engine represents as an offset from
/// the epoch, has the text of its distance.
fn call(value: &RepresentableExtensionValue) -> (&'static str, String) {
    let (function, arguments) = value.value().canonical_repr();
    match (function.to_string().as_str(), arguments.as_slice()) {
        ("decimal", [text]) => ("decimal", text_of(text)),
        ("ip", [text]) => ("ip", text_of(text)),
        ("duration", [text]) => ("duration", text_of(text)),
        ("offset", [_, distance]) => ("datetime", text_of(distance)),
        (other, _) => panic!("extension value of an unknown form: {other}({arguments:?})"),
    }
}

/// The text that an argument is, or that the call in its place has.
fn text_of(argument: &RestrictedExpr) -> String {
    let inner = argument.as_extn_fn_call().and_then(|(_, mut arguments)| arguments.next());
    let text = inner.map_or_else(|| argument.as_string().cloned(), |inner| inner.as_string().cloned());
    text.expect("an extension value is made of texts").to_string()
}

fn ip_range(text: &str) -> (IpAddr, u8) {
    let (address, prefix) = text.split_once('/').expect("a canonical range has a prefix");
    (address.parse().expect("an address"), prefix.parse().expect("a prefix"))
}

pub fn uid_text(uid: &EntityUID) -> String {
    format!("{}::{}", uid.entity_type(), quoted(uid.eid().as_ref()))
}

fn quoted(text: &str) -> String {
    ascii(&json!(text))
}

/// JSON text without spaces in ASCII, as the harness writes it. Members keep their order: write them sorted where
/// the text counts.
pub fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        match character {
            ' '..='~' => text.push(character),
            _ => text.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    text
}
