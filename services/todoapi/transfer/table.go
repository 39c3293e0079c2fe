package transfer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// table reads a CSV file with a header, row by row.
type table struct {
	in      *csv.Reader
	columns map[string]int // by names in lower case
	header  []string
	file    string // in an archive, "" where there is none
	above   int    // lines before the header
}

// maxHeader bounds the first line of a table, by which its separator is known.
const maxHeader = maxFirst

// openTable reads the header. The separator is the one of comma, semicolon and tab that occurs
// most in it.
func openTable(body io.Reader) (*table, error) {
	buffered := bufio.NewReaderSize(body, maxHeader)
	first, err := buffered.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, ofTable(err)
	}
	if bytes.HasPrefix(first, []byte(byteOrderMark)) {
		_, _ = buffered.Discard(3) // it was peeked at
		first = first[3:]
	}
	line, _, _ := bytes.Cut(first, []byte("\n"))
	t := &table{in: csv.NewReader(buffered), columns: map[string]int{}}
	t.in.FieldsPerRecord = -1
	for _, separator := range []rune{';', '\t'} {
		if strings.Count(string(line), string(separator)) > strings.Count(string(line), string(t.in.Comma)) {
			t.in.Comma = separator
		}
	}
	if t.header, _, err = t.next(); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, failure.New(failure.Invalid, "the file is empty; its first line must name the columns")
		}
		return nil, err
	}
	for i, name := range t.header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := t.columns[name]; twice && name != "" {
			return nil, failure.New(failure.Invalid, "the file has two columns %q", name)
		}
		t.columns[name] = i
	}
	return t, nil
}

// next reads a row and says where it is; io.EOF after the last one.
func (t *table) next() (row []string, at string, err error) {
	row, err = t.in.Read()
	if errors.Is(err, io.EOF) {
		return nil, "", io.EOF
	}
	if fault, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, "", failure.New(failure.Invalid, "%s is not CSV: %s", t.at(fault.Line), fault.Err)
	}
	if err != nil {
		return nil, "", ofTable(err)
	}
	number, _ := t.in.FieldPos(0)
	at = t.at(number)
	for _, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, "", failure.New(failure.Invalid, "%s is not UTF-8; save the file as UTF-8", at)
		}
	}
	return row, at, nil
}

// at says where a line is.
func (t *table) at(line int) string {
	at := fmt.Sprintf("line %d", t.above+line)
	if t.file != "" {
		at = t.file + ", " + at
	}
	return at
}

// rename has columns under other names than the file gives them.
func (t *table) rename(columns map[string]string) error {
	renamed := map[string]int{}
	for name, there := range columns {
		i, ok := t.columns[strings.ToLower(there)]
		if !ok {
			return failure.InvalidField("query.column", "the file has no column %q", shortened(there))
		}
		t.header[i], renamed[name] = name, i
	}
	maps.Copy(t.columns, renamed)
	return nil
}

// cell gives the cell of a row in a column, "" where there is none.
func (t *table) cell(row []string, column string) string {
	i, ok := t.columns[column]
	if !ok || i >= len(row) {
		return ""
	}
	return row[i]
}

// ofTable says in words for people why a table cannot be read.
func ofTable(err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	return notArrived(err)
}
