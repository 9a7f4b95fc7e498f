package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	cedar "github.com/cedar-policy/cedar-go"
	public "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// slot finds a slot in Cedar text outside comments and strings; the other alternatives skip these.
var slot = regexp.MustCompile(`//[^\r\n]*|"(?:[^"\\]|\\.)*"|\?(?:principal|resource)\b`)

// hasTemplates says whether policies that were refused have what cedar-go lacks.
func hasTemplates(policies source) bool {
	if policies.Format == "json" {
		var document struct {
			Templates map[string]any `json:"templates"`
			Links     []any          `json:"templateLinks"`
		}
		return json.Unmarshal([]byte(policies.Text), &document) == nil && len(document.Templates)+len(document.Links) > 0
	}
	for _, found := range slot.FindAllString(policies.Text, -1) {
		if found[0] == '?' {
			return true
		}
	}
	return false
}

func policySet(policies source) (*cedar.PolicySet, outcome) {
	if policies.Format == "json" && hasTemplates(policies) {
		return nil, unsupported("templates")
	}
	var set *cedar.PolicySet
	var err error
	if policies.Format == "json" {
		set = cedar.NewPolicySet()
		err = json.Unmarshal([]byte(policies.Text), set)
	} else {
		set, err = cedar.NewPolicySetFromBytes("", []byte(policies.Text))
	}
	if err != nil && hasTemplates(policies) {
		return nil, unsupported("templates")
	} else if err != nil {
		return nil, rejected("policies", err)
	}
	return set, nil
}

func readPolicies(policies source) (outcome, outcome) {
	set, refusal := policySet(policies)
	if refusal != nil {
		return nil, refusal
	}
	text, err := set.MarshalJSON()
	if err != nil {
		return outcome{"outcome": "Unwritable", "part": "policies", "detail": err.Error()}, nil
	}
	return accepted(text), nil
}

func printPolicies(policies source) (outcome, outcome) {
	set, refusal := policySet(policies)
	if refusal != nil {
		return nil, refusal
	}
	return printed(set.MarshalCedar()), nil
}

// expression reads a text as the only condition of the only policy: cedar-go reads no expression alone.
func expression(text string) (ast.IsNode, outcome) {
	policies, err := cedar.NewPolicyListFromBytes("", []byte("permit(principal,action,resource) when {"+text+"\n};"))
	if err == nil && (len(policies) != 1 || len(policies[0].AST().Conditions) != 1) {
		err = errors.New("more than one expression")
	}
	if err != nil {
		return nil, rejected("expression", err)
	}
	return policies[0].AST().Conditions[0].Body, nil
}

func readExpression(text string) (outcome, outcome) {
	node, refusal := expression(text)
	if refusal != nil {
		return nil, refusal
	}
	policy := cedar.NewPolicyFromAST((*public.Policy)(ast.Permit().When(ast.NewNode(node))))
	document, err := policy.MarshalJSON()
	if err != nil {
		return outcome{"outcome": "Unwritable", "part": "expression", "detail": err.Error()}, nil
	}
	var written struct {
		Conditions []struct {
			Body json.RawMessage `json:"body"`
		} `json:"conditions"`
	}
	if err := json.Unmarshal(document, &written); err != nil || len(written.Conditions) != 1 {
		return outcome{"failure": fmt.Sprint("unreadable JSON of our own: ", err)}, nil
	}
	return accepted(written.Conditions[0].Body), nil
}

// entityStore reads entities; under a schema it checks them and brings in the schema's actions.
func entityStore(text string, types_ *resolved.Schema) (types.EntityMap, outcome) {
	var store types.EntityMap
	if err := json.Unmarshal([]byte(text), &store); err != nil {
		return nil, rejected("entities", err)
	}
	if types_ == nil {
		return store, nil
	}
	if err := validate.New(types_).Entities(store); err != nil {
		return nil, rejected("entities", err)
	}
	full := store.Clone()
	if full == nil {
		full = types.EntityMap{}
	}
	for uid, action := range types_.Actions {
		full[uid] = action.Entity
	}
	return full, nil
}

func readEntities(text string, given *source) (outcome, outcome) {
	var known *resolved.Schema
	if given != nil {
		var refusal outcome
		if known, refusal = resolvedSchema(*given); refusal != nil {
			return nil, refusal
		}
	}
	store, refusal := entityStore(text, known)
	if refusal != nil {
		return nil, refusal
	}
	document, err := store.MarshalJSON()
	if err != nil {
		return outcome{"outcome": "Unwritable", "part": "entities", "count": len(store), "detail": err.Error()}, nil
	}
	answer := accepted(document)
	answer["count"] = len(store)
	return answer, nil
}

func parsedSchema(given source) (*schema.Schema, outcome) {
	parsed := &schema.Schema{}
	read := parsed.UnmarshalCedar
	if given.Format == "json" {
		read = parsed.UnmarshalJSON
	}
	if err := read([]byte(given.Text)); err != nil {
		return nil, rejected("schema", err)
	}
	return parsed, nil
}

func resolvedSchema(given source) (*resolved.Schema, outcome) {
	parsed, refusal := parsedSchema(given)
	if refusal != nil {
		return nil, refusal
	}
	known, err := parsed.Resolve()
	if err != nil {
		return nil, rejected("schema", err)
	}
	return known, nil
}

func readSchema(given source) (outcome, outcome) {
	_, refusal := resolvedSchema(given)
	return accepted(nil), refusal
}

func translateSchema(given source, to string) (outcome, outcome) {
	if _, refusal := resolvedSchema(given); refusal != nil {
		return nil, refusal
	}
	parsed, _ := parsedSchema(given)
	write := parsed.MarshalCedar
	if to == "json" {
		write = parsed.MarshalJSON
	}
	text, err := write()
	if err != nil {
		return outcome{"outcome": "Unwritable", "part": "schema", "detail": err.Error()}, nil
	}
	return printed(text), nil
}
