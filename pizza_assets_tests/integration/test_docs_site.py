"""The docs site as Zensical builds it: broken links are refused, and nothing is fetched from elsewhere."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pizza_assets_tests.conftest import PROJECT_ROOT, absent
from pizza_assets_tests.dashboards.conftest import CHROMIUM, FLAGS

pytestmark = pytest.mark.integration


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the docs and the configuration of their site."""
    shutil.copy(PROJECT_ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(PROJECT_ROOT / "docs", tmp_path / "docs")
    return tmp_path


def build(project: Path) -> subprocess.CompletedProcess[str]:
    zensical = PROJECT_ROOT / ".venv-docs" / "bin" / "zensical"
    if not zensical.is_file():
        absent("the environment of the docs site is not installed: make docs-site")
    return subprocess.run([zensical, "build", "--strict"], cwd=project, capture_output=True, text=True, check=False)


def test_every_page_is_built_and_fetches_nothing_from_elsewhere(project: Path) -> None:
    if not CHROMIUM.exists():
        absent(f"{CHROMIUM} is absent; install Chromium to test the site")
    from playwright.sync_api import sync_playwright

    ended = build(project)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    site = project / "build" / "site"
    pages = {path.relative_to(project / "docs").with_suffix("") for path in (project / "docs").rglob("*.md")}
    built = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    named_after_their_folder = {page.with_name("index") if page.name == "README" else page for page in pages}
    assert named_after_their_folder <= built

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "statistics", "check-the-headline", "decisions/index"):
            page.goto((site / f"{name}.html").as_uri())
            page.wait_for_load_state("networkidle")
            assert page.locator("article h1").count() == 1
        page.goto((site / "index.html").as_uri())
        assert page.locator("img[src='flow.svg']").evaluate("image => image.naturalWidth") > 0
        browser.close()
    assert [url for url in asked if not url.startswith(("file://", "data:", "blob:"))] == []


@pytest.mark.parametrize("link", ["statistics.md#no-such-heading", "no-such-page.md", "#no-such-heading"])
def test_a_broken_link_is_refused(project: Path, link: str) -> None:
    with (project / "docs" / "index.md").open("a", encoding="utf-8") as page:
        page.write(f"\n[broken]({link})\n")
    ended = build(project)
    assert ended.returncode != 0
    assert "does not exist" in ended.stdout + ended.stderr
