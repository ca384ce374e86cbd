#include "CEmbeddedSchemas.h"

// `#embed` puts the bytes where they belong in no time; the compiler notes the files, so a changed one is built in anew.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char events_context_json[] = {
#embed "../../../Schemas/events/_context.json"
};
static const unsigned char events_envelope_json[] = {
#embed "../../../Schemas/events/_envelope.json"
};
static const unsigned char events_agent_handoff_json[] = {
#embed "../../../Schemas/events/agent.handoff.json"
};
static const unsigned char events_agent_run_json[] = {
#embed "../../../Schemas/events/agent.run.json"
};
static const unsigned char events_approval_decided_json[] = {
#embed "../../../Schemas/events/approval.decided.json"
};
static const unsigned char events_approval_requested_json[] = {
#embed "../../../Schemas/events/approval.requested.json"
};
static const unsigned char events_budget_set_json[] = {
#embed "../../../Schemas/events/budget.set.json"
};
static const unsigned char events_cache_lookup_json[] = {
#embed "../../../Schemas/events/cache.lookup.json"
};
static const unsigned char events_conversation_classified_json[] = {
#embed "../../../Schemas/events/conversation.classified.json"
};
static const unsigned char events_conversation_closed_json[] = {
#embed "../../../Schemas/events/conversation.closed.json"
};
static const unsigned char events_conversation_reopened_json[] = {
#embed "../../../Schemas/events/conversation.reopened.json"
};
static const unsigned char events_conversation_resolved_json[] = {
#embed "../../../Schemas/events/conversation.resolved.json"
};
static const unsigned char events_conversation_started_json[] = {
#embed "../../../Schemas/events/conversation.started.json"
};
static const unsigned char events_cost_recorded_json[] = {
#embed "../../../Schemas/events/cost.recorded.json"
};
static const unsigned char events_deploy_changed_json[] = {
#embed "../../../Schemas/events/deploy.changed.json"
};
static const unsigned char events_embedding_call_json[] = {
#embed "../../../Schemas/events/embedding.call.json"
};
static const unsigned char events_escalation_accepted_json[] = {
#embed "../../../Schemas/events/escalation.accepted.json"
};
static const unsigned char events_escalation_closed_json[] = {
#embed "../../../Schemas/events/escalation.closed.json"
};
static const unsigned char events_escalation_raised_json[] = {
#embed "../../../Schemas/events/escalation.raised.json"
};
static const unsigned char events_experiment_assigned_json[] = {
#embed "../../../Schemas/events/experiment.assigned.json"
};
static const unsigned char events_experiment_changed_json[] = {
#embed "../../../Schemas/events/experiment.changed.json"
};
static const unsigned char events_feature_flag_evaluated_json[] = {
#embed "../../../Schemas/events/feature_flag.evaluated.json"
};
static const unsigned char events_feedback_requested_json[] = {
#embed "../../../Schemas/events/feedback.requested.json"
};
static const unsigned char events_feedback_submitted_json[] = {
#embed "../../../Schemas/events/feedback.submitted.json"
};
static const unsigned char events_guardrail_checked_json[] = {
#embed "../../../Schemas/events/guardrail.checked.json"
};
static const unsigned char events_knowledge_indexed_json[] = {
#embed "../../../Schemas/events/knowledge.indexed.json"
};
static const unsigned char events_llm_call_json[] = {
#embed "../../../Schemas/events/llm.call.json"
};
static const unsigned char events_log_recorded_json[] = {
#embed "../../../Schemas/events/log.recorded.json"
};
static const unsigned char events_memory_accessed_json[] = {
#embed "../../../Schemas/events/memory.accessed.json"
};
static const unsigned char events_message_received_json[] = {
#embed "../../../Schemas/events/message.received.json"
};
static const unsigned char events_message_sent_json[] = {
#embed "../../../Schemas/events/message.sent.json"
};
static const unsigned char events_metric_sampled_json[] = {
#embed "../../../Schemas/events/metric.sampled.json"
};
static const unsigned char events_price_set_json[] = {
#embed "../../../Schemas/events/price.set.json"
};
static const unsigned char events_probe_checked_json[] = {
#embed "../../../Schemas/events/probe.checked.json"
};
static const unsigned char events_prompt_published_json[] = {
#embed "../../../Schemas/events/prompt.published.json"
};
static const unsigned char events_quality_scored_json[] = {
#embed "../../../Schemas/events/quality.scored.json"
};
static const unsigned char events_request_completed_json[] = {
#embed "../../../Schemas/events/request.completed.json"
};
static const unsigned char events_resource_sampled_json[] = {
#embed "../../../Schemas/events/resource.sampled.json"
};
static const unsigned char events_retrieval_query_json[] = {
#embed "../../../Schemas/events/retrieval.query.json"
};
static const unsigned char events_span_received_json[] = {
#embed "../../../Schemas/events/span.received.json"
};
static const unsigned char events_ticket_created_json[] = {
#embed "../../../Schemas/events/ticket.created.json"
};
static const unsigned char events_ticket_updated_json[] = {
#embed "../../../Schemas/events/ticket.updated.json"
};
static const unsigned char events_tool_call_json[] = {
#embed "../../../Schemas/events/tool.call.json"
};
static const unsigned char events_usage_reported_json[] = {
#embed "../../../Schemas/events/usage.reported.json"
};
static const unsigned char events_workflow_step_json[] = {
#embed "../../../Schemas/events/workflow.step.json"
};
static const unsigned char prices_amazon_json[] = {
#embed "../../../Schemas/prices/amazon.json"
};
static const unsigned char prices_anthropic_json[] = {
#embed "../../../Schemas/prices/anthropic.json"
};
static const unsigned char prices_cohere_json[] = {
#embed "../../../Schemas/prices/cohere.json"
};
static const unsigned char prices_deepseek_json[] = {
#embed "../../../Schemas/prices/deepseek.json"
};
static const unsigned char prices_google_json[] = {
#embed "../../../Schemas/prices/google.json"
};
static const unsigned char prices_groq_json[] = {
#embed "../../../Schemas/prices/groq.json"
};
static const unsigned char prices_local_json[] = {
#embed "../../../Schemas/prices/local.json"
};
static const unsigned char prices_mistral_json[] = {
#embed "../../../Schemas/prices/mistral.json"
};
static const unsigned char prices_openai_json[] = {
#embed "../../../Schemas/prices/openai.json"
};
static const unsigned char prices_xai_json[] = {
#embed "../../../Schemas/prices/xai.json"
};
static const unsigned char dialects_agent_frameworks_json[] = {
#embed "../../../Schemas/dialects/agent-frameworks.json"
};
static const unsigned char dialects_anthropic_sdk_json[] = {
#embed "../../../Schemas/dialects/anthropic-sdk.json"
};
static const unsigned char dialects_application_json[] = {
#embed "../../../Schemas/dialects/application.json"
};
static const unsigned char dialects_langfuse_json[] = {
#embed "../../../Schemas/dialects/langfuse.json"
};
static const unsigned char dialects_litellm_json[] = {
#embed "../../../Schemas/dialects/litellm.json"
};
static const unsigned char dialects_logfire_json[] = {
#embed "../../../Schemas/dialects/logfire.json"
};
static const unsigned char dialects_openinference_json[] = {
#embed "../../../Schemas/dialects/openinference.json"
};
static const unsigned char dialects_openlit_json[] = {
#embed "../../../Schemas/dialects/openlit.json"
};
static const unsigned char dialects_opentelemetry_json[] = {
#embed "../../../Schemas/dialects/opentelemetry.json"
};
static const unsigned char dialects_platforms_json[] = {
#embed "../../../Schemas/dialects/platforms.json"
};
static const unsigned char dialects_pydantic_ai_json[] = {
#embed "../../../Schemas/dialects/pydantic-ai.json"
};
static const unsigned char dialects_strands_json[] = {
#embed "../../../Schemas/dialects/strands.json"
};
static const unsigned char dialects_traceloop_json[] = {
#embed "../../../Schemas/dialects/traceloop.json"
};

