{% macro metric_keys() %}
    {#- The keys of torch 2.13's metrics records and their types; what they mean is in seeds/compile/metric_keys.csv,
        which lists the same keys (a data test compares them). -#}
    {{ return({
        "string": [
            "compile_id", "frame_key", "co_name", "co_filename", "fail_type", "fail_reason",
            "fail_user_frame_filename", "graph_node_shapes", "dynamo_config", "compiler_config",
            "inductor_config", "inductor_fx_remote_cache_backend_type", "inductor_fx_remote_cache_hit_keys",
            "inductor_fx_remote_cache_miss_keys", "cuda_version", "triton_version", "recompile_reason",
            "triton_kernel_compile_times_us", "cudagraph_skip_reason", "python_version", "pytorch_version",
            "inductor_provenance", "functorch_config",
        ],
        "int": [
            "co_firstlineno", "cache_size", "accumulated_cache_size", "guard_count",
            "shape_env_guard_count", "graph_op_count", "graph_node_count", "graph_input_count",
            "fail_user_frame_lineno", "num_triton_bundles", "remote_fx_graph_cache_get_time_ms",
            "remote_fx_graph_cache_put_time_ms", "start_time_us", "duration_us",
            "dynamo_cumulative_compile_time_us", "aot_autograd_cumulative_compile_time_us",
            "inductor_cumulative_compile_time_us", "inductor_code_gen_cumulative_compile_time_us",
            "triton_compile_time_us", "runtime_cudagraphify_time_us", "runtime_triton_autotune_time_us",
            "dynamo_compile_time_before_restart_us", "distributed_ephemeral_timeout_us",
            "structured_logging_overhead_us", "remote_fx_graph_cache_get_time_us",
            "remote_fx_graph_cache_put_time_us", "backward_cumulative_compile_time_us", "end_time_us",
            "pre_grad_pass_time_us", "post_grad_pass_time_us", "joint_graph_pass_time_us",
            "log_format_version", "remote_cache_version", "inductor_fx_remote_cache_hit_count",
            "inductor_fx_remote_cache_miss_count", "inductor_fx_local_cache_hit_count",
            "inductor_fx_local_cache_miss_count", "aotautograd_remote_cache_hit_count",
            "aotautograd_remote_cache_miss_count", "aotautograd_local_cache_hit_count",
            "aotautograd_local_cache_miss_count", "compile_time_autotune_time_us", "gc_time_us",
            "guard_latency_us", "num_graph_breaks", "ir_count", "pgo_put_remote_code_state_time_us",
            "pgo_get_remote_code_state_time_us", "param_numel", "param_bytes", "param_count",
        ],
        "float": [
            "start_time", "entire_frame_compile_time_s", "backend_compile_time_s",
            "inductor_compile_time_s", "code_gen_time_s", "dynamo_time_before_restart_s",
            "remote_cache_time_saved_s", "structured_logging_overhead_s",
        ],
        "bool": [
            "has_guarded_code", "config_suppress_errors", "config_inline_inbuilt_nn_modules",
            "specialize_float", "is_forward", "is_runtime", "tensorify_float_attempt",
            "tensorify_float_success", "inline_inbuilt_nn_modules_candidate",
        ],
        "list": [
            "non_compliant_ops", "compliant_custom_ops", "restart_reasons", "stack_trace",
            "exception_stack_trace", "tensorify_float_failure", "recompile_user_contexts",
        ],
        "map": [
            "feature_usage",
        ],
    }) }}
{% endmacro %}
