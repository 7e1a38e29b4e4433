// Word of mouth and the market: who knows whom, whether anybody says anything, and who may come.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

#include "sim/check/check.hpp"
#include "sim/model/people.hpp"
#include "sim/model/responses.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {

namespace {

class Checker {
public:
  Checker(const Model& model, Findings& found) : model_(model), found_(found) {}

  void run() {
    if (model_.market) market(*model_.market);
    if (!model_.word_of_mouth) return nobody_talks();
    const WordOfMouth& words = *model_.word_of_mouth;
    segments(words.mixing, words.mark, "word_of_mouth.mixing");
    if (!words.network) return;
    if (!words.mixing.empty())
      problem(
          words.network->mark, "word_of_mouth.network",
          "'network' and 'mixing' exclude each other: a network says who hears whom (`blocks` by segment)");
    network(*words.network, "word_of_mouth.network");
  }

private:
  void problem(const Mark& mark, const std::string& path, std::string text) {
    found_.problem(mark, path, std::move(text));
  }

  /// Both names of each number must be segments.
  void segments(const Named<Named<Number>>& table, const Mark& mark, const std::string& of) {
    const std::vector<std::string> names = model_.segments.names();
    const auto known = [&](const std::string& name, const Mark& at, const std::string& path) {
      if (!model_.segments.find(name)) problem(at, path, unknown_name("a segment", name, names));
    };
    for (const auto& [one, row] : table) {
      const std::string path = of + "." + one;
      known(one, found_.mark_of(path, mark), path);
      for (const auto& [other, number] : row) known(other, number.mark, path);
    }
  }

  void nobody_talks() {
    const auto silent = [&](const Number& n, const std::string& path) {
      if (n != 0)
        problem(n.mark, path, "nobody says anything: give word_of_mouth: {positive: .., negative: ..}");
    };
    for_each_response(model_, [&](const std::string& path, const Response& r) {
      for_each_effect(r.effects,
                      [&](const std::string& name, const Number& effect, FeaturePlace place, FeatureOf) {
                        if (place == FeaturePlace::world) silent(effect, path + "." + name);
                      });
    });
    for (const auto& [name, s] : model_.segments)
      for (const auto& [field, member] :
           {std::pair("expects", &Segment::expects), std::pair("satisfaction", &Segment::satisfaction),
            std::pair("trust", &Segment::trust)})
        silent((s.*member).good_word, name + "." + field + ".good_word");
    const auto changed = [&](const std::vector<Change>& changes, const std::string& path) {
      for (const Change& change : changes)
        if (change.path.ends_with(".good_word") || change.path.ends_with(".bad_word"))
          silent(change.value, path + ".changes." + change.path);
    };
    for (const auto& [name, s] : model_.segments) changed(s.changes, name);
    for (const auto& [name, i] : model_.investments) changed(i.changes, "investments." + name);
    for (const auto& [name, e] : model_.events) changed(e.changes, "events." + name);
  }

  void market(const Market& m) {
    if (!m.is_finite()) {
      for (const auto& [is, mark, name] : {std::tuple(m.innovation.given, m.innovation.mark, "innovation"),
                                           std::tuple(m.imitation.given, m.imitation.mark, "imitation"),
                                           std::tuple(!m.stage.empty(), m.mark, "stage"),
                                           std::tuple(m.network.has_value(), m.mark, "network")})
        if (is)
          problem(mark, std::string("market.") + name, "says who becomes a customer; give market.size, too");
      return;
    }
    const std::vector<std::string> names = model_.segments.names();
    if (m.size.given && names.size() > 1)
      problem(m.size.mark, "market.size",
              "there are several segments; say how many people of each, {" + names.front() + ": " +
                  format_scalar(m.size, Unit::count) + ", ..}");
    for (const auto& [name, size] : m.size_by_segment)
      if (!model_.segments.find(name))
        problem(size.mark, "market.size", unknown_name("a segment", name, names));
    for (const auto& [name, segment] : model_.segments)
      if (const Number* size = m.size_of(name, model_.segments.size()); size && *size < segment.count)
        problem(size->mark, "market.size",
                "'" + name + "' has " + format_scalar(segment.count, Unit::count) + " customers, more than " +
                    format_scalar(*size, Unit::count) + " people; the market holds today's customers, too");
    if (m.network) network(*m.network, "market.network");
  }

