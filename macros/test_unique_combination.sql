{% test unique_combination(model, columns) %}
    {#- Fails with one row for every combination of `columns` that stands more than once. -#}
    select {{ columns | join(", ") }}, count() as copies
    from {{ model }}
    group by {{ columns | join(", ") }}
    having copies > 1
{% endtest %}
