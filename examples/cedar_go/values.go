package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/cedar-policy/cedar-go/types"
)

// canonical is the text of a value as drt/model/outcome.py has it.
func canonical(value types.Value) string {
	switch value := value.(type) {
	case types.Boolean:
		return fmt.Sprint(bool(value))
	case types.Long:
		return fmt.Sprint(int64(value))
	case types.String:
		return quoted(string(value))
	case types.EntityUID:
		return string(value.Type) + "::" + quoted(string(value.ID))
	case types.Set:
		elements := []string{}
		for element := range value.All() {
			elements = append(elements, canonical(element))
		}
		sort.Strings(elements)
		return "[" + strings.Join(elements, ", ") + "]"
	case types.Record:
		names := []string{}
		for name := range value.Keys() {
			names = append(names, string(name))
		}
		sort.Strings(names)
		for index, name := range names {
			field, _ := value.Get(types.String(name))
			names[index] = quoted(name) + ": " + canonical(field)
		}
		return "{" + strings.Join(names, ", ") + "}"
	case types.Decimal:
		return "decimal(" + units(value.String()) + ")"
	case types.Datetime:
		return fmt.Sprintf("datetime(%dms)", value.Milliseconds())
	case types.Duration:
		return fmt.Sprintf("duration(%dms)", value.ToMilliseconds())
	case types.IPAddr:
		return address(value.Prefix())
	}
	panic(fmt.Sprintf("a value of an unknown type: %T", value))
}

// units is a decimal in ten-thousandths.
func units(text string) string {
	whole, fraction, _ := strings.Cut(text, ".")
	number, _ := new(big.Int).SetString(whole+(fraction + "0000")[:4], 10)
	return number.String()
}

func address(prefix netip.Prefix) string {
	family := "v6"
	if prefix.Addr().Is4() {
		family = "v4"
	}
	number := new(big.Int).SetBytes(prefix.Addr().AsSlice())
	return fmt.Sprintf("ip(%s, %#x, /%d)", family, number, prefix.Bits())
}

// quoted is a JSON text in ASCII.
func quoted(text string) string {
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	var ascii strings.Builder
	for _, character := range strings.TrimSuffix(written.String(), "\n") {
		if ' ' <= character && character <= '~' {
			ascii.WriteRune(character)
			continue
		}
		for _, unit := range utf16.Encode([]rune{character}) {
			fmt.Fprintf(&ascii, "\\u%04x", unit)
		}
	}
	return strings.NewReplacer(`\u0008`, `\b`, `\u000c`, `\f`).Replace(ascii.String())
}
