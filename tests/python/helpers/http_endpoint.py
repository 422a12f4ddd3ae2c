"""A real ClickHouse HTTP endpoint: programs/serve_clickhouse.py, which serves until its input closes.

It speaks no TLS; `server_front` puts TLS in front of it.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from forked import PROGRAMS

_CONFIG = """<clickhouse>
    <logger><level>none</level></logger>
    <http_port>{port}</http_port>
    <listen_host>127.0.0.1</listen_host>
    <timezone>UTC</timezone>
    <users_config>users.xml</users_config>
    <query_log><database>system</database><table>query_log</table></query_log>
    {more}
</clickhouse>
"""

_USERS = """<clickhouse>
    <profiles>
        <default/><readonly><readonly>1</readonly></readonly><analyst><readonly>2</readonly></analyst>
    </profiles>
    <quotas><default/></quotas>
    <users><default><password/><profile>default</profile>{anywhere}</default>{users}</users>
</clickhouse>
"""
_ANYWHERE = "<networks><ip>::/0</ip></networks><quota>default</quota>"


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class User:
    """A user of the endpoint, with what it may do; no grants means everything.

    grants: GRANT statements without the TO clause. profile: default, readonly (1) or analyst (readonly = 2).
    """

    password: str
    grants: Sequence[str] = ()
    profile: str = "default"

    def xml(self, name: str) -> str:
        queries = "".join(f"<query>{escape(grant)}</query>" for grant in self.grants)
        grants = f"<grants>{queries}</grants>" if queries else ""
        password = f"<password>{escape(self.password)}</password>"
        return f"<{name}>{password}<profile>{self.profile}</profile>{_ANYWHERE}{grants}</{name}>"


class Endpoint:
    """One server over the store in `folder`/data. The user `default` has no password and every right."""

    def __init__(self, folder: Path, users: Mapping[str, User] | None = None, more: str = "") -> None:
        """`more` is further XML of its config."""
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.xml").write_text(_CONFIG.format(port=self.port, more=more))
        named = "".join(user.xml(name) for name, user in (users or {}).items())
        (folder / "users.xml").write_text(_USERS.format(anywhere=_ANYWHERE, users=named))

    @property
    def environment(self) -> dict[str, str]:
        """What points a command at it."""
        return {"SIGNALS_TARGET": "server", "SIGNALS_HOST": "127.0.0.1", "SIGNALS_PORT": str(self.port)}

    def start(self) -> None:
        """Serve, on the same port and store each time."""
        command = [sys.executable, str(PROGRAMS / "serve_clickhouse.py"), str(self.folder / "data")]
        self._process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self.port, self._process)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop(self) -> None:
        """End it in order."""
        if not self._process or not self._process.stdin:
            return
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def query(self, sql: str) -> str:
        """What the server answers to `default`, tab-separated. Raises AssertionError with its error."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", data=sql.encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error


@contextmanager
def endpoint(folder: Path, users: Mapping[str, User] | None = None, more: str = "") -> Iterator[Endpoint]:
    """An endpoint that serves inside the block."""
    served = Endpoint(folder, users, more)
    try:
        served.start()
        yield served
    finally:
        served.stop()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AssertionError(f"the HTTP endpoint ended with {server.returncode} before it listened")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2) as answer:
                if answer.read() == b"Ok.\n":
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the HTTP endpoint did not listen within 30 s")
