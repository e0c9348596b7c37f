"""Carries out what was acknowledged until it has kept some Records, and waits there to be killed."""

import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "conformance"))

from csw_world import ALICE, World

from thalweg.catalogue.api.csw.carrying import Carrying
from thalweg.catalogue.harvests import harvester
from thalweg.catalogue.harvests.errands import Errands, Heart
from thalweg.catalogue.harvests.periodic import Harvests
from thalweg.catalogue.harvests.sql_errands import SqlErrands
from thalweg.catalogue.harvests.sql_sources import SqlSources
from thalweg.guard.outbound import Outbound


def main(folder, beats):
    """Begin, and tell the test at the beat after which nothing more is done."""
    harvester._BATCH = 1
    world = World(Path(folder))
    heard = iter(range(1, int(beats)))

    def beat(_heart):
        if next(heard, None) is None:
            sys.stdout.write("here\n")
            sys.stdout.flush()
            sys.stdin.read()

    Heart.beat = beat
    people, guard = {"alice": ALICE}.__getitem__, lambda: Outbound(allowed=("127.0.0.1",))
    errands = Errands(SqlErrands(world.engine), people)
    bringing = harvester.Harvester(world.records, guard)
    harvests = Harvests(SqlSources(world.engine), bringing, world.records, people, errands=errands)
    errands.run_due(Carrying(harvests, guard), threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
