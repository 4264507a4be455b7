#!/usr/bin/env bash
# Release steps.
#   scripts/release.sh draft      write what is in changes/ into CHANGELOG.md as a draft; the fragments stay
#   scripts/release.sh VERSION    check, set the version, build CHANGELOG.md, commit and tag. Nothing is pushed.
# BIN: where towncrier and python are (default .venv/bin).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
begin='<!-- draft: made by scripts/release.sh draft, removed by a release -->'
end='<!-- end of draft -->'

die() { printf 'release: %s\n' "$*" >&2; exit 1; }
version_now() { sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml; }

# Write CHANGELOG.md with the draft block holding the file $1.
write_draft() {
    awk -v begin="$begin" -v end="$end" -v file="$1" '
        $0 == begin { print; while ((getline line < file) > 0) print line; skip = 1; next }
        $0 == end   { skip = 0 }
        !skip       { print }' CHANGELOG.md >CHANGELOG.md.new
    mv CHANGELOG.md.new CHANGELOG.md
}

[ $# -eq 1 ] || die "usage: scripts/release.sh draft | VERSION"
notes=$(mktemp)
trap 'rm -f "$notes" CHANGELOG.md.new' EXIT

if [ "$1" = draft ]; then
    "$bin/towncrier" build --draft --version "$(version_now)" --date "not released" 2>/dev/null >"$notes"
    write_draft "$notes"
    exit
fi

version=$1
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "$version is not MAJOR.MINOR.PATCH"
[ -z "$(git status --porcelain)" ] || die "the working tree has changes; commit them first"
git rev-parse -q --verify "refs/tags/v$version" >/dev/null && die "there is a tag v$version"

make check
make conformance ARGS=--check
make test

sed -i "s/^version = \".*\"$/version = \"$version\"/" pyproject.toml
write_draft /dev/null
"$bin/towncrier" build --yes --version "$version"
git add -A
git commit -m "Release $version"
git tag -a "v$version" -m "Bitting $version"
printf 'release: v%s is committed and tagged; push it with: git push --follow-tags\n' "$version"
