package chain

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/todoplatform/todoplatform/api/heads"
)

// HeadsFormat says what the first line of an export of platform heads is.
const HeadsFormat = "todoplatform-audit-heads"

// HeadsHeader is the first line of such an export. Each head follows, and after each its lines, which all
// are canonical JSON.
type HeadsHeader struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// Line writes the header as a line of an export.
func (h HeadsHeader) Line() ([]byte, error) { return lineOf(h) }

// Line is where one log stood when a platform head was made.
type Line struct {
	Begin    *Mark  `json:"begin,omitempty"`  // the last entry that was dropped for its age; nil: none was
	Erased   bool   `json:"erased,omitempty"` // the account was deleted, and its log with it: this is where it had ended
	Hash     Hash   `json:"hash"`
	Position int64  `json:"position"`
	UserID   string `json:"userId"`
}

func (l Line) head() Head { return Head{l.Position, l.Hash} }

// Mark is a Head whose members stand in the order of their names.
type Mark struct {
	Hash     Hash  `json:"hash"`
	Position int64 `json:"position"`
}

// HeadFault is something that is wrong with a platform head.
type HeadFault struct {
	Number int64  `json:"number"`
	Detail string `json:"detail"`
}

// String tells the fault to people.
func (f HeadFault) String() string { return fmt.Sprintf("platform head %d: %s", f.Number, f.Detail) }

// HeadsReport is what became of the verification of platform heads.
type HeadsReport struct {
	Heads   int64       `json:"heads"` // that were read
	Last    heads.Head  `json:"last"`
	Dropped heads.Head  `json:"dropped,omitzero"` // the last of which the lines were dropped for their age, as those of all before it
	Erased  int64       `json:"erased"`           // accounts that were deleted
	Faults  []HeadFault `json:"faults"`
	Untold  int         `json:"untold"` // faults besides

	Anchors []Head   `json:"-"` // where the log of the user stood that was asked for
	Begins  []Head   `json:"-"` // after what it began, since entries were dropped for their age
	Erasure *Erasure `json:"-"` // nil: it was not erased
}

// Erasure is the end of a log whose account was deleted.
type Erasure struct {
	Number int64 // of the platform head that tells of it
	Head   Head  // with which the log ended
}

// Sound tells whether nothing is wrong.
func (r HeadsReport) Sound() bool { return len(r.Faults) == 0 }

// headsVerifier reads platform heads, and keeps nothing but the last of them.
type headsVerifier struct {
	keys heads.Keys
	kept map[int64]Hash // that were kept elsewhere, by number
	user string

	HeadsReport
	sum     hash.Hash // over the lines of the last head
	missing int64     // lines of it that have not come
	listing bool      // some head had lines
}

// VerifyHeads reads an export of platform heads and tells what is wrong with it, and what it tells of one
// user's log. kept are heads that were kept elsewhere. The error says why something cannot be read as such an
// export.
func VerifyHeads(from io.Reader, keys heads.Keys, kept []heads.Signed, user string) (HeadsReport, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	var header HeadsHeader
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &header) != nil || header.Format != HeadsFormat {
		return HeadsReport{}, errors.Join(lines.Err(), errors.New("the first line is not that of an export of platform heads"))
	}
	if header.Version != Version {
		return HeadsReport{}, fmt.Errorf("the heads have version %d, which this program does not know", header.Version)
	}
	v := &headsVerifier{keys: keys, kept: map[int64]Hash{}, user: user, sum: sha256.New()}
	for _, head := range kept {
		v.kept[head.Number] = head.Hash()
	}
	for lines.Scan() {
		v.add(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return HeadsReport{}, fmt.Errorf("read the heads: %w", err)
	}
	v.end()
	if v.Heads > 0 && v.Dropped.Number == v.Last.Number { // the newest always has its lines
		v.reportLines()
	}
	for number := range v.kept {
		if number > v.Last.Number {
			v.report(number, "it was kept, and the heads end before it")
		}
	}
	return v.HeadsReport, nil
}

// add reads the next line: one of the last head, for as long as it lacks some, or else a head.
func (v *headsVerifier) add(text []byte) {
	signed, err := heads.ParseLine(text)
	switch {
	case err == nil:
		v.end()
		v.begin(signed)
	case v.missing == 0 && v.Heads == 0:
		v.report(1, "it is not there, or not written as heads are")
	case v.missing == 0:
		v.report(v.Last.Number+1, "it is not written as heads are")
	default:
		v.line(text)
	}
}

// begin reads a head.
func (v *headsVerifier) begin(signed heads.Signed) {
	if err := v.keys.Verify(signed); err != nil {
		v.report(signed.Number, err.Error())
	}
	if kept, is := v.kept[signed.Number]; is && kept != signed.Hash() {
		v.report(signed.Number, "it is not the one that was kept")
	}
	switch {
	case v.Heads == 0 && signed.Number != 1:
		v.report(1, fmt.Sprintf("it is missing, and all up to head %d", signed.Number-1))
	case signed.Number > v.Last.Number+1:
		v.report(v.Last.Number+1, fmt.Sprintf("it is missing, and all up to head %d", signed.Number-1))
	case !v.Last.Leads(signed.Head) && (v.Heads > 0 || signed.Before != Hash{}):
		v.report(signed.Number, "it does not follow from the head before")
	}
	v.Heads++
	v.Last = signed.Head
	v.missing = signed.Lines
	v.sum.Reset()
}

// line reads a line of the last head.
func (v *headsVerifier) line(text []byte) {
	v.missing--
	v.listing = true
	v.sum.Write(text)
	v.sum.Write([]byte("\n"))
	var line Line
	if err := json.Unmarshal(text, &line); err != nil {
		return // the digest tells
	}
	if line.Erased {
		v.Erased++
	}
	if line.UserID != v.user {
		return
	}
	if line.Erased {
		v.Erasure = &Erasure{v.Last.Number, line.head()}
	}
	if line.Begin != nil {
		v.Begins = append(v.Begins, Head{line.Begin.Position, line.Begin.Hash})
	}
	if line.Position > 0 {
		v.Anchors = append(v.Anchors, line.head())
	}
}

// end tells whether the lines of the last head are those that were signed.
func (v *headsVerifier) end() {
	if v.Heads == 0 {
		return
	}
	switch {
	case v.missing == v.Last.Lines && !v.listing:
		v.Dropped = v.Last
	case !bytes.Equal(v.sum.Sum(nil), v.Last.Digest[:]):
		v.reportLines()
	}
	v.missing = 0
}

func (v *headsVerifier) reportLines() {
	v.report(v.Last.Number, "its lines are not those that were signed")
}

func (v *headsVerifier) report(number int64, detail string) {
	if len(v.Faults) == maxFaults {
		v.Untold++
		return
	}
	v.Faults = append(v.Faults, HeadFault{number, detail})
}
