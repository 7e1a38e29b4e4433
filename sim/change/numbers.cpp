#include "sim/change/numbers.hpp"

#include <cmath>

#include "sim/change/change.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

class NumberVisit {
public:
  NumberVisit(const Model& model, const std::function<void(const NumberPlace&)>& visit)
      : effective_(inherited(model)), index_(effective_), visit_(visit) {}

  void object(void* at, const Block& block, const std::string& path) {
    for (const Field& f : block.fields) {
      const bool outer = fixed_;
      fixed_ = fixed_ || f.changed == Changed::never;
      field(f, f.at(at), path.empty() ? std::string(f.name) : path + "." + std::string(f.name));
      fixed_ = outer;
    }
  }

private:
  void number(Number& n, const std::string& path, const Accept& accept) { visit_({path, n, accept, fixed_}); }

  void response(Response& r, const std::string& path, const Accept& accept) {
    const Accept shape{Unit::plain, 1e-6, 1e9};
    const std::string inside = path + "." + std::string(word(r.form));
    switch (r.form) {
    case Response::Form::level:
      number(r.level, path, accept);
      break;
    case Response::Form::average:
    case Response::Form::base:
      number(r.level, inside, accept);
      break;
    case Response::Form::beta:
      number(r.alpha, inside, shape);
      number(r.beta, inside, shape);
      break;
    case Response::Form::table:
      for (auto& [from, level] : r.table)
        number(level, path + "." + format_scalar(from, Unit::duration), accept);
      break;
    }
    object(&r, block_of<Response>(), path);
  }

  void branch(Branch& b, const std::string& path) {
    for (Arrow& a : b.arrows) number(a.share, path + "." + a.target, {Unit::probability, 0, 1});
  }

  void change(Change& c, const std::string& path) {
    visit_(
        {path + "." + c.path + "." + std::string(word(c.op)), c.value, operand_of(c, index_), false, c.op});
  }

  void field(const Field& f, const Slot& slot, const std::string& path) {
    const Accept accept = accepted_at(f, path);
    const auto one = [&](Number& n) { number(n, path, accept); };
    std::visit(Overloaded{
                   [&](Number* x) { one(*x); },
                   [&](std::optional<Number>* x) {
                     if (*x) one(**x);
                   },
                   [&](Response* x) { response(*x, path, accept_of(*x, f)); },
                   [&](Named<Response>* x) {
                     for (auto& [stage, r] : *x) response(r, path + "." + stage, accept);
                   },
                   [&](Branch* x) { branch(*x, path); },
                   [&](std::optional<Branch>* x) {
                     if (*x) branch(**x, path);
                   },
                   [&](Next* x) {
                     if (x->plain) branch(*x->plain, path);
                     object(x, block_of<Next>(), path);
                   },
                   [&](std::optional<Range>* x) {
                     if (*x && (*x)->from) number(*(*x)->from, path + ".above", accept);
                     if (*x && (*x)->to) number(*(*x)->to, path + ".below", accept);
                   },
                   [&](std::vector<Change>* x) {
                     for (Change& c : *x) change(c, path);
                   },
                   [&](Each* x) {
                     for (auto& [touchpoint, money] : *x) number(money, path + "." + touchpoint, accept);
                   },
                   [&](Named<Number>* x) {
                     for (auto& [name, n] : *x) number(n, path + "." + name, accept);
                   },
                   [&](Matrix* x) {
                     for (auto& [row, numbers] : *x)
                       for (auto& [name, n] : numbers) number(n, path + "." + row + "." + name, accept);
                   },
                   [&](const Short& x) {
                     const bool parts = has_parts(x);
                     if (!parts) field(f, number_of(x), path);
                     if (Named<Number>* names = by_name(x)) field(f, names, path);
                     if (!parts) return;
                     for (const Field& part : x.form->block->fields)
                       field(part_of(f, part), part.at(x.at), x.form->path_of(part, path));
                   },
                   [&](const Object& x) { object(x.at, *x.block, path); },
                   [&](const Optional& x) {
                     if (void* at = x.get(x.at)) object(at, *x.block, path);
                   },
                   [&](const Collection& x) {
                     if (x.block == &block_of<Assumption>()) return;
                     for (std::size_t i = 0; i < x.size(x.at); ++i)
                       object(x.item(x.at, i), *x.block, path + "." + x.name(x.at, i));
                   },
                   [](const auto&) {},  // texts, flags, choices, lists of names
               },
               slot);
  }

  const Model effective_;
  const PathIndex index_;
  const std::function<void(const NumberPlace&)>& visit_;
  bool fixed_ = false;
};

}  // namespace

void for_each_number(Model& model, const std::function<void(const NumberPlace&)>& visit) {
  NumberVisit(model, visit).object(&model, block_of<Model>(), "");
}

}  // namespace goodwill
