#include "array.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class ArrayTest : public testing::Test {
 protected:
  explicit ArrayTest(Profile profile = Profile::three_par)
      : array_({.name = "A", .system_id = 188150, .serial_number = "16188150", .profile = profile}, {}, {"u", "p"},
               clock_, directory_.path(), fabric_) {}

  HttpResponse send(const std::string& method, const std::string& target, const std::string& body = {},
                    const std::string& key = {}) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.remote_address = "10.0.0.1";
    if (!key.empty()) request.headers.emplace_back("X-HP3PAR-WSAPI-SessionKey", key);
    exchange_ = {.http_version = http_version_};
    return array_.handle(request, exchange_);
  }

  std::string login() {
    return json::parse(send("POST", "/api/v1/credentials", R"({"user":"u","password":"p"})").body).at("key");
  }

  static std::string verdict(const HttpResponse& response) {
    if (response.body.empty()) return std::to_string(response.status);
    return std::to_string(response.status) + "/" + std::to_string(json::parse(response.body).value("code", 0));
  }

  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }

  TemporaryDirectory directory_;
  SystemClock system_clock_;
  MovableClock clock_{system_clock_};
  Fabric fabric_;
  Array array_;
  Exchange exchange_;
  std::string http_version_ = "HTTP/1.1";
};

class AlletraArrayTest : public ArrayTest {
 protected:
  AlletraArrayTest() : ArrayTest(Profile::alletra_mp) {}
};

TEST_F(ArrayTest, LogsInAndOut) {
  const HttpResponse response = send("POST", "/api/v1/credentials", R"({"user":"u","password":"p","sessionType":1})");
  const std::string key = json::parse(response.body).at("key");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(header(response, "Location"), "/api/v1/credentials/" + key);
  EXPECT_EQ(verdict(send("GET", "/api/v1/system", "", key)), "200/0");
  EXPECT_EQ(verdict(send("DELETE", "/api/v1/credentials/" + key, "", key)), "200");
  EXPECT_EQ(verdict(send("DELETE", "/api/v1/credentials/" + key, "", key)), "403/6");
  EXPECT_EQ(verdict(send("GET", "/api/v1/system", "", key)), "403/6");
}

TEST_F(ArrayTest, RefusesAWrongPassword) {
  EXPECT_EQ(verdict(send("POST", "/api/v1/credentials", R"({"user":"u","password":"x"})")), "403/5");
  EXPECT_EQ(verdict(send("POST", "/api/v1/credentials", R"({"user":"u"})")), "400/40");
}

TEST_F(ArrayTest, DemandsAKeyBeforeAnythingElse) {
  EXPECT_EQ(verdict(send("GET", "/api/v1/volumes")), "403/6");
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", "not json")), "403/6");
  EXPECT_EQ(verdict(send("GET", "/api/v1/nix")), "403/6");
  EXPECT_EQ(verdict(send("GET", "/api")), "200/0");
}

TEST_F(AlletraArrayTest, DemandsAKeyEvenForItsVersion) {
  EXPECT_EQ(verdict(send("GET", "/api")), "403/6");
  EXPECT_EQ(verdict(send("GET", "/api", "", login())), "200/0");
}

TEST_F(ArrayTest, DoesNotLetASessionEndAnother) {
  const std::string mine = login(), other = login();
  EXPECT_EQ(verdict(send("DELETE", "/api/v1/credentials/" + other, "", mine)), "403/13");
  EXPECT_EQ(verdict(send("GET", "/api/v1/system", "", other)), "200/0");
}

TEST_F(ArrayTest, AnswersWithTheHeadersOfAnArray) {
  clock_.advance(std::chrono::hours(24 * 365));
  const HttpResponse response = send("GET", "/api");
  EXPECT_EQ(header(response, "Server"), "HP3PAR-WSAPI");
  EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(response, "Pragma"), "no-cache");
  EXPECT_EQ(header(response, "Date"), to_http_date(clock_.wall()));
  EXPECT_EQ(response.content_type, "application/json");
}

TEST_F(ArrayTest, TellsWhatIsWrongWithARequest) {
  const std::string key = login();
  EXPECT_EQ(verdict(send("GET", "/api/v1/nix", "", key)), "404/11");
  EXPECT_EQ(verdict(send("PUT", "/api/v1/volumes", "{}", key)), "501/9");
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", "{\"name\":", key)), "400/60");
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", "[]", key)), "400/39");
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", "", key)), "400/3");
  EXPECT_EQ(verdict(send("DELETE", "/api/v1/volumes/nix", "{\"ignored\":1}", key)), "404/23");
  http_version_ = "HTTP/1.0";
  EXPECT_EQ(verdict(send("GET", "/api/v1/volumes", "", key)), "505/8");
}

