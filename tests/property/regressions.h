#pragma once

namespace hpe3par::test {

/// Plans that once failed, as short as they could be made, each with what was wrong.
constexpr const char* kRegressions[] = {
    // Seed 1090: a Create without an answer hid the volume of another host for two minutes.
    "synchronous serve refuse; h2 create v1; A mgmt_down; h1 create v1",
    // A host whose one export was on the array that died got its paths back beside the host that took the volume over.
    "peer_persistence serve refuse; h1 create v1; h2 get v1; h1 mount v1 id1; h1 unmount v1 id1; B mgmt_down; "
    "h1 mount v1 id1; h1 write v1; B up; A down; clock 20; h2 mount v1 id1; h2 write v1; A up; settle; op B 9; "
    "h1 write v1; clock 20",
    // Seed 4116: an ordered failover under a mount from both arrays was taken for an automatic one.
    "peer_persistence serve refuse; h1 create v1; h1 mount v1 id1; op A 4; h1 write v1; op B 7; h1 mount v1 id2",
    // Seed 24128: the same, and the first array is silent then: a further container was let in to its copy.
    "peer_persistence serve refuse; h1 create v1; h1 mount v1 id1; op A 4; op B 7; A down; h1 mount v1 id2",
    // A host that lost its paths, then its volume, and comes back; what it had in memory must not matter.
    "synchronous serve dead; h1 create v1; h1 mount v1 id1; h1 paths down; h2 mount v1 id1; h2 mount v1 id1; h2 write "
    "v1; "
    "h1 paths up; h1 write v1; h1 unmount v1 id1; h1 mount v1 id1",
    // A host that was fenced on one array only, because the other did not answer, wrote when that took over.
    "peer_persistence serve dead; h1 create v1; h1 mount v1 id1; h1 write v1; B mgmt_down; h1 paths down; h2 mount v1 "
    "id1; h2 mount v1 id1; h2 write v1; h1 paths up; B up; settle; A down; clock 20",
    // Seed 45032: arrays that call the new direction natural, and a host that goes on with the copy that follows.
    "synchronous refuse_alone refuse mirrored; h1 create v1; h1 mount v1 id2; op A 4; op B 7; clock 400; h2 mount v1 "
    "id1",
    // Never failed, and goes the long way: a disaster, two hosts that each have a copy, and the way back.
    "synchronous serve refuse; h1 create v1; h1 mount v1 id1; h2 get v1; h1 write v1; h1 kill; A down; op B 4; op B 7; "
    "h2 mount v1 id1; h2 write v1; h2 unmount v1 id1; A up; settle; op B 9; op B 10; h1 start; h1 mount v1 id2",
};

}  // namespace hpe3par::test
