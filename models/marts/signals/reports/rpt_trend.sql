-- one row per step of the time that is known, oldest first: how red its commits were, how fast breaks were
-- fixed
-- a table: read as a view it takes 0.15 s of each rendering
{{ config(order_by="step_number") }}

with
    known as (select known_since, as_of, step_hours from {{ ref("rpt_known_span") }}),

    -- steps end with the window; the first one may begin before what is known
    steps as (
        select
            known.known_since as known_since,
            known.as_of - toIntervalHour(step_hours * (steps_back + 1)) as starts_at,
            known.as_of - toIntervalHour(step_hours * steps_back) as ends_at,
            toUInt64(steps_back) as steps_back
        from known
        array join
            range(toUInt64(ceil(dateDiff('second', known_since, as_of) / 3600 / step_hours))) as steps_back
    ),

    cells as (
        select
            signal_id,
            commit_rank,
            any(committed_at) as committed_at,
            countIf(status = 'failure') > 0 and countIf(status = 'success') = 0 as is_red,
            countIf(status = 'pending') > 0 as is_pending
        from {{ ref("fct_known_events") }}
        group by signal_id, commit_rank
    ),

    -- nobody knows whether a commit will be red that still runs
    commits as (
        select
            commit_rank,
            intDiv(
                dateDiff('second', any(cells.committed_at), assumeNotNull((select as_of from known))),
                3600 * assumeNotNull((select step_hours from known))
            ) as steps_back,
            countIf(is_red) as red_cells
        from cells
        group by commit_rank
        having red_cells > 0 or countIf(is_pending) = 0
    ),

    commit_counts as (
        select
            steps_back,
            count() as step_commits,
            countIf(red_cells = 0) as clean_commits,
            sum(red_cells) as red_signals
        from commits
        group by steps_back
    ),

    -- one failing commit alone is a flake more often than a break
    fixes as (
        select
            intDiv(
                dateDiff('second', assumeNotNull(ends_at), assumeNotNull((select as_of from known))),
                3600 * assumeNotNull((select step_hours from known))
            ) as steps_back,
            count() as fixed_signals,
            quantileExact(0.5)
            (dateDiff('minute', begins_at, assumeNotNull(ends_at))) as median_fix_minutes
        from {{ ref("fct_signal_spans") }}
        where outcome = 'failing' and commits > 1 and ends_at is not null
        group by steps_back
    )

select
    row_number() over (order by steps.starts_at) as step_number,
    greatest(steps.starts_at, steps.known_since) as starts_at,
    steps.ends_at as ends_at,
    commit_counts.step_commits as commits,
    commit_counts.clean_commits as clean_commits,
    if(commits = 0, null, round(commit_counts.red_signals / commits, 2)) as red_per_commit,
    if(commits = 0, null, round(clean_commits / commits, 4)) as clean_share,
    fixes.fixed_signals as fixed_signals,
    if(fixed_signals = 0, null, fixes.median_fix_minutes) as median_fix_minutes
from steps
left join commit_counts on steps.steps_back = commit_counts.steps_back
left join fixes on steps.steps_back = fixes.steps_back
