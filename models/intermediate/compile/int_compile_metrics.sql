-- one row per metrics record of any kind: known keys typed, the rest (unknown, or of another type) kept raw
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

    -- JSONExtract reads "12" as 12 and 1.5 as 1: a value of another type is left out before it gets there
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
    )

select
    * except (typed_entries, other_entries),
    JSONExtract(
        concat(
            '{',
            arrayStringConcat(
                arrayMap(
                    entry -> concat('"', tupleElement(entry, 1), '":', tupleElement(entry, 2)), typed_entries
                ),
                ','
            ),
            '}'
        ),
        {{ metric_tuple_type() }}
    ) as known,
    arrayMap(entry -> tuple(tupleElement(entry, 1), tupleElement(entry, 2)), other_entries) as other_pairs
from sorted_out
