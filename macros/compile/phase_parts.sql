{% macro phase_parts(times, total) -%}
    {#- Times of the phases (an array in the order of phase_names) as named parts; phases without time are left out. -#}
    arrayFilter(
        part -> tupleElement(part, 'time_ms') > 0,
        arrayMap(
            (name, phase_time) -> cast(
                tuple(
                    name,
                    round(phase_time, 3),
                    if(isFinite(phase_time / {{ total }}), phase_time / {{ total }}, 0)
                ),
                'Tuple(phase String, time_ms Float64, share Float64)'
            ),
            arraySlice({{ sql_string_array(phase_names()) }}, 1, length({{ times }})),
            {{ times }}
        )
    )
{%- endmacro %}
