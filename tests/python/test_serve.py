"""signals serve: the site, to this machine alone."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import Workspace

from ci_signals.serve import HOST, open_server
from ci_signals.site.policy import CONTENT_POLICY


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
    (site / "device").symlink_to("/dev/zero")
    os.mkfifo(site / "pipe")
    (site / "folder").mkdir()
    os.mkfifo(site / "folder" / "index.html")
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


def test_pages_may_load_nothing_but_files_of_the_site(port: int) -> None:
    policy = get(port, "/")[1]["Content-Security-Policy"]
    assert policy == f"{CONTENT_POLICY}; frame-ancestors 'self'"
    assert "unsafe" not in policy
    assert get(port, "/nope")[1]["Content-Security-Policy"] == policy


def test_a_file_is_sent_whole_and_says_so(port: int) -> None:
    status, headers, body = get(port, "/index.html", Range="bytes=2-4")
    assert (status, headers["Accept-Ranges"], body) == (200, "none", b"<title>here</title>")


def test_a_client_that_resets_gives_no_traceback(
    port: int, site: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (site / "large.bin").write_bytes(bytes(30_000_000))
    for path in ("/large.bin", "/index.html"):
        with socket.create_connection((HOST, port)) as client:
            # closing sends a reset
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            client.recv(1)
        with socket.create_connection((HOST, port)) as client:  # before it has asked
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(b"GET ")
    assert get(port, "/index.html")[0] == 200
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "path",
    [
        *("/signals/data/", "/nope.html", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"),
        *("/signals/..%2f..%2fsecret.txt", "/..%5csecret.txt", "//etc/passwd", "/%2fetc%2fpasswd"),
        *(
            "/link.txt",
            "/out/secret.txt",
            "/circle",
            "/device",
            "/pipe",
            "/folder/",
            "/folder/index.html",
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
    ("host", "status"),
    [
        *((name, 200) for name in ("localhost:1", "LOCALHOST", "127.0.0.1")),
        *((name, 403) for name in ("evil.example", "", "localhost:9@evil", "localhost:", "localhost.evil")),
        *((name, 403) for name in ("evil@localhost:9", "localhost:1:2", "localhost:1 ", "127.0.0.1/evil")),
    ],
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
