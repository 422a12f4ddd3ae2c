{% macro stack_text(stack) -%}
    {#- A stack of frames (frame_of_row) as text: `file:line in function`, the code below it, outermost first. -#}
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
