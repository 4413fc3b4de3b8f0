#!/usr/bin/env bash
# The conformance test: every scenario of http-specs before its server. The suite runs on Node.js 22 or newer, which npm
# installs beside it on Linux.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v npm >/dev/null; then
    echo "error: \`npm\` is missing: install Node.js and npm (on Debian: apt-get install nodejs npm), then run this script" >&2
    echo "again." >&2
    exit 2
fi

# npm notes in this file what it has installed; it is older than the lock file when that has changed since.
installed=xtask/conformance/node_modules/.package-lock.json
if [[ ! -f $installed || xtask/conformance/package-lock.json -nt $installed ]]; then
    # The suite's packages name each other by ranges that do not all fit: the lock file says which are meant.
    npm ci --prefix xtask/conformance --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error
fi

cargo xtask conformance "$@" </dev/null
