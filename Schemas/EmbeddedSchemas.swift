package import Bytes

/// The schemas, prices and dialects that the program was built with: the files of the folders `events`, `prices` and `dialects`, in
/// order of their names.
package enum EmbeddedSchemas {
    /// One JSON Schema per event type; names that begin with `_` are shared parts.
    package static var events: [EmbeddedFile] {
        [
            EmbeddedFile(name: "_context.json", bytes: PackageResources._context_json),
            EmbeddedFile(name: "_envelope.json", bytes: PackageResources._envelope_json),
            EmbeddedFile(name: "agent.handoff.json", bytes: PackageResources.agent_handoff_json),
            EmbeddedFile(name: "agent.run.json", bytes: PackageResources.agent_run_json),
            EmbeddedFile(name: "approval.decided.json", bytes: PackageResources.approval_decided_json),
            EmbeddedFile(name: "approval.requested.json", bytes: PackageResources.approval_requested_json),
            EmbeddedFile(name: "budget.set.json", bytes: PackageResources.budget_set_json),
            EmbeddedFile(name: "cache.lookup.json", bytes: PackageResources.cache_lookup_json),
            EmbeddedFile(name: "conversation.classified.json", bytes: PackageResources.conversation_classified_json),
            EmbeddedFile(name: "conversation.closed.json", bytes: PackageResources.conversation_closed_json),
            EmbeddedFile(name: "conversation.reopened.json", bytes: PackageResources.conversation_reopened_json),
            EmbeddedFile(name: "conversation.resolved.json", bytes: PackageResources.conversation_resolved_json),
            EmbeddedFile(name: "conversation.started.json", bytes: PackageResources.conversation_started_json),
            EmbeddedFile(name: "cost.recorded.json", bytes: PackageResources.cost_recorded_json),
            EmbeddedFile(name: "deploy.changed.json", bytes: PackageResources.deploy_changed_json),
            EmbeddedFile(name: "embedding.call.json", bytes: PackageResources.embedding_call_json),
            EmbeddedFile(name: "escalation.accepted.json", bytes: PackageResources.escalation_accepted_json),
            EmbeddedFile(name: "escalation.closed.json", bytes: PackageResources.escalation_closed_json),
            EmbeddedFile(name: "escalation.raised.json", bytes: PackageResources.escalation_raised_json),
            EmbeddedFile(name: "experiment.assigned.json", bytes: PackageResources.experiment_assigned_json),
            EmbeddedFile(name: "experiment.changed.json", bytes: PackageResources.experiment_changed_json),
            EmbeddedFile(name: "feature_flag.evaluated.json", bytes: PackageResources.feature_flag_evaluated_json),
            EmbeddedFile(name: "feedback.requested.json", bytes: PackageResources.feedback_requested_json),
            EmbeddedFile(name: "feedback.submitted.json", bytes: PackageResources.feedback_submitted_json),
            EmbeddedFile(name: "guardrail.checked.json", bytes: PackageResources.guardrail_checked_json),
            EmbeddedFile(name: "knowledge.indexed.json", bytes: PackageResources.knowledge_indexed_json),
            EmbeddedFile(name: "llm.call.json", bytes: PackageResources.llm_call_json),
            EmbeddedFile(name: "log.recorded.json", bytes: PackageResources.log_recorded_json),
            EmbeddedFile(name: "memory.accessed.json", bytes: PackageResources.memory_accessed_json),
            EmbeddedFile(name: "message.received.json", bytes: PackageResources.message_received_json),
            EmbeddedFile(name: "message.sent.json", bytes: PackageResources.message_sent_json),
            EmbeddedFile(name: "metric.sampled.json", bytes: PackageResources.metric_sampled_json),
            EmbeddedFile(name: "price.set.json", bytes: PackageResources.price_set_json),
            EmbeddedFile(name: "probe.checked.json", bytes: PackageResources.probe_checked_json),
            EmbeddedFile(name: "prompt.published.json", bytes: PackageResources.prompt_published_json),
            EmbeddedFile(name: "quality.scored.json", bytes: PackageResources.quality_scored_json),
            EmbeddedFile(name: "request.completed.json", bytes: PackageResources.request_completed_json),
            EmbeddedFile(name: "resource.sampled.json", bytes: PackageResources.resource_sampled_json),
            EmbeddedFile(name: "retrieval.query.json", bytes: PackageResources.retrieval_query_json),
            EmbeddedFile(name: "span.received.json", bytes: PackageResources.span_received_json),
            EmbeddedFile(name: "ticket.created.json", bytes: PackageResources.ticket_created_json),
            EmbeddedFile(name: "ticket.updated.json", bytes: PackageResources.ticket_updated_json),
            EmbeddedFile(name: "tool.call.json", bytes: PackageResources.tool_call_json),
            EmbeddedFile(name: "usage.reported.json", bytes: PackageResources.usage_reported_json),
            EmbeddedFile(name: "workflow.step.json", bytes: PackageResources.workflow_step_json),
        ]
    }

    /// Dated list prices, one file per vendor.
    package static var prices: [EmbeddedFile] {
        [
            EmbeddedFile(name: "amazon.json", bytes: PackageResources.amazon_json),
            EmbeddedFile(name: "anthropic.json", bytes: PackageResources.anthropic_json),
            EmbeddedFile(name: "cohere.json", bytes: PackageResources.cohere_json),
            EmbeddedFile(name: "deepseek.json", bytes: PackageResources.deepseek_json),
            EmbeddedFile(name: "google.json", bytes: PackageResources.google_json),
            EmbeddedFile(name: "groq.json", bytes: PackageResources.groq_json),
            EmbeddedFile(name: "local.json", bytes: PackageResources.local_json),
            EmbeddedFile(name: "mistral.json", bytes: PackageResources.mistral_json),
            EmbeddedFile(name: "openai.json", bytes: PackageResources.openai_json),
            EmbeddedFile(name: "xai.json", bytes: PackageResources.xai_json),
        ]
    }

    /// How frameworks say in OpenTelemetry's spans what they do, one file per dialect.
    package static var dialects: [EmbeddedFile] {
        [
            EmbeddedFile(name: "agent-frameworks.json", bytes: PackageResources.agent_frameworks_json),
            EmbeddedFile(name: "anthropic-sdk.json", bytes: PackageResources.anthropic_sdk_json),
            EmbeddedFile(name: "application.json", bytes: PackageResources.application_json),
            EmbeddedFile(name: "langfuse.json", bytes: PackageResources.langfuse_json),
            EmbeddedFile(name: "litellm.json", bytes: PackageResources.litellm_json),
            EmbeddedFile(name: "logfire.json", bytes: PackageResources.logfire_json),
            EmbeddedFile(name: "openinference.json", bytes: PackageResources.openinference_json),
            EmbeddedFile(name: "openlit.json", bytes: PackageResources.openlit_json),
            EmbeddedFile(name: "opentelemetry.json", bytes: PackageResources.opentelemetry_json),
            EmbeddedFile(name: "platforms.json", bytes: PackageResources.platforms_json),
            EmbeddedFile(name: "pydantic-ai.json", bytes: PackageResources.pydantic_ai_json),
            EmbeddedFile(name: "strands.json", bytes: PackageResources.strands_json),
            EmbeddedFile(name: "traceloop.json", bytes: PackageResources.traceloop_json),
        ]
    }
}
