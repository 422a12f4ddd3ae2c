-- one row per (incident, suspect): the commits that can be its culprit, the most probable first
-- a table: incidents, what to run next, the terminal and the pages read it
{{ config(order_by="(incident_id, suspect_number)") }}

with
    incident_signals as (select * from {{ ref("fct_incident_signals") }} where shared_rank > 0),

    suspects as (select * from {{ ref("int_signal_suspects") }} where commit_rank > 0),

    commits as (select commit_rank, head_sha from {{ ref("dim_commits") }}),

    reverted as (
        select distinct reverted_rank as commit_rank, 1 as is_reverted from {{ ref("int_reverts") }}
    ),

    sizes as (select incident_id, count() as signals from incident_signals group by incident_id),

    -- what each signal says by itself, given that it broke in the window
    opinions as (
        select
            incident_signals.incident_id as incident_id,
            suspects.signal_id as signal_id,
            suspects.commit_rank as commit_rank,
            suspects.own_probability
            / sum(suspects.own_probability) over (partition by suspects.signal_id) as own_share
        from suspects
        inner join incident_signals on suspects.signal_id = incident_signals.signal_id
    ),

    -- of several opinions a tenth each is spread over the window: a signal may belong to another incident
    products as (
        select
            opinions.incident_id as incident_id,
            opinions.commit_rank as commit_rank,
            sum(
                if(
                    signals = 1,
                    log(own_share),
                    log(1 + 9 * assumeNotNull((select count() from commits)) * own_share)
                )
            ) as evidence
        from opinions
        inner join sizes on opinions.incident_id = sizes.incident_id
        group by opinions.incident_id, opinions.commit_rank
    ),

    weighed as (
        select
            products.incident_id as incident_id,
            products.commit_rank as commit_rank,
            reverted.is_reverted as is_reverted,
            exp(evidence - max(evidence) over (partition by products.incident_id))
            * if(is_reverted = 1, {{ var("suspects_odds_reverted") }}, 1) as weight
        from products
        left join reverted on products.commit_rank = reverted.commit_rank
    ),

    rounded as (
        select *, round(weight / sum(weight) over (partition by incident_id), 6) as probability from weighed
    ),

    ordered as (
        select
            *,
            row_number() over most_probable_first as suspect_number,
            sum(probability) over most_probable_first - probability as more_probable
        from rounded
        window
            most_probable_first as (
                partition by incident_id
                order by probability desc, commit_rank asc
                rows between unbounded preceding and current row
            )
    )

select
    ordered.incident_id as incident_id,
    ordered.suspect_number as suspect_number,
    ordered.commit_rank as commit_rank,
    commits.head_sha as head_sha,
    ordered.probability as probability,
    cast(ordered.more_probable < 0.9 - 1e-9 as Bool) as is_in_90,
    cast(ordered.is_reverted as Bool) as is_reverted
from ordered
inner join commits on ordered.commit_rank = commits.commit_rank
where is_in_90 or probability >= 0.001
