package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

const conditionsSource = "api/v1alpha1/conditions.go"

// constant is one of conditions.go.
type constant struct{ name, value, comment string }

// conditionsPage lists conditions and reasons with the words that stand beside them in the code.
func conditionsPage() (string, error) {
	constants, err := constantsOf(conditionsSource)
	if err != nil {
		return "", err
	}
	var conditions, reasons [][]string
	for _, one := range constants {
		row := []string{code(one.value), prose(one.comment)}
		if strings.HasPrefix(one.name, "Condition") {
			conditions = append(conditions, row)
		} else {
			reasons = append(reasons, row)
		}
	}
	return "# Conditions and reasons\n\nWhat `status.conditions` of a platform says. What to do about each reason is in [Operating it](../operator.md#reasons).\n\n" +
		"## Conditions\n\n" + table([]string{"condition", "says"}, conditions) +
		"\n## Reasons\n\nThe same words are the reasons of events.\n\n" + table([]string{"reason", "means"}, reasons), nil
}

// constantsOf reads the constants of conditions and reasons. One without a comment has that of the one before.
func constantsOf(file string) ([]constant, error) {
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var constants []constant
	for _, declaration := range source.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		said := ""
		for _, spec := range group.Specs {
			one := spec.(*ast.ValueSpec)
			name := one.Names[0].Name
			if !strings.HasPrefix(name, "Condition") && !strings.HasPrefix(name, "Reason") {
				continue
			}
			value, err := strconv.Unquote(one.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			comment := one.Doc
			if comment == nil && len(group.Specs) == 1 {
				comment = group.Doc
			}
			if comment != nil {
				said = withoutName(comment.Text())
			}
			constants = append(constants, constant{name, value, said})
		}
	}
	return constants, nil
}

// withoutName leaves out with what a comment begins: "ReasonError: ", "ConditionReady says ".
func withoutName(comment string) string {
	name, said, _ := strings.Cut(strings.Join(strings.Fields(comment), " "), " ")
	if strings.HasPrefix(name, "Reason") && !strings.HasSuffix(name, ":") { // of two reasons
		_, said, _ = strings.Cut(said, ": ")
	}
	said = strings.TrimPrefix(said, "says ")
	return strings.ToUpper(said[:1]) + said[1:]
}
