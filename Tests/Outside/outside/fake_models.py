"""A model server that speaks as much of OpenAI's chat completions as agent frameworks need, and keeps a ledger of what it served.

Answers follow from the request alone. The last message of the user decides: "[busy]" is refused once with 429, "[too long]" always with 400,
"[order 1 2]" calls the tool `look_up_order` for both orders at once, "[ticket]" calls `create_ticket`; the rest is answered with text.
"""
import http.server
import json
import re
import threading

# As with the real one, the model that answers has a date in its name.
DATED = {"gpt-4.1-mini": "gpt-4.1-mini-2025-04-14", "gpt-4.1": "gpt-4.1-2025-04-14", "gpt-5-mini": "gpt-5-mini-2025-08-07",
         "gpt-4o-mini": "gpt-4o-mini-2024-07-18"}
TOOLS = {"order": "look_up_order", "ticket": "create_ticket"}


def text_of(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def usage_of(request, answer):
    """Token counts that differ from call to call; from the fourth message on, half of the input was cached."""
    given = 7 + sum(3 + len(text_of(message)) // 4 for message in request["messages"])
    cached = given // 2 if len(request["messages"]) > 3 else 0
    reasoning = 64 if request["model"].startswith("gpt-5") else 0
    produced = reasoning + 5 + len(json.dumps(answer)) // 4
    return {"prompt_tokens": given, "completion_tokens": produced, "total_tokens": given + produced,
            "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0}}


class FakeModels:
    """`ledger` has an entry for each request that was understood: conversation, model that answered or was asked for, status, tools, tokens."""

    def __init__(self):
        self.ledger, self.strange, self.refused, self.lock = [], [], set(), threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"models": self}))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        """(status, message or error text, usage or None), booked."""
        asked = [text_of(message) for message in request["messages"] if message["role"] == "user"]
        conversation = re.search(r"\(case (\S+)\)", asked[0])
        wish = re.search(r"\[([a-z ]+?)((?: \d+)*)\]", asked[-1])
        kind, numbers = (wish[1], wish[2].split()) if wish else ("", [])
        status, message, usage = 200, {"role": "assistant", "content": f"This is all we know about: {asked[-1][:40]}"}, None
        with self.lock:
            if kind == "busy" and asked[-1] not in self.refused:
                self.refused.add(asked[-1])
                status, message = 429, "slow down"
            elif kind == "too long":
                status, message = 400, "the context is too long"
            elif kind in TOOLS and request["messages"][-1]["role"] != "tool":
                calls = [{"order": number} for number in numbers] if kind == "order" else [{"subject": "parcel"}]
                message = {"role": "assistant", "content": None, "tool_calls": [
                    {"id": f"call_{len(self.ledger)}_{place}", "type": "function", "function": {"name": TOOLS[kind], "arguments": json.dumps(one)}}
                    for place, one in enumerate(calls)]}
            if status == 200:
                usage = usage_of(request, message)
            tokens = {} if usage is None else {
                "input": usage["prompt_tokens"], "output": usage["completion_tokens"],
                "cached": usage["prompt_tokens_details"]["cached_tokens"], "reasoning": usage["completion_tokens_details"]["reasoning_tokens"]}
            tools = [call["function"]["name"] for call in message.get("tool_calls", [])] if status == 200 else []
            self.ledger.append({"conversation": conversation[1] if conversation else None, "status": status,
                                "model": DATED[request["model"]] if status == 200 else request["model"], "tools": tools, "tokens": tokens})
            return len(self.ledger), status, message, usage


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    models = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            self.models.strange.append(self.path)
            return self.reply(404, {"error": {"message": self.path, "type": "not_found"}})
        request = json.loads(body)
        number, status, message, usage = self.models.answer(request)
        if status != 200:
            return self.reply(status, {"error": {"message": message, "type": "invalid_request_error", "code": None}})
        head = {"id": f"chatcmpl-{number}", "created": 1_700_000_000, "model": DATED[request["model"]], "system_fingerprint": None}
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        if request.get("stream"):
            return self.stream(head, message, reason, usage if (request.get("stream_options") or {}).get("include_usage") else None)
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        self.reply(200, {**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    def reply(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "0")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def stream(self, head, message, reason, usage):
        """Server-sent events: the text word by word, or all tool calls at once; the usage at the end if it was asked for."""
        if message.get("tool_calls"):
            deltas = [{"tool_calls": [{"index": place, **call} for place, call in enumerate(message["tool_calls"])]}]
        else:
            deltas = [{"content": word} for word in re.findall(r"\S+\s*", message["content"])]
        deltas[0] = {"role": "assistant", **deltas[0]}
        chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if usage:
            chunks.append({"choices": [], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(b"data: " + json.dumps({**head, "object": "chat.completion.chunk", **chunk}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_):
        pass
