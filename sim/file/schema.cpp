#include "sim/file/schema.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

#include "sim/file/write.hpp"
#include "sim/model/accept.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

std::string quote(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

std::string ref(std::string_view name) { return "{\"$ref\": \"#/$defs/" + std::string(name) + "\"}"; }
std::string map_of(const std::string& schema) {
  return R"({"type": "object", "additionalProperties": )" + schema + "}";
}
std::string any_of(const std::string& a, const std::string& b) {
  return "{\"anyOf\": [" + a + ", " + b + "]}";
}

constexpr const char* kAny = R"({"type": ["number", "string"]})";
constexpr const char* kText = R"({"type": "string"})";
constexpr const char* kNames = R"({"type": ["string", "array"], "items": {"type": ["string", "number"]}})";

/// A number or a text with a unit; a text's bounds are the reader's business.
std::string number(const Field& f) {
  std::string out = R"({"type": ["number", "string"])";
  if (std::isfinite(f.low)) out += ", \"minimum\": " + format_scalar(f.low, Unit::plain);
  if (std::isfinite(f.high)) out += ", \"maximum\": " + format_scalar(f.high, Unit::plain);
  return out + "}";
}

std::string type_of(const Field& f, const Slot& slot);

std::string brief(const Field& f, const Short& x) {
  const Form& form = *x.form;
  if (!form.block) return number(f);
  std::string block, parts;
  for (const Field& part : form.block->fields)
    parts += (parts.empty() ? "" : ", ") + quote(part.name) + ": " + type_of(part_of(f, part), part.at(x.at));
  if (form.described())
    block = ref(form.block->name);
  else if (by_name(x))
    block = map_of(number(f));
  else
    block = R"({"type": "object", "properties": {)" + parts + R"(}, "additionalProperties": false})";
  return form.brief ? any_of(number(f), block) : block;
}

std::string type_of(const Field& f, const Slot& slot) {
  return std::visit(Overloaded{
                        [&](const Number*) { return number(f); },
                        [&](const std::optional<Number>*) { return number(f); },
                        [&](const std::string*) { return std::string(kText); },
                        [&](const OwnEdges*) { return std::string(kText); },
                        [&](const bool*) { return std::string(R"({"type": "boolean"})"); },
                        [&](const Choice& x) {
                          std::string out = "{\"enum\": [";
                          for (std::size_t i = 0; i < x.names.size(); ++i)
                            out += (i ? ", " : "") + quote(x.names[i]);
                          return out + "]}";
                        },
                        [&](const Names*) { return std::string(kNames); },
                        [&](const Response*) { return ref("response"); },
                        [&](const Branch*) { return ref("branch"); },
                        [&](const std::optional<Branch>*) { return ref("branch"); },
                        [&](const Next*) { return any_of(ref("branch"), ref("next")); },
                        [&](const std::optional<Range>*) { return ref("range"); },
                        [&](const Named<Response>*) { return map_of(ref("response")); },
                        [&](const Named<Number>*) { return map_of(number(f)); },
                        [&](const Matrix*) { return map_of(map_of(number(f))); },
                        [&](const std::vector<Change>*) { return map_of(ref("change")); },
                        [&](const Each*) { return map_of(number(f)); },
                        [&](const Named<std::string>*) { return map_of(kText); },
                        [&](const Named<Names>*) { return map_of(kNames); },
                        [&](const Short& x) { return brief(f, x); },
                        [&](const Object& x) { return ref(x.block->name); },
                        [&](const Optional& x) {
                          const std::string block = ref(x.block->name);
                          if (x.block->absent.empty()) return block;
                          return any_of("{\"enum\": [" + quote(x.block->absent) + "]}", block);
                        },
                        [&](const Collection& x) {
                          std::string out = map_of(ref(x.block->name));
                          if (x.block != &block_of<Goal>()) return out;
                          std::string names;
                          for (const Indicator& i : indicators())
                            names += (names.empty() ? "" : ", ") + quote(i.name);
                          return out.insert(1, "\"propertyNames\": {\"enum\": [" + names + "]}, ");
                        },
                    },
                    slot);
}

std::string default_of(const Block& block, const Field& f) {
  const Slot slot = f.at(block.defaults);
  const Node node = to_node(f, slot, Write::given);
  if (std::holds_alternative<Short>(slot) && node.members.size() == 2)
    return node.members[0].second.text + " +- " + node.members[1].second.text;
  return node.kind == Node::Kind::scalar ? node.text : "";
}

std::string description(const Block& block, const Field& f) {
  std::string out(f.text);
  if (f.unit != Unit::plain) out += " Unit: " + std::string(describe(f.unit)) + ".";
  if (const std::string d = default_of(block, f); !d.empty()) out += " Default: " + d + ".";
  return out;
}

std::string properties(const Block& block) {
  std::string out;
  for (const Field& f : block.fields) {
    std::string type = type_of(f, f.at(block.defaults));
    type.insert(1, "\"description\": " + quote(description(block, f)) + ", ");
    out += (out.empty() ? "" : ",\n") + std::string("        ") + quote(f.name) + ": " + type;
  }
  return out;
}

std::string definition(const Block& block) {
  std::string extra;
  if (&block == &block_of<Assumption>())
    for (const std::string_view name : words<Assumption::Distribution>)
      extra += ",\n        " + quote(name) +
               R"(: {"type": "array", "minItems": 2, "maxItems": 2, "items": )" + kAny + "}";
  std::string out = "    " + quote(block.name) +
                    ": {\"type\": \"object\", \"description\": " + quote(block.text) +
                    ", \"additionalProperties\": false,\n      \"properties\": {\n" + properties(block) +
                    extra + "\n      }}";
  if (&block != &block_of<Response>()) return out;
  // a number, a table by tenure, or a level with effects
  std::string level;
  for (const auto form : {Response::Form::average, Response::Form::base})
    level += quote(word(form)) + ": " + kAny + ", ";
  level += quote(word(Response::Form::table)) +
           R"(: {"type": "object", "additionalProperties": false, "patternProperties": {"^[0-9]": )" + kAny +
           "}}, ";
  level += quote(word(Response::Form::beta)) +
           R"(: {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},)";
  return "    \"response\": {\"description\": " + quote(block.text) +
         ", \"type\": [\"number\", \"string\", \"object\"], \"additionalProperties\": false,\n"
         "      \"patternProperties\": {\"^[0-9]\": " +
         std::string(kAny) + "},\n      \"properties\": {" + level + "\n" + properties(block) + "\n      }}";
}

/// Definitions of values that are not blocks.
std::string shared() {
  std::string operations;
  for (const std::string_view w : words<Change::Op>)
    operations += (operations.empty() ? "" : ", ") + quote(w) + ": " + kAny;
  const std::string any = kAny;
  return R"(    "branch": {"type": ["string", "object"], "description": "A name, or targets with shares; one may be otherwise.", "additionalProperties": )" +
         any + R"(},
    "range": {"type": ["string", "object"], "description": "`12 to 24 months`, {below: ..} or {above: ..}.", "additionalProperties": false, "properties": {"above": )" +
         any + R"(, "below": )" + any + R"(}},
    "change": {"type": "object", "description": "One of )" +
         joined(word_list<Change::Op>(), ", ") +
         R"(.", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": {)" +
         operations + "}}";
}

std::string cell(std::string_view s) {
  std::string out;
  for (char c : s) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

bool numeric(const Slot& slot) {
  return !std::holds_alternative<std::string*>(slot) && !std::holds_alternative<OwnEdges*>(slot) &&
         !std::holds_alternative<bool*>(slot) && !std::holds_alternative<Choice>(slot) &&
         !std::holds_alternative<Names*>(slot) && !std::holds_alternative<Object>(slot) &&
         !std::holds_alternative<Optional>(slot) && !std::holds_alternative<Collection>(slot) &&
         !std::holds_alternative<std::vector<Change>*>(slot) &&
         !std::holds_alternative<Named<Names>*>(slot) && !std::holds_alternative<Named<std::string>*>(slot);
}

}  // namespace

std::string json_schema() {
  std::string out = "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": "
                    "\"goodwill model\",\n";
  const Block& model = block_of<Model>();
  out += "  \"description\": " + quote(model.text) +
         ",\n  \"type\": \"object\",\n  \"additionalProperties\": false,\n  \"properties\": {\n";
  out += "        \"goodwill\": {\"const\": 1, \"description\": \"Version of the grammar.\"},\n";
  out += "        \"model\": {\"type\": \"string\", \"description\": \"A model file this one adds to, "
         "relative to it.\"},\n";
  out += properties(model) + "\n  },\n  \"$defs\": {\n";
  for (const Block* block : all_blocks())
    if (block != &model) out += definition(*block) + ",\n";
  return out + shared() + "\n  }\n}\n";
}

std::string reference_markdown() {
  std::string out;
  for (const Block* block : all_blocks()) {
    out += "## " + std::string(block->name) + "\n\n" + std::string(block->text) + "\n\n";
    out +=
        "| field | unit | accepted | default | meaning | source |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const Field& f : block->fields) {
      const Slot slot = f.at(block->defaults);
      const bool number = numeric(slot);
      std::string accepted = number ? bounds_text({f.unit, f.low, f.high}) : "";
      if (const auto* choice = std::get_if<Choice>(&slot))
        for (std::string_view name : choice->names)
          accepted += (accepted.empty() ? "" : ", ") + std::string(name);
      out += "| `" + std::string(f.name) + "` | " + (number ? cell(describe(f.unit)) : "") + " | " +
             accepted + " | " + cell(default_of(*block, f)) + " | " + cell(f.text) + " | " + cell(f.source) +
             " |\n";
    }
    out += "\n";
  }
  out += "## indicators\n\nWhat a goal can be about: figures of the whole firm in the goal's period.\n\n"
         "| indicator | unit | what it can be | meaning |\n| --- | --- | --- | --- |\n";
  for (const Indicator& i : indicators())
    out += "| `" + std::string(i.name) + "` | " + cell(describe(i.unit)) + " | " +
           bounds_text({i.unit, i.low, i.high}) + " | " + cell(i.text) + " |\n";
  return out + "\n";
}

}  // namespace goodwill
