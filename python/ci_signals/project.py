"""`signals init`: write a copy of the dbt project, to edit."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from ci_signals.console import Console
from ci_signals.errors import UserError

_STARTER = Path(__file__).resolve().parent / "starter"

# The moment that the bundled rows stop at.
SAMPLE_AS_OF = "2026-11-20T12:00:00"

# The parts of a project: path in the project, path in a checkout. pyproject.toml puts the same
# files into the wheel, under their paths in a project.
PARTS = {
    "dbt_project.yml": "dbt_project.yml",
    "profiles.yml": "profiles.yml.example",
    "models": "models",
    "macros": "macros",
    "seeds": "seeds",
    "tests/data": "tests/data",
    "sample/ci": "tests/fixtures/sample/ci",
    "sample/traces/05_failures": "tests/fixtures/sample/traces/05_failures",
}


def write_project(source: Path, folder: Path, console: Console) -> None:
    """Copy the project in folder `source` (a checkout or the installed package) to `folder`.

    `folder` is created if missing. Raises UserError when it holds anything except `.git`, is not
    a folder or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(entry.name != ".git" for entry in folder.iterdir()):
            raise UserError(f"{folder} is not empty: name a new folder")
        copied = 0
        for original, path in _files(source):
            copy = folder / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            # without permissions: an installed file may be read-only, and the copy has to be writable
            shutil.copyfile(original, copy)
            copied += 1
    except OSError as error:
        raise UserError(f"cannot write a project to {folder}: {error.strerror}") from error
    console.say(f"wrote a project of {copied} files to {folder}; its README.md says what is where. Next:")
    console.say(f"  cd {shlex.quote(str(folder))}")
    console.say("  signals load ci sample/ci")
    console.say("  signals load trace sample/traces/05_failures")
    console.say("  signals build --as-of latest")


def _files(source: Path) -> Iterator[tuple[Path, Path]]:
    """Each file of a project, and its path in the project."""
    yield _STARTER / "README.md", Path("README.md")
    yield _STARTER / "gitignore", Path(".gitignore")
    for path, path_in_checkout in PARTS.items():
        part = source / path_in_checkout
        if not part.exists():
            part = source / path
        if part.is_file():
            yield part, Path(path)
            continue
        for file in sorted(part.rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                yield file, Path(path) / file.relative_to(part)
