# One command each: make setup | demo | test | lint | bench | docs | clean
# Needs Python 3.11 or newer with pip, make and git; no root. Writes only inside this folder.
# 只需 Python ≥ 3.11（带 pip）、make、git，无需 root；所有文件都写在本目录内。

UV_VERSION := 0.13.8
MINIMUM    := 3, 11

# The first interpreter that is new enough; `make PYTHON=/path/to/python3` overrides.
SUPPORTED   = import sys; sys.exit(sys.version_info < ($(MINIMUM)))
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON     ?= $(shell for p in $(CANDIDATES); do \
                  $$p -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo $$p; break; }; done)

BIN   := .venv/bin
UV    := .cache/uv-$(UV_VERSION)/bin/uv
READY := .venv/.ready

# An empty or unwritable HOME must not matter, so uv keeps its cache here unless told otherwise.
# The system's certificates are used because many offices and agencies stand behind a proxy.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export UV_SYSTEM_CERTS ?= 1
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

# make demo DEMO=FOLDER keeps the demonstration's workspace in FOLDER.
DEMO        ?=
PYTEST_ARGS ?=
BENCH_ARGS  ?=

.PHONY: help setup demo test lint bench docs clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:
	@echo "make demo    run the main job on real input     运行演示"
	@echo "make test    run the tests                      运行测试"
	@echo "make setup   create .venv (the others do it)    建立环境"
	@echo "make lint    ruff and mypy                      静态检查"
	@echo "make bench   benchmarks                         性能基准"
	@echo "make docs    regenerate reference and pictures          生成参考文档"
	@echo "make clean   remove .venv and all caches        清理"

setup: $(READY)

# --target needs neither a virtual environment nor ensurepip, and leaves the system's Python alone.
$(UV):
	@{ $(or $(PYTHON),false) -c '$(SUPPORTED)'; } 2>/dev/null || { \
	  echo "Dafeng needs Python 3.11 or newer; none of these is: $(or $(PYTHON),$(CANDIDATES))." >&2; \
	  echo "Install one, or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3" >&2; \
	  echo "需要 Python 3.11 或更高版本；请安装，或用 PYTHON=路径 指定。" >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --no-cache-dir --disable-pip-version-check \
	  --root-user-action=ignore --upgrade --target .cache/uv-$(UV_VERSION) uv==$(UV_VERSION)
	@touch $@

$(READY): pyproject.toml uv.lock $(UV)
	$(UV) sync --frozen --quiet --python "$$(command -v $(PYTHON))"
	@touch $@

demo: $(READY)
	$(BIN)/python examples/demo.py $(DEMO)

test: $(READY)
	$(BIN)/pytest --numprocesses auto --dist loadscope $(PYTEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

docs: $(READY)
	$(BIN)/python docs/build_reference.py
	$(BIN)/python docs/build_images.py

clean:
	rm -rf .venv .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
