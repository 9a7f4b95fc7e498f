package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

type testCase struct {
	Policies  source            `json:"policies"`
	Schema    *source           `json:"schema"`
	Entities  string            `json:"entities"`
	Links     []json.RawMessage `json:"links"`
	Fragments []source          `json:"fragments"`
}

type request struct {
	Text     string `json:"text"`
	Validate bool   `json:"validate"`
}

type loaded struct {
	policies *cedar.PolicySet
	known    *resolved.Schema
	entities types.EntityMap
}

// load reads schema, policies and entities, in this order.
func load(given testCase) (*loaded, outcome) {
	result, refusal := &loaded{}, outcome(nil)
	if len(given.Fragments) > 0 {
		return nil, unsupported("fragments")
	}
	if given.Schema != nil {
		if result.known, refusal = resolvedSchema(*given.Schema); refusal != nil {
			return nil, refusal
		}
	}
	if result.policies, refusal = policySet(given.Policies); refusal != nil {
		return nil, refusal
	}
	if len(given.Links) > 0 {
		return nil, unsupported("templates")
	}
	if result.entities, refusal = entityStore(given.Entities, result.known); refusal != nil {
		return nil, refusal
	}
	return result, nil
}

func (l *loaded) answer(asked question) (outcome, outcome) {
	if asked.Ask == "validate" {
		return l.validate(asked.Mode, asked.Level)
	}
	asking, refusal := l.request(asked.Request)
	if refusal != nil {
		return nil, refusal
	}
	if asked.Ask == "authorize" {
		return l.authorize(asking), nil
	}
	return l.evaluate(asked.Expression, asking)
}

func (l *loaded) authorize(asking types.Request) outcome {
	decision, diagnostic := cedar.Authorize(l.policies, l.entities, asking)
	determining, erring := []string{}, [][2]string{}
	for _, reason := range diagnostic.Reasons {
		determining = append(determining, string(reason.PolicyID))
	}
	for _, broken := range diagnostic.Errors {
		erring = append(erring, [2]string{string(broken.PolicyID), kindOfMessage(broken.Message)})
	}
	return outcome{"outcome": "Authorized", "decision": decision.String(), "determining": determining, "erring": erring}
}

func (l *loaded) evaluate(text string, asking types.Request) (outcome, outcome) {
	node, refusal := expression(text)
	if refusal != nil {
		return nil, refusal
	}
	value, err := eval.Eval(node, eval.Env{
		Entities: l.entities, Principal: asking.Principal, Action: asking.Action, Resource: asking.Resource,
		Context: asking.Context,
	})
	if err != nil {
		return outcome{"outcome": "Failed", "kind": kindOf(err)}, nil
	}
	return outcome{"outcome": "Evaluated", "value": canonical(value)}, nil
}

func (l *loaded) validate(mode string, level *int) (outcome, outcome) {
	if l.known == nil {
		return unsupported("schema"), nil
	}
	if level != nil {
		return unsupported("levels"), nil
	}
	option := validate.WithStrict()
	if mode == "permissive" {
		option = validate.WithPermissive()
	}
	validator := validate.New(l.known, option)
	policies, problems, said := [][2]any{}, [][3]string{}, []string{}
	for id, policy := range l.policies.All() {
		err := validator.Policy(string(id), (*ast.Policy)(policy.AST()))
		policies = append(policies, [2]any{string(id), err == nil})
		if err != nil {
			said = append(said, err.Error())
			for _, message := range strings.Split(err.Error(), "\n") {
				problems = append(problems, [3]string{string(id), "", message})
			}
		}
	}
	return outcome{
		"outcome": "Validated", "valid": len(said) == 0, "policies": policies,
		"problems": problems, "detail": strings.Join(said, "\n"),
	}, nil
}

// members are those of a request document (spec 05 §8), each exactly once.
func members(text string) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("a request is an object")
	}
	found := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		key := name.(string)
		if _, twice := found[key]; twice {
			return nil, fmt.Errorf("repeated member %q", key)
		}
		switch key {
		case "principal", "action", "resource", "context":
			found[key] = value
		default:
			return nil, fmt.Errorf("unknown member %q", key)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("text behind the request")
	}
	return found, nil
}

func (l *loaded) request(given request) (types.Request, outcome) {
	var asking types.Request
	found, err := members(given.Text)
	if err != nil {
		return asking, rejected("request", err)
	}
	for name, uid := range map[string]*types.EntityUID{
		"principal": &asking.Principal, "action": &asking.Action, "resource": &asking.Resource,
	} {
		if len(found[name]) == 0 {
			return asking, rejected("request", fmt.Errorf("no %s", name))
		}
		if found[name][0] == '"' {
			return asking, unsupported("uid texts")
		}
		if err := json.Unmarshal(found[name], uid); err != nil {
			return asking, rejected("request", err)
		}
	}
	if context, given := found["context"]; given {
		err = json.Unmarshal(context, &asking.Context)
	}
	if err == nil && given.Validate && l.known != nil {
		err = validate.New(l.known).Request(asking)
	}
	if err != nil {
		return asking, rejected("request", err)
	}
	return asking, nil
}
