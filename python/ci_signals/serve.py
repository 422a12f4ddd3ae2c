"""`signals serve` shows the site over HTTP, to this machine alone."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.process import Stopped
from ci_signals.site.policy import CONTENT_POLICY

HOST = "127.0.0.1"
# The names that a browser on this machine uses. Another name is that of a foreign page whose
# name was made to resolve to this machine.
_OWN_NAME = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]+)?", re.IGNORECASE)


def open_server(site: Path, port: int, log: Callable[[str], None]) -> ThreadingHTTPServer:
    """A server of folder `site` on the loopback address, bound but not serving yet.

    port: 0 takes a free one. log: called with a line for each request. Raises UserError when
    the folder has no site, or the port is taken or not allowed.
    """
    if not (site / "index.html").is_file():
        raise UserError(f"there is no site in {site}: run signals build, or name its folder with --output")
    try:
        return _Server((HOST, port), partial(_Handler, directory=str(site), log=log))
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


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a browser may leave in the middle
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".jsonl": "application/jsonl",
        ".parquet": "application/vnd.apache.parquet",
    }

    def __init__(self, *arguments: Any, log: Callable[[str], None], **named: Any) -> None:
        self._log = log
        super().__init__(*arguments, **named)

    def send_head(self) -> Any:
        names = self.headers.get_all("Host", [])
        if len(names) != 1 or not _OWN_NAME.fullmatch(names[0]):
            return self.send_error(HTTPStatus.FORBIDDEN, "This server is for this machine alone")
        if not self._is_of_the_site():
            return self.send_error(HTTPStatus.NOT_FOUND)
        return super().send_head()

    def _is_of_the_site(self) -> bool:
        """Whether the path is a file or folder of the site: not behind a link that leads out, not hidden,
        and not a pipe or a device, which could be read for ever."""
        site = Path(self.directory).resolve()
        try:
            asked = Path(self.translate_path(self.path)).resolve()
            if not (asked.is_file() or asked.is_dir()):
                return False
        except (OSError, ValueError, RuntimeError):  # too long, a NUL, links in a circle
            return False
        inside = asked.is_relative_to(site)
        return inside and not any(part.startswith(".") for part in asked.relative_to(site).parts)

    def list_directory(self, path: Any) -> Any:  # noqa: ARG002
        return self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # a new build shows on reload
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", f"{CONTENT_POLICY}; frame-ancestors 'self'")
        self.send_header("Accept-Ranges", "none")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        self._log(format % arguments)
