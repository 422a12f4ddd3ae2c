{% macro cache_lookups(result) -%}
    {#- How many lookups in the caches of Inductor and AOT autograd, local and remote, were a `hit` or a `miss`. -#}
    {%- for cache in [
        "inductor_fx_local",
        "inductor_fx_remote",
        "aotautograd_local",
        "aotautograd_remote",
    ] -%}
        ifNull(tupleElement(known, '{{ cache }}_cache_{{ result }}_count'), 0)
        {%- if not loop.last %} + {% endif -%}
    {%- endfor -%}
{%- endmacro %}
