#include "sim/world/joiner.hpp"

namespace goodwill {

CustomerId initial_id(int segment, std::int64_t ordinal) {
  return (static_cast<CustomerId>(segment) << 40) | static_cast<CustomerId>(ordinal);
}
CustomerId acquired_id(int segment, int period, std::int64_t ordinal) {
  return (CustomerId{1} << 62) | (static_cast<CustomerId>(segment) << 52) |
         (static_cast<CustomerId>(period) << 34) | static_cast<CustomerId>(ordinal);
}
CustomerId prospect_id(int segment, std::int64_t ordinal) {
  return (CustomerId{1} << 61) | (static_cast<CustomerId>(segment) << 40) | static_cast<CustomerId>(ordinal);
}
CustomerId referred_id(CustomerId referrer, int period, std::uint32_t ordinal) {
  const Key key = make_key(0, 0, Domain::identity);
  const Words w =
      draw_for(key, referrer, static_cast<std::uint32_t>(period), purpose(Decision::child, ordinal));
  return (CustomerId{1} << 63) | ((static_cast<CustomerId>(w.w1) << 32 | w.w0) >> 1);
}

void be_born(const Kernel& kernel, CustomerBlock& b, std::span<const Joiner> joiners,
             const NewcomerParams& who, const Key& key, Scratch& scratch, const Strata* strata) {
  const std::int32_t from = b.size;
  for (const Joiner& j : joiners) {
    b.id_lo[b.size] = static_cast<std::uint32_t>(j.id);
    b.id_hi[b.size] = static_cast<std::uint32_t>(j.id >> 32);
    if (b.weight) b.weight[b.size] = j.weight;
    if (b.person) b.person[b.size] = j.person;
    if (b.descent) b.descent[b.size] = j.descent;
    b.tenure[b.size++] = j.tenure;
  }
  kernel.join(b, from, b.size, who, key, scratch);
  if (!strata) return;
  for (std::size_t i = 0; i < joiners.size(); ++i)
    if (strata->holds(joiners[i].ordinal))
      strata->spread(b, from + static_cast<std::int32_t>(i), who, joiners[i].ordinal);
}

}  // namespace goodwill
