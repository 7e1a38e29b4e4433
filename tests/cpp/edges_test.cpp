// Own edges: what a list says, and how it is written.
#include "sim/file/edges.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/file/assign.hpp"
#include "sim/file/read.hpp"
#include "sim/file/write.hpp"
#include "sim/model/people.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

struct Parsed {
  std::string ties, problems;
};
Parsed parsed(const std::string& text, bool directed = false) {
  Parsed out;
  const LineReport report = [&](std::uint32_t line, const std::string& problem) {
    out.problems += std::to_string(line) + ": " + problem + "\n";
  };
  for (const Tie& t : ordered(parse_edges(text, report), directed, report)) {
    out.ties += std::to_string(t.one) + "-" + std::to_string(t.other) + "@" + std::to_string(t.line) + " ";
    if (t.weight != 1) out.ties += "x" + format_scalar(t.weight, Unit::plain) + " ";
  }
  return out;
}

TEST(Edges, RowsAndColumnsComeInAnyOrder) {
  const Parsed a = parsed("from,to\n3,1\n0,2\n1,0\n");
  EXPECT_EQ(a.problems, "");
  EXPECT_EQ(a.ties, "0-1@4 0-2@3 1-3@2 ");
  EXPECT_EQ(parsed("to,from\n3,1\n0,2\n1,0").ties, a.ties);
}

TEST(Edges, OtherProgramsWriteThemOtherwise) {
  const Parsed a = parsed("\xEF\xBB\xBF\"from\", \"to\"\r\n\"3\" ,1\r\n0,2\r\n\r\n");
  EXPECT_EQ(a.problems, "");
  EXPECT_EQ(a.ties, "0-2@3 1-3@2 ");
}

TEST(Edges, DirectedEdgesKeepTheirEnds) {
  const Parsed a = parsed("from,to\n3,1\n0,2\n1,3\n", true);
  EXPECT_EQ(a.problems, "");
  EXPECT_EQ(a.ties, "0-2@3 1-3@4 3-1@2 ");
  EXPECT_EQ(parsed("from,to\n3,1\n1,3\n3,1\n", true).problems,
            "4: this edge comes a second time, after line 2; each is given once\n");
}

TEST(Edges, WeightsComeInAnyColumn) {
  const Parsed a = parsed("weight,from,to\n2.5,3,1\n1e3,0,2\n 0.25 ,1,0\n");
  EXPECT_EQ(a.problems, "");
  EXPECT_EQ(a.ties, "0-1@4 x0.25 0-2@3 x1000 1-3@2 x2.5 ");
  EXPECT_EQ(parsed("to,weight,from\n1,2.5,3\n2,1000,0\n0,.25,1\n").ties, a.ties);
  // Equal ones say nothing.
  EXPECT_EQ(parsed("from,to,weight\n0,1,7\n1,2,7.0\n").ties, "0-1@2 1-2@3 ");
}

TEST(Edges, WeightsReadBackAsTheyWere) {
  const LineReport none = [](std::uint32_t, const std::string& text) { ADD_FAILURE() << text; };
  std::vector<Tie> ties;
  float weight = 1e-38f;
  for (std::uint32_t k = 0; k < 200; ++k, weight *= 2.4f) ties.push_back({k, k + 1, k + 2, weight});
  EXPECT_EQ(parse_edges(edge_lines(ties), none), ties);
}

TEST(Edges, NoEdgesAreAList) {
  EXPECT_EQ(parsed("from,to\n").problems, "");
  EXPECT_EQ(parsed("from,to").ties, "");
}

TEST(Edges, MistakesAreNamedLineByLine) {
  const auto wrong = [](const std::string& text) { return parsed(text).problems; };
  EXPECT_EQ(wrong("from,to\n1,1\n0,1\n1,0\n0,1\n"),
            "2: the edge leads from 1 to themselves\n"
            "4: this edge comes a second time, after line 3; each is given once, from either end\n"
            "5: this edge comes a second time, after line 3; each is given once, from either end\n");
  const std::string number = "; it must be a whole number, which person it is, counted from 0\n";
  EXPECT_EQ(wrong("from,to\n1,b\n-1,2\n1,2.5\n,4\n2147483647,0\n"),
            "2: 'to' is 'b'" + number + "3: 'from' is '-1'" + number + "4: 'to' is '2.5'" + number +
                "5: 'from' is ''" + number + "6: 'from' is '2147483647'" + number);
  EXPECT_EQ(wrong("to,from\nx,1"), "2: 'to' is 'x'" + number);
  EXPECT_EQ(wrong("from,to\n1\n\n1,2,3\n"), "2: '1' is no edge; expected the numbers of two people\n"
                                            "3: '' is no edge; expected the numbers of two people\n"
                                            "4: '1,2,3' is no edge; expected the numbers of two people\n");
  for (const char* weight : {"0", "-1", "x", "nan", "inf", "1e99", "1e-99", "", "2 x"})
    EXPECT_EQ(wrong(std::string("weight,from,to\n") + weight + ",0,1"),
              "2: 'weight' is '" + std::string(weight) + "'; it must be a number above 0\n");
  EXPECT_EQ(wrong("from,to,weight\n0,1\n"),
            "2: '0,1' is no edge; expected the numbers of two people and a weight\n");
  EXPECT_EQ(wrong("from,to\n\xff\x1b,1\n"), "2: 'from' is '?" + ("?'" + number));
}

