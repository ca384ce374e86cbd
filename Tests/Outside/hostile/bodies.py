"""Hostile clients that send events: too large, too deep, too many, at the ends of every range, again, and with secrets."""
import gzip
import json
import time
import zlib

from outside.events import iso
from outside.otlp import json_span, put_varint

from .foe import by_name

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
KINDS = ("message.received", "message.sent", "llm.call", "tool.call", "feedback.submitted", "conversation.closed", "escalation.raised")


def event(foe, name, kind="message.received", when=True, **data):
    found = {"specversion": "1.0", "id": f"{name}-{foe.chance.getrandbits(48):x}", "source": f"foe/{foe.name.replace(' ', '-')}", "type": kind,
             "data": {"tenant": "foe", "conversation_id": f"foe-{foe.chance.randrange(1000)}", **data}}
    if when:
        found["time"] = iso(time.time_ns())
    return found


def lines(events):
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def large_bodies(foe):
    one = event(foe, "large", note="x" * foe.chance.choice((100_000, 1_000_000, 5_000_000)))
    count = foe.chance.choice((1, 5, 12))
    foe.post(lines([{**one, "id": f"{one['id']}-{index}"} for index in range(count)]))
    foe.post(b" " * (65 << 20))
    foe.post(b"\n" * (20 << 20))
    foe.wait(5)


def gzip_bombs(foe):
    piece, packer = bytes(1 << 20), zlib.compressobj(9, zlib.DEFLATED, 31)
    size = foe.chance.choice((10, 100, 300))
    bomb = b"".join(packer.compress(piece) for _ in range(size)) + packer.flush()
    good = gzip.compress(lines([event(foe, "packed")]))
    for body, encoding in ((bomb, "gzip"), (good[:-5], "gzip"), (good * 3, "gzip"), (good[:20] + b"\xff" + good[21:], "gzip"), (good, "zstd"),
                           (gzip.compress(good), "gzip"),
                           (good, "gzip, gzip"), (good, "br"), (b"", "gzip"), (b"\x28\xb5\x2f\xfd" + foe.chance.randbytes(500), "zstd")):
        if foe.goes_on():
            foe.post(body, headers={"Content-Encoding": encoding}, kind=foe.chance.choice(("application/x-ndjson", STRUCTURED)))
    foe.wait(2)


def broken_texts(foe):
    """Depth, keys, encodings and numbers that JSON or a field does not have."""
    good = json.dumps(event(foe, "broken", turn=1)).encode()
    deep = foe.chance.choice((100, 1000, 100_000))
    swaps = [b'"turn": NaN', b'"turn": Infinity', b'"turn": -0', b'"turn": 1e400', b'"turn": 1e-400', b'"turn": 9223372036854775807',
             b'"turn": -9223372036854775808',
             b'"turn": 9223372036854775808', b'"turn": 18446744073709551615', b'"turn": 1' + b"0" * 5000, b'"turn": 0.1e1', b'"turn": "1"',
             b'"turn": [1]',
             b'"turn": 1, "turn": 2', b'"a": ' + b'{"a":' * deep + b"1" + b"}" * deep, b'"a": ' + b"[" * deep + b"]" * deep,
             b'"' + b"k" * 65536 + b'": 1',
             b'"\xff\xfe": 1', b'"a": "\xed\xa0\x80"', b'"a": "\\ud800"', b'"a": "\\u0000"', b'"a\\u0000b": 1', b'"a": "\xc0\xaf"', b'"": ""',
             b'"a": "' + b"\\u00e9" * 20000 + b'"',
             b'"a": 123456789012345678901234567890.123456789', b'"input_tokens": 9007199254740993', b'"' + b'\\"' * 20000 + b'": 1']
    for swap in foe.chance.sample(swaps, 8):
        if foe.goes_on():
            foe.post(good.replace(b'"turn": 1', swap), kind=foe.chance.choice(("application/x-ndjson", STRUCTURED)))
    foe.post(json.dumps(event(foe, "wide", **{f"key{index}": index for index in range(foe.chance.choice((100, 5000, 60_000)))})).encode())
    foe.post(json.dumps([event(foe, "mixed") if index % 2 else index for index in range(500)]).encode(), kind=BATCH)
    foe.post(foe.chance.randbytes(50_000), kind=foe.chance.choice(("application/x-ndjson", STRUCTURED, BATCH, "text/plain", "image/png", "",
                                                                   "application/json;charset=utf-16")))
    foe.wait(0.5)


