#include "hpe3par/wsapi/curl_transport.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

#include "curl_failure.h"
#include "curl_handle.h"
#include "hpe3par/base/text.h"
#include "tls_witness.h"

namespace hpe3par::wsapi {

namespace {

constexpr Millis kPoll{50};  // how often the deadline is looked at while nothing arrives
constexpr Millis kConnect{10'000};
constexpr long kReadCasAgain = 60;  // seconds; a CA file may be replaced while we run
constexpr std::size_t kMaxBody = 8 * 1024 * 1024;

/// What one caller at a time uses; kept for the next, because it holds buffers and the parsed CA bundle.
struct Slot {
  EasyHandle easy;
  MultiHandle multi;
};

/// One running transfer: what the callbacks write to.
struct Transfer {
  const HttpCall& call;
  const Deadline& deadline;
  CURL* easy;
  HttpReply reply;
  TlsWitness witness;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::exception_ptr thrown;  // out of the sink
  bool stopped = false;       // the sink had enough
  bool too_long = false;
  SteadyTime last_byte;

  long status() const {
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
  bool sent() const {
    long size = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &size);
    return size > 0;
  }
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view bytes(data, size * count);
  transfer.last_byte = transfer.deadline.clock().now();
  if (transfer.call.sink == nullptr || transfer.status() != 200) {
    transfer.too_long = transfer.reply.body.size() + bytes.size() > kMaxBody;
    if (transfer.too_long) return 0;
    transfer.reply.body.append(bytes);
    return bytes.size();
  }
  try {
    transfer.stopped = !transfer.call.sink->append(bytes);
  } catch (...) {  // must not cross C code
    transfer.thrown = std::current_exception();
  }
  return transfer.stopped || transfer.thrown ? 0 : bytes.size();
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * count);
  transfer.last_byte = transfer.deadline.clock().now();
  if (line.starts_with("HTTP/")) transfer.reply = HttpReply{};  // after a 100 the real answer begins anew
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "Location")) transfer.reply.location = value;
    if (equal_ignoring_case(name, "Date")) transfer.reply.date = value;
    if (equal_ignoring_case(name, "Content-Type")) transfer.reply.content_type = value;
  }
  return line.size();
}

CURLcode watch_tls(CURL*, void* ssl_context, void* self) {
  observe_tls(ssl_context, static_cast<Transfer*>(self)->witness);
  return CURLE_OK;
}

class CurlTransport final : public Transport {
 public:
  CurlTransport(TlsSettings tls, std::string user_agent) : tls_(std::move(tls)), user_agent_(std::move(user_agent)) {}

  HttpOutcome perform(const HttpCall& call, const Deadline& deadline) override {
    std::unique_ptr<Slot> slot = take_slot();
    HttpOutcome outcome = run(*slot, call, deadline);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(slot));
    return outcome;
  }

 private:
  std::unique_ptr<Slot> take_slot();
  HttpOutcome run(Slot& slot, const HttpCall& call, const Deadline& deadline);
  void set_request(Transfer& transfer, const HeaderList& headers) const;
  void set_connection(Transfer& transfer) const;
  void set_tls(Transfer& transfer) const;
  static std::optional<TransportFailure> drive(CURLM* multi, Transfer& transfer, CURLcode& result);
  HttpOutcome conclude(Transfer& transfer, CURLcode result);

  TlsSettings tls_;
  std::string user_agent_;
  ShareHandle share_;  // outlives the slots
  std::atomic<bool> answered_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> free_;
};

std::unique_ptr<Slot> CurlTransport::take_slot() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Slot>();
  auto slot = std::move(free_.back());
  free_.pop_back();
  return slot;
}

void CurlTransport::set_request(Transfer& transfer, const HeaderList& headers) const {
  CURL* easy = transfer.easy;
  const HttpCall& call = transfer.call;
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent_.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  if (!call.body.empty() || call.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.c_str());
  }
  if (call.method != "GET") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
}

void CurlTransport::set_connection(Transfer& transfer) const {
  CURL* easy = transfer.easy;
  const Millis connect =
      std::max(std::min({kConnect, transfer.call.patience, transfer.deadline.remaining()}), Millis(1));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server when giving up
  // libcurl would silently repeat a request, even a POST, on a reused connection that turns out to be dead.
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_SHARE, share_.get());
}

