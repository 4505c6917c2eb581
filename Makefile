# `make run` and `make test` need only Python (>= 3.11) and make. CONTRIBUTING.md has a table of the usual targets.
PYTHON ?= python3
BIN := .venv/bin
ESLINT_VERSION := 10.15.0

.PHONY: run ui open test unit-tests thorough test-integration deploy-check torture profile bench bench-end-to-end bench-weeks bench-storage bench-import bench-tables bench-limits bench-analysis bench-growth bench-page calibrate check lint-js docs lock clean docs-site notebook bench-backfill fuzz tables-of-a-year full-disk upgrade

run: .venv/run.installed  ## collect 52 weeks, analyse them, write the page
	@$(BIN)/pizza run

open: .venv/run.installed  ## open the page
	@$(BIN)/pizza open

ui: .venv/run.installed  ## Dagster (webserver and daemon) on http://127.0.0.1:3000
	@$(BIN)/pizza ui

test: .venv/test.installed  ## all tests and checks that need only Python, side by side
	@$(MAKE) --no-print-directory -j 2 unit-tests check

unit-tests: .venv/test.installed  ## the tests alone
	@$(BIN)/pytest -m "not integration" -n auto --dist worksteal

thorough: .venv/test.installed  ## the tests alone, with four times the examples of each property
	@$(BIN)/pytest -m "not integration" -n auto --dist worksteal --hypothesis-profile=thorough

fuzz: .venv/test.installed  ## hostile settings, files, stored weeks and answers, 1,000 of each (20 minutes; resume with a seed: see fuzz.py)
	@$(BIN)/python -m pizza_assets_tests.fuzz
	@$(BIN)/python -m pizza_assets_tests.fuzz_answers 1000

test-integration: .venv/integration.installed  ## tests that need a browser, servers or minutes
	@$(BIN)/pytest -m "integration and not deploy" -n 2 --dist loadfile --no-loadscope-reorder

deploy-check: .venv/integration.installed .venv-deploy/deploy.installed  ## check the deployment: Terraform, policies, image, wheel
	@$(BIN)/pytest pizza_assets_tests/deploy

torture: .venv/integration.installed  ## kill -9 writers, backfills, UI runs and imports 180 times (an hour; run again to resume)
	@$(BIN)/python -m pizza_assets_tests.torture

profile: .venv/test.installed  ## where the time of `make run` goes, by part and by function
	@$(BIN)/python -m pizza_assets_tests.profile_run

bench: .venv/integration.installed  ## compare the kernel with a bare scan, DuckDB, Polars and pandas (9 minutes); writes docs/performance.md
	@$(BIN)/python -m pizza_assets_tests.bench_kernel --write

bench-end-to-end: .venv/test.installed  ## seconds by part for 1 and 52 weeks of 100,000 orders each, from a CSV export to the page
	@$(BIN)/python -m pizza_assets_tests.bench_end_to_end

bench-weeks: .venv/test.installed  ## seconds and memory of each step on a week of 0.1, 1 and 4 million orders
	@$(BIN)/python -m pizza_assets_tests.bench_weeks

bench-storage: .venv/test.installed  ## MB/s of stored weeks, and the overhead per week in a run of 1 and of 52
	@$(BIN)/python -m pizza_assets_tests.bench_storage

bench-import: .venv/test.installed  ## processor time and memory of reading 10,000 files, one more, and exports of 0.4 and 2 GB
	@$(BIN)/python -m pizza_assets_tests.bench_import

bench-tables: .venv/integration.installed  ## seconds and memory of collecting 5 million orders from PostgreSQL, compared with Parquet
	@$(BIN)/python -m pizza_assets_tests.bench_tables

bench-limits: .venv/test.installed  ## 8 processes under one rate limit: the requests that the server sees, compared with the ideal
	@$(BIN)/python -m pizza_assets_tests.bench_limits

bench-analysis: .venv/test.installed  ## seconds and memory of the whole analysis: 20 markets x 52 weeks, 200 x 520
	@$(BIN)/python -m pizza_assets_tests.bench_analysis

