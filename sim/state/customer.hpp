// What a customer carries, and what a response can depend on: each described once. Memory, joining, moving
// and leaving follow from the first list. The second determines the fields of a model file with their
// reference and schema, what the plan compiles, what the kernel adds up, what anchoring watches and what the
// exact solver refuses. Shared with the kernel: no containers.
#pragma once

#include <cstdint>

namespace goodwill {

constexpr std::int32_t long_ago = -(1 << 28);  // a period long before any other

/// When an array exists: always, with survival weights, where the value of each customer is wanted, or where
/// people know one another.
enum class Wanted { always, with_weights, with_values, on_network };
/// Stands in place of a first value that other code makes or draws.
struct Apart {};
constexpr Apart apart;

// The state of a customer, each array described once: type, name, when it is wanted, value on joining (`who`
// are the parameters of newcomers) and what it is.
#define GOODWILL_CUSTOMER_STATE(X)                                                                           \
  X(std::uint32_t, id_lo, always, apart, "lower half of the id")                                             \
  X(std::uint32_t, id_hi, always, apart, "upper half")                                                       \
  X(float, satisfaction, always, apart, "0 to 10")                                                           \
  X(float, expectation, always, apart, "0 to 10")                                                            \
  X(float, trust, always, apart, "0 to 1")                                                                   \
  X(std::int32_t, tenure, always, apart, "periods since joining")                                            \
  X(std::int32_t, stage, always, who.stage, "the number of stages means lost")                               \
  X(std::int32_t, moved, always, 0, "all ones when a journey changed the stage in this period")              \
  X(float, failures, always, 0, "remembered, fading; only while not closed")                                 \
  X(float, recovered, always, 0, "remembered, fading")                                                       \
  X(std::int32_t, failed_at, always, long_ago, "period of the latest unclosed failure, or long_ago")         \
  X(std::int32_t, surveyed, always, 0, "the last answer: 1 detractor, 2 passive, 3 promoter, 0 none")        \
  X(std::int32_t, surveyed_at, always, long_ago, "its period")                                               \
  X(std::int32_t, weight, with_weights, apart, "survival weight, see weight.hpp; without it all weigh 1")    \
  X(std::int32_t, customer, with_values, 0, "all ones: is or was a customer; of the base: at t = 0")         \
  X(double, gain, with_values, 0, "contribution in this period")                                             \
  X(double, revenue, with_values, 0, "in this period")                                                       \
  X(double, value, with_values, 0, "discounted contribution so far")                                         \
  X(std::int32_t, descent, with_values, apart, "whom they descend from, see lineages.hpp")                   \
  X(std::int32_t, person, on_network, apart, "their number among the people of the world")

/// Where the effect of a feature is worked out: customer by customer (`pair`: the two that nearly every
/// response has, in one go), once for a block of customers who share it, or once a period for all customers
/// of a segment (`world`).
enum class FeaturePlace { pair, customer, block, world };
/// What the value of a feature depends on.
enum class FeatureOf { state, memory, tenure, trait, origin, offer, others };

// P, C, B and W are for features of the four places: (name, place, of, value of a customer, text of its
// field). In the value, `x` are the arrays of a block and `i` is a customer in it; `referred` is 1 if the
// customers of the block were referred, and `log_price` is the logarithm of the price index of the response;
// `heard` is what they, or people of their segment on
// average, have heard of others.
#define GOODWILL_FEATURES(P, C, B, W)                                                                        \
  P(satisfaction, pair, state, x.satisfaction[i] - 7.0f, "Effect of a point of satisfaction above 7.")       \
  P(trust, pair, state, x.trust[i] - 0.5f, "Effect of a unit of trust above 0.5.")                           \
  C(tenure, customer, tenure, x.log_of_tenure(i), "Effect of ln(1 + tenure in years).")                      \
  C(failures, customer, memory, x.failures[i],                                                               \
    "Effect of each failure remembered and not made good; it fades with `memory`.")                          \
  C(recovered, customer, memory, x.recovered[i],                                                             \
    "Effect of each recovery remembered; it fades with `memory`.")                                           \
  W(good_word, world, others, heard.good,                                                                    \
    "Effect of each good message heard and remembered; it fades with `memory`.")                             \
  W(bad_word, world, others, heard.bad,                                                                      \
    "Effect of each bad message heard and remembered; it fades with `memory`.")                              \
  B(price, block, offer, log_price,                                                                          \
    "Effect of ln(price index): what customers pay, compared with the start and with competitors.")          \
  C(spend, customer, trait, x.log_of_spend(i),                                                               \
    "Effect of ln(multiplier of what the customer spends), see `spend` of their segment.")                   \
  B(referred, block, origin, referred, "Effect of having been referred by a customer.")                      \
  C(extreme, customer, state, __builtin_fabsf(x.satisfaction[i] - 7.0f),                                     \
    "Effect of the distance of satisfaction from 7.")
#define GOODWILL_EVERY_FEATURE(X) GOODWILL_FEATURES(X, X, X, X)
#define GOODWILL_FEATURES_OF_CUSTOMER(X) GOODWILL_FEATURES(X, X, GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE)
#define GOODWILL_FEATURES_OF_BLOCK(X)                                                                        \
  GOODWILL_FEATURES(GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE, X, GOODWILL_NO_FEATURE)
#define GOODWILL_FEATURES_OF_WORLD(X)                                                                        \
  GOODWILL_FEATURES(GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE, X)
#define GOODWILL_NO_FEATURE(name, place, of, value, text)

/// Whether a feature changes with what a customer experiences.
constexpr bool is_experienced(FeatureOf of) { return of == FeatureOf::state || of == FeatureOf::memory; }

}  // namespace goodwill
