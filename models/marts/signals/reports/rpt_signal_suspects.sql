-- one row per (signal, suspect): the commits that can have broken it, the most probable first
-- a table: incidents, the terminal and the pages read it
{{ config(order_by="(signal_id, suspect_number)") }}

with
    suspects as (select * from {{ ref("int_signal_suspects") }} where commit_rank > 0),

    commits as (select commit_rank, head_sha from {{ ref("dim_commits") }}),

    rounded as (select signal_id, commit_rank, round(suspects.probability, 6) as probability from suspects),

    -- of equally probable commits the newest comes first: it is the one that failed
    ordered as (
        select
            *,
            row_number() over most_probable_first as suspect_number,
            sum(probability) over most_probable_first - probability as more_probable,
            sum(probability) over (partition by signal_id) as all_suspects
        from rounded
        window
            most_probable_first as (
                partition by signal_id
                order by probability desc, commit_rank asc
                rows between unbounded preceding and current row
            )
    )

select
    ordered.signal_id as signal_id,
    ordered.suspect_number as suspect_number,
    ordered.commit_rank as commit_rank,
    commits.head_sha as head_sha,
    ordered.probability as probability,
    -- rounding must not add a suspect
    cast(ordered.more_probable < 0.9 * ordered.all_suspects - 1e-9 as Bool) as is_in_90
from ordered
inner join commits on ordered.commit_rank = commits.commit_rank
where is_in_90 or probability >= 0.001
