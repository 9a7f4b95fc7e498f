// The Rust engine compiled to WebAssembly, as an engine of drt: answers questions on JSON lines.
//
// The package takes and gives JavaScript objects, and turns them into JSON and back on the way. Longs are 64 bits
// wide and keys may come twice, which no JavaScript object can hold; so what goes in and comes out here is text,
// handed over at the two places where the package itself calls JSON.stringify and JSON.parse.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const PACKAGE = "@cedar-policy/cedar-wasm/nodejs";
let cedar = load();

function load() {
  try {
    delete require.cache[require.resolve(PACKAGE)];
    return require(PACKAGE);
  } catch (error) {
    console.error(`the package is not there: ${error.message.split("\n")[0]}`);
    process.exit(1);
  }
}

class Text {
  constructor(text) {
    this.text = text;
  }
}

const { stringify, parse } = JSON;
JSON.stringify = (value, ...more) => (value instanceof Text ? value.text : stringify(value, ...more));

/** What a function of the package answers to a document given as text; it throws what it cannot take in. */
function ask(name, document) {
  try {
    return cedar[name](new Text(document));
  } catch (error) {
    if (isDepth(error)) throw error;
    return { type: "failure", errors: [{ message: error.message }] };
  }
}

/** Whether the engine ran out of stack, which leaves it in no state to go on with. */
const isDepth = (error) => error instanceof RangeError || error instanceof WebAssembly.RuntimeError;

// Outcomes

const rejected = (part, answer) => ({
  outcome: "Rejected",
  part,
  detail: (answer?.errors ?? []).map((error) => error.message).join("; "),
});
const unsupported = (feature) => ({ outcome: "Unsupported", feature });

/** The rejection of data, but where the package takes no key twice: it asks that of keys, too, that Cedar ignores. */
const dataRejected = (part, answer) =>
  answer.errors.some(({ message }) => /^the key `[^]*` occurs two or more times in the same JSON object/.test(message))
    ? unsupported("repeated-keys")
    : rejected(part, answer);

const UID = '`[^`"]*"(?:[^"\\\\]|\\\\[^])*"`';
const KINDS = [
  ["type error: ", "type"],
  ["record does not have the attribute ", "attr-missing"],
  [`${UID} does not have the attribute `, "attr-missing"],
  [`${UID} does not have the tag `, "tag-missing"],
  [`entity ${UID} does not exist`, "entity-missing"],
  ["integer overflow while attempting ", "overflow"],
  ["error while evaluating `\\w+` extension function: ", "extension"],
  ["wrong number of arguments provided to extension function ", "arity"],
  ["recursion limit reached", "recursion-limit"],
  ["template slot `\\?\\w+` was not linked", "unlinked-slot"],
].map(([pattern, kind]) => [new RegExp(`^(?:${pattern})`), kind]);

/** The kind of an evaluation error; messages quote the case, so only how they begin may decide. */
function errorKind({ policyId, error }) {
  const message = error.message;
  const known = KINDS.find(([pattern]) => pattern.test(message));
  if (known === undefined) console.error(`an unknown message about ${policyId}: ${message}`);
  return known?.[1];
}

// Cases

const TOKEN = /"(?:[^"\\]|\\[^])*"|\/\/[^\n\r]*|\?(?:principal|resource)|;/g;

/** The texts of policies and templates, by the ids that their places in the whole text give them. */
function parts(text) {
  const found = { staticPolicies: {}, templates: {} };
  let start = 0;
  let number = 0;
  let slots = false;
  for (const token of text.matchAll(TOKEN)) {
    slots ||= token[0].startsWith("?");
    if (token[0] !== ";") continue;
    const end = token.index + 1;
    found[slots ? "templates" : "staticPolicies"][`policy${number}`] = text.slice(start, end);
    [start, number, slots] = [end, number + 1, false];
  }
  return found;
}

