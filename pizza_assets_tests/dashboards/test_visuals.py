from importlib.resources import files

import pytest

from pizza_assets.dashboards.visuals import FILTERS, VISUALS

PAGE = (files("pizza_assets.dashboards") / "page" / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("visual", VISUALS, ids=lambda visual: visual.id)
def test_every_visual_has_its_place_its_columns_and_its_filters(visual):
    assert f'id="view-{visual.id}"' in PAGE
    for reads in visual.reads:
        assert set(reads.columns) <= set(reads.extract.column_names())
    assert set(visual.filters) <= set(FILTERS)
    assert set(visual.partly) <= set(visual.filters)
    assert visual.filter_note or (set(visual.filters) == set(FILTERS) and not visual.partly)


def test_ids_are_unique_and_drill_targets_exist():
    ids = [visual.id for visual in VISUALS]
    assert len(set(ids)) == len(ids)
    assert {visual.drill_target for visual in VISUALS if visual.drill_target} <= set(ids)


def test_every_filter_has_its_control():
    for filter_id in FILTERS:
        controls = ("from", "to") if filter_id == "dates" else (filter_id,)
        assert all(f'id="filter-{control}"' in PAGE for control in controls)


def test_every_view_of_the_page_is_in_the_table():
    assert PAGE.count('id="view-') == len(VISUALS)
