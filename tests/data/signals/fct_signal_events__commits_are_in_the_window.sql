-- no event is on a commit outside the window
select signal_id, head_sha
from {{ ref("fct_signal_events") }}
where (commit_rank, head_sha) not in (select commit_rank, head_sha from {{ ref("dim_commits") }})
