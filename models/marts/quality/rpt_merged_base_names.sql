-- one row per (workflow, base name) that jobs of several titles, configs or versions share
-- a table: rpt_data_quality reads it too
{{ config(order_by="(workflow_name, job_base_name)") }}

with
    jobs as (select * from {{ ref("int_window_jobs") }}),

    -- the regular expressions run once per name, not once per job
    names as (
        select
            workflow_name,
            job_base_name,
            job_name,
            count() as jobs,
            {{ job_title("job_name") }} as title,
            {{ job_configs("job_name") }} as configs,
            {{ job_versions("job_name") }} as versions,
            tuple(title, configs, versions) as variant
        from jobs
        group by workflow_name, job_base_name, job_name
    ),

    merged as (
        select
            workflow_name,
            job_base_name,
            toUInt64(sum(names.jobs)) as jobs,
            toUInt64(count()) as job_names,
            arraySort(groupUniqArray(title)) as titles,
            arraySort(groupUniqArrayArray(names.configs)) as configs,
            arraySort(groupUniqArrayArray(names.versions)) as versions,
            groupArray(job_name) as merged_names,
            groupArray(toString(variant)) as variants
        from names
        group by workflow_name, job_base_name
        having uniqExact(variant) > 1
    ),

    merged_jobs as (
        select jobs.job_id as job_id, merged.variants[indexOf(merged.merged_names, jobs.job_name)] as variant
        from jobs
        inner join
            merged on jobs.workflow_name = merged.workflow_name and jobs.job_base_name = merged.job_base_name
    ),

    -- the verdict of each variant's rows on a test in one attempt
    verdicts as (
        select
            runs.workflow_name as workflow_name,
            runs.job_base_name as job_base_name,
            groupUniqArrayIf(merged_jobs.variant, runs.is_failing) as failing_variants,
            groupUniqArrayIf(merged_jobs.variant, runs.is_passing) as passing_variants
        from {{ ref("int_test_runs") }} as runs
        inner join merged_jobs on runs.job_id = merged_jobs.job_id
        group by runs.attempt_id, runs.workflow_name, runs.job_base_name, runs.test_id
    ),

    -- one variant failed, another passed, and none did both: the test looks flaky and is not
    split as (
        select workflow_name, job_base_name, count() as split_verdicts
        from verdicts
        where
            notEmpty(failing_variants)
            and notEmpty(passing_variants)
            and not hasAny(failing_variants, passing_variants)
        group by workflow_name, job_base_name
    )

select
    merged.workflow_name as workflow_name,
    merged.job_base_name as job_base_name,
    merged.jobs as jobs,
    merged.job_names as job_names,
    merged.titles as titles,
    merged.configs as configs,
    merged.versions as versions,
    split.split_verdicts as split_verdicts
from merged
left join split on merged.workflow_name = split.workflow_name and merged.job_base_name = split.job_base_name
