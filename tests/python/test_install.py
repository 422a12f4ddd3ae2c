"""The wheel alone: what is in it, and that it works in an empty folder without the checkout."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from installed import Installed, build_sdist, build_wheel, can_seal, install, remove, set_writable
from workspace import AS_OF, EDGE, EDGE_WINDOW, PROJECT, TRACE, Workspace, read_jsonl

from ci_signals.project import PARTS

# unit tests test the code, which is the same; a data test needs all it reads to be built
TESTS = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(PROJECT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """The wheel in an environment whose packages nobody may write."""
    made = install(wheel, tmp_path_factory.mktemp("installed") / "venv")
    set_writable(made.packages, False)
    yield made
    remove(made.root)


@dataclass(frozen=True)
class Run:
    """A folder that was empty before the commands ran in it, and what was installed before and after."""

    folder: Path
    before: dict[str, tuple[int, int]]
    after: dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def run(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Load and build in an empty folder, where the machine can without a network."""
    folder = tmp_path_factory.mktemp("empty")
    before = installed.files()
    sealed = replace(installed, sealed=can_seal(folder))
    sealed.signals(folder, "load", "ci", EDGE)
    sealed.signals(folder, "load", "trace", TRACE)
    sealed.signals(folder, "build", *EDGE_WINDOW)
    return Run(folder, before, installed.files())


