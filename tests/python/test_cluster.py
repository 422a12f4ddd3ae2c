"""The models on a cluster: sources that are Distributed over two shards, tables made on every node."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cluster import CLUSTER, Cluster, two_shards
from workspace import EDGE, EDGE_WINDOW, Workspace

pytestmark = pytest.mark.slow

KEYS = {"push": "dynamoKey", "workflow_job": "id", "test_run_s3": "job_id, name"}


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
    of_models = [text for text in changes if "ci_signals" in text and "__dbt_exchange_test" not in text]
    kinds = {
        word.lower() for text in of_models for word in re.findall(r"(?i)\b(create|drop|exchange)\b", text)
    }
    assert kinds == {"create", "drop", "exchange"}
    assert [text for text in of_models if f'ON CLUSTER "{CLUSTER}"' not in text] == []
    tables = [text for text in of_models if re.search(r"(?i)\bcreate table\b", text)]
    engines = {match[0] for text in tables for match in re.findall(r"(?i)engine = (\w+\([^)]*\))()", text)}
    place = "'/clickhouse/tables/{uuid}/all', '{shard}-{replica}'"
    assert engines == {f"ReplicatedMergeTree({place})", f"ReplicatedReplacingMergeTree({place}, as_of)"}
