/// What evidence keeps with its text, and why; everything else is withheld whatever it says.
enum KeptNames {
    /// Names by reason.
    static let texts: [(reason: String, names: String)] = [
        (
            "the conversation that a span belongs to",
            """
            $ai_session_id ai.telemetry.metadata.conversationId ai.telemetry.metadata.sessionId
            ai.telemetry.metadata.threadId chat.session.id chat_id conversation.id conversationId conversation_id
            gen_ai.conversation.id gen_ai.conversation_id gen_ai.openai.thread.id gen_ai.session.id
            gen_ai.thread.id gen_ai.thread_id genkit:sessionId group_id langfuse.session.id
            langsmith.metadata.conversation_id langsmith.metadata.session_id langsmith.metadata.thread_id
            langwatch.thread.id litellm.metadata.session_id lmnr.association.properties.session_id mastra.threadId
            metadata.session_id mlflow.trace.session session.id sessionId session_id threadId thread_id
            traceloop.association.properties.conversation_id traceloop.association.properties.session_id
            traceloop.association.properties.thread_id
            """
        ),
        (
            "of whom it is: tenant, team, cost centre, channel, topic, experiment",
            """
            ai.telemetry.metadata.channel ai.telemetry.metadata.cost_center ai.telemetry.metadata.cost_centre
            ai.telemetry.metadata.experiment ai.telemetry.metadata.team ai.telemetry.metadata.tenant
            ai.telemetry.metadata.topic ai.telemetry.metadata.variant app.channel channel conversation.channel
            langfuse.observation.metadata.channel langfuse.observation.metadata.cost_center
            langfuse.observation.metadata.cost_centre langfuse.observation.metadata.experiment
            langfuse.observation.metadata.team langfuse.observation.metadata.tenant
            langfuse.observation.metadata.topic langfuse.observation.metadata.variant
            langfuse.trace.metadata.channel langfuse.trace.metadata.cost_center langfuse.trace.metadata.cost_centre
            langfuse.trace.metadata.experiment langfuse.trace.metadata.team langfuse.trace.metadata.tenant
            langfuse.trace.metadata.topic langfuse.trace.metadata.variant langsmith.metadata.channel
            langsmith.metadata.cost_center langsmith.metadata.cost_centre langsmith.metadata.experiment
            langsmith.metadata.team langsmith.metadata.tenant langsmith.metadata.topic langsmith.metadata.variant
            support.channel support.tenant tenant traceloop.association.properties.channel
            traceloop.association.properties.cost_center traceloop.association.properties.cost_centre
            traceloop.association.properties.experiment traceloop.association.properties.team
            traceloop.association.properties.tenant traceloop.association.properties.topic
            traceloop.association.properties.variant
            """
        ),
        (
            "which model, whose, and in what tier",
            """
            ai.model.id ai.model.provider ai.response.model anthropic.request.model anthropic.response.model
            anthropic.response.service_tier cloud.provider embedding.model_name error.llm_provider
            gen_ai.openai.response.service_tier gen_ai.provider.name gen_ai.request.model gen_ai.response.model
            gen_ai.response.system_fingerprint gen_ai.system langfuse.observation.metadata.ls_model_name
            langfuse.observation.model.name langsmith.metadata.ls_model_name langsmith.metadata.ls_provider
            litellm.model_group litellm.provider.error.code litellm.provider.error.llm_provider
            litellm.provider.model litellm.service_tier llm.model_name llm.openai.model llm.openai.service_tier
            llm.openai.system_fingerprint llm.provider llm.request.model_name llm.response.model_name llm.system
            lmnr.request.model lmnr.response.model mlflow.llm.model mlflow.llm.provider model_id model_name
            newrelic.vendor openai.response.service_tier openai.response.system_fingerprint
            traceloop.association.properties.ls_model_name traceloop.association.properties.ls_model_type
            traceloop.association.properties.ls_provider
            """
        ),
        (
            "what was done, and what it came to",
            """
            ai.operationId ai.response.finishReason ai.telemetry.functionId anthropic.message.stop_reason
            braintrust.span_attributes.type call_type code.function code.function.name code.lineno db.operation
            db.operation.name error.code error.type event_loop.cycle_id event_loop.parent_cycle_id
            gen_ai.evaluation.name gen_ai.evaluation.score.label gen_ai.operation.name gen_ai.operation.source
            gen_ai.response.finish_reason gen_ai.response.finish_reasons gen_ai.response.status gen_ai.task.kind
            gen_ai.task.status gen_ai.tool.status genkit:metadata:subtype http.response.status_code
            http.status_code langfuse.observation.level langfuse.observation.type langsmith.span.kind
            langwatch.span.type litellm.call_type llm.finish_reason llm.openai.created llm.openai.object
            llm.openai.stream llm.request.type lmnr.span.type logfire.level_num logfire.msg_template
            logfire.span_type mastra.span.type mlflow.spanType openai.api.type openinference.project.name
            openinference.span.kind openlit.agent.version_hash plimsoll.escalation.queue plimsoll.escalation.reason
            plimsoll.feedback.kind plimsoll.outcome plimsoll.outcome.by plimsoll.outcome.certainty sdk_span_type
            sentry.op spring.ai.kind traceloop.association.properties.langgraph_node
            traceloop.association.properties.langgraph_step traceloop.association.properties.lc_agent_name
            traceloop.association.properties.ls_integration traceloop.entity.name traceloop.entity.path
            traceloop.entity.version traceloop.prompt.key traceloop.prompt.version traceloop.span.kind
            traceloop.workflow.name voltagent.span.type
            """
        ),
        (
            "ids of calls, runs and answers, drawn by programs",
            """
            agent_trace_id agno.agent.id agno.run.id ai.response.id ai.toolCall.id anthropic.request.id
            anthropic.response.id aws.session.id browser.session.id crew_id crew_key db.session.id
            gcp.vertex.agent.event_id gcp.vertex.agent.invocation_id gen_ai.agent.call.id gen_ai.agent.id
            gen_ai.data_source.id gen_ai.response.id gen_ai.task.id gen_ai.task.parent.id gen_ai.tool.call.id
            graph.node.id graph.node.parent_id langsmith.trace.session_id litellm.call_id litellm.team.id
            llm.openai.id metadata.team_id metadata.user_api_key_team_id network.session.id plimsoll.escalation.id
            response_id service.instance.id task_id task_key tool.id tool_call.id
            """
        ),
        (
            "names that programs have: agents, tools, prompts, services, functions, releases",
            """
            agent.name agent_name agno.agent ai.settings.maxRetries ai.toolCall.name cloud.availability_zone
            cloud.platform cloud.region crewai_version db.system db.system.name deployment.environment
            deployment.environment.name exception.type from_agent gen_ai.agent.name gen_ai.agent.version
            gen_ai.conversation.compacted gen_ai.event.end_time gen_ai.event.start_time gen_ai.framework
            gen_ai.is_streaming gen_ai.latency.e2e gen_ai.output.type gen_ai.prompt.name gen_ai.prompt.version
            gen_ai.request.is_stream gen_ai.request.stream gen_ai.sdk.version gen_ai.task.name gen_ai.token.type
            gen_ai.tool.N.name gen_ai.tool.name gen_ai.tool.type gen_ai.workflow.name graph.node.name
            guardrail.name http.method http.request.method http.route input.mime_type langfuse.environment
            langfuse.observation.prompt.name langfuse.observation.prompt.version langfuse.release
            langfuse.trace.public langfuse.version langsmith.trace.session_name litellm.preprocessing.duration_ms
            litellm.request.route litellm.request.streaming litellm.request.tools.declared litellm.team.alias
            llm.is_streaming llm.prompt_template.version metadata.team_alias metadata.user_api_key_spend name
            network.protocol.version output.mime_type output_type pydantic_ai.new_message_index python_version
            rpc.method rpc.service rpc.system rpc.system.name sentry.origin sentry.sample_rate sentry.source
            server.port service service.name service.namespace service.version span.name telemetry.auto.version
            telemetry.distro.name telemetry.distro.version telemetry.sdk.language telemetry.sdk.name
            telemetry.sdk.version to_agent tool.name turn type url.scheme
            """
        ),
    ]

