"""A view is two files: what it asks and reads, and the script that draws it. The page follows from their table."""

import re
from importlib.resources import files

import pytest

from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets.dashboards.view import FILTERS, short_name
from pizza_assets.dashboards.views import EXTRACTS_READ, VIEWS, columns_read
from pizza_assets.models.extracts import OrdersTimelineExtract

DASHBOARDS = files("pizza_assets.dashboards")
MODULES = "pizza_assets.dashboards.views."
TEMPLATE = (DASHBOARDS / "page" / "page.html").read_text(encoding="utf-8")
MAIN = (DASHBOARDS / "page" / "main.js").read_text(encoding="utf-8")
PAGE = build_page(PageData(title="Pizza and football", data_as_of="no time yet"))
IDS = [view.id for view in VIEWS]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_every_view_has_its_two_files(view):
    assert (DASHBOARDS / "views" / f"{view.id}.py").is_file()
    script = DASHBOARDS / "views" / f"{view.id}.js"
    assert script.is_file(), f"views/{view.id}.js is missing: it draws the view on the page"
    registered = re.findall(r"^RENDERERS\.(\w+) = (\w+);$", script.read_text(encoding="utf-8"), flags=re.M)
    assert [name for name, _ in registered] == [view.id], f"views/{view.id}.js must begin with RENDERERS.{view.id} = …;"


def test_every_file_of_the_folder_belongs_to_a_view_of_the_table():
    found = {file.name for file in (DASHBOARDS / "views").iterdir() if file.name.endswith((".py", ".js"))}
    assert found == {"__init__.py", *(f"{view_id}{suffix}" for view_id in IDS for suffix in (".py", ".js"))}


def test_the_sections_of_the_page_are_in_the_order_of_the_table():
    sections = re.findall(r'<section class="[^"]+" id="view-(\w+)">', PAGE)
    overview = [view.id for view in VIEWS if not view.address]
    assert sections == [*overview, *(view.id for view in VIEWS if view.address)]
    assert PAGE.index('id="drill"') > PAGE.index(f'id="view-{overview[-1]}"')
    scripts = re.findall(r"^RENDERERS\.(\w+) =", PAGE, flags=re.M)
    assert scripts == IDS


def test_a_view_without_its_script_is_named(monkeypatch):
    orphan = VIEWS[0].__class__(id="nowhere", title="", question="", reads=(), filters=())
    monkeypatch.setattr("pizza_assets.dashboards.dashboard_page.VIEWS", (*VIEWS, orphan))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.js"):
        build_page(PageData(title="", data_as_of=""))


@pytest.mark.parametrize("text", [TEMPLATE, MAIN], ids=["page.html", "main.js"])
def test_shared_code_names_no_single_view(text):
    words = set(re.findall(r"[a-z]+", text)) | set(re.findall(r"render([A-Z]\w+)", text))
    # <main id="content"> and the filter bar's words are the page's own; what is meant here are ids of sections
    named = set(re.findall(r"view-(\w+)|RENDERERS\.(\w+)|views\.(\w+)", text))
    assert not named
    assert not {view_id.title() for view_id in IDS} & words


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_a_view_reads_columns_that_exist_and_says_which_filters_it_honours(view):
    for reads in view.reads:
        assert set(reads.columns) <= set(reads.extract.column_names())
    assert set(view.filters) <= set(FILTERS)
    assert set(view.partly) <= set(view.filters)
    assert view.filter_note or (set(view.filters) == set(FILTERS) and not view.partly)


def test_ids_and_addresses_are_unique_and_drill_targets_exist():
    assert len(set(IDS)) == len(IDS)
    addresses = [view.address for view in VIEWS if view.address]
    assert len(set(addresses)) == len(addresses)
    assert {view.drill_target for view in VIEWS if view.drill_target} <= set(IDS)


def test_every_filter_has_its_control():
    for filter_id in FILTERS:
        controls = ("from", "to") if filter_id == "dates" else (filter_id,)
        assert all(f'id="filter-{control}"' in TEMPLATE for control in controls)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_a_script_reads_only_extracts_that_some_view_declares(view):
    script = (DASHBOARDS / "views" / f"{view.id}.js").read_text(encoding="utf-8")
    read = set(re.findall(r"\bDATA\.(\w+)", script))
    lookups = {"matchById", "impactByMatch", "forecastByMatch", "daily"}
    assert read - lookups <= {short_name(extract) for extract in EXTRACTS_READ}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_a_script_sums_by_day_only_columns_that_its_view_reads(view):
    script = (DASHBOARDS / "views" / f"{view.id}.js").read_text(encoding="utf-8")
    summed = set(re.findall(r'\bdailySum\("(\w+)"', script))
    assert summed <= {name for reads in view.reads if reads.extract is OrdersTimelineExtract for name in reads.columns}
    assert summed <= set(columns_read(OrdersTimelineExtract))


def test_charts_of_one_name_are_the_same_chart():
    for view in VIEWS:
        for other in VIEWS:
            for name in view.charts.keys() & other.charts.keys():
                assert view.charts[name] == other.charts[name], name
