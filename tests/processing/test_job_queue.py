"""What the queue promises, on both databases, to several processes at once."""

import multiprocessing
import os
import random
import signal
import sys
from collections import Counter

import pytest
from a_job import a_job

from thalweg.core.errors import QuotaExceeded
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.processing.failures import Failure, Superseded
from thalweg.processing.jobs import Ending, JobQuery, Staged
from thalweg.processing.stores.jobs import SqlJobs
from thalweg.processing.stores.queue import SqlQueue
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations.branches import migrate

LEASE = 60
DONE = Ending("successful", "Done", values={"text": "hello"})


def kinds(outbox):
    return [recorded.event.kind for recorded in outbox.after(0, 10_000)]


def test_the_branch_goes_up_and_down(engine):
    migrate(engine, "processing", "base")
    migrate(engine, "processing")


def test_a_job_goes_from_acceptance_to_its_result(jobs, queue, outbox):
    kept = jobs.create(a_job(bbox=(1.0, 2.0, 3.0, 4.0)), most=10)
    taken = queue.take("w1", LEASE, 3)
    assert (taken.id, taken.status, taken.attempt, taken.bbox) == (kept.id, "running", 1, (1.0, 2.0, 3.0, 4.0))
    queue.tell(taken, 0.5, "half", ["one", "two"])
    queue.tell(taken, 0.6, "more", ["three"])
    queue.close(taken, DONE)
    ended = jobs.job(kept.id, EVERYTHING)
    assert (ended.status, ended.progress, ended.values, ended.message) == ("successful", 1.0, {"text": "hello"}, "Done")
    assert ended.created <= ended.started <= ended.finished
    assert [(line.seq, line.text) for line in jobs.logs(kept.id, 0, 10)] == [(1, "one"), (2, "two"), (3, "three")]
    assert [line.text for line in jobs.logs(kept.id, 1, 1)] == ["two"]
    assert Counter(kinds(outbox)) == {"job.created": 1, "job.progressed": 3, "log.written": 3, "job.finished": 1}
    assert queue.take("w1", LEASE, 3) is None


def test_jobs_are_taken_in_their_order(jobs, queue):
    accepted = [jobs.create(a_job(), most=10).id for _ in range(3)]
    assert [queue.take("w1", LEASE, 3).id for _ in range(3)] == accepted
    assert queue.take("w1", LEASE, 3) is None


def test_a_held_job_is_not_taken_and_one_let_fall_is(jobs, queue):
    jobs.create(a_job(), most=10)
    first = queue.take("w1", LEASE, 3)
    assert queue.take("w2", LEASE, 3) is None
    queue.beat(first, -1)
    second = queue.take("w2", LEASE, 3)
    assert (second.id, second.attempt) == (first.id, 2)


@pytest.mark.parametrize(
    "write",
    [
        lambda queue, job: queue.beat(job, LEASE),
        lambda queue, job: queue.tell(job, 0.5, "late", ["late"]),
        lambda queue, job: queue.stage(job, Staged({})),
        lambda queue, job: queue.close(job, DONE),
        lambda queue, job: queue.close(job, Ending.failed(Failure("Job failed", "late"))),
        lambda queue, job: queue.give_back(job, counts=False),
    ],
)
def test_every_write_of_a_stale_attempt_is_refused(jobs, queue, outbox, write):
    jobs.create(a_job(), most=10)
    stale = queue.take("w1", -1, 3)
    current = queue.take("w2", LEASE, 3)
    before = outbox.last()
    with pytest.raises(Superseded):
        write(queue, stale)
    assert outbox.last() == before
    assert jobs.logs(stale.id, 0, 10) == []
    assert jobs.job(stale.id, EVERYTHING).attempt == current.attempt
    queue.close(current, DONE)
    with pytest.raises(Superseded):
        write(queue, current)


def test_a_job_whose_workers_die_is_given_up_with_its_reason(jobs, queue, outbox):
    job = jobs.create(a_job(), most=10)
    for attempt in (1, 2):
        assert queue.take("w", -1, 2).attempt == attempt
    jobs.create(a_job(), most=10)
    assert queue.take("w", LEASE, 2).id != job.id
    ended = jobs.job(job.id, EVERYTHING)
    assert ended.status == "failed"
    assert "died 2 times" in ended.failure.detail
    assert kinds(outbox).count("job.finished") == 1


def test_a_staged_result_is_never_given_up(jobs, queue):
    jobs.create(a_job(), most=10)
    queue.stage(queue.take("w", -1, 1), Staged({"n": 1}, ({"id": "x"},)))
    again = queue.take("w", LEASE, 1)
    assert again.staged == Staged({"n": 1}, ({"id": "x"},))


def test_a_job_given_back_waits_again_and_the_try_does_not_count(jobs, queue):
    jobs.create(a_job(), most=10)
    for _ in range(5):
        queue.give_back(queue.take("w", LEASE, 1), counts=False)
    taken = queue.take("w", LEASE, 1)
    assert (taken.attempt, taken.tries) == (6, 1)


def test_a_waiting_and_a_running_job_are_dismissed_and_their_writes_refused(jobs, queue, outbox):
    waiting, running = (jobs.create(a_job(), most=10) for _ in range(2))
    held = queue.take("w", LEASE, 3)
    assert jobs.dismiss(waiting.id if held.id != waiting.id else running.id).status == "dismissed"
    assert jobs.dismiss(held.id).status == "dismissed"
    with pytest.raises(Superseded):
        queue.tell(held, 0.5, "late", [])
    assert jobs.dismiss(held.id) is None
    assert queue.take("w", LEASE, 3) is None
    assert kinds(outbox).count("job.dismissed") == 2


