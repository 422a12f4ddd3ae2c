"""A cluster of two shards, each an engine process of its own, with one HTTP address for dbt.

The engines are those of http_endpoint, listening for each other too, so Distributed tables
and clusterAllReplicas() are real. What such an engine lacks is Keeper: it runs no ON CLUSTER
queue and no replication. The address in front plays the queue: it sends a statement with
ON CLUSTER to both engines without that clause, makes replicated engines plain, and notes
every statement.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from http_endpoint import Endpoint, endpoint, free_port

CLUSTER = "ci"
_CONFIG = """<tcp_port>{tcp}</tcp_port>
    <remote_servers><{cluster}>{shards}</{cluster}></remote_servers>"""
_SHARD = "<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>"
_ON_CLUSTER = re.compile(rf'on cluster\s+"{CLUSTER}"\s*', re.IGNORECASE)
_REPLICATED = re.compile(r"Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?")


@dataclass
class Cluster:
    """port: dbt's address. nodes: the engines. statements: what came in, in order."""

    port: int
    nodes: tuple[Endpoint, ...]
    statements: list[str] = field(default_factory=list)


@contextmanager
def two_shards(folder: Path) -> Iterator[Cluster]:
    """Start both engines with stores below `folder`, and the address in front of the first."""
    ports = (free_port(), free_port())
    shards = "".join(_SHARD.format(port=port) for port in ports)
    with ExitStack() as stack:
        nodes = []
        for port in ports:
            config = _CONFIG.format(tcp=port, cluster=CLUSTER, shards=shards)
            nodes.append(stack.enter_context(endpoint(folder / f"shard{port}", more=config)))
        cluster = Cluster(0, tuple(nodes))
        front = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cluster))
        cluster.port = front.server_port
        threading.Thread(target=front.serve_forever, daemon=True).start()
        stack.callback(front.server_close)
        stack.callback(front.shutdown)
        yield cluster


def _handler(cluster: Cluster) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            statement = body.decode(errors="replace")
            cluster.statements.append(statement)
            nodes = cluster.nodes[:1]
            if _ON_CLUSTER.search(statement):
                nodes = cluster.nodes[::-1]
                body = _REPLICATED.sub(r"\1(", _ON_CLUSTER.sub("", statement)).encode()
            if "system sync replica" in statement.lower():
                return self._answer(200, {}, b"")
            for node in nodes:
                path = self.path if node is cluster.nodes[0] else _without_session(self.path)
                status, headers, answer = _send(node.port, self.command, path, body, dict(self.headers))
                if status != 200:
                    break
            return self._answer(status, headers, answer)

        do_GET = do_POST  # noqa: N815

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in {"transfer-encoding", "content-length", "connection", "keep-alive"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Front


def _send(
    port: int, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    kept = {
        name: value
        for name, value in headers.items()
        if name.lower() not in {"host", "content-length", "connection", "transfer-encoding"}
    }
    connection.request(method, path, body or None, kept)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), read


def _without_session(path: str) -> str:
    parts = urlsplit(path)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "session_id"]
    return f"{parts.path}?{urlencode(kept)}"
