// An engine of drt: cedar-go, asked on JSON lines.
//
// docs/plug-in-an-engine.md describes the protocol. Whatever cedar-go refuses is an outcome; a panic ends the
// process, and the harness reports it as a crash. What cedar-go does not have is Unsupported, with one word.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

const (
	batch = 64
	stack = 1 << 30
	asks  = "load authorize evaluate validate read_policies print_policies read_expression read_entities read_schema translate_schema"
)

type question struct {
	Seq        *int64     `json:"seq"`
	Ask        string     `json:"ask"`
	Case       testCase   `json:"case"`
	Request    request    `json:"request"`
	Expression string     `json:"expression"`
	Mode       string     `json:"mode"`
	Level      *int       `json:"level"`
	Policies   source     `json:"policies"`
	Entities   string     `json:"entities"`
	Schema     *source    `json:"schema"`
	To         string     `json:"to"`
	Questions  []question `json:"questions"`
}

type source struct {
	Text   string `json:"text"`
	Format string `json:"format"`
}

func main() {
	debug.SetMaxStack(stack)
	input := bufio.NewReaderSize(os.Stdin, 1<<16)
	output := bufio.NewWriter(os.Stdout)
	engine := &engine{}
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			var asked question
			answer := outcome{"seq": nil}
			if broken := json.Unmarshal(line, &asked); broken != nil {
				answer["failure"] = broken.Error()
			} else if asked.Ask == "stop" {
				return
			} else {
				answer = engine.reply(asked)
			}
			written, broken := json.Marshal(answer)
			if broken != nil {
				fmt.Fprintln(os.Stderr, "cedar_go:", broken)
				os.Exit(1)
			}
			output.Write(append(written, '\n'))
			if output.Flush() != nil {
				return
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
	}
}

type engine struct{ loaded *loaded }

// reply answers one question, with the question's number.
func (e *engine) reply(asked question) outcome {
	var answer, refusal outcome
	if asked.Ask == "batch" {
		answers := make([]outcome, len(asked.Questions))
		for index, one := range asked.Questions {
			answers[index] = e.reply(one)
		}
		answer = outcome{"answers": answers}
	} else if answer, refusal = e.answer(asked); refusal != nil {
		answer = refusal
	}
	answer["seq"] = asked.Seq
	return answer
}

// answer gives an outcome or, where a step refused, the refusal.
func (e *engine) answer(asked question) (outcome, outcome) {
	switch asked.Ask {
	case "start":
		return outcome{"protocol": 1, "name": "cedar-go", "version": version()}, nil
	case "capabilities":
		return outcome{"asks": strings.Split(asks, " "), "batch": batch}, nil
	case "load":
		e.loaded = nil
		loaded, refusal := load(asked.Case)
		e.loaded = loaded
		return outcome{"loaded": true}, refusal
	case "authorize", "evaluate", "validate":
		if e.loaded == nil {
			return outcome{"failure": "no case was loaded"}, nil
		}
		return e.loaded.answer(asked)
	case "read_policies":
		return readPolicies(asked.Policies)
	case "print_policies":
		return printPolicies(asked.Policies)
	case "read_expression":
		return readExpression(asked.Expression)
	case "read_entities":
		return readEntities(asked.Entities, asked.Schema)
	case "read_schema":
		return readSchema(*asked.Schema)
	case "translate_schema":
		return translateSchema(*asked.Schema, asked.To)
	}
	return unsupported("question"), nil
}

// version is that of the cedar-go module that the program was built with.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/cedar-policy/cedar-go" {
				return strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return "unknown"
}
