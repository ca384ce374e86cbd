"""The one wide table of the peers: every field that the workload writes and a store keeps, by the kind of its values."""

# Texts of which there are few, so that engines with dictionaries are told so; texts without end; hexadecimal texts, kept as bytes.
FEW, TEXT, BYTES = "few", "text", "bytes"
# Whole numbers of 32 and of 64 bits, money in USD.
SMALL, WHOLE, MONEY = "small", "whole", "money"
REAL, FLAG, TIME, ID = "real", "flag", "time", "id"

_FIELDS = {
    FEW: """tenant channel user_id agent agent_version team cost_centre environment region service_name service_version experiment variant
        prompt_name prompt_version action answered_from author by cache category certainty classifier_version component decision deployment
        entry error_type evaluator evaluator_version finish_reason from_agent from_value guardrail handled_by http_route index intent
        invoice_id kind label locale model name operation period priority protocol provider purpose queue reason request_model resource
        response_model route scope service_tier state status step store subject system target to_agent to_value token_class tool topic
        usd_per_million_tokens vendor verdict workflow weights content_hash""",
    TEXT: "conversation_id message_id escalation_id response_id ticket_id",
    BYTES: "trace_id span_id",
    SMALL: """turn attempt cache_read_tokens cache_write_1h_tokens cache_write_tokens characters chunks dimensions documents hits
        input_tokens output_tokens reasoning_tokens score status_code""",
    WHOLE: "duration_ns time_to_first_token_ns gpu_duration_ns handling_duration_ns queue_duration_ns wait_ns",
    MONEY: "amount_usd cost_usd",
    REAL: "capacity confidence injection_score quality_score sampling_rate top_score used",
    FLAG: "hit pii_found stream up",
    TIME: "period_start period_end valid_from",
}

# Members of an event's `data`.
FIELDS = {name: kind for kind, names in _FIELDS.items() for name in names.split()}
# What a store withholds is left out everywhere.
WITHHELD = {"content", "comment"}
# What stands around `data`.
ENVELOPE = {"id": ID, "source": FEW, "type": FEW, "time": TIME}
# In whole pico-USD: what a call costs; beside an answer, what all calls of its turn cost, since the peers have no read model of turns.
COST = "cost_pico_usd"
COLUMNS = {**ENVELOPE, **FIELDS, COST: WHOLE}
