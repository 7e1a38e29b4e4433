#include "sim/file/read.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <unordered_map>

#include "sim/check/check.hpp"
#include "sim/file/edges.hpp"
#include "sim/file/reader.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

namespace fs = std::filesystem;

/// The folder that a file lies in; `.` for a bare name.
fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// The files of one model, joined into one document.
class Files {
public:
  /// `folder` is that of the first file; empty: there is none.
  Files(std::string folder, Trust trust, Cancel cancel)
      : folder_(std::move(folder)), trust_(trust), cancel_(cancel) {}

  std::vector<std::string> names;
  std::vector<Problem> problems;

  /// The document with its includes, which are relative to `folder`; `chain` are the files on the way
  /// here. A file that cannot be included ends the reading, because all that is missing then would
  /// look like further mistakes.
  Node with_includes(Node node, const std::string& folder, std::vector<std::string> chain) {
    if (node.kind != Node::Kind::mapping) return node;
    const auto include = std::find_if(node.members.begin(), node.members.end(),
                                      [](const auto& m) { return m.first.text == "model"; });
    if (include == node.members.end()) return node;
    const Node target = include->second;
    node.members.erase(include);
    if (target.kind != Node::Kind::scalar || target.text.empty())
      refuse(target.mark, "expected the name of a model file");
    if (folder.empty())
      refuse(target.mark,
             "a text includes no file unless it is said where: in Python from_yaml(.., folder='.')");
    const fs::path joined = fs::path(folder) / target.text;
    std::string path = joined.lexically_normal().string();
    if (key(path) != key(joined.string())) path = joined.string();  // '..' after a link to a folder
    if (std::find(chain.begin(), chain.end(), key(path)) != chain.end()) {
      std::string text = "the files include each other in a circle: ";
      for (const std::string& file : chain) text += fs::path(file).filename().string() + " -> ";
      refuse(target.mark, text + fs::path(path).filename().string());
    }
    if (const std::string why = forbidden("model", folder, target.text, path); !why.empty())
      refuse(target.mark, why);
    chain.push_back(key(path));
    const std::size_t before = problems.size();
    Node base = load(path);
    if (problems.size() > before && base.kind == Node::Kind::null) throw ModelError(std::move(problems));
    // A file that is no model may be anybody's, so nothing is said of its contents.
    const auto known = [](const auto& member) {
      return member.first.text == "model" || block_of<Model>().find(member.first.text) != nullptr;
    };
    if (base.kind != Node::Kind::mapping || std::none_of(base.members.begin(), base.members.end(), known)) {
      problems.resize(before);
      refuse(target.mark, in_quotes(target.text) + " is no model file");
    }
    return merged(with_includes(std::move(base), folder_of(path).string(), chain), node, block_of<Model>());
  }

  Node load(const std::string& path) {
    names.push_back(path);
    const int file = static_cast<int>(names.size()) - 1;
    const std::size_t before = problems.size();
    const std::string text = read_file(path, problems);
    return problems.size() > before ? Node{} : parse_document(text, file, path, problems, cancel_);
  }

  /// A list of edges, relative to the file that names it.
  std::optional<EdgeText> edges(const Node& name, const std::string& path) {
    const auto why_not = [&](std::string text) {
      problems.push_back(problem_at(names, name.mark, path, std::move(text)));
      return std::nullopt;
    };
    const std::string folder =
        name.mark.file > 0 ? folder_of(names[std::size_t(name.mark.file)]).string() : folder_;
    if (!name.text.ends_with(".csv"))
      return why_not(in_quotes(name.text) + " is no CSV file; its name ends in .csv");
    if (folder.empty())
      return why_not(
          "a text names no file unless it is said where: in Python from_yaml(.., folder='.'); or give "
          "gw.Network.from_edges(" +
          in_quotes(name.text) + ")");
    const std::string file = (fs::path(folder) / name.text).string();
    if (std::string why = forbidden("edges", folder, name.text, file); !why.empty()) return why_not(why);
    names.push_back(file);
    const std::size_t before = problems.size();
    EdgeText list{read_file(file, problems, kMaxEdgeBytes), static_cast<int>(names.size()) - 1};
    return problems.size() > before ? std::nullopt : std::optional(std::move(list));
  }

  static std::string key(const std::string& path) {
    std::error_code ignored;
    return fs::weakly_canonical(path, ignored).string();
  }

private:
  [[noreturn]] void refuse(const Mark& mark, std::string text) {
    problems.push_back(problem_at(names, mark, "model", std::move(text)));
    throw ModelError(std::move(problems));
  }

  /// Why a file may not be read; empty: it may.
  std::string forbidden(const std::string& word, const std::string& folder, const std::string& target,
                        const std::string& path) const {
    constexpr const char* remedy = "; if you trust this file, read(.., trust=True) or --trust";
    if (trust_ == Trust::ordinary && fs::path(target).is_absolute())
      return in_quotes(word) + " names a file by an absolute path" + remedy;
    std::error_code error;
    if (!fs::exists(path, error) || fs::is_directory(path, error))
      return "there is no file " + in_quotes(path);
    if (trust_ == Trust::all) return {};
    const fs::path real = fs::canonical(path, error);
    if (!fs::is_regular_file(real, error)) return in_quotes(target) + " is no ordinary file" + remedy;
    // The path itself may climb, but a link may not lead out of the folder to which it has climbed.
    fs::path root = fs::canonical(folder, error);
    for (const fs::path& step : fs::path(target).lexically_normal())
      if (step == "..") root = root.parent_path();
    const auto [end, ignored] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
    if (error || end != root.end())
      return in_quotes(target) + " is a link that leads out of its folder" + remedy;
    return {};
  }

