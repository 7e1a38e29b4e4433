#include "sim/file/document.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace {

using goodwill::Node;
using goodwill::parse_document;
using goodwill::Problem;
using goodwill::read_file;

std::vector<std::string> problems_of(std::string_view text, Node* out = nullptr) {
  std::vector<Problem> problems;
  Node node = parse_document(text, 0, "a.yaml", problems);
  if (out) *out = std::move(node);
  std::vector<std::string> texts;
  for (const Problem& p : problems) texts.push_back(p.str());
  return texts;
}

Node parsed(std::string_view text) {
  Node node;
  EXPECT_EQ(problems_of(text, &node), std::vector<std::string>{}) << text;
  return node;
}

std::string repeated(std::string_view piece, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += piece;
  return out;
}

TEST(DocumentTest, KeepsOrderTextAndPositions) {
  const Node root = parsed("zeta: 1_400 / month\nalpha: {b: [x, 'y'], c: }\n");
  ASSERT_EQ(root.kind, Node::Kind::mapping);
  ASSERT_EQ(root.members.size(), 2u);
  EXPECT_EQ(root.members[0].first.text, "zeta");
  EXPECT_EQ(root.members[0].second.text, "1_400 / month");
  const Node& alpha = root.members[1].second;
  EXPECT_EQ(alpha.mark.line, 2);
  EXPECT_EQ(alpha.mark.column, 8);
  EXPECT_EQ(alpha.find("c")->kind, Node::Kind::null);
  const Node& b = *alpha.find("b");
  ASSERT_EQ(b.items.size(), 2u);
  EXPECT_FALSE(b.items[0].quoted);
  EXPECT_TRUE(b.items[1].quoted);
  EXPECT_EQ(alpha.find("d"), nullptr);
}

TEST(DocumentTest, ColumnsCountCharacters) {
  const Node root = parsed("\xEF\xBB\xBF\xC3\xBC: 1\r\n\xE2\x82\xAC: {\xC3\xA4: \xF0\x9F\x98\x80, b: 2}\r\n");
  EXPECT_EQ(root.members[0].second.mark.column, 4);
  const Node& inner = root.members[1].second;
  EXPECT_EQ(inner.find("b")->mark.line, 2);
  EXPECT_EQ(inner.find("b")->mark.column, 14);
}

TEST(DocumentTest, AliasesAreCopies) {
  const Node root = parsed("a: &x {fee: 3}\nb: *x\n");
  const Node& b = root.members[1].second;
  EXPECT_EQ(b.mark.line, 2);
  EXPECT_EQ(b.find("fee")->text, "3");
  EXPECT_EQ(b.find("fee")->mark.line, 1);
}

TEST(DocumentTest, ProblemsThatDoNotEndTheReading) {
  const struct {
    const char* text;
    std::vector<std::string> problems;
  } cases[] = {
      {"a: 1\nb: 2\na: 3\n", {"a.yaml:3:1: 'a' stands here twice; first at line 1, column 1"}},
      {"{a: 1, \"a\": 2}", {"a.yaml:1:8: 'a' stands here twice; first at line 1, column 2"}},
      {"a: 1\n<<: {b: 2}\n",
       {"a.yaml:2:1: merge keys ('<<') are not used in models; write the fields out, or use 'channels'"}},
      {"? [x]\n: 1\n", {"a.yaml:1:3: a name is a text, found a list"}},
      {"{{x: 1}: 1}", {"a.yaml:1:2: a name is a text, found a mapping"}},
      {": 1\n~: 2\n",
       {"a.yaml:1:1: a name is a text, found nothing", "a.yaml:2:1: a name is a text, found nothing"}},
      {"a: !!int 5\n", {"a.yaml:1:4: tags are not used in models; leave out '!!int'"}},
      {"a: !money {b: 1}\n", {"a.yaml:1:4: tags are not used in models; leave out '!money'"}},
      {"{fee:38}", {"a.yaml:1:2: found 'fee:38'; a ':' is followed by a space"}},
  };
  for (const auto& [text, problems] : cases) {
    Node node;
    EXPECT_EQ(problems_of(text, &node), problems) << text;
    EXPECT_EQ(node.kind, Node::Kind::mapping) << text;
  }
}

