// cedar-wasm as a contestant: the first line gives policies and requests and is answered with all answers;
// each further line is a number of repeats and is answered with the CPU nanoseconds that they took.
// Policies are parsed beforehand; entities cannot be, and direct grants need none.
"use strict";
const { createInterface } = require("node:readline");
const places = [process.cwd(), ...(process.env.NODE_PATH || "").split(require("node:path").delimiter)];
const cedar = require(require.resolve("@cedar-policy/cedar-wasm/nodejs", { paths: places.filter(Boolean) }));

let calls = [];

function prepare({ policies, requests }) {
  const parsed = cedar.preparsePolicySet("all", { staticPolicies: policies });
  if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
  calls = requests.map((request) => ({
    ...request, entities: [], preparsedPolicySetId: "all", validateRequest: false,
  }));
  return { version: cedar.getCedarVersion(), answers: calls.map((call) => cedar.statefulIsAuthorized(call)) };
}

function turn(repeats) {
  const started = process.cpuUsage();
  for (let round = 0; round < repeats; round++) for (const call of calls) cedar.statefulIsAuthorized(call);
  const { user, system } = process.cpuUsage(started);
  return (user + system) * 1000;
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(typeof asked === "number" ? turn(asked) : prepare(asked)));
});