  void network(const SocialNetwork& n, const std::string& path) {
    if (n.layers.empty()) return circle(n.all, n.mark, path);
    if (!kinds(n.all).empty())
      problem(n.mark, path,
              "'layers' and '" + kinds(n.all).front() + "' exclude each other; give each a layer");
    for (const auto& [name, layer] : n.layers) circle(layer, layer.mark, path + ".layers." + name);
  }

  static std::vector<std::string> kinds(const Circle& c) {
    std::vector<std::string> given;
    for (const auto& [is, name] :
         {std::pair(c.ring.given, "ring"), std::pair(c.small_world.has_value(), "small_world"),
          std::pair(c.scale_free.given, "scale_free"), std::pair(c.random.given, "random"),
          std::pair(!c.blocks.empty(), "blocks"), std::pair(!c.degrees.empty(), "degrees"),
          std::pair(c.edges.given(), "edges")})
      if (is) given.emplace_back(name);
    return given;
  }

  void circle(const Circle& c, const Mark& mark, const std::string& path) {
    const std::vector<std::string> given = kinds(c);
    if (given.size() != 1)
      problem(mark, path,
              (given.empty() ? "names no kind" : "names " + joined(given, " and ")) +
                  "; give one of ring, small_world, scale_free, random, blocks, degrees, edges");
    whole(c.ring, path + ".ring", true);
    whole(c.scale_free, path + ".scale_free", false);
    if (c.scale_free.given && c.scale_free < 1)
      problem(c.scale_free.mark, path + ".scale_free", "each must bring at least one edge");
    if (c.small_world) whole(c.small_world->neighbours, path + ".small_world.neighbours", true);
    segments(c.blocks, mark, path + ".blocks");
    edges(c.edges, path + ".edges");
    if (c.edges.directed && !c.edges.given())
      problem(found_.mark_of(path + ".directed", mark), path + ".directed",
              "says which way `edges` lead, and none are given; only your own edges have a direction");
    for (const std::string& degree : c.degrees)
      if (degree.empty() || degree.size() > 4 ||
          degree.find_first_not_of("0123456789") != std::string::npos || std::stoi(degree) > 4096)
        problem(mark, path + ".degrees",
                "'" + degree + "' is no number of people; whole numbers from 0 to 4,096");
  }

  /// Those whom a list means must all be there.
  void edges(const OwnEdges& list, const std::string& path) {
    constexpr std::size_t most = 10;  // problems of one list
    if (!list.given()) return;
    if (!model_.agents_all)
      problem(list.mark, path, "a list says of everybody whom they know, so give agents: all");
    const std::vector<Numbered> people = numbered_people(model_);
    const std::int64_t all = people.empty() ? 0 : people.back().end();
    std::vector<Tie> unknown;
    std::ranges::copy_if(*list.ties, std::back_inserter(unknown),
                         [&](const Tie& t) { return std::max(t.one, t.other) >= all; });
    std::ranges::sort(unknown, {}, &Tie::line);
    for (std::size_t k = 0; k < unknown.size() && k < most; ++k)
      found_.problem(list, unknown[k].line, path,
                     "there is nobody of number " +
                         std::to_string(std::max(unknown[k].one, unknown[k].other)) + numbers(people));
    if (unknown.size() > most)
      problem(list.mark, path,
              std::to_string(unknown.size() - most) + " more lines of the list name people who do not exist");
  }

  /// `; the people are numbered 0 to 9`, by segment where there are several.
  std::string numbers(const std::vector<Numbered>& people) const {
    std::vector<std::string> ranges;
    std::size_t s = 0;
    for (const auto& [name, segment] : model_.segments) {
      const Numbered& own = people[s++];
      if (own.end() > own.first)
        ranges.push_back((people.size() > 1 ? name + " " : "") + std::to_string(own.first) + " to " +
                         std::to_string(own.end() - 1));
    }
    return ranges.empty() ? "" : "; people are numbered " + joined(ranges, ", ");
  }

  void whole(const Number& n, const std::string& path, bool even) {
    if (n == std::round(n) && (!even || std::fmod(n, 2) == 0)) return;
    problem(n.mark, path,
            format_scalar(n, Unit::plain) + (even ? " is no even number" : " is no whole number") +
                " of people");
  }

  const Model& model_;
  Findings& found_;
};

}  // namespace

void check_words(const Model& model, Findings& found) { Checker(model, found).run(); }

}  // namespace goodwill
