-- Questions to begin with. Views show what counts, tables below them (…_facts, …_overlay, …_versions) hold more.
-- In 18.16 times are nanoseconds: say toDateTime(intDiv(time, 1000000000)) for time there.

-- How far the database has got.
SELECT last_position, last_revision FROM plimsoll.cut;

-- What each model costs, by day. usd is of calls that have all their prices, at_least also what is known of others.
SELECT toDate(time) AS day, provider, model, count() AS calls, sum(cost_usd) AS usd,
       countIf(isNull(cost_usd)) AS not_priced, sum(cost_low_usd) AS at_least
FROM plimsoll.llm_call GROUP BY day, provider, model ORDER BY day, usd DESC;

-- What conversations cost, by tenant. A call without a price leaves its whole conversation out of usd, not out of at_least.
SELECT tenant, count() AS conversations, sum(cost_usd) AS usd,
       countIf(isNull(cost_usd)) AS not_priced, sum(cost_low_usd) AS at_least
FROM plimsoll.conversations GROUP BY tenant ORDER BY at_least DESC;

-- The ninth decile of the time that calls take, by hour.
SELECT toStartOfHour(time) AS hour, quantileExact(0.9)(duration_ns) / 1e9 AS seconds FROM plimsoll.llm_call GROUP BY hour ORDER BY hour;

-- What shipments brought, for who takes over what is new: more than the last one that was taken (0 at first), up to the cut.
-- Columns by name: `*` of all event types together takes gigabytes of memory in 18.16.
SELECT position, type, time, tenant, conversation_id, shipped_revision FROM plimsoll.events
WHERE shipped_revision > 0 AND shipped_revision <= (SELECT last_revision FROM plimsoll.cut) ORDER BY position LIMIT 10;
