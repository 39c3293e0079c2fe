# The web page: included by the Makefile at the root of the repository.

##@ Web page

WEB := services/todoapi/web
WEB_SOURCES = $(shell find $(WEB)/src $(WEB)/public -type f) \
	$(addprefix $(WEB)/,index.html reference.html vite.config.ts tsconfig.json package.json)

.PHONY: web
web: $(WEB)/dist/index.html ## Build the web page that todo-api embeds

.PHONY: web-test
web-test: $(WEB)/node_modules/.package-lock.json ## Check and test the web page (the API document, types, lint, the size of its start, unit tests)
	cd $(WEB) && npm run --silent check && npm run --silent test

.PHONY: web-browser-test
web-browser-test: $(WEB)/node_modules/.package-lock.json /usr/bin/chromium ## Drive the web page at BASE_URL in a real browser
	cd $(WEB) && npm run --silent test:browser

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && npm run --silent build
	touch $@

/usr/bin/chromium:
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium
