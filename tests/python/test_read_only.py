"""`signals sql` reads tables and does nothing else: no file, no connection, no change."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest
from workspace import Workspace

# {new} is a file that must not come to be, {secret} one that must not be read, {port} listens.
FILES = [
    "select 1 into outfile '{new}'",
    "select 1 into/**/outfile '{new}' truncate",
    "select 1 into -- outfile\noutfile '{new}' append",
    "select 1 into # outfile\n outfile '{new}'",
    "select 1 INTO\tOUTFILE '{new}' and stdout",
    "select 1 as \"a\\\" 'b\" into outfile '{new}'",
    "select 'it''s \\' into' into/* ' */outfile '{new}' compression 'gzip' format CSV",
    "(select 1) into outfile '{new}'",
    "select 1 union all select 2 into outfile '{new}'",
    "with 1 as x select x into outfile $${new}$$",
    "describe dim_signals into outfile '{new}'",
    "show tables into outfile '{new}'",
    "show create table dim_signals into outfile '{new}'",
    "exists table dim_signals into outfile '{new}'",
    "explain select 1 into outfile '{new}'",
    "explain ast select 1 into outfile '{new}'",
    "select 1 parallel with select 2 into outfile '{new}'",
    "insert into function file('{new}', CSV) select 1",
    "describe table sqlite('{new}', 'x')",
    "select * from sqlite('{new}', 'x')",
    "backup database ci_signals to File('{new}')",
]
READS = [
    "select file('{secret}')",
    "select FILE('{secret}')",
    "select `file`('{secret}')",
    "select \"file\" /* */ ('{secret}')",
    "select file\n('{secret}')",
    "select arrayMap(x -> file(x), ['{secret}'])",
    "select * apply(file) from (select '{secret}')",
    "select * apply file from (select '{secret}')",
    "select columns('a') apply (x -> file(x)) from (select '{secret}' as a)",
    "explain select file('{secret}')",
    "describe (select file('{secret}'))",
    "select 1 where '' in file('{secret}')",
    "select * from file('{secret}', LineAsString)",
    "select * from file('{secret}', LineAsString) into/**/outfile 'x'",
    "describe table file('{secret}')",
    "select * from `{secret}`",
    "select * from default.`{secret}`",
    "describe default.`{secret}`",
    "exists default.`{secret}`",
    "select * from view(select file('{secret}'))",
    "select * from viewExplain('EXPLAIN', '', (select file('{secret}')))",
    "select * from dim_signals settings select = 'file(''{secret}'')'",
    "select 1 settings filter = 'throwIf(file(''{secret}'') != '''')'",
    "with recursive x as (select file('{secret}') as a) select * from x",
    "select * from eval('select file(''{secret}'')')",
    "select * from executable('cat {secret}', TSV, 'a String')",
    "select * from filesystem('{secret}')",
    "select * from python('settings')",
    "describe table python('settings')",
    "select * from dictionary('x')",
]
SENDS = [
    "select * from url('http://127.0.0.1:{port}/', CSV, 'a String')",
    "describe table url('http://127.0.0.1:{port}/')",
    "describe table url(concat('http://127.0.0.1:{port}/?', base64Encode(file('{secret}'))))",
    "describe/**/table URL('http://127.0.0.1:{port}/', CSV)",
    "explain select * from url('http://127.0.0.1:{port}/')",
    "explain query tree select * from url('http://127.0.0.1:{port}/')",
    "explain estimate select * from url('http://127.0.0.1:{port}/')",
    "explain table override mysql('127.0.0.1:{port}', 'a', 'b', 'c', 'd') partition by x",
    "select 1 in (select * from url('http://127.0.0.1:{port}/'))",
    "select 1 in url('http://127.0.0.1:{port}/')",
    "select * from default.`http://127.0.0.1:{port}/a.csv`",
    "exists default.`http://127.0.0.1:{port}/a.csv`",
    "describe table s3('http://127.0.0.1:{port}/a/b.csv')",
    "describe table mysql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "describe table postgresql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "describe table mongodb('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "describe table redis('127.0.0.1:{port}', 'a', 'a String')",
    "describe table remote('127.0.0.1:{port}', 'a.b')",
    "select * from remoteSecure('127.0.0.1:{port}', 'a.b')",
    "select * from cluster('default', ci_signals.dim_signals)",
    "describe table deltaLake('http://127.0.0.1:{port}/a')",
    "describe table iceberg('http://127.0.0.1:{port}/a')",
    "describe table jdbc('http://127.0.0.1:{port}/', 'a', 'b')",
    "select aiGenerate('x', 'y')",
    "select AIEmbed('x', 'y')",
    "select reverseDNSQuery('127.0.0.1')",
    "select catboostEvaluate('{secret}', 1)",
]
CHANGES = [
    "",
    "-- nothing",
    "select '\\xff'",
    "select 1; select 2",
    "select 1; drop table ci_signals.dim_signals",
    "drop table ci_signals.dim_signals",
    "truncate table dim_signals",
    "insert into int_window select * from int_window",
    "alter table dim_signals delete where 1",
    "create table made engine = Memory as select 1",
    "create temporary table made (a Int8)",
    "create function made as x -> file(x)",
    "create dictionary made (a UInt8) primary key a source(file(path '{secret}' format CSV)) layout(flat())",
    "create user made",
    "grant all on *.* to default",
    "execute as default select 1",
    "with x as (select 1) insert into int_window select * from int_window",
    "select 1 parallel with drop table ci_signals.dim_signals",
    "explain select 1 parallel with drop table ci_signals.dim_signals",
    "kill query where 1",
    "system stop merges",
    "system shutdown",
    "optimize table dim_signals",
    "set readonly = 0",
    "set readonly = 0; drop table ci_signals.dim_signals",
    "use default",
    "begin transaction",
    "select 1 settings readonly = 0",
    "select 1 settings readonly = 0, allow_ddl = 1",
    "select * from (select 1 settings readonly = 0)",
    "select 1 format CSV settings readonly = 0",
    "select 1 /* not closed",
    "select 1 settings allow_experimental_eval_table_function = 1",
]
# What reads must run, also where it looks like an attack: (query, its rows).
READING = {
    "select 'into outfile', 'x; select 2', '-- file(', 'settings readonly = 0', $$url($$": 1,
    "select count() from fct_signal_events; -- all of them": 1,
    "with (select max(commit_rank) from dim_commits) as last select last + 1 as `into outfile`": 1,
    "select file, name from ci_raw.test_run_s3 as url where file != '' limit 3": 3,
    "select format('{} {}', 'a', 'b'), 1 as file, 'x\\'y\\n\\0', '''', 'é 🚀'": 1,
    "from numbers(3) select number": 3,
    "select * from values('a Int8', 1, 2)": 2,
    "select * from generateSeries(1, 4)": 4,
    "select * from merge('ci_signals', '^dim_commits$') limit 1": 1,
    "select * from view(select 1)": 1,
    "select * from null('a Int8')": 0,
    "select * except(b) apply(x -> x + 1) apply(toString) from (select 1 as a, 2 as b)": 1,
    "(select 1) union all (select 2)": 2,
    "show tables from ci_signals like 'dim_commits'": 1,
    "show databases like 'ci\\_%'": 2,
    "show create table dim_commits": 1,
    "describe (select 1 as a, 2 as b)": 2,
    "exists table dim_commits": 1,
    "explain syntax select 1": 1,
    "explain ast select 1": 6,
    "select name from system.columns where database = currentDatabase() and table = 'int_window' limit 2": 2,
}


@dataclass(frozen=True)
class Tried:
    """What each query said ("" for no error) and how many rows it gave."""

    answers: dict[str, tuple[str, int]]
    connections: int
    folder: Path
    rows: tuple[str, str]


@pytest.fixture(scope="module")
def tried(edge: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """All queries of this page, in one process, with a socket that listens meanwhile."""
    folder = tmp_path_factory.mktemp("tried")
    (folder / "secret").write_text("the secret\n")
    asked = [*FILES, *READS, *SENDS, *CHANGES, *READING]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        values = {
            "{new}": str(folder / "new"),
            "{secret}": str(folder / "secret"),
            "{port}": str(listening.getsockname()[1]),
        }
        given = []
        for query in asked:
            for name, value in values.items():
                query = query.replace(name, value)
            given.append(query)
        before = _state(edge)
        (folder / "queries.json").write_text(json.dumps(given))
        printed = json.loads(
            edge.python("answer_queries.py", folder / "queries.json").stdout.splitlines()[-1]
        )
        listening.settimeout(0.1)
        connections = 0
        while True:
            try:
                listening.accept()[0].close()
                connections += 1
            except TimeoutError:
                break
    (folder / "queries.json").unlink()
    return Tried(dict(zip(asked, printed, strict=True)), connections, folder, (before, _state(edge)))


def _state(workspace: Workspace) -> str:
    query = (
        "select database, name, total_rows, toString(metadata_modification_time) from system.tables"
        " where database like 'ci%' order by 1, 2"
    )
    return workspace.signals("sql", query, "--format", "csv").stdout


@pytest.mark.parametrize("query", [*FILES, *READS, *SENDS, *CHANGES])
def test_an_attack_is_refused(tried: Tried, query: str) -> None:
    said, rows = tried.answers[query]
    assert (bool(said), rows) == (True, 0)
    assert "the secret" not in said


@pytest.mark.parametrize("query", READING)
def test_what_reads_runs(tried: Tried, query: str) -> None:
    said, rows = tried.answers[query]
    assert (said, rows) == ("", READING[query])


def test_nothing_was_written_sent_or_changed(tried: Tried) -> None:
    assert [path.name for path in tried.folder.iterdir()] == ["secret"]
    assert tried.connections == 0
    assert tried.rows[0] == tried.rows[1]
    assert tried.rows[0].count("\n") > 60


def test_the_engine_itself_gives_no_rights_but_to_read(edge: Workspace, tmp_path: Path) -> None:
    statements = [
        "describe table url('http://127.0.0.1:1/')",
        "describe table s3('http://127.0.0.1:1/a/b.csv')",
        "describe table mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        f"describe table sqlite('{tmp_path / 'new'}', 'x')",
        f"insert into function file('{tmp_path / 'new'}', CSV) select 1",
        f"select * from default.`{__file__}`",
        "select * from executable('id', TSV, 'a String')",
        "create table ci_signals.made (a Int8) engine = Memory",
        "create function made as x -> x",
        "create user made",
        "drop table ci_signals.dim_signals",
        "alter table ci_signals.dim_signals delete where 1",
        "system shutdown",
    ]
    (tmp_path / "statements.json").write_text(json.dumps(statements))
    printed = edge.python("read_only_rights.py", edge.folder / "store", tmp_path / "statements.json").stdout
    for statement, said in zip(statements, json.loads(printed.splitlines()[-1]), strict=True):
        assert "ACCESS_DENIED" in said, statement
    assert not (tmp_path / "new").exists()
