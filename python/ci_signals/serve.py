"""`signals serve` shows the site over HTTP, to this machine alone."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.process import Stopped

HOST = "127.0.0.1"
# The names that a browser on this machine uses. Another name is that of a foreign page whose
# name was made to resolve to this machine.
_OWN_NAMES = {HOST, "localhost"}


def open_server(site: Path, port: int, log: Callable[[str], None]) -> ThreadingHTTPServer:
    """A server of folder `site` on the loopback address, bound but not serving yet.

    port: 0 takes a free one. log: called with a line for each request. Raises UserError when
    the folder has no site, or the port is taken or not allowed.
    """
    if not (site / "index.html").is_file():
        raise UserError(f"there is no site in {site}: run signals build, or name its folder with --output")
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(site), log=log))
    except OSError as error:
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise UserError(
            f"port {port} of {HOST} {reason}: choose another with --port, or 0 for a free one"
        ) from error


def serve_site(console: Console, site: Path, port: int) -> None:
    """Serve `site` until a signal ends it. Raises UserError as `open_server` does."""
    with open_server(site, port, console.detail) as server:
        console.say(f"serving {site} on http://{HOST}:{server.server_address[1]}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except Stopped as stopped:
            console.detail(stopped.reason)


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".jsonl": "application/jsonl",
        ".parquet": "application/vnd.apache.parquet",
    }

    def __init__(self, *arguments: Any, log: Callable[[str], None], **named: Any) -> None:
        self._log = log
        super().__init__(*arguments, **named)

    def send_head(self) -> Any:
        name = self.headers.get("Host", "").rsplit(":", 1)[0].lower()
        if name not in _OWN_NAMES:
            return self.send_error(HTTPStatus.FORBIDDEN, "This server is for this machine alone")
        if not self._is_of_the_site():
            return self.send_error(HTTPStatus.NOT_FOUND)
        return super().send_head()

    def _is_of_the_site(self) -> bool:
        """Whether the path is a file of the site: not behind a link that leads out, and not hidden."""
        site = Path(self.directory).resolve()
        try:
            asked = Path(self.translate_path(self.path)).resolve()
        except (OSError, ValueError, RuntimeError):  # too long, a NUL, links in a circle
            return False
        inside = asked.is_relative_to(site)
        return inside and not any(part.startswith(".") for part in asked.relative_to(site).parts)

    def list_directory(self, path: Any) -> Any:  # noqa: ARG002
        return self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # a new build shows on reload
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        self._log(format % arguments)
