CREATE DATABASE IF NOT EXISTS `plimsoll` ON CLUSTER `plimsoll`;

CREATE TABLE IF NOT EXISTS `plimsoll`.`shipments` ON CLUSTER `plimsoll` (
    `node` Int64,
    `source` String,
    `revision` Int64,
    `previous` Int64,
    `base` Int64,
    `sender` UInt64,
    `is_done` UInt8,
    `position` Int64,
    `corrected_position` Int64,
    `closed_time_ns` Int64,
    `received_position` Nullable(Int64),
    `received_time_ns` Nullable(Int64),
    `tables` String,
    `views` UInt64,
    `void` Array(Int64)
) ENGINE = ReplicatedMergeTree('/clickhouse/plimsoll/shipments', '{shard}-{replica}')
ORDER BY (`node`, `revision`, `is_done`, `sender`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_handoff_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `from_agent` Nullable(String),
    `to_agent` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/agent_handoff_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_handoff_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`agent_handoff_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `agent_handoff_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_handoff_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `from_agent` Nullable(String),
    `to_agent` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/agent_handoff_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_handoff_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`agent_handoff_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `agent_handoff_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_run_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/agent_run_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_run_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`agent_run_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `agent_run_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_run_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/agent_run_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`agent_run_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`agent_run_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `agent_run_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_decided_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `decision` LowCardinality(Nullable(String)),
    `wait_ns` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/approval_decided_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_decided_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`approval_decided_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `approval_decided_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_decided_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `decision` LowCardinality(Nullable(String)),
    `wait_ns` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/approval_decided_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_decided_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`approval_decided_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `approval_decided_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_requested_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `action` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/approval_requested_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_requested_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`approval_requested_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `approval_requested_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_requested_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `action` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/approval_requested_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`approval_requested_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`approval_requested_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `approval_requested_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`budget_set_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `amount_usd` Nullable(Decimal(38, 12)),
    `period` Nullable(String),
    `scope` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/budget_set_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`budget_set_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`budget_set_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `budget_set_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`budget_set_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `amount_usd` Nullable(Decimal(38, 12)),
    `period` Nullable(String),
    `scope` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/budget_set_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`budget_set_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`budget_set_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `budget_set_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`cache_lookup_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `cache` Nullable(String),
    `hit` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/cache_lookup_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`cache_lookup_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`cache_lookup_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `cache_lookup_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`cache_lookup_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `cache` Nullable(String),
    `hit` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/cache_lookup_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`cache_lookup_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`cache_lookup_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `cache_lookup_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_classified_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `classifier_version` Nullable(String),
    `confidence` Nullable(Float64),
    `intent` LowCardinality(Nullable(String)),
    `topic` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_classified_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_classified_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_classified_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_classified_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_classified_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `classifier_version` Nullable(String),
    `confidence` Nullable(Float64),
    `intent` LowCardinality(Nullable(String)),
    `topic` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_classified_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_classified_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_classified_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_classified_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_closed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `reason` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_closed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_closed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_closed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_closed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_closed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `reason` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_closed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_closed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_closed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_closed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_reopened_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `reason` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_reopened_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_reopened_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_reopened_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_reopened_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_reopened_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `reason` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_reopened_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_reopened_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_reopened_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_reopened_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_resolved_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `certainty` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_resolved_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_resolved_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_resolved_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_resolved_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_resolved_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `certainty` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_resolved_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_resolved_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_resolved_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_resolved_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_started_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `entry` Nullable(String),
    `locale` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_started_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_started_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_started_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_started_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_started_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `entry` Nullable(String),
    `locale` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversation_started_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversation_started_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`conversation_started_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversation_started_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversations_versions_local` ON CLUSTER `plimsoll` (
    `conversation_id` Nullable(String),
    `start_time` Nullable(DateTime64(9, 'UTC')),
    `last_time` Nullable(DateTime64(9, 'UTC')),
    `closed_time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `outcome` LowCardinality(Nullable(String)),
    `outcome_intercom_fin` Nullable(String),
    `resolved_time` Nullable(DateTime64(9, 'UTC')),
    `resolved_by` Nullable(String),
    `reopened` Nullable(Bool),
    `topic` LowCardinality(Nullable(String)),
    `turns` Nullable(Int64),
    `answers` Nullable(Int64),
    `errors` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `output_tokens` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `escalations` Nullable(Int64),
    `escalation_reason` Nullable(String),
    `score` Nullable(Int64),
    `feedback_requests` Nullable(Int64),
    `rated_time` Nullable(DateTime64(9, 'UTC')),
    `closed_reason` Nullable(String),
    `last_activity_time` Nullable(DateTime64(9, 'UTC')),
    `last_message` Nullable(String),
    `resolved_certainty` Nullable(String),
    `outcome_silence_resolves` Nullable(String),
    `cut_after` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/conversations_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`conversations_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`conversations_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `conversations_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`cost_recorded_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `amount_usd` Nullable(Decimal(38, 12)),
    `category` Nullable(String),
    `component` Nullable(String),
    `deployment` Nullable(String),
    `invoice_id` Nullable(String),
    `period_end` Nullable(DateTime64(9, 'UTC')),
    `period_start` Nullable(DateTime64(9, 'UTC')),
    `vendor` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/cost_recorded_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`cost_recorded_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`cost_recorded_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `cost_recorded_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`cost_recorded_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `amount_usd` Nullable(Decimal(38, 12)),
    `category` Nullable(String),
    `component` Nullable(String),
    `deployment` Nullable(String),
    `invoice_id` Nullable(String),
    `period_end` Nullable(DateTime64(9, 'UTC')),
    `period_start` Nullable(DateTime64(9, 'UTC')),
    `vendor` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/cost_recorded_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`cost_recorded_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`cost_recorded_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `cost_recorded_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`deploy_changed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/deploy_changed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`deploy_changed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`deploy_changed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `deploy_changed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`deploy_changed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/deploy_changed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`deploy_changed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`deploy_changed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `deploy_changed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`embedding_call_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attempt` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `dimensions` Nullable(Int64),
    `finish_reason` LowCardinality(Nullable(String)),
    `gpu_duration_ns` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `other_usage` Nullable(String),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `purpose` LowCardinality(Nullable(String)),
    `queue_duration_ns` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_id` Nullable(String),
    `response_model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `stream` Nullable(Bool),
    `time_to_first_token_ns` Nullable(Int64),
    `total_tokens` Nullable(Int64),
    `usage_doubt` Nullable(String),
    `model` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `price_gaps` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/embedding_call_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`embedding_call_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`embedding_call_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `embedding_call_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`embedding_call_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attempt` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `dimensions` Nullable(Int64),
    `finish_reason` LowCardinality(Nullable(String)),
    `gpu_duration_ns` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `other_usage` Nullable(String),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `purpose` LowCardinality(Nullable(String)),
    `queue_duration_ns` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_id` Nullable(String),
    `response_model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `stream` Nullable(Bool),
    `time_to_first_token_ns` Nullable(Int64),
    `total_tokens` Nullable(Int64),
    `usage_doubt` Nullable(String),
    `model` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `price_gaps` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/embedding_call_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`embedding_call_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`embedding_call_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `embedding_call_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_accepted_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `wait_ns` Nullable(Int64),
    `escalation_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_accepted_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_accepted_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_accepted_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_accepted_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_accepted_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `wait_ns` Nullable(Int64),
    `escalation_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_accepted_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_accepted_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_accepted_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_accepted_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_closed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `escalation_id` Nullable(String),
    `handled_by` Nullable(String),
    `handling_duration_ns` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_closed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_closed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_closed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_closed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_closed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `escalation_id` Nullable(String),
    `handled_by` Nullable(String),
    `handling_duration_ns` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_closed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_closed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_closed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_closed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_raised_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `reason` Nullable(String),
    `escalation_id` Nullable(String),
    `priority` Nullable(String),
    `queue` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_raised_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_raised_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_raised_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_raised_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_raised_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `reason` Nullable(String),
    `escalation_id` Nullable(String),
    `priority` Nullable(String),
    `queue` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/escalation_raised_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`escalation_raised_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`escalation_raised_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `escalation_raised_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_assigned_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/experiment_assigned_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_assigned_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`experiment_assigned_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `experiment_assigned_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_assigned_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/experiment_assigned_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_assigned_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`experiment_assigned_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `experiment_assigned_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_changed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `weights` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/experiment_changed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_changed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`experiment_changed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `experiment_changed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_changed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `weights` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/experiment_changed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`experiment_changed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`experiment_changed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `experiment_changed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feature_flag_evaluated_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feature_flag_evaluated_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feature_flag_evaluated_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`feature_flag_evaluated_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feature_flag_evaluated_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feature_flag_evaluated_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feature_flag_evaluated_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feature_flag_evaluated_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`feature_flag_evaluated_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feature_flag_evaluated_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_requested_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `kind` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feedback_requested_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_requested_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`feedback_requested_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feedback_requested_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_requested_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `kind` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feedback_requested_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_requested_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`feedback_requested_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feedback_requested_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_submitted_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `kind` LowCardinality(Nullable(String)),
    `comment` Nullable(String),
    `score` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feedback_submitted_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_submitted_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`feedback_submitted_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feedback_submitted_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_submitted_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `kind` LowCardinality(Nullable(String)),
    `comment` Nullable(String),
    `score` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/feedback_submitted_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`feedback_submitted_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`feedback_submitted_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `feedback_submitted_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`guardrail_checked_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `guardrail` Nullable(String),
    `verdict` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/guardrail_checked_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`guardrail_checked_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`guardrail_checked_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `guardrail_checked_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`guardrail_checked_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `guardrail` Nullable(String),
    `verdict` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/guardrail_checked_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`guardrail_checked_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`guardrail_checked_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `guardrail_checked_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`knowledge_indexed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `chunks` Nullable(Int64),
    `documents` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/knowledge_indexed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`knowledge_indexed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`knowledge_indexed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `knowledge_indexed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`knowledge_indexed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `chunks` Nullable(Int64),
    `documents` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/knowledge_indexed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`knowledge_indexed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`knowledge_indexed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `knowledge_indexed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attempt` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `finish_reason` LowCardinality(Nullable(String)),
    `gpu_duration_ns` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `other_usage` Nullable(String),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `purpose` LowCardinality(Nullable(String)),
    `queue_duration_ns` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_id` Nullable(String),
    `response_model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `stream` Nullable(Bool),
    `time_to_first_token_ns` Nullable(Int64),
    `total_tokens` Nullable(Int64),
    `usage_doubt` Nullable(String),
    `model` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `price_gaps` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/llm_call_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`llm_call_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `llm_call_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `attempt` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `finish_reason` LowCardinality(Nullable(String)),
    `gpu_duration_ns` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `other_usage` Nullable(String),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `purpose` LowCardinality(Nullable(String)),
    `queue_duration_ns` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_id` Nullable(String),
    `response_model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `stream` Nullable(Bool),
    `time_to_first_token_ns` Nullable(Int64),
    `total_tokens` Nullable(Int64),
    `usage_doubt` Nullable(String),
    `model` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `price_gaps` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/llm_call_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`llm_call_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`llm_call_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `llm_call_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`log_recorded_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `body` Nullable(String),
    `event_name` Nullable(String),
    `severity` LowCardinality(Nullable(String)),
    `severity_number` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/log_recorded_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`log_recorded_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`log_recorded_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `log_recorded_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`log_recorded_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `body` Nullable(String),
    `event_name` Nullable(String),
    `severity` LowCardinality(Nullable(String)),
    `severity_number` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/log_recorded_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`log_recorded_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`log_recorded_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `log_recorded_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`memory_accessed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `store` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/memory_accessed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`memory_accessed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`memory_accessed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `memory_accessed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`memory_accessed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `store` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/memory_accessed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`memory_accessed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`memory_accessed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `memory_accessed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_received_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `author` Nullable(String),
    `characters` Nullable(Int64),
    `content` Nullable(String),
    `injection_score` Nullable(Float64),
    `pii_found` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/message_received_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_received_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`message_received_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `message_received_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_received_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `author` Nullable(String),
    `characters` Nullable(Int64),
    `content` Nullable(String),
    `injection_score` Nullable(Float64),
    `pii_found` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/message_received_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_received_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`message_received_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `message_received_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_sent_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `confidence` Nullable(Float64),
    `time_to_first_token_ns` Nullable(Int64),
    `author` Nullable(String),
    `characters` Nullable(Int64),
    `content` Nullable(String),
    `answered_from` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/message_sent_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_sent_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`message_sent_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `message_sent_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_sent_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `confidence` Nullable(Float64),
    `time_to_first_token_ns` Nullable(Int64),
    `author` Nullable(String),
    `characters` Nullable(Int64),
    `content` Nullable(String),
    `answered_from` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/message_sent_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`message_sent_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`message_sent_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `message_sent_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`metric_sampled_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `buckets` Nullable(String),
    `count` Nullable(Int64),
    `metric_kind` Nullable(String),
    `metric_name` Nullable(String),
    `metric_unit` Nullable(String),
    `temporality` Nullable(String),
    `value` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/metric_sampled_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`metric_sampled_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`metric_sampled_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `metric_sampled_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`metric_sampled_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `buckets` Nullable(String),
    `count` Nullable(Int64),
    `metric_kind` Nullable(String),
    `metric_name` Nullable(String),
    `metric_unit` Nullable(String),
    `temporality` Nullable(String),
    `value` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/metric_sampled_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`metric_sampled_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`metric_sampled_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `metric_sampled_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`price_set_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `provider` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `token_class` LowCardinality(Nullable(String)),
    `usd_per_gpu_hour` Nullable(Decimal(38, 12)),
    `usd_per_million_tokens` Nullable(Decimal(38, 6)),
    `valid_from` Nullable(DateTime64(9, 'UTC')),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/price_set_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`price_set_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`price_set_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `price_set_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`price_set_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `provider` LowCardinality(Nullable(String)),
    `service_tier` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `token_class` LowCardinality(Nullable(String)),
    `usd_per_gpu_hour` Nullable(Decimal(38, 12)),
    `usd_per_million_tokens` Nullable(Decimal(38, 6)),
    `valid_from` Nullable(DateTime64(9, 'UTC')),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/price_set_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`price_set_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`price_set_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `price_set_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`probe_checked_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `target` Nullable(String),
    `up` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/probe_checked_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`probe_checked_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`probe_checked_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `probe_checked_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`probe_checked_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `target` Nullable(String),
    `up` Nullable(Bool),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/probe_checked_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`probe_checked_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`probe_checked_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `probe_checked_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`prompt_published_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `content_hash` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/prompt_published_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`prompt_published_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`prompt_published_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `prompt_published_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`prompt_published_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `by` Nullable(String),
    `from_value` Nullable(String),
    `subject` Nullable(String),
    `to_value` Nullable(String),
    `content_hash` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/prompt_published_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`prompt_published_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`prompt_published_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `prompt_published_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`quality_scored_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `evaluator` Nullable(String),
    `evaluator_version` Nullable(String),
    `label` Nullable(String),
    `name` Nullable(String),
    `quality_score` Nullable(Float64),
    `sampling_rate` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/quality_scored_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`quality_scored_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`quality_scored_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `quality_scored_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`quality_scored_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `evaluator` Nullable(String),
    `evaluator_version` Nullable(String),
    `label` Nullable(String),
    `name` Nullable(String),
    `quality_score` Nullable(Float64),
    `sampling_rate` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/quality_scored_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`quality_scored_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`quality_scored_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `quality_scored_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`request_completed_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `http_route` Nullable(String),
    `rejected_by` Nullable(String),
    `status_code` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/request_completed_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`request_completed_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`request_completed_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `request_completed_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`request_completed_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `http_route` Nullable(String),
    `rejected_by` Nullable(String),
    `status_code` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/request_completed_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`request_completed_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`request_completed_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `request_completed_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`resource_sampled_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `target` Nullable(String),
    `capacity` Nullable(Float64),
    `resource` Nullable(String),
    `used` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/resource_sampled_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`resource_sampled_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`resource_sampled_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `resource_sampled_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`resource_sampled_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `target` Nullable(String),
    `capacity` Nullable(Float64),
    `resource` Nullable(String),
    `used` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/resource_sampled_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`resource_sampled_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`resource_sampled_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `resource_sampled_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`retrieval_query_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `kind` LowCardinality(Nullable(String)),
    `hits` Nullable(Int64),
    `index` Nullable(String),
    `top_score` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/retrieval_query_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`retrieval_query_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`retrieval_query_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `retrieval_query_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`retrieval_query_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `kind` LowCardinality(Nullable(String)),
    `hits` Nullable(Int64),
    `index` Nullable(String),
    `top_score` Nullable(Float64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/retrieval_query_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`retrieval_query_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`retrieval_query_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `retrieval_query_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_cache_lookup_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `cache` Nullable(String),
    `hit` Nullable(Bool),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_cache_lookup_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_cache_lookup_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_cache_lookup_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_cache_lookup_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_embedding_call_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `provider` LowCardinality(Nullable(String)),
    `request_model` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `price_state` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `cost_usd_count` Nullable(Int64),
    `cost_usd_sum` Nullable(Decimal(38, 12)),
    `cost_low_usd_count` Nullable(Int64),
    `cost_low_usd_sum` Nullable(Decimal(38, 12)),
    `cost_high_usd_count` Nullable(Int64),
    `cost_high_usd_sum` Nullable(Decimal(38, 12)),
    `input_tokens_count` Nullable(Int64),
    `input_tokens_sum` Nullable(Decimal(38, 0)),
    `output_tokens_count` Nullable(Int64),
    `output_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_read_tokens_count` Nullable(Int64),
    `cache_read_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_tokens_count` Nullable(Int64),
    `cache_write_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_1h_tokens_count` Nullable(Int64),
    `cache_write_1h_tokens_sum` Nullable(Decimal(38, 0)),
    `reasoning_tokens_count` Nullable(Int64),
    `reasoning_tokens_sum` Nullable(Decimal(38, 0)),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_embedding_call_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_embedding_call_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_embedding_call_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_embedding_call_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_embedding_call_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `provider` LowCardinality(Nullable(String)),
    `request_model` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `price_state` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `cost_usd_count` Nullable(Int64),
    `cost_usd_sum` Nullable(Decimal(38, 12)),
    `cost_low_usd_count` Nullable(Int64),
    `cost_low_usd_sum` Nullable(Decimal(38, 12)),
    `cost_high_usd_count` Nullable(Int64),
    `cost_high_usd_sum` Nullable(Decimal(38, 12)),
    `input_tokens_count` Nullable(Int64),
    `input_tokens_sum` Nullable(Decimal(38, 0)),
    `output_tokens_count` Nullable(Int64),
    `output_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_read_tokens_count` Nullable(Int64),
    `cache_read_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_tokens_count` Nullable(Int64),
    `cache_write_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_1h_tokens_count` Nullable(Int64),
    `cache_write_1h_tokens_sum` Nullable(Decimal(38, 0)),
    `reasoning_tokens_count` Nullable(Int64),
    `reasoning_tokens_sum` Nullable(Decimal(38, 0)),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_embedding_call_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_embedding_call_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_embedding_call_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_embedding_call_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_escalation_raised_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `reason` Nullable(String),
    `queue` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_escalation_raised_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_escalation_raised_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_escalation_raised_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_escalation_raised_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_escalation_raised_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `reason` Nullable(String),
    `queue` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_escalation_raised_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_escalation_raised_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_escalation_raised_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_escalation_raised_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_feedback_submitted_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `variant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `score` Nullable(Int64),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_feedback_submitted_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_feedback_submitted_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_feedback_submitted_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_feedback_submitted_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_feedback_submitted_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `variant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `score` Nullable(Int64),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_feedback_submitted_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_feedback_submitted_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_feedback_submitted_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_feedback_submitted_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `provider` LowCardinality(Nullable(String)),
    `request_model` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `price_state` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `cost_usd_count` Nullable(Int64),
    `cost_usd_sum` Nullable(Decimal(38, 12)),
    `cost_low_usd_count` Nullable(Int64),
    `cost_low_usd_sum` Nullable(Decimal(38, 12)),
    `cost_high_usd_count` Nullable(Int64),
    `cost_high_usd_sum` Nullable(Decimal(38, 12)),
    `input_tokens_count` Nullable(Int64),
    `input_tokens_sum` Nullable(Decimal(38, 0)),
    `output_tokens_count` Nullable(Int64),
    `output_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_read_tokens_count` Nullable(Int64),
    `cache_read_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_tokens_count` Nullable(Int64),
    `cache_write_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_1h_tokens_count` Nullable(Int64),
    `cache_write_1h_tokens_sum` Nullable(Decimal(38, 0)),
    `reasoning_tokens_count` Nullable(Int64),
    `reasoning_tokens_sum` Nullable(Decimal(38, 0)),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_llm_call_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_llm_call_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_llm_call_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `provider` LowCardinality(Nullable(String)),
    `request_model` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `price_state` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `cost_usd_count` Nullable(Int64),
    `cost_usd_sum` Nullable(Decimal(38, 12)),
    `cost_low_usd_count` Nullable(Int64),
    `cost_low_usd_sum` Nullable(Decimal(38, 12)),
    `cost_high_usd_count` Nullable(Int64),
    `cost_high_usd_sum` Nullable(Decimal(38, 12)),
    `input_tokens_count` Nullable(Int64),
    `input_tokens_sum` Nullable(Decimal(38, 0)),
    `output_tokens_count` Nullable(Int64),
    `output_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_read_tokens_count` Nullable(Int64),
    `cache_read_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_tokens_count` Nullable(Int64),
    `cache_write_tokens_sum` Nullable(Decimal(38, 0)),
    `cache_write_1h_tokens_count` Nullable(Int64),
    `cache_write_1h_tokens_sum` Nullable(Decimal(38, 0)),
    `reasoning_tokens_count` Nullable(Int64),
    `reasoning_tokens_sum` Nullable(Decimal(38, 0)),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_llm_call_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_llm_call_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_llm_call_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_times_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_llm_call_times_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_llm_call_times_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_llm_call_times_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_llm_call_times_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_received_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `author` Nullable(String),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_received_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_received_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_received_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_received_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_received_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `author` Nullable(String),
    `events` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_received_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_received_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_received_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_received_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `error_type` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `author` Nullable(String),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `duration_ns_at_most_2s` Nullable(Int64),
    `duration_ns_at_most_3s` Nullable(Int64),
    `duration_ns_at_most_5s` Nullable(Int64),
    `duration_ns_at_most_8s` Nullable(Int64),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `time_to_first_token_ns_at_most_2s` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_sent_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_sent_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_sent_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `channel` LowCardinality(Nullable(String)),
    `author` Nullable(String),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `duration_ns_at_most_2s` Nullable(Int64),
    `duration_ns_at_most_3s` Nullable(Int64),
    `duration_ns_at_most_5s` Nullable(Int64),
    `duration_ns_at_most_8s` Nullable(Int64),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `time_to_first_token_ns_at_most_2s` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_sent_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_sent_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_sent_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_times_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `author` Nullable(String),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `duration_ns_at_most_2s` Nullable(Int64),
    `duration_ns_at_most_3s` Nullable(Int64),
    `duration_ns_at_most_5s` Nullable(Int64),
    `duration_ns_at_most_8s` Nullable(Int64),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `time_to_first_token_ns_at_most_2s` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_sent_times_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_times_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_sent_times_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_sent_times_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_times_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `author` Nullable(String),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `duration_ns_at_most_2s` Nullable(Int64),
    `duration_ns_at_most_3s` Nullable(Int64),
    `duration_ns_at_most_5s` Nullable(Int64),
    `duration_ns_at_most_8s` Nullable(Int64),
    `time_to_first_token_ns_count` Nullable(Int64),
    `time_to_first_token_ns_sum` Nullable(Decimal(38, 0)),
    `time_to_first_token_ns_min` Nullable(Int64),
    `time_to_first_token_ns_max` Nullable(Int64),
    `time_to_first_token_ns_histogram` Nullable(String),
    `time_to_first_token_ns_at_most_2s` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_message_sent_times_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_message_sent_times_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_message_sent_times_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_message_sent_times_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_retrieval_query_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `kind` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_retrieval_query_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_retrieval_query_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_retrieval_query_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_retrieval_query_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_tool_call_1d_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tool` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `error_type` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_tool_call_1d_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_tool_call_1d_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_tool_call_1d_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_tool_call_1d_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_tool_call_1h_versions_local` ON CLUSTER `plimsoll` (
    `time` Nullable(DateTime64(9, 'UTC')),
    `tool` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `error_type` LowCardinality(Nullable(String)),
    `events` Nullable(Int64),
    `duration_ns_count` Nullable(Int64),
    `duration_ns_sum` Nullable(Decimal(38, 0)),
    `duration_ns_min` Nullable(Int64),
    `duration_ns_max` Nullable(Int64),
    `duration_ns_histogram` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/rollup_tool_call_1h_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`rollup_tool_call_1h_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`rollup_tool_call_1h_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `rollup_tool_call_1h_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`span_received_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `dialect` Nullable(String),
    `instrumentation_name` Nullable(String),
    `instrumentation_version` Nullable(String),
    `resource_attributes` Nullable(String),
    `span_attributes` Nullable(String),
    `span_class` Nullable(String),
    `span_events` Nullable(String),
    `span_kind` Nullable(String),
    `span_links` Nullable(String),
    `span_name` Nullable(String),
    `status_message` Nullable(String),
    `time_doubt` Nullable(String),
    `unknown_attributes` Nullable(String),
    `withheld_values` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/span_received_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`span_received_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`span_received_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `span_received_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`span_received_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `dialect` Nullable(String),
    `instrumentation_name` Nullable(String),
    `instrumentation_version` Nullable(String),
    `resource_attributes` Nullable(String),
    `span_attributes` Nullable(String),
    `span_class` Nullable(String),
    `span_events` Nullable(String),
    `span_kind` Nullable(String),
    `span_links` Nullable(String),
    `span_name` Nullable(String),
    `status_message` Nullable(String),
    `time_doubt` Nullable(String),
    `unknown_attributes` Nullable(String),
    `withheld_values` Nullable(Int64),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/span_received_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`span_received_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`span_received_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `span_received_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_created_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `state` LowCardinality(Nullable(String)),
    `system` Nullable(String),
    `ticket_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/ticket_created_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_created_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`ticket_created_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `ticket_created_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_created_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `state` LowCardinality(Nullable(String)),
    `system` Nullable(String),
    `ticket_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/ticket_created_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_created_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`ticket_created_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `ticket_created_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_updated_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `state` LowCardinality(Nullable(String)),
    `system` Nullable(String),
    `ticket_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/ticket_updated_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_updated_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`ticket_updated_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `ticket_updated_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_updated_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `state` LowCardinality(Nullable(String)),
    `system` Nullable(String),
    `ticket_id` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/ticket_updated_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`ticket_updated_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`ticket_updated_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `ticket_updated_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`tool_call_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `protocol` Nullable(String),
    `tool` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/tool_call_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`tool_call_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`tool_call_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `tool_call_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`tool_call_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `error_type` LowCardinality(Nullable(String)),
    `status` LowCardinality(Nullable(String)),
    `cost_usd` Nullable(Decimal(38, 12)),
    `protocol` Nullable(String),
    `tool` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/tool_call_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`tool_call_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`tool_call_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `tool_call_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`turns_versions_local` ON CLUSTER `plimsoll` (
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `asked_time` Nullable(DateTime64(9, 'UTC')),
    `time` Nullable(DateTime64(9, 'UTC')),
    `tenant` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `status` LowCardinality(Nullable(String)),
    `error_type` LowCardinality(Nullable(String)),
    `duration_ns` Nullable(Int64),
    `time_to_first_token_ns` Nullable(Int64),
    `answered_from` Nullable(String),
    `provider` LowCardinality(Nullable(String)),
    `model` LowCardinality(Nullable(String)),
    `request_model` LowCardinality(Nullable(String)),
    `route` LowCardinality(Nullable(String)),
    `input_tokens` Nullable(Int64),
    `output_tokens` Nullable(Int64),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `reasoning_tokens` Nullable(Int64),
    `cost_usd` Nullable(Decimal(38, 12)),
    `cost_low_usd` Nullable(Decimal(38, 12)),
    `cost_high_usd` Nullable(Decimal(38, 12)),
    `price_state` LowCardinality(Nullable(String)),
    `llm_calls` Nullable(Int64),
    `tool_calls` Nullable(Int64),
    `retrievals` Nullable(Int64),
    `cache_hits` Nullable(Int64),
    `escalated` Nullable(Bool),
    `score` Nullable(Int64),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_scope` FixedString(16),
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/turns_versions_local', '{replica}')
ORDER BY (`shipped_scope`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`turns_versions` ON CLUSTER `plimsoll` AS `plimsoll`.`turns_versions_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `turns_versions_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`usage_reported_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `scope` Nullable(String),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_model` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/usage_reported_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`usage_reported_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`usage_reported_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `usage_reported_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`usage_reported_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `scope` Nullable(String),
    `cache_read_tokens` Nullable(Int64),
    `cache_write_1h_tokens` Nullable(Int64),
    `cache_write_tokens` Nullable(Int64),
    `input_tokens` Nullable(Int64),
    `operation` LowCardinality(Nullable(String)),
    `output_tokens` Nullable(Int64),
    `provider` LowCardinality(Nullable(String)),
    `reasoning_tokens` Nullable(Int64),
    `reported_cost_usd` Nullable(Decimal(38, 12)),
    `request_model` LowCardinality(Nullable(String)),
    `response_model` LowCardinality(Nullable(String)),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/usage_reported_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`usage_reported_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`usage_reported_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `usage_reported_overlay_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`workflow_step_facts_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `step` Nullable(String),
    `workflow` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    INDEX position_index `position` TYPE minmax GRANULARITY 1,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/workflow_step_facts_local', '{replica}')
PARTITION BY toYYYYMM(`time`)
ORDER BY (ifNull(`tenant`, ''), toStartOfHour(`time`), ifNull(`conversation_id`, ''), `position`)
TTL toDateTime(`time`) + INTERVAL 90 DAY TO VOLUME 'cold'
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`workflow_step_facts` ON CLUSTER `plimsoll` AS `plimsoll`.`workflow_step_facts_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `workflow_step_facts_local`, `shard_key`);

CREATE TABLE IF NOT EXISTS `plimsoll`.`workflow_step_overlay_local` ON CLUSTER `plimsoll` (
    `id` Nullable(String),
    `source` LowCardinality(Nullable(String)),
    `type` LowCardinality(Nullable(String)),
    `time` DateTime64(9, 'UTC'),
    `received_time` Nullable(DateTime64(9, 'UTC')),
    `position` Int64,
    `tenant` LowCardinality(Nullable(String)),
    `conversation_id` Nullable(String),
    `turn` Nullable(Int64),
    `message_id` Nullable(String),
    `channel` LowCardinality(Nullable(String)),
    `user_id` Nullable(String),
    `agent` LowCardinality(Nullable(String)),
    `agent_version` LowCardinality(Nullable(String)),
    `team` LowCardinality(Nullable(String)),
    `cost_centre` LowCardinality(Nullable(String)),
    `environment` LowCardinality(Nullable(String)),
    `region` LowCardinality(Nullable(String)),
    `service_name` LowCardinality(Nullable(String)),
    `service_version` LowCardinality(Nullable(String)),
    `experiment` LowCardinality(Nullable(String)),
    `variant` LowCardinality(Nullable(String)),
    `prompt_name` LowCardinality(Nullable(String)),
    `prompt_version` LowCardinality(Nullable(String)),
    `trace_id` Nullable(String),
    `span_id` Nullable(String),
    `parent_span_id` Nullable(String),
    `duration_ns` Nullable(Int64),
    `status` LowCardinality(Nullable(String)),
    `step` Nullable(String),
    `workflow` Nullable(String),
    `attributes` Nullable(String),
    `node` Int64,
    `shard_key` UInt64,
    `shipped_hash` UInt64,
    `shipped_revision` Int64,
    `shipped_hidden` Bool,
    INDEX shipped_revision_index `shipped_revision` TYPE minmax GRANULARITY 1
) ENGINE = ReplicatedMergeTree('/clickhouse/{shard}/plimsoll/workflow_step_overlay_local', '{replica}')
ORDER BY (`position`, `shipped_revision`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, storage_policy = 'tiered';

CREATE TABLE IF NOT EXISTS `plimsoll`.`workflow_step_overlay` ON CLUSTER `plimsoll` AS `plimsoll`.`workflow_step_overlay_local`
ENGINE = Distributed(`plimsoll`, `plimsoll`, `workflow_step_overlay_local`, `shard_key`);

CREATE OR REPLACE VIEW `plimsoll`.`cut` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT base AS base_revision, revision AS last_revision, position AS last_position FROM `plimsoll`.`shipments` WHERE is_done = 1 ORDER BY revision DESC LIMIT 1);

CREATE OR REPLACE VIEW `plimsoll`.`void` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT arrayJoin(void) AS void_revision FROM (SELECT void FROM `plimsoll`.`shipments` WHERE is_done = 1 ORDER BY revision DESC LIMIT 1));

CREATE OR REPLACE VIEW `plimsoll`.`agent_handoff` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `from_agent`, `to_agent`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`agent_handoff_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`agent_handoff_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `from_agent`, `to_agent`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`agent_handoff_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`agent_handoff_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`agent_run` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`agent_run_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`agent_run_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`agent_run_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`agent_run_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`approval_decided` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `decision`, `wait_ns`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`approval_decided_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`approval_decided_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `decision`, `wait_ns`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`approval_decided_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`approval_decided_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`approval_requested` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `action`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`approval_requested_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`approval_requested_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `action`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`approval_requested_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`approval_requested_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`budget_set` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `amount_usd`, `period`, `scope`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`budget_set_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`budget_set_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `amount_usd`, `period`, `scope`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`budget_set_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`budget_set_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`cache_lookup` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `cache`, `hit`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`cache_lookup_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`cache_lookup_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `cache`, `hit`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`cache_lookup_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`cache_lookup_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversation_classified` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `classifier_version`, `confidence`, `intent`, `topic`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_classified_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`conversation_classified_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `classifier_version`, `confidence`, `intent`, `topic`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_classified_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`conversation_classified_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversation_closed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `reason`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_closed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`conversation_closed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `reason`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_closed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`conversation_closed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversation_reopened` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `reason`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_reopened_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`conversation_reopened_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `reason`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_reopened_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`conversation_reopened_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversation_resolved` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `certainty`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_resolved_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`conversation_resolved_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `certainty`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_resolved_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`conversation_resolved_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversation_started` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `entry`, `locale`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_started_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`conversation_started_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `entry`, `locale`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversation_started_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`conversation_started_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`conversations` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `conversation_id`, `start_time`, `last_time`, `closed_time`, `tenant`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `outcome`, `outcome_intercom_fin`, `resolved_time`, `resolved_by`, `reopened`, `topic`, `turns`, `answers`, `errors`, `input_tokens`, `output_tokens`, `cache_read_tokens`, `cache_write_tokens`, `cache_write_1h_tokens`, `reasoning_tokens`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `escalations`, `escalation_reason`, `score`, `feedback_requests`, `rated_time`, `closed_reason`, `last_activity_time`, `last_message`, `resolved_certainty`, `outcome_silence_resolves`, `cut_after`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`conversations_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`conversations_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`cost_recorded` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `amount_usd`, `category`, `component`, `deployment`, `invoice_id`, `period_end`, `period_start`, `vendor`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`cost_recorded_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`cost_recorded_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `amount_usd`, `category`, `component`, `deployment`, `invoice_id`, `period_end`, `period_start`, `vendor`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`cost_recorded_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`cost_recorded_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`deploy_changed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`deploy_changed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`deploy_changed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`deploy_changed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`deploy_changed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`embedding_call` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attempt`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `dimensions`, `finish_reason`, `gpu_duration_ns`, `input_tokens`, `operation`, `other_usage`, `output_tokens`, `provider`, `purpose`, `queue_duration_ns`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_id`, `response_model`, `route`, `service_tier`, `stream`, `time_to_first_token_ns`, `total_tokens`, `usage_doubt`, `model`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `price_gaps`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`embedding_call_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`embedding_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attempt`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `dimensions`, `finish_reason`, `gpu_duration_ns`, `input_tokens`, `operation`, `other_usage`, `output_tokens`, `provider`, `purpose`, `queue_duration_ns`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_id`, `response_model`, `route`, `service_tier`, `stream`, `time_to_first_token_ns`, `total_tokens`, `usage_doubt`, `model`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `price_gaps`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`embedding_call_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`embedding_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`escalation_accepted` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `wait_ns`, `escalation_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_accepted_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`escalation_accepted_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `wait_ns`, `escalation_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_accepted_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`escalation_accepted_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`escalation_closed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `escalation_id`, `handled_by`, `handling_duration_ns`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_closed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`escalation_closed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `escalation_id`, `handled_by`, `handling_duration_ns`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_closed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`escalation_closed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`escalation_raised` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `reason`, `escalation_id`, `priority`, `queue`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_raised_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`escalation_raised_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `reason`, `escalation_id`, `priority`, `queue`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`escalation_raised_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`escalation_raised_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`experiment_assigned` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`experiment_assigned_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`experiment_assigned_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`experiment_assigned_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`experiment_assigned_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`experiment_changed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `weights`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`experiment_changed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`experiment_changed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `weights`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`experiment_changed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`experiment_changed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`feature_flag_evaluated` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feature_flag_evaluated_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`feature_flag_evaluated_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feature_flag_evaluated_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`feature_flag_evaluated_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`feedback_requested` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `kind`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feedback_requested_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`feedback_requested_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `kind`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feedback_requested_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`feedback_requested_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`feedback_submitted` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `kind`, `comment`, `score`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feedback_submitted_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`feedback_submitted_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `kind`, `comment`, `score`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`feedback_submitted_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`feedback_submitted_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`guardrail_checked` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `guardrail`, `verdict`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`guardrail_checked_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`guardrail_checked_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `guardrail`, `verdict`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`guardrail_checked_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`guardrail_checked_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`knowledge_indexed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `chunks`, `documents`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`knowledge_indexed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`knowledge_indexed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `chunks`, `documents`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`knowledge_indexed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`knowledge_indexed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`llm_call` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attempt`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `finish_reason`, `gpu_duration_ns`, `input_tokens`, `operation`, `other_usage`, `output_tokens`, `provider`, `purpose`, `queue_duration_ns`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_id`, `response_model`, `route`, `service_tier`, `stream`, `time_to_first_token_ns`, `total_tokens`, `usage_doubt`, `model`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `price_gaps`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`llm_call_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`llm_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `attempt`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `finish_reason`, `gpu_duration_ns`, `input_tokens`, `operation`, `other_usage`, `output_tokens`, `provider`, `purpose`, `queue_duration_ns`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_id`, `response_model`, `route`, `service_tier`, `stream`, `time_to_first_token_ns`, `total_tokens`, `usage_doubt`, `model`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `price_gaps`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`llm_call_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`llm_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`log_recorded` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `body`, `event_name`, `severity`, `severity_number`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`log_recorded_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`log_recorded_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `body`, `event_name`, `severity`, `severity_number`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`log_recorded_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`log_recorded_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`memory_accessed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `operation`, `store`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`memory_accessed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`memory_accessed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `operation`, `store`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`memory_accessed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`memory_accessed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`message_received` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `author`, `characters`, `content`, `injection_score`, `pii_found`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`message_received_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`message_received_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `author`, `characters`, `content`, `injection_score`, `pii_found`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`message_received_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`message_received_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`message_sent` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `confidence`, `time_to_first_token_ns`, `author`, `characters`, `content`, `answered_from`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`message_sent_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`message_sent_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `confidence`, `time_to_first_token_ns`, `author`, `characters`, `content`, `answered_from`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`message_sent_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`message_sent_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`metric_sampled` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `buckets`, `count`, `metric_kind`, `metric_name`, `metric_unit`, `temporality`, `value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`metric_sampled_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`metric_sampled_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `buckets`, `count`, `metric_kind`, `metric_name`, `metric_unit`, `temporality`, `value`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`metric_sampled_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`metric_sampled_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`price_set` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `provider`, `service_tier`, `model`, `token_class`, `usd_per_gpu_hour`, `usd_per_million_tokens`, `valid_from`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`price_set_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`price_set_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `provider`, `service_tier`, `model`, `token_class`, `usd_per_gpu_hour`, `usd_per_million_tokens`, `valid_from`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`price_set_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`price_set_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`probe_checked` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `target`, `up`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`probe_checked_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`probe_checked_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `target`, `up`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`probe_checked_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`probe_checked_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`prompt_published` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `content_hash`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`prompt_published_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`prompt_published_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `by`, `from_value`, `subject`, `to_value`, `content_hash`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`prompt_published_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`prompt_published_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`quality_scored` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `evaluator`, `evaluator_version`, `label`, `name`, `quality_score`, `sampling_rate`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`quality_scored_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`quality_scored_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `evaluator`, `evaluator_version`, `label`, `name`, `quality_score`, `sampling_rate`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`quality_scored_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`quality_scored_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`request_completed` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `http_route`, `rejected_by`, `status_code`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`request_completed_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`request_completed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `http_route`, `rejected_by`, `status_code`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`request_completed_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`request_completed_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`resource_sampled` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `target`, `capacity`, `resource`, `used`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`resource_sampled_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`resource_sampled_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `target`, `capacity`, `resource`, `used`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`resource_sampled_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`resource_sampled_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`retrieval_query` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `kind`, `hits`, `index`, `top_score`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`retrieval_query_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`retrieval_query_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `kind`, `hits`, `index`, `top_score`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`retrieval_query_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`retrieval_query_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_cache_lookup_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `cache`, `hit`, `events`, `duration_ns_count`, `duration_ns_sum`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_cache_lookup_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_cache_lookup_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_embedding_call_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `provider`, `request_model`, `model`, `route`, `status`, `price_state`, `events`, `cost_usd_count`, `cost_usd_sum`, `cost_low_usd_count`, `cost_low_usd_sum`, `cost_high_usd_count`, `cost_high_usd_sum`, `input_tokens_count`, `input_tokens_sum`, `output_tokens_count`, `output_tokens_sum`, `cache_read_tokens_count`, `cache_read_tokens_sum`, `cache_write_tokens_count`, `cache_write_tokens_sum`, `cache_write_1h_tokens_count`, `cache_write_1h_tokens_sum`, `reasoning_tokens_count`, `reasoning_tokens_sum`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_embedding_call_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_embedding_call_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_embedding_call_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `provider`, `request_model`, `model`, `route`, `status`, `price_state`, `events`, `cost_usd_count`, `cost_usd_sum`, `cost_low_usd_count`, `cost_low_usd_sum`, `cost_high_usd_count`, `cost_high_usd_sum`, `input_tokens_count`, `input_tokens_sum`, `output_tokens_count`, `output_tokens_sum`, `cache_read_tokens_count`, `cache_read_tokens_sum`, `cache_write_tokens_count`, `cache_write_tokens_sum`, `cache_write_1h_tokens_count`, `cache_write_1h_tokens_sum`, `reasoning_tokens_count`, `reasoning_tokens_sum`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_embedding_call_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_embedding_call_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_escalation_raised_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `reason`, `queue`, `channel`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_escalation_raised_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_escalation_raised_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_escalation_raised_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `reason`, `queue`, `channel`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_escalation_raised_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_escalation_raised_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_feedback_submitted_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `variant`, `channel`, `score`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_feedback_submitted_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_feedback_submitted_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_feedback_submitted_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `variant`, `channel`, `score`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_feedback_submitted_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_feedback_submitted_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_llm_call_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `provider`, `request_model`, `model`, `route`, `status`, `price_state`, `events`, `cost_usd_count`, `cost_usd_sum`, `cost_low_usd_count`, `cost_low_usd_sum`, `cost_high_usd_count`, `cost_high_usd_sum`, `input_tokens_count`, `input_tokens_sum`, `output_tokens_count`, `output_tokens_sum`, `cache_read_tokens_count`, `cache_read_tokens_sum`, `cache_write_tokens_count`, `cache_write_tokens_sum`, `cache_write_1h_tokens_count`, `cache_write_1h_tokens_sum`, `reasoning_tokens_count`, `reasoning_tokens_sum`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_llm_call_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_llm_call_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_llm_call_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `provider`, `request_model`, `model`, `route`, `status`, `price_state`, `events`, `cost_usd_count`, `cost_usd_sum`, `cost_low_usd_count`, `cost_low_usd_sum`, `cost_high_usd_count`, `cost_high_usd_sum`, `input_tokens_count`, `input_tokens_sum`, `output_tokens_count`, `output_tokens_sum`, `cache_read_tokens_count`, `cache_read_tokens_sum`, `cache_write_tokens_count`, `cache_write_tokens_sum`, `cache_write_1h_tokens_count`, `cache_write_1h_tokens_sum`, `reasoning_tokens_count`, `reasoning_tokens_sum`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_llm_call_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_llm_call_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_llm_call_times_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_llm_call_times_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_llm_call_times_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_received_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `channel`, `author`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_received_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_received_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_received_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `channel`, `author`, `events`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_received_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_received_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_sent_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tenant`, `error_type`, `channel`, `author`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `duration_ns_at_most_2s`, `duration_ns_at_most_3s`, `duration_ns_at_most_5s`, `duration_ns_at_most_8s`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `time_to_first_token_ns_at_most_2s`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_sent_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_sent_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_sent_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `channel`, `author`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `duration_ns_at_most_2s`, `duration_ns_at_most_3s`, `duration_ns_at_most_5s`, `duration_ns_at_most_8s`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `time_to_first_token_ns_at_most_2s`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_sent_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_sent_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_sent_times_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `author`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `duration_ns_at_most_2s`, `duration_ns_at_most_3s`, `duration_ns_at_most_5s`, `duration_ns_at_most_8s`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `time_to_first_token_ns_at_most_2s`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_sent_times_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_sent_times_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_message_sent_times_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `author`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `duration_ns_at_most_2s`, `duration_ns_at_most_3s`, `duration_ns_at_most_5s`, `duration_ns_at_most_8s`, `time_to_first_token_ns_count`, `time_to_first_token_ns_sum`, `time_to_first_token_ns_min`, `time_to_first_token_ns_max`, `time_to_first_token_ns_histogram`, `time_to_first_token_ns_at_most_2s`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_message_sent_times_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_message_sent_times_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_retrieval_query_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `kind`, `status`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_retrieval_query_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_retrieval_query_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_tool_call_1d` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tool`, `status`, `error_type`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_tool_call_1d_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_tool_call_1d_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`rollup_tool_call_1h` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `time`, `tool`, `status`, `error_type`, `events`, `duration_ns_count`, `duration_ns_sum`, `duration_ns_min`, `duration_ns_max`, `duration_ns_histogram`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`rollup_tool_call_1h_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`rollup_tool_call_1h_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`span_received` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `dialect`, `instrumentation_name`, `instrumentation_version`, `resource_attributes`, `span_attributes`, `span_class`, `span_events`, `span_kind`, `span_links`, `span_name`, `status_message`, `time_doubt`, `unknown_attributes`, `withheld_values`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`span_received_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`span_received_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `dialect`, `instrumentation_name`, `instrumentation_version`, `resource_attributes`, `span_attributes`, `span_class`, `span_events`, `span_kind`, `span_links`, `span_name`, `status_message`, `time_doubt`, `unknown_attributes`, `withheld_values`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`span_received_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`span_received_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`ticket_created` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `state`, `system`, `ticket_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`ticket_created_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`ticket_created_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `state`, `system`, `ticket_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`ticket_created_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`ticket_created_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`ticket_updated` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `state`, `system`, `ticket_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`ticket_updated_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`ticket_updated_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `state`, `system`, `ticket_id`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`ticket_updated_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`ticket_updated_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`tool_call` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `cost_usd`, `protocol`, `tool`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`tool_call_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`tool_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `error_type`, `status`, `cost_usd`, `protocol`, `tool`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`tool_call_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`tool_call_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`turns` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `conversation_id`, `turn`, `asked_time`, `time`, `tenant`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `status`, `error_type`, `duration_ns`, `time_to_first_token_ns`, `answered_from`, `provider`, `model`, `request_model`, `route`, `input_tokens`, `output_tokens`, `cache_read_tokens`, `cache_write_tokens`, `cache_write_1h_tokens`, `reasoning_tokens`, `cost_usd`, `cost_low_usd`, `cost_high_usd`, `price_state`, `llm_calls`, `tool_calls`, `retrievals`, `cache_hits`, `escalated`, `score`, `node`, `shipped_scope`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`turns_versions` WHERE shipped_hidden = 0 AND (shipped_scope, shipped_revision) GLOBAL IN (SELECT shipped_scope, max(shipped_revision) FROM `plimsoll`.`turns_versions` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY shipped_scope));

CREATE OR REPLACE VIEW `plimsoll`.`usage_reported` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `scope`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `input_tokens`, `operation`, `output_tokens`, `provider`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_model`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`usage_reported_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`usage_reported_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `scope`, `cache_read_tokens`, `cache_write_1h_tokens`, `cache_write_tokens`, `input_tokens`, `operation`, `output_tokens`, `provider`, `reasoning_tokens`, `reported_cost_usd`, `request_model`, `response_model`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`usage_reported_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`usage_reported_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`workflow_step` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `step`, `workflow`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`workflow_step_facts` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) AND position GLOBAL NOT IN (SELECT position FROM `plimsoll`.`workflow_step_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`)) UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `duration_ns`, `status`, `step`, `workflow`, `attributes`, `node`, `shipped_hash`, `shipped_revision` FROM `plimsoll`.`workflow_step_overlay` WHERE shipped_hidden = 0 AND (position, shipped_revision) GLOBAL IN (SELECT position, max(shipped_revision) FROM `plimsoll`.`workflow_step_overlay` WHERE shipped_revision > (SELECT base_revision FROM `plimsoll`.`cut`) AND shipped_revision <= (SELECT last_revision FROM `plimsoll`.`cut`) AND shipped_revision GLOBAL NOT IN (SELECT void_revision FROM `plimsoll`.`void`) GROUP BY position));

