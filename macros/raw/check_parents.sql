{% macro check_parents() %}
    {#-
        Stops a `signals build --select` when chosen nodes read a model or seed that is neither there nor chosen, and
        names these nodes: `signals build` then runs again without them. Else they would fail when their turn comes.
    -#}
    {% set there = [] %}
    {% set tables = "select name from system.tables where database = " ~ sql_string(target.schema) %}
    {% for row in run_query(tables) %} {% do there.append(row[0]) %} {% endfor %}
    {% set chosen = selected_resources | select("in", graph.nodes) | list %}
    {% set left_out = [] %}
    {% set names = [] %}
    {% for step in range(30) %}  {#- more than the longest chain of models -#}
        {% for id in chosen if id not in left_out %}
            {% for parent in graph.nodes[id].depends_on.nodes if parent in graph.nodes %}
                {% set is_made = parent in chosen and parent not in left_out %}
                {% if not is_made and graph.nodes[parent].alias not in there and id not in left_out %}
                    {% do left_out.append(id) %} {% do names.append(graph.nodes[id].name) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {% if names %}
        {% do exceptions.raise_compiler_error("cannot run yet: " ~ names | join(" ")) %}
    {% endif %}
{% endmacro %}
