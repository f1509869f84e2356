#pragma once

#include <string>
#include <vector>

#include "hpe3par/replication/set_view.h"

namespace hpe3par::replication {

/// A side from its shorthand: role, reversed and the array's number of the state, "1f3"; "-" no such group, "?" silent.
inline Side side_of(const std::string& text, const std::string& array) {
  Side side;
  side.array = array;
  if (text == "?") return side;
  side.answer = text == "-" ? Side::Answer::no_group : Side::Answer::group;
  if (text == "-") return side;
  side.group = array == "A" ? "g" : "g.r7";
  side.role = text[0] == '1' ? array::Role::primary : text[0] == '2' ? array::Role::secondary : array::Role::unknown;
  side.reversed = text[1] == 't';
  using array::GroupState;
  const std::vector<GroupState> states{GroupState::unknown, GroupState::fresh,      GroupState::starting,
                                       GroupState::started, GroupState::restarting, GroupState::stopped,
                                       GroupState::backup,  GroupState::failsafe,   GroupState::logging};
  side.state = states.at(static_cast<std::size_t>(text[2] - '0'));
  side.stale = text.size() > 3;
  return side;
}

inline SetView view_of(const std::string& own, const std::string& peer) {
  return {side_of(own, "A"), side_of(peer, "B")};
}

/// Every side that there can be.
inline std::vector<std::string> all_sides() {
  std::vector<std::string> all{"?", "-"};
  for (const char role : {'0', '1', '2'})
    for (const char reversed : {'f', 't'})
      for (char state = '0'; state <= '8'; ++state)
        for (const char* stale : {"", "s"}) all.push_back(std::string{role, reversed, state} + stale);
  return all;
}

}  // namespace hpe3par::replication
