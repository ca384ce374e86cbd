#!/usr/bin/env python3
"""Tests of the outside computation itself, on cases small enough to check by hand: python3 -m unittest test_outside"""
import datetime
import io
import json
import os
import re
import struct
import tempfile
import unittest
import zlib

import compare
import one_history
import partitions
import twelve_questions
from hostile import account, load, tally
from outside import logic_scripts, metrics_text, own_questions, own_tables, palette, pdf_text
from outside.answers import exact_percentile
from outside.events import iso, nanoseconds, week_of
from outside.money import pico, pico_per_token, usd
from outside.prices import DefaultBook
from outside.report_figures import booked
from recompute import recompute

T0 = nanoseconds("2026-08-03T10:00:00Z")


def at(seconds):
    return iso(T0 + int(seconds * 10**9))


def event(number, kind, seconds, **data):
    return {"specversion": "1.0", "id": f"e{number}", "source": "test", "type": kind, "time": at(seconds), "data": data}


def price(number, seconds, token_class, usd_per_million, valid=0, model="m", **more):
    return event(number, "price.set", seconds, provider="p", model=model, token_class=token_class,
                 usd_per_million_tokens=usd_per_million, valid_from=at(valid), **more)


def call(number, seconds, model="m", **data):
    """A call that tells both its wholes; None: it does not tell it."""
    told = {"input_tokens": 0, "output_tokens": 0, **data}
    told = {name: value for name, value in told.items() if value is not None}
    return event(number, "llm.call", seconds, provider="p", request_model=model, conversation_id="c", turn=1, **told)


def png(width, height, kind, lines):
    """A picture of lines that each begin with the number of their filter."""
    chunk = lambda name, content: struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return (palette.SIGN + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"".join(lines)))
            + chunk(b"IEND", b""))


class Pictures(unittest.TestCase):
    def test_every_filter_of_a_line_is_undone(self):
        # Red, green; then the same by what is before, above, halfway and beside.
        lines = [bytes([0, 200, 10, 30, 7, 180, 5]), bytes([1, 200, 10, 30, 63, 170, 231]), bytes([2, 0, 0, 0, 0, 0, 0]),
                 bytes([3, 100, 5, 15, 160, 85, 244]), bytes([4, 0, 0, 0, 0, 0, 0])]
        width, found = palette._lines(png(2, 5, 2, lines))
        self.assertEqual((width, found), (2, [[0xC80A1E, 0x07B405]] * 5))
        _, few = palette._lines(png(1, 1, 6, [bytes([0, 1, 2, 3, 255])]))
        self.assertEqual(few, [[0x010203]])

    def test_colours_beyond_those_that_fit_become_near_ones(self):
        # 300 greys and blues, the blues once each: what is left is near.
        pixels = [(value, value, value) for value in range(200)] * 2 + [(0, 0, value) for value in range(100, 200)]
        small = palette.packed(png(500, 1, 2, [b"\0" + bytes(part for pixel in pixels for part in pixel)]))
        chunks = dict(palette._chunks(small))
        self.assertEqual((chunks[b"IHDR"][8:10], len(chunks[b"PLTE"])), (b"\x08\x03", 768))
        places = zlib.decompress(chunks[b"IDAT"])[1:]
        shown = [tuple(chunks[b"PLTE"][3 * place:3 * place + 3]) for place in places]
        self.assertEqual(shown[:400], pixels[:400])
        self.assertLess(max(abs(one - other) for pixel, seen in zip(pixels, shown) for one, other in zip(pixel, seen)), 60)


