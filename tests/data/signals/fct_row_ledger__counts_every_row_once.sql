-- the ledger's sums are the raw rows' counts
with
    ledger as (
        select row_kind, sum(row_count) as row_count from {{ ref("fct_row_ledger") }} group by row_kind
    ),

    stored as (
        select 'job' as row_kind, toInt64(count()) as row_count
        from {{ ref("int_job_versions") }}
        union all
        select 'test_run' as row_kind, toInt64(count()) as row_count
        from {{ ref("stg_ci__test_runs") }}
        where job_id {{ in_rows() }} (select job_id from {{ ref("int_job_versions") }})
    )

select stored.row_kind, stored.row_count as stored_rows, ledger.row_count as explained_rows
from stored
left join ledger on stored.row_kind = ledger.row_kind
where stored.row_count != ledger.row_count
