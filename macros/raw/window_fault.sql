{% macro window_fault(unknown_workflows) %}
    {#-
        A query of one string: why the window that was asked for cannot be built, what the newest rows are, and the
        options that would show them. unknown_workflows: names without a job, in one line.
    -#}
    {{ staged_rows() }},
    newest as (
        select
            (
                select max(pushed_at) from repository_pushes where ref = (select branch_ref from bounds)
            ) as newest_commit,
            (
                select max(greatest(created_at, recorded_started_at, completed_at)) from repository_jobs
            ) as newest_job,
            (select max(inserted_at) from test_runs) as newest_test_row
    )
    select
        multiIf(
            (select count() from pushes) + (select count() from jobs) = 0,
            'no data: no CI rows are loaded; load some with signals load ci, or build the traces alone with --select tag:compile',
            (select count() from pushes) = 0,
            'no data: jobs are loaded and no pushes, which name the commits; load rows of push with signals load ci',
            (select count() from repository_pushes) = 0,
            concat(
                'no pushes of repository ',
                repository,
                '; loaded are those of: ',
                {{ near_names("repository", "pushes", window_var("repository")) }}
            ),
            (select count() from repository_pushes where ref = (select branch_ref from bounds)) = 0,
            concat(
                'no pushes to ',
                branch_ref,
                ' of ',
                repository,
                '; loaded are those to: ',
                {{ near_names("ref", "repository_pushes", window_var("branch_ref")) }}
            ),
            {{ sql_string(unknown_workflows) }} != '',
            concat(
                'no workflow ',
                {{ sql_string(unknown_workflows) }},
                ' in ',
                repository,
                '; loaded are jobs of: ',
                {{ near_names("workflow_name", "repository_jobs", unknown_workflows) }}
            ),
            concat(
                'no data: no commits of ',
                repository,
                ' on ',
                branch_ref,
                ' from ',
                {{ utc_text("starts_at") }},
                ' to ',
                {{ utc_text("as_of") }},
                ' (UTC). The newest commit is of ',
                {{ utc_text("newest_commit") }},
                ', the newest job of ',
                {{ utc_text("newest_job") }},
                ', the newest test row of ',
                {{ utc_text("newest_test_row") }},
                ': to see them, --as-of latest --hours ',
                toString(
                    greatest(
                        lookback_hours,
                        dateDiff('hour', newest_commit, greatest(newest_commit, newest_job, newest_test_row))
                        + 1
                    )
                )
            )
        ) as fault
    from bounds
    cross join newest
{% endmacro %}
