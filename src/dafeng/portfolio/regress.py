"""Least squares for a metered baseline, and what it says of periods that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.portfolio.projects import Floats
from dafeng.vocabulary import Fault

STEPS = 1000 * 100
"""Points of the grid on which the t distribution is added up; good to six digits."""


@dataclass(frozen=True)
class Fit:
    """A baseline model ``y = X b``, fitted by ordinary least squares.

    Attributes:
        names: drivers, in the order of the columns of ``X``.
        coefficient, error: of each driver, with its standard error.
        covariance: of the coefficients.
        spread: standard deviation of the residuals, ``sqrt(Σe²/(n − p))``.
        freedom: degrees of freedom ``n − p``.
        r2: share of the variance explained.
        cv: ``spread`` over the mean of ``y``: CV(RMSE).
        autocorrelation: of neighbouring residuals.
        inflation: ``(1 + ρ)/(1 − ρ)`` where ρ > 0: by so much neighbours that move together
            make every variance larger; else 1.
    """

    names: tuple[str, ...]
    coefficient: Floats
    error: Floats
    covariance: Floats
    spread: float
    freedom: int
    r2: float
    cv: float
    autocorrelation: float
    inflation: float

    def expected(self, x: Floats) -> Floats:
        """Return what the model expects."""
        return np.asarray(x @ self.coefficient)

    def error_of_sum(self, x: Floats) -> float:
        """Return the standard error of ``Σ(expected − actual)`` over the rows of ``x``.

        ``s² · (m + 1ᵀX (X₀ᵀX₀)⁻¹ Xᵀ1)``, times the inflation: the scatter of each of the ``m``
        periods, and that of the coefficients, which all periods share.
        """
        total = x.sum(axis=0)
        return float(
            np.sqrt(self.inflation * len(x) * self.spread**2 + total @ self.covariance @ total)
        )


def fit(x: Floats, y: Floats, names: tuple[str, ...]) -> Fit:
    """Fit a model.

    Raises:
        Fault: ``baseline_too_short`` with fewer than two periods more than drivers,
            ``drivers_collinear`` where they cannot be told apart.
    """
    periods, drivers = x.shape
    if periods < drivers + 2:
        raise Fault("baseline_too_short", periods=periods, least=drivers + 2)
    scale = np.abs(x).max(axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(x / scale) < drivers:
        raise Fault("drivers_collinear", names=", ".join(names))
    inverse = np.linalg.inv((x / scale).T @ (x / scale)) / np.outer(scale, scale)
    coefficient = inverse @ x.T @ y
    residual = y - x @ coefficient
    freedom = periods - drivers
    spread = float(np.sqrt(residual @ residual / freedom))
    whole = float(((y - y.mean()) ** 2).sum())
    squares = float(residual @ residual)
    rho = float(residual[1:] @ residual[:-1]) / squares if squares > 0 else 0.0
    inflation = (1 + rho) / (1 - rho) if rho > 0 else 1.0
    covariance = inverse * spread**2 * inflation
    return Fit(
        names=names,
        coefficient=coefficient,
        error=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        spread=spread,
        freedom=freedom,
        r2=1 - squares / whole if whole > 0 else 0.0,
        cv=spread / float(y.mean()) if y.mean() > 0 else np.inf,
        autocorrelation=rho,
        inflation=inflation,
    )


def t_quantile(share: float, freedom: int) -> float:
    """Return the quantile of Student's t, by adding up its density.

    With ``t = √ν · tan θ`` the density is ``cosᵛ⁻¹ θ`` on a finite range.
    """
    angle = np.linspace(-np.pi / 2, np.pi / 2, STEPS + 1)
    density = np.cos(angle) ** (freedom - 1)
    below = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return float(np.sqrt(freedom) * np.tan(np.interp(share * below[-1], below, angle)))