  /// `over` on top of `base`: blocks and named things key by key, values as a whole (half a branch means
  /// nothing).
  static Node merged(Node base, const Node& over, const Block& block) {
    return merge_members(std::move(base), over, [&](const Node& key, const Node& old, const Node& changed) {
      const Field* field = block.find(key.text);
      return field ? merged_field(*field, block, old, changed) : changed;
    });
  }

  template <class F>
  static Node merge_members(Node base, const Node& over, F&& merge) {
    if (base.kind != Node::Kind::mapping || over.kind != Node::Kind::mapping) return over;
    std::unordered_map<std::string, std::size_t> at;
    for (const auto& [key, value] : base.members) at.emplace(key.text, at.size());
    for (const auto& [key, value] : over.members) {
      const auto found = at.find(key.text);
      if (found == at.end()) {
        base.members.emplace_back(key, value);
      } else {
        Member& old = base.members[found->second];
        old.second = merge(key, old.second, value);
        old.first = key;
      }
    }
    base.mark = over.mark;
    return base;
  }

  static Node merged_field(const Field& field, const Block& block, const Node& old, const Node& over) {
    const Slot slot = field.at(block.defaults);
    const auto replace = [](const Node&, const Node&, const Node& changed) { return changed; };
    if (const auto* o = std::get_if<Object>(&slot)) return merged(old, over, *o->block);
    if (const auto* o = std::get_if<Optional>(&slot)) return merged(old, over, *o->block);
    if (const auto* c = std::get_if<Collection>(&slot))
      return merge_members(
          old, over, [&](const Node&, const Node& a, const Node& b) { return merged(a, b, *c->block); });
    if (std::holds_alternative<std::vector<Change>*>(slot) || std::holds_alternative<Named<Names>*>(slot) ||
        std::holds_alternative<Named<std::string>*>(slot) || std::holds_alternative<Named<Response>*>(slot) ||
        std::holds_alternative<Named<Number>*>(slot) || std::holds_alternative<Matrix*>(slot) ||
        std::holds_alternative<Each*>(slot))
      return merge_members(old, over, replace);
    return over;
  }

  const std::string folder_;
  Trust trust_;
  Cancel cancel_;
};

Period period_of(const Node& document) {
  const Node* node = document.find("period");
  return named<Period>(node ? node->text : "").value_or(Period::month);  // the reader reports anything else
}

/// `edges`: where lists that are named come from.
Model typed(Node document, Files& all, Cancel cancel, Reader::EdgeSource edges) {
  std::vector<Problem>& problems = all.problems;
  if (document.kind != Node::Kind::mapping) {
    if (problems.empty())
      problems.push_back(
          {all.names[0], 1, 1, "", "a model is a mapping; the smallest has segments and stages"});
    throw ModelError(std::move(problems));
  }
  Model model;
  Findings found(all.names, problems, cancel);
  Reader reader(found, period_of(document));
  reader.edges_from(std::move(edges));
  const auto take = [&](const std::string& name) {
    Node out;
    for (auto it = document.members.begin(); it != document.members.end(); ++it)
      if (it->first.text == name) {
        out = it->second;
        document.members.erase(it);
        break;
      }
    return out;
  };
  const Node version = take("goodwill");
  if (version.kind != Node::Kind::null && version.text != "1")
    reader.problem(version.mark, "goodwill",
                   in_quotes(version.text) + " is not a version of the grammar; this is goodwill: 1");
  const Node assumptions = take("assumptions");
  reader.assumptions_from(&assumptions);
  model.survey_given = document.find("survey") != nullptr;

  reader.object(&model, block_of<Model>(), document, "");
  model.files = all.names;
  finish_changes(model, reader);
  finish_edges(model, found);
  if (assumptions.kind != Node::Kind::null) reader.assumptions(model.assumptions, assumptions);
  check(model, found);
  const auto rank = [&](const Problem& p) {
    return std::make_tuple(std::find(all.names.begin(), all.names.end(), p.file) - all.names.begin(), p.line,
                           p.column);
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Problem& a, const Problem& b) { return rank(a) < rank(b); });
  if (!problems.empty()) throw ModelError(std::move(problems));
  return model;
}

/// As above; lists lie beside the file that names them.
Model typed(Node document, Files& all, Cancel cancel) {
  return typed(std::move(document), all, cancel,
               [&](const Node& name, const std::string& path) { return all.edges(name, path); });
}

}  // namespace

Model read_model(const std::string& path, Trust trust, Cancel cancel) {
  const std::string folder = folder_of(path).string();
  Files all(folder, trust, cancel);
  return typed(all.with_includes(all.load(path), folder, {Files::key(path)}), all, cancel);
}

Model read_model_text(const std::string& text, const std::string& name, const std::string& folder,
                      Trust trust, Cancel cancel) {
  Files all(folder, trust, cancel);
  all.names = {name};
  Node document = parse_document(text, 0, name, all.problems, cancel);
  return typed(all.with_includes(std::move(document), folder, {}), all, cancel);
}

Model read_model_node(const Node& node, const std::string& name, Cancel cancel) {
  Files all("", Trust::ordinary, cancel);
  all.names = {name};
  return typed(all.with_includes(node, "", {}), all, cancel);
}

Model read_model_parts(const std::string& text, const std::map<std::string, std::string>& lists,
                       const std::string& name, Cancel cancel) {
  Files all("", Trust::ordinary, cancel);
  all.names = {name};
  Node document = parse_document(text, 0, name, all.problems, cancel);
  return typed(all.with_includes(std::move(document), "", {}), all, cancel,
               [&](const Node& list, const std::string& path) -> std::optional<EdgeText> {
                 if (const auto found = lists.find(list.text); found != lists.end())
                   return EdgeText{found->second};
                 return all.edges(list, path);
               });
}

}  // namespace goodwill