class Paper(unittest.TestCase):
    def test_glyphs_are_read_by_the_table_of_their_font(self):
        table = zlib.compress(b"3 beginbfchar\n<0003> <0048>\n<0004> <0069>\n<0005> <FB01>\nendbfchar\n1 beginbfrange\n<0010> <0012> <0061>\nendbfrange")
        drawn = zlib.compress(b"BT\n/F4 12 Tf\n1 0 0 -1 0 0 Tm\n<000300040005> Tj\nET\nBT /F4 9 Tf [<0010> -20 <00110012>] TJ ET")
        pdf = (b"1 0 obj\n<</Type /Page\n/Resources <</Font <</F4 4 0 R>>>>\n/Contents 2 0 R>>\nendobj\n"
               b"2 0 obj\n<</Length 9 /Filter /FlateDecode>> stream\n" + drawn + b"\nendstream\nendobj\n"
               b"4 0 obj\n<</Type /Font /Subtype /Type0 /ToUnicode 5 0 R>>\nendobj\n"
               b"5 0 obj\n<</Filter /FlateDecode>> stream\n" + table + b"\nendstream\nendobj\n")
        self.assertEqual((pdf_text.pages(pdf), pdf_text.text(pdf)), (1, "Hifiabc"))


class LogicScripts(unittest.TestCase):
    SCRIPT = """# a remark

statement ok
create table t(a bigint, b numeric(8,2))

statement ok
insert into t values
(1, 1.50),
(2, null)

skipif plimsoll
statement error 22003 at 8
select 1

query EE rowsort
select b, a from t
----
1.50 | 1
NULL | 2
"""

    def test_records_know_their_lines_and_engines(self):
        records = logic_scripts.read(self.SCRIPT)
        self.assertEqual([record.line for record in records], [3, 6, 11, 15])
        self.assertEqual([record.is_for("plimsoll") for record in records], [True, True, False, True])
        self.assertEqual((records[2].state, records[2].position, records[2].sql), ("22003", 8, "select 1"))
        self.assertEqual(records[3].expected, ["1.50 | 1", "NULL | 2"])

    def test_values_are_shown(self):
        exact = logic_scripts.read(self.SCRIPT)[3]
        self.assertEqual(logic_scripts.shown([[None, "2"], ["1.50", ""]], exact), ["1.50 | (empty)", "NULL | 2"])
        self.assertEqual(logic_scripts.exact_cell("a\\b\n\x01ü"), "a\\\\b\\n\\x01ü")
        plain = logic_scripts.Record(1, ["query IRT nosort", "select"])
        self.assertEqual(logic_scripts.shown([["true", "1.2345", "ü"], [None, "-1", ""]], plain), ["1", "1.234", "@", "NULL", "-1.000", "(empty)"])

    def test_tables_stand_before_a_question(self):
        tables = logic_scripts.Tables()
        first, second = (record.sql for record in logic_scripts.read(self.SCRIPT)[:2])
        self.assertTrue(tables.take(first) and tables.take(second))
        self.assertFalse(tables.take("select * from t"))
        sql, moved = tables.around("select a from t")
        self.assertTrue(sql.startswith("with t(a, b) as (select column1::bigint, column2::numeric(8,2) from (values (1, 1.50),"))
        self.assertEqual(sql[moved:], "select a from t")
        self.assertEqual(tables.around("with t as (select 1 a) select a from t")[1], 0)
        self.assertEqual(tables.around("with q as (select a from t) select a from q")[0].count("with"), 1)


class Store:
    """Three rows, of which a condition holds for the first, does not for the second, and says nothing of the third."""

    def __init__(self, *parts):
        self.parts = dict(zip(("", "{}", "(not {})", "({} is null)"), parts))

    def answer(self, sql, rollups):
        if "count(*)" in sql and " where " not in sql and "filter" not in sql:
            return ["bigint"], [[3]]
        if "count(*)" in sql or "sum(" in sql:
            return ["bigint"], [[1]]
        if sql.startswith("select e.p"):
            return ["boolean"], [[True], [False], [None]]
        form = sql.partition(" where (")[2][:-1].replace("e.p", "{}")
        return ["bigint"], self.parts[form]