CREATE OR REPLACE VIEW `plimsoll`.`events` ON CLUSTER `plimsoll` AS SELECT * FROM (SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`agent_handoff` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`agent_run` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`approval_decided` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`approval_requested` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`budget_set` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`cache_lookup` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`conversation_classified` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`conversation_closed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`conversation_reopened` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`conversation_resolved` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`conversation_started` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`cost_recorded` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`deploy_changed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`embedding_call` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`escalation_accepted` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`escalation_closed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`escalation_raised` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`experiment_assigned` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`experiment_changed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`feature_flag_evaluated` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`feedback_requested` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`feedback_submitted` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`guardrail_checked` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`knowledge_indexed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`llm_call` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`log_recorded` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`memory_accessed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`message_received` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`message_sent` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`metric_sampled` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`price_set` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`probe_checked` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`prompt_published` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`quality_scored` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`request_completed` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`resource_sampled` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`retrieval_query` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`span_received` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`ticket_created` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`ticket_updated` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`tool_call` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`usage_reported` UNION ALL SELECT `id`, `source`, `type`, `time`, `received_time`, `position`, `tenant`, `conversation_id`, `turn`, `message_id`, `channel`, `user_id`, `agent`, `agent_version`, `team`, `cost_centre`, `environment`, `region`, `service_name`, `service_version`, `experiment`, `variant`, `prompt_name`, `prompt_version`, `trace_id`, `span_id`, `parent_span_id`, `attributes`, `node`, `shipped_revision` FROM `plimsoll`.`workflow_step`);
