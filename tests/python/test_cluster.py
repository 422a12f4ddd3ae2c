"""The models on a cluster: sources that are Distributed over two shards, tables made on every node.

The shards are engines of http_endpoint that listen for each other too, so Distributed tables and
clusterAllReplicas() are real. Such an engine lacks Keeper: it has no ON CLUSTER queue and no
replication. The address in front, which dbt talks to, plays the queue: it sends a statement with
ON CLUSTER to both engines without that clause, makes replicated engines plain, and notes every
statement.
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

import pytest
from http_endpoint import Endpoint, endpoint, free_port
from workspace import EDGE, EDGE_WINDOW, Workspace

pytestmark = pytest.mark.slow

KEYS = {"push": "dynamoKey", "workflow_job": "id", "test_run_s3": "job_id, name"}
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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two shards with half of the edge rows each, and ci_raw as Distributed tables over them."""
    folder = tmp_path_factory.mktemp("cluster")
    with two_shards(folder) as cluster:
        for number, node in enumerate(cluster.nodes):
            Workspace(folder / f"load{number}").on(node.environment).signals("load", "ci", EDGE)
            node.query("create database ci_shard")
            for table, key in KEYS.items():
                node.query(f"rename table ci_raw.{table} to ci_shard.{table}")
                node.query(
                    f"alter table ci_shard.{table} delete where cityHash64({key}) % 2 = {number}"
                    " settings mutations_sync = 2",
                )
                node.query(
                    f"create table ci_raw.{table} as ci_shard.{table}"
                    f" engine = Distributed('{CLUSTER}', 'ci_shard', '{table}')",
                )
        yield cluster


@pytest.fixture(scope="module")
def built(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Built, and two tables again: those that are there are replaced, or added to, another way."""
    server = {
        "SIGNALS_TARGET": "cluster",
        "SIGNALS_HOST": "127.0.0.1",
        "SIGNALS_PORT": str(cluster.port),
        "SIGNALS_CLUSTER": CLUSTER,
    }
    workspace = Workspace(tmp_path_factory.mktemp("built")).on(server)
    workspace.build(*EDGE_WINDOW, "--keep-history")
    workspace.build(*EDGE_WINDOW, "--keep-history", "--select", "int_window fct_commit_states")
    return workspace


def test_sources_over_two_shards_give_the_bytes_of_one_engine(
    edge: Workspace, built: Workspace, cluster: Cluster
) -> None:
    for name in ("signals.jsonl", "signals.csv", "events.csv"):
        assert (built.site / name).read_bytes() == (edge.site / name).read_bytes()
    rows = [int(node.query("select count() from ci_shard.test_run_s3")) for node in cluster.nodes]
    assert sum(rows) == 14788
    assert min(rows) > 5000  # both shards had their part in it


def test_a_shard_sends_the_rows_that_were_asked_for_and_no_others(built: Workspace, cluster: Cluster) -> None:
    cluster.nodes[1].query("system flush logs")
    asked = (
        "select max(result_rows) from system.query_log where type = 'QueryFinish' and not is_initial_query"
        " and query like '%test_run_s3%' and query like '%is_failing%' format TSV"
    )
    assert 0 < int(cluster.nodes[1].query(asked)) < 1000


def test_every_table_and_view_is_made_on_every_node(built: Workspace, cluster: Cluster) -> None:
    made = "select name from system.tables where database = 'ci_signals' order by name format TSV"
    assert cluster.nodes[0].query(made) == cluster.nodes[1].query(made)
    assert "fct_signal_events" in cluster.nodes[1].query(made)


def test_statements_name_the_cluster_and_a_replicated_engine(built: Workspace, cluster: Cluster) -> None:
    changes = [
        re.sub(r"\s+", " ", statement).strip()
        for statement in cluster.statements
        if re.search(r"^\s*(/\*.*?\*/)?\s*(create|drop|exchange|rename)\s", statement, re.I | re.S)
    ]
    others = ("__dbt_exchange_test", "build_lock")  # the lock is on one node
    of_models = [
        text for text in changes if "ci_signals" in text and not any(name in text for name in others)
    ]
    kinds = {
        word.lower() for text in of_models for word in re.findall(r"(?i)\b(create|drop|exchange)\b", text)
    }
    assert kinds == {"create", "drop", "exchange"}
    assert [text for text in of_models if f'ON CLUSTER "{CLUSTER}"' not in text] == []
    tables = [text for text in of_models if re.search(r"(?i)\bcreate table\b", text)]
    engines = {match[0] for text in tables for match in re.findall(r"(?i)engine = (\w+\([^)]*\))()", text)}
    place = "'/clickhouse/tables/{uuid}/all', '{shard}-{replica}'"
    assert engines == {f"ReplicatedMergeTree({place})", f"ReplicatedReplacingMergeTree({place}, as_of)"}
