package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// metric is one that a program of ours tells Prometheus.
type metric struct{ name, kind, labels, help string }

// metricsPage lists our metrics as they are made in the code.
func metricsPage() (string, error) {
	byProgram := map[string][]metric{}
	for _, root := range []string{"controllers", "services"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "node_modules":
				return fs.SkipDir
			case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			found, err := metricsOf(path, nil)
			byProgram[programOf(path)] = append(byProgram[programOf(path)], found...)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	var out strings.Builder
	out.WriteString("# Metrics\n\nWhat the operator and the services tell Prometheus of themselves, beside the metrics of Go and of controller-runtime. " +
		"What is collected and alerted on is in [Alerts](../alerts.md).\n")
	for _, program := range []string{"The operator", "Every service", "todo-api", "realtime-sync", "recurring-task", "notification", "audit"} {
		metrics := byProgram[program]
		delete(byProgram, program)
		slices.SortFunc(metrics, func(a, b metric) int { return strings.Compare(a.name, b.name) })
		var rows [][]string
		for _, one := range metrics {
			rows = append(rows, []string{code(one.name), one.kind, one.labels, prose(one.help)})
		}
		fmt.Fprintf(&out, "\n## %s\n\n%s", program, table([]string{"metric", "kind", "labels", "says"}, rows))
	}
	for program, metrics := range byProgram {
		if len(metrics) > 0 {
			return "", fmt.Errorf("the page has no place for the metrics of %s", program)
		}
	}
	return out.String(), nil
}

// programOf tells which program has the metrics of a file.
func programOf(path string) string {
	folders := map[string]string{"todoapi": "todo-api", "realtimesync": "realtime-sync", "recurringtask": "recurring-task"}
	parts := strings.Split(filepath.ToSlash(path), "/")
	switch {
	case parts[0] == "controllers":
		return "The operator"
	case parts[1] == "internal":
		return "Every service"
	case folders[parts[1]] != "":
		return folders[parts[1]]
	default:
		return parts[1]
	}
}

// metricsOf finds the calls of prometheus.New… in a file, or in src where it is given.
func metricsOf(file string, src any) ([]metric, error) {
	source, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []metric
	var fault error
	ast.Inspect(source, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 || fault != nil {
			return fault == nil
		}
		function, ok := call.Fun.(*ast.SelectorExpr)
		options, isOptions := call.Args[0].(*ast.CompositeLit)
		if !ok || !isOptions || !strings.HasPrefix(function.Sel.Name, "New") || fmt.Sprint(function.X) != "prometheus" {
			return true
		}
		kind := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(function.Sel.Name, "New"), "Vec"), "Func"))
		one := metric{kind: kind}
		if one.name, one.help, fault = nameAndHelp(options); fault != nil {
			fault = fmt.Errorf("%s: %w", file, fault)
			return false
		}
		if strings.HasSuffix(function.Sel.Name, "Vec") && len(call.Args) == 2 {
			if one.labels, fault = labelsOf(call.Args[1]); fault != nil {
				fault = fmt.Errorf("%s: labels of %s: %w", file, one.name, fault)
			}
		}
		found = append(found, one)
		return true
	})
	return found, fault
}

func nameAndHelp(options *ast.CompositeLit) (name, help string, err error) {
	for _, element := range options.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch fmt.Sprint(pair.Key) {
		case "Name":
			name, err = text(pair.Value)
		case "Help":
			help, err = text(pair.Value)
		}
		if err != nil {
			return "", "", err
		}
	}
	if name == "" || help == "" {
		return "", "", fmt.Errorf("the metric %q lacks a name or words", name)
	}
	return name, help, nil
}

func labelsOf(list ast.Expr) (string, error) {
	literal, ok := list.(*ast.CompositeLit)
	if !ok {
		return "", fmt.Errorf("they are no list of words")
	}
	var labels []string
	for _, element := range literal.Elts {
		label, err := text(element)
		if err != nil {
			return "", err
		}
		labels = append(labels, code(label))
	}
	return strings.Join(labels, ", "), nil
}

// text is what a literal, or several that are added, say.
func text(expression ast.Expr) (string, error) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		return strconv.Unquote(e.Value)
	case *ast.BinaryExpr:
		before, err := text(e.X)
		if err != nil {
			return "", err
		}
		after, err := text(e.Y)
		return before + after, err
	default:
		return "", fmt.Errorf("%T is not written out", expression)
	}
}
