-- one row per metrics record of any kind: known keys typed, other keys and values of another type kept raw
-- A table: five models read it, and the JSON is parsed once.
{{ config(materialized="table", order_by="(trace, source_number, position)") }}

with
    records as (select * from {{ ref("int_compile_records") }} where {{ is_metrics_kind("kind") }}),

    paired as (
        select
            *,
            arrayMap(
                pair -> tuple(
                    tupleElement(pair, 1),
                    tupleElement(pair, 2),
                    {{ metric_key_type("tupleElement(pair, 1)") }},
                    {{ metric_value_type("tupleElement(pair, 2)") }}
                ),
                JSONExtractKeysAndValuesRaw(metadata)
            ) as entries
        from records
    ),

    -- JSONExtract would read "12" as 12 and 1.5 as 1, so values of another type are removed first
    sorted_out as (
        select
            * except (metadata, entries),
            arrayFilter(
                entry -> tupleElement(entry, 3) = tupleElement(entry, 4)
                or (tupleElement(entry, 3) = 'float' and tupleElement(entry, 4) = 'int'),
                entries
            ) as typed_entries,
            arrayFilter(
                entry -> not (
                    tupleElement(entry, 3) = tupleElement(entry, 4)
                    or (tupleElement(entry, 3) = 'float' and tupleElement(entry, 4) = 'int')
                    or (tupleElement(entry, 3) != '' and tupleElement(entry, 4) = 'null')
                ),
                entries
            ) as other_entries
        from paired
    ),

    typed as (
        select
            * except (typed_entries, other_entries),
            JSONExtract(
                concat(
                    '{',
                    arrayStringConcat(
                        arrayMap(
                            entry -> concat('"', tupleElement(entry, 1), '":', tupleElement(entry, 2)),
                            typed_entries
                        ),
                        ','
                    ),
                    '}'
                ),
                {{ metric_tuple_type() }}
            ) as known,
            arrayMap(
                entry -> tuple(tupleElement(entry, 1), tupleElement(entry, 2)), other_entries
            ) as other_pairs
        from sorted_out
    )

select
    record_id,
    trace,
    source_number,
    position,
    file,
    line_number,
    kind,
    rank,
    thread,
    compile_id,
    compile_base,
    display_name,
    attempt,
    occurrence,
    directory,
    concat(
        directory, '/', kind, if(record_number > 1, concat('_', toString(record_number)), ''), '.html'
    ) as page,
    round(
        coalesce(
            tupleElement(known, 'duration_us') / 1e3,
            tupleElement(known, 'entire_frame_compile_time_s') * 1e3,
            tupleElement(known, 'dynamo_cumulative_compile_time_us') / 1e3,
            tupleElement(known, 'backward_cumulative_compile_time_us') / 1e3
        ),
        3
    ) as total_ms,
    round(
        coalesce(
            tupleElement(known, 'backend_compile_time_s') * 1e3,
            tupleElement(known, 'aot_autograd_cumulative_compile_time_us') / 1e3,
            tupleElement(known, 'inductor_cumulative_compile_time_us') / 1e3
        ),
        3
    ) as backend_ms,
    other_pairs,
    known,
    -- the keys that later steps read; fct_compile_metrics has all of them
    {% for key in [
        "co_name",
        "co_filename",
        "co_firstlineno",
        "fail_type",
        "fail_reason",
        "fail_user_frame_filename",
        "fail_user_frame_lineno",
        "restart_reasons",
        "start_time",
        "start_time_us",
        "dynamo_compile_time_before_restart_us",
        "dynamo_time_before_restart_s",
    ] %}
        tupleElement(known, '{{ key }}') as {{ key }},
    {% endfor %}
    {{ cache_lookups("hit") }} as cache_hits,
    {{ cache_lookups("miss") }} as cache_misses
from typed
