-- one row per event of a trace in the format that Perfetto reads: torch's spans, else one span per metrics
-- record
{{ config(materialized="view") }}

with
    payloads as (select * from {{ ref("int_trace_payloads") }} where payload_name = 'chromium_event'),

    metrics as (select * from {{ ref("int_compile_metrics") }}),

    spans as (
        select
            trace,
            rank,
            source_number,
            line_number as position,
            concat(
                {% for part, missing in [
                    ("name", '""'),
                    ("cat", '""'),
                    ("ph", '"i"'),
                    ("ts", "0"),
                    ("tid", "0"),
                    ("args", "{}"),
                ] %}
                    '"{{ part }}":',
                    if(
                        JSONHas(payload, '{{ part }}'),
                        JSONExtractRaw(payload, '{{ part }}'),
                        {{ sql_string(missing) }}
                    ),
                    ','
                    {%- if not loop.last %}, {% endif %}
                {% endfor %}
            ) as members
        from payloads
    ),

    -- a log without spans (older torch, intermediate files) still has when each compilation began and ended
    compilations as (
        select
            trace,
            rank,
            source_number,
            position,
            concat(
                '"name":',
                toJSONString(concat(display_name, ' ', ifNull(co_name, kind))),
                ',"cat":"compilation_metrics","ph":"X","ts":',
                toString(toDecimal64(coalesce(toFloat64(start_time_us), start_time * 1e6), 1)),
                ',"dur":',
                toString(toDecimal64(ifNull(metrics.total_ms, 0) * 1e3, 1)),
                ',"tid":0,"args":{"compile_id":',
                toJSONString(compile_id),
                ',"kind":',
                toJSONString(kind),
                '},'
            ) as members
        from metrics
        where
            coalesce(toFloat64(start_time_us), start_time) between 0 and 1e17
            and (trace, source_number) not in (select trace, source_number from payloads)
    ),

    events as (
        select trace, rank, source_number, position, assumeNotNull(members) as members
        from spans
        union all
        select trace, rank, source_number, position, assumeNotNull(members) as members
        from compilations
    ),

    ranked as (select distinct trace from events where rank is not null),

    -- a process per rank; a file without a rank is a process of its own, behind the ranks
    processes as (
        select
            *,
            if(
                rank is null,
                source_number + if(trace in (select trace from ranked), 1000000, 0),
                toUInt64(abs(rank))
            ) as process_id,
            if(
                rank is null, concat('file ', toString(source_number)), concat('rank ', toString(rank))
            ) as process_name
        from events
    )

select
    trace,
    rank,
    assumeNotNull(process_id) as process_id,
    source_number,
    position,
    concat('{', members, '"pid":', toString(assumeNotNull(process_id)), '}') as event_json
from processes
union all
select
    trace,
    rank,
    assumeNotNull(process_id) as process_id,
    min(source_number) as source_number,
    toUInt64(0) as position,
    concat(
        '{"name":"process_name","ph":"M","ts":0,"tid":0,"args":{"name":',
        assumeNotNull(toJSONString(any(process_name))),
        '},"pid":',
        toString(assumeNotNull(process_id)),
        '}'
    ) as event_json
from processes
group by trace, rank, process_id
