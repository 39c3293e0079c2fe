package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"testing"
	"testing/fstest"
)

func TestPages(t *testing.T) {
	files := fstest.MapFS{
		"index.html":            {Data: []byte("<html>")},
		"favicon.svg":           {Data: []byte("<svg>")},
		"assets/index-a1.js":    {Data: []byte("plain")},
		"assets/index-a1.js.br": {Data: []byte("brotli")},
		"assets/index-a1.js.gz": {Data: []byte("gzip")},
		"assets/inter.woff2":    {Data: []byte("font")},
	}
	tests := []struct {
		name, method, path, accept            string
		status                                int
		body, cache, contentType, compression string
	}{
		{name: "the root is the index, always asked for anew", path: "/", status: 200, body: "<html>", cache: revalidate, contentType: "text/html; charset=utf-8"},
		{name: "a file without a hash is asked for anew", path: "/favicon.svg", status: 200, body: "<svg>", cache: revalidate, contentType: "image/svg+xml"},
		{name: "an asset is kept for ever", path: "/assets/index-a1.js", status: 200, body: "plain", cache: immutable, contentType: "text/javascript; charset=utf-8"},
		{name: "brotli is preferred", path: "/assets/index-a1.js", accept: "gzip, deflate, br", status: 200, body: "brotli", cache: immutable, contentType: "text/javascript; charset=utf-8", compression: "br"},
		{name: "gzip is used when brotli is refused", path: "/assets/index-a1.js", accept: "br;q=0, gzip;q=0.8", status: 200, body: "gzip", cache: immutable, contentType: "text/javascript; charset=utf-8", compression: "gzip"},
		{name: "a file without copies is sent plain", path: "/assets/inter.woff2", accept: "gzip, br", status: 200, body: "font", cache: immutable, contentType: "font/woff2"},
		{name: "a screen is the index, always asked for anew", path: "/today", status: 200, body: "<html>", cache: revalidate, contentType: "text/html; charset=utf-8"},
		{name: "a screen of one thing is the index", path: "/p/0198f3c2-7d1e-7000-8000-000000000001", status: 200, body: "<html>", cache: revalidate, contentType: "text/html; charset=utf-8"},
		{name: "a tag may look like a file", path: "/tag/notes.js", status: 200, body: "<html>", cache: revalidate, contentType: "text/html; charset=utf-8"},
		{name: "a screen is no name that begins alike", path: "/today.js", status: 404, body: "404 page not found\n"},
		{name: "an address that the app does not have is not the index", path: "/nowhere", status: 404, body: "404 page not found\n"},
		{name: "a missing asset is not the index", path: "/assets/index-old.js", status: 404, body: "404 page not found\n"},
		{name: "a directory is no page", path: "/assets/", status: 404, body: "404 page not found\n"},
		{name: "a compressed copy is no page", path: "/assets/index-a1.js.br", status: 404, body: "404 page not found\n"},
		{name: "a path cannot leave the build", path: "/../embed.go", status: 404, body: "404 page not found\n"},
		{name: "HEAD has no body", method: http.MethodHead, path: "/", status: 200, cache: revalidate, contentType: "text/html; charset=utf-8"},
		{name: "POST is refused", method: http.MethodPost, path: "/", status: 405, body: `{"title":"Method Not Allowed","status":405,"detail":"/ is not for this method, but for GET, HEAD"}` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method := test.method
			if method == "" {
				method = http.MethodGet
			}
			request := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
			request.URL.Path = test.path
			request.Header.Set("Accept-Encoding", test.accept)
			recorder := httptest.NewRecorder()

			pages{files}.ServeHTTP(recorder, request)

			got := recorder.Result().Header
			if recorder.Code != test.status || recorder.Body.String() != test.body {
				t.Errorf("answered %d %q, want %d %q", recorder.Code, recorder.Body, test.status, test.body)
			}
			if test.status != http.StatusOK {
				return
			}
			for header, want := range map[string]string{
				"Cache-Control": test.cache, "Content-Type": test.contentType, "Content-Encoding": test.compression,
			} {
				if got.Get(header) != want {
					t.Errorf("%s is %q, want %q", header, got.Get(header), want)
				}
			}
		})
	}
}

func TestReferenceIsServedWhateverThePathOfItsRequest(t *testing.T) {
	recorder := httptest.NewRecorder()
	Reference().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/docs", http.NoBody))
	if recorder.Code == http.StatusNotFound || recorder.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("answered %d with %v", recorder.Code, recorder.Header())
	}
}

// A screen that the router has and the server does not know could not be loaded again.
func TestScreensAreThoseOfTheRouter(t *testing.T) {
	router, err := os.ReadFile("src/routes/router.ts")
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile(`path: "/([a-z]+)`).FindAllSubmatch(router, -1)
	if len(paths) == 0 {
		t.Fatal("the router has no paths: it is written in another way")
	}
	for _, path := range paths {
		if !screens[string(path[1])] {
			t.Errorf("/%s is a screen of the router only", path[1])
		}
	}
}

// The content security policy lets pages load nothing else.
func TestPagesNeedNoOtherHostAndNothingInline(t *testing.T) {
	for _, page := range []string{"index.html", "reference.html"} {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, refused := range []string{"<style", "style=", "onload=", "//"} {
			if bytes.Contains(source, []byte(refused)) {
				t.Errorf("%s has %s", page, refused)
			}
		}
		if scripts := bytes.Count(source, []byte("<script")); scripts != bytes.Count(source, []byte(`src="/src/`)) {
			t.Errorf("%s has a script that is no file of ours", page)
		}
	}
}

func TestHandlerWithoutBuildSaysHowToGetIt(t *testing.T) {
	recorder := httptest.NewRecorder()
	notBuilt(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	if recorder.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d, want 503", recorder.Code)
	}
	page, err := built.ReadFile("dist-missing.html")
	if err != nil || recorder.Body.String() != string(page) {
		t.Errorf("answered %q (%v), want dist-missing.html", recorder.Body, err)
	}
}