const schemaText = (schema) => (schema.format === "cedar" ? stringify(schema.text) : schema.text);
const isJson = (text) => {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

/** How deep brackets nest in a JSON text. */
function nesting(text) {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"|[[\]{}]/g)) {
    depth += { "[": 1, "{": 1, "]": -1, "}": -1 }[token] ?? 0;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Levels of JSON beyond which the engine's own limit depends on the document that a text is put into. */
const DEEP = 120;

/** What is wrong with a schema, if anything. External declarations are newer than the package. */
function schemaFault(schema) {
  if (schema.format === "json" && !isJson(schema.text)) return rejected("schema");
  if (schema.format === "json" && nesting(schema.text) > DEEP) return unsupported("depth");
  const answer = ask("checkParseSchema", schemaText(schema));
  if (answer.type === "success") return null;
  return /\bexternal\b/.test(schema.text) ? unsupported("external-declarations") : rejected("schema", answer);
}

function entitiesFault(entities, schema) {
  if (!isJson(entities)) return rejected("entities");
  if (nesting(entities) > DEEP) return unsupported("depth");
  const about = schema === null ? "" : `, "schema": ${schemaText(schema)}`;
  const answer = ask("checkParseEntities", `{"entities": ${entities}${about}}`);
  return answer.type === "success" ? null : dataRejected("entities", answer);
}

function policiesFault(policies) {
  if (policies.format === "json") return unsupported("policy-json");
  const answer = cedar.policySetTextToParts(policies.text);
  return answer.type === "success" ? null : rejected("policies", answer);
}

/** A case that was read, or the outcome that says why not: schema, policies, links, entities, in that order. */
function read({ policies, schema, entities, links }) {
  const fault = (schema && schemaFault(schema)) ?? policiesFault(policies);
  if (fault) return fault;
  const split = parts(policies.text);
  const unknown = links.find((link) => !(link.template in split.templates));
  if (unknown) return { outcome: "Rejected", part: "link", detail: `no template ${unknown.template}` };
  const made = links.map(
    ({ template, id, values }) =>
      `{"templateId": ${stringify(template)}, "newId": ${stringify(id)}, "values": ` +
      `{${values.map(([slot, uid]) => `${stringify(slot)}: ${uid}`)}}}`,
  );
  const set = `${stringify(split).slice(0, -1)}, "templateLinks": [${made}]}`;
  const linked = ask("checkParsePolicySet", set);
  if (linked.type !== "success") return rejected(links.length ? "link" : "policies", linked);
  const refused = entitiesFault(entities, schema);
  if (refused) return refused;
  return { set, split, schema, entities, links };
}

// Questions

let loaded = null;

function authorize({ text, validate }, set = loaded.set) {
  let about;
  try {
    about = parse(text);
  } catch {
    return rejected("request");
  }
  if (nesting(text) > DEEP) return unsupported("depth");
  if (typeof about !== "object" || about === null || Array.isArray(about)) return rejected("request");
  // The package takes uids as objects only.
  if (["principal", "action", "resource"].some((name) => typeof about[name] === "string"))
    return unsupported("uids as texts");
  const { schema, entities } = loaded;
  const more = [
    ...("context" in about ? [] : ['"context": {}']),
    ...(schema === null ? [] : [`"schema": ${schemaText(schema)}`, `"validateRequest": ${validate}`]),
    `"policies": ${set}`,
    `"entities": ${entities}`,
  ];
  const begun = text.trimEnd().slice(0, -1); // the request as it is, for more members to follow
  const answer = ask("isAuthorized", `${begun}${Object.keys(about).length ? ", " : ""}${more.join(", ")}}`);
  if (answer.type !== "success") return dataRejected("request", answer);
  const { reason, errors } = answer.response.diagnostics;
  const erring = errors.map((error) => [error.policyId, errorKind(error)]);
  if (erring.some(([, kind]) => kind === undefined)) return unsupported("message");
  return { outcome: "Authorized", decision: answer.response.decision, determining: reason, erring };
}

const onePolicy = (condition) =>
  stringify({ staticPolicies: { policy0: `permit(principal, action, resource) when { ${condition} };` } });

/** Whether a brace in an expression closes the clause that it is put into. */
function endsEarly(expression) {
  let depth = 0;
  for (const [token] of expression.matchAll(/"(?:[^"\\]|\\[^])*"|\/\/[^\n\r]*|[{}]/g)) {
    depth += { "{": 1, "}": -1 }[token] ?? 0;
    if (depth < 0) return true;
  }
  return false;
}

/** What a policy can tell of an expression: that it is true, or false, or fails, and how. */
function evaluate({ expression, request }) {
  const read = ask("checkParsePolicySet", onePolicy(`${expression}\n`));
  if (read.type !== "success" || endsEarly(expression)) return rejected("expression", read);
  for (const literal of ["true", "false"]) {
    const answer = authorize(request, onePolicy(`(${expression}\n) == ${literal}`));
    if (answer.outcome !== "Authorized") return answer;
    if (answer.erring.length) return { outcome: "Failed", kind: answer.erring[0][1] };
    if (answer.decision === "allow") return { outcome: "Evaluated", value: literal };
  }
  return unsupported("value");
}

function validate({ mode, level }) {
  const { set, split, schema, links } = loaded;
  if (schema === null) return { outcome: "Rejected", part: "schema", detail: "the case has no schema" };
  if (mode !== "strict") return unsupported("permissive-validation");
  if (level !== null) return unsupported("level-validation");
  if (links.length) return unsupported("link-validation");
  const answer = ask("validate", `{"schema": ${schemaText(schema)}, "policies": ${set}}`);
  if (answer.type !== "success") return rejected("policies", answer);
  const bad = new Set(answer.validationErrors.map((error) => error.policyId));
  const ids = [...Object.keys(split.staticPolicies), ...Object.keys(split.templates)];
  return { outcome: "Validated", valid: bad.size === 0, policies: ids.map((id) => [id, !bad.has(id)]) };
}

function translateSchema({ schema, to }) {
  const fault = schemaFault(schema);
  if (fault) return fault;
  const answer = ask(to === "json" ? "schemaToJson" : "schemaToText", schemaText(schema));
  if (answer.type !== "success") return rejected("schema", answer);
  return { outcome: "Printed", text: to === "json" ? stringify(answer.json) : answer.text };
}

// Not among them: format_policies, which lays text with comments around an operator out anew each time. Kinds of
// validation errors and warnings are not reported: the package has them as messages only.
const ANSWERS = {
  load({ case: given }) {
    loaded = null;
    const found = read(given);
    if ("outcome" in found) return found;
    loaded = found;
    return { loaded: true };
  },
  authorize: ({ request }) => authorize(request),
  evaluate,
  validate,
  read_policies: ({ policies }) => policiesFault(policies) ?? { outcome: "Accepted" },
  read_schema: ({ schema }) => schemaFault(schema) ?? { outcome: "Accepted" },
  read_entities: ({ entities, schema }) =>
    (schema && schemaFault(schema)) ?? entitiesFault(entities, schema) ?? { outcome: "Accepted" },
  translate_schema: translateSchema,
};

/** The answer to one question; by a new engine the next time, where this one ran out of stack. */
function answerTo(question) {
  try {
    return ANSWERS[question.ask](question);
  } catch (error) {
    if (!isDepth(error)) throw error;
    cedar = load();
    return unsupported("depth");
  }
}

function reply({ seq, ask, ...more }) {
  switch (ask) {
    case "start":
      return { seq, protocol: 1, name: "cedar-wasm", version: cedar.getCedarVersion() };
    case "capabilities":
      return { seq, asks: Object.keys(ANSWERS), batch: 64 };
    case "batch":
      return { seq, answers: more.questions.map((one) => ({ seq: one.seq, ...answerTo(one) })) };
    default:
      return { seq, ...answerTo({ ask, ...more }) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = parse(line);
  if (question.ask === "stop") break;
  process.stdout.write(`${stringify(reply(question))}\n`);
}
process.exit(0);
