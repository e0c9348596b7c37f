"""The science of the water mask: index, Otsu, separability, masks."""

import numpy as np
import pytest

from thalweg.hydrology.water_mask import (
    EDGES,
    classify,
    hidden_by_qa_pixel,
    hidden_by_scl,
    histogram,
    otsu,
    water_index,
)


def test_the_index_is_the_normalised_difference():
    assert water_index(np.array([3.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx([0.5, -0.5])


def test_the_index_of_two_zeros_and_of_nothing_is_not_known():
    assert np.isnan(water_index(np.array([0.0, np.nan]), np.array([0.0, 1.0]))).all()


def test_a_reflectance_below_zero_keeps_the_index_within_its_range():
    assert water_index(np.array([0.05, -0.02]), np.array([-0.01, 0.05])) == pytest.approx([1.0, -1.0])


def test_bands_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        water_index(np.zeros(2), np.zeros(3))


def test_histograms_of_parts_add_up_to_that_of_the_whole():
    values = np.random.default_rng(1).uniform(-1, 1, 1000)
    assert (histogram(values[:300]) + histogram(values[300:]) == histogram(values)).all()
    assert histogram(np.array([1.0, -1.0, np.nan])).sum() == 2


def test_otsu_agrees_with_a_search_through_every_threshold():
    values = np.concatenate([np.random.default_rng(2).normal(m, 0.1, n) for m, n in ((-0.3, 5000), (0.5, 1500))])
    values = np.clip(values, -1, 1)
    found = otsu(histogram(values))

    def between(edge):
        low, high = values[values <= edge], values[values > edge]
        return len(low) * len(high) * (low.mean() - high.mean()) ** 2 / len(values) ** 2 if len(low) * len(high) else 0

    best = max(map(between, EDGES))
    assert between(found.threshold) == pytest.approx(best, rel=1e-3)
    assert found.eta == pytest.approx(best / values.var(), rel=1e-3)
    assert found.parts_water


def test_one_gaussian_has_the_eta_of_theory_and_is_not_parted():
    values = np.random.default_rng(3).normal(0.2, 0.1, 400_000)
    found = otsu(histogram(values))
    assert found.eta == pytest.approx(2 / np.pi, abs=0.005)
    assert not found.parts_water


def test_two_classes_below_zero_are_not_called_water():
    values = np.array([-0.8] * 50 + [-0.2] * 50)
    found = otsu(histogram(values))
    assert found.eta == pytest.approx(1.0)
    assert not found.parts_water


@pytest.mark.parametrize("values", [[], [0.3], [0.3] * 9])
def test_no_two_values_have_no_threshold(values):
    found = otsu(histogram(np.array(values)))
    assert np.isnan(found.threshold)
    assert found.eta == 0
    assert not found.parts_water


@pytest.mark.parametrize(("low", "high", "cut"), [(0.1, 0.7, 0.4), (-0.5, 0.7, 0.35), (-0.9, -0.5, -0.7)])
def test_a_gap_is_cut_in_the_middle_of_what_lies_above_zero(low, high, cut):
    found = otsu(histogram(np.array([low] * 10 + [high] * 10)))
    assert found.threshold == pytest.approx(cut, abs=2e-3)
    assert found.parts_water is (cut > 0)


def test_what_is_not_known_is_no_data():
    assert classify(np.array([0.4, 0.1, np.nan]), 0.2).tolist() == [1, 0, 255]


def test_scl_hides_clouds_shadows_and_defects_and_no_more():
    assert np.flatnonzero(hidden_by_scl(np.arange(12))).tolist() == [0, 1, 3, 8, 9, 10]


def test_qa_pixel_hides_by_its_lowest_five_bits():
    clear, water, snow = 21824, 21952, 30048
    cloud, shadow, cirrus, dilated, fill = 22280, 23888, 54596, 21826, 1
    assert not hidden_by_qa_pixel(np.array([clear, water, snow], dtype=np.uint16)).any()
    assert hidden_by_qa_pixel(np.array([cloud, shadow, cirrus, dilated, fill], dtype=np.uint16)).all()
