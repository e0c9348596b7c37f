"""A watched folder: what is put there becomes Items, once it is complete, and once."""

import shutil
import threading
from pathlib import Path

import manifests
import pytest
from people import ADA
from registries import Counted

from thalweg.access.readers.describer import GdalDescriber
from thalweg.core.errors import NotFound
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.keeping import Keeper
from thalweg.harvest.readers.geotiff import geotiff
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.readers.landsat import landsat
from thalweg.harvest.readers.sentinel1 import sentinel1
from thalweg.harvest.registering import Registrar
from thalweg.harvest.watching import Ledger, Watch

COLLECTION = "lab.inbox"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def reading(platform):
    """Return what makes a registrar of some readers."""

    def made(*readers):
        known = Readers(lambda: readers)
        return Registrar(Counted(platform.catalogue), Keeper(platform.files), platform.workspaces, known)

    return made


@pytest.fixture
def registrar(reading):
    describer = GdalDescriber()
    return reading(*(make(describer) for make in (geotiff, landsat, sentinel1)))


@pytest.fixture
def watch(folder, registrar, tmp_path):
    """Start a watch, anew each time, over the same ledger; return what looks at times that a test says."""

    def started():
        made = Watch(folder, registrar, Ledger(tmp_path / "ledger"), settle=5)
        return lambda now: [(one.path.name, one.outcome) for one in made.look(now, COLLECTION, ADA)]

    return started


def test_a_file_is_taken_once_it_no_longer_grows(folder, watch, tiff):
    look, content = watch(), tiff().read_bytes()
    (folder / "scene.tif").write_bytes(content[:1000])
    assert look(0) == []
    assert look(4) == []
    (folder / "scene.tif").write_bytes(content)
    assert look(6) == []
    assert look(10) == []
    assert look(11) == [("scene.tif", "registered")]
    assert look(100) == []


def test_a_watch_that_starts_again_takes_nothing_twice(folder, watch, tiff, tmp_path):
    shutil.copy(tiff(), folder)
    look = watch()
    assert look(0) + look(5) == [("scene.tif", "registered")]
    look = watch()
    assert look(0) + look(5) + look(50) == []
    with (tmp_path / "ledger").open("a") as ledger:
        ledger.write('["other.tif", [1, 2')  # a process was killed while it wrote
    shutil.copy(tiff("other.tif"), folder)
    look = watch()
    assert look(0) + look(5) == [("other.tif", "registered")]
    look = watch()
    assert look(0) + look(5) == []


def test_killed_between_registering_and_noting_it_registers_the_same_again(folder, watch, tiff, tmp_path):
    shutil.copy(tiff(), folder)
    look = watch()
    assert look(0) + look(5) == [("scene.tif", "registered")]
    (tmp_path / "ledger").unlink()
    look = watch()
    assert look(0) + look(5) == [("scene.tif", "unchanged")]


def test_a_changed_file_is_taken_again(folder, watch, tiff):
    shutil.copy(tiff(), folder)
    look = watch()
    assert look(0) + look(5) == [("scene.tif", "registered")]
    shutil.copy(tiff(side=60), folder)
    assert look(10) + look(15) == [("scene.tif", "replaced")]


def test_folders_are_products_or_hold_them(folder, watch, tiff):
    manifests.sentinel_1(folder)
    (folder / "day" / "morning").mkdir(parents=True)
    shutil.copy(tiff(), folder / "day" / "morning")
    look = watch()
    assert sorted(look(0) + look(5)) == [(manifests.NAME_1, "registered"), ("scene.tif", "registered")]


def test_a_scene_that_is_still_copied_is_not_taken_for_its_images(folder, watch, real_data):
    source = real_data / "landsat-8" / "LC08_L2SP_008059_20191201"
    (folder / source.name).mkdir()
    images = sorted(source.glob("*.TIF"))
    look = watch()
    for n, image in enumerate(images[:3]):
        shutil.copy(image, folder / source.name)
        assert look(4 * n) == []
    for file in source.glob("*.json"):
        shutil.copy(file, folder / source.name)
    assert look(12) + look(17) == [(source.name, "registered")]


def test_what_is_refused_is_told_once(folder, watch):
    (folder / "notes.txt").write_text("notes")
    (folder / "big.tif.part").write_text("half")
    (folder / ".hidden").write_text("hidden")
    look = watch()
    assert look(0) + look(5) + look(10) == [("notes.txt", "refused")]
    look = watch()
    assert look(0) + look(5) == []


class Thief:
    """A reader who knows nothing, and takes away what it looks at."""

    of_format = False

    def __init__(self, inside):
        self.inside = inside

    def recognises(self, path):
        if path == self.inside and path.exists():
            (shutil.rmtree if path.is_dir() else Path.unlink)(path)
        return False


@pytest.mark.parametrize("name", ["early", "early/scene.tif"])
def test_what_goes_away_while_it_is_looked_at_does_not_end_the_watch(folder, reading, tiff, tmp_path, name):
    (folder / "early").mkdir()
    shutil.copy(tiff(), folder / "early")
    shutil.copy(tiff("later.tif"), folder)
    watch = Watch(folder, reading(Thief(folder / name), geotiff(GdalDescriber())), Ledger(tmp_path / "ledger"))
    told = [(one.path.name, one.outcome) for now in (0, 5) for one in watch.look(now, COLLECTION, ADA)]
    assert ("later.tif", "registered") in told
    assert "early" not in (tmp_path / "ledger").read_text()


def test_a_watch_of_a_folder_that_goes_away_says_so(folder, registrar, tmp_path):
    watch = Watch(folder, registrar, Ledger(tmp_path / "ledger"))
    folder.rmdir()
    with pytest.raises(NotFound, match="inbox"):
        list(watch.look(0, COLLECTION, ADA))


def test_a_running_watch_sees_what_comes_and_stops(folder, platform, registrar, tiff, tmp_path):
    ingest = Ingest(platform.files, Counted(platform.catalogue), platform.workspaces, registrar.readers)
    stop, seen, ready = threading.Event(), [], tiff()

    def run():
        for one in ingest.watch(folder, tmp_path / "ledger", COLLECTION, ADA, stop, settle=0.1):
            seen.append((one.path.name, one.outcome))
            stop.set()

    thread = threading.Thread(target=run)
    thread.start()
    shutil.copy(ready, folder)
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert seen == [("scene.tif", "registered")]


def test_a_folder_must_be_there(tmp_path, registrar):
    with pytest.raises(NotFound):
        Watch(tmp_path / "none", registrar, Ledger(tmp_path / "ledger"))
