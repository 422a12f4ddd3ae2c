{% macro selected_sources() %}
    {#- The sources that the models of this run read. -#}
    {% set found = {} %}
    {% for id in selected_resources if id in graph.nodes and id.startswith("model.") %}
        {% for parent in graph.nodes[id].depends_on.nodes if parent.startswith("source.") %}
            {% do found.update({parent: graph.sources[parent]}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found.values() | list) }}
{% endmacro %}
