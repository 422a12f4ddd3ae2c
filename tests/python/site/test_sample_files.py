"""The sample's exported files fit their schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema


def test_every_line_of_the_sample_fits_the_schema(demo_site: Path) -> None:
    schema = json.loads((demo_site / "signals.schema.json").read_text())
    lines = (demo_site / "signals.jsonl").read_text().splitlines()
    assert lines
    for line in lines:
        jsonschema.Draft202012Validator(schema).validate(json.loads(line))
