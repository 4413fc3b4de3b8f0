#!/usr/bin/env bash
# A vendor's whole document in the place of ours: what the facade calls is called as before, however much comes around it.
#
# In a copy of what is committed here each document of `specs` is exchanged for a much larger one. Then a maintainer's way is
# gone: what the new document makes of our overlay is corrected by `lint --fix`, the rest by hand (`edits/*.json`), the crates
# are generated anew, and their tests are run, and those of the facade and of all that stands on it, none of them changed.
#
# The vendor of Sitecore Personalize publishes no document: ours gets another vendor's whole API beside its own, one that has
# connections, too, and comes first.
#
# The documents are in the folder that is named, by default that of the corpus beside this repository.
set -euo pipefail
corpus="$(realpath "${1:-$(dirname "${BASH_SOURCE[0]}")/../../../shared/corpus}")"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for program in git python3; do
    if ! command -v "$program" >/dev/null; then
        echo "error: \`$program\` is missing" >&2
        exit 2
    fi
done

step() {
    echo "== $1 ($SECONDS s)"
}

# Always at one place, so that a second run finds what the first has built.
copy=target/whole/repository
rm -rf "$copy"
git clone --quiet --no-tags . "$copy"
export CARGO_TERM_COLOR=never CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
cd "$copy"

step "whole: the documents"
python3 xtask/whole/exchange.py documents "$corpus"

# What it cannot correct it says, and ends with an error: that is what the edits by hand are for.
step "whole: what is corrected without a hand"
cargo xtask lint --fix --yes --quiet || true

step "whole: what is corrected by hand"
python3 xtask/whole/exchange.py overlays

step "whole: the crates"
cargo xtask regen

step "whole: the facade and all that stands on it"
cargo test --package switchboard --package switchboard-cli --package switchboard-sandbox --all-features

step "whole: what the documents show as examples"
cargo test --quiet --package activecampaign --package sitecore-personalize --package unified-to
