-- Five questions for psql over what is shipped: set search_path = plimsoll;

-- What did an answer cost, by day? Exact; calls without a price are counted beside it.
SELECT date_trunc('day', asked_time) AS day, count(*) FILTER (WHERE status = 'ok') AS answers,
       sum(cost_usd) AS cost_usd, round(sum(cost_usd) / nullif(count(*) FILTER (WHERE status = 'ok'), 0), 6) AS per_answer,
       count(*) FILTER (WHERE price_state <> 'priced') AS not_priced
FROM turns GROUP BY 1 ORDER BY 1;

-- Which models cost most this month, and for how many tokens?
SELECT provider, model, sum(events) AS calls, sum(input_tokens_sum) AS input_tokens,
       sum(output_tokens_sum) AS output_tokens, sum(cost_usd_sum) AS cost_usd
FROM rollup_llm_call_1d WHERE time >= date_trunc('month', now()) GROUP BY 1, 2 ORDER BY cost_usd DESC NULLS LAST;

-- How long did answers take, by channel?
SELECT channel, count(*) AS answers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ns) / 1e9 AS p50_seconds,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ns) / 1e9 AS p95_seconds
FROM message_sent WHERE time >= now() - interval '7 days' AND coalesce(author, 'agent') = 'agent' GROUP BY 1 ORDER BY 1;

-- What became of conversations, week by week?
SELECT date_trunc('week', start_time) AS week, outcome, count(*) AS conversations, avg(score) AS score
FROM conversations GROUP BY 1, 2 ORDER BY 1, 2;

-- What has changed since somebody looked last? Rows carry the transaction that brought them.
SELECT conversation_id, outcome, cost_usd FROM conversations
WHERE shipped_revision > :last ORDER BY shipped_revision;
