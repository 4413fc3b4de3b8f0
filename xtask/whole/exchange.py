"""Puts whole documents of vendors in the place of ours, and our overlays right where only a person can (see `run.sh`).

What is done for an API stands in `edits/API.json`: the document that takes the place of ours, or the one that comes into it,
and what becomes of the overlay's actions.
"""

import json
import pathlib
import sys

EDITS = pathlib.Path(__file__).parent / "edits"
SPECS = pathlib.Path("specs")
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def operations(document):
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method in METHODS)


def renamed(value, names):
    """The value with other names in its references to schemas."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: renamed(inner, names) for key, inner in value.items()}
    start = "#/components/schemas/"
    if isinstance(found.get("$ref"), str) and found["$ref"].startswith(start):
        name = found["$ref"].removeprefix(start)
        found["$ref"] = start + names.get(name, name)
    return found


def joined(own, other, word):
    """One document of two: what the other has comes first, so that it would have the names. What both would call the same has
    the word in front there, and security is ours."""
    schemas = other["components"]["schemas"]
    names = {name: word.capitalize() + name for name in schemas if name in own["components"]["schemas"]}
    other = renamed(other, names)
    ids = {operation.get("operationId") for operation in operations(own)}
    for operation in operations(other):
        operation.pop("security", None)
        if operation.get("operationId") in ids:
            operation["operationId"] = f"{word}-{operation['operationId']}"
    components = {kind: dict(found) for kind, found in other["components"].items() if kind != "securitySchemes"}
    components["schemas"] = {names.get(name, name): schema for name, schema in components["schemas"].items()}
    for kind, found in own["components"].items():
        components[kind] = {**components.get(kind, {}), **found}
    return {**own, "paths": {**other["paths"], **own["paths"]}, "components": components}


def exchange_document(api, edits, corpus):
    path = SPECS / f"{api}.json"
    own, other = read(path), read(corpus / edits["document"])
    whole = joined(own, other, edits["beside"]) if "beside" in edits else other
    write(path, whole)
    count = lambda document: sum(1 for _ in operations(document))
    print(f"{path}: {count(own)} operations, {count(whole)} with {edits['document']}")


def correct_overlay(api, edits):
    path = SPECS / f"{api}.overlay.json"
    overlay = read(path)
    for edit in edits.get("actions", []):
        at = [index for index, action in enumerate(overlay["actions"]) if action["target"] == edit["target"]]
        if len(at) != 1:
            sys.exit(f"error: {path} has {len(at)} actions with the target {edit['target']}")
        overlay["actions"][at[0] : at[0] + 1] = edit["becomes"]
        print(f"{path}: {edit['why']}")
    for action in edits.get("more", []):
        overlay["actions"].append(action)
        print(f"{path}: {action['description']}")
    write(path, overlay)


def main():
    for path in sorted(EDITS.glob("*.json")):
        edits = read(path)
        if sys.argv[1] == "documents":
            exchange_document(path.stem, edits, pathlib.Path(sys.argv[2]))
        else:
            correct_overlay(path.stem, edits)


main()
