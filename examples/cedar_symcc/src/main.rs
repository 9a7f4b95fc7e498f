//! The symbolic compiler of the Rust engine as an engine of drt: answers the question `analyze` on JSON lines.
//!
//! `docs/plug-in-an-engine.md` describes the protocol. One cvc5 serves many questions; another is started after a
//! query on which it gave up.

use std::io::{BufRead, Write};
use std::str::FromStr;

use cedar_policy::{EntityTypeName, EntityUid, Policy, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::err::Error;
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet};
use serde::Deserialize;
use serde_json::{Value, json};

/// Milliseconds that cvc5 has for one query.
const LIMIT: &str = "--tlimit-per=10000";
/// Stack of the thread that answers: policies are read and compiled by recursion.
const STACK: usize = 1 << 30;
const VERSION: &str = "0.8.1";

type Compiler = CedarSymCompiler<LocalSolver>;
type Answer = Result<Value, Value>;

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
    Analyze(Analysis),
    Stop,
}

#[derive(Deserialize)]
struct Analysis {
    property: String,
    schema: Source,
    policies: Vec<Source>,
    principal_type: String,
    action: String,
    resource_type: String,
}

#[derive(Deserialize)]
struct Source {
    text: String,
    format: String,
}

fn main() -> std::io::Result<()> {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(answer_lines)?;
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn answer_lines() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut compiler = None;
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(Question { ask: Ask::Stop, .. }) => break,
            Ok(Question { seq, ask }) => {
                let outcome = runtime.block_on(outcome(&mut compiler, ask));
                let mut answer = outcome.unwrap_or_else(|refusal| refusal);
                answer["seq"] = seq.into();
                answer
            }
            Err(error) => json!({"seq": null, "failure": error.to_string()}),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

async fn outcome(kept: &mut Option<Compiler>, ask: Ask) -> Answer {
    match ask {
        Ask::Start => Ok(json!({"protocol": 1, "name": "cedar-symcc", "version": VERSION})),
        Ask::Capabilities => Ok(json!({"asks": ["analyze"], "batch": 0})),
        Ask::Analyze(analysis) => {
            let query = analysis.query()?;
            let mut compiler = match kept.take() {
                Some(compiler) => compiler,
                None => started().map_err(failure)?,
            };
            let holds = query.decide(&mut compiler).await.map_err(unanswered)?;
            *kept = Some(compiler); // after an error it is dropped, and its cvc5 with it
            Ok(json!({"outcome": "Analyzed", "holds": holds}))
        }
        Ask::Stop => unreachable!("answered by the caller"),
    }
}

fn started() -> Result<Compiler, Error> {
    CedarSymCompiler::new(LocalSolver::cvc5_with_args([LIMIT])?)
}

/// A property, and the policies or sets that it is about.
enum Query {
    Policies(String, Vec<CompiledPolicy>),
    Sets(String, Vec<CompiledPolicySet>),
}

impl Analysis {
    fn query(self) -> Result<Query, Value> {
        let schema = self.schema.schema()?;
        let environment = RequestEnv::new(
            EntityTypeName::from_str(&self.principal_type).map_err(refused("request"))?,
            EntityUid::from_str(&self.action).map_err(refused("request"))?,
            EntityTypeName::from_str(&self.resource_type).map_err(refused("request"))?,
        );
        let sets = self.policies.iter().map(Source::policies).collect::<Result<Vec<_>, _>>()?;
        let refuse = refused("policies");
        if matches!(self.property.as_str(), "never-errors" | "always-matches" | "never-matches")
            || self.property.starts_with("matches-")
        {
            let only = |set: &PolicySet| set.policies().next().cloned().ok_or_else(|| refuse("no policy"));
            let policies = sets.iter().map(only).collect::<Result<Vec<Policy>, _>>()?;
            let compile = |one: &Policy| CompiledPolicy::compile(one, &environment, &schema);
            let compiled =
                policies.iter().map(compile).collect::<Result<_, _>>().map_err(refused("policies"))?;
            Ok(Query::Policies(self.property, compiled))
        } else {
            let compile = |one: &PolicySet| CompiledPolicySet::compile(one, &environment, &schema);
            let compiled = sets.iter().map(compile).collect::<Result<_, _>>().map_err(refused("policies"))?;
            Ok(Query::Sets(self.property, compiled))
        }
    }
}

impl Query {
    async fn decide(&self, compiler: &mut Compiler) -> Result<bool, Error> {
        match self {
            Query::Policies(property, sides) => match (property.as_str(), sides.as_slice()) {
                ("never-errors", [one]) => compiler.check_never_errors_opt(one).await,
                ("always-matches", [one]) => compiler.check_always_matches_opt(one).await,
                ("never-matches", [one]) => compiler.check_never_matches_opt(one).await,
                ("matches-equivalent", [one, two]) => compiler.check_matches_equivalent_opt(one, two).await,
                ("matches-implies", [one, two]) => compiler.check_matches_implies_opt(one, two).await,
                ("matches-disjoint", [one, two]) => compiler.check_matches_disjoint_opt(one, two).await,
                _ => Err(Error::NoPolicies),
            },
            Query::Sets(property, sides) => match (property.as_str(), sides.as_slice()) {
                ("always-allows", [one]) => compiler.check_always_allows_opt(one).await,
                ("always-denies", [one]) => compiler.check_always_denies_opt(one).await,
                ("equivalent", [one, two]) => compiler.check_equivalent_opt(one, two).await,
                ("implies", [one, two]) => compiler.check_implies_opt(one, two).await,
                ("disjoint", [one, two]) => compiler.check_disjoint_opt(one, two).await,
                _ => Err(Error::NoPolicies),
            },
        }
    }
}

impl Source {
    fn schema(&self) -> Result<Schema, Value> {
        match self.format.as_str() {
            "json" => Schema::from_json_str(&self.text).map_err(refused("schema")),
            _ => Schema::from_cedarschema_str(&self.text).map(|read| read.0).map_err(refused("schema")),
        }
    }

    fn policies(&self) -> Result<PolicySet, Value> {
        match self.format.as_str() {
            "json" => PolicySet::from_json_str(&self.text).map_err(refused("policies")),
            _ => PolicySet::from_str(&self.text).map_err(refused("policies")),
        }
    }
}

/// The outcome for input that is refused.
fn refused<E: ToString>(part: &'static str) -> impl Fn(E) -> Value {
    move |error| json!({"outcome": "Rejected", "part": part, "detail": error.to_string()})
}

/// The outcome for a query without a verdict: cvc5 gave up, or what the compiler refuses.
fn unanswered(error: Error) -> Value {
    match error {
        Error::SolverUnknown => json!({"outcome": "ExceededBudget", "resource": "time"}),
        error => failure(error),
    }
}

fn failure(error: Error) -> Value {
    json!({"failure": error.to_string()})
}