TEST(Edges, HeadingsAreNamed) {
  const auto wrong = [](const std::string& text) { return parsed(text).problems; };
  EXPECT_EQ(wrong("from,too\n0,1\n"),
            "1: 'too' is not a column of edges; did you mean 'to'? Allowed: from, to, "
            "weight\n"
            "1: the column 'to' is missing; the columns are from, to, and weight if any\n");
  EXPECT_EQ(wrong("from,from\n"),
            "1: the column 'from' comes twice; the columns are from, to, and weight if any\n"
            "1: the column 'to' is missing; the columns are from, to, and weight if any\n");
  EXPECT_EQ(wrong("weight,from,to,weight\n"),
            "1: the column 'weight' comes twice; the columns are from, to, and weight if any\n");
  EXPECT_EQ(wrong("secret,key\n0,1\n"), "1: this is no list of edges, whose first line is from,to\n");
  EXPECT_EQ(wrong(""), "1: this is no list of edges, whose first line is from,to\n");
}

std::string firm(const std::string& network, const std::string& more = "agents: all\n") {
  return "segments: {a: {count: 6}, b: {count: 4}}\nstages: {customer: {}}\n" + more +
         "word_of_mouth: {positive: 1, network: " + network + "}\n";
}
std::string refused(const std::string& text) {
  return refusal_of([&] { read_model_text(text, "m.yaml"); });
}

TEST(Edges, AModelHoldsThemAndWritesThem) {
  const Model m = read_model_text(firm("{edges: \"from,to\\n9,0\\n0,1\\n\"}"), "m.yaml");
  EXPECT_EQ(m.word_of_mouth->network->all.edges.ties->size(), 2u);
  const std::string text = write_model(m);
  EXPECT_NE(text.find("edges: \"from,to\\n0,1\\n0,9\\n\""), std::string::npos) << text;
  const Model turned = read_model_text(firm("{edges: \"to,from\\n1,0\\n9,0\"}"), "m.yaml"),
              other = read_model_text(firm("{edges: \"from,to\\n8,0\\n0,1\\n\"}"), "m.yaml");
  EXPECT_EQ(model_hash(turned), model_hash(m));
  EXPECT_NE(model_hash(other), model_hash(m));
  EXPECT_EQ(model_hash(read_model_text(text, "m.yaml")), model_hash(m));
}

TEST(Edges, AModelHoldsTheirDirectionAndTheirWeights) {
  const auto read = [](const std::string& network) { return read_model_text(firm(network), "m.yaml"); };
  const Model plain = read("{edges: \"from,to\\n9,0\\n0,1\\n\"}"),
              leads = read("{edges: \"from,to\\n9,0\\n0,1\\n\", directed: true}"),
              back = read("{directed: true, edges: \"from,to\\n0,9\\n0,1\\n\"}"),
              weighs = read("{edges: \"from,to,weight\\n9,0,0.3\\n0,1,2\\n\"}"),
              alike = read("{directed: false, edges: \"from,to,weight\\n9,0,2\\n0,1,2\\n\"}");
  const std::string text = write_model(leads);
  EXPECT_NE(text.find("edges: \"from,to\\n0,1\\n9,0\\n\""), std::string::npos) << text;
  EXPECT_NE(text.find("directed: true"), std::string::npos) << text;
  EXPECT_EQ(write_model(plain).find("directed"), std::string::npos);
  EXPECT_NE(write_model(weighs).find("edges: \"from,to,weight\\n0,1,2\\n0,9,0.3\\n\""), std::string::npos);
  EXPECT_EQ(model_hash(alike), model_hash(plain));
  std::set<std::string> hashes;
  for (const Model* m : {&plain, &leads, &back, &weighs}) {
    hashes.insert(model_hash(*m));
    EXPECT_EQ(model_hash(read_model_text(write_model(*m), "m.yaml")), model_hash(*m));
    EXPECT_EQ(model_hash(read_model_parts(write_model(*m, Write::by_reference), edge_files(*m), "m.yaml")),
              model_hash(*m));
  }
  EXPECT_EQ(hashes.size(), 4u);
}

