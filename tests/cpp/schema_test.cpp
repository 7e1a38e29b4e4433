// The schema and the reference page say what the reader accepts.
#include "sim/file/schema.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "sim/model/fields.hpp"

namespace {

using namespace goodwill;

TEST(Schema, IsOneDocumentWithoutLooseEnds) {
  const std::string text = json_schema();
  const YAML::Node schema = YAML::Load(text);  // JSON is YAML
  EXPECT_EQ(schema["$schema"].as<std::string>(), "https://json-schema.org/draft/2020-12/schema");
  const std::string key = "#/$defs/";
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    const std::string name = text.substr(at + key.size(), text.find('"', at) - at - key.size());
    EXPECT_TRUE(schema["$defs"][name].IsDefined()) << name;
  }
}

TEST(Schema, KnowsEveryField) {
  const YAML::Node schema = YAML::Load(json_schema());
  for (const Block* block : all_blocks())
    for (const Field& f : block->fields) {
      const YAML::Node where = block->name == "model" ? schema : schema["$defs"][std::string(block->name)];
      EXPECT_TRUE(where["properties"][std::string(f.name)]["description"].IsDefined())
          << block->name << "." << f.name;
    }
  EXPECT_TRUE(schema["properties"]["model"].IsDefined());
}

TEST(Reference, KnowsEveryFieldWithDefaultAndSource) {
  const std::string text = reference_markdown();
  for (const Block* block : all_blocks()) {
    EXPECT_NE(text.find("## " + std::string(block->name) + "\n"), std::string::npos);
    for (const Field& f : block->fields)
      EXPECT_NE(text.find("| `" + std::string(f.name) + "` |"), std::string::npos) << f.name;
  }
  EXPECT_NE(text.find("| 0 to 20 | 2 | How much more a shortfall is felt than an excess. | Anderson & "
                      "Sullivan 1993; Mittal, Ross & Baldasare 1998 |"),
            std::string::npos);
  EXPECT_NE(text.find("| prospect, customer, lapsed | customer |"), std::string::npos);
}

}  // namespace
