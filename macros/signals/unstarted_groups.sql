{% macro unstarted_groups() -%}
    {#-
        The rest of int_attempt_groups with var unstarted_jobs `pending`: a group per base name that the workflow ran
        elsewhere in the window and has neither begun nor skipped in a run that is under way. Nothing by default.
    -#}
    {%- if policy("unstarted_jobs", ["absent", "pending"]) == "pending" %}
        union all
        select
            {{ attempt_id() }} as attempt_id,
            head_sha,
            workflow_name,
            job_base_name,
            run_id,
            run_attempt,
            started_at,
            toUInt64(0) as jobs,
            true as has_pending,
            false as has_cancelled,
            false as has_failures,
            false as has_non_test_failures,
            false as has_test_failures,
            false as is_all_successful,
            link_job_id
        from
            (
                select
                    head_sha,
                    workflow_name,
                    run_id,
                    max(counted_jobs.run_attempt) as run_attempt,
                    min(counted_jobs.started_at) as started_at,
                    argMin(job_id, job_order) as link_job_id
                from counted_jobs
                where is_pending
                group by head_sha, workflow_name, run_id
            ) as running
        inner join
            (select distinct workflow_name, job_base_name from counted_jobs) as bases using (workflow_name)
        left anti join (select run_id, job_base_name from jobs) as begun using (run_id, job_base_name)
    {%- endif %}
{%- endmacro %}
