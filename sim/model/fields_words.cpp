// Word of mouth and who knows whom.
#include "sim/model/field_table.hpp"

namespace goodwill {

using namespace table;

template <>
const Block& block_of<WordOfMouth>() {
  static const Field fields[] = {
      number<&WordOfMouth::positive>("positive", Unit::rate_per_period, 0, 1000,
                                     "Messages of each promoter (by what everybody would answer, asked or "
                                     "not). A recovery adds as many as a promoter sends while it is "
                                     "remembered, times the touchpoint's `visibility`."),
      number<&WordOfMouth::negative>("negative", Unit::rate_per_period, 0, 1000,
                                     "Messages of each detractor; each failure adds as many as a detractor "
                                     "sends while it is remembered, times `visibility`."),
      number<&WordOfMouth::mixing>(
          "mixing", Unit::plain, 0, 1e6,
          "Who hears whom, `{segment: {segment: weight}}`: how readily people of the first hear those of the "
          "second. A segment without a row hears everybody alike (1); who is not in a row is not heard.")
          .reserved_for(Changed::never),
      other<&WordOfMouth::network>(
          "network", "Who knows whom; absent: everybody hears what people of their segment hear on average.")
          .reserved_for(Changed::never),
  };
  static const Block b = block<WordOfMouth>("word_of_mouth", "What customers tell others.", fields);
  return b;
}

/// The kinds of circles, of a model's only one or of a layer.
template <auto... Path>
std::vector<Field> kinds_of_circles() {
  constexpr double most = 4096;
  const std::vector<Field> fields{
      number<Path..., &Circle::ring>(
          "ring", Unit::plain, 0, most,
          "Everybody knows the nearest half of so many people on either side of a ring; an even number."),
      other<Path..., &Circle::small_world>(
          "small_world", "A ring in which some edges lead to anybody: `{neighbours: 8, rewired: 10 %}`."),
      number<Path..., &Circle::scale_free>("scale_free", Unit::plain, 0, most,
                                           "Each in turn brings so many edges, to people before them by how "
                                           "many they know already: a few know "
                                           "very many. The mean is twice as many."),
      number<Path..., &Circle::random>("random", Unit::plain, 0, most,
                                       "Every two people know each other with the same probability; so many "
                                       "others each knows on average."),
      number<Path..., &Circle::blocks>(
          "blocks", Unit::plain, 0, most,
          "By segment, `{segment: {segment: 8}}`: so many people of the second "
          "somebody of the first knows on average. What those of the second know "
          "of the first follows."),
      other<Path..., &Circle::degrees>(
          "degrees", "`[2, 18]`: people know so many others in turn, who are paired at random."),
      other<Path..., &Circle::edges>(
          "edges",
          "Your own: a CSV file, relative to this one, with the columns from and to, or its lines. "
          "People are numbered from 0, segment by segment: customers, then prospects. A column weight, "
          "if any, says how readily people tell each other, compared with the other edges. Needs "
          "`agents: all`."),
      other<Path..., &Circle::edges, &OwnEdges::directed>(
          "directed", "Of `edges`: whether from tells to, and never the other way."),
  };
  std::vector<Field> never;
  for (const Field& f : fields) never.push_back(f.reserved_for(Changed::never));
  return never;
}

template <>
const Block& block_of<SocialNetwork>() {
  static const std::vector<Field> fields = [] {
    auto all = kinds_of_circles<&SocialNetwork::all>();
    all.push_back(other<&SocialNetwork::layers>(
                      "layers",
                      "Several circles by name, `{family: {ring: 4, weight: 3}, online: {scale_free: "
                      "5}}`; people tell all of them.")
                      .reserved_for(Changed::never));
    return all;
  }();
  static const Block b = [] {
    Block network = block<SocialNetwork>(
        "network", "Who knows whom: `mean_field`, one kind, or several layers by name.", fields);
    network.absent = "mean_field";
    return network;
  }();
  return b;
}

template <>
const Block& block_of<Circle>() {
  static const std::vector<Field> fields = [] {
    auto all = kinds_of_circles<>();
    all.push_back(number<&Circle::weight>("weight", Unit::plain, 0.001, 1000,
                                          "How readily people tell those whom they know here, compared with "
                                          "other layers.")
                      .reserved_for(Changed::never));
    return all;
  }();
  static const Block b = block<Circle>("layer", "A circle of people who know one another.", fields);
  return b;
}

template <>
const Block& block_of<SmallWorld>() {
  static const Field fields[] = {
      number<&SmallWorld::neighbours>("neighbours", Unit::plain, 0, 4096,
                                      "Whom everybody would know on the ring; an even number.")
          .reserved_for(Changed::never),
      number<&SmallWorld::rewired>("rewired", Unit::share, 0, 1, "Share of the edges that lead to anybody.")
          .reserved_for(Changed::never),
  };
  static const Block b = block<SmallWorld>("small_world", "A ring with shortcuts.", fields);
  return b;
}

}  // namespace goodwill
