{% macro failure_headline(reason) -%}
    {#-
        The line of an exception's message that says what happened. It is the first; where the first only announces it,
        what it announces follows: the error of an operation on fake tensors, the last line of a message about a kernel
        or a subprocess, else the next line.
    -#}
    {%- set lines = (
        "arrayFilter(line -> line != '', arrayMap(line -> trimBoth(line), splitByChar('\\n', "
        ~ reason
        ~ ")))"
    ) -%}
    {%- set ends_with_cause = "CompilationError: at [0-9:]+$|An exception occurred in a subprocess:$" -%}
    multiIf(
        startsWith({{ reason }}, 'RuntimeError when making fake tensor call\n')
        and match({{ reason }}, ': got [^\n]'),
        concat({{ lines }} [1], ': ', extract({{ reason }}, ': got ([^\n]+)')),
        not endsWith({{ lines }} [1], ':') or length({{ lines }}) < 2,
        {{ lines }} [1],
        match({{ lines }} [1], '{{ ends_with_cause }}'),
        concat({{ lines }} [1], ' ', {{ lines }} [-1]),
        match({{ lines }} [2], '{{ ends_with_cause }}'),
        concat({{ lines }} [1], ' ', {{ lines }} [2], ' ', {{ lines }} [-1]),
        concat({{ lines }} [1], ' ', {{ lines }} [2])
    )
{%- endmacro %}
