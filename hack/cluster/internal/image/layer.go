package image

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeLayer writes the recipe's own files as a tar. Owner, group and times are
// fixed, so that equal content gives an equal layer.
func writeLayer(out io.Writer, recipe Recipe) error {
	w := layerWriter{tar.NewWriter(out)}
	for _, folder := range recipe.Folders {
		// The sticky bit keeps one user from removing another's files, as on /tmp.
		if err := w.folder(folder, 0o1777); err != nil {
			return err
		}
	}
	for _, target := range recipe.sortedPaths() {
		if err := w.text(target, recipe.Texts[target]); err != nil {
			return err
		}
	}
	for _, file := range recipe.Files {
		if err := w.tree(file); err != nil {
			return fmt.Errorf("add %s: %w", file.Source, err)
		}
	}
	return w.tar.Close()
}

// layerWriter writes no folder that it was not told of: whoever unpacks the layer
// makes those that are missing and keeps the links of the layer below.
type layerWriter struct{ tar *tar.Writer }

func (w layerWriter) header(h *tar.Header) error {
	h.Name = strings.TrimPrefix(h.Name, "/")
	h.Format = tar.FormatPAX
	return w.tar.WriteHeader(h)
}

func (w layerWriter) folder(name string, mode int64) error {
	return w.header(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode})
}

func (w layerWriter) text(name, content string) error {
	if err := w.header(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := io.WriteString(w.tar, content)
	return err
}

func (w layerWriter) tree(file File) error {
	return walk(file.Source, func(relative, source string, info fs.FileInfo) error {
		target := filepath.Join(file.Target, relative)
		switch {
		case info.IsDir():
			return w.folder(target, 0o755)
		case info.Mode()&fs.ModeSymlink != 0:
			return w.link(target, source)
		default:
			return w.file(target, source, info)
		}
	})
}

func (w layerWriter) link(target, source string) error {
	destination, err := os.Readlink(source)
	if err != nil {
		return err
	}
	return w.header(&tar.Header{Typeflag: tar.TypeSymlink, Name: target, Linkname: destination, Mode: 0o777})
}

func (w layerWriter) file(target, source string, info fs.FileInfo) error {
	mode := int64(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	if err := w.header(&tar.Header{Typeflag: tar.TypeReg, Name: target, Mode: mode, Size: info.Size()}); err != nil {
		return err
	}
	content, err := os.Open(source) //nolint:gosec // a file that the recipe names
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	_, err = io.Copy(w.tar, content)
	return err
}
