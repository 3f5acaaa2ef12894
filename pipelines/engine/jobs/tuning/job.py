"""One tuning job, in a thread of its own: it starts training jobs, follows and stops them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.kind import Surroundings
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.record import Record, milliseconds
from pipelines.engine.jobs.transfer import split_uri
from pipelines.engine.jobs.tuning.ranges import Point, texts
from pipelines.engine.jobs.tuning.search import Search, search_of, training_request, trial_name
from pipelines.engine.jobs.tuning.stopping import Trials
from pipelines.engine.jobs.tuning.strategies import Known
from pipelines.engine.jobs.tuning.trials import best_of, objective
from pipelines.engine.processes.log import LogFile

ALL_FAILED = (
    "All training jobs have failed. Please take a look at the training jobs failures to get more "
    "details."
)
NONE_COMPLETED = (
    "No training job has completed: all were stopped early, or failed. With the strategy Hyperband "
    "a training job that prints its objective more often than MaxResource is stopped."
)
NO_OBJECTIVE = (
    "No objective metrics found after running {} training jobs. Please ensure that the custom "
    "algorithm is emitting the objective metric as defined by the regular expression provided."
)
# So many trials without a value, and no other will have one.
_HOPELESS = 5


class TuningJob(Job):
    """A search: its trials run as training jobs, each with its share of the cores.

    Args:
        cores: Of this machine, for all trials together.
    """

    def __init__(
        self,
        record: Record,
        home: Path,
        training_jobs: Jobs[ProcessJob],
        surroundings: Surroundings,
        cores: int | None = None,
    ) -> None:
        super().__init__(record, home)
        self._training_jobs = training_jobs
        self._around = surroundings
        self._cores = cores or os.cpu_count() or 1
        self._points: list[Point] = []
        self._trials: list[ProcessJob] = []
        # How many epochs of each trial have been judged.
        self._judged: list[int] = []
        self._news = threading.Event()

    def _work(self, log: LogFile) -> None:
        search = search_of(self.record.request)
        self._enter("Training", started=milliseconds())
        unfollow = self.stopping.follow(self._news.set)
        try:
            reason = self._search(search, log)
        finally:
            unfollow()
            self._stop_trials()
        if reason:
            log.say(reason)
            self.fail(reason)
            return
        if not self.stopping.is_set():
            self._tell_owner(search)
        self._end("Stopped" if self.stopping.is_set() else "Completed")

    def _search(self, search: Search, log: LogFile) -> str:
        """Run the trials; returns why the search has failed, or an empty text."""
        while not self.stopping.is_set():
            self._news.clear()
            self._judge(search, log)
            ended = [trial.record for trial in self._trials if trial.ended.is_set()]
            completed = [record for record in ended if record.status == "Completed"]
            values = [objective(record, search.metric) for record in completed]
            found = [value for value in values if value is not None]
            if not found and len(completed) >= _HOPELESS:
                return NO_OBJECTIVE.format(len(completed))
            if search.target is not None and any(
                search.sign * (value - search.target) >= 0 for value in found
            ):
                log.say(f"{search.metric} has reached {search.target:g}: the search is complete")
                return ""
            while self._may_start(search):
                self._start(search, log)
            if len(ended) == len(self._trials):
                if not completed:
                    return _none_completed(ended)
                return "" if found else NO_OBJECTIVE.format(len(completed))
            self._news.wait()
        return ""

    def _may_start(self, search: Search) -> bool:
        number = len(self._trials)
        running = sum(not trial.ended.is_set() for trial in self._trials)
        return (
            number < search.jobs
            and running < search.parallel
            and all(each.ended.is_set() for each in self._trials[: search.strategy.needed(number)])
        )

    def _start(self, search: Search, log: LogFile) -> None:
        number = len(self._trials)
        known = [self._known(index, search) for index in range(number)]
        point = search.strategy.propose(number, known)
        hyperparameters = texts(point, search.ranges)
        name = trial_name(self.record.name, number)
        cores = self._share(search)
        log.say(f"{name}: {hyperparameters}, {cores} cores")
        trial = self._training_jobs.create(
            training_request(self.record.request, name, hyperparameters),
            region=self.record.arn.split(":")[3],
            tuning_arn=self.record.arn,
            cores=cores,
        )
        self._points.append(point)
        self._trials.append(trial)
        self._judged.append(0)
        trial.metrics.follow(self._news.set)
        trial.ended.follow(self._news.set)
        self._news.set()  # it may have printed something before we followed

    def _share(self, search: Search) -> int:
        """The cores of the next trial: those of one of several, or all that are left for the last.

        More threads than cores wait for one another most of their time.
        """
        share = max(1, self._cores // search.parallel)
        if len(self._trials) + 1 < search.jobs:
            return share
        running = [trial for trial in self._trials if not trial.ended.is_set()]
        return max(share, self._cores - sum(trial.record.cores for trial in running))

    def _known(self, number: int, search: Search) -> Known:
        trial, point = self._trials[number], self._points[number]
        if not trial.ended.is_set():
            return Known(point, "running")
        value = objective(trial.record, search.metric)
        if trial.record.status == "Failed" or value is None:
            return Known(point, "failed")
        return Known(point, "ended", search.sign * value)

    def _judge(self, search: Search, log: LogFile) -> None:
        """Stop the trials that the rule is against, after each epoch that they have printed."""
        trials = Trials(
            {
                number: [search.sign * value for value in trial.metrics.values(search.metric)]
                for number, trial in enumerate(self._trials)
            },
            frozenset(
                number
                for number, trial in enumerate(self._trials)
                if trial.ended.is_set() and trial.record.status == "Completed"
            ),
        )
        for number, series in trials.series.items():
            trial = self._trials[number]
            for epoch in range(self._judged[number] + 1, len(series) + 1):
                if trial.ended.is_set() or trial.stopping.is_set():
                    break
                if search.rule.stops(number, epoch, trials):
                    log.say(f"{trial.record.name} is stopped after epoch {epoch}")
                    trial.stop()
            self._judged[number] = len(series)

    def _stop_trials(self) -> None:
        """Whatever has happened, none of them goes on."""
        for trial in self._trials:
            trial.stop()
        for trial in self._trials:
            trial.ended.wait()

    def _tell_owner(self, search: Search) -> None:
        """The best trial's model is the one that the owner's state has made."""
        best = best_of([trial.record for trial in self._trials], search.metric, search.sign)
        if best is None or self.record.owner is None:
            return
        bucket, key = split_uri(best.artifacts)
        if any(each.key == key for each in self._around.objects.list(bucket, key)):
            path = self._around.objects.get_path(bucket, key)
            self._around.stored(self.record.owner, best.name, key, path)


def _none_completed(ended: list[Record]) -> str:
    failed = [record for record in ended if record.status == "Failed"]
    if len(failed) < len(ended):
        return NONE_COMPLETED
    return f"{ALL_FAILED} {failed[0].name}: {failed[0].failure_reason}"