#define FILE_OF(symbol, name) { name, symbol, sizeof symbol }

static const plimsoll_embedded_schema events[] = {
    FILE_OF(events_context_json, "_context.json"),
    FILE_OF(events_envelope_json, "_envelope.json"),
    FILE_OF(events_agent_handoff_json, "agent.handoff.json"),
    FILE_OF(events_agent_run_json, "agent.run.json"),
    FILE_OF(events_approval_decided_json, "approval.decided.json"),
    FILE_OF(events_approval_requested_json, "approval.requested.json"),
    FILE_OF(events_budget_set_json, "budget.set.json"),
    FILE_OF(events_cache_lookup_json, "cache.lookup.json"),
    FILE_OF(events_conversation_classified_json, "conversation.classified.json"),
    FILE_OF(events_conversation_closed_json, "conversation.closed.json"),
    FILE_OF(events_conversation_reopened_json, "conversation.reopened.json"),
    FILE_OF(events_conversation_resolved_json, "conversation.resolved.json"),
    FILE_OF(events_conversation_started_json, "conversation.started.json"),
    FILE_OF(events_cost_recorded_json, "cost.recorded.json"),
    FILE_OF(events_deploy_changed_json, "deploy.changed.json"),
    FILE_OF(events_embedding_call_json, "embedding.call.json"),
    FILE_OF(events_escalation_accepted_json, "escalation.accepted.json"),
    FILE_OF(events_escalation_closed_json, "escalation.closed.json"),
    FILE_OF(events_escalation_raised_json, "escalation.raised.json"),
    FILE_OF(events_experiment_assigned_json, "experiment.assigned.json"),
    FILE_OF(events_experiment_changed_json, "experiment.changed.json"),
    FILE_OF(events_feature_flag_evaluated_json, "feature_flag.evaluated.json"),
    FILE_OF(events_feedback_requested_json, "feedback.requested.json"),
    FILE_OF(events_feedback_submitted_json, "feedback.submitted.json"),
    FILE_OF(events_guardrail_checked_json, "guardrail.checked.json"),
    FILE_OF(events_knowledge_indexed_json, "knowledge.indexed.json"),
    FILE_OF(events_llm_call_json, "llm.call.json"),
    FILE_OF(events_log_recorded_json, "log.recorded.json"),
    FILE_OF(events_memory_accessed_json, "memory.accessed.json"),
    FILE_OF(events_message_received_json, "message.received.json"),
    FILE_OF(events_message_sent_json, "message.sent.json"),
    FILE_OF(events_metric_sampled_json, "metric.sampled.json"),
    FILE_OF(events_price_set_json, "price.set.json"),
    FILE_OF(events_probe_checked_json, "probe.checked.json"),
    FILE_OF(events_prompt_published_json, "prompt.published.json"),
    FILE_OF(events_quality_scored_json, "quality.scored.json"),
    FILE_OF(events_request_completed_json, "request.completed.json"),
    FILE_OF(events_resource_sampled_json, "resource.sampled.json"),
    FILE_OF(events_retrieval_query_json, "retrieval.query.json"),
    FILE_OF(events_span_received_json, "span.received.json"),
    FILE_OF(events_ticket_created_json, "ticket.created.json"),
    FILE_OF(events_ticket_updated_json, "ticket.updated.json"),
    FILE_OF(events_tool_call_json, "tool.call.json"),
    FILE_OF(events_usage_reported_json, "usage.reported.json"),
    FILE_OF(events_workflow_step_json, "workflow.step.json"),
};