def test_a_job_that_is_being_registered_is_not_dismissed(jobs, queue):
    jobs.create(a_job(), most=10)
    taken = queue.take("w", LEASE, 3)
    queue.stage(taken, Staged({}))
    assert jobs.dismiss(taken.id) is None
    queue.close(taken, DONE)


def test_only_an_ended_job_is_removed_and_its_log_with_it(jobs, queue):
    job = jobs.create(a_job(), most=10)
    jobs.remove(job.id)
    taken = queue.take("w", LEASE, 3)
    queue.tell(taken, 0.1, "x", ["line"])
    queue.close(taken, DONE)
    jobs.remove(job.id)
    assert jobs.job(job.id, EVERYTHING) is None
    assert jobs.logs(job.id, 0, 10) == []


def test_a_workspace_has_so_many_unended_jobs_and_others_are_not_hindered(jobs, queue):
    for _ in range(2):
        jobs.create(a_job("ada"), most=2)
    with pytest.raises(QuotaExceeded, match="ada") as refused:
        jobs.create(a_job("ada"), most=2)
    assert refused.value.retry_after > 0
    jobs.create(a_job("bob"), most=2)
    queue.close(queue.take("w", LEASE, 3), DONE)
    jobs.create(a_job("ada"), most=2)


def test_the_list_is_narrowed_paged_and_shows_what_may_be_seen(jobs, queue):
    ours = [jobs.create(a_job("ada", process=f"p{i % 2}"), most=10).id for i in range(5)][::-1]
    jobs.create(a_job("bob"), most=10)
    sees = Visibility(frozenset({"ada/member"}))
    first = jobs.jobs(JobQuery(limit=2), sees)
    second = jobs.jobs(JobQuery(limit=2, after=first.next), sees)
    third = jobs.jobs(JobQuery(limit=2, after=second.next), sees)
    assert [job.id for page in (first, second, third) for job in page.found] == ours
    assert third.next is None
    assert len(jobs.jobs(JobQuery(processes=("p0",)), sees).found) == 3
    taken = queue.take("w", LEASE, 3)
    queue.close(taken, DONE)
    assert [job.id for job in jobs.jobs(JobQuery(statuses=("successful",)), sees).found] == [taken.id]
    assert [job.id for job in jobs.jobs(JobQuery(longest=30), sees).found] == [taken.id]
    assert jobs.jobs(JobQuery(shortest=30), sees).found == ()
    assert jobs.job(ours[0], Visibility(frozenset({"bob/member"}))) is None
    assert jobs.jobs(JobQuery(), Visibility()).found == ()


def _work(url, name, holds):
    """Take and close Jobs until none is left; ``holds`` kills itself while it holds its second."""
    engine = open_engine(url)
    queue, chance, held = SqlQueue(engine), random.Random(name), 0  # noqa: S311 - a delay
    # Short is the lease of the Job it dies with only: a busy machine may keep any other longer than that.
    while (job := queue.take(name, 0.6 if holds and held == 1 else LEASE, 3)) is not None:
        held += 1
        if holds and held == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        multiprocessing.Event().wait(chance.random() / 200)
        queue.tell(job, 0.5, "half", [f"by {name}"])
        queue.close(job, Ending("successful", "Done", values={"by": name}))
    engine.dispose()
    sys.exit(0)


def test_four_processes_share_the_work_and_one_dies_holding_a_job(jobs, queue, outbox, control_url):
    ids = {jobs.create(a_job(f"w{i % 7}"), most=100).id for i in range(60)}
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_work, args=(control_url, f"w{i}", i == 0)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [-signal.SIGKILL, 0, 0, 0]
    left = _left(queue, jobs)
    if left is not None:
        assert left.attempt == 2
        queue.close(left, DONE)
    page = jobs.jobs(JobQuery(limit=100), EVERYTHING)
    assert {job.id for job in page.found if job.status == "successful"} == ids
    assert Counter(job.attempt for job in page.found) == {1: 59, 2: 1}
    finished = [r.event.subject for r in outbox.after(0, 10_000) if r.event.kind == "job.finished"]
    assert sorted(finished) == sorted(ids)


def _left(queue, jobs):
    """Wait for the dead worker's lease to run out, unless another worker saw that first."""
    never = multiprocessing.Event()
    for _ in range(20):
        if (job := queue.take("last", LEASE, 3)) is not None:
            return job
        if not jobs.jobs(JobQuery(statuses=("running",)), EVERYTHING).found:
            return None
        never.wait(0.1)
    return None


def test_two_who_accept_at_once_do_not_pass_the_quota(control_url, jobs):
    spawn = multiprocessing.get_context("spawn")
    crowd = [spawn.Process(target=_crowd, args=(control_url,)) for _ in range(3)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert len(jobs.jobs(JobQuery(limit=100), EVERYTHING).found) == 5


def _crowd(url):
    engine = open_engine(url)
    store = SqlJobs(engine)
    refused = 0
    for _ in range(5):
        try:
            store.create(a_job(), most=5)
        except QuotaExceeded:
            refused += 1
    engine.dispose()
