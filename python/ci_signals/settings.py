"""The project's folder, the target and the variables of a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml

from ci_signals.errors import UserError

PROJECT_NAME = "ci_signals"
_PACKAGE = Path(__file__).resolve().parent
# The copy of the project in an installed wheel. It may be read-only and shared, so nothing is
# written there.
_INSTALLED = _PACKAGE / "project"
_PASSWORD = "SIGNALS_PASSWORD"  # noqa: S105  # the name of a variable
_PASSWORD_FILE = "SIGNALS_PASSWORD_FILE"  # noqa: S105


@dataclass(frozen=True)
class Settings:
    """What every command needs to know.

    project_dir: folder of dbt_project.yml. target: a name under `outputs` in profiles.yml, or
    None for its default. quiet: print only errors. verbose: show the dbt command and dbt's
    output. vars: dbt variables that override those of dbt_project.yml, as YAML or as `@file`;
    None means SIGNALS_VARS.
    """

    project_dir: Path
    target: str | None = None
    quiet: bool = False
    verbose: bool = False
    vars: str | None = None

    @cached_property
    def profiles_dir(self) -> Path:
        """DBT_PROFILES_DIR, else the project's folder. dbt decides the same way."""
        chosen = os.environ.get("DBT_PROFILES_DIR")
        return Path(chosen) if chosen else self.project_dir

    @cached_property
    def output(self) -> dict[str, Any]:
        """The chosen output of profiles.yml, with environment variables filled in."""
        path = self.profiles_dir / "profiles.yml"
        try:
            # like dbt, read the YAML first and then render each value, so no password can break the YAML
            profile = yaml.safe_load(path.read_text())[PROJECT_NAME]
            name = self.target or _rendered(profile["target"])
            outputs: dict[str, dict[str, Any]] = profile["outputs"]
            if name not in outputs:
                raise UserError(f"no target {name!r} in {path}: choose one of {', '.join(outputs)}")
            return {key: _rendered(value) for key, value in outputs[name].items()}
        except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError, jinja2.TemplateError) as error:
            raise UserError(f"cannot read the profile {PROJECT_NAME!r} in {path}: {error}") from error

    @property
    def is_embedded(self) -> bool:
        return bool(self.output["type"] == "chdb")

    @property
    def work_dir(self) -> Path:
        """The folder that a relative store, dbt's target and its logs are in."""
        return work_folder(self.project_dir)

    @property
    def target_dir(self) -> Path:
        """Where dbt writes its target."""
        return self.work_dir / os.environ.get("DBT_TARGET_PATH", "target")

    @property
    def store(self) -> Path:
        """Folder of the embedded store, absolute."""
        return (self.work_dir / str(self.output.get("path", ".signals"))).resolve()

    @property
    def database(self) -> str:
        """The database of the models."""
        return str(self.output["schema"])

    def project_files(self) -> Iterator[Path]:
        """The files of the dbt project: dbt_project.yml, models, macros, seeds, data tests."""
        yield self.project_dir / "dbt_project.yml"
        for folder in ("models", "macros", "seeds", "tests/data"):
            yield from (path for path in (self.project_dir / folder).rglob("*") if path.is_file())

    @property
    def manifest(self) -> Path:
        """dbt's manifest.json. A build writes it when the project has changed."""
        return self.target_dir / "manifest.json"

    @cached_property
    def project_vars(self) -> dict[str, Any]:
        """`vars` of dbt_project.yml, overridden by `chosen_vars`."""
        return self._default_vars | self.chosen_vars

    @cached_property
    def chosen_vars(self) -> dict[str, Any]:
        """The variables that `--vars` or SIGNALS_VARS sets. Raises UserError for unknown ones."""
        text = os.environ.get("SIGNALS_VARS", "") if self.vars is None else self.vars
        try:
            if text.startswith("@"):
                text = Path(text[1:]).read_text()
            chosen = yaml.safe_load(text) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise UserError(f"cannot read the variables of --vars or SIGNALS_VARS: {error}") from error
        if not isinstance(chosen, dict):
            raise UserError(
                "--vars and SIGNALS_VARS take YAML as '{ci_database: prod}', or @FILE with such YAML"
            )
        unknown = ", ".join(sorted(str(name) for name in chosen.keys() - self._default_vars.keys()))
        if unknown:
            raise UserError(f"no variable {unknown}: choose from {', '.join(self._default_vars)}")
        return chosen

    @cached_property
    def _default_vars(self) -> dict[str, Any]:
        with (self.project_dir / "dbt_project.yml").open() as file:
            return dict(yaml.safe_load(file).get("vars", {}))

    @property
    def password_variable(self) -> dict[str, str]:
        """SIGNALS_PASSWORD for dbt, read from SIGNALS_PASSWORD_FILE; empty when that is not set.

        Raises UserError when the file cannot be read.
        """
        if self.is_embedded or _PASSWORD_FILE not in os.environ:
            return {}
        return {_PASSWORD: _password()}


def find_project(chosen: Path | None = None) -> Path:
    """The folder of the dbt project: `chosen`, else SIGNALS_PROJECT_DIR, else the current folder
    or one above it, else `own_project`. Raises UserError when none has a project."""
    named = chosen or os.environ.get("SIGNALS_PROJECT_DIR")
    if named:
        folder = Path(named).resolve()
        if not _is_project(folder):
            raise UserError(
                f"{folder} has no dbt_project.yml of {PROJECT_NAME}; `signals init DIR` writes a project"
            )
        return folder
    here = Path.cwd()
    for folder in [here, *here.parents]:
        if _is_project(folder):
            return folder
    return own_project()


def own_project() -> Path:
    """The project that belongs to this package: the checkout that it was installed from, else the
    copy inside the installed package. Raises UserError when there is neither."""
    for folder in [_PACKAGE.parent.parent, _INSTALLED]:
        if _is_project(folder):
            return folder
    raise UserError(f"no {PROJECT_NAME} project here: give --project-dir or set SIGNALS_PROJECT_DIR")


def work_folder(project_dir: Path) -> Path:
    """The folder that relative paths of a project start from: the project's own folder, or the
    current folder if the project is the copy inside the installed package."""
    return Path.cwd() if project_dir.resolve() == _INSTALLED else project_dir


def _is_project(folder: Path) -> bool:
    try:
        with (folder / "dbt_project.yml").open() as file:
            return bool(yaml.safe_load(file)["name"] == PROJECT_NAME)
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        return False


def _env_var(name: str, default: str | None = None) -> str:
    if name == _PASSWORD and _PASSWORD_FILE in os.environ:
        return _password()
    value = os.environ.get(name, default)
    if value is None:
        raise UserError(f"the profile needs the environment variable {name}")
    return value


def _password() -> str:
    """The first line of the file SIGNALS_PASSWORD_FILE. Raises UserError when SIGNALS_PASSWORD is set too."""
    path = Path(os.environ[_PASSWORD_FILE])
    if _PASSWORD in os.environ:
        raise UserError("SIGNALS_PASSWORD and SIGNALS_PASSWORD_FILE are both set: keep one")
    try:
        return path.read_text().partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise UserError(f"cannot read SIGNALS_PASSWORD_FILE {path}: {reason}") from error


# Not dbt's own renderer: its import takes 1.3 s of processor time, all of `signals list` takes 0.7 s.
_JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
_JINJA.filters.update(as_number=_JINJA.filters["int"], as_bool=str)
_JINJA.globals["env_var"] = _env_var


def _rendered(value: Any) -> Any:
    """A value of the profile with its environment variables filled in."""
    return _JINJA.from_string(value).render() if isinstance(value, str) else value
