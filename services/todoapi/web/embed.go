// Package web serves the browser's part of TodoPlatform: the files that Vite builds
// from src into dist, embedded into the binary.
package web

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// built holds dist, if it was built before this package was compiled. The pattern
// also matches a page that says how to build it, so that a clone without Node compiles.
//
//go:embed dist*
var built embed.FS

const (
	// Assets carry a hash of their content in their name: one name never means two contents.
	immutable = "public, max-age=31536000, immutable"
	// Every other file keeps its name from version to version and must be asked for anew.
	revalidate = "no-cache"
)

// encodings lists the copies that the build makes of each text file, the smaller first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// contentTypes holds what the build may contain. Package mime would ask the machine,
// and a container without a table of types answers differently from one with it.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// screens are the addresses of the app itself, which are no files: the index shows them.
// The router of the app has the same (src/routes/router.ts).
var screens = map[string]bool{
	"today": true, "inbox": true, "upcoming": true, "p": true, "filter": true, "tag": true, "search": true,
	"completed": true, "trash": true, "dashboard": true, "activity": true, "chat": true, "settings": true,
}

// Handler serves the web page. The addresses of its screens are the index, so that a link
// leads there and a screen can be loaded again. Any other path that is no file is 404: a
// missing script must not be answered with HTML. A binary compiled without the page
// answers 503 with a page that says so.
func Handler() http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err == nil {
		_, err = fs.Stat(dist, "index.html")
	}
	if err != nil {
		return http.HandlerFunc(notBuilt)
	}
	return pages{dist}
}

// Reference serves the page on which people read about the API and try it.
func Reference() http.Handler {
	all := Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := *r
		page.URL = &url.URL{Path: "/reference.html"}
		all.ServeHTTP(w, &page)
	})
}

func notBuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page, err := built.ReadFile("dist-missing.html")
	if err != nil {
		page = []byte("this binary was built without its web page")
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(page) // a client that hung up needs no answer
}

// pages serves the files of a build.
type pages struct{ files fs.FS }

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		httpapi.RefuseMethod(w, r, http.MethodGet, http.MethodHead)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if first, _, _ := strings.Cut(name, "/"); name == "" || screens[first] {
		name = "index.html"
	}
	encoding, content, err := p.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.NotFound(w, r)
		return
	}

	header := w.Header()
	header.Set("Cache-Control", revalidate)
	if strings.HasPrefix(name, "assets/") {
		header.Set("Cache-Control", immutable)
	}
	header.Set("Content-Type", contentType(name))
	header.Set("Vary", "Accept-Encoding")
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content)) // files of a build have no time
}

// read returns a file in the best encoding that the client accepts.
func (p pages) read(name, accepted string) (encoding string, content []byte, err error) {
	for _, candidate := range encodings {
		if strings.HasSuffix(name, candidate.suffix) {
			return "", nil, fs.ErrNotExist // a copy is not a page of its own
		}
	}
	for _, candidate := range encodings {
		if !accepts(accepted, candidate.name) {
			continue
		}
		content, err = fs.ReadFile(p.files, name+candidate.suffix)
		if !errors.Is(err, fs.ErrNotExist) {
			return candidate.name, content, err
		}
	}
	content, err = fs.ReadFile(p.files, name)
	return "", content, err
}

// accepts reads Accept-Encoding (RFC 9110 section 12.5.3), in which the weight 0 refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		weight, given := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		value, err := strconv.ParseFloat(weight, 64)
		return !given || (err == nil && value > 0)
	}
	return false
}

func contentType(name string) string {
	if known, ok := contentTypes[path.Ext(name)]; ok {
		return known
	}
	return "application/octet-stream"
}
