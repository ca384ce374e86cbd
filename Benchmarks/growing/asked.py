"""What is asked of a store at each size: scans of all events, look-ups, reports, and what rollups answer."""
import datetime
import statistics
import time
import urllib.parse

from outside.plimsoll import CommandFailed
from peers import questions
from peers.dialects import Ours

SCANS = {"levels_per_hour": "sla by hour", "cost_per_day_and_model": "cost by day and model", "users_per_day": "distinct users by day"}
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
# About what a conversation has in the workload; those that are looked up have as many at each size, or nearly.
EVENTS_OF_A_CONVERSATION = 30


def scans():
    """{name: SQL}."""
    return {question.name: question.text(Ours()) for question in questions.first_twelve("") if question.name in SCANS}


def lookups():
    """{name: a function that makes SQL of a conversation's id}."""
    latest = next(question for question in questions.further() if question.name == "latest_events").text(Ours())
    return {
        "conversation_events": lambda one: f"select * from events where conversation_id = {quoted(one)} order by time",
        "latest_events": lambda _: latest,
        "conversation_outcome": lambda one: f"select outcome, cost_usd from conversations where conversation_id = {quoted(one)}",
    }


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Asked:
    """Questions to one server; what is taken of the answers is their time, in ms."""

    def __init__(self, asking, runs):
        self.asking, self.runs = asking, runs
        self.first, self.last = (moment(text) for text in asking.rows("select min(time), max(time) from events")[0])

    def median(self, requests):
        """Of the middle one, after the first, which warms up."""
        taken = []
        for request in requests:
            began = time.perf_counter()
            self.asking.asker.answer(request)
            taken.append((time.perf_counter() - began) * 1e3)
        return statistics.median(taken[1:])

    def scan(self, sql, rollups=False):
        return self.median([self.asking.asker.request(sql, rollups)] * (self.runs + 1))

    def lookup(self, text, conversations):
        """Each of the conversations is asked for once: who looks one up seldom looks it up again."""
        return self.median([self.asking.asker.request(text(one), False) for one in conversations])

    def report(self, begin, end):
        parameters = urllib.parse.urlencode({"from": stamp(begin), "to": stamp(end), "format": "json"})
        head = f"GET /v1/reports/sla?{parameters} HTTP/1.1\r\nHost: 127.0.0.1:{self.asking.asker.port}\r\n\r\n"
        return self.median([head.encode()] * (self.runs + 1))

    def conversations(self):
        """One more than there are runs, of like size, from all over the store's time."""
        found, count = [], self.runs + 1
        for place in range(count):
            found.append(self.conversation(self.first + (self.last - self.first) * place / count, found))
        return found

    def conversation(self, begin, others):
        """One that is under way at a time or soon after it, as nights and weekends let, and is none of the others."""
        is_other = "".join(f" and conversation_id <> {quoted(one)}" for one in others)
        for hours in (1, 24, 96, 1000):
            rows = self.asking.rows(
                f"select conversation_id, count(*) from events where time >= '{stamp(begin)}' and time < '{stamp(begin + hours * HOUR)}' "
                f"and conversation_id is not null{is_other} group by 1 order by abs(count(*) - {EVENTS_OF_A_CONVERSATION}), 1 limit 1")
            if rows:
                return rows[0][0]
        raise CommandFailed(f"no other conversation is under way in the weeks after {stamp(begin)}")


def small_question(last):
    """Events of the last hour that the store has: what somebody who opens a page asks first."""
    return f"select count(*) from events where time >= '{stamp(last - HOUR)}'"


def ninety_days(last):
    """Up to the end of the day of the last event."""
    end = midnight(last) + DAY
    return end - 90 * DAY, end


def one_day(first, last):
    """The last whole day, or the only one."""
    end = max(midnight(last), midnight(first) + DAY)
    return end - DAY, end


def midnight(time_):
    return time_.replace(hour=0, minute=0, second=0, microsecond=0)


def moment(text):
    """To the second."""
    return datetime.datetime.fromisoformat(text[:19].replace(" ", "T"))


def stamp(time_):
    return time_.isoformat(timespec="seconds") + "Z"
