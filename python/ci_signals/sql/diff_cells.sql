-- one row per (signal, commit) of both files whose events differ
-- hashes first, so that only the events of changed cells are read together
with
    cells as (
        select
            side,
            source,
            workflow_name,
            job_base_name,
            key,
            sipHash64(source, workflow_name, job_base_name, key) as signal,
            commit_number,
            tupleElement(cell, 'head_sha') as head_sha,
            tupleElement(cell, 'events') as events
        from lines
        array join commits as cell, arrayEnumerate(commits) as commit_number
    ),

    changed as (
        select signal, head_sha
        from cells
        group by signal, head_sha
        having uniqExact(side) = 2 and uniqExact(sipHash64(events)) > 1
    )

select
    'cell' as change,
    source,
    workflow_name,
    job_base_name,
    key,
    head_sha,
    anyIf(events, side = 0) as before,
    anyIf(events, side = 1) as after
from cells
where (signal, head_sha) in (select signal, head_sha from changed)
group by source, workflow_name, job_base_name, key, head_sha
order by source, workflow_name, job_base_name, key, maxIf(commit_number, side = 1)
