// Edges that the user brings: lines of CSV, with a heading that names the columns `from` and `to`.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sim/model/model.hpp"

namespace goodwill {

/// So long may a file of edges be.
constexpr std::size_t kMaxEdgeBytes = 256u << 20;

/// What a list says, in ascending order. `report(line, text)` is told what is wrong, line by line from 1;
/// that is left out.
std::vector<Tie> parse_edges(std::string_view text,
                             const std::function<void(std::uint32_t, std::string)>& report);
/// The lines that say it.
std::string edge_lines(const std::vector<Tie>& ties);
/// A name that tells lists apart.
std::string name_of(const OwnEdges& edges);
/// The lists of a model, by the names under which Write::by_reference mentions them.
std::map<std::string, std::string> edge_files(const Model& model);

}  // namespace goodwill