static const plimsoll_embedded_schema prices[] = {
    FILE_OF(prices_amazon_json, "amazon.json"),
    FILE_OF(prices_anthropic_json, "anthropic.json"),
    FILE_OF(prices_cohere_json, "cohere.json"),
    FILE_OF(prices_deepseek_json, "deepseek.json"),
    FILE_OF(prices_google_json, "google.json"),
    FILE_OF(prices_groq_json, "groq.json"),
    FILE_OF(prices_local_json, "local.json"),
    FILE_OF(prices_mistral_json, "mistral.json"),
    FILE_OF(prices_openai_json, "openai.json"),
    FILE_OF(prices_xai_json, "xai.json"),
};

static const plimsoll_embedded_schema dialects[] = {
    FILE_OF(dialects_agent_frameworks_json, "agent-frameworks.json"),
    FILE_OF(dialects_anthropic_sdk_json, "anthropic-sdk.json"),
    FILE_OF(dialects_application_json, "application.json"),
    FILE_OF(dialects_langfuse_json, "langfuse.json"),
    FILE_OF(dialects_litellm_json, "litellm.json"),
    FILE_OF(dialects_logfire_json, "logfire.json"),
    FILE_OF(dialects_openinference_json, "openinference.json"),
    FILE_OF(dialects_openlit_json, "openlit.json"),
    FILE_OF(dialects_opentelemetry_json, "opentelemetry.json"),
    FILE_OF(dialects_platforms_json, "platforms.json"),
    FILE_OF(dialects_pydantic_ai_json, "pydantic-ai.json"),
    FILE_OF(dialects_strands_json, "strands.json"),
    FILE_OF(dialects_traceloop_json, "traceloop.json"),
};

#define FOLDER_OF(table) { table, sizeof table / sizeof table[0] }

static const struct {
    const plimsoll_embedded_schema *files;
    size_t count;
} folders[] = { FOLDER_OF(events), FOLDER_OF(prices), FOLDER_OF(dialects) };

size_t plimsoll_embedded_schema_count(plimsoll_schema_folder folder) { return folders[folder].count; }

plimsoll_embedded_schema plimsoll_embedded_schema_at(plimsoll_schema_folder folder, size_t index) {
    return folders[folder].files[index];
}
