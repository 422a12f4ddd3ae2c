{% test unique_combination(model, columns, nullable=[]) %}
    {#- Fails with one row for every combination of `columns` that stands more than once, or has a null in it
        outside of the `nullable` ones. -#}
    select {{ columns | join(", ") }}, count() as copies
    from {{ model }}
    group by {{ columns | join(", ") }}
    having
        copies > 1 {% for column in columns if column not in nullable %} or {{ column }} is null {% endfor %}
{% endtest %}
