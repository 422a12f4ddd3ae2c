{% macro window_bounds(pushes, jobs, test_runs) -%}
    {#-
        A query of one row: the window that the variables ask for. The arguments are relations like the staging
        models; they are read only for `as_of: latest`, the newest time in the rows of the repository.
    -#}
    select
        {% if window_var("as_of") == "latest" -%}
            assumeNotNull(
                greatest(
                    (
                        select max(pushed_at)
                        from {{ pushes }}
                        where
                            repository = {{ sql_string(window_var("repository")) }}
                            and ref = {{ sql_string(window_var("branch_ref")) }}
                    ),
                    (
                        select max(greatest(created_at, recorded_started_at, completed_at))
                        from {{ jobs }}
                        where repository = {{ sql_string(window_var("repository")) }}
                    ),
                    (
                        select max(inserted_at)
                        from {{ test_runs }}
                        where
                            job_id in (
                                select job_id
                                from {{ jobs }}
                                where repository = {{ sql_string(window_var("repository")) }}
                            )
                    )
                )
            )
        {%- elif window_var("as_of") -%}
            parseDateTime64BestEffort({{ sql_string(window_var("as_of")) }}, 9, 'UTC')
        {%- else -%} now64(9, 'UTC')
        {%- endif %} as as_of,
        as_of - toIntervalHour(lookback_hours) as starts_at,
        toUInt32({{ window_var("lookback_hours") | int }}) as lookback_hours,
        {{ sql_string(window_var("repository")) }} as repository,
        {{ sql_string(window_var("branch_ref")) }} as branch_ref,
        {{ sql_string(window_var("server_url")) }} as server_url,
        {{ sql_string_array(window_var("workflows")) }} as workflows
{%- endmacro %}
