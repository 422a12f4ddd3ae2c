{% macro test_failure_evidence(has_rule, has_failing_rows) -%}
    {#- What makes a failed job a test failure, as var test_failure_evidence says: rule, rows or either. -#}
    {% set tests = {
        "rule": has_rule,
        "rows": has_failing_rows,
        "either": "(" ~ has_rule ~ " or " ~ has_failing_rows ~ ")",
    } %}
    {% set chosen = var("test_failure_evidence") %}
    {% if chosen not in tests and exceptions is defined %}
        {{
            exceptions.raise_compiler_error(
                "var test_failure_evidence is '" ~ chosen ~ "': rule, rows or either"
            )
        }}
    {% endif %}
    {{- tests.get(chosen, has_rule) -}}
{%- endmacro %}
