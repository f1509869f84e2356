#include "hpe3par/base/http_engine.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hpe3par {
namespace {

std::string exchange(const HttpEngine::Handler& handler, const std::string& request, bool* complete = nullptr) {
  HttpEngine engine(handler);
  std::string answer;
  const bool sent = engine.serve(request, "127.0.0.1", 7, [&](std::string_view bytes) {
    answer += bytes;
    return true;
  });
  if (complete) *complete = sent;
  return answer;
}

TEST(HttpEngine, HandsOverTheRequestAndClosesTheConnection) {
  const std::string answer = exchange(
      [](const HttpRequest& request) {
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.path, "/a b");
        EXPECT_EQ(request.target, "/a%20b?q=1%202");
        EXPECT_EQ(request.header("x-KEY"), "v");
        EXPECT_EQ(request.body, "hello");
        EXPECT_EQ(request.remote_address, "127.0.0.1");
        EXPECT_EQ(request.connection, 7);
        return HttpResponse{
            .status = 201, .headers = {{"Location", "/x"}}, .content_type = "application/json", .body = "{}"};
      },
      "POST /a%20b?q=1%202 HTTP/1.1\r\nX-Key: v\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 "));
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_NE(answer.find("Location: /x"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n{}"));
}

TEST(HttpEngine, AnExceptionBecomesA500WithJson) {
  const std::string answer = exchange([](const HttpRequest&) -> HttpResponse { throw std::runtime_error("x"); },
                                      "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_TRUE(answer.ends_with("{}"));
}

TEST(HttpEngine, SendsLongBodiesInChunksWhenAsked) {
  const std::string body(40'000, 'x');
  const std::string answer = exchange(
      [&](const HttpRequest&) {
        return HttpResponse{.content_type = "application/json", .body = body, .chunked = true};
      },
      "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
}

TEST(HttpEngine, HandsOverAnyPath) {
  for (const std::string path : {"/a%0Ab", "/a%0D%0A", "/%00", "/%E2%80%A8"}) {
    const std::string answer =
        exchange([](const HttpRequest&) { return HttpResponse{.content_type = "text/plain", .body = "here"}; },
                 "GET " + path + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("here")) << path << answer;
  }
}

TEST(HttpEngine, RefusesInTheWordsOfItsOwner) {
  HttpEngine engine([](const HttpRequest&) { return HttpResponse{}; },
                    [](int status, const std::string& reason) {
                      return HttpResponse{.status = status, .content_type = "application/json", .body = reason};
                    });
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n", "the path is longer than 8192 bytes"},
      {"FOO / HTTP/1.1\r\n", "this is not a request that can be served"}};
  for (const auto& [line, reason] : refused) {
    std::string answer;
    engine.serve(line + "Content-Length: 0\r\n\r\n", "", 7, [&](std::string_view bytes) {
      answer += bytes;
      return true;
    });
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 41") || answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_TRUE(answer.ends_with(reason)) << answer;
  }
}

TEST(HttpEngine, TellsWhenThePeerWasGone) {
  HttpEngine engine([](const HttpRequest&) { return HttpResponse{}; });
  EXPECT_FALSE(
      engine.serve("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "", 0, [](std::string_view) { return false; }));
}

}  // namespace
}  // namespace hpe3par
