// The market: who may become a customer, and what competitors ask.
#include "sim/model/field_table.hpp"

namespace goodwill {

using namespace table;

namespace {

const Form& size_form() {
  static const Field parts[] = {other<&Market::size_by_segment>("", "")};
  static const Block b = block<Market>("", "", parts);
  static const Form form{"a number or {segment: number}", "", &b, &slot_at<&Market::size>};
  return form;
}

}  // namespace

template <>
const Block& block_of<Market>() {
  static const Field fields[] = {
      number<&Market::price>("price", Unit::plain, 0.001, 1000,
                             "Competitors' price level; what counts is how investments and events change it.")
          .reserved_for(Changed::by_interventions),
      brief<size_form>("size", Unit::count, 0, 1e10,
                       "People who are or may become customers; by segment, `{segment: number}`, where there "
                       "are several. Whoever joins such a segment is one of them, however they come.")
          .reserved_for(Changed::never),
      number<&Market::innovation>("innovation", Unit::rate_per_period, 0, 10,
                                  "Hazard of becoming a customer by oneself (Bass 1969: p)."),
      number<&Market::imitation>("imitation", Unit::rate_per_period, 0, 1000,
                                 "Hazard that others add, times the share of them who are customers: of the "
                                 "whole market, or of those whom somebody knows (Bass 1969: q)."),
      other<&Market::stage>("stage", "The stage in which they join; the segment's own if absent.")
          .naming(Refers::stage),
      other<&Market::network>(
          "network", "Who looks at whom; absent: everybody sees the share of customers in the whole market.")
          .reserved_for(Changed::never),
  };
  static const Block b =
      block<Market>("market", "Who may become a customer, by themselves or after others.", fields);
  return b;
}

}  // namespace goodwill
