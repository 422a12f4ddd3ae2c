"""What stands between a command and the endpoint: TLS, and accidents at a moment that the test chooses."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost (not for 127.0.0.1) that is its own CA; the paths of it and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return certificate, key


@dataclass
class Accident:
    """What happens when a request says `words` for the `count`th time.

    then: called once the request was passed on. cut: instead, the answer ends after a few bytes.
    """

    words: bytes
    count: int = 1
    then: Callable[[], None] | None = None
    cut: bool = False
    happened: bool = False

    def meets(self, request: bytes) -> bool:
        if self.happened or self.words not in request.lower():
            return False
        self.count -= 1
        self.happened = self.count == 0
        return self.happened


@contextmanager
def server_front(
    plain_port: int, certificate: tuple[Path, Path] | None = None, accident: Accident | None = None
) -> Iterator[int]:
    """A port on loopback that passes what it hears on to `plain_port`; it speaks TLS with a certificate."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # a client that does not trust us hangs up

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_connection("127.0.0.1", plain_port)
        cut = asyncio.Event()
        await asyncio.gather(_ask(reader, questions, accident, cut), _answer(answers, writer, cut))

    # a loop of its own thread: the browser's is running in this one
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(serve, "127.0.0.1", 0, ssl=context), loop
    ).result(timeout=10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)


async def _ask(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, accident: Accident | None, cut: asyncio.Event
) -> None:
    with suppress(OSError):
        while data := await source.read(1 << 16):
            meets = accident is not None and accident.meets(data)
            if meets and accident and accident.cut:
                cut.set()
            sink.write(data)
            await sink.drain()
            if meets and accident and accident.then:
                accident.then()
    sink.close()


async def _answer(source: asyncio.StreamReader, sink: asyncio.StreamWriter, cut: asyncio.Event) -> None:
    with suppress(OSError):
        while data := await source.read(1 << 16):
            sink.write(data[:1000] if cut.is_set() else data)
            await sink.drain()
            if cut.is_set():
                break
    sink.close()
