"""signals serve: the site, to this machine alone."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import Workspace

from ci_signals.serve import HOST, open_server


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not of the site")
    site = tmp_path / "site"
    (site / "signals" / "data").mkdir(parents=True)
    (site / "index.html").write_text("<title>here</title>")
    (site / "signals.jsonl").write_text("{}\n")
    (site / ".new-1").mkdir()
    (site / ".new-1" / "half.html").write_text("not of the site")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    (site / "out").symlink_to(tmp_path)
    (site / "circle").symlink_to(site / "circle")
    return site


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with open_server(site, 0, lambda line: None) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def get(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_pages_and_files_are_served_fresh(port: int) -> None:
    status, headers, body = get(port, "/")
    assert (status, body) == (200, b"<title>here</title>")
    assert headers["Cache-Control"] == "no-cache"
    status, headers, _ = get(port, "/signals.jsonl")
    assert (status, headers["Content-Type"]) == (200, "application/jsonl")


@pytest.mark.parametrize(
    "path",
    [
        *("/signals/data/", "/nope.html", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"),
        *("/signals/..%2f..%2fsecret.txt", "/..%5csecret.txt", "//etc/passwd", "/%2fetc%2fpasswd"),
        *(
            "/link.txt",
            "/out/secret.txt",
            "/circle",
            "/.new-1/half.html",
            "/signals/%00",
            "/%00",
            "/" + "x" * 5000,
        ),
    ],
)
def test_nothing_but_the_sites_files_is_served(
    port: int, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, _, body = get(port, path)
    assert status == 404
    assert "Traceback" not in capfd.readouterr().err
    assert b"not of the site" not in body


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:1", 200), ("127.0.0.1", 200), ("evil.example", 403), ("", 403)]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_this_machines_names_are_answered(port: int, method: str, host: str, status: int) -> None:
    assert get(port, "/index.html", method, Host=host)[0] == status


def test_it_listens_on_the_loopback_address_alone(site: Path) -> None:
    with open_server(site, 0, lambda line: None) as server:
        assert server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_command_serves_until_a_signal_ends_it(workspace: Workspace, site: Path, how: signal.Signals) -> None:
    process = workspace.start("serve", "--port", "0", "--output", site)
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
    assert found, said
    assert get(int(found[1]), "/index.html")[0] == 200
    process.send_signal(how)
    out, rest = process.communicate(timeout=30)
    assert (process.returncode, out, rest) == (0, "", "")


def test_missing_site_and_taken_port_are_one_line(workspace: Workspace, site: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        for arguments, message in (
            (("--output", site, "--port", port), f"port {port} of 127.0.0.1 is in use: choose another"),
            (("--output", tmp_path / "none"), "there is no site in"),
        ):
            assert message in workspace.refused("serve", *arguments)
