"""Generate CI rows inside the warehouse, from a seed: the size a large project has in a day.

Everything is a hash of row numbers, so the same seed and size give the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from ci_signals.warehouse import Client

AS_OF = "2026-11-20T12:00:00"
BASES = 73
SHARDS = 4


@dataclass(frozen=True)
class Size:
    """One benchmark size: jobs = commits * BASES * SHARDS, test rows = jobs * tests_per_job."""

    name: str
    commits: int
    tests_per_job: int

    @property
    def jobs(self) -> int:
        return self.commits * BASES * SHARDS

    @property
    def test_rows(self) -> int:
        return self.jobs * self.tests_per_job


SIZES = (Size("small", 8, 430), Size("medium", 38, 540), Size("large", 150, 548))


def generate(client: Client, database: str, size: Size, seed: int = 1) -> None:
    """Fill the empty raw tables of `database` with a size's rows."""
    parameters = {
        "seed": seed,
        "commits": size.commits,
        "bases": BASES,
        "shards": SHARDS,
        "jobs": size.jobs,
        "tests": size.tests_per_job,
        "rows": size.test_rows,
    }
    for statement in (_PUSHES, _JOBS, _TEST_RUNS):
        client.command(statement.replace("{database}", database), parameters=parameters)


# Commits are about nine minutes apart, the newest an hour before AS_OF.
_COMMIT = """
    lower(hex(SHA1(concat('commit ', toString({seed:UInt32}), ' ', toString(commit))))) as sha,
    toDateTime64('2026-11-20 11:00:00', 9, 'UTC') - toIntervalSecond(commit * 540) as pushed_at
"""

_PUSHES = f"""
insert into {{database}}.push (ref, after, dynamoKey, repository, head_commit, commits)
with {_COMMIT},
    (sha, pushed_at, concat('Change ', toString(commit)), ('dev', 'dev@example.org', 'Dev')) as one
select 'refs/heads/main', sha, concat('pytorch/pytorch/', sha),
    ('pytorch/pytorch', 'pytorch', ('pytorch', 'pytorch')), one, [one]
from (select number as commit from numbers({{commits:UInt64}}))
"""

# One test in about ninety of a base is unsteady: it fails on one commit in twenty.
_FAILS = """
    cityHash64({seed:UInt32}, base, shard, test) % 90 = 0
    and base % 6 != 0
    and cityHash64({seed:UInt32}, base, shard, test, commit) % 20 = 0
"""

_JOBS = f"""
insert into {{database}}.workflow_job (id, run_id, run_attempt, name, workflow_name, head_sha, head_branch,
    status, conclusion, created_at, started_at, completed_at, url, dynamoKey, torchci_classification)
with
    intDiv(job, {{bases:UInt64}} * {{shards:UInt64}}) as commit,
    intDiv(job, {{shards:UInt64}}) % {{bases:UInt64}} as base,
    job % {{shards:UInt64}} as shard,
    {_COMMIT},
    arrayExists(test -> {_FAILS}, range({{tests:UInt64}})) as has_test_failure,
    cityHash64({{seed:UInt32}}, job, 'infra') % 400 = 0 as is_infra_failure,
    commit < 2 and shard = 3 as is_running,
    multiIf(is_running, '', has_test_failure or is_infra_failure, 'failure', 'success') as outcome,
    pushed_at + toIntervalSecond(300 + cityHash64(job) % 600) as began
select 40000000000 + job, 12000000000 + commit * 4 + base % 4, 1,
    concat('linux-jammy-cuda12.8-py3.10-gcc', toString(base), ' / test (default, ',
        toString(shard + 1), ', ', toString({{shards:UInt64}}), ', linux.4xlarge.nvidia.gpu)'),
    ['pull', 'trunk', 'inductor', 'rocm-mi300'][base % 4 + 1], sha, 'main',
    if(is_running, 'in_progress', 'completed'), outcome, pushed_at, began,
    if(is_running, toDateTime64(0, 9, 'UTC'), began + toIntervalSecond(3600)),
    concat('https://api.github.com/repos/pytorch/pytorch/actions/jobs/', toString(40000000000 + job)),
    concat('pytorch/pytorch/', toString(40000000000 + job)),
    multiIf(
        outcome != 'failure', ([], [], 0, '', 0, ''),
        is_infra_failure, ([], [], 0, 'sccache: error', 1, 'sccache error'),
        ([], [], 0, 'FAILED', 1, 'pytest failure'))
from (select number as job from numbers({{jobs:UInt64}}))
settings max_block_size = 1024
"""

_TEST_RUNS = f"""
insert into {{database}}.test_run_s3 (job_id, name, classname, invoking_file, file, time, failure,
    skipped, time_inserted, workflow_id, workflow_run_attempt)
with
    intDiv(number, {{tests:UInt64}}) as job,
    number % {{tests:UInt64}} as test,
    intDiv(job, {{bases:UInt64}} * {{shards:UInt64}}) as commit,
    intDiv(job, {{shards:UInt64}}) % {{bases:UInt64}} as base,
    job % {{shards:UInt64}} as shard,
    test + shard * {{tests:UInt64}} as case,
    {_COMMIT},
    concat('test_module_', toString(case % 97)) as module,
    {_FAILS} as fails,
    concat('Tensor-likes are not close! Mismatched elements: ', toString(number % 100), ' / 100') as message,
    repeat(concat('  File "', module, '.py", line ', toString(number % 977), ', in test\\n'), 40) as traceback
select 40000000000 + job, concat('test_case_', toString(case), '_cuda_float32'), concat('Test', module),
    module, concat(module, '.py'), 0.1, if(fails, [('AssertionError', message, traceback)], []),
    if(not fails and cityHash64(case) % 10 = 0, [('skip', 'not here', '')], []),
    pushed_at + toIntervalSecond(5400), 12000000000 + commit * 4 + base % 4, 1
from numbers({{rows:UInt64}})
where not (commit < 2 and shard = 3)
"""
