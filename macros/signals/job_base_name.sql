{% macro job_base_name(name) -%}
    {#-
        The name that all shards of a job share (DESIGN rule 3):
        `linux / test (default, 1, 5, gpu)` -> `linux / test`.
    -#}
    trim(
        both ' '
        from
            replaceRegexpAll(
                replaceRegexpAll(replaceRegexpOne({{ name }}, '\\s*\\(.*\\)$', ''), ', \\d+, \\d+, ', ', '), '\\s+', ' '
            )
    )
{%- endmacro %}
