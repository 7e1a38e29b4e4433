// From YAML text to a tree of nodes. One file because yaml-cpp hands the text over event by event: limits,
// aliases and messages all need what the Builder holds open at that moment.
#include "sim/file/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "sim/file/text.hpp"

namespace goodwill {
namespace {

// What a hostile file may cost: a few seconds and some hundred megabytes.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kMaxText = 16u << 20;  // texts after aliases are expanded
constexpr std::size_t kMaxProblems = 100;

/// Builds the tree from yaml-cpp's events, so that every limit holds while the text is read.
class Builder : public YAML::EventHandler {
public:
  Builder(std::string_view text, int file, const std::string& name, std::vector<Problem>& problems,
          Cancel cancel)
      : text_(text), file_(file), name_(name), problems_(problems), cancel_(cancel) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines_.push_back(i + 1);
  }

  Node root;
  bool done = false;  ///< a document was read

  void report(std::size_t at, std::string text) {
    const Mark m = mark(at);
    problems_.push_back({name_, m.line, m.column, "", std::move(text)});
  }

  /// Where yaml-cpp gave up. A bracket that is never closed is reported where it was opened, a tab where it
  /// stands.
  Stop failed(const YAML::Exception& error) const {
    const std::size_t at = offset(error.mark);
    for (std::size_t i = lines_[line_of(at)]; i < text_.size() && (text_[i] == ' ' || text_[i] == '\t'); ++i)
      if (text_[i] == '\t') return {i, "a tab in the indentation; use spaces"};
    if (const auto found = blank_like(at)) return *found;
    if (error.msg.find("flow not found") != std::string::npos && !open_.empty() && open_.back().flow)
      return {open_.back().at,
              open_.back().node.kind == Node::Kind::mapping ? "'{' is never closed" : "'[' is never closed"};
    return {at, in_plain_words(error.msg)};
  }

  void OnDocumentStart(const YAML::Mark& at) override {
    if (!done) return;
    const std::string_view rest =
        text_.substr(offset(at));  // yaml-cpp starts a new document without `---`, too
    throw Stop{offset(at), rest.starts_with("---")
                               ? "a second document starts here; a model is one document"
                               : "this does not belong to what stands above; check the indentation"};
  }
  void OnDocumentEnd() override { done = true; }

  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override {
    add(node(Node::Kind::null, at), offset(at), anchor);
  }

  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = node(Node::Kind::scalar, at);
    scalar.text = value;
    scalar.quoted = tag != "?";
    count(offset(at), 0, value.size());
    check_tag(at, tag);
    if (scalar.quoted) check_closed(offset(at));
    add(std::move(scalar), offset(at), anchor);
  }

  void OnSequenceStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Node::Kind::sequence, at, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Node::Kind::mapping, at, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{offset(at), "an alias inside its own anchor"};
    const Node& original = *found->second;
    if (open_.size() + count_copy(original, offset(at)) > kMaxDepth) too_deep(offset(at));
    Node copy = original;
    copy.mark = mark(offset(at));
    add(std::move(copy), offset(at), 0);
  }