bench-growth: .venv/test.installed  ## the daily refresh, its analysis by step and `pizza status` with 52, 260 and 520 stored weeks
	@$(BIN)/python -m pizza_assets_tests.bench_growth

bench-backfill: .venv/test.installed  ## 52 weeks by the Dagster UI, compared with `pizza backfill`, in turn
	@$(BIN)/python -m pizza_assets_tests.bench_backfill 52

bench-page: .venv/integration.installed  ## how soon the page is ready, compared with a plain chart of a tenth of the data
	@$(BIN)/python -m pizza_assets_tests.bench_page

full-disk: .venv/integration.installed  ## a disk that fills up at ten points of a run (needs root; 10 minutes)
	@$(BIN)/pytest pizza_assets_tests/integration/test_full_disk.py --hypothesis-profile=thorough

upgrade: .venv/test.installed  ## an installation of the first release, then this code in its place (3 minutes)
	@$(BIN)/python -m pizza_assets_tests.upgrade

tables-of-a-year: .venv/integration.installed  ## read all weekly tables of 52 weeks with DuckDB and Spark, and compare with the product (5 minutes)
	@$(BIN)/pytest pizza_assets_tests/integration/test_tables_by_folder.py --hypothesis-profile=thorough

calibrate: .venv/test.installed  ## simulate years with known effects: error rates, coverage, power (an hour; run again to resume)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pizza_assets_tests.calibration

check: .venv/test.installed  ## style, types, layers, spelling, definitions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/typos
	@$(BIN)/dagster definitions validate

lint-js: .venv/eslint-$(ESLINT_VERSION).installed  ## the page's JavaScript: unused and undefined names, long lines (needs npm)
	@.venv/eslint/node_modules/.bin/eslint pizza_assets/dashboards

docs: .venv/test.installed  ## regenerate the reference pages from the code
	@$(BIN)/python -m pizza_assets_tests.support.reference_docs

UV_LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate
UV_COMPILE := $(UV_LOCK) pyproject.toml constraints/build.in
lock:  ## regenerate the constraints (needs uv)
	$(UV_COMPILE) -o constraints/run.txt
	$(UV_COMPILE) --extra test -c constraints/run.txt -o constraints/test.txt
	$(UV_COMPILE) --extra test --extra integration -c constraints/test.txt -o constraints/integration.txt
	$(UV_COMPILE) --extra production -c constraints/run.txt -o constraints/lambda.txt
	$(UV_LOCK) constraints/deploy.in -o constraints/deploy.txt
	$(UV_LOCK) constraints/docs.in -o constraints/docs.txt

clean:  ## remove everything installed or built, except data/ and .dagster/
	rm -rf .venv .venv-deploy .venv-docs build *.egg-info .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; run: make PYTHON=/path/to/python3.11 run")'
	@$(PYTHON) -m venv .venv

# the locks are complete, so pip resolves nothing; every file's hash is checked
.venv/%.installed: constraints/%.txt pyproject.toml | .venv/bin/python
	@echo "installing ($<), once ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/eslint-$(ESLINT_VERSION).installed: | .venv/bin/python
	@command -v npm >/dev/null || { echo "npm is absent; install Node.js with npm to lint the page's JavaScript" >&2; exit 1; }
	@echo "installing (eslint $(ESLINT_VERSION)), once ..."
	@npm install --silent --no-fund --no-audit --prefix .venv/eslint eslint@$(ESLINT_VERSION)
	@touch $@

# a separate environment, because checkov pins older versions than the product needs
.venv-deploy/deploy.installed: constraints/deploy.txt | .venv/bin/python
	@echo "installing ($<), once ..."
	@$(PYTHON) -m venv .venv-deploy
	@.venv-deploy/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

docs-site: .venv-docs/docs.installed  ## build the docs as a site in build/site; a broken link is an error
	@.venv-docs/bin/zensical build --strict --clean

notebook: .venv/test.installed  ## execute the example notebook on mock data and write its page (a minute)
	@$(BIN)/python -m pizza_assets_tests.support.notebook

.venv-docs/docs.installed: constraints/docs.txt | .venv/bin/python
	@echo "installing ($<), once ..."
	@$(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