class Generated(unittest.TestCase):
    NUMBER, TEXT = own_questions.Node("bigint", "e.turn"), own_questions.Node("text", "e.status")

    def test_a_question_is_cut_down_to_what_differs(self):
        upper, condition = own_questions.Node("text", "upper({})", (self.TEXT,)), own_questions.Node("boolean", "({} = 'ok')", (self.TEXT,))
        join = own_questions.Join("left join", "turns", "o", (("e.turn", "o.turn"),))
        question = own_questions.Question(
            "tool_call", (self.NUMBER, upper, own_questions.Node("bigint", "sum({})", (self.NUMBER,))), 2, join, (condition, condition),
            order=("asc", "desc", "asc"), limit=3)
        least = own_questions.shrunk(question, lambda less: "sum(" in str(less) and "'ok'" in str(less))
        self.assertEqual(str(least), "select sum(e.turn) from tool_call e where ((e.status = 'ok'))")
        self.assertEqual(own_questions.shrunk(question, lambda less: False), question)

    def test_the_smallest_step_is_found(self):
        ours = [["a", 1, "0.000000000002", 0.1, True, "2026-08-03T09:00:00.000001Z"], [None] * 6]
        types = ["text", "bigint", "numeric", "double precision", "boolean", "timestamp with time zone"]
        theirs = [[None] * 6, ["a", "1", "0.000000000002000", "0.1", "t", "2026-08-03 09:00:00.000001+00"]]
        exact = [True, True, True, False, True, True]
        self.assertIsNone(own_tables.difference(ours, theirs, types, exact, False))
        self.assertIsNotNone(own_tables.difference(ours, theirs, types, exact, True))
        for place, value in enumerate(("b", "2", "0.000000000003", "0.10001", "f", "2026-08-03 09:00:00.000002+00")):
            for other in (value, None):
                changed = [theirs[0], [*theirs[1][:place], other, *theirs[1][place + 1:]]]
                self.assertIsNotNone(own_tables.difference(ours, changed, types, exact, False), (place, other))

    def test_parts_that_are_not_the_whole_are_found(self):
        split = partitions.Split(own_questions.Question("turns", (self.NUMBER,)), own_questions.Node("boolean", "e.p"))
        for unknown, is_right in (([[3]], True), ([], False), ([[3], [3]], False), ([[4]], False)):
            checked = partitions.Partitions.__new__(partitions.Partitions)
            checked.asked = Store([[1], [2], [3]], [[1]], [[2]], unknown)
            self.assertEqual(checked.difference(split) is None, is_right, unknown)

    def test_aggregates_of_parts_are_put_together(self):
        for form, one, other, both in (("count({})", 1, 2, 3), ("sum({})", None, 2, 2), ("min({})", 1, 2, 1), ("max({})", 1, None, 1),
                                       ("bool_and({})", True, False, False), ("bool_or({})", True, False, True)):
            self.assertEqual(partitions.merged(form, one, other), both)

    def test_calls_put_right_are_no_longer_counted(self):
        text = "# a\nsupport_x_total{a=\"b\"} 3\nsupport_x_corrected_total{a=\"b\"} 3\nsupport_y_total 4\nprocess_z 5\n"
        self.assertEqual(one_history.counted(text), ["support_y_total 4"])


