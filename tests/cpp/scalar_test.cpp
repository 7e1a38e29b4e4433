#include "sim/model/scalar.hpp"
#include "sim/model/words.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <locale>
#include <random>

namespace {

using goodwill::describe;
using goodwill::format_scalar;
using goodwill::parse_scalar;
using goodwill::Period;
using goodwill::Unit;

TEST(ScalarTest, Reads) {
  const struct {
    const char* text;
    Unit unit;
    Period period;
    double value;
  } cases[] = {
      {"0.3", Unit::plain, Period::month, 0.3},
      {".3", Unit::plain, Period::month, 0.3},
      {"5.", Unit::plain, Period::month, 5},
      {"-0.35", Unit::plain, Period::month, -0.35},
      {"+2", Unit::plain, Period::month, 2},
      {"  2  ", Unit::plain, Period::month, 2},
      {"1e3", Unit::plain, Period::month, 1000},
      {"1E-3", Unit::plain, Period::month, 0.001},
      {"1.5e+2", Unit::plain, Period::month, 150},
      {"1_400", Unit::plain, Period::month, 1400},
      {"1_000_000.5", Unit::plain, Period::month, 1000000.5},
      {"007", Unit::plain, Period::month, 7},
      {"2 %", Unit::probability, Period::month, 0.02},
      {"2%", Unit::probability, Period::month, 0.02},
      {"7 %", Unit::probability, Period::month, 0.07},
      {"\xC2\xA0"
       "2\xE2\x80\xAF%",
       Unit::probability, Period::month, 0.02},
      {"2", Unit::probability, Period::month, 2},  // bounds are the field's
      {"2 % / month", Unit::probability_per_period, Period::month, 0.02},
      {"2 % per month", Unit::probability_per_period, Period::month, 0.02},
      {"2%/month", Unit::probability_per_period, Period::month, 0.02},
      {"0.02", Unit::probability_per_period, Period::week, 0.02},
      {"0.02 / month", Unit::probability_per_period, Period::month, 0.02},
      {"100 % / year", Unit::probability_per_period, Period::month, 1},
      {"0 % / year", Unit::probability_per_period, Period::month, 0},
      {"-2 % / month", Unit::probability_per_period, Period::month, -0.02},  // what `add` takes
      {"0.7 / month", Unit::rate_per_period, Period::month, 0.7},
      {"1_400 / month", Unit::rate_per_period, Period::year, 16800},
      {"1_200 per year", Unit::rate_per_period, Period::month, 100},
      {"7 / week", Unit::rate_per_period, Period::day, 1},
      {"2 % / month", Unit::rate_per_period, Period::month, 0.02},
      {"62 %", Unit::share, Period::month, 0.62},
      {"900_000", Unit::money, Period::month, 900000},
      {"40_000 / month", Unit::money_per_period, Period::year, 480000},
      {"365 / year", Unit::money_per_period, Period::day, 1},
      {"3 years", Unit::duration, Period::month, 36},
      {"1 year", Unit::duration, Period::day, 365},
      {"18 months", Unit::duration, Period::year, 1.5},
      {"2 weeks", Unit::duration, Period::day, 14},
      {"14 days", Unit::duration, Period::week, 2},
      {"36", Unit::duration, Period::week, 36},
      {"4", Unit::period_index, Period::week, 4},
      {"month 24", Unit::period_index, Period::month, 24},
      {"week 3", Unit::period_index, Period::week, 3},
      {"25 minutes", Unit::minutes, Period::month, 25},
      {"1 minute", Unit::minutes, Period::month, 1},
      {"90 seconds", Unit::minutes, Period::month, 1.5},
      {"1 hour", Unit::minutes, Period::month, 60},
      {"2 days", Unit::minutes, Period::month, 2880},
      {"25", Unit::minutes, Period::month, 25},
      {"0.8 points", Unit::points, Period::month, 0.8},
      {"1 point", Unit::points, Period::month, 1},
      {"7.5", Unit::points, Period::month, 7.5},
      {"10_000", Unit::count, Period::month, 10000},
      {"1.5e6", Unit::count, Period::month, 1500000},
      {"10 %", Unit::per_year, Period::month, 0.1},
      {"10 % / year", Unit::per_year, Period::month, 0.1},
  };
  for (const auto& [text, unit, period, value] : cases) {
    const auto got = parse_scalar(text, unit, period);
    EXPECT_TRUE(got.ok) << text << ": " << got.problem;
    EXPECT_EQ(got.value, value) << text;
  }
}

TEST(ScalarTest, ConvertsProbabilities) {
  const auto read = [](const char* text, Unit unit, Period period) {
    return parse_scalar(text, unit, period).value;
  };
  // The oracle's own 1 - ... cancels; its error is absolute.
  EXPECT_NEAR(read("24 % / year", Unit::probability_per_period, Period::month), 1 - std::pow(0.76, 1 / 12.0),
              1e-15);
  EXPECT_NEAR(read("2 % / month", Unit::probability_per_period, Period::year), 1 - std::pow(0.98, 12), 1e-15);
  EXPECT_NEAR(read("2 % / week", Unit::probability_per_period, Period::day), 1 - std::pow(0.98, 1 / 7.0),
              1e-15);
  EXPECT_NEAR(read("0.8 % / month", Unit::per_year, Period::week), std::pow(1.008, 12) - 1, 1e-15);
}

TEST(ScalarTest, Refuses) {
  const struct {
    const char* text;
    Unit unit;
    const char* why;
  } cases[] = {
      {"", Unit::plain, "it is empty"},
      {" ", Unit::plain, "it is empty"},
      {"yes", Unit::plain, "it is not a number"},
      {"true", Unit::plain, "it is not a number"},
      {"nan", Unit::plain, "it is not a number"},
      {".nan", Unit::plain, "it is not a number"},
      {"inf", Unit::plain, "it is not a number"},
      {"-.inf", Unit::plain, "it is not a number"},
      {"-", Unit::plain, "it is not a number"},
      {"- 5", Unit::plain, "it is not a number"},
      {"+-5", Unit::plain, "it is not a number"},
      {"1.2.3", Unit::plain, "it is not a number"},
      {"1e3.5", Unit::plain, "it is not a number"},
      {"$churn", Unit::plain, "it is not a number"},
      {"0x1F", Unit::plain, "numbers are decimal"},
      {"0o17", Unit::plain, "numbers are decimal"},
      {"1e400", Unit::plain, "the number is out of range"},
      {"1e-400", Unit::plain, "the number is out of range"},
      {"1__4", Unit::plain, "'_' stands between digits only"},
      {"1_", Unit::plain, "'_' stands between digits only"},
      {"_1", Unit::plain, "it is not a number"},
      {"0,8", Unit::plain, "the decimal sign is a point, and thousands are grouped by '_' (1_400)"},
      {"1,400", Unit::count, "the decimal sign is a point, and thousands are grouped by '_' (1_400)"},
      {"1 400", Unit::count, "thousands are grouped by '_' (1_400)"},
      {"1e", Unit::plain, "'e' has no place here"},
      {"5 % %", Unit::probability, "unknown unit '%'"},
      {"30 %", Unit::plain, "'%' has no place here"},
      {"30 EUR", Unit::money, "'EUR' has no place here"},
      {"30 / month", Unit::money, "'/ month' has no place here"},
      {"3 % / month", Unit::probability, "'/ month' has no place here"},
      {"2 % / moth", Unit::probability_per_period, "unknown unit 'moth' (do you mean 'month'?)"},
      {"2 % / 3 months", Unit::probability_per_period, "unknown unit '3 months'"},
      {"2 % /", Unit::probability_per_period, "unknown unit '/'"},
      {"200 % / year", Unit::probability_per_period, "a probability lies between 0 % and 100 %"},
      {"25 minutes", Unit::duration, "unknown unit 'minutes'"},
      {"3 yeers", Unit::duration, "unknown unit 'yeers' (do you mean 'years'?)"},
      {"3 months", Unit::minutes, "unknown unit 'months'"},
      {"8 point of", Unit::points, "unknown unit 'of'"},
      {"12.5", Unit::count, "it is not a whole number"},
      {"0", Unit::period_index, "periods are counted from 1"},
      {"2.5", Unit::period_index, "it is not a whole number"},
      {"week 3", Unit::period_index, "the model's period is the month"},
      {"month", Unit::period_index, "it is not a number"},
      {"-100 % / month", Unit::per_year, "a rate of interest is above -100 %"},
      {"1e300 / month", Unit::per_year, "the number is out of range"},
  };
  for (const auto& [text, unit, why] : cases) {
    const auto got = parse_scalar(text, unit, Period::month);
    EXPECT_FALSE(got.ok) << text << " read as " << got.value;
    EXPECT_EQ(got.problem,
              "found '" + std::string(text) + "': " + why + "; accepted: " + std::string(describe(unit)));
  }
  EXPECT_FALSE(parse_scalar(std::string(1'000'000, '9'), Unit::plain, Period::month).ok);
}

TEST(ScalarTest, DescriptionsContainExamplesThatRead) {
  EXPECT_EQ(describe(Unit::probability_per_period),
            "a probability per period, for example 2 % / month or 0.02");
  for (int u = 0; u <= static_cast<int>(Unit::per_year); ++u) {
    const std::string text(describe(static_cast<Unit>(u)));
    const auto start = text.find("for example ") + 12;
    const auto end = std::min({text.find(',', start), text.find(" or ", start), text.size()});
    EXPECT_TRUE(parse_scalar(text.substr(start, end - start), static_cast<Unit>(u), Period::month).ok)
        << text;
  }
}

TEST(ScalarTest, FormatsWhatReadsBackAsTheSameBits) {
  const struct {
    double value;
    const char* text;
  } cases[] = {{0.02, "0.02"},     {1400, "1400"}, {100000, "100000"}, {-0.35, "-0.35"},
               {0.0001, "0.0001"}, {0, "0"},       {1e-9, "1e-09"},    {1e20, "1e+20"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(format_scalar(value, Unit::plain), text);
  std::mt19937_64 engine(3);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::ldexp(static_cast<double>(engine()), static_cast<int>(engine() % 600) - 300);
    for (Unit unit : {Unit::plain, Unit::probability_per_period, Unit::per_year})
      EXPECT_EQ(parse_scalar(format_scalar(value, unit), unit, Period::week).value, value);
  }
}

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST(ScalarTest, DoesNotDependOnTheLocale) {
  const std::string c_locale = std::setlocale(LC_ALL, nullptr);
  const std::locale before = std::locale::global(std::locale(std::locale(), new Comma));
  std::setlocale(LC_ALL, "de_DE.UTF-8");  // where there is one
  EXPECT_EQ(parse_scalar("0.5", Unit::plain, Period::month).value, 0.5);
  EXPECT_EQ(format_scalar(0.5, Unit::plain), "0.5");
  std::locale::global(before);
  std::setlocale(LC_ALL, c_locale.c_str());
}

TEST(ScalarTest, Periods) {
  EXPECT_EQ(goodwill::word(Period::week), "week");
  EXPECT_EQ(goodwill::named<Period>("week"), Period::week);
  EXPECT_EQ(goodwill::named<Period>("weeks"), std::nullopt);
  goodwill::Model m;
  for (const auto& [period, count] : {std::pair(Period::day, 365.0),
                                      {Period::week, 365.0 / 7},
                                      {Period::month, 12.0},
                                      {Period::year, 1.0}}) {
    m.period = period;
    EXPECT_EQ(m.periods_per_year(), count);
  }
}

TEST(ScalarTest, PercentReadsBackBitForBit) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(-12, 2);
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::pow(10.0, exponent(random));
    const auto back = parse_scalar(goodwill::format_percent(value), Unit::probability, Period::month);
    ASSERT_TRUE(back.ok) << goodwill::format_percent(value);
    ASSERT_EQ(back.value, value) << goodwill::format_percent(value);
  }
  EXPECT_EQ(goodwill::format_percent(0.02), "2 %");
  EXPECT_EQ(goodwill::format_percent(0.125), "12.5 %");
  EXPECT_EQ(goodwill::format_percent(-1), "-100 %");
  EXPECT_EQ(goodwill::format_percent(0), "0 %");
  EXPECT_EQ(parse_scalar("0.3 %", Unit::probability, Period::month).value, 0.003);
}

}  // namespace