    /// Ends of names under which applications put the conversation's id.
    static let conversationEnds = [
        ".conversation_id", ".conversation.id", ".conversationId", ".session_id", ".session.id", ".sessionId",
        ".thread_id", ".threadId", ".chat_id",
    ]

    /// Settings of calls: numbers, yes and no, and words that settings are chosen from.
    static let settings = """
        anthropic.request.max_tokens anthropic.request.service_tier anthropic.request.stream
        anthropic.request.temperature anthropic.request.thinking.budget_tokens anthropic.request.thinking.type
        anthropic.request.tool_choice.type anthropic.request.top_k anthropic.request.top_p anthropic.response.role
        anthropic.response.type gen_ai.openai.request.response_format gen_ai.openai.request.seed
        gen_ai.openai.request.service_tier gen_ai.request.background gen_ai.request.choice.count
        gen_ai.request.dimensions gen_ai.request.embedding_dimension gen_ai.request.encoding_formats
        gen_ai.request.frequency_penalty gen_ai.request.logprobs gen_ai.request.max_completion_tokens
        gen_ai.request.max_output_tokens gen_ai.request.max_retries gen_ai.request.max_tokens gen_ai.request.min_p
        gen_ai.request.n gen_ai.request.parallel_tool_calls gen_ai.request.presence_penalty
        gen_ai.request.reasoning.effort gen_ai.request.reasoning.level gen_ai.request.reasoning_effort
        gen_ai.request.repetition_penalty gen_ai.request.response_format gen_ai.request.seed
        gen_ai.request.service_tier gen_ai.request.store gen_ai.request.temperature gen_ai.request.thinking_budget
        gen_ai.request.thinking_tokens gen_ai.request.timeout gen_ai.request.tool_choice gen_ai.request.top_k
        gen_ai.request.top_logprobs gen_ai.request.top_p gen_ai.request.truncation gen_ai.request.type
        gen_ai.response.choices gen_ai.response.created gen_ai.response.object http.request.body.size
        http.request.size http.response.body.size langfuse.internal.as_root langfuse.internal.is_app_root
        llm.frequency_penalty llm.presence_penalty llm.request.reasoning_effort llm.top_k
        openai.request.service_tier openlit.guard.score openlit.stream pydantic_ai.cache.established_tokens
        pydantic_ai.cache.hit_ratio pydantic_ai.tool.retry.attempt pydantic_ai.tool.retry.cause
        pydantic_ai.tool.retry.max_retries rpc.grpc.status_code rpc.jsonrpc.version rpc.response.status_code
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    /// Words of names that count what is paid for; under them numbers stay.
    static let countingWords = ["usage", "token", "cost", "spend"]

    /// Other numbers: times, scores, counts of tries and dimensions.
    static let numbers: Set = [
        "ai.response.msToFirstChunk", "gen_ai.client.operation.time_to_first_chunk",
        "gen_ai.embeddings.dimension.count", "gen_ai.evaluation.score.value", "gen_ai.latency.time_in_queue",
        "gen_ai.latency.e2e",
        "gen_ai.response.time_to_first_chunk", "gen_ai.server.ttft", "http.request.resend_count",
        "langfuse.observation.completion_start_time", "gen_ai.latency.canary", "gen_ai.server.canary",
        "gen_ai.server.time_per_output_token", "gen_ai.latency.time_per_output_token", "gen_ai.server.request.duration",
    ]

    static let textNames = Set(texts.flatMap { $0.names.split { $0 == " " || $0 == "\n" } }.map(String.init))
}
