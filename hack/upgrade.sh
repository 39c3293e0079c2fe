#!/usr/bin/env bash
# Upgrades a platform from the last commit whose schema was another, or from the one named, on a cluster of its own.
set -euo pipefail

from=${1:-$(git log -1 --format=%H --diff-filter=A -- 'services/*/migrations/*.sql')^}
checkout=$(mktemp -d)
trap 'git worktree remove --force "$checkout"' EXIT
git worktree add --detach "$checkout" "$from"
echo "upgrade from $(git log -1 --format='%h %s' "$from")"
make -C "$checkout" web
UPGRADE_FROM=$checkout go test -count=1 -timeout 60m -v -tags upgrade -run '^TestUpgrade$' ./test/e2e
