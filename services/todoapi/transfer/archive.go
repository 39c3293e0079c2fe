package transfer

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// archiveMark is how a ZIP archive begins, and entryMark how each entry of its directory does.
	archiveMark = "PK\x03\x04"
	entryMark   = "PK\x01\x02"
	// maxEntries bounds the files in an archive.
	maxEntries = 10_000
)

// archive is a ZIP archive, of which at most maxFileBytes are unpacked.
type archive struct {
	*zip.Reader
	left int64
}

// openArchive reads an archive into memory.
func openArchive(body io.Reader) (*archive, error) {
	packed, err := io.ReadAll(body)
	if err != nil {
		return nil, notArrived(err)
	}
	if bytes.Count(packed, []byte(entryMark)) > maxEntries {
		return nil, failure.New(failure.Invalid, "the archive has more than %d files", maxEntries)
	}
	opened, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, failure.New(failure.Invalid, "the archive cannot be read: %s", err)
	}
	return &archive{opened, maxFileBytes}, nil
}

// open begins to unpack a file.
func (a *archive) open(file *zip.File) (io.Reader, error) {
	in, err := file.Open()
	if err != nil {
		return nil, failure.New(failure.Invalid, "%q in the archive cannot be read: %s", shortened(file.Name), err)
	}
	return unpacking{in, file.Name, a}, nil // it holds nothing that has to be closed
}

// unpacking reads a file of an archive.
type unpacking struct {
	io.Reader
	name string
	from *archive
}

// Read reads while there is something left of what may be unpacked.
func (u unpacking) Read(into []byte) (int, error) {
	n, err := u.Reader.Read(into)
	if u.from.left -= int64(n); u.from.left < 0 {
		return 0, failure.New(failure.Invalid, "the archive unpacks to more than %d MiB; import it in parts", maxFileBytes>>20)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = failure.New(failure.Invalid, "%q in the archive is damaged: %s", shortened(u.name), err)
	}
	return n, err
}
