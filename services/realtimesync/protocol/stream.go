package protocol

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
)

// EncodeEvent returns a frame as a Server-Sent Event (WHATWG HTML section 9.2.5). seq is the id of
// the event where it is a change, 0 otherwise.
func EncodeEvent(seq int64, frame []byte) []byte {
	var event []byte
	if seq > 0 {
		event = fmt.Appendf(event, "id: %d\n", seq)
	}
	event = append(event, "data: "...)
	data := len(event)
	event = append(event, frame...)
	// Line breaks end a field; in JSON they can only stand where a space can.
	for i, c := range event[data:] {
		if c == '\n' || c == '\r' {
			event[data+i] = ' '
		}
	}
	return append(event, "\n\n"...)
}

// ReadEvent reads the frame of the next event that has one, of at most limit bytes.
func ReadEvent(from *bufio.Reader, limit int) (frame []byte, err error) {
	for {
		line, err := readLine(from, limit)
		if err != nil {
			return nil, err
		}
		value, isData := bytes.CutPrefix(line, []byte("data:"))
		switch {
		case len(line) == 0 && frame != nil:
			return frame, nil
		case isData && len(frame)+len(value) > limit:
			return nil, errTooLong
		case isData:
			frame = append(frame, bytes.TrimPrefix(value, []byte(" "))...)
		}
	}
}

var errTooLong = errors.New("the event is too long")

// readLine reads up to the next line break, and leaves that out.
func readLine(from *bufio.Reader, limit int) (line []byte, err error) {
	for {
		part, err := from.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > limit:
			return nil, errTooLong
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("read an event: %w", err)
		}
	}
}
