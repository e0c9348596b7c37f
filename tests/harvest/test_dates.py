"""When an image was taken: told, tagged, named without doubt, or honestly unknown."""

from datetime import UTC, datetime

import pytest

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import Interval
from thalweg.harvest.dates import FIRST_IMAGE, LAUNCHES, taken

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def said(name="scene.tif", told=None, tags=None, platform=None, known=None):
    return taken(told and Interval.parse(told), tags or {}, name, platform, NOW, known=known).properties()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("scene_20200219.tif", ("2020-02-19T00:00:00Z", "2020-02-19T23:59:59Z")),
        ("2020-02-19 lake.tif", ("2020-02-19T00:00:00Z", "2020-02-19T23:59:59Z")),
        ("lake_2020_02_19.tif", ("2020-02-19T00:00:00Z", "2020-02-19T23:59:59Z")),
        ("LC08_L1TP_013032_20180131_20180207_01_T1_B3.TIF", ("2018-01-31T00:00:00Z", "2018-01-31T23:59:59Z")),
        ("S2A_29RKH_20200219_0_L2A_TCI.tif", ("2020-02-19T00:00:00Z", "2020-02-19T23:59:59Z")),
        ("a_20180716T004042_20180716T004107.tiff", ("2018-07-16T00:00:00Z", "2018-07-16T23:59:59Z")),
    ],
)
def test_a_name_with_one_day_is_dated_by_it(name, expected):
    found = said(name)
    assert (found["start_datetime"], found["end_datetime"]) == expected
    assert found["datetime"] is None
    assert found["thalweg:date_known"] is True


@pytest.mark.parametrize(
    "name", ["S2A_MSIL2A_20200219T112111_N0214_R037_T29RKH_20200219T134621.tif", "x_20200219T112111.tif"]
)
def test_a_name_with_one_moment_is_dated_by_it(name):
    assert said(name)["datetime"] == "2020-02-19T11:21:11Z"


@pytest.mark.parametrize(
    "name",
    ["scene.tif", "a_20200101_20200201.tif", "x_20201301.tif", "x_20200230.tif", "x_19000101.tif", "x_20990101.tif",
     "x_120200219.tif", "123456789012.tif", "20200219-2.tif x 2020-02-20.tif"],
)  # fmt: skip
def test_a_doubtful_name_is_no_date(name):
    found = said(name)
    assert found["thalweg:date_known"] is False
    assert found["datetime"] is None
    assert (found["start_datetime"], found["end_datetime"]) == ("1972-07-23T00:00:00Z", "2026-11-21T00:00:00Z")


def test_a_platform_bounds_an_unknown_date():
    assert said(platform="Landsat-7")["start_datetime"] == "1999-04-15T00:00:00Z"
    assert said("x_19950101.tif", platform="landsat-7")["thalweg:date_known"] is False
    assert min(LAUNCHES.values()) > FIRST_IMAGE


def test_tags_of_acquisition_count_before_the_name():
    assert (
        said("x_20200219.tif", tags={"ACQUISITIONDATETIME": "2019-01-02T03:04:05Z"})["datetime"]
        == "2019-01-02T03:04:05Z"
    )
    assert said(tags={"DATE_ACQUIRED": "2019-01-02"})["start_datetime"] == "2019-01-02T00:00:00Z"
    assert said(tags={"ACQUISITION_DATE": "yesterday"})["thalweg:date_known"] is False


def test_the_time_a_file_was_written_only_bounds_the_images():
    found = said(tags={"TIFFTAG_DATETIME": "2018:07:16 06:06:23"}, platform="sentinel-1a")
    assert found["datetime"] is None
    assert found["end_datetime"] == "2018-07-16T06:06:23Z"
    assert found["thalweg:date_known"] is False
    assert said(tags={"TIFFTAG_DATETIME": "0000:00:00 00:00:00"})["end_datetime"] == "2026-11-21T00:00:00Z"


def test_what_the_person_says_counts_before_all():
    tags = {"ACQUISITIONDATETIME": "2019-01-02T03:04:05Z"}
    assert said(told="2021-05-06T07:08:09Z", tags=tags)["datetime"] == "2021-05-06T07:08:09Z"
    span = said(told="2021-01-01T00:00:00Z/2021-01-31T00:00:00Z")
    assert span["thalweg:date_known"] is True
    assert said(told="2021-01-01T00:00:00Z/2021-01-31T00:00:00Z", known=False)["thalweg:date_known"] is False
    assert said(told="2021-01-01T00:00:00Z/..")["end_datetime"] == "2026-11-21T00:00:00Z"


@pytest.mark.parametrize("told", ["../2021-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_an_image_is_not_of_the_future_nor_without_a_beginning(told):
    with pytest.raises(InvalidParameter):
        said(told=told)
