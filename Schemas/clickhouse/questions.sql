-- Questions to begin with. Views show what counts; tables below them (…_facts, …_overlay, …_versions) hold more.

-- How far the database has got.
SELECT last_position, last_revision FROM plimsoll.cut;

-- What each model costs, by day.
SELECT toDate(time) AS day, provider, request_model, count() AS calls, sum(cost_usd) AS usd, countIf(isNull(cost_usd)) AS unpriced
FROM plimsoll.llm_call GROUP BY day, provider, request_model ORDER BY day, usd DESC;

-- What a conversation costs, by tenant.
SELECT tenant, count() AS conversations, sum(cost_usd) AS usd FROM plimsoll.conversations GROUP BY tenant ORDER BY usd DESC;

-- The ninth decile of the time that calls take, by hour.
SELECT toStartOfHour(time) AS hour, quantileExact(0.9)(duration_ns) / 1e9 AS seconds FROM plimsoll.llm_call GROUP BY hour ORDER BY hour;

-- What a shipment brought, for who takes over what is new: more than the last one that was taken, up to the cut.
SELECT * FROM plimsoll.events WHERE shipped_revision > 0 AND shipped_revision <= (SELECT last_revision FROM plimsoll.cut) ORDER BY position LIMIT 10;