class Outside(unittest.TestCase):
    def compute(self, events, book=None, **options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "events.ndjson")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(one) + "\n" for one in events)
            prices = None
            if book:
                prices = os.path.join(folder, "prices")
                os.mkdir(prices)
                with open(os.path.join(prices, "book.json"), "w", encoding="utf-8") as file:
                    json.dump(book, file)
            return recompute(path, prices, **options)

    def total(self, events, book=None):
        return self.compute(events, book)["cost"]["total"]

    def test_money(self):
        self.assertEqual(pico_per_token("0.01875"), 18_750)
        self.assertEqual(usd(pico("-1.000000000001")), "-1.000000000001")
        with self.assertRaises(ValueError):
            pico_per_token("0.0000001")

    def test_times(self):
        self.assertEqual(nanoseconds("1970-01-01T00:00:00.5Z"), 500_000_000)
        self.assertEqual(nanoseconds("2026-08-03T12:00:00.000000001+02:00"), T0 + 1)
        self.assertEqual(week_of(nanoseconds("2026-08-09T23:59:59Z")), "2026-08-03")

    def test_percentiles(self):
        self.assertEqual(exact_percentile([4, 1, 3, 2], 0.5), 2)
        self.assertEqual(exact_percentile(list(range(1, 101)), 0.95), 95)
        self.assertIsNone(exact_percentile([], 0.5))

    def test_classes_are_disjoint(self):
        total = self.total([
            price(1, 0, "input", "1"), price(2, 0, "cache_read", "0.1"), price(3, 0, "cache_write", "2"), price(4, 0, "cache_write_1h", "4"),
            price(5, 0, "output", "10"),
            call(6, 1, input_tokens=100, cache_read_tokens=20, cache_write_tokens=30, cache_write_1h_tokens=10, output_tokens=7,
                 reasoning_tokens=5)])
        self.assertEqual(total["cost_usd"], usd((50 * 10 + 20 * 1 + 20 * 20 + 10 * 40 + 7 * 100) * 10**5))

    def test_a_changed_price_holds_from_its_time(self):
        events = [price(1, 0, "input", "1"), price(2, 0, "output", "1"), price(3, 5, "input", "2", valid=5)]
        self.assertEqual(self.total(events + [call(4, 4, input_tokens=1)])["cost_usd"], usd(10**6))
        self.assertEqual(self.total(events + [call(4, 5, input_tokens=1)])["cost_usd"], usd(2 * 10**6))

    def test_equal_validity_takes_the_later_position(self):
        events = [price(1, 0, "input", "1"), price(2, 0, "input", "3"), call(3, 4, input_tokens=1)]
        self.assertEqual(self.total(events)["cost_usd"], usd(3 * 10**6))

    def test_a_booked_price_stays(self):
        events = [price(1, 0, "input", "1"), call(2, 4, input_tokens=1), price(3, 5, "input", "9")]
        self.assertEqual(self.total(events)["cost_usd"], usd(10**6))

    def test_a_late_first_price_books_what_waited(self):
        events = [call(1, 4, input_tokens=1), call(2, 1, input_tokens=1), price(3, 6, "input", "5", valid=2), price(4, 7, "input", "7", valid=0)]
        document = self.compute(events)["cost"]
        self.assertEqual(document["total"]["cost_usd"], usd(12 * 10**6))
        self.assertEqual(document["late_first_prices"], 2)

    def test_a_missing_cache_price_gives_a_range(self):
        total = self.total([price(1, 0, "input", "3"), call(2, 1, input_tokens=10, cache_read_tokens=4)])
        self.assertEqual((total["cost_usd"], total["cost_low_usd"], total["cost_high_usd"]), (usd(0), usd(18 * 10**6), usd(30 * 10**6)))
        self.assertEqual(total["partly"], 1)

    def test_another_missing_class_has_no_upper_end(self):
        total = self.total([price(1, 0, "input", "3"), call(2, 1, input_tokens=10, output_tokens=1)])
        self.assertEqual((total["cost_high_usd"], total["calls_without_high"]), (usd(0), 1))

    def test_the_default_book_ends_with_the_first_price_of_a_pair(self):
        book = {"as_of": "2026-01-01", "providers": ["p"], "models": [{"model": "m", "input": "1", "cache_read": "0.5"}, {"model": "*", "input": "7"}]}
        before, after = call(1, 1, input_tokens=2, cache_read_tokens=1), call(3, 3, input_tokens=2, cache_read_tokens=1)
        total = self.total([before, price(2, 2, "input", "4"), after], book)
        self.assertEqual((total["priced"], total["partly"]), (1, 1))
        self.assertEqual(total["cost_low_usd"], usd((10 + 5 + 40) * 10**5))
        self.assertEqual(self.total([call(1, 1, model="other", input_tokens=1)], book)["cost_usd"], usd(7 * 10**6))

    def test_tiers_have_prices_of_their_own(self):
        events = [price(1, 0, "input", "4"), price(2, 0, "input", "2", service_tier="batch"), call(3, 1, input_tokens=1, service_tier="batch"),
                  call(4, 1, input_tokens=1)]
        self.assertEqual(self.total(events)["cost_usd"], usd(6 * 10**6))
        unknown_tier = self.total(events + [call(5, 1, input_tokens=1, service_tier="flex")])
        self.assertEqual((unknown_tier["cost_usd"], unknown_tier["unpriced"]), (usd(6 * 10**6), 1))
        self.assertEqual(self.total(events + [call(5, 1, input_tokens=1, service_tier="AUTO")])["cost_usd"], usd(10 * 10**6))

    def test_the_model_that_answered_comes_first(self):
        asked, answered = price(1, 0, "input", "4", model="m"), price(2, 0, "input", "2", model="m-2026")
        one = call(3, 1, input_tokens=1, response_model="m-2026")
        self.assertEqual(self.total([asked, answered, one])["cost_usd"], usd(2 * 10**6))
        self.assertEqual(self.total([asked, one])["cost_usd"], usd(4 * 10**6))

    def test_a_price_holds_from_its_time_and_the_default_book_before(self):
        book = {"as_of": "2026-01-01", "providers": ["p"], "models": [{"model": "m", "input": "1", "cache_read": "0.5"}]}
        events = [price(1, 0, "input", "4", valid=2), call(2, 1, input_tokens=1), call(3, 2, input_tokens=1)]
        self.assertEqual(self.total(events, book)["cost_usd"], usd(5 * 10**6))

    def test_not_told_is_not_zero(self):
        prices = [price(1, 0, "input", "3"), price(2, 0, "output", "5")]
        silent = {"input_tokens": None, "output_tokens": None}
        total = lambda **data: self.total([*prices, call(3, 1, **data)])
        for data in (silent, {**silent, "status": "error", "stream": True, "response_id": "r"}):
            self.assertEqual((total(**data)["unpriced"], total(**data)["calls_without_high"]), (1, 1))
        self.assertEqual(total(**silent, status="error")["priced"], 1)
        failed = call(4, 1, **silent, status="error")
        self.assertEqual(booked(self.total([*prices, failed])), 0)
        self.assertEqual(booked(self.total([*prices, failed, call(5, 1, **silent)])), "unknown")
        self.assertEqual(booked(self.total([*prices, failed, call(5, 1, **silent), call(6, 1)])), "unknown")
        self.assertEqual(booked(self.total([*prices, failed, call(5, 1, **silent), call(6, 1, input_tokens=1)])), 3 * 10**6)
        self.assertEqual((total()["unpriced"], total(status="error")["priced"]), (1, 1))
        self.assertEqual(total(output_tokens=2)["cost_low_usd"], usd(10 * 10**6))
        more = total(input_tokens=2, output_tokens=1, total_tokens=4)
        self.assertEqual((more["partly"], more["cost_low_usd"], more["calls_without_high"]), (1, usd(11 * 10**6), 1))
        less = total(input_tokens=2, output_tokens=1, total_tokens=2)
        self.assertEqual((less["partly"], less["cost_low_usd"], less["cost_high_usd"]), (1, usd(6 * 10**6), usd(11 * 10**6)))
        half = total(input_tokens=2, output_tokens=None)
        self.assertEqual((half["partly"], half["cost_low_usd"], half["calls_without_high"]), (1, usd(6 * 10**6), 1))
        self.assertEqual(total(input_tokens=2, output_tokens=None, total_tokens=3)["cost_usd"], usd(11 * 10**6))
        only = total(**silent, total_tokens=10)
        self.assertEqual((only["partly"], only["cost_low_usd"], only["cost_high_usd"]), (1, usd(30 * 10**6), usd(50 * 10**6)))

    def test_two_readings_are_a_range(self):
        prices = [price(1, 0, "input", "3"), price(2, 0, "output", "5"), price(3, 0, "cache_read", "1")]
        total = self.total([*prices, call(4, 1, input_tokens=14, cache_read_tokens=4, output_tokens=1, usage_doubt="cache")])
        self.assertEqual((total["partly"], total["cost_low_usd"], total["cost_high_usd"]), (1, usd(27 * 10**6), usd(39 * 10**6)))
        total = self.total([*prices, call(4, 1, input_tokens=1, output_tokens=5, reasoning_tokens=2, usage_doubt="reasoning")])
        self.assertEqual((total["cost_low_usd"], total["cost_high_usd"]), (usd(18 * 10**6), usd(28 * 10**6)))

    def test_what_no_price_tells_has_no_upper_end(self):
        book = {"as_of": "2026-01-01", "providers": ["p"], "models": [{"model": "m", "input": "1", "output": "1", "input_tokens_max": 10}]}
        for data, state in (({"input_tokens": 10}, "priced"), ({"input_tokens": 11}, "partly"), ({"input_tokens": 1, "other_usage": "request"}, "partly")):
            total = self.total([call(1, 1, **data)], book)
            self.assertEqual((total[state], total["calls_without_high"]), (1, int(state == "partly")))

    def test_unsound_usage_is_refused(self):
        reading = self.compute([call(1, 1, input_tokens=1, cache_read_tokens=2), call(2, 1, input_tokens=2)])["reading"]
        self.assertEqual((reading["accepted"], reading["refused"]), (1, 1))

    def test_repeats_count_once(self):
        one = call(1, 1, input_tokens=1)
        other = {**one, "data": {**one["data"], "input_tokens": 2}}
        reading = self.compute([one, one, other])["reading"]
        self.assertEqual((reading["accepted"], reading["duplicates"], reading["conflicts"]), (1, 1, 1))

    def test_availability(self):
        question = lambda number, seconds, turn: event(number, "message.received", seconds, conversation_id="c", turn=turn)
        answer = lambda number, seconds, turn, **more: event(number, "message.sent", seconds, conversation_id="c", turn=turn, **more)
        events = [
            question(1, 0, 1), answer(2, 5, 1, status="ok", author="agent"), question(3, 10, 2), answer(4, 50, 2, status="ok"),
            question(5, 60, 3), answer(6, 61, 3, status="error"), question(7, 70, 4), answer(8, 71, 4, author="human"), question(9, 90, 5),
            question(10, 130, 6), answer(11, 131, 6)]
        self.assertEqual(self.compute(events)["sla"]["questions"], {"good": 2, "failed": 4, "pending": 0})
        now = nanoseconds(at(115))
        self.assertEqual(self.compute(events, now=now)["sla"]["questions"], {"good": 2, "failed": 3, "pending": 1})

    def test_outcomes(self):
        step = lambda number, kind, seconds, name, **more: event(number, kind, seconds, conversation_id=name, channel="web", **more)
        events = [
            step(1, "conversation.resolved", 1, "a"), step(2, "conversation.closed", 2, "a"),
            step(3, "conversation.resolved", 1, "b"), step(4, "conversation.reopened", 5, "b"), step(5, "escalation.raised", 6, "b", reason="policy"),
            step(6, "conversation.closed", 7, "b"), step(7, "conversation.closed", 7, "c"), step(8, "conversation.started", 7, "d"),
            step(9, "conversation.reopened", 2, "e"), step(10, "conversation.resolved", 3, "e"), step(11, "conversation.closed", 1, "e")]
        outcomes = self.compute(events, reached=nanoseconds(at(100)))["outcomes"]
        # What was reopened goes on, whatever was resolved since, until it is closed again.
        self.assertEqual(outcomes["outcomes"], {"resolved": 1, "escalated": 1, "abandoned": 1, "open": 0})
        self.assertEqual((outcomes["not_closed"], outcomes["escalations_by_reason"]), (2, {"policy": 1}))
        self.assertEqual(outcomes["by"]["week"]["2026-08-03"]["resolved"], 1)
        # A day later silence has closed those that nobody closed.
        silent = self.compute(events, reached=nanoseconds(at(100_000)))["outcomes"]
        self.assertEqual((silent["outcomes"], silent["not_closed"]), ({"resolved": 2, "escalated": 1, "abandoned": 2, "open": 0}, 0))

    def test_a_bill_counts_in_its_time(self):
        bill = {"category": "gpu", "amount_usd": "-0.000000000310", "period_start": at(0), "period_end": at(31)}
        events = [event(1, "cost.recorded", 500, **bill), event(2, "cost.recorded", 500, category="rent", amount_usd="7", period_start=at(0))]
        part = lambda start, end: self.compute(events, start=nanoseconds(at(start)), end=nanoseconds(at(end)))["cost"]["recorded_usd"]
        self.assertEqual(self.compute(events)["cost"]["recorded_usd"], {"gpu": bill["amount_usd"], "rent": usd(7 * 10**12)})
        self.assertEqual(part(0, 31), {"gpu": bill["amount_usd"]})
        self.assertEqual(part(31, 501), {"rent": usd(7 * 10**12)})
        self.assertEqual(part(-5, 1), {"gpu": usd(-10)})
        cuts = (-5, 1, 2, 13, 30, 40)
        self.assertEqual(sum(pico(part(start, end)["gpu"]) for start, end in zip(cuts, cuts[1:])), -310)

    def test_what_a_conversation_says_holds_for_its_events(self):
        told = {"team": "billing", "experiment": "tone", "variant": "a"}
        events = [
            event(1, "conversation.started", 5, conversation_id="c", **told), event(2, "conversation.classified", 6, conversation_id="c", team="late"),
            call(3, 1, input_tokens=1), call(4, 7, input_tokens=1, team="own", experiment="other"),
            event(5, "message.sent", 8, conversation_id="c"), event(6, "message.sent", 8, conversation_id="d")]
        document = self.compute(events)
        calls = lambda name: {key: sums["calls"] for key, sums in document["cost"]["calls_by"][name].items()}
        self.assertEqual((calls("team"), calls("variant")), ({"billing": 1, "own": 1}, {"a": 1, "": 1}))
        answers = {key: sums["answers"] for key, sums in document["sla"]["reported_answers_by"]["team"].items()}
        self.assertEqual(answers, {"billing": 1, "": 1})
        # Over SQL an event has what it says itself.
        self.assertEqual(set(document["sla"]["answers_by"]["team"]), {""})

    def test_a_changed_pico_dollar_is_found(self):
        document = self.compute([price(1, 0, "input", "3"), call(2, 1, input_tokens=10), event(3, "feedback.submitted", 1, score=5)])
        check = next(one for one in compare.checks(document) if one.name == "llm_call by model")
        changed = [list(row) for row in check.rows]
        self.assertEqual(compare.differences(check, changed), [])
        column = check.kinds.index("money")
        changed[0][column] = usd(pico(changed[0][column]) + 1)
        self.assertNotEqual(compare.differences(check, changed), [])
        self.assertEqual(compare.self_test(document), 0)

    def test_select_lists_give_their_rules(self):
        rules = twelve_questions.rules_of("select date_trunc('day',time) d,avg((route='local')::int),approx_percentile(cost_usd,array[0.5,0.9]) from t")
        self.assertEqual([rule for rule, _ in rules], ["exact", "average", "percentile"])
        self.assertEqual([money for _, money in rules], [False, False, True])

    def test_answers_are_compared_by_their_rules(self):
        moment = datetime.datetime(2026, 8, 1, 9)
        ours, theirs = [["2026-08-01T09:00:00Z", "0.000000003000", 1.005, 7]], [(moment, 3, 1.0, 7)]
        rules = [("exact", False), ("exact", True), ("percentile", False), ("exact", False)]
        self.assertIsNone(twelve_questions.difference(ours, theirs, rules))
        for column, value in ((0, "2026-08-01T09:00:01Z"), (1, "0.000000003001"), (2, 1.006), (3, 8)):
            changed = [list(ours[0])]
            changed[0][column] = value
            self.assertIsNotNone(twelve_questions.difference(changed, theirs, rules))
        self.assertIsNotNone(twelve_questions.difference([], theirs, rules))

    def test_metrics_are_summed_by_label(self):
        text = '# TYPE a counter\na{x="1",y="\\"q"} 2\na{x="2"} 3\nab 7\n'
        self.assertEqual((metrics_text.total(text, "a"), metrics_text.total(text, "a", x="2"), metrics_text.total(text, "ab")), (5, 3, 7))

    def test_default_books_of_the_repository_are_readable(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Schemas/prices")
        book = DefaultBook(folder)
        self.assertEqual(book.pairs[("vllm", "*")][("", "input")], 0)
        self.assertEqual(book.pairs[("openai", "gpt-4o-2024-08-06")][("batch", "output")], 5_000_000)


class KnownStore(account.Account):
    """An account over a list of (id, time) in the place of a server."""

    def __init__(self, moments, stored):
        self.tally, self.expected, self.stored, self.seed = tally.Tally(), account.Expected(), stored, 7
        self.reference = self
        self.piece(2, 0, moments)

    def rows(self, sql):
        first, last = (nanoseconds(text) for text in re.findall(r"'([0-9-]+T[^']+)'", sql))
        return [[name] for name, time in self.stored if first <= time < last]


class HostileHour(unittest.TestCase):
    moments = [T0 + number * 10**9 for number in range(250)]

    def stored(self):
        return [(name, time) for number, moment in enumerate(self.moments) for name, _, time, _ in load.events_of(7, 2, number, moment)]

    def test_every_event_of_the_reference_load_is_accounted_for(self):
        stored = self.stored()
        found = KnownStore(self.moments, stored)
        self.assertEqual((dict(found.tally.faults), sum(found.expected.kinds.values())), ({}, len(stored)))
        self.assertEqual(found.expected.kinds["message.received"], load.TURNS * len(self.moments))
        for changed, fault in ((stored[:5000] + stored[5001:], "acknowledged events are lost"), (stored + stored[17:18], "acknowledged events are there twice"),
                               (stored + [("2-0-99", T0)], "events are there that were not acknowledged")):
            self.assertEqual(dict(KnownStore(self.moments, changed).tally.faults), {fault: 1})

    def test_a_call_of_the_reference_load_costs_what_its_classes_cost(self):
        data = {"request_model": "hour-b", "input_tokens": 1000, "cache_read_tokens": 400, "output_tokens": 7}
        self.assertEqual(usd(account.cost_of(data)), "0.002025000600")

    def test_a_secret_is_found_across_pieces(self):
        text = b"a" * ((1 << 20) - 3) + b"secret" + b"b" * 100
        self.assertIn(b"secret", account.holds(io.BytesIO(text), b"secret"))
        self.assertIsNone(account.holds(io.BytesIO(text), b"secrets"))

    def test_durations_are_shared_out_by_rank(self):
        times = tally.Times()
        for value in range(100, 0, -1):
            times.add(value)
        self.assertEqual((times.share(0.5), times.share(0.99), times.share(1)), (50, 99, 100))


if __name__ == "__main__":
    unittest.main()
