#include "exchange.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "body_log.h"
#include "escape.h"
#include "hpe3par/base/log.h"
#include "hpe3par/wsapi/error_codes.h"
#include "http_date.h"
#include "json_fields.h"
#include "masking.h"

namespace hpe3par::wsapi {

namespace {

thread_local std::uint64_t requests_sent = 0;

constexpr const char* kLogin = "/credentials";
constexpr std::size_t kOwnText = 2'000;

/// Gives up on a silent array early enough that there is time left for a look at what came of the request. Everybody
/// may be waiting for a login, so that is given up sooner.
Millis patience_of(const Deadline& deadline, bool login) {
  constexpr Millis kLeast{5'000};
  const Millis most{login ? 10'000 : 20'000};
  return std::clamp(deadline.remaining() * 3 / 5, kLeast, most);
}

/// The body of an error answer.
struct Complaint {
  int code = 0;
  std::string text;
};

std::optional<Complaint> read_complaint(const HttpReply& reply) {
  const auto value = parse_json(reply.body);
  if (!value) return std::nullopt;
  Fields fields(*value, "error");
  Complaint complaint;
  complaint.code = static_cast<int>(std::clamp<std::int64_t>(fields.number("code"), -1, 1'000'000));
  complaint.text = fields.text_or_empty("desc");
  if (complaint.text.empty()) complaint.text = fields.text_or_empty("message");
  if (!fields.problem().empty()) return std::nullopt;
  if (const std::string member = fields.text_or_empty("ref"); !member.empty()) complaint.text += " (" + member + ")";
  return complaint;
}

// `content_type` is fit for a sentence, unlike the one in the reply.
std::string what_came(const HttpReply& reply, const std::string& content_type) {
  if (reply.body.empty()) return "without a body";
  const std::string what =
      parse_json(reply.body) ? "with JSON that is no error message of an array" : "with something that is not JSON";
  return what + " (" + std::to_string(reply.body.size()) + " bytes" +
         (content_type.empty() ? "" : ", " + content_type) + ")";
}

std::string advice_for(const HttpReply& reply) {
  if (reply.content_type.find("html") == std::string::npos) return "";
  return "; this is a web page, so look whether a proxy or another server answers at hpe3par_api_url";
}

Verdict verdict_of(const HttpReply& reply, const std::optional<Complaint>& complaint, bool login) {
  const bool expired = reply.status == 403 && complaint && complaint->code == code::kInvalidSessionKey;
  if (!login && (reply.status == 401 || expired)) return Verdict::expired;
  if (expired) return Verdict::failed;  // a login has no session key, so this is no judgement of its user
  if (reply.status == 503) return Verdict::busy;
  if (reply.status == 408 || reply.status == 502 || reply.status == 504) return Verdict::failed;
  if (reply.status == 500) return Verdict::broken;
  if (reply.status == 401) return Verdict::denied;
  return complaint ? Verdict::denied : Verdict::failed;
}

Verdict verdict_of(const TransportFailure& failure) {
  switch (failure.kind) {
    case TransportFailure::Kind::tls: return Verdict::hopeless;
    case TransportFailure::Kind::out_of_time:
    case TransportFailure::Kind::cancelled: return Verdict::over;
    default: return Verdict::failed;
  }
}

ErrorKind kind_of(const TransportFailure& failure) {
  switch (failure.kind) {
    case TransportFailure::Kind::out_of_time: return ErrorKind::deadline_exceeded;
    case TransportFailure::Kind::cancelled: return ErrorKind::aborted;
    default: return ErrorKind::unavailable;
  }
}

}  // namespace

std::uint64_t requests_of_this_thread() {
  return requests_sent;
}

Exchange::Exchange(const ClientConfig& config, BaseUrl url, HealthRecord& health, std::unique_ptr<Transport> transport)
    : config_(config), url_(std::move(url)), health_(health), transport_(std::move(transport)) {}

std::string Exchange::local_address() const {
  const std::lock_guard lock(mutex_);
  return local_address_;
}

std::string Exchange::without_secrets(std::string text, const Secret& session) const {
  return mask(mask(std::move(text), session), config_.password);
}

std::string Exchange::clean(const std::string& text, const Secret& session) const {
  return one_line(without_secrets(text, session));
}

Attempt Exchange::perform(const Request& request, const Secret& session, const Deadline& deadline) {
  const std::string path = request.path + (request.query.empty() ? "" : "?query=\"" + request.query + "\"");
  return exchange(request, path, session, deadline);
}

Attempt Exchange::log_in(Secret& session, const Deadline& deadline) {
  Request request;
  request.method = "POST";
  request.path = kLogin;
  request.words = "log in as " + config_.username;
  request.body = to_text({{"user", config_.username}, {"password", config_.password.reveal()}});
  request.read = [&session](const HttpReply& reply) -> std::string {
    const auto value = parse_json(reply.body);
    if (!value) return "is not JSON";
    Fields fields(*value, "the session");
    session = Secret(fields.text("key"));
    const auto bad = [](unsigned char c) { return c <= ' ' || c >= 0x7F; };
    const std::string& key = session.reveal();
    if (std::any_of(key.begin(), key.end(), bad)) return "has a session key that no header can carry";
    return fields.problem().empty() ? "" : "is not understood: " + fields.problem();
  };
  Attempt attempt = exchange(request, kLogin, Secret(), deadline);
  attempt.reply.body.clear();
  if (attempt.error && attempt.error->kind() == ErrorKind::resource_exhausted)
    attempt.error = Error(ErrorKind::resource_exhausted,
                          std::string(attempt.error->what()) +
                              "; all of the array's sessions are in use (it has 192): end those that nobody needs "
                              "(showwsapisession and removewsapisession in its CLI), or wait; retry",
                          attempt.error->remote_code().value_or(0));
  if (!attempt.error || attempt.error->kind() != ErrorKind::unauthenticated) return attempt;
  const auto number = attempt.error->remote_code();
  if (number.value_or(code::kInvalidUserOrPassword) == code::kInvalidUserOrPassword) {
    const std::string text =
        std::string(attempt.error->what()) + "; check the user name and the password of this array";
    attempt.error = number ? Error(ErrorKind::unauthenticated, text, *number) : Error(ErrorKind::unauthenticated, text);
  }
  return attempt;
}

void Exchange::log_out(const Secret& session, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = std::string(kLogin) + "/" + encode_segment(session.reveal());
  request.words = "log out";
  exchange(request, std::string(kLogin) + "/…", session, deadline);
}

Attempt Exchange::exchange(const Request& request, const std::string& shown_path, const Secret& session,
                           const Deadline& deadline) {
  HttpCall call;
  call.method = request.method;
  call.url = url_.of(request.path) + (request.query.empty() ? "" : encode_query(request.query));
  call.headers = {{"Accept", "application/json"}, {"Connection", "close"}};
  if (!session.empty()) call.headers.emplace_back("X-HP3PAR-WSAPI-SessionKey", session.reveal());
  if (!request.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  call.body = request.body;
  call.sink = request.sink;
  call.patience = patience_of(deadline, request.path == kLogin);
  if (call.sink != nullptr) call.sink->restart();

  const SteadyTime begun = deadline.clock().now();
  HttpOutcome outcome = transport_->perform(call, deadline);
  Attempt attempt;
  if (auto* failure = std::get_if<TransportFailure>(&outcome)) {
    attempt = judge_failure(request, *failure);
  } else {
    attempt = judge(request, shown_path, std::get<HttpReply>(std::move(outcome)), session);
  }
  if (attempt.sent) ++requests_sent;
  const bool login = request.path == kLogin;
  const bool given_up = attempt.verdict == Verdict::over && attempt.error->kind() != ErrorKind::aborted;
  if (attempt.verdict == Verdict::failed || (attempt.verdict == Verdict::hopeless && !login) || given_up) {
    using Patience = HealthRecord::Patience;
    health_.unanswered(attempt.cause, begun, given_up ? Patience::brief : Patience::full);
  } else if (attempt.verdict != Verdict::over && (!session.empty() || attempt.verdict == Verdict::done)) {
    health_.answered();
  }
  remember(attempt.reply, deadline.clock().now());
  log_attempt(request, shown_path, attempt, session,
              std::chrono::duration_cast<Millis>(deadline.clock().now() - begun));
  return attempt;
}

void Exchange::remember(const HttpReply& reply, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (!reply.local_address.empty()) local_address_ = reply.local_address;
  if (const auto seconds = parse_http_date(reply.date)) dated_ = {WallTime(std::chrono::seconds(*seconds)), now};
}

std::optional<WallTime> Exchange::array_time(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  if (!dated_) return std::nullopt;
  return dated_->first + std::chrono::duration_cast<WallTime::duration>(now - dated_->second);
}

std::string Exchange::check_success(const Request& request, const HttpReply& reply) const {
  if (request.method == "GET" && reply.status != 200) return "is not what an array says to a look";
  if (request.sink != nullptr) return request.sink->finish();
  if (request.read) return request.read(reply);
  if (request.method == "DELETE")
    return reply.status == 200 && reply.body.empty() ? "" : "is not what an array says to a removal";
  return reply.body.empty() || parse_json(reply.body) ? "" : "is not JSON";
}

Attempt Exchange::judge(const Request& request, const std::string& shown_path, HttpReply reply,
                        const Secret& session) const {
  if (reply.status != 200 && reply.status != 201) return judge_error(request, shown_path, std::move(reply), session);
  Attempt attempt{Verdict::done, true, std::move(reply), std::nullopt};
  const std::string problem = check_success(request, attempt.reply);
  if (problem.empty()) return attempt;
  attempt.verdict = Verdict::failed;
  const std::string answered = " answered " + std::to_string(attempt.reply.status) +
                               " with something that makes no sense: it " + clean(problem, session) +
                               advice_for(attempt.reply);
  explain(attempt, ErrorKind::unavailable, request, request.method + " " + shown_path + answered, "it" + answered);
  return attempt;
}

Attempt Exchange::judge_error(const Request& request, const std::string& shown_path, HttpReply reply,
                              const Secret& session) const {
  const auto complaint = read_complaint(reply);
  Attempt attempt{verdict_of(reply, complaint, request.path == kLogin), true, std::move(reply), std::nullopt};
  const int status = attempt.reply.status;
  if (complaint) {
    const std::string text = clean(complaint->text, session);
    const std::string numbers = "HTTP " + std::to_string(status) + ", code " + std::to_string(complaint->code);
    explain(attempt, wsapi::kind_of(status, complaint->code), request,
            (text.empty() ? "no reason given" : text) + " (" + numbers + ")",
            "it answers with an error (" + numbers + ")", complaint->code);
  } else {
    const ErrorKind kind = status == 401 ? ErrorKind::unauthenticated : ErrorKind::unavailable;
    const std::string answered = " answered " + std::to_string(status) + " " +
                                 what_came(attempt.reply, clean(attempt.reply.content_type, session)) +
                                 advice_for(attempt.reply);
    explain(attempt, kind, request, request.method + " " + shown_path + answered, "it" + answered);
  }
  return attempt;
}

// Whoever made the text has cut what is foreign in it. The rest is our own words, and may end with a pin.
Attempt Exchange::judge_failure(const Request& request, const TransportFailure& failure) const {
  Attempt attempt;
  attempt.verdict = verdict_of(failure);
  attempt.sent = failure.sent;
  const std::string text = one_line(failure.text, kOwnText);
  explain(attempt, kind_of(failure), request, text, text);
  return attempt;
}

// The request may name a volume, so what it met is told without it to those who ask for others.
void Exchange::explain(Attempt& attempt, ErrorKind kind, const Request& request, const std::string& text,
                       const std::string& cause, std::optional<int> remote_code) const {
  const std::string begin = "array " + config_.array + ": ";
  const std::string sentence = begin + "cannot " + request.words + ": " + text;
  attempt.error = remote_code ? Error(kind, sentence, *remote_code) : Error(kind, sentence);
  attempt.cause = begin + cause;
}

void Exchange::log_attempt(const Request& request, const std::string& shown_path, const Attempt& attempt,
                           const Secret& session, Millis took) const {
  if (!log_enabled(LogLevel::debug)) return;
  const auto hide = [&](std::string text) { return without_secrets(std::move(text), session); };
  const bool secret = request.path.starts_with(kLogin);
  log(LogLevel::debug, "wsapi",
      {{"array", config_.array},
       {"method", request.method},
       {"path", shown_path},
       {"status", attempt.reply.status},
       {"ms", took.count()},
       {"request", secret ? "" : loggable(request.body, hide)},
       {"reply", secret ? "" : loggable(attempt.reply.body, hide)},
       {"error", attempt.error ? attempt.error->what() : ""}});
}

}  // namespace hpe3par::wsapi
