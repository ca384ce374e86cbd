"""Questions, answers and availability."""
from collections import defaultdict

from .events import SECOND


def is_question(event):
    return event.type == "message.received" and event.get("author", "user") == "user"


def is_answer(event):
    return event.type == "message.sent" and event.get("author", "agent") == "agent"


def is_error(event):
    return event.get("status", "ok") == "error"


def exact_percentile(values, share):
    """The smallest value with at least that share of the values at or below it; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = -(-len(ordered) * int(share * 10**6) // 10**6)
    return ordered[max(rank, 1) - 1]


class Questions:
    """Pairs questions with answers: by turn number, and in order of time where turns are not numbered."""

    def __init__(self):
        self.questions = []
        self.answers = defaultdict(list)

    def accept(self, event):
        if is_question(event):
            self.questions.append(event)
        elif is_answer(event):
            self.answers[self.key(event)].append(event)

    @staticmethod
    def key(event):
        return (event.get("tenant", "default"), event.get("conversation_id"), event.get("turn"))

    def results(self, limit_seconds, now=None):
        """Yields (question, answer or None, good/failed/pending); without `now` every deadline has passed."""
        for answers in self.answers.values():
            answers.sort(key=lambda event: (event.time, event.position))
        unnumbered = defaultdict(int)
        for question in sorted(self.questions, key=lambda event: (event.time, event.position)):
            key = self.key(question)
            answers = self.answers.get(key, ())
            if key[2] is None:
                start = unnumbered[key]
                while start < len(answers) and answers[start].time < question.time:
                    start += 1
                answer = answers[start] if start < len(answers) else None
                unnumbered[key] = start + (answer is not None)
            else:
                answer = answers[0] if answers else None
            deadline = question.time + limit_seconds * SECOND
            if answer is not None and not is_error(answer) and answer.time <= deadline:
                yield question, answer, "good"
            elif now is None or now > deadline:
                yield question, answer, "failed"
            else:
                yield question, answer, "pending"