def long_words(foe):
    """Numbers of millions of digits, and texts in which much looks like a secret: small on the way, long to look at."""
    digits = b"1" * foe.chance.choice((1_000_000, 8_000_000, 20_000_000))
    good = json.dumps(event(foe, "long", turn=1)).encode()
    for number in foe.chance.sample((digits, b"-" + digits, digits + b".5", b"1e" + digits, b"0." + digits, digits + b"e-5"), 3):
        if foe.goes_on():
            foe.post(gzip.compress(good.replace(b'"turn": 1', b'"turn": ' + number)), headers={"Content-Encoding": "gzip"}, kind=STRUCTURED)
    for unit in foe.chance.sample(("password=abc ", "&password=abc", "bot123456789:", "<password>x</", "a://b@", "-----BEGIN ", ": ", "%3D"), 3):
        if foe.goes_on():
            text = unit * (700_000 // len(unit))
            foe.post(gzip.compress(lines([event(foe, "long", note=text), event(foe, "long", **{text: 1})])), headers={"Content-Encoding": "gzip"})
    foe.wait(1)


def edges_of_ranges(foe):
    """Numbers and times at the ends, and events without a time."""
    numbers = (0, 1, -1, 10**9, 10**9 + 1, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 3162240000000000000, 3162240000000000001)
    times = ("1678-01-01T00:00:00Z", "1677-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775807Z",
             "1969-12-31T23:59:59.999999999Z",
             "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "2024-02-29T00:00:00+23:59", "2026-06-30T23:59:60Z",
             "2026-11-01", "x" * 1000)
    found = []
    for _ in range(60):
        data = {name: foe.chance.choice(numbers) for name in foe.chance.sample(("turn", "input_tokens", "output_tokens", "cache_read_tokens",
                                                                                "cache_write_tokens", "reasoning_tokens",
                                                                               "total_tokens", "duration_ns", "time_to_first_token_ns", "score",
                                                                                "attempt", "gpu_duration_ns"), 4)}
        one = event(foe, "edge", foe.chance.choice(KINDS), provider="foe", request_model="m",
                    reported_cost_usd=foe.chance.choice(("0", "999999999999", "1e5", "-1", "0.0000000000001")), **data)
        kind = foe.chance.randrange(3)
        if kind == 0:
            one["time"] = foe.chance.choice(times)
        elif kind == 1:
            del one["time"]
        found.append(one)
    foe.post(lines(found))
    foe.post(lines([event(foe, "bill", "cost.recorded", amount_usd=foe.chance.choice(("0.000000000001", "9999999", "-5", "1" * 30)), vendor="foe",
                          currency="USD",
                          period_start=foe.chance.choice(times[:6]), period_end=foe.chance.choice(times[:6])) for _ in range(10)]))
    foe.wait(1)


def hot_conversations(foe):
    """Conversations of tens of thousands of events and MBs of text, from which one more event comes again and again."""
    if not foe.has_room():
        return foe.wait(5)
    name, first = f"hot-{foe.chance.randrange(3)}", foe.chance.randrange(10**6)
    text = "t" * foe.chance.choice((10, 1000, 20_000))
    count = 2000 if len(text) <= 1000 else 100
    found = [event(foe, "hot", foe.chance.choice(KINDS[:4]), tenant="hot", conversation_id=name, turn=first + index // 4, channel="web", words=text)
             for index in range(count)]
    for one in found:
        one["time"] = iso(time.time_ns() - foe.chance.randrange(3 * 3600 * 10**9))
    foe.post(lines(found), limit=90)
    for one in found[:5]:
        foe.post(lines([{**one, "id": one["id"] + "+"}]))
    foe.wait(8)


def old_repeats(foe):
    """What was sent is sent again in other orders and pieces: nothing of it is new."""
    kept = foe.shared.kept.setdefault("repeats", [])
    if len(kept) < 40 and foe.has_room():
        found = [event(foe, "again", foe.chance.choice(KINDS), score=3, tool="t") for _ in range(200)]
        status, answer = foe.post(lines(found))
        if status == 200 and not answer["rejected"]:
            kept.append(found)
    if len(kept) >= 2:
        mixed = [one for found in foe.chance.sample(kept, 2) for one in found]
        foe.chance.shuffle(mixed)
        status, answer = foe.post(lines(mixed[:300]))
        if status == 200 and (answer["accepted"], answer["duplicates"]) != (0, 300):
            foe.tally.fault("old repeats: repeats of acknowledged events counted as new", json.dumps(answer)[:400])
    foe.wait(0.5)


def same_id_other_content(foe):
    """The first word counts; another one under its name is no event, in one body and in two."""
    one = event(foe, "twin", "llm.call", provider="foe", request_model="m", input_tokens=5, output_tokens=5, status="ok")
    other = {**one, "data": {**one["data"], "input_tokens": 999_999}}
    for body in ([one, other], [other, one], [other]):
        status, answer = foe.post(lines(body))
        if status != 200:
            return
        if answer["accepted"] > (body == [one, other]):
            # The first sending may have come in although its answer was lost: that is the other case.
            foe.tally.fault("same id other content: counted as another event", f"{json.dumps(answer)[:400]}")
    foe.wait(1)


def many_labels(foe):
    """Tenants, models, channels, agents and topics that nobody saw before."""
    if not foe.has_room():
        return foe.wait(5)
    found = []
    for _ in range(1000):
        name = f"{foe.chance.getrandbits(40):x}" + foe.chance.choice(("", "\u00e9", '"\\\n', " " * 5, "\u202e", "x" * 200))
        found.append(event(foe, "label", foe.chance.choice(KINDS), tenant=f"tenant-{name}", channel=f"channel-{name}", agent=name, provider=name,
                           request_model=f"model-{name}",
                           tool=name, topic=name, reason=name, team=name, input_tokens=5, output_tokens=5, status="ok",
                           score=foe.chance.randrange(1, 6)))
    foe.post(lines(found))
    foe.wait(3)


def dead_letters(foe):
    if not foe.has_room():
        return foe.wait(5)
    kind = f"foe.unknown.{foe.chance.getrandbits(30):x}"
    foe.post(lines([event(foe, "dead", kind if index % 2 else kind + str(index), **{f"f{index % 50}": index}) for index in range(5000)]))
    foe.wait(3)


def late_prices(foe):
    """Calls without a price, then price lists late, again and in any order, and corrections."""
    models = [f"late-{index}" for index in range(20)]
    foe.post(lines([event(foe, "call", "llm.call", provider="late", request_model=foe.chance.choice(models),
                          input_tokens=foe.chance.randrange(1, 10**6), output_tokens=3,
                          status="ok") for _ in range(200)]))
    found = []
    for _ in range(foe.chance.choice((5, 300, 3000))):
        found.append(event(foe, "price", "price.set", provider="late", model=foe.chance.choice(models + ["*"]),
                           token_class=foe.chance.choice(("input", "output", "cache_read", "gpu")),
                           usd_per_million_tokens=foe.chance.choice(("0", "0.000001", "15", "999999", "1e3", "-1", "0.0000001")),
                           valid_from=iso(time.time_ns() - foe.chance.randrange(-10**13, 10**15))))
    foe.post(lines(found))
    foe.wait(2)


def corrections(foe):
    """Prices are booked again; for the reference load's provider that changes nothing."""
    for provider in ("late", "foe", "hour"):
        body = {"provider": provider, "from": iso(time.time_ns() - 3600 * 10**9), "to": iso(time.time_ns())}
        if foe.goes_on():
            foe.ask("POST", "/v1/prices/rebook", json.dumps(body).encode(), {"Content-Type": "application/json"}, limit=120)
    for body in (b"{}", b"[]", b'{"provider":5}', b'{"provider":"late","from":"x"}', b"\xff", b'{"provider":"' + b"x" * 10**6 + b'"}'):
        if foe.goes_on():
            foe.ask("POST", "/v1/prices/rebook", body, {"Content-Type": "application/json"})
    foe.wait(15)


def secrets(foe):
    """Users, words and keys, each with a mark that must not be found on the disk."""
    mark = foe.shared.canary
    shapes = [f"sk-proj-{mark}", f"Bearer {mark}", f"postgres://user:{mark}@host/db", f"https://{mark}@host/x", f"ghp_{mark}",
              f"eyJhbGciOiJIUzI1NiJ9.{mark}.{mark}",
              f"-----BEGIN PRIVATE KEY-----\n{mark}\n-----END PRIVATE KEY-----", f"api_key={mark}", f"https://h/?token={mark}", f"xoxb-{mark}-{mark}"]
    found = []
    for index, shape in enumerate(shapes):
        found += [event(foe, "secret", "message.received", content=f"words {mark}", user_id=f"user {mark}", password=mark,
                        authorization=f"Bearer {mark}", prompt=f"say {mark}"),
                  event(foe, "secret", foe.chance.choice(KINDS), **{f"note{index}": shape}),
                  event(foe, "secret", "tool.call", tool="t", arguments={"headers": {"x": shape}}, email=f"{mark}@example.org"),
                  event(foe, "secret", f"unknown.secret.{index}", **{f"note{index}": shape}),
                  event(foe, "secret", "llm.call", error_type=shape, provider="foe", request_model="m"),
                  event(foe, "secret", conversation_id=shape), {**event(foe, "secret"), "id": shape}, {**event(foe, "secret"), "source": shape}]
    foe.post(lines(found))
    now = time.time_ns()
    spans = [json_span(foe.chance.getrandbits(127) | 1, index + 1, 0, f"chat {shape}" if index % 2 else "chat", now - 10**9, now,
                       gen_ai__operation__name="chat",
                       gen_ai__prompt=f"words {mark}", http__request__header__authorization=shape, user__id=f"user {mark}",
                       db__connection_string=shape, my__note=shape)
             for index, shape in enumerate(shapes)]
    foe.ask("POST", "/v1/traces", json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "foe"}, "spans": spans}]}]}).encode(),
            {"Content-Type": "application/json"})
    foe.wait(5)


