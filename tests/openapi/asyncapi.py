"""Checks the document of the argument against the JSON schema of AsyncAPI 3.0, and each schema in it against JSON Schema.
Ends with 1 and prints what is wrong."""

import json
import sys
from pathlib import Path

import jsonschema_rs

SCHEMA = Path(__file__).parent / "node_modules/@asyncapi/specs/schemas/3.0.0.json"


def main():
    document = json.loads(Path(sys.argv[1]).read_text())
    schema = json.loads(SCHEMA.read_text())
    wrong = [
        f"{'/'.join(map(str, it.instance_path))}: {it.message[:500]}"
        for it in jsonschema_rs.validator_for(schema).iter_errors(document)
    ]
    for name in document["components"]["schemas"]:
        # Fails if a reference leads nowhere.
        jsonschema_rs.validator_for(document | {"$ref": f"#/components/schemas/{name}"}).is_valid({})
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
