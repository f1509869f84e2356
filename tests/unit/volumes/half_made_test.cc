#include "half_made.h"

#include "array_pair_fixture.h"
#include "plan.h"

namespace hpe3par::volumes {
namespace {

class HalfMadeTest : public ArrayPairTest {
 protected:
  bool includes(const catalog::Volume& volume) { return half_made.includes(volume, asks, in()); }
  catalog::Volume now(const std::string& name = "v1") { return *catalog->array(kOwnKey).fetch("dcv-" + name, in()); }
  void mark(const std::string& name = "v1") {
    own->set_mark("dcv-" + name, kFormatMark, encode_mark({true, "ext4", "u"}));
  }
  int asked() { return own->requests("find_mark"); }

  HalfMade half_made{*catalog};
  int asks = 4;
};

TEST_F(HalfMadeTest, IsAVolumeThatNeverGotIntoItsGroup) {
  const catalog::Volume volume = add_volume();
  EXPECT_TRUE(includes(volume));
  EXPECT_TRUE(includes(volume));
  EXPECT_EQ(asked(), 1) << "once for each";
}

TEST_F(HalfMadeTest, IsNoVolumeInItsGroup) {
  add_replicated();
  EXPECT_FALSE(includes(now()));
  EXPECT_EQ(asked(), 0);
}

TEST_F(HalfMadeTest, IsNoVolumeWithDataThatSomebodyTookOutOfItsGroup) {
  add_volume();
  mark();
  EXPECT_FALSE(includes(now()));
  EXPECT_FALSE(includes(now()));
  EXPECT_EQ(asked(), 1);
}

TEST_F(HalfMadeTest, IsForgottenWhenItIsFinished) {
  ASSERT_TRUE(includes(add_volume()));
  own->create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, in());
  own->admit_volume("g", {"dcv-v1", "B", "dcv-v1", true}, in());
  EXPECT_FALSE(includes(now()));
  mark();
  own->dismiss_volume("g", "dcv-v1", in());
  EXPECT_FALSE(includes(now())) << "it has data by now";
}

TEST_F(HalfMadeTest, IsAVolumeWhenInDoubt) {
  const catalog::Volume volume = add_volume();
  own->fail_next("find_mark", test::FakeArray::When::before_effect, Error(ErrorKind::unavailable, "array A: no"));
  EXPECT_FALSE(includes(volume)) << "the array does not answer";
  asks = 0;
  EXPECT_FALSE(includes(volume)) << "too many were asked for";
  asks = 1;
  EXPECT_TRUE(includes(volume));
}

TEST_F(HalfMadeTest, IsNothingElse) {
  catalog::Volume volume = add_volume();
  volume.in_no_group = false;
  EXPECT_FALSE(includes(volume)) << "a version that does not tell";
  volume.in_no_group = true;
  volume.record.group.clear();
  EXPECT_FALSE(includes(volume)) << "a plain volume";
  volume.record.group = "g";
  volume.record.legacy = true;
  EXPECT_FALSE(includes(volume)) << "of HPE's plugin, which marks nothing";
  volume.record.legacy = false;
  volume.home = kOwnKey;
  EXPECT_FALSE(includes(volume)) << "a copy";
  EXPECT_EQ(asked(), 0);
}

}  // namespace
}  // namespace hpe3par::volumes
