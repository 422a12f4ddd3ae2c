{% macro wilson_bound(hits, trials, side) -%}
    {#-
        One side ('low' or 'high') of the 95% Wilson interval of hits / trials, with four decimals. The interval is
        wide for few trials: after one hit in one trial the share alone would say 100%. Without trials it is 0 to 1.
    -#}
    {%- set sign, unknown = {"low": ("-", "0."), "high": ("+", "1.")}[side] -%}
    {%- set share = "(" ~ hits ~ " / " ~ trials ~ ")" -%}
    {%- set squared = "(1.96 * 1.96 / " ~ trials ~ ")" -%}
    if(
        {{ trials }} = 0,
        {{ unknown }},
        round(
            (
                {{ share }}
                + {{ squared }}
                / 2 {{ sign }} sqrt({{ squared }} * ({{ share }} * (1 - {{ share }}) + {{ squared }} / 4))
            )
            / (1 + {{ squared }}),
            4
        )
    )
{%- endmacro %}