TEST(DocumentTest, ProblemsThatEndTheReading) {
  const std::string colon = "a ':' where no name can stand; indent by the same number of spaces as the "
                            "neighbours, write 'name: value' "
                            "with a space, and quote a text that contains ': '";
  const struct {
    std::string text, problem;
  } cases[] = {
      {"", "1:1: the file is empty"},
      {"# nothing\n", "1:1: the file is empty"},
      {"---\n", "1:1: the file is empty"},
      {"a: 1\n---\nb: 2\n", "2:1: a second document starts here; a model is one document"},
      {"- a\nb: 2\n", "2:1: this does not belong to what stands above; check the indentation"},
      {"a:\n\tb: 1\n", "2:1: a tab in the indentation; use spaces"},
      {"a:\n  b: 1\n\tc: 2\n", "3:1: a tab in the indentation; use spaces"},
      {"a: 1\rb: 2\r", "1:5: a carriage return without a line feed; end lines with LF or CR LF"},
      {std::string("a: 1\n\0b", 7), "2:1: control character 0x00; a model is a text file"},
      {"a: \x04\nb: 1\n", "1:4: control character 0x04; a model is a text file"},
      {"\x7F"
       "ELF",
       "1:1: control character 0x7F; a model is a text file"},
      {"a: caf\xE9\n", "1:7: byte 0xE9 is not UTF-8; save the file as UTF-8"},
      {"a: \xC0\xAF\n", "1:4: byte 0xC0 is not UTF-8; save the file as UTF-8"},
      {"a: \xED\xA0\x80\n", "1:4: byte 0xED is not UTF-8; save the file as UTF-8"},
      {"a: \xF4\x90\x80\x80\n", "1:4: byte 0xF4 is not UTF-8; save the file as UTF-8"},
      {"a: \xE2\x82", "1:4: byte 0xE2 is not UTF-8; save the file as UTF-8"},
      {std::string("\xFF\xFE"
                   "a\0",
                   4),
       "1:1: the file is UTF-16; save it as UTF-8"},
      {"a: {b: 1\nc: 2\n", "1:4: '{' is never closed"},
      {"a: 1\nb: [1, 2\nc: 3\n", "2:4: '[' is never closed"},
      {"a: {b: 1}}\n", "1:10: a '}' or ']' that closes nothing"},
      {"a: \"b\n", "1:4: a quote that is never closed"},
      {"a: &x 'it''s\n", "1:7: a quote that is never closed"},
      {"a: @b\n", "1:4: a text cannot start with this character; quote it"},
      {"a: b: c\n", "1:5: " + colon},
      {"fee:38\nb: 2\n", "2:2: " + colon},
      {"a:\n  b: 1\n c: 2\n",
       "3:2: this does not line up with the names above; check the indentation and the ':'"},
      {"a: *x\n", "1:4: an alias ('*name') without its anchor ('&name')"},
      {"a: &x [*x]\n", "1:8: an alias inside its own anchor"},
      {"a: \"\\q\"\n", "1:7: YAML: unknown escape character: q"},
      {"%YAML 2.0\n---\na: 1\n", "1:1: YAML: YAML major version too large"},
      {repeated("[", 65) + repeated("]", 65), "1:65: nested more than 64 deep"},
      {repeated("[", 100'000) + repeated("]", 100'000), "1:65: nested more than 64 deep"},
      {repeated("- ", 100'000), "1:129: nested more than 64 deep"},
      {"a: &x " + repeated("[", 40) + repeated("]", 40) + "\nb: " + repeated("[", 30) + "*x" +
           repeated("]", 30),
       "2:34: nested more than 64 deep"},
      {std::string((4u << 20) + 1, ' '), "1:1: the file is larger than 4 MiB"},
      {repeated("- a\n", 300'000), "200000:3: more than 200,000 values, aliases expanded"},
  };
  for (const auto& [text, problem] : cases) {
    Node node;
    EXPECT_EQ(problems_of(text, &node), std::vector<std::string>{"a.yaml:" + problem}) << text.substr(0, 60);
    EXPECT_EQ(node.kind, Node::Kind::null);
  }
}

TEST(DocumentTest, AliasBombs) {
  std::string lists = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string alias = "*x" + std::to_string(i - 1);
    lists += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + repeated(alias + ", ", 9) + alias +
             "]\n";
  }
  ASSERT_EQ(problems_of(lists).size(), 1u);
  EXPECT_NE(problems_of(lists)[0].find("more than 200,000 values"), std::string::npos);

  const std::string texts =
      "a: &x " + std::string(1'000'000, 'y') + "\nb: [" + repeated("*x, ", 10'000) + "]\n";
  ASSERT_EQ(problems_of(texts).size(), 1u);
  EXPECT_NE(problems_of(texts)[0].find("more than 16 MiB of text"), std::string::npos);
}

TEST(DocumentTest, LimitsAreNotReachedByLargeModels) {
  std::string text = "segments:\n";
  for (int i = 0; i < 10'000; ++i)
    text += "  s" + std::to_string(i) + ": {count: 10, tenure: 2 years, arrivals: 3}\n";
  EXPECT_EQ(parsed(text).find("segments")->members.size(), 10'000u);
  EXPECT_EQ(parsed(repeated("[", 64) + repeated("]", 64)).kind, Node::Kind::sequence);
  EXPECT_EQ(parsed("a: '" + std::string(1'000'000, 'x') + "'").find("a")->text.size(), 1'000'000u);
}

TEST(DocumentTest, ManyProblemsEndTheReading) {
  const auto problems = problems_of(repeated("a: 1\n", 1000));
  ASSERT_EQ(problems.size(), 101u);
  EXPECT_EQ(problems.back(), "a.yaml:102:1: too many problems; the rest was not read");
}

// Each of these texts once took the YAML scanner a minute or a gigabyte.
TEST(DocumentTest, HostileTextsAreQuick) {
  const std::size_t n = 1u << 21;
  for (const std::string& text :
       {repeated("[", n), repeated("{", n), repeated("[],", n / 3), "[" + repeated("[],", n / 3),
        repeated("[\n", n / 2), "[" + repeated("\"a\"", n / 3), "{" + repeated("? a,", n / 4),
        repeated("&a ", n / 3), repeated("!a ", n / 3), repeated("? ", n / 2), repeated(":", n),
        repeated("\n", n), repeated("%TAG ! a\n", n / 9), "a: |\n" + repeated(" x\n", n / 3)}) {
    const auto start = std::chrono::steady_clock::now();
    problems_of(text);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT_LT(seconds.count(), 30) << text.substr(
        0, 20);  // about 0.5 s; sanitizers and busy machines are slower
  }
}

TEST(DocumentTest, ReadsFiles) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "goodwill_document_test";
  std::filesystem::create_directories(folder);
  const auto file = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  };
  std::vector<Problem> problems;
  EXPECT_EQ(read_file(file("a.yaml", "a: 1\r\n"), problems), "a: 1\r\n");
  EXPECT_TRUE(problems.empty());
  read_file(folder.string(), problems);
  read_file((folder / "none.yaml").string(), problems);
  read_file(file("large.yaml", std::string((4u << 20) + 1, ' ')), problems);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].text, "is a folder, not a file");
  EXPECT_EQ(problems[1].text, "cannot be read: No such file or directory");
  EXPECT_EQ(problems[2].text, "the file is larger than 4 MiB");
  std::filesystem::remove_all(folder);
}

}  // namespace
