#include <algorithm>
#include <array>
#include <cctype>

#include "hpe3par/base/error.h"
#include "option_table.h"
#include "option_text.h"

namespace hpe3par::volumes {
namespace {

constexpr std::string_view kSnapshots = "it makes no snapshots";
constexpr std::string_view kSchedules = "it schedules no snapshots";
constexpr std::string_view kShares = "it serves block volumes, and no File Persona shares";
constexpr std::string_view kBeta = "HPE's plugin had it in its versions 2.0 and 2.1 only";

/// Options of HPE's plugin that are not here.
struct Missing {
  std::string_view name;
  std::string_view reason;
};

constexpr std::array kMissing = {
    Missing{"virtualCopyOf", kSnapshots},
    Missing{"expirationHours", kSnapshots},
    Missing{"retentionHours", kSnapshots},
    Missing{"scheduleName", kSchedules},
    Missing{"scheduleFrequency", kSchedules},
    Missing{"snapshotPrefix", kSchedules},
    Missing{"expHrs", kSchedules},
    Missing{"retHrs", kSchedules},
    Missing{"cloneOf", "it makes no clones"},
    Missing{"importVol", "it imports no volumes"},
    Missing{"filePersona", kShares},
    Missing{"fpg", kShares},
    Missing{"nfsOptions", kShares},
    Missing{"promote", kBeta},
    Missing{"mount-volume", kBeta},
    Missing{"snapshotOf", kBeta},
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

/// Letters to insert, remove or replace (Levenshtein), one row of the table at a time.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// What the name was probably meant to be, or empty.
std::string closest(const std::string& name) {
  std::vector<std::string> known = {"backend", "help"};
  for (const Option& option : all_options())
    if (option.is_shown) known.emplace_back(option.name);
  std::string best;
  std::size_t fewest = name.size();
  for (const std::string& each : known) {
    const std::size_t letters = distance(lower_case(name), lower_case(each));
    if (letters > std::max<std::size_t>(1, each.size() / 3) || letters >= fewest) continue;
    fewest = letters;
    best = each;
  }
  return best;
}

}  // namespace

void refuse_option(const std::string& name) {
  constexpr std::size_t kLongestGuess = 40;
  const auto* const missing =
      std::find_if(kMissing.begin(), kMissing.end(), [&](const Missing& each) { return each.name == name; });
  if (missing != kMissing.end())
    throw Error(ErrorKind::invalid_argument, "option " + name + " is not supported by this version: " +
                                                 std::string(missing->reason) + "; -o help shows what is supported");
  const std::string guess = name.size() > kLongestGuess ? "" : closest(name);
  throw Error(ErrorKind::invalid_argument, "option " + printable(name) + " is not known" +
                                               (guess.empty() ? "" : " (did you mean " + guess + "?)") +
                                               "; allowed: " + option_names());
}

}  // namespace hpe3par::volumes
