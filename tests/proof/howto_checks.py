"""What must hold of a package after the steps of docs/howto/add_a_mechanism.md: run in that copy of the tree.

Each message names the step that is missing.
"""

import sys

import goodwill as gw
import numpy as np

FIRM = {
    "horizon": "12 months",
    "segments": {"all": {"count": 2000, "arrivals": 20}},
    "stages": {
        "customer": {"fee": 30, "churn": {"base": "3 %", "points": -0.02}, "points": 1, "point_cost": 0.5}
    },
    "investments": {"club": {"changes": {"customer.points": {"set": 3}}, "cost": {"upfront": 100}}},
    "scenarios": {"club": ["club"]},
    "finance": {"discount": "8 %"},
}


def said(refused: type[Exception], call: object) -> str:
    try:
        call()  # type: ignore[operator]
    except refused as error:
        return str(error)
    return ""


def main() -> None:
    model = gw.Model(**FIRM)
    assert "customer.points" in model.paths(), "A field"
    assert "'points'" in str(gw.schema()), "A field: it is in the schema"
    assert "loyalty point" in gw.reference(), "A field: its text is in the reference"

    study = gw.compare(model, ["club"], replications=30, survival_weights=False)
    run, base = study.run("club"), study.run()
    row = study.table().iloc[0]

    # The cost of points is booked wherever contribution is shown.
    savings = study.savings("club").set_index("item")
    assert "points_cost" in savings.index, "Money: the counter's role; The plan: booked once"
    present = float(run.table(by=[])["customers_start"].iloc[0])
    periods = run.stages(by="period")["customers"].sum()
    cost = float(savings.loc["points_cost", "after"])
    assert np.isclose(cost, 3 * 0.5 * periods, rtol=1e-9), (
        f"The plan: {cost} for {periods} customer-periods, {present}"
    )
    table = run.table(by=[]).iloc[0]
    assert np.isclose(table["contribution"], 30 * periods - cost, rtol=1e-9), "Money: the role of the counter"
    bridge = study.bridge("club")
    total = float(bridge["value"].sum()) if "value" in bridge else float("nan")
    assert np.isclose(total, row["npv"], atol=0.01), f"the bridge adds up to {total}, the NPV is {row['npv']}"
    cohorts = run.cohorts()
    assert np.isclose(cohorts["contribution"].sum(), table["contribution"], rtol=1e-9), (
        "cohorts and table differ"
    )

    # An effect: it grows with what was granted.
    lost = [
        float(one.table(by="period")["lost"].iloc[-1] / one.table(by="period")["customers_start"].iloc[-1])
        for one in (base, run)
    ]
    assert lost[1] < 0.8 * lost[0], f"The kernel: points change nothing ({lost})"

    refusal = said(gw.ModelError, lambda: gw.expect(model))
    assert "depends on points (-0.02)" in refusal, f"A feature: the exact solver says {refusal!r}"
    without = model.assign({"customer.churn.points": 0})
    exact, drawn = gw.expect(without, scenario="club"), gw.run(without, scenario="club", replications=60)
    booked = [float(one.table(by=[])["contribution"].iloc[0]) for one in (exact, drawn)]
    assert np.isclose(*booked, rtol=0.01), f"the exact solver and the simulator book {booked}"
    print("the mechanism is complete")


if __name__ == "__main__":
    sys.exit(main())
