"""OTLP trace requests as Python values and back, protobuf and JSON; written from the format's definition, shares no code with the server.

A request is a list of (resource attributes, scope, span): each a dict. Attribute values keep their kind: ("string", "x"), ("int", 5), …
"""
import base64
import json
import struct

KINDS = {1: "string", 2: "bool", 3: "int", 4: "double", 5: "array", 6: "kvlist", 7: "bytes"}
JSON_KINDS = {"stringValue": "string", "boolValue": "bool", "intValue": "int", "doubleValue": "double", "arrayValue": "array",
              "kvlistValue": "kvlist", "bytesValue": "bytes"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """(number, value) of one message: integers, or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 1:
            value, at = struct.unpack_from("<Q", data, at)[0], at + 8
        elif wire == 5:
            value, at = struct.unpack_from("<I", data, at)[0], at + 4
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"wire type {wire}")
        yield number, value


def read_value(data):
    for number, value in fields(data):
        kind = KINDS.get(number)
        if kind == "string":
            return kind, value.decode("utf-8", "replace")
        if kind == "bool":
            return kind, bool(value)
        if kind == "int":
            return kind, value - (1 << 64) if value >> 63 else value
        if kind == "double":
            return kind, struct.unpack("<d", struct.pack("<Q", value))[0]
        if kind == "array":
            return kind, [read_value(one) for _, one in fields(value)]
        if kind == "kvlist":
            return kind, dict(read_pair(one) for _, one in fields(value))
        if kind == "bytes":
            return kind, value
    return "none", None


def read_pair(data):
    key, value = "", ("none", None)
    for number, content in fields(data):
        if number == 1:
            key = content.decode()
        elif number == 2:
            value = read_value(content)
    return key, value


def read_span(data):
    span = {"trace_id": b"", "span_id": b"", "parent_span_id": b"", "name": "", "kind": 0, "start": 0, "end": 0, "attributes": {},
            "events": [], "status": 0, "message": ""}
    names = {1: "trace_id", 2: "span_id", 4: "parent_span_id", 6: "kind", 7: "start", 8: "end"}
    for number, value in fields(data):
        if number in names:
            span[names[number]] = value
        elif number == 5:
            span["name"] = value.decode()
        elif number == 9:
            key, content = read_pair(value)
            span["attributes"][key] = content
        elif number == 11:
            event = {"time": 0, "name": "", "attributes": {}}
            for part, content in fields(value):
                if part == 1:
                    event["time"] = content
                elif part == 2:
                    event["name"] = content.decode()
                elif part == 3:
                    key, content = read_pair(content)
                    event["attributes"][key] = content
            span["events"].append(event)
        elif number == 15:
            for part, content in fields(value):
                if part == 3:
                    span["status"] = content
                elif part == 2:
                    span["message"] = content.decode()
    return span


def read_protobuf(data):
    spans = []
    for _, group in fields(data):
        resource = {}
        for number, value in fields(group):
            if number == 1:
                resource = dict(read_pair(one) for part, one in fields(value) if part == 1)
        for number, value in fields(group):
            if number != 2:
                continue
            scope = {"name": "", "version": ""}
            for part, content in fields(value):
                if part == 1:
                    for item, text in fields(content):
                        if item in (1, 2):
                            scope["name" if item == 1 else "version"] = text.decode()
            spans += [(resource, scope, read_span(content)) for part, content in fields(value) if part == 2]
    return spans


def json_value(document):
    for name, value in document.items():
        kind = JSON_KINDS.get(name)
        if kind == "int":
            return kind, int(value)
        if kind == "double":
            return kind, float(value)
        if kind == "array":
            return kind, [json_value(one) for one in value.get("values", [])]
        if kind == "kvlist":
            return kind, json_pairs(value.get("values", []))
        if kind == "bytes":
            return kind, base64.b64decode(value)
        if kind:
            return kind, value
    return "none", None


def json_pairs(pairs):
    return {pair["key"]: json_value(pair.get("value", {})) for pair in pairs or []}


def read_json(data):
    spans = []
    for group in json.loads(data).get("resourceSpans", []):
        resource = json_pairs(group.get("resource", {}).get("attributes"))
        for scoped in group.get("scopeSpans", []):
            scope = {"name": scoped.get("scope", {}).get("name", ""), "version": scoped.get("scope", {}).get("version", "")}
            for span in scoped.get("spans", []):
                status = span.get("status", {})
                spans.append((resource, scope, {
                    "trace_id": bytes.fromhex(span.get("traceId", "")), "span_id": bytes.fromhex(span.get("spanId", "")),
                    "parent_span_id": bytes.fromhex(span.get("parentSpanId", "") or ""), "name": span.get("name", ""),
                    "kind": span.get("kind", 0), "start": int(span.get("startTimeUnixNano", 0)), "end": int(span.get("endTimeUnixNano", 0)),
                    "attributes": json_pairs(span.get("attributes")), "status": status.get("code", 0), "message": status.get("message", ""),
                    "events": [{"time": int(event.get("timeUnixNano", 0)), "name": event.get("name", ""),
                                "attributes": json_pairs(event.get("attributes"))} for event in span.get("events", [])]}))
    return spans


def put_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(number, body):
    return put_varint(number << 3 | 2) + put_varint(len(body)) + body


def fixed64(number, value):
    return put_varint(number << 3 | 1) + struct.pack("<Q", value)


def put_value(value):
    kind, content = value
    if kind == "string":
        return message(1, content.encode())
    if kind == "bool":
        return put_varint(2 << 3) + put_varint(int(content))
    if kind == "int":
        return put_varint(3 << 3) + put_varint(content & (1 << 64) - 1)
    if kind == "double":
        return put_varint(4 << 3 | 1) + struct.pack("<d", content)
    if kind == "array":
        return message(5, b"".join(message(1, put_value(one)) for one in content))
    if kind == "kvlist":
        return message(6, put_pairs(1, content))
    if kind == "bytes":
        return message(7, content)
    return b""


def put_pairs(number, pairs):
    return b"".join(message(number, message(1, key.encode()) + message(2, put_value(value))) for key, value in pairs.items())


def put_span(span):
    out = message(1, span["trace_id"]) + message(2, span["span_id"])
    if span["parent_span_id"]:
        out += message(4, span["parent_span_id"])
    out += message(5, span["name"].encode()) + put_varint(6 << 3) + put_varint(span["kind"])
    out += fixed64(7, span["start"]) + fixed64(8, span["end"]) + put_pairs(9, span["attributes"])
    for event in span["events"]:
        out += message(11, fixed64(1, event["time"]) + message(2, event["name"].encode()) + put_pairs(3, event["attributes"]))
    status = (message(2, span["message"].encode()) if span["message"] else b"")
    status += put_varint(3 << 3) + put_varint(span["status"]) if span["status"] else b""
    return out + message(15, status)


def write_protobuf(spans):
    """One request; each span in a group of its own, which the format allows."""
    out = b""
    for resource, scope, span in spans:
        scope_body = message(1, scope["name"].encode()) + message(2, scope["version"].encode())
        out += message(1, message(1, put_pairs(1, resource)) + message(2, message(1, scope_body) + message(2, put_span(span))))
    return out


def json_span(trace, identity, parent, name, start, end, **attributes):
    """A span as JSON writes it; `__` in a name of an attribute is a dot, `parent` 0 none, times are ns since 1970."""
    values = [{"key": key.replace("__", "."), "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
              for key, value in attributes.items()]
    return {"traceId": f"{trace:032x}", "spanId": f"{identity:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name, "kind": 1,
            "startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "attributes": values}