private:
  /// Finds a character that looks like a space and is none, at the start of a line or after its ':', because
  /// YAML takes it for a letter. Looks in this line and in the one before, where the text may have begun.
  std::optional<Stop> blank_like(std::size_t at) const {
    const std::size_t line = line_of(at);
    for (std::size_t k = line > 0 ? line - 1 : 0; k <= line; ++k) {
      const std::size_t end = k + 1 < lines_.size() ? lines_[k + 1] - 1 : text_.size();
      const std::string_view all = text_.substr(0, end);
      const std::size_t start = std::min(all.find_first_not_of(' ', lines_[k]), end);
      if (start < end && all[start] == '#') continue;
      const std::size_t colon = all.find(':', start);
      for (const std::size_t i : {start, colon < end ? colon + 1 : end})
        if (const std::string_view name = looks_like_space(all.substr(i)); !name.empty())
          return Stop{i, std::string(name) + (i == start ? " in the indentation" : " after ':'") +
                             " looks like a space and is none; use ordinary spaces"};
    }
    return {};
  }

  struct Open {
    Node node;
    std::size_t at = 0;
    YAML::anchor_t anchor = 0;
    bool flow = false;
    bool has_key = false, usable = false, again = false;
    Node key{};
    std::size_t key_at = 0, value_at = 0;  ///< of the last
    std::unordered_map<std::string, Mark> seen{};
  };

  std::size_t offset(const YAML::Mark& at) const {
    return at.pos < 0 ? 0 : std::min(static_cast<std::size_t>(at.pos), text_.size());
  }
  std::size_t line_of(std::size_t at) const {
    return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), at) - lines_.begin()) - 1;
  }

  /// Columns count characters, not bytes. Counts on from the last mark, because a line
  /// may hold 100,000 of them.
  Mark mark(std::size_t at) {
    const std::size_t line = line_of(at);
    if (line != last_line_) last_line_ = line, last_at_ = lines_[line], last_column_ = 1;
    for (; last_at_ < at; ++last_at_) last_column_ += starts_character(text_[last_at_]);
    for (; last_at_ > at; --last_at_) last_column_ -= starts_character(text_[last_at_ - 1]);
    return {file_, static_cast<int>(line) + 1, last_column_};
  }

  Node node(Node::Kind kind, const YAML::Mark& at) {
    count(offset(at), 1, 0);
    Node out;
    out.kind = kind;
    out.mark = mark(offset(at));
    return out;
  }

  [[noreturn]] static void too_deep(std::size_t at) { throw Stop{at, "nested more than 64 deep"}; }

  void count(std::size_t at, std::size_t nodes, std::size_t bytes) {
    check_cancelled(cancel_);
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kMaxNodes) throw Stop{at, "more than 200,000 values, aliases expanded"};
    if (bytes_ > kMaxText) throw Stop{at, "more than 16 MiB of text, aliases expanded"};
  }

  /// Counts a node before it is copied; returns its height.
  std::size_t count_copy(const Node& original, std::size_t at) {
    count(at, 1, original.text.size());
    std::size_t inner = 0;
    for (const Node& item : original.items) inner = std::max(inner, count_copy(item, at));
    for (const auto& [key, value] : original.members) {
      count(at, 1, key.text.size());
      inner = std::max(inner, count_copy(value, at));
    }
    return inner + (original.kind == Node::Kind::sequence || original.kind == Node::Kind::mapping);
  }

  void problem(std::size_t at, std::string text) {
    if (++reported_ > kMaxProblems) throw Stop{at, "too many problems; the rest was not read"};
    report(at, std::move(text));
  }

  void check_tag(const YAML::Mark& at, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const std::string_view standard = "tag:yaml.org,2002:";
    const std::string shown = tag.starts_with(standard) ? "!!" + tag.substr(standard.size()) : tag;
    problem(offset(at), "tags are not used in models; leave out " + in_quotes(shown));
  }

  /// Refuses a quote that is never closed, because yaml-cpp takes the end of the file for its end.
  void check_closed(std::size_t at) {
    while (at < text_.size() &&
           (text_[at] == '&' || text_[at] == '!')) {  // an anchor or a tag before the quote
      at = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
      at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
    }
    if (at == text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;
    for (std::size_t i = at + 1; i < text_.size(); ++i) {
      const bool doubled = text_.substr(i).starts_with("''");
      if (text_[at] == '"' ? text_[i] == '\\' : doubled)
        ++i;
      else if (text_[i] == text_[at])
        return;
    }
    throw Stop{at, "a quote that is never closed"};
  }

  void open(Node::Kind kind, const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    if (open_.size() >= kMaxDepth) too_deep(offset(at));
    check_tag(at, tag);
    open_.push_back({node(kind, at), offset(at), anchor, style == YAML::EmitterStyle::Flow});
  }

  void close() {
    Open last = std::move(open_.back());
    open_.pop_back();
    add(std::move(last.node), last.at, last.anchor);
  }

  /// A node is complete: it is the root, an item, a key or a value.
  void add(Node done_node, std::size_t at, YAML::anchor_t anchor) {
    if (anchor) {
      count_copy(done_node, at);
      anchors_[anchor] = std::make_unique<Node>(done_node);
    }
    if (open_.empty()) {
      root = std::move(done_node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::sequence) {
      parent.node.items.push_back(std::move(done_node));
    } else if (!parent.has_key) {
      parent.has_key = true;
      parent.key_at = at;
      parent.usable = usable_key(parent, done_node, at);
      parent.key = std::move(done_node);
    } else {
      parent.has_key = false;
      const std::string& key = parent.key.text;
      if (done_node.kind == Node::Kind::null && parted_by_comma(parent)) {
        Node& number = parent.node.members.back().second;
        const bool thousands = digits_at_start(key) == 3;
        const std::string remedy =
            thousands ? "thousands are grouped by '_' (1_400)" : "the decimal sign is a point (1.5)";
        if (number.text.find('_') == std::string::npos)
          problem(parent.value_at, "found " + in_quotes(number.text + "," + key) + ": " + remedy +
                                       "; a comma separates what stands in { }");
        number.text += (thousands ? "_" : ".") + key;
      } else if (parent.again) {
        const Mark& first = parent.seen.at(key);
        problem(parent.key_at, in_quotes(key) + " stands here twice; first at line " +
                                   std::to_string(first.line) + ", column " + std::to_string(first.column));
      } else if (parent.usable && done_node.kind == Node::Kind::null && !parent.key.quoted &&
                 key.find(':') != std::string::npos) {
        told_of_colon(parent.key_at, key);
      } else if (parent.usable) {
        parent.value_at = at;
        parent.node.members.emplace_back(std::move(parent.key), std::move(done_node));
      }
    }
  }

  void told_of_colon(std::size_t at, const std::string& key) {
    const std::size_t colon = key.find(':') + 1;
    if (const std::string_view name = looks_like_space(std::string_view(key).substr(colon)); !name.empty())
      throw Stop{at + colon,
                 std::string(name) + " after ':' looks like a space and is none; use ordinary spaces"};
    problem(at, "found " + in_quotes(key) + "; a ':' is followed by a space");
  }

  /// YAML reads `{fee: 1,000}` as a fee of 1 and something called 000, and `{fee: 1,50}` likewise.
  static bool parted_by_comma(const Open& parent) {
    if (!parent.flow || parent.key.kind != Node::Kind::scalar || parent.key.quoted ||
        digits_at_start(parent.key.text) == 0 || parent.node.members.empty())
      return false;
    const Node& before = parent.node.members.back().second;
    return before.kind == Node::Kind::scalar && !before.quoted && !before.text.empty() &&
           digits_at_start(before.text.substr(before.text.size() - 1)) == 1;
  }

  static std::size_t digits_at_start(const std::string& text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
  }

  bool usable_key(Open& parent, const Node& key, std::size_t at) {
    parent.again = false;
    if (key.kind != Node::Kind::scalar) {
      const char* found = key.kind == Node::Kind::null      ? "nothing"
                          : key.kind == Node::Kind::mapping ? "a mapping"
                                                            : "a list";
      problem(at, std::string("a name is a text, found ") + found);
      return false;
    }
    if (key.text == "<<" && !key.quoted) {
      problem(at, "merge keys ('<<') are not used in models; write the fields out, or use 'channels'");
      return false;
    }
    if (!key.quoted && !looks_like_space(key.text).empty())
      if (const auto found = blank_like(at)) throw Stop(*found);
    parent.again = !parent.seen.try_emplace(key.text, key.mark).second;
    return !parent.again;
  }

  std::string_view text_;
  int file_;
  const std::string& name_;
  std::vector<Problem>& problems_;
  Cancel cancel_;
  std::vector<std::size_t> lines_{0};
  std::size_t last_line_ = 0, last_at_ = 0;
  int last_column_ = 1;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, std::unique_ptr<Node>> anchors_;
  std::size_t nodes_ = 0, bytes_ = 0, reported_ = 0;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : members)
    if (name.text == key) return &value;
  return nullptr;
}

Node Node::of(Kind kind) {
  Node out;
  out.kind = kind;
  return out;
}

Node Node::scalar(std::string text) {
  Node out = of(Kind::scalar);
  out.text = std::move(text);
  return out;
}

Node parse_document(std::string_view text, int file, const std::string& name, std::vector<Problem>& problems,
                    Cancel cancel) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // the mark some editors put before UTF-8
  Builder builder(text.substr(0, kMaxBytes), file, name, problems, cancel);
  try {
    check_text(text);
    std::istringstream stream{std::string(text)};
    try {
      YAML::Parser parser(stream);
      while (parser.HandleNextDocument(builder)) {
      }
    } catch (const YAML::Exception& error) {
      throw builder.failed(error);
    }
    if (!builder.done || builder.root.kind == Node::Kind::null) throw Stop{0, "the file is empty"};
    return std::move(builder.root);
  } catch (const Stop& stop) {
    builder.report(stop.at, stop.text);
    return {};
  }
}

}  // namespace goodwill
