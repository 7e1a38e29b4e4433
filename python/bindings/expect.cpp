#include "sim/exact/expect.hpp"
#include "python/bindings/simulation.hpp"

namespace goodwill {
namespace {

template <class Get>
py::array_t<double> by_period(int periods, Get&& get) {
  py::array_t<double> a(periods);
  for (int t = 1; t <= periods; ++t) a.mutable_data()[t - 1] = get(t);
  return a;
}

/// An array over periods for each counter that the chain knows, in the counter's unit, and single figures.
py::dict figures(const Model& model, const Expectation& e) {
  py::dict d;
  const Layout& l = e.layout;
  const auto names = l.counter_names();
  for (int k = 0; k < l.counters; ++k)
    if (Expectation::knows(k))
      d[py::str(names[static_cast<std::size_t>(k)])] =
          by_period(l.periods, [&](int t) { return e.total(t, k); });
  d["contribution"] = by_period(l.periods, [&](int t) {
    double sum = 0;
    for (int s = 0; s < l.segments; ++s)
      for (int o = 0; o < origins; ++o) sum += e.contribution(s, t, static_cast<Origin>(o));
    return sum;
  });
  d["present_value"] = e.present_value();
  if (!e.lifetime) return d;
  for (std::size_t s = 0; s < model.segments.size(); ++s) {
    const std::string& segment = model.segments.items[s].first;
    for (std::size_t k = 0; k < model.stages.size(); ++k) {
      const std::string place = segment + "." + model.stages.items[k].first;
      d[py::str("value." + place)] = e.lifetime->by_stage[s][k];
      d[py::str("value_with_referrals." + place)] = e.lifetime->with_referrals[s][k];
    }
    d[py::str("base_value." + segment)] = e.lifetime->base[s];
  }
  d["referral_growth"] = e.lifetime->referral_growth;
  return d;
}

}  // namespace

void register_expect(py::module_& m) {
  m.def(
      "expect",
      [](const Model& model, const Anchoring& anchoring, const std::string& scenario,
         std::optional<int> horizon, bool infinite) {
        check_runnable(model);
        return figures(model, interruptible([&](Cancel) {
                         return expect(model, anchoring.anchors, scenario, horizon, infinite);
                       }));
      },
      py::arg("model"), py::arg("anchoring"), py::kw_only(), py::arg("scenario") = "baseline",
      py::arg("horizon") = py::none(), py::arg("infinite") = false);
}

}  // namespace goodwill
