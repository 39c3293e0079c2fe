package events

import (
	"slices"
	"strings"
)

// Pattern stands for types of changes: one type, all of an entity as in task.*, or with * all.
type Pattern string

// Known says whether there is a type of a change that p stands for.
func (p Pattern) Known() bool {
	return slices.ContainsFunc(Entities(), func(entity Entity) bool { return p.CoversAny(entity.Types) })
}

// CoversAny says whether p stands for at least one of some types.
func (p Pattern) CoversAny(kinds []string) bool { return slices.ContainsFunc(kinds, p.Covers) }

// Covers says whether p stands for a type.
func (p Pattern) Covers(kind string) bool {
	entity, all := strings.CutSuffix(string(p), "*")
	if !all {
		return string(p) == kind
	}
	return entity == "" || strings.HasSuffix(entity, ".") && strings.HasPrefix(kind, entity)
}
