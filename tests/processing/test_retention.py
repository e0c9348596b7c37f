"""What only grows is kept for a while: events and the logs of Jobs that have ended, on both databases."""

import threading
from datetime import UTC, datetime, timedelta

from a_job import a_job

from thalweg.app.retention import Retention
from thalweg.core.principals import EVERYTHING
from thalweg.processing.jobs import Ending

DONE = Ending("successful", "Done", values={})


def _later():
    return datetime.now(UTC) + timedelta(seconds=5)


def test_the_oldest_events_go_step_by_step_and_numbers_go_on(jobs, outbox):
    for _ in range(5):
        jobs.create(a_job(), most=10)
    last = outbox.last()
    assert outbox.prune(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert [outbox.prune(_later(), most=3), outbox.prune(_later(), most=3), outbox.prune(_later(), most=3)] == [3, 1, 0]
    assert [one.sequence for one in outbox.after(0)] == [last]
    jobs.create(a_job(), most=10)
    assert [one.sequence for one in outbox.after(last)] == [last + 1]


def test_logs_go_when_their_job_has_ended_for_long_and_the_job_stays(jobs, queue, outbox):
    ended, running = (jobs.create(a_job(), most=10).id for _ in range(2))
    for _ in range(2):
        taken = queue.take("w1", 60, 3)
        queue.tell(taken, 0.5, "half", ["one", "two"])
        if taken.id == ended:
            queue.close(taken, DONE)
    assert jobs.prune_logs(datetime.now(UTC) - timedelta(hours=1)) == 0
    Retention([(timedelta(seconds=-5), jobs.prune_logs), (timedelta(days=1), outbox.prune)]).prune(threading.Event())
    assert jobs.logs(ended, 0, 10) == []
    assert [line.text for line in jobs.logs(running, 0, 10)] == ["one", "two"]
    assert jobs.job(ended, EVERYTHING).status == "successful"
    assert outbox.last() > 1
