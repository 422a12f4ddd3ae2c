-- one row per finding of a trace that reaches its rule's threshold, dearest first
{{ config(order_by="(trace, advice_number)") }}

with
    rules as (select * from {{ ref("advice_rules") }}),

    findings as (
        {% for model in [
            ref("int_advice_recompiles"),
            ref("rpt_failure_advice"),
            ref("int_advice_metrics"),
            ref("rpt_config_changes"),
        ] %}
            select {{ advice_columns() | join(", ") }}
            from {{ model }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    findings.trace as trace,
    row_number() over (
        partition by findings.trace
        order by
            ifNull(findings.cost_ms, -1) desc,
            findings.amount / rules.threshold desc,
            findings.rule,
            findings.finding,
            findings.page
    ) as advice_number,
    findings.rule as rule,
    rules.title as title,
    rules.what_to_do as what_to_do,
    findings.finding as finding,
    findings.detail as detail,
    findings.link as link,
    findings.amount as amount,
    rules.threshold as threshold,
    rules.threshold_unit as threshold_unit,
    findings.function as function,
    findings.function_file as function_file,
    findings.function_line as function_line,
    findings.times as times,
    findings.cost_ms as cost_ms,
    findings.display_names as display_names,
    findings.page as page
from findings
inner join rules on findings.rule = rules.rule
where findings.amount >= rules.threshold
