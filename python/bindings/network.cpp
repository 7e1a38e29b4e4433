#include "python/bindings/module.hpp"
#include "sim/network/from_edges.hpp"
#include "sim/network/generate.hpp"
#include "sim/network/report.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

using Held = std::shared_ptr<Network>;
template <class T>
using Column = py::array_t<T, py::array::c_style>;

/// On this many threads, while Python goes on.
template <class Make>
Held made(int threads, const Make& make) {
  const py::gil_scoped_release release;
  auto network = std::make_shared<Network>();
  in_pool(threads, [&] { *network = make(); });
  return network;
}

template <class T>
std::span<const T> span(const Column<T>& column) {
  return {column.data(), static_cast<std::size_t>(column.size())};
}

/// Numbers of a network as they are, without a copy; they cannot be changed.
template <class Shown, class T>
py::array_t<Shown> view(const py::object& owner, const std::vector<T>& numbers) {
  py::array_t<Shown> shown(static_cast<py::ssize_t>(numbers.size()),
                           reinterpret_cast<const Shown*>(numbers.data()), owner);
  shown.attr("flags").attr("writeable") = false;
  return shown;
}

}  // namespace

void register_network(py::module_& m) {
  py::class_<NetworkReport>(m, "NetworkReport")
      .def_readonly("mean_degree", &NetworkReport::mean_degree)
      .def_readonly("min_degree", &NetworkReport::min_degree)
      .def_readonly("max_degree", &NetworkReport::max_degree)
      .def_readonly_static("quantiles", &NetworkReport::quantiles)
      .def_readonly("degree_quantiles", &NetworkReport::degree_quantiles)
      .def_readonly("isolated", &NetworkReport::isolated)
      .def_readonly("components", &NetworkReport::components)
      .def_readonly("largest", &NetworkReport::largest)
      .def_readonly("clustering", &NetworkReport::clustering)
      .def_readonly("pairs_drawn", &NetworkReport::pairs_drawn);

  py::class_<Network, Held>(m, "Network")
      .def_property_readonly("people", &Network::people)
      .def_property_readonly("edges", &Network::edges)
      .def_readonly("directed", &Network::directed)
      .def_property_readonly("offsets",
                             [](const py::object& self) {
                               return view<std::int64_t>(self, self.cast<const Network&>().offsets);
                             })
      .def_property_readonly("targets",
                             [](const py::object& self) {
                               return view<std::int32_t>(self, self.cast<const Network&>().targets);
                             })
      .def_property_readonly(
          "weights",
          [](const py::object& self) { return view<float>(self, self.cast<const Network&>().weights); })
      .def("report", [](const Network& network, int threads) {
        const py::gil_scoped_release release;
        NetworkReport found;
        in_pool(threads, [&] { found = report(network); });
        return found;
      });

  const auto luck = [](std::uint64_t seed) { return network_luck(seed, 0, 0); };
  m.def("ring_network", [](std::uint32_t people, std::uint32_t neighbours, int threads) {
    return made(threads, [&] { return ring(people, neighbours); });
  });
  m.def("small_world_network",
        [=](std::uint32_t people, std::uint32_t neighbours, double rewired, std::uint64_t seed, int threads) {
          return made(threads, [&] { return small_world(luck(seed), people, neighbours, rewired); });
        });
  m.def("scale_free_network",
        [=](std::uint32_t people, std::uint32_t edges, std::uint64_t seed, int threads) {
          return made(threads, [&] { return scale_free(luck(seed), people, edges); });
        });
  m.def("random_network", [=](std::uint32_t people, double degree, std::uint64_t seed, int threads) {
    return made(threads, [&] { return random_network(luck(seed), people, degree); });
  });
  m.def("blocks_network",
        [=](const std::vector<std::pair<std::string, std::uint32_t>>& people,
            const std::vector<std::vector<double>>& degrees, std::uint64_t seed, int threads) {
          std::vector<NetworkBlock> all;
          for (const auto& [name, size] : people) all.push_back({name, size});
          return made(threads, [&] { return blocks(luck(seed), all, degrees); });
        });
  m.def("degrees_network", [=](std::uint32_t people, const std::vector<std::uint32_t>& degrees,
                               std::uint64_t seed, int threads) {
    return made(threads, [&] { return degrees_in_turn(luck(seed), people, degrees); });
  });
  m.def("network_from_edges", [](std::uint32_t people, const Column<std::int64_t>& from,
                                 const Column<std::int64_t>& to, const Column<double>& weights, bool directed,
                                 const std::string& word, std::int64_t first, int threads) {
    const EdgeList list{span(from), span(to), span(weights)};
    return made(threads, [&] { return from_edges(people, list, directed, {word, first}); });
  });
}

}  // namespace goodwill
