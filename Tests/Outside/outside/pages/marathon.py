"""A conversation of twenty thousand spans, one of which has failed."""
import datetime

from outside.pages.calendar import text, yesterday

NAME, TURNS, CALLS, FAILED = "c-marathon", 200, 98, (137, 41)


def events():
    """Turns of a question, a run of the agent with calls of tools below it, and an answer."""
    begin = yesterday(19)
    for turn in range(1, TURNS + 1):
        start = begin + datetime.timedelta(seconds=12 * turn)
        common = {"conversation_id": NAME, "tenant": "acme", "channel": "web", "turn": turn, "agent": "triage", "trace_id": f"{turn:032x}"}
        run = f"{turn * 1000:016x}"

        def event(kind, number, seconds, **data):
            moment = start + datetime.timedelta(seconds=seconds)
            return {"specversion": "1.0", "id": f"{NAME}-{turn}-{number}", "source": "pages", "type": kind, "time": text(moment).replace("Z", f".{number:03}Z"),
                    "data": {**common, **data}}

        yield event("message.received", 1, 0, author="user", characters=40)
        yield event("agent.run", 2, 10, span_id=run, duration_ns=10 * 10**9, status="ok")
        for call in range(CALLS):
            has_failed = (turn, call) == FAILED
            yield event("tool.call", 3 + call, 1 + call // 12, span_id=f"{turn * 1000 + call + 1:016x}", parent_span_id=run, tool=f"lookup-{call % 7}",
                        duration_ns=80 * 10**6, **({"status": "error", "error_type": "timeout"} if has_failed else {"status": "ok"}))
        yield event("message.sent", 900, 10, author="agent", characters=200, status="ok", duration_ns=10 * 10**9)
