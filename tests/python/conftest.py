import sys
from collections.abc import Callable, Iterator

import goodwill as gw
import pytest
from goodwill.engine import calls


def firm(**blocks: object) -> gw.Model:
    """A small firm with everything a table can show; keywords replace whole blocks."""
    parts: dict[str, object] = {
        "name": "Firm",
        "horizon": "18 months",
        "currency": "EUR",
        "segments": {
            "young": {"count": 2_000, "tenure": "2 years", "arrivals": "60 / month", "acquisition_cost": 40},
            "old": {"count": 1_000, "tenure": "6 years", "changes": {"customer.fee": {"set": 45}}},
        },
        "stages": {
            "customer": {
                "fee": 30,
                "margin": "60 %",
                "service_cost": 2,
                "churn": {"average": "2 % / month", "satisfaction": -0.4, "failures": 0.5},
            }
        },
        "journeys": {
            "help": {
                "starts": "20 % / month",
                "touchpoints": {
                    "call": {
                        "failure": "20 %",
                        "recovery": "50 %",
                        "cost": 6,
                        "recovery_cost": 10,
                        "earns": 1,
                        "next": {"failed": "letter"},
                    },
                    "letter": {"quality": 6, "cost": 3},
                },
            }
        },
        "orders": {"rate": {"average": "0.3 / month", "satisfaction": 0.1}, "value": 12, "margin": "40 %"},
        "referrals": {"rate": "0.02 / month", "conversion": "50 %"},
        "survey": {"response": "30 %"},
        "finance": {"discount": "10 %"},
        "investments": {
            "training": {
                "start": 3,
                "reach": "50 %",
                "cost": {"upfront": 2_000, "running": 100, "per_customer": 1, "each": {"help.call": 0.5}},
                "changes": {"help.call.failure": {"times": 0.5}},
            },
            "nothing": {"start": 2},
        },
        "events": {"strike": {"start": 6, "impulse": {"satisfaction": -2}, "cost": {"upfront": 500}}},
        "scenarios": {"train": ["training"], "idle": ["nothing"], "strike": ["strike"]},
    }
    return gw.Model(**{**parts, **blocks})


@pytest.fixture(scope="session")
def make_firm() -> Callable[..., gw.Model]:
    return firm


@pytest.fixture(scope="session")
def model() -> gw.Model:
    return firm()


@pytest.fixture(scope="session")
def run(model: gw.Model) -> gw.Run:
    return gw.run(model, scenario="train", replications=2)


@pytest.fixture(scope="session")
def study(model: gw.Model) -> gw.Study:
    return gw.compare(model, replications=10)


@pytest.fixture
def no_more_simulation(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """After this call nothing may be simulated: every simulation shows its progress, which then fails."""

    def from_now_on() -> None:
        monkeypatch.setattr(calls, "progress_bar", lambda what: pytest.fail(f"simulated once more: {what}"))

    return from_now_on


@pytest.fixture(autouse=True)
def _no_figure_is_left_open() -> Iterator[None]:
    """Figures add up over the tests of a process, and matplotlib warns of more than twenty: whom that hits
    would depend on the order of the tests."""
    yield
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close("all")
