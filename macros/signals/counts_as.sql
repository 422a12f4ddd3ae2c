{% macro counts_as(status) -%}
    {#-
        Whether a verdict of int_test_verdicts gives an event of this status, failure or success. Var
        failed_and_passed says what a test gives that did both in one attempt.
    -#}
    {%- set chosen = policy("failed_and_passed", ["both", "success", "flaky"]) -%}
    {%- if chosen == "both" or (chosen == "success" and status == "success") -%} has_{{ status }}
    {%- else -%} (has_{{ status }} and not (has_failure and has_success))
    {%- endif -%}
{%- endmacro %}
