#include "hpe3par/base/http_framer.h"

#include <gtest/gtest.h>

namespace hpe3par {
namespace {

using State = HttpFramer::State;

HttpFramer fed(std::string_view bytes) {
  HttpFramer framer(1024);
  framer.feed(bytes);
  return framer;
}

TEST(HttpFramer, APostWithoutLengthIsCompleteAtTheEndOfItsHead) {
  const HttpFramer framer = fed("POST /Plugin.Activate HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(framer.state(), State::complete);
  EXPECT_EQ(framer.request(), "POST /Plugin.Activate HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpFramer, WaitsForTheWholeBodyHoweverItIsCut) {
  const std::string text = "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
  HttpFramer framer(1024);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) ASSERT_EQ(framer.feed(text.substr(i, 1)), State::incomplete) << i;
  EXPECT_EQ(framer.feed("o"), State::complete);
  EXPECT_TRUE(framer.request().ends_with("\r\n\r\nhello"));
}

TEST(HttpFramer, DecodesChunkedBodies) {
  const HttpFramer framer =
      fed("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nTrailer: t\r\n\r\n");
  ASSERT_EQ(framer.state(), State::complete);
  EXPECT_TRUE(framer.request().ends_with("Content-Length: 6\r\n\r\nhello!"));
}

TEST(HttpFramer, RefusesContradictions) {
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n").state(), State::malformed);
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nContent-Length: -5\r\n\r\n").state(), State::malformed);
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n").state(),
            State::malformed);
  EXPECT_EQ(fed("hello\r\n\r\n").state(), State::malformed);
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").state(), State::malformed);
}

TEST(HttpFramer, RefusesWhatIsTooLarge) {
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nContent-Length: 1025\r\n\r\n").state(), State::too_large);
  EXPECT_EQ(fed("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n").state(), State::too_large);
  EXPECT_EQ(fed("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')).state(), State::too_large);
}

TEST(HttpFramer, LeavesOutHeadersOnWhichTheServerWouldActByItself) {
  const HttpFramer framer =
      fed("POST /a HTTP/1.1\r\nexpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\n"
          "Range: bytes=0-1\r\nAccept-Encoding: gzip\r\ncontent-encoding: gzip\r\nAccept: x\r\n\r\n");
  EXPECT_EQ(framer.request(), "POST /a HTTP/1.1\r\nAccept: x\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpFramer, TellsPathAndVersionBeforeTheBodyIsThere) {
  const HttpFramer framer = fed("POST /VolumeDriver.Mount?x=1 HTTP/1.0\r\nContent-Length: 9\r\n\r\n");
  EXPECT_EQ(framer.state(), State::incomplete);
  EXPECT_EQ(framer.path(), "/VolumeDriver.Mount");
  EXPECT_EQ(framer.version(), "HTTP/1.0");
}

}  // namespace
}  // namespace hpe3par
