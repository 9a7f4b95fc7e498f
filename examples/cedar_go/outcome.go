package main

import (
	"errors"
	"strings"

	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// outcome is an answer as it is written: its name in "outcome", and its members.
type outcome map[string]any

func rejected(part string, why error) outcome {
	return outcome{"outcome": "Rejected", "part": part, "detail": why.Error()}
}

func unsupported(feature string) outcome {
	return outcome{"outcome": "Unsupported", "feature": feature}
}

func printed(text []byte) outcome {
	return outcome{"outcome": "Printed", "text": string(text)}
}

// accepted has the canonical text of a document; none says only that it was read.
func accepted(canonical []byte) outcome {
	return outcome{"outcome": "Accepted", "canonical": string(canonical)}
}

// messages names the kinds of errors by the words of cedar-go, whose errors but for one are not exported.
var messages = []struct{ words, kind string }{
	{"attempting to compute da", "extension"},
	{"attempting to compute durationSince", "extension"},
	{"integer overflow", "overflow"},
	{"does not have the attribute", "attr-missing"},
	{"does not have the tag", "tag-missing"},
	{"wrong number of arguments", "arity"},
	{"error parsing", "extension"},
	{"out of range", "extension"},
	{"does not exist", "entity-missing"},
}

func kindOf(err error) string {
	if errors.Is(err, eval.ErrType) {
		return "type"
	}
	return kindOfMessage(err.Error())
}

// kindOfMessage is for authorization, which gives errors as texts.
func kindOfMessage(text string) string {
	if strings.Contains(text, "type error") {
		return "type"
	}
	for _, message := range messages {
		if strings.Contains(text, message.words) {
			return message.kind
		}
	}
	return "extension"
}
