-- each (signal, commit) cell has an event or a gap
with
    cells as (
        select signals.signal_id as signal_id, commits.commit_rank as commit_rank
        from {{ ref("dim_signals") }} as signals
        cross join {{ ref("dim_commits") }} as commits
    )

select signal_id, commit_rank
from cells
where
    (signal_id, commit_rank) not in (select signal_id, commit_rank from {{ ref("fct_signal_events") }})
    and (signal_id, commit_rank) not in (select signal_id, commit_rank from {{ ref("fct_signal_gaps") }})
