// Reading a model: a file, a text or a mapping from Python. A wrong model never comes back; all its mistakes
// do.
#pragma once

#include <map>
#include <string>

#include "sim/file/document.hpp"
#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// Which files `model:` and `edges:` may name. A model may come from a stranger, and its problems quote what
/// they read.
enum class Trust {
  ordinary,  ///< relative paths to ordinary files, and links that stay in the folder the path leads to
  all,       ///< also absolute paths, links that lead out, devices and pipes
};

/// Each throws ModelError with every problem found. `model: other.yaml` is read first, relative to the file
/// that says it; what stands beside it adds to it and overrides it, key by key.
Model read_model(const std::string& path, Trust trust = Trust::ordinary, Cancel cancel = nullptr);
/// `name` is shown in problems; what the text includes is relative to `folder`, without one it includes
/// nothing.
Model read_model_text(const std::string& text, const std::string& name, const std::string& folder = "",
                      Trust trust = Trust::ordinary, Cancel cancel = nullptr);
Model read_model_node(const Node& node, const std::string& name, Cancel cancel = nullptr);
/// A text of Write::by_reference, with the lists of edges that it names (edge_files()).
Model read_model_parts(const std::string& text, const std::map<std::string, std::string>& lists,
                       const std::string& name, Cancel cancel = nullptr);

}  // namespace goodwill