void CurlTransport::set_tls(Transfer& transfer) const {
  CURL* easy = transfer.easy;
  const bool ask_ca = tls_.verify && (tls_.pin.empty() || !tls_.ca_file.empty());
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, ask_ca ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, ask_ca ? 2L : 0L);
  if (!tls_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, tls_.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, kReadCasAgain);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // with a directory libcurl cannot keep the parsed CAs
  if (!tls_.pin.empty()) curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, tls_.pin.c_str());
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &watch_tls);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &transfer);
}

HttpOutcome CurlTransport::run(Slot& slot, const HttpCall& call, const Deadline& deadline) {
  HeaderList headers;
  for (const auto& [name, value] : call.headers) headers.add(name + ": " + value);
  headers.add("Expect:");  // arrays know no 100-continue

  Transfer transfer{call, deadline, slot.easy.get, {}, {}, {}, nullptr, false, false, deadline.clock().now()};
  curl_easy_reset(transfer.easy);
  set_request(transfer, headers);
  set_connection(transfer);
  set_tls(transfer);

  curl_multi_add_handle(slot.multi.get, transfer.easy);
  CURLcode result = CURLE_OK;
  auto interrupted = drive(slot.multi.get, transfer, result);
  HttpOutcome outcome = interrupted ? HttpOutcome(*interrupted) : conclude(transfer, result);
  curl_multi_remove_handle(slot.multi.get, transfer.easy);
  curl_easy_reset(transfer.easy);  // nothing may point into this frame any more
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  return outcome;
}

std::optional<TransportFailure> interruption(const Transfer& transfer) {
  using Kind = TransportFailure::Kind;
  const Deadline& deadline = transfer.deadline;
  const auto silent = std::chrono::duration_cast<Millis>(deadline.clock().now() - transfer.last_byte);
  const std::string what = transfer.sent() ? "no answer" : "no connection";
  const std::string after = what + " within " + std::to_string(silent.count()) + " ms";
  if (deadline.cancelled()) return TransportFailure{Kind::cancelled, transfer.sent(), "the caller gave up"};
  if (deadline.expired()) return TransportFailure{Kind::out_of_time, transfer.sent(), after};
  if (silent > transfer.call.patience) return TransportFailure{Kind::stalled, transfer.sent(), after};
  return std::nullopt;
}

std::optional<TransportFailure> CurlTransport::drive(CURLM* multi, Transfer& transfer, CURLcode& result) {
  for (int running = 1;;) {
    if (auto stop = interruption(transfer)) {
      const bool connecting = stop->kind == TransportFailure::Kind::stalled && !stop->sent;
      if (!connecting) return stop;
      result = CURLE_OPERATION_TIMEDOUT;
      return std::nullopt;
    }
    if (curl_multi_perform(multi, &running) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      return std::nullopt;
    }
    if (running == 0) break;
    curl_multi_poll(multi, nullptr, 0, static_cast<int>(kPoll.count()), nullptr);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) result = message->data.result;
  }
  return std::nullopt;
}

// Only asked after libcurl could not load it.
std::string ca_problem(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "r"), &std::fclose);
  return stream ? "it holds no certificate in PEM form" : std::strerror(errno);
}

HttpOutcome CurlTransport::conclude(Transfer& transfer, CURLcode result) {
  char* text = nullptr;
  if (transfer.status() != 0) answered_ = true;
  curl_easy_getinfo(transfer.easy, CURLINFO_LOCAL_IP, &text);
  if (result == CURLE_OK || transfer.stopped) {
    transfer.reply.status = static_cast<int>(transfer.status());
    transfer.reply.local_address = text == nullptr ? "" : text;
    return std::move(transfer.reply);
  }
  if (transfer.too_long) return TransportFailure{TransportFailure::Kind::lost, true, "the answer is too long"};
  CurlFailure failure;
  failure.code = result;
  failure.text = transfer.error.data();
  failure.sent = transfer.sent();
  failure.answered = answered_;
  failure.plain = transfer.call.url.starts_with("http:");
  long local_port = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_LOCAL_PORT, &local_port);
  failure.connected = local_port > 0;
  long os_error = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_OS_ERRNO, &os_error);
  failure.os_error = static_cast<int>(os_error);
  const auto& url = transfer.call.url;
  const auto begin = url.find("://") + 3;
  failure.authority = url.substr(begin, url.find('/', begin) - begin);
  failure.ca_file = tls_.ca_file;
  if (result == CURLE_SSL_CACERT_BADFILE) failure.ca_problem = ca_problem(tls_.ca_file);
  return explain(failure, transfer.witness);
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(const TlsSettings& tls, const std::string& user_agent) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return std::make_unique<CurlTransport>(tls, user_agent);
}

}  // namespace hpe3par::wsapi
