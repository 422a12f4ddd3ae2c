-- every raw row of the window is in an event, or there is a reason why not
select row_kind, job_id, reason, row_count
from {{ ref("fct_row_ledger") }}
where reason = 'unexplained' or row_count < 0