def hostile_spans(foe):
    """Traces in circles, of thousands of spans, at the ends of time, and bytes that are no protobuf."""
    trace, now, count = foe.chance.getrandbits(127) | 1, time.time_ns(), foe.chance.choice((1, 50, 3000))
    edge = (0, 1, 2**63 - 1, 2**63, 2**64 - 1, now, now - 10**9, now - 10**17)
    spans = [json_span(trace, foe.chance.randrange(1, count + 2), foe.chance.randrange(count + 2), foe.chance.choice(("chat", "x" * 5000, "")),
                       foe.chance.choice(edge), foe.chance.choice(edge),
                       gen_ai__operation__name=foe.chance.choice(("chat", "invoke_agent", "execute_tool", "")),
                       gen_ai__usage__input_tokens=foe.chance.choice((0, -1, 2**62, 5)),
                       gen_ai__conversation__id=f"foe-spans-{foe.chance.randrange(5)}", plimsoll__tenant="foe",
                       llm__x="y" * foe.chance.choice((1, 10_000 // count + 1)))
             for _ in range(count)]
    document = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "foe"}, "spans": spans}]}]}).encode()
    nested = '{"kvlistValue":{"values":[{"key":"a","value":' * 200 + '{"stringValue":"x"}' + "}]}}" * 200
    deep = json.dumps(spans[:1])[1:-1].replace('"attributes": [', '"attributes": [{"key":"deep","value":' + nested + "},", 1)
    wire = b"\x0a" + put_varint(2**63) + foe.chance.randbytes(200)
    for body, kind in ((document, "application/json"), (f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{deep}]}}]}}]}}'.encode(),
                                                        "application/json"),
                       (foe.chance.randbytes(foe.chance.randrange(20_000)), "application/x-protobuf"),
                       (b"\x0a\x80\x80\x80" * 1000, "application/x-protobuf"), (wire, "application/x-protobuf"),
                       (b"\x0a\x00" * 500_000, "application/x-protobuf"), (document, "application/x-protobuf"), (b"{}", "application/json"),
                       (document[:-7], "application/json"),
                       (document, "application/grpc")):
        if foe.goes_on():
            foe.ask("POST", "/v1/traces", body, {"Content-Type": kind}, limit=60)
    foe.wait(2)


ATTACKS = by_name(large_bodies, gzip_bombs, broken_texts, long_words, edges_of_ranges, hot_conversations, old_repeats, same_id_other_content,
                  many_labels, dead_letters, late_prices, corrections, secrets, hostile_spans)
