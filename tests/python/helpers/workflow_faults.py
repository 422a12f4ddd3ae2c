"""What is wrong with a workflow of GitHub Actions."""

from __future__ import annotations

import subprocess
from pathlib import Path

from workspace import BIN


def faults(text: str, folder: Path) -> str:
    """What GitHub's schema and zizmor say of it; "" when nothing is wrong."""
    place = folder / ".github" / "workflows" / "w.yml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    said = ""
    for command in (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
        ["zizmor", "--offline", "--strict-collection", "--persona", "pedantic", "--no-progress"],
    ):
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:], str(place)], text=True, capture_output=True, check=False
        )
        said += done.stdout + done.stderr if done.returncode else ""
    return said
