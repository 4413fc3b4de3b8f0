#!/usr/bin/env bash
# The sandbox judged by Schemathesis: each of its APIs is sent what the API's document, with its overlay, allows and forbids, and must
# answer as the document says. Arguments go to `st run`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v st >/dev/null; then
    echo "error: \`st\` is missing: install it with \`pip install schemathesis\`, then run this script again." >&2
    exit 2
fi

target=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
documents=$(mktemp -d)
"$target/switchboard-sandbox" --format env >"$documents/env" &
sandbox=$!
trap 'kill "$sandbox"; rm -r "$documents"' EXIT
until [[ $(grep -c = "$documents/env") -ge 8 ]]; do sleep 0.1; done
set -a
. "$documents/env"
set +a

# Unified.to's categories and permissions are taken for any texts: the vendor adds to them every few weeks, and clients pass on what
# they do not know. What the document allows and the sandbox refuses is not counted, for there is what no document can say: a
# second connection of the same service and external id, or a moment that is none in a field that is only called a text.
judge() {
    local api=$1 url=$2 header=$3
    shift 3
    "$target/xtask" effective "$api" | python3 -c '
import json, sys
document = json.load(sys.stdin)
for name in "property_Connection_categories", "property_Connection_permissions":
    document["components"].get("schemas", {}).get(name, {}).pop("enum", None)
json.dump(document, sys.stdout)' >"$documents/$api.json"
    # It leaves files where it runs.
    (cd "$documents" && st run "$api.json" --url "$url" --header "$header" --exclude-checks positive_data_acceptance \
        --continue-on-failure "$@")
}

failed=0
judge activecampaign "$ACTIVECAMPAIGN_BASE_URL" "Api-Token: $ACTIVECAMPAIGN_API_TOKEN" "$@" || failed=1
judge unified-to "$UNIFIED_TO_BASE_URL" "Authorization: Bearer $UNIFIED_TO_API_KEY" "$@" || failed=1
token=$(curl --silent --fail "$SITECORE_PERSONALIZE_TOKEN_URL" --data grant_type=client_credentials \
    --data audience=https://api.sitecorecloud.io --data "client_id=$SITECORE_PERSONALIZE_CLIENT_ID" \
    --data "client_secret=$SITECORE_PERSONALIZE_CLIENT_SECRET" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
judge sitecore-personalize "$SITECORE_PERSONALIZE_BASE_URL" "Authorization: Bearer $token" "$@" || failed=1
exit "$failed"