@pytest.fixture(scope="module")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that `signals init` wrote."""
    folder = tmp_path_factory.mktemp("projects") / "mine"
    done = installed.signals(folder.parent, "init", "mine")
    assert "cd mine" in done.stderr
    return folder


def test_the_wheel_has_the_project_of_the_checkout(wheel: Path) -> None:
    expected = project_files()
    assert len(expected) > 100
    assert expected.keys() > {"dbt_project.yml", "profiles.yml", "sample/ci/push.jsonl.gz"}
    with ZipFile(wheel) as archive:
        prefix = "ci_signals/project/"
        found = {n.removeprefix(prefix): archive.read(n) for n in archive.namelist() if n.startswith(prefix)}
    assert found == expected


def test_a_wheel_made_from_the_sdist_is_the_same(wheel: Path, tmp_path: Path) -> None:
    again = build_wheel(build_sdist(tmp_path / "sdist"), tmp_path / "wheel")
    assert contents(again) == contents(wheel)


def test_the_metadata_is_complete(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        folder = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
        metadata: Message = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        entry_points = archive.read(f"{folder}/entry_points.txt").decode()
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["Summary"]
    assert metadata["Author"]
    assert "dbt" in metadata["Keywords"].split(",")
    classifiers = metadata.get_all("Classifier") or []
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)} <= set(classifiers)
    assert "Typing :: Typed" in classifiers
    assert {"ci_signals/py.typed", f"{folder}/licenses/LICENSE"} <= names
    assert "signals = ci_signals.__main__:main" in entry_points
    # shared folders stay without an __init__.py, or one distribution would overwrite another's
    assert not {"dbt/__init__.py", "dbt/adapters/__init__.py", "dbt/include/__init__.py"} & names


def test_the_code_and_the_adapter_come_from_the_wheel(installed: Installed, tmp_path: Path) -> None:
    said = installed.program(tmp_path, "find_modules.py").stdout
    files, include_path, module, has_parent = json.loads(said)
    for file in [*files, f"{include_path}/dbt_project.yml"]:
        assert Path(file).is_relative_to(installed.packages)
        assert not Path(file).is_relative_to(PROJECT)
        assert Path(file).exists()
    assert module == "dbt.adapters.chdb.impl"
    assert has_parent


def test_a_build_in_an_empty_folder_gives_what_the_checkout_gives(run: Run, edge: Workspace) -> None:
    built = (run.folder / "site" / "signals.jsonl").read_bytes()
    assert built == (edge.site / "signals.jsonl").read_bytes()
    assert (run.folder / "site" / "traces" / "05_failures" / "index.html").exists()


def test_everything_lands_in_the_folder_and_nothing_where_the_package_is(run: Run) -> None:
    assert {path.name for path in run.folder.iterdir()} == {".signals", "logs", "site", "target"}
    assert (run.folder / "target" / "manifest.json").exists()
    assert run.after == run.before


def test_the_reading_commands_work_without_a_checkout(installed: Installed, run: Run) -> None:
    query = "select count() as n from dim_signals"
    assert installed.signals(run.folder, "sql", query, "--format", "json").stdout == '{"n":36}\n'
    assert len(installed.signals(run.folder, "list").stdout.splitlines()) == 36


def test_a_relative_store_is_from_the_folder_we_stand_in(installed: Installed, tmp_path: Path) -> None:
    installed.signals(tmp_path, "sql", "select 1", SIGNALS_STORE="stores/mine")
    assert (tmp_path / "stores" / "mine").is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"stores"}


def test_init_writes_the_whole_project(project: Path) -> None:
    written = {str(p.relative_to(project)): p.read_bytes() for p in project.rglob("*") if p.is_file()}
    assert written.pop("README.md").startswith(b"# ")
    assert b"/.signals/" in written.pop(".gitignore")
    assert written == project_files()
    assert not (project / "profiles.yml").is_symlink()
    # what is installed may be read-only; the copy is to be edited
    assert all(path.stat().st_mode & 0o200 for path in [project, *project.rglob("*")])


def test_init_from_a_checkout_writes_the_same(edge: Workspace, project: Path, tmp_path: Path) -> None:
    edge.signals("--quiet", "init", tmp_path / "deep" / "mine", SIGNALS_PROJECT_DIR=str(tmp_path / "no"))
    assert tree(tmp_path / "deep" / "mine") == tree(project)


@pytest.mark.slow
def test_an_edited_project_is_what_dbt_and_signals_use(installed: Installed, project: Path, run: Run) -> None:
    seed = project / "seeds" / "signals" / "excluded_job_patterns.csv"
    (project / "models" / "staging" / "ci" / "answer.sql").write_text("select {{ var('answer') }} as answer")
    settings = project / "dbt_project.yml"
    settings.write_text(settings.read_text().replace("\nvars:\n", "\nvars:\n  answer: 42\n"))
    seed.write_text(seed.read_text() + "linux\n")

    installed.signals(project, "load", "ci", EDGE)
    window = ("--vars", f"{{as_of: '{AS_OF}', lookback_hours: 48}}")
    installed.program(project, "run_dbt.py", "--quiet", "build", "--select", "tag:signals", *TESTS, *window)
    # its store, target and logs are its own, wherever the command is given
    elsewhere = project.parent
    installed.signals(elsewhere, "--project-dir", project, "render", "--output", "site")
    assert {path.name for path in elsewhere.iterdir()} == {"mine", "site"}
    assert {".signals", "logs", "target"} <= {path.name for path in project.iterdir()}
    built = read_jsonl(elsewhere / "site" / "signals.jsonl")
    assert built == [line for line in built if "linux" not in line["job_base_name"]]
    assert len(built) < len(read_jsonl(run.folder / "site" / "signals.jsonl"))
    answer = ("sql", "select answer from answer", "--format", "json")
    assert installed.signals(elsewhere, *answer, SIGNALS_PROJECT_DIR=str(project)).stdout == '{"answer":42}\n'
    assert installed.signals(project / "models", *answer).stdout == '{"answer":42}\n'


def test_init_refuses_what_is_not_empty_in_one_line(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for folder, message in {
        "full": "is not empty: name a new folder",
        "file": "cannot write a project to file: File exists",
        "file/below": "cannot write a project to file/below: Not a directory",
    }.items():
        refused = installed.signals(tmp_path, "init", folder, check=False)
        assert refused.returncode == 2
        assert message in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert tree(tmp_path) == {"full/thesis.txt": b"mine", "file": b"mine"}


def test_init_accepts_a_new_git_repository(installed: Installed, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    installed.signals(tmp_path, "init", ".")
    status = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--short"], check=True, capture_output=True, text=True
    )
    assert "?? dbt_project.yml" in status.stdout.splitlines()


def project_files() -> dict[str, bytes]:
    """The checkout's files at their places in a project."""
    listed = subprocess.run(
        ["git", "-C", str(PROJECT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    found = {}
    for place, source in PARTS.items():
        for name in listed:
            if name == source:
                found[place] = (PROJECT / name).read_bytes()
            elif name.startswith(f"{source}/"):
                found[f"{place}{name.removeprefix(source)}"] = (PROJECT / name).read_bytes()
    return found


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def contents(wheel: Path) -> dict[str, bytes]:
    """Every file of a wheel."""
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
