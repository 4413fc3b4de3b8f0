#!/usr/bin/env bash
# Two releases and their user, for real: in a copy of this repository everything is released from nothing into a registry on
# this machine, a vendor changes its document, what that changes is released, and a project that knows only the registry
# builds and runs with the result. Arguments are those of `cargo xtask release`, such as `--skip tests`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for program in cargo-http-registry git jq; do
    if ! command -v "$program" >/dev/null; then
        echo "error: \`$program\` is missing; the registry is installed by \`cargo install --locked cargo-http-registry\`" >&2
        exit 2
    fi
done

work="$(mktemp -d)"
registry=""
trap '[[ -z $registry ]] || kill "$registry"; rm -rf "$work"' EXIT
export CARGO_TERM_COLOR=never CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

step() {
    echo "== $1 ($SECONDS s)"
}

fail() {
    echo "error: $1" >&2
    exit 1
}

# What a crate's version is.
version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "crates/$1/Cargo.toml"
}

step "a registry"
cargo-http-registry "$work/registry" >"$work/registry.log" 2>&1 &
registry=$!
for _ in {1..50}; do
    [[ -f $work/registry/config.json ]] && break
    sleep 0.1
done
export CARGO_REGISTRIES_STORY_INDEX="file://$work/registry" CARGO_REGISTRIES_STORY_TOKEN=any

step "a copy of the repository, whose packages are for that registry"
git clone --quiet --no-tags . "$work/repository"
cd "$work/repository"
git config user.name story
git config user.email story@localhost.invalid
git config commit.gpgsign false
git config tag.gpgsign false
sed -i 's/{ path = "crates\/[^"]*", version = "[^"]*"/&, registry = "story"/' Cargo.toml
git commit --quiet --all --message "Publish to a registry of our own"

step "the first release"
cargo xtask release --registry story --execute "$@"
git tag

step "the vendor changes its document"
document=specs/activecampaign.json
jq '.paths["/users/{id}"] = {get: (.paths["/users/me"].get
        | .operationId = "get-user" | .summary = "Retrieve a user"
        | .parameters = [{name: "id", in: "path", required: true, schema: {type: "string"}}])}
    | .paths["/ecomCustomers"].get.parameters += [{name: "region", in: "query", required: true, schema: {type: "string"}}]' "$document" >"$work/document.json"
mv "$work/document.json" "$document"
cargo xtask regen
# The tests of values have a list of all schemas.
UPDATE_GOLDEN=1 cargo test --quiet --package xtask --test golden the_registry
cargo xtask diff
[[ $(version activecampaign) == 0.2.0 ]] || fail "a parameter has to be given, and the crate's version is $(version activecampaign)"
[[ $(version switchboard) == 0.2.0 ]] || fail "the facade shows another crate, and its version is $(version switchboard)"
git add --all
git commit --quiet --message "Take over the vendor's document"

step "the second release"
cargo xtask release --registry story --execute "$@"
git tag

step "a project that knows the registry alone"
mkdir -p "$work/project/src"
cp crates/switchboard/examples/inventory.rs "$work/project/src/main.rs"
cp -r crates/switchboard/examples/common "$work/project/src/common"
cat >"$work/project/Cargo.toml" <<END
[package]
name = "project"
edition = "2024"

[dependencies]
activecampaign = { version = "$(version activecampaign)", registry = "story" }
switchboard = { version = "$(version switchboard)", registry = "story" }
switchboard-sandbox = { version = "0.1", registry = "story" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[workspace]
END
cd "$work/project"
cat >>src/main.rs <<'END'

/// What is new in the second release is there.
#[allow(dead_code)]
fn one(client: &activecampaign::Client) -> activecampaign::calls::GetUser<'_> {
    client.get_user("1")
}
END
cargo run --quiet | tail -n 3
cargo tree --depth 1

step "done"
