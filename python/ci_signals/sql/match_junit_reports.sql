-- one row per report of `pending`: its job, or why it has none yet and which jobs it may be of
-- A job is named by its id, or by run, attempt and name if exactly one fits. Names are compared without the
-- characters that an artifact's name cannot have. A job that has not ended has no time for its test runs yet.
with
    reports as (
        select
            *,
            trim(
                both '-' from replaceRegexpAll(lowerUTF8(named_job_name), '[^\\pL\\pN]+', '-')
            ) as plain_job_name
        from pending
        order by load_id, report_number
        -- a copy of a report that is named in the same way is no further report
        limit 1 by digest, file_name, named_job_id, named_run_id, named_run_attempt, named_job_name
    ),

    -- of a job's versions a completed one counts, then the latest
    jobs as (
        select
            id as job_id,
            argMax(
                tuple(
                    run_id,
                    run_attempt,
                    name,
                    if(status = 'completed', toDateTime64(completed_at, 9, 'UTC'), toDateTime64(0, 9, 'UTC'))
                ),
                tuple(status = 'completed', completed_at, started_at)
            ) as version
        from named_jobs
        group by id
    ),

    loaded_jobs as (
        select
            job_id,
            tupleElement(version, 1) as run_id,
            tupleElement(version, 2) as run_attempt,
            tupleElement(version, 3) as job_name,
            tupleElement(version, 4) as ended_at,
            trim(both '-' from replaceRegexpAll(lowerUTF8(job_name), '[^\\pL\\pN]+', '-')) as plain_job_name,
            tuple(job_id, job_name, run_id, run_attempt, ended_at, plain_job_name) as job
        from jobs
    ),

    by_id as (select job_id, [job] as fitting from loaded_jobs),

    by_run as (
        select run_id, run_attempt, arraySort(groupArray(job)) as run_jobs
        from loaded_jobs
        group by run_id, run_attempt
    ),

    compared as (
        select
            reports.*,
            by_run.run_jobs as run_jobs,
            if(
                named_job_id != 0,
                by_id.fitting,
                arrayFilter(job -> tupleElement(job, 6) = plain_job_name, run_jobs)
            ) as fitting
        from reports
        left join by_id on reports.named_job_id = by_id.job_id
        left join
            by_run on reports.named_run_id = by_run.run_id and reports.named_run_attempt = by_run.run_attempt
    ),

    reasoned as (
        select
            *,
            multiIf(
                length(fitting) = 1 and toUnixTimestamp64Second(tupleElement(fitting[1], 5)) > 0,
                '',
                length(fitting) = 1,
                concat('job ', toString(tupleElement(fitting[1], 1)), ' has not ended'),
                named_job_id != 0,
                concat('job ', toString(named_job_id), ' is not loaded'),
                concat(
                    if(empty(fitting), 'no loaded job', concat(toString(length(fitting)), ' loaded jobs')),
                    ' of run ',
                    toString(named_run_id),
                    ', attempt ',
                    toString(named_run_attempt),
                    ', named ',
                    named_job_name
                )
            ) as reason,
            if(reason = '', tupleElement(fitting[1], 1), 0) as job_id
        from compared
    ),

    -- a report that was loaded for this job from another path keeps the path that it had first
    known as (
        select digest, file_name, job_id, argMin(file, tuple(updated_at, report_number)) as first_file
        from known_reports
        group by digest, file_name, job_id
    )

select
    reasoned.digest as digest,
    reasoned.file_name as file_name,
    named_job_id,
    named_run_id,
    named_run_attempt,
    named_job_name,
    named_by,
    if(known.first_file = '', reasoned.file, known.first_file) as file,
    load_id,
    report_number,
    testcases,
    reasoned.job_id as job_id,
    tupleElement(fitting[1], 3) as run_id,
    tupleElement(fitting[1], 4) as run_attempt,
    tupleElement(fitting[1], 5) as completed_at,
    reason,
    arrayMap(
        job -> (tupleElement(job, 1), tupleElement(job, 2)),
        arraySlice(multiIf(reason = '', [], empty(fitting), run_jobs, fitting), 1, 50)
    ) as candidates
from reasoned
left join
    known
    on reasoned.digest = known.digest
    and reasoned.file_name = known.file_name
    and reasoned.job_id = known.job_id
