import base64
import gzip
import hashlib
import json
import re

import pytest
from hypothesis import given

from pizza_assets.analysis.anomaly_rows import MIN_WEEKS
from pizza_assets.analysis.forecast.weekend import LEAST_FOR_SEVERAL
from pizza_assets.analysis.overview_titles import FEWEST_DAYS
from pizza_assets.analysis.sentences import SUSPICIOUS_P
from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets_tests.dashboards.frames import AWKWARD
from pizza_assets_tests.dashboards.sample import HOSTILE, Sample, sample_page_data
from pizza_assets_tests.support.examples import examples

SMALL = Sample(weeks=2, markets=4, chains=1)


def scripts(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)


def tables(embedded: str) -> dict:
    return json.loads(gzip.decompress(base64.b64decode(json.loads(embedded)["tables"])))


def test_equal_data_give_equal_text():
    assert build_page(sample_page_data(SMALL)) == build_page(sample_page_data(SMALL))


def test_the_page_and_the_analysis_have_the_same_limits():
    """Some stood in the page's scripts a second time."""
    limits = {
        "weeks_for_alarms": MIN_WEEKS,
        "suspicious_p": SUSPICIOUS_P,
        "fewest_match_days": FEWEST_DAYS,
        "least_for_several": LEAST_FOR_SEVERAL,
    }
    [(_, embedded)] = [(kind, text) for kind, text in scripts(build_page(sample_page_data(SMALL))) if "json" in kind]
    found = tables(embedded)
    assert {name: found[name] for name in limits} == limits


def test_the_policy_allows_exactly_what_is_inside():
    page = build_page(sample_page_data(SMALL))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    texts = [text for kind, text in scripts(page) if "json" not in kind] + re.findall(
        r"<style>(.*?)</style>", page, flags=re.DOTALL
    )
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == digests
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "\r" not in page


def test_a_hostile_name_stays_inside_the_data():
    page = build_page(sample_page_data(Sample(weeks=8, hostile_team=True)))
    kinds = [kind for kind, _ in scripts(page)]
    assert kinds == [' type="application/json" id="page-data"', "", ""]
    assert HOSTILE not in page
    assert HOSTILE in tables(scripts(page)[0][1])["extracts"]["matches"]["home_team"]["of"]


@examples(100)
@given(AWKWARD)
def test_any_title_and_note_stay_text(text):
    data = PageData(title=text, data_as_of=text, planted_effects=text)
    page = build_page(data)
    assert (page.count("<script"), page.count("</script>")) == (3, 3)
    embedded = page.partition('id="page-data">')[2].partition("</script>")[0]
    assert tables(embedded)["title"] == text


# Property 9: mock stays mock up to the screen
@pytest.mark.parametrize(
    ("orders", "matches", "title"),
    [
        (("mock",), ("mock",), "MOCK DATA · Pizza and football"),
        (("mock",), ("real",), "MOCK ORDERS · Pizza and football"),
        (("real", "mock"), ("real",), "PARTLY MOCK · Pizza and football"),
        (("real",), ("mock",), "PARTLY MOCK · Pizza and football"),
        (("real",), ("real",), "Pizza and football"),
    ],
)
def test_the_document_title_names_mock_data(orders, matches, title):
    page = build_page(
        sample_page_data(Sample(weeks=1, markets=2, chains=1, order_sources=orders, match_sources=matches))
    )
    assert f"<title>{title}</title>" in page


def test_five_hundred_matches_twenty_markets_and_a_year_of_quarter_hours_stay_small():
    page = build_page(sample_page_data(Sample(weeks=52, markets=20, matches_per_week=10)))
    assert len(page.encode()) < 2_500_000
