-- Five questions over what is shipped: PGOPTIONS='-c search_path=plimsoll' psql … -v last=0 -f questions.sql

-- What did an answer cost, by day? cost_usd is of turns all of whose calls have a price; those that are not_priced lack one
-- of a call at least, and what is known of their cost is in at_least alone. `plimsoll report cost` has the same "at least".
SELECT date_trunc('day', asked_time) AS day, count(status) AS answers, sum(cost_usd) AS cost_usd,
       count(*) FILTER (WHERE price_state <> 'priced') AS not_priced, sum(cost_low_usd) AS at_least,
       round(sum(cost_low_usd) / nullif(count(status), 0), 12) AS per_answer_at_least
FROM turns GROUP BY 1 ORDER BY 1;

-- Which models cost most this month, and for how many tokens?
SELECT provider, model, sum(events) AS calls, sum(input_tokens_sum) AS input_tokens,
       sum(output_tokens_sum) AS output_tokens, sum(cost_usd_sum) AS cost_usd, sum(cost_low_usd_sum) AS at_least
FROM rollup_llm_call_1d WHERE time >= date_trunc('month', now()) GROUP BY 1, 2 ORDER BY cost_usd DESC NULLS LAST;

-- How long did answers take, by channel?
SELECT channel, count(*) AS answers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ns) / 1e9 AS p50_seconds,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ns) / 1e9 AS p95_seconds
FROM message_sent WHERE time >= now() - interval '7 days' AND coalesce(author, 'agent') = 'agent' GROUP BY 1 ORDER BY 1;

-- What became of conversations, by the week in which they began? `plimsoll report outcomes` has them by that in which they closed.
SELECT date_trunc('week', start_time) AS week, outcome, count(*) AS conversations, avg(score) AS score
FROM conversations GROUP BY 1, 2 ORDER BY 1, 2;

-- What has changed since somebody looked last? Rows carry the transaction that brought them: `last` is the greatest
-- shipped_revision of the time before, at first 0 (psql -v last=0, or \set last 0).
SELECT conversation_id, outcome, cost_usd, shipped_revision FROM conversations
WHERE shipped_revision > :last ORDER BY shipped_revision;
