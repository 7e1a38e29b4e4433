#include "python/bindings/arrays.hpp"
#include "scenarios/intervals.hpp"
#include "scenarios/irr.hpp"
#include "scenarios/payback.hpp"
#include "scenarios/stopping.hpp"
#include "scenarios/terms.hpp"

namespace goodwill {
namespace {

constexpr std::pair<const char*, Line> names[] = {{"revenue", Line::revenue},
                                                  {"cost_of_sales", Line::cost_of_sales},
                                                  {"cost_to_serve", Line::cost_to_serve},
                                                  {"team_cost", Line::team_cost},
                                                  {"acquisition", Line::acquisition},
                                                  {"event_once", Line::event_once},
                                                  {"event_running", Line::event_running},
                                                  {"upfront", Line::upfront},
                                                  {"per_customer", Line::per_customer},
                                                  {"running", Line::running},
                                                  {"use", Line::use}};

/// A function of time for every time in an array.
template <class Function>
py::array_t<double> of_times(const py::array_t<double, py::array::c_style | py::array::forcecast>& times,
                             Function&& function) {
  std::vector<double> all(times.data(), times.data() + times.size());
  for (double& time : all) time = function(time);
  return array(all);
}

std::vector<CashFlow> sorted_flows(const std::vector<double>& years, const std::vector<double>& amounts) {
  if (years.size() != amounts.size())
    throw ModelError("amounts: " + std::to_string(amounts.size()) + " for " + std::to_string(years.size()) +
                     " points in time; there must be one for each");
  std::vector<CashFlow> flows;
  for (std::size_t i = 0; i < years.size(); ++i) flows.push_back({years[i], amounts[i], 0});
  std::stable_sort(flows.begin(), flows.end(),
                   [](const CashFlow& a, const CashFlow& b) { return a.years < b.years; });
  return flows;
}

}  // namespace

void register_finance(py::module_& m) {
  py::class_<Terms>(m, "Terms")
      .def(py::init([](const Model& model) { return terms_of(model); }))
      .def_readwrite("discount", &Terms::discount)
      .def_property(
          "timing", [](const Terms& t) { return word(t.timing); },
          [](Terms& t, const std::string& name) {
            t.timing = named<Finance::Timing>(name).value_or(t.timing);
          })
      .def_readwrite("tax", &Terms::tax)
      .def_readwrite("depreciation", &Terms::depreciation)
      .def_readwrite("nominal", &Terms::nominal)
      .def_readwrite("inflation", &Terms::inflation)
      .def_readwrite("horizon", &Terms::horizon)
      .def("check", [](const Terms& t) { check(t); })
      .def(
          "periods_within",
          [](const Terms& t, int periods, double periods_per_year) {
            return periods_within(t, periods, periods_per_year);
          },
          py::arg("periods"), py::arg("periods_per_year"));

  using Times = py::array_t<double, py::array::c_style | py::array::forcecast>;
  py::class_<Dates>(m, "Dates")
      .def(py::init([](const Terms& terms, double periods_per_year) {
             return Dates(valuation_of(terms), periods_per_year);
           }),
           py::arg("terms"), py::arg("periods_per_year"))
      .def("due",
           [](const Dates& dates, bool dated, int periods) {
             std::vector<double> times;
             for (int t = 1; t <= periods; ++t) times.push_back(dated ? Dates::dated(t) : dates.recurring(t));
             return array(times);
           })
      .def("growth",
           [](const Dates& dates, const Times& times) {
             return of_times(times, [&](double time) { return dates.growth(time); });
           })
      .def("discount",
           [](const Dates& dates, const Times& times) {
             return of_times(times, [&](double time) { return dates.discount(time); });
           })
      .def("worth", [](const Dates& dates, const Times& times) {
        return of_times(times, [&](double time) { return dates.worth(time); });
      });

  py::class_<Target>(m, "Target")
      .def(py::init([](double half_width, bool relative, double floor) {
             Target target{half_width, relative, floor};
             check(target);
             return target;
           }),
           py::arg("half_width"), py::arg("relative"), py::arg("floor"));

  py::class_<Flows>(m, "Flows")
      .def(
          "line",
          [](const Flows& f, const std::string& wanted) {
            for (const auto& [name, line] : names)
              if (wanted == name) return array(f[line]);
            throw py::key_error(wanted);
          },
          py::arg("name"))
      .def_property_readonly_static("names",
                                    [](const py::object&) {
                                      std::vector<std::string> all;
                                      for (const auto& [name, line] : names) all.emplace_back(name);
                                      return all;
                                    })
      .def_property_readonly_static("dated",
                                    [](const py::object&) {
                                      std::vector<std::string> all;
                                      for (const auto& [name, line] : names)
                                        if (is_dated(line)) all.emplace_back(name);
                                      return all;
                                    })
      .def_property_readonly("beyond", [](const Flows& f) { return array(f.beyond); })
      .def("present_value",
           [](const Flows& f, const Terms& terms, double periods_per_year) {
             const PresentValue v = present_value(f, terms, periods_per_year);
             return py::dict(py::arg("contribution") = v.contribution, py::arg("cost") = v.cost,
                             py::arg("tax") = v.tax, py::arg("beyond") = v.beyond, py::arg("npv") = v.npv());
           })
      .def("cash",
           [](const Flows& f, const Terms& terms, double periods_per_year, bool beyond) {
             std::vector<double> years, amounts;
             for (const CashFlow& flow : cash_flows(f, terms, periods_per_year, beyond)) {
               years.push_back(flow.years);
               amounts.push_back(flow.amount);
             }
             return py::make_tuple(array(years), array(amounts));
           })
      .def("taxes", [](const Flows& f, const Terms& terms, double periods_per_year) {
        return array(taxes(f, terms, periods_per_year));
      });

  m.def(
      "mean_interval",
      [](const Units& units, double level) {
        const Interval i = mean_interval(units, level);
        return py::make_tuple(i.mean, i.low, i.high);
      },
      py::arg("units"), py::arg("level"));
  m.def(
      "ratio_interval",
      [](const Units& a, const Units& b, double level) {
        const Ratio r = ratio_of_means(a, b, level);
        return py::make_tuple(r.value, r.low, r.high, r.bounded);
      },
      py::arg("a"), py::arg("b"), py::arg("level"));
  m.def(
      "next_size",
      [](const Units& units, const Target& target, double level, int most) {
        const std::vector<Look> looks{look(units, target, level)};
        const auto ended = verdict(looks, most);
        return py::make_tuple(ended ? word(*ended) : "", next_look(looks, most));
      },
      py::arg("units"), py::arg("target"), py::arg("level"), py::arg("most"),
      "Why a study of these units ends (empty: it goes on), and how many units it looks at next.");
  m.def("irr", [](const std::vector<double>& years, const std::vector<double>& amounts) {
    const Irr found = irr(sorted_flows(years, amounts));
    return py::make_tuple(found.rates, found.unique, found.reason);
  });
  m.def("mirr",
        [](const std::vector<double>& years, const std::vector<double>& amounts, double finance_rate,
           double reinvest_rate) { return mirr(sorted_flows(years, amounts), finance_rate, reinvest_rate); });
  m.def("payback", [](const std::vector<double>& years, const std::vector<double>& amounts, double discount) {
    const Payback p = payback(sorted_flows(years, amounts), discount);
    return py::make_tuple(p.first, p.last, p.several, p.reason);
  });
}

}  // namespace goodwill
