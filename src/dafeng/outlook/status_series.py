"""What was known of series when they were judged, as a tidy table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dafeng.outlook.status import Status

SERIES = pa.schema([("series", pa.string()), ("year", pa.int64()), ("value", pa.float64())])


def status_series(status: Status) -> pa.Table:
    """Return series, year, value up to the date of the judgement; no row where none is known."""
    panel = status.panel
    which, when = np.nonzero(~np.isnan(panel.values))
    names = np.array(panel.names, dtype=object)[which]
    return pa.table(
        [pa.array(names, pa.string()), panel.first + when, panel.values[which, when]], SERIES
    )