TEST_F(ArrayTest, TakesTheQueryFromTheTargetAsSent) {
  const std::string key = login();
  send("POST", "/api/v1/hosts", R"({"name":"h1","iSCSINames":["iqn.2026-01.org:a"]})", key);
  const HttpResponse response =
      send("GET", "/api/v1/hosts/?query=%22FCPaths[wwn==1%20OR%20wwn==2]%20OR%20iSCSIPaths[name==iqn.2026-01.org:a]%22",
           "", key);
  EXPECT_EQ(json::parse(response.body).at("total"), 1);
}

TEST_F(ArrayTest, ReportsItsSessionsInItsConfiguration) {
  const std::string key = login();
  const json configuration = json::parse(send("GET", "/api/v1/wsapiconfiguration", "", key).body);
  EXPECT_EQ(configuration.at("sessionsInUse"), 1);
  EXPECT_EQ(configuration.at("systemResourceUsage"), 192);
}

TEST_F(ArrayTest, FailsBeforeOrAfterTheEffectAsAsked) {
  const std::string key = login();
  const std::string body = R"({"name":"v1","cpg":"cpg1","sizeMiB":256})";
  array_.faults().add(
      {.kind = FaultKind::error, .method = "POST", .route = "/api/v1/volumes", .status = 503, .code = 29});
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", body, key)), "503/29");
  EXPECT_EQ(verdict(send("GET", "/api/v1/volumes/v1", "", key)), "404/23");
  array_.faults().add({.kind = FaultKind::error_after, .method = "POST"});
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", body, key)), "500/1");
  EXPECT_EQ(verdict(send("GET", "/api/v1/volumes/v1", "", key)), "200/0");
  array_.faults().add({.kind = FaultKind::reset_after, .method = "DELETE"});
  send("DELETE", "/api/v1/volumes/v1", "", key);
  EXPECT_EQ(exchange_.delivery, Delivery::reset);
  EXPECT_EQ(verdict(send("GET", "/api/v1/volumes/v1", "", key)), "404/23");
  EXPECT_EQ(array_.statistics().at("faults_fired"), 3);
}

TEST_F(ArrayTest, HasNoEffectWhenItResetsHangsOrTalksGarbage) {
  const std::string key = login();
  for (const auto& [kind, delivery] :
       {std::pair{FaultKind::reset, Delivery::reset}, std::pair{FaultKind::hang, Delivery::hang},
        std::pair{FaultKind::garbage, Delivery::cut}}) {
    array_.faults().add({.kind = kind});
    const HttpResponse response = send("POST", "/api/v1/volumes", R"({"name":"v1","cpg":"cpg1","sizeMiB":256})", key);
    EXPECT_EQ(exchange_.delivery, delivery);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(verdict(send("GET", "/api/v1/volumes/v1", "", key)), "404/23");
  }
}

TEST_F(ArrayTest, CutsOffWhatIsUnderWayWithoutAnEffectWhenTheSiteIsLost) {
  const std::string key = login();
  array_.faults().add({.kind = FaultKind::latency, .delay = std::chrono::hours(1)});
  std::thread killer([this] {
    while (array_.statistics().at("faults_fired") == 0) std::this_thread::yield();
    array_.lose_site();
  });
  send("POST", "/api/v1/volumes", R"({"name":"v1","cpg":"cpg1","sizeMiB":256})", key);
  killer.join();
  EXPECT_EQ(exchange_.delivery, Delivery::reset);
  EXPECT_EQ(array_.objects().at("volumes").size(), 0U);
  EXPECT_EQ(verdict(send("GET", "/api/v1/system", "", key)), "403/6") << "sessions do not survive";
}

TEST_F(ArrayTest, CountsRequestsByRoute) {
  const std::string key = login();
  send("GET", "/api/v1/volumes/a", "", key);
  send("GET", "/api/v1/volumes/b?x=y", "", key);
  const json statistics = array_.statistics();
  EXPECT_EQ(statistics.at("total"), 3);
  EXPECT_EQ(statistics.at("sessions_open"), 1);
  EXPECT_EQ(statistics.at("requests").at(1),
            json::parse(R"({"method":"GET","route":"/api/v1/volumes/{name}","count":2})"));
}

TEST_F(ArrayTest, StartsAnewOnReset) {
  const std::string key = login();
  send("POST", "/api/v1/volumes", R"({"name":"v1","cpg":"cpg1","sizeMiB":256})", key);
  array_.reset();
  EXPECT_EQ(array_.objects().at("volumes").size(), 0U);
  EXPECT_EQ(array_.objects().at("cpgs").size(), 2U);
  EXPECT_EQ(array_.statistics().at("total"), 0);
  EXPECT_EQ(verdict(send("GET", "/api/v1/system", "", key)), "403/6");
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path() / "volumes"));
}

TEST_F(ArrayTest, SurvivesBodiesNestedDeeply) {
  constexpr std::size_t kLevels = 200000;
  const std::string nested = "{\"name\":" + std::string(kLevels, '[') + std::string(kLevels, ']') + "}";
  EXPECT_EQ(verdict(send("POST", "/api/v1/volumes", nested, login())), "400/60");
}

}  // namespace
}  // namespace hpe3par::sim
