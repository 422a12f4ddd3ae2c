"""A real ClickHouse HTTP endpoint: the server inside the engine's own library, in a process of its own.

The library is loaded by its path, without importing chdb, and told to listen. It serves
until its standard input closes.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVE = """
import importlib.util, sys, sysconfig
from pathlib import Path
library = Path(sysconfig.get_paths()["purelib"]) / "chdb" / "_chdb.abi3.so"
spec = importlib.util.spec_from_file_location("chdb._chdb", library)
engine = importlib.util.module_from_spec(spec)
sys.modules["chdb._chdb"] = engine
spec.loader.exec_module(engine)
listen = "SYSTEM START LISTEN HTTP; SELECT count() FROM file('/dev/stdin', LineAsString)"
engine.query(listen, "TabSeparated", path=sys.argv[1])
"""

_CONFIG = """<clickhouse>
    <logger><level>none</level></logger>
    <http_port>{port}</http_port>
    <listen_host>127.0.0.1</listen_host>
    <timezone>UTC</timezone>
</clickhouse>
"""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def http_endpoint(folder: Path) -> Iterator[int]:
    """Serve a store below `folder` on loopback; the port. The user is `default`, without a password."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.xml").write_text(_CONFIG.format(port=port))
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(folder / "data")],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        assert server.stdin is not None
        server.stdin.close()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


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
            time.sleep(0.1)
    raise AssertionError("the HTTP endpoint did not listen within 30 s")
