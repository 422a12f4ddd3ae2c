"""Connecting to a server: passwords that show up nowhere, verified TLS, one clear line for what is wrong."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from http_endpoint import Endpoint, User, free_port
from server_front import make_certificate, server_front
from workspace import EDGE, PROJECT, Workspace

from ci_signals.errors import UserError
from ci_signals.settings import Settings

pytestmark = pytest.mark.server

# every sign that YAML, Jinja, a shell or a URL could trip over
PASSWORD = """pa"ss: '{{ word }}' \\n#%40@é$HOME"""
# seeds read nothing: the shortest build that there is
QUICK_BUILD = ("build", "--select", "job_outcomes")
USERS = {
    "ci": User(PASSWORD),
    "frozen": User(PASSWORD, profile="readonly"),
    "reader": User(PASSWORD, ["GRANT SELECT ON ci_raw.*"]),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One for all, so that dbt parses the project once."""
    return Workspace(tmp_path_factory.mktemp("workspace"))


def as_user(server: Endpoint, name: str, **more: str) -> dict[str, str]:
    return server.environment | {"SIGNALS_USER": name} | more


def test_password_in_the_environment_or_a_file_shows_up_nowhere(
    workspace: Workspace, server: Endpoint, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")
    site = ("--output", workspace.site)
    said = []
    for given in ({"SIGNALS_PASSWORD": PASSWORD}, {"SIGNALS_PASSWORD_FILE": str(secret)}):
        mine = workspace.on(as_user(server, "ci", **given))
        said += [
            mine.signals("--verbose", *QUICK_BUILD, *site),
            mine.signals("sql", "select currentUser()"),
            # a model that cannot be built, and a query that fails
            mine.signals("--verbose", "build", "--select", "stg_ci__pushes", *site, check=False),
            mine.signals("sql", "select nonsense", check=False),
        ]
        assert [done.returncode for done in said[-4:]] == [0, 0, 2, 2]
        assert "ci" in said[-3].stdout
    refused = workspace.on(as_user(server, "nobody", SIGNALS_PASSWORD=PASSWORD))
    said += [refused.signals(*command, check=False) for command in (["sql", "select 1"], QUICK_BUILD)]
    assert not any(PASSWORD in done.stdout + done.stderr for done in said)
    written = [path for path in workspace.folder.rglob("*") if path.is_file()]
    assert {"dbt.log", "manifest.json", "run_results.json"} <= {path.name for path in written}
    # as it is, and as JSON, YAML and Python write it
    shapes = [PASSWORD.encode(), PASSWORD.encode("unicode_escape"), b"{{ word }}"]
    for path in written:
        assert not any(shape in path.read_bytes() for shape in shapes), path
    server.query("system flush logs")
    assert (
        server.query("select count() from system.query_log where position(query, '{{ wo' || 'rd }}') > 0")
        == "0\n"
    )


def test_a_password_file_must_be_readable_and_alone(
    workspace: Workspace, server: Endpoint, tmp_path: Path
) -> None:
    missing = as_user(server, "ci", SIGNALS_PASSWORD_FILE=str(tmp_path / "none"))
    both = missing | {"SIGNALS_PASSWORD": PASSWORD}
    for more, message in ((missing, "cannot read SIGNALS_PASSWORD_FILE"), (both, "keep one")):
        for command in (["sql", "select 1"], QUICK_BUILD):
            assert message in workspace.on(more).refused(*command)


@pytest.mark.slow
def test_certificates_are_verified(workspace: Workspace, server: Endpoint, tmp_path: Path) -> None:
    if not shutil.which("openssl") and not os.environ.get("CI"):
        pytest.skip("openssl makes the certificate, and is not here")
    certificate, key = make_certificate(tmp_path)
    commands = (["sql", "select 1"], ["load", "ci", EDGE], [*QUICK_BUILD, "--output", workspace.site])
    with server_front(server.port, (certificate, key)) as port:
        secure = {"SIGNALS_TARGET": "cloud", "SIGNALS_HOST": "localhost", "SIGNALS_PORT": str(port)}
        for command in commands:
            said = workspace.on(secure).refused(*command)
            assert "is not trusted (self-signed certificate)" in said
            assert "SSL_CERT_FILE" in said
        trusted = secure | {"SSL_CERT_FILE": str(certificate)}
        for command in commands:
            workspace.on(trusted).signals(*command)
        workspace.on(trusted).dbt("--quiet", "seed", "--select", "job_outcomes")
        # the certificate names localhost
        other_name = workspace.on(trusted | {"SIGNALS_HOST": "127.0.0.1"})
        for command in commands[1:]:
            assert "is not valid for '127.0.0.1'" in other_name.refused(*command)
        # a server that speaks no TLS
        plain = workspace.on(trusted | {"SIGNALS_PORT": str(server.port)})
        assert "cannot reach ClickHouse" in plain.refused("sql", "select 1")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"SIGNALS_PASSWORD": "not it"}, "wrong password or no such user"),
        ({"SIGNALS_PORT": str(free_port())}, "cannot reach ClickHouse at 127.0.0.1"),
        ({"SIGNALS_HOST": "no.such.host.invalid"}, "cannot reach ClickHouse at no.such.host.invalid"),
    ],
)
def test_no_connection_is_one_clear_line(
    workspace: Workspace, server: Endpoint, tmp_path: Path, more: dict[str, str], message: str
) -> None:
    workspace = workspace.on(server.environment | more)
    trace = tmp_path / "t.log"
    trace.write_text("")
    commands: list[list[object]] = [
        ["sql", "select 1"],
        ["list"],
        ["render", "--output", tmp_path],
        ["load", "ci", EDGE],
        ["load", "trace", trace],
        ["build", "--output", tmp_path],
    ]
    for command in commands:
        said = workspace.refused(*command)
        assert message in said
        assert "not it" not in said


def test_a_user_who_may_not_write_is_one_clear_line(
    workspace: Workspace, server: Endpoint, tmp_path: Path
) -> None:
    frozen = workspace.on(as_user(server, "frozen", SIGNALS_PASSWORD=PASSWORD))
    reader = workspace.on(as_user(server, "reader", SIGNALS_PASSWORD=PASSWORD, SIGNALS_DATABASE="another"))
    for command in (["build", "--output", tmp_path], ["load", "ci", EDGE]):
        assert "read-only" in frozen.refused(*command) or "readonly" in frozen.refused(*command)
    own = workspace.on(as_user(server, "ci", SIGNALS_PASSWORD=PASSWORD))
    own.signals("load", "ci", EDGE)  # makes the tables
    assert "may not create the database another" in reader.refused("build", "--output", tmp_path)
    assert "Not enough privileges" in reader.refused("load", "ci", EDGE)


def test_variables_come_from_an_option_the_environment_or_a_file(
    workspace: Workspace, server: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "deployment.yml"
    chosen.write_text("ci_database: nowhere  # a comment\n")
    said = workspace.on(server.environment | {"SIGNALS_VARS": f"@{chosen}"}).refused(
        "build", "--select", "stg_ci__pushes", "--output", tmp_path
    )
    assert "user default sees no table nowhere.push" in said
    assert Settings(PROJECT, vars=f"@{chosen}").project_vars["ci_database"] == "nowhere"
    assert Settings(PROJECT, vars="{push_table: pushes}").project_vars["ci_database"] == "ci_raw"
    monkeypatch.setenv("SIGNALS_VARS", "{ci_database: prod}")
    assert Settings(PROJECT).project_vars["ci_database"] == "prod"
    assert Settings(PROJECT, vars="{push_table: pushes}").chosen_vars == {"push_table": "pushes"}
    for wrong, message in (
        ("{ci_databse: prod}", "no variable ci_databse"),
        ("prod", "take YAML as"),
        ("{a", "cannot read the variables"),
        ("@none.yml", "cannot read the variables"),
    ):
        with pytest.raises(UserError, match=message):
            _ = Settings(PROJECT, vars=wrong).project_vars
