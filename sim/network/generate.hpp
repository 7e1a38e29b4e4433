// Networks of the kinds that models name. All but the last are undirected, and all are simple: an edge that
// is drawn twice, or from somebody to themselves, is left out, which few are (see each kind).
//
// With one more person, at the end of the list, everybody else's edges stay as far as the kind permits; the
// comments say what changes. Each function is a pure function of its arguments. They throw
// std::invalid_argument where a number is out of its range.
#pragma once

#include <string>

#include "sim/network/luck.hpp"
#include "sim/network/network.hpp"

namespace goodwill {

/// So many that 32 bits with a sign can name them.
constexpr std::uint32_t most_people = 0x7fffffff;
constexpr std::uint64_t most_edges = 0x7fffffff;

/// Everybody knows the nearest half of `neighbours` (an even number) on either side. One more person enters
/// where the ring closes: only the nearest there change.
Network ring(std::uint32_t people, std::uint32_t neighbours);

/// A ring in which each edge, with probability `rewired`, leads to somebody else, all with the same
/// probability (Watts and Strogatz 1998). Of the edges of a person about neighbours^2 / people are drawn
/// twice. One more person takes over each rewired end with probability 1 / people, and enters where the ring
/// closes.
Network small_world(const NetworkLuck& luck, std::uint32_t people, std::uint32_t neighbours, double rewired);

/// Each person in turn brings `edges`, each to one of the people before with a probability proportional to
/// the number of edges they have so far (Barabasi and Albert 1999, drawn after Sanders and Schulz 2016), so
/// the mean degree is twice `edges`. Those repeated are fewer than edges^2 log(people) in all. One more
/// person changes nobody else's edges but to them.
Network scale_free(const NetworkLuck& luck, std::uint32_t people, std::uint32_t edges);

/// Every two people know each other with the same probability, degree / (people - 1) (Gilbert 1959). One more
/// person lowers it, which takes each edge away with probability 1 / people and adds none; at numbers whose
/// binary form ends in zeros after the first four digits all is drawn anew.
Network random_network(const NetworkLuck& luck, std::uint32_t people, double degree);

struct NetworkBlock {
  std::string name;
  std::uint32_t people;
};
/// The same, with a probability for each two blocks: somebody of block a knows degrees[a][b] people of block
/// b on average. What somebody of b then knows of a follows; degrees[b][a] may be NaN, or must agree within
/// 1e-6. People stand block by block. One more person in a block acts as in `random_network`, within that
/// block and between it and others; people of later blocks move up by one.
Network blocks(const NetworkLuck& luck, std::span<const NetworkBlock> all,
               const std::vector<std::vector<double>>& degrees);

/// Person i wants degrees[i % degrees.size()] neighbours: the wishes are paired at random (the configuration
/// model, Bollobas 1980). About the mean of degree x (degree - 1), over the mean degree and halved, is left
/// out because it leads back, and the square of it because it comes twice; one wish is left over if their
/// number is odd. One more person changes the partners of a few, about the logarithm of the number of wishes
/// for each of theirs. While it works it needs 24 bytes an edge.
Network degrees_in_turn(const NetworkLuck& luck, std::uint32_t people,
                        std::span<const std::uint32_t> degrees);

/// Person i wants edges to give[i] others and from take[i] others, all directed: the wishes are paired at
/// random, and what is left over of either kind is left out, as are edges that lead back or come twice.
Network one_way_degrees(const NetworkLuck& luck, std::span<const std::uint32_t> give,
                        std::span<const std::uint32_t> take);

}  // namespace goodwill
