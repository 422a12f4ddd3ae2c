{% macro log_evidence(prior, failures, successes) -%}
    {#-
        Log of the chance of these failures and successes, in the order they came, when the failure rate is
        unknown and has the Beta prior of this var: log B(a + failures, b + successes) - log B(a, b).
    -#}
    {%- set rate = var(prior) -%}
    (
        lgamma({{ rate[0] }} + ({{ failures }}))
        + lgamma({{ rate[1] }} + ({{ successes }}))
        - lgamma({{ rate[0] + rate[1] }} + ({{ failures }}) + ({{ successes }}))
        - (lgamma({{ rate[0] }}) + lgamma({{ rate[1] }}) - lgamma({{ rate[0] + rate[1] }}))
    )
{%- endmacro %}