TEST(Edges, TheirDirectionIsReadWithThem) {
  const std::string at = "m.yaml:4:", path = ": word_of_mouth.network.directed: ";
  EXPECT_EQ(refused(firm("{ring: 2, directed: true}")),
            at + "59" + path +
                "says which way `edges` lead, and none are given; only your own edges have a direction");
  const Model m = read_model_text(firm("{edges: \"from,to\\n9,0\\n0,1\\n\"}"), "m.yaml");
  const std::string edges = "word_of_mouth.network.edges", directed = "word_of_mouth.network.directed";
  const Node yes = Node::scalar("true"), list = Node::scalar("from,to\n9,0\n0,9\n");
  EXPECT_EQ(
      refusal_of([&] {
        assign(m, {{directed, yes}});
      }),
      "m.yaml:4:47: word_of_mouth.network.edges: which way edges lead is read with them; give `edges` and "
      "`directed`");
  // In any order.
  EXPECT_EQ(model_hash(assign(m, {{directed, yes}, {edges, list}})),
            model_hash(assign(m, {{edges, list}, {directed, yes}})));
  EXPECT_NE(refusal_of([&] {
              assign(m, {{edges, list}});
            }).find("this edge comes a second time"),
            std::string::npos);
}

TEST(Edges, PartsOfAModelHoldListsOfAnyLength) {
  std::string lines = "from,to\n";
  const int n = 400'000;  // more text than a file of a model may have
  for (int i = 0; i < n; ++i) lines += std::to_string(i) + "," + std::to_string(i + 1) + "\n";
  const std::string name = "chain.csv";
  const std::string text = "segments: {a: {count: 400_001}}\nstages: {customer: {}}\nagents: all\n"
                           "word_of_mouth: {positive: 1, network: {layers: {one: {edges: chain.csv}, two: "
                           "{edges: chain.csv, weight: 2}, three: {ring: 2}}}}\n"
                           "market: {size: 400_001, network: {edges: chain.csv}}\n";
  const Model m = read_model_parts(text, {{name, lines}}, "m.yaml");
  const auto lists = edge_files(m);
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists.begin()->second, lines);
  const Model back = read_model_parts(write_model(m, Write::by_reference), lists, "m.yaml");
  EXPECT_EQ(model_hash(back), model_hash(m));
  EXPECT_EQ(*back.market->network->all.edges.ties, *m.market->network->all.edges.ties);
}

TEST(Edges, EverybodyOfTheListMustBeThere) {
  const std::string path = "m.yaml:4:47: word_of_mouth.network.edges: ";
  EXPECT_EQ(refused(firm("{edges: \"from,to\\n0,9\\n10,2\\n\"}")),
            path +
                "line 3 of the list: there is nobody of number 10; people are numbered a 0 to 5, b 6 to 9");
  EXPECT_EQ(refused(firm("{edges: \"from,to\\n0,9\\n\"}", "agents: 10\n")),
            path + "a list says of everybody whom they know, so give agents: all");
  EXPECT_EQ(refused(firm("{edges: \"from,to\\n0,9\\n\", ring: 2}")),
            "m.yaml:4:39: word_of_mouth.network: names ring and edges; give one of ring, small_world, "
            "scale_free, random, blocks, degrees, edges");
  std::string many = "from,to";
  for (int i = 0; i < 12; ++i) many += "\\n1," + std::to_string(20 + i);
  const std::string all = refused(firm("{edges: \"" + many + "\"}"));
  EXPECT_NE(all.find("line 11 of the list: there is nobody of number 29"), std::string::npos) << all;
  EXPECT_EQ(all.find("line 12 of the list"), std::string::npos) << all;
  EXPECT_NE(all.find("2 more lines of the list name people who do not exist"), std::string::npos) << all;
}

TEST(Edges, ATextNamesNoFile) {
  EXPECT_EQ(
      refused(firm("{edges: friends.csv}")),
      "m.yaml:4:47: word_of_mouth.network.edges: a text names no file unless it is said where: in Python "
      "from_yaml(.., folder='.'); or give gw.Network.from_edges('friends.csv')");
  EXPECT_EQ(refused(firm("{edges: friends.txt}")),
            "m.yaml:4:47: word_of_mouth.network.edges: 'friends.txt' is no CSV file; its name ends in .csv");
  EXPECT_EQ(
      refused(firm("{edges: [0, 1]}")),
      "m.yaml:4:47: word_of_mouth.network.edges: expected the name of a CSV file of edges, or its lines, "
      "found a list");
}

TEST(People, AreNumberedBySegmentCustomersFirst) {
  const Model m = read_model_text("segments: {a: {count: 6}, b: {}, c: {count: 1}}\nstages: {customer: {}}\n"
                                  "market: {size: {a: 10, b: 3}}\n",
                                  "m.yaml");
  const std::vector<Numbered> people = numbered_people(m);
  std::string shown;
  for (const Numbered& n : people)
    shown +=
        std::to_string(n.first) + "+" + std::to_string(n.customers) + "+" + std::to_string(n.prospects) + " ";
  EXPECT_EQ(shown, "0+6+4 10+0+3 13+1+0 ");
  EXPECT_EQ(all_people(m), 14);
}

}  // namespace
