-- a signal with a verdict on some commit that nobody judged, or whose suspects do not add up to what its
-- verdict says
with
    signal_commits as (select * from {{ ref("int_signal_commits") }}),

    verdicts as (select * from {{ ref("rpt_signal_verdicts") }}),

    suspects as (
        select signal_id, sum(probability) as suspected, countIf(is_in_90) as in_90
        from {{ ref("rpt_signal_suspects") }}
        group by signal_id
    ),

    seen as (select distinct signal_id from signal_commits where outcome != 'pending')

select seen.signal_id as signal_id, verdicts.probability_broken as probability_broken, suspects.suspected
from seen
left join verdicts on seen.signal_id = verdicts.signal_id
left join suspects on seen.signal_id = suspects.signal_id
where
    verdicts.verdict = ''
    or not (verdicts.probability_broken between 0 and 1)
    or not (verdicts.probability_broken_now <= verdicts.probability_broken + 1e-5)
    or suspects.suspected > verdicts.probability_broken - verdicts.probability_broken_before + 1e-3
    -- the suspects that are left out have less than 0.1 % each
    or (suspects.suspected > 0 and suspects.in_90 = 0)
