#!/usr/bin/env bash
# The schema test: every schema of JSON-Schema-Test-Suite becomes a type, and every valid value goes through it. The suite is
# fetched once by pip, as its checksum says, and is no part of this repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

own=xtask/json-schema
out="${CARGO_TARGET_DIR:-target}/json-schema"
sum="$(cat "$own/requirements.txt" "$own/build-requirements.txt" | sha256sum | cut -c1-12)"
suite="$out/source-$sum"

fetch() {
    if ! python3 -m pip --version >/dev/null 2>&1; then
        echo "error: pip is missing: install Python 3 and pip (on Debian: apt-get install python3-pip), then run this script" >&2
        echo "again." >&2
        exit 2
    fi
    mkdir -p "$out"
    folder="$(realpath "$(mktemp -d "$out/fetch.XXXXXX")")"
    trap 'rm -rf "$folder"' EXIT
    local pip=(python3 -m pip --quiet --disable-pip-version-check --no-input)
    # pip takes no source package without building what it is called by: with these, and nothing newer.
    "${pip[@]}" install --target "$folder/python" --only-binary :all: --no-deps --require-hashes \
        --root-user-action ignore -r "$own/build-requirements.txt"
    PYTHONPATH="$folder/python" "${pip[@]}" download --dest "$folder" --no-deps --no-binary :all: --no-build-isolation \
        --require-hashes -r "$own/requirements.txt"
    mkdir "$folder/suite"
    tar -xzf "$folder"/jsonschema-*.tar.gz -C "$folder/suite" --strip-components=2 --wildcards '*/json/tests/*' \
        '*/json/remotes/*' '*/json/LICENSE'
    mv "$folder/suite" "$suite"
    rm -rf "$folder"
}

[[ -d $suite ]] || fetch
cargo xtask json-schema --suite "$suite" "$@" </dev/null
