/// Names of attributes that OpenTelemetry's conventions, frameworks and platforms give, and some of applications: what
/// may stand under them is anybody's guess.
enum ConventionNames {
    static let all = """
        $ai_base_url $ai_input $ai_output_choices $ai_tools access_token agent.tools agent_name agent_trace_id
        agno.session_state agno.tools ai.embedding ai.embeddings ai.prompt ai.prompt.messages ai.prompt.toolChoice
        ai.prompt.tools ai.request.headers.authorization ai.request.headers.user-agent ai.response.object
        ai.response.providerMetadata ai.response.reasoning ai.response.text ai.response.toolCalls ai.schema
        ai.schema.name ai.settings.context ai.settings.output ai.telemetry.metadata.customer ai.toolCall.args
        ai.toolCall.result ai.value ai.values all_messages_events answer anthropic.api_key
        anthropic.message.stop_reason anthropic.request.id anthropic.request.messages anthropic.request.metadata
        anthropic.request.system anthropic.request.tools anthropic.response.content anthropic.response.service_tier
        anthropic.usage.cache_creation.ephemeral_1h_input_tokens
        anthropic.usage.cache_creation.ephemeral_5m_input_tokens api_key app.installation.id app.push_token
        app.request_body arguments audio.transcript audio.url authorization aws.bedrock.guardrail.id
        aws.dynamodb.table_names aws.lambda.invoked_arn aws.request_id aws.s3.key aws.secretsmanager.secret.arn
        azure.client.id azure.openai.api_key body braintrust.context_json braintrust.expected braintrust.input
        braintrust.input_json braintrust.metadata braintrust.output braintrust.output_json braintrust.tags
        call_type card.number channel chroma.query.documents cicd.pipeline.name client.address client.port
        cloud.account.id cloud.resource_id code.filepath code.function code.function.name code.lineno
        code.stacktrace cohere.api_key comment completion connection_string container.command
        container.command_args container.command_line container.image.name content cookie credentials crew_agents
        crew_inputs crew_tasks customer customer.name db.collection.name db.connection_string db.cosmosdb.client_id
        db.instance.id db.mongodb.collection db.name db.namespace db.operation.parameter.id db.query.parameter.0
        db.query.parameter.name db.query.summary db.query.text db.redis.database_index db.response.status_code
        db.statement db.user dd.trace_id ddtrace.note deployment.environment deployment.environment.name
        deployment.id deployment.name description device.id device.token document.content dsn dspy.input
        elasticsearch.node.name email embedding.embeddings.0.embedding.text embedding.embeddings.0.embedding.vector
        embedding.text enduser.id enduser.pseudo.id enduser.role enduser.scope error error.code error.llm_provider
        error.message error.stack error.stack_trace error.type eval.explanation evaluation.score.explanation
        event.body event.name event_loop.messages event_loop.note events exception exception.escaped
        exception.message exception.object exception.stacktrace faas.coldstart faas.trigger feature_flag.context.id
        feature_flag.key feature_flag.result.value final_result formatted_description from_agent gcp.client.service
        gcp.vertex.agent.data gcp.vertex.agent.event_id gcp.vertex.agent.invocation_id gcp.vertex.agent.llm_request
        gcp.vertex.agent.llm_response gcp.vertex.agent.tool_call_args gcp.vertex.agent.tool_response
        gen_ai.agent.call.id gen_ai.agent.description gen_ai.agent.id gen_ai.agent.input gen_ai.agent.instructions
        gen_ai.agent.name gen_ai.agent.output gen_ai.aggregated_usage.cache_read.input_tokens
        gen_ai.aggregated_usage.details.accepted_prediction_tokens gen_ai.aggregated_usage.details.audio_tokens
        gen_ai.aggregated_usage.details.cache_read_tokens gen_ai.aggregated_usage.details.reasoning_tokens
        gen_ai.aggregated_usage.details.rejected_prediction_tokens gen_ai.aggregated_usage.input_tokens
        gen_ai.aggregated_usage.output_tokens gen_ai.assistant.message gen_ai.choice
        gen_ai.client.operation.time_to_first_chunk gen_ai.client.token.usage gen_ai.completion
        gen_ai.completion.0.content gen_ai.completion.0.function_call.arguments
        gen_ai.completion.3.function_call.arguments gen_ai.completion.3.function_call.name
        gen_ai.content.completion gen_ai.content.prompt gen_ai.conversation.history gen_ai.conversation.id
        gen_ai.conversation.title gen_ai.cost.cache_read_cost gen_ai.cost.comment gen_ai.cost.discount_amount
        gen_ai.cost.discount_percent gen_ai.cost.input_cost gen_ai.cost.margin_fixed_amount
        gen_ai.cost.margin_percent gen_ai.cost.margin_total_amount gen_ai.cost.original_cost
        gen_ai.cost.output_cost gen_ai.cost.reasoning_cost gen_ai.cost.tool_usage_cost gen_ai.cost.total_cost
        gen_ai.data_source.id gen_ai.embeddings.dimension.count gen_ai.embeddings.input gen_ai.embeddings.vector
        gen_ai.evaluation.explanation gen_ai.evaluation.input gen_ai.evaluation.output
        gen_ai.evaluation.score.reasoning gen_ai.guardrail.input gen_ai.guardrail.reason gen_ai.hub.owner
        gen_ai.input.messages gen_ai.is_streaming gen_ai.memory.content gen_ai.memory.query gen_ai.memory.records
        gen_ai.openai.api_base gen_ai.openai.request.user gen_ai.openai.response.service_tier gen_ai.operation.name
        gen_ai.output.messages gen_ai.output.type gen_ai.prompt gen_ai.prompt.0.content gen_ai.prompt.0.role
        gen_ai.prompt.0.tool_calls.0.arguments gen_ai.prompt.variable.name gen_ai.provider.name
        gen_ai.request.api_key gen_ai.request.audio.voice gen_ai.request.encoding_formats gen_ai.request.extra_body
        gen_ai.request.extra_headers gen_ai.request.frequency_penalty gen_ai.request.headers.authorization
        gen_ai.request.instructions gen_ai.request.logit_bias gen_ai.request.max_tokens gen_ai.request.messages
        gen_ai.request.metadata gen_ai.request.model gen_ai.request.presence_penalty gen_ai.request.prompt
        gen_ai.request.seed gen_ai.request.stop_sequences gen_ai.request.stream
        gen_ai.request.structured_output_schema gen_ai.request.temperature gen_ai.request.tools
        gen_ai.request.top_p gen_ai.request.user gen_ai.response.content gen_ai.response.finish_reasons
        gen_ai.response.id gen_ai.response.model gen_ai.response.object gen_ai.response.reasoning
        gen_ai.response.refusal gen_ai.response.text gen_ai.response.time_to_first_chunk gen_ai.response.tool_calls
        gen_ai.retrieval.documents gen_ai.retrieval.query gen_ai.retrieval.query.text gen_ai.sdk.version
        gen_ai.security.finding gen_ai.server.time_per_output_token gen_ai.server.time_to_first_token gen_ai.system
        gen_ai.system.message gen_ai.system_instructions gen_ai.task.id gen_ai.task.input gen_ai.task.kind
        gen_ai.task.name gen_ai.task.output gen_ai.task.parent.id gen_ai.task.status gen_ai.tool.3.description
        gen_ai.tool.3.name gen_ai.tool.3.parameters gen_ai.tool.args gen_ai.tool.call.arguments gen_ai.tool.call.id
        gen_ai.tool.call.result gen_ai.tool.definitions gen_ai.tool.description gen_ai.tool.input
        gen_ai.tool.message gen_ai.tool.name gen_ai.tool.output gen_ai.tool.parameters gen_ai.tool.type
        gen_ai.usage.access_token gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_read.input_tokens
        gen_ai.usage.cache_write.input_tokens gen_ai.usage.completion_tokens gen_ai.usage.cost
        gen_ai.usage.details.accepted_prediction_tokens gen_ai.usage.details.audio_tokens
        gen_ai.usage.details.cache_read_tokens gen_ai.usage.details.reasoning_tokens
        gen_ai.usage.details.rejected_prediction_tokens gen_ai.usage.input_tokens gen_ai.usage.note
        gen_ai.usage.output_tokens gen_ai.usage.prompt_tokens gen_ai.usage.raw gen_ai.usage.reasoning.output_tokens
        gen_ai.usage.total_tokens gen_ai.user.message gen_ai.workflow.edges gen_ai.workflow.input
        gen_ai.workflow.name gen_ai.workflow.nodes gen_ai.workflow.output genkit:input genkit:metadata:note
        genkit:output geo.locality.name geo.postal_code google.api_key graphql.document graphql.operation.name
        group_id handoffs haystack.component.input haystack.pipeline.input_data headers helicone.auth hidden_params
        host.arch host.id host.ip host.mac host.name http.client_ip http.flavor http.host http.method
        http.request.body http.request.body.size http.request.header.authorization http.request.header.cookie
        http.request.header.session_id http.request.header.x-api-key http.request.method http.request.resend_count
        http.request.size http.response.body http.response.body.size http.response.header.set-cookie
        http.response.size http.response.status_code http.route http.scheme http.status_code http.target http.url
        http.user_agent image.url input input.image input.mime_type input.value jsonrpc.request.id
        k8s.namespace.name k8s.pod.annotation.secret k8s.pod.label.app k8s.pod.name k8s.secret.name
        langfuse.internal.note langfuse.internal.secret_key langfuse.observation.input
        langfuse.observation.metadata langfuse.observation.metadata.customer langfuse.observation.model.parameters
        langfuse.observation.output langfuse.observation.status_message langfuse.public_key langfuse.secret_key
        langfuse.trace.input langfuse.trace.metadata langfuse.trace.metadata.customer langfuse.trace.name
        langfuse.trace.output langfuse.trace.tags langsmith.api_key langsmith.metadata langsmith.metadata.customer
        langsmith.span.dotted_order langsmith.span.tags langsmith.trace.name langwatch.customer.id langwatch.input
        langwatch.output langwatch.params langwatch.rag.contexts litellm.api_key.hash litellm.call_id
        litellm.call_type litellm.cost.cache_read litellm.cost.discount_amount litellm.cost.discount_percent
        litellm.cost.input litellm.cost.margin_fixed_amount litellm.cost.margin_percent
        litellm.cost.margin_total_amount litellm.cost.original litellm.cost.output litellm.cost.tool_usage
        litellm.cost.total litellm.metadata.user_api_key_end_user_id litellm.metadata.user_api_key_user_id
        litellm.model_group litellm.preprocessing.duration_ms litellm.provider.error.code
        litellm.provider.error.llm_provider litellm.provider.error.stack_trace litellm.provider.model
        litellm.request.route litellm.request.streaming litellm.request.tools.declared livekit.chat_context
        lk.chat_ctx lk.response.text lk.user_input llm.api_key llm.chat.stop_sequences
        llm.choices.0.completion.text llm.completions llm.completions.0.text llm.finish_reason llm.function_call
        llm.headers llm.input_messages llm.input_messages.0.message.content
        llm.input_messages.0.message.tool_calls.0.tool_call.function.arguments llm.input_messages.3.message.content
        llm.input_messages.3.message.name llm.input_messages.3.message.role
        llm.input_messages.3.message.tool_call_id
        llm.input_messages.3.message.tool_calls.3.tool_call.function.arguments
        llm.input_messages.3.message.tool_calls.3.tool_call.function.name
        llm.input_messages.3.message.tool_calls.3.tool_call.id llm.invocation_parameters llm.is_streaming
        llm.model_name llm.openai.choices llm.openai.created llm.openai.extra_body llm.openai.id
        llm.openai.messages llm.openai.model llm.openai.moderation llm.openai.object llm.openai.service_tier
        llm.openai.stream llm.openai.stream_options llm.openai.system_fingerprint llm.openai.tools llm.openai.usage
        llm.openai.user llm.output_messages.0.message.content
        llm.output_messages.0.message.contents.0.message_content.text llm.output_messages.3.message.content
        llm.output_messages.3.message.role llm.output_messages.3.message.tool_calls.3.tool_call.function.arguments
        llm.output_messages.3.message.tool_calls.3.tool_call.function.name
        llm.output_messages.3.message.tool_calls.3.tool_call.id llm.prompt_template.template
        llm.prompt_template.variables llm.prompt_template.version llm.prompts llm.prompts.0.content llm.provider
        llm.request.functions.0.arguments llm.request.functions.3.description llm.request.functions.3.name
        llm.request.functions.3.parameters llm.request.headers.authorization llm.request.type
        llm.response.stop_reason llm.system llm.token_count.completion llm.token_count.completion_details.audio
        llm.token_count.completion_details.reasoning llm.token_count.prompt llm.token_count.prompt_details.audio
        llm.token_count.prompt_details.cache_read llm.token_count.total llm.tools.0.tool.json_schema
        llm.tools.3.tool.json_schema llm.user llm.vendor llm.watsonx.decoding_method
        lmnr.association.properties.metadata.note lmnr.internal.span_path lmnr.span.input lmnr.span.output log.body
        log.record.original logfire.exception.fingerprint logfire.json_schema logfire.level_num logfire.msg
        logfire.msg_template logfire.null_args logfire.pending_parent_id logfire.scrubbed logfire.span_type
        logfire.tags logfire.version lunary.input mastra.input mastra.metadata.note mastra.output mcp.method.name
        mcp.prompt.name mcp.request.id mcp.resource.uri mcp.session.id mcp.tool.arguments mcp.tool.result mcp_data
        message.content message.function_call_arguments_json message.name message.role message.tool_calls messages
        messaging.client.id messaging.destination.name messaging.header.authorization messaging.kafka.message.key
        messaging.message.body messaging.message.conversation_id messaging.message.id metadata
        metadata.applied_guardrails metadata.cold_storage_object_key metadata.mcp_tool_call_metadata
        metadata.prompt_management_metadata metadata.requester_custom_headers metadata.requester_ip_address
        metadata.requester_metadata metadata.routing_decision metadata.spend_logs_metadata metadata.team_alias
        metadata.team_id metadata.usage_object metadata.used_client_oauth_token metadata.user_agent
        metadata.user_api_key_alias metadata.user_api_key_auth_metadata metadata.user_api_key_budget_reset_at
        metadata.user_api_key_end_user_id metadata.user_api_key_hash metadata.user_api_key_max_budget
        metadata.user_api_key_org_alias metadata.user_api_key_org_id metadata.user_api_key_project_alias
        metadata.user_api_key_project_id metadata.user_api_key_request_route metadata.user_api_key_spend
        metadata.user_api_key_team_alias metadata.user_api_key_team_id metadata.user_api_key_team_max_budget
        metadata.user_api_key_team_spend metadata.user_api_key_user_email metadata.user_api_key_user_id
        metadata.user_api_key_user_max_budget metadata.user_api_key_user_spend
        metadata.vector_store_request_metadata microsoft.agent.instructions milvus.search.data mlflow.chat.messages
        mlflow.chat.tools mlflow.source.name mlflow.spanInputs mlflow.spanOutputs mlflow.trace.requestPreview
        mlflow.traceInputs model_id model_name model_request_parameters model_settings my.app.note name
        net.host.name net.peer.ip net.peer.name net.sock.peer.addr network.local.address network.peer.address
        network.peer.port network.protocol.version newrelic.note note openai.api.type openai.api_key
        openai.organization openai.project openai.request.headers openai.response.service_tier
        openai.response.system_fingerprint openinference.span.kind openlit.agent.version_hash openlit.note
        openlit.request.headers operation.cost opik.input oracle.db.name os.description os.type os.version output
        output.audio output.mime_type output.value output_type password payload peer.service phone
        pinecone.query.filter pinecone.query.vector portkey.api-key portkey.config posthog.distinct_id
        process.command process.command_args process.command_line process.environment_variable.HOME
        process.environment_variable.OPENAI_API_KEY process.executable.path process.owner process.pid
        process.runtime.description process.runtime.name process.runtime.version prompt prompt.id prompt.url
        pydantic_ai.all_messages pydantic_ai.cache.established_tokens pydantic_ai.cache.hit_ratio
        pydantic_ai.new_message_index pydantic_ai.note pydantic_ai.tool.retry.attempt pydantic_ai.tool.retry.cause
        pydantic_ai.tool.retry.max_retries qdrant.search.query question raw_input refresh_token request_data
        reranker.input_documents.0.document.content reranker.query response response_data response_id
        retrieval.documents.0.document.content retrieval.documents.0.document.id
        retrieval.documents.0.document.metadata retrieval.documents.3.document.content
        retrieval.documents.3.document.metadata rpc.connect_rpc.request.metadata.cookie
        rpc.grpc.request.metadata.authorization rpc.grpc.response.metadata.x-token rpc.grpc.status_code
        rpc.jsonrpc.error_message rpc.jsonrpc.request_id rpc.message.id rpc.method_original
        rpc.request.metadata.tenant sdk_span_type secret semantic_kernel.function.arguments sentry.description
        sentry.request.headers sentry.transaction sentry.user.email server.address server.port service
        service.instance.id service.name service.namespace service.version session.id session.previous_id
        smolagents.task spring.ai.advisor.note spring.ai.chat.client.input spring.ai.vectorstore.query.content
        support.channel support.tenant system_prompt tag.tags telemetry.sdk.language telemetry.sdk.name
        telemetry.sdk.version text thread.name title tls.client.subject tls.server.certificate to_agent token
        tool.description tool.json_schema tool.name tool.output tool.parameters tool_arguments
        tool_call.function.arguments tool_call.function.name tool_call.function.result tool_response tools
        traceloop.association.properties.api_key traceloop.association.properties.channel
        traceloop.association.properties.checkpoint_ns traceloop.association.properties.customer
        traceloop.association.properties.langgraph_checkpoint_ns traceloop.association.properties.langgraph_node
        traceloop.association.properties.langgraph_path traceloop.association.properties.langgraph_step
        traceloop.association.properties.langgraph_triggers traceloop.association.properties.lc_agent_name
        traceloop.association.properties.lc_versions traceloop.association.properties.ls_embedding_provider
        traceloop.association.properties.ls_integration traceloop.association.properties.ls_max_tokens
        traceloop.association.properties.ls_model_name traceloop.association.properties.ls_model_type
        traceloop.association.properties.ls_provider traceloop.association.properties.ls_retriever_name
        traceloop.association.properties.ls_temperature traceloop.association.properties.ls_vector_store_provider
        traceloop.association.properties.session_id traceloop.association.properties.tenant
        traceloop.association.properties.thread_id traceloop.association.properties.user_id
        traceloop.correlation.id traceloop.entity.input traceloop.entity.name traceloop.entity.note
        traceloop.entity.output traceloop.entity.path traceloop.prompt.managed traceloop.prompt.template
        traceloop.prompt.template_variables traceloop.span.kind traceloop.workflow.input traceloop.workflow.name
        tracing transcript turn type url.domain url.fragment url.full url.original url.path url.query url.scheme
        usage user.email user.full_name user.hash user.id user.name user.roles user_agent.name user_agent.original
        vcs.ref.head.name vcs.repository.url.full vector_db.vendor voltagent.input voltagent.output weave.inputs
        weaviate.query
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
}
