//! The Rust engine as an engine of drt: answers questions on JSON lines.
//!
//! `docs/plug-in-an-engine.md` describes the protocol. Whatever the engine refuses is an outcome. A panic or an
//! exhausted stack ends the process, and the harness reports it as a crash.

mod case;
mod partial;
mod race;

use std::io::{BufRead, Write};

use case::{Case, Loaded, Request};
use cedar_policy::get_sdk_version;
use cedar_rust_texts::outcome::Answer;
use cedar_rust_texts::questions::{self, Inquiry};
use cedar_rust_texts::texts::{self, Format, Source};
use partial::{Kind, Loading, Store};
use serde::Deserialize;
use serde_json::{Value, json};

/// Stack of the thread that answers; deep texts are read and evaluated by recursion.
const STACK: usize = 1 << 30;

const ASKS: &str = "load authorize evaluate validate read_policies print_policies format_policies \
    read_expression read_entities read_schema translate_schema link_schemas answer \
    partially_authorize reauthorize query batched";
const BATCH: usize = 64;

#[derive(Deserialize)]
struct Question {
    seq: u64,
    #[serde(flatten)]
    ask: Ask,
}

#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Ask {
    Start,
    Capabilities,
    Load { case: Box<Case> },
    Authorize { request: Request },
    Evaluate { expression: String, request: Request },
    Validate { mode: String, level: Option<u64> },
    PartiallyAuthorize { request: String, entities: Store },
    Reauthorize { request: String, entities: Store, completion: String, store: Store },
    Query { kind: Kind, request: String, entities: Store },
    Batched { request: String, entities: Store, loader: Loading, max_iters: u32 },
    ReadPolicies { policies: Source },
    PrintPolicies { policies: Source, templates: bool },
    FormatPolicies { text: String, line_width: usize, indent_width: isize },
    ReadExpression { expression: String },
    ReadEntities { entities: String, schema: Option<Source> },
    ReadSchema { schema: Source },
    TranslateSchema { schema: Source, to: Format },
    LinkSchemas { schemas: Vec<Source>, complete: bool },
    Answer { inquiry: Inquiry },
    Prepare { requests: Vec<Request> },
    Turn { repeats: u32, read: bool },
    Batch { questions: Vec<Question> },
    Stop,
}

fn main() -> std::io::Result<()> {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(answer_lines)?;
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn answer_lines() -> std::io::Result<()> {
    let mut loaded = None;
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(Question { ask: Ask::Stop, .. }) => break,
            Ok(question) => reply(&mut loaded, question),
            Err(error) => json!({"seq": null, "failure": error.to_string()}),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// The answer to one question, with the question's number.
fn reply(loaded: &mut Option<Loaded>, question: Question) -> Value {
    let mut answer = match question.ask {
        Ask::Batch { questions } => {
            json!({"answers": questions.into_iter().map(|one| reply(loaded, one)).collect::<Vec<_>>()})
        }
        ask => outcome(loaded, ask).unwrap_or_else(|refusal| refusal),
    };
    answer["seq"] = question.seq.into();
    answer
}

fn outcome(loaded: &mut Option<Loaded>, ask: Ask) -> Answer {
    match ask {
        Ask::Start => {
            Ok(json!({"protocol": 1, "name": "cedar-rust", "version": get_sdk_version().to_string()}))
        }
        Ask::Capabilities => Ok(json!({"asks": ASKS.split(' ').collect::<Vec<_>>(), "batch": BATCH})),
        Ask::Load { case } => {
            *loaded = None;
            *loaded = Some(Loaded::read(*case)?);
            Ok(json!({"loaded": true}))
        }
        Ask::Authorize { request } => at_work(loaded)?.authorize(&request),
        Ask::Evaluate { expression, request } => at_work(loaded)?.evaluate(&expression, &request),
        Ask::Validate { mode, level } => at_work(loaded)?.validate(&mode, level),
        Ask::PartiallyAuthorize { request, entities } => {
            at_work(loaded)?.partially_authorize(&request, &entities)
        }
        Ask::Reauthorize { request, entities, completion, store } => {
            at_work(loaded)?.reauthorize(&request, &entities, &completion, &store)
        }
        Ask::Query { kind, request, entities } => at_work(loaded)?.query(kind, &request, &entities),
        Ask::Batched { request, entities, loader, max_iters } => {
            at_work(loaded)?.batched(&request, &entities, loader, max_iters)
        }
        Ask::ReadPolicies { policies } => texts::read_policies(&policies),
        Ask::PrintPolicies { policies, templates } => texts::print_policies(&policies, templates),
        Ask::FormatPolicies { text, line_width, indent_width } => {
            texts::format_policies(&text, line_width, indent_width)
        }
        Ask::ReadExpression { expression } => texts::read_expression(&expression),
        Ask::ReadEntities { entities, schema } => texts::read_entities(&entities, schema.as_ref()),
        Ask::ReadSchema { schema } => texts::read_schema(&schema),
        Ask::TranslateSchema { schema, to } => texts::translate_schema(&schema, to),
        Ask::LinkSchemas { schemas, complete } => questions::link_schemas(&schemas, complete),
        Ask::Answer { inquiry } => questions::answer(&inquiry),
        Ask::Prepare { requests } => at_work(loaded)?.prepare(requests),
        Ask::Turn { repeats, read } => at_work(loaded)?.turn(repeats, read),
        Ask::Batch { .. } | Ask::Stop => unreachable!("answered by the caller"),
    }
}

fn at_work(loaded: &mut Option<Loaded>) -> Result<&mut Loaded, Value> {
    loaded.as_mut().ok_or_else(|| json!({"failure": "no case was loaded"}))
}
