-- one row per check of the seed data_quality_checks: the measured value, and whether it is past the limit
-- a table: the index, the console and a data test read it
{{ config(order_by="check_number") }}

with
    checks as (select * from {{ ref("data_quality_checks") }}),

    bounds as (select * from {{ ref("int_window") }}),

    lags as (select * from {{ ref("int_test_row_lags") }}),

    job_totals as (
        select
            toUInt64(uniqExact(workflow_name, job_base_name)) as base_names,
            toUInt64(
                countIf(
                    is_test_failure
                    and not is_pending
                    and completed_at
                    <= bounds.as_of - toIntervalMinute({{ var("quality_grace_minutes") | int }})
                )
            ) as settled_failures
        from {{ ref("int_window_jobs") }}
        cross join bounds
    ),

    unproven as (
        select toUInt64(countIf(not is_waiting)) as unproven_failures
        from {{ ref("rpt_test_failures_without_rows") }}
    ),

    row_totals as (
        select
            toUInt64(sum(lags.test_rows)) as test_rows,
            toUInt64(sum(lags.rows_without_file)) as rows_without_file,
            toUInt64(sum(lags.timed_rows)) as timed_rows,
            toUInt64(sumIf(lags.timed_rows, lag_s > 0)) as rows_after_end,
            quantilesExactWeighted(0.5, 0.95)
            (lag_s, lags.timed_rows) as lags_s
        from lags
    ),

    merges as (
        select toUInt64(count()) as merged_names, toUInt64(countIf(split_verdicts > 0)) as split_names
        from {{ ref("rpt_merged_base_names") }}
    ),

    -- how many were affected of those measured; the value is their share, or a quantile
    measures as (
        select
            arrayJoin(
                [
                    tuple(
                        'test_failures_without_rows',
                        unproven_failures,
                        settled_failures,
                        unproven_failures / settled_failures
                    ),
                    tuple('test_row_lag_p50', rows_after_end, timed_rows, toFloat64(lags_s[1])),
                    tuple('test_row_lag_p95', rows_after_end, timed_rows, toFloat64(lags_s[2])),
                    tuple(
                        'test_rows_without_file', rows_without_file, test_rows, rows_without_file / test_rows
                    ),
                    tuple('merged_base_names', merged_names, base_names, merged_names / base_names),
                    tuple('split_base_names', split_names, base_names, split_names / base_names)
                ]
            ) as measure,
            tupleElement(measure, 1) as check_name,
            tupleElement(measure, 2) as affected,
            tupleElement(measure, 3) as measured,
            if(measured = 0, null, tupleElement(measure, 4)) as value
        from job_totals
        cross join unproven
        cross join row_totals
        cross join merges
    )

select
    checks.check_number as check_number,
    checks.check_name as check_name,
    checks.title as title,
    measures.value as value,
    checks.unit as unit,
    checks.warn_above as warn_above,
    measures.affected as affected,
    measures.measured as measured,
    toBool(ifNull(measures.value > checks.warn_above, false)) as is_warning,
    checks.details_model as details_model
from checks
inner join measures on checks.check_name = measures.check_name
