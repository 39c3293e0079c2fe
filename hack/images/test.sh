#!/usr/bin/env bash
# Shows what we promise of our images, with no registry but one of its own on this machine:
# a clone elsewhere gives the digests of this one, both platforms are there, and each image starts its program as a user
# without rights and has a list of what it is made of. The base is made here too: it is not what is tried.
set -euo pipefail

bin=${TODOPLATFORM_CACHE:?run make test-images}/bin
version=v0.0.0-test
work=$(mktemp -d)
"$bin/crane" registry serve --address 127.0.0.1:0 > "$work/registry.log" 2>&1 &
trap 'kill %1; rm -rf "$work"' EXIT

fail() { echo "$*" >&2; exit 1; }

[ -z "$(git status --porcelain)" ] || fail "commit your changes first: the images of a commit are compared"

until grep -q 'serving on port' "$work/registry.log"; do kill -0 %1; sleep 0.1; done
registry=127.0.0.1:$(sed -n 's/.*serving on port //p' "$work/registry.log")

mkdir -p "$work/root/etc/ssl/certs" "$work/root/tmp"
cp /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/"
tar -C "$work/root" -cf "$work/root.tar" .
for arch in amd64 arm64; do
	"$bin/crane" append --oci-empty-base -f "$work/root.tar" -t "$registry/base:$arch"
	"$bin/crane" mutate --set-platform "linux/$arch" -t "$registry/base:$arch" "$registry/base:$arch"
done > "$work/base.log" 2>&1
"$bin/crane" index append -m "$registry/base:amd64" -m "$registry/base:arm64" -t "$registry/base:both" >> "$work/base.log" 2>&1
export BASE_IMAGE=$registry/base:both

# said prints the first line, without the time, of a program that ends at once: services do not start with such a log level.
said() { env -i LOG_LEVEL=nonsense timeout 60 "$@" version 2>&1 | sed -E '1!d; s/"time":"[^"]*",//'; }

# digest prints that of the one image in a layout.
digest() { grep -oE 'sha256:[0-9a-f]{64}' "$1/index.json"; }

# A second clone has another path, another depth, a web page of its own build, and nothing in its build cache.
git clone --quiet --depth 1 "file://$PWD" "$work/clone"
make --no-print-directory image-layouts VERSION=$version
GOCACHE=$work/gocache make --no-print-directory -C "$work/clone" image-layouts VERSION=$version
for layout in dist/images/*; do
	name=${layout##*/}
	[ "$(digest "$layout")" = "$(digest "$work/clone/$layout")" ] || fail "$name: a second build has another digest"
done

make --no-print-directory images VERSION=$version REGISTRY="$registry/todoplatform"
for layout in dist/images/*; do
	name=${layout##*/}
	image=$registry/todoplatform/$name:$version
	[ "$("$bin/crane" digest "$image")" = "$(digest "$layout")" ] || fail "$name: what was pushed has another digest"
	"$bin/crane" validate --remote "$image"
	for arch in amd64 arm64; do
		config=$("$bin/crane" config --platform "linux/$arch" "$image")
		grep -q '"Entrypoint":\["[^"]*/'"$name"'"\]' <<< "$config" || fail "$name: it does not start its program: $config"
		grep -q '"User":"65532:65532"' <<< "$config" || fail "$name: it runs as somebody else: $config"
		own=$("$bin/crane" digest --platform "linux/$arch" "$image")
		"$bin/crane" export --platform "linux/$arch" "$image" - | tar -xO --absolute-names "/ko-app/$name" > "$work/$name-$arch"
		go version -m "$work/$name-$arch" | grep "GOARCH=$arch" > /dev/null || fail "$name: no program for $arch"
		"$bin/crane" export "$registry/todoplatform/$name:${own/:/-}.sbom" - | grep '"spdxVersion"' > /dev/null || fail "$name: no list of its parts for $arch"
	done
	chmod +x "$work/$name-amd64" "$work/$name-arm64"
	native=$(said "$work/$name-amd64" || true)
	[ -n "$native" ] || fail "$name does not start"
	emulated=$(said qemu-aarch64-static "$work/$name-arm64" || true)
	[ "$emulated" = "$native" ] || fail "$name for arm64 says $emulated, and for amd64 $native"
	echo "$name $(digest "$layout"): $native"
done
said "$work/todoplatform-amd64" | grep "$version" > /dev/null || fail "todoplatform does not know its version"
