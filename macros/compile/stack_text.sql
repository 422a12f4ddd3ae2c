{% macro stack_text(stack) -%}
    {#- A stack (an array of frame_of_row) as text, outermost frame first: `file:line in function`, then the code. -#}
    arrayStringConcat(
        arrayMap(
            frame -> concat(
                tupleElement(frame, 'file'),
                ':',
                ifNull(toString(tupleElement(frame, 'line')), '?'),
                ' in ',
                tupleElement(frame, 'name'),
                if(tupleElement(frame, 'code') = '', '', concat('\n    ', tupleElement(frame, 'code')))
            ),
            {{ stack }}
        ),
        '\n'
    )
{%- endmacro %}
