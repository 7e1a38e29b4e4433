"""`python -m goodwill.demo`: two investments of a telecom operator, compared."""

from __future__ import annotations

import sys
import time

import goodwill as gw
from goodwill.text.display import text_table

SCENARIOS = ["digital", "save"]


def main() -> int:
    started = time.perf_counter()
    model = gw.example("telecom")
    print(f"{model!r}\n\n{model.about}\n")
    for scenario in SCENARIOS:
        for name in model.scenarios[scenario]:
            print(f"  {scenario}: {model[f'investments.{name}.about']}")
    print("\n== Does the baseline reproduce the firm's own numbers?\n")
    print(gw.check(model))

    print("\n== Customers and churn by year, as things are\n")
    by_year = gw.run(model).table(by="year")
    columns = ["year", "customers_start", "joined", "lost", "customers_end", "churn", "nps", "contribution"]
    print(text_table(by_year[columns]))

    print("\n== What do the investments return?\n")
    print(gw.compare(model, SCENARIOS))
    print(f"\n{time.perf_counter() - started:.1f} seconds in all.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
