"""A built wheel, installed beside this environment's dependencies and without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forked import PROGRAMS
from workspace import PROJECT

# Runs a command without a network, and with a folder that not even root can write.
_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
_SEAL = ("unshare", "--map-root-user", "--net", "--mount", "sh", "-c", _MOUNT)


@dataclass(frozen=True)
class Installed:
    """A virtual environment at `root` that the wheel was installed in.

    sealed: commands have no network and cannot write `packages`.
    """

    root: Path
    sealed: bool = False

    @property
    def python(self) -> Path:
        return self.root / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        return next((self.root / "lib").glob("python3*/site-packages"))

    def signals(
        self, folder: Path, *arguments: object, check: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the installed command line in a folder."""
        return self._run([str(self.root / "bin" / "signals"), *map(str, arguments)], folder, check, more)

    def program(self, folder: Path, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a file of programs/ in a folder."""
        return self._run([str(self.python), str(PROGRAMS / name), *map(str, arguments)], folder, True, {})

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file and folder that the wheel shares a folder with: its size and when it was changed."""
        own = [path for path in self.packages.iterdir() if path.name.startswith(("ci_signals", "dbt"))]
        places = [self.packages, *own, *(inner for path in own for inner in path.rglob("*"))]
        return {
            str(path.relative_to(self.packages)): (status.st_size, status.st_mtime_ns)
            for path in places
            for status in [path.lstat()]
        }

    def _run(
        self, command: list[str], folder: Path, check: bool, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        ours = ("SIGNALS_", "DBT_", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        plain = {"NO_COLOR": "1", "COLUMNS": "200"}
        if self.sealed:
            command = [*_SEAL, str(self.packages), *command]
        done = subprocess.run(
            command, env={**kept, **plain, **more}, cwd=folder, text=True, capture_output=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done


def can_seal(folder: Path) -> bool:
    """Whether this machine lets us take away the network and the right to write a folder."""
    command = [*_SEAL, str(folder), "touch", str(folder / "written")]
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (folder / "written").unlink(missing_ok=True)
    return done.returncode != 0 and "Read-only" in done.stderr


def build_wheel(source: Path, folder: Path) -> Path:
    """Build the wheel of a checkout or an sdist with the backend that is installed here."""
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    return next(folder.glob("*.whl"))


def build_sdist(folder: Path) -> Path:
    """Build the checkout's sdist."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return next(folder.glob("*.tar.gz"))


def install(wheel: Path, root: Path) -> Installed:
    """Install a wheel into a new environment. Its dependencies are links to those installed here:
    one site-packages, as pip makes it, without fetching 300 MB again."""
    venv.create(root, symlinks=True)
    made = Installed(root)
    _link_packages(Path(sysconfig.get_paths()["purelib"]), made.packages)
    pip("--python", made.python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    return made


def pip(*arguments: object) -> None:
    """Run pip; what it said when it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _link_packages(source: Path, target: Path) -> None:
    # dbt/, dbt/adapters/ and dbt/include/ are shared by several distributions, this one
    # too, so they are folders of their own here
    shared = {Path("dbt"), Path("dbt/adapters"), Path("dbt/include")}

    def link(inner: Path) -> None:
        for path in (source / inner).iterdir():
            place = inner / path.name
            if place in shared:
                (target / place).mkdir()
                link(place)
            elif not _is_ours(path):
                (target / place).symlink_to(path)

    link(Path())


def _is_ours(path: Path) -> bool:
    """Whether it belongs to the installation that the tests run from."""
    is_adapter = path.name == "chdb" and path.parent.name in {"adapters", "include"}
    return is_adapter or path.name.lstrip("_").startswith(("ci_signals", "editable__"))


def set_writable(folder: Path, writable: bool) -> None:
    """Give or take the right to write a folder and all in it (root can write all the same)."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if writable else mode & ~0o222)


def remove(root: Path) -> None:
    """Remove an environment, unwritable or not."""
    set_writable(root, True)
    shutil.rmtree(root)
