// Edges that the user brings: lines of CSV, with a heading that names the columns `from` and `to`.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sim/model/findings.hpp"

namespace goodwill {

/// So long may a file of edges be.
constexpr std::size_t kMaxEdgeBytes = 256u << 20;

/// Is told what is wrong in a line, counted from 1.
using LineReport = std::function<void(std::uint32_t line, std::string text)>;

/// What the lines say, in their order. What is wrong is reported and left out.
std::vector<Tie> parse_edges(std::string_view text, const LineReport& report);
/// In ascending order, the lower number first if the edges are not directed. What comes again is reported and
/// left out; weights that are all equal say nothing, and become 1.
std::vector<Tie> ordered(std::vector<Tie> ties, bool directed, const LineReport& report);
/// Calls body(report), and adds the first problems of a list to those of its model.
void with_few_problems(Findings& found, const OwnEdges& list, const std::string& path,
                       const std::function<void(const LineReport&)>& body);
/// Puts the lists of a model in order that still stand as written.
void finish_edges(Model& model, Findings& found);
/// The lines that say it; with a column `weight`, if they differ.
std::string edge_lines(const std::vector<Tie>& ties);
/// A name that tells lists apart.
std::string name_of(const OwnEdges& edges);
/// The lists of a model, by the names under which Write::by_reference mentions them.
std::map<std::string, std::string> edge_files(const Model& model);

}  // namespace goodwill
