package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"

	"golang.org/x/net/html"
)

// htmlPage is what a built page refers to, and what others may refer to in it.
type htmlPage struct{ references, ids []string }

// checkSite says which references of a built site lead nowhere within it.
func checkSite(site fs.FS) ([]string, error) {
	pages := map[string]htmlPage{}
	err := fs.WalkDir(site, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".html" {
			return err
		}
		content, err := fs.ReadFile(site, name)
		if err != nil {
			return err
		}
		pages[name], err = readPage(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, fmt.Errorf("the site has no pages")
	}
	var faults []string
	for name, page := range pages {
		for _, reference := range page.references {
			target, fragment, within := resolve(name, reference)
			if !within {
				continue
			}
			if info, err := fs.Stat(site, target); err == nil && info.IsDir() {
				target = path.Join(target, "index.html")
			}
			if _, err := fs.Stat(site, target); err != nil {
				faults = append(faults, fmt.Sprintf("%s: %s leads nowhere", name, reference))
			} else if other, isPage := pages[target]; isPage && fragment != "" && !slices.Contains(other.ids, fragment) {
				faults = append(faults, fmt.Sprintf("%s: %s has no #%s", name, target, fragment))
			}
		}
	}
	slices.Sort(faults)
	return faults, nil
}

// resolve tells to which file of the site a reference of a page leads, and to what in it.
func resolve(page, reference string) (file, fragment string, within bool) {
	address, err := url.Parse(reference)
	if err != nil || address.Scheme != "" || address.Host != "" {
		return "", "", err != nil
	}
	if address.Path == "" {
		return page, address.Fragment, true
	}
	return path.Join(path.Dir(page), address.Path), address.Fragment, true
}

func readPage(content []byte) (htmlPage, error) {
	root, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		return htmlPage{}, err
	}
	var page htmlPage
	for node := range root.Descendants() {
		for _, attribute := range node.Attr {
			switch attribute.Key {
			case "href", "src":
				page.references = append(page.references, attribute.Val)
			case "id":
				page.ids = append(page.ids, attribute.Val)
			}
		}
	}
	return page, nil
}

// check fails when the site in a folder has references that lead nowhere.
func check(folder string) error {
	faults, err := checkSite(os.DirFS(filepath.Clean(folder)))
	if err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d references of %s lead nowhere", len(faults), folder)
	}
	return nil
}
