#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"

namespace hpe3par::config {
namespace {

const std::string kGolden = std::string(CONFIG_TEST_DIR) + "/golden/messages.txt";

/// One case of the golden file, whose beginning explains the format.
struct Case {
  std::string title;
  std::string snippet;
  std::vector<std::string> messages;
};

struct Golden {
  std::string head;
  std::vector<Case> cases;

  const Case& named(const std::string& title) const {
    return *std::find_if(cases.begin(), cases.end(), [&](const Case& each) { return each.title == title; });
  }
};

Golden read_golden() {
  Golden golden;
  std::ifstream stream(kGolden);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("## "))
      golden.cases.push_back({line.substr(3), "", {}});
    else if (golden.cases.empty())
      golden.head += line + "\n";
    else if (line.starts_with("    "))
      golden.cases.back().snippet += line.substr(4) + "\n";
    else if (line.starts_with("=> "))
      golden.cases.back().messages.push_back(line.substr(3));
  }
  return golden;
}

void write_golden(const Golden& golden) {
  std::ofstream stream(kGolden);
  stream << golden.head;
  for (const Case& each : golden.cases) {
    stream << (&each == golden.cases.data() ? "## " : "\n## ") << each.title << "\n";
    std::istringstream lines(each.snippet);
    for (std::string line; std::getline(lines, line);) stream << "    " << line << "\n";
    for (const std::string& message : each.messages) stream << "=> " << message << "\n";
  }
}

std::string base_for(const Case& each, const Golden& golden) {
  if (each.title == "base" || each.title.starts_with("file:")) return "";
  std::string base = golden.named("base").snippet;
  if (!each.title.starts_with("replication:")) return base;
  return base + golden.named("base with replication").snippet;
}

std::vector<std::string> messages_of(const std::string& text) {
  try {
    std::vector<std::string> messages = parse_config(text, "hpe.conf").warnings;
    for (std::string& message : messages) message.insert(0, "warning: ");
    return messages;
  } catch (const Error& error) {
    return {error.what()};
  }
}

std::vector<std::string> messages_of(const Case& each, const Golden& golden) {
  const std::string base = base_for(each, golden);
  const std::vector<std::string> usual = base.empty() ? std::vector<std::string>{} : messages_of(base);
  std::vector<std::string> messages = messages_of(base + each.snippet);
  std::erase_if(messages,
                [&](const std::string& text) { return std::find(usual.begin(), usual.end(), text) != usual.end(); });
  return messages;
}

TEST(Messages, AreThoseOfTheGoldenFile) {
  Golden golden = read_golden();
  ASSERT_GT(golden.cases.size(), 80U);
  const bool update = std::getenv("HPE3PAR_UPDATE_GOLDEN") != nullptr;
  for (Case& each : golden.cases) {
    const std::vector<std::string> messages = messages_of(each, golden);
    if (update)
      each.messages = messages;
    else
      EXPECT_EQ(messages, each.messages) << "case: " << each.title;
    for (const std::string& message : messages) {
      EXPECT_EQ(message.find("s3cret"), std::string::npos) << "a password is shown: " << message;
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
      EXPECT_LT(message.size(), 1024U) << message;
    }
  }
  if (update) write_golden(golden);
}

TEST(Messages, EveryCaseThatIsNoBaseHasOne) {
  for (const Case& each : read_golden().cases)
    EXPECT_EQ(each.messages.empty(), each.title.starts_with("base")) << "case: " << each.title;
}

}  // namespace
}  // namespace hpe3par::config
