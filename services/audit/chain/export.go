package chain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/gowebpki/jcs"
)

// Format and Version say what the first line of an export is.
const (
	Format  = "todoplatform-audit"
	Version = 1
)

// maxLine bounds a line of an export that is read. An event is at most a message of Kafka.
const maxLine = 8 << 20

// Header is the first line of an export: a user's log up to a head. A line for each entry follows.
// All lines are canonical JSON, so that there is one way to write each.
type Header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	UserID  string `json:"userId"`
	Begin   *Head  `json:"begin,omitempty"` // the last entry that was dropped for its age; nil: the log is whole
	Head    Head   `json:"head"`
}

// Line writes the header as a line of an export.
func (h Header) Line() ([]byte, error) { return lineOf(h) }

// Line writes the entry as a line of an export, whatever its record is spelled like.
func (e Entry) Line() ([]byte, error) { return lineOf(e) }

func lineOf(value any) ([]byte, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	line, err := jcs.Transform(encoded)
	return append(line, '\n'), err
}

// Export is an export that is being read.
type Export struct {
	Header
	lines *bufio.Scanner
}

// ReadExport begins to read an export. The error says why something cannot be read as one.
func ReadExport(from io.Reader) (*Export, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	if !lines.Scan() {
		return nil, errors.Join(lines.Err(), errors.New("the file is empty"))
	}
	header, err := headerIn(lines.Bytes())
	if err != nil {
		return nil, err
	}
	return &Export{header, lines}, nil
}

// Verify reads the rest of the export and tells what is wrong with the log in it. Anchors are heads of the
// log that were kept elsewhere.
func (e *Export) Verify(anchors ...Head) (Report, error) {
	v := NewVerifier(e.UserID, e.Head, anchors...)
	if e.Begin != nil {
		v.BeginAfter(*e.Begin)
	}
	for e.lines.Scan() {
		v.add(entryIn(bytes.Clone(e.lines.Bytes())))
	}
	if err := e.lines.Err(); err != nil {
		return Report{}, fmt.Errorf("read line %d: %w", v.entries+2, err)
	}
	return v.End(), nil
}

// VerifyExport reads a whole export, and does both.
func VerifyExport(from io.Reader, anchors ...Head) (Header, Report, error) {
	export, err := ReadExport(from)
	if err != nil {
		return Header{}, Report{}, err
	}
	report, err := export.Verify(anchors...)
	return export.Header, report, err
}

func headerIn(line []byte) (Header, error) {
	var header Header
	if err := json.Unmarshal(line, &header); err != nil || header.Format != Format {
		return Header{}, errors.New("the first line is not that of an export of an audit log as NDJSON")
	}
	if header.Version != Version {
		return Header{}, fmt.Errorf("the export has version %d, which this program does not know", header.Version)
	}
	if written, err := header.Line(); err != nil || !bytes.Equal(bytes.TrimSuffix(written, []byte("\n")), line) {
		return Header{}, errors.New("the first line was altered: it is not written as an export writes it")
	}
	return header, nil
}

// What stands around the members of an entry in a line.
const beforeHash, beforePosition, beforeRecord, afterRecord = `{"hash":"`, `","position":`, `,"record":`, `}`

// entryIn reads the entry of a line. What stands at the places of the members is taken for them even
// where a line is malformed, so that it can be told what was altered.
func entryIn(line []byte) (entry Entry, malformed bool) {
	rest := line
	cut := func(n int) []byte {
		n = min(n, len(rest))
		part := rest[:n]
		rest = rest[n:]
		return part
	}
	cut(len(beforeHash))
	malformed = entry.Hash.UnmarshalText(cut(2*len(entry.Hash))) != nil
	cut(len(beforePosition))
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	entry.Position, _ = strconv.ParseInt(string(cut(digits)), 10, 64) // the comparison below finds what is none
	cut(len(beforeRecord))
	entry.Record = cut(max(0, len(rest)-len(afterRecord)))
	if !malformed && bytes.Equal(line, entry.written()) {
		return entry, false
	}
	if spelled, err := spelledIn(line); err == nil {
		return spelled, true
	}
	return entry, true
}

// spelledIn reads an entry that is spelled in another way.
func spelledIn(line []byte) (Entry, error) {
	var entry Entry
	if err := json.Unmarshal(line, &entry); err != nil {
		return Entry{}, err
	}
	return entry.Canonical()
}

// written is the line of an entry whose record is canonical.
func (e Entry) written() []byte {
	line := make([]byte, 0, len(e.Record)+128)
	line = append(line, beforeHash...)
	line = append(line, e.Hash.String()...)
	line = append(line, beforePosition...)
	line = strconv.AppendInt(line, e.Position, 10)
	line = append(line, beforeRecord...)
	line = append(line, e.Record...)
	return append(line, afterRecord...)
}
