"""Facts behind telecom.yaml, recomputed from a local copy of "Telco Customer Churn".

The table is a fictional sample by IBM (Apache-2.0, repository IBM/telco-customer-churn-on-icp4d). It is not
part of this project; download it and run

    python telco_facts.py telco_churn.csv

Needs pandas. The table is a cross-section: one row per subscriber, with the months since joining and whether
the subscriber left. Rates by tenure therefore assume that newcomers today behave as newcomers did before.
"""

import argparse
from pathlib import Path

import pandas as pd

SCALE = 40  # subscribers in telecom.yaml per row of the table
SURVIVAL_MONTHS = (12, 24, 48, 72)
COLUMNS = ["Contract", "tenure", "MonthlyCharges", "Churn"]


def survival(tenure: "pd.Series[int]", left: "pd.Series[bool]") -> "pd.Series[float]":
    """Kaplan-Meier survival after each month up to the longest tenure; those still present are censored."""
    months = range(1, int(tenure.max()) + 1)
    stayed = [1 - (left & (tenure == month)).sum() / (tenure >= month).sum() for month in months]
    return pd.Series(stayed, index=months, dtype=float).cumprod()


def contract_facts(subscribers: pd.DataFrame) -> dict[str, float]:
    """What the table says about one group of subscribers: charges in USD a month, rates a month, tenure in
    months."""
    left = subscribers["Churn"] == "Yes"
    present = subscribers[~left]
    events, exposure = int(left.sum()), int(subscribers["tenure"].sum())
    churn = events / exposure
    curve = survival(subscribers["tenure"], left)
    return {
        "rows": len(subscribers),
        "events": events,
        "exposure": exposure,
        "churn a month": churn,
        # Each life is one month of notice longer than the wait for the notice: 1 / churn = 1 / notice + 1.
        "notice a month": churn / (1 - churn),
        "mean tenure, all rows": subscribers["tenure"].mean(),
        "mean tenure, present": present["tenure"].mean(),
        "mean charges, all rows": subscribers["MonthlyCharges"].mean(),
        "mean charges, present": present["MonthlyCharges"].mean(),
        **{f"survival at {month} months": float(curve.loc[month]) for month in SURVIVAL_MONTHS},
        "present": len(present),
        f"count in the model ({SCALE} x)": SCALE * len(present),
        "of these lost a month": SCALE * len(present) * churn,
    }


def telco_facts(table: pd.DataFrame) -> pd.DataFrame:
    """One row per fact, one column for the whole table and one per contract."""
    groups = {"all": table} | {str(contract): group for contract, group in table.groupby("Contract")}
    facts: pd.DataFrame = pd.DataFrame({name: contract_facts(group) for name, group in groups.items()})
    return facts


def main() -> None:
    """Print the facts of the table named on the command line."""
    parser = argparse.ArgumentParser(description="Print the facts that telecom.yaml takes from the table.")
    parser.add_argument("csv", type=Path, help="local copy of the Telco Customer Churn table")
    arguments = parser.parse_args()
    try:
        table = pd.read_csv(arguments.csv, usecols=COLUMNS)
    except (OSError, ValueError) as problem:
        parser.error(f"cannot read {arguments.csv}: {problem}")
    print(telco_facts(table).to_string(float_format=lambda value: f"{value:,.6g}"))


if __name__ == "__main__":
    main()
