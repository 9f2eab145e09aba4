"""Where tables are computed: DuckDB in the process, or PostgreSQL or Spark by URL."""

from dafeng.engine.engines import VARIABLE, Engine, connect

__all__ = ["VARIABLE", "Engine", "connect"]
