#!/usr/bin/env bash
# The contract test of this repository's own documents: every operation of the generated crates, called through Prism
# before the sandbox, and with each of the judges as the server. Prism runs on Node.js; nothing else needs that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for program in node npm; do
    if ! command -v "$program" >/dev/null; then
        echo "error: \`$program\` is missing. The judges of the contract test come by npm, and Prism runs on Node.js 18.20 or newer:" >&2
        echo "install Node.js and npm (on Debian: apt-get install nodejs npm), then run this script again." >&2
        exit 2
    fi
done

# npm notes in this file what it has installed; it is older than the lock file when that has changed since.
installed=xtask/contract/node_modules/.package-lock.json
if [[ ! -f $installed || xtask/contract/package-lock.json -nt $installed ]]; then
    npm ci --prefix xtask/contract --ignore-scripts --no-audit --no-fund --loglevel=error
fi

failed=0
for server in sandbox mock; do
    echo "== contract: $server"
    cargo xtask contract --server "$server" </dev/null || failed=$?
done
exit "$failed"
