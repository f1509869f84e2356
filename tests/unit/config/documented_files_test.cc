#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "hpe3par/config/config.h"

namespace hpe3par::config {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// What --check-config says.
std::string report(const fs::path& file) {
  const Config config = parse_config(read(file), file.filename().string());
  std::string text;
  for (const std::string& warning : config.warnings) text += "warning: " + warning + "\n";
  return text + describe(config);
}

/// data/NAME.conf is a file as HPE's documentation shows it, in our own words; data/NAME.txt is what is understood.
/// HPE3PAR_UPDATE_GOLDEN=1 writes the latter.
TEST(DocumentedFiles, AreUnderstoodAsTheirReportsSay) {
  const bool update = std::getenv("HPE3PAR_UPDATE_GOLDEN") != nullptr;
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(CONFIG_TEST_DIR) / "data"))
    if (entry.path().extension() == ".conf") files.insert(entry.path());
  ASSERT_GE(files.size(), 12U);
  for (const fs::path& file : files) {
    const std::string text = report(file);
    fs::path expected = file;
    expected.replace_extension(".txt");
    if (update) std::ofstream(expected) << text;
    EXPECT_EQ(text, read(expected)) << file;
    EXPECT_EQ(text.find("secret1"), std::string::npos) << file;
  }
}

TEST(DocumentedFiles, TheSampleIsRight) {
  const Config config = parse_config(read(fs::path(HPE3PAR_SAMPLE)), "sample");
  ASSERT_EQ(config.warnings.size(), 1U);
  EXPECT_NE(config.warnings[0].find("hpe3par_api_url is http://"), std::string::npos);
}

// Prose has one blank after '#', a key none, a continued value four.
TEST(DocumentedFiles, TheSampleIsRightWithEverythingSwitchedOn) {
  std::istringstream lines(read(fs::path(HPE3PAR_SAMPLE)));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool prose = line.starts_with("# ") && !line.starts_with("#    ");
    const bool alternative = line.starts_with("#hpe3par_password_file");
    if (line.starts_with('#') && !prose && !alternative) line.erase(0, 1);
    text += line + "\n";
  }
  const Config config = parse_config(text, "sample");
  ASSERT_EQ(config.backends.size(), 2U);
  EXPECT_TRUE(config.backends[0].replication);
}

}  // namespace
}  // namespace hpe3par::config
